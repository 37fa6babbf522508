"""FigurePlot: a figure of matplotlib as a panel."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SceneError, brief
from ...system.arguments import check_choice
from ..annotations.base import Sprite, View
from ..annotations.canvas import Canvas
from ..annotations.subpixel_sprite import subpixel_sprite
from .base import PanelPlot, PlotDrawing

_POINTS = 10.0  # of a figure's usual text, which is drawn as high as that of the picture


@dataclass(frozen=True)
class TimeArea:
    """The area of a figure's axes whose horizontal axis is time: pixels, and ms at both ends."""

    left: float
    right: float
    top: float
    bottom: float
    start: float
    stop: float


@dataclass(frozen=True, eq=False)
class FigurePlot(PanelPlot):
    """A figure of matplotlib as a panel of `Panels`, drawn once for a film.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        It is copied, and the copy gets the panel's size; text of 10 points becomes as high as that of the picture. Use
        ``layout="constrained"``, so that its parts find their places. On clusters, workers get the drawn picture.
    cursor : bool
        A line at the frame's time over all axes, whose horizontal axis then has to be ms.

    Raises
    ------
    SceneError
        It is no figure, or cannot be copied.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> morphology, recording = gm.demo_cell()
    >>> figure = Figure(layout="constrained")
    >>> _ = figure.add_subplot(xlabel="ms", ylabel="mV").plot(recording.times, recording.values[:, 0])
    >>> panels = gm.Panels([[gm.Scene(morphology, recording), gm.FigurePlot(figure, cursor=True)]])
    >>> gm.render_image(panels, time=5, size=(480, 240)).shape
    (240, 480, 3)
    """

    figure: Any
    _: KW_ONLY
    cursor: bool = False

    def __post_init__(self) -> None:
        check_choice(self.cursor, (True, False), "cursor", error=SceneError)
        if isinstance(self.figure, bytes):  # of a copy
            return
        if not is_figure(self.figure):
            raise SceneError(f"figure must be a matplotlib.figure.Figure, got {brief(self.figure)}")
        try:
            object.__setattr__(self, "figure", pickle.dumps(self.figure))
        except Exception as cause:
            raise SceneError(f"the figure cannot be copied: {cause}") from cause

    def drawing(self, view: View, left: int) -> PlotDrawing:  # noqa: ARG002
        """See `PanelPlot`."""
        return DrawnFigure(*self._drawn(view.size, view.text, transparent=view.is_transparent), view)

    def _drawn(
        self, size: tuple[int, int], text: float, *, transparent: bool
    ) -> tuple[npt.NDArray[np.uint8], tuple[TimeArea, ...]]:
        """The figure's pixels, and the areas of its axes."""
        try:
            from matplotlib.backends.backend_agg import FigureCanvasAgg
        except ImportError as cause:
            raise SceneError("a FigurePlot needs matplotlib: pip install matplotlib") from cause
        figure = pickle.load(io.BytesIO(self.figure))
        dpi = 72.0 * text / _POINTS
        figure.set_dpi(dpi)
        figure.set_size_inches(size[0] / dpi, size[1] / dpi)
        if transparent:
            figure.patch.set_alpha(0.0)
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.array(canvas.buffer_rgba())
        areas: list[TimeArea] = []
        for axes in figure.axes if self.cursor else ():
            start, stop = axes.get_xlim()
            box = axes.get_window_extent()
            areas.append(TimeArea(box.x0, box.x1, size[1] - box.y1, size[1] - box.y0, start, stop))
        return _cut(pixels, size), tuple(areas)

    def for_worker(self, view: View) -> PanelPlot:
        """The drawn figure; see `PanelPlot`."""
        return DrawnFigurePlot(*self._drawn(view.size, view.text, transparent=view.is_transparent))

    def fingerprint_fields(self) -> Mapping[str, Any]:
        """See `PanelPlot`."""
        return {"cursor": self.cursor}

    def fingerprint_parts(self, times: npt.NDArray[np.float64]) -> Iterable[Any]:  # noqa: ARG002
        """Its pixels at one size: pickles of equal figures may differ."""
        pixels, areas = self._drawn((320, 240), 10.0, transparent=False)
        yield hashlib.sha256(pixels.tobytes()).hexdigest()
        yield list(areas)


@dataclass(frozen=True, eq=False)
class DrawnFigurePlot(PanelPlot):
    """The pixels of a figure at the size of its panel."""

    pixels: npt.NDArray[np.uint8]
    areas: tuple[TimeArea, ...]

    def drawing(self, view: View, left: int) -> PlotDrawing:  # noqa: ARG002
        """See `PanelPlot`."""
        return DrawnFigure(self.pixels, self.areas, view)


class DrawnFigure:
    """A `PlotDrawing` of a figure's pixels, with a cursor."""

    def __init__(self, pixels: npt.NDArray[np.uint8], areas: Sequence[TimeArea], view: View) -> None:
        self.grounds: Sequence[Sequence[Sprite]] = [[Sprite(pixels, 0, 0)]]
        self._areas, self._view = areas, view

    def parts(self, time: float | None) -> Sequence[tuple[int, int, int]]:  # noqa: ARG002
        """See `PlotDrawing`."""
        return [(0, 0, self._view.size[0])]

    def changing(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        sprites = []
        for area in self._areas:
            low, high = sorted((area.start, area.stop))
            if time is not None and low <= time <= high and high > low and area.bottom > area.top + 1:
                x = area.left + (time - area.start) / (area.stop - area.start) * (area.right - area.left)
                sprites.append(self._line(area, x))
        return sprites

    def _line(self, area: TimeArea, x: float) -> Sprite:
        width, height = max(1.0, 1.4 * self._view.line), round(area.bottom - area.top)

        def draw(right: float, down: float) -> Canvas:
            canvas = Canvas((round(width) + 4, height + 1))
            canvas.rectangle(right - width / 2, down, width, height, (0.1, 0.1, 0.1, 0.5))
            return canvas

        return subpixel_sprite(draw, round(width) + 1)(x, area.top)

    def vectors(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        return [*self.grounds[0], *self.changing(time)]


def is_figure(given: Any) -> bool:
    """True for a figure of matplotlib, which is not imported for this."""
    return any(kind.__module__ == "matplotlib.figure" and kind.__name__ == "Figure" for kind in type(given).__mro__)


def _cut(pixels: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Pixels of exactly this size: a rounded size in inches may give one more or less."""
    width, height = size
    whole = np.zeros((height, width, 4), dtype=np.uint8)
    part = pixels[:height, :width]
    whole[: part.shape[0], : part.shape[1]] = part
    return whole
