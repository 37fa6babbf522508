"""Times in ms: those of the simulation and those that are shown."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..data.frame_times import frame_times
from ..errors import brief
from ..readers.simulators.isf import simulation_times
from .checks import optional_number

_NAMES = ("t_start", "t_stop", "t_step")
_N_STEPS = 10  # of a range without a step, as in ISF


class Times(NamedTuple):
    """First time, last time and step, ms; None where one is not given."""

    start: float | None
    stop: float | None
    step: float | None

    def completed(self, defaults: Times) -> Times:
        """The same times, with ``defaults`` where one is None; the step is then a tenth of the range.

        Raises TypeError or ValueError for what is no number.
        """
        chosen = (default if given is None else given for given, default in zip(self, defaults, strict=True))
        start, stop, step = (
            optional_number(time, name, "finite ms") for name, time in zip(_NAMES, chosen, strict=True)
        )
        if step is None and start is not None and stop is not None:
            step = (stop - start) / _N_STEPS if stop > start else 1.0  # any step gives one frame
        return Times(start, stop, step)

    def check(self) -> None:
        """Raise TypeError or ValueError for what is no number, and for a step that is not positive."""
        step = self.completed(Times(None, None, None)).step
        if self.step is not None and step is not None and step <= 0:
            raise ValueError(f"t_step must be positive ms, got {brief(self.step)}")

    def frames(self) -> npt.NDArray[np.float64] | None:
        """(n_frames,) ms; None unless start, stop and step are given."""
        start, stop, step = self
        return None if start is None or stop is None or step is None else frame_times(start, stop, step)


def recorded_range(cell: Any) -> tuple[float | None, float | None]:
    """First and last time of a cell's simulation, ms; None and None when there are no times."""
    times = simulation_times(cell)
    return (None, None) if times is None else (float(times[0]), float(times[-1]))
