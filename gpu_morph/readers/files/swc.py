"""SWC files: one node per line, each with the id of its parent.

Columns: id, type, x, y, z, radius, parent (R. C. Cannon et al. 1998, J. Neurosci. Methods 84, 49-54). Soma
conventions: http://neuromorpho.org/SomaFormat.html.
"""

from __future__ import annotations

import gzip
import heapq
import io
import math
import os
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...errors import MorphologyError

Nodes = npt.NDArray[np.void]
Rows = npt.NDArray[np.int64]

_COLUMNS = ("id", "type", "x", "y", "z", "radius", "parent")
_NODE = np.dtype([("id", "i8"), ("type", "i8"), ("xyzr", "f8", (4,)), ("parent", "i8")])
_SOMA = 1
_LABELS = {0: "undefined", _SOMA: "soma", 2: "axon", 3: "dend", 4: "apic"}
_LARGEST = 1e30  # µm: squares of coordinates stay finite
_SOMA_TOLERANCE = 0.05  # of the radius: how exactly three points must make a soma


def read_swc(path: str | os.PathLike[str], *, scale: float = 1.0) -> Morphology:
    """Read an SWC file, plain or gzipped.

    Sections end at branchings and where the type changes. A section starts with its parent's point,
    unless it leaves a soma: then it starts with its own first node. Neurites do not cut the soma they
    leave. A NeuroMorpho three-point soma becomes one sphere. Each root is a cell, in file order.

    Parameters
    ----------
    path : str or path-like
        The file. Whether it is gzipped is seen from its content.
    scale : float
        µm per unit of the file: 0.001 for nanometres.

    Returns
    -------
    Morphology
        Labels are "soma", "axon", "dend", "apic", "undefined" and, for other types n, "custom{n}".

    Raises
    ------
    MorphologyError
        A file that is not SWC or whose nodes form no tree; the message starts with file and line.
    OSError
        A file that cannot be opened.
    ValueError
        A ``scale`` that is not positive and finite.

    Warns
    -----
    UserWarning
        Parents that are 0 in a file without a node 0: those nodes are read as roots.
    """
    if not 0 < scale < math.inf:
        raise ValueError(f"scale must be a positive, finite number of µm per unit of the file, got {scale}")
    source = _read_source(path)
    nodes = _parse_quickly(source.text)
    if nodes is None:
        nodes = _parse_exactly(source)
    _check_numbers(nodes, source, scale=scale)
    parent = _parent_rows(nodes, source)
    zero_roots = np.flatnonzero((parent < 0) & (nodes["parent"] == 0))
    if len(zero_roots):
        place = f"{source.name}, line {source.line_of(zero_roots[0])}"
        reason = "parent 0 is read as a root, because no node has id 0"
        advice = f"write -1 instead (nodes concerned: {len(zero_roots)})"
        warnings.warn(f"{place}: {reason}; {advice}", UserWarning, stacklevel=2)
    _check_no_cycle(nodes, parent, source)
    nodes, parent = _merge_three_point_somata(nodes, parent)
    return _morphology(nodes["type"], nodes["xyzr"] * scale, parent)


