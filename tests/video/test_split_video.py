"""A film that several encoders make side by side is the film that one makes."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.data.recording import Recording
from gpu_morph.errors import EncoderError
from gpu_morph.video import split_video
from gpu_morph.video.codecs import CODECS
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.ffmpeg import video_encoders
from gpu_morph.video.frame_order import FrameOrder
from gpu_morph.video.piece import Piece
from gpu_morph.video.split_video import open_split_video, usual_encoders
from gpu_morph.video.writer import open_video
from probe import decoded_frames, decoded_rgba, ffmpeg_processes, probe

Frames = npt.NDArray[np.uint8]
SIZE = (176, 144)  # which H.263 has, too
ORDER = FrameOrder((Piece(0, 9), Piece(9, 10), Piece(10, 23)), run=2)
ENDINGS = {
    **dict.fromkeys(("prores_ks", "prores", "prores_aw", "qtrle", "png"), ".mov"),
    **{"libvpx": ".webm", "libvpx-vp9": ".webm", "flv": ".flv", "libtheora": ".ogv"},
    **dict.fromkeys(("ffv1", "mpeg2video", "mpeg1video", "mjpeg", "h263"), ".mkv"),
    **dict.fromkeys(("msmpeg4", "msmpeg4v2", "wmv1", "wmv2", "libxvid"), ".mkv"),
}
SOFTWARE = [spec.name for spec in CODECS if "*" not in spec.name and spec.name != "dnxhd"]  # has sizes of its own


@pytest.fixture(autouse=True)
def _nothing_is_left_running(no_thread_or_ffmpeg_left: None) -> None: ...


def moving(n_frames: int, *, transparent: bool = False) -> Frames:
    """A square that moves, of another colour in each frame."""
    frames = np.full((n_frames, SIZE[1], SIZE[0], 4), (255, 255, 255, 0), dtype=np.uint8)
    for number, frame in enumerate(frames):
        x = 16 * (5 * number % 9)
        frame[16:80, x : x + 40] = (40 * number % 256, 90 * number % 256, 90, 255)
    return frames if transparent else frames[..., :3]


def write(path: Path, frames: Frames, encoding: Encoding, *, order: FrameOrder | None, fps: Any = 25) -> None:
    options: dict[str, Any] = {"size": SIZE, "fps": fps, "encoding": encoding}
    if order is None:
        with open_video(path, **options) as video:
            for frame in frames:
                video.write(frame)
    else:
        with open_split_video(path, order, **options) as split:
            for number in order.numbers:
                split.write(frames[number])


@pytest.mark.parametrize("codec", SOFTWARE)
def test_every_codec_keeps_all_frames_in_order_each_at_its_time(tmp_path: Path, codec: str) -> None:
    if codec not in video_encoders():
        pytest.skip(f"ffmpeg has no {codec}")
    frames, path = moving(9), tmp_path / f"film{ENDINGS.get(codec, '.mp4')}"
    write(path, frames, Encoding(codec), order=FrameOrder((Piece(0, 4), Piece(4, 9)), run=2))
    assert set(probe(path).durations) == {Fraction(1, 25)}
    errors = np.abs(decoded_frames(path)[:, None, ::4, ::4].astype(int) - frames[None, :, ::4, ::4]).mean(
        axis=(2, 3, 4)
    )
    assert errors.shape == (9, 9)
    assert errors.argmin(axis=1).tolist() == [*range(9)]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("fps", [50, Fraction(30000, 1001)])
@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".ts"])
def test_frames_are_shown_at_the_same_times_in_every_container(tmp_path: Path, ending: str, fps: Any) -> None:
    for name, order in (("whole", None), ("split", ORDER)):
        write(tmp_path / f"{name}{ending}", moving(23), Encoding(), order=order, fps=fps)
    one, other = probe(tmp_path / f"whole{ending}"), probe(tmp_path / f"split{ending}")
    assert other.durations == one.durations
    assert abs(other.duration - one.duration) < 0.05


def test_a_lossless_film_gives_every_frame_back_byte_for_byte(tmp_path: Path) -> None:
    path, frames = tmp_path / "it's %d.mkv", np.random.default_rng(0).integers(0, 256, (23, 144, 176, 3), np.uint8)
    write(path, frames, Encoding("ffv1", pixel_format="bgr0"), order=ORDER)
    np.testing.assert_array_equal(decoded_frames(path), frames)
    shown = moving(23, transparent=True)
    write(tmp_path / "clear.mkv", shown, Encoding("ffv1", transparent=True), order=ORDER)
    np.testing.assert_array_equal(decoded_rgba(tmp_path / "clear.mkv"), shown)


# The order


@pytest.mark.parametrize(("n_frames", "n_encoders"), [(1, 1), (1, 4), (3, 4), (7, 3), (1000, 6)])
def test_each_encoder_gets_its_piece_in_order_and_all_get_frames_in_turns(n_frames: int, n_encoders: int) -> None:
    order = FrameOrder.of_film(n_frames, n_encoders, 10)
    assert sorted(order.numbers.tolist()) == list(range(n_frames))
    lengths = [len(piece) for piece in order.pieces]
    assert len(lengths) == min(n_encoders, n_frames)
    assert max(lengths) - min(lengths) <= 1
    positions = np.argsort(order.numbers)
    for piece in order.pieces:
        own = positions[piece.start : piece.stop]
        assert np.all(np.diff(own) > 0)
        assert np.all(np.diff(own) <= (len(lengths) - 1) * order.run + 1)


def test_frames_that_wait_take_a_limited_amount_of_memory() -> None:
    for n_bytes in (100, 3_000_000, 12_000_000, 10**9):
        for n_encoders in (2, 3, 8):
            order = FrameOrder.of_film(1000, n_encoders, n_bytes)
            assert order.run == 1 or n_encoders * order.run * n_bytes <= 2**28


# Films

BAR = gm.Morphology([[0, 0, 0], [50, 0, 0]], [8, 8], [0, 2], [-1], [0], ["soma"])
TIMES = np.arange(61) / 2
VALUES = np.random.default_rng(0).uniform(-80, 30, (61, 6)).astype(np.float32)


class Counted:
    """Rows as of a file, which counts how often each is read."""

    shape = VALUES.shape

    def __init__(self) -> None:
        self.n_read = np.zeros(len(VALUES), dtype=int)

    def __getitem__(self, rows: Any) -> Frames:
        self.n_read[rows] += 1
        return VALUES[rows]


def scene(values: Any = VALUES, **options: Any) -> gm.Scene:
    recording = Recording(TIMES, values, section=np.zeros(6), position=np.linspace(0, 1, 6))
    annotations = (gm.TraceInset(), gm.Clock())
    camera = gm.Camera(elev=90, azim_step=3)
    return gm.Scene(BAR, recording, clim=(-80, 30), camera=camera, annotations=annotations, **options)


def film(shown: gm.Scene, path: Path, **options: Any) -> gm.VideoReport:
    given = {"size": (200, 160), "codec": "ffv1", "pixel_format": "bgr0", "progress": False, "t_step": 0.7}
    return gm.render_video(shown, path, **{**given, **options})


@pytest.mark.parametrize(
    ("sampling", "is_file"), [("linear", False), ("nearest", True), ("linear", True), ("peak", True)]
)
def test_a_film_of_several_encoders_is_the_film_of_one(tmp_path: Path, sampling: Any, is_file: bool) -> None:
    rows = Counted()
    one = film(scene(sampling=sampling), tmp_path / "one.mkv", encoders=1, t_stop=14.7)
    three = film(scene(rows if is_file else VALUES, sampling=sampling), tmp_path / "three.mkv", encoders=3, t_stop=14.7)
    assert (one.n_encoders, three.n_encoders, three.n_frames) == (1, 3, 22)
    np.testing.assert_array_equal(decoded_frames(tmp_path / "three.mkv"), decoded_frames(tmp_path / "one.mkv"))
    assert probe(tmp_path / "three.mkv").durations == probe(tmp_path / "one.mkv").durations
    assert {path.name for path in tmp_path.iterdir()} == {"one.mkv", "three.mkv"}


def test_rows_of_a_file_are_read_ahead_for_each_piece_and_not_again_for_each_frame(tmp_path: Path) -> None:
    rows = Counted()
    film(scene(rows), tmp_path / "film.mkv", encoders=3, memory=6 * 4 * 48)
    inset = 1  # the trace reads all rows once
    assert rows.n_read.max() <= inset + 2  # where pieces meet, both read a row


def test_a_short_film_has_no_more_encoders_than_frames(tmp_path: Path) -> None:
    assert film(scene(), tmp_path / "film.mkv", t_stop=0.7, encoders=5).n_encoders == 2
    assert len(decoded_frames(tmp_path / "film.mkv")) == 2


# How many


@pytest.mark.parametrize(
    ("n_processors", "codec", "n_frames", "expected"),
    [
        (2, "libx264", 10_000, 1),
        (8, "libx264", 10_000, 1),
        (16, "libx264", 10_000, 3),
        (16, "mpeg4", 10_000, 3),
        (256, "libx264", 10_000, 8),
        (256, "libx264", 250, 2),
        (256, "libx264", 99, 1),
        (256, "h264_nvenc", 10_000, 1),
        (256, "unknown", 10_000, 1),
    ],
)
def test_a_film_gets_as_many_encoders_as_there_are_processors_for(
    monkeypatch: pytest.MonkeyPatch, n_processors: int, codec: str, n_frames: int, expected: int
) -> None:
    monkeypatch.setattr(split_video, "n_processors", lambda: n_processors)
    assert usual_encoders(Encoding(codec), n_frames) == expected


def test_where_the_cpu_draws_a_film_has_one_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.api.local_film.usual_encoders", lambda *_: 2)
    assert film(scene(), tmp_path / "film.mkv", device="cpu").n_encoders == 1


@pytest.mark.parametrize("encoders", [0, -1, True, 2.0, "2", "many", None, [2], np.arange(3)])
def test_a_wrong_number_of_encoders_is_refused(tmp_path: Path, encoders: Any) -> None:
    with pytest.raises(ValueError, match="encoders must be 'auto' or a whole number, 1 to 1024, got"):
        film(scene(), tmp_path / "film.mkv", encoders=encoders)


@pytest.mark.parametrize("name", ["film.gif", "film.avi", "film.mpg", "film.wmv", "film.mp4"])
def test_films_that_have_one_encoder_say_so(tmp_path: Path, name: str) -> None:
    options = {"frames_dir": tmp_path / "frames"} if name == "film.mp4" else {}
    with pytest.raises(ValueError, match="encoders=2: films with a client or frames_dir, GIF, AVI"):
        film(scene(), tmp_path / name, codec="mpeg4", pixel_format=None, encoders=2, **options)
    assert list(tmp_path.iterdir()) == []
    assert film(scene(), tmp_path / name, codec="mpeg4", pixel_format=None, encoders="auto", **options).n_encoders == 1


# Failures


@pytest.fixture
def old_film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mkv"
    path.write_bytes(b"the old film")
    return path


def assert_untouched(film: Path) -> None:
    assert [path.name for path in film.parent.iterdir()] == [film.name]
    assert film.read_bytes() == b"the old film"


@pytest.mark.parametrize("error", [RuntimeError("mine"), KeyboardInterrupt(), SystemExit(3)])
@pytest.mark.parametrize("n_written", [0, 5, 23])
def test_an_error_while_frames_are_drawn_leaves_nothing(old_film: Path, error: BaseException, n_written: int) -> None:
    def fail() -> None:
        with open_split_video(old_film, ORDER, size=SIZE, fps=25, encoding=Encoding()) as video:
            for number in ORDER.numbers[:n_written]:
                video.write(moving(23)[number])
            assert len(os.listdir(old_film.parent)) > 1 or not n_written
            raise error

    with pytest.raises(type(error)) as caught:
        fail()
    assert caught.value is error
    assert_untouched(old_film)


@pytest.mark.cluster
@pytest.mark.parametrize("index", [0, 1, 2])
def test_one_encoder_that_is_killed_is_an_error(old_film: Path, index: int) -> None:
    def write_and_kill() -> None:
        with open_split_video(old_film, ORDER, size=SIZE, fps=25, encoding=Encoding()) as video:
            encoders = sorted(ffmpeg_processes(), key=lambda process: process.pid)
            assert len(encoders) == 3
            encoders[index].kill()
            for number in ORDER.numbers:
                video.write(moving(23)[number])

    with pytest.raises(EncoderError, match="ffmpeg stopped with exit code -9"):
        write_and_kill()
    assert_untouched(old_film)


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files as POSIX does")
@pytest.mark.parametrize("limit", [100_000, 1_000_000])  # less than a piece; more than a piece, less than the film
def test_a_disk_without_room_is_an_error(old_film: Path, limit: int) -> None:
    import resource

    frames = np.random.default_rng(1).integers(0, 256, (23, 144, 176, 3), dtype=np.uint8)  # 75 kB each
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with pytest.raises(EncoderError):
            write(old_film, frames, Encoding("ffv1", pixel_format="bgr0"), order=ORDER)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert_untouched(old_film)


def test_an_interrupt_while_pieces_are_joined_leaves_nothing(old_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gpu_morph.video.join.run_ffmpeg", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(old_film, moving(23), Encoding(), order=ORDER)
    assert_untouched(old_film)


def test_an_odd_size_is_warned_of_once(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="size 175x143 is odd") as caught:
        film(scene(), tmp_path / "film.mp4", size=(175, 143), codec="libx264", pixel_format=None, encoders=3)
    assert len(caught) == 1
    assert probe(tmp_path / "film.mp4").size == (176, 144)
