"""Markers of synapses: position, size, colour, and what hides them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from reference import straight_tube

from gpu_morph import Camera, Morphology, Scene, SynapseEvents, render_image
from gpu_morph.render.geometry.tube_geometry import TubeGeometry, tube_geometry
from gpu_morph.render.gpu.context import current_context
from gpu_morph.render.shader_variants import camera_variants
from gpu_morph.render.vertex_values import RecordingRows, VertexValues
from gpu_morph.scene.camera import Projection
from gpu_morph.scene.coloring import fixed_coloring
from gpu_morph.scene.colors import parse_color
from gpu_morph.scene.synapse_style import SynapseStyle

# Looking along -x: y runs to the right, z upwards, x towards the viewer; 5 pixels per µm.
SIDE = Camera(azim=0, elev=0, center=(0, 0, 0), height=20)
SIZE = (100, 100)
COLORS = ("#d55e00", "#56b4e9", "#009e73")
FAR_AWAY = straight_tube((0, 500, 0), (0, 510, 0))  # outside the picture


def spikes(*positions: Sequence[float], populations: Sequence[int] | None = None, at: float = 0.0) -> SynapseEvents:
    """A synapse at each position, µm, active at one time; all of population 0 by default."""
    n = len(positions)
    return SynapseEvents(
        positions=np.array(positions, dtype=float).reshape(-1, 3),
        population=np.zeros(n, int) if populations is None else populations,
        population_names=tuple("abc"),
        event_synapse=np.arange(n),
        event_time=np.full(n, at),
    )


def style(**changes: Any) -> SynapseStyle:
    """Markers of 4 µm, 20 pixels here, in COLORS."""
    return SynapseStyle(**{"diameter": 4.0, "colors": dict(zip("abc", COLORS, strict=True))} | changes)


def seen(geometry: TubeGeometry, camera: Camera) -> dict[str, Any]:
    """What markers get to know of the camera."""
    from gpu_morph.render.gpu.view import tubes_extent, view_uniforms

    view = view_uniforms(tubes_extent(geometry), camera, SIZE)
    return {
        "view": view,
        "center": np.array(camera.center),
        "viewer": None if camera.azim_step else camera.axes[2],
        "variants": camera_variants(camera),
    }


def picture(
    events: SynapseEvents,
    how: SynapseStyle | None = None,
    cell: Morphology = FAR_AWAY,
    *,
    camera: Camera = SIDE,
    time: float | None = 0.0,
    **options: Any,
) -> npt.NDArray[np.float64]:
    """(height, width, 4) from 0 to 255, premultiplied by alpha: the cell in grey, and markers."""
    current_context()
    from gpu_morph.render.gpu.attributes import UploadedAttributes
    from gpu_morph.render.gpu.markers import Markers
    from gpu_morph.render.gpu.target import Target
    from gpu_morph.render.gpu.tubes import Tubes, TubeStyle

    def longest(points: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        return 0.05 * np.maximum(camera.eye_distances(points), 0.1 * camera.eye_distance)

    geometry = tube_geometry(cell, longest_thick=longest)  # as scene_geometry divides segments
    geometry = replace(geometry, positions=(geometry.positions - np.array(camera.center)).astype(np.float32))
    view: dict[str, Any] = seen(geometry, camera) | {"lighting": options.pop("lighting", False)} | options
    target, table = Target(SIZE, channels=4), fixed_coloring("#808080").table
    tube_style = TubeStyle(table, lighting=view["lighting"], min_width=0.0, **options)
    pixels = np.full(geometry.n_vertices, 0.1)
    tubes = Tubes(
        geometry, view=view["view"], nearest_pixel=0.1, pixels=pixels, style=tube_style, variants=view["variants"]
    )
    markers = Markers(events, how or style(), geometry=geometry, **view)
    try:
        vertices = np.column_stack([geometry.positions, geometry.radii])
        rows = RecordingRows(Scene(cell), fixed_coloring("k"))
        attributes = UploadedAttributes(vertices, VertexValues(rows, None, np.zeros(len(vertices), dtype=bool)))
        tubes.set_camera(camera, attributes)
        attributes.show(None)
        tubes.fill_values(attributes)
        markers.set_camera(camera)
        markers.set_time(time)
        target.bind((0.0, 0.0, 0.0, 0.0))
        markers.draw_solid()
        tubes.draw()
        markers.draw_edges()
        return target.readback.fetch(target.request()).astype(float)
    finally:
        for drawn in (markers, tubes, target):
            drawn.delete()


def area(image: npt.NDArray[np.float64]) -> float:
    """Pixels covered."""
    return float(image[..., 3].sum() / 255)


def middle(image: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Centroid of the coverage, pixels: x, y."""
    rows, columns = np.indices(image.shape[:2]) + 0.5
    weight = image[..., 3] / image[..., 3].sum()
    return float((weight * columns).sum()), float((weight * rows).sum())


