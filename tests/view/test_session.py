"""The core of the viewer: its last picture is the one of `render_image`, from any thread, and nothing is left."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.view.events import Close, Pointer, Resize, Wheel
from gpu_morph.view.session import ViewSession


def scene() -> gm.Scene:
    """Two sections with four recorded times."""
    points = [[0, 0, 0], [0, 0, 60], [0, 0, 60], [40, 0, 90]]
    morphology = gm.Morphology(points, [8, 6, 6, 4], [0, 2, 4], [-1, 0], [1, 1], section_labels=["soma", "dend"])
    values = [[-80, -60], [-40, 0], [10, 20], [-70, -75]]
    recording = gm.Recording([0, 1, 2, 3], values, section=[0, 1], position=[0.5, 0.5], name="v", unit="mV")
    return gm.Scene(morphology, recording, camera=gm.Camera(azim=-90, elev=0), annotations=[gm.ColorBar()])


@pytest.fixture
def session() -> Iterator[ViewSession]:
    with ViewSession(scene(), (320, 244), device="cpu") as session:
        yield session


def shown(session: ViewSession) -> np.ndarray:
    """What `render_image` makes of the scene that is shown."""
    return gm.render_image(session.scene, time=session.time, size=session.picture_size, device="cpu")


def test_the_last_picture_is_that_of_render_image(session: ViewSession) -> None:
    frames: list[np.ndarray] = []
    session.on_frame(frames.append)
    session.wait_idle()
    assert np.array_equal(session.picture, shown(session))
    session.handle(Pointer("down", 100, 100, {"left"}))
    session.handle(Pointer("move", 150, 120, {"left"}))
    session.handle(Pointer("up", 150, 120, {"left"}))
    session.handle(Wheel(100, 80, 2))
    session.time, session.clim = 2.0, (-70, 10)
    session.wait_idle()
    assert np.array_equal(session.picture, shown(session))
    assert np.array_equal(frames[-1][:200], session.picture)
    assert frames[-1].shape == (244, 320, 3)
    session.handle(Resize(200, 164, 2.0))
    session.wait_idle()
    assert session.picture_size == (400, 240)
    assert np.array_equal(session.picture, shown(session))


def test_several_sessions_show_their_own_scenes(session: ViewSession) -> None:
    with ViewSession(scene(), (200, 144), device="cpu") as other:
        other.time = 1.0
        session.time = 3.0
        for each in (session, other):
            each.wait_idle()
            assert np.array_equal(each.picture, shown(each))


def test_nothing_is_left_after_close(session: ViewSession) -> None:
    session.wait_idle()
    session.handle(Close())
    session.close()
    session.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gpu_morph-view")]


def test_wrong_times_are_errors(session: ViewSession) -> None:
    with pytest.raises(ValueError, match="within the recording"):
        session.time = 4
