"""Annotations stand along the picture's edges, none over another, and leave room for the cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.frame_times import TimeRange
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.errors import SceneError
from gpu_morph.image.image import Size
from gpu_morph.scene.annotations import (
    Annotation,
    Arrow,
    Clock,
    ColorBar,
    LabelLegend,
    ScaleBar,
    Stimulus,
    SynapseLegend,
    Text,
    TraceInset,
)
from gpu_morph.scene.annotations.base import ColorScale, Drawing, Moment, Place, Sprite, View
from gpu_morph.scene.annotations.layout import Layout, arranged, margin
from gpu_morph.scene.camera import Box, Camera
from gpu_morph.scene.colormaps import ColorTable, lookup_table
from gpu_morph.scene.picture_unit import usual_text

SIZES = [(320, 240), (640, 480), (1080, 1080), (1920, 1080), (3840, 2160)]
CELL = Morphology([[0, 0, -50], [0, 0, 50]], [1, 1], [0, 2], [-1], [0], ("soma",))
RECORDING = Recording(np.arange(21.0), np.linspace(-80, 20, 21)[:, None], section=[0], position=[0.5])
GREY = np.array([158, 158, 158], dtype=np.uint8)
TABLE = ColorTable(lookup_table("viridis"), GREY, GREY, GREY, (-90.0, 40.0))
RED, BLUE = (1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)


def view(size: Size, **changes: Any) -> View:
    usual = View(
        size=size,
        text=usual_text(size),
        ink=(0.1, 0.1, 0.1, 1.0),
        paper=(1.0, 1.0, 1.0, 1.0),
        is_transparent=False,
        shield=True,
        morphology=CELL,
        recording=RECORDING,
        scale=ColorScale(TABLE, "v", "mV", True, True, True),
        synapse_colors={"excitatory": RED, "inhibitory": BLUE},
        label_colors={"soma": RED, "dend": BLUE},
        times=TimeRange(0.0, 20.0, 0.1),
    )
    return replace(usual, **changes)


@dataclass(frozen=True)
class Block(Annotation):
    """Takes a room in multiples of the text's height."""

    place: Place
    wide: float = 4.0
    high: float = 2.0

    def room(self, view: View) -> Size:
        return round(self.wide * view.text), round(self.high * view.text)

    def drawing(self, view: View, box: Box) -> Drawing:
        image = np.full((box.height, box.width, 4), 255, dtype=np.uint8)
        return lambda _: (Sprite(image, box.x, box.y),)


def overlap(a: Box, b: Box) -> bool:
    beside = a.x >= b.x + b.width or b.x >= a.x + a.width
    return not (beside or a.y >= b.y + b.height or b.y >= a.y + a.height)


def check(layout: Layout) -> None:
    """No box over another, all inside, and something free that no box reaches into."""
    (width, height), boxes = layout.view.size, [box for box in layout.boxes if box.width]
    assert all(b.x >= 0 and b.y >= 0 and b.x + b.width <= width and b.y + b.height <= height for b in boxes)
    assert not any(overlap(a, b) for a, b in combinations(boxes, 2))
    assert layout.areas
    for area in layout.areas:
        assert not any(overlap(area, box) for box in boxes)
        assert area.width >= 0.25 * width
        assert area.height >= 0.25 * height


# Where they stand


@pytest.mark.parametrize("size", SIZES)
def test_each_place_is_along_its_edge(size):
    places = ("upper left", "upper", "upper right", "left", "right", "lower left", "lower", "lower right")
    layout = arranged([Block(place, 2, 1) for place in places], view(size))
    check(layout)
    space, (width, height) = margin(layout.view), size
    for place, box in zip(places, layout.boxes, strict=True):
        right, lower = box.x + box.width, box.y + box.height
        assert box.x == space if "left" in place else right == width - space if "right" in place else True
        assert box.y == space if "upper" in place else lower == height - space if "lower" in place else True
        if place in ("upper", "lower"):
            assert abs(box.x + box.width / 2 - width / 2) <= 1
        if place in ("left", "right"):
            assert abs(box.y + box.height / 2 - height / 2) <= 1


def test_those_of_one_place_stand_below_each_other_in_order():
    blocks = [Block("upper right", 6), Block("lower right"), Block("upper right", 3), Block("lower right")]
    boxes = arranged(blocks, view((640, 480))).boxes
    assert boxes[0].y < boxes[2].y < boxes[1].y < boxes[3].y
    assert len({box.x + box.width for box in boxes}) == 1


@pytest.mark.parametrize(("corner", "middle"), [("upper right", "right"), ("lower left", "left")])
def test_the_middle_of_a_side_makes_way_for_the_corner(corner, middle):
    layout = arranged([Block(middle, 3, 20), Block(corner, 3, 18)], view((640, 480)))
    check(layout)
    assert layout.view.text == usual_text((640, 480))
    first, second = layout.boxes
    gap = first.y - second.y - second.height if corner == "upper right" else second.y - first.y - first.height
    assert gap == margin(layout.view)


def test_a_title_makes_way_for_the_corner():
    layout = arranged([Block("upper", 16, 2), Block("upper left", 26, 2)], view((640, 480)))
    check(layout)
    title, corner = layout.boxes
    assert title.x == corner.x + corner.width + margin(layout.view)