def rgb(color: str) -> list[int]:
    return [round(255 * channel) for channel in parse_color(color)[:3]]


def at(image: npt.NDArray[np.float64], position: Sequence[float], camera: Camera = SIDE) -> list[float]:
    """RGB of the pixel at which the camera sees a position."""
    x, y = camera.project([position], SIZE)[0]
    return image[int(y), int(x), :3].tolist()


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


# What is in front


def hides(front: npt.NDArray[np.float64], position: Sequence[float], camera: Camera = SIDE) -> bool:
    """True when the grey cell is seen at a position, False when a marker is; anything else is wrong."""
    color = at(front, position, camera)
    if color == pytest.approx([128] * 3, abs=1):
        return True
    assert color == pytest.approx(rgb(COLORS[0]), abs=1)
    return False


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
@pytest.mark.parametrize(("depth", "is_hidden"), [(-12.0, False), (12.0, True)])
def test_a_tube_in_front_hides_a_marker_and_one_behind_does_not(
    depth: float, is_hidden: bool, projection: Projection
) -> None:
    camera = replace(SIDE, projection=projection)
    tube = straight_tube((depth, -30, 0), (depth, 30, 0), diameter=6.0)
    assert hides(picture(spikes((0, 0, 0)), cell=tube, camera=camera), (0, 0, 0), camera) == is_hidden


@pytest.mark.parametrize("azim", range(0, 360, 45))
@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
@pytest.mark.parametrize("diameter", [0.4, 9.0])
def test_a_marker_is_seen_on_its_own_neurite_from_all_sides(
    diameter: float, projection: Projection, azim: float
) -> None:
    camera = replace(SIDE, azim=azim, elev=40, projection=projection)
    tube = straight_tube((0, 0, -30), (0, 0, 30), diameter=diameter)
    drawn = picture(spikes((0, 0, 0)), style(diameter=2.0), tube, camera=camera)
    assert not hides(drawn, (0, 0, 0), camera)
    # All of it, on and beside the neurite.
    alone = picture(spikes((0, 0, 0)), style(diameter=2.0), camera=camera)
    solid = alone[..., 3] == 255
    np.testing.assert_allclose(drawn[solid], alone[solid], atol=1)


@pytest.mark.parametrize("position", [(0, 0, 0), (0, 3, 0), (0, 0, -4), (3, 0, 0), (-3, 0, 0)])
def test_a_marker_in_a_soma_is_seen_on_it(position: Sequence[float]) -> None:
    soma = straight_tube((0, 0, 0), diameter=14.0)
    assert not hides(picture(spikes(position), style(diameter=1.0), soma), position)


def test_a_marker_on_a_neurite_behind_a_soma_is_hidden() -> None:
    soma = straight_tube((0, 0, 0), diameter=10.0)
    assert hides(picture(spikes((-12, 0, 0)), style(diameter=1.0), soma), (0, 0, 0))


