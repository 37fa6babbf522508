"""Parts of circuits keep their columns and synapses."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.row_stream import RowStream
from gpu_morph.data.selection import select_sections
from gpu_morph.data.synapse_events import SynapseEvents
from gpu_morph.errors import MorphologyError, RecordingError

# Soma, dendrite, and an axon on the soma.
ONE = Morphology(
    [[0, 0, 0], [9, 0, 0], [9, 0, 0], [9, 9, 0], [0, 0, 0], [0, -9, 0]],
    [2] * 6,
    [0, 2, 4, 6],
    [-1, 0, 0],
    [0, 1, 0],
    ("soma", "dend", "axon"),
)
CIRCUIT = join_morphologies([ONE] * 3, translations=[(0, 0, 0), (20, 0, 0), (40, 0, 0)])
VALUES = np.arange(36, dtype=np.float32).reshape(4, 9)
SYNAPSES = SynapseEvents(
    CIRCUIT.locate([1, 4, 4, 8], [0.5, 0.2, 0.8, 1.0]),
    [0, 1, 0, 1],
    ("L4", "VPM"),
    [3, 1, 0, 2, 1],
    [1.0, 2.0, 3.0, 4.0, 5.0],
    section=[1, 4, 4, 8],
)


def recording(values: Any = VALUES) -> Recording:
    """A column per section, the last section's first."""
    return Recording(np.arange(4), values, section=np.arange(9)[::-1], position=np.full(9, 0.5))


def test_a_cell_keeps_its_sections_columns_and_synapses():
    part, recorded, synapses = select_sections(CIRCUIT, recording(), SYNAPSES, cells=1)
    assert part.section_labels == ONE.section_labels
    np.testing.assert_array_equal(part.points, ONE.points + np.float32((20, 0, 0)))
    assert part.section_parent.tolist() == [-1, 0, 0]
    assert part.section_cell.tolist() == [1, 1, 1]
    assert recorded.section.tolist() == [2, 1, 0]
    np.testing.assert_array_equal(recorded.values, VALUES[:, 3:6])
    assert synapses.section.tolist() == [1, 1]
    assert synapses.population.tolist() == [1, 0]
    assert synapses.population_names == ("L4", "VPM")
    assert list(zip(synapses.event_synapse.tolist(), synapses.event_time.tolist(), strict=True)) == [
        (0, 2.0),
        (1, 4.0),
        (0, 5.0),
    ]
    np.testing.assert_allclose(synapses.positions, part.locate([1, 1], [0.2, 0.8]))


def test_labels_cells_and_sections_must_all_match():
    part, recorded, _ = select_sections(CIRCUIT, recording(), cells=[0, 2], labels=["DEND", "axon"], sections=range(8))
    assert part.section_labels == ("dend", "axon", "dend")
    assert part.section_cell.tolist() == [0, 0, 2]
    assert part.section_parent.tolist() == [-1, -1, -1]
    np.testing.assert_array_equal(recorded.values, VALUES[:, [1, 6, 7]])
    assert recorded.section.tolist() == [2, 1, 0]


def test_without_recording_and_synapses_there_is_a_morphology_alone():
    part, recorded, synapses = select_sections(CIRCUIT, labels="soma")
    assert (part.n_sections, recorded, synapses) == (3, None, None)


def test_selecting_everything_changes_nothing():
    part, _, synapses = select_sections(CIRCUIT, None, SYNAPSES, cells=range(3))
    assert part == CIRCUIT
    assert synapses.section.tolist() == SYNAPSES.section.tolist()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"cells": 3}, "there is no cell 3; there are 0, 1, 2"),
        ({"labels": "apic"}, "there is no label 'apic'; there are 'soma', 'dend', 'axon'"),
        ({"sections": [9]}, "there is no section 9; there are 0, 1, .* 8"),
        ({"cells": 0, "sections": [8]}, "no section has cells=0, labels=None and sections="),
    ],
)
def test_cells_labels_and_sections_that_do_not_exist_are_named(asked, words):
    with pytest.raises(MorphologyError, match=words):
        select_sections(CIRCUIT, **asked)


def test_synapses_must_have_sections():
    nowhere = SynapseEvents(SYNAPSES.positions, SYNAPSES.population, SYNAPSES.population_names, [], [])
    with pytest.raises(RecordingError, match="the synapses have no sections"):
        select_sections(CIRCUIT, None, nowhere, cells=0)
    with pytest.raises(RecordingError, match="on section 8, but the morphology has 3"):
        select_sections(ONE, None, SYNAPSES, cells=0)


def test_a_synapse_on_an_unknown_section_is_left_out():
    some = SynapseEvents([[0, 0, 0], [1, 1, 1]], [0, 0], ("a",), [0, 1], [1.0, 2.0], section=[-1, 0])
    _, _, synapses = select_sections(CIRCUIT, None, some, cells=0)
    assert synapses.event_time.tolist() == [2.0]


class Rows:
    """A source that slices by row only."""

    shape, dtype = VALUES.shape, VALUES.dtype

    def __getitem__(self, rows: Any) -> Any:
        return VALUES[rows]


@pytest.mark.parametrize("kind", ["array", "memmap", "hdf5", "rows"])
@pytest.mark.parametrize("asked", [{"cells": 1}, {"labels": "dend"}])
def test_values_of_a_part_are_read_when_needed(tmp_path, kind, asked):
    if kind == "memmap":
        np.save(tmp_path / "v.npy", VALUES)
    values = {
        "array": lambda: VALUES,
        "memmap": lambda: np.load(tmp_path / "v.npy", mmap_mode="r"),
        "hdf5": lambda: hdf5(tmp_path / "v.h5"),
        "rows": Rows,
    }[kind]()
    columns = [3, 4, 5] if "cells" in asked else [1, 4, 7]
    _, part, _ = select_sections(CIRCUIT, recording(values), **asked)
    copies = [part] if kind == "rows" else [part, pickle.loads(pickle.dumps(part))]
    for one in copies:
        np.testing.assert_array_equal(one.row(2), VALUES[2, columns])
        np.testing.assert_array_equal(np.concatenate(list(one.blocks())), VALUES[:, columns])
        np.testing.assert_array_equal(one.columns([2, 0], 1, 3), VALUES[1:3, [columns[2], columns[0]]])
        with RowStream(one, [0, 1, 3]) as stream:
            np.testing.assert_array_equal(stream.row(3), VALUES[3, columns])


def hdf5(path):
    h5py = pytest.importorskip("h5py", reason="HDF5 needs h5py")
    with h5py.File(path, "w") as file:
        file.create_dataset("v", data=VALUES, chunks=(2, 3))
    return h5py.File(path, "r")["v"]
