"""Pictures as panels: image sequences, and functions of time that give arrays."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array
from ...errors import SceneError, brief
from ...system.arguments import check_choice
from ..annotations.base import ColorScale, Sprite, View, checked_number
from ..annotations.canvas import Canvas, line_height, text_width
from ..annotations.colorbar import ColorBar
from ..camera import Box
from ..colormaps import color_table, parse_colormap
from .base import PanelPlot, PlotDrawing, checked_limits, checked_sample_times, spread
from .heading import shortened_title

Scaling = Literal["auto", "nearest", "linear"]
_MOST_UNIT = 0.3  # of the panel's width
_MARGIN = 1.0  # around the picture, heights of text


@dataclass(frozen=True, eq=False, repr=False)
class ImageSequence(PanelPlot):
    """Images over time as a panel of `Panels`, such as calcium imaging or a field: each is shown up to the next.

    Parameters
    ----------
    frames : (n, height, width) float, or (n, height, width, 3 or 4) uint8
        Values, or colours.
    times : (n,) float, optional
        ms, rising: when each image begins.
    rate : float, optional
        Images per second of simulation, Hz, in place of ``times``: the first begins at 0 ms.
    cmap : str or colormap
        Of values.
    clim : (float, float), optional
        Values at the ends of the colormap. None: the range of all.
    color_bar : bool
        Show a colour bar beside values.
    title : str
        Above the images.
    unit : str
        Of values, for the colour bar.
    scaling : {"auto", "nearest", "linear"}
        How pixels become larger. "auto": values have sharp pixels, pictures soft ones.

    Raises
    ------
    SceneError
        A wrong argument.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> field = np.random.default_rng(0).normal(size=(30, 16, 24))
    >>> images = gm.ImageSequence(field, rate=1000, cmap="RdBu_r", clim=(-3, 3), title="field", unit="µV")
    >>> panels = gm.Panels([[gm.Scene(morphology, recording), images]])
    >>> gm.render_image(panels, time=5, size=(480, 240)).shape
    (240, 480, 3)
    """

    frames: Any
    _: KW_ONLY
    times: npt.ArrayLike | None = None
    rate: float | None = None
    cmap: Any = "gray"
    clim: tuple[float, float] | None = None
    color_bar: bool = True
    title: str = ""
    unit: str = ""
    scaling: Scaling = "auto"

    def __post_init__(self) -> None:
        frames = _array(self.frames, "frames must be arrays of one shape")
        is_values = frames.ndim == 3 and frames.dtype.kind in "biuf"
        is_colors = frames.ndim == 4 and frames.shape[-1] in (3, 4) and frames.dtype == np.uint8
        if not (is_values or is_colors) or not frames.size:
            raise SceneError(
                "frames must be values, (n, height, width), or colours, (n, height, width, 3 or 4) uint8, got "
                f"{frames.dtype} of shape {frames.shape}"
            )
        frames = frozen_array(frames, np.float32 if is_values else np.uint8, name="frames", error=SceneError)
        times = checked_sample_times(self.times, self.rate, len(frames), what="frames")
        clim = _checked_style(self, self.clim)
        if is_values and clim is None:
            finite = frames[np.isfinite(frames)]
            clim = spread(float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        for name, value in (("frames", frames), ("times", times), ("rate", None), ("clim", clim)):
            object.__setattr__(self, name, value)

    @property
    def sample_times(self) -> npt.NDArray[np.float64]:
        """Its times, ms, by which a film goes that has no recording."""
        return np.asarray(self.times, dtype=np.float64)

    def drawing(self, view: View, left: int) -> PlotDrawing:
        """See `PanelPlot`."""
        times = np.asarray(self.times)

        def at(time: float | None) -> tuple[int, npt.NDArray[Any]]:
            slack = 1e-9 * max(1.0, abs(time or 0.0))
            number = 0 if time is None else max(0, int(np.searchsorted(times, time + slack, side="right")) - 1)
            return number, self.frames[number]

        return DrawnPictures(self, view, left, at, self.frames.shape[1:3], is_values=self.frames.ndim == 3)


@dataclass(frozen=True, eq=False, repr=False)
class FunctionPlot(PanelPlot):
    """What a function of time gives, as a panel of `Panels`.

    Parameters
    ----------
    function : callable
        Takes ms and returns values, (height, width) float, or colours, (height, width, 3 or 4) uint8, always of one
        shape. For films on clusters it has to be picklable, as a function of a module that workers can import. Films
        that can be resumed call it once more for each frame, to see whether earlier frames show the same.
    rate : float, optional
        How often it is called, per second of simulation, Hz; in between the last result is shown. None: for each frame.
    cmap, clim, color_bar, title, unit, scaling
        As of `ImageSequence`; values need ``clim``.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, something else was returned.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> def wave(time):
    ...     return np.sin(np.linspace(0, 6, 40) - time)[np.newaxis].repeat(20, axis=0)
    ...
    >>> plot = gm.FunctionPlot(wave, rate=1000, clim=(-1, 1), cmap="RdBu_r", title="a wave")
    >>> panels = gm.Panels([[gm.Scene(morphology, recording), plot]])
    >>> gm.render_image(panels, time=5, size=(480, 240)).shape
    (240, 480, 3)
    """

    function: Callable[[float], npt.NDArray[Any]]
    _: KW_ONLY
    rate: float | None = None
    cmap: Any = "gray"
    clim: tuple[float, float] | None = None
    color_bar: bool = True
    title: str = ""
    unit: str = ""
    scaling: Scaling = "auto"

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise SceneError(f"function must be callable with a time in ms, got {brief(self.function)}")
        if self.rate is not None:
            checked_number(self.rate, "rate", "a positive number of Hz", above=0)
        object.__setattr__(self, "clim", _checked_style(self, self.clim))

    def at(self, time: float | None) -> npt.NDArray[Any]:
        """What is shown at a time, ms; at 0 without one.

        Parameters
        ----------
        time : float or None
            ms.

        Returns
        -------
        (height, width) float, or (height, width, 3 or 4) uint8

        Raises
        ------
        SceneError
            The function returned something else.
        """
        return self._called(self._step(time))

    def _step(self, time: float | None) -> float:
        """The time for which the function is called."""
        if time is None or self.rate is None:
            return time or 0.0
        step = 1000.0 / self.rate
        return math.floor(time / step + 1e-9) * step

    def _called(self, time: float) -> npt.NDArray[Any]:
        given = _array(self.function(time), "the function of a FunctionPlot must return an array")
        is_colors = given.ndim == 3 and given.shape[-1] in (3, 4) and given.dtype == np.uint8
        if not (is_colors or (given.ndim == 2 and given.dtype.kind in "biuf")) or not given.size:
            raise SceneError(
                "the function of a FunctionPlot must return values, (height, width), or colours, (height, width, 3 or "
                f"4) uint8, got {given.dtype} of shape {given.shape} at {time:g} ms"
            )
        if not is_colors and self.clim is None:
            raise SceneError("the function of a FunctionPlot returns values: give it clim=(low, high)")
        return given

    def drawing(self, view: View, left: int) -> PlotDrawing:
        """See `PanelPlot`."""
        begin = self._step(None if view.times is None else view.times.start)
        first = self._called(begin)

        def at(time: float | None) -> tuple[float, npt.NDArray[Any]]:
            step = self._step(time)
            given = self._called(step)
            if given.shape != first.shape:
                raise SceneError(
                    "the function of a FunctionPlot must always return arrays of one shape, got "
                    f"{given.shape} at {step:g} ms, and {first.shape} at {begin:g} ms"
                )
            return step, given

        return DrawnPictures(self, view, left, at, first.shape[:2], is_values=first.ndim == 2)

    def fingerprint_fields(self) -> Mapping[str, Any]:
        """See `PanelPlot`."""
        return {name: value for name, value in super().fingerprint_fields().items() if name != "function"}

    def fingerprint_parts(self, times: npt.NDArray[np.float64]) -> Iterable[Any]:
        """The function's name, and all that it gives at these times: it is called once more for each."""
        yield getattr(self.function, "__qualname__", type(self.function).__qualname__)
        for step in sorted({self._step(time) for time in times.tolist()}):
            yield self._called(step)

    def for_worker(self, view: View) -> FunctionPlot:  # noqa: ARG002
        """Itself, if it can be pickled."""
        try:
            pickle.dumps(self.function)
        except Exception as cause:
            raise SceneError(
                "the function of a FunctionPlot cannot be sent to a cluster's workers: define it in a module, not in a "
                f"function or as a lambda, or draw an ImageSequence ({cause})"
            ) from cause
        return self


