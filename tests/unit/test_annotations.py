"""Each kind of annotation shows what it says, where it says, and the same from frame to frame."""

from __future__ import annotations

import dataclasses
import math
import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.frame_times import TimeRange
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.value_map import map_values
from gpu_morph.distributed.payload import resolved_picture
from gpu_morph.errors import SceneError
from gpu_morph.scene import annotations
from gpu_morph.scene.annotations import (
    Annotation,
    Arrow,
    Axes,
    Clock,
    ColorBar,
    Fade,
    LabelLegend,
    Layers,
    Logo,
    ScaleBar,
    Stimulus,
    SynapseLegend,
    Text,
    Title,
    TraceInset,
)
from gpu_morph.scene.annotations.base import ColorScale, Moment, Sprite, View
from gpu_morph.scene.annotations.canvas import Canvas
from gpu_morph.scene.annotations.trace_data import trace_data
from gpu_morph.scene.camera import Box, Camera
from gpu_morph.scene.colormaps import ColorTable
from gpu_morph.scene.colors import parse_color
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.norm_parsing import parse_norm
from gpu_morph.scene.picture_unit import picture_unit
from gpu_morph.scene.scene import Scene

SIZE = (640, 480)
PLAIN_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
INK, PAPER = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0)
# A soma, and a dendrite of 100 µm along y.
CELL = Morphology([[0, 0, 0], [0, 0, 0], [0, 100, 0]], [10, 2, 2], [0, 1, 3], [-1, 0], [0, 0.5], ("soma", "dend"))
TIMES = np.arange(0, 20.5, 0.5)
RAMP = np.stack([-80 + 5 * TIMES, 10 - 2 * TIMES], axis=1)  # mV, of soma and dendrite
RECORDING = Recording(TIMES, RAMP, section=[0, 1], position=[0.5, 0.5])
# 256 colours that no other thing has.
ENTRIES = np.stack([np.arange(256), 255 - np.arange(256), np.full(256, 77)], axis=1).astype(np.uint8)
UNDER, OVER, MISSING = (np.array(color, dtype=np.uint8) for color in ([9, 9, 200], [200, 9, 9], [158, 158, 158]))
CAMERA = Camera(azim=0, elev=0, center=(0, 0, 0), height=240, shift=(0, 0))  # 2 pixels per µm; y to the right


def scale(clim: tuple[float, float] = (-90.0, 40.0), **changes: Any) -> ColorScale:
    table = ColorTable(ENTRIES, UNDER, OVER, MISSING, clim)
    nothing_else = {"has_under": False, "has_over": False, "has_missing": False}
    return ColorScale(table, **{"name": "v", "unit": "mV"} | nothing_else | changes)


def view(**changes: Any) -> View:
    usual: dict[str, Any] = {
        "size": SIZE,
        "text": 20.0,
        "ink": INK,
        "paper": PAPER,
        "is_transparent": False,
        "shield": False,
        "morphology": CELL,
        "recording": RECORDING,
        "scale": scale(),
        "times": TimeRange(0.0, 20.0, 0.1),
        "camera": CAMERA,
    }
    return View(**usual | changes)


def box_of(annotation: Annotation, seen: View, x: int = 30, y: int = 20) -> Box:
    return Box(x, y, *annotation.room(seen))


def sprites(
    annotation: Annotation, seen: View | None = None, *, time: float | None = 5.0, camera: Camera = CAMERA
) -> list[Sprite]:
    seen = seen or view()
    return list(annotation.drawing(seen, box_of(annotation, seen))(Moment(time, camera)))


def shown(parts: Sequence[Sprite], size: tuple[int, int] = SIZE, paper: Sequence[float] = PAPER) -> np.ndarray:
    """(height, width, 3) float: sprites over a sheet of paper."""
    picture = np.full((size[1], size[0], 3), 255.0) * paper[:3]
    for sprite in parts:
        height, width = sprite.image.shape[:2]
        part = picture[max(sprite.y, 0) : sprite.y + height, max(sprite.x, 0) : sprite.x + width]
        image = sprite.image[max(-sprite.y, 0) :, max(-sprite.x, 0) :][: part.shape[0], : part.shape[1]].astype(float)
        alpha = image[..., 3:] / 255
        part[:] = part * (1 - alpha) + image[..., :3] * alpha
    return picture


def covered(sprite: Sprite) -> tuple[float, float]:
    """The middle of what a sprite covers, pixels of the picture."""
    alpha = sprite.image[..., 3].astype(float)
    rows, columns = np.mgrid[: alpha.shape[0], : alpha.shape[1]] + 0.5
    return sprite.x + (alpha * columns).sum() / alpha.sum(), sprite.y + (alpha * rows).sum() / alpha.sum()


def has_color(parts: Sequence[Sprite], color: Any) -> bool:
    """True when at least four pixels have exactly that colour."""
    return bool(((shown(parts) == np.asarray(color)).all(axis=2)).sum() >= 4)


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """All words that are drawn, with their x in their canvas."""
    written: list[tuple[float, str]] = []
    text = Canvas.text

    def noted(self: Canvas, x: float, y: float, words: str, *rest: Any) -> None:
        written.append((x, words))
        text(self, x, y, words, *rest)

    monkeypatch.setattr(Canvas, "text", noted)
    return written


# What all have in common

KINDS: dict[str, Annotation] = {
    "color bar": ColorBar(ticks=np.array([-80, 0, 40])),  # type: ignore[arg-type]
    "clock": Clock(offset=2, color="red"),
    "scale bar": ScaleBar(length=100),
    "synapse legend": SynapseLegend(title="Synapses"),
    "label legend": LabelLegend(),
    "trace": TraceInset(section=(0, 1), x=(0.5, 0.2), color=("red", "blue")),
    "text": Text("one\ntwo"),
    "stimulus": Stimulus(times=[[1, 2], [4, 5]], section=1),  # type: ignore[arg-type, list-item]
    "arrow": Arrow(1, x=0.3, label="here"),
    "axes": Axes(),
    "title": Title("a title", start=0.0, seconds=9.0, background="blue"),
    "fade": Fade(),
    "logo": Logo(np.full((4, 8, 4), 200, dtype=np.uint8)),
    "layers": Layers({"L1": 100.0, "": 0.0}, color="blue"),
}


def test_every_kind_is_among_them():
    kinds = {getattr(annotations, name) for name in annotations.__all__} - {Annotation}
    assert {type(one) for one in KINDS.values()} == kinds


@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_pickled_and_is_frozen(kind):
    annotation = KINDS[kind]
    assert pickle.loads(pickle.dumps(annotation)) == annotation
    hash(annotation)
    with pytest.raises(dataclasses.FrozenInstanceError):
        annotation.place = "right"  # type: ignore[misc]


@pytest.mark.parametrize("kind", [kind for kind in sorted(KINDS) if type(KINDS[kind]).place is not None])
def test_an_unknown_place_is_an_error(kind):
    for place in ("top left", None, 3, ["left"]):
        with pytest.raises(SceneError, match=r"place must be 'upper left', 'upper', .* or 'lower right', got"):
            replace(KINDS[kind], place=place)


