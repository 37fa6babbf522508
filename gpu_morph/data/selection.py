"""Parts of a cell or a circuit, with their recording and synapses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError, RecordingError, brief
from ..system.arguments import check_type, checked_items, is_one_of, is_sequence
from .arrays import IntArray
from .derived_morphology import morphology_subset
from .morphology import Morphology
from .recording import Recording
from .section_kinds import names_by_label
from .synapse_events import SynapseEvents


def select_sections(
    morphology: Morphology,
    recording: Recording | None = None,
    synapses: SynapseEvents | None = None,
    *,
    cells: int | Iterable[int] | None = None,
    labels: str | Iterable[str] | None = None,
    sections: int | Iterable[int] | None = None,
) -> tuple[Morphology, Recording | None, SynapseEvents | None]:
    """Reduce a morphology to some of its sections, with their recording and synapses.

    Parameters
    ----------
    morphology : Morphology
        One cell or several.
    recording, synapses : optional
        Recording and synapses of the whole morphology.
    cells : int or several, optional
        Numbers of cells, as in ``section_cell``. None: all.
    labels : str or several, optional
        Labels or kinds of sections, in any spelling: "soma"; "apic" also finds "ApicalDendrite". None: all.
    sections : int or several, optional
        Numbers of sections. None: all. A section is kept if ``cells``, ``labels`` and ``sections`` all select it.

    Returns
    -------
    morphology : Morphology
        The sections in their order, with new numbers. Cells keep their numbers. A section whose parent is not kept
        becomes a root.
    recording : Recording or None
        The columns in these sections. Values in files are not read.
    synapses : SynapseEvents or None
        The synapses on these sections and their events. All populations keep their names, and thus their colours.

    Raises
    ------
    MorphologyError
        A cell, label or section does not exist, or no section is left.
    RecordingError
        ``synapses`` have no sections, or sections that the morphology does not have.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> apical, its_recording, _ = gm.select_sections(morphology, recording, labels="apic")
    >>> set(apical.section_labels)
    {'apic'}
    """
    check_type(morphology, Morphology, "morphology")
    check_type(recording, Recording, "recording", is_optional=True)
    check_type(synapses, SynapseEvents, "synapses", is_optional=True)
    kept = chosen_section_numbers(morphology, cells=cells, labels=labels, sections=sections)
    number = np.full(morphology.n_sections + 1, -1, dtype=np.int32)  # the last element is for -1, no section
    number[kept] = np.arange(len(kept))
    return (
        morphology_subset(morphology, kept),
        None if recording is None else _part_of_recording(recording, number),
        None if synapses is None else _part_of_synapses(synapses, number),
    )


def chosen_section_numbers(morphology: Morphology, *, cells: Any, labels: Any, sections: Any) -> IntArray:
    """(n,) int64: the numbers of the sections that `select_sections` keeps."""
    chosen = np.ones(morphology.n_sections, dtype=bool)
    if cells is not None:
        chosen &= _matching(morphology.section_cell, _listed(cells, "cells"), "cell")
    if labels is not None:
        asked = [labels] if isinstance(labels, str) else checked_items(labels, "labels", "str")
        if not all(isinstance(label, str) for label in asked):
            raise TypeError(f"labels must be a str or several, got {brief(labels)}")
        names = names_by_label(asked, morphology.section_labels, argument="labels", error=MorphologyError)
        chosen &= np.array([names[label] is not None for label in morphology.section_labels])
    if sections is not None:
        chosen &= _matching(np.arange(morphology.n_sections), _listed(sections, "sections"), "section")
    if not chosen.any():
        raise MorphologyError(f"no section has cells={cells!r}, labels={labels!r} and sections={sections!r}")
    return np.flatnonzero(chosen)


def _listed(numbers: Any, name: str) -> npt.NDArray[Any]:
    try:
        listed = np.atleast_1d(np.asarray(list(numbers) if is_sequence(numbers) else numbers))
    except ValueError as cause:  # rows of different lengths
        raise MorphologyError(f"{name} must be a number or several, got {brief(numbers)}") from cause
    if listed.ndim > 1:
        raise MorphologyError(f"{name} must be a number or several, got {brief(numbers)}")
    return listed


def _matching(have: npt.NDArray[Any], asked: npt.NDArray[Any], what: str) -> npt.NDArray[np.bool_]:
    """(n,) bool: True where ``have`` has one of ``asked``. Each of ``asked`` must occur."""
    missing = [value for value in asked.tolist() if not is_one_of(value, have)]
    if missing:
        known = list(dict.fromkeys(have.tolist()))
        listed = ", ".join(map(str, known[:12])) + (", ..." if len(known) > 12 else "")
        raise MorphologyError(f"there is no {what} {missing[0]!r}; there are {listed}")
    return np.isin(have, asked)


def _part_of_recording(recording: Recording, number: npt.NDArray[np.int32]) -> Recording:
    inside = recording.section < len(number) - 1  # other columns are in no section of the morphology
    section = np.where(inside, number[np.minimum(recording.section, len(number) - 1)], -1)
    columns = np.flatnonzero(section >= 0)
    return replace(
        recording,
        values=recording.row_source.of_columns(columns),
        section=section[columns],
        position=recording.position[columns],
    )


def _part_of_synapses(synapses: SynapseEvents, number: npt.NDArray[np.int32]) -> SynapseEvents:
    if synapses.section is None:
        raise RecordingError(
            "the synapses have no sections: give SynapseEvents(..., section=...), the section of each synapse"
        )
    if synapses.section.max(initial=-1) >= len(number) - 1:
        raise RecordingError(
            f"a synapse is on section {synapses.section.max()}, but the morphology has {len(number) - 1} sections, "
            "counted from 0: the synapses are not of this morphology"
        )
    section = number[synapses.section]
    kept = np.flatnonzero(section >= 0)
    index = np.full(synapses.n_synapses, -1, dtype=np.int32)
    index[kept] = np.arange(len(kept))
    events = index[synapses.event_synapse]
    return replace(
        synapses,
        positions=synapses.positions[kept],
        population=synapses.population[kept],
        event_synapse=events[events >= 0],
        event_time=synapses.event_time[events >= 0],
        section=section[kept],
    )
