"""An error leaves the older film, no temporary file and no ffmpeg, and says what ffmpeg said."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from written_films import HEAD, HEIGHT, SIZE, WIDTH, assert_untouched, names_in, noise, write_film

from gpu_morph.errors import EncoderError, OutputError
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.stored_times import count_frames
from gpu_morph.video.writer import open_video
from probe import ffmpeg_processes


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


def run_script(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", HEAD + textwrap.dedent(script)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
