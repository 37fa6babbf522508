"""SpatialNeurons of Brian2, and what a StateMonitor recorded in them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...data.morphology import Morphology
from ...data.recording import Recording, is_voltage
from ...data.section_kinds import DENDRITE, SOMA
from ...data.synapse_events import SynapseEvents
from ...errors import MorphologyError, RecordingError, unknown_name
from ..aliases import FloatArray
from ..neuron_sections import NeuronSection, sections_of
from ..sections import STANDARD_LABELS, label_of, morphology_of

_NAME = "Brian2"
_ROOT = "main"  # as in neuron.main.v
_MICROMETRES = 1e6  # in a metre
_MILLISECONDS = 1e3  # in a second


class _Site(NamedTuple):
    section: int
    position: float


def from_brian2(
    neuron: Any, monitor: Any = None, *, variable: str | None = None
) -> tuple[Morphology, Recording | None, SynapseEvents | None]:
    """Take a SpatialNeuron of Brian2, and what a StateMonitor recorded in it. The neuron is not changed.

    Parameters
    ----------
    neuron : brian2.SpatialNeuron or Morphology
        All of it. Sections without coordinates get those of ``Morphology.generate_coordinates()``.
    monitor : brian2.StateMonitor, optional
        Of the neuron, or of a part of it such as ``neuron.axon``.
    variable : str, optional
        The recorded variable. None: "v", or the only one.

    Returns
    -------
    morphology : Morphology
        One cell. Sections are in Brian2's order, depth first, with names such as "main", "axon" and "axon.L". Labels
        follow from types of SWC and from names; a section whose name says nothing has its parent's label.
    recording : Recording or None
        A column for each recorded compartment, at its middle. The membrane potential is in mV, other variables in
        Brian2's units.
    synapses : None
        For the same return value as that of the other simulators' functions.

    Raises
    ------
    MorphologyError
        The neuron has no morphology.
    RecordingError
        The monitor is of another group, has no values, or has not recorded ``variable``.
    TypeError
        ``neuron`` or ``monitor`` is not Brian2's.

    Examples
    --------
    >>> import brian2 as b
    >>> um = b.um
    >>> tree = b.Soma(diameter=20 * um)
    >>> tree.dend = b.Cylinder(length=200 * um, diameter=2 * um, n=4)
    >>> morphology, recording, _ = gm.from_brian2(tree)
    >>> morphology.n_sections
    2
    """
    if _has(neuron, "source"):
        raise MorphologyError(f"{_NAME}: got a part of a SpatialNeuron; give all of it. The monitor may be of a part")
    tree = neuron.morphology if _has(neuron, "morphology") else neuron
    if not all(_has(tree, word) for word in ("total_compartments", "children", "generate_coordinates")):
        raise TypeError(f"neuron must be a SpatialNeuron of Brian2, got {type(neuron).__name__}")
    morphology, sites = _morphology(tree.generate_coordinates())
    if monitor is None:
        return morphology, None, None
    return morphology, _recording(neuron, monitor, variable, morphology, sites), None


def _has(thing: Any, name: str) -> bool:
    """Whether there is an attribute. Groups of Brian2 raise KeyError for some, of which hasattr knows nothing."""
    try:
        getattr(thing, name)
    except (AttributeError, KeyError):
        return False
    return True


def _morphology(tree: Any) -> tuple[Morphology, dict[int, _Site]]:
    """The morphology, and the site of each compartment by its index."""
    described: list[NeuronSection] = []
    names: list[str] = []
    labels: list[str] = []
    sites: dict[int, _Site] = {}
    waiting = [(tree, "", -1)]
    while waiting:
        one, name, parent = waiting.pop()
        points, diameters, centres = _outline(one)
        number, is_on_sphere = len(described), parent >= 0 and len(described[parent].points) == 1
        labels.append(_label(one, name, labels[parent] if parent >= 0 and labels[parent] != SOMA else None))
        names.append(name or _ROOT)
        described.append(
            NeuronSection(
                labels[-1],
                [(x, y, z) for x, y, z in points.tolist()],
                diameters.tolist(),
                parent=parent,
                parent_x=0.5 if is_on_sphere else 1.0,
            )
        )
        indices = np.ravel(one.indices[:]).tolist()
        sites |= {k: _Site(number, x) for k, x in zip(indices, centres.tolist(), strict=True)}
        children = [(child, f"{name}.{one.children.name(child)}".lstrip("."), number) for child in one.children]
        waiting += reversed(children)
    sections = sections_of(described, name=_NAME)
    for section, label, name in zip(sections, labels, names, strict=True):
        section.label, section.name = label, name
    return morphology_of(sections, scale=1.0, name=_NAME), sites


def _label(one: Any, name: str, above: str | None) -> str:
    """The label of a section: of its kind, of its type, of its name, else of its parent."""
    if type(one).__name__ == "Soma":
        return SOMA
    for word in (one.type, name):
        if word and (kind := label_of(str(word))) in STANDARD_LABELS:
            return kind
    if above is not None:
        return above
    return label_of(name) if name else DENDRITE


def _outline(one: Any) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points (n, 3) and diameters (n,) of a section, µm, and the positions of its compartments, 0 to 1."""
    points = np.asarray(one.coordinates_, dtype=np.float64) * _MICROMETRES
    diameters = np.ravel(np.asarray(one.diameter, dtype=np.float64)) * _MICROMETRES
    if type(one).__name__ == "Soma":
        return points[:1], diameters, np.array([0.5])
    start, end = (
        np.ravel(np.asarray(d, dtype=np.float64)) * _MICROMETRES for d in (one.start_diameter, one.end_diameter)
    )
    arc_length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    length = arc_length[-1]
    centres = (arc_length[:-1] + arc_length[1:]) / 2 / length if length > 0 else np.full(len(start), 0.5)
    return points, np.concatenate([start[:1], end]), centres


