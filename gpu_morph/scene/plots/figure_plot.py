"""FigurePlot: a figure of matplotlib as a panel."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SceneError, brief
from ...system.arguments import check_choice
from ..annotations.base import Sprite, View
from ..colors import Rgba, is_light
from .base import PanelPlot, PlotDrawing
from .cursor import cursor_sprite
from .figure_contents import figure_contents

_POINTS = 10.0  # of a figure's usual text, which is drawn as high as that of the picture
_DARK, _LIGHT = (0.1, 0.1, 0.1, 1.0), (0.95, 0.95, 0.95, 1.0)  # cursors


@dataclass(frozen=True)
class TimeArea:
    """The area of a figure's axes whose horizontal axis is time.

    Parameters
    ----------
    box : (float, float, float, float)
        Left, right, top and bottom, pixels.
    times : tuple of float
        ms at places that are evenly spaced from the left to the right, about one for each pixel, whatever the scale.
    ink : RGBA
        Of the cursor.
    """

    box: tuple[float, float, float, float]
    times: tuple[float, ...]
    ink: Rgba

    def x(self, time: float | None) -> float | None:
        """The x of a time; None outside the area."""
        left, right, _, _ = self.box
        times, places = np.array(self.times), np.linspace(left, right, len(self.times))
        if times[0] > times[-1]:
            times, places = times[::-1], places[::-1]
        return float(np.interp(time, times, places)) if time is not None and times[0] <= time <= times[-1] else None


@dataclass(frozen=True, eq=False)
class FigureCopy:
    """A pickled figure of matplotlib."""

    pickled: bytes = field(repr=False)

    def loaded(self) -> Any:
        """A figure that pyplot does not know."""
        return pickle.loads(self.pickled)


class _FigurePickler(pickle.Pickler):
    """Pickles a figure so that its copy is not one of pyplot's."""

    def reducer_override(self, given: Any) -> Any:
        if not is_figure(given):
            return NotImplemented
        function, arguments, state, *more = given.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
        state.pop("_restore_to_pylab", None)
        return function, arguments, state, *more


