"""Which font draws which character: the package's own, a wider one, or one of the system."""

from __future__ import annotations

import unicodedata
import warnings
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from .font_file import covered
from .system_fonts import system_font

_FOLDER = Path(__file__).parent / "fonts"
FONT_FILE = _FOLDER / "Inter-Medium-subset.otf"
WIDE_FONT_FILE = _FOLDER / "DejaVuSans.ttf"
_NOT_DRAWN = ("Cc", "Cf")  # control characters and marks of format


@lru_cache(maxsize=4096)
def runs(line: str) -> tuple[tuple[Path, str], ...]:
    """A line of text in pieces, each with the file of the font that draws it.

    Warns of characters that no font has.
    """
    if line.isascii() and line.isprintable():
        return ((FONT_FILE, line),)
    composed = unicodedata.normalize("NFC", line.expandtabs(4))
    text = "".join(c for c in composed if unicodedata.category(c) not in _NOT_DRAWN)
    files = _files(frozenset(text))
    pieces = groupby(text, key=lambda character: files.get(character, WIDE_FONT_FILE))
    return tuple((file, "".join(piece)) for file, piece in pieces)


def _files(characters: frozenset[str]) -> dict[str, Path]:
    """The font of each of the characters that some font has."""
    files: dict[str, Path] = {}
    for file in (FONT_FILE, WIDE_FONT_FILE):
        files |= dict.fromkeys(covered(file, characters.difference(files)), file)
    while missing := characters.difference(files):
        found = _system_font(missing)
        if found is None:
            _warn(missing)
            break
        files |= dict.fromkeys(found[1], found[0])
    return files


_system_font = cache(system_font)


@cache
def _warn(missing: frozenset[str]) -> None:
    named = ", ".join(f"{character} (U+{ord(character):04X})" for character in sorted(missing))
    warnings.warn(
        f"no font here has {named}: drawn as an empty box; install a font that has it, such as Noto Sans",
        stacklevel=2,
    )
