"""Audit: whether the compartments of a recording fit a morphology."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .morphology import Morphology
from .recording import Recording
from .value_map import column_order, ordered_columns


@dataclass(frozen=True)
class Audit:
    """Result of `audit`: tuples of indices, all empty if the recording fits.

    Parameters
    ----------
    unmapped_sections
        Sections without a compartment.
    out_of_range
        Compartments whose section does not exist.
    duplicate
        Compartments at the site of another one.
    zero_length_sections
        Sections with compartments, all of whose several points coincide.
    """

    unmapped_sections: tuple[int, ...]
    out_of_range: tuple[int, ...]
    duplicate: tuple[int, ...]
    zero_length_sections: tuple[int, ...]

    @property
    def is_clean(self) -> bool:
        """True if every section is recorded and every compartment has a site of its own."""
        return not (self.unmapped_sections or self.out_of_range or self.duplicate or self.zero_length_sections)


def audit(morphology: Morphology, recording: Recording) -> Audit:
    """Report which sections and compartments of a recording do not fit a morphology."""
    outside = recording.section >= morphology.n_sections
    order = column_order(recording)
    section, position = recording.section[order], recording.position[order]
    duplicate = np.zeros(recording.n_compartments, dtype=bool)
    is_same_site = (section[1:] == section[:-1]) & (position[1:] == position[:-1])
    duplicate[ordered_columns(order, np.flatnonzero(is_same_site) + 1)] = True
    recorded = np.zeros(morphology.n_sections, dtype=bool)
    recorded[recording.section[~outside]] = True
    flat = recorded & (morphology.section_length == 0) & (np.diff(morphology.section_offsets) > 1)

    def indices(mask: npt.NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(int(k) for k in np.flatnonzero(mask))

    return Audit(indices(~recorded), indices(outside), indices(duplicate), indices(flat))
