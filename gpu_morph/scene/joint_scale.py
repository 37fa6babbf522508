"""JointScale: several variables side by side, each with a part of one colour table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.recording import is_voltage
from .colormaps import ColorTable

BELOW_ONE = np.float32(1 - 2**-12)  # the last value of a colormap; the next one begins at 1


@dataclass(frozen=True, eq=False)
class JointScale:
    """Several variables side by side, each with a part of one colour table.

    Attributes
    ----------
    variables : tuple of str
        Their names.
    counts : tuple of int
        How many columns of a row each of them has.
    tables : tuple of ColorTable
        The colours of each.
    """

    variables: tuple[str, ...]
    counts: tuple[int, ...]
    tables: tuple[ColorTable, ...]

    @cached_property
    def is_potential(self) -> npt.NDArray[np.bool_]:
        """(n_columns,): which columns have a membrane potential."""
        return np.repeat([is_voltage(variable) for variable in self.variables], self.counts)

    def shown(self, row: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(n_columns,) float32: of the values of a row, where they stand in `table`; NaN stays."""
        parts = np.split(row, np.cumsum(self.counts[:-1]))
        fractions = [_fractions(part, table) for part, table in zip(parts, self.tables, strict=True)]
        return np.concatenate([fraction + np.float32(k) for k, fraction in enumerate(fractions)])

    @property
    def table(self) -> ColorTable:
        """The colours of all, those of each variable for values from its number to the next one."""
        tables: Sequence[ColorTable] = self.tables
        edges = [np.linspace(k, k + 1, len(table.entries) + 1)[:-1] for k, table in enumerate(tables)]
        return ColorTable(
            np.concatenate([table.entries for table in tables]),
            tables[0].entries[0],
            tables[-1].entries[-1],
            tables[0].missing,
            (0.0, float(len(tables))),
            np.append(np.concatenate(edges), float(len(tables))),
        )


def _fractions(values: npt.NDArray[Any], table: ColorTable) -> npt.NDArray[np.float32]:
    """How far along the colours of a table values stand, 0 to 1; NaN stays."""
    (low, high), given = table.clim, np.asarray(values, dtype=np.float64)
    if table.edges is None:
        along = (given - low) / (high - low)
    else:
        along = np.interp(given, table.edges, np.linspace(0, 1, len(table.edges)))
        along[np.isnan(given)] = np.nan
    return np.clip(along, 0, BELOW_ONE).astype(np.float32)
