"""What keys ask for is done, or the view says why not: when it closes, after an error, before a thread has begun."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from test_session import scene

from gpu_morph.viewer.drawing_loop import DrawingLoop
from gpu_morph.viewer.events import Close, Key
from gpu_morph.viewer.requests import Requests
from gpu_morph.viewer.session import ViewSession

SIZE = (200, 144)


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_film_is_cancelled_before_its_thread_has_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begins, save = threading.Event(), Requests._save_shown_film

    def late(*arguments: object) -> Path:
        assert begins.wait(60)
        return save(*arguments)

    monkeypatch.setattr(Requests, "_save_shown_film", late)
    with ViewSession(scene(), SIZE) as session:
        for key in ("f", "Escape", "f"):  # the last one comes too early: a file is being written
            session.handle(Key(key))
        with session._changed:
            assert session._changed.wait_for(lambda: "another file" in session._view.notice, 60)
        begins.set()
        session.wait_idle()
        assert session._view.notice == "the film was cancelled"
    assert not [*tmp_path.iterdir()]


def test_what_was_asked_for_before_the_end_is_written_and_copied(tmp_path: Path) -> None:
    copied: list[str] = []
    with ViewSession(scene(), SIZE) as session:
        session.on_copy(copied.append)
        session.wait_idle()
        with session._changed:
            session.handle(Key("s"))
            session.handle(Key("c"))
            session.handle(Close())
    assert [path.name for path in tmp_path.iterdir()] == ["picture-1.png"]
    assert copied == [session.code()]


def test_a_request_that_fails_is_told_and_the_others_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> None:
        raise OSError("no clipboard")

    def noted(self: DrawingLoop, *arguments: Any) -> None:
        told.append(arguments[-1])
        note(self, *arguments)

    told: list[Exception | None] = []
    note = DrawingLoop._note
    monkeypatch.setattr(DrawingLoop, "_note", noted)
    with ViewSession(scene(), SIZE) as session:
        session.on_copy(broken)
        session.wait_idle()
        with session._changed:
            session.handle(Key("c"))
            session.handle(Key("s"))
            assert session._changed.wait_for(lambda: session._view.notice.startswith("saved "), 60)
    assert any(isinstance(error, OSError) for error in told)
    assert [path.name for path in tmp_path.iterdir()] == ["picture-1.png"]


def test_errors_while_previews_are_made_ready_leave_exact_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no preview")

    monkeypatch.setattr("gpu_morph.viewer.pictures.Pictures.prepared_preview", broken)
    with ViewSession(scene(), SIZE) as session:
        for time in (1.0, 2.0):
            session.wait_idle()
            before, session.time = session.picture, time
            session.wait_idle()
            assert session.error is None and (session.picture != before).any()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_who_waits_is_told_why_drawing_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("nothing left")

    monkeypatch.setattr("gpu_morph.viewer.drawing_loop.DrawingLoop._note", broken)
    with ViewSession(scene(), SIZE) as session, pytest.raises(RuntimeError, match="nothing left"):
        session.wait_idle()
