"""Drawn tubes have the coverage, colour and light that geometry gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from reference import coverage, random_tree, straight_tube, visible_fraction

from gpu_morph import Camera, Highlight, Morphology, Recording, Renderer, Scene, join_morphologies, render_image
from gpu_morph.render.geometry.scene_geometry import scene_geometry
from gpu_morph.scene.camera import Projection
from gpu_morph.scene.picture_unit import picture_unit

# Looking along -x: y runs to the right, z upwards, x towards the viewer; 10 pixels per µm at 200 pixels.
SIDE = Camera(azim=0, elev=0, center=(0, 0, 0), height=20)
SIZE = (200, 200)


def alpha(
    morphology: Morphology, camera: Camera = SIDE, size: tuple[int, int] = SIZE, *, min_width: float = 0.0
) -> npt.NDArray[np.float64]:
    """(height, width) coverage as drawn; ``min_width`` in pixels."""
    least = min_width / picture_unit(size)
    scene = Scene(morphology, color="black", camera=camera, min_width=least, lighting=False)
    return render_image(scene, size=size, transparent=True)[..., 3] / 255


def lit(morphology: Morphology, camera: Camera = SIDE, *, background: str = "white") -> npt.NDArray[np.float64]:
    """(height, width) brightness of a light grey cell."""
    scene = Scene(morphology, color="#c0c0c0", camera=camera, background=background)
    return render_image(scene, size=SIZE).astype(float).mean(axis=2)


@pytest.mark.parametrize(
    ("seed", "camera", "size"),
    [
        (1, Camera(azim=0, elev=0, zoom=0.9), (240, 180)),
        (2, Camera(azim=40, elev=30, roll=20), (480, 400)),
        (3, Camera(azim=110, elev=-60, projection="perspective"), (600, 600)),
    ],
    ids=["small", "tilted", "perspective"],
)
@pytest.mark.parametrize("min_width", [0.0, 1.0])
def test_a_tree_covers_what_its_round_cones_cover(
    seed: int, camera: Camera, size: tuple[int, int], min_width: float
) -> None:
    tree = random_tree(seed)  # radii from 0.3 to 3 µm
    fitted = camera.fitted(tree, size)
    drawn = alpha(tree, camera, size, min_width=min_width)
    expected = coverage(tree, fitted, size, min_width=min_width)
    assert drawn.sum() == pytest.approx(expected.sum(), rel=0.02)
    assert np.abs(drawn - expected).sum() / expected.sum() < 0.05
    assert np.abs(drawn - expected).max() < 0.6  # no holes, no blots


def test_a_tiny_picture_of_a_tree_still_covers_as_much() -> None:
    tree = random_tree(4)
    camera = Camera(azim=10, elev=10)
    expected = coverage(tree, camera.fitted(tree, (80, 60)), (80, 60), samples=12)
    assert alpha(tree, camera, (80, 60)).sum() == pytest.approx(expected.sum(), rel=0.05)


@pytest.mark.parametrize("radius", [0.05, 0.2, 0.5, 0.9, 1.1, 3.0])
@pytest.mark.parametrize("angle", [0, 17, 45, 90])
def test_a_straight_tube_has_its_width_all_along(radius: float, angle: float) -> None:
    direction = np.array([0, np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    tube = straight_tube(tuple(-30 * direction), tuple(30 * direction), diameter=2 * radius / 10)
    drawn = alpha(tube)
    assert drawn.sum() == pytest.approx(2 * radius * 200 / max(direction[1], direction[2]), rel=0.03)


@pytest.mark.parametrize("angle", [0, 17, 45, 90])
@pytest.mark.parametrize("min_width", [0.0, 1.0, 2.0])
def test_a_neurite_thinner_than_a_pixel_is_an_unbroken_line(angle: float, min_width: float) -> None:
    direction = np.array([0, np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    # 0.3 pixels wide, of segments 0.4 pixels long.
    tube = straight_tube(*(tuple(t * direction) for t in np.arange(-15, 15, 0.04)), diameter=0.03)
    drawn = alpha(tube, min_width=min_width)
    along_columns = drawn if angle <= 45 else drawn.T
    width = along_columns.sum(axis=0)[5:-5] * max(direction[1], direction[2])
    expected = max(0.3, min_width)
    assert width.min() > 0.85 * expected
    assert width.max() < 1.15 * expected
    assert width.mean() == pytest.approx(expected, rel=0.03)


def test_min_width_leaves_thicker_tubes_as_they_are() -> None:
    tube = straight_tube((0, -5, 0), (0, 5, 2), diameter=1.0)
    np.testing.assert_array_equal(alpha(tube, min_width=0.0), alpha(tube, min_width=3.0))


def test_cutting_a_tube_into_segments_changes_nothing() -> None:
    whole = straight_tube((0, -7, -3), (0, 7, 4), diameter=0.31)
    points = [(0, -7 + 14 * t, -3 + 7 * t) for t in np.linspace(0, 1, 90)]
    assert np.abs(alpha(whole) - alpha(straight_tube(*points, diameter=0.31))).max() < 0.02


@pytest.mark.parametrize("bend", [15, 45, 90, 120])
@pytest.mark.parametrize("diameter", [0.15, 1.0, 4.0])
def test_a_bend_has_neither_crack_nor_step(bend: float, diameter: float) -> None:
    turn = np.radians(bend)
    tube = straight_tube((0, -6, 0), (0, 0, 0), (0, 6 * np.cos(turn), 6 * np.sin(turn)), diameter=diameter)
    expected = coverage(tube, SIDE, SIZE, samples=8)
    drawn = alpha(tube)
    assert np.abs(drawn - expected).max() < 0.3  # a pixel in the corner, which two edges cut
    assert drawn.sum() == pytest.approx(expected.sum(), rel=0.01)


@pytest.mark.parametrize("bend", [20, 45, 90])
def test_light_changes_smoothly_around_a_bend(bend: float) -> None:
    turn = np.radians(bend)
    corner = straight_tube((0, -9, 0), (0, 0, 0), (0, 9 * np.cos(turn), 9 * np.sin(turn)), diameter=5.0)
    picture, inside = lit(corner), coverage(corner, SIDE, SIZE, samples=4) == 1
    straight = straight_tube((0, -9, 0), (0, 9, 0), diameter=5.0)
    straight_picture, straight_inside = lit(straight), coverage(straight, SIDE, SIZE, samples=4) == 1

    def greatest_jump(image: npt.NDArray[np.float64], mask: npt.NDArray[np.bool_]) -> float:
        across = np.abs(np.diff(image, axis=1))[mask[:, 1:] & mask[:, :-1]].max()
        down = np.abs(np.diff(image, axis=0))[mask[1:] & mask[:-1]].max()
        return float(max(across, down))

    assert greatest_jump(picture, inside) < greatest_jump(straight_picture, straight_inside) + 12


def test_a_section_of_one_point_is_a_sphere() -> None:
    drawn = alpha(straight_tube((0, 1, 2), diameter=8.0))
    rows, columns = np.indices(drawn.shape) + 0.5
    assert drawn.sum() == pytest.approx(np.pi * 40**2, rel=0.002)
    assert (drawn * columns).sum() / drawn.sum() == pytest.approx(110, abs=0.05)
    assert (drawn * rows).sum() / drawn.sum() == pytest.approx(80, abs=0.05)


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_tubes_are_drawn_where_the_camera_projects_them(projection: str) -> None:
    camera = Camera(azim=25, elev=40, roll=15, projection=projection, center=(1, 2, 3), height=30)
    for position in ((1, 2, 3), (4, 0, 5), (-3, 6, -1)):
        drawn = alpha(straight_tube(position, diameter=1.0), camera)
        rows, columns = np.indices(drawn.shape) + 0.5
        middle = (drawn * columns).sum() / drawn.sum(), (drawn * rows).sum() / drawn.sum()
        assert middle == pytest.approx(camera.project([position], SIZE)[0], abs=0.1)


def test_a_neurite_is_linked_to_the_soma_with_its_own_width() -> None:
    cell = Morphology(
        points=[(0, 0, 0), (0, 6, 0), (0, 9, 0)],
        diameters=[4, 0.8, 0.8],
        section_offsets=[0, 1, 3],
        section_parent=[-1, 0],
        section_parent_x=[0, 0.5],
        section_labels=("soma", "dend"),
    )
    drawn = alpha(cell)
    assert drawn[:, 140].sum() == pytest.approx(8, rel=0.02)  # between the soma's surface and the first point
    assert drawn[:, 180].sum() == pytest.approx(8, rel=0.02)


@pytest.mark.parametrize("gap", [0.2, 2.0])
def test_the_nearer_of_two_tubes_is_seen(gap: float) -> None:
    # A millimetre deep: what 16 bits of depth cannot tell apart.
    back, front = straight_tube((0, -5, 0), (0, 5, 0)), straight_tube((gap, 0, -5), (gap, 0, 5))
    far = straight_tube((-600, 8, 8), (600, 8, 8), diameter=0.1)
    cell = join_morphologies([front, back, far])
    recording = Recording([0.0], [[1.0, 0.0]], section=[0, 1], position=[0.5, 0.5])
    scene = Scene(cell, recording, color="v", clim=(0, 1), cmap="viridis", lighting=False, camera=SIDE)
    seen = render_image(scene, time=0.0, size=SIZE)[100, 100].astype(int)
    assert np.abs(seen - (253, 231, 36)).max() <= 2


def test_the_order_of_sections_changes_nothing() -> None:
    trees = [random_tree(seed) for seed in (5, 6, 7)]
    camera = Camera(azim=30, elev=20)
    first, second = alpha(join_morphologies(trees), camera), alpha(join_morphologies(trees[::-1]), camera)
    assert np.abs(first - second).mean() < 1e-3


def test_no_light_fringe_where_a_tube_crosses_another() -> None:
    # Both black: a fringe would be a lighter pixel inside the crossing.
    for gap in (-3.0, 3.0):
        crossing = join_morphologies(
            [
                straight_tube((0, -8, 1), (0, 8, -1), diameter=3.0),
                straight_tube((gap, -1, -8), (gap, 1.4, 8), diameter=0.2),
            ]
        )
        drawn = alpha(crossing)
        expected = coverage(crossing, SIDE, SIZE)
        assert (drawn - expected).min() > -0.52


def levels_of_detail() -> tuple[tuple[float, int], ...]:
    """(largest radius, strips) of each level; the module can be imported once there is a context."""
    from gpu_morph.render.gpu.context import current_context

    current_context()
    from gpu_morph.render.gpu import tubes

    return tubes.LEVELS


def pictures_with_levels(
    tree: Morphology, monkeypatch: pytest.MonkeyPatch, n_strips: tuple[int, int], *, lighting: bool
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The covered pixels of two pictures, each with one level of detail for all."""
    scene = Scene(tree, color="#4080c0", camera=Camera(azim=30, elev=20), lighting=lighting)
    levels_of_detail()
    pictures = []
    for n in n_strips:
        monkeypatch.setattr("gpu_morph.render.gpu.tubes.LEVELS", ((np.inf, n),))
        pictures.append(render_image(scene, size=(300, 300)).astype(int))
    covered = (pictures[0] < 250).any(axis=2) | (pictures[1] < 250).any(axis=2)
    return pictures[0][covered], pictures[1][covered]


