"""Neurolucida ASC files: contours and trees of points in brackets.

A block with the word ``(CellBody)`` in it is a contour of the soma, one with ``(Axon)``, ``(Dendrite)`` or
``(Apical)`` a neurite, whose branches stand in brackets, divided by ``|``. Everything else (markers, spines, other
contours, colours, texts) is left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from ...data.morphology import Morphology
from ..sections import FloatArray, Section, morphology_of, place_along
from ..soma_contour import solid_of
from ..text_source import Source, check_scale, read_source

_LABELS = {"CellBody": "soma", "Axon": "axon", "Dendrite": "dend", "Apical": "apic"}
_TOKEN = re.compile(r';[^\n]*|"[^"]*"|[()<>|,"]|[^\s()<>|,;"]+')
_CLOSING = {"(": ")", "<": ">"}
_NUMBER = re.compile(r"[+-]?\.?\d")


def read_asc(path: str | os.PathLike[str], *, scale: float = 1.0) -> Morphology:
    """Read a Neurolucida ASC file, plain or gzipped.

    Somata come first, then the neurites' sections in file order, each after its parent. A section starts
    at its parent's last point, with its own first diameter. A neurite hangs on the middle of the nearest
    soma or, where it starts exactly at a point of another neurite, there.

    Parameters
    ----------
    path : str or path-like
        The file. Whether it is gzipped is seen from its content.
    scale : float
        µm per unit of the file.

    Returns
    -------
    Morphology
        Labels are "soma", "axon", "dend" and "apic". A soma's contour becomes a solid, see `contour`; contours
        that overlap are one soma. Each soma is a cell.

    Raises
    ------
    MorphologyError
        A file that is not ASC; the message starts with file and line.
    OSError
        A file that cannot be opened.
    ValueError
        A ``scale`` that is not positive and finite.
    """
    check_scale(scale)
    source = read_source(path)
    contours: list[FloatArray] = []
    trees: list[list[Section]] = []
    for block in _blocks(source):
        label = next((_LABELS[child.word] for child in block.blocks() if child.word in _LABELS), "")
        if label == "soma":
            contours.append(np.array([_point(b, source, on_contour=True) for b in block.blocks() if b.is_point]))
        elif label:
            trees.append(_tree(block, label, source))
    somata = _somata([contour for contour in contours if len(contour)])
    sections = [*somata, *_planted([tree for tree in trees if tree], somata)]
    if not sections:
        n_lines = max(1, source.text.count("\n"))
        raise source.error(n_lines, "the file ends here without a soma or a neurite; is it the right file?")
    return morphology_of(sections, scale=scale, name=source.name)


@dataclass
class _Block:
    """What stands between two brackets: words and blocks, each with its line."""

    bracket: str
    line: int
    items: list[tuple[int, str | _Block]] = field(default_factory=list)

    def blocks(self) -> Iterator[_Block]:
        """The blocks in round brackets that stand directly in this one."""
        return (item for _, item in self.items if isinstance(item, _Block) and item.bracket == "(")

    def branches(self) -> Iterator[list[tuple[int, str | _Block]]]:
        """The items between the bars."""
        bars = [k for k, (_, item) in enumerate(self.items) if item == "|"]
        for before, bar in zip([-1, *bars], [*bars, len(self.items)], strict=True):
            yield self.items[before + 1 : bar]

    @property
    def first(self) -> str | _Block:
        return self.items[0][1] if self.items else ""

    @property
    def word(self) -> str:
        """The word of a block that holds just one."""
        return self.first if len(self.items) == 1 and isinstance(self.first, str) else ""

    @property
    def is_point(self) -> bool:
        """True when it begins with a number."""
        return isinstance(self.first, str) and _NUMBER.match(self.first) is not None

    @property
    def is_split(self) -> bool:
        """True for branches: markers and properties begin with their name."""
        return self.bracket == "(" and (isinstance(self.first, _Block) or self.first == "|")


def _blocks(source: Source) -> list[_Block]:
    """The outermost blocks. No recursion: single branches nest as deep as a neurite has pieces."""
    line, position, still_open = 1, 0, [_Block("", 1)]
    for match in _TOKEN.finditer(source.text):
        line += source.text.count("\n", position, match.start())
        position, token, inner = match.start(), match.group(), still_open[-1]
        if token == '"':
            raise source.error(line, 'this quotation mark (") has no partner; add it')
        if token in _CLOSING:
            still_open.append(_Block(token, line))
            inner.items.append((line, still_open[-1]))
        elif token in _CLOSING.values():
            if _CLOSING.get(inner.bracket) != token:
                opened = f"the {inner.bracket!r} of line {inner.line} comes first" if inner.bracket else "none is open"
                raise source.error(line, f"{token!r} closes no bracket: {opened}; correct the brackets")
            still_open.pop()
        elif token[0] not in ';"':
            inner.items.append((line, token))
    if still_open[-1].bracket:
        raise source.error(still_open[-1].line, f"{still_open[-1].bracket!r} is never closed; is the file complete?")
    for line, item in still_open[0].items:
        if isinstance(item, str):
            raise source.error(line, f"expected a block in brackets, got {item[:60]!r}; is it an ASC file?")
    return list(still_open[0].blocks())


def _point(block: _Block, source: Source, *, on_contour: bool = False) -> list[float]:
    """x, y, z, diameter; a contour's points may lack the diameter, and what follows (a section mark) is left out."""
    words = [(line, item) for line, item in block.items[:4] if isinstance(item, str)]
    if on_contour and len(words) > 3 and not _NUMBER.match(words[3][1]):
        words.pop()
    if len(words) < (3 if on_contour else 4):
        wanted = "x y z" if on_contour else "x y z diameter"
        raise source.error(block.line, f"expected a point ({wanted}), found {len(words)} numbers; complete it")
    numbers = [source.number(word, line) for line, word in words] + [0.0] * (4 - len(words))
    if numbers[3] < 0:
        raise source.error(block.line, f"diameter is {numbers[3]}, expected 0 or more; correct it")
    return numbers


