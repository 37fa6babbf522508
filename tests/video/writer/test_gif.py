"""GIFs have all frames, exact lengths and clean backgrounds."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import psutil
import pytest
from written_films import Frames, flat, names_in, squares, write_film

from gpu_morph import Camera, Renderer, Scene, demo_cell
from gpu_morph.errors import EncoderError, UnsupportedError
from gpu_morph.video.encoding import Encoding, exact_rate
from gpu_morph.video.gif import write_gif
from gpu_morph.video.stored_times import count_frames
from gpu_morph.video.writer import open_video
from probe import decoded_frames, ffmpeg_processes, probe


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
