"""Morphologies from objects of other libraries, from open files and from bytes."""

from __future__ import annotations

import gzip
import io
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from own_process import needs

import gpu_morph as gm

SWC = """\
1 1 0 0 0 8.25 -1
2 1 0 8.25 0 8.25 1
3 1 0 -8.25 0 8.25 1
4 2 0 -8.2 0 0.5 1
5 2 0.1 -200 30.5 0.4 4
6 3 0 8 0 1.1 1
7 3 0 100 20 1 6
8 3 -60 160 40 0.6 7
9 3 70 150 -30 0.6 7
10 4 70 190 -30 0.3 9
11 3 90 150 -30 0.25 9
"""
ONE_POINT = re.sub(r"(?m)^[23] .*\n", "", SWC)
ASC = """\
("Cell Body" (CellBody) (-5 0 0 0) (0 4 0 0) (5 0 0 0) (0 -4 0 0))
((Dendrite) (5 0 0 2) (20 5 0 1.5) ((30 10 5 1) | (30 -10 0 0.5) (40 -12 0 0.5)))
((Axon) (-5 0 0 1) (-50 0 0 0.7))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"cell.swc": SWC, "one.swc": ONE_POINT, "cell.asc": ASC}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


class Table:
    """A stand-in for pandas.DataFrame: named columns, an index and iloc."""

    def __init__(self, columns: dict[Any, Any]) -> None:
        self.columns = list(columns)
        self._values = list(columns.values())
        self.index = np.arange(len(self._values[0])) + 1

    @property
    def iloc(self) -> Any:
        table = self

        class Rows:
            def __getitem__(self, key: tuple[slice, int]) -> Any:
                return np.asarray(table._values[key[1]])

        return Rows()


ROWS = [line.split() for line in SWC.splitlines()]
ID, TYPE, PARENT = (np.array([int(row[k]) for row in ROWS]) for k in (0, 1, 6))
X, Y, Z, R = (np.array([float(row[k]) for row in ROWS]) for k in (2, 3, 4, 5))


class TestFiles:
    @pytest.mark.parametrize("name", ["cell.swc", "cell.asc"])
    def test_bytes_and_open_files_are_read_as_the_file(self, folder: Path, name: str) -> None:
        expected, content = gm.read_morphology(folder / name), (folder / name).read_bytes()
        assert gm.read_morphology(content) == expected
        assert gm.read_morphology(gzip.compress(content)) == expected
        assert gm.read_morphology(io.BytesIO(content)) == expected
        assert gm.read_morphology(io.StringIO(content.decode())) == expected
        with (folder / name).open() as text, (folder / name).open("rb") as binary:
            assert gm.read_morphology(text) == gm.read_morphology(binary) == expected
        assert gm.read_morphology(memoryview(content), scale=2).points == pytest.approx(2 * expected.points)

    def test_a_container_in_hdf5(self, folder: Path) -> None:
        h5py = pytest.importorskip("h5py")
        with h5py.File(folder / "cells.h5", "w") as file:
            for name, length in (("a", 10.0), ("b", 20.0)):
                file[f"{name}/points"] = np.array([[0, 0, 0, 1], [length, 0, 0, 1]])
                file[f"{name}/structure"] = np.array([[0, 3, -1]])
        with (folder / "cells.h5").open("rb") as file:
            assert gm.read_morphology(file, name="b").section_length == pytest.approx([20])

    def test_errors_name_the_file(self, folder: Path) -> None:
        (folder / "broken.swc").write_text(SWC.replace("160", "north"))
        with (
            (folder / "broken.swc").open() as file,
            pytest.raises(gm.errors.MorphologyError, match=r"^broken\.swc, line"),
        ):
            gm.read_morphology(file)
        with pytest.raises(gm.errors.MorphologyError, match="bytes"):
            gm.read_morphology(b"nothing")

    def test_a_program_in_bytes_is_not_run(self) -> None:
        with pytest.raises(gm.errors.MorphologyError, match="program"):
            gm.read_morphology(b"create soma\nsoma { L = 20 }\naccess soma\n", run=True)


class TestTables:
    expected = gm.read_morphology(SWC.encode())

    @pytest.mark.parametrize(
        "names",
        [
            "node_id label x y z radius parent_id",  # navis
            "id type x y z r pid",  # allensdk
            "PointNo Label X Y Z Radius Parent",
            "sample structure x y z radius parent",
            "#n T x y z R P",
        ],
    )
    def test_columns_have_any_usual_name_and_order(self, names: str) -> None:
        columns = dict(zip(names.split(), (ID, TYPE, X, Y, Z, R, PARENT), strict=True))
        assert gm.read_morphology(Table(columns)) == self.expected
        assert gm.read_morphology(Table(dict(reversed(columns.items())))) == self.expected

    def test_columns_without_names(self) -> None:
        assert gm.read_morphology(Table(dict(enumerate((ID, TYPE, X, Y, Z, R, PARENT))))) == self.expected

    def test_ids_of_the_index_words_for_types_diameters_and_missing_parents(self) -> None:
        words = np.array(["", "soma", "axon", "dendrite", "apical"], dtype=object)[TYPE]
        parents = np.where(PARENT < 0, np.nan, PARENT)
        table = Table({"type": words, "x": X, "y": Y, "z": Z, "diameter": 2 * R, "parent": parents})
        assert gm.read_morphology(table) == self.expected

    def test_kinds_of_nodes_are_not_types(self) -> None:
        kinds = np.array(["root", *["slab"] * 8, "end", "end"])
        table = Table({"id": ID, "type": kinds, "label": TYPE, "x": X, "y": Y, "z": Z, "r": R, "parent": PARENT})
        assert gm.read_morphology(table) == self.expected

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            (
                {"x": X, "y": Y, "z": Z},
                "columns for radius, parent are missing; SWC has id, type, x, .*, the table has x, y, z",
            ),
            ({"x": ["a"], "y": [0], "z": [0], "r": [1], "parent": [-1]}, "the column for x must hold numbers"),
            (
                {"id": [1.5], "x": [0], "y": [0], "z": [0], "r": [1], "parent": [-1]},
                "id of row 0 must be a whole number",
            ),
            ({"x": [0], "y": [0], "z": [0], "r": [1], "parent": [7]}, "DataFrame, line 1: .*parent 7"),
        ],
    )
    def test_errors_name_the_column(self, columns: dict[str, Any], message: str) -> None:
        with pytest.raises(gm.errors.MorphologyError, match=message):
            gm.read_morphology(Table(columns))

    @pytest.mark.simulators
    def test_pandas(self) -> None:
        pandas = pytest.importorskip("pandas")
        lines = pandas.read_csv(io.StringIO(SWC), sep=" ", header=None)
        assert gm.read_morphology(lines) == self.expected
        lines.columns = ["id", "type", "x", "y", "z", "radius", "parent"]
        lines["type"] = lines["type"].astype("category")
        assert gm.read_morphology(lines) == self.expected
        assert gm.read_morphology(lines.set_index("id")) == self.expected


class TestMorphIO:
    @pytest.mark.parametrize("name", ["cell.swc", "one.swc", "cell.asc"])
    def test_it_is_as_reading_the_file(self, folder: Path, name: str) -> None:
        morphio = pytest.importorskip("morphio")
        expected = gm.read_morphology(folder / name)
        mutable = pytest.importorskip("morphio.mut")
        for given in (morphio.Morphology(str(folder / name)), mutable.Morphology(str(folder / name))):
            found = gm.read_morphology(given)
            assert found.section_labels == expected.section_labels
            assert found.section_names is None  # MorphIO does not keep the order of lines that NEURON's names need
            assert found.section_parent.tolist() == expected.section_parent.tolist()
            assert found.section_offsets.tolist() == expected.section_offsets.tolist()
            # A contour in single precision gives a body whose points differ in the last digits.
            assert found.points == pytest.approx(expected.points, abs=0 if name.endswith("swc") else 1e-4)
            assert found.diameters == pytest.approx(expected.diameters, abs=0 if name.endswith("swc") else 1e-4)
            if name.endswith("swc"):
                assert found == replace(expected, section_names=None)

    def test_a_container_file_of_hdf5(self, folder: Path) -> None:
        morphio, h5py = pytest.importorskip("morphio"), pytest.importorskip("h5py")
        with h5py.File(folder / "cell.h5", "w") as file:
            file["points"] = np.array(
                [[0, 0, 0, 0], [4, 0, 0, 0], [0, 3, 0, 0], [5, 0, 0, 1], [9, 0, 0, 1], [9, 0, 0, 1], [9, 9, 0, 1]], "f8"
            )
            file["structure"] = np.array([[0, 1, -1], [3, 4, 0], [5, 3, 1]])
            file.create_group("metadata").attrs["version"] = np.array([1, 1], dtype="u4")
            file["metadata"].attrs["cell_family"] = np.array([0], dtype="u4")
        found, expected = (
            gm.read_morphology(morphio.Morphology(str(folder / "cell.h5"))),
            gm.read_morphology(folder / "cell.h5"),
        )
        assert found.section_labels == expected.section_labels == ("soma", "apic", "dend")
        assert found.section_parent_x.tolist() == expected.section_parent_x.tolist()
        assert found.points == pytest.approx(expected.points, abs=1e-5)

    def test_a_scale_applies(self, folder: Path) -> None:
        morphio = pytest.importorskip("morphio")
        for name in ("cell.swc", "cell.asc"):
            expected = gm.read_morphology(folder / name, scale=0.001)
            found = gm.read_morphology(morphio.Morphology(str(folder / name)), scale=0.001)
            assert found.points == pytest.approx(expected.points, abs=1e-6)


@pytest.mark.simulators
@needs("neurom")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["cell.swc", "one.swc"])
def test_a_morphology_of_neurom_is_as_reading_the_file(folder: Path, name: str) -> None:
    import neurom

    found = gm.read_morphology(neurom.load_morphology(str(folder / name)))
    assert found == replace(gm.read_morphology(folder / name), section_names=None)


@pytest.mark.simulators
@needs("navis")
@pytest.mark.filterwarnings("ignore")
def test_a_tree_neuron_of_navis_is_as_reading_the_file_in_its_units(folder: Path) -> None:
    import navis

    expected = gm.read_morphology(folder / "cell.swc")
    neuron = navis.read_swc(str(folder / "cell.swc"))
    assert gm.read_morphology(neuron) == expected
    neuron.units = "nm"
    assert gm.read_morphology(neuron).points == pytest.approx(expected.points / 1000)
    assert gm.read_morphology(neuron, scale=0.008).points == pytest.approx(expected.points * 0.008)
    neuron.units = ["4 nm", "4 nm", "40 nm"]
    assert gm.read_morphology(neuron).points == pytest.approx(expected.points * [0.004, 0.004, 0.04])


@pytest.mark.simulators
@needs("skeletor")
@pytest.mark.filterwarnings("ignore")
def test_a_skeleton_of_skeletor_is_as_reading_its_file(tmp_path: Path) -> None:
    import pandas
    import skeletor

    table = pandas.DataFrame(
        {"node_id": [0, 1, 2, 3], "parent_id": [-1, 0, 1, 1], "x": [0, 10, 20, 20.5], "y": [0, 0, 5, -5], "z": 0.0}
    )
    skeleton = skeletor.Skeleton(swc=table.assign(radius=[1, 0.5, 0.25, 0.25]), mesh=None, method="wavefront")
    found = gm.read_morphology(skeleton)
    skeleton.save_swc(str(tmp_path / "skeleton.swc"))
    expected = gm.read_morphology(tmp_path / "skeleton.swc")
    assert found.n_sections == expected.n_sections == 3
    assert found.points == pytest.approx(expected.points)


class TestOthers:
    def test_a_morphology_is_returned_as_it_is(self) -> None:
        morphology = gm.read_morphology(SWC.encode())
        assert gm.read_morphology(morphology) is morphology
        with pytest.raises(gm.errors.MorphologyError, match="in µm already, got scale=2"):
            gm.read_morphology(morphology, scale=2)
        with pytest.raises(gm.errors.MorphologyError, match="one morphology, got name='a'"):
            gm.read_morphology(morphology, name="a")

    @pytest.mark.parametrize("given", [None, 3, [1, 2], np.zeros((4, 7)), SimpleNamespace(points=1), object])
    def test_anything_else_is_a_type_error_that_says_what_is_taken(self, given: Any) -> None:
        with pytest.raises(TypeError, match=r"read_morphology takes a path, .* DataFrame .*; got "):
            gm.read_morphology(given)

    def test_a_file_that_gives_no_content(self) -> None:
        with pytest.raises(TypeError, match=r"read\(\) of SimpleNamespace gave int"):
            gm.read_morphology(SimpleNamespace(read=lambda: 3))
