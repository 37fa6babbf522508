"""Plain HOC programs, followed statement by statement.

A plain one creates sections, connects them and adds their 3-d points, in procedures or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..neuron_sections import Cable
from ..text_source import Source

_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|\\\n"  # comments; a line that goes on
    r'|"[^"\n]*"|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\S',
    re.DOTALL,
)
_SKIPPED = ("//", "/*", "\\\n")
_LIBRARY = ("nrngui.hoc", "noload.hoc", "stdlib.hoc", "stdrun.hoc", "stdgui.hoc", "import3d.hoc")
_DEEPEST = 50  # procedures within procedures
_LONGEST = 1_000_000  # sections of an array


class NotPlainError(Exception):
    """Something that only NEURON understands: the line, and what it is."""


class Program:
    """A plain program, run as it is read; its sections by name, in the order of their creation."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tokens = _tokens(source)
        self._at = 0
        self._cables: dict[str, Cable] = {}
        self._arrays: dict[str, int] = {}  # sections by the name they were created with; 0: no array
        self._parents: dict[str, str] = {}
        self._procedures: dict[str, int] = {}  # where each begins
        self._numbers: dict[str, float] = {}
        self._accessed = ""
        self._within: list[str] = []
        self._depth = 0
        self._statements: dict[str, Callable[[], object]] = {
            "{": self._block,
            "create": self._create,
            "access": self._access,
            "connect": self._connect,
            "insert": self._insert,
            "local": self._local,
            "proc": self._procedure,
            "load_file": self._load_file,
            "define_shape": self._arguments,
            "pt3dclear": self._pt3dclear,
            "pt3dstyle": self._arguments,
            "pt3dadd": self._pt3dadd,
        }

    def cables(self) -> list[Cable]:
        """Run the program."""
        while self._at < len(self._tokens):
            self._statement()
        if not self._cables:
            raise self._source.error(self._line, "the file ends here without a section; is it the right file?")
        place = {name: k for k, name in enumerate(self._cables)}
        for child, parent in self._parents.items():
            if child in place:
                self._cables[child].parent = place.get(parent, -1)
        for rank, root in enumerate(cable for cable in self._cables.values() if cable.parent < 0):
            root.rank = rank
        return list(self._cables.values())

    # Tokens

    @property
    def _line(self) -> int:
        return self._tokens[min(self._at, len(self._tokens)) - 1][1] if self._tokens else 1

    @property
    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek
        if not token:
            raise self._source.error(self._line, "the file ends within a statement; is it complete?")
        self._at += 1
        return token

    def _expect(self, wanted: str) -> None:
        if (token := self._next()) != wanted:
            raise NotPlainError(self._line, f"{token!r} for {wanted!r}")

    def _number(self) -> float:
        sign, token = 1.0, self._next()
        while token in ("-", "+"):
            sign, token = -sign if token == "-" else sign, self._next()
        if not (token[0].isdigit() or token[0] == ".") and token not in self._numbers:
            raise NotPlainError(self._line, f"the expression {token!r}")
        if self._peek in ("+", "-", "*", "/", "^", "%", "("):
            raise NotPlainError(self._line, f"arithmetic ({self._peek})")
        return sign * self._numbers[token] if token in self._numbers else sign * self._source.number(token, self._line)

    def _arguments(self) -> list[float]:
        self._expect("(")
        numbers: list[float] = []
        while self._peek != ")":
            if numbers:
                self._expect(",")
            numbers.append(self._number())
        self._next()
        return numbers

    def _section(self, name: str) -> str:
        """The full name of a section that is there: dend is dend[0] of an array."""
        index = 0
        if self._peek == "[":
            self._next()
            index = int(self._number())
            self._expect("]")
        full = f"{name}[{index}]" if self._arrays.get(name) else name
        if full not in self._cables:
            raise NotPlainError(self._line, f"the name {full!r}")
        return full

    def _current(self) -> Cable:
        name = self._within[-1] if self._within else self._accessed
        if name not in self._cables:
            raise self._source.error(self._line, "no section is accessed here; create and access one first")
        return self._cables[name]

    # Statements

    def _statement(self) -> None:
        token = self._next()
        if token in self._statements:
            self._statements[token]()
        elif token in self._procedures and self._peek == "(":
            self._call(token)
        elif token in self._arrays:
            self._within.append(self._section(token))
            if self._peek == ".":
                self._next()
                self._assign(self._next())
            else:
                self._statement()
            self._within.pop()
        elif token.isidentifier() and self._peek == "=":
            self._assign(token)
        else:
            raise NotPlainError(self._line, repr(token))

    def _block(self) -> None:
        while self._peek != "}":
            self._statement()
        self._next()

    def _create(self) -> None:
        while True:
            name, size = self._next(), 0
            if self._peek == "[":
                self._next()
                size = int(self._number())
                self._expect("]")
                if not 1 <= size <= _LONGEST:
                    raise self._source.error(self._line, f"{name} has {size} sections, expected 1 to {_LONGEST}")
            made = [f"{name}[{k}]" for k in range(size)] or [name]
            old = [f"{name}[{k}]" for k in range(self._arrays.get(name, 0))] or [name]
            for gone in old:
                self._cables.pop(gone, None)
                self._parents.pop(gone, None)
            self._cables |= {each: Cable(each) for each in made}
            self._arrays[name] = size
            if self._peek != ",":
                return
            self._next()

    def _access(self) -> None:
        self._accessed = self._section(self._next())

    def _connect(self) -> None:
        line = self._line
        child = self._section(self._next())
        end = self._arguments()
        self._expect(",")
        if self._peek in self._arrays:
            parent = self._section(self._next())
            place = self._arguments()
        else:
            parent, place = self._current().name, [self._number()]
        if end not in ([0.0], [1.0]) or len(place) != 1 or not 0 <= place[0] <= 1:
            reason = f"{child} is connected by its end {end}, expected (0) or (1), at {place}, expected 0 to 1"
            raise self._source.error(line, f"{reason}; correct it")
        self._parents[child] = parent
        self._cables[child].end, self._cables[child].parent_x = end[0], place[0]

    def _insert(self) -> None:
        self._next()

    def _local(self) -> None:
        self._next()
        while self._peek == ",":
            self._next()
            self._next()

    def _load_file(self) -> None:
        self._expect("(")
        if (name := self._next()).strip('"') not in _LIBRARY:
            raise NotPlainError(self._line, f"another file, {name}")
        self._expect(")")

    def _assign(self, name: str) -> None:
        self._expect("=")
        value = self._number()
        if name not in ("L", "diam"):
            self._numbers[name] = value
            return
        cable = self._current()
        if cable.points:
            raise NotPlainError(self._line, f"{name} of a section with 3-d points")
        if name == "L":
            cable.length = value
        else:
            cable.diameters = [value]

    def _pt3dclear(self) -> None:
        self._arguments()
        cable = self._current()
        cable.points, cable.diameters = [], cable.diameters[:1]

    def _pt3dadd(self) -> None:
        line, numbers, cable = self._line, self._arguments(), self._current()
        if len(numbers) != 4:
            raise self._source.error(line, f"pt3dadd takes x, y, z and diameter, got {len(numbers)} numbers")
        if not cable.points:
            cable.diameters = []
        cable.points.append((numbers[0], numbers[1], numbers[2]))
        cable.diameters.append(abs(numbers[3]))  # a negative one marks a spine

    def _procedure(self) -> None:
        name = self._next()
        for bracket in "(){":
            self._expect(bracket)
        self._procedures[name] = self._at
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self._next(), 0)

    def _call(self, name: str) -> None:
        line = self._line
        if self._arguments():
            raise NotPlainError(line, f"arguments for {name}")
        if self._depth == _DEEPEST:
            raise self._source.error(line, f"{name} calls itself, if by way of others; correct it")
        back, self._at = self._at, self._procedures[name]
        self._depth += 1
        self._block()
        self._depth -= 1
        self._at = back


def _tokens(source: Source) -> list[tuple[str, int]]:
    """Words, numbers, strings and signs, each with its line."""
    tokens, line, position = [], 1, 0
    for match in _TOKEN.finditer(source.text):
        line += source.text.count("\n", position, match.start())
        position = match.start()
        if not match.group().startswith(_SKIPPED):
            tokens.append((match.group(), line))
    return tokens
