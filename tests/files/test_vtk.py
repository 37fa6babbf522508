"""VTK's own reader reads what was written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.errors import RecordingError
from gpu_morph.export.vtk import write_vtk, write_vtk_frames
from gpu_morph.readers.simulators.isf import from_isf

ENCODINGS = pytest.mark.parametrize("n_decimals", [None, 3], ids=["binary", "text"])

# A soma of one point; a dendrite that leaves it at its surface; a branch that starts on the dendrite's end.
CELL = Morphology(
    points=[[0, 0, 0], [5, 0, 0], [10, 0, 0], [25, 0, 0], [25, 0, 0], [25, 7.5, -2.25]],
    diameters=[10, 3, 2, 1, 0.75, 0.5],
    section_offsets=[0, 1, 4, 6],
    section_parent=[-1, 0, 1],
    section_parent_x=[0, 0.5, 1],
    section_labels=("Soma", "Apical Dendrite", "µ/100%"),
)


def read(path: Path) -> SimpleNamespace:
    """A file as VTK's reader reads it, without a warning."""
    legacy = pytest.importorskip("vtkmodules.vtkIOLegacy", reason="VTK's own reader is in the package vtk (extra dev)")
    from vtkmodules.util.numpy_support import vtk_to_numpy

    reader = legacy.vtkPolyDataReader()
    complaints: list[str] = []
    for event in ("ErrorEvent", "WarningEvent"):
        reader.AddObserver(event, lambda _, name: complaints.append(name))
    reader.SetFileName(str(path))
    reader.Update()
    assert not complaints
    data = reader.GetOutput()

    def values(array: Any) -> Any:
        if array.GetClassName() == "vtkStringArray":
            return [array.GetValue(k) for k in range(array.GetNumberOfValues())]
        return vtk_to_numpy(array).copy()

    def arrays(attributes: Any) -> dict[str, Any]:
        found = [attributes.GetAbstractArray(k) for k in range(attributes.GetNumberOfArrays())]
        return {array.GetName(): values(array) for array in found}

    def cells(array: Any) -> list[list[int]]:
        if not array.GetNumberOfCells():
            return []
        offsets = vtk_to_numpy(array.GetOffsetsArray())
        return [part.tolist() for part in np.split(vtk_to_numpy(array.GetConnectivityArray()), offsets[1:-1])]

    scalars = data.GetPointData().GetScalars()
    return SimpleNamespace(
        points=vtk_to_numpy(data.GetPoints().GetData()).copy() if data.GetPoints() else np.zeros((0, 3)),
        vertices=cells(data.GetVerts()),
        lines=cells(data.GetLines()),
        point_data=arrays(data.GetPointData()),
        cell_data=arrays(data.GetCellData()),
        field_data=arrays(data.GetFieldData()),
        shown=scalars and scalars.GetName(),
    )


def recording(values: Any, *, section: Any, position: Any, name: str = "v") -> Recording:
    """Values at 0, 1, 2... ms."""
    return Recording(np.arange(len(values)), np.array(values), section=section, position=position, name=name)


# The tree


@ENCODINGS
def test_each_section_is_a_polyline_and_a_lone_point_a_vertex(tmp_path, n_decimals):
    found = read(write_vtk(CELL, tmp_path / "cell.vtk", n_decimals=n_decimals))
    assert found.vertices == [[0]]
    assert found.lines == [[1, 2, 3, 4], [5, 6]]


@ENCODINGS
def test_a_section_begins_on_its_parent(tmp_path, n_decimals):
    found = read(write_vtk(CELL, tmp_path / "cell.vtk", n_decimals=n_decimals))
    dendrite, branch = (found.points[line].tolist() for line in found.lines)
    assert dendrite == [[0, 0, 0], [5, 0, 0], [10, 0, 0], [25, 0, 0]]
    assert branch == [[25, 0, 0], [25, 7.5, -2.25]]


