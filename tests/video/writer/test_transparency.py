"""Transparent films give back alpha and colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from written_films import names_in, squares, write_film

from gpu_morph.video.encoding import Encoding
from probe import decoded_rgba, probe

TRANSPARENT = (
    ("prores_ks", ".mov", 2),
    ("prores_ks", ".mkv", 2),
    ("libvpx-vp9", ".webm", 6),
    ("libvpx-vp9", ".mkv", 6),
    ("qtrle", ".mov", 0),
    ("png", ".mov", 0),
    ("png", ".mkv", 0),
    ("ffv1", ".mkv", 0),
)


@pytest.mark.parametrize(("codec", "ending", "tolerance"), TRANSPARENT)
def test_a_transparent_film_gives_back_alpha_and_colours(
    tmp_path: Path, codec: str, ending: str, tolerance: int
) -> None:
    frames, path = squares(), tmp_path / f"film{ending}"
    write_film(path, frames, encoding=Encoding(codec, 8, transparent=True))
    shown = decoded_rgba(path)
    assert shown.shape == frames.shape
    error = np.abs(shown.astype(int) - frames)
    if not tolerance:
        assert error.max() == 0
    for k in range(12):
        for row, column in ((12, 2 * k + 8), (12, 52), (36, 12)):  # the middle of each square, but the faint one's
            assert error[k, row - 4 : row + 4, column - 4 : column + 4].max() <= tolerance
    assert error[:, 30:42, 46:58, 3].max() <= tolerance
    assert shown[:, 24, 32, 3].max() <= 1  # nothing is there
    assert shown[0, 12, 8, 3] >= 253  # nor does anything shine through


def test_transparent_films_say_how_their_colours_were_made(tmp_path: Path) -> None:
    for codec, ending in (("prores_ks", ".mov"), ("libvpx-vp9", ".webm")):
        write_film(tmp_path / f"film{ending}", squares(), encoding=Encoding(codec, transparent=True))
        assert probe(tmp_path / f"film{ending}").colors.split(", ")[:2] == ["tv", "bt709"]


def test_odd_sizes_are_padded_with_nothing_where_films_are_transparent(tmp_path: Path) -> None:
    frames = np.full((3, 47, 63, 4), (0, 0, 255, 255), dtype=np.uint8)
    with pytest.warns(UserWarning, match="size 63x47 is odd: padded to 64x48"):
        write_film(tmp_path / "film.webm", frames, encoding=Encoding("libvpx-vp9", 4, transparent=True))
    alpha = decoded_rgba(tmp_path / "film.webm")[..., 3]
    assert alpha[:, :44, :60].min() > 250
    assert max(alpha[:, 47].max(), alpha[:, :, 63].max()) < 30


@pytest.mark.parametrize(
    ("codec", "ending", "words"),
    [
        (
            "libx264",
            ".mp4",
            r"^transparent=True: codec 'libx264' carries no transparency; those that do are prores_ks \(\.mov\)",
        ),
        ("mpeg4", ".mov", "codec 'mpeg4' carries no transparency"),
        ("libvpx-vp9", ".mp4", r"libvpx-vp9 keeps its transparency in films that end in \.webm or \.mkv, got \.mp4"),
        ("qtrle", ".mkv", r"in films that end in \.mov, got"),
    ],
)
def test_a_film_that_would_lose_its_transparency_is_refused(
    tmp_path: Path, codec: str, ending: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        write_film(tmp_path / f"film{ending}", squares(), encoding=Encoding(codec, transparent=True))
    assert names_in(tmp_path) == []


def test_a_pixel_format_without_alpha_is_refused_for_a_transparent_film(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    for pixel_format in ("yuv420p", "rgb24", "bgr0"):
        with pytest.raises(ValueError, match=f"pixel_format '{pixel_format}' has no alpha"):
            write_film(path, squares(), encoding=Encoding("ffv1", None, pixel_format, transparent=True))
    write_film(path, squares(), encoding=Encoding("ffv1", None, "yuva444p", transparent=True))
    assert probe(path).pixel_format == "yuva444p"


@pytest.mark.parametrize(("transparent", "channels"), [(True, 3), (False, 4)])
def test_frames_with_alpha_are_for_transparent_films_alone(tmp_path: Path, transparent: bool, channels: int) -> None:
    frames, encoding = squares()[..., :channels], Encoding("ffv1", transparent=transparent)
    with pytest.raises(ValueError, match=rf"a frame must have shape \(48, 64, {7 - channels}\) and uint8, got"):
        write_film(tmp_path / "film.mkv", frames, encoding=encoding)
