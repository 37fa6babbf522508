"""Parts of a cell or a circuit, with what was recorded of them and the synapses on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError, RecordingError
from .derived_morphology import morphology_subset
from .morphology import Morphology
from .recording import Recording
from .synapse_events import SynapseEvents

IntArray = npt.NDArray[np.int64]


def select_sections(
    morphology: Morphology,
    recording: Recording | None = None,
    synapses: SynapseEvents | None = None,
    *,
    cells: int | Iterable[int] | None = None,
    labels: str | Iterable[str] | None = None,
    sections: int | Iterable[int] | None = None,
) -> tuple[Morphology, Recording | None, SynapseEvents | None]:
    """Cut a morphology to some cells, kinds of sections or sections, with all that belongs to them.

    Parameters
    ----------
    morphology : Morphology
        Of one cell or of many.
    recording, synapses : optional
        Over the whole morphology.
    cells : int or several, optional
        Numbers of cells, as in ``section_cell``. None: all.
    labels : str or several, optional
        Labels of sections, in any case: "soma", "apic". None: all.
    sections : int or several, optional
        Numbers of sections. None: all. What is kept is in all three.

    Returns
    -------
    morphology : Morphology
        Sections in the order they had, numbered anew; cells keep their numbers. A section whose parent is not kept
        becomes a root.
    recording : Recording or None
        The columns in these sections; values that are read as they are needed stay where they are.
    synapses : SynapseEvents or None
        Those on these sections, with their events; all populations keep their names, and so their colours.

    Raises
    ------
    MorphologyError
        A cell, label or section that is not there, or nothing is left.
    RecordingError
        Synapses that do not say on which sections they are.
    """
    chosen = np.ones(morphology.n_sections, dtype=bool)
    if cells is not None:
        chosen &= _matching(morphology.section_cell, np.atleast_1d(np.asarray(_listed(cells))), "cell")
    if labels is not None:
        words = np.array([label.strip().lower() for label in morphology.section_labels])
        asked = [labels] if isinstance(labels, str) else list(labels)
        chosen &= _matching(words, np.array([label.strip().lower() for label in asked]), "label")
    if sections is not None:
        chosen &= _matching(np.arange(morphology.n_sections), np.atleast_1d(np.asarray(_listed(sections))), "section")
    if not chosen.any():
        raise MorphologyError(f"no section has all that was asked for: cells={cells!r}, labels={labels!r}")
    kept = np.flatnonzero(chosen)
    number = np.full(morphology.n_sections + 1, -1, dtype=np.int32)  # the last for what is on no section
    number[kept] = np.arange(len(kept))
    return (
        morphology_subset(morphology, kept),
        None if recording is None else _part_of_recording(recording, number),
        None if synapses is None else _part_of_synapses(synapses, number),
    )


def _listed(numbers: int | Iterable[int]) -> Any:
    return list(numbers) if isinstance(numbers, Iterable) else numbers


def _matching(have: npt.NDArray[Any], asked: npt.NDArray[Any], what: str) -> npt.NDArray[np.bool_]:
    """Where one of those that are asked for is; each must be there."""
    missing = [value for value in asked.tolist() if value not in have]
    if missing:
        known = list(dict.fromkeys(have.tolist()))
        listed = ", ".join(map(str, known[:12])) + (", ..." if len(known) > 12 else "")
        raise MorphologyError(f"there is no {what} {missing[0]!r}; there are {listed}")
    return np.isin(have, asked)


def _part_of_recording(recording: Recording, number: npt.NDArray[np.int32]) -> Recording:
    inside = recording.section < len(number) - 1  # what is in no section of the morphology is left out
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
            "the synapses do not say on which sections they are: give SynapseEvents(..., section=...), one for each"
        )
    if synapses.section.max(initial=-1) >= len(number) - 1:
        raise RecordingError(
            f"a synapse is on section {synapses.section.max()}, but the morphology has {len(number) - 1}: they do not "
            "belong together"
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
