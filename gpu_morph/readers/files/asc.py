"""Neurolucida ASC files: contours and trees of points, as nested blocks in brackets.

A block that contains ``(CellBody)`` is a contour of the soma. One that contains ``(Axon)``, ``(Dendrite)`` or
``(Apical)`` is a neurite; its branches are in brackets, separated by ``|``. All other blocks (markers, spines, other
contours, colours, texts) are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from ...data.morphology import Morphology
from ..aliases import AnyPath, FloatArray
from ..file_format import FileFormat
from ..section_order import sorted_by_type
from ..sections import Section, morphology_of, point_position
from ..soma_contour import soma_solid
from ..text_source import TextSource, check_scale, decoded_head, read_text

_LABELS = {"CellBody": "soma", "Axon": "axon", "Dendrite": "dend", "Apical": "apic"}
_ORDER = ("soma", "axon", "dend", "apic")
_TOKEN = re.compile(r';[^\n]*|"[^"]*"|[()<>|,"]|[^\s()<>|,;"]+')
_CLOSING = {"(": ")", "<": ">"}
_NUMBER = re.compile(r"[+-]?\.?\d")
_FIRST_BLOCK = re.compile(r'\A(\s|;[^\n]*\n)*\(\s*(;[^\n]*\n\s*)*["(A-Z]')

Items = list[tuple[int, "str | _Block"]]  # words and blocks, each with its line


def read_asc(path: AnyPath, *, scale: float = 1.0) -> Morphology:
    """Read a Neurolucida ASC file, plain or gzipped.

    Sections are sorted by type (soma, axon, dend, apic), those of one type in file order, as by NEURON's Import3d. A
    section starts at its parent's last point, with its own first diameter. A neurite is attached to the middle of the
    nearest soma, or to another neurite if it starts exactly at one of its points.

    Parameters
    ----------
    path : str or path-like
        The file. Its content tells whether it is gzipped.
    scale : float
        µm per unit of the file.

    Returns
    -------
    Morphology
        Labels are "soma", "axon", "dend" and "apic". A soma's contour becomes a solid, see `readers.soma_contour`;
        contours that overlap are one soma. Each soma is a cell.

    Raises
    ------
    MorphologyError
        The file is not ASC; the message starts with file and line.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.
    """
    check_scale(scale)
    source = read_text(path)
    contours: list[FloatArray] = []
    trees: list[list[Section]] = []
    for block in _blocks(source):
        label = next((_LABELS[child.word] for child in block.blocks() if child.word in _LABELS), "")
        if label == "soma":
            contours.append(np.array([_point(b, source, on_contour=True) for b in block.blocks() if b.is_point]))
        elif label:
            trees.append(_tree(block, label, source))
    somata = _somata([contour for contour in contours if len(contour)])
    sections = [*somata, *_attached([tree for tree in trees if tree], somata)]
    if not sections:
        raise source.error(source.n_lines, "the file ends here without a soma or a neurite; is it the right file?")
    types = np.array([_ORDER.index(section.label) for section in sections])
    return sorted_by_type(morphology_of(sections, scale=scale, name=source.name), types)


@dataclass
class _Block:
    """The content of a pair of brackets, in order."""

    bracket: str
    line: int
    items: Items = field(default_factory=list)

    def blocks(self) -> Iterator[_Block]:
        """The blocks in round brackets directly inside this one."""
        return (item for _, item in self.items if isinstance(item, _Block) and item.bracket == "(")

    def branches(self) -> Iterator[Items]:
        """The items of each branch; bars separate them."""
        bars = [k for k, (_, item) in enumerate(self.items) if item == "|"]
        for before, bar in zip([-1, *bars], [*bars, len(self.items)], strict=True):
            yield self.items[before + 1 : bar]

    @property
    def first(self) -> str | _Block:
        return self.items[0][1] if self.items else ""

    @property
    def word(self) -> str:
        """The only item of a block, if it is a word; else an empty string."""
        return self.first if len(self.items) == 1 and isinstance(self.first, str) else ""

    @property
    def is_point(self) -> bool:
        """True where the first item is a number."""
        return isinstance(self.first, str) and _NUMBER.match(self.first) is not None

    @property
    def is_split(self) -> bool:
        """True for a block of branches; markers and properties start with a name."""
        return self.bracket == "(" and (isinstance(self.first, _Block) or self.first == "|")


def _blocks(source: TextSource) -> list[_Block]:
    """The outermost blocks. Without recursion, because unbranched neurites can be nested thousands deep."""
    line, position, open_blocks = 1, 0, [_Block("", 1)]
    for match in _TOKEN.finditer(source.text):
        line += source.text.count("\n", position, match.start())
        position, token, inner = match.start(), match.group(), open_blocks[-1]
        if token == '"':
            raise source.error(line, 'a quotation mark (") has no closing one; add it')
        if token in _CLOSING:
            open_blocks.append(_Block(token, line))
            inner.items.append((line, open_blocks[-1]))
        elif token in _CLOSING.values():
            if _CLOSING.get(inner.bracket) != token:
                opened = f"the {inner.bracket!r} of line {inner.line} is open" if inner.bracket else "none is open"
                raise source.error(line, f"{token!r} matches no bracket: {opened}; correct the brackets")
            open_blocks.pop()
        elif token[0] not in ';"':
            inner.items.append((line, token))
    if open_blocks[-1].bracket:
        raise source.error(open_blocks[-1].line, f"{open_blocks[-1].bracket!r} is never closed; is the file complete?")
    for line, item in open_blocks[0].items:
        if isinstance(item, str):
            raise source.error(line, f"expected a block in brackets, got {item[:60]!r}; is it an ASC file?")
    return list(open_blocks[0].blocks())


def _point(block: _Block, source: TextSource, *, on_contour: bool = False) -> list[float]:
    """x, y, z and diameter of a point; further items, such as a section mark, are ignored.

    A point of a contour may have no diameter, which is then 0.
    """
    words = [(line, item) for line, item in block.items[:4] if isinstance(item, str)]
    if on_contour and len(words) > 3 and not _NUMBER.match(words[3][1]):
        words.pop()
    if len(words) < (3 if on_contour else 4):
        expected = "x y z" if on_contour else "x y z diameter"
        raise source.error(block.line, f"expected a point ({expected}), found {len(words)} numbers; complete it")
    numbers = [source.number(word, line) for line, word in words] + [0.0] * (4 - len(words))
    if numbers[3] < 0:
        raise source.error(block.line, f"diameter is {numbers[3]}, expected 0 or more; correct it")
    return numbers


def _tree(block: _Block, label: str, source: TextSource) -> list[Section]:
    """A neurite's sections in file order, each after its parent; ``parent`` is an index within the tree."""
    sections: list[Section] = []
    waiting = [(block.items, -1)]
    while waiting:
        items, parent = waiting.pop()
        rows, splits = _branch(items, source)
        if len(rows):
            if parent >= 0 and not np.array_equal(rows[0, :3], sections[parent].points[-1]):
                rows = np.vstack([[*sections[parent].points[-1], rows[0, 3]], rows])
            sections.append(Section(rows[:, :3], rows[:, 3], label, parent, 1.0))
            parent = len(sections) - 1
        branches = [branch for split in splits for branch in split.branches()]
        waiting += [(branch, parent) for branch in reversed(branches)]
    return sections


