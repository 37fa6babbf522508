"""NeuroML 2 cells: segments, each from its parent to its distal point, and groups of them.

A segment without a ``proximal`` begins on its parent, at ``fractionAlong``. Groups marked sao864921383 are unbranched
cables, which become sections (https://docs.neuroml.org/Userdocs/Schemas/Cells.html).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..sections import STANDARD_LABELS, FloatArray, Section, label_of, morphology_of, place_along
from ..text_source import Source, check_scale, read_source

_CABLE = "sao864921383"
_TYPES = {  # of groups, by neuroLexId or by their usual names
    "GO:0043025": "soma",
    "soma_group": "soma",
    "GO:0030424": "axon",
    "axon_group": "axon",
    "GO:0030425": "dend",
    "dendrite_group": "dend",
}
Point = tuple[float, ...]  # x, y, z, diameter


def read_neuroml(path: str | os.PathLike[str], *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read the cell of a NeuroML 2 file, plain or gzipped.

    Sections are the cables of the file and stand in the order of their first segments; segments of no cable
    make sections that end at branchings and where the type changes.

    Parameters
    ----------
    path : str or path-like
        The file. Whether it is gzipped is seen from its content.
    scale : float
        µm per unit of the file: 1, as NeuroML has it.
    name : str, optional
        The id of one of several cells.

    Returns
    -------
    Morphology
        Of one cell. Labels are "soma", "axon", "dend" and "apic", by the names of cables and by the groups
        that hold them; else the cable's own name without its number, or "undefined". A segment of no length
        is a sphere.

    Raises
    ------
    MorphologyError
        A file that is not NeuroML 2; the message starts with the file and names line or segment. Or one of
        several cells, and no ``name`` or an unknown one: the message lists them.
    OSError
        A file that cannot be opened.
    ValueError
        A ``scale`` that is not positive and finite.
    """
    check_scale(scale)
    source = read_source(path)
    try:
        root = ElementTree.fromstring(source.text)
    except ElementTree.ParseError as cause:
        line, _ = cause.position
        raise source.error(line, f"no well-formed XML ({cause}); correct it, or get the file again") from cause
    morphology = _chosen(root, source, name)
    segments = _segments(morphology, source)
    _read_groups(morphology, segments)
    return morphology_of(_sections(segments), scale=scale, name=source.name)


def _chosen(root: ElementTree.Element, source: Source, name: str | None) -> ElementTree.Element:
    """The morphology element of a cell."""
    cells = {
        owner.get("id", "") if _tag(owner) != "neuroml" else morphology.get("id", ""): morphology
        for owner in root.iter()
        for morphology in owner.findall("{*}morphology")
        if morphology.find("{*}segment") is not None
    }
    if (len(cells) == 1 and name is None) or name in cells:
        return cells[name] if name is not None else next(iter(cells.values()))
    if cells:
        given = "choose one by name=" if name is None else f"none is called {name!r}"
        raise MorphologyError(f"{source.name}: of its cells {given}; it holds {', '.join(cells)}")
    included = ", ".join(element.get("href", "") for element in root.iter() if _tag(element) == "include")
    advice = f"read one of the files it includes: {included[:200]}" if included else "is it a NeuroML 2 cell?"
    raise MorphologyError(f"{source.name}: no cell with a morphology in <{_tag(root)}>; {advice}")


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


@dataclass
class _Segment:
    name: str
    parent: str | None
    fraction: float  # of the parent, where it begins
    proximal: Point | None  # None: its parent's point there
    distal: Point
    cable: str | None = None
    label: str = ""
    children: list[str] = field(default_factory=list)


def _segments(morphology: ElementTree.Element, source: Source) -> dict[str, _Segment]:
    """All segments by id, each after its parent."""
    found: dict[str, _Segment] = {}
    for element in morphology.iterfind("{*}segment"):
        key = element.get("id", "")
        if key in found or not key:
            raise _error(source, key, "has no id" if not key else "stands twice; renumber one of them")
        parent, proximal, distal = (element.find(f"{{*}}{tag}") for tag in ("parent", "proximal", "distal"))
        if distal is None or (proximal is None and parent is None):
            missing = "distal point" if distal is None else "proximal point, nor a parent"
            raise _error(source, key, f"has no {missing}; add it")
        fraction = 1.0 if parent is None else _number(parent, "fractionAlong", source, key, default="1")
        found[key] = _Segment(
            element.get("name", ""),
            None if parent is None else parent.get("segment", ""),
            min(max(fraction, 0.0), 1.0),
            None if proximal is None else _point(proximal, source, key),
            _point(distal, source, key),
        )
    for key, segment in found.items():
        if segment.parent is not None:
            if segment.parent not in found:
                raise _error(source, key, f"has the parent {segment.parent!r}, which is not there; correct it")
            found[segment.parent].children.append(key)
    order = [key for key, segment in found.items() if segment.parent is None]
    for key in order:  # which grows
        order += found[key].children
    lost = found.keys() - set(order)
    if lost:
        raise _error(source, min(lost), "is its own ancestor, or hangs on one that is; leave out a parent")
    return {key: found[key] for key in order}


