"""A film on a cluster has the frames of a film made without one."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import re
import socket
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import numpy.typing as npt
import pytest
from clusters import (
    BAR,
    FILM,
    LOSSLESS,
    N_FRAMES,
    RECORDING,
    SCENE,
    SIZE,
    TIMES,
    VALUES,
    check_same,
    cluster,
    film,
    while_held,
)
from isf_cells import tiny_cell

import gpu_morph as gm
from gpu_morph.distributed.piece_store import PieceStore
from gpu_morph.distributed.pieces import missing_pieces
from gpu_morph.scene.annotations.base import Annotation, Sprite
from gpu_morph.video.piece import Piece
from probe import decoded_frames, decoded_rgba, probe

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("short_pieces", "nothing_left_running")]


# The same film


def test_any_number_of_workers_draws_the_same_frames(tmp_path: Path, drawn: npt.NDArray[np.uint8]) -> None:
    with cluster(3, 1) as client:
        report = film(tmp_path, client)
    check_same(report, drawn)
    assert report.cluster is not None
    assert len(report.cluster.checksums) == N_FRAMES
    assert len(report.cluster.workers) == 3
    assert sum(worker.n_frames for worker in report.cluster.workers.values()) == N_FRAMES


def test_supersampled_frames_are_the_same_in_every_piece(tmp_path: Path, client: Any) -> None:
    scene = replace(SCENE, time_range=gm.TimeRange(FILM["t_start"], FILM["t_stop"], FILM["t_step"]))
    with gm.Renderer(scene, SIZE, supersample=2) as renderer:
        drawn = np.stack([*renderer.frames(TIMES)])
    check_same(film(tmp_path, client, supersample=2), drawn)


def test_a_static_camera_draws_the_same_in_every_piece(tmp_path: Path, client: Any) -> None:
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, clim=(-90, 30), annotations=(gm.Clock(),))
    with gm.Renderer(replace(scene, time_range=gm.TimeRange(0, 3, 0.1)), (320, 240)) as renderer:
        frames = renderer.frames(np.arange(31) * 0.1, pixel_format="yuv420p")
        expected = {number: zlib.crc32(frame.tobytes()) for number, frame in enumerate(frames)}
    report = gm.render_video(scene, tmp_path / "film.mp4", t_stop=3, size=(320, 240), client=client)
    assert report.cluster is not None
    assert report.cluster.checksums == expected


def test_a_moving_camera_and_slow_motion_are_the_same_in_every_piece(tmp_path: Path, client: Any) -> None:
    cameras = gm.CameraPath([(0, gm.Camera(azim=0)), (0.5, gm.Camera(azim=90, elev=40), [0])])
    scene = replace(SCENE, camera=cameras, annotations=(gm.Clock(show_speed=True), gm.ScaleBar()), sampling="peak")
    options = {"t_start": None, "t_stop": None, "t_step": None} | {
        "times": gm.Timeline([(0, 3), (0.2, 15), (0.5, 16), (0.6, 4)])
    }
    alone = decoded_frames(film(tmp_path, None, scene, "alone.mkv", **options).path)
    assert len(alone) == 31
    check_same(film(tmp_path, client, scene, **options), alone)


@pytest.mark.parametrize(("codec", "ending"), [("mjpeg", ".mkv"), ("prores", ".mov")])
def test_encoders_get_the_same_frames_in_every_piece(codec: str, ending: str, tmp_path: Path, client: Any) -> None:
    """These codecs encode each frame by itself: equal frames are decoded to equal frames."""
    camera = replace(SCENE.camera, azim_step=0)  # a static camera: frames are recoloured, not drawn
    scene = replace(SCENE, camera=camera)
    for name, used in (("alone", None), ("cluster", client)):
        film(tmp_path, used, scene, name=name + ending, codec=codec, pixel_format=None)
    alone, together = (decoded_frames(tmp_path / f"{name}{ending}") for name in ("alone", "cluster"))
    np.testing.assert_array_equal(alone, together)


def test_the_report_lists_pieces_and_times_of_each_worker(
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
    text = str(report)
    for address, worker in cluster.workers.items():
        assert f"{address} ({socket.gethostname()}, {worker.renderer}): {worker.n_frames} frames" in text
        assert {"update", "draw", "read", "begin", "encode_wait"} <= set(worker.stages)
        assert 0 < sum(worker.stages.values())


def test_only_the_rows_that_a_piece_needs_are_sent(tmp_path: Path, client: Any) -> None:
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
        "import gpu_morph.data.file_rows as r; r.original = r.MappedRows.__getitem__\n"
        "def gone(*_): raise OSError('no such file')\nr.MappedRows.__getitem__ = gone",
        {},
    )
    try:
        report = film(tmp_path, client, replace(SCENE, recording=replace(RECORDING, values=values)))
    finally:
        client.run(exec, "import gpu_morph.data.file_rows as r; r.MappedRows.__getitem__ = r.original", {})
    check_same(report, drawn)


@dataclasses.dataclass(frozen=True)
class PeakBar(Annotation):
    """A user's own annotation: a bar as high as the recording's greatest value at any time."""

    place = "upper right"

    def peak(self, view: Any) -> float:
        return float(np.abs(np.asarray(view.recording.values)).max())

    def room(self, view: Any) -> tuple[int, int]:
        return 10, 20

    def drawing(self, view: Any, box: Any) -> Any:
        image = np.full((1 + int(self.peak(view)) % 20, 10, 4), (200, 30, 30, 255), dtype=np.uint8)
        return lambda moment: (Sprite(image, box.x, box.y),)


@dataclasses.dataclass(frozen=True)
class LightPeakBar(PeakBar):
    """The same, which takes what it shows of the recording to the workers."""

    known_peak: float | None = None

    def peak(self, view: Any) -> float:
        return super().peak(view) if self.known_peak is None else self.known_peak

    @property
    def needs_recording(self) -> bool:
        return self.known_peak is None

    def for_worker(self, view: Any) -> LightPeakBar:
        return replace(self, known_peak=self.peak(view))


@pytest.fixture
def workers_know_this_module() -> Iterator[None]:
    """Workers cannot import the tests: classes are sent with what is made of them."""
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@pytest.mark.usefixtures("workers_know_this_module")
@pytest.mark.parametrize("kind", [PeakBar, LightPeakBar])
def test_a_users_own_annotation_shows_the_recording(kind: type[PeakBar], tmp_path: Path, client: Any) -> None:
    values = np.repeat(VALUES, 100, axis=0)
    recording = gm.Recording(2 + np.arange(len(values)) / 400, values, section=[0, 1], position=[0.5, 0.5])
    scene = replace(SCENE, recording=recording, annotations=(kind(),), clim=(-90, 40))
    report = film(tmp_path, client, scene)
    with gm.Renderer(scene, SIZE) as renderer:
        check_same(report, np.stack(list(renderer.frames(TIMES))))
    assert report.cluster is not None
    whole_recording = recording.times.nbytes + values.nbytes
    assert (report.cluster.sent > whole_recording) == (kind is PeakBar)


def test_peaks_between_frames_are_the_same(tmp_path: Path, client: Any) -> None:
    scene = replace(SCENE, sampling="peak", annotations=())
    report = film(tmp_path, client, scene)
    with gm.Renderer(replace(scene, time_range=gm.TimeRange(2.1, 21.8, 0.5)), SIZE) as renderer:
        check_same(report, np.stack(list(renderer.frames(TIMES))))


def test_this_process_never_holds_the_whole_film(tmp_path: Path, client: Any) -> None:
    size = (400, 300)
    tracemalloc.start()
    try:
        report = film(tmp_path, client, name="film.avi", size=size, codec="rawvideo", pixel_format="bgr24")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert report.path.stat().st_size > N_FRAMES * 400 * 300 * 3
    assert most < report.path.stat().st_size / 2


def test_a_scene_without_a_recording_is_drawn(tmp_path: Path, client: Any) -> None:
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
    assert third.stat().st_mtime == 0  # complete frames stay
    assert thirtieth.read_bytes() == alone["00030.png"]


def test_frames_that_are_all_there_need_no_worker(tmp_path: Path, client: Any) -> None:
    film(tmp_path, None, frames_dir=tmp_path / "frames")
    kept = PieceStore(tmp_path / "film.mkv", None, ".mkv", {"size": 1})  # as where pieces could not be joined
    with kept.open(resume=False):
        kept.add(Piece(0, N_FRAMES), b"a piece")
    report = film(tmp_path, client, frames_dir=tmp_path / "frames")
    assert (report.n_resumed, report.cluster) == (N_FRAMES, None)
    assert {path.name for path in tmp_path.iterdir()} == {"frames", "film.mkv"}


def test_a_gif_has_the_colours_of_the_whole_film(tmp_path: Path, client: Any) -> None:
    for name, used in (("alone.gif", None), ("cluster.gif", client)):
        gm.render_video(SCENE, tmp_path / name, client=used, size=SIZE, fps=25, **FILM)
    assert (tmp_path / "alone.gif").read_bytes() == (tmp_path / "cluster.gif").read_bytes()


def test_a_transparent_film_keeps_its_transparency(tmp_path: Path, client: Any) -> None:
    options = {**LOSSLESS, "pixel_format": None, "transparent": True}
    film(tmp_path, client, **options)
    film(tmp_path, None, name="alone.mkv", **options)
    np.testing.assert_array_equal(decoded_rgba(tmp_path / "film.mkv"), decoded_rgba(tmp_path / "alone.mkv"))


def test_an_odd_size_is_padded_with_one_warning(tmp_path: Path, client: Any) -> None:
    with pytest.warns(UserWarning, match="size 127x95 is odd: padded to 128x96") as caught:
        gm.render_video(SCENE, tmp_path / "film.mp4", size=(127, 95), client=client, **FILM)
    (padded,) = (warning for warning in caught if "padded" in str(warning.message))
    assert Path(padded.filename) == Path(__file__)
    assert probe(tmp_path / "film.mp4").size == (128, 96)


def test_workers_write_pieces_to_a_shared_folder(tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "film").mkdir()
    report = film(tmp_path / "film", client, scratch=tmp_path / "scratch")
    check_same(report, drawn)
    assert report.cluster is not None
    assert report.cluster.received == 0
    assert list((tmp_path / "scratch").iterdir()) == []


# By other calls


def test_a_cell_of_isf_is_drawn_by_a_clients_workers(tmp_path: Path, client: Any) -> None:
    viz = gm.CellMorphologyVisualizer(tiny_cell(), align_trunk=False, t_start=0, t_stop=10, t_step=0.5)
    viz.dpi = 8
    for name, used in (("alone.mov", None), ("cluster.mov", client)):
        report = viz.write_video(None, tmp_path / name, color="voltage", show_legend=True, codec="png", client=used)
        assert (report.cluster is None) == (used is None)
    np.testing.assert_array_equal(decoded_frames(tmp_path / "cluster.mov"), decoded_frames(tmp_path / "alone.mov"))


def test_the_command_line_starts_workers(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gpu_morph.cli", "demo", "-o", "film.mp4", "--size", "64x48", "--t-stop", "2"]
    done = subprocess.run(
        [*command, "--workers", "2", "--device", "cpu"], cwd=tmp_path, capture_output=True, text=True, timeout=180
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "film.mp4: 21 frames of 64x48 at 50/s" in done.stdout
    assert "on 2 workers: prepare" in done.stdout
    assert probe(tmp_path / "film.mp4").n_frames == 21


def test_the_command_line_uses_a_scheduler(tmp_path: Path, client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from gpu_morph.cli.main import main

    target = tmp_path / "film.mp4"
    options = ["--size", "64x48", "--t-stop", "2", "--scheduler", client.scheduler.address]
    assert main(["demo", "-o", str(target), *options]) == 0
    assert "on 2 workers" in capsys.readouterr().out
    assert main(["demo", "-o", str(target), "--resume"]) == 1
    assert "give a client" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_counts_the_frames_of_unfinished_pieces(
    tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> list[int]:
        return [int(number) for number in re.findall(rf" (\d+)/{N_FRAMES} \[", terminal.getvalue())]

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("gpu_morph.system.progress._INTERVAL", 0.0)
    set_interval = "from gpu_morph.distributed import piece_drawing as p; p._PROGRESS_INTERVAL = {}"
    client.run(exec, set_interval.format(0.0), {})
    try:
        with while_held(client, when=lambda: max(shown(), default=0) > 0, reason="frames are counted", n_free=3):
            film(tmp_path, client)
    finally:
        client.run(exec, set_interval.format(0.5), {})
    assert shown() == sorted(shown())
    assert shown()[-1] == N_FRAMES
