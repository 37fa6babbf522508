"""Panels: several scenes and plots in one picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from inspect import signature
from typing import Any, Literal, get_args

from ...data.frame_times import TimeRange
from ...errors import SceneError
from ...image.image import Size, check_size
from ...system.arguments import check_choice, check_type, checked_flag
from ..annotations import Arrow, Axes, ColorBar, Inset, Layers, ScaleBar
from ..annotations.base import Annotation
from ..annotations.title import Title
from ..camera import Box, Camera
from ..checks import check_number, checked_annotations
from ..colors import ColorLike, Rgba, opaque_color
from ..display_hook import bundle
from ..film_clock import FilmClock
from ..font_size import check_font_size
from ..plots.base import PanelPlot
from ..scene import Scene
from .linked_cameras import linked
from .panel_grid import PanelGrid, checked_parts, checked_widths
from .panel_rows import checked_rows, checked_titles
from .panels_layout import PanelsLayout
from .shared_colors import shared_clim, shows_same

Cameras = Literal["own", "angle", "scale", "view"]
_AT_CELLS = (Arrow, Axes, Inset, Layers, ScaleBar)  # annotations of one cell


@dataclass(frozen=True, eq=False)
class Panels:
    """Several scenes and plots in one picture and one film, in rows.

    They are given in place of a Scene to `render_image`, `save_image`, `render_video`, `animate` and `show`. All show
    the same time. Each has the pixels that the picture of its scene alone would have, of the panel's size.

    Parameters
    ----------
    rows : sequence of sequence of Scene, plot, Panels or None
        What each panel shows: a scene; a plot, which is `Traces`, `Raster`, `ImageSequence`, `FunctionPlot` or a figure
        of matplotlib (`FigurePlot`); Panels, which divide it further; or nothing. Each row fills the width. A single
        sequence is one row.
    widths : sequence of float, optional
        Of the panels of a row, relative to each other; a sequence for each row where rows differ. None: equal.
    heights : sequence of float, optional
        Of the rows, relative to each other. None: equal.
    titles : sequence of str, optional
        Above the panels, in rows as these; "" or None is no title. Long ones are broken at spaces, into three lines at
        most.
    gap : float
        Between panels, a multiple of the usual text's height.
    cameras : {"own", "angle", "scale", "view"}
        Whether cameras are linked, also in panels of panels. "own": each scene has its own. "angle": all look from the
        direction of the first scene's camera, or follow its path, each fitted to its own cell. "scale": the same, and
        a pixel is as many µm in all panels, so that cells can be compared. "view": all have the first scene's view,
        with its center.
    annotations : sequence of Annotation
        Of the whole: a `Clock`, a `ColorBar`, titles, texts, `Fade`. Panels are arranged in the area that they leave
        free. With a `ColorBar`, scenes that show the same variable have one range of colours: that which is given, or
        that of all their values.
    background : colour, optional
        Between panels. None: that of the first scene.
    font_size : float or str, optional
        As of `Scene`, of all that has none of its own. None: each scene has text for its own panel; titles, plots and
        annotations of the whole have text for the whole picture.
    time_range, fps : TimeRange, float, optional
        As of `Scene`.

    Raises
    ------
    SceneError
        There is no scene, or a wrong argument; title cards, which belong to the whole, in the scene of a panel. Panels
        with nothing but plots can be a part of others: that no scene is around them shows when they are drawn.
    TypeError
        Something that no panel can show.

    Examples
    --------
    One cell from two sides, with one clock and one colour bar:

    >>> morphology, recording = gm.demo_cell()
    >>> front, side = (gm.Scene(morphology, recording, camera=gm.Camera(azim=azim, elev=0)) for azim in (-90, 0))
    >>> panels = gm.Panels(
    ...     [[front, side]],
    ...     titles=[["from the front", "from the side"]],
    ...     annotations=(gm.ColorBar(), gm.Clock()),
    ... )
    >>> gm.render_image(panels, time=5.2, size=(480, 270)).shape
    (270, 480, 3)

    The second panel is divided once more:

    >>> nested = gm.Panels([[front, gm.Panels([[side], [side]])]], widths=(2, 1))
    """

    rows: Sequence[Sequence[Any]]
    _: KW_ONLY
    widths: Any = None
    heights: Any = None
    titles: Any = None
    gap: float = 0.5
    cameras: Cameras = "own"
    annotations: tuple[Annotation, ...] = ()
    background: ColorLike | None = None
    font_size: float | str | None = None
    time_range: TimeRange | None = None
    fps: Fraction | float | None = None
    _main: Scene | None = None  # of panels without a scene, from those around them, whose fields have all of it

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", checked_rows(self.rows, Panels))
        counts = [len(row) for row in self.rows]
        object.__setattr__(self, "widths", checked_widths(self.widths, counts))
        object.__setattr__(self, "heights", checked_parts(self.heights, len(counts), "heights"))
        object.__setattr__(self, "titles", checked_titles(self.titles, counts))
        check_number(self.gap, "gap", unit="heights of text", least=0)
        check_choice(self.cameras, get_args(Cameras), "cameras", error=SceneError)
        check_font_size(self.font_size)
        if self.background is not None:
            opaque_color(self.background, "background")
        object.__setattr__(self, "annotations", checked_annotations(self.annotations))
        for annotation in self.annotations:
            if isinstance(annotation, _AT_CELLS):
                name = type(annotation).__name__
                raise SceneError(f"{name} belongs to one cell: give it to the scene of a panel, not to Panels")
        for item in self.items:
            for annotation in () if item is None else item.annotations:
                if isinstance(annotation, Title) and (annotation.start is None or annotation.start < 0):
                    raise SceneError(
                        "a title card makes the whole film longer, so that no panel can have one: give it to "
                        "Panels(annotations=...), or a start of 0 or more seconds"
                    )
        check_type(self.time_range, TimeRange, "time_range", is_optional=True)
        if self.scenes or self._main is not None or not plots_of(self):  # else panels around them give a scene
            _ = self.carrier  # wrong annotations and times raise here
            rows = [[_with_main(item, self.carrier) for item in row] for row in self.rows]
            object.__setattr__(self, "rows", tuple(map(tuple, rows)))

    def __repr__(self) -> str:
        rows = "], [".join(", ".join("None" if item is None else repr(item) for item in row) for row in self.rows)
        return f"Panels([[{rows}]])"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        """What notebooks show of panels: a small picture, and text where none can be drawn."""
        return bundle(self)

    def __getstate__(self) -> dict[str, Any]:
        """The fields without cached results."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def items(self) -> tuple[Any, ...]:
        """What the panels show, row by row."""
        return tuple(item for row in self.rows for item in row)

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """All scenes, row by row, also of panels in panels."""
        return tuple(_scenes(self.items))

    @cached_property
    def carrier(self) -> Scene:
        """The scene whose values annotations of the whole stand for, with these annotations in place of its own.

        It is not drawn.
        """
        scenes = self.scenes or ([] if self._main is None else [self._main])
        if not scenes:
            raise SceneError(
                "Panels need one Scene at least, whose film they are: show one in a panel, here or in the Panels that "
                "these are a part of"
            )
        main = max(scenes, key=lambda scene: (scene.shows_values, scene.recording is not None))  # the first of equals
        return replace(
            main,
            annotations=self.annotations,
            camera=Camera(),
            background=scenes[0].background if self.background is None else self.background,
            font_size=self.font_size,
            time_range=self.time_range or main.time_range,
            fps=self.fps,
        )

    @property
    def film_clock(self) -> FilmClock:
        """From the numbers of frames to seconds of the film."""
        return self.carrier.film_clock

    @property
    def background_rgba(self) -> Rgba:
        """The background as RGBA, 0 to 1."""
        return self.carrier.background_rgba

    def resolved(self) -> Panels:
        """These panels with the range of values of each scene as ``clim``; with a colour bar, one range for all."""
        panels: Any = self
        if any(isinstance(annotation, ColorBar) and annotation.variable is None for annotation in self.annotations):
            clim = shared_clim(self.scenes, self.carrier)
            panels = with_scenes(
                self, lambda scene: replace(scene, clim=clim) if shows_same(scene, self.carrier) else scene
            )
        return with_items(
            panels, [item.resolved() if isinstance(item, Scene | Panels) else item for item in panels.items]
        )

    def layout(self, size: Size, *, transparent: bool = False, text: float | None = None) -> PanelsLayout:
        """Where panels and annotations are placed in an image of ``size`` pixels.

        ``text`` is the text's height in panels around these, which titles, plots and annotations of these have, too.

        Raises
        ------
        SceneError
            There is not enough space for them.
        """
        size, transparent = check_size(size), checked_flag(transparent, "transparent")
        carrier = self.carrier if text is None else replace(self.carrier, font_size=text)
        whole = carrier.layout(size, transparent=transparent)
        area = max(whole.areas, key=lambda box: box.width * box.height)
        text = whole.view.text
        boxes = PanelGrid(self.widths, self.heights, self.titles).boxes(
            area, gap=round(min(self.gap * text, max(size))), text=text
        )
        layouts: list[Any] = []
        for number, (item, box) in enumerate(zip(self.items, boxes, strict=True), start=1):
            of_whole = {"text": text} if isinstance(item, Panels) and item.font_size is None else {}
            try:
                is_laid_out, part = isinstance(item, Scene | Panels), (box.width, box.height)
                layouts.append(
                    self._placed(item).layout(part, transparent=transparent, **of_whole) if is_laid_out else None
                )
            except SceneError as cause:
                if len(boxes) == 1:
                    raise
                raise SceneError(f"panel {number}: {cause}") from cause
        return PanelsLayout(whole, tuple(boxes), tuple(layouts))

    def drawn_items(self, layout: PanelsLayout) -> tuple[Any, ...]:
        """What panels show, with fitted cameras where they are linked; of panels that are resolved."""
        items = tuple(map(self._placed, self.items))
        if self.cameras == "own":
            return items
        scenes = iter(linked(self.cameras, list(_scenes(items)), list(layout.of_scenes)))
        return tuple(_with_linked(item, scenes) for item in items)

    def _placed(self, item: Any) -> Any:
        """What a panel shows, with the background and the font size of the whole where it has none of its own."""
        if isinstance(item, Panels) and item.background is None:
            item = replace(item, background=self.carrier.background)
        if isinstance(item, Scene | Panels) and item.font_size is None and self.font_size is not None:
            item = replace(item, font_size=self.font_size)
        return item

    def boxes(self, size: Size) -> list[list[Box]]:
        """The rectangle of each panel, pixels, in rows.

        Parameters
        ----------
        size : (width, height)
            Of the picture, pixels.

        Returns
        -------
        list of list of Box

        Raises
        ------
        SceneError
            There is not enough space for the panels.
        """
        left = iter(self.resolved().layout(size).boxes)
        return [[next(left) for _ in row] for row in self.rows]