def _error(source: Source, key: str, reason: str) -> MorphologyError:
    return MorphologyError(f"{source.name}, segment {key!r}: it {reason}")


def _number(element: ElementTree.Element, name: str, source: Source, key: str, *, default: str = "nothing") -> float:
    word = element.get(name, default)
    try:
        value = float(word)
    except ValueError:
        value = np.nan
    if not abs(value) < 1e30 or (name == "diameter" and value < 0):
        least = " of 0 or more" if name == "diameter" else ""
        raise _error(source, key, f"has {name}={word!r} in <{_tag(element)}>, expected a number{least}; correct it")
    return value


def _point(element: ElementTree.Element, source: Source, key: str) -> Point:
    return tuple(_number(element, name, source, key) for name in ("x", "y", "z", "diameter"))


def _read_groups(morphology: ElementTree.Element, segments: dict[str, _Segment]) -> None:
    """Give segments their cables and their labels."""
    groups = {group.get("id", ""): group for group in morphology.iterfind("{*}segmentGroup")}
    by_type: dict[str, set[str]] = {"soma": set(), "axon": set(), "dend": set(), "apic": set()}
    for name, group in groups.items():
        kind = _TYPES.get(group.get("neuroLexId", ""), _TYPES.get(name, ""))
        if name.lower().startswith("apic"):
            kind = "apic"
        if kind:
            by_type[kind] |= _members(name, groups)
        if group.get("neuroLexId") == _CABLE:
            for key in _members(name, groups) & segments.keys():
                segments[key].cable = name
    for key, segment in segments.items():
        own = label_of(segment.cable or segment.name)
        # "apical_dends_and_soma" is a usual group, too: the soma's goes first.
        grouped = next((kind for kind in ("soma", "axon", "apic", "dend") if key in by_type[kind]), "")
        otherwise = own if segment.cable else "undefined"
        segment.label = own if own in STANDARD_LABELS else grouped or otherwise


def _members(name: str, groups: dict[str, ElementTree.Element]) -> set[str]:
    """Segments of a group and of those it includes."""
    waiting, seen, members = [name], set(), set()
    while waiting:
        name = waiting.pop()
        if name in groups and name not in seen:
            seen.add(name)
            members |= {member.get("segment", "") for member in groups[name].iterfind("{*}member")}
            waiting += [included.get("segmentGroup", "") for included in groups[name].iterfind("{*}include")]
    return members


def _sections(segments: dict[str, _Segment]) -> list[Section]:
    """Chains of segments as sections, each after its parent."""
    chains: list[list[Point]] = []
    heads: list[_Segment] = []
    place: dict[str, tuple[int, int, int]] = {}  # of a segment: its chain, its points there
    for key, segment in segments.items():
        number, last = len(chains), 0
        start = segment.proximal
        if segment.parent is not None:
            above, first, last = place[segment.parent]
            # The first child that may go on does: the others find the chain longer.
            if len(chains[above]) == last + 1 and _goes_on(segment, segments[segment.parent], segments):
                number = above
            if start is None:
                from_, to = np.array(chains[above][first]), np.array(chains[above][last])
                start = tuple((from_ + segment.fraction * (to - from_)).tolist())
        if number == len(chains):
            chains.append([])
            heads.append(segment)
        chain = chains[number]
        if not chain or chain[-1] != start:
            chain.append(start or segment.distal)
        chain.append(segment.distal)
        place[key] = number, len(chain) - 2, len(chain) - 1
    return [_section(head, np.array(chain), place, chains) for head, chain in zip(heads, chains, strict=True)]


def _section(
    head: _Segment, chain: FloatArray, place: dict[str, tuple[int, int, int]], chains: list[list[Point]]
) -> Section:
    parent, parent_x = -1, 0.0
    if head.parent is not None:
        parent, first, last = place[head.parent]
        along = [place_along(np.array(chains[parent])[:, :3], index) for index in (first, last)]
        parent_x = along[0] + head.fraction * (along[1] - along[0])
    if (chain[:, :3] == chain[0, :3]).all():  # no length: a sphere
        chain = chain[chain[:, 3].argmax()][None]
    return Section(chain[:, :3], chain[:, 3], head.label, parent, parent_x)


def _goes_on(segment: _Segment, above: _Segment, segments: dict[str, _Segment]) -> bool:
    """True where a segment is of the same section as its parent, if no other is already."""
    if segment.fraction < 1 or segment.cable != above.cable:
        return False
    at_end = [key for key in above.children if segments[key].fraction == 1]
    return segment.cable is not None or (len(at_end) == 1 and segment.label == above.label)
