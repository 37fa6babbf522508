"""A font in a PDF file, with the characters that its codes stand for."""

from __future__ import annotations

import re
from pathlib import Path

from ..scene.annotations.font_file import read_font
from .pdf_objects import PdfObjects, number_text


def add_font(objects: PdfObjects, file: Path, characters: set[str]) -> int:
    """Add the font of a file; its codes are numbers of glyphs. Readers find the characters again by its /ToUnicode."""
    font, name = read_font(file), "/" + re.sub("[^A-Za-z0-9-]", "", file.stem)
    has_outlines = font.data[:4] == b"OTTO"  # PostScript's, else TrueType's
    kind, key = ("/CIDFontType0", "/FontFile3") if has_outlines else ("/CIDFontType2", "/FontFile2")
    data = objects.add_stream(font.data, "/Subtype /OpenType" if has_outlines else f"/Length1 {len(font.data)}")
    descriptor = objects.add(
        f"<< /Type /FontDescriptor /FontName {name} /Flags 4 /FontBBox [{' '.join(map(str, font.box))}] "
        f"/ItalicAngle 0 /Ascent {font.ascent} /Descent {font.descent} /CapHeight {font.ascent} /StemV 90 "
        f"{key} {data} 0 R >>"
    )
    glyphs = {font.glyph(character): character for character in sorted(characters)}
    widths = " ".join(f"{glyph} [{number_text(font.advances[glyph])}]" for glyph in sorted(glyphs))
    descendant = objects.add(
        f"<< /Type /Font /Subtype {kind} /BaseFont {name} /FontDescriptor {descriptor} 0 R /W [{widths}] "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"{'' if has_outlines else '/CIDToGIDMap /Identity '}>>"
    )
    unicode = objects.add_stream(_to_unicode(glyphs).encode("ascii"))
    return objects.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] "
        f"/ToUnicode {unicode} 0 R >>"
    )


def _to_unicode(glyphs: dict[int, str]) -> str:
    """The characters of glyphs, in the language of CMaps."""
    pairs = [f"<{glyph:04X}> <{text.encode('utf-16-be').hex().upper()}>" for glyph, text in sorted(glyphs.items())]
    blocks = [pairs[k : k + 100] for k in range(0, len(pairs), 100)]  # the most that the language allows
    listed = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{listed}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    )
