"""Renderer: from times to frames."""

from __future__ import annotations

import ctypes
import hashlib
import itertools
import pickle
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import random_tree, straight_tube

from gpu_morph import Camera, Clock, Recording, Renderer, Scene, demo_cell, render_image
from gpu_morph.image.yuv420 import Yuv420Planes

TREE = random_tree(3)
RAMP = Recording(
    np.arange(5.0),
    np.linspace(0, 1, 5)[:, None] * np.ones(TREE.n_sections),
    section=np.arange(TREE.n_sections),
    position=np.full(TREE.n_sections, 0.5),
)
SIZE = (120, 100)


def ramp_scene(**keywords: object) -> Scene:
    return Scene(TREE, RAMP, color="v", lighting=False, **keywords)


def test_frames_are_the_images_of_their_times_in_order() -> None:
    times = [0.0, 3.0, 1.0, 1.0, 4.0, 2.0]
    with Renderer(ramp_scene(), SIZE) as renderer:
        frames = list(renderer.frames(times))
        singles = [renderer.render(t) for t in times]
    assert len(frames) == len(times)
    for frame, single in zip(frames, singles, strict=True):
        np.testing.assert_array_equal(frame, single)
    assert not np.array_equal(frames[0], frames[1])


def test_a_frame_is_an_array_of_its_own() -> None:
    with Renderer(ramp_scene(), SIZE) as renderer:
        frames = list(renderer.frames([0.0, 4.0]))
        before = frames[0].copy()
        frames[1][:] = 7
        renderer.render(2.0)
    np.testing.assert_array_equal(frames[0], before)


def test_an_abandoned_iteration_does_not_affect_later_images() -> None:
    with Renderer(ramp_scene(), SIZE) as renderer:
        expected = {t: renderer.render(t) for t in (0.0, 1.0, 2.0, 4.0)}
        for _ in renderer.frames([0.0, 1.0, 2.0, 3.0]):
            break
        np.testing.assert_array_equal(renderer.render(4.0), expected[4.0])
        with pytest.raises(ValueError, match="runs from"):
            list(renderer.frames([0.0, 1.0, 9.0]))
        np.testing.assert_array_equal(renderer.render(4.0), expected[4.0])
        for t, frame in zip((0.0, 1.0, 2.0), renderer.frames([0.0, 1.0, 2.0]), strict=True):
            np.testing.assert_array_equal(renderer.render(4.0), expected[4.0])
            np.testing.assert_array_equal(frame, expected[t])
        pairs = zip(renderer.frames([0.0, 1.0, 2.0]), renderer.frames([4.0, 2.0, 1.0]), strict=True)
        for (one, other), (t, u) in zip(pairs, ((0.0, 4.0), (1.0, 2.0), (2.0, 1.0)), strict=True):
            np.testing.assert_array_equal(one, expected[t])
            np.testing.assert_array_equal(other, expected[u])


@pytest.mark.parametrize(("scene", "times"), [(Scene(TREE, color="k"), [None] * 5), (ramp_scene(), [1.0, 1.1, 0.9])])
def test_values_that_do_not_change_are_uploaded_once(scene: Scene, times: list[float | None]) -> None:
    with Renderer(scene, SIZE) as renderer:
        uploads, upload = [], renderer._source.view.drawing.tubes[-1].fill_values

        def counted(attributes: Any) -> None:
            uploads.append(attributes)
            upload(attributes)

        renderer._source.view.drawing.tubes[-1].fill_values = counted  # type: ignore[method-assign]
        for time in times:
            renderer.render(time)
        assert len(uploads) == 1


def test_the_camera_turns_by_its_step_from_frame_to_frame() -> None:
    turning = Scene(TREE, color="k", camera=Camera(azim=10, elev=20, azim_step=15))
    with Renderer(turning, SIZE) as renderer:
        frames = list(renderer.frames([None] * 3))
        np.testing.assert_array_equal(renderer.render(frame=2), frames[2])
        later = list(renderer.frames([None], numbers=[2]))
    np.testing.assert_array_equal(later[0], frames[2])
    assert not np.array_equal(frames[0], frames[2])
    there = replace(turning.fitted_camera(SIZE), azim=40, azim_step=0)
    start = replace(turning, camera=there)
    np.testing.assert_array_equal(render_image(start, size=SIZE), frames[2])


def test_values_stay_with_their_segments_while_the_camera_turns() -> None:
    half = Recording([0.0], [[0.0, 1.0]], section=[0, 0], position=[0.0, 1.0])
    tube = straight_tube((0, -5, 0), (0, 0, 0), (0, 5, 0))
    scene = Scene(tube, half, color="v", cmap="gray", clim=(0, 1), lighting=False, camera=Camera(elev=0, azim_step=180))
    with Renderer(scene, (100, 100)) as renderer:
        front, back = renderer.frames([0.0, 0.0])
    assert front[50, 20, 0] < 60 < 180 < front[50, 80, 0]
    assert back[50, 80, 0] < 60 < 180 < back[50, 20, 0]


