"""Markers of synapses: position, size, colour, time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from marker_pictures import COLORS, FAR_AWAY, SIDE, SIZE, area, at, middle, picture, rgb, seen, spikes, style
from reference import straight_tube

from gpu_morph import Scene, render_image
from gpu_morph.render.geometry.tube_geometry import tube_geometry
from gpu_morph.render.gpu.context import current_context
from gpu_morph.scene.camera import Projection

# Size, position and colour


@pytest.mark.parametrize("n", [300, 3_000])
def test_many_markers_leave_the_cell_visible(n: int) -> None:
    """Without thinning out, they cover the neurite with their rims."""
    cell = straight_tube((0, -10, 0), (0, 10, 0), diameter=0.4)
    along = np.linspace(-10, 10, n)
    events = replace(spikes(*np.column_stack([0 * along, along, 0 * along])), event_synapse=[], event_time=[])

    def shown(*, thin_out: bool) -> npt.NDArray[np.uint8]:
        how = style(show_all=True, thin_out=thin_out, diameter=1.2, min_diameter=6.0, colors={"a": "#ff0000"})
        scene = Scene(cell, synapses=events, synapse_style=how, color="#0000ff", lighting=False, camera=SIDE)
        return render_image(scene, size=SIZE)[49:51].reshape(-1, 3).astype(int)

    assert shown(thin_out=False)[:, 2].max() < 40  # no blue of the cell
    thin = shown(thin_out=True)
    assert thin[:, 2].mean() > 50  # blue of the cell
    assert thin[:, 0].mean() > 100  # red of the synapses


@pytest.mark.parametrize("diameter", [1.0, 2.1, 4.0, 9.0])
def test_a_marker_is_a_disc_of_its_diameter(diameter: float) -> None:
    drawn = picture(spikes((1, 2, 3)), style(diameter=diameter, min_diameter=0))
    assert area(drawn) == pytest.approx(np.pi / 4 * (5 * diameter) ** 2, rel=0.02)


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
@pytest.mark.parametrize("position", [(0, 0, 0), (4, -3, 5), (-6, 4.13, -2.71)])
def test_a_marker_is_where_the_camera_projects_its_synapse(position: Sequence[float], projection: Projection) -> None:
    camera = replace(SIDE, azim=25, elev=-40, roll=10, projection=projection, shift=(0.1, -0.05))
    drawn = picture(spikes(position), style(diameter=1.0), camera=camera)
    assert middle(drawn) == pytest.approx(camera.project([position], SIZE)[0], abs=0.03)


@pytest.mark.parametrize("pixels", [4.0, 6.0, 11.5])
@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_no_marker_is_smaller_than_the_least_size(pixels: float, projection: Projection) -> None:
    camera = replace(SIDE, projection=projection)
    drawn = picture(spikes((-8, 0.11, 0.07)), style(diameter=0.1, min_diameter=pixels), camera=camera)
    assert area(drawn) == pytest.approx(np.pi / 4 * pixels**2, rel=0.03)


@pytest.mark.parametrize("depth", [-10.0, 0.0, 12.0])
def test_in_perspective_a_marker_is_larger_the_nearer_it_is(depth: float) -> None:
    camera = replace(SIDE, projection="perspective")
    scale = 5 / (1 - depth / camera.eye_distance)
    assert area(picture(spikes((depth, 0, 0)), camera=camera)) == pytest.approx(np.pi * (2 * scale) ** 2, rel=0.01)


def test_behind_the_eye_there_is_no_marker() -> None:
    camera = replace(SIDE, projection="perspective")
    assert area(picture(spikes((camera.eye_distance + 1, 0, 0)), camera=camera)) == 0


@pytest.mark.parametrize("lighting", [False, True])
@pytest.mark.parametrize("population", [0, 1, 2])
def test_its_middle_has_the_populations_colour(population: int, lighting: bool) -> None:
    drawn = picture(spikes((0, 0.1, 0.1), populations=[population]), lighting=lighting)
    assert drawn[49, 50] == pytest.approx([*rgb(COLORS[population]), 255], abs=1.5)


@pytest.mark.parametrize(
    ("color", "is_darker"), [("#f0e442", True), ("#0072b2", True), ("#000000", False), ("navy", False)]
)
def test_its_rim_stands_out_from_its_colour(color: str, is_darker: bool) -> None:
    drawn = picture(spikes((0, 0, 0)), style(colors={"a": color}))[50, :, :3].mean(axis=1)
    rim, inside = drawn[40], drawn[44:56].mean()
    assert rim < 0.6 * inside if is_darker else rim > inside + 80


def test_without_light_a_marker_is_flat_and_with_it_round() -> None:
    inside = np.hypot(*(np.indices(SIZE) + 0.5 - 50)) < 7
    flat, round_ = (picture(spikes((0, 0, 0)), lighting=lighting)[inside, :3] for lighting in (False, True))
    assert np.ptp(flat, axis=0).max() == 0
    assert np.ptp(round_, axis=0).max() > 40


def test_markers_far_behind_take_on_the_background() -> None:
    cell = straight_tube((-30, 0, 9), (30, 0, 9))
    near, far = spikes((28, 0, 0)), spikes((-28, 0, 0))
    cue = {"depth_cue": 0.9, "background": (0.0, 0.0, 1.0)}
    assert at(picture(near, cell=cell, **cue), (0, 0, 0)) == pytest.approx(rgb(COLORS[0]), abs=1)
    red, _, blue = at(picture(far, cell=cell, **cue), (0, 0, 0))
    assert red < 0.4 * rgb(COLORS[0])[0] and blue > 150


# Time


@pytest.mark.parametrize(("time", "is_shown"), [(None, False), (4.9, False), (5, True), (6.9, True), (7.0, False)])
def test_a_marker_is_shown_from_the_spike_on_for_the_duration(time: float | None, is_shown: bool) -> None:
    drawn = picture(spikes((0, 0, 0), at=5.0), style(duration=2.0), time=time)
    assert area(drawn) == pytest.approx(np.pi * 100 if is_shown else 0, rel=0.02)


@pytest.mark.parametrize("time", [None, 0.0, 5.5, 99.0])
def test_all_synapses_may_be_shown_all_the_time(time: float | None) -> None:
    events = replace(spikes((0, -6, 0), (0, 0, 0), (0, 6, 0), at=5.0), event_synapse=[1], event_time=[5.0])
    assert area(picture(events, style(show_all=True, fade=True), time=time)) == pytest.approx(3 * np.pi * 100, rel=0.02)


@pytest.mark.parametrize("time", [0.0, 0.5, 1.0, 1.9])
def test_a_fading_marker_shrinks_to_nothing_and_keeps_its_colour(time: float) -> None:
    drawn = picture(spikes((0, 0.1, 0.1)), style(fade=True, duration=2.0), time=time)
    size = 1 - time / 2
    assert area(drawn) == pytest.approx(np.pi * 100 * size, rel=0.06)
    if size > 0.1:
        assert drawn[49, 50, :3] == pytest.approx(rgb(COLORS[0]), abs=1)


def test_a_marker_of_the_least_size_fades_as_well() -> None:
    drawn = picture(spikes((0, 0, 0)), style(diameter=0.1, min_diameter=8, fade=True), time=1.0)
    assert area(drawn) == pytest.approx(np.pi * 16 / 2, rel=0.03)


def test_the_same_markers_serve_other_times_and_cameras() -> None:
    current_context()
    from gpu_morph.render.gpu.markers import Markers
    from gpu_morph.render.gpu.target import Target

    rng = np.random.default_rng(3)
    events = replace(spikes(*rng.uniform(-8, 8, (60, 3))), event_time=rng.uniform(0, 20, 60))
    with ExitStack() as held:
        geometry = tube_geometry(FAR_AWAY)
        markers = Markers(events, style(), geometry=geometry, lighting=False, **seen(geometry, SIDE))
        held.callback(markers.delete)
        target = Target(SIZE, channels=4)
        held.callback(target.delete)
        for time, azim in ((3.0, 0), (9.0, 0), (50.0, 0), (9.0, 70), (3.0, 70)):
            camera = replace(SIDE, azim=azim)
            markers.set_camera(camera)
            markers.set_time(time)
            target.bind((0.0, 0.0, 0.0, 0.0))
            markers.draw_solid()
            markers.draw_edges()
            again = target.readback.fetch(target.request())
            np.testing.assert_array_equal(again, picture(events, camera=camera, time=time))


def test_with_nothing_to_show_nothing_is_asked_of_opengl(monkeypatch: pytest.MonkeyPatch) -> None:
    current_context()
    from gpu_morph.render.gpu import markers as module
    from gpu_morph.render.gpu.program import Program

    def refuse(*_: Any) -> None:
        raise AssertionError("something was drawn")

    geometry = tube_geometry(FAR_AWAY)
    for events, how, time in ((spikes((0, 0, 0)), style(), 99.0), (spikes(), style(show_all=True), 0.0)):
        markers = module.Markers(events, how, geometry=geometry, lighting=False, **seen(geometry, SIDE))
        with monkeypatch.context() as patch:
            patch.setattr(Program, "draw", refuse)
            patch.setattr(module.GL, "glDepthMask", refuse)
            markers.set_camera(SIDE)
            markers.set_time(time)
            markers.draw_solid()
            markers.draw_edges()
        markers.delete()
