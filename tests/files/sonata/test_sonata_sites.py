"""SONATA reports with a row for each site, as BlueCelluLab writes them, and sites by names of sections."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sonata_files import (
    COUNTS,
    EXPECTED,
    h5py,
    put_circuit,
    put_json,
    put_morphologies,
    put_nodes,
    put_report,
    sites,
    written,
)

from gpu_morph.cli.circuit_info import circuit_lines
from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.errors import RecordingError
from gpu_morph.readers.files.swc import read_swc
from gpu_morph.readers.sonata import SonataCircuit, read_report, read_sonata
from gpu_morph.readers.sonata.numbering import CellSections
from gpu_morph.readers.sonata.section_name import number_of_section

DENDRITES = [4, 5, 6]  # sections of the tree in NEURON's order: soma, three of the axon, three dendrites
STUB = [(1, round(15 / 80, 4)), (1, round(45 / 80, 4))]  # on the first 60 of 80 µm


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put_morphologies(tmp_path)
    put_nodes(tmp_path / "nodes.h5", morphology=["tree"] * 3, x=[0.0, 100, 200])
    put_circuit(tmp_path)
    (tmp_path / "output").mkdir()
    return tmp_path


def put_sites(folder: Path, nodes: Sequence[int], **more: Any) -> Path:
    """A report with a row of the mapping for each site; ``nodes`` has the node of each."""
    ids = [np.array([k]) for k in range(len(nodes))]
    return put_report(folder / "output/some.h5", ids=ids, nodes=nodes, **more)


def config_of(folder: Path, *, rows: Any = None, population: str = "cells", **entry: Any) -> Path:
    if rows is not None:
        put_json(folder / "sets.json", {"tips": {"population": population, "compartment_set": rows}})
        entry = {"type": "compartment_set", "compartment_set": "tips"}
    content = {"run": {}, "network": "circuit_config.json", "compartment_sets_file": "sets.json"}
    entry = {"type": "compartment", "variable_name": "v", **entry}
    return put_json(folder / "simulation_config.json", {**content, "reports": {"some": entry}})


def read(config: Path, match: str = "no geometry confirms its numbering", **given: Any) -> SonataCircuit:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = read_sonata(config, report="some", **given)
    assert any(match in str(one.message) for one in caught)
    return found


# Sections and compartments of the configuration


@pytest.mark.parametrize("entry", [{}, {"sections": "soma"}, {"sections": "soma", "compartments": "center"}], ids=str)
def test_one_site_per_cell_is_the_somas(folder, entry):
    put_sites(folder, [0, 1, 2])
    found = read(config_of(folder, **entry), "one value per cell was recorded")
    assert sites(found.recording) == [(0, 0.5), (7, 0.5), (14, 0.5)]


@pytest.mark.parametrize(
    ("sections", "compartments", "expected"),
    [
        ("all", "center", [(k, 0.5) for k in range(7)]),
        ("all", "all", EXPECTED),
        ("dend", "center", [(k, 0.5) for k in DENDRITES]),
        ("dend", "all", EXPECTED[8:]),
        ("dend", None, EXPECTED[8:]),
        ("dend[2]", "center", [(6, 0.5)]),
        ("axon", "center", [(1, 0.5), (2, 0.5), (3, 0.5)]),
    ],
)
def test_sites_are_those_of_sections_and_compartments(folder, sections, compartments, expected):
    put_sites(folder, [0] * len(expected) + [2] * len(expected))
    entry = {"sections": sections} if compartments is None else {"sections": sections, "compartments": compartments}
    found = read(config_of(folder, **entry))
    n_sections = found.morphology.n_sections // 2
    assert found.node_ids.tolist() == [0, 2]
    assert sites(found.recording) == expected + [(n_sections + section, x) for section, x in expected]


def test_parts_of_a_long_soma_are_its_sites(folder):
    soma = "1 1 0 -45 0 5 -1\n2 1 0 0 0 5 1\n3 1 0 45 0 5 2\n"  # 90 µm
    written(folder / "morphologies/tree.swc", f"{soma}4 3 0 50 0 1 3\n5 3 0 90 0 1 4\n")
    put_sites(folder, [0] * 5)
    found = read(config_of(folder, sections="soma", compartments="all"))
    assert sites(found.recording) == [(0, 0.1), (0, 0.3), (0, 0.5), (0, 0.7), (0, 0.9)]


@pytest.mark.parametrize("compartments", ["center", "all"])
def test_stubs_in_place_of_axons_come_last(folder, compartments):
    dendrites = EXPECTED[8:] if compartments == "all" else [(k, 0.5) for k in DENDRITES]
    put_sites(folder, [1] * (3 + len(dendrites)))
    found = read(config_of(folder, sections="all", compartments=compartments))
    assert found.mapping == "neuron-stub"
    assert sites(found.recording) == [(0, 0.5), *dendrites, *STUB]


def test_rows_that_fit_with_and_without_a_stub_need_the_mapping(folder):
    two_of_axon = "2 2 0 -5 0 1 1\n3 2 0 -25 0 1 2\n4 2 5 -5 0 1 1\n5 2 25 -5 0 1 4\n"
    written(folder / "morphologies/tree.swc", f"1 1 0 0 0 5 -1\n{two_of_axon}6 3 0 5 0 1 1\n7 3 0 9 0 1 6\n")
    put_sites(folder, [0] * 4)
    config = config_of(folder, sections="all", compartments="center")
    words = "fit sections='all', .* in several ways; choose one: mapping='neuron', mapping='neuron-stub'"
    with pytest.raises(RecordingError, match=words):
        read_sonata(config, report="some")
    assert read_sonata(config, report="some", mapping="neuron").recording.section.tolist() == [0, 1, 2, 3]
    assert read(config, "two pieces", mapping="neuron-stub").recording.section.tolist()[:2] == [0, 3]


def test_sites_of_a_cell_can_be_apart(folder):
    values = np.array([[1, 10, 2, 20, 3, 30]], dtype=np.float32)
    put_sites(folder, [2, 0, 2, 0, 2, 0], values=values)
    found = read(config_of(folder, sections="dend", compartments="center"))
    assert found.node_ids.tolist() == [0, 2]
    assert found.recording.row(0).tolist() == [10, 20, 30, 1, 2, 3]
    assert found.recording.section.tolist() == [4, 5, 6, 11, 12, 13]
    assert found.recording.values[:, 4].tolist() == [2]


def test_sites_can_be_numbered_anew_for_each_node(folder):
    ids = [np.array([k]) for k in (0, 1, 2, 0, 1, 2)]
    put_report(folder / "output/some.h5", ids=ids, nodes=[0, 0, 0, 2, 2, 2])
    found = read(config_of(folder, sections="dend", compartments="center"))
    assert sites(found.recording) == [(4, 0.5), (5, 0.5), (6, 0.5), (11, 0.5), (12, 0.5), (13, 0.5)]


def test_compartments_must_be_center_or_all(folder):
    put_sites(folder, [0] * 3)
    with pytest.raises(RecordingError, match='compartments must be "center" or "all" in a report, got 5; correct it'):
        read_sonata(config_of(folder, sections="dend", compartments=5), report="some")


def test_a_node_with_several_rows_and_numbers_of_sections_is_read(folder):
    ids = [np.repeat(np.arange(4), COUNTS[:4]), np.repeat(np.arange(4, 7), COUNTS[4:])]
    put_report(folder / "output/some.h5", ids=[ids[0], ids[1]], nodes=[1, 1])
    found = read_sonata(config_of(folder), report="some")
    assert (found.node_ids.tolist(), found.mapping) == ([1], "neuron")
    assert sites(found.recording) == EXPECTED


def test_another_number_of_rows_raises_an_error_with_the_expected_numbers(folder):
    put_sites(folder, [0] * 5)
    expected = "are 6 or 7 or 12 or 17 sites of its morphology; give section .* by an array"
    with pytest.raises(RecordingError, match=f"node 0 has 5 rows, but sections='all', compartments='all' {expected}"):
        read_sonata(config_of(folder, sections="all", compartments="all"), report="some")


def test_an_unknown_label_raises_an_error(folder):
    put_sites(folder, [0] * 5)
    with pytest.raises(RecordingError, match=r"sections='spine', node 0: .* no section 'spine', it has soma, axon"):
        read_sonata(config_of(folder, sections="spine"), report="some")


# Without a configuration


def test_the_array_that_the_error_shows_works(folder):
    path = put_sites(folder, [0, 0])
    with pytest.raises(RecordingError, match="no report of the configuration has this file") as caught:
        read_sonata(folder / "circuit_config.json", report=path)
    rows = eval(re.search(r"mapping=(\[.*?), \.\.\.\]", str(caught.value))[1] + "]")
    found = read_sonata(folder / "circuit_config.json", report=path, mapping=rows)
    assert (sites(found.recording), found.mapping) == ([(0, 0.5), (3, 0.25)], "given")


def test_a_report_of_a_known_morphology_needs_sites_by_the_caller(folder):
    path = put_sites(folder, [0, 1])
    pair = join_morphologies([read_swc(folder / "morphologies/tree.swc")] * 2)
    with pytest.raises(RecordingError, match="its elements are numbered one by one, without their sections; read it"):
        read_report(path, pair)
    assert sites(read_report(path, pair, mapping=[[0, 0.5], [4, 0.1]])) == [(0, 0.5), (11, 0.1)]


# Compartment sets


@pytest.mark.parametrize(
    ("section", "expected"),
    [("soma[0]", 0), ("soma", 0), ("dend[0]", 4), ("dend[2]", 6), ("Cell[3].dend[1]", 5), (5, 5), (5.0, 5)],
)
def test_a_set_names_sections_or_numbers_them(folder, section, expected):
    put_sites(folder, [0, 2])
    found = read(config_of(folder, rows=[[0, section, 0.25], [2, section, 0.75]]))
    assert sites(found.recording) == [(expected, 0.25), (7 + expected, 0.75)]


def test_sites_of_a_cell_are_in_the_order_of_the_set(folder):
    put_sites(folder, [1, 1, 1])
    found = read(config_of(folder, rows=[[1, "dend[1]", 0.5], [1, "soma[0]", 0.1], [1, "dend[0]", 0.9]]))
    assert sites(found.recording) == [(5, 0.5), (0, 0.1), (4, 0.9)]


def test_a_single_site_is_that_of_the_set(folder):
    put_sites(folder, [1])
    assert sites(read(config_of(folder, rows=[[1, "dend[1]", 0.5]])).recording) == [(5, 0.5)]


def test_names_are_also_for_reports_with_numbers_of_sections(folder):
    put_report(folder / "output/some.h5", ids=[np.array([0, 5])], nodes=[1])
    found = read(config_of(folder, rows=[[1, "dend[1]", 0.5], [1, "soma", 0.1]]))
    assert sites(found.recording) == [(0, 0.1), (5, 0.5)]


def test_the_first_sections_of_an_axon_can_be_a_stub(folder):
    put_sites(folder, [0, 1])
    config = config_of(folder, rows=[[0, "axon[0]", 0.5], [1, 2, 0.5]])
    found = read(config, "if stubs replaced the axons, give mapping='neuron-stub'")
    assert sites(found.recording) == [(1, 0.5), (7 + 2, 0.5)]
    found = read(config, "two pieces", mapping="neuron-stub")
    assert sites(found.recording) == [STUB[0], (7 + 1, STUB[1][1])]


def test_another_number_of_sites_than_the_set_has_raises_an_error(folder):
    put_sites(folder, [0, 0])
    with pytest.raises(RecordingError, match="node 0 has 2 sites, but the compartment set 'tips' has 1; is it the set"):
        read_sonata(config_of(folder, rows=[[0, "dend[1]", 0.5]]), report="some")


def test_names_of_the_morphology_count_first():
    names = ("cell body", "tuft", "trunk")
    morphology = Morphology(
        points=np.arange(18.0).reshape(6, 3),
        diameters=np.ones(6),
        section_offsets=[0, 2, 4, 6],
        section_parent=[-1, 0, 0],
        section_parent_x=[1, 1, 1],
        section_labels=("soma", "dend", "dend"),
        section_names=names,
    )
    cell = CellSections(morphology)
    assert [number_of_section(cell, name, location="") for name in (*names, "dend[1]")] == [0, 1, 2, 2]


def test_a_circuit_has_the_names_of_its_morphologies(folder):
    put_sites(folder, [0, 2])
    found = read(config_of(folder, rows=[[0, "dend[1]", 0.5], [2, "soma", 0.5]]))
    morphology = found.morphology
    named = Recording.at(morphology, [0, 1], np.zeros((2, 2)), section=["0.dend[1]", "1.soma[0]"], position=[0.5, 0.5])
    assert named.section.tolist() == found.recording.section.tolist() == [5, 7]


# What `gpu-morph info` says


def mappings(config: Path) -> list[str]:
    return [text for heading, text in circuit_lines(config) if heading == "mapping"]


def test_info_says_which_report_fits(folder):
    put_sites(folder, [0] * 3)
    assert mappings(config_of(folder, sections="dend", compartments="center")) == ["neuron"]


def test_info_says_what_does_not_fit_and_why(folder):
    put_sites(folder, [0] * 5)
    (text,) = mappings(config_of(folder, sections="dend", compartments="center"))
    assert text.startswith("does not fit: some.h5, /report/cells: node 0 has 5 rows, but sections='dend'")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("synapse", 'not drawn: a report of synapses, whose elements are edges.*edges="all"'),
        ("lfp", "not drawn: a report of potentials at electrodes.*h5py or libsonata"),
        ("clamp", "not drawn: a report of type 'clamp'; those of compartments"),
    ],
)
def test_info_lists_a_report_that_is_not_drawn_and_says_what_reads_it(folder, kind, words):
    put_sites(folder, [0] * 3)
    lines = list(circuit_lines(config_of(folder, type=kind)))
    assert sum(heading == "report" and "3 values" in text for heading, text in lines) == 1
    (text,) = [text for heading, text in lines if heading == "mapping"]
    assert re.match(words, text)


def test_a_misspelt_mapping_is_an_error_also_without_a_report(folder):
    with pytest.raises(RecordingError, match='mapping must be one of "neuron"'):
        read_sonata(config_of(folder), mapping="neurom")


def test_info_says_how_many_cells_it_checked(folder, monkeypatch):
    monkeypatch.setattr("gpu_morph.cli.circuit_info._MAX_READ", 2)
    put_sites(folder, [0, 1, 2])
    assert mappings(config_of(folder)) == ["soma, held against 2 of 3 cells"]


def test_info_says_that_a_report_is_not_enabled(folder):
    lines = list(circuit_lines(config_of(folder, enabled=False)))
    assert ("report", "some: not enabled") in lines
    assert not [heading for heading, _ in lines if heading == "mapping"]


# Simulations with known positions


@pytest.fixture(params=["scnn1a", "five"])
def simulated(request: pytest.FixtureRequest, shared_data: Path, tmp_path: Path) -> Simulated:
    """Elements of a simulation in NEURON, with a circuit of its cells."""
    source = shared_data / "sim_generated"
    if not source.exists():
        pytest.skip(f"no {source}")
    with h5py.File(source / f"{request.param}_bbp_report.h5") as file:
        ((population, group),) = file["report"].items()
        nodes = np.repeat(
            group["mapping/node_ids"][:].astype(int), np.diff(group["mapping/index_pointers"][:]).astype(int)
        )
        row = group["data"][100]
    with h5py.File(source / f"{request.param}_nodes.h5") as file:
        translations = np.stack([file[f"nodes/{population}/0/{axis}"][:] for axis in "xyz"], axis=1)
    with np.load(source / f"{request.param}_truth.npz") as truth:
        names, positions, xyz = truth["section"].tolist(), truth["x"].astype(float), truth["xyzd"][:, :3]
    components = {
        "morphologies_dir": str(shared_data / "swc_real"),
        "alternate_morphologies": {"neurolucida-asc": str(shared_data / "asc")},
    }
    put_circuit(tmp_path, {"nodes_file": str(source / f"{request.param}_nodes.h5")}, components=components)
    (tmp_path / "output").mkdir()
    return Simulated(tmp_path, population, nodes, names, positions, xyz + translations[nodes], row)


@dataclass
class Simulated:
    """Elements with their nodes, names of sections, positions, coordinates in µm, and values of one time."""

    folder: Path
    population: str
    nodes: np.ndarray
    names: list[str]
    positions: np.ndarray
    xyz: np.ndarray
    values: np.ndarray

    def put(self, chosen: np.ndarray) -> None:
        """Write the report of some elements with a row for each."""
        values = np.repeat(self.values[None, chosen], 2, axis=0)
        put_sites(self.folder, self.nodes[chosen].tolist(), population=self.population, values=values)

    def check(self, found: SonataCircuit, chosen: np.ndarray) -> None:
        """Hold places and values against those of the simulation, element by element."""
        recording, morphology = found.recording, found.morphology
        drawn = morphology.locate(recording.section, recording.position)
        is_soma = np.array(morphology.section_labels)[recording.section] == "soma"
        distances = np.linalg.norm(drawn - self.xyz[chosen], axis=1)
        assert distances[~is_soma].max(initial=0) < 0.001
        assert distances[is_soma].max(initial=0) < 1
        np.testing.assert_array_equal(recording.row(1), self.values[chosen])


def test_named_sites_are_drawn_where_they_were_simulated(simulated):
    n_elements = len(simulated.names)
    chosen = np.sort(np.random.default_rng(1).choice(n_elements, min(200, n_elements), replace=False))
    simulated.put(chosen)
    rows = [
        [node, simulated.names[k], x]
        for k, node, x in zip(chosen, simulated.nodes[chosen].tolist(), simulated.positions[chosen], strict=True)
    ]
    config = config_of(simulated.folder, rows=rows, population=simulated.population)
    simulated.check(read(config), chosen)


@pytest.mark.parametrize("sections", ["soma", "dend", "axon", "all"])
def test_centres_of_sections_are_drawn_where_they_were_simulated(simulated, sections):
    is_chosen = [sections == "all" or name.startswith(sections) for name in simulated.names]
    chosen = np.flatnonzero(is_chosen & (np.abs(simulated.positions - 0.5) < 1e-3))
    simulated.put(chosen)
    match = "one value per cell" if sections == "soma" else "no geometry confirms its numbering"
    found = read(config_of(simulated.folder, sections=sections, compartments="center"), match)
    simulated.check(found, chosen)


def test_other_parts_of_sections_than_those_of_the_rule_raise_an_error(simulated):
    simulated.put(np.flatnonzero([name.startswith("dend") for name in simulated.names]))
    with pytest.raises(
        RecordingError, match=r"rows, but sections='dend', compartments='all' are .* give section .* by an"
    ):
        read_sonata(config_of(simulated.folder, sections="dend", compartments="all"), report="some")
