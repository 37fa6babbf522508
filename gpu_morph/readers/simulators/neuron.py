"""The model in a running NEURON: its morphology, and recordings of its variables."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...data.recording import Recording, is_voltage
from ...errors import MorphologyError, RecordingError
from ..neuron_sections import NeuronSection, sections_of
from ..sections import morphology_of

_UNITS = {"v": "mV", "i_membrane_": "nA"}  # h.units() has those of all other variables


@dataclass(frozen=True, eq=False, repr=False)
class NeuronMorphology(Morphology):
    """A Morphology with its sections in NEURON, which `record` needs. A pickle of it is a plain Morphology.

    Parameters
    ----------
    neuron_sections : (n_sections,) tuple of h.Section
        The section of NEURON for each section.
    is_reversed : (n_sections,) tuple of bool
        True where a section is connected to its parent by its 1 end; its points begin there.
    """

    neuron_sections: tuple[Any, ...] = field(default=(), kw_only=True)
    is_reversed: tuple[bool, ...] = field(default=(), kw_only=True)

    def __reduce__(self) -> tuple[partial[Morphology], tuple[()]]:
        return partial(Morphology, **{f.name: getattr(self, f.name) for f in fields(Morphology)}), ()


def from_neuron(sections: Iterable[Any] | None = None) -> NeuronMorphology:
    """Take the morphology of the model in NEURON's ``h``. The model is not changed.

    Sections without 3-d points are straight, at the positions of ``h.define_shape()``, which itself would add points to
    the model.

    Parameters
    ----------
    sections : iterable of h.Section, optional
        The sections to take, such as ``cell.all``; None: all of ``h.allsec()``. A section whose parent is not among
        them is a root.

    Returns
    -------
    Morphology
        Sections are in the given order. Labels are "soma", "axon", "dend", "apic" or the section's name without its
        index. Each tree in ``h`` is a cell. It keeps references to the sections, for `record`.

    Raises
    ------
    MorphologyError
        There are no sections, a section was deleted, or NEURON is not installed.
    TypeError
        An item of ``sections`` is not a section.
    """
    h = _hoc()
    chosen = list(dict.fromkeys(h.allsec() if sections is None else sections))
    if not chosen:
        raise MorphologyError("there are no sections in NEURON; build the model before calling from_neuron")
    try:
        if not all(hasattr(section, "n3d") for section in chosen):
            raise TypeError("sections must be h.Section objects, such as list(h.allsec()) or cell.all")
        roots = dict.fromkeys(_root(section) for section in chosen)
        everything = [section for root in roots for section in _tree(root)]
        index = {section: k for k, section in enumerate(everything)}
        described = [_description(section, index) for section in everything]
        for k, root in enumerate(section for section in h.allsec() if section.parentseg() is None):
            if root in index:
                described[index[root]].n_roots_before = k
    except ReferenceError as cause:
        raise MorphologyError("a section was deleted from NEURON; give existing sections") from cause
    whole = sections_of(described, name="NEURON")
    number = {index[section]: k for k, section in enumerate(chosen)}
    taken = [whole[index[section]] for section in chosen]
    for section in taken:
        section.parent = number.get(section.parent, -1)
    plain = morphology_of(taken, scale=1.0, name="NEURON")
    return NeuronMorphology(
        **{f.name: getattr(plain, f.name) for f in fields(Morphology)},
        neuron_sections=tuple(chosen),
        is_reversed=tuple(described[index[section]].end == 1 for section in chosen),
    )


def _hoc() -> Any:
    try:
        from neuron import h
    except ImportError as cause:
        raise MorphologyError('this needs NEURON; pip install "gpu_morph[neuron]"') from cause
    return h


def _root(section: Any) -> Any:
    while (parent := section.parentseg()) is not None:
        section = parent.sec
    return section


def _tree(root: Any) -> list[Any]:
    """The sections of a cell, children in the order in which they were connected."""
    sections = [root]
    for section in sections:  # breadth first: the loop appends the children
        sections += reversed(section.children())
    return sections


def _description(section: Any, index: dict[Any, int]) -> NeuronSection:
    """What NEURON says of a section; ``index`` has the number of each section."""
    parent, n_points = section.parentseg(), section.n3d()
    described = NeuronSection(section.name(), length=section.L)
    if parent is not None:
        described.parent, described.parent_x, described.end = index[parent.sec], parent.x, section.orientation()
    if n_points:
        described.points = [(section.x3d(i), section.y3d(i), section.z3d(i)) for i in range(n_points)]
        described.diameters = [section.diam3d(i) for i in range(n_points)]
    else:
        described.diameters = [segment.diam for segment in section]
    return described


@dataclass(frozen=True, eq=False)
class Recorder:
    """The vectors that `record` has set up; `recording` returns their values."""

    name: str
    unit: str
    section: npt.NDArray[np.int32] = field(repr=False)
    position: npt.NDArray[np.float32] = field(repr=False)
    _times: Any = field(repr=False)
    _vectors: tuple[Any, ...] = field(repr=False)

    def recording(self) -> Recording:
        """The values recorded since the last ``h.finitialize()``.

        Raises
        ------
        RecordingError
            The simulation has not run yet.
        """
        if not len(self._times):
            raise RecordingError(f"{self.name!r} has no values yet; run h.finitialize(-65) and h.continuerun(tstop)")
        times = np.array(self._times)
        # With a variable time step, an event gives two values at one time; the second is kept.
        kept = np.append(np.diff(times) > 0, True)
        values = np.stack([np.array(vector)[kept] for vector in self._vectors], axis=1, dtype=np.float32)
        return Recording(
            times[kept], values, section=self.section, position=self.position, name=self.name, unit=self.unit
        )


def record(morphology: Morphology, variable: str = "v", *, dt: float | None = 0.1) -> Recorder:
    """Make NEURON record a variable in every segment. Call this before ``h.finitialize()``.

    Parameters
    ----------
    morphology : Morphology
        A morphology from `from_neuron`.
    variable : str
        Any range variable: "v", "cai", "ina", "m_hh", ... Sections without it are not recorded.
    dt : float, optional
        ms between values. None: every time step of the simulation.

    Returns
    -------
    Recorder
        Its ``recording()`` returns the `Recording`, after the simulation has run.

    Raises
    ------
    RecordingError
        No section has the variable; the message lists those that exist. Or the morphology is not from `from_neuron`,
        or its sections were deleted.
    ValueError
        ``dt`` is not positive.
    """
    if not isinstance(morphology, NeuronMorphology):
        raise RecordingError("record needs a morphology from from_neuron, made in this process")
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
            advice = "; call h.CVode().use_fast_imem(True) first" if variable == "i_membrane_" else ""
            raise RecordingError(f"no section has the range variable {variable!r}{advice}; there are {known}")
    except ReferenceError as cause:
        raise RecordingError("a section was deleted from NEURON; call from_neuron again") from cause
    return Recorder(
        variable,
        _UNITS[variable] if variable in _UNITS else str(h.units(variable)),
        np.array(section, dtype=np.int32),
        np.array(position, dtype=np.float32),
        h.Vector().record(h._ref_t, *step),
        tuple(vectors),
    )


def _variables(sections: Iterable[Any]) -> list[str]:
    """The names of all range variables of these sections, sorted."""
    return sorted({"v"} | {variable.name() for section in sections for mech in section(0.5) for variable in mech})