_signature = signature(Panels)
_public = [one for name, one in _signature.parameters.items() if not name.startswith("_")]
setattr(Panels, "__signature__", _signature.replace(parameters=_public))  # noqa: B010 (mypy knows of none)


def with_items(panels: Panels, items: Iterable[Any], **changes: Any) -> Panels:
    """Panels that show something else, row by row, and differ in other fields."""
    left = iter(items)
    return replace(panels, rows=[[next(left) for _ in row] for row in panels.rows], **changes)


def with_scenes(shown: Any, function: Callable[[Scene], Scene]) -> Any:
    """A scene or panels with other scenes in place of each, in the order of `scenes_of`."""
    if isinstance(shown, Panels):
        return with_items(shown, [with_scenes(item, function) for item in shown.items])
    return function(shown) if isinstance(shown, Scene) else shown


def plots_of(shown: Any) -> tuple[PanelPlot, ...]:
    """All plots of panels, row by row."""
    items = shown.items if isinstance(shown, Panels) else ()
    return tuple(
        plot
        for item in items
        for plot in ((item,) if isinstance(item, PanelPlot) else plots_of(item) if isinstance(item, Panels) else ())
    )


def _scenes(items: Sequence[Any]) -> Iterator[Scene]:
    for item in items:
        if isinstance(item, Scene):
            yield item
        elif isinstance(item, Panels):
            yield from item.scenes


def _with_linked(item: Any, scenes: Iterator[Scene]) -> Any:
    """What a panel shows, with the next of ``scenes`` in place of each of its own."""
    if isinstance(item, Panels):
        return with_items(item, [_with_linked(inner, scenes) for inner in item.items], cameras="own")
    return next(scenes) if isinstance(item, Scene) else item


def _with_main(item: Any, main: Scene) -> Any:
    """Panels without a scene of their own get the one of the whole."""
    if not isinstance(item, Panels):
        return item
    if item.scenes:
        return item if item._main is None else replace(item, _main=None)
    return replace(item, _main=replace(main, annotations=()))