def test_a_frame_between_two_times_shows_the_nearest_or_their_mean() -> None:
    one = Recording([0.0, 1.0], [[0.0], [1.0]], section=[0], position=[0.5])
    tube = straight_tube((0, -5, 0), (0, 5, 0))
    camera = Camera(azim=0, elev=0, center=(0, 0, 0), height=10)
    keywords = {"color": "v", "cmap": "gray", "clim": (0, 1), "lighting": False, "camera": camera}
    nearest = render_image(Scene(tube, one, sampling="nearest", **keywords), time=0.7, size=(50, 50))
    linear = render_image(Scene(tube, one, sampling="linear", **keywords), time=0.7, size=(50, 50))
    assert nearest[25, 25, 0] == 255
    assert linear[25, 25, 0] == pytest.approx(0.7 * 255, abs=2)


def test_a_time_outside_the_recording_is_an_error() -> None:
    with Renderer(ramp_scene(), SIZE) as renderer:
        with pytest.raises(ValueError, match="runs from 0 to 4 ms"):
            renderer.render(4.5)
        with pytest.raises(ValueError, match="a frame at nan ms"):
            renderer.render(float("nan"))
        with pytest.raises(ValueError, match="give a time in ms"):
            renderer.render()
        renderer.render(4.0)  # the renderer still works


def test_values_stay_with_their_segments_after_an_error() -> None:
    ramp = Recording([0.0], [[0.0, 1.0]], section=[0, 0], position=[0.0, 1.0])
    tube = straight_tube((0, -5, 0), (0, 0, 0), (0, 5, 0))
    camera = Camera(elev=0, azim_step=-120)
    scene = Scene(tube, ramp, cmap="gray", clim=(0, 1), lighting=False, camera=camera)
    with Renderer(scene, (100, 100)) as renderer:
        expected = renderer.render(0.0, frame=1)
        renderer.render(0.0)
        with pytest.raises(ValueError, match="runs from"):
            renderer.render(7.0, frame=1)  # the camera of the next frame, at a time outside the recording
        np.testing.assert_array_equal(renderer.render(0.0, frame=1), expected)


@pytest.mark.parametrize("call", [Renderer.render, lambda renderer, time: list(renderer.frames([time]))])
def test_ctrl_c_in_a_gl_call_is_a_keyboard_interrupt(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        @classmethod
        def from_param(cls, given: object) -> None:
            raise KeyboardInterrupt

    def draw(*_: object) -> None:
        call = ctypes.CFUNCTYPE(None, ctypes.c_int)(print)
        call.argtypes = [Interrupted]
        call(1)

    with Renderer(ramp_scene(), SIZE) as renderer:
        expected = renderer.render(1.0)
        with monkeypatch.context() as patch:
            patch.setattr("gpu_morph.render.gpu.tubes.Tubes.draw", draw)
            with pytest.raises(KeyboardInterrupt):
                call(renderer, 1.0)
        np.testing.assert_array_equal(renderer.render(1.0), expected)


def test_frames_are_right_after_an_interrupted_film(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_MORPH_PATH", "cpu")
    times = [0.0, 1.0, 2.0, 3.0]
    for step in (0.0, 20.0):
        look = {"camera": Camera(azim_step=step), "annotations": (Clock(),)}
        with Renderer(ramp_scene(**look), SIZE) as renderer:
            expected = list(renderer.frames(times, pixel_format="yuv420p"))
            apply, counted = Yuv420Planes._apply, itertools.count()

            def interrupted(
                self: Yuv420Planes, *given: Any, apply: Any = apply, counted: Any = counted, **options: Any
            ) -> None:
                apply(self, *given, **options)
                if next(counted) == 2:
                    raise KeyboardInterrupt

            with monkeypatch.context() as patch:
                patch.setattr(Yuv420Planes, "_apply", interrupted)
                with pytest.raises(KeyboardInterrupt):
                    list(renderer.frames(times, pixel_format="yuv420p"))
            np.testing.assert_array_equal(list(renderer.frames(times, pixel_format="yuv420p")), expected)


def test_a_closed_renderer_raises() -> None:
    renderer = Renderer(ramp_scene(), SIZE)
    renderer.close()
    renderer.close()
    with pytest.raises(ValueError, match="closed"):
        renderer.render(0.0)


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (10.5, 10), "100x100", (10,), None])
def test_an_invalid_size_is_an_error(size: object) -> None:
    with pytest.raises(ValueError, match=r"size must be \(width, height\)"):
        Renderer(ramp_scene(), size)  # type: ignore[arg-type]


