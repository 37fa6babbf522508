"""The times of a page, and what it says of sections."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gpu_morph import Morphology, Recording, Scene, SynapseEvents, SynapseStyle, TimeRange
from gpu_morph.data.tree_measures import path_distances
from gpu_morph.errors import SceneError
from gpu_morph.export.page_times import MOST_TIMES, page_times, page_values
from gpu_morph.render.vertex_values import RecordingRows

CELL = Morphology(
    points=[[0, 0, 0], [0, 0, 20], [0, 0, 20], [0, 0, 120], [0, 0, 70], [50, 0, 70]],
    diameters=[20, 20, 4, 4, 2, 2],
    section_offsets=[0, 2, 4, 6],
    section_parent=[-1, 0, 1],
    section_parent_x=[0, 1, 0.5],
    section_labels=("soma", "dend", "dend"),
)


def recorded(n_times: int, **keywords: Any) -> Scene:
    values = np.arange(n_times, dtype=np.float32)[:, None]
    return Scene(CELL, Recording(np.arange(n_times) / 10, values, section=[1], position=[0.5]), **keywords)


def test_the_recorded_times_are_shown() -> None:
    np.testing.assert_array_equal(page_times(recorded(21)), np.arange(21) / 10)


def test_many_times_become_five_hundred() -> None:
    times = page_times(recorded(2001))
    assert times is not None
    assert len(times) == MOST_TIMES == 500
    assert (times[0], times[-1]) == (0, 200)


def test_given_times_are_taken_as_they_are() -> None:
    times = page_times(recorded(2001), np.arange(1000) / 10)
    assert times is not None
    assert len(times) == 1000


def test_the_scenes_range_of_times_counts() -> None:
    times = page_times(recorded(21, time_range=TimeRange(0.5, 1.5, 0.5)))
    np.testing.assert_allclose(times, [0.5, 1.0, 1.5])


def test_synapses_alone_have_times() -> None:
    synapses = SynapseEvents([[0, 0, 50]], [0], ("a",), [0, 0], [3.0, 10.0])
    times = page_times(Scene(CELL, synapses=synapses, synapse_style=SynapseStyle(duration=4)))
    assert times is not None
    assert (times[0], times[-1]) == (3, 14)


def test_what_does_not_change_has_no_times() -> None:
    assert page_times(Scene(CELL)) is None
    with pytest.raises(SceneError, match="changes over time"):
        page_times(Scene(CELL), [1.0])


@pytest.mark.parametrize("times", [[], [1.0, 1.0], [2.0, 1.0], [np.nan], [[0.0, 1.0]], ["a"]])
def test_wrong_times_are_an_error(times: Any) -> None:
    with pytest.raises(ValueError, match="times must be"):
        page_times(recorded(21), times)


def test_times_outside_the_recording_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"from 0 to 2 ms"):
        page_times(recorded(21), [1.0, 3.0])


def test_values_are_those_of_the_shown_times() -> None:
    scene = recorded(21)
    values = page_values(RecordingRows(scene, scene.coloring), np.array([0.3, 1.7]))
    np.testing.assert_array_equal(values, [[3], [17]])


def test_distances_are_along_the_neurites_from_the_soma() -> None:
    np.testing.assert_allclose(path_distances(CELL), [np.nan, 0, 50])
