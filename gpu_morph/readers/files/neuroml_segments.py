"""Segments and groups of a NeuroML 2 morphology, divided into sections.

A segment has a parent and a distal point; without a ``proximal`` point it begins on its parent, at ``fractionAlong``.
Groups with the neuroLexId sao864921383 are unbranched and become sections.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import numpy as np

from ...data.arc_length import point_positions
from ...errors import MorphologyError
from ..sections import STANDARD_LABELS, Section, label_of
from ..text_source import MAX_COORDINATE
from ..xml_source import tag_of

_UNBRANCHED_ID = "sao864921383"
_KINDS = {  # of groups, by neuroLexId or by usual names, in lower case and without "_group" or an "s" at the end
    "GO:0043025": "soma",
    "GO:0030424": "axon",
    "GO:0030425": "dend",
    "somatic": "soma",
    "axonal": "axon",
}
_INDEX = "0123456789_[]"  # at the end of a name; see `label_of`
_NAME_END = re.compile(r"(_?group|s)$", re.IGNORECASE)

Point = tuple[float, float, float, float]  # x, y, z, diameter


def neuroml_sections(morphology: Element, file_name: str) -> list[Section]:
    """The sections of a ``<morphology>``, each after its parent.

    Raises
    ------
    MorphologyError
        A segment is wrong; the message names file and segment.
    """
    segments = _segments(morphology, file_name)
    _read_groups(morphology, segments)
    return _sections(segments)


@dataclass(slots=True)
class _Segment:
    name: str
    parent: str | None
    fraction: float  # along the parent, where the segment begins
    proximal: Point | None  # None: the parent's point there
    distal: Point
    group: str | None = None  # the unbranched group
    label: str = "undefined"
    children: list[str] = field(default_factory=list)


def _segments(morphology: Element, file_name: str) -> dict[str, _Segment]:
    """All segments by id, breadth first, and therefore each after its parent."""
    found: dict[str, _Segment] = {}
    for element in morphology:
        if not element.tag.endswith("segment") or tag_of(element) != "segment":
            continue
        key = element.get("id", "")
        if key in found or not key:
            raise _error(file_name, key, "has no id" if not key else "occurs twice; renumber one of them")
        parts = {tag_of(part): part for part in reversed(element)}  # of several, the first
        parent, proximal, distal = parts.get("parent"), parts.get("proximal"), parts.get("distal")
        if distal is None or (proximal is None and parent is None):
            missing = "distal point" if distal is None else "proximal point and no parent"
            raise _error(file_name, key, f"has no {missing}; add it")
        found[key] = _Segment(
            element.get("name", ""),
            None if parent is None else parent.get("segment", ""),
            1.0 if parent is None else _fraction(parent, file_name, key),
            None if proximal is None else _point(proximal, file_name, key),
            _point(distal, file_name, key),
        )
    for key, segment in found.items():
        if segment.parent is not None:
            if segment.parent not in found:
                raise _error(file_name, key, f"has the parent {segment.parent!r}, which is not in the file; correct it")
            found[segment.parent].children.append(key)
    order = [key for key, segment in found.items() if segment.parent is None]
    for key in order:  # breadth first: the loop appends the children
        order += found[key].children
    if len(order) < len(found):
        unreached = min(found.keys() - set(order))
        raise _error(file_name, unreached, "is its own ancestor, or a descendant of one that is; remove a parent")
    return {key: found[key] for key in order}


def _error(file_name: str, key: str, reason: str) -> MorphologyError:
    return MorphologyError(f"{file_name}, segment {key[:60]!r}: it {reason}")


def _fraction(parent: Element, file_name: str, key: str) -> float:
    if "fractionAlong" not in parent.attrib:
        return 1.0
    return min(max(_number(parent, "fractionAlong", file_name, key), 0.0), 1.0)


def _point(element: Element, file_name: str, key: str) -> Point:
    get = element.attrib.get
    try:
        point = float(get("x", "")), float(get("y", "")), float(get("z", "")), float(get("diameter", ""))
        if -MAX_COORDINATE < min(point) <= max(point) < MAX_COORDINATE and point[3] >= 0 and sum(point) == sum(point):
            return point
    except ValueError:
        pass
    x, y, z, diameter = (_number(element, name, file_name, key) for name in ("x", "y", "z", "diameter"))
    return x, y, z, diameter


def _number(element: Element, name: str, file_name: str, key: str) -> float:
    """The number in an attribute of an element of the segment ``key``."""
    word = element.get(name, "nothing")
    try:
        value = float(word)
    except ValueError:
        value = np.nan
    if not abs(value) < MAX_COORDINATE or (name == "diameter" and value < 0):
        limit = " of 0 or more" if name == "diameter" else ""
        reason = f"has {name}={word[:60]!r} in <{tag_of(element)}>, expected a number{limit}; correct it"
        raise _error(file_name, key, reason)
    return value


def _read_groups(morphology: Element, segments: dict[str, _Segment]) -> None:
    """Set the unbranched group and the label of each segment."""
    groups: dict[str, _Group] = {}
    for element in morphology:
        if tag_of(element) == "segmentGroup":
            groups[element.get("id", "")] = _group(element)
    of_kind: dict[str, list[str]] = {"soma": [], "axon": [], "apic": [], "dend": []}
    for name, group in groups.items():
        of_kind.get(_group_kind(name, group.lexicon), []).append(name)
    seen: set[str] = set()
    for name in reversed(groups):  # a segment of several unbranched groups is in the last
        if groups[name].lexicon == _UNBRANCHED_ID:
            for key in _members([name], groups, seen):
                if key in segments and segments[key].group is None:
                    segments[key].group = name
    # The soma is first: a usual group is "apical_dends_and_soma".
    by_group = {key: kind for kind in reversed(of_kind) for key in _members(of_kind[kind], groups, set())}
    labels: dict[str, str] = {}
    for key, segment in segments.items():
        name = segment.group or segment.name
        word = name.rstrip(_INDEX) or name
        by_name = labels.get(word) or labels.setdefault(word, label_of(word))
        otherwise = by_name if segment.group else "undefined"
        segment.label = by_name if by_name in STANDARD_LABELS else by_group.get(key, otherwise)


@dataclass(slots=True)
class _Group:
    lexicon: str  # neuroLexId
    members: list[str]
    included: list[str]


def _group(element: Element) -> _Group:
    members, included = [], []
    for part in element:
        tag = tag_of(part)
        if tag == "member":
            members.append(part.get("segment", ""))
        elif tag == "include":
            included.append(part.get("segmentGroup", ""))
    return _Group(element.get("neuroLexId", ""), members, included)


def _group_kind(name: str, lexicon: str) -> str:
    """The standard label of a group's segments, or an empty string."""
    if lexicon in _KINDS:
        return _KINDS[lexicon]
    word = name.lower()
    if word.startswith("apic"):
        return "apic"
    label = label_of(_NAME_END.sub("", _NAME_END.sub("", word)))
    return label if label in STANDARD_LABELS else _KINDS.get(label, "")


