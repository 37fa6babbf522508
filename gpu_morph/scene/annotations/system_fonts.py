"""Fonts of the system, for characters that no font of the package has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from .font_file import covered

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
_LESS_LIKE_OURS = ("bold", "italic", "oblique", "mono", "serif", "light", "thin", "black", "condensed", "narrow")
_PICTURES = ("emoji", "lastresort")  # in colour, or of boxes


@cache
def font_files() -> tuple[Path, ...]:
    """The system's font files, upright sans-serif ones of usual weight first."""
    found: set[Path] = set()
    for folder in _FOLDERS:
        try:
            found |= {path for path in Path(folder).expanduser().rglob("*") if path.suffix.lower() in _ENDINGS}
        except (OSError, RuntimeError):  # not readable; no home
            continue
    return tuple(sorted(found, key=lambda path: (_unlikeness(path), path.name, path)))


def system_font(characters: Iterable[str]) -> tuple[Path, frozenset[str]] | None:
    """The file of the system that has most of the characters, and those that it has."""
    wanted, best = frozenset(characters), None
    for path in font_files():
        has = covered(path, wanted)
        if len(has) > (len(best[1]) if best else 0) and _is_drawable(path):
            best = path, has
            if has == wanted:
                break
    return best


def _unlikeness(path: Path) -> int:
    name = path.stem.lower().replace("sansserif", "").replace("sans-serif", "")
    return sum(word in name for word in _LESS_LIKE_OURS)


def _is_drawable(path: Path) -> bool:
    """True for outlines of one colour that FreeType can scale."""
    from PIL import ImageFont

    if any(word in path.name.lower().replace(" ", "") for word in _PICTURES):
        return False
    try:
        ImageFont.truetype(str(path), 20)
    except (OSError, ValueError):
        return False
    return True
