"""Frames as YUV 4:2:0 planes: as ffmpeg converts RGB frames."""

from __future__ import annotations

import itertools
import subprocess
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from blending import assert_same_frames
from reference import random_tree

from gpu_morph import Camera, Clock, ColorBar, Highlight, Recording, Renderer, Scene
from gpu_morph.image.image import Size
from gpu_morph.image.packed import packed
from gpu_morph.image.yuv420 import Yuv420Planes
from gpu_morph.render.gpu.context import current_context
from gpu_morph.render.strategy import FrameContent
from gpu_morph.scene.annotations.base import Annotation, Drawing, Moment, Place, Sprite, View
from gpu_morph.scene.camera import Box
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.ffmpeg import ffmpeg_path

Bytes = npt.NDArray[np.uint8]
TREE = random_tree(3, diameter=(0.3, 9.0))
VALUES = np.random.default_rng(0).uniform(-0.1, 1.1, (4, TREE.n_sections))
NOISE = Recording(np.arange(4.0), VALUES, section=np.arange(TREE.n_sections), position=np.full(TREE.n_sections, 0.5))


def ffmpegs(images: Bytes) -> Bytes:
    """Planes of images, (n, height, width, 3), from the filter that films use."""
    height, width = images.shape[1:3]
    words = Encoding().arguments((width, height))
    command = [ffmpeg_path(), "-v", "error", "-f", "rawvideo", "-pixel_format", "rgb24"]
    command += ["-video_size", f"{width}x{height}"]
    command += ["-i", "-", "-vf", words[words.index("-vf") + 1], "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"]
    done = subprocess.run(command, input=images.tobytes(), capture_output=True, check=True)
    return np.frombuffer(done.stdout, dtype=np.uint8).reshape(len(images), height * 3 // 2, width)


@pytest.mark.parametrize("size", [(16, 16), (64, 18), (30, 40), (100, 64)])
@pytest.mark.parametrize("fraction", [0.0, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("part", [10, 100_000])
def test_planes_equal_those_of_ffmpeg(
    size: tuple[int, int], fraction: float, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpu_morph.image.yuv420._PIXELS_AT_ONCE", part)
    rng = np.random.default_rng(1)
    background = rng.integers(0, 256, 3).astype(np.uint8)
    image = np.empty((size[1], size[0], 3), dtype=np.uint8)
    image[:] = background
    pixels = rng.permutation(size[0] * size[1])[: int(fraction * size[0] * size[1])]
    colors = rng.integers(0, 256, (len(pixels), 3)).astype(np.uint8)
    image.reshape(-1, 3)[pixels] = colors
    expected = ffmpegs(image[None])[0]
    planes, packed_colors = Yuv420Planes(size, background), packed(colors)
    whole = planes.with_pixels(pixels, packed_colors)
    assert np.abs(whole.astype(int) - expected).max() <= 1
    # The result does not depend on earlier changes of the base image.
    half = len(pixels) // 2
    planes.put(pixels[:half], packed_colors[:half][::-1])
    planes.put(pixels[:half], packed_colors[:half])
    np.testing.assert_array_equal(planes.with_pixels(pixels[half:], packed_colors[half:]), whole)
    np.testing.assert_array_equal(planes.with_pixels(pixels[half:], packed_colors[half:]), whole)
    planes.put(pixels[half:], packed_colors[half:])
    np.testing.assert_array_equal(planes.base, whole)


@pytest.mark.parametrize("color", [(255, 0, 0), (255, 255, 0), (0, 0, 255)], ids=["red", "yellow", "blue"])
def test_opposite_colors_side_by_side_are_as_in_ffmpeg(color: tuple[int, int, int]) -> None:
    background = 255 - np.array(color, dtype=np.uint8)
    images, planes = [], []
    for first, height in itertools.product(range(10, 14), range(1, 9)):
        images.append(np.tile(background, (32, 32, 1)))
        images[-1][first : first + height] = color
        pixels = np.arange(32 * first, 32 * (first + height))
        planes.append(Yuv420Planes((32, 32), background).with_pixels(pixels, np.repeat(packed([color]), len(pixels))))
    assert np.abs(np.array(planes, dtype=int) - ffmpegs(np.array(images))).max() <= 1


@pytest.mark.parametrize("step", [0.0, 5.0], ids=["static", "turning"])
@pytest.mark.parametrize("background", ["white", "#203040"])
def test_planes_of_frames_are_those_of_images(step: float, background: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.render.frame_stream._FEW_FRAMES", 2)
    camera = Camera(azim_step=step)
    scene = Scene(TREE, NOISE, clim=(0, 1), background=background, camera=camera, annotations=(ColorBar(), Clock()))
    times = [0.0, 1.0, 2.0, 3.0, 1.0, 0.0]
    with Renderer(scene, (240, 180)) as renderer:
        drawn = np.array([renderer.render(time, frame=number) for number, time in enumerate(times)])
        planes = np.array(list(renderer.frames(times, pixel_format="yuv420p")))
        again = np.array(list(renderer.frames(times)))
    assert np.abs(planes.astype(int) - ffmpegs(drawn)).max() <= 2
    np.testing.assert_array_equal(again, drawn)


@pytest.mark.parametrize("annotations", [(), (ColorBar(), Clock())], ids=["plain", "annotated"])
@pytest.mark.parametrize("in_parts", [False, True], ids=["at once", "in parts"])
def test_recoloured_planes_equal_drawn_ones(annotations: Any, in_parts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(TREE, NOISE, clim=(0, 1), annotations=annotations)
    times = [0.0, 1.0, 1.0, 3.0, 2.0, 2.0, 0.0]
    made = []
    for stays in (1000, 1):
        monkeypatch.setattr("gpu_morph.render.frame_stream._FEW_FRAMES", stays)
        if in_parts and stays == 1:
            monkeypatch.setattr("gpu_morph.system.threads.n_threads", lambda **_: 5)
            for name in (
                "image.yuv420._PIXELS_AT_ONCE",
                "render.static_camera.recoloring._FRAGMENTS_AT_ONCE",
                "data.value_map._BLOCK_SITES",
            ):
                monkeypatch.setattr(f"gpu_morph.{name}", 100)
        with Renderer(scene, (240, 180)) as renderer:
            made.append(list(renderer.frames(times, pixel_format="yuv420p")))
    assert_same_frames(made[1], made[0])


@pytest.mark.parametrize(("size", "transparent"), [((101, 80), False), ((100, 14), False), ((100, 80), True)])
def test_sizes_and_transparency_without_planes_are_errors(size: tuple[int, int], transparent: bool) -> None:
    with (
        Renderer(Scene(TREE, color="k"), size, transparent=transparent) as renderer,
        pytest.raises(ValueError, match="needs an opaque image of even size"),
    ):
        list(renderer.frames([None], pixel_format="yuv420p"))


@pytest.mark.parametrize(
    ("encoding", "size", "ending", "takes"),
    [
        (Encoding(), (64, 48), ".mp4", "yuv420p"),
        (Encoding("mpeg4"), (64, 48), ".mkv", "yuv420p"),
        (Encoding("mpeg4"), (64, 48), ".avi", None),  # BT.601
        (Encoding(), (65, 48), ".mp4", None),
        (Encoding(), (64, 48), ".gif", None),
        (Encoding(pixel_format="yuv444p"), (65, 48), ".mp4", "yuv444p"),
        (Encoding("prores_ks"), (64, 48), ".mov", "yuv422p10le"),
        (Encoding("libvpx-vp9", transparent=True), (64, 48), ".webm", None),
    ],
)
def test_an_encoding_says_whether_it_takes_planes(
    encoding: Encoding, size: tuple[int, int], ending: str, takes: str | None
) -> None:
    planes = encoding.planes(size, ending)
    assert (planes and planes.name) == takes


@dataclass(frozen=True)
class Mark(Annotation):
    """Noise in a corner, different in each frame; its position changes if it moves."""

    place: Place | None = "upper left"
    moves: bool = False

    def room(self, view: View) -> Size:
        return 40, 10

    def drawing(self, view: View, box: Box) -> Drawing:
        def sprites(now: Moment) -> list[Sprite]:
            frame = round(now.time or 0)
            image = np.random.default_rng(frame).integers(0, 256, (6, 5, 4)).astype(np.uint8)
            return [Sprite(image, box.x + self.moves * frame, box.y)]

        return sprites


@pytest.mark.parametrize("over", [False, True], ids=["beside", "over"])
@pytest.mark.parametrize("moves", [False, True], ids=["stays", "moves"])
def test_sprites_beside_the_cell_are_not_drawn(moves: bool, over: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_MORPH_PATH", "cpu")
    times, rng = np.arange(14.0), np.random.default_rng(1)
    recording = replace(NOISE, times=times, values=rng.uniform(0, 1, (len(times), TREE.n_sections)))
    camera = Camera(azim_step=7.0, zoom=6.0 if over else 1.0)
    scene = Scene(TREE, recording, clim=(0, 1), camera=camera, annotations=(ColorBar(), Mark(moves=moves)))
    current_context()
    from gpu_morph.render.gpu.drawn_frames import DrawnFrames, Region  # imports vispy, after a context was made

    region_of, boxes = DrawnFrames._region, []

    def watched(self: DrawnFrames, content: FrameContent) -> Region:
        boxes.append((region := region_of(self, content)).box)
        return region

    monkeypatch.setattr(DrawnFrames, "_region", watched)
    with Renderer(scene, (240, 180)) as renderer:
        parted = list(renderer.frames(times, pixel_format="yuv420p"))
    monkeypatch.setattr(DrawnFrames, "_region", lambda self, content: (region_of(self, content), Region())[1])
    with Renderer(scene, (240, 180)) as renderer:
        whole = list(renderer.frames(times, pixel_format="yuv420p"))
    np.testing.assert_array_equal(parted, whole)
    n_parted = sum(box is not None for box in boxes)
    assert n_parted == 0 if over else 8 <= n_parted < len(times) if moves else n_parted == len(times)


@pytest.mark.parametrize(
    "looks",
    [
        {},
        {"camera": Camera(azim_step=31.0, roll=20.0, shift=(0.21, -0.13))},
        {"min_width": 4.0, "lighting": False},
        {"depth_cue": 0.7, "highlight": Highlight((2, 5), style="outline", width=3.0)},
    ],
    ids=["plain", "shifted", "wide", "outlined"],
)
def test_a_box_drawn_alone_equals_that_of_the_whole_image(
    looks: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(TREE, NOISE, **{"clim": (0, 1), "camera": Camera(azim_step=31.0)} | looks)
    times = [0.0, 1.0, 2.0, 3.0] * 3
    with Renderer(scene, (240, 180)) as renderer:
        parts = list(renderer.frames(times, pixel_format="yuv420p"))
    from gpu_morph.render.gpu.target import Target

    bind = Target.bind
    monkeypatch.setattr(Target, "bind", lambda self, background, box=None: bind(self, background))
    with Renderer(scene, (240, 180)) as renderer:
        whole = list(renderer.frames(times, pixel_format="yuv420p"))
    np.testing.assert_array_equal(parts, whole)
