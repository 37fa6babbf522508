"""Synapses and their events are checked when they are made, and stay as they are."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from gpu_morph.errors import RecordingError
from gpu_morph.synapses import SynapseEvents


def events(**changes: Any) -> SynapseEvents:
    """Two synapses of two populations; the first is active twice."""
    fields: dict[str, Any] = {
        "positions": [[0, 0, 0], [1, 2, 3]],
        "population": [1, 0],
        "population_names": ("L4", "VPM"),
        "event_synapse": [0, 1, 0],
        "event_time": [5.0, 1.0, 7.5],
    }
    return SynapseEvents(**fields | changes)


def test_they_hold_what_they_were_given():
    synapses = events()
    assert synapses.n_synapses == 2
    assert synapses.positions.tolist() == [[0, 0, 0], [1, 2, 3]]
    assert synapses.event_time.tolist() == [5, 1, 7.5]
    assert repr(synapses) == "SynapseEvents(2 synapses of 2 populations, 3 events)"


def test_arrays_have_the_types_of_the_design():
    synapses = events()
    types = {
        "positions": np.float32,
        "population": np.int32,
        "event_synapse": np.int32,
        "event_time": np.float64,
    }
    assert {name: getattr(synapses, name).dtype.type for name in types} == types


def test_names_become_a_tuple_of_str():
    assert events(population_names=np.array(["L4", "VPM"])).population_names == ("L4", "VPM")
    assert type(events(population_names=np.array(["L4", "VPM"])).population_names[0]) is str


@pytest.mark.parametrize("name", ["positions", "population", "event_synapse", "event_time"])
@pytest.mark.parametrize("is_pickled", [False, True])
def test_arrays_cannot_be_written_to(name, is_pickled):
    synapses = pickle.loads(pickle.dumps(events())) if is_pickled else events()
    with pytest.raises(ValueError, match="read-only"):
        getattr(synapses, name)[0] = 0


def test_there_may_be_no_events():
    assert len(events(event_synapse=[], event_time=[]).event_time) == 0


def test_there_may_be_no_synapses():
    nothing = events(positions=np.zeros((0, 3)), population=[], population_names=(), event_synapse=[], event_time=[])
    assert nothing.n_synapses == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"positions": [[0, 0, 0]]}, r"positions must have shape \(2, 3\), got \(1, 3\)"),
        ({"positions": [[0, 0], [1, 1]]}, r"positions must have shape \(2, 3\), got \(2, 2\)"),
        ({"population": [[0, 1]]}, r"population must have shape \(2,\), got \(1, 2\)"),
        ({"event_synapse": [0, 1]}, r"event_synapse must have shape \(3,\), got \(2,\)"),
        ({"event_time": [[1, 2, 3]]}, r"event_time must have shape \(3,\), got \(1, 3\)"),
        ({"event_time": 5.0}, r"event_synapse must have shape \(1,\), got \(3,\)"),
        ({"population": 0}, r"positions must have shape \(1, 3\), got \(2, 3\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(changes, message):
    with pytest.raises(RecordingError, match=message):
        events(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"population": [0, 2]}, "population must index the 2 entries of population_names, got 0 to 2"),
        ({"population": [0, -1]}, "population must index the 2 entries of population_names, got -1 to 0"),
        ({"event_synapse": [0, 1, 2]}, "event_synapse must index the 2 entries of positions, got 0 to 2"),
        ({"event_synapse": [0, 1, -1]}, "event_synapse must index the 2 entries of positions, got -1 to 1"),
    ],
)
def test_an_index_of_nothing_is_refused(changes, message):
    with pytest.raises(RecordingError, match=message):
        events(**changes)


@pytest.mark.parametrize(
    "changes",
    [{"positions": [[0, 0, np.nan], [1, 2, 3]]}, {"event_time": [1, np.inf, 2]}, {"event_time": [np.nan] * 3}],
)
def test_places_and_times_must_be_finite(changes):
    with pytest.raises(RecordingError, match=r"positions \(µm\) and event_time \(ms\) must be finite"):
        events(**changes)
