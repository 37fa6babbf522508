"""Paths whose camera stands still for a while: those frames are recoloured, and equal drawn ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import random_tree
from test_static_camera import noise

from gpu_morph import Camera, CameraPath, Clock, Highlight, Mesh, Renderer, Scene
from gpu_morph.render.gpu.context import current_context
from gpu_morph.render.static_camera.recolored_frames import RecoloredFrames
from gpu_morph.render.strategy import FrameContent

TREE = random_tree(5, n_sections=20)
SIZE = (96, 72)
NEAR, FAR = Camera(azim=30, elev=10, zoom=3.0), Camera(azim=-40, elev=20)
DEEP = Camera(azim=0, projection="perspective")
PLANE = Mesh([(-40, -40, 0), (40, -40, 0), (40, 40, 0), (-40, 40, 0)], [(0, 1, 2), (0, 2, 3)], opacity=0.4)


def film(**options: Any) -> Scene:
    path = CameraPath([(0.0, FAR), (1.0, NEAR), (3.0, NEAR), (4.0, FAR), (5.0, NEAR), (6.0, NEAR)])
    options = {"cmap": "viridis", "clim": (0, 1), "annotations": [Clock()], "fps": 4, "camera": path} | options
    return Scene(TREE, noise(TREE), **options)


@pytest.fixture
def recolored(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The heights of the cameras, µm, whose frames were recoloured."""
    context = current_context()
    if not context.is_software or context.gl_version < (4, 3):
        pytest.skip(f"frames are recoloured where the CPU draws with OpenGL 4.3, this is {context.renderer}")
    heights, start = [], RecoloredFrames.start

    def noted(self: RecoloredFrames, content: FrameContent) -> Any:
        frame = start(self, content)
        if frame is not None:
            heights.append(content.camera.height)
        return frame

    monkeypatch.setattr(RecoloredFrames, "start", noted)
    monkeypatch.setenv("GPU_MORPH_PATH", "cpu")
    return heights


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"highlight": Highlight([2, 5]), "meshes": [PLANE]},
        {"camera": CameraPath([(0, DEEP), (1, replace(DEEP, azim=20)), (9, replace(DEEP, azim=20))])},
    ],
    ids=["plain", "with a mesh", "perspective"],
)
def test_frames_of_a_camera_that_stands_still_equal_drawn_ones(options: dict[str, Any], recolored: list[float]) -> None:
    scene, times = film(**options), np.linspace(0, 3, 25)
    with Renderer(scene, SIZE) as renderer:
        drawn = [renderer.render(time, frame=number) for number, time in enumerate(times)]
        assert not recolored
        frames = list(renderer.frames(times))
        assert len(recolored) >= 6
        np.testing.assert_array_equal(frames, drawn)
        some = slice(7, 21)  # as a piece has them, from the middle of the stand on
        np.testing.assert_array_equal(list(renderer.frames(times[some], numbers=range(25)[some])), drawn[some])


def test_only_frames_of_a_camera_that_stands_still_are_recoloured(recolored: list[float]) -> None:
    scene, times = film(), np.linspace(0, 3, 25)
    with Renderer(scene, SIZE) as renderer:
        list(renderer.frames(times))
        near = renderer.camera_at(frame=8).height
        assert set(recolored) == {near}
        cameras = [renderer.camera_at(frame=number) for number in range(25)]
    n_stands = sum(before == camera for before, camera in zip(cameras[3:], cameras, strict=False))
    assert len(recolored) <= n_stands