def _members(names: list[str], groups: dict[str, _Group], seen: set[str]) -> Iterator[str]:
    """The segments of groups, and of those that they include, but for groups in ``seen``, to which they are added."""
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in groups and name not in seen:
            seen.add(name)
            yield from groups[name].members
            waiting += groups[name].included


@dataclass(frozen=True, slots=True)
class _Span:
    """A segment within the sections: the section's number, and its first and last point there."""

    section: int
    first: int
    last: int


def _sections(segments: dict[str, _Segment]) -> list[Section]:
    """Sections made of chains of segments, each after its parent."""
    n_at_end = Counter(s.parent for s in segments.values() if s.fraction == 1)
    chains: list[list[Point]] = []
    first_segments: list[_Segment] = []
    spans: dict[str | None, _Span] = {}
    for key, segment in segments.items():
        number = len(chains)
        start = segment.proximal
        if segment.parent is not None:
            parent, span = segments[segment.parent], spans[segment.parent]
            chain = chains[span.section]
            # Only the first child that can continue the chain does: for the others its end is no longer the parent's.
            is_unbranched = segment.group is not None or (
                n_at_end[segment.parent] == 1 and segment.label == parent.label
            )
            if (
                len(chain) == span.last + 1
                and segment.fraction == 1
                and segment.group == parent.group
                and is_unbranched
            ):
                number = span.section
            if start is None:
                start = _between(chain[span.first], chain[span.last], segment.fraction)
        if number == len(chains):
            chains.append([])
            first_segments.append(segment)
        chain = chains[number]
        if not chain or chain[-1] != start:
            chain.append(start or segment.distal)
        chain.append(segment.distal)
        spans[key] = _Span(number, len(chain) - 2, len(chain) - 1)
    rows = np.array([point for chain in chains for point in chain]).reshape(-1, 4)
    offsets = np.cumsum([0, *map(len, chains)])
    positions = point_positions(rows[:, :3], offsets, np.float64)
    sections = []
    for first, begin, end in zip(first_segments, offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
        section = Section(rows[begin:end, :3], rows[begin:end, 3], first.label, name=first.group or "")
        if (section.points == section.points[0]).all():  # no length: a sphere
            widest = section.diameters.argmax()
            section.points, section.diameters = section.points[widest][None], section.diameters[widest][None]
        if first.parent is not None:
            span = spans[first.parent]
            low, high = positions[offsets[span.section] + np.array([span.first, span.last])].tolist()
            section.parent, section.parent_x = span.section, low + first.fraction * (high - low)
        sections.append(section)
    return sections


def _between(start: Point, end: Point, fraction: float) -> Point:
    if fraction == 1:  # exactly, so that the point is not there twice
        return end
    x, y, z, diameter = (a + fraction * (b - a) for a, b in zip(start, end, strict=True))
    return x, y, z, diameter
