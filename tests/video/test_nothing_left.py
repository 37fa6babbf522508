"""After pictures and films no thread, file handle or process is left; `tests/soak/long_runs.py` does thousands."""

from __future__ import annotations

import threading
from pathlib import Path

import psutil
import pytest

import gpu_morph as gm

pytestmark = pytest.mark.cluster


def held() -> tuple[set[threading.Thread], int, list[psutil.Process]]:
    """Threads, the number of file handles, and child processes of this process."""
    process = psutil.Process()
    return set(threading.enumerate()), process.num_fds(), process.children(recursive=True)


def test_films_and_pictures_leave_no_thread_handle_or_process(tmp_path: Path) -> None:
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(morphology, recording, clim=(-90, 30), annotations=(gm.Clock(),))

    def use() -> None:
        gm.render_video(scene, tmp_path / "film.mp4", t_stop=1.0, size=(64, 48), progress=False)
        gm.render_video(
            scene, tmp_path / "film.mp4", t_stop=1.0, size=(64, 48), progress=False, frames_dir=tmp_path / "frames"
        )
        with pytest.raises(gm.errors.EncoderError):
            gm.render_video(scene, tmp_path / "film.mp4", t_stop=1.0, size=(64, 48), codec="no", progress=False)
        gm.render_image(scene, time=1.0, size=(64, 48))
        with gm.Renderer(scene, (64, 48)) as renderer:
            next(renderer.frames([1.0, 2.0]))

    use()
    before = held()
    for _ in range(3):
        use()
    assert held() == before
