"""NeuroML 2 cells: segments, each with a parent and a distal point, and groups of segments.

A segment without a ``proximal`` point begins on its parent, at ``fractionAlong``. Groups with the neuroLexId
sao864921383 are unbranched and become sections (https://docs.neuroml.org/Userdocs/Schemas/Cells.html).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..aliases import AnyPath, FloatArray
from ..file_format import FileFormat
from ..sections import STANDARD_LABELS, Section, label_of, morphology_of, point_position
from ..text_source import MAX_COORDINATE, TextSource, check_scale, decoded_head, read_text

_UNBRANCHED_ID = "sao864921383"
_KINDS = {  # of groups, by neuroLexId or by their usual names
    "GO:0043025": "soma",
    "soma_group": "soma",
    "GO:0030424": "axon",
    "axon_group": "axon",
    "GO:0030425": "dend",
    "dendrite_group": "dend",
}
Point = tuple[float, ...]  # x, y, z, diameter


def read_neuroml(path: AnyPath, *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read the cell of a NeuroML 2 file, plain or gzipped.

    Each unbranched group of the file is a section. Segments in no such group form sections that end at branch points
    and where the type changes. Sections are in the order of their first segments, breadth first: a segment is before
    those that are more segments away from the root, and those equally far away are in file order.

    Parameters
    ----------
    path : str or path-like
        The file. Its content tells whether it is gzipped.
    scale : float
        µm per unit of the file; NeuroML's unit is µm.
    name : str, optional
        The id of the cell, where there are several.

    Returns
    -------
    Morphology
        One cell. Labels are "soma", "axon", "dend" and "apic", from the names of the unbranched groups and from the
        groups that include them; otherwise the unbranched group's name without its number, or "undefined". A segment of
        no length is a sphere.

    Raises
    ------
    MorphologyError
        The file is not NeuroML 2; the message starts with the file and names line or segment. Or the file has several
        cells and ``name`` is missing or unknown; the message lists them.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.
    """
    check_scale(scale)
    source = read_text(path)
    try:
        root = ElementTree.fromstring(source.text)
    except ElementTree.ParseError as cause:
        line, _ = cause.position
        raise source.error(line, f"not well-formed XML ({cause}); correct it, or get the file again") from cause
    morphology = _selected(root, source, name)
    segments = _segments(morphology, source)
    _read_groups(morphology, segments)
    return morphology_of(_sections(segments), scale=scale, name=source.name)


def _selected(root: ElementTree.Element, source: TextSource, name: str | None) -> ElementTree.Element:
    """The morphology element of the only cell, or of the one called ``name``."""
    cells = {
        owner.get("id", "") if _tag(owner) != "neuroml" else morphology.get("id", ""): morphology
        for owner in root.iter()
        for morphology in owner.findall("{*}morphology")
        if morphology.find("{*}segment") is not None
    }
    if (len(cells) == 1 and name is None) or name in cells:
        return cells[name] if name is not None else next(iter(cells.values()))
    if cells:
        problem = "several cells, choose one with name=" if name is None else f"no cell is called {name!r}"
        raise MorphologyError(f"{source.name}: {problem}; it holds {', '.join(cells)}")
    included = ", ".join(element.get("href", "") for element in root.iter() if _tag(element) == "include")
    advice = f"read one of the files it includes: {included[:200]}" if included else "is it a NeuroML 2 cell?"
    raise MorphologyError(f"{source.name}: no cell with a morphology in <{_tag(root)}>; {advice}")


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


@dataclass
class _Segment:
    name: str
    parent: str | None
    fraction: float  # along the parent, where the segment begins
    proximal: Point | None  # None: the parent's point there
    distal: Point
    group: str | None = None  # the unbranched group
    label: str = ""
    children: list[str] = field(default_factory=list)


def _segments(morphology: ElementTree.Element, source: TextSource) -> dict[str, _Segment]:
    """All segments by id, breadth first, and therefore each after its parent."""
    found: dict[str, _Segment] = {}
    for element in morphology.iterfind("{*}segment"):
        key = element.get("id", "")
        if key in found or not key:
            raise _error(source, key, "has no id" if not key else "occurs twice; renumber one of them")
        parent, proximal, distal = (element.find(f"{{*}}{tag}") for tag in ("parent", "proximal", "distal"))
        if distal is None or (proximal is None and parent is None):
            missing = "distal point" if distal is None else "proximal point and no parent"
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
                raise _error(source, key, f"has the parent {segment.parent!r}, which is not in the file; correct it")
            found[segment.parent].children.append(key)
    order = [key for key, segment in found.items() if segment.parent is None]
    for key in order:  # breadth first: the loop appends the children
        order += found[key].children
    unreached = found.keys() - set(order)
    if unreached:
        raise _error(source, min(unreached), "is its own ancestor, or a descendant of one that is; remove a parent")
    return {key: found[key] for key in order}


def _error(source: TextSource, key: str, reason: str) -> MorphologyError:
    return MorphologyError(f"{source.name}, segment {key!r}: it {reason}")


