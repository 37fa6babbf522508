"""A model that stands in NEURON: its morphology, and recordings of what it does."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...data.recording import Recording, is_voltage
from ...errors import MorphologyError, RecordingError
from ..neuron_sections import Cable, sections_of
from ..sections import morphology_of

_OWN_UNITS = {"v": "mV", "i_membrane_": "nA"}  # h.units knows the others


@dataclass(frozen=True, eq=False, repr=False)
class NeuronMorphology(Morphology):
    """A Morphology that knows its sections in NEURON, for `record`; a pickle of it is a plain Morphology.

    ``neuron_sections`` are (n_sections,) ``h.Section``, ``is_reversed`` says which of them are connected by
    their 1 end: their points begin there.
    """

    neuron_sections: tuple[Any, ...] = field(default=(), kw_only=True)
    is_reversed: tuple[bool, ...] = field(default=(), kw_only=True)

    def __reduce__(self) -> tuple[type[Morphology], tuple[Any, ...]]:
        return Morphology, tuple(getattr(self, f.name) for f in fields(Morphology))


def from_neuron(sections: Iterable[Any] | None = None) -> NeuronMorphology:
    """Take the morphology that stands in NEURON's ``h``; the model is not touched.

    Sections without 3-d points are drawn straight, laid out as ``h.define_shape()`` would (which would add
    points to the model, and move it).

    Parameters
    ----------
    sections : iterable of h.Section, optional
        The sections to take, such as ``cell.all``; None: all there are. Those whose parent is not among them
        are roots.

    Returns
    -------
    Morphology
        Sections in the given order. Labels are "soma", "axon", "dend", "apic" or the section's own name
        without its index; each tree in ``h`` is a cell. It holds on to its sections, for `record`.

    Raises
    ------
    MorphologyError
        There are no sections, they were deleted, or NEURON is not installed.
    TypeError
        Something that is no section.
    """
    h = _hoc()
    chosen = list(dict.fromkeys(h.allsec() if sections is None else sections))
    if not chosen:
        raise MorphologyError("there are no sections in NEURON: build the model first, then call from_neuron")
    try:
        if not all(hasattr(section, "n3d") for section in chosen):
            raise TypeError("sections must be h.Section objects, such as list(h.allsec()) or cell.all")
        roots = dict.fromkeys(_root(section) for section in chosen)
        everything = [section for root in roots for section in _tree(root)]
        index = {section: k for k, section in enumerate(everything)}
        cables = [_cable(section, index) for section in everything]
        for rank, root in enumerate(section for section in h.allsec() if section.parentseg() is None):
            if root in index:
                cables[index[root]].rank = rank
    except ReferenceError as cause:
        raise MorphologyError("a section was deleted from NEURON; give sections that are there") from cause
    whole = sections_of(cables, name="NEURON")
    place = {index[section]: k for k, section in enumerate(chosen)}
    taken = [whole[index[section]] for section in chosen]
    for section in taken:
        section.parent = place.get(section.parent, -1)
    plain = morphology_of(taken, scale=1.0, name="NEURON")
    return NeuronMorphology(
        **{f.name: getattr(plain, f.name) for f in fields(Morphology)},
        neuron_sections=tuple(chosen),
        is_reversed=tuple(cables[index[section]].end == 1 for section in chosen),
    )


def _hoc() -> Any:
    try:
        from neuron import h
    except ImportError as cause:
        raise MorphologyError('this needs NEURON; pip install "gpu_morph[neuron]"') from cause
    return h


def _root(section: Any) -> Any:
    while (above := section.parentseg()) is not None:
        section = above.sec
    return section


def _tree(root: Any) -> list[Any]:
    """The sections of a cell, branches in the order in which they were connected."""
    sections = [root]
    for section in sections:  # which grows
        sections += reversed(section.children())
    return sections


def _cable(section: Any, index: dict[Any, int]) -> Cable:
    above, n_points = section.parentseg(), section.n3d()
    cable = Cable(section.name(), length=section.L)
    if above is not None:
        cable.parent, cable.parent_x, cable.end = index[above.sec], above.x, section.orientation()
    if n_points:
        cable.points = [(section.x3d(i), section.y3d(i), section.z3d(i)) for i in range(n_points)]
        cable.diameters = [section.diam3d(i) for i in range(n_points)]
    else:
        cable.diameters = [segment.diam for segment in section]
    return cable


@dataclass(frozen=True, eq=False)
class Recorder:
    """What `record` has set up; `recording` gives what was recorded so far."""

    name: str
    unit: str
    section: npt.NDArray[np.int32] = field(repr=False)
    position: npt.NDArray[np.float32] = field(repr=False)
    _times: Any = field(repr=False)
    _vectors: tuple[Any, ...] = field(repr=False)

    def recording(self) -> Recording:
        """What was recorded since the last ``h.finitialize()``.

        Raises
        ------
        RecordingError
            The simulation has not run.
        """
        if not len(self._times):
            raise RecordingError(f"nothing of {self.name!r} is recorded yet: h.finitialize(-65), h.continuerun(tstop)")
        times = np.array(self._times)
        # At an event the variable time step stops twice at one time: what follows counts.
        kept = np.append(np.diff(times) > 0, True)
        values = np.stack([np.array(vector)[kept] for vector in self._vectors], axis=1, dtype=np.float32)
        return Recording(
            times[kept], values, section=self.section, position=self.position, name=self.name, unit=self.unit
        )


def record(morphology: Morphology, variable: str = "v", *, dt: float | None = 0.1) -> Recorder:
    """Set NEURON up to record a variable in every segment; call it before ``h.finitialize()``.

    Parameters
    ----------
    morphology : Morphology
        What `from_neuron` gave.
    variable : str
        Any range variable: "v", "cai", "ina", "m_hh", ... Sections that do not have it are not recorded.
    dt : float, optional
        ms between values. None: every time step of the simulation.

    Returns
    -------
    Recorder
        Its ``recording()`` is a `Recording`, once the simulation has run.

    Raises
    ------
    RecordingError
        A variable that no section has: the message lists what there is. A morphology that is not from
        `from_neuron`, or whose sections were deleted.
    ValueError
        A ``dt`` that is not positive.
    """
    if not isinstance(morphology, NeuronMorphology):
        raise RecordingError("record needs the morphology that from_neuron gave, in the same process")
    if dt is not None and not 0 < dt < math.inf:
        raise ValueError(f"dt must be a positive number of ms, or None for every time step, got {dt!r}")
    variable = "v" if is_voltage(variable) else variable
    h = _hoc()
    step = () if dt is None else (dt,)
    vectors, section, position = [], [], []
    try:
        for k, (neuron_section, is_reversed) in enumerate(
            zip(morphology.neuron_sections, morphology.is_reversed, strict=True)
        ):
            for segment in neuron_section:
                if not hasattr(segment, f"_ref_{variable}"):
                    break
                vectors.append(h.Vector().record(getattr(segment, f"_ref_{variable}"), *step))
                section.append(k)
                position.append(1 - segment.x if is_reversed else segment.x)
        if not vectors:
            known = ", ".join(_variables(morphology.neuron_sections))
            advice = "; h.CVode().use_fast_imem(True) makes it" if variable == "i_membrane_" else ""
            raise RecordingError(f"no section has the range variable {variable!r}{advice}; there are {known}")
    except ReferenceError as cause:
        raise RecordingError("a section was deleted from NEURON since; call from_neuron again") from cause
    return Recorder(
        variable,
        _OWN_UNITS[variable] if variable in _OWN_UNITS else str(h.units(variable)),
        np.array(section, dtype=np.int32),
        np.array(position, dtype=np.float32),
        h.Vector().record(h._ref_t, *step),
        tuple(vectors),
    )


def _variables(sections: Iterable[Any]) -> list[str]:
    """Range variables of these sections, by name."""
    return sorted({"v"} | {variable.name() for section in sections for mech in section(0.5) for variable in mech})