@ENCODINGS
def test_points_have_diameters_and_a_link_that_of_its_neurite(tmp_path, n_decimals):
    found = read(write_vtk(CELL, tmp_path / "cell.vtk", n_decimals=n_decimals))
    assert found.point_data["diameter"].tolist() == [10, 3, 3, 2, 1, 0.75, 0.5]
    assert found.point_data["diameter"].dtype == np.float32
    assert found.point_data["section"].tolist() == [0, 1, 1, 1, 1, 2, 2]


@ENCODINGS
def test_cells_have_labels_whose_words_are_in_the_file(tmp_path, n_decimals):
    found = read(write_vtk(CELL, tmp_path / "cell.vtk", n_decimals=n_decimals))
    names = found.field_data["label_names"]
    assert [names[k] for k in found.cell_data["label"]] == ["Soma", "Apical Dendrite", "µ/100%"]


def test_sections_of_the_same_label_have_the_same_number(tmp_path):
    found = read(write_vtk(join_morphologies([CELL, CELL]), tmp_path / "two.vtk"))
    assert found.field_data["label_names"] == list(CELL.section_labels)
    assert found.cell_data["section"].tolist() == [0, 3, 1, 2, 4, 5]  # vertices first
    assert found.cell_data["label"].tolist() == [0, 0, 1, 2, 1, 2]


def test_a_section_of_one_point_with_a_parent_is_a_line(tmp_path):
    ball = Morphology([[0, 0, 0], [0, 0, 8]], [9, 2], [0, 1, 2], [-1, 0], [0, 0.5], ("soma", "dend"))
    found = read(write_vtk(ball, tmp_path / "ball.vtk"))
    assert (found.vertices, found.lines) == ([[0]], [[1, 2]])
    assert found.points.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 8]]


@ENCODINGS
def test_a_label_may_be_empty(tmp_path, n_decimals):
    unnamed = Morphology([[0, 0, 0], [1, 2, 3]], [1, 1], [0, 1, 2], [-1, -1], [0, 0], ("", "dend"))
    found = read(write_vtk(unnamed, tmp_path / "cell.vtk", n_decimals=n_decimals))
    assert found.field_data["label_names"] == ["", "dend"]
    assert found.points.tolist() == [[0, 0, 0], [1, 2, 3]]


# Values


@ENCODINGS
@pytest.mark.parametrize("name", ["v", "hh.m", "Vm (mV)", 'a "quoted" name', "100%", "gate\tµ", "%20"])
def test_names_of_arrays_are_read_as_written(tmp_path, name, n_decimals):
    values = np.arange(6.0)
    found = read(
        write_vtk(
            CELL,
            tmp_path / "cell.vtk",
            point_data={name: values, name + "'": values},
            cell_data={name: [1.5, 2, 3]},
            n_decimals=n_decimals,
        )
    )
    assert found.point_data[name].tolist() == [0, 1, 1, 2, 3, 4, 5]
    assert found.point_data[name + "'"].tolist() == [0, 1, 1, 2, 3, 4, 5]
    assert found.cell_data[name].tolist() == [1.5, 2, 3]


@ENCODINGS
def test_vectors_are_vectors(tmp_path, n_decimals):
    vectors = np.arange(18).reshape(6, 3) / 4
    found = read(write_vtk(CELL, tmp_path / "cell.vtk", point_data={"force": vectors}, n_decimals=n_decimals))
    assert found.point_data["force"].tolist() == vectors[[0, 1, 1, 2, 3, 4, 5]].tolist()
    assert found.shown == "diameter"


def test_the_first_values_given_are_what_viewers_show(tmp_path):
    assert read(write_vtk(CELL, tmp_path / "cell.vtk")).shown == "diameter"
    given = {"force": np.zeros((6, 3)), "v": np.zeros(6), "w": np.zeros(6)}
    assert read(write_vtk(CELL, tmp_path / "cell.vtk", point_data=given)).shown == "v"


def test_values_of_sections_stay_with_their_sections(tmp_path):
    circuit = join_morphologies([CELL, CELL])
    found = read(write_vtk(circuit, tmp_path / "two.vtk", cell_data={"depth": [0, 10, 20, 30, 40, 50]}))
    assert found.cell_data["depth"].tolist() == (10 * found.cell_data["section"]).tolist()


