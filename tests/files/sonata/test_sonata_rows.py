"""Values of SONATA reports stay in the file."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sonata_files import IDS, h5py, put_report, written

from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.recording import Recording
from gpu_morph.errors import RecordingError
from gpu_morph.readers.files.swc import read_swc
from gpu_morph.readers.sonata import read_report, read_sonata


@pytest.fixture
def far_apart(tmp_path: Path) -> tuple[Recording, np.ndarray]:
    """A recording of two columns in swapped order, 3000 columns apart, and all of its values."""
    morphology = read_swc(written(tmp_path / "bare.swc", "1 1 0 0 0 5 -1\n"))
    values = np.random.default_rng(0).normal(size=(6, 3002)).astype(np.float32)
    path = put_report(tmp_path / "v.h5", ids=[np.zeros(1)] * 3002, values=values, chunks=(2, 100))
    with pytest.warns(UserWarning, match="one value per cell"):
        recording = read_report(path, join_morphologies([morphology] * 2), node_ids=[3001, 1])
    return recording, values[:, [3001, 1]]


@pytest.mark.parametrize(
    "rows",
    [
        0,
        5,
        -1,
        np.int64(2),
        slice(None),
        slice(1, 4),
        slice(0, 6, 2),
        slice(4, 1, -1),
        slice(None, None, -2),
        slice(3, 3),
    ],
    ids=str,
)
def test_rows_are_indexed_like_an_array(far_apart, rows):
    recording, expected = far_apart
    np.testing.assert_array_equal(recording.values[rows], expected[rows])


@pytest.mark.parametrize("column", [0, 1, -1])
def test_a_column_can_be_read(far_apart, column):
    recording, expected = far_apart
    np.testing.assert_array_equal(recording.values[1:5, column], expected[1:5, column])
    np.testing.assert_array_equal(recording.columns([1, 0], 2, 6), expected[2:6, ::-1])


def test_a_row_out_of_range_raises_an_index_error(far_apart):
    with pytest.raises(IndexError):
        far_apart[0].values[6]


def test_values_have_shape_type_and_chunks(far_apart):
    values = far_apart[0].values
    assert (values.shape, values.dtype, values.chunks) == ((6, 2), np.float32, (2, 100))


def test_the_pickle_of_values_is_a_reference_to_the_file(far_apart, tmp_path, monkeypatch):
    recording, expected = far_apart
    pickled = pickle.dumps(recording)
    assert len(pickled) < 4000  # and the values are 72 kB
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(pickle.loads(pickled).values[:], expected)


def test_a_deleted_file_raises_an_error_when_rows_are_read(far_apart):
    recording, _ = far_apart
    recording.values.path.unlink()
    with pytest.raises(FileNotFoundError):
        recording.row(0)


def test_a_changed_file_raises_an_error_when_rows_are_read(far_apart):
    recording, _ = far_apart
    recording.values.path.unlink()
    put_report(recording.values.path, ids=[np.zeros(1)] * 3002, n_rows=5)
    with pytest.raises(RecordingError, match=r"v\.h5: /report/cells/data had 6 rows, now 5; read the report again"):
        recording.row(0)


@pytest.mark.parametrize("storage", [{}, {"chunks": (100, 17)}, {"chunks": (100, 1), "compression": "gzip"}], ids=str)
def test_a_report_is_not_read_as_a_whole(tmp_path, tree, monkeypatch, storage):
    path = put_report(tmp_path / "run.h5", n_rows=1000, **storage)
    sizes = []
    read = h5py.Dataset.__getitem__

    def counted(stored: Any, key: Any) -> Any:
        found = read(stored, key)
        if stored.name.endswith("/data"):
            sizes.append(np.size(found))
        return found

    monkeypatch.setattr(h5py.Dataset, "__getitem__", counted)
    recording = read_report(path, tree)
    assert max(sizes, default=0) <= 17
    assert recording.row(500).tolist() == list(range(8500, 8517))
    assert max(sizes) == 17


def test_only_the_selected_cells_have_columns(folder, circuit):
    report = put_report(folder / "v.h5", ids=[IDS] * 3)
    found = read_sonata(circuit, report=report, node_set=[2, 1])
    assert found.node_ids.tolist() == [1, 2]
    assert found.recording.row(0).tolist() == list(range(17, 51))
