"""In perspective, spheres and tubes have the images of geometry: spheres are ellipses beside the middle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from reference import straight_tube

from gpu_morph import Camera, Morphology, Recording, Renderer, Scene, SynapseEvents, SynapseStyle, render_image

SIZE = (240, 136)
MIDDLE = (0.0, 0.0, 0.0)


def camera(fov: float) -> Camera:
    """Looking along y: x runs to the right, z upwards; 136 pixels for 100 µm."""
    return Camera(azim=-90, elev=0, center=MIDDLE, height=100, fov=fov, projection="perspective")


def exact_coverage(
    points: npt.ArrayLike, radii: npt.ArrayLike, seen: Camera, samples: int = 6
) -> npt.NDArray[np.float64]:
    """(height, width) fractions of pixels whose rays meet the round cones between spheres.

    A ray meets one where a sphere at a fraction t along it is nearer to the ray than its radius: where a quadratic
    function of t is negative.
    """
    (width, height), (x, y) = SIZE, seen.middle(SIZE)
    assert seen.height is not None
    focal = seen.eye_distance * height / seen.height
    down, right = (np.mgrid[: height * samples, : width * samples] + 0.5) / samples
    rays = np.stack([(right - x) / focal, -(down - y) / focal, -np.ones_like(right)], axis=-1)
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    hit = np.zeros(right.shape, dtype=bool)
    centers = seen.view_coordinates(points) - (0, 0, seen.eye_distance)
    for (start, end), (r0, r1) in zip(pairwise(centers), pairwise(np.asarray(radii)), strict=True):
        step, growth = end - start, r1 - r0
        along, drift = rays @ start, rays @ step
        a = step @ step - drift**2 - growth**2
        b, c = start @ step - along * drift - r0 * growth, start @ start - along**2 - r0**2
        t = np.clip(-b / np.where(a > 1e-9, a, 1), 0, 1)
        least = np.where(a > 1e-9, c + 2 * b * t + a * t * t, c)
        hit |= np.minimum(least, np.minimum(c, c + 2 * b + a)) <= 0
    fractions: npt.NDArray[np.float64] = hit.reshape(height, samples, width, samples).mean(axis=(1, 3))
    return fractions


def drawn(morphology: Morphology, seen: Camera, **changes: object) -> npt.NDArray[np.float64]:
    """(height, width) coverage."""
    scene = Scene(morphology, color="black", camera=seen, lighting=False, **({"min_width": 0} | changes))
    return render_image(scene, size=SIZE, transparent=True)[..., 3] / 255


@pytest.mark.parametrize("fov", [30, 90])
@pytest.mark.parametrize("at", [(0, 0, 0), (65, 0, 0), (-60, 20, 30), (40, -8, -35)])
def test_a_sphere_is_the_ellipse_of_the_rays_that_meet_it(fov: float, at: tuple[float, float, float]) -> None:
    ball = straight_tube(at, (at[0], at[1], at[2] + 0.001), diameter=16.0)
    found, expected = drawn(ball, camera(fov)), exact_coverage(ball.points, ball.diameters / 2, camera(fov))
    assert found.sum() == pytest.approx(expected.sum(), rel=0.005)
    assert np.abs(found - expected).max() < 0.12


@pytest.mark.parametrize("fov", [30, 90])
@pytest.mark.parametrize("diameter", [1.2, 4.0, 12.0], ids=["ribbons", "thin tubes", "thick tubes"])
@pytest.mark.parametrize(
    ("points", "limit"),
    [
        ([(-75, 5, -20), (75, 5, -26)], 0.2),
        ([(62, 0, -40), (66, 0, 40)], 0.2),
        ([(50, 25, -30), (60, -10, 20)], 0.35),
        ([(20, 0, 10), (35, 5, 25), (50, 0, 20), (66, -5, 30)], 0.35),
    ],
    ids=["level", "upright", "towards the eye", "bent"],
)
def test_a_tube_covers_what_rays_meet(
    fov: float, diameter: float, points: list[tuple[float, float, float]], limit: float
) -> None:
    tube = straight_tube(*points, diameter=diameter)
    found, expected = drawn(tube, camera(fov)), exact_coverage(tube.points, tube.diameters / 2, camera(fov))
    assert found.sum() == pytest.approx(expected.sum(), rel=0.02)
    # Neither a gap at a joint nor a step, nor a pixel that two parts of a segment draw. Ends of ribbons are discs,
    # whatever the direction.
    assert np.abs(found - expected).max() < (0.65 if diameter < 2 else limit)


@pytest.mark.parametrize("fov", [30, 90])
def test_a_marker_is_the_image_of_its_ball(fov: float) -> None:
    at, far = (60.0, 0.0, 20.0), straight_tube((0, 500, 0), (0, 500, 0.001), diameter=0.001)
    events = SynapseEvents([at], [0], ("a",), [], [])
    style = SynapseStyle(diameter=16, show_all=True, thin_out=False)
    found = drawn(far, camera(fov), synapses=events, synapse_style=style)
    expected = exact_coverage([at, (at[0], at[1], at[2] + 1e-6)], [8, 8], camera(fov))
    assert found.sum() == pytest.approx(expected.sum(), rel=0.01)
    assert np.abs(found - expected).max() < 0.12


def test_the_least_width_holds_beside_the_middle() -> None:
    for points in ([(65, 0, -60), (65, 0, 60)], [(-120, 0, -30), (120, 0, -30)]):
        image = drawn(straight_tube(*points, diameter=0.01), camera(90), min_width=1.0)
        middle = image[40:90].sum(axis=1) if points[0][0] == points[1][0] else image[:, 40:200].sum(axis=0)
        assert middle == pytest.approx(1.0, abs=0.05)


def test_where_two_spheres_meet_the_nearer_surface_shows() -> None:
    seen, centers, radius = camera(90), np.array([(50.0, 0.0, 0.0), (56.0, -5.0, 5.0)]), 11.0
    cell = Morphology(
        points=np.repeat(centers, 2, axis=0) + np.tile([[0, 0, 0], [0, 0, 0.001]], (2, 1)),
        diameters=[2 * radius] * 4,
        section_offsets=[0, 2, 4],
        section_parent=[-1, -1],
        section_parent_x=[0, 0],
        section_labels=("dend", "axon"),
    )
    scene = Scene(cell, color={"dend": "red", "axon": "blue"}, background="black", lighting=False, camera=seen)
    image = render_image(scene, size=SIZE)
    (width, height), focal = SIZE, seen.eye_distance * SIZE[1] / 100
    down, right = np.mgrid[:height, :width] + 0.5
    rays = np.stack([(right - width / 2) / focal, -(down - height / 2) / focal, -np.ones_like(right)], axis=-1)
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    depths = []
    for center in seen.view_coordinates(centers) - (0, 0, seen.eye_distance):
        squared = radius**2 - center @ center + (rays @ center) ** 2
        depths.append(np.where(squared > 0, rays @ center - np.sqrt(np.maximum(squared, 0)), np.inf))
    is_hit = np.isfinite(depths).all(axis=0)
    is_clear = is_hit & (np.abs(np.subtract(*np.where(is_hit, depths, 0))) > 0.7)  # µm: half a pixel
    assert is_clear.sum() > 100
    red_is_nearer = depths[0] < depths[1]
    assert 20 < red_is_nearer[is_clear].sum() < is_clear.sum() - 20
    assert ((image[..., 0] > image[..., 2]) == red_is_nearer)[is_clear].mean() > 0.95


def test_frames_of_a_static_camera_equal_drawn_ones() -> None:
    tube = straight_tube((20, 0, 10), (35, 5, 25), (50, 0, 20), (66, -5, 30), diameter=[8.0, 6.0, 3.0, 0.8])
    recording = Recording([0.0, 1.0, 2.0], [[0, 1], [1, 0], [0.5, 0.2]], section=[0, 0], position=[0.1, 0.9])
    scene = Scene(tube, recording, clim=(0, 1), camera=camera(90))
    with Renderer(scene, SIZE) as renderer:
        static = list(renderer.frames([0.0, 1.0, 2.0]))
    for time, frame in zip((0.0, 1.0, 2.0), static, strict=True):
        np.testing.assert_array_equal(frame, render_image(scene, time=time, size=SIZE))