@ENCODINGS
def test_missing_values_stay_nan(tmp_path, n_decimals):
    values = np.array([np.nan, -70.1254, 3, -np.inf, 5, np.nan])
    found = read(write_vtk(CELL, tmp_path / "cell.vtk", point_data={"v": values}, n_decimals=n_decimals))
    expected = values if n_decimals is None else values.round(n_decimals)
    np.testing.assert_array_equal(found.point_data["v"], expected[[0, 1, 1, 2, 3, 4, 5]])
    assert found.point_data["section"].tolist() == [0, 1, 1, 1, 1, 2, 2]  # nothing after it is lost


def test_a_file_with_nan_is_binary_because_older_readers_end_a_text_there(tmp_path):
    path = write_vtk(CELL, tmp_path / "cell.vtk", n_decimals=2)
    assert path.read_bytes().splitlines()[2] == b"ASCII"
    write_vtk(CELL, path, point_data={"v": np.full(6, np.nan)}, n_decimals=2)
    assert path.read_bytes().splitlines()[2] == b"BINARY"


def test_binary_is_exact(tmp_path):
    random = np.random.default_rng(1)
    cell = Morphology(random.normal(size=(50, 3)), random.random(50), [0, 50], [-1], [0], ("dend",))
    single, double = random.normal(size=50).astype(np.float32), random.normal(size=50)
    found = read(write_vtk(cell, tmp_path / "cell.vtk", point_data={"single": single, "double": double}))
    np.testing.assert_array_equal(found.points, cell.points)
    np.testing.assert_array_equal(found.point_data["diameter"], cell.diameters)
    np.testing.assert_array_equal(found.point_data["single"], single)
    np.testing.assert_array_equal(found.point_data["double"], double)
    assert (found.point_data["single"].dtype, found.point_data["double"].dtype) == (np.float32, np.float64)


def test_a_text_has_the_given_decimals(tmp_path):
    path = write_vtk(CELL, tmp_path / "cell.vtk", point_data={"v": np.full(6, -70.126)}, n_decimals=2)
    assert read(path).point_data["v"].tolist() == [-70.13] * 7
    lines = path.read_text().splitlines()
    assert "25.00 7.50 -2.25" in lines
    assert set(re.findall(r"\.(\d+)", " ".join(lines[4:]))) == {"00", "50", "25", "75", "13"}


@ENCODINGS
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int64", "uint64"])
def test_whole_numbers_stay_whole(tmp_path, dtype, n_decimals):
    values = np.array([0, 1, 1, 0, 1, 0], dtype=dtype)
    found = read(write_vtk(CELL, tmp_path / "cell.vtk", point_data={"n": values}, n_decimals=n_decimals))
    assert found.point_data["n"].tolist() == [0, 1, 1, 1, 0, 1, 0]
    assert found.point_data["n"].dtype == np.int32


@ENCODINGS
def test_whole_numbers_too_large_for_vtks_are_exact(tmp_path, n_decimals):
    found = read(
        write_vtk(CELL, tmp_path / "cell.vtk", point_data={"id": np.full(6, 2**40 + 1)}, n_decimals=n_decimals)
    )
    assert set(found.point_data["id"].tolist()) == {2**40 + 1}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"point_data": {"v": np.zeros(5)}}, "point_data['v'] must have shape (6,) or (6, 3), got (5,)"),
        ({"point_data": {"v": np.zeros((6, 2))}}, "point_data['v'] must have shape (6,) or (6, 3), got (6, 2)"),
        ({"cell_data": {"n": np.zeros(6)}}, "cell_data['n'] must have shape (3,) or (3, 3), got (6,)"),
        ({"point_data": {"v": ["a"] * 6}}, "point_data['v'] must be real numbers, got an array of <U1"),
        ({"point_data": {"v": np.zeros(6, complex)}}, "point_data['v'] must be real numbers, got an array of complex"),
        (
            {"point_data": {"diameter": np.zeros(6)}},
            "the arrays of point_data must have names other than diameter and section, got 'diameter'",
        ),
        ({"cell_data": {"": np.zeros(3)}}, "cell_data must have names other than section and label, got ''"),
        ({"n_decimals": -1}, "n_decimals must be 0 or more, or None, got -1"),
    ],
)
def test_arrays_that_cannot_be_written_are_named(tmp_path, arrays, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        write_vtk(CELL, tmp_path / "cell.vtk", **arrays)
    assert not list(tmp_path.iterdir())


# Files


def test_other_formats_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"the name must end in .vtk, got 'cell.vtp'"):
        write_vtk(CELL, tmp_path / "cell.vtp")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere for cell.vtk does not exist: make it first"):
        write_vtk(CELL, tmp_path / "nowhere" / "cell.vtk")


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "cell.vtk"
    path.write_text("an older one")
    assert write_vtk(CELL, str(path)) == path
    assert read(path).lines
    assert list(tmp_path.iterdir()) == [path]


