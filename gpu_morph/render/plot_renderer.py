"""PlotRenderer: the frames of a plot, as a `Renderer` gives those of a scene."""

from __future__ import annotations

import time as clock
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from ..image.alpha import lay_over
from ..image.image import Image
from ..scene.annotations.base import Sprite, View
from ..scene.colors import to_bytes
from ..scene.plots.base import PanelPlot
from .strategy import LeasedImage, Stages


class PlotRenderer:
    """Draws a plot in main memory; what does not change is drawn once.

    Parameters
    ----------
    plot : PanelPlot
        What to draw.
    view : View
        The picture, with the panel's size.
    left : int
        As of `PanelPlot.drawing`.
    """

    def __init__(self, plot: PanelPlot, view: View, left: int) -> None:
        self.stages = Stages()
        self._view, self._drawing = view, plot.drawing(view, left)
        self._grounds = [self._laid(sprites) for sprites in self._drawing.grounds]

    def _laid(self, sprites: Sequence[Sprite]) -> Image:
        picture = self._background()
        for sprite in sprites:
            lay_over(picture, sprite.image, sprite.x, sprite.y)
        return picture

    def _background(self) -> Image:
        width, height = self._view.size
        picture = np.zeros((height, width, 4 if self._view.is_transparent else 3), dtype=np.uint8)
        if not self._view.is_transparent:
            picture[:] = to_bytes(self._view.paper[:3])
        return picture

    def __enter__(self) -> PlotRenderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def render(self, time: float | None = None, *, frame: int = 0, second: float | None = None) -> Image:  # noqa: ARG002
        """One image, as `Renderer.render` gives it."""
        start = clock.perf_counter()
        picture = np.empty_like(self._grounds[0])
        for number, first, end in self._drawing.parts(time):
            picture[:, first:end] = self._grounds[number][:, first:end]
        for sprite in self._drawing.changing(time):
            lay_over(picture, sprite.image, sprite.x, sprite.y)
        self.stages.draw += clock.perf_counter() - start
        return picture

    def layers(
        self,
        time: float | None = None,
        *,
        frame: int = 0,  # noqa: ARG002
        second: float | None = None,  # noqa: ARG002
    ) -> tuple[Image, list[Sequence[Sprite]]]:
        """The background, and the plot as one layer."""
        return self._background(), [self._drawing.vectors(time)]

    def leased_frames(self, times: Iterable[float | None], **options: Any) -> Iterator[LeasedImage]:  # noqa: ARG002
        """Images at ``times``, as `Renderer.leased_frames` gives them."""
        for time in times:
            yield LeasedImage(self.render(time))