def test_two_renderers_work_side_by_side() -> None:
    with Renderer(ramp_scene(), SIZE) as first, Renderer(ramp_scene(background="black"), (64, 48)) as second:
        alone = first.render(1.0)
        mixed = [
            frame for pair in zip(first.frames([1.0, 2.0]), second.frames([1.0, 2.0]), strict=True) for frame in pair
        ]
        np.testing.assert_array_equal(mixed[0], alone)
        assert mixed[1].shape == (48, 64, 3)
        np.testing.assert_array_equal(second.render(2.0), mixed[3])


def test_a_pickled_scene_gives_the_same_image() -> None:
    scene = ramp_scene(camera=Camera(azim=33))
    there = pickle.loads(pickle.dumps(scene))
    np.testing.assert_array_equal(render_image(scene, time=2.0, size=SIZE), render_image(there, time=2.0, size=SIZE))


_HASHES = """
import hashlib, numpy as np
from gpu_morph import Camera, Renderer, Scene, demo_cell
morphology, recording = demo_cell()
scene = Scene(morphology, recording, color="v", camera=Camera(azim=-90, elev=5, azim_step=3))
with Renderer(scene, (320, 240)) as renderer:
    for frame in renderer.frames([3.0, 3.1, 3.2]):
        print(hashlib.sha256(frame.tobytes()).hexdigest())
"""


def test_frames_are_the_same_from_run_to_run() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _HASHES], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert len(runs[0].split()) == 3
    assert runs[0] == runs[1]
    morphology, recording = demo_cell()
    scene = Scene(morphology, recording, color="v", camera=Camera(azim=-90, elev=5, azim_step=3))
    with Renderer(scene, (320, 240)) as renderer:
        here = [hashlib.sha256(frame.tobytes()).hexdigest() for frame in renderer.frames([3.0, 3.1, 3.2])]
    assert here == runs[0].split()


def test_drawing_instances_in_parts_gives_the_same_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    scene, times = ramp_scene(camera=Camera(azim_step=20)), [0.0, 1.0, 2.0, 3.0]
    with Renderer(scene, SIZE) as renderer:
        expected = list(renderer.frames(times))
    program = sys.modules[
        "gpu_morph.render.gpu.program"
    ]  # not imported before a context has chosen PyOpenGL's platform
    draw_in_parts, parts = program._draw_in_parts, []

    def watched(n_indices: int, n_instances: int, at_once: int) -> None:
        parts.append(n_instances / at_once)
        draw_in_parts(n_indices, n_instances, at_once)

    monkeypatch.setattr(program, "_AT_ONCE", 7)
    monkeypatch.setattr(program, "_draw_in_parts", watched)
    with Renderer(scene, SIZE) as renderer:
        renderer.render(0.0)
        n_first = len(parts)
        frames = list(renderer.frames(times))
    # A level of tolerance: softpipe blends in floating point and rounds to 8 bits once per part.
    np.testing.assert_allclose(np.array(frames, dtype=int), np.array(expected, dtype=int), rtol=0, atol=1)
    assert max(parts[:n_first]) > 3
    assert len(parts) == 5 * n_first


def test_simplified_geometry_looks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    morphology, recording = demo_cell()
    scene = Scene(morphology, recording, color="v", camera=Camera(azim=-90, elev=5))
    size = (500, 500)
    quick = render_image(scene, time=3.7, size=size).astype(int)
    monkeypatch.setattr("gpu_morph.render.geometry.scene_geometry._TOLERANCE", 0.0)
    full = render_image(scene, time=3.7, size=size).astype(int)
    covered = (full < 250).any(axis=2)
    assert not np.array_equal(quick, full)
    assert (255 - quick).sum() == pytest.approx((255 - full).sum(), rel=0.01)
    assert np.abs(quick - full)[covered].mean() < 8  # of 255, on lines a pixel wide


@pytest.mark.parametrize("path", ["cpu", "gpu"])
@pytest.mark.parametrize("part", ["sort", "show", "fill"])
def test_a_frame_that_fails_half_way_does_not_spoil_the_next(
    monkeypatch: pytest.MonkeyPatch, path: str, part: str
) -> None:
    monkeypatch.setenv("GPU_MORPH_PATH", path)
    scene = ramp_scene(camera=Camera(azim=10, elev=20, azim_step=40))
    with Renderer(scene, SIZE) as renderer:
        expected = {(time, frame): renderer.render(time, frame=frame) for time in (0.0, 3.0) for frame in (0, 1)}
        renderer.render(0.0)

        def fail(*_: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(renderer._source.view.drawing._attributes, part, fail)
            with pytest.raises(KeyboardInterrupt):
                renderer.render(3.0, frame=1)
        for time, frame in ((0.0, 1), (0.0, 0), (3.0, 1)):
            np.testing.assert_array_equal(renderer.render(time, frame=frame), expected[time, frame])
