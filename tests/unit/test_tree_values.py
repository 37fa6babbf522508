"""Distances and orders of a tree whose values are known, and spikes as a recording."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from gpu_morph import (
    Morphology,
    Scene,
    branch_order,
    distance_to_soma,
    from_spikes,
    join_morphologies,
    render_image,
    strahler_order,
)
from gpu_morph.data.tree_measures import branch_orders, path_distances, strahler_orders
from gpu_morph.errors import RecordingError
from gpu_morph.scene.fingerprint import fingerprint


def tree() -> Morphology:
    """A soma; a trunk of 100 µm with two daughters, of which one forks again; a neurite that continues in one piece.

    Sections: 0 soma, 1 trunk, 2 and 3 its daughters, 4 and 5 those of 2, 6 a neurite, 7 what continues it.
    """
    ends = [
        ((-5, 0, 0), (5, 0, 0)),
        ((5, 0, 0), (105, 0, 0)),
        ((105, 0, 0), (105, 50, 0)),
        ((105, 0, 0), (105, -20, 0)),
        ((105, 50, 0), (105, 80, 0)),
        ((105, 50, 0), (135, 50, 0)),
        ((-5, 0, 0), (-45, 0, 0)),
        ((-45, 0, 0), (-55, 0, 0)),
    ]
    return Morphology(
        np.array(ends, dtype=np.float32).reshape(-1, 3),
        np.full(16, 2.0, dtype=np.float32),
        np.arange(0, 17, 2),
        np.array([-1, 0, 1, 1, 2, 2, 0, 6], dtype=np.int32),
        np.array([0, 1, 1, 1, 1, 1, 0, 1], dtype=np.float32),
        ("soma", *["dend"] * 7),
        np.zeros(8, dtype=np.int32),
    )


def test_distances_and_orders_of_sections_are_known() -> None:
    cell = tree()
    np.testing.assert_array_equal(path_distances(cell), [np.nan, 0, 100, 100, 150, 150, 0, 40])
    np.testing.assert_array_equal(branch_orders(cell), [np.nan, 0, 1, 1, 2, 2, 0, 0])
    np.testing.assert_array_equal(strahler_orders(cell), [np.nan, 2, 2, 1, 1, 1, 1, 1])


def test_two_cells_have_the_values_of_each() -> None:
    both = join_morphologies([tree(), tree()], translations=[(0, 0, 0), (500, 0, 0)])
    for measure in (distance_to_soma, branch_order, strahler_order):
        np.testing.assert_array_equal(measure(both).values, np.tile(measure(tree()).values, 2))


def test_points_have_the_distance_along_their_section() -> None:
    distance = distance_to_soma(tree())
    assert distance.values.tolist() == [0, 0, 0, 100, 100, 150, 100, 120, 150, 180, 150, 180, 0, 40, 40, 50]
    assert (distance.name, distance.unit) == ("Distance to soma", "µm")


@pytest.mark.parametrize("measure", [distance_to_soma, branch_order, strahler_order])
def test_each_colors_a_scene_in_one_call(measure: Any) -> None:
    cell = tree()
    picture = render_image(Scene(cell, color=measure(cell), cmap="viridis", lighting=False), size=(120, 80))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 3


def test_a_spike_is_followed_by_a_tail() -> None:
    both = join_morphologies([tree(), tree()], translations=[(0, 0, 0), (500, 0, 0)])
    times = np.arange(0.0, 20.0)
    spikes = from_spikes(both, {1: [7.0, 3.0], 0: []}, times, decay=4.0)
    values = np.asarray(spikes.values[:])
    expected = np.where(times < 3, 0, np.where(times < 7, np.exp(-(times - 3) / 4), np.exp(-(times - 7) / 4)))
    np.testing.assert_allclose(values[:, 8:], np.repeat(expected[:, np.newaxis], 8, axis=1), atol=1e-6)
    assert not values[:, :8].any()
    np.testing.assert_array_equal(values[5], spikes.values[5])
    copy = pickle.loads(pickle.dumps(spikes))
    np.testing.assert_array_equal(copy.values[:], values)
    frames = [0.0, 5.0]
    assert fingerprint(Scene(both, copy), frames) == fingerprint(Scene(both, spikes), frames)


@pytest.mark.parametrize(
    ("spikes", "more", "message"),
    [
        ({5: [1.0]}, {}, "there is no cell 5; cells are"),
        ([1.0], {}, "spikes must be {cell: times in ms}"),
        ({0: [np.nan]}, {}, "must be finite times"),
        ({0: [1.0]}, {"decay": 0}, "decay must be positive"),
        ({0: [1.0]}, {"times": [1.0, 0.0]}, "times"),
    ],
)
def test_wrong_spikes_are_refused(spikes: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(RecordingError, match=message):
        from_spikes(tree(), spikes, **({"times": [0.0, 1.0]} | more))
