"""A film on a cluster: the same frames as alone, whatever happens to the workers."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import pytest
from isf_cells import tiny_cell
from probe import decoded_frames, decoded_rgba, ffmpeg_processes, probe

import gpu_morph as gm
from gpu_morph.annotations.base import Annotation, Sprite
from gpu_morph.distributed import crew as crews
from gpu_morph.distributed import work as works
from gpu_morph.distributed.crew import Crew, Hand, shared_out
from gpu_morph.distributed.join import join_pieces, piece_ending
from gpu_morph.distributed.pieces import Cutter, Piece, missing_pieces
from gpu_morph.distributed.travel import Rows
from gpu_morph.encoding import Encoding
from gpu_morph.errors import ClusterError, EncoderError, FramesError
from gpu_morph.progress import ProgressBar
from gpu_morph.video import open_video

distributed = pytest.importorskip("distributed")

SIZE = (128, 96)
LOSSLESS: dict[str, Any] = {"size": SIZE, "codec": "ffv1", "pixel_format": "bgr0"}
BAR = gm.Morphology(
    points=[[0, 0, -50], [0, 0, 50], [0, 0, 50], [40, 30, 90]],
    diameters=[20, 20, 8, 4],
    section_offsets=[0, 2, 4],
    section_parent=[-1, 0],
    section_parent_x=[0, 1],
    section_labels=("soma", "dend"),
)
N_FRAMES = 40
VALUES = np.random.default_rng(3).uniform(-90, 40, (2 * N_FRAMES, 2))
RECORDING = gm.Recording(2 + np.arange(2 * N_FRAMES) / 4, VALUES, section=[0, 1], position=[0.5, 0.5])
# It turns, so that a frame is right only with its number; clim, fit and layout must be those of the whole film.
SCENE = gm.Scene(
    BAR,
    RECORDING,
    color="v",
    camera=gm.Camera(azim_step=7),
    sampling="linear",
    annotations=(
        gm.ColorBar(title="", extend="both", show_missing=False),
        gm.Clock(),
        gm.TraceInset(section=(0, 1), color=("red", "blue"), width=0.2, height=0.1),
    ),
    font_size=8,
)
FILM: dict[str, Any] = {"t_start": 2.1, "t_stop": 21.8, "t_step": 0.5}
TIMES = 2.1 + np.arange(N_FRAMES) * 0.5

# What workers can be told to do wrong; each is undone by `undone`.
SLOW = """
import time
from gpu_morph.renderer import Renderer
from gpu_morph.distributed import studio
def late(film, original=studio.Studio._drawn):
    def drawn(self, *arguments):
        for frame in original(self, *arguments):
            time.sleep(0.06)
            yield frame
    return drawn
if not hasattr(studio, "original"):
    studio.original = studio.Studio._drawn
    studio.Studio._drawn = late(None)
"""
NO_ENCODER = """
from gpu_morph.distributed import worker
from gpu_morph.errors import EncoderError
def open_video(*arguments, **options):
    raise EncoderError("ffmpeg died")
worker.original = worker.open_video
worker.open_video = open_video
"""
NO_ENCODER_AFTER_26 = NO_ENCODER.replace(
    "    raise", "    if arguments[0].name < '00000027': return worker.original(*arguments, **options)\n    raise"
)
NO_CONTEXT = """
from gpu_morph.distributed import studio
from gpu_morph.errors import ContextError
def made_context(device):
    raise ContextError("no OpenGL here")
studio.original_context = studio._made_context
studio._made_context = made_context
"""
UNDONE = """
from gpu_morph.distributed import studio, worker
if hasattr(studio, "original"):
    studio.Studio._drawn = studio.original
    del studio.original
if hasattr(studio, "original_context"):
    studio._made_context = studio.original_context
if hasattr(worker, "original"):
    worker.open_video = worker.original
"""


@contextlib.contextmanager
def cluster(n_workers: int, n_threads: int, **options: Any) -> Iterator[Any]:
    """A client of so many processes."""
    given: dict[str, Any] = {"dashboard_address": ":0", "processes": True, "silence_logs": 50, **options}
    with (
        distributed.LocalCluster(n_workers=n_workers, threads_per_worker=n_threads, **given) as made,
        distributed.Client(made) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def pair() -> Iterator[Any]:
    """A client of two workers with two threads each."""
    with cluster(2, 2) as client:
        yield client


@pytest.fixture
def client(pair: Any) -> Iterator[Any]:
    """The same, with two workers as they should be."""
    pair.wait_for_workers(2, timeout=30)
    yield pair
    pair.run(exec, UNDONE, {})


@pytest.fixture(scope="module")
def drawn() -> npt.NDArray[np.uint8]:
    """The film's frames, as a Renderer gives them."""
    scene = replace(SCENE, time_range=gm.TimeRange(FILM["t_start"], FILM["t_stop"], FILM["t_step"]))
    with gm.Renderer(scene, SIZE) as renderer:
        return np.stack(list(renderer.frames(TIMES)))


