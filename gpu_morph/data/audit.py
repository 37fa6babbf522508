"""Audit: whether the compartments of a recording fit a morphology."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ..system.arguments import check_type
from .morphology import Morphology
from .nearest_sites import MAX_DISTANCE, checked_coordinates, checked_distance
from .recording import Recording
from .section_numbers import warn_of_numbers
from .sites import site_distances
from .value_map import column_order, ordered_columns


@dataclass(frozen=True)
class Audit:
    """Result of `audit`: tuples of indices, all empty if the recording fits.

    Parameters
    ----------
    unmapped_sections : tuple of int
        Sections without a compartment.
    out_of_range : tuple of int
        Compartments whose section does not exist.
    duplicate : tuple of int
        Compartments at the site of another one.
    zero_length_sections : tuple of int
        Sections with compartments, all of whose several points coincide.
    misplaced : tuple of int
        Compartments whose section and position are not where their coordinates say, if `audit` was given coordinates.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> gm.audit(morphology, recording).out_of_range
    ()
    """

    unmapped_sections: tuple[int, ...]
    out_of_range: tuple[int, ...]
    duplicate: tuple[int, ...]
    zero_length_sections: tuple[int, ...]
    misplaced: tuple[int, ...] = ()

    @property
    def is_clean(self) -> bool:
        """True if every section is recorded and every compartment has a site of its own."""
        return not any(getattr(self, field.name) for field in fields(self))


def audit(
    morphology: Morphology,
    recording: Recording,
    *,
    coordinates: npt.ArrayLike | None = None,
    max_distance: float = MAX_DISTANCE,
) -> Audit:
    """Report which sections and compartments of a recording do not fit a morphology.

    Parameters
    ----------
    morphology : Morphology
        Of the cell or the circuit.
    recording : Recording
        What is compared with it.
    coordinates : (n_compartments, 3) float, optional
        µm; where each compartment was recorded. Only these tell whether sections are numbered alike.
    max_distance : float
        µm from the neurite's surface at a compartment's section and position, up to which its coordinates fit.

    Returns
    -------
    Audit
        What does not fit; ``is_clean`` says whether everything does.

    Raises
    ------
    MorphologyError
        ``coordinates`` are not one for each compartment, or not finite.
    TypeError
        ``morphology`` is not a Morphology, or ``recording`` no Recording.

    Warns
    -----
    UserWarning
        The recording was made with section numbers, and NEURON divides the morphology's file into other sections.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> gm.audit(morphology, recording).is_clean
    True
    >>> wrong = gm.Recording([0], [[-70, -60]], section=[0, 999], position=[0.5, 0.5])
    >>> gm.audit(morphology, wrong).out_of_range
    (1,)
    """
    check_type(morphology, Morphology, "morphology")
    check_type(recording, Recording, "recording")
    if coordinates is None:
        warn_of_numbers(morphology, recording)
    outside = recording.section >= morphology.n_sections
    order = column_order(recording)
    section, position = recording.section[order], recording.position[order]
    duplicate = np.zeros(recording.n_compartments, dtype=bool)
    is_same_site = (section[1:] == section[:-1]) & (position[1:] == position[:-1])
    duplicate[ordered_columns(order, np.flatnonzero(is_same_site) + 1)] = True
    recorded = np.zeros(morphology.n_sections, dtype=bool)
    recorded[recording.section[~outside]] = True
    flat = recorded & (morphology.section_length == 0) & (np.diff(morphology.section_offsets) > 1)

    misplaced = np.zeros(recording.n_compartments, dtype=bool)
    if coordinates is not None:
        xyz, limit = checked_coordinates(coordinates, n=recording.n_compartments), checked_distance(max_distance)
        inside = np.flatnonzero(~outside)
        sites = recording.section[inside], recording.position[inside]
        misplaced[inside] = site_distances(morphology, *sites, xyz[inside]) > limit

    def indices(mask: npt.NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(int(k) for k in np.flatnonzero(mask))

    return Audit(indices(~recorded), indices(outside), indices(duplicate), indices(flat), indices(misplaced))
