"""The video writer: all frames in order and in the right colours, or no film at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import psutil
import pytest
from probe import decoded_frames, decoded_planes, decoded_rgba, ffmpeg_processes, is_faststart, probe

from gpu_morph import Camera, Renderer, Scene, demo_cell, render_video
from gpu_morph.errors import EncoderError, OutputError, UnsupportedError
from gpu_morph.video import hardware_encoders
from gpu_morph.video.encoding import Encoding, exact_rate
from gpu_morph.video.ffmpeg import ffmpeg_path
from gpu_morph.video.gif import write_gif
from gpu_morph.video.stored_times import count_frames
from gpu_morph.video.writer import open_video

WIDTH, HEIGHT = SIZE = (64, 48)
LOSSLESS = Encoding("ffv1", pixel_format="bgr0")
Frames = npt.NDArray[np.uint8]


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    yield
    assert ffmpeg_processes() == []
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("gpu_morph")] == []


def noise(n_frames: int, size: tuple[int, int] = SIZE) -> Frames:
    return np.random.default_rng(1).integers(0, 256, (n_frames, size[1], size[0], 3), dtype=np.uint8)


def flat(*colors: tuple[int, int, int]) -> Frames:
    return np.array(colors, dtype=np.uint8)[:, None, None, :].repeat(HEIGHT, 1).repeat(WIDTH, 2)


def write_film(path: Path, frames: Frames, *, fps: float | Fraction = 25, **options: Any) -> None:
    with open_video(path, size=(frames.shape[2], frames.shape[1]), fps=fps, **options) as video:
        for frame in frames:
            video.write(frame)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Frames in, frames out


@pytest.mark.parametrize("pixel_format", ["bgr0", "gbrp"])
def test_a_lossless_film_gives_every_frame_back_byte_for_byte_and_in_order(tmp_path: Path, pixel_format: str) -> None:
    frames = noise(13)
    write_film(tmp_path / "film.mkv", frames, encoding=Encoding("ffv1", pixel_format=pixel_format))
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.mkv"), frames)


def test_a_film_may_be_one_frame(tmp_path: Path) -> None:
    write_film(tmp_path / "film.mp4", noise(1))
    assert probe(tmp_path / "film.mp4").n_frames == len(decoded_frames(tmp_path / "film.mp4")) == 1


def test_frames_that_are_not_contiguous_are_written_as_they_look(tmp_path: Path) -> None:
    frames = noise(3)[:, ::-1, :, ::-1]
    write_film(tmp_path / "film.mkv", frames, encoding=LOSSLESS)
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.mkv"), frames)


def test_more_frames_than_fit_into_the_queue_and_the_pipe_arrive(tmp_path: Path) -> None:
    levels = np.arange(200, dtype=np.uint8)
    write_film(tmp_path / "film.mkv", flat(*((k, 255 - k, 7) for k in levels)), encoding=LOSSLESS)
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.mkv")[:, 20, 30, 0], levels)


def test_the_writer_knows_how_many_frames_it_took_and_how_long_it_waited(tmp_path: Path) -> None:
    with open_video(tmp_path / "film.mp4", size=SIZE, fps=25) as video:
        for frame in noise(6):
            video.write(frame)
    assert video.n_frames == 6
    assert 0 < video.wait_seconds < 20


# Colours

COLORS = ((255, 255, 255), (0, 0, 0), (128, 128, 128), (255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 40, 90))


def limited_bt709(color: tuple[int, int, int]) -> tuple[float, float, float]:
    """Y', Cb, Cr of ITU-R BT.709, section 3, in 8 bits with limited range."""
    red, green, blue = (channel / 255 for channel in color)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


@pytest.mark.parametrize("color", COLORS)
def test_h264_stores_colours_by_the_formula_of_bt709(tmp_path: Path, color: tuple[int, int, int]) -> None:
    write_film(tmp_path / "film.mp4", flat(*[color] * 3), encoding=Encoding(quality=1))
    for plane, level in zip(decoded_planes(tmp_path / "film.mp4"), limited_bt709(color), strict=True):
        assert np.abs(plane - level).max() <= 1.5


