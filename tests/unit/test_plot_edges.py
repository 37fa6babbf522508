"""Plots of unusual data: long names, lone samples, equal values, many events; and what is refused."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import SceneError
from gpu_morph.render.plot_renderer import PlotRenderer
from gpu_morph.scene.annotations.base import View
from gpu_morph.scene.annotations.canvas import Rectangle, TextLine, text_width
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.plots.base import PanelPlot

CELL = gm.Morphology(
    points=[[0, 0, 0], [0, 0, 100]],
    diameters=[10, 10],
    section_offsets=[0, 2],
    section_parent=[-1],
    section_parent_x=[0],
    section_labels=("soma",),
)
WIDTH, HEIGHT, LEFT = 240, 120, 40
LONG = "a title that has more words than a panel of this width has room for, however small they are"


def view(**options: Any) -> View:
    given: dict[str, Any] = {"size": (WIDTH, HEIGHT), "text": 10.0, "times": gm.TimeRange(0, 10, 1)}
    colors: dict[str, Any] = {"ink": (0.0, 0.0, 0.0, 1.0), "paper": (1.0, 1.0, 1.0, 1.0)}
    return View(**{**given, **colors, "is_transparent": False, "shield": False, "morphology": CELL, **options})


def shapes(plot: PanelPlot, kind: type, **options: Any) -> list[Any]:
    drawing = plot.drawing(view(**options), LEFT)
    return [shape for sprite in drawing.grounds[0] for shape in sprite.shapes.shapes if isinstance(shape, kind)]


def spans(lines: list[TextLine]) -> list[tuple[float, float]]:
    """The first and the last pixel of lines of text, from left to right."""
    ends = []
    for line in lines:
        width = text_width(line.text, line.height)
        ends.append((line.x, line.x + width) if line.anchor[0] == "l" else (line.x - width, line.x))
    return sorted(ends)


@pytest.mark.parametrize("count", [1, 2, 20])
def test_titles_and_names_are_shortened_to_their_room(count: int) -> None:
    traces = gm.Traces(np.zeros((3, count)), rate=1000, title=LONG, label=[f"{k} {LONG}" for k in range(count)])
    line = shapes(traces, TextLine)
    heads = spans([text for text in line if text.y == min(one.y for one in line)])
    assert heads[0][0] == LEFT
    assert heads[-1][1] <= WIDTH
    assert all(first[1] < second[0] for first, second in pairwise(heads))
    pictures = gm.ImageSequence(np.zeros((1, 2, 2)), rate=1, title=LONG, unit=LONG)
    for plot in (gm.Raster([[1.0]], title=LONG), pictures):
        assert max(end for _, end in spans([one for one in shapes(plot, TextLine) if len(one.text) > 8])) <= WIDTH


def test_the_colour_bar_stays_in_the_panel_of_a_wide_image() -> None:
    sprites = gm.ImageSequence(np.random.default_rng(0).random((1, 5, 200)), rate=1, unit="mV").drawing(view(), LEFT)
    bar = sprites.grounds[0][1]
    assert bar.y >= 0
    assert bar.y + len(bar.image) <= HEIGHT


def test_samples_between_missing_ones_are_dots() -> None:
    for values, times in (([np.nan, 5.0, np.nan], [0, 5, 10]), ([5.0], [5.0])):
        plot = gm.Traces(values, times=times, color="red", ylim=(0, 10), future="hidden")
        drawing = plot.drawing(view(), LEFT)
        image = PlotRenderer(plot, view(), LEFT).render(10.0).astype(int)
        y, x = np.nonzero((image[..., 0] > 200) & (image[..., 1] < 120))
        assert x.mean() == pytest.approx(drawing._axes.x(5.0), abs=1)
        assert y.mean() == pytest.approx((drawing._axes.top + drawing._axes.bottom) / 2, abs=1)


def test_a_plot_of_one_time_has_a_window_around_it() -> None:
    for plot in (gm.Traces([1.0], times=[3.0]), gm.Raster([[3.0]])):
        assert plot.drawing(view(times=None), LEFT)._axes.window == (2.5, 3.5)


@pytest.mark.parametrize("value", [0.0, -70.0, 1e20, 1e-20])
def test_equal_values_can_be_drawn(value: float) -> None:
    traces = gm.Traces([value] * 3, times=[0, 5, 10])
    labels = [line.text for line in shapes(traces, TextLine)]
    assert max(map(len, labels)) < 13
    images = gm.ImageSequence(np.full((2, 3, 3), value), rate=100)
    assert images.clim[0] < value < images.clim[1]
    PlotRenderer(images, view(), 0).render(0.0)


def test_events_of_one_pixel_are_drawn_once() -> None:
    few = gm.Raster([[1.0, 5.0], [5.0]], time_axis=False)
    many = gm.Raster([np.repeat([1.0, 5.0], 5000), [5.0]], time_axis=False)
    assert len(shapes(many, Rectangle)) == len(shapes(few, Rectangle)) == 3
    assert len(shapes(gm.Raster([np.linspace(0, 10, 5000)], time_axis=False), Rectangle)) == 1
    np.testing.assert_array_equal(*(PlotRenderer(plot, view(), LEFT).render(3.0) for plot in (few, many)))


def test_all_that_a_function_gives_counts_in_fingerprints() -> None:
    def of(at_three: float = 0.0, shape: tuple[int, int] = (2, 3), kind: Any = float, rate: Any = None) -> Any:
        def given(time: float) -> Any:
            return np.full(shape, at_three if time == 3.0 else 1.0, dtype=kind)

        panels = gm.Panels([[gm.Scene(CELL), gm.FunctionPlot(given, clim=(0, 1), rate=rate)]])
        return fingerprint(panels, np.arange(11.0))

    assert of() == of()
    assert of() != of(at_three=0.5)
    assert of() != of(shape=(3, 2))
    assert of() != of(kind=int)
    assert of(rate=500) == of(at_three=0.5, rate=500)  # every 2 ms: never called at 3 ms


@pytest.mark.parametrize("late", [np.zeros((3, 2)), np.zeros((2, 3, 3), dtype=np.uint8)])
def test_a_function_always_returns_arrays_of_one_shape(late: Any) -> None:
    renderer = PlotRenderer(
        gm.FunctionPlot(lambda time: np.zeros((2, 3)) if time < 5 else late, clim=(0, 1)), view(), 0
    )
    renderer.render(4.0)
    with pytest.raises(SceneError, match=r"always return arrays of one shape, got .* at 5 ms, and \(2, 3\) at 0 ms"):
        renderer.render(5.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gm.Traces([1, 2], times=["a", "b"]), "times must be numbers"),
        (lambda: gm.ImageSequence(np.zeros((2, 3, 3)), times=[[1], [2, 3]]), "times must be numbers"),
        (lambda: gm.ImageSequence([[[1]], [[2, 3]]], rate=3), "frames must be arrays of one shape"),
        (lambda: gm.FunctionPlot(lambda time: [[1], [1, time]], clim=(0, 1)).at(2.0), "must return an array"),
        (lambda: gm.Traces([1, 2], times=[1, 2], section=7), "section and x are of a recording"),
        (lambda: gm.Traces([1, 2], times=[1, 2], x=(0.3, 0.5)), "section and x are of a recording"),
    ],
)
def test_wrong_data_say_what_to_do(make: Any, words: str) -> None:
    with pytest.raises(SceneError, match=words):
        make()


def test_images_are_those_that_were_given_and_shown_shortly() -> None:
    for kind, shape in ((np.float32, (2, 3, 3)), (np.uint8, (2, 3, 3, 3))):
        given = np.zeros(shape, dtype=kind)
        images = gm.ImageSequence(given, rate=10)
        given[:] = 1
        assert not images.frames.any()
        assert repr(images).startswith(f"ImageSequence(frames=<{given.dtype} of shape {shape}>, ")
    assert repr(gm.Raster({"a": [np.arange(100.0)] * 100})) == "Raster(events={'a': <100 rows>})"