@pytest.mark.parametrize("kind", KINDS)
def test_only_text_and_section_are_positional(kind):
    fields = [field for field in dataclasses.fields(KINDS[kind]) if not field.kw_only]  # type: ignore[arg-type]
    known = {"text": ["text"], "title": ["text"], "logo": ["image"], "arrow": ["section"], "layers": ["heights"]}
    assert [field.name for field in fields] == known.get(kind, [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(320, 240), (3840, 2160)])
def test_it_draws_at_any_size_over_anything(kind, size):
    for changes in ({}, {"shield": True}, {"is_transparent": True, "shield": True}, {"paper": INK, "ink": PAPER}):
        if kind == "fade" and "is_transparent" in changes:
            continue  # it has nothing to fade into
        seen = view(size=size, text=0.02 * size[1], synapse_colors=SYNAPSES, label_colors=SYNAPSES, **changes)
        for sprite in sprites(KINDS[kind], seen, time=4.5):
            assert sprite.image.dtype == np.uint8
            assert sprite.image.shape[2] == 4
            assert sprite.image[..., 3].any()


@pytest.mark.parametrize("kind", KINDS)
def test_what_stays_is_the_same_array(kind):
    seen = view(synapse_colors=SYNAPSES, label_colors=SYNAPSES)
    draw = KINDS[kind].drawing(seen, box_of(KINDS[kind], seen))
    first, again = draw(Moment(4.5, CAMERA)), draw(Moment(4.5, CAMERA))
    assert [id(sprite.image) for sprite in first] == [id(sprite.image) for sprite in again]


# Colour bar


def bar_pixels(annotation: ColorBar, seen: View) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of the picture from the bar's lower end to its upper one, (n, 2), and which entry each shows."""
    picture = shown(sprites(annotation, seen)).astype(int)
    is_entry = (picture[..., 0] + picture[..., 1] == 255) & (picture[..., 2] == 77)
    rows, columns = np.nonzero(is_entry)
    if annotation.place in ("upper", "lower"):
        row = int(np.median(rows))
        places = np.array([(x, row) for x in np.flatnonzero(is_entry[row])])
    else:
        column = int(np.median(columns))
        places = np.array([(column, y) for y in np.flatnonzero(is_entry[:, column])[::-1]])
    return places, picture[places[:, 1], places[:, 0], 0]


@pytest.mark.parametrize("place", ["right", "left", "upper", "lower"])
@pytest.mark.parametrize("length", [0.2, 0.4, 0.55])
def test_the_bar_shows_each_colour_in_its_place(place, length):
    bar = ColorBar(place=place, length=length)
    _, entries = bar_pixels(bar, view(scale=scale(has_under=True, has_over=True)))
    n = len(entries)
    assert n == round(length * SIZE[1])
    assert entries.tolist() == ((np.arange(n) + 0.5) * 256 / n).astype(int).tolist()


@pytest.mark.parametrize("place", ["right", "lower"])
@pytest.mark.parametrize(
    "clim",
    [
        (-90, 40),
        (0, 1),
        (-0.3, 1e-3),
        (1e-5, 1.3e-4),
        (0, 2.5e6),
        (1000.001, 1000.002),
        (1e6, 1e6 + 1),
        (1e5, 1e5 + 1),
        (-65.0001, -64.9999),
        (123456.1, 123456.9),
    ],
)
def test_ticks_stand_at_their_values(place, clim, words):
    bar = ColorBar(place=place, length=0.5, title="")
    seen = view(scale=scale(clim))
    (places, _), picture = bar_pixels(bar, seen), shown(sprites(bar, seen))
    words.clear()
    bar.room(seen)
    texts = [word.replace("−", "-") for _, word in words]
    labels = [float(text) for text in texts if "×" not in text and "from" not in text]
    factors = [text.partition("×10")[2].translate(PLAIN_DIGITS) for text in texts if "×" in text]
    offsets = [text.split()[1] for text in texts if "from" in text]
    values = np.array(labels) * 10.0 ** int(*factors) + float(*offsets)
    assert len(set(labels)) == len(labels)
    assert 2 <= len(values) <= 7
    if place == "lower":
        beside = picture[beyond(picture, places[0], (0, 1)), places[:, 0]]
    else:
        beside = picture[places[:, 1], beyond(picture, places[0], (1, 0))]
    marks = np.flatnonzero((beside == 0).all(axis=1))
    told = clim[0] + (marks + 0.5) / len(places) * (clim[1] - clim[0])
    assert len(marks) == len(values)
    assert np.abs(told - values).max() <= (clim[1] - clim[0]) / len(places) * 0.501 + 1e-9 * abs(clim[1])


def beyond(picture: np.ndarray, place: np.ndarray, step: tuple[int, int]) -> int:
    """The row or column, from a pixel of the bar on in a direction, that lies behind the bar's outline."""
    x, y = place
    while picture[y, x, 2] == 77:
        x, y = x + step[0], y + step[1]
    return int(x if step[0] else y) + 1


@pytest.mark.parametrize(
    ("given", "drawn"),
    [
        ({"name": "v", "unit": "mV"}, "V (mV)"),
        ({"name": "Vm", "unit": "mV"}, "V (mV)"),
        ({"name": "ina", "unit": "mA/cm2"}, "ina (mA/cm²)"),
        ({"name": "distance", "unit": ""}, "distance"),
        ({"name": "cai", "unit": "mM", "clim": (0, 1.3e-4)}, "cai (×10⁻⁴ mM)"),
    ],
)
def test_the_title_is_the_quantity_and_its_unit(given, drawn, words):
    ColorBar().room(view(scale=scale(**given)))
    assert words[0][1] == drawn


def test_a_horizontal_bar_has_the_long_name(words):
    ColorBar(place="lower").room(view())
    assert words[0][1] == "Membrane potential (mV)"


def test_a_given_title_is_kept_and_the_factor_added(words):
    ColorBar(title="Calcium\n(mM)").room(view(scale=scale((0, 1e-4))))
    assert [word for _, word in words[:3]] == ["Calcium", "(mM)", "×10⁻⁴"]


def test_labels_have_a_true_minus(words):
    ColorBar().room(view())
    assert [word for _, word in words[1:]] == ["−80", "−60", "−40", "−20", "0", "20", "40"]


def test_given_ticks_are_shown_and_those_beyond_left_out(words):
    ColorBar(ticks=(-100, -65, 0, 50)).room(view())
    assert [word for _, word in words[1:]] == ["−65", "0"]


@pytest.mark.parametrize(
    ("extend", "occur", "expected"),
    [
        ("auto", (True, False), (True, False)),
        ("auto", (False, True), (False, True)),
        ("neither", (True, True), (False, False)),
        ("both", (False, False), (True, True)),
        ("min", (False, True), (True, False)),
        ("max", (False, False), (False, True)),
    ],
)
@pytest.mark.parametrize("place", ["right", "lower"])
def test_the_ends_show_what_lies_beyond(place, extend, occur, expected):
    bar, seen = ColorBar(place=place, extend=extend), view(scale=scale(has_under=occur[0], has_over=occur[1]))
    parts = sprites(bar, seen)
    assert (has_color(parts, UNDER), has_color(parts, OVER)) == expected
    places, _ = bar_pixels(bar, seen)
    for color, end, inner in ((UNDER, places[0], places[1]), (OVER, places[-1], places[-2])):
        rows, columns = np.nonzero((shown(parts) == color).all(axis=2))
        if len(rows):
            outward = np.stack([columns, rows], axis=1).mean(axis=0) - end
            assert outward @ (end - inner) > 1


