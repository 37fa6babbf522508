"""The cell that comes with the package is a sound pyramidal cell whose spike runs back up its trunk."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from gpu_morph.data.demo import demo_cell
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording

TUFT_HEIGHT = 750.0  # µm
SYNAPSES = 17.0  # ms: from here on the tuft is driven by synapses


@pytest.fixture(scope="module")
def cell() -> tuple[Morphology, Recording]:
    return demo_cell()


def compartments(morphology: Morphology, recording: Recording, label: str) -> np.ndarray:
    of_section = np.array(morphology.section_labels)[recording.section]
    return np.flatnonzero(of_section == label)


def trunk_sections(morphology: Morphology) -> list[int]:
    """The apical sections from the soma to the tuft: at each branching the one that ends widest."""
    apical = np.array(morphology.section_labels) == "apic"
    ends = morphology.section_offsets[1:] - 1
    trunk: list[int] = []
    parent = 0
    while not trunk or morphology.points[ends[trunk[-1]], 2] < 600:
        children = np.flatnonzero(apical & (morphology.section_parent == parent))
        parent = int(children[morphology.diameters[ends[children]].argmax()])
        trunk.append(parent)
    return trunk


def test_it_has_about_14000_segments(cell):
    morphology, _ = cell
    assert 13_500 <= morphology.n_points - morphology.n_sections <= 14_500


def test_it_has_one_soma_and_every_kind_of_neurite(cell):
    morphology, _ = cell
    assert morphology.section_labels[0] == "soma"
    assert morphology.section_labels.count("soma") == 1
    assert set(morphology.section_labels) == {"soma", "apic", "dend", "axon"}
    assert np.flatnonzero(morphology.section_parent < 0).tolist() == [0]


def test_branches_start_where_and_as_wide_as_their_parent_ends(cell):
    morphology, _ = cell
    branches = np.flatnonzero(morphology.section_parent > 0)
    starts = morphology.section_offsets[branches]
    ends = morphology.section_offsets[morphology.section_parent[branches] + 1] - 1
    np.testing.assert_array_equal(morphology.points[starts], morphology.points[ends])
    np.testing.assert_array_equal(morphology.diameters[starts], morphology.diameters[ends])


def test_stems_start_at_the_surface_of_the_soma(cell):
    morphology, _ = cell
    stems = np.flatnonzero(morphology.section_parent == 0)
    distance = np.linalg.norm(morphology.points[morphology.section_offsets[stems]], axis=1)
    assert np.all(morphology.section_parent_x[stems] == 0.5)
    assert np.all((distance > 5) & (distance < 20))


def test_it_is_a_millimetre_high_and_spreads_along_x(cell):
    morphology, _ = cell
    low, high = morphology.bounds()
    assert 1000 < high[2] < 1100 and -600 < low[2] < -300
    assert 500 < high[0] - low[0] < 900
    assert 0.3 < morphology.diameters.min() and morphology.diameters.max() < 25


def test_every_compartment_sits_on_a_section(cell):
    morphology, recording = cell
    assert recording.section.min() >= 0 and recording.section.max() < morphology.n_sections
    assert len(np.unique(recording.section)) == morphology.n_sections
    assert recording.position.min() > 0 and recording.position.max() < 1
    assert 1000 <= len(recording.section) <= 1300


def test_it_is_sampled_every_tenth_of_a_millisecond_from_zero(cell):
    _, recording = cell
    assert len(recording.times) >= 301
    np.testing.assert_allclose(recording.times, np.arange(len(recording.times)) / 10, atol=1e-9)


def test_it_starts_at_rest(cell):
    _, recording = cell
    np.testing.assert_allclose(recording.values[0], -65.0, atol=0.5)


def test_no_voltage_leaves_the_reversal_potentials(cell):
    _, recording = cell
    assert -77 <= recording.values.min() and recording.values.max() <= 50


def test_the_soma_spikes_twice(cell):
    morphology, recording = cell
    soma = recording.values[:, compartments(morphology, recording, "soma")[0]]
    crossings = np.flatnonzero((soma[:-1] < 0) & (soma[1:] >= 0))
    assert recording.times[crossings] == pytest.approx([3.2, 24.3], abs=1.0)


def test_the_first_spike_runs_up_the_trunk_and_loses_height(cell):
    morphology, recording = cell
    rows = recording.times < SYNAPSES
    sites = np.concatenate([np.flatnonzero(recording.section == s) for s in trunk_sections(morphology)])
    values = np.asarray(recording.values)[rows][:, sites]
    peak_times = recording.times[rows][values.argmax(axis=0)]
    assert np.all(np.diff(peak_times) >= 0)  # sites come in order of their path from the soma
    assert 1.5 < peak_times[-1] - peak_times[0] < 5
    assert values.max(axis=0)[0] > values.max(axis=0)[-1] > -40


def test_both_events_depolarise_the_tuft_and_run_in_opposite_directions(cell):
    morphology, recording = cell
    apical = compartments(morphology, recording, "apic")
    height = morphology.locate(recording.section[apical], recording.position[apical])[:, 2]
    tuft = np.asarray(recording.values)[:, apical[height > TUFT_HEIGHT]]
    soma = recording.values[:, compartments(morphology, recording, "soma")[0]]
    before = recording.times < SYNAPSES
    for rows, sign in ((before, 1), (~before, -1)):
        assert np.median(tuft[rows].max(axis=0)) > -40
        delay = np.median(tuft[rows].argmax(axis=0)) - soma[rows].argmax()
        assert 25 < sign * delay < 65  # tenths of a millisecond


def test_the_file_is_small():
    source = resources.files("gpu_morph").joinpath("data").joinpath("demo.npz")
    assert len(source.read_bytes()) < 1_000_000