def test_annotations_without_a_place_and_empty_ones_take_no_space():
    lonely = arranged([Block("right")], view((640, 480)))
    layout = arranged([Arrow(0), Block("right"), Block("right", 0, 0)], view((640, 480)))
    assert layout.boxes[1] == lonely.boxes[0]
    assert layout.areas == lonely.areas


def test_the_whole_picture_is_free_without_annotations():
    assert arranged([], view((640, 480))).areas == (Box(0, 0, 640, 480),)


def test_the_free_parts_are_beside_or_below_a_corner():
    areas = arranged([Block("upper left", 8, 8)], view((640, 480))).areas
    assert {(area.x, area.y) for area in areas} == {(0, areas[0].y or areas[1].y), (areas[0].x or areas[1].x, 0)}
    assert all(area.x + area.width == 640 and area.y + area.height == 480 for area in areas)


# How large they are


def test_text_shrinks_where_there_is_little_room():
    blocks = [Block("upper left", 20, 3), Block("upper right", 20, 3)]
    layout = arranged(blocks, view((320, 240)))
    check(layout)
    assert 7 <= layout.view.text < usual_text((320, 240))
    assert [(b.width, b.height) for b in layout.boxes] == [block.room(layout.view) for block in blocks]


def test_no_room_is_an_error_that_names_them():
    with pytest.raises(SceneError, match=r"320x240 pixels is too small for Block, Clock and the cell: make it larger"):
        arranged([Block("right", 40, 5), Clock()], view((320, 240)))


def test_usual_text_can_be_read_and_grows_with_the_picture():
    heights = [usual_text(size) for size in SIZES]
    assert heights == sorted(heights)
    assert heights[0] >= 10
    assert usual_text((3840, 2160)) == 2 * usual_text((1920, 1080))


# All kinds together

SETS: dict[str, Sequence[Annotation]] = {
    "usual": (ColorBar(), Clock(), ScaleBar()),
    "trace": (ColorBar(), Clock(), ScaleBar(), TraceInset(), Arrow(0, label="soma")),
    "lying": (ColorBar(place="lower"), Clock(place="upper right"), ScaleBar(place="lower left"), SynapseLegend()),
    "words": (Text("A cell"), LabelLegend(), Stimulus(times=(1, 2), section=0), ScaleBar(place="lower")),
    "right": (SynapseLegend(), LabelLegend(title="Sections"), ColorBar(place="right"), ScaleBar()),
    "all": (
        Clock(),
        Stimulus(times=((2, 5),)),
        Text("A cell"),
        SynapseLegend(),
        LabelLegend(),
        ColorBar(),
        ScaleBar(),
        TraceInset(),
        Arrow(0),
    ),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kinds", SETS)
def test_no_kind_stands_over_another_in_pictures_of_any_size(kinds, size):
    layout = arranged(SETS[kinds], view(size))
    check(layout)
    if size != (320, 240):
        assert layout.view.text == usual_text(size)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_drawn_stays_within_its_box(size):
    annotations = [one for one in SETS["all"] if not isinstance(one, Arrow)]
    layout = arranged(annotations, view(size))
    camera = Camera().fitted(CELL, size, layout.areas)
    for annotation, box in zip(annotations, layout.boxes, strict=True):
        for shield in (False, True):
            shown = replace(layout.view, shield=shield)
            for sprite in annotation.drawing(shown, box)(Moment(3.0, camera)):
                rows, columns = (sprite.image[..., 3] > 0).any(axis=1), (sprite.image[..., 3] > 0).any(axis=0)
                top, left = sprite.y + rows.argmax(), sprite.x + columns.argmax()
                bottom = sprite.y + len(rows) - rows[::-1].argmax()
                right = sprite.x + len(columns) - columns[::-1].argmax()
                # A halo may extend into the space between annotations.
                free = margin(layout.view) // 2 if shield else 1
                assert box.x - free <= left
                assert box.y - free <= top
                assert right <= box.x + box.width + free
                assert bottom <= box.y + box.height + free


@pytest.mark.parametrize("place", ["upper left", "upper", "lower right"])
def test_the_length_of_a_film_does_not_move_the_cell(place):
    whole = view((640, 480), recording=RECORDING)
    fine, part = TimeRange(0, 20, 0.025), TimeRange(4, 4.5, 0.1)
    areas = [
        arranged([Clock(place=place), ColorBar()], replace(whole, times=times)).areas for times in (None, fine, part)
    ]
    assert areas[0] == areas[1] == areas[2]


def test_texts_that_follow_each_other_have_one_row() -> None:
    first, second = Text("first", place="lower", stop=2), Text("and\nsecond", place="lower", start=2, stop=4)
    third = Text("third", place="lower", start=3, stop=5)  # while the second is there
    others = [Text("ms", place="lower", start=6, clock="simulation"), Text("always", place="lower")]
    boxes = arranged([first, second, third, *others], view((640, 480))).boxes
    bottoms = [box.y + box.height for box in boxes]
    assert bottoms[0] == bottoms[1] == max(bottoms) - sum(box.height + margin(view((640, 480))) for box in boxes[2:])
    assert [box.x + box.width // 2 for box in boxes] == pytest.approx([320] * 5, abs=1)
    for a, b in combinations(boxes[1:], 2):
        assert a.y + a.height <= b.y or b.y + b.height <= a.y
    upper = arranged([replace(first, place="upper"), replace(second, place="upper")], view((640, 480))).boxes
    assert upper[0].y == upper[1].y == margin(view((640, 480)))