LOSSY = (
    ("libx264", ".mp4", "h264"),
    ("libx264", ".mkv", "h264"),
    ("libx265", ".mp4", "hevc"),
    ("libvpx-vp9", ".webm", "vp9"),
    ("mpeg4", ".mp4", "mpeg4"),
    ("mpeg4", ".mkv", "mpeg4"),
)


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


# Transparency

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


def squares() -> Frames:
    """12 frames: on nothing a red, a blue, a half grey and a hardly seen green square, the red one on its way."""
    frames = np.zeros((12, HEIGHT, WIDTH, 4), dtype=np.uint8)
    for k, frame in enumerate(frames):
        frame[4:20, 2 * k : 2 * k + 16] = (220, 30, 40, 255)
        frame[4:20, 44:60] = (20, 60, 200, 255)
        frame[28:44, 4:20] = (128, 128, 128, 128)
        frame[28:44, 44:60] = (0, 200, 0, 20)
    return frames


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
        ("libx264", ".mp4", r"codec 'libx264' carries no transparency; those that do are prores_ks \(\.mov\), libvpx-"),
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


# GIF


def gif_times(path: Path) -> list[int]:
    """Hundredths of a second that each frame is shown."""
    with iio.imopen(path, "r", plugin="pillow") as gif:
        assert gif.metadata()["loop"] == 0  # for ever
        return [gif.metadata(index=k)["duration"] // 10 for k in range(gif.properties(index=...).n_images)]


def moving(n_frames: int) -> Frames:
    frames = flat(*[(255, 255, 255)] * n_frames)
    for k, frame in enumerate(frames):
        frame[10:20, k : k + 10] = (200, 40, 90)
    return frames


@pytest.mark.parametrize("encoding", [Encoding(), Encoding("mpeg4", 31), Encoding("nonsense")])
def test_a_name_that_ends_in_gif_makes_one_whatever_the_codec(tmp_path: Path, encoding: Encoding) -> None:
    frames = moving(13)
    write_film(tmp_path / "film.GIF", frames, encoding=encoding)
    assert probe(tmp_path / "film.GIF").codec == "gif"
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.GIF"), frames)
    np.testing.assert_array_equal(iio.imread(tmp_path / "film.GIF", plugin="pillow", mode="RGB"), frames)
    assert gif_times(tmp_path / "film.GIF") == [4] * 13
    assert names_in(tmp_path) == ["film.GIF"]


@pytest.mark.parametrize(
    ("fps", "times"),
    [(50, {2}), (40, {2, 3}), (30, {3, 4}), (Fraction(24000, 1001), {4, 5}), (7, {14, 15}), (0.5, {200})],
)
def test_the_frames_of_a_gif_are_rounded_one_by_one_so_that_its_length_is_right(
    tmp_path: Path, fps: float | Fraction, times: set[int]
) -> None:
    write_film(tmp_path / "film.gif", moving(40), fps=fps)
    shown = gif_times(tmp_path / "film.gif")
    assert set(shown) == times
    assert len(shown) == count_frames(tmp_path / "film.gif") == 40
    for k in range(1, 41):
        assert abs(sum(shown[:k]) - 100 * k / exact_rate(fps)) <= 1


def test_equal_frames_of_a_gif_are_kept(tmp_path: Path) -> None:
    still = moving(1).repeat(9, 0)
    again = np.concatenate([still, moving(5), still])
    write_film(tmp_path / "film.gif", again, fps=30)
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.gif"), again)
    assert len(gif_times(tmp_path / "film.gif")) == 23
    assert 75 <= sum(gif_times(tmp_path / "film.gif")) <= 78


def test_odd_sizes_and_single_frames_make_gifs(tmp_path: Path) -> None:
    write_film(tmp_path / "film.gif", moving(1)[:, :47, :63])
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.gif"), moving(1)[:, :47, :63])


@pytest.mark.parametrize("name", ["%d", "a:b", "-x", "it's [x],y=2;", "電" * 83, "n" * 251])
def test_a_gifs_name_is_a_file_whatever_it_looks_like_to_ffmpeg(tmp_path: Path, name: str) -> None:
    write_film(tmp_path / f"{name}.gif", moving(2))
    assert names_in(tmp_path) == [f"{name}.gif"]
    np.testing.assert_array_equal(decoded_frames(tmp_path / f"{name}.gif"), moving(2))


def test_a_gif_keeps_thin_neurites_and_a_clean_background(tmp_path: Path) -> None:
    morphology, recording = demo_cell()
    scene = Scene(morphology, recording, clim=(-75, 30), camera=Camera(azim=-90, elev=5, azim_step=2))
    with Renderer(scene, (320, 320)) as renderer:
        frames = np.stack(list(renderer.frames(np.arange(12) * 0.1 + 3)))
    write_film(tmp_path / "film.gif", frames)
    shown = decoded_frames(tmp_path / "film.gif").astype(int)
    is_drawn = (frames < 255).any(axis=3)
    assert (shown[~is_drawn] == 255).all()  # dithering would sprinkle it
    assert np.abs(shown - frames)[is_drawn].mean() < 4


@pytest.mark.parametrize("fps", [50.1, 60, 100, 0.001])
def test_a_rate_that_a_gif_cannot_have_is_refused(tmp_path: Path, fps: float) -> None:
    with pytest.raises(ValueError, match=rf"a GIF shows each frame for 0\.02 to 655\.35 s .*, got {fps:g}"):
        write_film(tmp_path / "film.gif", moving(2), fps=fps)
    assert names_in(tmp_path) == []


def test_a_gif_is_not_transparent(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="a GIF cannot be transparent yet"):
        write_film(tmp_path / "film.gif", squares(), encoding=Encoding("qtrle", transparent=True))
    assert names_in(tmp_path) == []


def test_a_gif_that_cannot_be_made_leaves_nothing_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_input(lossless: Path, palette: Path, target: Path, *, plays: int) -> None:
        lossless.unlink()
        write_gif(lossless, palette, target, plays=plays)

    monkeypatch.setattr("gpu_morph.video.writer.write_gif", without_input)
    (tmp_path / "film.gif").write_bytes(b"the old film")
    with pytest.raises(EncoderError, match=r"ffmpeg could not make the GIF: .*No such file"):
        write_film(tmp_path / "film.gif", moving(3))
    assert names_in(tmp_path) == ["film.gif"]
    assert (tmp_path / "film.gif").read_bytes() == b"the old film"


def test_a_gif_is_made_without_all_its_frames_in_memory(tmp_path: Path) -> None:
    peaks: list[int] = []
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.01):
            for process in ffmpeg_processes():
                try:
                    peaks.append(process.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with open_video(tmp_path / "film.gif", size=(640, 480), fps=25) as video:
            for k in range(400):
                frame = np.full((480, 640, 3), 255, np.uint8)
                frame[k : k + 50, k : k + 50] = (200, k % 256, 90)
                video.write(frame)
    finally:
        is_over.set()
        watcher.join()
    assert count_frames(tmp_path / "film.gif") == 400
    assert max(peaks) < 150e6  # all frames would be 370 MB, or 490 as ffmpeg keeps them


# Codecs, rates, sizes


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


# File names

NAMES = (
    "pipe:1.mp4",
    "concat:a.mp4",
    "a:b.mp4",
    "-x.mp4",
    "%d.mp4",
    "film%03d.mkv",
    "two words.mp4",
    'it\'s "quoted".mp4',
    "Zellä 電圧 µm.mp4",
    "back\\slash.mp4",
    "new\nline.mp4",
    "FILM.MP4",
    "a|b;c&d$e.mp4",
    "[x],y.mp4",
    "n" * 251 + ".mp4",
    "電" * 83 + ".mp4",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_is_a_file_whatever_it_looks_like_to_ffmpeg(tmp_path: Path, name: str) -> None:
    write_film(tmp_path / name, noise(2))
    assert names_in(tmp_path) == [name]
    assert len(decoded_frames(tmp_path / name)) == 2


def test_relative_names_and_the_home_folder_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    write_film(Path("-here.mp4"), noise(1))
    with open_video("~/home.mp4", size=SIZE, fps=25) as video:
        video.write(noise(1)[0])
    assert names_in(tmp_path) == ["-here.mp4", "home.mp4"]


@pytest.mark.parametrize("name", ["film", "film.", ".mp4", "film.png", "film.mp4.txt"])
def test_a_name_without_a_films_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"does not end like a film; give one of \.mp4"):
        write_film(tmp_path / name, noise(1))


def test_a_folder_or_a_missing_folder_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder: give the film's file name"):
        write_film(tmp_path / "folder.mp4", noise(1))
    with pytest.raises(FileNotFoundError, match="does not exist: make it first"):
        write_film(tmp_path / "missing" / "film.mp4", noise(1))
    assert names_in(tmp_path) == ["folder.mp4"]


# What goes wrong


@pytest.fixture
def old_film(tmp_path: Path) -> Path:
    """A file that stands under the film's name before; no failed film may touch it."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"the old film")
    return path


def assert_untouched(path: Path) -> None:
    assert names_in(path.parent) == [path.name]
    assert path.read_bytes() == b"the old film"


def test_an_older_film_is_replaced_only_when_the_new_one_is_whole(old_film: Path) -> None:
    with open_video(old_film, size=SIZE, fps=25) as video:
        for frame in noise(3):
            video.write(frame)
            assert old_film.read_bytes() == b"the old film"
    assert count_frames(old_film) == 3
    assert names_in(old_film.parent) == [old_film.name]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        (Encoding("h265x"), "Unknown encoder 'h265x'"),
        (Encoding("aac"), "Invalid encoder type 'aac'"),
        (Encoding("prores_ks"), "codec not currently supported in container"),
        (Encoding(pixel_format="yuv421p"), "Unknown pixel format requested: yuv421p"),
    ],
)
def test_the_error_quotes_ffmpegs_message(old_film: Path, encoding: Encoding, words: str) -> None:
    with pytest.raises(EncoderError, match=words):
        write_film(old_film, noise(1).repeat(500, 0), encoding=encoding)
    assert_untouched(old_film)


def test_a_folder_without_write_permission_is_an_error() -> None:
    folder = Path("/proc/self")
    if not folder.is_dir():
        pytest.skip("needs a folder in which not even root can write: /proc")
    with pytest.raises(OutputError, match=r"the folder .*/proc/.* for the film cannot be written to"):
        write_film(folder / "film.mp4", noise(3))


@pytest.mark.cluster
@pytest.mark.parametrize("n_written", [0, 1, 30])
def test_an_ffmpeg_that_is_killed_is_an_error(old_film: Path, n_written: int) -> None:
    def write_and_kill() -> None:
        with open_video(old_film, size=SIZE, fps=25) as video:
            for frame in noise(n_written):
                video.write(frame)
            (process,) = ffmpeg_processes()
            process.kill()
            for frame in noise(1).repeat(n_written * 10, 0):
                video.write(frame)

    with pytest.raises(EncoderError, match="ffmpeg stopped with exit code -9"):
        write_and_kill()
    assert_untouched(old_film)


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files as POSIX does")
def test_a_disk_without_room_is_an_error(tmp_path: Path) -> None:
    # The limit, unlike a full disk, needs no root; ffmpeg meets it in the middle of the film.
    done = run_script(
        tmp_path,
        """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
        try:
            with open_video("film.mkv", size=(64, 48), fps=25, encoding=Encoding("ffv1")) as video:
                for frame in np.random.default_rng(1).integers(0, 256, (200, 48, 64, 3), dtype=np.uint8):
                    video.write(frame)
        except EncoderError as error:
            print("EncoderError:", error)
        """,
    )
    assert "EncoderError: ffmpeg stopped with exit code" in done.stdout
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("error", [RuntimeError("mine"), KeyboardInterrupt(), SystemExit(3)])
def test_an_error_while_frames_are_drawn_is_raised_and_leaves_nothing(old_film: Path, error: BaseException) -> None:
    def fail() -> None:
        with open_video(old_film, size=SIZE, fps=25) as video:
            for frame in noise(40):
                video.write(frame)
            assert len(ffmpeg_processes()) == 1
            raise error

    with pytest.raises(type(error)) as caught:
        fail()
    assert caught.value is error
    assert_untouched(old_film)


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="stops a process as POSIX does")
def test_an_error_does_not_wait_for_an_ffmpeg_that_hangs(old_film: Path) -> None:
    wakers = []

    def hang_and_fail() -> None:
        with open_video(old_film, size=SIZE, fps=25) as video:
            video.write(noise(1)[0])
            (process,) = ffmpeg_processes()
            process.suspend()
            wakers.append(threading.Timer(60, process.resume))
            wakers[0].start()
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        hang_and_fail()
    assert wakers[0].is_alive()  # it has not resumed ffmpeg
    wakers[0].cancel()
    assert_untouched(old_film)


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((WIDTH, HEIGHT, 3), np.uint8),
        np.zeros((HEIGHT, WIDTH, 4), np.uint8),
        np.zeros((HEIGHT, WIDTH, 3), np.float32),
        np.zeros((HEIGHT - 1, WIDTH, 3), np.uint8),
    ],
)
def test_a_frame_of_another_shape_or_type_is_refused(old_film: Path, frame: npt.NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=r"a frame must have shape \(48, 64, 3\) and uint8, got"):
        write_film_of_one(old_film, frame)
    assert_untouched(old_film)


def write_film_of_one(path: Path, frame: npt.NDArray[Any]) -> None:
    with open_video(path, size=SIZE, fps=25) as video:
        video.write(frame)


def test_a_film_without_frames_is_an_error(old_film: Path) -> None:
    with pytest.raises(EncoderError):
        write_film(old_film, noise(0))
    assert_untouched(old_film)


@pytest.mark.parametrize(("n_written", "n_frames"), [(4, 5), (6, 5)])
def test_a_film_with_another_number_of_frames_than_promised_is_an_error(
    old_film: Path, n_written: int, n_frames: int
) -> None:
    with pytest.raises(EncoderError, match=f"should have {n_frames} frames, but {n_written} were written"):
        write_film(old_film, noise(n_written), n_frames=n_frames)
    assert_untouched(old_film)


def test_frames_of_a_file_that_is_no_film_cannot_be_counted(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    with pytest.raises(EncoderError, match=r"ffmpeg cannot read .*film\.mp4: .*Invalid data"):
        count_frames(tmp_path / "film.mp4")


def test_two_films_can_be_written_at_once(tmp_path: Path) -> None:
    frames = noise(20)
    first, second = tmp_path / "first.mkv", tmp_path / "second.mkv"
    with (
        open_video(first, size=SIZE, fps=25, encoding=LOSSLESS) as forwards,
        open_video(second, size=SIZE, fps=25, encoding=LOSSLESS) as backwards,
    ):
        for frame, other in zip(frames, frames[::-1], strict=True):
            forwards.write(frame)
            backwards.write(other)
    np.testing.assert_array_equal(decoded_frames(first), frames)
    np.testing.assert_array_equal(decoded_frames(second), frames[::-1])


# Interrupted from outside

HEAD = """
import imageio.v3 as iio
import numpy as np
from gpu_morph.errors import EncoderError
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.writer import open_video
"""
ENDLESS = """
with open_video("film.mp4", size=(64, 48), fps=25) as video:
    while True:
        video.write(np.zeros((48, 64, 3), np.uint8))
        if video.n_frames == 500:  # more than the pipe holds
            print("running", flush=True)
"""


def run_script(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", HEAD + textwrap.dedent(script)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)


@pytest.fixture
def endless(old_film: Path) -> Iterator[SimpleNamespace]:
    """A process that writes a film for ever, in a process group of its own, and its ffmpeg."""
    process = subprocess.Popen(
        [sys.executable, "-c", HEAD + ENDLESS],
        cwd=old_film.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Started in the background, these tests may ignore Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        (encoder,) = ffmpeg_processes(psutil.Process(process.pid))
        assert len(names_in(old_film.parent)) == 2  # the old film and the beginning of a new one
        yield SimpleNamespace(process=process, encoder=encoder, film=old_film)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("whole_group", [False, True])
def test_ctrl_c_leaves_no_film_no_temporary_file_and_no_ffmpeg(endless: SimpleNamespace, whole_group: bool) -> None:
    assert os.getpgid(endless.encoder.pid) != endless.process.pid  # a terminal's Ctrl-C does not reach it
    (os.killpg if whole_group else os.kill)(endless.process.pid, signal.SIGINT)
    _, said = endless.process.communicate(timeout=60)
    assert endless.process.returncode == -signal.SIGINT
    assert said.strip().endswith("KeyboardInterrupt")
    assert not endless.encoder.is_running()
    assert_untouched(endless.film)


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_being_killed_leaves_no_half_film_under_the_films_name(endless: SimpleNamespace, number: int) -> None:
    endless.process.send_signal(number)
    endless.process.communicate(timeout=60)
    assert endless.process.returncode == -number
    psutil.wait_procs([endless.encoder], timeout=60)  # its pipe has ended, and so does it
    assert not endless.encoder.is_running()
    assert endless.film.read_bytes() == b"the old film"


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


# Encoders in hardware

# Stands in for an ffmpeg whose machine has AMD's encoder and no other.
FAKE = """#!/bin/sh
for word; do
    shift
    case $word in
        h264_nvenc|h264_qsv|h264_videotoolbox) exit 1 ;;
        h264_amf) set -- "$@" libx264 ;;
        -rc|cqp|-qp_p|20) ;;
        -qp_i) set -- "$@" -crf 20 ;;
        *) set -- "$@" "$word" ;;
    esac
