"""What a camera does not see is left out, and nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm

SIZE = (160, 120)


def neurites() -> gm.Morphology:
    """Some that run about, all around the eye."""
    rng, n = np.random.default_rng(5), 40
    starts, steps = rng.uniform(-120, 120, (n, 1, 3)), rng.normal(0, 8, (n, 6, 3))
    points = (starts + np.cumsum(steps, axis=1)).reshape(-1, 3)
    diameters = np.repeat(rng.uniform(0.5, 6, n), 6)
    return gm.Morphology(points, diameters, np.arange(0, 6 * n + 1, 6), [-1] * n, [0] * n, ("dend",) * n)


def drawn(renderer: gm.Renderer) -> list[Any]:
    return [batch for tubes in renderer._source.view.drawing.tubes for batch in tubes.batches]


def pictures(camera: gm.Camera | gm.CameraPath) -> tuple[list[npt.NDArray[np.uint8]], int, int]:
    """Frames while a camera turns, and of the last one how many segments are drawn of how many."""
    scene = gm.Scene(neurites(), color="#3060a0", camera=camera)
    with gm.Renderer(scene, SIZE) as renderer:
        frames = [renderer.render(frame=k) for k in (0, 1, 40)]
        batches = drawn(renderer)
        return frames, sum(len(batch.ends) for batch in batches), sum(len(batch.vertices) for batch in batches)


PERSPECTIVE = gm.Camera(
    azim=-70,
    elev=15,
    roll=50,
    center=(0, 0, 0),
    height=60,
    projection="perspective",
    fov=60,
    azim_step=0.9,
    shift=(0.2, -0.1),
)
ORTHOGRAPHIC = replace(PERSPECTIVE, projection="orthographic", fov=45.0)
PATH = gm.CameraPath(
    [(0, replace(ORTHOGRAPHIC, azim_step=0)), (1, replace(ORTHOGRAPHIC, azim_step=0, center=(20, 5, 0), height=30))]
)
draws_all = pytest.mark.skipif(os.environ.get("GPU_MORPH_PATH") == "gpu", reason="the GPU path draws all segments")


@draws_all
@pytest.mark.parametrize("camera", [PERSPECTIVE, ORTHOGRAPHIC, PATH], ids=["perspective", "orthographic", "path"])
def test_pictures_are_those_of_all_segments(camera: gm.Camera | gm.CameraPath, monkeypatch: pytest.MonkeyPatch) -> None:
    found, n_drawn, n = pictures(camera)
    monkeypatch.setattr(
        "gpu_morph.render.gpu.seen_space.SeenSpace.outside",
        lambda _, vertices: np.zeros(len(vertices), dtype=np.uint8),
    )
    expected, n_all, _ = pictures(camera)
    assert n_drawn < n_all / 3 <= n
    for one, other in zip(found, expected, strict=True):
        assert np.count_nonzero(other < 200) > 500
        np.testing.assert_array_equal(one, other)


@draws_all
def test_a_preview_from_elsewhere_shows_what_the_last_picture_left_out() -> None:
    camera = replace(ORTHOGRAPHIC, azim_step=0)
    with gm.Renderer(gm.Scene(neurites(), color="#3060a0", camera=camera), SIZE) as renderer:
        first = renderer.render()
        near = sum(len(batch.ends) for batch in drawn(renderer))
        moved = replace(camera, center=(60, 0, 30), height=90)
        preview = renderer.preview(None, moved)
        assert sum(len(batch.ends) for batch in drawn(renderer)) > near
        np.testing.assert_array_equal(renderer.render(), first)
    expected = gm.render_image(gm.Scene(neurites(), color="#3060a0", camera=moved), size=SIZE)
    assert np.abs(preview.astype(int) - expected).mean() < 2  # its levels of detail are those of the first


def test_a_tube_beside_the_picture_close_to_the_eye_is_not_drawn() -> None:
    # The eye is at y = -30. Up to 1.33 µm to the right are in the picture for each µm of distance.
    tube = gm.Morphology([[7, -29.1, 0], [22, -18, 0]], [6, 6], [0, 2], [-1], [0], ("dend",))
    seen = gm.Morphology([[0, 0, -20], [0, 0, 20]], [4, 4], [0, 2], [-1], [0], ("dend",))
    camera = gm.Camera(azim=-90, elev=0, center=(0, 0, 0), height=60, projection="perspective", fov=90)
    both, alone = (
        gm.render_image(gm.Scene(cell, color="red", camera=camera), size=SIZE)
        for cell in (gm.join_morphologies([seen, tube]), seen)
    )
    assert np.abs(both.astype(int) - alone).max() <= 8
