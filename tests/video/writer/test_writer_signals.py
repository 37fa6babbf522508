"""A writer that is interrupted or killed leaves no film."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from written_films import HEAD, assert_untouched, names_in

from probe import ffmpeg_processes

ENDLESS = """
with open_video("film.mp4", size=(64, 48), fps=25) as video:
    while True:
        video.write(np.zeros((48, 64, 3), np.uint8))
        if video.n_frames == 500:  # more than the pipe holds
            print("running", flush=True)
"""


@pytest.fixture
def endless(old_film: Path) -> Iterator[SimpleNamespace]:
    """A process that writes a film for ever, in a process group of its own, and its ffmpeg."""
    process = subprocess.Popen(
        [sys.executable, "-c", HEAD + ENDLESS],
        cwd=old_film.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Started in the background, these tests may ignore Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        (encoder,) = ffmpeg_processes(psutil.Process(process.pid))
        assert len(names_in(old_film.parent)) == 2  # the old film and the beginning of a new one
        yield SimpleNamespace(process=process, encoder=encoder, film=old_film)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("whole_group", [False, True])
def test_ctrl_c_leaves_no_film_no_temporary_file_and_no_ffmpeg(endless: SimpleNamespace, whole_group: bool) -> None:
    assert os.getpgid(endless.encoder.pid) != endless.process.pid  # a terminal's Ctrl-C does not reach it
    (os.killpg if whole_group else os.kill)(endless.process.pid, signal.SIGINT)
    _, said = endless.process.communicate(timeout=180)
    assert endless.process.returncode == -signal.SIGINT
    assert said.strip().endswith("KeyboardInterrupt")
    assert not endless.encoder.is_running()
    assert_untouched(endless.film)


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_being_killed_leaves_no_half_film_under_the_films_name(endless: SimpleNamespace, number: int) -> None:
    endless.process.send_signal(number)
    endless.process.communicate(timeout=180)
    assert endless.process.returncode == -number
    psutil.wait_procs([endless.encoder], timeout=180)  # its pipe has ended, and so does it
    assert not endless.encoder.is_running()
    assert endless.film.read_bytes() == b"the old film"
