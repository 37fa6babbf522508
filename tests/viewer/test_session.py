"""The core of the viewer: its last picture is the one of `render_image`, from any thread, and nothing is left."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import gpu_morph as gm
from gpu_morph.viewer.events import Close, Key, Pointer, Resize, Wheel
from gpu_morph.viewer.session import ViewSession


def scene() -> gm.Scene:
    """Two sections with four recorded times."""
    points = [[0, 0, 0], [0, 0, 60], [0, 0, 60], [40, 0, 90]]
    morphology = gm.Morphology(points, [8, 6, 6, 4], [0, 2, 4], [-1, 0], [1, 1], section_labels=["soma", "dend"])
    values = [[-80, -60], [-40, 0], [10, 20], [-70, -75]]
    recording = gm.Recording([0, 1, 2, 3], values, section=[0, 1], position=[0.5, 0.5], name="v", unit="mV")
    return gm.Scene(morphology, recording, camera=gm.Camera(azim=-90, elev=0), annotations=[gm.ColorBar()])


@pytest.fixture
def session() -> Iterator[ViewSession]:
    with ViewSession(scene(), (320, 244)) as session:
        yield session


def shown(session: ViewSession) -> np.ndarray:
    """What `render_image` makes of the scene that is shown."""
    return gm.render_image(session.scene, time=session.time, size=session.picture_size)


def test_the_last_picture_is_that_of_render_image(session: ViewSession) -> None:
    frames: list[np.ndarray] = []
    session.on_frame(frames.append)
    session.wait_idle()
    assert np.array_equal(session.picture, shown(session))
    session.handle(Pointer("down", 100, 100, {"left"}))
    session.handle(Pointer("move", 150, 120, {"left"}))
    session.handle(Pointer("up", 150, 120, {"left"}))
    session.handle(Wheel(100, 80, 2))
    session.handle(Pointer("leave", 100, 80))  # else a tooltip lies over the picture
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
    with ViewSession(scene(), (200, 144)) as other:
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


def clicked(session: ViewSession, x: float, y: float) -> None:
    for kind in ("down", "up"):
        session.handle(Pointer(kind, x, y, {"left"}))
    session.wait_idle()


def middle_of(session: ViewSession, section: int) -> tuple[float, float]:
    """The pixel at which the middle of a section is seen."""
    x, y = session.camera.project(session.scene.morphology.locate([section], [0.5]), session.picture_size)[0]
    return float(x), float(y)


def test_a_click_pins_a_trace_and_a_second_one_removes_it(session: ViewSession) -> None:
    session.wait_idle()
    clicked(session, *middle_of(session, 1))
    (pin,) = session.state.pins
    assert pin == (1, pytest.approx(0.5, abs=0.05))
    assert [type(one).__name__ for one in session.scene.annotations] == ["ColorBar", "Arrow", "TraceInset"]
    assert np.array_equal(session.picture, shown(session))
    clicked(session, *middle_of(session, 1))
    assert session.state.pins == ()


def test_the_code_makes_the_picture(session: ViewSession, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    copied: list[str] = []
    session.on_copy(copied.append)
    session.time, session.clim = 2.0, (-70, 10)
    session.handle(Wheel(100, 80, 2))
    session.wait_idle()
    clicked(session, *middle_of(session, 1))
    session.handle(Key("c"))
    session.wait_idle()
    exec(copied[0], {"scene": scene()})
    saved = np.asarray(Image.open("picture.png"))
    assert np.array_equal(saved, session.picture)


def test_keys_save_the_picture_and_the_film(session: ViewSession, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session.handle(Key("s"))
    session.wait_idle()
    assert np.array_equal(np.asarray(Image.open("picture-1.png")), session.picture)
    while session.state.speed < 5:
        session.handle(Key("+"))
    session.handle(Key("f"))
    session.wait_idle()
    assert (tmp_path / "film-1.mp4").stat().st_size > 1000


def test_a_key_isolates_the_cell_under_the_pointer() -> None:
    one = scene().morphology
    circuit = gm.Scene(gm.join_morphologies([one, one], translations=[(0, 0, 0), (120, 0, 0)]), color="cell")
    with ViewSession(replace(circuit, camera=gm.Camera(azim=-90, elev=0)), (320, 244)) as session:
        session.wait_idle()
        session.handle(Pointer("move", *middle_of(session, 3)))
        session.handle(Key("i"))
        session.wait_idle()
        assert session.state.isolated == 1
        assert np.array_equal(session.picture, shown(session))
        x, y = (round(coordinate) for coordinate in middle_of(session, 1))
        assert (session.picture[y, x] == 255).all()
        session.handle(Key("i"))
        session.wait_idle()
        assert session.state.isolated is None
        assert not (session.picture[y, x] == 255).all()


def test_an_isolated_cell_keeps_its_own_synapses_alone(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = scene().morphology
    both = gm.join_morphologies([one, one], translations=[(0, 0, 0), (120, 0, 0)])
    sections = [1, 3]  # of the first cell and of the second
    events = {"population": [0, 0], "population_names": ("input",), "event_synapse": [], "event_time": []}
    synapses = gm.SynapseEvents(positions=both.locate(sections, [0.2, 0.2]), section=sections, **events)
    circuit = gm.Scene(both, color="cell", synapses=synapses, synapse_style=gm.SynapseStyle(show_all=True))
    circuit = replace(circuit, camera=gm.Camera(azim=-90, elev=0))
    copied: list[str] = []
    with ViewSession(circuit, (320, 244)) as session:
        session.on_copy(copied.append)
        session.wait_idle()
        camera = session.camera
        session.handle(Pointer("move", *middle_of(session, 3)))
        session.handle(Key("i"))
        session.wait_idle()
        assert session.state.isolated == 1
        session.handle(Key("c"))
        session.wait_idle()
        exec(copied[0], {"scene": circuit})
        assert np.array_equal(np.asarray(Image.open("picture.png")), session.picture)
        shown_synapses = session.scene.synapses
        assert shown_synapses is not None
        np.testing.assert_array_equal(shown_synapses.positions, synapses.positions[1:])
        assert session.camera == camera


def test_dragging_the_colour_bars_end_changes_the_range(session: ViewSession) -> None:
    session.wait_idle()
    box = session._view.context.bar.box
    x, top = box.x + box.width / 2, box.y + 1
    session.handle(Pointer("down", x, top, {"left"}))
    session.handle(Pointer("move", x, top + box.height / 2, {"left"}))
    session.handle(Pointer("up", x, top + box.height / 2, {"left"}))
    session.wait_idle()
    assert session.clim == pytest.approx((-80, -30), abs=2)
    assert np.array_equal(session.picture, shown(session))


def test_an_error_while_drawing_is_raised_where_it_is_waited_for(session: ViewSession) -> None:
    def broken(_: np.ndarray) -> None:
        raise RuntimeError("no screen")

    session.on_frame(broken)
    with pytest.raises(RuntimeError, match="no screen"):
        session.wait_idle()
