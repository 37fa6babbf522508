"""Wrong cameras are refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gpu_morph.scene.camera import Camera

SIZE = (400, 200)  # pixels


@pytest.mark.parametrize("name", ["azim", "elev", "roll", "azim_step", "fov"])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_angles_must_be_finite(name, bad):
    with pytest.raises(ValueError, match=f"{name} must be finite degrees, got {bad}"):
        Camera(**{name: bad})


@pytest.mark.parametrize("fov", [0, -30, 170, 360])
def test_a_camera_opens_by_less_than_170_degrees(fov):
    with pytest.raises(ValueError, match=f"fov must lie between 0 and 170 degrees, got {fov}"):
        Camera(fov=fov)


def test_there_are_two_projections():
    with pytest.raises(ValueError, match="projection must be 'orthographic' or 'perspective', got 'ortho'"):
        Camera(projection="ortho")  # type: ignore[arg-type]


@pytest.mark.parametrize("height", [0, -1, math.nan, math.inf])
def test_a_height_is_positive(height):
    with pytest.raises(ValueError, match=f"height must be positive µm or None, got {height}"):
        Camera(height=height)


@pytest.mark.parametrize("center", [(0, 0), (0, 0, math.nan), (1, 2, 3, 4)])
def test_a_center_has_three_coordinates(center):
    with pytest.raises(ValueError, match="center must be three finite coordinates in µm, got "):
        Camera(center=center)


def test_a_center_may_be_an_array():
    assert Camera(center=np.array([1, 2, 3])).center == (1, 2, 3)  # type: ignore[arg-type]


def test_an_unfitted_camera_says_how_to_fit_it():
    with pytest.raises(ValueError, match=r"this camera has no center: use scene\.fitted_camera\(size\)"):
        Camera(azim=0, height=1).project([0, 0, 0], SIZE)
    with pytest.raises(ValueError, match=r"this camera has no height: use scene\.fitted_camera\(size\)"):
        Camera(azim=0, center=(0, 0, 0)).project([0, 0, 0], SIZE)
    with pytest.raises(ValueError, match="this camera has no height"):
        _ = Camera(projection="perspective").eye_distance
    with pytest.raises(ValueError, match=r"this camera has no azim and elev: use scene\.fitted_camera\(size\)"):
        Camera(center=(0, 0, 0), height=1).project([0, 0, 0], SIZE)
    with pytest.raises(ValueError, match=r"this camera has up='apical': use scene\.fitted_camera\(size\)"):
        Camera(azim=0, up="apical", center=(0, 0, 0), height=1).project([0, 0, 0], SIZE)
