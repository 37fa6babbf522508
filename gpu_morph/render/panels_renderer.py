"""PanelsRenderer: the frames of panels, from a renderer for each panel."""

from __future__ import annotations

import time as clock
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from types import TracebackType
from typing import Any

import numpy as np

from ..data.row_stream import MEMORY, memory_bytes
from ..image.alpha import lay_over
from ..image.image import Image, Size, check_size
from ..scene.annotations.base import Moment, Sprite
from ..scene.annotations.canvas import Canvas, line_height, text_width
from ..scene.camera import Box, Camera
from ..scene.colors import to_bytes
from ..scene.panels.panels import Panels
from ..scene.panels.panels_layout import PanelsLayout
from ..scene.panels.plot_views import plot_lefts, plot_view
from ..scene.panels.shown import Shown, has_insets, under_cards
from ..scene.panels.title_lines import title_lines
from ..scene.plots.base import PanelPlot
from ..scene.scene import Scene
from ..system.arguments import check_choice, check_type
from .close_ups import close_ups, covered_close_ups
from .plot_renderer import PlotRenderer
from .renderer import Renderer
from .strategy import LeasedImage, Stages


class PanelsRenderer:
    """Draws panels at one size, as a `Renderer` draws a scene. Use it in ``with``.

    It has the part of a Renderer's interface that pictures and films use: no other cameras, previews and planes.

    Frames are composed in main memory: each panel's pixels are those that its own renderer gives.

    Parameters
    ----------
    panels : Panels
        What to draw; colours and cameras are resolved here, once.
    size, device, transparent, supersample
        As of `Renderer`.
    layout : PanelsLayout, optional
        If another process has already worked it out; cameras are fitted then.
    """

    def __init__(
        self,
        panels: Panels,
        size: Size = (1920, 1080),
        *,
        device: int | str | None = None,
        transparent: bool = False,
        supersample: int = 1,
        layout: PanelsLayout | None = None,
    ) -> None:
        check_type(panels, Panels, "panels")
        self.size = check_size(size)
        self._transparent = transparent
        self.scene = panels.resolved()
        layout = layout or self.scene.layout(self.size, transparent=transparent)
        self._own_stages = Stages()
        self._carrier = self.scene.carrier
        whole = layout.whole
        self._drawings = [
            annotation.drawing(whole.view, box)
            for annotation, box in zip(self._carrier.annotations, whole.boxes, strict=True)
        ]
        self._titles = title_sprites(self.scene, layout)
        self._base = self._background()
        for sprite in self._titles:
            lay_over(self._base, sprite.image, sprite.x, sprite.y)
        options: dict[str, Any] = {"device": device, "transparent": transparent, "supersample": supersample}
        self._parts: list[tuple[Box, Renderer | PanelsRenderer | PlotRenderer]] = []
        with ExitStack() as stack:
            items, lefts = self.scene.drawn_items(layout), plot_lefts(self.scene, layout)
            for item, box, part, left in zip(items, layout.boxes, layout.layouts, lefts, strict=True):
                if item is None:
                    continue
                renderer: Renderer | PanelsRenderer | PlotRenderer
                if isinstance(item, PanelPlot):
                    renderer = PlotRenderer(item, plot_view(self.scene, layout, box), left)
                else:
                    if isinstance(item, Scene) and _covers_close_ups(item):
                        item, part = covered_close_ups(item, part)
                    kind: Any = PanelsRenderer if isinstance(item, Panels) else _PanelRenderer
                    renderer = kind(item, (box.width, box.height), layout=part, **options)
                stack.enter_context(renderer)
                self._parts.append((box, renderer))
                for inner, close_up in close_ups(item, part) if isinstance(item, Scene) else ():
                    near = Renderer(close_up, (inner.width, inner.height), **options)
                    stack.enter_context(near)
                    self._parts.append((Box(box.x + inner.x, box.y + inner.y, inner.width, inner.height), near))
            self._opened = stack.pop_all()

    def _background(self) -> Image:
        """The picture without panels and titles."""
        width, height = self.size
        if self._transparent:
            return np.zeros((height, width, 4), dtype=np.uint8)
        picture = np.empty((height, width, 3), dtype=np.uint8)
        picture[:] = to_bytes(self.scene.background_rgba[:3])
        return picture

    def __enter__(self) -> PanelsRenderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what is held on the GPU; further calls do nothing."""
        self._opened.close()

    @property
    def stages(self) -> Stages:
        """Seconds spent per stage, in all panels."""
        parts = [self._own_stages, *(renderer.stages for _, renderer in self._parts)]
        return Stages(**{name: sum(getattr(part, name) for part in parts) for name in vars(self._own_stages)})

    @property
    def pixel_formats(self) -> tuple[str, ...]:
        """What `frames` takes as ``pixel_format``."""
        return ("rgb",)

    def render(self, time: float | None = None, *, frame: int = 0, second: float | None = None) -> Image:
        """One image, as `Renderer.render` gives it."""
        own = self._own(frame)
        images = [LeasedImage(renderer.render(time, frame=own, second=second)) for _, renderer in self._parts]
        return self._composed(images, time, frame, second)

    def camera_at(self, time: float | None = None, *, frame: int = 0, second: float | None = None) -> Camera:
        """The camera of the first panel that has one."""
        own = self._own(frame)
        for _, renderer in self._parts:
            if not isinstance(renderer, PlotRenderer):
                return renderer.camera_at(time, frame=own, second=second)
        return self._carrier.first_camera

    def layers(
        self, time: float | None = None, *, frame: int = 0, second: float | None = None
    ) -> tuple[Image, list[Sequence[Sprite]]]:
        """As `render`, but the annotations beside the image, in the order of `layer_names`."""
        own, images, drawn = self._own(frame), [], []
        for box, renderer in self._parts:
            image, sprites = renderer.layers(time, frame=own, second=second)
            images.append(LeasedImage(image))
            drawn += [[replace(one, x=one.x + box.x, y=one.y + box.y) for one in each] for each in sprites]
        return self._pasted(self._background(), images), [*drawn, self._titles, *self._sprites(time, frame, second)]

    def frames(
        self,
        times: Iterable[float | None],
        *,
        numbers: Iterable[int] | None = None,
        memory: int | str = MEMORY,
        pixel_format: str = "rgb",
    ) -> Iterator[Image]:
        """Images at ``times``, as `render` gives them; parameters as of `Renderer.frames`."""
        for leased in self.leased_frames(times, numbers=numbers, memory=memory, pixel_format=pixel_format):
            yield leased.image

    def leased_frames(
        self,
        times: Iterable[float | None],
        *,
        numbers: Iterable[int] | None = None,
        memory: int | str = MEMORY,
        pixel_format: str = "rgb",
    ) -> Iterator[LeasedImage]:
        """As `frames`; the images are the caller's own."""
        check_choice(pixel_format, self.pixel_formats, "pixel_format")
        shown = list(times)
        counted = list(range(len(shown)) if numbers is None else numbers)
        own, each = [self._own(number) for number in counted], memory_bytes(memory) // max(1, len(self._parts))
        with ExitStack() as stack:
            parts: list[Any] = [
                renderer.leased_frames(shown, numbers=own, memory=max(1, each)) for _, renderer in self._parts
            ]
            for part in parts:
                stack.enter_context(closing(part))
            for time, number in zip(shown, counted, strict=True):
                yield LeasedImage(self._composed([next(part) for part in parts], time, number, None))

    def _own(self, number: int) -> int:
        """The number of a frame without the title cards before it, which panels do not know of; less than 0 in them."""
        return number - self.scene.film_clock.n_before

    def _composed(self, images: Sequence[LeasedImage], time: float | None, number: int, second: float | None) -> Image:
        start = clock.perf_counter()
        picture = self._pasted(self._base.copy(), images)
        for sprites in self._sprites(time, number, second):
            for sprite in sprites:
                lay_over(picture, sprite.image, sprite.x, sprite.y)
        self._own_stages.draw += clock.perf_counter() - start
        return picture

    def _pasted(self, picture: Image, images: Sequence[LeasedImage]) -> Image:
        for (box, _), leased in zip(self._parts, images, strict=True):
            picture[box.y : box.y + box.height, box.x : box.x + box.width] = leased.image
            if leased.release is not None:
                leased.release()
        return picture

    def _sprites(self, time: float | None, number: int, second: float | None) -> list[Sequence[Sprite]]:
        """What each annotation of the whole draws."""
        film_clock = self.scene.film_clock
        moment = Moment(
            time, self._carrier.first_camera, number, film_clock.second(number) if second is None else second
        )
        return [drawing(moment) for drawing in self._drawings]


