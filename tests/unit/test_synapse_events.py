"""Synapses and their events are checked when they are made, and cannot be changed."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.synapse_events import SynapseActivity, SynapseEvents, regrouped
from gpu_morph.errors import RecordingError


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


def test_they_have_the_arrays_that_were_given():
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
def test_an_index_that_does_not_exist_is_refused(changes, message):
    with pytest.raises(RecordingError, match=message):
        events(**changes)


@pytest.mark.parametrize(
    "changes",
    [{"positions": [[0, 0, np.nan], [1, 2, 3]]}, {"event_time": [1, np.inf, 2]}, {"event_time": [np.nan] * 3}],
)
def test_positions_and_times_must_be_finite(changes):
    with pytest.raises(RecordingError, match=r"positions \(µm\) and event_time \(ms\) must be finite"):
        events(**changes)


# Activity


def active(times: Any, at: float, *, synapses: Any = None, duration: float = 2.0) -> dict[int, float]:
    """The active synapses and their ages, of events at ``times``; on synapse 0 by default."""
    synapses = np.zeros(len(times), int) if synapses is None else synapses
    count = max(synapses, default=0) + 1
    made = events(
        positions=np.zeros((count, 3)), population=np.zeros(count, int), event_synapse=synapses, event_time=times
    )
    found, ages = SynapseActivity(made, duration=duration).at(at)
    return dict(zip(found.tolist(), ages.tolist(), strict=True))


@pytest.mark.parametrize(("at", "age"), [(4.9, None), (5.0, 0), (6.0, 0.5), (6.9, 0.95), (7.0, None), (99, None)])
def test_a_synapse_is_active_from_its_spike_on_for_the_duration(at, age):
    assert active([5.0], at) == ({} if age is None else {0: pytest.approx(age)})


@pytest.mark.parametrize("spike", np.round(np.arange(0, 30, 0.7), 1))
@pytest.mark.parametrize("start", [0.0, 0.3])
def test_frame_times_count_as_the_decimals_they_mean(spike, start):
    frames = start + np.arange(400) * 0.1  # 0.30000000000000004 is one of them
    shown = [round(t, 6) for t in frames if active([spike], t, duration=0.3)]
    expected = [round(spike + k / 10, 6) for k in range(3)]
    assert shown == [t for t in expected if t >= start]


def test_events_may_come_in_any_order():
    assert active([9.0, 1.0, 5.5, 4.0], 5.6, synapses=[0, 1, 2, 3]) == {2: pytest.approx(0.05), 3: pytest.approx(0.8)}


def test_of_several_spikes_the_latest_counts():
    assert active([5.0, 4.0, 5.5, 6.0], 5.7) == {0: pytest.approx(0.1)}


def test_synapses_come_in_order_and_once():
    rng = np.random.default_rng(0)
    spikes, owners = rng.uniform(0, 10, 500), rng.integers(0, 40, 500)
    recent = (spikes <= 6) & (spikes > 4)
    expected = {k: (6 - spikes[recent & (owners == k)].max()) / 2 for k in sorted(set(owners[recent].tolist()))}
    found = active(spikes, 6.0, synapses=owners)
    assert list(found) == list(expected)
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("at", [-1e9, 0.0, 1e9])
def test_without_events_nothing_is_active(at):
    assert active([], at) == {}


# Groups


def test_groups_have_the_order_of_their_first_populations():
    made = events(positions=np.zeros((4, 3)), population=[2, 0, 1, 2], population_names=("L4_C2", "VPM_C2", "L4_D1"))
    grouped = regrouped(made, lambda name: name.split("_")[0])
    assert grouped.population_names == ("L4", "VPM")
    assert grouped.population.tolist() == [0, 0, 1, 0]
    assert grouped.event_time is made.event_time


def test_groups_may_be_the_populations_themselves():
    assert regrouped(events(), str).population_names == events().population_names


def test_a_group_without_a_name_is_refused():
    with pytest.raises(RecordingError, match="must return the name of a group, got None for 'L4'"):
        regrouped(events(), {"VPM": "thalamus"}.get)


def test_an_error_of_the_grouping_function_names_the_population():
    with pytest.raises(RecordingError, match="for 'L4' it failed: KeyError: 'L4'") as caught:
        regrouped(events(), {"VPM": "thalamus"}.__getitem__)
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(RecordingError, match="'str' object is not callable"):
        regrouped(events(), "L4")
