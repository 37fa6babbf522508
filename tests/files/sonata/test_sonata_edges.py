"""SONATA edges: synapses at their sites, with events for the spikes of their presynaptic nodes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sonata_files import h5py, put_circuit, put_json, put_morphologies, put_nodes, put_spikes, written

from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import RecordingError
from gpu_morph.readers.sonata import SonataCircuit, read_sonata

EDGES = {"edges": [{"edges_file": "edges.h5", "edge_types_file": "types.csv"}], "nodes": [{"nodes_file": "nodes.h5"}]}
TYPES = "edge_type_id delay model\n7 0.5 exc\n8 NULL exc\n"
CENTRES = ("afferent_center_x", "afferent_center_y", "afferent_center_z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put_morphologies(tmp_path)
    put_nodes(tmp_path / "nodes.h5", morphology=["tree"] * 3, x=[0.0, 100, 200])
    written(tmp_path / "types.csv", TYPES)
    put_json(tmp_path / "circuit_config.json", {"components": {"morphologies_dir": "morphologies"}, "networks": EDGES})
    (tmp_path / "output").mkdir()
    put_spikes(tmp_path / "output/spikes.h5", [2, 0, 2], [5.0, 1.0, 3.0])
    return tmp_path


def put_edges(
    path: Path,
    targets: Sequence[int],
    sources: Sequence[int],
    *,
    source: str = "cells",
    name: str = "local",
    **columns: Any,
) -> None:
    """Write edges; columns outside group 0 begin with ``edge_``."""
    with h5py.File(path, "a") as file:
        group = file.create_group(f"edges/{name}")
        for key, ids, population in (("target", targets, "cells"), ("source", sources, source)):
            stored = group.create_dataset(f"{key}_node_id", data=np.array(ids, dtype=np.uint64))
            stored.attrs["node_population"] = population
        for key, values in columns.items():
            group[key if key.startswith("edge_") else f"0/{key}"] = values


def run_of(folder: Path, **more: Any) -> Path:
    return put_json(folder / "simulation_config.json", {"run": {}, "network": "circuit_config.json", **more})


def sites_of(found: SonataCircuit) -> list[tuple[int, list[float]]]:
    assert found.synapses is not None
    assert found.synapses.section is not None
    return list(zip(found.synapses.section.tolist(), found.synapses.positions.tolist(), strict=True))


def events_of(found: SonataCircuit) -> list[tuple[int, float]]:
    assert found.synapses is not None
    return list(zip(found.synapses.event_synapse.tolist(), found.synapses.event_time.tolist(), strict=True))


def centres(morphology: Morphology, section: int, x: float, shift: float) -> np.ndarray:
    return morphology.locate([section], [x])[0] + np.array([shift, 0, 0])


@pytest.mark.parametrize("number", [4, 0], ids=["neuron", "neurites"])
def test_synapses_are_at_their_centres_and_on_the_sections_that_match(folder, tree, number):
    # Section 4 is number 4 by NEURON's order and number 0 in the order of the file where the soma has none.
    x, y, z = zip(centres(tree, 4, 0.25, 0), centres(tree, 4, 0.75, 200), strict=True)
    columns = {"afferent_section_id": [number] * 2, "afferent_section_pos": [0.25, 0.75], "delay": [0.0, 1.0]}
    put_edges(folder / "edges.h5", [0, 2], [2, 0], **dict(zip(CENTRES, (x, y, z), strict=True)), **columns)
    found = read_sonata(run_of(folder), edges="all")
    assert found.synapses.population_names == ("cells",)
    assert [section for section, _ in sites_of(found)] == [4, 14 + 4]
    np.testing.assert_allclose(found.synapses.positions, [(0, 30, 0), (200, 80, 0)], atol=1e-4)
    assert events_of(found) == [(0, 3.0), (0, 5.0), (1, 2.0)]


def test_synapses_with_centres_alone_have_no_section(folder, tree):
    put_edges(
        folder / "edges.h5", [1], [0], **{name: [value] for name, value in zip(CENTRES, (1.0, 2.0, 3.0), strict=True)}
    )
    assert sites_of(read_sonata(run_of(folder), edges="all")) == [(-1, [1, 2, 3])]


@pytest.mark.parametrize("names", [("afferent_section_id", "afferent_section_pos"), ("sec_id", "sec_x")])
def test_section_numbers_without_centres_are_those_of_neuron(folder, tree, names):
    put_edges(
        folder / "edges.h5", [1, 1, 0], [9, 2, 0], **dict(zip(names, ([4, 99, 0], [0.25, 0.5, 0.5]), strict=True))
    )
    with (
        pytest.warns(UserWarning, match="1 synapses are on sections that their morphology does not have; left out"),
        pytest.warns(
            UserWarning, match=r"numbers of their sections \(numbering 'neuron'\), which no geometry confirms"
        ),
    ):
        found = read_sonata(run_of(folder), edges="local")
    assert [section for section, _ in sites_of(found)] == [7 + 4, 0]
    np.testing.assert_allclose(found.synapses.positions, [(100, 30, 0), (0, 0, 0)], atol=1e-4)
    assert events_of(found) == [(1, 1.0)]  # the file of spikes has none of node 9


def test_only_synapses_of_the_selected_cells_are_read(folder):
    put_edges(folder / "edges.h5", [0, 1, 2, 1], [0, 0, 0, 2], **{name: np.arange(4.0) for name in CENTRES})
    found = read_sonata(run_of(folder), edges="all", node_set=[1])
    assert found.synapses.positions[:, 0].tolist() == [1, 3]
    assert events_of(found) == [(0, 1.0), (1, 3.0), (1, 5.0)]


def test_edges_can_have_groups_and_types(folder):
    put_edges(
        folder / "edges.h5",
        [0, 1, 2],
        [0, 0, 0],
        edge_type_id=[7, 8, 7],
        edge_group_id=[1, 0, 1],
        edge_group_index=[1, 0, 0],
        **{name: [10.0] for name in CENTRES},
    )
    with h5py.File(folder / "edges.h5", "a") as file:
        for name in CENTRES:
            file[f"edges/local/1/{name}"] = [20.0, 30.0]
        file["edges/local/1/delay"] = [np.nan, 0.25]
    found = read_sonata(run_of(folder), edges="all")
    assert found.synapses.positions[:, 0].tolist() == [30, 10, 20]
    assert events_of(found) == [(0, 1.25), (1, 1.0), (2, 1.5)]


def test_spikes_can_be_those_of_the_simulations_input(folder):
    put_edges(folder / "edges.h5", [0], [5], source="outside", **{name: [0.0] for name in CENTRES})
    put_spikes(folder / "given.h5", [5, 4], [2.5, 3.5], group="spikes/outside")
    found = read_sonata(run_of(folder, inputs={"replay": {"spike_file": "given.h5"}}), edges="all")
    assert found.synapses.population_names == ("outside",)
    assert events_of(found) == [(0, 2.5)]


def test_without_a_simulation_synapses_have_no_events(folder):
    put_edges(folder / "edges.h5", [0], [2], **{name: [0.0] for name in CENTRES})
    found = read_sonata(folder / "circuit_config.json", edges="all")
    assert found.spikes is None
    assert (found.synapses.n_synapses, events_of(found)) == (1, [])
    assert read_sonata(folder / "circuit_config.json").synapses is None


def test_edges_without_sites_give_an_error_or_a_warning(folder):
    put_edges(folder / "edges.h5", [0, 1], [0, 0], delay=[1.0, 1.0])
    with pytest.raises(RecordingError, match="none of 2 edges has the site of its synapse"):
        read_sonata(run_of(folder), edges="all")
    put_edges(folder / "edges.h5", [0], [0], name="more", **{name: [0.0] for name in CENTRES})
    with pytest.warns(UserWarning, match="2 edges do not have the sites of their synapses; left out"):
        assert read_sonata(run_of(folder), edges="all").synapses.n_synapses == 1


def test_missing_edges_raise_an_error(folder):
    put_edges(folder / "edges.h5", [0], [0], **{name: [0.0] for name in CENTRES})
    with pytest.raises(RecordingError, match="no population of edges 'some'; it has local"):
        read_sonata(run_of(folder), edges="some")
    with h5py.File(folder / "edges.h5", "a") as file:
        del file["edges/local/source_node_id"]
    with pytest.raises(RecordingError, match="expected /edges/local/source_node_id with the attribute"):
        read_sonata(run_of(folder), edges="all")


def test_a_file_of_other_edges_can_be_missing(folder):
    put_edges(folder / "edges.h5", [0], [0], **{name: [0.0] for name in CENTRES})
    edges = [{"edges_file": "gone.h5", "populations": {"gone": {}}}, {"edges_file": "edges.h5"}]
    config = put_circuit(folder, networks={"nodes": EDGES["nodes"], "edges": edges})
    assert read_sonata(config, edges="local").synapses.n_synapses == 1


def test_synapses_of_the_extensions_example_are_on_their_sections(shared_data):
    folder = shared_data / "sonata_ext_usecase3/usecase3"
    if not folder.exists():
        pytest.skip(f"no {folder}")
    config = {"config": folder / "simulation_sonata.json", "circuit": folder / "circuit_sonata.json"}
    found = read_sonata(**config, edges="all")
    assert (found.synapses.n_synapses, found.synapses.population_names) == (16, ("NodeA", "NodeB"))
    assert (found.synapses.section >= 0).all()
    radius = found.morphology.diameters.max()
    for section, position in sites_of(found):
        first, end = found.morphology.section_offsets[section : section + 2]
        steps = np.linspace(0, 1, 400)
        along = found.morphology.locate(np.full(400, section), steps)
        assert end > first
        assert np.linalg.norm(along - position, axis=1).min() < max(1.0, radius / 400)
    assert len(found.synapses.event_time) == 32


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("0", 3.0, "expected a group /edges/local/0"),
        ("0/delay", "words", "/edges/local/0/delay must be a dataset of numbers"),
        ("0/afferent_section_id", [1, 2], "afferent_section_id must have 3 values, found 2"),
        ("edge_group_index", [-1, 0, 1], "edge_group_index must not be negative"),
        ("edge_group_id", [0, 0], "edge_group_id must have 3 values, found 2"),
        ("edge_type_id", "7", "/edges/local/edge_type_id must be a dataset of numbers"),
        ("target_node_id", [[0, 1, 2]], "target_node_id must be a dataset of numbers with 1 dimension"),
    ],
)
def test_damaged_columns_of_edges_are_named(folder, path, value, message):
    columns = {"afferent_section_id": [0] * 3, "afferent_section_pos": [0.5] * 3, "delay": [0.0] * 3}
    put_edges(
        folder / "edges.h5",
        [0, 1, 2],
        [0, 0, 0],
        edge_group_id=[0] * 3,
        edge_group_index=[0, 1, 2],
        edge_type_id=[7] * 3,
        **columns,
    )
    with h5py.File(folder / "edges.h5", "r+") as file:
        group = file["edges/local"]
        attributes = dict(group[path].attrs)
        del group[path]
        group[path] = value
        group[path].attrs.update(attributes)
    with pytest.raises(RecordingError, match=message):
        read_sonata(run_of(folder), edges="all")


def test_a_dataset_in_the_place_of_a_group_of_edges_is_not_searched(folder):
    put_edges(folder / "edges.h5", [0], [0], edge_group_id=[0], edge_group_index=[0], delay=[0.0])
    with h5py.File(folder / "edges.h5", "r+") as file:
        del file["edges/local/0"]
        file["edges/local"].create_dataset("0", shape=(10**15,), chunks=(1000,), dtype="f8")  # takes no space
    with pytest.raises(RecordingError, match="expected a group /edges/local/0"):
        read_sonata(run_of(folder), edges="all")
