"""ValueMap: values of a recording at sites of a morphology, by arc length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..system.arguments import check_choice
from ..system.threads import map_in_threads
from .morphology import Morphology
from .recording import Recording

Interpolation = Literal["linear", "nearest"]

_BLOCK_SITES = 1 << 16  # processed at once, so that intermediate arrays stay in the cache


@dataclass(frozen=True, eq=False)
class ValueMap:
    """Maps a row of a recording to sites: each has the weighted mean of two columns.

    Parameters
    ----------
    before, after : (n,) int32
        Columns; -1 if nothing was recorded in the section of the site.
    weight : (n,) float32
        Weight of the column ``after``, 0 to 1.
    """

    before: npt.NDArray[np.int32]
    after: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float32]

    def __call__(self, row: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(n,) float32: values at the sites; NaN if nothing was recorded.

        If one of the two columns is NaN, a site has the value of the closer one.
        """
        if not len(row):
            return np.full(len(self.before), np.nan, dtype=np.float32)
        limit = np.finfo(np.float32).max / 4  # infinities are outside any clim, but cannot be interpolated
        row = np.clip(row, -limit, limit, dtype=np.float32)
        has_missing, values = bool(np.isnan(row).any()), np.empty(len(self.before), dtype=np.float32)

        def interpolate(part: slice) -> None:
            before, weight, result = self.before[part], self.weight[part], values[part]
            first, second = row.take(before), row.take(self.after[part])
            np.subtract(second, first, out=result)
            result *= weight
            result += first
            if has_missing:
                np.copyto(result, np.where(weight < 0.5, first, second), where=np.isnan(result))
            result[before < 0] = np.nan

        map_in_threads(interpolate, [slice(k, k + _BLOCK_SITES) for k in range(0, len(values), _BLOCK_SITES)])
        return values


def map_values(
    recording: Recording,
    section: npt.ArrayLike,
    position: npt.ArrayLike,
    *,
    interpolation: Interpolation = "linear",
) -> ValueMap:
    """Find the compartments from which sites of a morphology get their values.

    Sites are matched **by arc length** within their own section. ``linear`` interpolates between the two neighbouring
    compartments; beyond the outermost compartment its value holds. ``nearest`` takes the closest compartment.

    Parameters
    ----------
    recording : Recording
        Only ``section`` and ``position`` are read.
    section : (n,) int
        Section of each site.
    position : (n,) float
        Position of each site along its section, 0 to 1 of the arc length.
    interpolation : {"linear", "nearest"}
        See above.

    Raises
    ------
    ValueError
        Another ``interpolation``.
    """
    check_choice(interpolation, ("linear", "nearest"), "interpolation")
    section, position = np.asarray(section), np.asarray(position)
    n = len(section)
    before, after = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    weight = np.zeros(n, dtype=np.float32)
    order = column_order(recording)
    # Keys of sections are 2 apart, so that a position, 0 to 1, never reaches the keys of the next section.
    positions = recording.position[order]
    keys = 2.0 * recording.section[order]
    keys += positions
    for start in range(0, n if len(keys) else 0, _BLOCK_SITES):
        block = slice(start, start + _BLOCK_SITES)
        found = _neighbours(keys, positions, section[block].astype(np.int64), position[block], interpolation)
        for columns, ranks in zip((before, after), found[:2], strict=True):
            is_recorded = ranks >= 0
            columns[block][is_recorded] = ordered_columns(order, ranks[is_recorded])
        weight[block] = found[2]
    return ValueMap(before, after, weight)


def column_order(recording: Recording) -> slice | npt.NDArray[np.int64]:
    """Index that sorts the columns by section and position; ``slice(None)`` if they are sorted, as they often are."""
    section, position = recording.section, recording.position
    is_next = section[1:] > section[:-1]
    is_next |= (section[1:] == section[:-1]) & (position[1:] >= position[:-1])
    return slice(None) if is_next.all() else np.lexsort((position, section))


def ordered_columns(order: slice | npt.NDArray[np.int64], ranks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """(n,) int64: the columns at ``ranks`` of the order that `column_order` gives."""
    return ranks if isinstance(order, slice) else order[ranks]


def _neighbours(
    keys: npt.NDArray[np.floating[Any]],
    positions: npt.NDArray[np.float32],
    section: npt.NDArray[np.int64],
    position: npt.NDArray[Any],
    interpolation: Interpolation,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Indices of the keys before and after each site, -1 if its section has none, and the weight of the key after."""
    n, position = len(keys), position.astype(np.float64)
    upper = np.searchsorted(keys, 2 * section + position, side="right")
    before, after = np.maximum(upper - 1, 0), np.minimum(upper, n - 1)
    has_before = (upper > 0) & (keys[before] >= 2 * section)
    has_after = (upper < n) & (keys[after] <= 2 * section + 1)
    before, after = np.where(has_before, before, after), np.where(has_after, after, before)
    start = positions[before].astype(np.float64)
    gap = positions[after] - start
    weight = np.divide(position - start, gap, out=np.zeros(len(section)), where=gap > 0)
    weight = np.clip(weight, 0, 1)
    if interpolation == "nearest":  # one column: a difference to a much larger neighbour would lose bits of the value
        before = after = np.where(weight < 0.5, before, after)
        weight = np.zeros(len(section))
    is_recorded = has_before | has_after
    return np.where(is_recorded, before, -1), np.where(is_recorded, after, -1), weight


def value_breakpoints(
    recording: Recording, morphology: Morphology, *, interpolation: Interpolation, step: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Sites between two of which the values of `map_values` change linearly.

    For ``linear`` these are the compartments. For ``nearest`` they are pairs of sites, ``step`` µm apart, around the
    middle between two neighbouring compartments.

    Returns
    -------
    section : (n,) int64
        Section of each site.
    position : (n,) float64
        Position along the section, 0 to 1 of the arc length.
    """
    order = column_order(recording)
    section, position = recording.section[order].astype(np.int64), recording.position[order].astype(np.float64)
    if interpolation == "nearest":
        is_neighbour = section[1:] == section[:-1]
        section, middle = section[1:][is_neighbour], ((position[1:] + position[:-1]) / 2)[is_neighbour]
        length = morphology.section_length[section]
        half = np.divide(step / 2, length, out=np.zeros(len(section)), where=length > 0)
        section, position = np.repeat(section, 2), np.stack([middle - half, middle + half], axis=1).ravel()
    inside = (position > 0) & (position < 1) & (morphology.section_length[section] > 0)
    return section[inside], position[inside]