class DrawnPictures:
    """A `PlotDrawing` of pictures, each as large as its panel allows.

    Parameters
    ----------
    plot : ImageSequence or FunctionPlot
        How they look.
    view : View
        The panel.
    left : int
        The x at which pictures begin; 0: they are in the middle.
    at : callable
        From a time to something that is equal for equal pictures, and the picture.
    shape : (int, int)
        Rows and columns.
    is_values : bool
        Whether pictures are values and not colours.
    """

    def __init__(
        self,
        plot: ImageSequence | FunctionPlot,
        view: View,
        left: int,
        at: Callable[[float | None], tuple[Any, npt.NDArray[Any]]],
        shape: Sequence[int],
        *,
        is_values: bool,
    ) -> None:
        self._plot, self._at, self._width = plot, at, view.size[0]
        clim = plot.clim
        self._table = None if not is_values or clim is None else color_table(plot.cmap, "#9e9e9e", clim)
        space, (width, height) = round(_MARGIN * view.text), view.size
        head = space + (line_height(view.text) if plot.title else 0)
        bar = self._bar(view, head) if plot.color_bar else None
        bar_width = 0 if bar is None else bar.size[0] + space
        free = max(8, width - max(left, space) - space - bar_width), max(8, height - head - space)
        scale = min(free[0] / shape[1], free[1] / shape[0])
        size = max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))
        x = left or space + (free[0] - size[0]) // 2
        self._box = Box(x, head if left else head + (free[1] - size[1]) // 2, *size)
        canvas = Canvas(view.size)
        if plot.title:
            middle = line_height(view.text) / 2 + round(0.5 * view.text)
            free_left = max(left or space, min(x, width - space - text_width(plot.title, view.text)))
            title = shortened_title(plot.title, view.text, width - space // 2 - free_left)
            canvas.text(free_left, middle, title, view.text, view.ink)
        ground = [canvas.sprite(0, 0)]
        if bar is not None:
            middle_y = self._box.y + (self._box.height - bar.size[1]) // 2
            y = max(head - space // 2, min(middle_y, height - space // 2 - bar.size[1]))
            ground.append(bar.sprite(x + size[0] + space, y))
        self.grounds: Sequence[Sequence[Sprite]] = [ground]
        self._last: tuple[Any, Sprite] | None = None

    def _bar(self, view: View, head: int) -> Canvas | None:
        """The colour bar of values."""
        if self._table is None:
            return None
        unit = shortened_title(self._plot.unit, view.text, _MOST_UNIT * view.size[0])
        scale = ColorScale(self._table, "", unit, has_under=False, has_over=False, has_missing=False)
        length = min(0.9, 0.6 * (view.size[1] - head) / view.size[1])
        bar = ColorBar(length=length, title=unit)
        return bar.canvas(replace(view, scale=scale, shield=False))

    def parts(self, time: float | None) -> Sequence[tuple[int, int, int]]:  # noqa: ARG002
        """See `PlotDrawing`."""
        return [(0, 0, self._width)]

    def changing(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        key, picture = self._at(time)
        if self._last is None or self._last[0] != key:
            self._last = key, Sprite(self._scaled(picture), self._box.x, self._box.y)
        return (self._last[1],)

    def vectors(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        return [*self.grounds[0], *self.changing(time)]

    def _scaled(self, picture: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        from PIL import Image as Images

        shown = picture if self._table is None else _colored(picture, self._table)
        size, scaling = (self._box.width, self._box.height), self._plot.scaling
        is_smaller = size[0] < shown.shape[1]
        is_soft = scaling == "linear" or (scaling == "auto" and self._table is None)
        how = (
            Images.Resampling.BOX
            if is_smaller
            else Images.Resampling.BILINEAR
            if is_soft
            else Images.Resampling.NEAREST
        )
        return np.array(Images.fromarray(np.ascontiguousarray(shown)).convert("RGBA").resize(size, how))


def _colored(values: npt.NDArray[Any], table: Any) -> npt.NDArray[np.uint8]:
    """(height, width, 3) uint8: the colours of values."""
    low, high = table.clim
    entries, known = table.entries, np.isfinite(values)
    at = np.clip((np.where(known, values, low) - low) / (high - low), 0, 1)
    index = np.minimum((at * len(entries)).astype(np.int64), len(entries) - 1)
    colors: npt.NDArray[np.uint8] = np.where(known[..., np.newaxis], entries[index], table.missing).astype(np.uint8)
    return colors


def _array(given: Any, expected: str) -> npt.NDArray[Any]:
    """An array from what was given."""
    try:
        return np.asarray(given)
    except ValueError as cause:  # ragged
        raise SceneError(f"{expected}, got {brief(given)}: {cause}") from cause


def _checked_style(plot: ImageSequence | FunctionPlot, clim: Any) -> tuple[float, float] | None:
    """Check how pictures look, and return the range of values."""
    parse_colormap(plot.cmap)
    check_choice(plot.color_bar, (True, False), "color_bar", error=SceneError)
    check_choice(plot.scaling, get_args(Scaling), "scaling", error=SceneError)
    for name in ("title", "unit"):
        if not isinstance(getattr(plot, name), str):
            raise SceneError(f"{name} must be a str, got {brief(getattr(plot, name))}")
    return checked_limits(clim, "clim", "the unit of the values")
