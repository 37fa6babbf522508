"""Segments of a NeuroML 2 morphology, divided into sections.

A segment has a parent and a distal point; without a ``proximal`` point it begins on its parent, at ``fractionAlong``.
Groups with the neuroLexId sao864921383 are unbranched and become sections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from ...data.arc_length import point_positions
from ..aliases import FloatArray, IntArray
from ..sections import Section
from ..text_source import MAX_COORDINATE
from ..tree_links import follow_links
from .neuroml_elements import POINT_NAMES, NeuromlFile, SegmentWords, segment_error
from .neuroml_groups import groups_and_labels

_COLUMNS = [  # of the numbers in a segment's words: the element and the attribute
    ("parent", "fractionAlong"),
    *(("proximal", name) for name in POINT_NAMES),
    *(("distal", name) for name in POINT_NAMES),
]
_DIAMETERS = [4, 8]


def neuroml_sections(morphology: Element, file: NeuromlFile) -> list[Section]:
    """The sections of a ``<morphology>``, each after its parent.

    Raises
    ------
    MorphologyError
        A segment is wrong; the message names file and segment.
    """
    words = file.segments(morphology)
    rows = _rows_by_id(words, file.name)
    parents = _parent_rows(words, rows, file.name)
    order = _breadth_first(words, parents, file.name)
    new_row = np.argsort(order)
    words = [words[k] for k in order.tolist()]
    parents = np.where(parents < 0, -1, new_row[parents])[order]
    groups, labels = groups_and_labels(morphology, file, {row[0]: row[1] for row in words})
    numbers = _numbers(words, file.name)
    fractions = np.where(parents < 0, 1.0, np.clip(np.nan_to_num(numbers[:, 0], nan=1.0), 0, 1))
    starts = _starts(numbers[:, 1:5], numbers[:, 5:], parents, fractions)
    return _sections(_Segments(parents, fractions, starts, numbers[:, 5:], groups, labels))


@dataclass(frozen=True, eq=False)
class _Segments:
    """Segments, breadth first.

    Parameters
    ----------
    parents : (n_segments,) int64
        Row of the parent, -1 for a root.
    fractions : (n_segments,) float64
        Along the parent, where the segment begins.
    starts, ends : (n_segments, 4) float64
        x, y, z and diameter.
    groups : (n_segments,) list
        The unbranched group, or None.
    labels : (n_segments,) list
    """

    parents: IntArray
    fractions: FloatArray
    starts: FloatArray
    ends: FloatArray
    groups: list[str | None]
    labels: list[str]


def _rows_by_id(words: list[SegmentWords], file_name: str) -> dict[str, int]:
    """The number of each segment in file order, by its id."""
    rows = dict(zip([row[0] for row in words], range(len(words)), strict=True))
    if len(rows) < len(words) or "" in rows:
        seen: set[str] = set()
        for key, *_ in words:
            if key in seen or not key:
                reason = "has no id" if not key else "occurs twice; renumber one of them"
                raise segment_error(file_name, key, reason)
            seen.add(key)
    return rows


def _parent_rows(words: list[SegmentWords], rows: dict[str, int], file_name: str) -> IntArray:
    """(n_segments,) int64: the row of each segment's parent, -1 for a root."""
    found = [rows.get(row[2], -2) if row[2] else -1 for row in words]
    if -2 in found:
        key, _, parent, *_ = words[found.index(-2)]
        reason = f"has the parent {parent[:60]!r}, which is not in the file; correct it"
        raise segment_error(file_name, key, reason)
    lost = next((row[0] for row in words if not (row[2] or row[4])), None)
    if lost is not None:
        raise segment_error(file_name, lost, "has no proximal point and no parent; add it")
    return np.array(found, dtype=np.int64)


def _breadth_first(words: list[SegmentWords], parents: IntArray, file_name: str) -> IntArray:
    """The order of segments, those nearer to the root first; children of one segment follow each other."""
    children: list[list[int]] = [[] for _ in words]
    for row, parent in enumerate(parents.tolist()):
        if parent >= 0:
            children[parent].append(row)
    order: list[int] = np.flatnonzero(parents < 0).tolist()
    for row in order:  # the loop appends the children
        order += children[row]
    if len(order) < len(words):
        unreached = min(words[row][0] for row in set(range(len(words))).difference(order))
        reason = "is its own ancestor, or a descendant of one that is; remove a parent"
        raise segment_error(file_name, unreached, reason)
    return np.array(order, dtype=np.int64)


