"""The morphology of the model in a running NEURON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ...system.arguments import is_sequence
from ..neuron_sections import NeuronSection, sections_of
from ..sections import morphology_of


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


def from_neuron(sections: Any = None) -> NeuronMorphology:
    """Take the morphology of the model in NEURON's ``h``. The model is not changed.

    Sections without 3-d points are straight, at the positions of ``h.define_shape()``, which itself would add points to
    the model.

    Parameters
    ----------
    sections : iterable of h.Section, or a cell, or an iterable of cells, optional
        The sections to take, such as ``cell.all``; None: all of ``h.allsec()``. Of a cell, an object of a template or
        of a Python class, the sections in its ``all``, or else those that have it as their ``cell()``. A section whose
        parent is not among them is a root.

    Returns
    -------
    Morphology
        Sections are in the given order. Labels are "soma", "axon", "dend", "apic" or the section's name without its
        index; ``section_names`` are NEURON's. Each tree in ``h`` is a cell. A soma is drawn as long as it is: its round
        ends lie within its length, and if it is wider than long, it is a sphere of the same lateral area. So is any
        root that is less than twice as long as wide. It keeps references to the sections, for `record`.

    Raises
    ------
    MorphologyError
        There are no sections, a section was deleted, or NEURON is not installed.
    TypeError
        ``sections`` is neither sections nor a cell.

    Examples
    --------
    >>> from neuron import h
    >>> soma, dend = h.Section(name="soma"), h.Section(name="dend")
    >>> soma.L = soma.diam = 20
    >>> dend.L, dend.diam = 300, 2
    >>> _ = dend.connect(soma(1))
    >>> morphology = gm.from_neuron([soma, dend])
    >>> morphology.section_labels
    ('soma', 'dend')
    """
    h = hoc_interpreter()
    try:
        chosen = list(dict.fromkeys(h.allsec() if sections is None else _sections_given(h, sections)))
        if not chosen:
            raise MorphologyError("there are no sections in NEURON; build the model before calling from_neuron")
        roots = dict.fromkeys(root_of(section) for section in chosen)
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


def hoc_interpreter() -> Any:
    """NEURON's ``h``.

    Raises
    ------
    MorphologyError
        NEURON is not installed.
    """
    try:
        from neuron import h
    except ImportError as cause:
        raise MorphologyError('this needs NEURON; pip install "gpu_morph[neuron]"') from cause
    return h


def _sections_given(h: Any, given: Any) -> list[Any]:
    """The sections of a cell, of cells, or those in an iterable."""
    name = _attribute_or_none(given, "hname")
    if name is not None and str(name()).startswith("<all section"):  # h.allsec(), which has the names that h has
        return list(given)
    if not _is_section(given):
        own = _attribute_or_none(given, "all")
        if isinstance(own, Iterable):  # an array's is a method
            return list(own)
        if is_sequence(given) and not _is_template_object(given):
            return [s for item in given for s in ([item] if _is_section(item) else _sections_given(h, item))]
        if owned := [section for section in h.allsec() if section.cell() == given]:
            return owned
    raise TypeError(
        f"sections must be h.Section objects, such as cell.all or h.allsec(), or a cell that has sections; got "
        f"{given!r}"
    )


def _is_section(given: Any) -> bool:
    return _attribute_or_none(given, "n3d") is not None


def _is_template_object(given: Any) -> bool:
    """True for an object of a template of HOC, all of which look iterable; not for a list of sections."""
    name = _attribute_or_none(given, "hname")
    return name is not None and not str(name()).startswith(("SectionList", "List"))


def _attribute_or_none(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except (AttributeError, LookupError):  # NEURON's objects raise either
        return None


def root_of(section: Any) -> Any:
    """The root of the tree to which a section of NEURON belongs."""
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
