"""FontFile: what is in an OpenType font, https://learn.microsoft.com/typography/opentype/spec/."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

_COLLECTION = b"ttcf"


@dataclass(frozen=True, eq=False)
class FontFile:
    """An OpenType font.

    Attributes
    ----------
    data : bytes
        The file; of a collection its first font as a file.
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
    start = struct.unpack_from(">L", data, 12)[0] if data[:4] == _COLLECTION else 0
    tables = {}
    for k in range(struct.unpack_from(">H", data, start + 4)[0]):
        name, _, offset, length = struct.unpack_from(">4sLLL", data, start + 12 + 16 * k)
        tables[name.decode("ascii")] = data[offset : offset + length]
    if start:
        data = _file_of(data[start : start + 4], tables)
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


def covered(path: Path, characters: Iterable[str]) -> frozenset[str]:
    """Those of the characters that a font has; none of them if the file cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
            if head[:4] == _COLLECTION:  # its first font
                file.seek(struct.unpack_from(">L", head, 12)[0])
                head = file.read(16)
            file.seek(-4, 1)
            directory = file.read(16 * struct.unpack_from(">H", head, 4)[0])
            for name, _, offset, length in struct.iter_unpack(">4sLLL", directory):
                if name == b"cmap":
                    file.seek(offset)
                    return _covered(file.read(length), {ord(character) for character in characters})
    except (OSError, ValueError, struct.error, IndexError):
        pass
    return frozenset()


def _covered(cmap: bytes, codes: set[int]) -> frozenset[str]:
    found: set[int] = set()
    for kind, subtable in _unicode_tables(cmap):
        if kind == 4:
            n = struct.unpack_from(">H", subtable, 6)[0] // 2
            ends, starts, deltas, offsets = (
                np.frombuffer(subtable, ">u2", n, 14 + 2 * k * n + 2 * (k > 0)) for k in range(4)
            )
            for code in (code for code in codes if code < 0xFFFF):
                k = int(np.searchsorted(ends, code))
                if k < n and starts[k] <= code and _glyph_of(subtable, n, k, code, int(offsets[k]), int(deltas[k])):
                    found.add(code)
        else:
            groups = np.frombuffer(subtable, ">u4", 3 * struct.unpack_from(">L", subtable, 12)[0], 16).reshape(-1, 3)
            for code in codes:
                k = int(np.searchsorted(groups[:, 1], code))
                if k < len(groups) and groups[k, 0] <= code:
                    found.add(code)
    return frozenset(map(chr, found))


def _unicode_tables(cmap: bytes) -> Iterator[tuple[int, bytes]]:
    """Subtables of Unicode and their formats, 4 or 12."""
    for k in range(struct.unpack_from(">H", cmap, 2)[0]):
        platform, _, start = struct.unpack_from(">HHL", cmap, 4 + 8 * k)
        kind = struct.unpack_from(">H", cmap, start)[0]
        if platform in (0, 3) and kind in (4, 12):
            yield kind, cmap[start:]


def _glyph_of(subtable: bytes, n: int, segment: int, character: int, offset: int, delta: int) -> int:
    """The glyph of a character in one of the ``n`` segments of format 4; 0 if it is missing."""
    if not offset:
        return (character + delta) % 0x10000
    start = struct.unpack_from(">H", subtable, 16 + 2 * n + 2 * segment)[0]
    glyph = struct.unpack_from(">H", subtable, 16 + 6 * n + 2 * segment + offset + 2 * (character - start))[0]
    return (glyph + delta) % 0x10000 if glyph else 0


def _file_of(version: bytes, tables: dict[str, bytes]) -> bytes:
    """A font as a file of its own."""
    directory, content = b"", b""
    start = 12 + 16 * len(tables)
    for name, table in sorted(tables.items()):
        padded = table + bytes(-len(table) % 4)
        checksum = sum(word for (word,) in struct.iter_unpack(">L", padded)) % 2**32
        directory += struct.pack(">4sLLL", name.encode("ascii"), checksum, start + len(content), len(table))
        content += padded
    power = len(tables).bit_length() - 1
    return (
        struct.pack(">4s4H", version, len(tables), 16 << power, power, 16 * len(tables) - (16 << power))
        + directory
        + content
    )


def _glyphs(cmap: bytes) -> dict[int, int]:
    """Glyphs by character, from the subtables of formats 4 and 12 of Unicode."""
    glyphs: dict[int, int] = {}
    for kind, subtable in _unicode_tables(cmap):
        if kind == 4:
            glyphs |= _segments_of_format_4(subtable)
        else:
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
            glyph = _glyph_of(subtable, n, k, character, offset, delta)
            if glyph:
                glyphs[character] = glyph
    return glyphs
