"""A static camera: recoloured frames equal drawn ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from blending import assert_same_frames
from reference import random_tree, straight_tube

from gpu_morph import Camera, Clock, ColorBar, Highlight, Morphology, Recording, Renderer, Scene, Text, TraceInset
from gpu_morph.image.packed import packed
from gpu_morph.image.yuv420 import Yuv420Planes
from gpu_morph.render.gpu.context import current_context
from gpu_morph.render.static_camera.recolored_frames import RecoloredFrames
from gpu_morph.render.strategy import FrameContent
from gpu_morph.scene.annotations.base import Annotation, Drawing, Place, Sprite, View
from gpu_morph.scene.camera import Box

SIZE = (240, 200)
CAPACITY = "gpu_morph.render.gpu.fragments._capacity"
TIMES = [0.0, 1.0, 2.0, 3.0]


@pytest.fixture(autouse=True)
def _can_recolor() -> None:
    context = current_context()
    if not context.is_software or context.gl_version < (4, 3):
        pytest.skip(f"frames are recoloured where the CPU draws with OpenGL 4.3, this is {context.renderer}")


def noise(tree: Morphology, *, missing: bool = False, seed: int = 0) -> Recording:
    """Three compartments per section, with values inside and outside 0 to 1."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(-0.2, 1.2, (len(TIMES), 3 * tree.n_sections))
    if missing:
        values[:, ::5] = np.nan
    section = np.repeat(np.arange(tree.n_sections), 3)
    return Recording(TIMES, values, section=section, position=np.tile([0.1, 0.5, 0.9], tree.n_sections))


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that gives the frames of a scene, drawn and recoloured."""
    made: list[bool] = []
    start = RecoloredFrames.start

    def counted(self: RecoloredFrames, content: FrameContent) -> Any:
        made.append((frame := start(self, content)) is not None)
        return frame

    monkeypatch.setattr(RecoloredFrames, "start", counted)

    def make(scene: Scene, *, transparent: bool = False, size: tuple[int, int] = SIZE, times: Any = TIMES) -> Any:
        with Renderer(scene, size, transparent=transparent) as renderer:
            drawn = [renderer.render(time) for time in times]
        monkeypatch.setattr("gpu_morph.render.frame_stream._FEW_FRAMES", 1)
        made.clear()
        with Renderer(scene, size, transparent=transparent) as renderer:
            recolored = list(renderer.frames(times))
        assert made == [True] * len(times)
        return np.array(drawn), np.array(recolored)

    return make


@pytest.mark.parametrize(
    ("seed", "diameter"), [(0, (0.1, 0.6)), (1, (0.6, 6.0)), (2, (4.0, 20.0))], ids=["ribbons", "both", "meshes"]
)
@pytest.mark.parametrize(
    "look",
    [
        {},
        {"lighting": False, "background": "black"},
        {"depth_cue": 0.7, "cmap": "jet", "min_width": 0.0},
        {"highlight": Highlight([1, 2, 5], color="red")},
        {"highlight": Highlight([1, 2, 5], color="red", style="outline")},
    ],
    ids=["lit", "flat", "depth cue", "highlight", "outline"],
)
def test_a_recoloured_frame_equals_the_drawn_one(
    pictures: Any, seed: int, diameter: tuple[float, float], look: dict[str, Any]
) -> None:
    tree = random_tree(seed, diameter=diameter)
    scene = Scene(tree, noise(tree, missing=seed == 1), clim=(0, 1), camera=Camera(azim=40 * seed), **look)
    drawn, recolored = pictures(scene)
    assert_same_frames(recolored, drawn)
    assert not np.array_equal(recolored[0], recolored[1])


@pytest.mark.parametrize("norm", ["log", "symlog:0.05", "power:0.3", "twoslope:0.8", [0.05, 0.2, 0.9, 1.0]], ids=str)
def test_recoloured_frames_with_a_norm_equal_drawn_ones(pictures: Any, norm: Any) -> None:
    tree = random_tree(1, diameter=(0.6, 6.0))
    scene = Scene(tree, noise(tree, missing=True), clim=(0.05, 1), norm=norm)
    drawn, recolored = pictures(scene)
    assert_same_frames(recolored, drawn)
    assert not np.array_equal(recolored, pictures(Scene(tree, noise(tree, missing=True), clim=(0.05, 1)))[1])


def test_recoloured_frames_equal_drawn_ones_in_perspective(pictures: Any) -> None:
    tree = random_tree(2)
    camera = Camera(projection="perspective", fov=70, zoom=2)
    drawn, recolored = pictures(Scene(tree, noise(tree), clim=(0, 1), camera=camera))
    assert_same_frames(recolored, drawn)


def test_recoloured_frames_equal_drawn_ones_when_transparent(pictures: Any) -> None:
    tree = random_tree(1)
    drawn, recolored = pictures(Scene(tree, noise(tree), clim=(0, 1)), transparent=True)
    assert_same_frames(recolored, drawn)


@pytest.mark.parametrize("zoom", [1.0, 4.0], ids=["beside", "over"])
def test_annotations_beside_and_over_the_cell_are_as_drawn(pictures: Any, zoom: float) -> None:
    tree = random_tree(4)
    annotations = (ColorBar(), Clock(), TraceInset(), Text("static", place="lower left"))
    scene = Scene(tree, noise(tree), clim=(0, 1), camera=Camera(zoom=zoom), annotations=annotations)
    drawn, recolored = pictures(scene, size=(640, 480))
    assert_same_frames(recolored, drawn)


@dataclass(frozen=True)
class Passing(Annotation):
    """Over the middle of the image, partly transparent: appears, changes, disappears and appears again."""

    place: Place | None = None

    def room(self, view: View) -> tuple[int, int]:
        return 0, 0

    def drawing(self, view: View, box: Box) -> Drawing:
        rng = np.random.default_rng(1)
        images = rng.integers(0, 256, (3, 60, 80, 4)).astype(np.uint8)
        images[..., 3] *= rng.random((3, 60, 80)) < 0.5
        width, height = SIZE
        first, other, small = (Sprite(image, width // 2 - 40, height // 2 - 30) for image in images)
        small = Sprite(small.image[:30, :40].copy(), small.x + 20, small.y + 10)
        shown = [[], [first], [other], [], [], [first], [small], [small], [], [first, small]]
        return lambda now: shown[round(now.time or 0)]


@pytest.mark.parametrize("kind", ["rgb", "transparent", "planes"])
def test_a_sprite_that_appears_and_disappears_over_the_cell_leaves_no_traces(kind: str) -> None:
    times, tree, rng = np.arange(10.0), random_tree(3), np.random.default_rng(2)
    values = rng.uniform(0, 1, (len(times), tree.n_sections))
    values[5:] = values[2]  # as when it was last shown; then the cell's values stay while the sprite changes
    recording = Recording(times, values, section=np.arange(tree.n_sections), position=np.full(tree.n_sections, 0.5))
    scene = Scene(tree, recording, clim=(0, 1), camera=Camera(zoom=2), annotations=(Passing(),))
    with Renderer(scene, SIZE, transparent=kind == "transparent") as renderer:
        drawn = [renderer.render(time) for time in times]
        recolored = list(renderer.frames(times, pixel_format="yuv420p" if kind == "planes" else "rgb"))
    if kind == "planes":
        white, everywhere = Yuv420Planes(SIZE, (255, 255, 255)), np.arange(SIZE[0] * SIZE[1])
        drawn = [white.with_pixels(everywhere, packed(picture.reshape(-1, 3))) for picture in drawn]
    assert_same_frames(recolored, drawn)


@pytest.mark.parametrize("clim", [(-0.5, 0.2), (0.8, 1.5)], ids=["over", "under"])
def test_under_and_over_colours_are_lit_as_drawn(pictures: Any, clim: tuple[float, float]) -> None:
    tree = random_tree(1, diameter=(4.0, 20.0))
    scene = Scene(tree, noise(tree), clim=clim, camera=Camera(azim=20, zoom=2))
    drawn, recolored = pictures(scene, size=(900, 800))
    assert_same_frames(recolored, drawn)


def test_a_cell_of_one_colour_is_recoloured(pictures: Any) -> None:
    drawn, recolored = pictures(Scene(random_tree(0), color="teal"), times=[None] * 3)
    assert_same_frames(recolored, drawn)


def test_an_image_may_be_empty(pictures: Any) -> None:
    tube = straight_tube((0, 0, 0), (0, 5, 0))
    camera = Camera(center=(0, 900, 0), height=10)
    drawn, recolored = pictures(Scene(tube, noise(tube), clim=(0, 1), camera=camera))
    assert_same_frames(recolored, drawn)
    assert np.all(recolored == 255)


def test_fragments_are_listed_in_parts_if_there_are_many(pictures: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CAPACITY, lambda n_vertices: 700)
    tree = random_tree(3)
    drawn, recolored = pictures(Scene(tree, noise(tree), clim=(0, 1)))
    assert_same_frames(recolored, drawn)


@pytest.mark.parametrize(("times", "n_recolored"), [(TIMES, 4), (TIMES[:3], 0), (iter(TIMES), 1)])
def test_few_frames_are_drawn_and_many_recoloured_from_the_first_on(
    times: Any, n_recolored: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    start = RecoloredFrames.start
    monkeypatch.setattr(RecoloredFrames, "start", lambda *arguments: made.append(1) or start(*arguments))
    tree = random_tree(3)
    with Renderer(Scene(tree, noise(tree), clim=(0, 1)), SIZE) as renderer:
        list(renderer.frames(times))
    assert len(made) == n_recolored


@pytest.mark.parametrize("transparent", [False, True])
@pytest.mark.parametrize("look", [{}, {"depth_cue": 0.7}], ids=["lit", "depth cue"])
def test_few_changed_values_are_recoloured_alone(pictures: Any, look: dict[str, Any], transparent: bool) -> None:
    tree = random_tree(3)
    values = np.tile(np.random.default_rng(1).uniform(-0.2, 1.2, tree.n_sections), (len(TIMES), 1))
    for row in range(1, len(TIMES)):
        values[row:, row] = 0.3 * row
    recording = Recording(TIMES, values, section=np.arange(tree.n_sections), position=np.full(tree.n_sections, 0.5))
    scene = Scene(tree, recording, clim=(0, 1), annotations=(Clock(),), **look)
    drawn, recolored = pictures(scene, transparent=transparent)
    assert_same_frames(recolored, drawn)
    assert len({frame.tobytes() for frame in drawn}) == len(drawn)


def test_frames_are_drawn_where_fragments_cannot_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CAPACITY, lambda n_vertices: 1)
    monkeypatch.setattr("gpu_morph.render.frame_stream._FEW_FRAMES", 1)
    tree = random_tree(3)
    with Renderer(Scene(tree, noise(tree), clim=(0, 1)), SIZE) as renderer:
        for time, frame in zip(TIMES, renderer.frames(TIMES), strict=True):
            assert_same_frames(frame, renderer.render(time))


def test_a_camera_that_moves_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.render.frame_stream._FEW_FRAMES", 1)
    tree = random_tree(3)
    scene = Scene(tree, noise(tree), clim=(0, 1), camera=Camera(azim_step=30))
    numbers = [0, 0, 0, 1, 1, 1, 0]
    with Renderer(scene, SIZE) as renderer:
        frames = list(renderer.frames([0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0], numbers=numbers))
        for time, number, frame in zip([0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 2.0], numbers, frames, strict=True):
            assert_same_frames(frame, renderer.render(time, frame=number))


def test_recoloured_frames_are_arrays_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.render.frame_stream._FEW_FRAMES", 1)
    tree = random_tree(3)
    with Renderer(Scene(tree, noise(tree), clim=(0, 1)), SIZE) as renderer:
        frames = list(renderer.frames([0.0, 0.0, 1.0, 1.0]))
        before = frames[3].copy()
        frames[2][:] = 7
        np.testing.assert_array_equal(frames[3], before)
        np.testing.assert_array_equal(list(renderer.frames([0.0, 0.0, 1.0]))[2], before)
