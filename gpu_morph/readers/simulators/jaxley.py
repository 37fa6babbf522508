"""Cells and networks of Jaxley, and what `jaxley.integrate` returned."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...data.morphology import Morphology
from ...data.recording import Recording, is_voltage
from ...data.section_kinds import DENDRITE, section_kind
from ...data.synapse_events import SynapseEvents
from ...errors import MorphologyError, RecordingError, unknown_name
from ..aliases import FloatArray
from ..neuron_sections import NeuronSection, sections_of
from ..sections import STANDARD_LABELS, morphology_of

_NAME = "Jaxley"
_NO_LENGTH = 1e-6  # µm
_SAME_LENGTH = 1e-3  # relative: a line of another length than its compartments is out of date

Sites = dict[int, tuple[int, float]]


def from_jaxley(
    cell: Any, v: Any = None, dt: float | None = None, *, variable: str = "v", unit: str | None = None
) -> tuple[Morphology, Recording | None, SynapseEvents | None]:
    """Take a cell or a network of Jaxley, and what was recorded in it. The cell is not changed.

    Parameters
    ----------
    cell : jaxley.Cell, Network, Branch or Compartment
        The whole module, with its ``recordings``.
    v : (n_recordings, n_times), optional
        What `jaxley.integrate` returned: a row for each of ``cell.recordings``.
    dt : float, optional
        ms between values, the ``delta_t`` of `jaxley.integrate`. The first value is at 0.
    variable : str
        Which of the recorded states: "v", "HH_m", "i_HH", ...
    unit : str, optional
        Its unit. None: "mV" for the membrane potential, else "".

    Returns
    -------
    morphology : Morphology
        Sections are the branches, in Jaxley's order, where `move` and `rotate` have put them; without coordinates they
        are straight. Labels follow from the groups "soma", "axon", "basal" and "apical"; others are "dend".
    recording : Recording or None
        A column for each recording of ``variable``, at the middle of its compartment.
    synapses : SynapseEvents or None
        The sites of a network's synapses, by their types, without events: Jaxley's synapses are continuous.

    Raises
    ------
    MorphologyError
        Only a part of a module was given.
    RecordingError
        ``v`` does not fit ``cell.recordings``, ``dt`` is missing, or ``variable`` was not recorded.
    TypeError
        ``cell`` is no module of Jaxley.

    Examples
    --------
    >>> import jaxley
    >>> cell = jaxley.Cell([jaxley.Branch(jaxley.Compartment(), ncomp=4)] * 3, parents=[-1, 0, 0])
    >>> morphology, recording, _ = gm.from_jaxley(cell)
    >>> morphology.n_sections
    3
    """
    if not all(hasattr(cell, word) for word in ("xyzr", "nodes", "branch_edges", "recordings")):
        raise TypeError(f"cell must be a Cell or a Network of Jaxley, got {type(cell).__name__}")
    if type(cell).__name__ == "View":
        raise MorphologyError(f"{_NAME}: got a part of a cell or of a network; give all of it, here .base")
    morphology, sites = _morphology(cell)
    recording = None if v is None else _recording(cell, v, dt, variable, unit, morphology, sites)
    return morphology, recording, _synapses(cell, morphology, sites)


def _morphology(cell: Any) -> tuple[Morphology, Sites]:
    """The morphology, and the section and position of each compartment by its index in ``cell.nodes``."""
    nodes = cell.nodes
    parent = dict(
        zip(
            cell.branch_edges["child_branch_index"].tolist(),
            cell.branch_edges["parent_branch_index"].tolist(),
            strict=True,
        )
    )
    groups = [name for name in cell.group_names or () if name in nodes]
    described, labels, cells, sites = [], [], [], {}
    lines: list[FloatArray] = []
    for branch, compartments in nodes.groupby("global_branch_index", sort=True):
        branch = int(branch)
        lengths = compartments["length"].to_numpy(dtype=np.float64)
        before = parent.get(branch, -1)
        points = np.array(cell.xyzr[branch], dtype=np.float64)
        line = _line(points, compartments, lines[before] if before >= 0 else None)
        lines.append(line)
        cells.append(int(compartments["global_cell_index"].iloc[0]))
        labels.append(_label([name for name in groups if compartments[name].all()]))
        one = NeuronSection(labels[-1], n_roots_before=cells[-1], parent=before, parent_x=1.0)
        if np.isnan(line[:, :3]).any():
            one.length = float(lengths.sum())
            one.diameters = (2 * compartments["radius"].to_numpy(dtype=np.float64)).tolist()
        else:
            one.points = [(x, y, z) for x, y, z, _ in line.tolist()]
            one.diameters = (2 * line[:, 3]).tolist()
        described.append(one)
        for index, along in zip(compartments.index.tolist(), _centres(lengths).tolist(), strict=True):
            sites[index] = branch, along
    sections = sections_of(described, name=_NAME)
    for section, label, number in zip(sections, labels, cells, strict=True):
        section.label, section.name, section.cell = label, "", number
    return morphology_of(sections, scale=1.0, name=_NAME), sites


def _centres(lengths: FloatArray) -> FloatArray:
    """The centres of compartments, 0 to 1 of a branch."""
    return np.asarray((np.cumsum(lengths) - lengths / 2) / lengths.sum())


def _line(points: FloatArray, compartments: Any, parent: FloatArray | None) -> FloatArray:
    """Points with radii of a branch, (n, 4) float64 µm; NaN where it has no coordinates.

    A branch that was not traced has the radii of its compartments, and their length; Jaxley does not move its end if a
    length is changed. A branch of a single traced node begins at its parent, unless it is a soma: that is a sphere.
    """
    length = float(compartments["length"].sum())
    traced = float(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1).sum())
    if not np.isnan(points).any():
        if traced > _NO_LENGTH:
            return points
        return points[:1] if parent is None else np.stack([np.append(parent[-1, :3], points[0, 3]), points[-1]])
    axis = points[-1, :3] - points[0, :3]
    start = points[0, :3]
    if not abs(traced - length) <= _SAME_LENGTH * length:
        axis = axis / traced * length if traced > 0 else np.array([length, 0.0, 0.0])
    if parent is not None:
        start = parent[-1, :3]
    radii = compartments["radius"].to_numpy(dtype=np.float64)
    fractions = np.concatenate([[0.0], _centres(compartments["length"].to_numpy(dtype=np.float64)), [1.0]])
    radii = np.concatenate([radii[:1], radii, radii[-1:]])
    return np.column_stack([start + fractions[:, np.newaxis] * axis, radii])


def _label(groups: list[str]) -> str:
    """The label of a branch that is in these groups."""
    kinds = [section_kind(name) for name in groups]
    return next((kind for kind in kinds if kind in STANDARD_LABELS), DENDRITE)


def _recording(
    cell: Any, v: Any, dt: float | None, variable: str, unit: str | None, morphology: Morphology, sites: Sites
) -> Recording:
    rows = np.asarray(v)
    recordings = cell.recordings
    if not len(recordings):
        raise RecordingError(
            f'{_NAME}: the cell has no recordings; call cell.record("v") before jaxley.integrate(cell)'
        )
    if rows.ndim != 2 or rows.shape[0] != len(recordings):
        hint = ": give one run of a batch" if rows.ndim == 3 else ""
        raise RecordingError(
            f"{_NAME}: v must have shape (n_recordings, n_times), with a row for each of {len(recordings)} recordings "
            f"of the cell, got {rows.shape}{hint}"
        )
    if dt is None or not 0 < dt < np.inf:
        raise RecordingError(f"{_NAME}: dt must be the delta_t of jaxley.integrate, ms, got {dt!r}")
    states = recordings["state"].astype(str).tolist()
    wanted = "v" if is_voltage(variable) else variable
    of_synapses = {name for name in states if name not in cell.nodes and _is_of_synapses(cell, name)}
    known = [name for name in states if name not in of_synapses]
    if wanted not in known:
        if wanted in of_synapses:
            raise RecordingError(f"{_NAME}: {wanted!r} is a state of synapses, it belongs to no compartment")
        raise RecordingError(f"{_NAME}: {unknown_name('variable', 'recording of', variable, known)}")
    chosen = np.flatnonzero([name == wanted for name in states])
    section, position = zip(*(sites[int(k)] for k in recordings["rec_index"].to_numpy()[chosen]), strict=True)
    return Recording.at(
        morphology,
        np.arange(rows.shape[1]) * float(dt),
        rows[chosen].T,
        section=section,
        position=position,
        name=wanted,
        unit=unit if unit is not None else "mV" if wanted == "v" else "",
    )


def _is_of_synapses(cell: Any, name: str) -> bool:
    return any(name.startswith(f"{synapse}_") or name == f"i_{synapse}" for synapse in cell.synapse_names)


def _synapses(cell: Any, morphology: Morphology, sites: Sites) -> SynapseEvents | None:
    """The synapses of a network, at their postsynaptic compartments."""
    edges = getattr(cell, "edges", None)
    if edges is None or not len(edges):
        return None
    types = edges["type"].astype(str).tolist()
    names = tuple(dict.fromkeys(types))
    section, position = zip(*(sites[int(k)] for k in edges["post_index"]), strict=True)
    return SynapseEvents(
        positions=morphology.locate(section, position).astype(np.float32),
        population=np.array([names.index(one) for one in types], dtype=np.int32),
        population_names=names,
        event_synapse=np.zeros(0, dtype=np.int32),
        event_time=np.zeros(0),
        section=np.array(section, dtype=np.int32),
    )
