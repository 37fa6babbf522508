"""Films have the colours that were drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from written_films import LOSSY, flat, limited_bt709, noise, write_film

from gpu_morph.video.encoding import Encoding
from probe import decoded_frames, decoded_planes, probe

COLORS = ((255, 255, 255), (0, 0, 0), (128, 128, 128), (255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 40, 90))


@pytest.mark.parametrize("color", COLORS)
def test_h264_stores_colours_by_the_formula_of_bt709(tmp_path: Path, color: tuple[int, int, int]) -> None:
    write_film(tmp_path / "film.mp4", flat(*[color] * 3), encoding=Encoding(quality=1))
    for plane, level in zip(decoded_planes(tmp_path / "film.mp4"), limited_bt709(color), strict=True):
        assert np.abs(plane - level).max() <= 1.5


@pytest.mark.parametrize(("codec", "ending", "_"), LOSSY)
def test_a_player_sees_the_colours_that_were_drawn(tmp_path: Path, codec: str, ending: str, _: str) -> None:
    frames = flat(*COLORS)
    quality = 1 if codec == "mpeg4" else 4
    write_film(tmp_path / f"film{ending}", frames, encoding=Encoding(codec, quality))
    shown = decoded_frames(tmp_path / f"film{ending}")
    assert shown.shape == frames.shape
    assert np.abs(shown.astype(int) - frames).max() <= 3


@pytest.mark.parametrize(
    ("codec", "ending"), [("mpeg4", ".avi"), ("libvpx", ".webm"), ("prores_ks", ".mov"), ("mjpeg", ".avi")]
)
def test_films_that_carry_no_tags_or_other_formats_show_the_drawn_colours_too(
    tmp_path: Path, codec: str, ending: str
) -> None:
    frames = flat(*[(200, 40, 90)] * 3)
    write_film(tmp_path / f"film{ending}", frames, encoding=Encoding(codec, 2))
    assert np.abs(decoded_frames(tmp_path / f"film{ending}").astype(int) - frames).max() <= 4


@pytest.mark.parametrize(("codec", "ending", "_"), LOSSY)
def test_lossy_films_are_yuv420p_and_say_bt709_for_matrix_primaries_and_transfer(
    tmp_path: Path, codec: str, ending: str, _: str
) -> None:
    write_film(tmp_path / f"film{ending}", noise(2), encoding=Encoding(codec))
    film = probe(tmp_path / f"film{ending}")
    assert film.pixel_format == "yuv420p"
    assert film.colors.split(", ")[:2] == ["tv", "bt709"]  # ffmpeg says "bt709" when all three are
