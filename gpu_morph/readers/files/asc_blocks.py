"""The blocks of an ASC file: tokens, brackets and points."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from ...errors import MorphologyError
from ..aliases import FloatArray
from ..text_source import MAX_COORDINATE, TextSource

_CLOSING = {"(": ")", "<": ">"}
_MAX_DEPTH = 100_000  # of nested brackets; a neurite has fewer than a hundred branch points in a row
_NUMBER = re.compile(r"[+-]?\.?\d")

# Points are most of a file: a run of them, each x y z diameter and perhaps a section mark, is one token. Quantifiers
# are possessive, so that the time is linear in the length of any text.
_COMMENT = r";[^\n]*+"
_NUMBERS = r"[-+]?+\.?+[0-9][-+.0-9eE]*+" + 3 * r"\s++[-+.0-9eE]++"
_POINT = rf"\(\s*+{_NUMBERS}(?:\s++S[0-9]++)?+\s*+\)"
_TOKEN = re.compile(rf'(?:{_POINT}(?:\s++|{_COMMENT})*+)++|{_COMMENT}|"[^"]*+"|[()<>|,"]|[^\s()<>|,;"]++')
_IGNORED = re.compile(rf'"[^"]*+"|{_COMMENT}')
_NO_NUMBER = re.compile(rf"{_COMMENT}|S\d++")  # of a run, without its brackets
_POINT_OR_COMMENT = re.compile(rf"{_POINT}|{_COMMENT}")

Items = list[tuple[int, "str | Block"]]  # words, runs of points and blocks, each with the number of its token


@dataclass(frozen=True)
class AscSource(TextSource):
    """The text of an ASC file. An error is given the number of a token; its line is counted only then.

    Parameters
    ----------
    runs : dict of int to (n, 4) float64
        The points of runs, by the number of the token; empty until `read_blocks`, and where a number is wrong.
    """

    runs: dict[int, FloatArray] = field(default_factory=dict)

    def error(self, line: int, reason: str) -> MorphologyError:
        """An error at the token number ``line``."""
        return super().error(self.line_of(line), reason)

    def line_of(self, token: int, point: int = 0) -> int:
        """The line of a token, or of a point of a run."""
        match = next(islice(_TOKEN.finditer(self.text), token, None))
        points = (p.start() for p in _POINT_OR_COMMENT.finditer(self.text, *match.span()) if p[0][0] == "(")
        start = next(islice(points, point, None), match.start())
        return self.text.count("\n", 0, start) + 1


@dataclass(slots=True)
class Block:
    """The content of a pair of brackets, in order."""

    bracket: str
    token: int
    items: Items = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        """The blocks in round brackets directly inside this one."""
        return (item for _, item in self.items if isinstance(item, Block) and item.bracket == "(")

    def branches(self) -> Iterator[Items]:
        """The items of each branch that has any; bars separate branches."""
        bars = [k for k, (_, item) in enumerate(self.items) if item == "|"]
        for before, bar in zip([-1, *bars], [*bars, len(self.items)], strict=True):
            if before + 1 < bar:
                yield self.items[before + 1 : bar]

    @property
    def first(self) -> str | Block:
        """The first item, or an empty string."""
        return self.items[0][1] if self.items else ""

    @property
    def word(self) -> str:
        """The only item of a block, if it is a word; else an empty string."""
        return self.first if len(self.items) == 1 and isinstance(self.first, str) else ""

    @property
    def is_point(self) -> bool:
        """True where the first item is a number."""
        return self.bracket == "(" and isinstance(self.first, str) and _NUMBER.match(self.first) is not None

    @property
    def is_split(self) -> bool:
        """True for a block of branches; markers and properties start with a name."""
        first = self.items[0][1] if self.items else ""
        return self.bracket == "(" and (isinstance(first, Block) or first[:1] in ("|", "("))


def asc_source(source: TextSource) -> AscSource:
    """The source without comments and texts, if all texts end on their line: it is read faster."""
    lines = source.text.split("\n")
    text = "\n".join([_IGNORED.sub(" ", line) if '"' in line else line.partition(";")[0] for line in lines])
    return AscSource(source.name, source.text if '"' in text else text)


def read_blocks(source: AscSource) -> list[Block]:
    """The outermost blocks. Without recursion, because unbranched neurites can be nested thousands deep.

    Raises
    ------
    MorphologyError
        Brackets do not match, or more than 100,000 are nested.
    """
    open_blocks = [Block("", 0)]
    tokens = _TOKEN.findall(source.text)
    source.runs.update(_converted({k: token for k, token in enumerate(tokens) if token[0] == "(" != token}))
    for number, token in enumerate(tokens):
        inner = open_blocks[-1]
        if token == '"':
            raise source.error(number, 'a quotation mark (") has no closing one; add it')
        if token in _CLOSING:
            open_blocks.append(Block(token, number))
            inner.items.append((number, open_blocks[-1]))
            if len(open_blocks) > _MAX_DEPTH:
                raise source.error(number, f"more than {_MAX_DEPTH:,} brackets are open; is it an ASC file?")
        elif token in (")", ">"):
            if _CLOSING.get(inner.bracket) != token:
                opening = f"the {inner.bracket!r} of line {source.line_of(inner.token)} is open"
                opened = opening if inner.bracket else "none is open"
                raise source.error(number, f"{token!r} matches no bracket: {opened}; correct the brackets")
            open_blocks.pop()
        elif token[0] not in ';"':
            inner.items.append((number, token))
    if open_blocks[-1].bracket:
        unclosed = open_blocks[-1]
        raise source.error(unclosed.token, f"{unclosed.bracket!r} is never closed; is the file complete?")
    for number, item in open_blocks[0].items:
        if isinstance(item, str) and item[0] != "(":
            raise source.error(number, f"expected a block in brackets, got {item[:60]!r}; is it an ASC file?")
    return list(open_blocks[0].blocks())


def contour_points(items: Items, source: AscSource) -> FloatArray:
    """The points (n, 4) among the items of a contour: x, y, z and diameter, which may be left out (0)."""
    rows = []
    for token, item in items:
        if isinstance(item, str):
            if item[0] == "(":
                rows.append(_run(item, token, source))
        elif item.is_point:
            rows.append(_point(item, source, on_contour=True))
    return _joined(rows)


def divided_branch(items: Items, source: AscSource) -> tuple[FloatArray, list[Items]]:
    """The points (n, 4) of a branch, x, y, z and diameter, and the items of each branch at its end.

    Raises
    ------
    MorphologyError
        A point is wrong, or something follows the end of the branch.
    """
    rows: list[FloatArray] = []
    branches: list[Items] = []
    end = ""
    for token, item in items:
        if isinstance(item, str):
            if item[0] != "(":
                end = f"the word {item!r}, which ends a branch"  # Normal, Incomplete, High, ...
                continue
            rows.append(_run(item, token, source))
        elif item.is_split:
            branches += item.branches()
        elif item.is_point:
            rows.append(_point(item, source, on_contour=False))
        else:
            continue
        if end:
            raise source.error(token, f"the branch continues after {end}; correct the brackets")
        if branches:
            end = "its split"
    return _joined(rows), branches


def _joined(rows: list[FloatArray]) -> FloatArray:
    return rows[0] if len(rows) == 1 else np.concatenate([np.empty((0, 4)), *rows])


def _converted(runs: dict[int, str]) -> dict[int, FloatArray]:
    """The points (n, 4) of all runs, by the number of the token; nothing if a number is wrong. Fast."""
    points = [_without_marks(run) for run in runs.values()]
    ends = np.cumsum([run.count("(") for run in points])
    text = " ".join(points).replace("(", " ").replace(")", " ")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy warns of text that it cannot read
            rows = np.fromstring(text, sep=" ").reshape(-1, 4)
    except (ValueError, Warning):
        return {}
    if not len(rows) or len(rows) != ends[-1] or not np.abs(rows).max() <= MAX_COORDINATE or rows[:, 3].min() < 0:
        return {}
    begins = [0, *ends.tolist()]
    return {token: rows[begin:end] for token, begin, end in zip(runs, begins, begins[1:], strict=False)}


def _run(text: str, token: int, source: AscSource) -> FloatArray:
    """The points (n, 4) of a run. Without `AscSource.runs` it is slow, but an error names the line and the reason."""
    if source.runs:
        return source.runs[token]
    words = _without_marks(text).replace("(", " ").replace(")", " ").split()
    bad = next((k for k, word in enumerate(words) if not _is_good(word, column=k % 4)), None)
    if bad is not None:
        line = source.line_of(token, bad // 4)
        plain = TextSource(source.name, source.text)
        raise plain.error(line, f"diameter is {plain.number(words[bad], line)}, expected 0 or more; correct it")
    return np.array(words, dtype=np.float64).reshape(-1, 4)


def _without_marks(run: str) -> str:
    """A run without comments and section marks."""
    return _NO_NUMBER.sub(" ", run) if ";" in run or "S" in run else run


def _is_good(word: str, *, column: int) -> bool:
    """True for a number that may be x, y, z (column 0 to 2) or a diameter (3)."""
    try:
        value = float(word)
    except ValueError:
        return False
    return abs(value) <= MAX_COORDINATE and (column < 3 or value >= 0)


def _point(block: Block, source: AscSource, *, on_contour: bool) -> FloatArray:
    """The point (1, 4) of a block that is not of the usual form. Further items, such as a section mark, are ignored."""
    words = [(token, item) for token, item in block.items[:4] if isinstance(item, str)]
    if on_contour and len(words) > 3 and not _NUMBER.match(words[3][1]):
        words.pop()
    if len(words) < (3 if on_contour else 4):
        expected = "x y z" if on_contour else "x y z diameter"
        raise source.error(block.token, f"expected a point ({expected}), found {len(words)} numbers; complete it")
    numbers = [source.number(word, token) for token, word in words] + [0.0] * (4 - len(words))
    if numbers[3] < 0:
        raise source.error(block.token, f"diameter is {numbers[3]}, expected 0 or more; correct it")
    return np.array([numbers])
