"""Progress is shown on terminals only."""

from __future__ import annotations

import os
import re
import select
import subprocess
from pathlib import Path

import pytest
from command_line import GPU_MORPH, SMALL


def run_on_a_terminal(*command: str, folder: Path) -> tuple[int, str]:
    """Exit status, and what was written to a terminal as standard error."""
    import pty
    import termios

    try:
        terminal, other_end = pty.openpty()
    except OSError as cause:
        pytest.skip(f"no pseudo-terminal: {cause}")
    termios.tcsetwinsize(terminal, (24, 80))
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=other_end)
    os.close(other_end)
    written = b""
    try:
        while select.select([terminal], [], [], 60)[0]:
            try:
                part = os.read(terminal, 4096)
            except OSError:  # Linux raises it when the other end is closed
                break
            if not part:
                break
            written += part
    finally:
        os.close(terminal)
    return process.wait(timeout=180), written.decode()


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_bar_counts_the_frames_on_a_terminal(folder: Path) -> None:
    command = (*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", "--size", "320x240", "--t-step", "0.02")
    status, written = run_on_a_terminal(*command, folder=folder)
    assert status == 0
    done = [int(number) for number in re.findall(r"\| (\d+)/501 \[[^\]]*\]", written)]
    assert len(done) > 2
    assert done == sorted(done)
    assert done[-1] == 501
    assert re.search(r"\r100%\|.*\| 501/501 \[.*, *[\d.]+ frames/s\]", written)
    assert written.count("\n") == 1  # the bar stays on one line
    assert written.endswith("\n")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_an_error_on_a_terminal_stands_on_a_line_of_its_own(folder: Path) -> None:
    command = (*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, "--codec", "h265x")
    status, written = run_on_a_terminal(*command, folder=folder)
    assert status == 1
    assert written.splitlines()[-1].startswith("gpu-morph: ffmpeg stopped")


def test_without_a_terminal_there_is_no_bar(folder: Path) -> None:
    done = subprocess.run(
        [*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, "--t-step", "0.02"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
