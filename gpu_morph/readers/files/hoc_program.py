"""An interpreter for plain HOC programs.

A plain program creates sections, connects them and adds their 3-d points, directly or in procedures without arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..neuron_sections import NeuronSection
from ..text_source import TextSource

_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|\\\n"  # comments, continued lines
    r'|"[^"\n]*"|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\S',
    re.DOTALL,
)
_SKIPPED = ("//", "/*", "\\\n")
_LIBRARY = ("nrngui.hoc", "noload.hoc", "stdlib.hoc", "stdrun.hoc", "stdgui.hoc", "import3d.hoc")
_MAX_CALL_DEPTH = 50
_MAX_ARRAY_SIZE = 1_000_000  # sections


class NeedsNeuronError(Exception):
    """A statement that only NEURON can run. Arguments: its line, and a description."""


class Program:
    """A plain program and its state: sections by name, in the order of their creation."""

    def __init__(self, source: TextSource) -> None:
        self._source = source
        self._tokens = _tokens(source)
        self._index = 0  # of the next token
        self._sections: dict[str, NeuronSection] = {}
        self._array_sizes: dict[str, int] = {}  # by created name; 0: a single section
        self._parents: dict[str, str] = {}
        self._procedures: dict[str, int] = {}  # the index of the first token of each body
        self._numbers: dict[str, float] = {}
        self._accessed = ""
        self._section_stack: list[str] = []
        self._call_depth = 0
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

    def run(self) -> list[NeuronSection]:
        """Run the program and return its sections.

        Raises
        ------
        NeedsNeuronError
            The program is not plain.
        MorphologyError
            The program is wrong or creates no section; the message starts with file and line.
        """
        while self._index < len(self._tokens):
            self._statement()
        if not self._sections:
            raise self._source.error(self._line, "the file ends here without a section; is it the right file?")
        number = {name: k for k, name in enumerate(self._sections)}
        for child, parent in self._parents.items():
            if child in number:
                self._sections[child].parent = number.get(parent, -1)
        for k, root in enumerate(section for section in self._sections.values() if section.parent < 0):
            root.n_roots_before = k
        return list(self._sections.values())

    # Tokens

    @property
    def _line(self) -> int:
        return self._tokens[min(self._index, len(self._tokens)) - 1][1] if self._tokens else 1

    @property
    def _peek(self) -> str:
        return self._tokens[self._index][0] if self._index < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek
        if not token:
            raise self._source.error(self._line, "the file ends inside a statement; is it complete?")
        self._index += 1
        return token

    def _expect(self, expected: str) -> None:
        if (token := self._next()) != expected:
            raise NeedsNeuronError(self._line, f"{token!r} in place of {expected!r}")

    def _number(self) -> float:
        sign, token = 1.0, self._next()
        while token in ("-", "+"):
            sign, token = -sign if token == "-" else sign, self._next()
        if not (token[0].isdigit() or token[0] == ".") and token not in self._numbers:
            raise NeedsNeuronError(self._line, f"the expression {token!r}")
        if self._peek in ("+", "-", "*", "/", "^", "%", "("):
            raise NeedsNeuronError(self._line, f"arithmetic ({self._peek})")
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
        """The full name of an existing section; the name of an array alone means its first section."""
        index = 0
        if self._peek == "[":
            self._next()
            index = int(self._number())
            self._expect("]")
        full = f"{name}[{index}]" if self._array_sizes.get(name) else name
        if full not in self._sections:
            raise NeedsNeuronError(self._line, f"the name {full!r}")
        return full

    def _current(self) -> NeuronSection:
        name = self._section_stack[-1] if self._section_stack else self._accessed
        if name not in self._sections:
            raise self._source.error(self._line, "no section is accessed here; create and access one first")
        return self._sections[name]

    # Statements

    def _statement(self) -> None:
        token = self._next()
        if token in self._statements:
            self._statements[token]()
        elif token in self._procedures and self._peek == "(":
            self._call(token)
        elif token in self._array_sizes:
            self._section_stack.append(self._section(token))
            if self._peek == ".":
                self._next()
                self._assign(self._next())
            else:
                self._statement()
            self._section_stack.pop()
        elif token.isidentifier() and self._peek == "=":
            self._assign(token)
        else:
            raise NeedsNeuronError(self._line, repr(token))

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
                if not 1 <= size <= _MAX_ARRAY_SIZE:
                    raise self._source.error(self._line, f"{name} has {size} sections, expected 1 to {_MAX_ARRAY_SIZE}")
            new = [f"{name}[{k}]" for k in range(size)] or [name]
            replaced = [f"{name}[{k}]" for k in range(self._array_sizes.get(name, 0))] or [name]
            for old in replaced:
                self._sections.pop(old, None)
                self._parents.pop(old, None)
            self._sections |= {full: NeuronSection(full) for full in new}
            self._array_sizes[name] = size
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
        if self._peek in self._array_sizes:
            parent = self._section(self._next())
            x = self._arguments()
        else:
            parent, x = self._current().name, [self._number()]
        if end not in ([0.0], [1.0]) or len(x) != 1 or not 0 <= x[0] <= 1:
            reason = f"{child} is connected by its end {end}, expected (0) or (1), at x = {x}, expected 0 to 1"
            raise self._source.error(line, f"{reason}; correct it")
        self._parents[child] = parent
        self._sections[child].end, self._sections[child].parent_x = end[0], x[0]

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
            raise NeedsNeuronError(self._line, f"another file, {name}")
        self._expect(")")

    def _assign(self, name: str) -> None:
        self._expect("=")
        value = self._number()
        if name not in ("L", "diam"):
            self._numbers[name] = value
            return
        section = self._current()
        if section.points:
            raise NeedsNeuronError(self._line, f"{name} of a section with 3-d points")
        if name == "L":
            section.length = value
        else:
            section.diameters = [value]

    def _pt3dclear(self) -> None:
        self._arguments()
        section = self._current()
        section.points, section.diameters = [], section.diameters[:1]

    def _pt3dadd(self) -> None:
        line, numbers, section = self._line, self._arguments(), self._current()
        if len(numbers) != 4:
            raise self._source.error(line, f"pt3dadd takes x, y, z and diameter, got {len(numbers)} numbers")
        if not section.points:
            section.diameters = []
        section.points.append((numbers[0], numbers[1], numbers[2]))
        section.diameters.append(abs(numbers[3]))  # NEURON marks a spine by a negative diameter

    def _procedure(self) -> None:
        name = self._next()
        for bracket in "(){":
            self._expect(bracket)
        self._procedures[name] = self._index
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self._next(), 0)

    def _call(self, name: str) -> None:
        line = self._line
        if self._arguments():
            raise NeedsNeuronError(line, f"arguments for {name}")
        if self._call_depth == _MAX_CALL_DEPTH:
            raise self._source.error(line, f"{name} calls itself, directly or through other procedures; correct it")
        return_index, self._index = self._index, self._procedures[name]
        self._call_depth += 1
        self._block()
        self._call_depth -= 1
        self._index = return_index


def _tokens(source: TextSource) -> list[tuple[str, int]]:
    """Words, numbers, strings and operators, each with its line."""
    tokens, line, position = [], 1, 0
    for match in _TOKEN.finditer(source.text):
        line += source.text.count("\n", position, match.start())
        position = match.start()
        if not match.group().startswith(_SKIPPED):
            tokens.append((match.group(), line))
    return tokens
