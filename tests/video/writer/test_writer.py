"""The video writer: all frames in order, and their number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from written_films import SIZE, assert_untouched, flat, noise, write_film

from gpu_morph.errors import EncoderError
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.stored_times import count_frames
from gpu_morph.video.writer import open_video
from probe import decoded_frames, probe

LOSSLESS = Encoding("ffv1", pixel_format="bgr0")


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
