"""The elements of one cell in a report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import RecordingError
from ..aliases import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Elements:
    """The elements of one cell, in the order of the file.

    Parameters
    ----------
    node : int
        The cell's node.
    ids : (n_elements,) int64
        The number of each element's section.
    stored_positions : (n_elements,) float64, optional
        The position of each element along its section, 0 to 1. None where the file has none.
    location : str
        File and population, for messages.
    selected_by : str
        How the configuration selects the elements, such as "a compartment set"; their counts do not depend on the sizes
        of sections then. "" where it does not.
    rules : tuple of str
        The numberings that ``ids`` can have, by the configuration; empty where it does not tell them.
    """

    node: int
    ids: IntArray
    stored_positions: FloatArray | None
    location: str
    selected_by: str = ""
    rules: tuple[str, ...] = ()

    @cached_property
    def starts(self) -> IntArray:
        """(n_sections,): the index of the first element of each section."""
        return np.flatnonzero(np.diff(self.ids, prepend=self.ids[:1] - 1))

    @cached_property
    def counts(self) -> IntArray:
        """(n_sections,): the number of elements of each section."""
        return np.diff(self.starts, append=len(self.ids))

    @cached_property
    def positions(self) -> FloatArray:
        """(n_elements,): the stored positions, else the centres of equal parts of each section."""
        if self.stored_positions is not None:
            return self.stored_positions
        counts = np.repeat(self.counts, self.counts)
        return np.asarray((np.arange(len(self.ids)) - np.repeat(self.starts, self.counts) + 0.5) / counts)

    def check(self) -> None:
        """Raise RecordingError unless stored positions increase from 0 to 1 within each section."""
        if self.stored_positions is None or self.selected_by or not len(self.ids):
            return
        is_rising = np.diff(self.stored_positions, prepend=-np.inf) > 0
        is_rising[self.starts] = True
        if not (is_rising.all() and (self.stored_positions >= 0).all() and (self.stored_positions <= 1).all()):
            raise RecordingError(
                f"{self.location}: element_pos of node {self.node} must increase within 0 to 1 in each section; give "
                "the sites of the elements by mapping="
            )
