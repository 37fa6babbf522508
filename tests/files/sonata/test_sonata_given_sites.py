"""Sites of elements that the caller gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sonata_files import put_report, sites

from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import RecordingError
from gpu_morph.readers.sonata import read_report, read_sonata


def test_a_function_can_give_the_sites_of_a_cells_elements(folder, circuit):
    def mapping(cell: Morphology, ids: np.ndarray, positions: np.ndarray | None) -> tuple[Any, Any]:
        assert cell.n_sections == 7
        assert positions is None
        return np.where(ids == 3, -1, 6 - ids), np.linspace(0, 1, len(ids))

    report = put_report(folder / "v.h5", ids=[np.arange(7)] * 3)
    found = read_sonata(circuit, report=report, mapping=mapping, node_set=[0, 2])
    assert found.mapping == "given"
    assert found.recording.section.tolist() == [6, 5, 4, 2, 1, 0, 13, 12, 11, 9, 8, 7]
    assert found.recording.row(0).tolist() == [0, 1, 2, 4, 5, 6, 14, 15, 16, 18, 19, 20]


def test_a_function_gets_the_positions_of_the_file(tmp_path, tree):
    path = put_report(tmp_path / "v.h5", ids=[np.array([3, 2])], positions=np.array([0.2, 0.7]))
    assert sites(read_report(path, tree, mapping=lambda cell, ids, positions: (ids, positions))) == [
        (3, 0.2),
        (2, 0.7),
    ]


def test_an_array_can_give_the_sites_of_the_reports_elements(folder, circuit):
    rows = np.array([[6, 0.1], [5, 0.2], [4, 0.3], [3, 0.4], [2, 0.5], [1, 0.6]])
    report = put_report(folder / "v.h5", ids=[np.arange(2)] * 3)
    found = read_sonata(circuit, report=report, mapping=rows, node_set=[0, 2])
    assert sites(found.recording) == [(6, 0.1), (5, 0.2), (9, 0.5), (8, 0.6)]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (lambda cell, ids, positions: (ids, [0.5]), "of each of the 2 elements of node 0, got arrays of shape"),
        (lambda cell, ids, positions: ids, "mapping must give sections? and positions?"),
        (
            lambda cell, ids, positions: (ids + 6, ids / 9),
            "element 1 of node 0 the site 0.111111 of section 7; .* 0 to 6",
        ),
        (
            lambda cell, ids, positions: (ids, ids * 2.0),
            "element 1 of node 0 the site 2 of section 1; .* positions 0 to 1",
        ),
        (lambda cell, ids, positions: (ids + 0.5, ids), "element 0 of node 0 the site 0 of section 0.5"),
        (
            lambda cell, ids, positions: (ids * 0, ids * 0),
            "1 elements have the site of another one by the mapping 'given'",
        ),
        ([[0, 0.5]], r"an array as mapping must .*, shape \(2, 2\); got float64 of shape \(1, 2\)"),
        ([["a", "b"], ["c", "d"]], "an array as mapping must hold section and position of each element"),
    ],
)
def test_invalid_sites_raise_an_error(tmp_path, tree, mapping, words):
    with pytest.raises(RecordingError, match=words):
        read_report(put_report(tmp_path / "v.h5", ids=[np.arange(2)]), tree, mapping=mapping)
