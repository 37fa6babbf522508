"""Damaged files of every format raise the library's own errors; `tests/fuzz/fuzz_readers.py` reads many more."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import pytest

from gpu_morph.errors import MorphologyError, RecordingError
from gpu_morph.readers.hdf5_file import has_endless_heap, opened, read_whole
from gpu_morph.readers.npz import read_npz
from gpu_morph.readers.sections import label_of

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))

from damage import mutated
from file_readers import problem_of, readers

_N_FILES = {True: 100, False: 50}  # of a text reader, of a binary one

READERS = readers()


@pytest.mark.filterwarnings("ignore:synapses are placed by the numbers of their sections")  # of the SONATA files
@pytest.mark.parametrize("name", READERS)
def test_a_whole_file_is_read(tmp_path: Path, name: str) -> None:
    assert READERS[name].read(READERS[name].write(tmp_path))


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_raises_the_librarys_own_error_or_is_read(tmp_path: Path, name: str) -> None:
    reader = READERS[name]
    path, chance = reader.write(tmp_path), random.Random(name)
    n_files = _N_FILES[reader.is_text] if "sonata" not in name else 20
    for number in range(n_files):
        content = mutated(reader.files[reader.damaged], chance)
        (tmp_path / reader.damaged).write_bytes(content)
        assert not problem_of(reader, path), f"file {number}: {content[:3000]!r}"


def test_the_check_of_damaged_files_sees_an_error_of_another_library(tmp_path: Path) -> None:
    reader = READERS["swc"]
    path = reader.write(tmp_path)
    path.write_bytes(b"")
    assert not problem_of(reader, path)
    raw = type(reader)(reader.files, reader.damaged, lambda path: [][0])
    assert problem_of(raw, path).startswith("IndexError: list index out of range (test_damaged_files.py:")


def test_a_name_of_many_brackets_takes_linear_time() -> None:
    assert label_of("[" * 10_000_000 + "x") == "[" * 10_000_000 + "x"  # quadratic time would not end


# Sizes


def test_an_npz_file_that_unpacks_to_too_much_is_an_error(tmp_path: Path) -> None:
    arrays = {"times": np.arange(9.0), "section": np.zeros(300_000, np.int32), "position": np.zeros(300_000)}
    np.savez_compressed(tmp_path / "v.npz", values=np.zeros((9, 300_000)), **arrays)
    with pytest.raises(RecordingError, match=r"v.npz unpacks to .* limit of 100 times its size; .* np.savez"):
        read_npz(tmp_path / "v.npz")
    np.savez(tmp_path / "v.npz", values=np.zeros((9, 300_000)), **arrays)
    assert read_npz(tmp_path / "v.npz").arrays["values"].shape == (9, 300_000)


@pytest.mark.parametrize("name", ["units", "Times", "coords", "positions"])
def test_a_misspelt_array_of_an_npz_file_is_an_error(tmp_path: Path, name: str) -> None:
    right = {"units": "unit", "Times": "times", "coords": "coordinates", "positions": "position"}[name]
    arrays = {"times": [0.0], "values": [[1.0]], "section": [0], "position": [0.5], "coordinates": [[0, 0, 0]]}
    arrays = {key: value for key, value in arrays.items() if key != right} | {name: arrays.get(right, "V")}
    np.savez(tmp_path / "v.npz", **arrays)
    with pytest.raises(RecordingError, match=rf"an array '{name}', which is not read; near ones are {right}"):
        read_npz(tmp_path / "v.npz")


def test_arrays_of_an_npz_file_that_are_not_read_are_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", times=[0.0], values=[[1.0]], section=[0], position=[0.5], comment="mine", v_init=-65)
    with pytest.warns(UserWarning, match=r"arrays that are not read: 'comment', 'v_init'"):
        assert read_npz(tmp_path / "v.npz").alone().n_compartments == 1


@pytest.mark.parametrize("given", [["mV", "V"], 5, [], b"mV"])
def test_a_unit_in_an_npz_file_is_one_text(tmp_path: Path, given: object) -> None:
    np.savez(tmp_path / "v.npz", times=[0.0], values=[[1.0]], section=[0], position=[0.5], unit=given)
    if given == b"mV":
        assert read_npz(tmp_path / "v.npz").alone().unit == "mV"
        return
    with pytest.raises(RecordingError, match=r"v.npz: unit must be one text, got an array of"):
        read_npz(tmp_path / "v.npz").alone()


def test_an_npz_file_of_python_objects_is_not_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", times=np.array([{}], dtype=object), values=[[1]], section=[0], position=[0])
    with pytest.raises(RecordingError, match=r"is not an .npz file"):
        read_npz(tmp_path / "v.npz")


def test_a_dataset_that_declares_more_than_its_file_can_hold_is_not_allocated(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 needs h5py (extra 'hdf5')")
    path = tmp_path / "cell.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("points", shape=(2_000_000_000, 4), dtype="f8")  # 64 GB, none of it written
        file.create_dataset("chunked", shape=(4,), maxshape=(None,), chunks=(10_000_000,), dtype="f8")
        file.create_dataset("small", shape=(1000,), dtype="f8")
    for name in ("points", "chunked"):
        with (
            pytest.raises(MorphologyError, match=rf"^cell.h5: /{name} declares .* limit of 100 times the .*h5repack"),
            opened(path, MorphologyError) as file,
        ):
            read_whole(file[name], MorphologyError)
    with opened(path, MorphologyError) as file:
        assert len(read_whole(file["small"], MorphologyError)) == 1000


def test_compressed_data_may_declare_a_hundred_times_the_size_of_their_file(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 needs h5py (extra 'hdf5')")
    values = np.repeat(np.random.default_rng(0).random(40_000), 10)
    with h5py.File(tmp_path / "cell.h5", "w") as file:
        file.create_dataset("a", data=values, compression=9)
    with opened(tmp_path / "cell.h5", MorphologyError) as file:
        assert (read_whole(file["a"], MorphologyError) == values).all()


def test_a_heap_that_hdf5_would_read_for_ever_is_an_error(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 needs h5py (extra 'hdf5')")
    path = tmp_path / "cell.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("a", data=["one", "two"], dtype=h5py.string_dtype())
    content = path.read_bytes()
    assert not has_endless_heap(content)
    first = content.index(b"GCOL") + 16  # its first object: index, references, size
    path.write_bytes(content[:first] + bytes(16) + content[first + 16 :])  # free space of no size
    assert has_endless_heap(path.read_bytes())
    with pytest.raises(MorphologyError, match=r"^cell.h5: not a readable HDF5 file \(damaged heap"):
        opened(path, MorphologyError).__enter__()


@pytest.mark.parametrize("content", [b"", b"GCOL", b"GCOL\x01", b"GCOL\x01" + bytes(40), b"GCOL\x02" + b"\xff" * 60])
def test_the_search_for_heaps_ends(content: bytes) -> None:
    assert has_endless_heap(content * 3) is False
