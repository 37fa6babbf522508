"""What ends a film on a cluster: Ctrl-C, signals, the end of the client's process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import distributed
import numpy as np
import numpy.typing as npt
import psutil
import pytest
from clusters import (
    ENDLESS,
    N_FRAMES,
    REPAIR,
    check_same,
    ffmpeg_of,
    film,
    later,
)

from gpu_morph.distributed.piece_drawing import draw_piece
from probe import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("short_pieces", "nothing_left_running")]


def test_ctrl_c_stops_everything_and_keeps_what_is_done(
    tmp_path: Path, client: Any, drawn: npt.NDArray[np.uint8]
) -> None:
    client.run(exec, ENDLESS, {})
    processes = list(client.run(os.getpid).values())
    pieces = tmp_path / ".film.mkv.pieces"
    interrupt = partial(os.kill, os.getpid(), signal.SIGINT)
    # A shell starts tests in the background with interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with (
            pytest.raises(KeyboardInterrupt, match="frames are kept in"),
            later(interrupt, when=lambda: len(list(pieces.glob("*.mkv"))) > 1, reason="two pieces are kept"),
        ):
            film(tmp_path, client)
    finally:
        signal.signal(signal.SIGINT, before)
    wait_until(lambda: not any(ffmpeg_of(process) for process in processes), "endless pieces are stopped")
    wait_until(lambda: not any(client.processing().values()), "no task is left")
    assert [path.name for path in tmp_path.iterdir()] == [".film.mkv.pieces"]
    client.run(exec, REPAIR, {})
    report = film(tmp_path, client, resume=True)
    check_same(report, drawn)
    assert report.n_resumed > 0


def test_ctrl_c_in_a_destructor_is_not_lost(tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    release, interrupted = distributed.Future.release, []
    pieces = tmp_path / ".film.mkv.pieces"

    def interrupt(future: distributed.Future) -> None:
        is_here = threading.current_thread() is threading.main_thread()
        if is_here and not interrupted and any(pieces.glob("*.mkv")):  # not for a piece that is moved before
            interrupted.append(future.key)
            os.kill(os.getpid(), signal.SIGINT)
        release(future)

    client.run(exec, ENDLESS, {})
    monkeypatch.setattr(distributed.Future, "release", interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt, match="frames are kept in") as caught:
            film(tmp_path, client)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert interrupted
    assert int(str(caught.value).split()[0]) < N_FRAMES
    try:
        wait_until(lambda: not any(client.processing().values()), "no task is left")
    finally:
        client.run(exec, REPAIR, {})


def test_ctrl_c_while_a_piece_is_submitted_leaves_no_task(
    tmp_path: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, interrupted = distributed.Client.submit, []

    def interrupt(client: distributed.Client, function: Any, *arguments: Any, **options: Any) -> distributed.Future:
        future = submit(client, function, *arguments, **options)
        if function is draw_piece and arguments[1].start >= 18 and not interrupted:
            interrupted.append(future.key)
            os.kill(os.getpid(), signal.SIGINT)
        return future

    client.run(exec, ENDLESS, {})
    monkeypatch.setattr(distributed.Client, "submit", interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:  # as a notebook's traceback, it keeps the future
            film(tmp_path, client)
    finally:
        signal.signal(signal.SIGINT, before)
    assert interrupted
    try:
        wait_until(lambda: not any(client.processing().values()), "no task is left")
    finally:
        client.run(exec, REPAIR, {})
    assert caught.value.__traceback__ is not None


def test_a_killed_client_leaves_no_tasks_and_its_pieces_for_the_next_call(tmp_path: Path, client: Any) -> None:
    client.run(exec, ENDLESS, {})
    processes = list(client.run(os.getpid).values())
    command = [sys.executable, "-m", "gpu_morph.cli", "demo", "-o", "film.mp4", "--size", "64x48", "--t-stop", "20"]
    command += ["--device", "cpu", "--scheduler", client.scheduler.address]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: any((tmp_path / ".film.mp4.pieces").glob("0*.mp4")), "a piece is kept")
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: not any(ffmpeg_of(process) for process in processes), "endless pieces are stopped")
    client.run(exec, REPAIR, {})
    done = subprocess.run([*command, "--resume"], cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert (done.returncode, done.stderr) == (0, "")
    assert "of them from an earlier try" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_command_leaves_no_process(tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-m", "gpu_morph.cli", "demo", "-o", "film.mp4", "--workers", "2", "--device", "cpu"]
    process = subprocess.Popen(
        [*command, "--size", "160x120", "--t-step", "0.0005"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Tests that a shell starts in the background ignore Ctrl-C, and so would the command.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        wait_until(lambda: any((tmp_path / ".film.mp4.pieces").glob("0*.mp4")), "a piece is kept")
        started = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, number)  # to all processes, as terminals and batch systems do
        _, error = process.communicate(timeout=180)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert re.fullmatch(r"gpu-morph: interrupted; \d+ frames are kept in .*: .* --resume draws the others\n", error)
    assert len(started) > 2
    assert psutil.wait_procs(started, timeout=180)[1] == []
    assert [path.name for path in tmp_path.iterdir()] == [".film.mp4.pieces"]
