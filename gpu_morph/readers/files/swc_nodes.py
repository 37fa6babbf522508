"""The nodes of an SWC file: parsing, and checks of numbers, ids and parents."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from ..aliases import IntArray
from ..text_source import MAX_COORDINATE, TextSource
from ..tree_links import follow_links

Nodes = npt.NDArray[np.void]

SOMA = 1  # the type of soma nodes

_COLUMNS = ("id", "type", "x", "y", "z", "radius", "parent")
_NODE = np.dtype([("id", "i8"), ("type", "i8"), ("xyzr", "f8", (4,)), ("parent", "i8")])


@dataclass(frozen=True)
class SwcSource(TextSource):
    """The text of an SWC file."""

    def data_lines(self) -> Iterator[tuple[int, list[str]]]:
        """Number and words of each line that is not empty and not only a comment."""
        for number, line in enumerate(self.text.split("\n"), start=1):
            words = line.partition("#")[0].split()
            if words:
                yield number, words

    def line_of(self, row: np.integer[Any] | int) -> int:
        """Line number of the node in a row. It searches the whole text and is for error messages only."""
        return next(islice(self.data_lines(), int(row), None))[0]


def read_nodes(source: SwcSource, *, scale: float) -> tuple[Nodes, IntArray]:
    """Parse and check the nodes of an SWC file.

    Parameters
    ----------
    source : SwcSource
        The file.
    scale : float
        µm per unit of the file; it sets the largest number that is allowed.

    Returns
    -------
    nodes : (n_nodes,) structured array
        Fields ``id``, ``type``, ``xyzr`` (x, y, z and radius in the file's unit) and ``parent``, in file order.
    parents : (n_nodes,) int64
        The row of each node's parent, -1 for a root.

    Raises
    ------
    MorphologyError
        The file is not SWC, or its nodes form no tree; the message starts with file and line.
    """
    nodes = parse_with_numpy(source.text)
    if nodes is None:
        nodes = parse_by_line(source)
    check_numbers(nodes, source, scale=scale)
    parents = _parent_rows(nodes, source)
    _check_no_cycle(nodes, parents, source)
    return nodes, parents


def parse_with_numpy(text: str) -> Nodes | None:
    """All nodes, parsed by `numpy.loadtxt`; None where it fails or warns. Fast."""
    try:
        with warnings.catch_warnings():
            # NumPy before 2.4 reads an id of 1.7 as 1 and only warns; a text without nodes is a warning too.
            warnings.simplefilter("error")
            return np.loadtxt(io.StringIO(text), dtype=_NODE, usecols=range(len(_COLUMNS)), ndmin=1)
    except (ValueError, Warning):
        return None


def parse_by_line(source: SwcSource) -> Nodes:
    """All nodes, parsed number by number. Slow, but an error names the line and the reason."""
    rows = []
    for line, words in source.data_lines():
        shown, advice = repr(" ".join(words)[:60]), _advice(words)
        if len(words) < len(_COLUMNS):
            reason = f"found {len(words)} of 7 columns ({' '.join(_COLUMNS)}) in {shown}"
            raise source.error(line, f"{reason}; {advice or 'complete the line, or start a comment with #'}")
        if advice:
            raise source.error(line, f"found {shown}; {advice}")
        values = [_number(words[k], column=k, line=line, source=source) for k in range(len(_COLUMNS))]
        rows.append((values[0], values[1], values[2:6], values[6]))
    if not rows:
        raise source.error(source.n_lines, "the file ends here without a node; is it the right file?")
    return np.array(rows, dtype=_NODE)


def _advice(words: list[str]) -> str:
    """What to do with a line that is separated otherwise, or names the columns; an empty string for other lines."""
    line = " ".join(words)
    for name, character in (("commas", ","), ("semicolons", ";")):
        if line.count(character) >= len(_COLUMNS) - 1:
            return f"its columns are separated by {name}: replace them by spaces, in all lines"
    if len(words) >= len(_COLUMNS) and all(word[0].isalpha() or word[0] in "\"'" for word in words):
        return "it names the columns: start the line with #, or delete it"
    return ""


def _number(word: str, *, column: int, line: int, source: SwcSource) -> float:
    name = _COLUMNS[column]
    is_whole = name in ("id", "type", "parent")
    try:
        value = int(word) if is_whole and word.lstrip("+-").isdecimal() else float(word)
        if "_" in word or (is_whole and value % 1 != 0):  # Python accepts 1_000, SWC does not
            raise ValueError(f"{word} is not an SWC number")
    except ValueError as cause:
        kind = "whole number" if is_whole else "number"
        advice = "use a point for decimals, spaces between columns" if "," in word else "correct it"
        raise source.error(line, f"{name} is {word[:60]!r}, expected a {kind}; {advice}") from cause
    limit = 2**63 if isinstance(value, int) else 2**53  # a float above 2**53 does not represent every whole number
    if is_whole and not -limit <= value < limit:
        raise source.error(line, f"{name} is {word[:60]}, too large to be read exactly; renumber the nodes")
    return int(value) if is_whole else value


def check_numbers(nodes: Nodes, source: SwcSource, *, scale: float) -> None:
    """Raise MorphologyError for numbers that are not finite or too large, but for radii that are missing (NaN)."""
    xyzr = nodes["xyzr"]
    bad = ~(np.isfinite(xyzr) & (np.abs(xyzr) <= MAX_COORDINATE / scale))
    bad[:, 3] &= ~np.isnan(xyzr[:, 3])
    if bad.any():
        row, column = np.argwhere(bad)[0]
        reason = f"{_COLUMNS[2 + column]} is {xyzr[row, column]}, expected a finite number below 1e30 µm"
        raise source.error(source.line_of(row), f"{reason}; correct it")
    if (nodes["id"] < 0).any():
        row = (nodes["id"] < 0).argmax()
        raise source.error(source.line_of(row), f"id is {nodes['id'][row]}, expected 0 or more; correct it")


def _parent_rows(nodes: Nodes, source: SwcSource) -> IntArray:
    """(n_nodes,) int64: the row of each node's parent, -1 for a root."""
    ids, parent_ids = nodes["id"], nodes["parent"]
    by_id = np.argsort(ids, kind="stable")
    sorted_ids = ids[by_id]
    repeats = np.flatnonzero(sorted_ids[1:] == sorted_ids[:-1])
    if len(repeats):
        k = repeats[by_id[repeats + 1].argmin()]
        first, second = source.line_of(by_id[k]), source.line_of(by_id[k + 1])
        raise source.error(second, f"id {sorted_ids[k]} is already on line {first}; renumber or delete one")
    index = np.minimum(np.searchsorted(sorted_ids, parent_ids), len(ids) - 1)
    is_known = sorted_ids[index] == parent_ids
    is_missing = ~is_known & (parent_ids > 0)
    if is_missing.any():
        row = is_missing.argmax()
        reason = f"node {ids[row]} has parent {parent_ids[row]}, which is not in the file"
        raise source.error(source.line_of(row), f"{reason}; add that node, or write -1 for a root")
    return np.where(is_known, by_id[index], -1)


def _check_no_cycle(nodes: Nodes, parents: IntArray, source: SwcSource) -> None:
    rows = np.arange(len(parents))
    if (parents < rows).all():
        return
    end, _ = follow_links(np.where(parents < 0, rows, parents))
    has_no_root = parents[end] >= 0
    if not has_no_root.any():
        return
    cycle = [int(end[has_no_root.argmax()])]  # after that many links it is on the cycle itself
    while (parent := int(parents[cycle[-1]])) != cycle[0]:
        cycle.append(parent)
    first = cycle.index(min(cycle))
    ids = nodes["id"][cycle[first:] + cycle[:first]].tolist()
    line = source.line_of(min(cycle))
    prefix = "" if (parents < 0).any() else "the file has no root: "
    if len(ids) == 1:
        raise source.error(line, f"{prefix}node {ids[0]} is its own parent; write -1 for a root")
    shown = ", ".join(map(str, ids[:10])) + (f", ... ({len(ids)} nodes)" if len(ids) > 10 else "")
    raise source.error(line, f"{prefix}nodes {shown} form a cycle of parents; write -1 for a root")
