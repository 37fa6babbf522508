"""Frames of a static camera from an A-buffer made by hand, without OpenGL."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from gpu_morph import Camera, Morphology, Recording, Scene
from gpu_morph.render.geometry.scene_geometry import scene_geometry
from gpu_morph.render.static_camera.a_buffer import ABuffer
from gpu_morph.render.static_camera.recolored_frames import RecoloredFrames
from gpu_morph.render.strategy import FrameContent, Stages
from gpu_morph.render.vertex_values import RecordingRows, VertexValues
from gpu_morph.scene.annotations.base import Sprite

SIZE = (16, 16)
TUBE = Morphology(
    points=[[0, 0, 0], [0, 10, 0]],
    diameters=[2, 2],
    section_offsets=[0, 2],
    section_parent=[-1],
    section_parent_x=[0],
    section_labels=("dend",),
)
RECORDING = Recording([0.0, 1.0], [[0.0], [1.0]], section=[0], position=[0.5])
SCENE = Scene(TUBE, RECORDING, cmap="gray", clim=(0, 1), background="white")
ROWS = RecordingRows(SCENE, SCENE.coloring)


def one_pixel(camera: Camera) -> ABuffer:
    """Pixel 17 shows the middle of the tube, flat and opaque."""
    half, zero, one = (np.full(1, value, dtype=np.float32) for value in (0.5, 0.0, 1.0))
    start = np.zeros(1, dtype=np.int32)
    return ABuffer(np.full(1, 17), start, start + 1, half, one, one, zero, zero, zero)


class Listing:
    """Counts the calls of a function that gives an A-buffer."""

    def __init__(self, buffer: ABuffer | None) -> None:
        self.buffer, self.n_calls = buffer, 0

    def __call__(self, camera: Camera) -> ABuffer | None:
        self.n_calls += 1
        return self.buffer


def strategy(listing: Listing) -> RecoloredFrames:
    geometry = scene_geometry(SCENE, RECORDING, Camera().fitted(TUBE, SIZE), SIZE)
    values = VertexValues.of_scene(SCENE, ROWS, geometry)
    white = np.full(3, 255, dtype=np.uint8)
    return RecoloredFrames(SCENE, SCENE.coloring, values, listing, size=SIZE, background=white, stages=Stages())


def content(time: float, sprites: Sequence[Sprite] = (), pixel_format: str = "rgb") -> FrameContent:
    return FrameContent(time, ROWS.sample(time), Camera(), sprites, pixel_format)


def test_frames_show_the_colours_of_their_times() -> None:
    frames = strategy(listing := Listing(one_pixel(Camera())))
    for time, level in [(0.0, 0), (1.0, 255), (0.0, 0)]:
        frame = frames.start(content(time))
        assert frame is not None
        assert frame.is_complete
        expected = np.full((16, 16, 3), 255, dtype=np.uint8)
        expected[1, 1] = level
        np.testing.assert_array_equal(frame.fetch().image, expected)
    assert listing.n_calls == 1


def test_another_pixel_format_and_a_reset_begin_anew() -> None:
    frames = strategy(listing := Listing(one_pixel(Camera())))
    frames.start(content(0.0))
    planes = frames.start(content(0.0, pixel_format="yuv420p"))
    assert planes is not None
    assert planes.fetch().image.shape == (24, 16)
    assert planes.fetch().image[1, 1] == 16  # black, limited range
    frames.reset()
    frames.start(content(0.0, pixel_format="yuv420p"))
    assert listing.n_calls == 3


def test_it_gives_up_without_room_for_the_fragments() -> None:
    assert strategy(Listing(None)).start(content(0.0)) is None


def test_it_gives_up_when_sprites_change_too_often() -> None:
    frames = strategy(Listing(one_pixel(Camera())))
    made = []
    for k in range(12):
        image = np.zeros((1, 1, 4), dtype=np.uint8)
        made.append(frames.start(content(0.0, [Sprite(image, k, 9)])) is not None)
    assert made == [True] * 8 + [False] * 4


def test_a_time_outside_the_recording_is_an_error() -> None:
    with pytest.raises(ValueError, match="runs from 0 to 1 ms"):
        ROWS.sample(2.0)
    with pytest.raises(ValueError, match="give a time in ms"):
        ROWS.sample(None)