def _recording(
    neuron: Any, monitor: Any, variable: str | None, morphology: Morphology, sites: dict[int, _Site]
) -> Recording:
    is_monitor = all(_has(monitor, word) for word in ("record_variables", "record", "source", "t_"))
    if not is_monitor or not np.ndim(monitor.record):  # a SpikeMonitor has True
        raise TypeError(f"monitor must be a StateMonitor of Brian2, got {type(monitor).__name__}")
    source = monitor.source
    whole, offset = (source.source, int(source.start)) if _has(source, "source") else (source, 0)
    if _has(neuron, "name") and whole.name != neuron.name:
        raise RecordingError(
            f"{_NAME}: the monitor is of {whole.name!r}, the neuron is {neuron.name!r}; give the monitor of this neuron"
        )
    known = list(monitor.record_variables)
    wanted = variable or (known[0] if len(known) == 1 else "v")
    if wanted not in known:
        wanted = next((name for name in known if is_voltage(name) and is_voltage(wanted)), wanted)
    if wanted not in known:
        raise RecordingError(f"{_NAME}: {unknown_name('variable', 'recording of', wanted, known)}")
    times = np.array(monitor.t_, dtype=np.float64) * _MILLISECONDS
    if not len(times):
        raise RecordingError(f"{_NAME}: the monitor has no values yet; call run(duration) first")
    indices = [int(k) + offset for k in np.ravel(monitor.record)]
    if not set(indices) <= sites.keys():
        raise RecordingError(
            f"{_NAME}: the monitor has compartment {max(indices)}, the morphology has {len(sites)} compartments"
        )
    values = np.array(getattr(monitor, f"{wanted}_"), dtype=np.float64).T  # SI units, (n_times, n_recorded)
    factor, unit = _unit(monitor.variables[wanted].dim)
    section, position = zip(*(sites[k] for k in indices), strict=True)
    return Recording.at(morphology, times, values * factor, section=section, position=position, name=wanted, unit=unit)


def _unit(dimensions: Any) -> tuple[float, str]:
    """The factor from SI units, and the unit; mV for potentials, Brian2's own unit for all others."""
    from brian2 import get_unit, volt

    if dimensions is volt.dim:
        return 1e3, "mV"
    unit = get_unit(dimensions)
    return 1 / float(unit), "" if dimensions.is_dimensionless else str(unit)
