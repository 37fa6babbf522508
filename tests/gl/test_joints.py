"""Where sections meet, edges are as smooth as elsewhere, also while the camera turns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph import Camera, Morphology, Renderer, Scene, demo_cell, render_image

SIZE = (120, 90)
FRONT = Camera(azim=-90, elev=0, center=(0, 0, 0), height=36)  # 2.5 pixels per µm


def sections(*paths: list[list[float]], diameters: list[float], parents: list[int]) -> Morphology:
    """Sections of constant diameters."""
    counts = [len(path) for path in paths]
    return Morphology(
        np.concatenate([np.asarray(path, dtype=float) for path in paths]),
        np.repeat(diameters, counts),
        np.cumsum([0, *counts]),
        parents,
        [1.0] * len(paths),
        ["dend"] * len(paths),
    )


def levels(morphology: Morphology, times: int = 1) -> npt.NDArray[np.float64]:
    """(height, width) levels of a black cell, the mean of ``times`` x ``times`` pixels of a larger picture."""
    scene = Scene(morphology, color="black", lighting=False, min_width=0, camera=FRONT)
    picture = render_image(scene, size=(SIZE[0] * times, SIZE[1] * times))[..., 0].astype(float)
    return picture.reshape(SIZE[1], times, SIZE[0], times).mean(axis=(1, 3))


def toward(angle: float, length: float = 15.0) -> list[float]:
    return [length * np.cos(np.radians(angle)), 0.0, length * np.sin(np.radians(angle))]


@pytest.mark.parametrize("bend", [0, 25, 70])
@pytest.mark.parametrize("diameters", [[12, 5], [12, 11], [12, 11.9], [5, 12], [1.5, 1.0], [0.6, 0.5]])
def test_a_section_that_goes_on_in_another_width_has_smooth_edges(diameters: list[float], bend: float) -> None:
    cell = sections([toward(180), [0, 0, 0]], [[0, 0, 0], toward(bend)], diameters=diameters, parents=[-1, 0])
    assert np.abs(levels(cell) - levels(cell, 8)).max() < 64


@pytest.mark.parametrize("angles", [[0, 90], [40, -40], [65, -20], [110, -110]])
@pytest.mark.parametrize("diameters", [[1, 1, 1], [6, 6, 6], [8, 4, 6], [4, 4, 8], [3, 2.9, 2]])
def test_a_fork_has_smooth_edges(angles: list[float], diameters: list[float]) -> None:
    paths = [[toward(180), [0, 0, 0]], *([[0, 0, 0], toward(angle)] for angle in angles)]
    cell = sections(*paths, diameters=diameters, parents=[-1, 0, 0])
    assert (
        np.abs(levels(cell) - levels(cell, 8)).max() < 80
    )  # in the crotch, the edges of two tubes close to each other


@pytest.mark.parametrize(("azim", "elev"), [(-90, 5), (0, 5)])
def test_no_pixel_jumps_while_a_camera_turns_slowly(azim: float, elev: float) -> None:
    cell, _ = demo_cell()
    camera = Camera(azim=azim, elev=elev, azim_step=0.1)
    scene = Scene(cell, color="white", lighting=False, background="black", camera=camera)
    with Renderer(scene, (320, 240)) as renderer:
        frames = np.stack([renderer.render(None, frame=k)[..., 0].astype(int) for k in range(30, 42)])
    assert np.abs(np.diff(frames, axis=0)).max() <= 40


def test_of_two_long_thin_sections_the_nearer_one_is_seen_where_they_cross() -> None:
    # By their middles, the slanted one is farther away.
    slanted = [[-14.0, 0.0, 0.0], [14.0, 100.0, 0.0]]
    upright = [[-12.0, 12.0, -10.0], [-12.0, 12.0, 10.0]]
    cell = sections(slanted, upright, diameters=[1.4, 1.4], parents=[-1, -1])
    for colors, expected in ((["red", "blue"], (255, 0, 0)), (["blue", "red"], (0, 0, 255))):
        scene = Scene(cell, color=colors, lighting=False, min_width=0, camera=FRONT)
        np.testing.assert_array_equal(render_image(scene, size=SIZE)[45, 30], expected)
