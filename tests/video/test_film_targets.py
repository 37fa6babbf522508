"""Films under one name, protected films, films that are killed, and films that ffmpeg would change in silence."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import EncoderError, OutputError
from gpu_morph.system.file_lock import file_lock
from gpu_morph.video.encoding import Encoding, exact_rate
from gpu_morph.video.ffmpeg import ffmpeg_path, supported_rates
from gpu_morph.video.hardware_encoders import encoder_works
from gpu_morph.video.stored_times import count_frames
from gpu_morph.video.writer import open_video
from probe import decoded_frames, ffmpeg_processes

CELL = gm.demo_cell()[0]
SCENE = gm.Scene(CELL, color="k", camera=gm.Camera(azim_step=120))
FILM: dict[str, Any] = {"size": (32, 24), "progress": False}
SCRIPT = """
    import sys, gpu_morph as gm
    scene = gm.Scene(gm.demo_cell()[0], color="k", camera=gm.Camera(azim_step=1))
    gm.render_video(scene, sys.argv[1], t_stop=100_000, t_step=1, size=(64, 48), progress=False)
"""


def heed_signals() -> None:
    """For a new process: shells and nohup start processes that ignore some signals."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def drawing(path: Path) -> subprocess.Popen[bytes]:
    """A process that makes a film without an end and has begun to write it."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(SCRIPT), path],
        stderr=subprocess.DEVNULL,
        preexec_fn=heed_signals,
    )
    while not any(".part" in name for name in os.listdir(path.parent)):
        assert process.poll() is None
        time.sleep(0.01)
    return process


def test_a_second_film_of_one_name_is_refused_and_told_who_makes_it(tmp_path: Path) -> None:
    with file_lock(tmp_path / "film.mp4", what="film"):
        with pytest.raises(OutputError, match=rf"film\.mp4 is being written by process {os.getpid()} on"):
            gm.render_video(SCENE, tmp_path / "film.mp4", **FILM)
        assert gm.render_video(SCENE, tmp_path / "other.mp4", **FILM).n_frames == 3
    assert gm.render_video(SCENE, tmp_path / "film.mp4", **FILM).n_frames == 3
    assert sorted(os.listdir(tmp_path)) == ["film.mp4", "other.mp4"]


@pytest.mark.parametrize("ending", [".mp4", ".gif"])
def test_a_read_only_film_and_a_pipe_are_refused_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    film, pipe = tmp_path / f"film{ending}", tmp_path / f"pipe{ending}"
    film.write_bytes(b"protected")
    film.chmod(0o400)
    os.mkfifo(pipe)
    monkeypatch.setattr(gm.Renderer, "__init__", lambda *_, **__: pytest.fail("a Renderer was made"))
    with pytest.raises(OutputError, match="read-only"):
        gm.render_video(SCENE, film, **FILM)
    with pytest.raises(OutputError, match="a device, a pipe or a socket"):
        gm.render_video(SCENE, pipe, **FILM)
    assert film.read_bytes() == b"protected"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("ending", [".mkv", ".gif"])
def test_a_film_replaces_what_a_link_leads_to(tmp_path: Path, ending: str) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / f"film{ending}").symlink_to("store/object")
    report = gm.render_video(SCENE, tmp_path / f"film{ending}", **FILM)
    assert report.path == tmp_path / f"film{ending}"
    assert os.readlink(report.path) == "store/object"
    assert len(decoded_frames(tmp_path / "store" / "object")) == 3
    assert os.listdir(tmp_path / "store") == ["object"]


def test_folders_of_files_are_made_where_links_lead(tmp_path: Path) -> None:
    for link, target in (("frames", "store"), ("vtk", "stored/vtk")):
        (tmp_path / link).symlink_to(target)
    gm.render_video(SCENE, tmp_path / "film.mkv", frames_dir=tmp_path / "frames", **FILM)
    assert len(list((tmp_path / "store").glob("*.png"))) == 3
    gm.write_vtk_frames(*gm.demo_cell(), tmp_path / "vtk", times=[0.0])
    assert len(list((tmp_path / "stored" / "vtk").glob("*.vtk"))) == 1
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(NotADirectoryError, match="is a link in a circle: give another frames_dir"):
        gm.render_video(SCENE, tmp_path / "film.mkv", frames_dir=tmp_path / "circle", **FILM)


@pytest.mark.parametrize("ending", ["png", "svg", "html", "vtk"])
def test_pictures_pages_and_vtk_files_are_as_careful(tmp_path: Path, ending: str) -> None:
    def write(path: Path) -> None:
        if ending == "vtk":
            gm.write_vtk(CELL, path)
        elif ending == "html":
            gm.write_html(gm.Scene(CELL), path)
        else:
            gm.save_image(path, gm.Scene(CELL), size=(16, 16))

    target, link, pipe = (tmp_path / f"{name}.{ending}" for name in ("target", "link", "pipe"))
    write(target)
    link.symlink_to(target.name)
    write(link)
    assert link.is_symlink()
    target.chmod(0o444)
    before = target.read_bytes()
    os.mkfifo(pipe)
    for path in (target, link, pipe):
        with pytest.raises(OutputError):
            write(path)
    assert target.read_bytes() == before
    assert len(os.listdir(tmp_path)) == 3


@pytest.mark.cluster
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_one_after_the_other_leave_nothing(tmp_path: Path, number: int) -> None:
    process = drawing(tmp_path / "film.mp4")
    for _ in range(3):
        process.send_signal(number)
        time.sleep(0.03)
    assert process.wait(timeout=180) == -number
    assert os.listdir(tmp_path) == []


@pytest.mark.cluster
def test_what_a_killed_film_leaves_says_whose_it_is_and_is_removed_by_the_next(tmp_path: Path) -> None:
    process = drawing(tmp_path / "film.mp4")
    process.kill()
    process.wait()
    left = os.listdir(tmp_path)
    assert left
    assert all(f"-{process.pid}-" in name for name in left)
    gm.render_video(SCENE, tmp_path / "film.mp4", **FILM)
    assert os.listdir(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("n_threads", [0, 1])
def test_where_a_thread_cannot_be_started_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_threads: int
) -> None:
    start, started = threading.Thread.start, []

    def fail_later(self: threading.Thread) -> None:
        if len(started) == n_threads:
            raise RuntimeError("can't start new thread")
        started.append(self)
        start(self)

    def write() -> None:
        with open_video(tmp_path / "film.mp4", size=(32, 24), fps=25):
            pass

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail_later)
        with pytest.raises(EncoderError, match=r"cannot be started .*limit of threads"):
            write()
    assert os.listdir(tmp_path) == []
    assert ffmpeg_processes() == []


def test_an_ffmpeg_without_x264_is_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ffmpeg"
    other = 'for word; do shift; set -- "$@" "$(echo "$word" | sed s/libx264/libx26four/g)"; done'
    program.write_text(f'#!/bin/sh\n{other}\nexec "{ffmpeg_path()}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    encoder_works.cache_clear()
    for codec in ("libx264", "auto"):
        with pytest.raises(EncoderError, match=r"Unknown encoder .*gpu-morph info lists the encoders"):
            gm.render_video(SCENE, tmp_path / "film.mp4", codec=codec, **FILM)
    encoder_works.cache_clear()
    assert os.listdir(tmp_path) == ["ffmpeg"]


# What ffmpeg would do in silence


@pytest.mark.parametrize(("codec", "fps", "near"), [("mpeg2video", 7, "6 or 7.49"), ("mpeg1video", 100, "60")])
def test_a_rate_that_the_encoder_would_change_is_refused(tmp_path: Path, codec: str, fps: float, near: str) -> None:
    with pytest.raises(ValueError, match=rf"fps: {codec} makes films of some rates only, {near}\S* near to {fps}"):
        gm.render_video(SCENE, tmp_path / "film.mpg", codec=codec, fps=fps, **FILM)


@pytest.mark.parametrize("fps", [25, 29.97, 30])
def test_rates_that_mpeg_knows_are_taken(fps: float) -> None:
    Encoding("mpeg2video").check((32, 24), exact_rate(fps), ".mpg")


def test_other_encoders_take_any_rate() -> None:
    assert supported_rates("libx264") == supported_rates("no such encoder") == ()


@pytest.mark.parametrize(("t_start", "t_stop"), [(2, 2), (0, 0.5)])
def test_a_film_of_one_frame_warns(tmp_path: Path, t_start: float, t_stop: float) -> None:
    with pytest.warns(UserWarning, match=rf"the film has one frame, at {t_start} ms"):
        gm.render_video(SCENE, tmp_path / "film.mp4", t_start=t_start, t_stop=t_stop, t_step=1, **FILM)
    assert count_frames(tmp_path / "film.mp4") == 1


@pytest.mark.parametrize("n_frames", [1, 2])
@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_transport_streams_may_be_short(tmp_path: Path, codec: str, n_frames: int) -> None:
    with open_video(tmp_path / "film.ts", size=(32, 24), fps=25, encoding=Encoding(codec)) as video:
        for _ in range(n_frames):
            video.write(np.full((24, 32, 3), 255, np.uint8))
    assert count_frames(tmp_path / "film.ts") == n_frames
