"""Sprites, highlights, opacity and the depth cue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from doctest import DocTestParser
from typing import Any

import numpy as np
import pytest
from reference import straight_tube

from gpu_morph import Camera, Renderer, Scene, render_image
from gpu_morph.data.morphology import Morphology
from gpu_morph.image.image import Size
from gpu_morph.render.gpu.context import current_context
from gpu_morph.scene.annotations.base import Annotation, Drawing, Moment, Sprite, View
from gpu_morph.scene.camera import Box
from gpu_morph.scene.highlight import Highlight
from gpu_morph.scene.picture_unit import picture_unit

SIZE = (60, 40)
SIDE = Camera(azim=-90, elev=0, center=(0, 0, 0), height=40)  # a µm is a pixel, x to the right, z up
TUBE = straight_tube((-15, 0, 0), (15, 0, 0), diameter=10)


@dataclass(frozen=True)
class Stamp(Annotation):
    """A red pixel in the box's corner, half transparent green in the rest; blue at times above 1 ms."""

    place = "upper left"

    def room(self, view: View) -> Size:
        return 4, 3

    def drawing(self, view: View, box: Box) -> Drawing:
        early = np.full((3, 4, 4), (0, 255, 0, 128), dtype=np.uint8)
        early[0, 0] = (255, 0, 0, 255)
        late = np.full((3, 4, 4), (0, 0, 255, 255), dtype=np.uint8)

        def sprites(moment: Moment) -> Sequence[Sprite]:
            return [Sprite(late if (moment.time or 0) > 1 else early, box.x, box.y)]

        return sprites


def test_a_sprite_fills_the_pixels_of_its_box() -> None:
    scene = Scene(TUBE, annotations=(Stamp(),), camera=SIDE, background="black", color="white", lighting=False)
    box = scene.layout(SIZE).boxes[0]
    image = render_image(scene, size=SIZE)
    assert image[box.y, box.x].tolist() == [255, 0, 0]
    assert image[box.y + 2, box.x + 3].tolist() == [0, 128, 0]
    assert image[box.y + 3, box.x].tolist() == [0, 0, 0]
    assert image[box.y, box.x + 4].tolist() == [0, 0, 0]


def test_sprites_change_from_frame_to_frame() -> None:
    scene = Scene(TUBE, annotations=(Stamp(),), camera=SIDE)
    box = scene.layout(SIZE).boxes[0]
    with Renderer(scene, SIZE) as renderer:
        frames = [frame[box.y, box.x].tolist() for frame in renderer.frames([0, 2, 0, 2])]
    assert frames == [[255, 0, 0], [0, 0, 255]] * 2


