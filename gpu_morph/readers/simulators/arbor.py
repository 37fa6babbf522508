"""Morphologies and samples of Arbor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...data.morphology import Morphology
from ...data.recording import Recording
from ...data.synapse_events import SynapseEvents
from ...errors import RecordingError
from ..aliases import FloatArray
from ..neuron_sections import NeuronSection, sections_of
from ..sections import label_of_type, morphology_of

_NAME = "Arbor"
_SHORTEST = 1e-9  # µm: of cables


class _Part(NamedTuple):
    """A section: the segments of a branch that follow each other and have the same tag.

    ``along`` (n,) float64 µm is the length of the branch's segments up to each point, and ``position`` (n,) float64 the
    location of the point on the section, 0 to 1 of its arc length. Arbor does not count gaps between segments.
    """

    section: int
    along: FloatArray
    position: FloatArray

    def site(self, along: float) -> tuple[int, float]:
        """Section and position at a length along the branch."""
        return self.section, float(np.interp(along, self.along, self.position))


def from_arbor(
    morphology: Any, samples: Any = None, meta: Any = None, *, name: str = "v", unit: str = "mV"
) -> tuple[Morphology, Recording | None, SynapseEvents | None]:
    """Take a morphology of Arbor, and what its probes sampled.

    Parameters
    ----------
    morphology : arbor.morphology, arbor.segment_tree or arbor.loaded_morphology
        Of the cell.
    samples : optional
        Data of a probe, (n_times, 1 + n_sites): times in ms, then a column for each site. Or what
        ``simulation.samples(handle)`` returns, a list of data and meta, without ``meta``; or the ``traces`` of a
        ``single_cell_model``; or a list of data.
    meta : optional
        The sites of the samples: a list of cables, as of ``cable_probe_membrane_voltage_cell``, or one location. A list
        of these for a list of data.
    name, unit : str
        The variable and its unit: samples do not tell what was probed.

    Returns
    -------
    morphology : Morphology
        One cell. Sections are the branches in their order, divided where the tag changes. Labels are those of the tags
        of SWC: "soma", "axon", "dend", "apic", "undefined" and "custom{n}". Root branches are attached to the start of
        the first.
    recording : Recording or None
        A column for each cable and location, at the middle of the cable; several if it extends over several sections.
    synapses : None
        For the same return value as that of the other simulators' functions.

    Raises
    ------
    MorphologyError
        The morphology has no branches.
    RecordingError
        Samples do not fit their sites or the morphology, or were taken at different times.
    TypeError
        ``morphology`` is none of Arbor's.

    Examples
    --------
    >>> import arbor
    >>> tree = arbor.segment_tree()
    >>> soma = tree.append(arbor.mnpos, arbor.mpoint(-9, 0, 0, 9), arbor.mpoint(9, 0, 0, 9), tag=1)
    >>> dend = tree.append(soma, arbor.mpoint(9, 0, 0, 2), arbor.mpoint(200, 0, 0, 1), tag=3)
    >>> morphology, recording, _ = gm.from_arbor(tree)
    >>> morphology.section_labels
    ('soma', 'dend')
    """
    parts, taken = _divided(_branches(morphology))
    if samples is None:
        return taken, None, None
    times = np.zeros(0)
    values: list[FloatArray] = []
    sites: dict[tuple[int, float], None] = {}  # section and position of each column
    for data, one_meta in _pairs(samples, meta):
        columns = []
        probed = one_meta if isinstance(one_meta, Sequence) else [one_meta]
        table = np.asarray(data)
        if table.ndim != 2 or table.shape[1] != 1 + len(probed):
            raise RecordingError(
                f"{_NAME}: samples of {len(probed)} sites must have shape (n_times, {1 + len(probed)}), times first, "
                f"got {table.shape}; give data and meta of the same probe"
            )
        if values and not np.array_equal(times, table[:, 0]):
            raise RecordingError(
                f"{_NAME}: samples were taken at different times; use the same schedule for all probes"
            )
        times = table[:, 0]
        for column, probe in enumerate(probed, start=1):
            for site in _sites(probe, parts):
                if site not in sites:  # cables of no length meet at forks
                    sites[site] = None
                    columns.append(column)
        values.append(table[:, columns])
    if not sites:
        raise RecordingError(f"{_NAME}: there are no samples; call simulation.run() before simulation.samples(handle)")
    section, position = zip(*sites, strict=True)
    recording = Recording.at(
        taken, times, np.concatenate(values, axis=1), section=section, position=position, name=name, unit=unit
    )
    return taken, recording, None


def _branches(morphology: Any) -> Any:
    """The arbor.morphology of what was given."""
    given = morphology
    if hasattr(given, "segment_tree") and hasattr(given, "morphology"):
        given = given.morphology
    if hasattr(given, "tag_roots") or type(given).__name__ == "segment_tree":
        import arbor

        given = arbor.morphology(given)
    if not hasattr(given, "branch_segments"):
        raise TypeError(
            "morphology must be an arbor.morphology, segment_tree or loaded_morphology, got "
            f"{type(morphology).__module__}.{type(morphology).__name__}; a cable_cell does not keep its morphology"
        )
    return given


def _divided(branches: Any) -> tuple[list[list[_Part]], Morphology]:
    """The parts of each branch, and the morphology."""
    described: list[NeuronSection] = []
    labels: list[str] = []
    parts: list[list[_Part]] = []
    for branch in range(branches.num_branches):
        parent = branches.branch_parent(branch)
        is_root = parent >= branches.num_branches  # arbor.mnpos
        attached, attached_x = (parts[parent][-1].section, 1.0) if not is_root else (0 if described else -1, 0.0)
        parts.append([])
        along = 0.0
        for tag, segments in _runs(branches.branch_segments(branch)):
            points, lengths = _outline(segments)
            steps = np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1)
            arc_length = np.concatenate([[0.0], np.cumsum(steps)])
            position = arc_length / arc_length[-1] if arc_length[-1] > 0 else np.full(len(points), 0.5)
            parts[-1].append(_Part(len(described), along + lengths, position))
            along += lengths[-1]
            labels.append(label_of_type(tag))
            described.append(
                NeuronSection(
                    labels[-1],
                    [(x, y, z) for x, y, z, _ in points.tolist()],
                    (2 * points[:, 3]).tolist(),
                    parent=attached,
                    parent_x=attached_x,
                )
            )
            attached, attached_x = len(described) - 1, 1.0
    sections = sections_of(described, name=_NAME)
    for section, label in zip(sections, labels, strict=True):
        section.label, section.name = label, ""
    return parts, morphology_of(sections, scale=1.0, name=_NAME)


def _runs(segments: Sequence[Any]) -> Iterator[tuple[int, list[Any]]]:
    """Segments that follow each other and have the same tag."""
    run: list[Any] = []
    for segment in segments:
        if run and run[-1].tag != segment.tag:
            yield run[-1].tag, run
            run = []
        run.append(segment)
    if run:
        yield run[-1].tag, run


def _outline(segments: Sequence[Any]) -> tuple[FloatArray, FloatArray]:
    """Points with radii, (n, 4) float64, and the length of the segments up to each, (n,) float64."""
    points: list[list[float]] = []
    lengths: list[float] = []
    for segment in segments:
        proximal, distal = ([end.x, end.y, end.z, end.radius] for end in (segment.prox, segment.dist))
        if not points or points[-1] != proximal:
            points.append(proximal)
            lengths.append(lengths[-1] if lengths else 0.0)
        points.append(distal)
        lengths.append(lengths[-1] + float(np.linalg.norm(np.subtract(distal, proximal)[:3])))
    return np.array(points), np.array(lengths)


def _pairs(samples: Any, meta: Any) -> list[tuple[Any, Any]]:
    """Data and sites of each probe."""
    if meta is None:
        if isinstance(samples, Sequence) and all(hasattr(one, "time") and hasattr(one, "value") for one in samples):
            return [(np.column_stack([one.time, one.value]), one.location) for one in samples]
        pairs = [samples] if isinstance(samples, tuple) and len(samples) == 2 else list(samples)
        if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
            raise RecordingError(f"{_NAME}: without meta= samples must be what simulation.samples(handle) returns")
        return [(data, sites) for data, sites in pairs]
    if isinstance(samples, np.ndarray):
        return [(samples, meta)]
    if not isinstance(meta, Sequence) or len(samples) != len(meta):
        raise RecordingError(f"{_NAME}: a list of samples needs a list of meta of the same length")
    return list(zip(samples, meta, strict=True))


def _sites(probe: Any, parts: list[list[_Part]]) -> Iterator[tuple[int, float]]:
    """Section and position of a location, or of the pieces of a cable in each of its sections."""
    probe = getattr(probe, "location", probe)  # of a synapse's state
    if hasattr(probe, "prox") and hasattr(probe, "dist"):
        start, end = float(probe.prox), float(probe.dist)
    elif hasattr(probe, "pos"):
        start = end = float(probe.pos)
    else:
        raise RecordingError(f"{_NAME}: meta must be cables or a location of a cable cell, got {type(probe).__name__}")
    if not 0 <= probe.branch < len(parts):
        raise RecordingError(
            f"{_NAME}: a site is on branch {probe.branch}, the morphology has {len(parts)} branches; give the "
            "morphology of the cell that was probed"
        )
    branch = parts[probe.branch]
    length = branch[-1].along[-1]
    for part in branch:
        low, high = max(start * length, part.along[0]), min(end * length, part.along[-1])
        if high - low > _SHORTEST or (start == end and high >= low - _SHORTEST):
            yield part.site((low + high) / 2)
            if start == end:
                return