@pytest.mark.parametrize(
    ("asked", "occurs", "expected"),
    [("auto", True, True), ("auto", False, False), (True, False, True), (False, True, False)],
)
@pytest.mark.parametrize("place", ["right", "upper"])
def test_what_was_not_recorded_is_explained(place, asked, occurs, expected, words):
    parts = sprites(ColorBar(place=place, show_missing=asked), view(scale=scale(has_missing=occurs)))
    assert has_color(parts, MISSING) == expected
    assert any(word == "not recorded" for _, word in words) == expected


def test_a_bar_without_values_is_an_error():
    with pytest.raises(SceneError, match="no values to show"):
        ColorBar().room(view(scale=None))


@pytest.mark.parametrize(
    "wrong",
    [
        {"length": 0},
        {"length": 1.5},
        {"length": "long"},
        {"extend": "all"},
        {"show_missing": "yes"},
        {"ticks": 3},
        {"ticks": (0, math.nan)},
        {"title": 3},
    ],
)
def test_a_wrong_bar_is_an_error(wrong):
    with pytest.raises(SceneError, match=f"{next(iter(wrong))} must be"):
        ColorBar(**wrong)


# Clock


def told(clock: Clock, time: float | None, words: list[tuple[float, str]], **changes: Any) -> str:
    """What a clock shows."""
    words.clear()
    sprites(clock, view(**changes), time=time)
    return "".join(word for _, word in sorted(words))


@pytest.mark.parametrize(
    ("clock", "time", "expected"),
    [
        (Clock(), 12.3, "12.3 ms"),
        (Clock(), 3 * 0.1, "0.3 ms"),
        (Clock(offset=10), 3.7, "−6.3 ms"),
        (Clock(offset=10), 9.999999999, "0.0 ms"),
        (Clock(), -0.0, "0.0 ms"),
        (Clock(decimals=3), 1.5, "1.500 ms"),
        (Clock(decimals=0), 11.6, "12 ms"),
        (Clock(label="t = "), 2.0, "t = 2.0 ms"),
    ],
)
def test_the_clock_shows_the_frames_time(clock, time, expected, words):
    assert told(clock, time, words) == expected


@pytest.mark.parametrize(
    ("times", "offset", "expected"),
    [
        (TimeRange(0, 20, 1), 0, "2.0 ms"),
        (TimeRange(0, 20, 0.1), 0, "2.0 ms"),
        (TimeRange(0, 20, 0.25), 0, "2.00 ms"),
        (TimeRange(0, 20, 0.025), 0, "2.000 ms"),
        (TimeRange(0, 20, 1 / 3), 0, "2.000 ms"),
        (TimeRange(0.05, 20, 0.1), 0, "2.00 ms"),
        (TimeRange(0, 20, 0.1), 0.25, "1.75 ms"),
        (None, 0, "2.0 ms"),
        (TimeRange(0, 20e3, 1), 0, "0.002 s"),
        (TimeRange(0, 2.5, 0.001), 0, "2.000 ms"),
        (TimeRange(1.5, 2.2, 0.001), 1.5, "500.0 µs"),
        (TimeRange(0, 3600e3, 6e3), 0, "0.0 min"),
    ],
)
def test_it_has_as_many_decimals_as_the_times_need(times, offset, expected, words):
    assert told(Clock(offset=offset), 2.0, words, times=times) == expected


def test_no_time_is_not_shown():
    assert sprites(Clock(), time=None) == []


@pytest.mark.parametrize("clock", [Clock(), Clock(place="lower right", offset=5), Clock(label="t = ", decimals=2)])
@pytest.mark.parametrize("text", [7.0, 10.0, 22.7])
def test_digits_do_not_move(clock, text, words):
    seen = view(text=text, times=TimeRange(-3, 120, 0.1))
    box, places = box_of(clock, seen), set()
    draw = clock.drawing(seen, box)
    for time in np.arange(-3, 120, 0.7):
        words.clear()
        (sprite,) = draw(Moment(time, CAMERA))
        columns = sprite.x + np.flatnonzero(sprite.image[..., 3].any(axis=0))
        assert box.x <= columns[0]
        assert columns[-1] < box.x + box.width
        places.add(tuple(x for x, word in words if word in (".", " ms", "t = ")))
        digits = sorted(x for x, word in words if word.isdecimal())
        steps = np.diff(digits)
        assert len(set(steps)) <= 2  # one width for all, and one more across the point
    assert len(places) == 1


def test_only_digits_that_change_are_drawn_otherwise():
    seen = view(times=TimeRange(0, 99, 0.1))
    clock = Clock()
    draw = clock.drawing(seen, box_of(clock, seen))
    (one,), (eight,) = (draw(Moment(time, CAMERA)) for time in (71.4, 78.4))
    changed = np.flatnonzero((one.image != eight.image).any(axis=(0, 2)))
    assert 0 < len(changed) <= 14
    assert (one.x, one.y, one.image.shape) == (eight.x, eight.y, eight.image.shape)


@pytest.mark.parametrize("unit", ["ms", "us", "μs", "s", "min"])
def test_its_unit_can_be_given(unit, words):
    expected = {"ms": "2.0 ms", "us": "2000.0 µs", "μs": "2000.0 µs", "s": "0.002 s", "min": "0.000 min"}
    assert told(Clock(unit=unit), 2.0, words, times=TimeRange(0, 20, 1)) == expected[unit]


@pytest.mark.parametrize(
    "wrong", [{"decimals": 4}, {"decimals": 1.5}, {"offset": math.inf}, {"label": 3}, {"unit": "h"}, {"unit": []}]
)
def test_a_wrong_clock_is_an_error(wrong):
    with pytest.raises(SceneError, match=f"{next(iter(wrong))} must be"):
        Clock(**wrong)


# Scale bar


def bar_length(parts: Sequence[Sprite], side: int = -1) -> float:
    """Pixels that the lowest row of the bar covers."""
    alpha = parts[0].image[..., 3].astype(float) / 255
    return alpha[np.flatnonzero(alpha.any(axis=1))[side]].sum()


@pytest.mark.parametrize("place", ["lower right", "upper left", "lower"])
@pytest.mark.parametrize("height", [120.0, 333.0, 1000.0])
@pytest.mark.parametrize("length", [10.0, 37.5, None])
def test_the_bar_is_as_long_as_it_says(place, height, length, words):
    seen = view(camera=replace(CAMERA, height=height))
    parts = sprites(ScaleBar(place=place, length=length), seen, camera=replace(CAMERA, height=height))
    if length is None:
        number, unit = words[-1][1].split(" ")
        assert unit == "µm"
        length = float(number)
    assert bar_length(parts) == pytest.approx(length * SIZE[1] / height, abs=0.3)


