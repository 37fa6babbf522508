"""Which font draws which character, and what is said of characters that no font has."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import numpy as np
import pytest

from gpu_morph.scene.annotations import font_choice, system_fonts
from gpu_morph.scene.annotations.canvas import Canvas, text_width
from gpu_morph.scene.annotations.font_choice import FONT_FILE, WIDE_FONT_FILE, runs
from gpu_morph.scene.annotations.font_file import covered, read_font

INK = (0.0, 0.0, 0.0, 1.0)


@pytest.fixture
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_choice, "_system_font", lambda _: None)
    for cached in (runs, font_choice._warn):
        cached.cache_clear()


def picture(line: str) -> np.ndarray:
    canvas = Canvas((100, 40))
    canvas.text(50, 20, line, 24, INK, "mm")
    return canvas.image()


@pytest.mark.parametrize("line", ["V (mV)", "Ca²⁺ 10⁻⁴ µm", "é", ""])
def test_the_packages_font_draws_what_it_has(line: str) -> None:
    assert "".join(text for _, text in runs(line)) == line
    assert {file for file, _ in runs(line)} <= {FONT_FILE}


def test_a_wider_font_draws_the_rest_of_a_line() -> None:
    assert runs("gᵢ = ∑") == ((FONT_FILE, "g"), (WIDE_FONT_FILE, "ᵢ"), (FONT_FILE, " = "), (WIDE_FONT_FILE, "∑"))


@pytest.mark.parametrize("characters", ["ᵢₖ", "₅₆", "∂∇∑", "жш", "∈⇌"], ids=ascii)
def test_the_wider_font_has_the_signs_of_papers(characters: str) -> None:
    assert covered(WIDE_FONT_FILE, characters) == frozenset(characters)
    different = [picture(f"A{character}") for character in characters]
    assert all(not np.array_equal(different[0], other) for other in different[1:])


def test_pieces_stand_on_one_line_and_beside_each_other() -> None:
    whole, first = picture("Aж"), picture("A")
    assert np.flatnonzero(whole[..., 3].any(axis=1)).max() == np.flatnonzero(first[..., 3].any(axis=1)).max()
    assert text_width("Aж", 24) == pytest.approx(text_width("A", 24) + text_width("ж", 24), abs=1)


def test_letters_and_their_marks_are_composed_and_format_characters_not_drawn(no_system_fonts: None) -> None:
    assert runs("e\N{COMBINING ACUTE ACCENT}\N{ZERO WIDTH SPACE}\a") == ((FONT_FILE, "é"),)


def test_a_warning_names_the_characters_that_no_font_has(no_system_fonts: None) -> None:
    with pytest.warns(UserWarning, match=r"no font here has 神 \(U\+795E\), 経 \(U\+7D4C\)"):
        assert runs("A神経") == ((FONT_FILE, "A"), (WIDE_FONT_FILE, "神経"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        runs("B神経")  # said once


def test_a_font_of_the_system_draws_what_the_package_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    upright, slanted = tmp_path / "Other.ttf", tmp_path / "Deja Oblique.ttf"
    for file in (slanted, upright):
        file.write_bytes(WIDE_FONT_FILE.read_bytes())
    (tmp_path / "Another.ttf").write_bytes(b"no font")
    monkeypatch.setattr(system_fonts, "_FOLDERS", (str(tmp_path), str(tmp_path / "missing")))
    system_fonts.font_files.cache_clear()
    try:
        assert system_fonts.system_font("ж神") == (upright, frozenset("ж"))
        assert system_fonts.system_font("神") is None
    finally:
        system_fonts.font_files.cache_clear()


def test_a_collection_of_fonts_is_read(tmp_path: Path) -> None:
    font = WIDE_FONT_FILE.read_bytes()
    tables = struct.unpack_from(">H", font, 4)[0]
    shifted = bytearray(font)
    for k in range(tables):  # offsets count from the beginning of the file
        at = 12 + 16 * k + 8
        struct.pack_into(">L", shifted, at, struct.unpack_from(">L", font, at)[0] + 16)
    collection = tmp_path / "all.ttc"
    collection.write_bytes(struct.pack(">4sLLL", b"ttcf", 0x10000, 1, 16) + shifted)
    assert covered(collection, "жA神") == frozenset("жA")
    alone, whole = read_font(collection), read_font(WIDE_FONT_FILE)
    assert alone.glyphs == whole.glyphs
    (tmp_path / "alone.ttf").write_bytes(alone.data)
    assert read_font(tmp_path / "alone.ttf").advances == whole.advances


def test_both_ways_to_read_a_font_agree() -> None:
    every = list(map(chr, (*range(0x20, 0x2500), *range(0x1D400, 0x1D800))))
    for file in (FONT_FILE, WIDE_FONT_FILE):
        assert covered(file, every) == {character for character in every if ord(character) in read_font(file).glyphs}