def test_an_older_file_stays_until_the_new_one_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "cell.vtk"
    path.write_text("an older one")

    def full_disk(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:20])
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="no space left"):
        write_vtk(CELL, path)
    assert path.read_text() == "an older one"
    assert list(tmp_path.iterdir()) == [path]


# Frames


def test_there_is_a_file_for_each_time_with_values_by_arc_length(tmp_path):
    # On the dendrite of 20 µm, at 5 and at 15 µm; its points lie at 0, 5 and 20 µm.
    run = recording([[0, 10], [100, 300]], section=[1, 1], position=[0.25, 0.75], name="hh.m")
    first, second = (read(path) for path in write_vtk_frames(CELL, run, tmp_path, times=[0, 1]))
    nan = np.nan
    np.testing.assert_array_equal(first.point_data["hh.m"], np.float32([nan, 0, 0, 0, 10, nan, nan]))
    np.testing.assert_array_equal(second.point_data["hh.m"], np.float32([nan, 100, 100, 100, 300, nan, nan]))
    assert first.shown == "hh.m"
    assert second.field_data["TimeValue"].tolist() == [1]


def test_values_between_compartments_are_linear_or_the_nearest_ones(tmp_path):
    line = Morphology([[0, 0, 0], [6, 0, 0], [20, 0, 0]], np.ones(3), [0, 3], [-1], [0], ("dend",))
    run = recording([[0, 10]], section=[0, 0], position=[0.2, 0.7])
    for interpolation, expected in (("linear", [0, 2, 10]), ("nearest", [0, 0, 10])):
        (path,) = write_vtk_frames(line, run, tmp_path, times=0, interpolation=interpolation)
        assert read(path).point_data["v"] == pytest.approx(expected, abs=1e-6)


def test_times_between_recorded_ones_are_the_nearest_or_linear(tmp_path):
    line = Morphology([[0, 0, 0], [6, 0, 0]], np.ones(2), [0, 2], [-1], [0], ("dend",))
    run = recording([[0], [10]], section=[0], position=[0.5])
    for sampling, expected in (("nearest", [0, 10]), ("linear", [4, 6])):
        paths = write_vtk_frames(line, run, tmp_path, times=[0.4, 0.6], sampling=sampling)
        assert [read(path).point_data["v"][0] for path in paths] == expected


def test_no_peak_between_two_files_is_lost(tmp_path):
    line = Morphology([[0, 0, 0], [6, 0, 0]], np.ones(2), [0, 2], [-1], [0], ("dend",))
    run = recording([[0], [1], [9], [2], [7], [3], [4]], section=[0], position=[0.5])
    paths = write_vtk_frames(line, run, tmp_path, times=[0, 3, 6], sampling="peak")
    assert [read(path).point_data["v"][0] for path in paths] == [1, 9, 4]
    (path,) = write_vtk_frames(line, run, tmp_path, times=[2.2], sampling="peak")
    assert read(path).point_data["v"][0] == 9
    with pytest.raises(ValueError, match="evenly spaced for sampling='peak', got steps of 1 to 2 ms"):
        write_vtk_frames(line, run, tmp_path, times=[0, 1, 3], sampling="peak")