def test_a_chosen_length_is_round_and_at_most_a_quarter_of_the_picture():
    for height in np.geomspace(1, 1e5, 40):
        length = bar_length(sprites(ScaleBar(), camera=replace(CAMERA, height=float(height))))
        assert 0.08 * SIZE[1] < length < 0.25 * SIZE[1]


@pytest.mark.parametrize(
    ("length", "label"), [(100, "100 µm"), (1000, "1 mm"), (1500, "1.5 mm"), (0.5, "500 nm"), (37.5, "37.5 µm")]
)
def test_the_label_is_in_usual_units(length, label, words):
    sprites(ScaleBar(length=length))
    assert words[-1][1] == label


def test_a_bar_without_label_is_only_a_bar(words):
    bar = ScaleBar(show_label=False, length=50)
    assert not words
    assert bar.room(view())[1] == len(sprites(bar)[0].image)
    assert (sprites(bar)[0].image[..., 3] == 255).mean() > 0.9


def test_its_room_is_enough_for_the_cell_at_its_largest():
    seen = view(camera=Camera())
    bar = ScaleBar(length=100.0)
    width, _ = bar.room(seen)
    for areas in ((), (Box(0, 0, 300, 480),), (Box(0, 0, 640, 200),)):
        camera = Camera().fitted(CELL, SIZE, areas)
        assert bar_length(sprites(bar, seen, camera=camera)) <= width


def test_a_bar_longer_than_its_room_is_not_cut():
    bar, seen = ScaleBar(length=100.0), view(camera=replace(CAMERA, height=2000.0))
    assert bar_length(sprites(bar, seen, camera=CAMERA)) == pytest.approx(200, abs=0.3)


def test_the_bar_stays_while_the_camera_turns():
    draw = ScaleBar().drawing(view(), Box(0, 0, 200, 40))
    images = {id(draw(Moment(0.0, replace(CAMERA, azim=float(azim))))[0].image) for azim in range(5)}
    assert len(images) == 1


@pytest.mark.parametrize("length", [0, -5, math.nan, "long"])
def test_a_wrong_length_is_an_error(length):
    with pytest.raises(SceneError, match="length must be positive µm or None"):
        ScaleBar(length=length)


# Legends

SYNAPSES = {
    name: parse_color(color) for name, color in {"L4": "#0072b2", "inactive": "#777777", "VPM": "#d55e00"}.items()
}


def test_synapses_are_named_in_their_colours(words):
    parts = sprites(SynapseLegend(), view(synapse_colors=SYNAPSES))
    assert [word for _, word in words[-2:]] == ["L4", "VPM"]
    assert has_color(parts, (0x00, 0x72, 0xB2))
    assert has_color(parts, (0xD5, 0x5E, 0x00))
    assert not has_color(parts, (0x77, 0x77, 0x77))


def test_labels_are_named_in_their_colours(words):
    parts = sprites(LabelLegend(title="Sections"), view(label_colors={"soma": (0.2, 0.4, 0.6, 1.0), "axon": INK}))
    assert [word for _, word in words[-3:]] == ["Sections", "soma", "axon"]
    assert has_color(parts, (51, 102, 153))


def many(n: int) -> dict[str, Any]:
    return {f"population {k}": (k / n, 0.3, 0.6, 1.0) for k in range(n)}


def test_long_lists_stand_in_columns(words):
    seen = view(size=(1920, 1080), synapse_colors=many(30))
    one, two = (SynapseLegend().room(replace(seen, synapse_colors=many(n))) for n in (15, 30))
    assert two[0] > 1.9 * one[0]
    assert two[1] == one[1]
    words.clear()
    SynapseLegend().room(seen)
    assert len({x for x, _ in words}) == 2
    assert len(words) == 30


def test_what_does_not_fit_is_counted(words):
    seen = view(synapse_colors=many(200))
    SynapseLegend().room(seen)
    named = [word for _, word in words if word.startswith("population")]
    assert words[-1][1] == f"+{200 - len(named)} more"
    assert SynapseLegend().room(seen)[1] <= 0.5 * SIZE[1]


def test_long_names_are_cut_in_the_middle(words):
    name = "a very long name of a population of cells" * 3
    width, _ = SynapseLegend().room(view(synapse_colors={f"{name} A": INK, f"{name} B": INK}))
    assert [word[-1] for _, word in words] == ["A", "B"]
    assert all("…" in word for _, word in words)
    assert width < 0.5 * SIZE[0]


@pytest.mark.parametrize("kind", [SynapseLegend, LabelLegend])
def test_a_colour_like_the_paper_gets_an_edge(kind):
    for color, has_edge in (((1.0, 1.0, 1.0, 1.0), True), ((0.0, 0.5, 0.5, 1.0), False)):
        seen = view(synapse_colors={"x": color}, label_colors={"x": color})
        part = sprites(kind(), seen)[0].image[:, :16]  # left of the name
        assert bool((part == [0, 0, 0, 255]).all(axis=2).any()) == has_edge


def test_a_legend_of_nothing_is_an_error():
    with pytest.raises(SceneError, match="no synapses to show"):
        SynapseLegend().room(view())
    with pytest.raises(SceneError, match="no synapses to show"):
        SynapseLegend().room(view(synapse_colors={"inactive": INK}))
    with pytest.raises(SceneError, match="no labels to show: colour the scene by them"):
        LabelLegend().room(view())
    with pytest.raises(SceneError, match="title must be"):
        LabelLegend(title=3)  # type: ignore[arg-type]


# Trace


def trace_row(trace: TraceInset, seen: View, x: float) -> float:
    """Where the drawn line, a red one, lies in a column, pixels of the picture."""
    column = shown(sprites(trace, seen, time=None))[:, int(x)]
    redness = column[:, 0] - column[:, 1]
    return (redness * (np.arange(len(column)) + 0.5)).sum() / redness.sum()


@pytest.mark.parametrize("time", [2.0, 5.03, 11.11, 18.75])
def test_cursor_and_dot_are_at_the_frames_time_and_value(time):
    trace, seen = TraceInset(label="", ylim=(-80, 20), color="#ff0000"), view()
    box = box_of(trace, seen)
    start, end = (sprites(trace, seen, time=t) for t in (0.0, 20.0))
    _, cursor, dot = sprites(trace, seen, time=time)
    (left, low), (right, high) = covered(start[2]), covered(end[2])
    assert right - left == pytest.approx(0.3 * SIZE[0], abs=0.3)
    assert low - high == pytest.approx(0.16 * SIZE[1], abs=0.8)
    expected = left + time / 20 * (right - left)
    assert covered(cursor)[0] == pytest.approx(expected, abs=0.2)
    assert covered(dot)[0] == pytest.approx(expected, abs=0.2)
    assert covered(dot)[1] == pytest.approx(low + time / 20 * (high - low), abs=0.2)
    assert covered(dot)[1] == pytest.approx(trace_row(trace, seen, expected), abs=0.8)
    assert box.x <= left < right <= box.x + box.width


