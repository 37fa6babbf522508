"""Figures of matplotlib as panels: the cursor, and copies."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.errors import SceneError
from gpu_morph.render.plot_renderer import PlotRenderer
from gpu_morph.scene.annotations.base import View
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.plots.figure_contents import figure_contents

figures = pytest.importorskip("matplotlib.figure", reason="needs matplotlib (extra 'dev')")
CELL = gm.Morphology(
    points=[[0, 0, 0], [0, 0, 100]],
    diameters=[10, 10],
    section_offsets=[0, 2],
    section_parent=[-1],
    section_parent_x=[0],
    section_labels=("soma",),
)
VIEW = View(
    size=(240, 120),
    text=10.0,
    ink=(0.0, 0.0, 0.0, 1.0),
    paper=(1.0, 1.0, 1.0, 1.0),
    is_transparent=False,
    shield=False,
    morphology=CELL,
)


def drawn(figure: Any, time: float | None) -> npt.NDArray[np.int64]:
    return PlotRenderer(gm.FigurePlot(figure, cursor=True), VIEW, 0).render(time).astype(np.int64)


def cursor_columns(figure: Any, time: float) -> npt.NDArray[np.int64]:
    return np.flatnonzero((drawn(figure, time) != drawn(figure, None)).any(axis=(0, 2)))


def test_the_cursor_is_at_its_time_on_any_scale() -> None:
    for scale, xlim, time in (("log", (1, 100), 10), ("linear", (10, 0), 5), ("linear", (0, 10), 5)):
        figure = figures.Figure()
        figure.add_axes((0.25, 0.25, 0.5, 0.5), xscale=scale, xlim=xlim)
        assert cursor_columns(figure, time).mean() == pytest.approx(120, abs=1), (scale, xlim)
        assert not cursor_columns(figure, -1.0).size


def test_colour_bars_have_no_cursor_and_axes_at_one_place_have_one() -> None:
    figure = figures.Figure()
    axes = figure.add_axes((0.25, 0.25, 0.25, 0.5))
    shown = axes.imshow(np.zeros((2, 2)), extent=(0, 10, 0, 1), aspect="auto", vmin=-1, vmax=1)
    once = drawn(figure, 0.5)
    axes.twinx().set_axis_off()
    figure.colorbar(shown, cax=figure.add_axes((0.6, 0.25, 0.2, 0.5)))
    columns = cursor_columns(figure, 0.5)  # the colour bar shows this value, too
    assert columns.max() < 0.3 * 240
    np.testing.assert_array_equal(drawn(figure, 0.5)[60, columns], once[60, columns])


def test_the_cursor_is_seen_on_dark_ground() -> None:
    for color, sign in (("black", 1), ("white", -1)):
        figure = figures.Figure(facecolor=color)
        figure.add_axes((0, 0, 1, 1), facecolor=color, xlim=(0, 10)).set_axis_off()
        assert (sign * (drawn(figure, 5.0) - drawn(figure, None))).max() > 60


def test_drawing_leaves_pyplot_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    figure, other = pyplot.figure(), pyplot.figure()
    try:
        before = pyplot.get_fignums()
        drawn(figure, 1.0)
        assert pyplot.get_fignums() == before
        assert pyplot.gcf() is other
    finally:
        pyplot.close(figure)
        pyplot.close(other)


def test_bytes_are_not_unpickled() -> None:
    with pytest.raises(SceneError, match=r"must be a matplotlib.figure.Figure, got b'junk'"):
        gm.FigurePlot(b"junk")


def curves(
    *, value: float = 0.0, width: float = 1.0, pixel: float = 0.0, word: str = "mV", size: float = 0.0
) -> gm.FigurePlot:
    """A figure of many samples, an image of many pixels and many markers, of which one each can differ."""
    figure = figures.Figure()
    left, right = figure.subplots(1, 2)
    samples, image = np.sin(np.arange(3000.0)), np.zeros((400, 400))
    samples[1500] += value
    image[5, 5] += pixel
    left.plot(np.arange(3000.0), samples, lw=width)
    left.set_ylabel(word)
    left.scatter(np.zeros(10_001), np.r_[np.arange(10_000.0), 0.5 + size], s=1)
    right.imshow(image, vmin=-1, vmax=1)
    return gm.FigurePlot(figure)


def test_what_cannot_be_seen_in_a_small_picture_is_another_figure() -> None:
    def identity(plot: gm.FigurePlot) -> dict[str, str]:
        return fingerprint(gm.Panels([[gm.Scene(CELL), plot]]), [0.0])

    first = identity(curves())
    assert identity(curves()) == first
    for changed in ({"value": 1e-3}, {"width": 1.01}, {"pixel": 1e-3}, {"word": "mv"}, {"size": 1e-3}):
        assert identity(curves(**changed)) != first, changed


def test_clip_paths_are_named_by_their_order() -> None:
    figure = figures.Figure()
    for k in (1, 2):
        figure.add_subplot(1, 2, k, projection="polar").plot([0, 1, 2], [k, 2, 3])
    *_, svg = figure_contents(figure)
    names = re.findall(r'<clipPath id="(\w+)"', svg)
    assert names == [f"clip{number}" for number in range(len(names))]
    assert set(re.findall(r'clip-path="url\(#(\w+)\)"', svg)) == set(names)
    assert len(names) >= 2
