"""SONATA files written by simulators: every element is drawn where it was simulated."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sonata_files import (
    h5py,
    put_circuit,
    put_json,
)

from gpu_morph.data.audit import audit
from gpu_morph.errors import RecordingError
from gpu_morph.readers.formats import read_any
from gpu_morph.readers.sonata import SonataCircuit, read_sonata
from gpu_morph.readers.sonata.numbering import CellSections

# Real files


@dataclass
class Run:
    """A simulation whose elements have known positions."""

    report: Path
    circuit: Path
    truth: np.ndarray
    translations: np.ndarray


# The largest distance between where an element was simulated and where it is drawn, µm, of neurites and of somata.
LARGEST_ERRORS = {
    "scnn1a_bbp_report": (0.0001, 0.0001),
    "scnn1a_bbp_report_uncompressed": (0.0001, 0.0001),
    "scnn1a_bmtk_report": (0.0001, 0.0001),
    "five_bbp_report": (0.0001, 0.67),  # Import3d makes another solid of a contour than this reader
    "five_bmtk_report": (0.0001, 0.67),
}


@pytest.fixture(params=LARGEST_ERRORS)
def run(request: pytest.FixtureRequest, shared_data: Path, tmp_path: Path) -> Run:
    folder, name = shared_data / "sim_generated", request.param.partition("_")[0]
    report = need(folder / f"{request.param}.h5")
    nodes = need(folder / f"{name}_nodes.h5")
    with h5py.File(nodes) as file:
        (population,) = file["nodes"].values()
        translations = np.stack([population["0"][axis][:] for axis in "xyz"], axis=1)
    content = {
        "components": {
            "morphologies_dir": str(shared_data / "swc_real"),
            "alternate_morphologies": {"neurolucida-asc": str(shared_data / "asc")},
        },
        "networks": {"nodes": [{"nodes_file": str(nodes)}]},
    }
    with np.load(need(folder / f"{name}_truth.npz")) as truth:
        return Run(report, put_json(tmp_path / "circuit.json", content), truth["xyzd"][:, :3], translations)


def need(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"no {path}")
    return path


def test_every_element_is_drawn_where_it_was_simulated(run):
    found = read_sonata(run.circuit, report=run.report)
    recording, morphology = found.recording, found.morphology
    drawn = morphology.locate(recording.section, recording.position)
    cell = morphology.section_cell[recording.section]
    distances = np.linalg.norm(drawn - run.translations[cell] - run.truth, axis=1)
    assert len(distances) == recording.n_compartments
    is_soma = np.array(morphology.section_labels)[recording.section] == "soma"
    of_neurites, of_somata = LARGEST_ERRORS[run.report.stem]
    assert distances[~is_soma].max() < of_neurites
    assert distances[is_soma].max() < of_somata
    assert audit(morphology, recording).is_clean
    assert found.mapping == "neuron"


def test_values_of_a_generated_simulation_are_those_of_the_file(run):
    recording = read_sonata(run.circuit, report=run.report).recording
    with h5py.File(run.report) as file:
        (population,) = file["report"].values()
        np.testing.assert_array_equal(recording.row(100), population["data"][100])


@pytest.mark.parametrize("config", ["config.json", "simulation_config.json"])
def test_the_allen_example_has_voltages_of_somata(shared_data, config):
    path = need(shared_data / "sonata_allen_5cells" / config)
    with pytest.warns(UserWarning, match="one value per cell was recorded"):
        found = read_sonata(
            path, report="membrane_potential", node_set=[0, 2, 3], morphologies=shared_data / "swc_real"
        )
    assert found.recording.values.chunks == (2500, 1)
    assert (len(found.recording.times), found.recording.times[-1]) == (40000, pytest.approx(3999.9))
    np.testing.assert_allclose(found.recording.row(0), -80, atol=0.3)  # the initial potential
    centres = found.morphology.locate(found.recording.section, found.recording.position)
    np.testing.assert_allclose(centres, [[0, 0, 0], [-200, 0, 0], [0, 200, 0]], atol=1e-3)


def test_the_bmtk_example_has_spikes_and_a_rotated_cell(shared_data, tmp_path):
    folder = need(shared_data / "sonata_bmtk_on_off")
    network = {"nodes_file": f"{folder}/network/v1_nodes.h5", "node_types_file": f"{folder}/network/v1_node_types.csv"}
    circuit = put_circuit(tmp_path, network)
    with pytest.warns(UserWarning, match="one value per cell was recorded"):
        found = read_sonata(
            circuit,
            report=folder / "output" / "membrane_potential.h5",
            spikes=folder / "output" / "spikes.h5",
            morphologies=shared_data / "swc_real",
            node_set={"pop_name": "Pvalb"},
        )
    assert found.node_ids.tolist() == [1]
    np.testing.assert_allclose(found.spikes.positions, [[-200, -412.12, 0]], atol=1e-3)
    assert len(found.spikes.event_time) == 15
    # Its voltage is high at its spikes.
    rows = np.searchsorted(found.recording.times, found.spikes.event_time)
    assert all(found.recording.values[max(0, row - 20) : row + 20].max() > -20 for row in rows.tolist())


USECASE = "sonata_ext_usecase3/usecase3"


def test_the_extensions_example_has_somata_of_two_populations(shared_data):
    folder = need(shared_data / USECASE)
    with pytest.warns(UserWarning, match="one value per cell was recorded"):
        found = read_sonata(
            folder / "simulation_sonata.json", circuit=folder / "circuit_sonata.json", report="soma_report"
        )
    assert found.populations == ("NodeA",) * 3 + ("NodeB",) * 2
    assert len(found.spikes.event_time) == 10
    with h5py.File(folder / "reporting" / "soma_report.h5") as file:
        expected = np.concatenate([file[f"report/{name}/data"][3] for name in ("NodeA", "NodeB")])
    np.testing.assert_array_equal(found.recording.row(3), expected)


def test_the_invented_compartments_of_the_extensions_example_fit_no_geometry(shared_data):
    folder = need(shared_data / USECASE)
    given = {"circuit": folder / "circuit_sonata.json", "report": "compartment_report"}
    with pytest.raises(
        RecordingError, match="neurites: node 0, numbers of elements increase with the lengths in 98 of 330"
    ):
        read_sonata(folder / "simulation_sonata.json", **given)
    with pytest.warns(UserWarning, match="no geometry confirms mapping='neurites'"):
        found = read_sonata(folder / "simulation_sonata.json", mapping="neurites", **given)
    assert found.recording.n_compartments == 4537 + 1347


@pytest.mark.parametrize("name", ["compartment_v", "compartment_i_membrane", "compartment_pas"])
def test_the_ring_of_tiny_cells_is_read(shared_data, name):
    folder = need(shared_data / "sonata_neurodamus_ringtest")
    with pytest.warns(UserWarning, match="all sections have the same number of elements"):
        found = read_sonata(folder / "simulation_config.json", report=folder / f"reference/reports/{name}.h5")
    assert found.populations == ("RingA",) * 3 + ("RingB",) * 2
    assert found.recording.section.tolist() == [3 * k + s for k in range(5) for s in (0, 1, 1, 2, 2)]


def test_a_compartment_set_without_its_configuration_raises_an_error(shared_data):
    folder = need(shared_data / "sonata_neurodamus_ringtest")
    report = folder / "reference/reports/compartment_set_A_v.h5"
    with pytest.raises(RecordingError, match="neuron: node 1, 1 of 2 sections of type 'dend' were recorded"):
        read_sonata(folder / "simulation_config.json", report=report)


V5_COMPARTMENTS = [
    "compartment_i_membrane",
    "compartment_pas",
    "summation_ProbAMPANMDA_EMS",
    "summation_i_membrane_IClamp",
]
V5_SOMATA = ["soma_report", "summation_i_membrane", "summation_pas", "summation_v", "summation_v_area_scaling"]


def v5(shared_data: Path, name: str, **given: Any) -> SonataCircuit:
    folder = need(shared_data / "sonata_neurodamus_v5")
    report = folder / f"reference/reports/{name}.h5"
    return read_sonata(folder / "simulation_config_mini.json", report=report, morphologies=shared_data / "asc", **given)


@pytest.mark.parametrize("name", V5_COMPARTMENTS)
def test_the_five_cells_of_neurodamus_have_stubs_in_place_of_axons(shared_data, name):
    with pytest.warns(UserWarning, match="two pieces of 30 µm in place of an axon: 5"):
        found = v5(shared_data, name)
    assert found.mapping == "neuron-stub"
    assert found.recording.n_compartments == 707
    section, counts = np.unique(found.recording.section, return_counts=True)
    labels = np.array(found.morphology.section_labels)[section]
    is_dendrite = np.isin(labels, ["dend", "apic"])
    expected = 1 + 2 * (found.morphology.section_length[section[is_dendrite]] // 40)  # as neurodamus divides them
    np.testing.assert_array_equal(counts[is_dendrite], expected)


@pytest.mark.parametrize("name", V5_SOMATA)
def test_the_five_cells_of_neurodamus_have_values_of_somata(shared_data, name):
    with pytest.warns(UserWarning, match="one value per cell was recorded"):
        found = v5(shared_data, name)
    assert np.array(found.morphology.section_labels)[found.recording.section].tolist() == ["soma"] * 5


def test_a_report_of_the_synapses_of_neurodamus_raises_an_error(shared_data):
    with pytest.raises(RecordingError, match=r"by no rule .*synapses cannot be drawn.*if these are compartments"):
        v5(shared_data, "synapse_ProbAMPANMDA_EMS_tau_d_AMPA")


def test_the_five_cells_of_neurodamus_have_node_sets(shared_data):
    folder = need(shared_data / "sonata_neurodamus_v5")
    config, morphologies = folder / "simulation_config_mini.json", shared_data / "asc"
    assert read_sonata(config, morphologies=morphologies).node_ids.tolist() == [0, 1, 2, 3, 4]
    assert read_sonata(config, morphologies=morphologies, node_set="Excitatory").node_ids.tolist() == [2, 4]
    assert read_sonata(config, morphologies=morphologies, node_set="PV_FS").node_ids.tolist() == [3]


IMPORT3D = """
import sys
from neuron import h
h.load_file("import3d.hoc")
reader = h.Import3d_SWC_read() if sys.argv[1].endswith(".swc") else h.Import3d_Neurolucida3()
reader.quiet = 1
reader.input(sys.argv[1])
h.Import3d_GUI(reader, False).instantiate(None)
for section in h.allsec():
    end = section.n3d() - 1
    print("end", section.x3d(end), section.y3d(end), section.z3d(end))
"""


@pytest.mark.parametrize(
    "name", ["swc_real/Pvalb-IRES-Cre_Ai14-176848.03.01.01_491119484_m.swc", "asc/sm080908a4.asc"], ids=["swc", "asc"]
)
def test_neuron_numbers_sections_by_the_rule_neuron(shared_data, name):
    if find_spec("neuron") is None:  # importing it would load it into the process of the tests
        pytest.skip("needs NEURON (extra 'neuron')")
    path = need(shared_data / name)
    done = subprocess.run([sys.executable, "-c", IMPORT3D, str(path)], capture_output=True, text=True, check=True)
    ends = np.array([line.split()[1:] for line in done.stdout.splitlines() if line.startswith("end ")], dtype=float)
    cell = CellSections(read_any(path))
    ours = cell.morphology.points[cell.morphology.section_offsets[1:] - 1][cell.numberings["neuron"].sections]
    assert len(ours) == len(ends)
    np.testing.assert_allclose(ours[1:], ends[1:], atol=0.01)  # this reader makes another solid of the soma