@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_nearest_of_overlapping_markers_is_seen(is_reversed: bool) -> None:
    rng = np.random.default_rng(11)
    n = 300
    positions, populations = rng.uniform(-7, 7, (n, 3)), rng.integers(0, 3, n)
    if is_reversed:
        positions, populations = positions[::-1], populations[::-1]
    camera = replace(SIDE, azim=33, elev=12)
    drawn = picture(spikes(*positions, populations=populations), style(diameter=2.0), camera=camera)
    pixels, depth = camera.project(positions, SIZE), camera.view_coordinates(positions)[:, 2]
    x, y = np.meshgrid(np.arange(100) + 0.5, np.arange(100) + 0.5)
    away = np.hypot(x[..., None] - pixels[:, 0], y[..., None] - pixels[:, 1])
    nearest = np.where(away < 6, depth, -np.inf).argmax(axis=2)
    # Pixels well inside of the nearest marker that touches them, away from its rim.
    is_inside = np.take_along_axis(away, nearest[..., None], axis=2)[..., 0] < 3
    expected = np.array([rgb(c) for c in COLORS])[populations[nearest]]
    assert is_inside.sum() > 1000
    np.testing.assert_allclose(drawn[is_inside, :3], expected[is_inside], atol=1)


def test_markers_at_the_same_depth_are_painted_one_over_the_other() -> None:
    positions = [(0, 0.5 * k, 0.3 * (-1) ** k) for k in range(-8, 9)]
    populations = np.arange(len(positions)) % 3
    expected = np.zeros((*SIZE, 4))
    for position, population in zip(positions, populations, strict=True):
        alone = picture(spikes(position, populations=[population]))
        expected = alone + expected * (1 - alone[..., 3:] / 255)
    np.testing.assert_allclose(picture(spikes(*positions, populations=populations)), expected, atol=3)


# Edges


@pytest.mark.parametrize("is_reversed", [False, True])
def test_where_edges_of_markers_cross_there_is_no_gap(is_reversed: bool) -> None:
    positions = [(-4, -1, 0), (0, 1.5, 0.2), (4, 0, 1)]
    drawn = picture(spikes(*positions[:: -1 if is_reversed else 1]))[..., 3]
    empty = np.prod([1 - picture(spikes(position))[..., 3] / 255 for position in positions], axis=0)
    np.testing.assert_allclose(drawn, 255 * (1 - empty), atol=2)


@pytest.mark.parametrize("diameter", [0.05, 0.3, 2.0])
@pytest.mark.parametrize("angle", [0, 30])
def test_a_tube_in_front_leaves_no_gap_in_a_marker(diameter: float, angle: float) -> None:
    direction = 30 * np.array([0, np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    front = np.array([15.0, 0, 0])
    tube = straight_tube(tuple(front - direction), tuple(front + direction), diameter=diameter)
    drawn, alone = picture(spikes((0, 0, 0)), cell=tube), picture(spikes((0, 0, 0)))
    np.testing.assert_array_equal(drawn[alone[..., 3] == 255, 3], 255)
    # Between the marker's colour and the tube's, nothing else: red is 213 there, 128 here, blue 0 and 128.
    inside = np.hypot(*(np.indices(SIZE) + 0.5 - 50)) < 7
    red, blue = drawn[inside, 0], drawn[inside, 2]
    np.testing.assert_allclose(blue, 128 * (213 - red) / (213 - 128), atol=3)


def test_a_markers_edge_blends_with_the_tube_behind_it() -> None:
    tube = straight_tube((-9, -30, 0), (-9, 30, 0), diameter=14.0)
    drawn, alone = picture(spikes((0, 0, 0)), cell=tube), picture(spikes((0, 0, 0)))
    behind = np.abs(np.arange(100) + 0.5 - 50) < 30
    np.testing.assert_array_equal(drawn[behind, :, 3], 255)
    expected = alone + picture(spikes(), cell=tube) * (1 - alone[..., 3:] / 255)
    np.testing.assert_allclose(drawn, expected, atol=1.5)


def test_a_transparent_picture_holds_the_coverage() -> None:
    drawn = picture(spikes((0, 0.3, 0.2)))
    assert set(np.unique(drawn[..., 3])) > {0, 255}
    assert (drawn[..., :3] <= drawn[..., 3:]).all()
    assert (drawn[drawn[..., 3] == 0] == 0).all()
