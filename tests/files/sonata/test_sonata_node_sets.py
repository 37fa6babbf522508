"""Node sets select cells."""

from __future__ import annotations

import numpy as np
import pytest
from sonata_files import put_circuit, put_json, put_nodes

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.sonata import read_sonata


@pytest.mark.parametrize(
    ("node_set", "expected"),
    [
        ("pyramids", [0, 2]),
        ("deep", [1, 2]),
        ("any", [0, 1, 2]),
        (["first", "deep"], [0, 1, 2]),
        ([1], [1]),
        ((2, 0, 0), [0, 2]),
        (np.array([1, 2]), [1, 2]),
        ({"mtype": "PC", "layer": 5}, [2]),
        ({"mtype": ["PC", "SP"]}, [0, 1, 2]),
        ({"x": {"$gt": 50}}, [1, 2]),
        ({"x": {"$gte": 100, "$lt": 200}}, [1]),
        ({"x": {"$lte": 0}}, [0]),
        ({"mtype": {"$regex": "S.*"}}, [1]),
        ({"node_id": [2, 99]}, [2]),
        ({"population": "cells", "node_id": 1}, [1]),
    ],
    ids=str,
)
def test_a_node_set_selects_its_cells(folder, circuit, node_set, expected):
    sets = {
        "pyramids": {"mtype": "PC"},
        "deep": {"layer": [5, 6]},
        "first": {"node_id": [0]},
        "any": ["pyramids", "deep"],
    }
    put_json(folder / "sets.json", sets)
    put_circuit(folder, node_sets_file="sets.json")
    assert read_sonata(circuit, node_set=node_set).node_ids.tolist() == expected


@pytest.mark.parametrize(
    ("node_set", "words"),
    [
        ("unknown", "the node set 'unknown' is not defined; defined are round, empty"),
        ("round", "the node set 'round' contains itself"),
        ("empty", "the node set 'empty' has no node of cells with 3 nodes"),
        ([0, 3], r"there is no node 3 in nodes\.h5, population cells"),
        ({"etype": "cAC"}, "no node of .* has the attribute 'etype'"),
        ({"mtype": {"$gt": 3}}, r"has the condition mtype \{'\$gt': 3\}; expected \$regex"),
        ({"x": {"$near": 3}}, r"expected \$regex for text"),
        (3.5, "node_set must be a name, a list of names or of node ids, or attributes"),
        ([], "node_set must be"),
    ],
    ids=str,
)
def test_the_error_for_a_node_set_gives_the_reason(folder, circuit, node_set, words):
    put_json(folder / "sets.json", {"round": ["round"], "empty": {"layer": 1}})
    put_circuit(folder, node_sets_file="sets.json")
    with pytest.raises(MorphologyError, match=words):
        read_sonata(circuit, node_set=node_set)


def test_the_file_of_node_sets_is_read_only_if_a_name_is_given(folder, circuit):
    put_circuit(folder, node_sets_file="gone.json")
    assert read_sonata(circuit, node_set=[0]).node_ids.tolist() == [0]
    with pytest.raises(FileNotFoundError, match=r"gone\.json"):
        read_sonata(circuit, node_set="any")


def test_a_population_without_the_attribute_has_no_cells_of_the_set(folder):
    put_nodes(folder / "nodes.h5", morphology=["tree"], mtype=["PC"])
    put_nodes(folder / "nodes.h5", population="others", morphology=["tree"])
    assert read_sonata(put_circuit(folder), node_set={"mtype": "PC"}).populations == ("cells",)