def test_the_cursor_moves_smoothly():
    trace, seen = TraceInset(), view()
    draw = trace.drawing(seen, box_of(trace, seen))
    times = np.arange(0, 20, 0.05)  # half a pixel each
    x = [covered(draw(Moment(float(time), CAMERA))[1])[0] for time in times]
    steps = np.diff(x)
    assert steps.max() < 0.8
    assert steps.min() > 0.2


def test_no_cursor_without_a_time_or_outside_the_window():
    for time in (None, -1.0, 21.0):
        assert len(sprites(TraceInset(), time=time)) == 1


def test_the_last_frame_has_a_cursor_however_its_time_is_rounded():
    seen = view(recording=Recording(TIMES * (1 - 1e-9), RAMP, section=[0, 1], position=[0.5, 0.5]))
    for time in (20 * (1 + 1e-15), 20.0, 19.999999999999996):
        assert len(sprites(TraceInset(), seen, time=time)) == 3


def test_only_the_cursor_changes():
    trace, seen = TraceInset(section=(0, 1)), view()
    draw = trace.drawing(seen, box_of(trace, seen))
    frames = [draw(Moment(float(time), CAMERA)) for time in np.arange(0, 20, 0.1)]
    assert len({id(frame[0].image) for frame in frames}) == 1
    assert len({id(sprite.image) for frame in frames for sprite in frame}) <= 1 + 4 + 2 * 16


def test_values_are_those_of_the_recording_at_the_place():
    places = ((1, 0.4), (0, 0.5), (1, 1.0))
    recording = Recording(
        TIMES, np.random.default_rng(3).normal(size=(41, 4)), section=[1, 1, 0, 1], position=[0, 0.7, 0.5, 1]
    )
    found = trace_data(recording, places, 0.0, 20.0)
    expected = map_values(recording, [1, 0, 1], [0.4, 0.5, 1.0])
    for k, time in enumerate(TIMES):
        assert [curve.at(time) for curve in found] == pytest.approx(expected(recording.row(k)).tolist(), abs=1e-6)
    assert found[1].at(0.25) == pytest.approx(float(recording.values[:2, 2].mean()), abs=1e-6)
    assert math.isnan(found[1].at(20.1))
    assert math.isnan(found[1].at(-0.1))


def test_the_window_ends_between_samples():
    (curve,) = trace_data(RECORDING, ((0, 0.5),), 3.2, 7.9)
    assert curve.times[[0, -1]].tolist() == [3.2, 7.9]
    assert curve.values == pytest.approx(-80 + 5 * curve.times, abs=1e-4)


class Rows:
    """Rows that are counted when they are read."""

    def __init__(self, values: np.ndarray) -> None:
        self.values, self.shape, self.dtype = values, values.shape, values.dtype
        self.read: list[tuple[int, int]] = []

    def __getitem__(self, rows: slice) -> np.ndarray:
        self.read.append((rows.start, rows.stop))
        return self.values[rows]


def test_only_the_films_time_is_read_a_part_at_a_time_and_once(monkeypatch):
    monkeypatch.setattr("gpu_morph.data.recording._BLOCK_BYTES", 8 * 3 * 100)
    rows = Rows(np.random.default_rng(0).normal(size=(10_000, 3)).astype(np.float32))
    recording = Recording(np.arange(10_000.0), rows, section=[0, 0, 1], position=[0.2, 0.8, 0.5])
    seen = view(recording=recording, times=TimeRange(2000, 2999, 1.0))
    trace = TraceInset()
    trace.room(replace(seen, text=10.0))
    trace.drawing(seen, box_of(trace, seen))(Moment(2500.0, CAMERA))
    assert min(start for start, _ in rows.read) >= 1999
    assert max(stop for _, stop in rows.read) <= 3001
    assert max(stop - start for start, stop in rows.read) <= 100
    assert sum(stop - start for start, stop in rows.read) <= 1003