class _PanelRenderer(Renderer):
    """Draws the scene of a panel, over which its close-ups are pasted."""

    _takes_insets = True


def open_renderer(shown: Shown, size: Size, *, layout: Any = None, **options: Any) -> Renderer | PanelsRenderer:
    """The renderer of a scene or of panels; parameters as of `Renderer`."""
    kind: Any = PanelsRenderer if isinstance(shown, Panels) else Renderer
    opened: Renderer | PanelsRenderer = kind(shown, size, layout=layout, **options)
    return opened


def layer_names(shown: Any) -> list[str]:
    """The names of what `layers` gives beside the image."""
    if isinstance(shown, PanelPlot):
        return [type(shown).__name__]
    names = [type(annotation).__name__ for annotation in shown.annotations]
    if isinstance(shown, Scene) and _covers_close_ups(shown):
        shown = under_cards(shown)
    if isinstance(shown, Panels):
        parts = [name for item in shown.items if item is not None for name in layer_names(item)]
        return [*parts, "titles", *(type(annotation).__name__ for annotation in shown.carrier.annotations)]
    return names


def _covers_close_ups(scene: Scene) -> bool:
    """True for a scene with close-ups and with annotations that cover all of the picture."""
    return has_insets(scene) and any(annotation.rank > 0 for annotation in scene.annotations)


def title_sprites(panels: Panels, layout: PanelsLayout) -> tuple[Sprite, ...]:
    """The titles above the panels."""
    view, sprites = layout.view, []
    titles = [title for row in panels.titles for title in row]
    for title, box in zip(titles, layout.boxes, strict=True):
        lines, height = title_lines(title, view.text, box.width), line_height(view.text)
        for k, line in enumerate(reversed(lines), start=1):
            canvas = Canvas((max(1, min(box.width, text_width(line, view.text))), height))
            canvas.text(0, height / 2, line, view.text, view.ink)
            left = box.x + (box.width - canvas.size[0]) // 2
            sprites.append(canvas.sprite(left, box.y - k * height))
    return tuple(sprites)
