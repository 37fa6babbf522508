"""ValueCodes: values of a recording as integers of 8 or 16 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..scene.colormaps import ColorTable
from ..scene.joint_scale import BELOW_ONE

Bits = Literal[8, 16]
_MOST_KNOTS = 32
# Of values below and above the colours' range: how far they are kept, relative to that range, and how dense their codes
# are, relative to those within it.
_OUTSIDE = {8: (1.0, 0.35), 16: (4.0, 1.0)}


@dataclass(frozen=True, eq=False)
class ValueCodes:
    """Codes rise with the values, linearly from knot to knot. The greatest code is that of missing values.

    A value within the range of the colours has a code within theirs, a value outside has one outside.

    Attributes
    ----------
    bits : {8, 16}
        Of a code.
    codes : (n,) float64
        Of the knots, whole numbers, rising.
    values : (n,) float64
        Of the knots, rising.
    first, last : int
        The codes of the two ends of the colours.
    """

    bits: Bits
    codes: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    first: int
    last: int

    @classmethod
    def of(cls, table: ColorTable, extent: tuple[float, float], bits: Bits, *, n_maps: int = 1) -> ValueCodes:
        """Codes for values from ``extent[0]`` to ``extent[1]``; those far outside of the colours' range are clipped.

        ``n_maps`` is that of the colormaps of which the table consists, see `JointScale`: none of their codes is
        another one's.
        """
        (low, high), most = table.clim, 2**bits - 2
        span, (limit, density) = high - low, _OUTSIDE[bits]
        below, above = (min(max(gap / span, 0.0), limit) for gap in (low - extent[0], extent[1] - high))
        per_span = most / (1 + density * (below + above))
        first = max(round(per_span * density * below), int(below > 0))
        last = min(round(per_span * (1 + density * below)), most - int(above > 0))
        edges = np.array([low, high]) if table.edges is None else table.edges
        starts = np.rint(np.linspace(first, last + 1, n_maps + 1))
        knots = [_some(edges)] if n_maps == 1 else _knots_of_maps(edges, np.diff(starts))
        parts = [np.linspace(starts[k], starts[k + 1] - 1, len(part)) for k, part in enumerate(knots)]
        codes, values = np.rint(np.concatenate(parts)), np.concatenate(knots)  # values between two colours are exact
        if below:
            codes, values = np.append(0, codes), np.append(low - below * span, values)
        if above:
            codes, values = np.append(codes, most), np.append(values, high + above * span)
        return cls(bits, codes, values, first, last)

    @property
    def missing(self) -> int:
        """The code of missing values."""
        return int(2**self.bits - 1)

    def encode(self, values: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
        """The codes of values, uint8 or uint16 of the same shape."""
        low, high = np.interp([self.first, self.last], self.codes, self.values)
        codes = np.rint(np.interp(values, self.values, self.codes))
        codes = np.where(values < low, np.minimum(codes, self.first - 1), codes)
        codes = np.where(values > high, np.maximum(codes, self.last + 1), codes)
        codes = np.where((values >= low) & (values <= high), np.clip(codes, self.first, self.last), codes)
        codes = np.where(np.isnan(values), self.missing, np.clip(codes, 0, self.missing - 1))
        return codes.astype(np.uint8 if self.bits == 8 else np.uint16)


def _knots_of_maps(edges: npt.NDArray[np.float64], n_codes: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """Of each colormap of a `JointScale` its edges; of many, which have equal steps, only the two ends."""
    starts = np.searchsorted(edges, np.arange(1, len(n_codes)))
    parts = [np.append(part, k + float(BELOW_ONE)) for k, part in enumerate(np.split(edges[:-1], starts))]
    return [
        part if len(part) <= min(most, 2 * _MOST_KNOTS) else part[[0, -1]]
        for part, most in zip(parts, n_codes, strict=True)
    ]


def _some(edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Of many edges every n-th, and the last."""
    kept = edges[:: max(1, len(edges) // _MOST_KNOTS)]
    return kept if kept[-1] == edges[-1] else np.append(kept, edges[-1])
