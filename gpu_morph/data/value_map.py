"""ValueMap: how the values of a recording reach points of a morphology, by arc length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..system.threads import map_in_threads
from .morphology import Morphology
from .recording import Recording

Interpolation = Literal["linear", "nearest"]


_PLACES = 1 << 16  # that are looked at together


@dataclass(frozen=True, eq=False)
class ValueMap:
    """How a row of a recording reaches places on the morphology: two columns and a weight each.

    ``before``, ``after`` are (n,) int32 columns, -1 where nothing was recorded in that section;
    ``weight`` is (n,) float32, the share of ``after``.
    """

    before: npt.NDArray[np.int32]
    after: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float32]

    def __call__(self, row: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(n,) float32 values at the places; NaN where nothing was recorded.

        Between a recorded and a NaN neighbour each reaches half way.
        """
        if not len(row):
            return np.full(len(self.before), np.nan, dtype=np.float32)
        limit = np.finfo(np.float32).max / 4  # infinities lie beyond any clim, but cannot be interpolated
        row = np.clip(row, -limit, limit, dtype=np.float32)
        is_missing, values = bool(np.isnan(row).any()), np.empty(len(self.before), dtype=np.float32)

        def work_out(part: slice) -> None:
            before, weight, own = self.before[part], self.weight[part], values[part]
            first, second = row.take(before), row.take(self.after[part])
            np.subtract(second, first, out=own)
            own *= weight
            own += first
            if is_missing:
                np.copyto(own, np.where(weight < 0.5, first, second), where=np.isnan(own))
            own[before < 0] = np.nan

        map_in_threads(work_out, [slice(k, k + _PLACES) for k in range(0, len(values), _PLACES)])
        return values


def map_values(
    recording: Recording,
    section: npt.ArrayLike,
    position: npt.ArrayLike,
    *,
    interpolation: Interpolation = "linear",
) -> ValueMap:
    """Find, for places on a morphology, the compartments that give them their value.

    Places are matched **by arc length** within their own section. ``linear`` interpolates between the
    two neighbouring compartments and keeps the outermost one's value beyond it; ``nearest`` takes the
    closest one.

    Parameters
    ----------
    recording : Recording
        Only ``section`` and ``position`` are read.
    section : (n,) int
        Section of each place.
    position : (n,) float
        Relative arc length of each place, 0 to 1.
    interpolation : {"linear", "nearest"}
        See above.
    """
    if interpolation not in ("linear", "nearest"):
        raise ValueError(f"interpolation must be 'linear' or 'nearest', got {interpolation!r}")
    section, position = np.asarray(section), np.asarray(position)
    n = len(section)
    before, after = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    weight = np.zeros(n, dtype=np.float32)
    order = column_order(recording)
    # Sections get keys two apart, so that a position in 0..1 never reaches the next section's keys.
    at = recording.position[order]
    keys = 2.0 * recording.section[order]
    keys += at
    for start in range(0, n if len(keys) else 0, _PLACES):
        some = slice(start, start + _PLACES)
        found = _neighbours(keys, at, section[some].astype(np.int64), position[some], interpolation)
        for mine, columns in zip((before, after), found[:2], strict=True):
            is_recorded = columns >= 0
            mine[some][is_recorded] = ordered_columns(order, columns[is_recorded])
        weight[some] = found[2]
    return ValueMap(before, after, weight)


def column_order(recording: Recording) -> slice | npt.NDArray[np.int64]:
    """The order of the columns by section, and along each: often the one that they have."""
    section, position = recording.section, recording.position
    is_next = section[1:] > section[:-1]
    is_next |= (section[1:] == section[:-1]) & (position[1:] >= position[:-1])
    return slice(None) if is_next.all() else np.lexsort((position, section))


def ordered_columns(order: slice | npt.NDArray[np.int64], ranks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """(n,) int64: the columns at ``ranks`` of the order that `column_order` gives."""
    return ranks if isinstance(order, slice) else order[ranks]


def _neighbours(
    keys: npt.NDArray[np.floating[Any]],
    at: npt.NDArray[np.float32],
    section: npt.NDArray[np.int64],
    position: npt.NDArray[Any],
    interpolation: Interpolation,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """For each place the keys before and after it, -1 where its section has none, and the share of the latter."""
    n, position = len(keys), position.astype(np.float64)
    upper = np.searchsorted(keys, 2 * section + position, side="right")
    before, after = np.maximum(upper - 1, 0), np.minimum(upper, n - 1)
    has_before = (upper > 0) & (keys[before] >= 2 * section)
    has_after = (upper < n) & (keys[after] <= 2 * section + 1)
    before, after = np.where(has_before, before, after), np.where(has_after, after, before)
    nearest = at[before].astype(np.float64)
    gap = at[after] - nearest
    weight = np.divide(position - nearest, gap, out=np.zeros(len(section)), where=gap > 0)
    weight = np.clip(weight, 0, 1)
    if interpolation == "nearest":  # one column alone: a difference would round, or drown beside a huge neighbour
        before = after = np.where(weight < 0.5, before, after)
        weight = np.zeros(len(section))
    is_recorded = has_before | has_after
    return np.where(is_recorded, before, -1), np.where(is_recorded, after, -1), weight


def value_breakpoints(
    recording: Recording, morphology: Morphology, *, interpolation: Interpolation, step: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Places between which the values of `map_values` are linear: section and relative arc length of each.

    These are the compartments themselves for ``linear``, and for ``nearest`` the two sides, ``step`` µm
    apart, of the middles between neighbouring ones.
    """
    order = column_order(recording)
    section, position = recording.section[order].astype(np.int64), recording.position[order].astype(np.float64)
    if interpolation == "nearest":
        together = section[1:] == section[:-1]
        section, middle = section[1:][together], ((position[1:] + position[:-1]) / 2)[together]
        length = morphology.section_length[section]
        half = np.divide(step / 2, length, out=np.zeros(len(section)), where=length > 0)
        section, position = np.repeat(section, 2), np.stack([middle - half, middle + half], axis=1).ravel()
    inside = (position > 0) & (position < 1) & (morphology.section_length[section] > 0)
    return section[inside], position[inside]