@pytest.mark.parametrize("place", [100, 51_234, 99_998])
def test_no_peak_of_a_long_recording_is_lost(place):
    values = np.zeros((100_000, 1), dtype=np.float32)
    values[place] = 1
    recording = Recording(np.arange(100_000.0), values, section=[0], position=[0.5])
    trace, seen = TraceInset(label="", color="#0072b2"), view(recording=recording, times=None)
    still = sprites(trace, seen)[0]
    blue = (np.abs(still.image[..., :3].astype(int) - [0, 0x72, 0xB2]).max(axis=2) < 30) & (still.image[..., 3] > 60)
    columns = np.flatnonzero(blue[: len(blue) // 2].any(axis=0))
    left = np.flatnonzero(blue.any(axis=0))[0]
    assert 1 <= len(columns) <= 4
    assert columns.mean() == pytest.approx(left + place / 100_000 * 0.3 * SIZE[0], abs=2)


def test_what_was_not_recorded_is_a_gap():
    values = np.zeros((201, 1))
    values[80:120] = np.nan
    recording = Recording(np.linspace(0, 20, 201), values, section=[0], position=[0.5])
    trace, seen = TraceInset(label="", ylim=(-1, 1)), view(recording=recording)
    still, *_ = sprites(trace, seen)
    (left, _), middle = covered(sprites(trace, seen, time=0.0)[1]), still.image[:30, :, 3]
    inked = np.flatnonzero(still.image[: len(middle) * 2, :, 3].any(axis=0)) + still.x
    pixels = 0.3 * SIZE[0] / 20
    assert not np.any((inked > left + 8.0 * pixels + 2) & (inked < left + 12.0 * pixels - 3))
    assert np.any(inked < left + 7 * pixels)
    assert np.any((inked > left + 12 * pixels) & (inked < left + 14 * pixels))
    assert len(sprites(trace, seen, time=10.0)) == 2  # no dot
    assert len(sprites(trace, seen, time=5.0)) == 3


def test_scale_bars_are_as_long_as_they_say(words):
    trace = TraceInset(label="", ylim=(-80, 20), color=(1.0, 0.0, 0.0))
    still = sprites(trace)[0]
    assert [word for _, word in words] == ["5 ms", "50 mV"]
    black = (still.image == [0, 0, 0, 255]).all(axis=2)
    assert black.sum(axis=1).max() == pytest.approx(5 / 20 * 0.3 * SIZE[0], abs=1)
    assert black.sum(axis=0).max() == pytest.approx(50 / 100 * 0.16 * SIZE[1], abs=1)


def test_several_sections_have_colours_and_names_of_their_own(words):
    parts = sprites(TraceInset(section=(0, 1)))
    assert len(parts) == 4
    assert [word for _, word in words if "m" not in word.split(" ")[-1] or word == "soma"] == ["soma", "dend"]
    assert has_color(parts, (0x00, 0x72, 0xB2))
    assert has_color(parts, (0xD5, 0x5E, 0x00))


def test_the_soma_is_shown_unless_asked_otherwise(words):
    sprites(TraceInset())
    assert "soma" in [word for _, word in words]
    words.clear()
    rootless = replace(CELL, section_labels=("dend", "dend"))
    sprites(TraceInset(), view(morphology=rootless))
    assert "dend 0" in [word for _, word in words]


def test_a_recording_of_its_own_is_shown(words):
    current = Recording([0.0, 20.0], [[0.0], [1e-4]], section=[1], position=[0.5], name="ica", unit="mA/cm2")
    sprites(TraceInset(section=1, recording=current))
    assert "5×10⁻⁵ mA/cm²" in [word for _, word in words]


def test_one_recorded_time_is_a_dot():
    recording = Recording([3.0], [[-70.0, -60.0]], section=[0, 1], position=[0.5, 0.5])
    assert sprites(TraceInset(), view(recording=recording, times=None), time=3.0)[0].image[..., 3].any()


@pytest.mark.parametrize(
    ("trace", "changes", "message"),
    [
        (TraceInset(), {"recording": None}, "no values to show"),
        (TraceInset(section=7), {}, "names section 7, but the morphology has 2 sections: 0 to 1"),
        (TraceInset(section=(0, -1)), {}, "names section -1, but the morphology has 2 sections"),
        (TraceInset(), {"times": TimeRange(30, 40, 1)}, "runs from 0 to 20 ms, the film from 30 to 40 ms"),
        (
            TraceInset(section=1),
            {"recording": Recording([0.0, 20.0], [[0.0], [1.0]], section=[0], position=[0.5])},
            "section 1, but nothing was recorded there",
        ),
    ],
)
def test_a_trace_of_nothing_is_an_error(trace, changes, message):
    with pytest.raises(SceneError, match=message):
        trace.room(view(**changes))


@pytest.mark.parametrize(
    "wrong",
    [
        {"section": ()},
        {"section": 1.5},
        {"section": True},
        {"section": "soma"},
        {"x": 1.2},
        {"x": (0.1, 0.2, 0.3), "section": (0, 1)},
        {"recording": 3},
        {"width": 0},
        {"height": 1.2},
        {"color": "red", "section": (0, 1)},
        {"color": "nocolour"},
        {"label": ("a",), "section": (0, 1)},
        {"ylim": (1, 1)},
    ],
)
def test_a_wrong_trace_is_an_error(wrong):
    with pytest.raises(SceneError, match=next(iter(wrong))):
        TraceInset(**wrong)


# Text


def test_text_has_lines_a_size_and_a_colour():
    one, two = (Text(words).room(view()) for words in ("mm", "mm\nmm"))
    large = Text("mm", size=2).room(view())
    assert two == (one[0], 2 * one[1])
    assert large == pytest.approx((2 * one[0], 2 * one[1]), abs=2)
    assert has_color(sprites(Text("mm", size=2, color="#123456")), (0x12, 0x34, 0x56))


@pytest.mark.parametrize(("place", "side"), [("upper left", 0), ("lower right", 1), ("upper", 0.5)])
def test_lines_are_aligned_to_their_edge(place, side):
    (sprite,) = sprites(Text("mmmmmmmm\nmm", place=place))
    lower = np.flatnonzero(sprite.image[len(sprite.image) // 2 :, :, 3].any(axis=0))
    free = sprite.image.shape[1] - (lower[-1] + 1 - lower[0])
    assert lower[0] == pytest.approx(side * free, abs=3)


@pytest.mark.parametrize("wrong", [{"text": " "}, {"text": 3}, {"text": "a", "size": 0}, {"text": "a", "color": "no"}])
def test_a_wrong_text_is_an_error(wrong):
    with pytest.raises(SceneError, match=list(wrong)[-1]):
        Text(**wrong)


# Stimulus


def times_on(stimulus: Stimulus, step: float, stop: float = 20.0) -> list[float]:
    seen = view(times=TimeRange(0.0, stop, step))
    draw = stimulus.drawing(seen, box_of(stimulus, seen))
    return [float(time) for time in np.arange(0, stop + step / 2, step) if draw(Moment(float(time), CAMERA))]


def test_it_is_shown_while_it_is_on():
    assert times_on(Stimulus(times=((2, 4), (10, 11.5))), 0.5) == [2, 2.5, 3, 3.5, 10, 10.5, 11]


def test_a_short_one_is_shown_in_one_frame():
    for on in (3.0, 3.2, 3.7, 3.99):
        assert times_on(Stimulus(times=((on, on + 0.1),)), 1.0) == [math.ceil(on)]


def test_instants_are_shown_for_a_while():
    assert times_on(Stimulus(times=(2, 8), duration=1.5), 0.5) == [2, 2.5, 3, 8, 8.5, 9]


def test_rounding_does_not_delay_it():
    assert times_on(Stimulus(times=((0.3, 0.6),)), 0.1)[0] == pytest.approx(0.3)


def test_nothing_is_shown_without_a_time():
    assert sprites(Stimulus(times=((0, 20),)), time=None) == []


@pytest.mark.parametrize("azim", [0, 40, 77])
def test_an_electrode_points_at_its_place(azim):
    camera = replace(CAMERA, azim=float(azim))
    badge, electrode = sprites(Stimulus(times=((0, 20),), section=1, x=0.7), camera=camera)
    tip = camera.project(CELL.locate(1, 0.7), SIZE)[0]
    rows, columns = np.nonzero(electrode.image[..., 3] > 100)
    inked = np.stack([electrode.x + columns + 0.5, electrode.y + rows + 0.5], axis=1)
    assert np.linalg.norm(inked - tip, axis=1).min() < 1.5
    assert has_color([electrode], (0xD5, 0x5E, 0x00))
    assert has_color([badge], (0xD5, 0x5E, 0x00))
    assert np.linalg.norm(inked - tip, axis=1).max() < 4 * 20


@pytest.mark.parametrize("wrong", [{"times": 3}, {"times": ((2, 1),)}, {"times": "on"}, {"times": (1, math.nan)}])
def test_wrong_times_are_an_error(wrong):
    with pytest.raises(SceneError, match="times must be"):
        Stimulus(**wrong)


def test_a_stimulus_where_nothing_is_is_an_error():
    with pytest.raises(SceneError, match="Stimulus names section 2, but the morphology has 2 sections"):
        Stimulus(times=((0, 1),), section=2).room(view())


# Arrow


def inked(sprite: Sprite) -> np.ndarray:
    """(n, 2) middles of the pixels of the picture that a sprite covers by a third or more."""
    rows, columns = np.nonzero(sprite.image[..., 3] > 85)
    return np.stack([sprite.x + columns + 0.5, sprite.y + rows + 0.5], axis=1)


@pytest.mark.parametrize("azim", range(0, 180, 20))
@pytest.mark.parametrize("direction", [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0.3, -0.5, -0.4)])
@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_its_tip_is_on_the_place(azim, direction, projection):
    camera = replace(CAMERA, azim=float(azim), elev=20.0, projection=projection)
    (arrow,) = sprites(Arrow(1, x=0.3, direction=direction), camera=camera)
    tip = camera.project(CELL.locate(1, 0.3), SIZE)[0]
    middle = inked(arrow).mean(axis=0)
    axis = (tip - middle) / np.linalg.norm(tip - middle)
    assert (inked(arrow) @ axis).max() == pytest.approx(tip @ axis, abs=1)
    assert np.linalg.norm(inked(arrow) - tip, axis=1).min() < 1


@pytest.mark.parametrize(("direction", "angle"), [((0, 0, 1), 90), ((0, 1, 0), 0), ((0, -1, 1), 135)])
def test_it_is_as_long_as_it_says_and_lies_as_its_direction(direction, angle):
    (arrow,) = sprites(Arrow(1, direction=direction, length=60))
    tip = CAMERA.project(CELL.locate(1, 0.5), SIZE)[0]
    along = np.array([math.cos(math.radians(angle)), -math.sin(math.radians(angle))])
    assert ((inked(arrow) - tip) @ along).max() == pytest.approx(120, abs=1.5)
    assert np.abs((inked(arrow) - tip) @ [-along[1], along[0]]).max() < 15


@pytest.mark.parametrize("elev", [-40, 0, 30, 80])
@pytest.mark.parametrize("pixels", [None, 15.0, 70.0])
def test_it_is_never_shorter_than_can_be_read(elev, pixels):
    for azim in range(0, 360, 15):
        camera = replace(CAMERA, azim=float(azim), elev=float(elev), height=5000.0)
        (arrow,) = sprites(
            Arrow(1, direction=(0, 1, 0), min_length=pixels and pixels / picture_unit(SIZE)), camera=camera
        )
        tip = camera.project(CELL.locate(1, 0.5), SIZE)[0]
        reach = np.linalg.norm(inked(arrow) - tip, axis=1).max()
        assert reach == pytest.approx(40 if pixels is None else pixels, abs=2.5)


@pytest.mark.parametrize("elev", [-60, -10, -1, 0, 0.5, 3, 15, 30, 60])
@pytest.mark.parametrize("direction", [(1, 0, 0), (1, 0, 0.02), (1, 0, 0.3), (0.7, 0.7, -0.1), (0, 0, 1)])
def test_it_does_not_spin_when_it_points_at_the_viewer(elev, direction):
    arrow, seen = Arrow(1, direction=direction), view()
    draw = arrow.drawing(seen, Box(0, 0, 0, 0))
    angles = []
    for azim in np.arange(0, 361, 1.0):
        camera = replace(CAMERA, azim=float(azim), elev=float(elev))
        (sprite,) = draw(Moment(None, camera))
        x, y = inked(sprite).mean(axis=0) - camera.project(CELL.locate(1, 0.5), SIZE)[0]
        angles.append(math.degrees(math.atan2(y, x)))
    turns = np.abs((np.diff(angles) + 180) % 360 - 180)
    assert turns.max() < 15


def test_it_stands_out_from_whatever_lies_behind():
    parts = sprites(Arrow(1, length=60))
    assert has_color(parts, (255, 255, 255))
    assert has_color(parts, (0, 0, 0))
    parts = sprites(Arrow(1, length=60, facecolor="red", edgecolor="#00ff00", linewidth=3))
    assert has_color(parts, (255, 0, 0))
    assert has_color(parts, (0, 255, 0))


def test_it_is_drawn_once_while_the_camera_rests():
    draw = Arrow(1, label="here").drawing(view(), Box(0, 0, 0, 0))
    first, second = draw(Moment(1.0, CAMERA)), draw(Moment(2.0, CAMERA))
    assert [id(sprite.image) for sprite in first] == [id(sprite.image) for sprite in second]


def test_its_label_stays_the_same_image_beyond_its_tail():
    draw = Arrow(1, direction=(0, 1, 0), label="here").drawing(view(), Box(0, 0, 0, 0))
    first, turned = (draw(Moment(0.0, replace(CAMERA, azim=azim))) for azim in (0.0, 10.0))
    assert first[0].image is turned[0].image
    assert inked(first[0])[:, 0].min() > inked(first[1])[:, 0].max()


def test_nothing_is_drawn_behind_the_eye_or_outside_the_picture():
    behind = replace(CAMERA, projection="perspective", height=20.0, azim=90.0)
    assert sprites(Arrow(1, x=1.0), camera=behind) == []
    assert sprites(Arrow(1, x=1.0), camera=replace(CAMERA, center=(0, 900, 0))) == []


@pytest.mark.parametrize("shift", [(0.5, 0), (0, 0.5), (-0.68, 0), (0, -0.45), (0.45, 0.48)])
def test_at_the_picture_edge_it_is_cut_cleanly(shift):
    camera = replace(CAMERA, shift=shift)
    for sprite in sprites(Arrow(1, length=60), camera=camera):
        assert sprite.x >= 0
        assert sprite.y >= 0
        assert sprite.x + sprite.image.shape[1] <= SIZE[0]
        assert sprite.y + sprite.image.shape[0] <= SIZE[1]
        assert sprite.image[..., 3].any()


def test_an_enormous_arrow_is_drawn_as_far_as_it_is_seen():
    camera = replace(CAMERA, height=1e-3, center=tuple(CELL.locate(1, 0.5)[0]))
    (arrow,) = sprites(Arrow(1, length=1e6), camera=camera)
    assert arrow.image.shape[0] <= SIZE[1]
    assert inked(arrow)[:, 1].min() < 1


def test_numpy_integers_are_sections_too():
    assert Arrow(np.int32(1)) == Arrow(1)  # type: ignore[arg-type]


@pytest.mark.parametrize("section", [2, -1, 99])
def test_an_arrow_at_nothing_is_an_error(section):
    with pytest.raises(SceneError, match=f"Arrow names section {section}, but the morphology has 2 sections: 0 to 1"):
        Arrow(section).room(view())


@pytest.mark.parametrize(
    "wrong",
    [
        {"section": 1.0},
        {"section": "soma"},
        {"x": 2},
        {"direction": (0, 0, 0)},
        {"direction": (0, 1)},
        {"direction": 5},
        {"length": 0},
        {"min_length": -1},
        {"linewidth": 0},
        {"head_size": 0},
        {"facecolor": None},
        {"edgecolor": "nocolour"},
        {"label": 5},
    ],
)
def test_a_wrong_arrow_is_an_error(wrong):
    with pytest.raises(SceneError, match=next(iter(wrong))):
        Arrow(**{"section": 0} | wrong)


# What a worker and a fingerprint need


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_worker_it_draws_the_same_without_the_recording(kind):
    seen = view(synapse_colors=SYNAPSES, label_colors=SYNAPSES)
    sent = KINDS[kind].for_worker(seen)
    assert not sent.needs_recording
    there = pickle.loads(pickle.dumps(sent)).drawing(replace(seen, recording=None), box_of(KINDS[kind], seen))
    here = sprites(KINDS[kind], seen, time=4.5)
    assert [part.image.tolist() for part in there(Moment(4.5, CAMERA))] == [part.image.tolist() for part in here]


@dataclasses.dataclass(frozen=True)
class Peak(Annotation):
    """A kind of a user's own: a bar as high as the greatest of all values."""

    peak: float | None = None

    def room(self, view: View) -> tuple[int, int]:
        return 10, 20

    def drawing(self, view: View, box: Box) -> Any:
        height = 1 + int(self._value(view.recording))
        image = np.full((height, 10, 4), 200, dtype=np.uint8)
        return lambda moment: (Sprite(image, box.x, box.y),)

    def _value(self, recording: Any) -> float:
        return float(recording.values.max()) if self.peak is None else self.peak


@dataclasses.dataclass(frozen=True)
class SmallPeak(Peak):
    """The same, which needs less on a worker and whose value counts."""

    @property
    def needs_recording(self) -> bool:
        return self.peak is None

    def for_worker(self, view: View) -> Annotation:
        return replace(self, peak=self._value(view.recording))

    def fingerprint_parts(self, *, morphology: Any, recording: Any, time_range: Any) -> Any:
        yield self._value(recording)


def test_a_users_kind_gets_the_whole_recording_on_a_worker_unless_it_needs_none():
    scene = Scene(CELL, RECORDING, annotations=(Peak(), Clock()))
    sent, layout = resolved_picture(scene, SIZE, transparent=False)
    assert sent.annotations == scene.annotations
    assert layout.view.recording is RECORDING
    sent, layout = resolved_picture(replace(scene, annotations=(SmallPeak(),)), SIZE, transparent=False)
    assert sent.annotations == (SmallPeak(peak=20.0),)
    assert layout.view.recording is None


@pytest.mark.parametrize(
    ("kind", "counts"), [(Peak, set()), (SmallPeak, {"annotations"}), (TraceInset, {"annotations"})]
)
@pytest.mark.parametrize("with_values", [True, False])
def test_a_fingerprint_counts_what_an_annotation_adds_to_it(kind, counts, with_values):
    scene, values = Scene(CELL, RECORDING, clim=(-80, 20), annotations=(kind(),)), RAMP.copy()
    values[-1, 0] += 1  # no frame shows this row
    prints = [
        fingerprint(replace(scene, recording=recording), [0.0, 1.0], with_values=with_values)
        for recording in (RECORDING, replace(RECORDING, values=values))
    ]
    assert {name for name in prints[0] if prints[0][name] != prints[1][name]} == counts


def test_a_fingerprint_can_leave_out_the_recordings_values():
    scene, values = Scene(CELL, RECORDING, clim=(-80, 20)), RAMP + 1
    changed = replace(scene, recording=replace(RECORDING, values=values))
    assert fingerprint(scene, [0.0], with_values=False) == fingerprint(changed, [0.0], with_values=False)
    assert fingerprint(scene, [0.0]) != fingerprint(changed, [0.0])


# Ticks of norms


@pytest.mark.parametrize("place", ["right", "lower"])
@pytest.mark.parametrize(
    ("norm", "clim", "labels"),
    [
        ("log", (1e-6, 1.0), ["10⁻⁶", "10⁻⁴", "10⁻²", "1"]),
        ("log", (0.1, 100.0), ["0.1", "1", "10", "100"]),
        ("log", (2.0, 7.0), ["2", "3", "4", "5", "6", "7"]),
        ("symlog:1", (-100.0, 1000.0), ["0", "−100", "−1", "1", "100"]),
        ("boundaries:-90,-70,-60,40", (-90.0, 40.0), ["−90", "−70", "−60", "40"]),
        ("twoslope:-65", (-90.0, 40.0), None),
        ("power:0.4", (0.0, 1.0), None),
        ("asinh:0.01", (-1.0, 1000.0), None),
        ("centered:-65", (-85.0, -45.0), None),
    ],
)
def test_ticks_suit_the_norm(place, norm, clim, labels, words):
    made = parse_norm(norm)
    table = ColorTable(ENTRIES, UNDER, OVER, MISSING, clim, made.edges(clim))
    if norm.startswith("boundaries"):
        table = replace(table, entries=ENTRIES[list(made.entries(256)[1])])
    bar, seen = ColorBar(place=place, length=0.6, title=""), view(scale=replace(scale(clim), table=table, norm=made))
    bar.room(seen)
    drawn = [word for _, word in words if word]
    if labels is not None:
        assert sorted(drawn) == sorted(labels)
    assert 2 <= len(drawn) <= 7
    if made.middles:
        assert f"−{-made.middles[0]:g}" in drawn


def test_a_value_stands_where_its_colour_is():
    clim = (0.01, 100.0)
    table = ColorTable(ENTRIES, UNDER, OVER, MISSING, clim, parse_norm("log").edges(clim))
    assert [table.fraction(value) for value in (0.01, 0.1, 1, 10, 100)] == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert table.value(0.75) == pytest.approx(10)


def test_labels_that_would_touch_are_left_out(words):
    ColorBar(place="lower", ticks=(-65, -64.9, -64.8, 40)).room(view())
    assert [word for _, word in words if word and "(" not in word] == ["−65.0", "40.0"]


# Many traces


def stacked(n: int, **changes: Any) -> tuple[TraceInset, View]:
    """An inset of n sections with one compartment each, whose values are their numbers."""
    cells = Morphology(
        np.arange(6 * n).reshape(-1, 3), [1] * 2 * n, 2 * np.arange(n + 1), [-1] * n, [0] * n, ("dend",) * n
    )
    recording = Recording([0, 1], [np.arange(n)] * 2, section=range(n), position=[0.5] * n, unit="mV")
    return TraceInset(section=range(n), **changes), view(morphology=cells, recording=recording, size=(1200, 900))


@pytest.mark.parametrize("n", [7, 15, 24])
def test_many_traces_stand_in_rows_each_beside_its_label(n, words):
    inset, seen = stacked(n)
    box = box_of(inset, seen)
    words.clear()
    plot = inset._plot(seen)
    plot.canvas()
    labels = [word for _, word in words if word.startswith("dend")]
    assert labels == [f"dend {k}" for k in range(n)]
    rows = [plot.y(plot._low, k) for k in range(n)]
    assert np.allclose(np.diff(rows), (rows[-1] - rows[0]) / (n - 1))
    assert rows[1] - rows[0] >= seen.text
    assert box.height < seen.size[1]
    middles = [plot.y((plot._low + plot._high) / 2, k) for k in range(n)]
    assert middles == pytest.approx(label_heights(plot), abs=1)


def label_heights(plot: Any) -> list[float]:
    """The y of the labels that a plot draws."""
    return [line.y for line in plot.canvas()._lines if line.text.startswith("dend")]


def test_few_traces_are_overlaid_unless_they_shall_be_stacked():
    for n, arrangement, is_stacked in (
        (6, "auto", False),
        (7, "auto", True),
        (2, "stacked", True),
        (9, "overlaid", False),
    ):
        inset, seen = stacked(n, arrangement=arrangement)
        plot = inset._plot(seen)
        assert (plot.y(0, 1) > plot.y(0, 0)) == is_stacked
    with pytest.raises(SceneError, match="arrangement must be"):
        TraceInset(arrangement="rows")


def test_dots_of_stacked_traces_lie_on_their_rows():
    inset, seen = stacked(8)
    plot = inset._plot(seen)
    found = sprites(inset, seen, time=0.5)[2:]
    assert len(found) == 8
    middles = [sprite.y + sprite.image.shape[0] / 2 for sprite in found]
    box = box_of(inset, seen)
    assert middles == pytest.approx([box.y + plot.y(k, k) for k in range(8)], abs=1)