def _numbers(words: list[SegmentWords], file_name: str) -> FloatArray:
    """(n_segments, 9) float64: fractionAlong and two points; NaN where there is no word."""
    columns = list(zip(*words, strict=True))[3:]
    values = np.full((len(words), len(_COLUMNS)), np.nan)
    for k, column in enumerate(columns):
        if "" not in column:
            values[:, k] = _converted(column)
        elif any(column):
            is_given = np.fromiter(map(bool, column), dtype=bool, count=len(column))
            values[is_given, k] = _converted(list(filter(None, column)))
    bad = ~(np.abs(values) < MAX_COORDINATE) & ~np.isnan(values)
    bad[:, _DIAMETERS] |= values[:, _DIAMETERS] < 0
    if bad.any():
        row, k = np.argwhere(bad)[0].tolist()
        tag, name = _COLUMNS[k]
        limit = " of 0 or more" if name == "diameter" else ""
        reason = f"has {name}={columns[k][row][:60]!r} in <{tag}>, expected a number{limit}; correct it"
        raise segment_error(file_name, words[row][0], reason)
    return values


def _converted(words: Sequence[str]) -> FloatArray:
    """The number of each word; infinite for a word that is no number."""
    try:
        values = np.fromiter(map(float, words), dtype=np.float64, count=len(words))
    except ValueError:
        values = np.array([_number(word) for word in words])
    return np.where(np.isnan(values), np.inf, values)


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return np.inf


def _starts(starts: FloatArray, ends: FloatArray, parents: IntArray, fractions: FloatArray) -> FloatArray:
    """The points (n, 4) where segments begin; those of segments without a proximal point are on their parents."""
    is_open = np.isnan(starts[:, 0])
    is_at_end = is_open & (fractions == 1)
    starts = np.where(is_at_end[:, None], ends[parents], starts)
    for row in np.flatnonzero(is_open & ~is_at_end).tolist():  # a parent is before its children
        parent = parents[row]
        starts[row] = starts[parent] + fractions[row] * (ends[parent] - starts[parent])
    return starts


def _sections(segments: _Segments) -> list[Section]:
    """Sections made of chains of segments, each after its parent."""
    parents, starts, ends = segments.parents, segments.starts, segments.ends
    rows = np.arange(len(parents))
    continues = _continues(segments)
    first_row, n_before = follow_links(np.where(continues, parents, rows))
    heads = np.flatnonzero(~continues)
    section = np.searchsorted(heads, first_row)

    # A segment has its start as a point of its own, unless it is the end of the segment that it continues.
    has_start = ~continues | (starts != ends[parents]).any(axis=1)
    order = np.lexsort((n_before, section))
    last = np.empty(len(rows), dtype=np.int64)
    last[order] = np.cumsum(1 + has_start[order]) - 1
    points = np.empty((len(rows) + int(has_start.sum()), 4))
    points[last] = ends
    points[last[has_start] - 1] = starts[has_start]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(section, weights=1 + has_start).astype(np.int64))])

    positions: FloatArray = point_positions(points[:, :3], offsets, np.float64)
    parent, fraction = parents[heads], segments.fractions[heads]
    low, high = positions[last[parent] - 1], positions[last[parent]]
    is_root = parent < 0
    parent_section = np.where(is_root, -1, section[parent]).tolist()
    parent_x = np.where(is_root, 0.0, low + fraction * (high - low)).tolist()
    sections = []
    for k, head in enumerate(heads.tolist()):
        own = points[offsets[k] : offsets[k + 1]]
        if (own[:, :3] == own[0, :3]).all():  # no length: a sphere
            own = own[own[:, 3].argmax()][None]
        name = segments.groups[head] or ""
        sections.append(
            Section(own[:, :3], own[:, 3], segments.labels[head], parent_section[k], parent_x[k], name=name)
        )
    return sections


def _continues(segments: _Segments) -> npt.NDArray[np.bool_]:
    """(n_segments,) bool: whether a segment continues the section of its parent.

    Only the first child that can does: for the others the section's end is no longer the parent's.
    """
    parents, at_end = segments.parents, segments.fractions == 1
    has_parent = parents >= 0
    group, label = _codes(segments.groups), _codes(segments.labels)
    n_at_end = np.bincount(parents[has_parent & at_end], minlength=len(parents))
    is_ungrouped = np.array([name is None for name in segments.groups])
    is_unbranched = ~is_ungrouped | ((n_at_end[parents] == 1) & (label == label[parents]))
    can = np.flatnonzero(has_parent & at_end & (group == group[parents]) & is_unbranched)
    _, first = np.unique(parents[can], return_index=True)
    result = np.zeros(len(parents), dtype=bool)
    result[can[first]] = True
    return result


def _codes(words: list[str] | list[str | None]) -> IntArray:
    """A number for each word, equal for equal words."""
    numbers: dict[str | None, int] = {}
    return np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int64)
