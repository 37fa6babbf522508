"""Text files for the readers: unzipped, with uniform line ends, and errors that name file and line."""

from __future__ import annotations

import gzip
import io
import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MorphologyError
from ..system.regular_file import check_regular
from .aliases import AnyPath

_GZIP_SIGNATURE = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_UTF_16 = {b"\xff\xfe": "utf-16-le", b"<\0": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\0<": "utf-16-be"}

MAX_COORDINATE = 1e30  # the square of a coordinate stays finite

# A gzipped file may unpack to _MAX_RATIO times its size. Real morphologies stay below 20; gzip's limit is 1032.
_MAX_RATIO = 50
_ALWAYS_UNPACKED = 1 << 20  # bytes; small files may have any ratio
_NEVER_UNPACKED = 1 << 30  # bytes
_CHUNK = 1 << 20  # bytes unpacked at once


@dataclass(frozen=True)
class TextSource:
    """The text of a file, with newlines at the ends of lines, and the file's name for error messages."""

    name: str
    text: str

    @property
    def n_lines(self) -> int:
        """Number of lines, at least 1."""
        return max(1, self.text.count("\n"))

    def error(self, line: int, reason: str) -> MorphologyError:
        """An error whose message starts with file and line."""
        return MorphologyError(f"{self.name}, line {line}: {reason}")

    def number(self, word: str, line: int) -> float:
        """The finite number that a word spells.

        Raises
        ------
        MorphologyError
            The word is not a finite number below 1e30; the message names file and line.
        """
        try:
            value = float(word)
        except ValueError as cause:
            advice = "use a point for decimals" if "," in word else "correct it"
            raise self.error(line, f"expected a number, got {word[:60]!r}; {advice}") from cause
        if not abs(value) <= MAX_COORDINATE or "_" in word:  # float() accepts 1_000, no file format does
            raise self.error(line, f"expected a finite number below 1e30, got {word[:60]}; correct it")
        return value


def read_text(path: AnyPath) -> TextSource:
    """Read a text file, plain or gzipped; its content tells which, not its name.

    Raises
    ------
    MorphologyError
        Damaged gzip data, or they unpack to more than 50 times their size and 1 MiB, or to more than 1 GiB; or the file
        is a device or a pipe.
    OSError
        The file cannot be opened.
    """
    path = Path(path)
    check_regular(path, MorphologyError)
    content = path.read_bytes()
    if content.startswith(_GZIP_SIGNATURE):
        content = _unpacked(content, path)
    return TextSource(path.name, decoded(content.removeprefix(_BYTE_ORDER_MARK)))


def _unpacked(packed: bytes, path: Path) -> bytes:
    """The unpacked content of a gzipped file, up to the limits of its size."""
    limit = min(max(_MAX_RATIO * len(packed), _ALWAYS_UNPACKED), _NEVER_UNPACKED)
    chunks, size = [], 0
    with gzip_errors_translated(path), gzip.open(io.BytesIO(packed)) as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise MorphologyError(
                    f"{path.name}: {len(packed)} bytes of gzip data unpack to more than the limit of {limit >> 20} "
                    "MiB; if you trust the file, unpack it with gunzip and read what that makes"
                )
            chunks.append(chunk)
    return b"".join(chunks)


def first_bytes(path: AnyPath, size: int) -> bytes:
    """The first ``size`` bytes of a file, unzipped, without a byte order mark.

    Raises
    ------
    MorphologyError
        Damaged gzip data; or the file is a device or a pipe.
    OSError
        The file cannot be opened.
    """
    path = Path(path)
    check_regular(path, MorphologyError)
    with gzip_errors_translated(path), path.open("rb") as file:
        content = file.read(size)
        if content.startswith(_GZIP_SIGNATURE):
            file.seek(0)
            with gzip.open(file) as unzipped:
                content = unzipped.read(size)
    return content.removeprefix(_BYTE_ORDER_MARK)


def decoded(content: bytes) -> str:
    """The text of a file, or of its first bytes, with newlines at the ends of lines.

    UTF-16 is recognised by its byte order mark, or by the zero beside the first character of XML. All else is decoded
    as Latin-1, in which each byte is a character: numbers and keywords are ASCII.
    """
    encoding = _UTF_16.get(content[:2], "latin-1")
    text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def gzip_errors_translated(path: Path) -> Iterator[None]:
    """Raise a MorphologyError for damaged gzip data; other errors, such as a missing file, pass unchanged."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as cause:
        raise MorphologyError(f"{path.name}: damaged gzip data ({cause}); get the file again") from cause


def check_scale(scale: Any) -> None:
    """Raise ValueError unless ``scale`` is a positive, finite number."""
    try:
        is_valid = isinstance(scale, Real | np.ndarray) and 0 < float(scale) < math.inf
    except (TypeError, ValueError, OverflowError):
        is_valid = False
    if not is_valid:
        raise ValueError(f"scale must be a positive, finite number of µm per unit of the file, got {scale}")
