"""The progress bar shows on a terminal and nowhere else."""

from __future__ import annotations

import io

import pytest

from gpu_morph.system import progress
from gpu_morph.system.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(n_frames: int, stream: io.StringIO, *, advanced: int, show: bool = True) -> str:
    with ProgressBar(n_frames, show=show, stream=stream) as bar:
        for _ in range(advanced):
            bar.advance()
    return stream.getvalue()


def test_it_writes_nothing_where_there_is_no_terminal():
    assert run(4, io.StringIO(), advanced=4) == ""


def test_it_writes_nothing_when_it_is_switched_off():
    assert run(4, Terminal(), advanced=4, show=False) == ""


@pytest.mark.parametrize(("advanced", "filled"), [(0, 0), (1, 7), (2, 15), (4, 30)])
def test_its_last_word_tells_how_far_it_came(advanced, filled):
    last = run(4, Terminal(), advanced=advanced).split("\r")[-1]
    assert last.startswith(f"[{'#' * filled}{'-' * (30 - filled)}] {advanced}/4 frames, ")


def test_nothing_is_left_to_do_at_the_end():
    assert " 0 s left" in run(4, Terminal(), advanced=4)


def test_it_stays_on_one_line_and_then_ends_it():
    written = run(4, Terminal(), advanced=4)
    assert written.startswith("\r")
    assert written.count("\n") == 1
    assert written.endswith("\n")


def test_it_draws_each_frame_when_updates_may_follow_at_once(monkeypatch):
    monkeypatch.setattr(progress, "_INTERVAL", 0.0)
    written = run(3, Terminal(), advanced=3)
    assert [f"{k}/3" in written for k in (1, 2, 3)] == [True] * 3


def test_it_does_not_draw_each_frame_when_they_come_fast(monkeypatch):
    monkeypatch.setattr(progress, "_INTERVAL", 3600.0)
    assert run(1000, Terminal(), advanced=1000).count("\r") == 1


def test_it_ends_its_line_when_a_frame_fails():
    terminal = Terminal()

    def fail() -> None:
        with ProgressBar(3, stream=terminal) as bar:
            bar.advance()
            raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        fail()
    assert terminal.getvalue().endswith("\n")
    assert "1/3" in terminal.getvalue()


def test_a_film_of_no_frames_does_not_divide_by_zero():
    assert "0/0 frames" in run(0, Terminal(), advanced=0)


def test_it_writes_to_stderr_unless_told_otherwise(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with ProgressBar(1) as bar:
        bar.advance()
    assert "1/1 frames" in terminal.getvalue()