def test_a_frame_without_gaps_is_a_text_of_two_decimals(tmp_path):
    line = Morphology([[0, 0, 0], [6, 0, 0]], np.ones(2), [0, 2], [-1], [0], ("dend",))
    (path,) = write_vtk_frames(line, recording([[-70.126]], section=[0], position=[0]), tmp_path, times=[0])
    assert "\n-70.13\n" in path.read_text()
    assert read(path).field_data["TimeValue"].tolist() == [0]


def test_names_are_in_the_order_of_time_and_the_series_says_which(tmp_path):
    run = recording(np.zeros((12, 1)), section=[1], position=[0.5])
    times = np.arange(12) * 0.25
    paths = write_vtk_frames(CELL, run, tmp_path / "new" / "frames", "run", times=times)
    assert sorted(paths) == paths
    assert [paths[0].name, paths[-1].name] == ["run_000000.vtk", "run_000011.vtk"]
    series = json.loads((paths[0].parent / "run.vtk.series").read_text())
    assert series["file-series-version"] == "1.0"
    assert series["files"] == [{"name": p.name, "time": t} for p, t in zip(paths, times.tolist(), strict=True)]
    assert len(list(paths[0].parent.iterdir())) == 13


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"times": []}, "times must be increasing times in ms, at least one, got []"),
        ({"times": [1, 0]}, "times must be increasing times in ms, at least one, got [1, 0]"),
        ({"times": [0, 0]}, "times must be increasing"),
        ({"times": [0, 3]}, "a frame at 3 ms was asked for, but the recording runs from 0 to 1 ms"),
        ({"times": [np.nan]}, "a frame at nan ms was asked for"),
        (
            {"times": [0], "name": "../frame"},
            "the start of the names of files, such as 'frame', got '../frame'",
        ),
        ({"times": [0], "name": ""}, "name must be the start of the names of files"),
        ({"times": [0], "sampling": "cubic"}, "sampling must be 'nearest', 'linear' or 'peak', got 'cubic'"),
        ({"times": [0], "interpolation": "cubic"}, "interpolation must be 'linear' or 'nearest', got 'cubic'"),
        ({"times": [0], "n_decimals": -2}, "n_decimals must be 0 or more"),
    ],
)
def test_invalid_frames_are_refused_before_a_file_is_written(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        write_vtk_frames(CELL, recording([[0], [1]], section=[0], position=[0.5]), tmp_path / "new", **arguments)
    assert not list(tmp_path.iterdir())


def test_a_recording_must_fit_the_morphology(tmp_path):
    with pytest.raises(RecordingError, match=r"section 3, but the morphology has 3 sections \(counted from 0\)"):
        write_vtk_frames(CELL, recording([[0]], section=[3], position=[0]), tmp_path, times=[0])


def test_a_recording_cannot_have_the_name_of_another_array(tmp_path):
    with pytest.raises(ValueError, match="every file has an array 'diameter' already: give the recording another name"):
        write_vtk_frames(CELL, recording([[0]], section=[0], position=[0], name="diameter"), tmp_path, times=[0])


# A real cell


def test_a_real_cell_is_one_tree_with_its_voltage(tmp_path, isf_cell_module: ModuleType):
    morphology, run, _ = from_isf(isf_cell_module.load_cell())
    assert run is not None
    (path,) = write_vtk_frames(morphology, run, tmp_path, times=run.times[-1:])
    found = read(path)
    assert len(found.lines) == morphology.n_sections
    assert [len(line) for line in found.lines] >= np.diff(morphology.section_offsets).tolist()
    drawn = found.points[found.point_data["section"] == 38]
    np.testing.assert_allclose(drawn[-1], morphology.points[morphology.section_offsets[39] - 1], atol=0.0051)
    row = run.row(len(run.times) - 1)
    assert row.min() - 0.01 <= found.point_data["v"].min() <= found.point_data["v"].max() <= row.max() + 0.01
    # Each line but the roots' begins on another one.
    parent = morphology.section_parent
    for section, line in zip(found.cell_data["section"], found.lines, strict=True):
        if parent[section] >= 0:
            start = morphology.locate(parent[section], morphology.section_parent_x[section])[0]
            np.testing.assert_allclose(found.points[line[0]], start, atol=0.01)
