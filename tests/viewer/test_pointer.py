"""What a tooltip says of synapses and of objects around the cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_session import scene

import gpu_morph as gm
from gpu_morph.viewer.pictures import Pictures
from gpu_morph.viewer.pointer import PointerReader
from gpu_morph.viewer.readout import Readout
from gpu_morph.viewer.scene_view import context_of
from gpu_morph.viewer.session import ViewSession
from gpu_morph.viewer.state import ViewState

SIZE = (320, 244)


def read(scene: gm.Scene, place, *, time: float = 1.0, projection: str = "orthographic") -> Readout | None:
    """The tooltip where a place of the world, µm, is seen."""
    scene = replace(scene, camera=replace(scene.camera, projection=projection)).resolved()
    state = ViewState(SIZE, 1.0, camera=gm.Camera(), time=time, clim=scene.clim)
    state = replace(state, camera=context_of(scene, state).home)
    x, y = state.camera.project([place], (320, 200))[0]
    return PointerReader(scene, Pictures(None)).readout(replace(state, pointer=(float(x), float(y))), scene)


def triangle(y: float, **options) -> gm.Mesh:
    """A triangle around the cell's dendrite, at right angles to the view; smaller y is nearer."""
    return gm.Mesh([(-60, y, 0), (60, y, 0), (0, y, 160)], [(0, 1, 2)], **options)


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_a_mesh_has_its_name_and_its_value_at_the_time(projection: str) -> None:
    values = np.array([[0.0, 0, 0], [6.0, 12, 0]])
    mesh = triangle(-40, values=values, times=[0, 2], opacity=1.0, name="field")
    readout = read(replace(scene(), meshes=[mesh]), (0, -40, 80), time=2.0, projection=projection)
    assert readout == Readout("4.50", "field", "")  # (6 + 12) / 4


def test_an_opaque_mesh_hides_the_cell_and_a_translucent_one_does_not() -> None:
    before = read(replace(scene(), meshes=[triangle(-40, opacity=1.0)]), (0, 0, 30))
    through = read(replace(scene(), meshes=[triangle(-40, opacity=0.3)]), (0, 0, 30))
    behind = read(replace(scene(), meshes=[triangle(40, opacity=1.0)]), (0, 0, 30))
    assert (before.name, through.name, behind.name) == ("mesh", "soma 0", "soma 0")


def test_points_and_contacts_have_numbers() -> None:
    points = gm.Points([(-50, 0, 90), (60, 0, 40)], diameters=16, values=[3.0, 7.0], name="somata")
    probe = gm.Electrode([(-40, 0, 20), (-40, 0, 60)], diameter=8, name="probe")
    drawn = replace(scene(), meshes=[points, probe])
    assert read(drawn, (60, 0, 40)) == Readout("7.00", "somata, point 1", "")
    assert read(drawn, (-40, -5, 60)).name == "probe, contact 1"
    assert read(drawn, (-40, -4, 40)).name == "probe"
    assert read(drawn, (20, 0, 20)) is None


def test_active_synapses_are_counted() -> None:
    events = gm.SynapseEvents([(0, 0, 20), (0, 0, 20.2), (0, 0, 50)], [0, 1, 0], ["L4", "L5"], [0, 1, 2], [0.5, 0.6, 3])
    drawn = replace(scene(), synapses=events, synapse_style=gm.SynapseStyle(diameter=8))
    both = read(drawn, (0, 0, 20))
    assert both.value == "2 synapses   L4: 1, L5: 1"
    assert both.name == "soma 0" and "mV" in both.details
    assert read(drawn, (0, 0, 50)).value.endswith("mV")  # not active
    assert read(drawn, (0, 0, 50), time=3.0).value == "synapse, L4"


def test_a_second_recording_has_its_own_value_and_leaves_the_range() -> None:
    second = gm.Recording([0, 1, 2], [[0.1], [0.25], [0.4]], section=[1], position=[0.5], name="ca", unit="mM")
    bars = [gm.ColorBar(variable="ca", place="left"), gm.ColorBar()]
    drawn = replace(scene(), overlays=[gm.Overlay(second)], annotations=bars)
    assert read(drawn, (20, 0, 75)).value == "ca: 0.250 mM"
    assert read(drawn, (0, 0, 30)).value.endswith("mV")
    with ViewSession(drawn, SIZE) as session:
        assert session.clim == (-80, 20)
        session.wait_idle()
        picture = gm.render_image(replace(drawn, camera=session.camera), time=0.0, size=session.picture_size)
        assert np.array_equal(session.picture, picture)
        bar = session._view.context.bar.box
        assert bar.x > SIZE[0] / 2  # that of the scene's own colours


@pytest.mark.parametrize(("sampling", "value"), [("nearest", "5.00"), ("linear", "3.00"), ("peak", "5.00")])
def test_the_value_of_a_second_recording_is_the_one_that_is_drawn(sampling: str, value: str) -> None:
    first = gm.Recording([0, 10], [[0], [1]], section=[0], position=[0.5], name="v", unit="mV")
    second = gm.Recording([0, 6, 10], [[0], [9], [5]], section=[1], position=[0.5], name="ca", unit="mM")
    drawn = replace(
        scene(),
        recording=first,
        overlays=[gm.Overlay(second, clim=(0, 10), cmap="gray")],
        annotations=(),
        sampling=sampling,
        time_range=gm.TimeRange(0, 10, 20),
        lighting=False,
    )
    assert read(drawn, (20, 0, 75), time=6.0).value == f"ca: {value} mM"
    camera = gm.Camera(azim=-90, elev=0, center=(20, 0, 75), height=40)
    gray = gm.render_image(replace(drawn, camera=camera), time=6.0, size=(40, 40))[20, 20]
    np.testing.assert_allclose(gray, 255 * float(value) / 10, atol=1)


@pytest.mark.parametrize("times", [[2, 3, 4], [3]])
def test_without_another_recording_that_is_shown_the_times_are_those_of_the_second(times: list[float]) -> None:
    second = gm.Recording(times, [[0.1]] * len(times), section=[1], position=[0.5], name="ca", unit="mM")
    for recording in (None, scene().recording):
        drawn = replace(scene(), recording=recording, color="grey", overlays=[gm.Overlay(second)], annotations=())
        with ViewSession(drawn, SIZE) as session:
            session.wait_idle()
            assert session.time == times[0]
