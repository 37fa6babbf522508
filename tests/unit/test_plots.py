"""Plots that are panels: where what is in them, by geometry, and what they check."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.errors import SceneError
from gpu_morph.render.panels_renderer import PanelsRenderer
from gpu_morph.render.plot_renderer import PlotRenderer
from gpu_morph.scene.annotations.base import View
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
RAMP = gm.Recording(np.arange(11.0), np.arange(11.0)[:, None], section=[0], position=[0.5], name="v", unit="mV")
BLACK, WHITE, LEFT = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0), 40
SIZE = (240, 120)


def view(**options: Any) -> View:
    given: dict[str, Any] = {"size": SIZE, "text": 10.0, "ink": BLACK, "paper": WHITE, "times": gm.TimeRange(0, 10, 1)}
    return View(**{**given, "is_transparent": False, "shield": False, "morphology": CELL, **options})


def drawn(plot: PanelPlot, time: float | None) -> npt.NDArray[np.int64]:
    return PlotRenderer(plot, view(), LEFT).render(time).astype(np.int64)


def columns_of(image: npt.NDArray[np.int64], color: tuple[int, int, int], off: int = 60) -> npt.NDArray[np.int64]:
    """The columns with pixels of a colour."""
    return np.flatnonzero((np.abs(image - color).max(axis=-1) <= off).any(axis=0))


def test_traces_of_a_recording_begin_at_section_0_or_at_the_first_that_was_recorded() -> None:
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    for sections, column, title in (((4, 0), 1, "v (mV)"), ((7, 5), 1, "v (mV), section 5")):
        recording = gm.Recording([0, 1], values, section=sections, position=[0.5, 0.5], name="v", unit="mV")
        plot = gm.Traces(recording)
        np.testing.assert_array_equal(plot.values[:, 0], values[:, column])
        assert plot.title == title
        assert replace(plot, color="red").title == title
    with pytest.raises(SceneError, match="nothing was recorded in section 0"):
        gm.Traces(recording, section=0)


def test_a_trace_is_where_its_values_are_and_grows_with_time() -> None:
    plot = gm.Traces(RAMP, color="red", ylim=(0, 10), future="hidden", title="", time_axis=False, label=None)
    axes = plot.drawing(view(), LEFT)._axes
    image = drawn(plot, 5.0)
    red = columns_of(image, (255, 0, 0))
    middle = round(axes.x(5.0))
    assert red.min() == pytest.approx(axes.left, abs=1)
    assert red.max() == pytest.approx(middle, abs=4)  # with its dot
    y = np.flatnonzero(np.abs(image[:, middle] - (255, 0, 0)).max(axis=-1) <= 60)
    assert y.mean() == pytest.approx((axes.top + axes.bottom) / 2, abs=1.5)
    assert columns_of(drawn(plot, None), (255, 0, 0)).max() == pytest.approx(axes.right, abs=2)
    faint = replace(plot, future="faint")
    assert columns_of(drawn(faint, 5.0), (255, 171, 171)).max() > middle + 20


def test_a_raster_has_a_line_for_each_event_in_its_row() -> None:
    plot = gm.Raster({"a": [[2.0], [4.0]], "b": [[8.0]]}, colors={"a": "red", "b": "blue"}, future="hidden")
    axes = plot.drawing(view(), LEFT)._axes
    image = drawn(plot, 10.0)[:, axes.left - 2 :]
    assert columns_of(image, (0, 0, 255)).mean() + axes.left - 2 == pytest.approx(axes.x(8.0), abs=1)
    red = columns_of(image, (255, 0, 0)) + axes.left - 2
    assert {round(axes.x(2.0)), round(axes.x(4.0))} <= {*red.tolist(), *(red + 1).tolist()}
    early = drawn(plot, 3.0)[:, axes.left - 2 :]
    assert not columns_of(early, (0, 0, 255)).size
    assert columns_of(early, (255, 0, 0)).max() + axes.left - 2 < axes.x(3.0)


def test_synapses_have_a_row_each_in_the_colours_of_their_populations() -> None:
    synapses = gm.SynapseEvents(
        positions=np.zeros((3, 3)),
        population=[1, 0, 1],
        population_names=("inh", "exc"),
        event_synapse=[0, 2, 2],
        event_time=[5.0, 7.0, 1.0],
    )
    raster = gm.Raster(synapses)
    assert {name: [row.tolist() for row in rows] for name, rows in raster.events.items()} == {
        "inh": [[]],
        "exc": [[5.0], [7.0, 1.0]],
    }


def test_an_image_is_shown_from_its_time_to_the_next() -> None:
    frames = np.zeros((3, 2, 2))
    frames[1], frames[2, 0, 0] = 1.0, 1.0
    plot = gm.ImageSequence(frames, rate=500, clim=(0, 1), color_bar=False)  # every 2 ms
    box = plot.drawing(view(), LEFT)._box
    inside = (slice(box.y, box.y + box.height), slice(box.x, box.x + box.width))
    assert (box.width, box.x) == (box.height, LEFT)
    assert [int(drawn(plot, time)[inside].mean()) for time in (0.0, 1.9, 2.0, 3.9)] == [0, 0, 255, 255]
    last = drawn(plot, 100.0)[inside]
    half = box.width // 2
    assert (last[: half - 1, : half - 1] == 255).all()
    assert (last[half + 1 :] == 0).all()


def test_a_function_is_called_at_its_rate() -> None:
    calls: list[float] = []

    def shade(time: float) -> npt.NDArray[np.float64]:
        calls.append(time)
        return np.full((2, 2), time)

    plot = gm.FunctionPlot(shade, rate=500, clim=(0, 10))
    renderer = PlotRenderer(plot, view(), 0)
    first, same, next_one = (renderer.render(time) for time in (2.0, 3.9, 4.0))
    np.testing.assert_array_equal(first, same)
    assert (first != next_one).any()
    assert set(calls) == {0.0, 2.0, 4.0}


def test_a_figure_fills_its_panel_and_has_a_cursor_at_its_time() -> None:
    figures = pytest.importorskip("matplotlib.figure", reason="needs matplotlib (extra 'dev')")
    figure = figures.Figure(facecolor="lime")
    figure.add_axes((0.25, 0.25, 0.5, 0.5), xlim=(0, 10), facecolor="yellow")
    plot = gm.FigurePlot(figure, cursor=True)
    plain, at = drawn(plot, None), drawn(plot, 5.0)
    assert plain[0, 0].tolist() == plain[-1, -1].tolist() == [0, 255, 0]
    changed = np.flatnonzero((plain != at).any(axis=(0, 2)))
    assert changed.mean() == pytest.approx(0.5 * SIZE[0], abs=1)
    sent = pickle.loads(pickle.dumps(plot.for_worker(view())))
    np.testing.assert_array_equal(drawn(sent, 5.0), at)
    panels = gm.Panels([[gm.Scene(CELL), figure]])
    assert isinstance(panels.items[1], gm.FigurePlot)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gm.Traces(RAMP, section=3), "nothing was recorded in section 3"),
        (
            lambda: gm.Traces(gm.Recording([0], np.zeros((1, 0)), section=[], position=[])),
            "nothing was recorded in section 0",
        ),
        (lambda: gm.Traces([1, 2, 3]), r"need times \(ms\), or a rate \(Hz\)"),
        (lambda: gm.Traces([1, 2, 3], times=[0, 2, 1]), "3 rising times in ms"),
        (lambda: gm.Traces(RAMP, rate=3), "leave them out"),
        (lambda: gm.Traces(RAMP, label=("a", "b")), "one for each of 1 traces"),
        (lambda: gm.Traces(RAMP, ylim=(1, 0)), "the lower first"),
        (lambda: gm.Raster([1, 2]), "arrays of times"),
        (lambda: gm.Raster({"a": [[1.0]]}, colors={"b": "red"}), "colors name 'b', but the groups are"),
        (lambda: gm.ImageSequence(np.zeros((2, 2)), rate=1), "got float64 of shape"),
        (lambda: gm.FunctionPlot(3), "callable with a time in ms"),
        (lambda: gm.FunctionPlot(lambda time: [time]).at(0.0), r"return values, \(height, width\)"),
        (lambda: gm.FunctionPlot(lambda time: [[time]]).at(0.0), "give it clim"),
        (lambda: gm.FunctionPlot(lambda time: [[time]], clim=(0, 1)).for_worker(view()), "define it in a module"),
        (lambda: gm.FigurePlot("figure.png"), "matplotlib.figure.Figure"),
    ],
)
def test_wrong_arguments_say_what_to_do(make: Any, words: str) -> None:
    with pytest.raises(SceneError, match=words):
        make()


def panels_of(*plots: PanelPlot) -> gm.Panels:
    return gm.Panels([[gm.Scene(CELL), gm.Panels([[plot] for plot in plots])]])


def test_plots_below_each_other_begin_at_one_place() -> None:
    traces, raster = gm.Traces(RAMP, title=""), gm.Raster({"a population": [[1.0]]})
    with PanelsRenderer(panels_of(traces, raster), (400, 240)) as renderer:
        inner = renderer._parts[1][1]
        lefts = {part._drawing._axes.left for _, part in inner._parts}
    assert len(lefts) == 1


def test_plots_count_in_fingerprints() -> None:
    traces, raster = gm.Traces(RAMP), gm.Raster([[1.0]])
    ours = fingerprint(panels_of(traces, raster), [0.0])
    assert ours == fingerprint(pickle.loads(pickle.dumps(panels_of(traces, raster))), [0.0])
    theirs = fingerprint(panels_of(traces, gm.Raster([[1.5]])), [0.0])
    assert [name for name in ours if ours[name] != theirs[name]] == ["panel 2: panel 2"]
