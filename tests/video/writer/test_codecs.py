"""Each codec writes every frame, at exact rates, of any size, and with the quality that was asked for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from written_films import LOSSY, SIZE, limited_bt709, names_in, noise, write_film

from gpu_morph import Camera, Renderer, Scene, demo_cell
from gpu_morph.video.encoding import Encoding, exact_rate
from gpu_morph.video.stored_times import count_frames
from gpu_morph.video.writer import open_video
from probe import decoded_frames, decoded_planes, is_faststart, probe


@pytest.mark.parametrize(
    ("codec", "ending", "name"),
    [*LOSSY, ("ffv1", ".mkv", "ffv1"), ("prores_ks", ".mov", "prores"), ("mjpeg", ".avi", "mjpeg")],
)
def test_each_codec_writes_every_frame_and_can_be_read(tmp_path: Path, codec: str, ending: str, name: str) -> None:
    path = tmp_path / f"film{ending}"
    write_film(path, noise(11), encoding=Encoding(codec))
    film = probe(path)
    assert (film.codec, film.size, film.n_frames) == (name, SIZE, 11)
    assert film.duration == pytest.approx(11 / 25, abs=0.02)
    assert len(decoded_frames(path)) == 11
    assert count_frames(path) == 11
    assert names_in(tmp_path) == [path.name]


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_an_mp4_has_its_index_first(tmp_path: Path, codec: str) -> None:
    write_film(tmp_path / "film.mp4", noise(3), encoding=Encoding(codec))
    assert is_faststart(tmp_path / "film.mp4")


RATES = (
    (50, Fraction(50)),
    (1000 / 30, Fraction(100, 3)),
    (29.97, Fraction(2997, 100)),
    (Fraction(24000, 1001), Fraction(24000, 1001)),
    (0.5, Fraction(1, 2)),
)


@pytest.mark.parametrize(("fps", "rate"), RATES)
def test_the_rate_is_exact(tmp_path: Path, fps: float | Fraction, rate: Fraction) -> None:
    assert exact_rate(fps) == rate
    for codec in ("libx264", "mpeg4"):
        write_film(tmp_path / "film.mp4", noise(9), fps=fps, encoding=Encoding(codec))
        assert probe(tmp_path / "film.mp4").rate == rate


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf"), "fast", None, 1e-9])
def test_a_rate_that_is_no_positive_number_makes_no_film(tmp_path: Path, fps: Any) -> None:
    with (
        pytest.raises(ValueError, match="fps must be a positive number"),
        open_video(tmp_path / "film.mp4", size=SIZE, fps=fps),
    ):
        pass
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (63, 47)])
def test_odd_sizes_are_padded_with_the_background_and_never_scaled(tmp_path: Path, size: tuple[int, int]) -> None:
    frames = noise(3, size)
    encoding = Encoding("libx264", 0, background="0x0000ff")
    with pytest.warns(UserWarning, match=f"size {size[0]}x{size[1]} is odd: padded to 64x48"):
        write_film(tmp_path / "film.mp4", frames, encoding=encoding)
    shown = decoded_frames(tmp_path / "film.mp4")
    assert shown.shape[1:3] == (48, 64)
    luma = decoded_planes(tmp_path / "film.mp4")[0]
    expected = 16 + 219 / 255 * (frames @ [0.2126, 0.7152, 0.0722])
    assert np.abs(luma[:, : size[1], : size[0]] - expected).max() <= 2  # luma is not halved: scaling would show
    if size[0] == 63:
        assert np.abs(luma[:, :, 63] - limited_bt709((0, 0, 255))[0]).max() <= 2
    if size[1] == 47:
        assert np.abs(luma[:, 47] - limited_bt709((0, 0, 255))[0]).max() <= 2


@pytest.mark.parametrize(("codec", "pixel_format"), [("ffv1", "bgr0"), ("mjpeg", "yuvj444p")])
def test_odd_sizes_stay_if_the_codec_has_them(tmp_path: Path, codec: str, pixel_format: str | None) -> None:
    frames = noise(2, (63, 47))
    write_film(tmp_path / "film.mkv", frames, encoding=Encoding(codec, pixel_format=pixel_format))
    assert probe(tmp_path / "film.mkv").size == (63, 47)


def test_quality_is_a_scale_whose_small_numbers_are_better_and_larger(tmp_path: Path) -> None:
    for codec, best, worst in (("mpeg4", 2, 20), ("libx264", 10, 40), ("libvpx-vp9", 10, 50), ("libx265", 10, 40)):
        sizes = []
        for quality in (best, worst):
            path = tmp_path / f"{codec}{quality}.mkv"
            write_film(path, noise(4), encoding=Encoding(codec, quality))
            sizes.append(path.stat().st_size)
        assert sizes[0] > 1.5 * sizes[1]


@pytest.mark.parametrize(
    ("codec", "quality"), [("mpeg4", 0), ("mpeg4", 32), ("mpeg4", float("nan")), ("libx264", -1), ("libvpx-vp9", 64)]
)
def test_a_quality_outside_the_codecs_scale_is_refused(tmp_path: Path, codec: str, quality: float) -> None:
    with pytest.raises(ValueError, match=f"quality of {codec} runs from"):
        write_film(tmp_path / "film.mkv", noise(1), encoding=Encoding(codec, quality))
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("fps", [50, 50.0, np.float32(50), np.int64(50), Fraction(50)])
def test_a_rate_may_be_any_number(fps: Any) -> None:
    assert exact_rate(fps) == 50


@pytest.mark.parametrize("fps", ["50", None, 0, -1, float("nan"), float("inf"), [50]])
def test_a_rate_that_is_no_positive_number_is_refused(fps: Any) -> None:
    with pytest.raises(ValueError, match="fps must be a positive number"):
        exact_rate(fps)


@pytest.mark.parametrize(("codec", "ending"), [("libtheora", ".ogv"), ("wmv2", ".wmv"), ("mpeg2video", ".mpg")])
def test_other_codecs_too_keep_thin_neurites_by_default(tmp_path: Path, codec: str, ending: str) -> None:
    morphology, recording = demo_cell()
    scene = Scene(morphology, recording, clim=(-75, 30), camera=Camera(azim=-90, elev=5, azim_step=2))
    with Renderer(scene, (320, 320)) as renderer:
        frames = np.stack(list(renderer.frames(np.arange(12) * 0.1 + 3)))
    write_film(tmp_path / f"film{ending}", frames, encoding=Encoding(codec))
    shown = decoded_frames(tmp_path / f"film{ending}")[-1].astype(int)
    drawn = (frames[-1] < 250).any(axis=2)
    # Colours at half the resolution cost 12 to 15; ffmpeg's own default of 200 kbit/s more than 21.
    assert np.abs(shown - frames[-1])[drawn].mean() < 18
