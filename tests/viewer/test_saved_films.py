"""Films that a view writes: cancelled by a key, its button or the view's end, they leave nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from test_session import scene

from gpu_morph.viewer.controls import controls
from gpu_morph.viewer.events import Key, Pointer
from gpu_morph.viewer.session import ViewSession


def press_button(session: ViewSession) -> None:
    box = controls(session.state.size, has_times=True)["film"]
    session.handle(Pointer("down", box.x + 3, box.y + 3, {"left"}))


@pytest.mark.parametrize("cancel", [lambda session: session.handle(Key("Escape")), press_button, ViewSession.close])
def test_a_film_that_is_cancelled_leaves_nothing(
    cancel: Callable[[ViewSession], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with ViewSession(scene(), (480, 244)) as session:
        while session.state.speed > 0.001:  # 150,000 frames
            session.handle(Key("-"))
        session.handle(Key("f"))
        said: list[str] = []
        with session._changed:
            assert session._changed.wait_for(
                lambda: said.append(session._view.notice) or ("%" in said[-1] and session.state.is_saving_film), 60
            )
        cancel(session)
        session.wait_idle()
        assert session.is_closed or session._view.notice == "the film was cancelled"
        assert not session.state.is_saving_film
    assert not [*tmp_path.iterdir()]


def test_an_error_while_drawing_is_shown_in_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[bytes] = []
    with ViewSession(scene(), (320, 244)) as session:
        session.wait_idle()
        session.on_frame(lambda frame: frames.append(frame.tobytes()))
        session.wait_idle()
        plain, frames[:] = frames[-1], []

        def broken(*_: object, **__: object) -> None:
            raise MemoryError("no room")

        monkeypatch.setattr("gpu_morph.viewer.pictures.Pictures.exact", broken)
        session.time = 2.0
        with pytest.raises(MemoryError, match="no room"):
            session.wait_idle()
        assert frames[-1] != plain
        monkeypatch.undo()
        session.time = 1.0
        session.wait_idle()
        assert session.error is None
