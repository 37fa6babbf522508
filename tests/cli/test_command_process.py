"""The command as a process: its exit status, closed pipes and interruptions."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from command_line import GPU_MORPH, SMALL, new_files

from probe import ffmpeg_processes, is_encoding, wait_until


def test_as_a_process_too_a_failure_is_one_line_and_not_zero(folder: Path) -> None:
    done = subprocess.run(
        [*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, "--codec", "h265x"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"gpu-morph: ffmpeg stopped with exit code .*Unknown encoder 'h265x'.*\n", done.stderr)
    assert new_files(folder) == set()


def test_software_rendering_is_said_once_and_before_the_error(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "GPU_MORPH_DEVICE"}
    done = subprocess.run(
        [*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, "--codec", "h265x"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    *warned, error = done.stderr.splitlines()
    assert done.returncode == 1
    assert error.startswith("gpu-morph: ffmpeg stopped")
    assert len(warned) <= 1  # none where a GPU draws
    assert all(line.startswith("gpu-morph: warning: drawing on the CPU") for line in warned)


def test_a_closed_pipe_is_no_error_message(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        [*GPU_MORPH, "info"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait(timeout=180) == 1


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize(
    ("number", "n_encoders"),
    [(signal.SIGINT, 1), (signal.SIGTERM, 1), (signal.SIGINT, 3)],
    ids=["Ctrl-C", "SIGTERM", "Ctrl-C with three encoders"],
)
def test_an_interruption_is_one_line_and_leaves_nothing(folder: Path, number: int, n_encoders: int) -> None:
    film = ("-o", "film.mp4", *SMALL, "--t-step", "0.00001", "--encoders", str(n_encoders))
    process = subprocess.Popen(
        [*GPU_MORPH, "render", "cell.swc", "rec.npz", *film],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Started in the background, these tests may ignore Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        wait_until(lambda: is_encoding(process.pid) or process.poll() is not None, "frames are encoded")
        encoders = ffmpeg_processes(psutil.Process(process.pid))
        assert len(encoders) == n_encoders
        os.killpg(process.pid, number)
        said = process.communicate(timeout=180)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert said == ("", "gpu-morph: interrupted; nothing was left behind\n")
    assert not any(encoder.is_running() for encoder in encoders)
    assert new_files(folder) == set()
