"""The words of a HOC program, and the numbers that its expressions give."""

from __future__ import annotations

import math
import re

from ..text_source import TextSource

COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)  # an open comment ends with the file
_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|\\\n"  # comments, continued lines
    r'|"[^"\n]*"|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\S',
    re.DOTALL,
)
EPSILON = 1e-11  # NEURON's own tolerance in comparisons and indices
_SKIPPED = ("//", "/*", "\\\n")
_MAX_STEPS = 500_000  # words that are run in addition to those of the file; a few seconds
_MAX_NESTING = 150  # stays below Python's limit of recursion


class NeedsNeuronError(Exception):
    """A statement that only NEURON can run. Arguments: its line, and a description."""


class Tokens:
    """The words of a program, in order, with the values of its variables.

    Parameters
    ----------
    source : TextSource
        The program.
    """

    def __init__(self, source: TextSource) -> None:
        self.source = source
        self.numbers: dict[str, float] = {}
        self.index = 0  # of the next word
        self._tokens = _tokens(source)
        self._steps_left = len(self._tokens) + _MAX_STEPS
        self._nesting = 0

    @property
    def line(self) -> int:
        """The line of the last word, at least 1."""
        return self._tokens[min(self.index, len(self._tokens)) - 1][1] if self._tokens else 1

    @property
    def peek(self) -> str:
        """The next word; empty at the end."""
        return self._tokens[self.index][0] if self.index < len(self._tokens) else ""

    def next(self) -> str:
        """The next word, which is then behind.

        Raises
        ------
        MorphologyError
            The program has ended.
        NeedsNeuronError
            The program runs for too long.
        """
        token = self.peek
        if not token:
            raise self.source.error(self.line, "the file ends inside a statement; is it complete?")
        self.index += 1
        self.count(1)
        return token

    def count(self, n_steps: int) -> None:
        """Count steps; raise NeedsNeuronError beyond the limit."""
        self._steps_left -= n_steps
        if self._steps_left < 0:
            raise NeedsNeuronError(self.line, f"a program of more than {_MAX_STEPS:,} steps")

    def nest(self, change: int) -> None:
        """Enter (1) or leave (-1) a statement or a bracket; raise NeedsNeuronError beyond the limit."""
        self._nesting += change
        if self._nesting > _MAX_NESTING:
            raise NeedsNeuronError(self.line, f"nesting of more than {_MAX_NESTING} statements or brackets")

    def expect(self, expected: str) -> None:
        """Take the next word; raise NeedsNeuronError unless it is ``expected``."""
        if (token := self.next()) != expected:
            raise NeedsNeuronError(self.line, f"{token[:60]!r} in place of {expected!r}")

    def skip_block(self) -> None:
        """Take all words up to the bracket that closes a block, whose opening one is behind."""
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.next(), 0)

    def arguments(self) -> list[float]:
        """The numbers in brackets."""
        self.expect("(")
        numbers: list[float] = []
        while self.peek != ")":
            if numbers:
                self.expect(",")
            numbers.append(self.number())
        self.next()
        return numbers

    def whole_number(self) -> int:
        """The value of an expression, without its decimals, as NEURON takes indices."""
        return int(self.number() + EPSILON)

    def number(self) -> float:
        """The value of an expression of numbers, variables, + - * / and brackets.

        Raises
        ------
        NeedsNeuronError
            It has other parts.
        MorphologyError
            A number is not finite.
        """
        value = self._product()
        while self.peek in ("+", "-"):
            value = value + self._product() if self.next() == "+" else value - self._product()
        if self.peek in ("^", "%", "("):
            raise NeedsNeuronError(self.line, f"arithmetic ({self.peek})")
        if not math.isfinite(value):
            raise self.source.error(self.line, "expected a finite number, got an expression that is not; correct it")
        return value

    def _product(self) -> float:
        value = self._factor()
        while self.peek in ("*", "/"):
            operator, other = self.next(), self._factor()
            if operator == "/" and other == 0:
                raise self.source.error(self.line, "a division by 0; correct it")
            value = value * other if operator == "*" else value / other
        return value

    def _factor(self) -> float:
        sign, token = 1.0, self.next()
        while token in ("-", "+"):
            sign, token = -sign if token == "-" else sign, self.next()
        if token == "(":
            self.nest(1)
            value = self.number()
            self.nest(-1)
            self.expect(")")
        elif token in self.numbers:
            value = self.numbers[token]
        elif token[0].isdigit() or token[0] == ".":
            value = self.source.number(token, self.line)
        else:
            raise NeedsNeuronError(self.line, f"the expression {token[:60]!r}")
        if self.peek == "^":  # binds closer than the sign
            raise NeedsNeuronError(self.line, "arithmetic (^)")
        return sign * value


def _tokens(source: TextSource) -> list[tuple[str, int]]:
    """Words, numbers, strings and operators, each with its line."""
    tokens, line, position = [], 1, 0
    for match in _TOKEN.finditer(source.text):
        line += source.text.count("\n", position, match.start())
        position = match.start()
        if not match.group().startswith(_SKIPPED):
            tokens.append((match.group(), line))
    return tokens