done
exec {ffmpeg} "$@"
"""


@pytest.fixture
def _encoders_are_tried_again() -> Iterator[None]:
    hardware_encoders.encoder_works.cache_clear()
    yield
    hardware_encoders.encoder_works.cache_clear()


@pytest.mark.skipif(os.name == "nt", reason="needs a shell script in ffmpeg's place")
@pytest.mark.usefixtures("_encoders_are_tried_again")
def test_auto_takes_the_encoder_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "ffmpeg.sh"
    fake.write_text(FAKE.replace("{ffmpeg}", ffmpeg_path()))
    fake.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(fake))
    assert hardware_encoders.fastest_codec() == "h264_amf"
    scene = Scene(demo_cell()[0], color="k", camera=Camera(azim_step=90))
    report = render_video(scene, tmp_path / "film.mp4", size=SIZE, codec="auto", progress=False)
    assert (report.codec, report.n_frames) == ("h264_amf", 4)
    assert probe(tmp_path / "film.mp4").codec == "h264"


@pytest.mark.usefixtures("_encoders_are_tried_again")
def test_auto_takes_x264_where_no_hardware_encodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware_encoders, "encoder_works", lambda codec: False)
    report = render_video(
        Scene(demo_cell()[0], color="k", camera=Camera(azim_step=90)),
        tmp_path / "film.mp4",
        size=SIZE,
        codec="auto",
        progress=False,
    )
    assert report.codec == "libx264"


@pytest.mark.usefixtures("_encoders_are_tried_again")
def test_an_encoder_works_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hardware_encoders.encoder_works("libx264")
    assert not hardware_encoders.encoder_works("no_such_encoder")
    monkeypatch.setattr(hardware_encoders, "_TIMEOUT", 0)
    assert not hardware_encoders.encoder_works("mpeg4")


@pytest.mark.parametrize(
    ("codec", "expected"),
    [
        ("h264_nvenc", ["-rc", "vbr", "-b:v", "0", "-cq", "23"]),
        ("hevc_nvenc", ["-rc", "vbr", "-b:v", "0", "-cq", "23"]),
        ("h264_qsv", ["-global_quality", "23"]),
        ("h264_amf", ["-rc", "cqp", "-qp_p", "23", "-qp_i", "23"]),
    ],
)
def test_quality_of_encoders_in_hardware(codec: str, expected: list[str]) -> None:
    words = Encoding(codec, 23).arguments(SIZE)
    assert words[2 : 2 + len(expected)] == expected
    assert "20" in Encoding(codec).arguments(SIZE)
    with pytest.raises(ValueError, match=f"quality of {codec} runs from 0"):
        Encoding(codec, 52).arguments(SIZE)
    assert Encoding(codec).planes(SIZE, ".mp4")