def test_the_example_of_an_own_annotation_draws_a_bar_that_grows() -> None:
    names: dict[str, Any] = {"__name__": "example"}
    code = "".join(example.source for example in DocTestParser().get_examples(Annotation.__doc__ or ""))
    exec(compile(code, "the example of Annotation", "exec", dont_inherit=True), names)
    scene, size = names["scene"], (320, 240)
    box, times = scene.layout(size).boxes[1], scene.recording.times
    widths = []
    for time in (times[0], (times[0] + times[-1]) / 2, times[-1]):
        row = render_image(scene, time=time, size=size)[box.y, box.x : box.x + box.width].astype(int)
        widths.append(int(np.count_nonzero(row.max(axis=1) < 60)))
    assert widths == [0, box.width // 2, box.width]


def test_a_sprite_on_a_transparent_picture_keeps_its_alpha() -> None:
    scene = Scene(TUBE, annotations=(Stamp(),), camera=SIDE)
    box = scene.layout(SIZE).boxes[0]
    image = render_image(scene, size=SIZE, transparent=True)
    assert image[box.y, box.x + 1].tolist() == [0, 255, 0, 128]


def test_a_sprite_may_be_partly_outside() -> None:
    @dataclass(frozen=True)
    class Corner(Stamp):
        def drawing(self, view: View, box: Box) -> Drawing:
            image = np.full((8, 8, 4), (255, 0, 0, 255), dtype=np.uint8)
            image[4:, 4:, 2] = 255
            return lambda moment: [Sprite(image, -4, -4)]

    image = render_image(Scene(TUBE, annotations=(Corner(),), camera=SIDE), size=SIZE)
    assert image[0, 0].tolist() == [255, 0, 255]
    assert image[3, 3].tolist() == [255, 0, 255]
    assert image[4, 4].tolist() == [255, 255, 255]


@pytest.mark.parametrize("transparent", [False, True])
def test_a_transparent_cell_shows_the_background_but_not_itself(transparent: bool) -> None:
    # Two tubes cross; the crossing is not more opaque than the rest.
    crossing = Morphology(
        [[-15, 0, 0], [15, 0, 0], [0, 5, -15], [0, 5, 15]], [10] * 4, [0, 2, 4], [-1, -1], [0, 0], ("a", "b")
    )
    scene = Scene(crossing, color=(1, 0, 0, 0.5), lighting=False, background="white", camera=SIDE)
    image = render_image(scene, size=SIZE, transparent=transparent)
    expected = [255, 0, 0, 128] if transparent else [255, 127, 127]
    for x, y in ((30, 20), (20, 20), (30, 10)):
        assert np.abs(image[y, x].astype(int) - expected).max() <= 1
    assert image[2, 2].tolist() == ([0, 0, 0, 0] if transparent else [255, 255, 255])


# Highlights: three tubes in a row along x, from -15 to 15, 6 wide

ROW = Morphology(
    [[-15, 0, 0], [-5, 0, 0], [-5, 0, 0], [5, 0, 0], [5, 0, 0], [15, 0, 0]],
    [6] * 6,
    [0, 2, 4, 6],
    [-1, 0, 1],
    [0, 1, 1],
    ("dend",) * 3,
)


def test_a_highlighted_section_alone_has_the_highlights_colour() -> None:
    scene = Scene(ROW, color="blue", lighting=False, camera=SIDE, highlight=Highlight(1, style="color", color="red"))
    image = render_image(scene, size=SIZE)
    assert image[20, 30].tolist() == [255, 0, 0]
    assert image[20, 20].tolist() == [0, 0, 255]
    assert image[20, 40].tolist() == [0, 0, 255]


def test_an_outline_surrounds_its_section_and_keeps_its_colour() -> None:
    highlight = Highlight(1, color="red", width=4 / picture_unit(SIZE))
    scene = Scene(ROW, color="blue", lighting=False, camera=SIDE, highlight=highlight)
    image = render_image(scene, size=SIZE)
    assert image[20, 30].tolist() == [0, 0, 255]
    column = [tuple(color) for color in image[:, 30].tolist()]
    assert column.count((0, 0, 255)) == 6
    assert column.count((255, 0, 0)) == 8
    assert [tuple(color) for color in image[:, 18].tolist()].count((255, 0, 0)) == 0


def test_tubes_in_front_hide_an_outline() -> None:
    highlight = Highlight(0, color="red", width=3 / picture_unit(SIZE))
    # Seen from -y: the first tube is highlighted, the second crosses before or behind it.
    for y, is_hidden in ((-30, True), (30, False)):
        crossing = Morphology(
            [[-15, 0, 0], [15, 0, 0], [0, y, -15], [0, y, 15]], [4, 4, 10, 10], [0, 2, 4], [-1, -1], [0, 0], ("a", "b")
        )
        scene = Scene(crossing, color="blue", lighting=False, camera=SIDE, highlight=highlight)
        image = render_image(scene, size=SIZE)
        assert (image[16, 30].tolist() == [0, 0, 255]) is is_hidden
        assert image[16, 20].tolist() == [255, 0, 0]


# Depth


def test_the_depth_cue_mixes_the_background_into_what_is_behind_the_center() -> None:
    def seen(depth_cue: float | None, y: float) -> list[int]:
        tube = Morphology([[-15, y, 0], [15, y, 0]], [10, 10], [0, 2], [-1], [0], ("dend",))
        far = Morphology(
            [*tube.points.tolist(), [0, -100, 19], [0, 100, 19]],
            [10, 10, 0.1, 0.1],
            [0, 2, 4],
            [-1, -1],
            [0, 0],
            ("a", "b"),
        )
        scene = Scene(far, color="black", lighting=False, background="white", camera=SIDE, depth_cue=depth_cue)
        return render_image(scene, size=SIZE)[20, 30].tolist()

    assert seen(0, 90) == [0, 0, 0]
    assert seen(None, 90) == [0, 0, 0]  # flat colours are exact by default
    assert seen(0.5, -50) == [0, 0, 0]
    assert 55 <= seen(0.5, 50)[0] <= 75
    assert 100 <= seen(0.5, 90)[0] <= 125


def test_of_an_image_that_replaces_another_only_what_differs_is_uploaded(monkeypatch: pytest.MonkeyPatch) -> None:
    current_context()
    from gpu_morph.render.gpu.sprites import Sprites
    from gpu_morph.render.gpu.target import Target
    from gpu_morph.render.gpu.textures import Texture

    rng, size = np.random.default_rng(0), (40, 30)
    first = rng.integers(0, 256, (20, 30, 4), dtype=np.uint8)
    second, third = first.copy(), first.copy()
    second[4:9, 11:14] = 255
    third[19, 29] = ~third[19, 29]
    uploads: list[tuple[int, ...]] = []
    upload = Texture.upload
    monkeypatch.setattr(
        Texture,
        "upload",
        lambda self, image, corner=(0, 0): (uploads.append((*corner, *image.shape)), upload(self, image, corner)),
    )
    target, sprites = Target(size, channels=3), Sprites(size)
    try:
        for image in (first, second, third, first.copy()):
            target.bind((0.0, 0.0, 0.0, 1.0))
            sprites.draw([Sprite(image, 5, 6)])
            drawn = target.readback.fetch(target.request())[6:26, 5:35].astype(int)
            assert np.abs(drawn - image[..., :3].astype(int) * image[..., 3:] / 255).max() <= 1
    finally:
        sprites.delete()
        target.delete()
    assert uploads == [(0, 0, 20, 30, 4), (11, 4, 5, 3, 4), (11, 4, 16, 19, 4), (29, 19, 1, 1, 4)]
