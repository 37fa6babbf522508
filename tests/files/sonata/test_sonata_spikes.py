"""Spikes are events at the somata."""

from __future__ import annotations

import pytest
from sonata_files import h5py, put_spikes

from gpu_morph.errors import RecordingError
from gpu_morph.readers.sonata import read_sonata


def test_spikes_are_events_at_the_somata(simulation, folder):
    put_spikes(folder / "output" / "fired.h5", [2, 0, 2, 1], [1.0, 2, 3, 4])
    spikes = read_sonata(simulation, node_set=[0, 2]).spikes
    assert spikes.population_names == ("cells",)
    assert spikes.positions.tolist() == [[0, 0, 0], [200, 0, 0]]
    assert spikes.section.tolist() == [0, 7]
    assert sorted(zip(spikes.event_time.tolist(), spikes.event_synapse.tolist(), strict=True)) == [
        (1, 1),
        (2, 0),
        (3, 1),
    ]


def test_a_run_without_spikes_has_none(simulation):
    assert read_sonata(simulation).spikes is None


def test_a_file_of_spikes_can_be_given(circuit, folder):
    path = put_spikes(folder / "s.h5", [1], [7.5])
    assert read_sonata(circuit, spikes=path).spikes.event_time.tolist() == [7.5]


def test_spikes_of_populations_do_not_mix(two_populations, folder):
    put_spikes(folder / "s.h5", [0, 1], [1, 2], group="spikes/A")
    path = put_spikes(folder / "s.h5", [0], [3], group="spikes/B")
    spikes = read_sonata(two_populations, spikes=path).spikes
    assert spikes.population_names == ("A", "B")
    assert spikes.population.tolist() == [0, 0, 1]
    assert spikes.event_synapse.tolist() == [0, 1, 2]


def test_the_older_layout_of_spikes_is_read(circuit, folder):
    path = put_spikes(folder / "s.h5", [2], [1.5], group="spikes", key="gids")
    assert read_sonata(circuit, spikes=path).spikes.event_synapse.tolist() == [2]


def test_spikes_in_another_unit_raise_an_error(circuit, folder):
    path = put_spikes(folder / "s.h5", [1], [7.5])
    with h5py.File(path, "a") as file:
        file["spikes/cells/timestamps"].attrs["units"] = "s"
    with pytest.raises(RecordingError, match=r"s\.h5: /spikes/cells/timestamps must be in ms, got 's'"):
        read_sonata(circuit, spikes=path)


def test_a_missing_file_of_spikes_raises_the_systems_error(circuit, folder):
    with pytest.raises(FileNotFoundError):
        read_sonata(circuit, spikes=folder / "s.h5")
