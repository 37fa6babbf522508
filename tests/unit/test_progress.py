"""The progress bar shows on a terminal or in a notebook, and nowhere else."""

from __future__ import annotations

import io
import threading

import pytest

from gpu_morph.system import progress
from gpu_morph.system.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Notebook(io.StringIO):
    pass


Notebook.__module__ = "ipykernel.iostream"


def run(n_frames: int, stream: io.StringIO, *, advanced: int, show: bool = True, begin_at: int = 0) -> str:
    with ProgressBar(n_frames, show=show, stream=stream) as bar:
        if begin_at:
            bar.begin_at(begin_at)
        for _ in range(advanced):
            bar.advance()
    return stream.getvalue()


def last_line(written: str) -> str:
    return written.rstrip("\n").split("\r")[-1]


def test_it_writes_nothing_to_a_file() -> None:
    assert run(4, io.StringIO(), advanced=4) == ""


def test_it_writes_nothing_if_switched_off() -> None:
    assert run(4, Terminal(), advanced=4, show=False) == ""


@pytest.mark.parametrize("stream", [Terminal, Notebook])
@pytest.mark.parametrize(("advanced", "percent"), [(0, " 0%"), (1, "25%"), (2, "50%"), (4, "100%")])
def test_its_last_line_shows_how_many_frames_are_done(stream: type[io.StringIO], advanced: int, percent: str) -> None:
    line = last_line(run(4, stream(), advanced=advanced))
    assert percent in line
    assert f" {advanced}/4 [" in line
    assert "frames" in line


def test_no_time_is_left_at_the_end() -> None:
    assert "<00:00," in last_line(run(4, Terminal(), advanced=4))


def test_it_stays_on_one_line_and_ends_it() -> None:
    written = run(4, Terminal(), advanced=4)
    assert written.startswith("\r")
    assert written.count("\n") == 1
    assert written.endswith("\n")


def test_it_draws_each_frame_without_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_INTERVAL", 0.0)
    written = run(3, Terminal(), advanced=3)
    assert [f" {k}/3 [" in written for k in (1, 2, 3)] == [True] * 3


def test_it_does_not_draw_each_of_many_fast_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_INTERVAL", 3600.0)
    assert run(1000, Terminal(), advanced=1000).count("\r") <= 3


def test_frames_of_an_earlier_call_count_as_done_but_not_for_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    line = last_line(run(100, Terminal(), advanced=0, begin_at=80))
    assert "80%" in line
    assert " 80/100 [" in line
    assert "?" in line.split(",")[-1]  # no frame was drawn, so that there is no rate
    assert " 90/100 [" in last_line(run(100, Terminal(), advanced=10, begin_at=80))


def test_the_number_of_frames_may_fall() -> None:
    terminal = Terminal()
    with ProgressBar(100, stream=terminal) as bar:  # a cluster draws a lost piece again
        bar.move_to(50)
        bar.move_to(30)
    assert " 30/100 [" in last_line(terminal.getvalue())


def test_it_ends_its_line_after_an_error() -> None:
    terminal = Terminal()

    def fail() -> None:
        with ProgressBar(3, stream=terminal) as bar:
            bar.advance()
            raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        fail()
    assert terminal.getvalue().endswith("\n")
    assert "1/3" in terminal.getvalue()


def test_a_film_may_have_no_frames() -> None:
    assert "0 frames" in run(0, Terminal(), advanced=0)


def test_it_writes_to_standard_error_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with ProgressBar(1) as bar:
        bar.advance()
    assert "1/1" in terminal.getvalue()


def test_it_starts_no_thread() -> None:
    before = threading.enumerate()
    with ProgressBar(2, stream=Terminal()):
        assert threading.enumerate() == before