@dataclass(frozen=True)
class _Source:
    """A file's text, lines ended by newlines, and the file's name for messages."""

    name: str
    text: str

    def data_lines(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and words of each line that holds more than a comment."""
        for number, line in enumerate(self.text.split("\n"), start=1):
            words = line.partition("#")[0].split()
            if words:
                yield number, words

    def line_of(self, row: np.integer[Any] | int) -> int:
        """Line number of a node. Slow, and wanted only for messages."""
        return next(islice(self.data_lines(), int(row), None))[0]

    def error(self, line: int, reason: str) -> MorphologyError:
        return MorphologyError(f"{self.name}, line {line}: {reason}")


def _read_source(path: str | os.PathLike[str]) -> _Source:
    path = Path(path)
    content = path.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error) as cause:
            raise MorphologyError(f"{path.name}: damaged gzip data ({cause}); get the file again") from cause
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _Source(path.name, content.decode("latin-1"))  # takes any byte; beyond ASCII are only comments


def _parse_quickly(text: str) -> Nodes | None:
    """All nodes by numpy's parser, or None where it meets anything unusual."""
    try:
        with warnings.catch_warnings():
            # NumPy before 2.4 reads an id of 1.7 as 1, and only warns; no nodes is a warning too.
            warnings.simplefilter("error")
            return np.loadtxt(io.StringIO(text), dtype=_NODE, usecols=range(len(_COLUMNS)), ndmin=1)
    except (ValueError, Warning):
        return None


def _parse_exactly(source: _Source) -> Nodes:
    """Read the same nodes number by number, and say which line cannot be read and why."""
    rows = []
    for line, words in source.data_lines():
        if len(words) < len(_COLUMNS):
            found = f"found {len(words)} of 7 columns ({' '.join(_COLUMNS)}) in {' '.join(words)[:60]!r}"
            advice = "put spaces for commas" if "," in words[0] else "complete it, or begin a comment with #"
            raise source.error(line, f"{found}; {advice}")
        values = [_number(words[k], column=k, line=line, source=source) for k in range(len(_COLUMNS))]
        rows.append((values[0], values[1], values[2:6], values[6]))
    if not rows:
        n_lines = max(1, source.text.count("\n"))
        raise source.error(n_lines, "the file ends here without a node; is it the right file?")
    return np.array(rows, dtype=_NODE)


def _number(word: str, *, column: int, line: int, source: _Source) -> float:
    name = _COLUMNS[column]
    is_whole = name in ("id", "type", "parent")
    try:
        value = int(word) if is_whole and word.lstrip("+-").isdecimal() else float(word)
        if "_" in word or (is_whole and value % 1 != 0):
            raise ValueError(f"{word} is a number, but not here")  # 1_000 is Python's, not SWC's
    except ValueError as cause:
        kind = "whole number" if is_whole else "number"
        advice = "use a point for decimals, spaces between columns" if "," in word else "correct it"
        raise source.error(line, f"{name} is {word[:60]!r}, expected a {kind}; {advice}") from cause
    limit = 2**63 if isinstance(value, int) else 2**53  # from there on, floats skip whole numbers
    if is_whole and not -limit <= value < limit:
        raise source.error(line, f"{name} is {word[:60]}, too large to be read exactly; renumber the nodes")
    return int(value) if is_whole else value


def _check_numbers(nodes: Nodes, source: _Source, *, scale: float) -> None:
    xyzr = nodes["xyzr"]
    bad = ~(np.isfinite(xyzr) & (np.abs(xyzr) <= _LARGEST / scale))
    if bad.any():
        row, column = np.argwhere(bad)[0]
        reason = f"{_COLUMNS[2 + column]} is {xyzr[row, column]}, expected a finite number below 1e30 µm"
        raise source.error(source.line_of(row), f"{reason}; correct it")
    for name, values in (("radius", xyzr[:, 3]), ("id", nodes["id"])):
        if (values < 0).any():
            row = (values < 0).argmax()
            raise source.error(source.line_of(row), f"{name} is {values[row]}, expected 0 or more; correct it")


def _parent_rows(nodes: Nodes, source: _Source) -> Rows:
    """(n_nodes,) int64: the row of each node's parent, -1 for a root."""
    ids, parent_ids = nodes["id"], nodes["parent"]
    by_id = np.argsort(ids, kind="stable")
    sorted_ids = ids[by_id]
    repeats = np.flatnonzero(sorted_ids[1:] == sorted_ids[:-1])
    if len(repeats):
        k = repeats[by_id[repeats + 1].argmin()]
        first, second = source.line_of(by_id[k]), source.line_of(by_id[k + 1])
        raise source.error(second, f"id {sorted_ids[k]} already stands on line {first}; renumber or delete one")
    place = np.minimum(np.searchsorted(sorted_ids, parent_ids), len(ids) - 1)
    is_known = sorted_ids[place] == parent_ids
    is_missing = ~is_known & (parent_ids > 0)
    if is_missing.any():
        row = is_missing.argmax()
        reason = f"node {ids[row]} has parent {parent_ids[row]}, which is not in the file"
        raise source.error(source.line_of(row), f"{reason}; add that node, or write -1 for a root")
    return np.where(is_known, by_id[place], -1)


def _check_no_cycle(nodes: Nodes, parent: Rows, source: _Source) -> None:
    rows = np.arange(len(parent))
    if (parent < rows).all():
        return
    end, _ = _follow(np.where(parent < 0, rows, parent))
    is_lost = parent[end] >= 0
    if not is_lost.any():
        return
    cycle = [int(end[is_lost.argmax()])]  # so many steps up that it lies on the cycle itself
    while (above := int(parent[cycle[-1]])) != cycle[0]:
        cycle.append(above)
    first = cycle.index(min(cycle))
    ids = nodes["id"][cycle[first:] + cycle[:first]].tolist()
    line = source.line_of(min(cycle))
    rootless = "" if (parent < 0).any() else "the file has no root: "
    if len(ids) == 1:
        raise source.error(line, f"{rootless}node {ids[0]} is its own parent; write -1 for a root")
    shown = ", ".join(map(str, ids[:10])) + (f", ... ({len(ids)} nodes)" if len(ids) > 10 else "")
    raise source.error(line, f"{rootless}nodes {shown} form a cycle of parents; write -1 for a root")


def _follow(link: Rows) -> tuple[Rows, Rows]:
    """Where each element arrives by following links until one links to itself, and after how many steps."""
    steps = (link != np.arange(len(link))).astype(np.int64)
    for _ in range(len(link).bit_length()):  # pointer doubling: chains of any depth without recursion
        steps += steps[link]
        link = link[link]
    return link, steps


def _merge_three_point_somata(nodes: Nodes, parent: Rows) -> tuple[Nodes, Rows]:
    """Let the first point of each three-point soma stand for all three; their children become its own."""
    xyz, radius, is_soma = nodes["xyzr"][:, :3], nodes["xyzr"][:, 3], nodes["type"] == _SOMA
    inner = np.flatnonzero(is_soma & (parent >= 0) & is_soma[parent])  # soma nodes below soma nodes
    n_soma_children = np.bincount(parent[inner], minlength=len(nodes))
    is_candidate = is_soma & (parent < 0) & (n_soma_children == 2)
    inner = inner[is_candidate[parent[inner]]]
    pair = inner[np.argsort(parent[inner], kind="stable")].reshape(-1, 2)
    first = parent[pair[:, 0]]
    reach, tolerance = radius[first], _SOMA_TOLERANCE * radius[first]
    arm = xyz[pair] - xyz[first][:, None]
    error = np.abs(np.linalg.norm(arm, axis=2) - reach[:, None]).max(axis=1, initial=0)
    error = np.maximum(error, np.abs(radius[pair] - reach[:, None]).max(axis=1, initial=0))
    error = np.maximum(error, np.linalg.norm(arm.sum(axis=1), axis=1))
    is_sphere = (reach > 0) & (error <= tolerance) & (n_soma_children[pair] == 0).all(axis=1)
    if not is_sphere.any():
        return nodes, parent
    stand_in = np.arange(len(nodes))
    stand_in[pair[is_sphere]] = first[is_sphere][:, None]
    is_kept = stand_in == np.arange(len(nodes))
    new_row = np.cumsum(is_kept) - 1
    return nodes[is_kept], np.where(parent < 0, -1, new_row[stand_in[parent]])[is_kept]


def _morphology(types: Rows, xyzr: npt.NDArray[np.float64], parent: Rows) -> Morphology:
    """Cut a forest of nodes into sections."""
    rows, has_parent = np.arange(len(parent)), parent >= 0
    leaves_soma = has_parent & (types[parent] == _SOMA) & (types != _SOMA)
    n_going_on = np.bincount(parent[has_parent & ~leaves_soma], minlength=len(parent))
    goes_on = has_parent & (n_going_on[parent] == 1) & (types == types[parent])
    head, rank = _follow(np.where(goes_on, parent, rows))
    starts = np.flatnonzero(~goes_on)
    section = np.searchsorted(starts, head)
    section_parent = np.where(has_parent[starts], section[parent[starts]], -1)

    order = _parents_first(section_parent)
    new_section = np.argsort(order)
    section, starts = new_section[section], starts[order]
    section_parent = np.where(has_parent[starts], new_section[section_parent[order]], -1)

    # Where each node lies among the points; a section that goes on from its parent's point has it first.
    is_joined = has_parent[starts] & ~leaves_soma[starts]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(section) + is_joined)])
    point_of_node = (offsets[:-1] + is_joined)[section] + rank
    node_of_point = np.empty(offsets[-1], dtype=np.int64)
    node_of_point[point_of_node] = rows
    node_of_point[offsets[:-1][is_joined]] = parent[starts[is_joined]]

    is_root = section_parent < 0
    root, _ = _follow(np.where(is_root, np.arange(len(starts)), section_parent))
    morphology = Morphology(
        points=xyzr[node_of_point, :3].astype(np.float32),
        diameters=(2 * xyzr[node_of_point, 3]).astype(np.float32),
        section_offsets=offsets,
        section_parent=section_parent.astype(np.int32),
        section_parent_x=np.zeros(len(starts), dtype=np.float32),
        section_labels=tuple(_LABELS.get(t, f"custom{t}") for t in types[starts].tolist()),
        section_cell=np.searchsorted(np.flatnonzero(is_root), root).astype(np.int32),
    )
    parent_x = np.where(is_root, 0, morphology.point_position[point_of_node[parent[starts]]])
    return replace(morphology, section_parent_x=parent_x.astype(np.float32))


def _parents_first(section_parent: Rows) -> Rows:
    """Sort sections: each after its parent, and otherwise as they stand."""
    if (section_parent < np.arange(len(section_parent))).all():
        return np.arange(len(section_parent))
    children: dict[int, list[int]] = {}
    for section, above in enumerate(section_parent.tolist()):
        children.setdefault(above, []).append(section)
    waiting, order = children[-1], []
    while waiting:
        order.append(heapq.heappop(waiting))
        for child in children.get(order[-1], ()):
            heapq.heappush(waiting, child)
    return np.array(order, dtype=np.int64)
