"""FontFile: what a PDF needs to know of an OpenType font, https://learn.microsoft.com/typography/opentype/spec/."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, eq=False)
class FontFile:
    """An OpenType font.

    Attributes
    ----------
    data : bytes
        The file.
    glyphs : {int: int}
        The number of the glyph of each character.
    advances : tuple of float
        The width of each glyph, in thousandths of the font's size.
    box : (4,) int
        xmin, ymin, xmax and ymax of all glyphs; likewise.
    ascent, descent : int
        Likewise; the descent is negative.
    """

    data: bytes
    glyphs: dict[int, int]
    advances: tuple[float, ...]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int

    def glyph(self, character: str) -> int:
        """The glyph of a character; 0, the box of a missing one, if there is none."""
        return self.glyphs.get(ord(character), 0)

    def width(self, text: str) -> float:
        """The width of a line of text, relative to the font's size."""
        return sum(self.advances[self.glyph(character)] for character in text) / 1000


@cache
def read_font(path: Path) -> FontFile:
    """Read a font."""
    data = path.read_bytes()
    n_tables = int.from_bytes(data[4:6], "big")
    tables = {}
    for k in range(n_tables):
        name, _, start, length = struct.unpack_from(">4sLLL", data, 12 + 16 * k)
        tables[name.decode("ascii")] = data[start : start + length]
    per_em: int = struct.unpack_from(">H", tables["head"], 18)[0]

    def scaled(units: int) -> int:
        return round(1000 * units / per_em)

    ascent, descent = struct.unpack_from(">hh", tables["hhea"], 4)
    xmin, ymin, xmax, ymax = (scaled(units) for units in struct.unpack_from(">4h", tables["head"], 36))
    n_metrics = struct.unpack_from(">H", tables["hhea"], 34)[0]
    n_glyphs = struct.unpack_from(">H", tables["maxp"], 4)[0]
    advances = [struct.unpack_from(">H", tables["hmtx"], 4 * k)[0] * 1000 / per_em for k in range(n_metrics)]
    advances += advances[-1:] * (n_glyphs - n_metrics)
    box = xmin, ymin, xmax, ymax
    return FontFile(data, _glyphs(tables["cmap"]), tuple(advances), box, scaled(ascent), scaled(descent))


def _glyphs(cmap: bytes) -> dict[int, int]:
    """Glyphs by character, from the subtables of formats 4 and 12 of Unicode."""
    glyphs: dict[int, int] = {}
    for k in range(struct.unpack_from(">H", cmap, 2)[0]):
        platform, _, start = struct.unpack_from(">HHL", cmap, 4 + 8 * k)
        subtable = cmap[start:]
        kind = struct.unpack_from(">H", subtable)[0]
        if platform not in (0, 3):
            continue
        if kind == 4:
            glyphs |= _segments_of_format_4(subtable)
        elif kind == 12:
            for group in range(struct.unpack_from(">L", subtable, 12)[0]):
                first, last, glyph = struct.unpack_from(">LLL", subtable, 16 + 12 * group)
                glyphs |= {first + n: glyph + n for n in range(last - first + 1)}
    return glyphs


def _segments_of_format_4(subtable: bytes) -> dict[int, int]:
    glyphs = {}
    n = struct.unpack_from(">H", subtable, 6)[0] // 2
    ends = struct.unpack_from(f">{n}H", subtable, 14)
    starts = struct.unpack_from(f">{n}H", subtable, 16 + 2 * n)
    deltas = struct.unpack_from(f">{n}H", subtable, 16 + 4 * n)
    offsets = struct.unpack_from(f">{n}H", subtable, 16 + 6 * n)
    for k, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for character in range(first, min(last, 0xFFFE) + 1):
            glyph = character
            if offset:
                at = 16 + 6 * n + 2 * k + offset + 2 * (character - first)
                glyph = struct.unpack_from(">H", subtable, at)[0]
                if not glyph:
                    continue
            glyphs[character] = (glyph + delta) % 0x10000
    return glyphs
