"""Many traces stand in rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from annotation_parts import box_of, sprites, view

from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import TraceInset
from gpu_morph.scene.annotations.base import View


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