def _branch(items: Items, source: TextSource) -> tuple[FloatArray, list[_Block]]:
    """The points (n, 4) of a branch without its children, and the splits at its end."""
    points: list[list[float]] = []
    splits: list[_Block] = []
    end = ""
    for line, item in items:
        if isinstance(item, str):
            end = f"the word {item!r}, which ends a branch"  # Normal, Incomplete, High, ...
        elif end and (item.is_point or item.is_split):
            raise source.error(line, f"the branch continues after {end}; correct the brackets")
        elif item.is_point:
            points.append(_point(item, source))
        elif item.is_split:
            splits.append(item)
            end = "its split"
    return np.array(points), splits


def _somata(contours: list[FloatArray]) -> list[Section]:
    """One section and one cell for each soma; contours that overlap are the same soma."""
    soma_of = list(range(len(contours)))
    for one, other in combinations(range(len(contours)), 2):
        if _overlap(contours[one], contours[other]):
            soma_of = [soma_of[one] if soma == soma_of[other] else soma for soma in soma_of]
    sections: list[Section] = []
    for soma in sorted(set(soma_of)):
        stack = [contour for contour, owner in zip(contours, soma_of, strict=True) if owner == soma]
        rows = np.concatenate(stack)
        solid = soma_solid([contour[:, :3] for contour in stack])
        points, diameters = (rows[:, :3], rows[:, 3]) if solid is None else solid
        sections.append(Section(points, diameters, "soma", cell=len(sections)))
    return sections


def _overlap(one: FloatArray, other: FloatArray) -> bool:
    """True where the centres of two contours are closer than the sum of their mean radii."""
    centres = [contour[:, :3].mean(axis=0) for contour in (one, other)]
    radii = sum(
        float(np.linalg.norm(contour[:, :3] - centre, axis=1).mean())
        for contour, centre in zip((one, other), centres, strict=True)
    )
    return float(np.linalg.norm(centres[0] - centres[1])) < radii


def _attached(trees: list[list[Section]], somata: list[Section]) -> list[Section]:
    """The sections of all neurites, with the index of their parents; in the result they follow the somata."""
    starts = [tree[0].points[0] for tree in trees]
    inner = {  # tree, section and index of each point that another tree can start at; of equal points the first
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
        if host is not None and hosts[host[0]] is None:  # otherwise two trees could be each other's parent
            host_tree, k, index = host
            soma = nearest[host_tree]
            tree[0].parent = first[host_tree] + k
            tree[0].parent_x = point_position(trees[host_tree][k].points, index)
        for section in tree[1:]:
            section.parent += first[number]
        for section in tree:
            section.cell = max(soma, 0)
    return [section for tree in trees for section in tree]


def _looks_like(head: bytes) -> bool:
    """True where the first block, after comments, starts with a word, a text or another block."""
    return _FIRST_BLOCK.match(decoded_head(head)) is not None


FORMAT = FileFormat("ASC", endings=(".asc",), looks_like=_looks_like, read=read_asc)
