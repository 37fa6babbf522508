"""Light changes smoothly over a surface: normals have no steps at joints, rims of caps and hairpins."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.readers.inscribed import inscribed

N = 960
NOISE = 2.0  # levels: the second difference of brightness that is rounded to 8 bits


def section(points: npt.ArrayLike, diameters: npt.ArrayLike) -> gm.Morphology:
    n = len(np.asarray(points))
    return gm.Morphology(
        points=points,
        diameters=np.broadcast_to(diameters, n),
        section_offsets=[0, n],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("soma",),
    )


def soma(noise: float = 0.0, n: int = 21) -> gm.Morphology:
    """A spheroid of 20 x 12 µm along y, as readers make it of a contour."""
    y = np.linspace(-10, 10, n)
    widths = 12 * np.sqrt(np.maximum(1 - (y / 10) ** 2, 0))
    widths[1:-1] += np.random.default_rng(1).normal(0, 1, n - 2) * noise
    return section(*inscribed(np.column_stack([0 * y, y, 0 * y]), widths))


def brightness(morphology: gm.Morphology, azim: float = 0.0, elev: float = 0.0) -> npt.NDArray[np.float64]:
    """(N, N) grey levels; y runs to the right where azim and elev are 0. 40 pixels per µm."""
    camera = gm.Camera(center=(0, 0, 0), height=24, azim=azim, elev=elev)
    image = gm.render_image(gm.Scene(morphology, color="#c0c0c0", camera=camera), size=(N, N))
    return image[..., 0].astype(float)


def second_difference(rows: npt.NDArray[np.float64]) -> float:
    """The greatest along rows, levels, 8 pixels and more inside the silhouette."""
    greatest = 0.0
    for row in rows:
        inside = np.flatnonzero(row < 250)
        greatest = max(greatest, float(np.abs(np.diff(row[inside[8] : inside[-8]], 2)).max()))
    return greatest


@pytest.mark.parametrize("azim", [0, 40, 90])
def test_a_soma_is_one_smooth_body(azim: float) -> None:
    assert second_difference(brightness(soma(), azim)[300:640:20]) <= NOISE


@pytest.mark.parametrize(("noise", "n"), [(0.1, 21), (0.03, 41)])
def test_a_soma_traced_with_errors_has_no_bands(noise: float, n: int) -> None:
    assert second_difference(brightness(soma(noise, n))[300:640:20]) <= NOISE


@pytest.mark.parametrize("diameters", [(8, 8, 8), (8, 8, 3), (3, 8, 3)], ids=["cylinder", "cone", "spindle"])
def test_caps_and_changes_of_the_taper_have_no_crease(diameters: tuple[float, float, float]) -> None:
    rows = brightness(section([(0, -6, 0), (0, 0, 0), (0, 6, 0)], diameters))[470:490:5]
    assert second_difference(rows) <= NOISE + 1


def test_the_legs_of_a_hairpin_are_lit_as_straight_tubes() -> None:
    hairpin = brightness(section([(0, -8, -3), (0, 8, 0), (0, -8, 3)], 2.0))
    leg = brightness(section([(0, -8, -3), (0, 8, 0)], 2.0))
    only_leg = leg < 250
    only_leg[:, :240] = only_leg[:, 440:] = False  # away from the ends, and from the other leg
    assert only_leg.sum() > 10000
    assert np.abs(hairpin - leg)[only_leg].max() <= 2


def test_both_segments_at_a_bend_have_one_light() -> None:
    rows = brightness(section([(0, -8, -2), (0, 0, 0), (0, 8, -3)], 6.0))[380:470:10]
    assert second_difference(rows) <= NOISE + 1