@pytest.fixture(autouse=True)
def _short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some seconds of work are too long for a test."""
    monkeypatch.setattr("gpu_morph.distributed.pieces._FIRST", 9)
    monkeypatch.setattr("gpu_morph.distributed.pieces._SECONDS", 0.3)
    monkeypatch.setattr(crews, "_LOOK_EVERY", 0.2)
    monkeypatch.setattr(works, "_LOOK_EVERY", 0.1)


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    yield
    assert ffmpeg_processes() == [] or wait_until(lambda: not ffmpeg_processes())


def wait_until(condition: Callable[[], Any], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())


def film(folder: Path, client: Any, scene: gm.Scene = SCENE, name: str = "film.mkv", **options: Any) -> gm.VideoReport:
    return gm.render_video(scene, folder / name, client=client, **{**FILM, **LOSSLESS, **options})


def checksums(frames: npt.NDArray[np.uint8]) -> dict[int, int]:
    return {number: zlib.crc32(frame.tobytes()) for number, frame in enumerate(frames)}


def check_same(report: gm.VideoReport, drawn: npt.NDArray[np.uint8]) -> None:
    """The film has the frames that one process draws, and nothing is left beside it."""
    assert report.cluster is not None
    assert report.n_frames == len(drawn)
    expected = checksums(drawn)
    assert report.cluster.checksums == {number: expected[number] for number in report.cluster.checksums}
    np.testing.assert_array_equal(decoded_frames(report.path), drawn)
    assert not list(report.path.parent.glob(".*"))


# The same film


@pytest.mark.parametrize(
    ("n_workers", "n_threads", "options"), [(2, 1, {"resources": {"GPU": 1}}), (4, 2, {})], ids=str
)
def test_any_number_of_workers_and_threads_draws_the_same_frames(
    n_workers: int, n_threads: int, options: dict[str, Any], tmp_path: Path, drawn: npt.NDArray[np.uint8]
) -> None:
    with cluster(n_workers, n_threads, **options) as client:
        report = film(tmp_path, client)
    check_same(report, drawn)
    assert len(report.cluster.checksums) == N_FRAMES
    assert len(report.cluster.workers) == n_workers
    assert sum(worker.n_frames for worker in report.cluster.workers.values()) == N_FRAMES


def test_a_camera_that_stays_sees_the_same_in_every_piece(tmp_path: Path, client: Any) -> None:
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, clim=(-90, 30), annotations=(gm.Clock(),))
    with gm.Renderer(replace(scene, time_range=gm.TimeRange(0, 3, 0.1)), (320, 240)) as renderer:
        frames = renderer.frames(np.arange(31) * 0.1, pixel_format="yuv420p")
        expected = {number: zlib.crc32(frame.tobytes()) for number, frame in enumerate(frames)}
    report = gm.render_video(scene, tmp_path / "film.mp4", t_stop=3, size=(320, 240), client=client)
    assert report.cluster is not None
    assert report.cluster.checksums == expected


def test_the_report_tells_who_drew_what_and_how_long_it_took(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    report = film(tmp_path, client)
    check_same(report, drawn)
    cluster = report.cluster
    assert cluster is not None
    assert set(cluster.stages) == {"prepare", "draw", "join"}
    assert sum(cluster.stages.values()) <= report.seconds
    assert cluster.events == []
    pieces = sorted(piece for worker in cluster.workers.values() for piece in worker.pieces)
    assert missing_pieces(pieces, N_FRAMES) == []
    assert len(pieces) > 2
    words = str(report)
    for address, worker in cluster.workers.items():
        assert f"{address} ({socket.gethostname()}, {worker.renderer}): {worker.n_frames} frames" in words
        assert {"update", "draw", "read", "begin", "encode_wait"} <= set(worker.stages)
        assert 0 < sum(worker.stages.values())


def test_of_a_recording_only_the_rows_travel_that_a_piece_needs(tmp_path: Path, client: Any) -> None:
    long = gm.Recording(
        np.arange(400_000) / 1000, np.zeros((400_000, 2), np.float32), section=[0, 1], position=[0.5, 0.5]
    )
    scene = replace(SCENE, recording=long, annotations=(), clim=(-90, 40), sampling="nearest")
    report = film(tmp_path, client, scene, t_start=100, t_stop=120, t_step=1)
    values, times = 21 * 2 * 4, long.times.nbytes
    assert report.cluster is not None
    assert values < report.cluster.sent - times < values + 20_000


@pytest.mark.parametrize("kind", ["memmap", "hdf5", "dask"])
def test_values_that_workers_can_open_are_not_sent(
    kind: str, tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    with contextlib.ExitStack() as held:
        if kind == "memmap":
            np.save(tmp_path / "values.npy", VALUES)
            values: Any = np.load(tmp_path / "values.npy", mmap_mode="r")
        elif kind == "hdf5":
            h5py = pytest.importorskip("h5py")
            with h5py.File(tmp_path / "values.h5", "w") as file:
                file["v"] = VALUES
            values = held.enter_context(h5py.File(tmp_path / "values.h5", "r"))["v"]
        else:
            array = pytest.importorskip("dask.array")
            values = array.from_array(VALUES, chunks=(7, 2))
        report = film(tmp_path, client, replace(SCENE, recording=replace(RECORDING, values=values)))
    check_same(report, drawn)
    assert report.cluster is not None
    assert report.cluster.sent < 20_000


def test_values_in_a_file_that_workers_cannot_open_are_sent(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    np.save(tmp_path / "values.npy", VALUES)
    values = np.load(tmp_path / "values.npy", mmap_mode="r")
    client.run(
        exec,
        "import gpu_morph.references as r; r.original = r.MappedRows.__getitem__\n"
        "def gone(*_): raise OSError('no such file')\nr.MappedRows.__getitem__ = gone",
        {},
    )
    try:
        report = film(tmp_path, client, replace(SCENE, recording=replace(RECORDING, values=values)))
    finally:
        client.run(exec, "import gpu_morph.references as r; r.MappedRows.__getitem__ = r.original", {})
    check_same(report, drawn)


class Voltmeter(Annotation):
    """Someone's own annotation: a bar as high as the recording's greatest value at any time."""

    place = "upper right"

    def room(self, view: Any) -> tuple[int, int]:
        return 10, 20

    def drawing(self, view: Any, box: Any) -> Any:
        height = 1 + int(np.abs(np.asarray(view.recording.values)).max()) % 20
        image = np.full((height, 10, 4), (200, 30, 30, 255), dtype=np.uint8)
        return lambda moment: (Sprite(image, box.x, box.y),)


def test_someones_own_annotation_sees_the_whole_recording(tmp_path: Path, client: Any) -> None:
    import cloudpickle

    scene = replace(SCENE, annotations=(Voltmeter(),))
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import this file
    try:
        report = film(tmp_path, client, scene)
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])
    with gm.Renderer(scene, SIZE) as renderer:
        check_same(report, np.stack(list(renderer.frames(TIMES))))


def test_peaks_between_frames_are_the_same(tmp_path: Path, client: Any) -> None:
    scene = replace(SCENE, sampling="peak", annotations=())
    report = film(tmp_path, client, scene)
    with gm.Renderer(replace(scene, time_range=gm.TimeRange(2.1, 21.8, 0.5)), SIZE) as renderer:
        check_same(report, np.stack(list(renderer.frames(TIMES))))


def test_a_scene_without_values_has_nothing_to_send(tmp_path: Path, client: Any) -> None:
    scene = gm.Scene(BAR, color="red", camera=gm.Camera(azim_step=15))
    report = gm.render_video(scene, tmp_path / "turn.mkv", client=client, **LOSSLESS)
    with gm.Renderer(scene, SIZE) as renderer:
        check_same(report, np.stack(list(renderer.frames([None] * 24))))


def test_single_frames_are_those_of_a_film_made_alone(tmp_path: Path, client: Any) -> None:
    folders = [tmp_path / "alone" / "frames", tmp_path / "cluster" / "frames"]
    for folder, used in zip(folders, (None, client), strict=True):
        folder.parent.mkdir()
        film(folder.parent, used, frames_dir=folder)
    alone, together = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert alone == together
    assert len(alone) == N_FRAMES + 1
    third, thirtieth = (folders[1] / name for name in ("00003.png", "00030.png"))
    os.utime(third, (0, 0))
    thirtieth.unlink()
    film(folders[1].parent, client, frames_dir=folders[1])
    assert third.stat().st_mtime == 0  # whole ones stay
    assert thirtieth.read_bytes() == alone["00030.png"]


def test_frames_that_are_all_there_need_no_worker(tmp_path: Path, client: Any) -> None:
    film(tmp_path, None, frames_dir=tmp_path / "frames")
    report = film(tmp_path, client, frames_dir=tmp_path / "frames")
    assert (report.n_resumed, report.cluster) == (N_FRAMES, None)


def test_a_gif_has_the_colours_of_the_whole_film(tmp_path: Path, client: Any) -> None:
    for name, used in (("alone.gif", None), ("cluster.gif", client)):
        gm.render_video(SCENE, tmp_path / name, client=used, size=SIZE, fps=25, **FILM)
    assert (tmp_path / "alone.gif").read_bytes() == (tmp_path / "cluster.gif").read_bytes()


def test_a_transparent_film_keeps_its_transparency(tmp_path: Path, client: Any) -> None:
    options = {**LOSSLESS, "pixel_format": None, "transparent": True}
    film(tmp_path, client, **options)
    film(tmp_path, None, name="alone.mkv", **options)
    np.testing.assert_array_equal(decoded_rgba(tmp_path / "film.mkv"), decoded_rgba(tmp_path / "alone.mkv"))


def test_an_odd_size_is_padded_and_said_once(tmp_path: Path, client: Any) -> None:
    with pytest.warns(UserWarning, match="size 127x95 is odd: padded to 128x96") as caught:
        film(tmp_path, client, size=(127, 95), codec="libx264", pixel_format=None, name="film.mp4")
    (padded,) = (warning for warning in caught if "padded" in str(warning.message))
    assert Path(padded.filename) == Path(__file__)
    assert probe(tmp_path / "film.mp4").size == (128, 96)


def test_pieces_go_to_a_folder_that_all_see(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "film").mkdir()
    report = film(tmp_path / "film", client, scratch=tmp_path / "scratch")
    check_same(report, drawn)
    assert report.cluster is not None
    assert report.cluster.received == 0
    assert list((tmp_path / "scratch").iterdir()) == []


# Joining

CODECS = [
    ("mpeg4", ".mp4", {}),
    ("libx264", ".mp4", {}),
    ("libx265", ".mp4", {}),
    ("libvpx-vp9", ".webm", {"transparent": True}),
    ("ffv1", ".mkv", {}),
    ("prores", ".mov", {}),
    ("mpeg2video", ".mpg", {}),
    ("libx264", ".avi", {}),
]
ODD_RATE = [("libx264", ".mp4", {}), ("libx264", ".mkv", {}), ("libvpx-vp9", ".webm", {}), ("libx264", ".ts", {})]


@pytest.mark.parametrize(
    ("codec", "ending", "options", "rate"),
    [(*case, Fraction(50)) for case in CODECS] + [(*case, Fraction(30000, 1001)) for case in ODD_RATE],
    ids=str,
)
def test_a_joined_film_is_like_one_made_at_once(
    codec: str, ending: str, options: dict[str, Any], rate: Fraction, tmp_path: Path
) -> None:
    encoding = Encoding(codec, **options)
    frames = moving_square(36, transparent=encoding.transparent)
    whole, joined = tmp_path / f"it's whole{ending}", tmp_path / f"it's joined{ending}"
    write(whole, frames, encoding, rate)
    pieces, threads = [], (1, 4, 1, 2)
    for (start, stop), n_threads in zip(((0, 10), (10, 21), (21, 22), (22, 36)), threads, strict=True):
        path = tmp_path / f"it's {start}{piece_ending(ending)}"
        write(path, frames[start:stop], replace(encoding, threads=n_threads), rate)
        pieces.append((path, stop - start))
    join_pieces(pieces, joined, rate=rate)
    one, other = probe(whole), probe(joined)
    if ending != ".mpg":  # which does not say when each frame is shown
        assert other.durations == one.durations
        assert abs(other.duration - one.duration) < 0.05
    assert (other.n_frames, other.codec, other.pixel_format, other.colors, other.size) == (
        *(one.n_frames, one.codec, one.pixel_format, one.colors, one.size),
    )
    decoded = decoded_rgba if encoding.transparent else decoded_frames
    away = [np.abs(decoded(path).astype(int) - frames).mean(axis=(1, 2, 3)) for path in (whole, joined)]
    assert away[1].max() < 1.3 * away[0].max() + 0.2  # no frame is lost, doubled or worse than others
    assert {path.name for path in tmp_path.iterdir()} == {whole.name, joined.name, *(path.name for path, _ in pieces)}


def test_a_piece_that_is_not_what_it_should_be_makes_no_film(tmp_path: Path) -> None:
    rate, frames = Fraction(25), moving_square(20)
    for name, part in (("one.mp4", frames[:10]), ("two.mp4", frames[10:])):
        write(tmp_path / name, part, Encoding(), rate)
    with pytest.raises(EncoderError, match="should have 21 frames, but 20 were written"):
        join_pieces([(tmp_path / "one.mp4", 10), (tmp_path / "two.mp4", 11)], tmp_path / "film.mp4", rate=rate)
    (tmp_path / "two.mp4").write_bytes(b"no film")
    with pytest.raises(EncoderError, match="should have 20 frames, but 10 were written"):
        join_pieces([(tmp_path / "one.mp4", 10), (tmp_path / "two.mp4", 10)], tmp_path / "film.mp4", rate=rate)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.mp4", "two.mp4"]


def moving_square(n_frames: int, *, transparent: bool = False) -> npt.NDArray[np.uint8]:
    """Frames of which each is far from the next."""
    frames = np.full((n_frames, 64, 96, 4), (255, 255, 255, 0), dtype=np.uint8)
    for number, frame in enumerate(frames):
        x = 8 * (5 * number % 9)
        frame[16:48, x : x + 24] = (40 * number % 256, 90 * number % 256, 90, 255)
    return frames if transparent else frames[..., :3]


def write(path: Path, frames: npt.NDArray[np.uint8], encoding: Encoding, rate: Fraction) -> None:
    with open_video(path, size=(96, 64), fps=rate, encoding=encoding) as video:
        for frame in frames:
            video.write(frame)


# Faults


def test_a_killed_worker_loses_nothing(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    client.run(exec, SLOW, {})
    address, process = next(iter(client.run(os.getpid).items()))
    with later(lambda: os.kill(process, signal.SIGKILL), when=lambda: ffmpeg_of(process)):
        report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert f"{address} ({socket.gethostname()}) went away" in report.cluster.events


def test_the_only_worker_may_be_killed_and_started_again(tmp_path: Path, drawn: npt.NDArray[np.uint8]) -> None:
    with cluster(1, 1) as client:
        client.run(exec, SLOW, {})
        (process,) = client.run(os.getpid).values()
        with later(lambda: os.kill(process, signal.SIGKILL), when=lambda: ffmpeg_of(process)):
            report = film(tmp_path, client)
    check_same(report, drawn)


def test_an_encoder_that_dies_on_one_machine_is_left_for_others(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    bad, good = client.nthreads()
    client.run(exec, NO_ENCODER, {}, workers=[bad])
    report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert list(report.cluster.workers) == [good]
    assert any(f"failed on worker {bad}" in e and "EncoderError: ffmpeg died" in e for e in report.cluster.events)


def test_a_machine_without_opengl_is_left_out_and_said(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    bad, good = client.nthreads()
    client.run(exec, NO_CONTEXT, {}, workers=[bad])
    report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert list(report.cluster.workers) == [good]
    assert report.cluster.events == [f"{bad} ({socket.gethostname()}) cannot draw: no OpenGL here"]
    client.run(exec, NO_CONTEXT, {}, workers=[good])
    with pytest.raises(ClusterError, match=r"no worker can draw: .* cannot draw: no OpenGL here"):
        film(tmp_path, client)


def test_what_cannot_be_drawn_anywhere_is_told_and_the_rest_kept_for_another_try(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    client.run(exec, NO_ENCODER_AFTER_26, {})
    (tmp_path / "film.mkv").write_bytes(b"the old film")
    with pytest.raises(ClusterError) as caught:
        film(tmp_path, client)
    words = str(caught.value)
    assert "failed 3 times, the last time on worker tcp://" in words
    assert "EncoderError: ffmpeg died" in words
    assert f"frames are kept in {tmp_path / '.film.mkv.pieces'}: the same call with resume=True" in words
    assert (tmp_path / "film.mkv").read_bytes() == b"the old film"
    client.run(exec, UNDONE, {})
    with pytest.raises(FramesError, match=r"pieces of another film \(another camera\): resume=False begins anew"):
        film(tmp_path, client, replace(SCENE, camera=gm.Camera(azim_step=8)), resume=True)
    report = film(tmp_path, client, resume=True)
    check_same(report, drawn)
    assert report.cluster is not None
    assert 9 <= report.n_resumed == N_FRAMES - len(report.cluster.checksums)
    assert f"{report.n_resumed} of them from an earlier try" in str(report)


def test_ctrl_c_stops_everything_and_keeps_what_is_done(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    client.run(exec, SLOW, {})
    processes = list(client.run(os.getpid).values())
    pieces = tmp_path / ".film.mkv.pieces"
    with (
        pytest.raises(KeyboardInterrupt, match="frames are kept in"),
        later(lambda: os.kill(os.getpid(), signal.SIGINT), when=lambda: len(list(pieces.glob("*.mkv"))) > 1),
    ):
        film(tmp_path, client)
    assert wait_until(lambda: not any(ffmpeg_of(process) for process in processes), 3)
    assert not any(client.processing().values())
    assert [path.name for path in tmp_path.iterdir()] == [".film.mkv.pieces"]
    client.run(exec, UNDONE, {})
    report = film(tmp_path, client, resume=True)
    check_same(report, drawn)
    assert report.n_resumed > 0


def test_without_resume_a_film_begins_anew(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    (tmp_path / ".film.mkv.pieces").mkdir()
    (tmp_path / ".film.mkv.pieces" / "film.json").write_text('{"kind": "pieces of a gpu_morph film", "film": {}}')
    (tmp_path / ".film.mkv.pieces" / "00000000-00000009.mkv").write_bytes(b"of another film")
    check_same(film(tmp_path, client), drawn)


def test_a_disk_that_is_gone_is_told_at_once(tmp_path: Path, client: Any) -> None:
    class Torn:
        shape = (2 * N_FRAMES, 2)

        def __init__(self) -> None:
            self.lock = threading.Lock()  # nothing that could travel

        def __getitem__(self, rows: Any) -> Any:
            if np.max(np.arange(2 * N_FRAMES)[rows]) > 60:
                raise OSError("the disk is gone")
            return VALUES[rows]

    scene = replace(SCENE, recording=replace(RECORDING, values=Torn()), clim=(-90, 40), annotations=())
    with pytest.raises(OSError, match="the disk is gone"):
        film(tmp_path, client, scene)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_ours_stays(tmp_path: Path, client: Any) -> None:
    (tmp_path / ".film.mkv.pieces").mkdir()
    (tmp_path / ".film.mkv.pieces" / "thesis.txt").write_text("years of work")
    with pytest.raises(FramesError, match="is not gpu_morph's, and would be overwritten"):
        film(tmp_path, client)
    assert (tmp_path / ".film.mkv.pieces" / "thesis.txt").read_text() == "years of work"


@contextlib.contextmanager
def later(do: Callable[[], Any], *, when: Callable[[], Any]) -> Iterator[None]:
    """Do something in the middle of what follows, as soon as a condition holds."""
    ended = threading.Event()

    def run() -> None:
        while not when() and not ended.wait(0.02):
            pass
        if not ended.is_set():
            do()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def ffmpeg_of(process: int) -> list[psutil.Process]:
    """What encodes for a worker."""
    try:
        return [child for child in ffmpeg_processes(psutil.Process(process)) if "pipe:0" in child.cmdline()]
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def test_a_slow_worker_does_not_hold_up_the_film(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    slow, fast = client.nthreads()
    client.run(exec, SLOW.replace("0.06", "0.2"), {}, workers=[slow])
    report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert report.cluster.workers[fast].n_frames > 2 * report.cluster.workers[slow].n_frames
    assert report.cluster.events == []


# Workers as they are


def test_workers_of_another_version_are_refused_before_any_work(tmp_path: Path, client: Any) -> None:
    other = next(iter(client.nthreads()))
    client.run(
        exec,
        "import gpu_morph; gpu_morph.kept, gpu_morph.__version__ = gpu_morph.__version__, '0.0.9'",
        {},
        workers=[other],
    )
    try:
        with pytest.raises(ClusterError, match=f"1 of 2 workers .*{other}: it has gpu_morph 0.0.9 instead"):
            film(tmp_path, client)
    finally:
        client.run(exec, "import gpu_morph; gpu_morph.__version__ = gpu_morph.kept", {}, workers=[other])
    assert list(tmp_path.iterdir()) == []


def test_workers_without_gpu_morph_are_told_what_to_install(tmp_path: Path, client: Any) -> None:
    other = next(iter(client.nthreads()))
    hide = "import sys; from gpu_morph.distributed import worker; worker.kept = worker.look; del worker.look"
    client.run(exec, hide, {}, workers=[other])
    try:
        with pytest.raises(ClusterError, match=f"install gpu_morph {gm.__version__} there"):
            film(tmp_path, client)
    finally:
        client.run(exec, "from gpu_morph.distributed import worker; worker.look = worker.kept", {}, workers=[other])


def test_threads_of_this_process_draw_too_and_give_the_context_back(
    tmp_path: Path, drawn: npt.NDArray[np.uint8]
) -> None:
    with gm.Renderer(SCENE, SIZE) as renderer:
        before = renderer.render(5.0)
        with cluster(2, 2, processes=False) as client:
            report = film(tmp_path, client)
        check_same(report, drawn)
        np.testing.assert_array_equal(renderer.render(5.0), before)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gpu_morph")]


@pytest.mark.parametrize(
    ("visible", "devices"),
    [
        (["ab", "ab", "ab"], [0, 1, 0]),  # all see the same: by turns
        (["abc", "bca", "cab"], [0, 0, 0]),  # dask-cuda: its own first
        (["a", "b", "a"], [None, None, None]),  # one each
        (["", "ab"], [None, 0]),
    ],
)
def test_each_worker_of_a_machine_gets_its_own_gpu(visible: list[str], devices: list[int | None]) -> None:
    hands = [Hand(str(k), "node", tuple(gpus)) for k, gpus in enumerate(visible)]
    assert [hand.device for hand in shared_out(hands)] == devices


def test_gpus_of_different_machines_have_nothing_to_do_with_each_other() -> None:
    known = [Hand("0", "one", ("a", "b"), gpu="a")]
    one, two = shared_out([Hand("1", "one", ("a", "b")), Hand("2", "two", ("a", "b"))], known)
    assert (one.device, two.device) == (1, 0)


class AnyCluster:
    """What a Crew asks a client for; its workers are names of what draws there."""

    def __init__(self, resources: dict[str, float] | None = None, **workers: str) -> None:
        self.workers, self.resources = workers, resources or {}
        self.asked: list[tuple[str, list[str]]] = []

    def nthreads(self) -> dict[str, int]:
        return dict.fromkeys(self.workers, 1)

    def run(self, function: Any, *arguments: Any, workers: list[str], on_error: str) -> dict[str, Any]:
        self.asked.append((function.__name__, workers))
        if function.__name__ == "prepare":
            return {w: (self.workers[w], "cpu" in self.workers[w]) for w in workers}
        return {
            w: {
                "problem": "",
                "host": w[0],
                "process": 0,
                "versions": crews.worker.versions(gm.__version__),
                "encoder": "7",
                "gpus": [] if "cpu" in self.workers[w] else ["GPU-1"],
                "device": "auto",
                "drawing_on": None,
                "resources": {"GPU": self.resources[w]} if w in self.resources else {},
            }
            for w in workers
        }


def test_workers_without_a_gpu_draw_only_if_none_has_one_or_it_is_asked_for() -> None:
    mixed = AnyCluster(a="H200", b="cpu", c="H200")
    crew = Crew(mixed, None, version=gm.__version__)
    assert [hand.address for hand in crew.hands] == ["a", "c"]
    assert ("prepare", ["b"]) not in mixed.asked
    assert [h.address for h in Crew(AnyCluster(a="cpu", b="cpu"), None, version=gm.__version__).hands] == [
        "a",
        "b",
    ]
    asked = Crew(AnyCluster(a="cpu 1", b="cpu 2"), "cpu", version=gm.__version__)
    assert asked.is_software


def test_only_workers_with_the_resource_gpu_draw_where_there_are_such() -> None:
    some = AnyCluster(a="H200", b="H200", c="H200", resources={"b": 1, "c": 0})
    assert [hand.address for hand in Crew(some, None, version=gm.__version__).hands] == ["b"]


def test_workers_may_come_and_go() -> None:
    some = AnyCluster(a="cpu")
    crew = Crew(some, None, version=gm.__version__)
    some.workers = {"b": "H200"}
    crew.look()
    assert [hand.address for hand in crew.hands] == ["b"]
    assert str(crew.hand("a")) == "a (a)"
    some.workers = {}
    crew.look()
    assert crew.hands == []


def test_there_must_be_workers_and_a_client(tmp_path: Path) -> None:
    with cluster(0, 1) as empty, pytest.raises(ClusterError, match="the cluster has no workers"):
        film(tmp_path, empty)
    with pytest.raises(TypeError, match=r"client must be a distributed\.Client, .* got 'tcp://somewhere'"):
        film(tmp_path, "tcp://somewhere")
    for options in ({"resume": True}, {"scratch": tmp_path}):
        with pytest.raises(ValueError, match="for films on a cluster: give a client"):
            film(tmp_path, None, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_scratch_folder_must_be_there_and_seen_by_all(tmp_path: Path, client: Any) -> None:
    with pytest.raises(NotADirectoryError, match="scratch must be a folder that all workers see"):
        film(tmp_path, client, scratch=tmp_path / "nowhere")
    (tmp_path / "scratch").mkdir()
    other = next(iter(client.nthreads()))
    client.run(exec, "import os; os.kept = os.path.isfile; os.path.isfile = lambda _: False", {}, workers=[other])
    try:
        with pytest.raises(ClusterError, match=f"but {other} .* does not see {tmp_path}"):
            film(tmp_path, client, scratch=tmp_path / "scratch")
    finally:
        client.run(exec, "import os; os.path.isfile = os.kept", {}, workers=[other])
    assert list((tmp_path / "scratch").iterdir()) == []


# Hosts of their own


@pytest.fixture
def hosts() -> Iterator[list[str]]:
    """Two network namespaces, joined to this one by a bridge at 10.77.0.1."""
    tag = f"gm{os.getpid() % 100000}"
    names = [f"{tag}a", f"{tag}b"]
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        pytest.skip("needs the commands ip and unshare")
    try:
        ip("link", "add", tag, "type", "bridge")
    except subprocess.CalledProcessError as cause:
        pytest.skip(f"network namespaces are not allowed here: {cause.stderr.strip()}")
    try:
        try:
            ip("addr", "add", "10.77.0.1/24", "dev", tag)
            ip("link", "set", tag, "up")
            for k, name in enumerate(names):
                ip("netns", "add", name)
                ip("link", "add", f"{name}0", "type", "veth", "peer", "name", "eth0", "netns", name)
                ip("link", "set", f"{name}0", "master", tag, "up")
                ip("-n", name, "addr", "add", f"10.77.0.{k + 2}/24", "dev", "eth0")
                ip("-n", name, "link", "set", "eth0", "up")
                ip("-n", name, "link", "set", "lo", "up")
            subprocess.run(
                ["ip", "netns", "exec", names[0], "unshare", "--mount", "true"], check=True, capture_output=True
            )
        except subprocess.CalledProcessError as cause:
            pytest.skip(f"network namespaces are not allowed here: {cause.stderr}")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        subprocess.run(["ip", "link", "del", tag], capture_output=True)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def test_hosts_that_share_nothing_but_a_network_make_one_film(
    hosts: list[str], tmp_path: Path, drawn: npt.NDArray[np.uint8]
) -> None:
    # Each worker has a folder of its own in place of the one that has the film's.
    apart = f'mount -t tmpfs none {tmp_path.parent} && cd {tmp_path.parent} && exec "$@"'
    with (
        distributed.LocalCluster(n_workers=0, host="10.77.0.1", dashboard_address=":0", silence_logs=50) as made,
        contextlib.ExitStack() as held,
    ):
        for host in hosts:
            worker = [sys.executable, "-m", "distributed.cli.dask_worker", made.scheduler_address, "--no-dashboard"]
            worker += ["--no-nanny", "--nthreads", "1", "--name", host, "--local-directory", str(tmp_path.parent)]
            process = subprocess.Popen(
                ["ip", "netns", "exec", host, "unshare", "--mount", "sh", "-c", apart, "sh", *worker],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            held.callback(process.wait, 20)
            held.callback(process.terminate)
        with distributed.Client(made) as client:
            client.wait_for_workers(2, timeout=30)
            assert not any(client.run(os.path.isdir, str(tmp_path)).values())
            report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert {address.split(":")[1] for address in report.cluster.workers} == {"//10.77.0.2", "//10.77.0.3"}


# Other ways in


def test_a_cell_of_isf_is_drawn_by_a_clients_workers(tmp_path: Path, client: Any) -> None:
    viz = gm.CellMorphologyVisualizer(tiny_cell(), align_trunk=False, t_start=0, t_stop=10, t_step=0.5)
    viz.dpi = 8
    for name, used in (("alone.mov", None), ("cluster.mov", client)):
        report = viz.write_video(None, tmp_path / name, color="voltage", show_legend=True, codec="png", client=used)
        assert (report.cluster is None) == (used is None)
    np.testing.assert_array_equal(decoded_frames(tmp_path / "cluster.mov"), decoded_frames(tmp_path / "alone.mov"))


def test_the_command_line_has_workers_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gpu_morph.cli", "demo", "-o", "film.mp4", "--size", "64x48", "--t-stop", "2"]
    done = subprocess.run(
        [*command, "--workers", "2", "--device", "cpu"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "film.mp4: 21 frames of 64x48 at 50/s" in done.stdout
    assert "on 2 workers: prepare" in done.stdout
    assert probe(tmp_path / "film.mp4").n_frames == 21


def test_the_command_line_goes_to_a_scheduler(tmp_path: Path, client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from gpu_morph.cli import main

    target = tmp_path / "film.mp4"
    options = ["--size", "64x48", "--t-stop", "2", "--scheduler", client.scheduler.address]
    assert main(["demo", "-o", str(target), *options]) == 0
    assert "on 2 workers" in capsys.readouterr().out
    assert main(["demo", "-o", str(target), "--resume"]) == 1
    assert "give a client" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_counts_frames_while_pieces_are_drawn(
    tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr("gpu_morph.progress._INTERVAL", 0.0)
    client.run(exec, SLOW, {})
    film(tmp_path, client)
    shown = [int(line.split("] ")[1].split("/")[0]) for line in sys.stderr.getvalue().split("\r")[1:]]
    assert shown == sorted(shown)
    assert shown[-1] == N_FRAMES
    assert len(set(shown)) > 4


def test_progress_is_shown_in_a_notebook() -> None:
    class OutStream(io.StringIO):
        pass

    OutStream.__module__ = "ipykernel.iostream"
    with ProgressBar(10, stream=OutStream()) as bar:
        bar.begin_at(4)
        bar.move_to(10)
    assert "10/10 frames" in bar._stream.getvalue()


# Pieces


def test_pieces_are_seconds_of_work_and_shorter_towards_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    cutter, lengths = Cutter([Piece(0, 5000)]), []
    while cutter.n_left:
        lengths.append(len(cutter.cut(n_workers=5, rate=None if len(lengths) < 10 else 40.0)))
    assert sum(lengths) == 5000
    assert lengths[:12] == [50] * 10 + [160] * 2
    assert lengths[-8:-1] == [8] * 7
    assert lengths[10:-1] == sorted(lengths[10:-1], reverse=True)


@pytest.mark.parametrize(("n_frames", "n_workers"), [(1, 4), (7, 2), (21, 2), (500, 100)])
def test_short_films_have_few_pieces(n_frames: int, n_workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    cutter, pieces = Cutter([Piece(0, n_frames)]), []
    while cutter.n_left:
        pieces.append(cutter.cut(n_workers=n_workers, rate=None))
    assert missing_pieces(pieces, n_frames) == []
    assert all(len(piece) >= 8 for piece in pieces[:-1])


def test_only_gaps_are_cut() -> None:
    there = [Piece(10, 20), Piece(0, 5), Piece(20, 30)]
    gaps = missing_pieces(there, 33)
    assert gaps == [Piece(5, 10), Piece(30, 33)]
    cutter, cut = Cutter(gaps, n_frames=4), []
    while cutter.n_left:
        cut.append(cutter.cut(n_workers=1, rate=None))
    assert cut == [Piece(5, 9), Piece(9, 10), Piece(30, 33)]
    assert len(Cutter([Piece(0, 1000)], most=7).cut(n_workers=1, rate=50.0)) == 7


def test_a_pieces_file_says_which_it_is() -> None:
    assert Piece.from_file_name(Piece(7, 120).file_name(".mp4"), ".mp4") == Piece(7, 120)
    for name in ("film.json", "00000007-00000120.mkv", ".00000007-00000120.1a2b3c4d.part.mp4", "7-120.mp4", "9-7.mp4"):
        assert Piece.from_file_name(name, ".mp4") is None


def test_rows_that_were_not_sent_are_an_error_and_not_zeros() -> None:
    rows = Rows((100, 2))
    rows.fill(np.array([3, 4, 9]), np.arange(6, dtype=np.float32).reshape(3, 2))
    assert rows[4].tolist() == [2, 3]
    assert rows[3:5].tolist() == [[0, 1], [2, 3]]
    for asked in (5, slice(3, 6), 99):
        with pytest.raises(gm.errors.RecordingError, match="not sent"):
            rows[asked]
