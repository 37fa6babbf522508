"""HDF5 morphologies are read from files and containers, and errors name file, dataset and reason."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files.h5 import read_h5

h5py = pytest.importorskip("h5py", reason="morphologies in HDF5 need h5py (extra 'hdf5')")

Write = Callable[..., Path]

POINTS = [  # a soma's contour, a dendrite and its two branches
    *([5, 0, 0, 0], [0, 4, 0, 0], [-5, 0, 0, 0], [0, -4, 0, 0]),
    *([0, 6, 0, 2], [0, 10, 0, 2]),
    *([0, 10, 0, 1], [5, 15, 0, 1], [8, 15, 0, 1]),
    *([0, 10, 0, 1], [-5, 15, 0, 1]),
]
STRUCTURE = [[0, 1, -1], [4, 3, 0], [6, 3, 1], [9, 3, 1]]


def fill(group: Any, points: Any = POINTS, structure: Any = STRUCTURE) -> None:
    """Write the two datasets."""
    group["points"] = np.array(points, dtype=np.float64)
    group["structure"] = np.array(structure, dtype=np.int32)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def write_file(points: Any = POINTS, structure: Any = STRUCTURE) -> Path:
        with h5py.File(tmp_path / "cell.h5", "w") as file:
            fill(file, points, structure)
        return tmp_path / "cell.h5"

    return write_file


def section_points(morphology: Morphology, section: int) -> list[list[float]]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.points[first:end].tolist()


# Sections


def test_sections_are_in_the_order_of_the_file(write: Write) -> None:
    morphology = read_h5(write())
    assert morphology.section_labels == ("soma", "dend", "dend", "dend")
    assert morphology.section_parent.tolist() == [-1, 0, 1, 1]
    assert morphology.section_parent_x.tolist() == [0, 0.5, 1, 1]
    assert section_points(morphology, 2) == [[0, 10, 0], [5, 15, 0], [8, 15, 0]]
    assert morphology.diameters[21:].tolist() == [2, 2, 1, 1, 1, 1, 1]
    assert morphology.n_cells == 1


def test_a_contour_becomes_a_solid(write: Write) -> None:
    morphology = read_h5(write())
    assert morphology.section_length[0] == pytest.approx(10, abs=1e-3)
    assert morphology.diameters[:21].max() == pytest.approx(8, abs=1e-3)


def test_a_soma_that_is_a_centre_line_is_as_thick_and_as_long_as_it_says(write: Write) -> None:
    line = [[-10, 1.5, 0, 4], [-5, 0.4, 0, 15], [0, 0, 0, 19], [5, 0.4, 0, 15], [10, 1.5, 0, 4]]
    morphology = read_h5(write([*line, [0, 9, 0, 2], [0, 40, 0, 1]], [[0, 1, -1], [5, 3, 0]]))
    assert morphology.diameters.max() == 19
    soma = morphology.diameters[: morphology.section_offsets[1]]
    assert (soma > 0).sum() > 10
    np.testing.assert_allclose(morphology.bounds()[:, 0], [-10, 10], atol=0.5)


def test_a_soma_of_two_points_is_as_long_as_they_are_apart(write: Write) -> None:
    morphology = read_h5(write([[0, 0, 0, 12], [12, 0, 0, 12]], [[0, 1, -1]]))
    np.testing.assert_allclose(morphology.bounds()[:, 0], [0, 12], atol=1e-5)


def test_a_soma_of_one_point_is_a_sphere(write: Write) -> None:
    morphology = read_h5(write([[1, 2, 3, 12], [1, 8, 3, 1], [1, 9, 3, 1]], [[0, 1, -1], [1, 2, 0]]))
    assert section_points(morphology, 0) == [[1, 2, 3]]
    assert morphology.diameters.tolist() == [12, 1, 1]
    assert morphology.section_labels == ("soma", "axon")


def test_types_become_labels(write: Write) -> None:
    types = [0, 2, 3, 4, 5, 16]
    morphology = read_h5(write([[k, 0, 0, 1] for k in range(6)], [[k, t, -1] for k, t in enumerate(types)]))
    assert morphology.section_labels == ("undefined", "axon", "dend", "apic", "custom5", "custom16")


@pytest.mark.parametrize(("family", "labels"), [(1, ("process", "endfoot")), (2, ("head", "neck"))])
def test_glia_and_spines_have_their_own_labels(write: Write, family: int, labels: tuple[str, str]) -> None:
    path = write([[0, 0, 0, 1], [9, 0, 0, 1]], [[0, 2, -1], [1, 3, 0]])
    with h5py.File(path, "a") as file:
        file.create_group("metadata").attrs["cell_family"] = np.array([family], dtype=np.uint32)
    assert read_h5(path).section_labels == labels


def test_any_negative_parent_means_a_root(write: Write) -> None:
    assert read_h5(write(structure=[[0, 1, -2], *STRUCTURE[1:]])).section_parent[0] == -1


def test_scale_multiplies_points_and_diameters(write: Write) -> None:
    plain, scaled = read_h5(write()), read_h5(write(), scale=0.5)
    assert scaled.points == pytest.approx(plain.points * 0.5)
    assert scaled.diameters == pytest.approx(plain.diameters * 0.5)
    with pytest.raises(ValueError, match="scale must be a positive"):
        read_h5(write(), scale=-1)


# Containers


def test_a_name_selects_a_morphology_of_a_container(tmp_path: Path, write: Write) -> None:
    with h5py.File(tmp_path / "many.h5", "w") as file:
        fill(file.create_group("b"))
        fill(file.create_group("a"), [[0, 0, 0, 1], [9, 0, 0, 1]], [[0, 2, -1]])
        file.create_group("notes")
    assert read_h5(tmp_path / "many.h5", name="b") == read_h5(write())
    assert read_h5(tmp_path / "many.h5", name="a").section_labels == ("axon",)
    with pytest.raises(MorphologyError, match=r"(?m)^many.h5: a container .*, choose one with name=; it holds a, b$"):
        read_h5(tmp_path / "many.h5")
    with pytest.raises(MorphologyError, match=r"(?m)^many.h5: a container .*, none is called 'c'; it holds a, b$"):
        read_h5(tmp_path / "many.h5", name="c")


def test_an_error_in_a_container_names_the_morphology(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "many.h5", "w") as file:
        fill(file.create_group("a"), structure=[[0, 1, -1], [4, -3, 0]])
    with pytest.raises(MorphologyError, match=r"^many.h5, a: structure\[1\] has type -3"):
        read_h5(tmp_path / "many.h5", name="a")


def test_a_name_for_a_file_with_one_morphology_is_an_error(write: Write) -> None:
    with pytest.raises(
        MorphologyError, match=r"^cell.h5: not a container of morphologies, got name='a'; leave out name="
    ):
        read_h5(write(), name="a")


# Errors


@pytest.mark.parametrize(
    ("points", "structure", "message"),
    [
        ([[0, 0, 0]], [[0, 1, -1]], r"points must hold numbers of shape \(n, 4\), found float64 of shape \(1, 3\)"),
        ([0, 0, 0, 1], [[0, 1, -1]], r"points must hold numbers of shape \(n, 4\)"),
        (POINTS, [[0, 1]], r"structure must hold numbers of shape \(n, 3\), found int32 of shape \(1, 2\)"),
        (POINTS, np.zeros((0, 3)), r"structure must hold numbers of shape \(n, 3\)"),
        (POINTS, [[1, 1, -1]], r"structure\[0\] begins at point 1 of 11"),
        (POINTS, [[0, 1, -1], [11, 3, 0]], r"structure\[1\] begins at point 11 of 11"),
        (POINTS, [[0, 1, -1], [6, 3, 0], [4, 3, 0]], r"structure\[1\] begins at point 6 of 11"),
        (POINTS, [[0, 1, -1], [4, -2, 0]], r"structure\[1\] has type -2, expected 0 or more"),
        (POINTS, [[0, 1, -1], [4, 1, -1]], r"expected at most one section of type 1 \(soma\)"),
        (POINTS, [[0, 3, -1], [4, 1, 0]], r"expected at most one section of type 1 \(soma\), without a parent"),
        (POINTS, [[0, 1, -1], [4, 3, 9]], r"structure\[1\] has parent 9, expected a row below 2"),
        (POINTS, [[0, 3, 1], [4, 3, 0]], r"section_parent has a cycle"),
        ([[0, 0, np.nan, 1]], [[0, 1, -1]], r"points\[0\] is \[0.0, 0.0, nan, 1.0\], expected finite"),
        ([[0, 0, 0, 1], [0, 0, 0, -1]], [[0, 1, -1]], r"points\[1\] is \[0.0, 0.0, 0.0, -1.0\], expected finite"),
    ],
)
def test_an_error_names_file_and_reason(write: Write, points: Any, structure: Any, message: str) -> None:
    with pytest.raises(MorphologyError, match=f"^cell.h5: {message}"):
        read_h5(write(points, structure))


def test_the_error_for_missing_datasets_lists_those_of_the_file(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "cell.h5", "w") as file:
        file["report"] = 1
    with pytest.raises(MorphologyError, match=r"^cell.h5: expected datasets points and structure, found report"):
        read_h5(tmp_path / "cell.h5")


def test_datasets_of_text_raise_an_error(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "cell.h5", "w") as file:
        file["points"] = [["a", "b", "c", "d"]]
        file["structure"] = STRUCTURE
    with pytest.raises(MorphologyError, match=r"^cell.h5: points must hold numbers"):
        read_h5(tmp_path / "cell.h5")


def test_another_file_raises_a_morphology_error_and_a_missing_file_the_systems_error(tmp_path: Path) -> None:
    (tmp_path / "cell.h5").write_text("../other.h5")
    with pytest.raises(MorphologyError, match=r"^cell.h5: not a readable HDF5 file \(.*\); get the file again"):
        read_h5(tmp_path / "cell.h5")
    with pytest.raises(FileNotFoundError):
        read_h5(tmp_path / "nowhere.h5")


def test_damage_raises_a_morphology_error_or_goes_unnoticed(write: Write) -> None:
    path = write()
    whole = path.read_bytes()
    for offset in range(100, len(whole), 50):
        path.write_bytes(whole[:offset] + b"\xff" * 20 + whole[offset + 20 :])
        with suppress(MorphologyError):
            read_h5(path)


def test_without_h5py_the_error_says_how_to_install_it(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write()
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MorphologyError, match=r'^cell.h5: HDF5 needs h5py; pip install "gpu_morph\[hdf5\]"'):
        read_h5(path)


# Real files

LIKE_MORPHIO = [
    "morphio_tests/h5/v1/Neuron-no-soma.h5",
    "morphio_tests/h5/v1/Neuron.h5",
    "morphio_tests/h5/v1/endoplasmic-reticulum.h5",
    "morphio_tests/h5/v1/glia.h5",
    "morphio_tests/h5/v1/mitochondria.h5",
    "morphio_tests/h5/v1/simple-two-point-soma.h5",
    "morphio_tests/h5/v1/simple.h5",
    "morphio_tests/h5/v1/single-neurite.h5",
    "morphio_tests/h5/v1/soma_no_neurites.h5",
    "morphio_tests/h5/v1/two_child_unmerged.h5",
    "morphio_tests/nrn-order-already-sorted.h5",
    "neurom_tests/h5/v1/Neuron.h5",
    "neurom_tests/h5/v1/Neuron_2_branch.h5",
    "neurom_tests/h5/v1/bio_neuron-000.h5",
    "neurom_tests/h5/v1/bio_neuron-001.h5",
    "neurom_tests/h5/v1/ordering/sample.h5",
    "neurom_tests/h5/v1/ordering/sample_mixed_tree_sections.h5",
]


def collected(shared_data: Path, name: str) -> Path:
    path = shared_data / name
    if not path.exists():
        pytest.skip(f"no file {name} in the shared data")
    return path


@pytest.mark.parametrize("name", LIKE_MORPHIO)
def test_a_real_file_has_the_sections_that_morphio_reads(shared_data: Path, name: str) -> None:
    morphio = pytest.importorskip("morphio", reason="MorphIO is the reference (extra 'dev')")
    morphio.set_maximum_warnings(0)
    path = collected(shared_data, name)
    morphology, truth = read_h5(path), morphio.Morphology(path)
    n_somata = morphology.section_labels.count("soma")
    assert morphology.n_sections == n_somata + len(truth.sections)
    labels = {2: "axon", 3: "dend", 4: "apic"}
    for k, section in enumerate(truth.sections, start=n_somata):
        first, end = morphology.section_offsets[k : k + 2]
        assert section_points(morphology, k) == section.points.tolist()
        assert morphology.diameters[first:end].tolist() == section.diameters.tolist()
        assert morphology.section_labels[k] == labels[int(section.type)]
        assert morphology.section_parent[k] == n_somata + (-1 if section.is_root else section.parent.id)


@pytest.mark.parametrize(
    ("name", "n_sections", "labels"),
    [
        ("morphio_tests/astrocyte.h5", 1316, {"soma", "process", "endfoot"}),
        ("morphio_tests/h5/v1/glia_empty_perimeters.h5", 2, {"soma", "process"}),
        ("morphio_tests/h5/v1/glia_soma_only.h5", 1, {"soma"}),
        ("morphio_tests/h5/v1/glia_wrong_sized_perimeters.h5", 2, {"soma", "process"}),
        ("morphio_tests/h5/v1/simple-broken-section-type.h5", 7, {"soma", "dend", "axon", "custom20"}),
        ("morphio_tests/h5/v1/simple-dendritric-spine.h5", 3, {"head", "neck"}),
        ("morphio_tests/h5/v1/simple-single-point-soma.h5", 7, {"soma", "dend", "axon"}),
        ("neurom_tests/h5/v1/deep_neuron.h5", 2, {"soma", "axon"}),
        ("neurom_tests/mixed/mixed.h5", 20, {"soma", "dend", "axon", "apic"}),
    ],
)
def test_a_real_file_that_morphio_reads_differently_is_read(
    shared_data: Path, name: str, n_sections: int, labels: set[str]
) -> None:
    morphology = read_h5(collected(shared_data, name))
    assert morphology.n_sections == n_sections
    assert set(morphology.section_labels) == labels


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("morphio_tests/h5/empty.h5", "found nothing"),
        ("morphio_tests/h5/non-valid.h5", "not a readable HDF5 file"),
        ("morphio_tests/h5/v1/h5v1.4.h5", "points must hold numbers"),
        ("morphio_tests/h5/v1/incorrect_point_columns.h5", "points must hold numbers"),
        ("morphio_tests/h5/v1/incorrect_structure_columns.h5", "structure must hold numbers"),
        ("morphio_tests/h5/v1/merged.h5", "choose one with name="),
        ("morphio_tests/h5/v1/metadata_group_only.h5", "points must hold numbers"),
        ("morphio_tests/h5/v1/monodim.h5", "points must hold numbers"),
        ("morphio_tests/h5/v1/reversed_NRN_neurite_order.h5", "begins at point 7 of 7"),
        ("morphio_tests/h5/v1/simple-negative-section-type.h5", "type -2"),
        ("morphio_tests/h5/v1/soma_after_dendrite.h5", "without a parent"),
        ("morphio_tests/h5/v1/three-point-soma-two-offset.h5", "one section of type 1"),
        ("morphio_tests/h5/v1/unknown_section_type_structure.h5", "begins at point 10 of 2"),
        ("morphio_tests/h5/v2/Neuron.h5", "version 2"),
        ("morphio_tests/h5/vasculature2.h5", "structure must hold numbers"),
        ("neurom_tests/h5/v2/Neuron.h5", "version 2"),
        ("neurom_tests/valid_set/Neuron_h5v1.h5", "not a readable HDF5 file"),
        ("neurom_tests/valid_set/Neuron_2_branch_h5v1.h5", "not a readable HDF5 file"),
    ],
)
def test_the_error_of_another_real_file_gives_the_reason(shared_data: Path, name: str, message: str) -> None:
    path = collected(shared_data, name)
    with pytest.raises(MorphologyError, match=rf"^{path.name}: .*{message}"):
        read_h5(path)


def test_a_real_container_has_the_morphologies_of_its_files(shared_data: Path) -> None:
    path = collected(shared_data, "morphio_tests/h5/v1/merged.h5")
    alone = read_h5(collected(shared_data, "morphio_tests/h5/v1/mitochondria.h5"))
    assert read_h5(path, name="mitochondria") == alone


def test_the_same_cell_in_two_formats_is_the_same(shared_data: Path) -> None:
    from gpu_morph.readers.files.asc import read_asc

    as_h5 = read_h5(collected(shared_data, "neurom_tests/h5/v1/bio_neuron-000.h5"))
    as_asc = read_asc(collected(shared_data, "neurom_tests/neurolucida/bio_neuron-000.asc"))
    assert as_h5.points == pytest.approx(as_asc.points, abs=1e-3)
    assert as_h5.diameters == pytest.approx(as_asc.diameters, abs=1e-3)
    assert as_h5.section_parent.tolist() == as_asc.section_parent.tolist()
