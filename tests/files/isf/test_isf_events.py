"""Synapses of cells of the In Silico Framework."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from isf_objects import cell, synapse

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.simulators.isf import from_isf, isf_synapses


def test_spikes_of_the_presynaptic_cells_are_the_events():
    groups = {"L4": [synapse([1, 2, 3], 5.0, 7.0), synapse([4, 5, 6])], "VPM": [synapse([7, 8, 9], 1.0)]}
    found = isf_synapses(cell(synapses=groups))
    assert found is not None
    assert found.population_names == ("L4", "VPM")
    assert found.population.tolist() == [0, 0, 1]
    assert found.positions.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert found.event_synapse.tolist() == [0, 0, 2]
    assert found.event_time.tolist() == [5, 7, 1]


def test_where_there_is_a_release_site_the_events_are_what_it_released():
    one, two, three = (synapse([k, 0, 0], 1.0, 2.0) for k in range(3))
    one.releaseSite, two.releaseSite = SimpleNamespace(spikeTimes=[2.0]), SimpleNamespace(spikeTimes=[])
    three.releaseSite = None
    given = cell(synapses={"VPM": [one, two, three]})
    events = from_isf(given)[2]
    assert list(zip(events.event_synapse.tolist(), events.event_time.tolist(), strict=True)) == [(0, 2), (2, 1), (2, 2)]
    assert len(isf_synapses(given, all_spikes=True).event_time) == 6


def test_synapses_have_the_sections_of_their_secid():
    known, unknown = synapse([1, 2, 3]), synapse([4, 5, 6])
    known.secID = 1
    found = isf_synapses(cell(synapses={"L4": [known, unknown]}))
    assert found is not None
    assert found.section is not None
    assert found.section.tolist() == [1, -1]
    nowhere = isf_synapses(cell(synapses={"L4": [unknown]}))
    assert nowhere is not None
    assert nowhere.section is None


def test_a_population_without_synapses_is_left_out():
    found = isf_synapses(cell(synapses={"L4": [], "VPM": [synapse([7, 8, 9], 1.0)]}))
    assert found is not None
    assert found.population_names == ("VPM",)
    assert found.population.tolist() == [0]


def test_a_synapse_without_a_presynaptic_cell_is_never_active():
    lonely = SimpleNamespace(coordinates=[1, 2, 3], preCell=None)
    found = isf_synapses(cell(synapses={"L4": [lonely]}))
    assert found is not None
    assert found.n_synapses == 1
    assert found.event_time.size == 0


@pytest.mark.parametrize("changes", [{"synapses": {}}, {"synapses": None}, {"synapses": {"L4": []}}])
def test_a_cell_can_have_no_synapses(changes):
    assert isf_synapses(cell(**changes)) is None


def test_the_attribute_synapses_can_be_missing():
    stand_in = cell()
    del stand_in.synapses
    assert from_isf(stand_in)[2] is None


@pytest.mark.parametrize("name", ["preCell", "coordinates"])
def test_a_synapse_must_have_its_attributes(name):
    broken = synapse([1, 2, 3], 1.0)
    delattr(broken, name)
    with pytest.raises(MorphologyError, match=f"has no attribute '{name}'"):
        isf_synapses(cell(synapses={"L4": [broken]}))
