"""The error for an invalid report gives the reason."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sonata_files import TREE, h5py, put_report, written

from gpu_morph.errors import RecordingError
from gpu_morph.readers.sonata import read_report


def without(name: str) -> Callable[[Any], None]:
    def change(group: Any) -> None:
        del group[name]

    return change


def replaced(name: str, values: Any) -> Callable[[Any], None]:
    def change(group: Any) -> None:
        del group[name]
        group[name] = values

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("data"), r"/report/cells/data must be a dataset of numbers with 2 dimensions, found mapping"),
        (without("mapping"), r"expected a group /report/cells/mapping, found data"),
        (
            without("mapping/node_ids"),
            r"mapping/node_ids must be a dataset of numbers with 1 dimension, found element_ids",
        ),
        (without("mapping/element_ids"), r"mapping/element_ids must be a dataset of numbers"),
        (without("mapping/index_pointers"), r"mapping/index_pointers must be a dataset of numbers"),
        (without("mapping/time"), r"mapping/time must be a dataset of numbers"),
        (replaced("data", np.zeros(4)), r"/report/cells/data must be .* 2 dimensions, found float64 of shape \(4,\)"),
        (replaced("data", np.full((4, 17), b"x")), r"/report/cells/data must be a dataset of numbers"),
        (replaced("data", np.zeros((9, 17))), r"data must have 4 rows for the times 0 to 4 ms by 1, found 9"),
        (replaced("data", np.zeros((0, 17))), r"data must have 4 rows for the times 0 to 4 ms by 1, found 0"),
        (
            replaced("mapping/element_ids", np.arange(3)),
            r"mapping/element_ids must hold 17 numbers, found 3; is the file",
        ),
        (
            replaced("mapping/index_pointers", [0, 17, 18]),
            r"index_pointers must hold 2 increasing numbers for 1 nodes, 17 at",
        ),
        (replaced("mapping/index_pointers", [0, 18]), r"index_pointers must hold 2 increasing numbers"),
        (replaced("mapping/index_pointers", [5, 2]), r"index_pointers must hold 2 increasing numbers"),
        (replaced("mapping/time", [0, 4]), r"mapping/time must hold 3 numbers, found 2"),
        (replaced("mapping/time", [0, 4, 0]), r"mapping/time must hold start, stop and step in ms, got 0, 4, 0 in ms"),
        (replaced("mapping/time", [0, np.nan, 1]), r"mapping/time must hold start, stop and step in ms"),
        (lambda group: group["mapping/time"].attrs.update(units="s"), r"start, stop and step in ms, got 0, 4, 1 in s"),
        (
            lambda group: group.create_dataset("mapping/element_pos", data=[0.5]),
            r"element_pos must hold 17 numbers, found 1",
        ),
    ],
)
def test_the_error_for_an_invalid_report_gives_the_reason(tmp_path, tree, change, words):
    path = put_report(tmp_path / "v.h5")
    with h5py.File(path, "a") as file:
        change(file["report/cells"])
    with pytest.raises(RecordingError, match=rf"^v\.h5: .*{words}"):
        read_report(path, tree)


def test_a_file_of_another_format_raises_an_error(tmp_path, tree):
    with pytest.raises(RecordingError, match=r"tree\.txt: not a readable HDF5 file"):
        read_report(written(tmp_path / "tree.txt", TREE), tree)


def test_another_hdf5_file_raises_an_error(tmp_path, tree):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["data"] = [1]
    with pytest.raises(RecordingError, match=r"other\.h5: expected a group /report, found data; is it the right file"):
        read_report(tmp_path / "other.h5", tree)


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("ecp", r"potentials at electrodes, as bmtk writes them.*h5py or libsonata"),
        ("spikes", r"spikes of SONATA; read_sonata\(config, spikes=\.\.\.\)"),
        ("nodes", "nodes of SONATA; read_sonata and info take"),
    ],
)
def test_another_file_of_a_simulation_is_named(tmp_path, tree, group, words):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file[f"{group}/data"] = [1]
    with pytest.raises(RecordingError, match=rf"other\.h5: {words}"):
        read_report(tmp_path / "other.h5", tree)


def test_a_report_of_electrodes_is_refused_unless_its_sites_are_given(tmp_path, tree):
    path = put_report(tmp_path / "lfp_report.h5", ids=[np.zeros(1, dtype=int)])
    with pytest.raises(RecordingError, match=r"lfp_report\.h5: a report of potentials at electrodes"):
        read_report(path, tree)
    assert read_report(path, tree, mapping=[[0, 0.5]]).n_compartments == 1


def test_a_missing_file_raises_the_systems_error(tmp_path, tree):
    with pytest.raises(FileNotFoundError):
        read_report(tmp_path / "v.h5", tree)


def test_without_h5py_the_error_says_how_to_install_it(tmp_path, tree, monkeypatch):
    path = put_report(tmp_path / "v.h5")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(RecordingError, match=r'v\.h5: HDF5 needs h5py; pip install "gpu_morph\[hdf5\]"'):
        read_report(path, tree)
