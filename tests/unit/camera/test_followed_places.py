"""Films that follow a place: their keyframes are many, what is computed for them is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph import Camera, CameraPath
from gpu_morph.render.path_legs import PathLegs
from gpu_morph.scene import camera as camera_module

SIZE = (320, 180)
CELL = gm.Morphology(
    [[0, 0, 0], [0, 0, 20], [0, 0, 20], [9, 3, 800]], [9, 9, 2, 2], [0, 2, 4], [-1, 0], [0, 1], ("soma", "apic")
)


def followed(n_places: int, **options: Any) -> CameraPath:
    """1,000 µm in 10 ms, five heights of the picture."""
    u = np.linspace(0, 1, n_places)
    return gm.follow([(10 * k, (0, 0, 1000 * k)) for k in u.tolist()], height=200, **options)


def test_one_direction_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Any] = []
    for name in ("upward", "widest_view"):
        usual = getattr(camera_module, name)
        monkeypatch.setattr(camera_module, name, lambda *given, usual=usual: found.append(usual) or usual(*given))
    fitted = gm.Scene(CELL, camera=followed(3)).fitted_camera(SIZE)
    assert len(fitted.cameras) > 100
    assert len(found) == 2
    alone = Camera().oriented(CELL)
    assert {(camera.azim, camera.elev, camera.up) for camera in fitted.cameras} == {(alone.azim, alone.elev, alone.up)}


def test_each_direction_is_that_of_its_camera() -> None:
    cameras = [
        Camera(),
        Camera(up="y"),
        Camera(azim=20, up="auto"),
        Camera(roll=5),
        Camera(up="apical"),
        Camera(elev=9),
    ]
    given = CameraPath([*enumerate(cameras)])
    assert list(given.oriented(CELL).cameras) == [camera.oriented(CELL) for camera in cameras]


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_more_places_on_a_way_take_no_more_samples(projection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[float] = []
    usual = CameraPath.at
    monkeypatch.setattr(CameraPath, "at", lambda path, reading, **given: read.append(reading) or usual(path, reading))
    for n_places in (2, 40):
        fitted = followed(n_places, camera=Camera(azim=0, elev=0, projection=projection))
        read.clear()
        cameras = [camera for leg in PathLegs(fitted, CELL, SIZE).legs for camera in leg.cameras]
        assert len(read) <= 500
        heights = np.unique([camera.center[2] for camera in cameras])
        assert 5 * 16 <= len(heights) <= 5 * 32  # every sixteenth of the picture or closer
        assert np.diff(heights).max() < 200 / 8
        assert {heights[0], heights[-1]} == {0, 1000}


def test_what_only_one_of_many_keyframes_shows_is_seen() -> None:
    still = Camera(azim=0, elev=0, center=(0, 0, 0), height=200)
    beside, close = (Camera(azim=0, elev=0, center=c, height=h) for c, h in (((0, 5000, 0), 200), ((0, 0, 0), 10)))
    for other in (beside, close):
        keyframes = [(k, other if k == 333 else still) for k in range(1000)]
        legs = PathLegs(CameraPath(keyframes, easing="linear"), CELL, SIZE)
        leg = legs.at(333.0)
        assert other.center in [camera.center for camera in leg.cameras]
        assert leg.nearest_pixel(CELL, SIZE) <= other.nearest_pixel(CELL, SIZE)
        assert sum(len(one.cameras) for one in legs.legs) < 200


def test_a_turn_of_many_equal_keyframes_is_sampled() -> None:
    one = Camera(azim=0, elev=0, center=(0, 0, 0), height=200)
    legs = PathLegs(CameraPath([(k, one) for k in range(100)], easing="linear", turn=360), CELL, SIZE)
    azims = np.unwrap([camera.angles[0] for leg in legs.legs for camera in leg.cameras], period=360)
    assert np.diff(azims).max() < 5


def test_a_mesh_that_is_fitted_is_not_cut_on_the_way() -> None:
    corners = [(-400, 0, -400), (400, 0, -400), (400, 0, 400), (-400, 0, 400)]
    mesh = gm.Mesh(corners, [(0, 1, 2), (0, 2, 3)], fit=True)
    short = gm.Morphology([[-5, 0, 0], [5, 0, 0]], [2, 2], [0, 2], [-1], [0], ("dend",))
    path = CameraPath([(0, Camera(azim=-90, elev=0)), (4, Camera(azim=-90, elev=0, roll=90))])
    moving = gm.Scene(short, meshes=[mesh], camera=path).fitted_camera(SIZE)
    for reading in np.linspace(0, 4, 33).tolist():
        places = moving.at(reading).project(corners, SIZE)
        assert (places > -0.5).all()
        assert (places < np.array(SIZE) + 0.5).all()
