"""Another camera in a Renderer: its picture is the one that a new Renderer draws, and then the old view is back."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from blending import assert_same_frames
from reference import straight_tube

import gpu_morph as gm
from gpu_morph import Camera, Recording, Renderer, Scene
from gpu_morph.render.gpu.context import current_context

SIZE = (120, 90)
CELL = gm.join_morphologies(
    [straight_tube((-15, 0, 0), (15, 0, 0), diameter=8), straight_tube((0, 0, -12), (0, 9, 12), diameter=3)]
)
TIMES = np.arange(0, 11.0)
RECORDING = Recording(TIMES, TIMES[:, None] * [5, 2] - 70, section=[0, 1], position=[0.5, 0.5])
FIXED = Camera(azim=-90, elev=10, center=(0, 0, 0), height=40)
SYNAPSES = gm.SynapseEvents([(0, 0, 4), (9, 0, 0)], [0, 0], ("EXC",), [0, 1], [1.0, 2.0])
VIEWS = {
    "turned": [replace(FIXED, azim=azim, elev=elev, roll=roll) for azim, elev, roll in ((-80, 10, 0), (31, -40, 20))],
    "fitted": [Camera(azim=20), Camera(azim=20, elev=90), Camera(zoom=3, roll=5)],
    "enlarged": [replace(FIXED, height=20), replace(FIXED, height=9)],
    "moved": [replace(FIXED, center=(4, 1, 0)), replace(FIXED, shift=(0.1, -0.2))],
    "in perspective": [replace(FIXED, projection="perspective", fov=fov) for fov in (20, 60)],
    "beside the cell": [replace(FIXED, center=(4000, 0, 0)), FIXED],
}


def scene(**options: Any) -> Scene:
    annotations = gm.ColorBar(), gm.Clock(), gm.ScaleBar(), gm.Arrow(1)
    given = {"clim": (-70, -20), "camera": FIXED, "annotations": annotations, **options}
    return Scene(CELL, RECORDING, **given)


def drawn_anew(shown: Scene, camera: Camera, time: float, **options: Any) -> np.ndarray:
    with Renderer(replace(shown, camera=camera), SIZE, **options) as renderer:
        return renderer.render(time)


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize(
    "options",
    [{}, {"synapses": SYNAPSES, "opacity": [1.0, 0.4]}, {"highlight": gm.Highlight(1), "annotations": ()}],
    ids=["opaque", "synapses", "highlight"],
)
def test_another_camera_sees_what_a_new_renderer_draws(name: str, options: dict[str, Any]) -> None:
    shown = scene(**options)
    with Renderer(shown, SIZE) as renderer:
        own = renderer.render(3)
        for k, camera in enumerate(VIEWS[name]):
            np.testing.assert_array_equal(renderer.render(5 + k, camera=camera), drawn_anew(shown, camera, 5 + k))
        np.testing.assert_array_equal(renderer.render(3), own)
        np.testing.assert_array_equal(renderer.render(3, camera=shown.camera), own)


@pytest.mark.parametrize("options", [{"transparent": True}, {"supersample": 2}], ids=str)
def test_another_view_has_the_options_of_the_renderer(options: dict[str, Any]) -> None:
    shown = scene()
    with Renderer(shown, SIZE, **options) as renderer:
        for camera in (Camera(azim=50), replace(FIXED, azim=1), replace(FIXED, azim=40)):
            image = renderer.render(3, camera=camera)
            np.testing.assert_array_equal(image, drawn_anew(shown, camera, 3, **options))


def test_cells_that_come_into_view_are_drawn() -> None:
    many = gm.join_morphologies([CELL] * 3, translations=[(0, 0, 0), (500, 0, 0), (0, 500, 0)])
    shown = Scene(many, camera=FIXED)
    with Renderer(shown, SIZE) as renderer:
        for center, azim in product([(0, 0, 0), (500, 0, 0)], (0, 90, 200)):
            camera = replace(FIXED, azim=azim, elev=0, center=center)
            with Renderer(replace(shown, camera=camera), SIZE) as other:
                np.testing.assert_array_equal(renderer.render(camera=camera), other.render())


@pytest.mark.parametrize("pixel_format", ["rgb", "yuv420p"])
@pytest.mark.parametrize("copy", [True, False])
def test_each_frame_may_have_its_camera(pixel_format: str, copy: bool) -> None:
    cameras = [None, Camera(azim=20), replace(FIXED, azim=7), replace(FIXED, azim=9), None, FIXED]
    times = [0, 1, 2.0, 3, 4, 5]
    with Renderer(scene(), SIZE) as renderer:
        options = {"pixel_format": pixel_format, "copy": copy}
        frames = [np.array(frame) for frame in renderer.frames(times, cameras=cameras, **options)]
    for time, camera, frame in zip(times, cameras, frames, strict=True):
        with Renderer(replace(scene(), camera=camera or FIXED), SIZE) as other:
            (expected,) = other.frames([time], pixel_format=pixel_format)
        np.testing.assert_array_equal(frame, expected)


def test_the_number_of_a_frame_turns_another_camera_too() -> None:
    turning = Camera(azim=10, azim_step=30)
    with Renderer(scene(), SIZE) as renderer, Renderer(scene(camera=turning), SIZE) as other:
        frames = list(renderer.frames([1, 2], numbers=[3, 4], cameras=[turning, turning]))
        for frame, expected in zip(frames, other.frames([1, 2], numbers=[3, 4]), strict=True):
            np.testing.assert_array_equal(frame, expected)


def test_the_frames_of_a_static_camera_are_the_same_after_another_view() -> None:
    times = list(range(8))
    with Renderer(scene(), SIZE) as renderer:
        before = list(renderer.frames(times))
        renderer.render(3, camera=Camera(azim=70))
        assert_same_frames(list(renderer.frames(times)), before)
        renderer.render(3, camera=replace(FIXED, azim=1))
        assert_same_frames(list(renderer.frames(times, cameras=[FIXED] * 8)), before)


def test_turning_makes_nothing_anew_and_later_views_compile_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    current_context()
    from gpu_morph.render.gpu.program import ComputeProgram, Program
    from gpu_morph.render.gpu.scene_drawing import SceneDrawing

    made: list[str] = []

    def counted(kind: type, name: str) -> None:
        original = getattr(kind, name)
        wrapped = lambda *arguments, **named: made.append(kind.__name__) or original(*arguments, **named)  # noqa: E731
        monkeypatch.setattr(kind, name, staticmethod(wrapped) if name == "_compile" else wrapped)

    with Renderer(scene(), SIZE) as renderer:
        renderer.render(3)
        renderer.render(3, camera=replace(FIXED, azim=1, height=30))
        counted(SceneDrawing, "__init__")
        counted(Program, "_compile")
        counted(ComputeProgram, "_compile")
        renderer.render(3, camera=replace(FIXED, azim=2, height=30))
        renderer.render(4, camera=replace(FIXED, azim=2, elev=80, roll=3, height=30))
        renderer.render(4)
        assert made == []
        renderer.render(3, camera=replace(FIXED, azim=2, height=25))
        assert made == ["SceneDrawing"]


def test_wrong_cameras_are_errors_and_the_renderer_goes_on() -> None:
    with Renderer(scene(), SIZE) as renderer:
        own = renderer.render(3)
        with pytest.raises(TypeError, match="camera must be a Camera or None, got str"):
            renderer.render(3, camera="front")
        with pytest.raises(TypeError, match="cameras must be an iterable of cameras"):
            list(renderer.frames([3], cameras=5))
        with pytest.raises(ValueError, match="cameras must be one per time, 2, got 1"):
            list(renderer.frames([3, 4], cameras=[None]))
        with pytest.raises(ValueError, match="time"):
            renderer.render(300, camera=Camera(azim=3))
        np.testing.assert_array_equal(renderer.render(3, camera=Camera(azim=3)), drawn_anew(scene(), Camera(azim=3), 3))
        np.testing.assert_array_equal(renderer.render(3), own)
    with pytest.raises(ValueError, match="closed"):
        renderer.render(3, camera=Camera(azim=3))