@dataclass(frozen=True, eq=False, repr=False)
class FigurePlot(PanelPlot):
    """A figure of matplotlib as a panel of `Panels`, drawn once for a film.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        It is copied, and the copy gets the panel's size; text of 10 points becomes as high as that of the picture. Use
        ``layout="constrained"``, so that its parts find their places. On clusters, workers get the drawn picture.
    cursor : bool
        A line at the frame's time over all axes but colour bars, whose horizontal axis, linear or not, then has to be
        ms. Axes that lie over others (``twinx``) get none of their own.

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
        if isinstance(self.figure, FigureCopy):
            return
        if not is_figure(self.figure):
            raise SceneError(f"figure must be a matplotlib.figure.Figure, got {brief(self.figure)}")
        try:
            pickled = io.BytesIO()
            _FigurePickler(pickled).dump(self.figure)
            object.__setattr__(self, "figure", FigureCopy(pickled.getvalue()))
        except Exception as cause:
            raise SceneError(f"the figure cannot be copied: {cause}") from cause

    def drawing(self, view: View, left: int) -> PlotDrawing:  # noqa: ARG002
        """See `PanelPlot`."""
        return DrawnFigure(*self._drawn(view), view)

    def _drawn(self, view: View) -> tuple[npt.NDArray[np.uint8], tuple[TimeArea, ...]]:
        """The figure's pixels, and the areas of its axes."""
        return self._drawn_at(view.size, view.text, transparent=view.is_transparent, paper=view.paper)

    def _drawn_at(
        self, size: tuple[int, int], text: float, *, transparent: bool, paper: Rgba
    ) -> tuple[npt.NDArray[np.uint8], tuple[TimeArea, ...]]:
        try:
            from matplotlib.backends.backend_agg import FigureCanvasAgg
        except ImportError as cause:
            raise SceneError("a FigurePlot needs matplotlib: pip install matplotlib") from cause
        figure = self.figure.loaded()
        dpi = 72.0 * text / _POINTS
        figure.set_dpi(dpi)
        figure.set_size_inches(size[0] / dpi, size[1] / dpi)
        if transparent:
            figure.patch.set_alpha(0.0)
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = _cut(np.array(canvas.buffer_rgba()), size)
        return pixels, tuple(_time_areas(figure, pixels, paper)) if self.cursor else ()

    def for_worker(self, view: View) -> PanelPlot:
        """The drawn figure; see `PanelPlot`."""
        return DrawnFigurePlot(*self._drawn(view))

    def fingerprint_fields(self) -> Mapping[str, Any]:
        """See `PanelPlot`."""
        return {"cursor": self.cursor}

    def fingerprint_parts(self, times: npt.NDArray[np.float64]) -> Iterable[Any]:  # noqa: ARG002
        """What the figure shows at any size, and the times of its axes."""
        yield from figure_contents(self.figure.loaded())
        if self.cursor:
            _, areas = self._drawn_at((320, 240), 10.0, transparent=False, paper=(1.0, 1.0, 1.0, 1.0))
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
        self._width = view.size[0]
        self._cursors = [(area, cursor_sprite(view.line, round(area.box[3] - area.box[2]), area.ink)) for area in areas]

    def parts(self, time: float | None) -> Sequence[tuple[int, int, int]]:  # noqa: ARG002
        """See `PlotDrawing`."""
        return [(0, 0, self._width)]

    def changing(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        at = [(area.x(time), area.box[2], cursor) for area, cursor in self._cursors]
        return [cursor(x, top) for x, top, cursor in at if x is not None]

    def vectors(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        return [*self.grounds[0], *self.changing(time)]


def is_figure(given: Any) -> bool:
    """True for a figure of matplotlib, which is not imported for this."""
    return any(kind.__module__ == "matplotlib.figure" and kind.__name__ == "Figure" for kind in type(given).__mro__)


def _time_areas(figure: Any, pixels: npt.NDArray[np.uint8], paper: Rgba) -> Iterator[TimeArea]:
    """The areas of a drawn figure's axes: neither colour bars, nor axes over others, nor those without an x."""
    seen = set()
    for axes in figure.axes:
        is_bar = hasattr(axes.get_axes_locator(), "_cbar")
        if is_bar or axes.name != "rectilinear" or not axes.get_visible():
            continue
        extent = axes.get_window_extent()
        box = float(extent.x0), float(extent.x1), float(len(pixels) - extent.y1), float(len(pixels) - extent.y0)
        key = tuple(round(edge) for edge in box)
        if key in seen or key[1] <= key[0] or key[3] <= key[2] + 1:
            continue
        seen.add(key)
        xs = np.linspace(extent.x0, extent.x1, key[1] - key[0] + 1)
        points = np.stack([xs, np.full(len(xs), (extent.y0 + extent.y1) / 2)], axis=1)
        times = axes.transData.inverted().transform(points)[:, 0]
        times[[0, -1]] = axes.get_xlim()
        ground = pixels[max(0, key[2]) : key[3], max(0, key[0]) : key[1]].reshape(-1, 4) / 255
        over = ground[:, :3] * ground[:, 3:] + np.array(paper[:3]) * (1 - ground[:, 3:])
        middle = np.median(over, axis=0) if len(over) else np.array(paper[:3])
        ink = _DARK if is_light((*middle.tolist(), 1.0)) else _LIGHT
        yield TimeArea(box, tuple(times.tolist()), ink)


def _cut(pixels: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Pixels of exactly this size: a rounded size in inches may give one more or less."""
    width, height = size
    whole = np.zeros((height, width, 4), dtype=np.uint8)
    part = pixels[:height, :width]
    whole[: part.shape[0], : part.shape[1]] = part
    return whole