@pytest.mark.parametrize("n_strips", [(1, 2), (1, 8), (2, 8), (4, 16)])
def test_every_level_of_detail_shows_the_same_tubes(n_strips: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = pictures_with_levels(random_tree(8), monkeypatch, n_strips, lighting=False)
    assert np.abs(one - other).mean() < 1.0


def test_meshes_of_all_levels_are_lit_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = pictures_with_levels(random_tree(8), monkeypatch, (4, 16), lighting=True)
    assert np.abs(one - other).mean() < 1.0


def test_ribbons_are_lit_like_the_thinnest_meshes(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = levels_of_detail()[0][0]
    camera = Camera(azim=30, elev=20).fitted(random_tree(8), (300, 300))
    assert camera.height is not None
    width = 2 * limit * camera.height / 300  # the thinnest tube that is drawn as a mesh
    one, other = pictures_with_levels(random_tree(8, diameter=(width, width)), monkeypatch, (1, 4), lighting=True)
    assert np.abs(one - other).mean() < 6


def test_levels_of_detail_reach_from_the_ribbon_to_round_tubes() -> None:
    assert [n_strips for _, n_strips in levels_of_detail()] == [1, 2, 4, 8]
    limits = [limit for limit, _ in levels_of_detail()]
    assert limits == sorted(limits)
    assert limits[-1] == np.inf


@pytest.mark.parametrize("heading", [(0.0, 1.0, 0.2), (0.8, 0.6, 0.1), (-0.9, 0.3, 0.3), (0.99, 0.1, 0.05)])
@pytest.mark.parametrize("diameters", [(4.0, 4.0), (5.0, 1.5), (2.0, 6.0)])
def test_a_pixel_shows_the_value_of_the_sphere_that_is_visible(
    heading: tuple[float, float, float], diameters: tuple[float, float]
) -> None:
    half = 6 * np.array(heading)
    tube = straight_tube(tuple(-half), tuple(half), diameter=list(diameters))
    recording = Recording([0.0], [[0.0, 1.0]], section=[0, 0], position=[0.0, 1.0])
    grey = Scene(tube, recording, color="v", cmap="gray", clim=(0, 1), lighting=False, camera=SIDE)
    drawn = render_image(grey, time=0.0, size=SIZE, transparent=True).astype(float)
    ends = SIDE.project(np.stack([-half, half]), SIZE)
    heights = SIDE.view_coordinates(np.stack([-half, half]))[:, 2] * 10
    rows, columns = (one[::5] for one in np.nonzero(drawn[..., 3] == 255))
    p = np.stack([columns, rows], axis=1) + 0.5
    fraction = visible_fraction(
        p, np.append(ends[0], heights[0]), np.append(ends[1], heights[1]), (diameters[0] * 5, diameters[1] * 5)
    )
    shown = drawn[rows, columns, 0] / 255
    wrong = np.abs(shown - fraction)[np.isfinite(fraction)]
    assert np.quantile(wrong, 0.98) < 0.02
    assert wrong.mean() < 0.006


@pytest.mark.parametrize("background", ["white", "black"])
def test_a_lit_tube_is_bright_in_the_middle_and_keeps_its_colour(background: str) -> None:
    tube = straight_tube((0, -20, 0), (0, 20, 0), diameter=8.0)
    scene = Scene(tube, color="#3070b0", camera=SIDE, background=background)
    column = render_image(scene, size=SIZE)[:, 100].astype(float)
    inside = column[62:138]
    brightest = inside[inside.sum(axis=1).argmax()]
    assert np.abs(brightest - (0x30, 0x70, 0xB0)).max() < 45
    assert inside.sum(axis=1).argmax() < 38  # the light comes from above
    assert inside[0].sum() < 0.9 * brightest.sum()
    assert inside[-1].sum() < 0.7 * inside[0].sum()
    assert np.all(inside[:, 2] > inside[:, 0])  # blue stays blue


def test_a_thin_neurite_keeps_its_full_colour_when_lit() -> None:
    tube = straight_tube((0, -20, 0.05), (0, 20, 0.05), diameter=0.1)
    scene = Scene(tube, color="#3070b0", camera=SIDE, background="black")
    assert np.abs(render_image(scene, size=SIZE)[99, 100].astype(int) - (0x30, 0x70, 0xB0)).max() <= 1


def test_what_is_behind_a_perspective_camera_is_not_drawn() -> None:
    camera = Camera(azim=0, elev=0, projection="perspective", center=(0, 0, 0), height=20)
    behind = straight_tube((50, -5, 0), (50, 5, 0))
    assert alpha(behind, camera).sum() == 0
    assert (
        alpha(straight_tube((10, -5, 0), (10, 5, 0)), camera).sum()
        > alpha(straight_tube((0, -5, 0), (0, 5, 0)), camera).sum()
    )


def test_moving_cell_and_camera_together_changes_nothing() -> None:
    tree = random_tree(9)
    shifted = replace(tree, points=tree.points + np.float32(4096))
    camera = Camera(azim=30, elev=20)
    assert np.abs(alpha(tree, camera) - alpha(shifted, camera)).mean() < 2e-3


@pytest.mark.parametrize(
    ("points", "diameters"),
    [
        ([0.0, 4.0, 4.5], [1.0, 1.0, 6.0]),
        ([0.0, 0.5, 4.5], [6.0, 1.0, 1.0]),
        ([0.0, 4.0, 4.0], [1.0, 1.0, 6.0]),
        ([0.0, 3.0, 4.0, 4.5], [0.4, 0.4, 5.0, 4.0]),
        ([0.0, 0.1], [8.0, 7.0]),
        ([0.0, 0.1], [7.0, 8.0]),
    ],
    ids=["wide end", "wide start", "step", "bouton", "sphere in sphere", "the other way"],
)
def test_an_end_wider_than_its_segment_is_long_is_round(points: list[float], diameters: list[float]) -> None:
    tube = straight_tube(*((0.0, y, 0.0) for y in points), diameter=diameters)
    expected = coverage(tube, SIDE, SIZE, samples=8)
    drawn = alpha(tube)
    assert drawn.sum() == pytest.approx(expected.sum(), rel=0.01)
    assert np.abs(drawn - expected).max() < 0.4


@pytest.mark.parametrize(
    ("projection", "steepness"),
    [*(("orthographic", angle) for angle in (0, 40, 70, 80)), *(("perspective", angle) for angle in (0, 30, 50))],
)
def test_the_joints_of_a_straight_tube_do_not_show_in_its_light(projection: Projection, steepness: float) -> None:
    camera = Camera(azim=0, elev=0, center=(0, 0, 0), height=20, projection=projection)
    x, y = np.sin(np.radians(steepness)), np.cos(np.radians(steepness))
    step = min(3.0 / y, 12.0)
    # Away from the viewer, so that perspective makes no end large.
    tube = straight_tube(*(tuple(k * step * np.array([x, y, 0.0])) for k in (-4, -3, -2, -1, 0)), diameter=4.0)
    picture, inside = lit(tube, camera), coverage(tube, camera, SIZE) == 1
    for row in (92, 100, 108):  # along the tube, on three sides
        along = picture[row][inside[row]][25:-50]  # without the round ends
        assert len(along) > 20
        assert np.abs(np.diff(along)).max() < 3.5


# Circuits


def row_of_cells(n_cells: int, step: float) -> Morphology:
    return join_morphologies(
        [random_tree(4)] * n_cells, translations=[[step * k, 30.0 * (k % 5), 0] for k in range(n_cells)]
    )


def test_what_is_far_in_perspective_is_drawn_coarser_and_looks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 1)
    circuit, size = row_of_cells(60, -150.0), (300, 240)
    scene = Scene(circuit, color="k", camera=Camera(projection="perspective", elev=8, fov=60))
    geometry = scene_geometry(scene, None, scene.fitted_camera(size), size)
    counts = np.bincount(circuit.section_cell[geometry.section], minlength=60)
    assert counts[0] > 1.2 * counts[-1] > 0
    picture = render_image(scene, size=size).astype(float)
    monkeypatch.setattr("gpu_morph.render.geometry.scene_geometry._TOLERANCE", 0.0)
    full = render_image(scene, size=size).astype(float)
    assert 0 < np.abs(picture - full).sum() < 0.12 * (255 - full).sum()
    assert (255 - picture).sum() == pytest.approx((255 - full).sum(), rel=0.03)


@pytest.mark.parametrize("style", ["color", "outline"])
def test_cells_out_of_view_are_left_out(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit, size = row_of_cells(12, 150.0), (200, 160)
    camera = Camera(azim=-90, elev=0, center=(0, 0, 0), height=120)
    highlight = Highlight([circuit.n_sections - 1], style=style)  # type: ignore[arg-type]
    scene = Scene(circuit, color="red", camera=camera, highlight=highlight)
    pictures, counts = [], []
    for most in (1 << 15, 1):
        monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", most)
        counts.append(scene_geometry(scene, None, scene.fitted_camera(size), size).n_segments)
        pictures.append(render_image(scene, size=size).astype(int))
    assert counts[1] < counts[0] / 4
    assert np.abs(pictures[1] - pictures[0]).max() < 8
    assert (pictures[0] < 255).any()


def test_a_camera_that_looks_past_everything_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 1)
    camera = Camera(center=(0, 1e5, 1e5), height=100)
    assert (render_image(Scene(row_of_cells(3, 150.0), color="red", camera=camera), size=(60, 50)) == 255).all()


def test_nothing_jumps_when_a_turning_camera_sorts_anew() -> None:
    circuit = row_of_cells(6, 12.0)
    step, n_frames = 0.25, 40
    with Renderer(Scene(circuit, color="cell", camera=Camera(elev=15, azim_step=step)), (300, 240)) as renderer:
        frames = np.array(list(renderer.frames([None] * n_frames)), dtype=int)
    changes = np.abs(np.diff(frames, axis=0)).sum(axis=(1, 2, 3))
    turns = np.round(np.arange(n_frames) * step / 2)  # gpu.tubes._SORTED_STEP
    is_sorted_anew = np.diff(turns) != 0
    assert is_sorted_anew.sum() >= 4
    assert changes[is_sorted_anew].max() < 1.15 * changes[~is_sorted_anew].max()
