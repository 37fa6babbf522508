"""FunctionPlot: what a function of time gives, as a panel."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SceneError, brief
from ..annotations.base import View, keep_number
from .base import PlotDrawing
from .pictures import DrawnPictures, PicturePlot, array_of


@dataclass(frozen=True, eq=False, repr=False)
class FunctionPlot(PicturePlot):
    """What a function of time gives, as a panel of `Panels`.

    Parameters
    ----------
    function : callable
        Takes ms and returns values, (height, width) float, or colours, (height, width, 3 or 4) uint8, always of one
        shape. For films on clusters it has to be picklable, as a function of a module that workers can import. Films
        that can be resumed call it once more for each frame, to see whether earlier frames show the same.
    cmap, clim, color_bar, title, unit, scaling
        As of `ImageSequence`; values need ``clim``.
    rate : float, optional
        How often it is called, per second of simulation, Hz; in between the last result is shown. None: for each frame.

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

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise SceneError(f"function must be callable with a time in ms, got {brief(self.function)}")
        if self.rate is not None:
            keep_number(self, "rate", "a positive number of Hz", above=0)
        super().__post_init__()

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
        given = array_of(self.function(time), "the function of a FunctionPlot must return an array")
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
