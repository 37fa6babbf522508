"""A trace has the recording's values, its cursor the frame's time."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from annotation_parts import CAMERA, CELL, RAMP, RECORDING, SIZE, TIMES, box_of, has_color, shown, sprites, view

from gpu_morph.data.frame_times import TimeRange
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.value_map import map_values
from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import TraceInset
from gpu_morph.scene.annotations.base import Moment, Sprite, View
from gpu_morph.scene.annotations.trace_data import trace_data


def covered(sprite: Sprite) -> tuple[float, float]:
    """The middle of what a sprite covers, pixels of the picture."""
    alpha = sprite.image[..., 3].astype(float)
    rows, columns = np.mgrid[: alpha.shape[0], : alpha.shape[1]] + 0.5
    return sprite.x + (alpha * columns).sum() / alpha.sum(), sprite.y + (alpha * rows).sum() / alpha.sum()


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


def test_where_the_soma_was_not_recorded_the_nearest_site_is_shown_and_named(words):
    parents, labels = [-1, 0, 1, 0], ("soma", "dend", "dend", "apic")
    points = [[0, 0, 0], [0, 0, 0], [0, 100, 0], [0, 100, 0], [0, 200, 0], [0, 0, 0], [0, 0, 300]]
    cell = Morphology(points, [10] + [2] * 6, [0, 1, 3, 5, 7], parents, [0, 0.5, 1, 0.5], labels)
    values = np.stack([TIMES, 2 * TIMES, 3 * TIMES], axis=1)
    recording = Recording(TIMES, values, section=[2, 3, 2], position=[0.9, 0.5, 0.25])
    assert TraceInset(recording=recording).sites(cell) == ((2, 0.25),)  # 125 µm; the apical dendrite's is at 150
    assert TraceInset().sites(cell) == ((0, 0.5),)
    seen = view(morphology=cell, recording=recording)
    sprites(TraceInset(), seen)
    assert [text for _, text in words][-1] == "125 µm from soma"
    sprites(TraceInset(label="here"), seen)
    assert [text for _, text in words][-1] == "here"
    (trace,) = trace_data(TraceInset().for_worker(seen).recording, ((2, 0.25),), 0, 20)
    np.testing.assert_array_equal(trace.values, 3 * TIMES)
    _, numbers = TraceInset().fingerprint_parts(morphology=cell, recording=recording, time_range=None)
    np.testing.assert_array_equal(numbers, 3 * TIMES)
    with pytest.raises(SceneError, match="in section 0, but nothing was recorded there"):
        sprites(TraceInset(section=0), seen)
