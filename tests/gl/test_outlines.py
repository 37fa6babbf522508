"""Outlines of highlighted sections have the edges of a supersampled picture, outside and against the neurite."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph import Camera, Highlight, Morphology, Scene, render_image
from gpu_morph.scene.picture_unit import picture_unit

TIMES = 8  # pixels of the supersampled picture along the side of one
SIZE = (64, 64)
FRONT = Camera(azim=-90, elev=0, center=(0, 0, 0), height=64, up="z")  # one pixel per µm
PERSPECTIVE = replace(FRONT, projection="perspective", fov=45)


def tilted(radius: float, tilt: float) -> Morphology:
    """A straight neurite, 20 degrees steep in the picture, whose far end is tilted towards the viewer."""
    turn, tilt = np.radians(20), np.radians(tilt)
    end = 20 * np.array([np.cos(tilt) * np.cos(turn), -np.sin(tilt), np.cos(tilt) * np.sin(turn)])
    return Morphology([-end, end], [2 * radius] * 2, [0, 2], [-1], [0], ["dend"])


def winding(radius: float) -> Morphology:
    """A neurite that turns by up to 60 degrees at points 4 µm apart, also to the viewer and away."""
    rng, direction, points = np.random.default_rng(2), np.array([1.0, 0, 0]), [np.array([-28.0, 0, 0])]
    for _ in range(14):
        direction = direction + 0.45 * rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        points.append(points[-1] + 4 * direction)
    return Morphology(np.array(points), [2 * radius] * 15, [0, 15], [-1], [0], ["dend"])


def crossing(away: float) -> Morphology:
    """A neurite, and another one across it that is ``away`` µm farther from the viewer."""
    points = [[-25, 0, -9], [25, 0, 9], [-9, away, -25], [9, away, 25]]
    return Morphology(points, [8] * 4, [0, 2, 4], [-1, -1], [0, 0], ["a", "b"])


def difference(cell: Morphology, camera: Camera, width: float, color: str = "magenta") -> npt.NDArray[np.float64]:
    """(height, width) levels by which a picture with an outline around section 0 differs from the supersampled one."""

    def picture(times: int) -> npt.NDArray[np.float64]:
        size = (SIZE[0] * times, SIZE[1] * times)
        highlight = Highlight(0, color=color, width=width * times / picture_unit(size))
        scene = Scene(cell, color="black", lighting=False, min_width=0, camera=camera, highlight=highlight)
        pixels = render_image(scene, size=size).astype(float)
        return pixels.reshape(SIZE[1], times, SIZE[0], times, -1).mean(axis=(1, 3))

    return np.asarray(np.abs(picture(1) - picture(TIMES)).max(axis=2))


@pytest.mark.parametrize("camera", [FRONT, PERSPECTIVE], ids=["orthographic", "perspective"])
@pytest.mark.parametrize(
    "cell", [tilted(4, 70), tilted(1, 60), winding(4), winding(1.2)], ids=["steep", "thin", "winding", "thin, winding"]
)
def test_the_edge_of_a_neurite_against_its_outline_is_smooth(cell: Morphology, camera: Camera) -> None:
    assert difference(cell, camera, 3.0).max() < 64


@pytest.mark.parametrize(("color", "width"), [("white", 3.0), ("magenta", 0.5), ("magenta", 6.0)])
def test_so_it_is_against_light_narrow_and_wide_outlines(color: str, width: float) -> None:
    assert difference(tilted(4, 40), FRONT, width, color).max() < 64


@pytest.mark.parametrize("away", [-80, 80], ids=["in front", "behind"])
def test_an_outline_and_a_neurite_that_crosses_it_have_smooth_edges(away: float) -> None:
    assert difference(crossing(away), FRONT, 3.0).max() < 64
