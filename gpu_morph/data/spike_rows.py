"""Spikes as a recording: each is followed by a tail that fades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import RecordingError, brief
from ..system.arguments import check_type
from .arrays import FloatArray, FrozenArrays, finite_number, frozen_array, read_only
from .morphology import Morphology
from .recording import Recording

_SEEN = 12.0  # of the time constant: exp(-12) is less than a step of any colormap


@dataclass(frozen=True, eq=False)
class SpikeRows(FrozenArrays):
    """Rows of tails of spikes, computed when they are read; see `SliceableRows`.

    Attributes
    ----------
    times : (n_times,) float64
        ms.
    spike_time : (n_spikes,) float64
        ms, rising.
    spike_cell : (n_spikes,) int32
        Counts among the cells that the columns name.
    column_cell : (n_columns,) int32
        The cell of each column.
    decay : float
        Time constant, ms.
    """

    times: FloatArray
    spike_time: FloatArray
    spike_cell: npt.NDArray[np.int32]
    column_cell: npt.NDArray[np.int32]
    decay: float

    dtype = np.dtype(np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        """(n_times, n_columns)."""
        return len(self.times), len(self.column_cell)

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]:
        if isinstance(rows, int | np.integer):
            return self._row(float(self.times[rows]))
        found = [self._row(float(time)) for time in self.times[rows]]
        return np.array(found, dtype=np.float32).reshape(len(found), len(self.column_cell))

    def _row(self, time: float) -> npt.NDArray[np.float32]:
        slack = 1e-9 * max(1.0, abs(time))
        first, end = np.searchsorted(self.spike_time, (time - _SEEN * self.decay, time + slack))
        values = np.zeros(int(self.column_cell.max(initial=-1)) + 1, dtype=np.float32)
        tails = np.exp(-np.maximum(time - self.spike_time[first:end], 0) / self.decay).astype(np.float32)
        np.maximum.at(values, self.spike_cell[first:end], tails)
        of_columns: npt.NDArray[np.float32] = values[self.column_cell]
        return of_columns


def from_spikes(
    morphology: Morphology, spikes: Mapping[int, Any], times: npt.ArrayLike, *, decay: float = 10.0
) -> Recording:
    """A recording of spikes: 1 in all of a cell when it spikes, then a tail that fades.

    Parameters
    ----------
    morphology : Morphology
        A cell or a circuit.
    spikes : {cell: (n,) float}
        Times of spikes, ms, by the numbers in ``morphology.section_cell``. Cells that are not named do not spike.
    times : (n_times,) float
        ms, rising: of the recording's rows. Rows are computed when they are read.
    decay : float
        Time constant of the tails, ms.

    Returns
    -------
    Recording
        Named "spikes", without a unit; 0 to 1.

    Raises
    ------
    RecordingError
        A cell does not exist, times are not finite or do not rise, or the time constant is not positive.

    Examples
    --------
    >>> cell, *_ = gm.demo_cell()
    >>> spikes = gm.from_spikes(cell, {0: [2.0, 9.0]}, np.arange(0, 20, 0.1), decay=4.0)
    >>> scene = gm.Scene(cell, spikes, cmap="inferno", clim=(0, 1))
    """
    check_type(morphology, Morphology, "morphology")
    cells, column_cell = np.unique(morphology.section_cell, return_inverse=True)
    if not isinstance(spikes, Mapping):
        raise RecordingError(f"spikes must be {{cell: times in ms}}, got {brief(spikes)}")
    decay = finite_number(decay, name="decay", expected="positive ms", error=RecordingError)
    if decay <= 0:
        raise RecordingError(f"decay must be positive ms, got {decay:g}")
    number = {int(cell): k for k, cell in enumerate(cells.tolist())}
    events, owners = [np.zeros(0)], [np.zeros(0, dtype=np.int32)]
    for cell, given in spikes.items():
        if cell not in number:
            raise RecordingError(f"spikes: there is no cell {brief(cell)}; cells are {brief(cells.tolist())}")
        of_cell = np.atleast_1d(frozen_array(given, np.float64, name="spikes", error=RecordingError, unit="ms"))
        if of_cell.ndim != 1 or not np.isfinite(of_cell).all():
            raise RecordingError(f"spikes of cell {cell} must be finite times in ms, got {brief(given)}")
        events.append(of_cell)
        owners.append(np.full(len(of_cell), number[int(cell)], dtype=np.int32))
    time, owner = np.concatenate(events), np.concatenate(owners)
    order = np.argsort(time, kind="stable")
    n_sections = morphology.n_sections
    shown = np.atleast_1d(frozen_array(times, np.float64, name="times", error=RecordingError, unit="ms"))
    rows = SpikeRows(
        read_only(shown),
        read_only(time[order]),
        read_only(owner[order]),
        read_only(column_cell.reshape(-1).astype(np.int32)),
        decay,
    )
    return Recording(
        shown,
        rows,
        section=np.arange(n_sections, dtype=np.int32),
        position=np.full(n_sections, 0.5, dtype=np.float32),
        name="spikes",
        unit="",
    )
