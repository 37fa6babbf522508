"""An interpreter for plain HOC programs. It only makes sections: it runs, reads and writes nothing else.

A plain program creates sections, connects them and adds their 3-d points, directly, in loops (``for i = 0, 9`` and
``forall``) or in procedures without arguments.
"""

from __future__ import annotations

from collections.abc import Callable

from ..neuron_sections import NeuronSection
from ..text_source import TextSource
from .hoc_tokens import EPSILON, NeedsNeuronError, Tokens

_LIBRARY = ("nrngui.hoc", "noload.hoc", "stdlib.hoc", "stdrun.hoc", "stdgui.hoc", "import3d.hoc")
_MAX_CALL_DEPTH = 50
_MAX_SECTIONS = 100_000


class Program:
    """A plain program and its state: sections by name, in the order of their creation."""

    def __init__(self, source: TextSource) -> None:
        self._source = source
        self._tokens = Tokens(source)
        self._sections: dict[str, NeuronSection] = {}
        self._array_sizes: dict[str, int] = {}  # by created name; 0: a single section
        self._parents: dict[str, str] = {}
        self._procedures: dict[str, int] = {}  # the index of the first token of each body
        self._accessed = ""
        self._section_stack: list[str] = []
        self._call_depth = 0
        self._shadowed: list[tuple[str, float | None]] = []  # variables with the name of a local one, and their values
        self._statements: dict[str, Callable[[], object]] = {
            "{": self._block,
            "create": self._create,
            "access": self._access,
            "connect": self._connect,
            "insert": self._insert,
            "local": self._local,
            "proc": self._procedure,
            "for": self._for,
            "forall": self._forall,
            "load_file": self._load_file,
            "define_shape": self._tokens.arguments,
            "pt3dclear": self._pt3dclear,
            "pt3dstyle": self._tokens.arguments,
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
        while self._tokens.peek:
            self._statement()
        if not self._sections:
            raise self._source.error(self._tokens.line, "the file ends here without a section; is it the right file?")
        number = {name: k for k, name in enumerate(self._sections)}
        for child, parent in self._parents.items():
            if child in number:
                self._sections[child].parent = number.get(parent, -1)
        for k, root in enumerate(section for section in self._sections.values() if section.parent < 0):
            root.n_roots_before = k
        return list(self._sections.values())

    def _section(self, name: str) -> str:
        """The full name of an existing section; the name of an array alone means its first section."""
        index = 0
        if self._tokens.peek == "[":
            self._tokens.next()
            index = self._tokens.whole_number()
            self._tokens.expect("]")
        full = f"{name}[{index}]" if self._array_sizes.get(name) else name
        if full not in self._sections:
            raise NeedsNeuronError(self._tokens.line, f"the name {full[:60]!r}")
        return full

    def _current(self) -> NeuronSection:
        name = self._section_stack[-1] if self._section_stack else self._accessed
        if name not in self._sections:
            raise self._source.error(self._tokens.line, "no section is accessed here; create and access one first")
        return self._sections[name]

    # Statements

    def _statement(self) -> None:
        self._tokens.nest(1)
        token = self._tokens.next()
        if token in self._statements:
            self._statements[token]()
        elif token in self._procedures and self._tokens.peek == "(":
            self._call(token)
        elif token in self._array_sizes:
            self._section_stack.append(self._section(token))
            if self._tokens.peek == ".":
                self._tokens.next()
                self._assign(self._tokens.next())
            else:
                self._statement()
            self._section_stack.pop()
        elif token.isidentifier() and self._tokens.peek == "=":
            self._assign(token)
        else:
            raise NeedsNeuronError(self._tokens.line, repr(token[:60]))
        self._tokens.nest(-1)

    def _block(self) -> None:
        while self._tokens.peek != "}":
            self._statement()
        self._tokens.next()

    def _for(self) -> None:
        """``for i = first, last`` and a statement."""
        name = self._tokens.next()
        if not name.isidentifier():
            raise NeedsNeuronError(self._tokens.line, "'for' with conditions")
        self._tokens.expect("=")
        value = self._tokens.number()
        self._tokens.expect(",")
        last, body = self._tokens.number(), self._tokens.index
        if value > last + EPSILON:
            self._tokens.expect("{")
            self._tokens.skip_block()
        while value <= last + EPSILON:
            self._tokens.numbers[name], self._tokens.index = value, body
            self._statement()
            if self._tokens.numbers.get(name) != value:
                raise NeedsNeuronError(self._tokens.line, f"a loop that changes its variable {name[:60]!r}")
            value += 1.0
        self._tokens.numbers.pop(name, None)  # its value after a loop is left to NEURON

    def _forall(self) -> None:
        """A statement for each section."""
        body = self._tokens.index
        if not self._sections:
            raise NeedsNeuronError(self._tokens.line, "'forall' without sections")
        self._tokens.count(len(self._sections))
        for name in list(self._sections):
            self._tokens.index = body
            self._section_stack.append(name)
            self._statement()
            self._section_stack.pop()

    def _create(self) -> None:
        while True:
            name, size = self._tokens.next(), 0
            if not name.isidentifier():
                raise NeedsNeuronError(self._tokens.line, f"the name {name[:60]!r}")
            if self._tokens.peek == "[":
                self._tokens.next()
                size = self._tokens.whole_number()
                self._tokens.expect("]")
                if size < 1:
                    raise self._source.error(self._tokens.line, f"{name} has {size} sections, expected at least 1")
            if size + len(self._sections) > _MAX_SECTIONS:
                raise NeedsNeuronError(self._tokens.line, f"a cell of more than {_MAX_SECTIONS:,} sections")
            self._tokens.count(size)
            new = [f"{name}[{k}]" for k in range(size)] or [name]
            replaced = [f"{name}[{k}]" for k in range(self._array_sizes.get(name, 0))] or [name]
            for old in replaced:
                self._sections.pop(old, None)
                self._parents.pop(old, None)
            self._sections |= {full: NeuronSection(full) for full in new}
            self._array_sizes[name] = size
            if self._tokens.peek != ",":
                return
            self._tokens.next()

    def _access(self) -> None:
        self._accessed = self._section(self._tokens.next())

    def _connect(self) -> None:
        line = self._tokens.line
        child = self._section(self._tokens.next())
        end = self._tokens.arguments()
        self._tokens.expect(",")
        if self._tokens.peek in self._array_sizes:
            parent = self._section(self._tokens.next())
            x = self._tokens.arguments()
        else:
            parent, x = self._current().name, [self._tokens.number()]
        if end not in ([0.0], [1.0]) or len(x) != 1 or not 0 <= x[0] <= 1:
            reason = f"{child} is connected by its end {end}, expected (0) or (1), at x = {x}, expected 0 to 1"
            raise self._source.error(line, f"{reason}; correct it")
        self._parents[child] = parent
        self._sections[child].end, self._sections[child].parent_x = end[0], x[0]

    def _insert(self) -> None:
        self._tokens.next()

    def _local(self) -> None:
        while True:
            name = self._tokens.next()
            self._shadowed.append((name, self._tokens.numbers.pop(name, None)))
            if self._tokens.peek != ",":
                return
            self._tokens.next()

    def _load_file(self) -> None:
        self._tokens.expect("(")
        if (name := self._tokens.next()).strip('"') not in _LIBRARY:
            raise NeedsNeuronError(self._tokens.line, f"another file, {name[:200]}")
        self._tokens.expect(")")

    def _assign(self, name: str) -> None:
        self._tokens.expect("=")
        value = self._tokens.number()
        if name not in ("L", "diam"):
            self._tokens.numbers[name] = value
            return
        section = self._current()
        if section.points:
            raise NeedsNeuronError(self._tokens.line, f"{name} of a section with 3-d points")
        if name == "L":
            section.length = value
        else:
            section.diameters = [value]

    def _pt3dclear(self) -> None:
        self._tokens.arguments()
        section = self._current()
        section.points, section.diameters = [], section.diameters[:1]

    def _pt3dadd(self) -> None:
        line, numbers, section = self._tokens.line, self._tokens.arguments(), self._current()
        if len(numbers) != 4:
            raise self._source.error(line, f"pt3dadd takes x, y, z and diameter, got {len(numbers)} numbers")
        if not section.points:
            section.diameters = []
        section.points.append((numbers[0], numbers[1], numbers[2]))
        section.diameters.append(abs(numbers[3]))  # NEURON marks a spine by a negative diameter

    def _procedure(self) -> None:
        name = self._tokens.next()
        for bracket in "(){":
            self._tokens.expect(bracket)
        self._procedures[name] = self._tokens.index
        self._tokens.skip_block()

    def _call(self, name: str) -> None:
        line = self._tokens.line
        if self._tokens.arguments():
            raise NeedsNeuronError(line, f"arguments for {name}")
        if self._call_depth == _MAX_CALL_DEPTH:
            raise self._source.error(line, f"{name} calls itself, directly or through other procedures; correct it")
        return_index, self._tokens.index = self._tokens.index, self._procedures[name]
        n_shadowed = len(self._shadowed)
        self._call_depth += 1
        self._block()
        self._call_depth -= 1
        while len(self._shadowed) > n_shadowed:
            local, value = self._shadowed.pop()
            self._tokens.numbers.pop(local, None)
            if value is not None:
                self._tokens.numbers[local] = value
        self._tokens.index = return_index
