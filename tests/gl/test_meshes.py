"""Surfaces around, before and behind tubes: blended values known by geometry."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from blending import assert_same_frames
from reference import random_tree, straight_tube

from gpu_morph import Camera, Clock, Mesh, Recording, Renderer, Scene, render_image
from gpu_morph.scene.fingerprint import fingerprint

SIZE = (200, 200)
FROM_ABOVE = Camera(azim=-90, elev=90, center=(0, 0, 0), height=20)  # 10 pixels per µm; looks down z
WHITE, RED, BLUE, GREEN = (np.array(rgb, dtype=float) for rgb in ((255,) * 3, (255, 0, 0), (0, 0, 255), (0, 255, 0)))
LOOK: dict[str, Any] = {"lighting": False, "camera": FROM_ABOVE, "color": "red"}


def over(color: Any, opacity: float, below: Any) -> Any:
    return opacity * np.asarray(color) + (1 - opacity) * np.asarray(below)


def sphere(radius: float, center: Any = (0, 0, 0), n: int = 24) -> tuple[Any, Any]:
    """Vertices and faces of a sphere of 2 n rings."""
    angles = np.linspace(0, np.pi, n + 1), np.linspace(0, 2 * np.pi, 2 * n, endpoint=False)
    polar, around = (grid.ravel() for grid in np.meshgrid(*angles, indexing="ij"))
    points = np.column_stack([np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)])
    number = np.arange((n + 1) * 2 * n).reshape(n + 1, 2 * n)
    a, b = number[:-1], number[1:]
    c, d = np.roll(b, -1, axis=1), np.roll(a, -1, axis=1)
    faces = np.concatenate([np.stack([a, b, c], axis=-1).reshape(-1, 3), np.stack([a, c, d], axis=-1).reshape(-1, 3)])
    return points * radius + center, faces


def square(z: float, half: float = 8.0) -> tuple[Any, Any]:
    """A square at right angles to z."""
    return [(-half, -half, z), (half, -half, z), (half, half, z), (-half, half, z)], [(0, 1, 2), (0, 2, 3)]


def tube(z: float, diameter: float = 2.0) -> Any:
    return straight_tube((-9.5, 0, z), (9.5, 0, z), diameter=diameter)


@pytest.mark.parametrize("diameter", [0.3, 2.0], ids=["ribbon", "mesh"])
@pytest.mark.parametrize("supersample", [1, 2])
def test_a_translucent_sphere_is_before_and_behind_the_tubes(diameter: float, supersample: int) -> None:
    ball = Mesh(*sphere(5.0), color="blue", opacity=0.4)
    once, twice = over(BLUE, 0.4, WHITE), over(BLUE, 0.4, over(BLUE, 0.4, WHITE))
    for z, expected in (
        (0.0, over(BLUE, 0.4, RED)),  # inside: one side is before it
        (7.0, RED),
        (-7.0, over(BLUE, 0.4, over(BLUE, 0.4, RED))),
    ):
        scene = Scene(tube(z, diameter), meshes=[ball], **LOOK)
        picture = render_image(scene, size=SIZE, supersample=supersample).astype(float)
        np.testing.assert_allclose(picture[100, 100], expected, atol=2)
        np.testing.assert_allclose(picture[130, 100], twice, atol=2)
        np.testing.assert_allclose(picture[100, 30], RED, atol=1)
        np.testing.assert_allclose(picture[20, 20], WHITE, atol=0)
        assert once[0] > twice[0]


@pytest.mark.parametrize("z", [-5.0, 5.0])
def test_smoothed_edges_of_tubes_are_veiled_as_their_middles_are(z: float) -> None:
    """A surface that covers the picture is, before or behind a tube, one more layer for each of its pixels."""
    thin = straight_tube((-9, -4, z), (9, 5.3, z), (9.5, 6, z), diameter=0.25)
    veil = Mesh(*square(0.0, half=30.0), color="blue", opacity=0.5)
    bare = render_image(Scene(thin, **LOOK), size=SIZE).astype(float)
    behind_all = render_image(Scene(thin, **(LOOK | {"background": (0.5, 0.5, 1.0)})), size=SIZE).astype(float)
    picture = render_image(Scene(thin, meshes=[veil], **LOOK), size=SIZE).astype(float)
    np.testing.assert_allclose(picture, over(BLUE, 0.5, bare) if z < 0 else behind_all, atol=3)


def test_layers_of_several_surfaces_are_in_the_order_of_their_distance() -> None:
    far, middle, near = (
        Mesh(*square(z), color=color, opacity=0.5) for z, color in ((-4, "blue"), (1, "lime"), (6, "black"))
    )
    expected = over((0, 0, 0), 0.5, over(GREEN, 0.5, over(BLUE, 0.5, WHITE)))
    for meshes in ([far, middle, near], [near, middle, far], [middle, near, far]):
        picture = render_image(Scene(tube(-6.0), meshes=meshes, **LOOK), size=SIZE).astype(float)
        np.testing.assert_allclose(picture[60, 60], expected, atol=2)
    below = render_image(
        Scene(tube(-6.0), meshes=[far], **(LOOK | {"camera": Camera(azim=-90, elev=-90, center=(0, 0, 0), height=20)})),
        size=SIZE,
    ).astype(float)
    np.testing.assert_allclose(below[100, 100], RED, atol=1)  # seen from below, the tube is before it


def test_an_opaque_surface_hides_tubes_and_is_hidden_by_them() -> None:
    ball = Mesh(*sphere(4.0), color="blue", opacity=1.0)
    inside, before = (render_image(Scene(tube(z), meshes=[ball], **LOOK), size=SIZE).astype(float) for z in (0.0, 6.0))
    np.testing.assert_allclose(inside[100, 100], BLUE, atol=0)
    np.testing.assert_allclose(before[100, 100], RED, atol=0)
    edge = inside[100 - 45 : 100 - 35, 100]  # the silhouette is 40 pixels from the middle
    assert (edge[:4] == WHITE).all()
    assert (edge[6:] == BLUE).all()


def test_translucent_cells_and_transparent_pictures_blend_with_surfaces() -> None:
    veil = Mesh(*square(3.0), color="blue", opacity=0.5)
    scene = Scene(tube(0.0), meshes=[veil], opacity=0.5, **LOOK)
    picture = render_image(scene, size=SIZE).astype(float)
    np.testing.assert_allclose(picture[100, 100], over(BLUE, 0.5, over(RED, 0.5, WHITE)), atol=2)
    clear = render_image(scene, size=SIZE, transparent=True).astype(float)
    np.testing.assert_allclose(clear[60, 60], [*BLUE, 127.5], atol=2)
    np.testing.assert_allclose(clear[100, 100, 3], 255 * 0.75, atol=2)


def test_light_falls_on_surfaces_as_on_tubes() -> None:
    """The middle of a lit sphere is as bright as the middle of a tube of the same colour: both face the viewer."""
    look = LOOK | {"lighting": True, "depth_cue": 0.0}
    alone = render_image(Scene(tube(0.0), **look), size=SIZE).astype(float)
    ball = Mesh(*sphere(4.0, (0, 4.5, 0)), color="red", opacity=1.0)
    inverted = replace(ball, faces=ball.faces[:, ::-1])
    for mesh in (ball, inverted):
        picture = render_image(Scene(tube(0.0), meshes=[mesh], **look), size=SIZE).astype(float)
        np.testing.assert_allclose(picture[100 - 45, 100], alone[100, 100], atol=6)
        assert picture[100 - 45 + 36, 100, 0] < picture[100 - 45, 100, 0] - 30  # the lower side is in the shade


def test_surfaces_cover_what_perspective_shows_of_them() -> None:
    camera = Camera(azim=-90, elev=90, center=(0, 0, 0), height=20, projection="perspective", fov=40)
    near = Mesh(*square(10.0, half=2.0), color="blue", opacity=1.0)
    picture = render_image(Scene(tube(0.0), meshes=[near], **(LOOK | {"camera": camera})), size=SIZE)
    corner = camera.project([(2.0, 2.0, 10.0)], SIZE)[0]
    blue = (picture == BLUE).all(axis=-1)
    assert blue.sum() == pytest.approx((2 * (corner[0] - 100)) ** 2, rel=0.05)


def test_values_of_vertices_change_with_time() -> None:
    values = np.array([[0.0] * 4, [1.0] * 4, [np.nan] * 4])
    veil = Mesh(*square(3.0), opacity=1.0, values=values, times=[0, 1, 2], cmap="gray", clim=(0, 1))
    rows = Recording([0.0, 2.0], [[0.0], [0.0]], section=[0], position=[0.5])
    scene = Scene(tube(0.0), rows, meshes=[veil], clim=(-1, 1), nan_color="lime", lighting=False, camera=FROM_ABOVE)
    with Renderer(scene, SIZE) as renderer:
        shown = [frame[60, 60].tolist() for frame in renderer.frames([0.0, 1.0, 2.0, 0.0])]
        alone = renderer.render(1.0)[60, 60].tolist()
    assert shown == [[0, 0, 0], [255, 255, 255], [0, 255, 0], [0, 0, 0]]
    assert alone == [255, 255, 255]


def test_a_camera_that_turns_sorts_surfaces_anew() -> None:
    meshes = [Mesh(*square(z), color=color, opacity=0.5) for z, color in ((-4, "blue"), (4, "lime"))]
    camera = Camera(azim=0, elev=0, up=(0, 1, 0), center=(0, 0, 0), height=20, azim_step=180)
    scene = Scene(tube(0.0, 0.5), meshes=meshes, **(LOOK | {"camera": camera}))
    with Renderer(scene, SIZE) as renderer:
        frames = [frame.astype(float) for frame in renderer.frames([None, None])]
        second = renderer.render(None, frame=1).astype(float)
    shown = {tuple(np.round(frame[60, 60]).tolist()) for frame in frames}
    green_before, blue_before = over(GREEN, 0.5, over(BLUE, 0.5, WHITE)), over(BLUE, 0.5, over(GREEN, 0.5, WHITE))
    for expected in (green_before, blue_before):
        assert min(np.abs(np.subtract(each, expected)).max() for each in shown) <= 2
    np.testing.assert_array_equal(second, frames[1])


@pytest.mark.parametrize("pixel_format", ["rgb", "yuv420p"])
def test_frames_of_a_static_camera_have_the_surfaces_of_drawn_frames(pixel_format: str) -> None:
    cell = random_tree(3, n_sections=60)
    rows = np.random.default_rng(0).uniform(-80, 20, (6, cell.n_sections))
    sections = np.arange(cell.n_sections)
    recording = Recording(np.arange(6.0), rows, section=sections, position=np.full(cell.n_sections, 0.5))
    middle, radius = cell.bounds().mean(axis=0), float(np.ptp(cell.bounds(), axis=0).max()) / 3
    meshes = [
        Mesh(*sphere(radius, middle), color="tomato", opacity=0.4),
        Mesh(*sphere(radius / 3, middle), color="navy", opacity=1.0),
    ]
    scene = Scene(cell, recording, meshes=meshes, annotations=[Clock()])
    times = [0.0, 1.0, 2.0, 3.0, 4.0]
    with Renderer(scene, SIZE) as renderer:
        frames = list(renderer.frames(times, pixel_format=pixel_format))
        if pixel_format == "rgb":
            assert_same_frames(frames, [renderer.render(time) for time in times])
        cameras = [renderer.scene.camera] * len(times)
        assert_same_frames(frames, list(renderer.frames(times, cameras=cameras, pixel_format=pixel_format)))


def test_a_preview_from_elsewhere_has_the_surfaces_where_a_picture_has_them() -> None:
    meshes = [Mesh(*square(3.0, half=4.0), color="blue", opacity=0.5), Mesh(*square(-3.0, half=6.0), color="lime")]
    scene = Scene(tube(0.0), meshes=meshes, **LOOK)
    camera = Camera(azim=-60, elev=70, center=(1, 1, 1), height=14)
    with Renderer(scene, SIZE) as renderer:
        first = renderer.render(None)
        preview = renderer.preview(None, camera).astype(float)
        np.testing.assert_array_equal(renderer.render(None), first)
    picture = render_image(replace(scene, camera=camera), size=SIZE).astype(float)
    assert (np.abs(preview - picture).max(axis=-1) > 8).mean() < 0.005


def test_a_fit_counts_surfaces_only_if_asked() -> None:
    ball = Mesh(*sphere(40.0))
    bare, around, fitted = (
        Scene(tube(0.0), meshes=meshes).fitted_camera(SIZE) for meshes in ([], [ball], [replace(ball, fit=True)])
    )
    assert around == bare
    assert bare.height is not None
    assert fitted.height is not None
    assert fitted.height >= 80 > bare.height


def test_scenes_with_surfaces_travel_and_are_told_apart() -> None:
    scene = Scene(tube(0.0), meshes=[Mesh(*sphere(5.0), color="blue")], **LOOK)
    copy = pickle.loads(pickle.dumps(scene))
    np.testing.assert_array_equal(render_image(copy, size=SIZE), render_image(scene, size=SIZE))
    assert fingerprint(copy, []) == fingerprint(scene, [])
    other = replace(scene, meshes=[replace(scene.meshes[0], opacity=0.31)])  # type: ignore[type-var]
    assert fingerprint(other, []) != fingerprint(scene, [])
