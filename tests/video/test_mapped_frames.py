"""Films of frames that lie where the GPU has put them: nothing reads them after that memory is freed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from gpu_morph import Camera, Scene, demo_cell, render_video
from gpu_morph.api import local_film
from gpu_morph.errors import EncoderError
from gpu_morph.render.gpu.context import held_context
from gpu_morph.video.ffmpeg import FfmpegPipe
from probe import ffmpeg_processes

SIZE = 1280, 720  # a frame has more bytes than a pipe of ffmpeg holds
N_BYTES = SIZE[0] * SIZE[1] * 3 // 2
N_FRAMES = 8


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("GPU_MORPH_PATH", "gpu")
    with held_context():  # before OpenGL is imported
        pass
    morphology, recording = demo_cell()
    return Scene(morphology, recording, camera=Camera(azim_step=7.0))


class Watch:
    """What happens to frames.

    Attributes
    ----------
    before_write : callable
        Called before a frame is given to a pipe, with the number of those that were given before.
    buffers : list of (int, int)
        First byte and number of bytes of each buffer that is mapped for good.
    written : list of (int, int)
        The same of each frame that is given to a pipe.
    writers : list of list of str
        Threads that feed pipes, whenever buffers are freed.
    is_writing : Event
        A frame has been given to a pipe.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from gpu_morph.render.gpu.readback import HostBuffer, Readback

        self.buffers: list[tuple[int, int]] = []
        self.written: list[tuple[int, int]] = []
        self.writers: list[list[str]] = []
        self.before_write: Callable[[int], None] = lambda number: None
        self.is_writing = threading.Event()
        new_buffer, write, delete = HostBuffer.__init__, FfmpegPipe.write, Readback.delete

        def watched_buffer(buffer: HostBuffer, n_bytes: int) -> None:
            new_buffer(buffer, n_bytes)
            if buffer.memory is not None:
                self.buffers.append((buffer.memory.ctypes.data, n_bytes))

        def watched_write(pipe: FfmpegPipe, data: memoryview) -> None:
            self.before_write(len(self.written))
            frame = np.frombuffer(data.cast("B"), dtype=np.uint8)
            self.written.append((frame.ctypes.data, frame.size))
            self.is_writing.set()
            write(pipe, data)

        def watched_delete(readback: Readback) -> None:
            self.writers.append([t.name for t in threading.enumerate() if t.name == "gpu_morph-writer"])
            delete(readback)

        monkeypatch.setattr(HostBuffer, "__init__", watched_buffer)
        monkeypatch.setattr(FfmpegPipe, "write", watched_write)
        monkeypatch.setattr(Readback, "delete", watched_delete)


@pytest.fixture
def watch(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    yield Watch(monkeypatch)
    assert ffmpeg_processes() == []


def film(scene: Scene, path: Path, n_encoders: int) -> None:
    render_video(
        scene,
        path,
        size=SIZE,
        t_start=0,
        t_stop=N_FRAMES - 1,
        t_step=1,
        encoders=n_encoders,
        codec="mpeg4",
        progress=False,
    )


@pytest.mark.parametrize("n_encoders", [1, 2])
def test_a_films_frames_go_into_the_pipe_from_where_the_gpu_has_put_them(
    scene: Scene, watch: Watch, tmp_path: Path, n_encoders: int
) -> None:
    with held_context() as context:
        if context.gl_version < (4, 4):
            pytest.skip("needs OpenGL 4.4")
    film(scene, tmp_path / "film.mp4", n_encoders)
    assert len(watch.written) == N_FRAMES
    for start, n_bytes in watch.written:
        assert n_bytes == N_BYTES
        assert any(first <= start and start + n_bytes <= first + size for first, size in watch.buffers)
    assert watch.writers == [[]]


@pytest.mark.cluster
@pytest.mark.parametrize("n_encoders", [1, 2])
def test_an_interrupted_film_reads_no_frame_after_its_memory_is_freed(
    scene: Scene, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_encoders: int
) -> None:
    """The interrupt comes while a frame is on its way into the pipe of an ffmpeg that does not read."""

    def suspend(number: int) -> None:
        if number == 0:
            for process in ffmpeg_processes():
                process.suspend()

    def interrupt(bar: local_film.ProgressBar) -> None:
        assert watch.is_writing.wait(60)
        raise KeyboardInterrupt

    watch.before_write = suspend
    monkeypatch.setattr(local_film.ProgressBar, "advance", interrupt)
    with pytest.raises(KeyboardInterrupt):
        film(scene, tmp_path / "film.mp4", n_encoders)
    assert watch.writers == [[]]
    assert not any(tmp_path.iterdir())


@pytest.mark.cluster
@pytest.mark.parametrize("n_encoders", [1, 2])
def test_a_film_whose_ffmpeg_fails_reads_no_frame_after_its_memory_is_freed(
    scene: Scene, watch: Watch, tmp_path: Path, n_encoders: int
) -> None:
    def kill(number: int) -> None:
        if number == 2:
            for process in ffmpeg_processes():
                process.kill()

    watch.before_write = kill
    with pytest.raises(EncoderError, match="ffmpeg stopped"):
        film(scene, tmp_path / "film.mp4", n_encoders)
    assert watch.writers == [[]]
    assert not any(tmp_path.iterdir())