def _number(
    element: ElementTree.Element, name: str, source: TextSource, key: str, *, default: str = "nothing"
) -> float:
    """The number in an attribute of an element of the segment ``key``."""
    word = element.get(name, default)
    try:
        value = float(word)
    except ValueError:
        value = np.nan
    if not abs(value) < MAX_COORDINATE or (name == "diameter" and value < 0):
        limit = " of 0 or more" if name == "diameter" else ""
        raise _error(source, key, f"has {name}={word!r} in <{_tag(element)}>, expected a number{limit}; correct it")
    return value


def _point(element: ElementTree.Element, source: TextSource, key: str) -> Point:
    return tuple(_number(element, name, source, key) for name in ("x", "y", "z", "diameter"))


def _read_groups(morphology: ElementTree.Element, segments: dict[str, _Segment]) -> None:
    """Set the unbranched group and the label of each segment."""
    groups = {group.get("id", ""): group for group in morphology.iterfind("{*}segmentGroup")}
    members_of_kind: dict[str, set[str]] = {"soma": set(), "axon": set(), "dend": set(), "apic": set()}
    for name, group in groups.items():
        kind = _KINDS.get(group.get("neuroLexId", ""), _KINDS.get(name, ""))
        if name.lower().startswith("apic"):
            kind = "apic"
        if kind:
            members_of_kind[kind] |= _members(name, groups)
        if group.get("neuroLexId") == _UNBRANCHED_ID:
            for key in _members(name, groups) & segments.keys():
                segments[key].group = name
    for key, segment in segments.items():
        by_name = label_of(segment.group or segment.name)
        # The soma is first: a usual group is "apical_dends_and_soma".
        by_group = next((kind for kind in ("soma", "axon", "apic", "dend") if key in members_of_kind[kind]), "")
        otherwise = by_name if segment.group else "undefined"
        segment.label = by_name if by_name in STANDARD_LABELS else by_group or otherwise


def _members(name: str, groups: dict[str, ElementTree.Element]) -> set[str]:
    """The segments of a group and of the groups that it includes."""
    waiting, seen, members = [name], set(), set()
    while waiting:
        name = waiting.pop()
        if name in groups and name not in seen:
            seen.add(name)
            members |= {member.get("segment", "") for member in groups[name].iterfind("{*}member")}
            waiting += [included.get("segmentGroup", "") for included in groups[name].iterfind("{*}include")]
    return members


@dataclass(frozen=True)
class _Span:
    """A segment within the sections: the section's number, and its first and last point there."""

    section: int
    first: int
    last: int


def _sections(segments: dict[str, _Segment]) -> list[Section]:
    """Sections made of chains of segments, each after its parent."""
    chains: list[list[Point]] = []
    first_segments: list[_Segment] = []
    spans: dict[str, _Span] = {}
    for key, segment in segments.items():
        number = len(chains)
        start = segment.proximal
        if segment.parent is not None:
            parent = spans[segment.parent]
            chain = chains[parent.section]
            # Only the first child that can continue the chain does: for the others its end is no longer the parent's.
            if len(chain) == parent.last + 1 and _is_continuation(segment, segments[segment.parent], segments):
                number = parent.section
            if start is None:
                from_, to = np.array(chain[parent.first]), np.array(chain[parent.last])
                start = tuple((from_ + segment.fraction * (to - from_)).tolist())
        if number == len(chains):
            chains.append([])
            first_segments.append(segment)
        chain = chains[number]
        if not chain or chain[-1] != start:
            chain.append(start or segment.distal)
        chain.append(segment.distal)
        spans[key] = _Span(number, len(chain) - 2, len(chain) - 1)
    return [
        _section(segment, np.array(chain), spans, chains) for segment, chain in zip(first_segments, chains, strict=True)
    ]


def _section(first: _Segment, chain: FloatArray, spans: dict[str, _Span], chains: list[list[Point]]) -> Section:
    """The section of a chain (n, 4) whose first segment is ``first``."""
    parent, parent_x = -1, 0.0
    if first.parent is not None:
        span = spans[first.parent]
        parent, points = span.section, np.array(chains[span.section])[:, :3]
        low, high = point_position(points, span.first), point_position(points, span.last)
        parent_x = low + first.fraction * (high - low)
    if (chain[:, :3] == chain[0, :3]).all():  # no length: a sphere
        chain = chain[chain[:, 3].argmax()][None]
    return Section(chain[:, :3], chain[:, 3], first.label, parent, parent_x)


def _is_continuation(segment: _Segment, parent: _Segment, segments: dict[str, _Segment]) -> bool:
    """True where a segment can be in the same section as its parent."""
    if segment.fraction < 1 or segment.group != parent.group:
        return False
    at_end = [key for key in parent.children if segments[key].fraction == 1]
    return segment.group is not None or (len(at_end) == 1 and segment.label == parent.label)


def _looks_like(head: bytes) -> bool:
    text = decoded_head(head)
    return text.lstrip().startswith("<") and "neuroml" in text


FORMAT = FileFormat("NeuroML", endings=(".nml", ".xml"), looks_like=_looks_like, read=read_neuroml, has_names=True)
