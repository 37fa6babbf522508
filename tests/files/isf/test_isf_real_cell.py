"""A real cell of the In Silico Framework is read whole."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.audit import audit
from gpu_morph.data.value_map import map_values
from gpu_morph.readers.simulators.isf import from_isf, isf_morphology, isf_recording, recorded_variables


@pytest.fixture(scope="module")
def real_cell(isf_cell_module: ModuleType) -> Any:
    if not isf_cell_module.DATA.is_dir():
        pytest.skip(f"no {isf_cell_module.DATA}")
    return isf_cell_module.load_cell()


def test_a_real_cell_is_read_whole(real_cell):
    morphology, source, synapses = from_isf(real_cell)
    assert (morphology.n_points, morphology.n_sections) == (13_962, 167)
    assert source is not None and synapses is not None
    assert (len(source.times), source.n_compartments) == (501, 1109)
    assert synapses.n_synapses == len(synapses.event_time) == 2000
    assert set(synapses.population_names) == set(real_cell.synapses)
    assert audit(morphology, source).is_clean


def test_a_real_cells_lengths_are_those_of_neuron(real_cell):
    expected = [section.L for section in real_cell.sections]
    np.testing.assert_allclose(isf_morphology(real_cell).section_length, expected, rtol=1e-3)


def test_a_real_cells_points_have_the_positions_of_neuron(real_cell):
    expected = np.concatenate([section.relPts for section in real_cell.sections])
    several = np.array([len(section.pts) > 1 for section in real_cell.sections])
    morphology = isf_morphology(real_cell)
    checked = several[morphology.point_section]
    np.testing.assert_allclose(morphology.point_position[checked], expected[checked], atol=1e-3)


def test_a_real_cells_points_have_the_voltage_of_the_segment_that_holds_them(real_cell, isf_cell_module):
    morphology, source, _ = from_isf(real_cell)
    assert source is not None
    with np.load(isf_cell_module.DATA / "sim.npz") as sim:
        first = sim["section_segment_offset"][morphology.point_section]
        expected = sim["voltage"][:, first + sim["point_segment_arclength"]]
        n_segments = sim["section_nseg"][morphology.point_section]
    index = morphology.point_position * n_segments
    inside = np.abs(index - np.round(index)) > 1e-3  # on a border both segments are right
    nearest = map_values(source, morphology.point_section, morphology.point_position, interpolation="nearest")
    assert inside.mean() > 0.9
    for row in (0, 250, 500):
        np.testing.assert_array_equal(nearest(source.row(row))[inside], expected[row][inside])


def test_a_real_cells_other_variable_is_read(real_cell):
    assert recorded_variables(real_cell) == ("voltage", "hh.m")
    voltage, gate = isf_recording(real_cell), isf_recording(real_cell, "hh.m")
    assert voltage is not None and gate is not None
    np.testing.assert_allclose(gate.row(300), (voltage.row(300) + 75) / 100, atol=1e-5)


def test_a_real_cell_can_be_read_without_a_simulation(real_cell, isf_cell_module):
    unsimulated = isf_cell_module.load_cell(simulated=False, synapses=False)
    morphology, source, synapses = from_isf(unsimulated)
    assert source is None and synapses is None
    assert morphology == isf_morphology(real_cell)
