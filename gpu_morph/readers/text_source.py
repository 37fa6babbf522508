"""A text file as its readers want it: unzipped, lines ended by newlines, and errors that name file and line."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import MorphologyError

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_LARGEST = 1e30  # squares of coordinates stay finite


@dataclass(frozen=True)
class Source:
    """A file's text, and the file's name for messages."""

    name: str
    text: str

    def error(self, line: int, reason: str) -> MorphologyError:
        """An error to raise: what is wrong on which line."""
        return MorphologyError(f"{self.name}, line {line}: {reason}")

    def number(self, word: str, line: int) -> float:
        """A finite number, or an error that names the line."""
        try:
            value = float(word)
        except ValueError as cause:
            advice = "use a point for decimals" if "," in word else "correct it"
            raise self.error(line, f"expected a number, got {word[:60]!r}; {advice}") from cause
        if not abs(value) <= _LARGEST or "_" in word:  # 1_000 is Python's number alone
            raise self.error(line, f"expected a finite number below 1e30, got {word[:60]}; correct it")
        return value


def read_source(path: str | os.PathLike[str]) -> Source:
    """The text of a file, plain or gzipped; seen from its content, not its name."""
    path = Path(path)
    with naming_damage(path):
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
    content = content.removeprefix(_BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Source(path.name, content.decode("latin-1"))  # takes any byte; beyond ASCII are only comments


def first_bytes(path: str | os.PathLike[str], size: int) -> bytes:
    """The beginning of a file, unzipped."""
    path = Path(path)
    with naming_damage(path), path.open("rb") as file:
        content = file.read(size)
        if content.startswith(_GZIP):
            file.seek(0)
            with gzip.open(file) as unzipped:
                content = unzipped.read(size)
    return content.removeprefix(_BOM)


@contextmanager
def naming_damage(path: Path) -> Iterator[None]:
    """Damaged gzip data are a MorphologyError; a file that cannot be opened stays the system's own."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as cause:
        raise MorphologyError(f"{path.name}: damaged gzip data ({cause}); get the file again") from cause


def check_scale(scale: float) -> None:
    """Raise ValueError unless ``scale`` is a positive, finite number."""
    if not 0 < scale < math.inf:
        raise ValueError(f"scale must be a positive, finite number of µm per unit of the file, got {scale}")