def _tree(block: _Block, label: str, source: Source) -> list[Section]:
    """A neurite's sections, parents first, in file order; ``parent`` counts within the tree."""
    sections: list[Section] = []
    waiting = [(block.items, -1)]
    while waiting:
        items, parent = waiting.pop()
        rows, splits = _branch(items, source)
        if len(rows):
            above = sections[parent] if parent >= 0 else None
            if above is not None and not np.array_equal(rows[0, :3], above.points[-1]):
                rows = np.vstack([[*above.points[-1], rows[0, 3]], rows])
            sections.append(Section(rows[:, :3], rows[:, 3], label, parent, 1.0))
            parent = len(sections) - 1
        branches = [branch for split in splits for branch in split.branches()]
        waiting += [(branch, parent) for branch in reversed(branches)]
    return sections


def _branch(items: list[tuple[int, str | _Block]], source: Source) -> tuple[FloatArray, list[_Block]]:
    """A branch's own points (n, 4), and the splits at its end."""
    points: list[list[float]] = []
    splits: list[_Block] = []
    end = ""
    for line, item in items:
        if isinstance(item, str):
            end = f"the word {item!r}, which ends a branch"  # Normal, Incomplete, High, ...
        elif end and (item.is_point or item.is_split):
            raise source.error(line, f"the branch goes on after {end}; correct the brackets")
        elif item.is_point:
            points.append(_point(item, source))
        elif item.is_split:
            splits.append(item)
            end = "its split"
    return np.array(points), splits


def _somata(contours: list[FloatArray]) -> list[Section]:
    """One section, and one cell, per soma: contours whose discs overlap are one."""
    soma_of = list(range(len(contours)))
    for one, other in combinations(range(len(contours)), 2):
        if _overlap(contours[one], contours[other]):
            soma_of = [soma_of[one] if soma == soma_of[other] else soma for soma in soma_of]
    sections: list[Section] = []
    for soma in sorted(set(soma_of)):
        stack = [contour for contour, own in zip(contours, soma_of, strict=True) if own == soma]
        rows = np.concatenate(stack)
        solid = solid_of([contour[:, :3] for contour in stack])
        points, diameters = (rows[:, :3], rows[:, 3]) if solid is None else solid
        sections.append(Section(points, diameters, "soma", cell=len(sections)))
    return sections


def _overlap(one: FloatArray, other: FloatArray) -> bool:
    centres = [contour[:, :3].mean(axis=0) for contour in (one, other)]
    reach = sum(
        float(np.linalg.norm(contour[:, :3] - centre, axis=1).mean())
        for contour, centre in zip((one, other), centres, strict=True)
    )
    return float(np.linalg.norm(centres[0] - centres[1])) < reach


def _planted(trees: list[list[Section]], somata: list[Section]) -> list[Section]:
    """All neurites' sections, which follow the somata, hung up where they belong."""
    starts = [tree[0].points[0] for tree in trees]
    inner = {  # points where another tree may sprout: tree, section and index; the first in the file counts
        tuple(point): (number, k, index)
        for number, tree in reversed(list(enumerate(trees)))
        for k, section in enumerate(tree)
        for index, point in enumerate(section.points)
        if tuple(point) != tuple(starts[number])
    }
    hosts = [inner.get(tuple(start)) for start in starts]
    centres = np.array([section.points.mean(axis=0) for section in somata]).reshape(-1, 3)
    nearest = [int(np.linalg.norm(centres - start, axis=1).argmin()) if somata else -1 for start in starts]
    first = np.cumsum([len(somata), *map(len, trees)]).tolist()
    for number, tree in enumerate(trees):
        soma, host = nearest[number], hosts[number]
        tree[0].parent, tree[0].parent_x = soma, 0.5
        if host is not None and hosts[host[0]] is None:  # else two trees might hang on each other
            host_tree, k, index = host
            soma = nearest[host_tree]
            tree[0].parent = first[host_tree] + k
            tree[0].parent_x = place_along(trees[host_tree][k].points, index)
        for section in tree[1:]:
            section.parent += first[number]
        for section in tree:
            section.cell = max(soma, 0)
    return [section for tree in trees for section in tree]
