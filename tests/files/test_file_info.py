"""What gpu-morph info prints about files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph.cli.file_info import file_lines
from gpu_morph.cli.main import main
from gpu_morph.errors import ContextError

SWC = "1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 0 20 6 2\n4 3 30 60 120 3 3\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("cell.swc").write_text(SWC)
    save("rec.npz")
    return tmp_path


def save(name: str, **changed: Any) -> None:
    arrays = {
        "times": np.arange(21) / 2,
        "values": np.linspace(-80, 30, 42).reshape(21, 2),
        "section": [0, 1],
        "position": [0.5, 0.5],
    }
    np.savez(name, **(arrays | changed))


def save_report(name: str, chunks: tuple[int, int] | None, ids: Any = (0, 1)) -> None:
    with pytest.importorskip("h5py").File(name, "w") as file:
        group = file.create_group("report/cells")
        data = group.create_dataset("data", data=np.zeros((21, len(ids))), chunks=chunks)
        data.attrs["variable"], data.attrs["units"] = "v", "mV"
        group["mapping/node_ids"] = [0]
        group["mapping/index_pointers"] = [0, len(ids)]
        group["mapping/element_ids"] = np.array(ids)
        group["mapping/time"] = [0.0, 10.5, 0.5]


def printed(*paths: str, **options: Any) -> dict[str, str]:
    """The text of each line by its heading; the last one of headings that occur twice."""
    return {line[:16].strip(): line[16:] for line in file_lines(paths, **options) if line.startswith("  ")}


def test_a_morphology_is_counted_and_measured(folder):
    words = printed("cell.swc")
    assert words["sections"] == "2: 1 soma, 1 dend"
    assert words["points"] == "8, 6 segments between them"
    assert words["length"] == "160 µm"
    assert words["diameters"] == "0 to 30 µm"
    assert words["extent"] == "48 x 78 x 143 µm"


def test_a_recording_has_a_range_and_times(folder):
    words = printed("rec.npz")
    assert words["variable"] == "v, unit mV"
    assert words["range"] == "-80 to 30"
    assert words["times"] == "21: 0 to 10 ms, every 0.5 ms"
    assert words["values"] == "21 x 2 of float64, 336 bytes"
    assert words["chunks"] == "none: rows lie one after the other"


def test_uneven_times_are_reported(folder):
    save("rec.npz", times=np.arange(21.0) ** 2)
    assert printed("rec.npz")["times"] == "21: 0 to 400 ms, steps of 1 to 39, median 20 ms"


def test_a_report_has_elements_and_chunks(folder):
    save_report("report.h5", (21, 1))
    words = printed("report.h5")
    assert words["report"] == "SONATA, population 'cells', cells: 1"
    assert words["elements"] == "2 in sections 0 to 1, without positions"
    assert words["times"] == "21: 0 to 10 ms, every 0.5 ms"
    assert words["chunks"] == "21 times x 1 columns"


def test_a_recording_with_coordinates_is_placed_on_the_morphology(folder):
    values = np.zeros((21, 2))
    np.savez("at.npz", times=np.arange(21), values=values, coordinates=[[0, 0, 0], [29, 59, 118]])
    assert printed("at.npz")["compartments"] == "2 at coordinates"
    assert printed("cell.swc", "at.npz", size=(64, 48))["mapping"] == "2 values in 2 of 2 sections"
    np.savez("far.npz", times=np.arange(21), values=values, coordinates=[[0, 0, 0], [0, 0, 900]])
    assert (
        "1 of 2 coordinates (the worst: 1 at (0, 0, 900), " in printed("cell.swc", "far.npz", size=(64, 48))["mapping"]
    )


def test_a_recording_can_have_names_of_sections(folder):
    np.savez("named.npz", times=np.arange(21), values=np.zeros((21, 2)), section=["soma[0](0.5)", "dend[0](0.9)"])
    assert printed("named.npz")["compartments"] == "2 in 2 sections"
    assert printed("cell.swc", "named.npz", size=(64, 48))["mapping"] == "2 values in 2 of 2 sections"


@pytest.mark.parametrize("recording", ["rec.npz", "report.h5"])
def test_with_a_morphology_the_film_is_estimated(folder, recording):
    save_report("report.h5", None)
    words = printed("cell.swc", recording, size=(64, 48), t_step=0.25)
    assert words["mapping"] == "2 values in 2 of 2 sections"
    assert words["film"] == "41 frames of 64x48, every 0.25 ms: 0.8 s at 50/s"
    assert words["time"].startswith("about ")
    assert "ms per frame to draw and encode" in words["time"]
    assert words["memory"].startswith("about ")
    assert "to read; a film of about" in words["bytes"]
    assert ("336 bytes to read" in words["bytes"]) == (recording == "report.h5")  # the other is in memory


@pytest.mark.parametrize("t_step", [20, 0.5, 0.3, 0.02])
def test_films_of_any_length_are_estimated(folder, t_step):
    words = printed("cell.swc", "rec.npz", size=(64, 48), t_step=t_step)
    assert words["film"].startswith(f"{int(10 / t_step + 1e-9) + 1} frames")
    assert "to draw and encode" in words["time"]


def test_where_drawing_takes_long_fewer_frames_are_tried(folder, monkeypatch):
    monkeypatch.setattr("gpu_morph.cli.film_estimate._MAX_SECONDS", 0)
    assert "to draw and encode" in printed("cell.swc", "rec.npz", size=(64, 48), t_step=0.1)["time"]


def test_where_nothing_can_be_drawn_that_is_reported(folder, monkeypatch):
    def refused(*_: Any, **__: Any) -> None:
        raise ContextError("no driver")

    monkeypatch.setattr("gpu_morph.cli.film_estimate.render_video", refused)
    words = printed("cell.swc", "rec.npz", size=(64, 48))
    assert words["time"] == "unknown, nothing can be drawn here: no driver"
    assert "memory" not in words


def test_what_was_not_recorded_is_reported(folder):
    save("rec.npz", values=np.zeros((21, 1)), section=[0], position=[0.5])
    words = printed("cell.swc", "rec.npz", size=(64, 48))
    assert words["mapping"] == "1 values in 1 of 2 sections"
    assert words["not recorded"] == "1 dend"


@pytest.mark.parametrize(
    ("changed", "head", "expected"),
    [
        ({"section": [0, 7]}, "out of range", "1 columns, first 1"),
        ({"section": [0, 0]}, "twice", "1 columns, first 1"),
    ],
)
def test_columns_outside_of_the_morphology_or_twice_are_reported(folder, changed, head, expected):
    save("rec.npz", **changed)
    assert printed("cell.swc", "rec.npz", size=(64, 48))[head] == expected


def test_a_report_of_another_cell_does_not_fit(folder):
    save_report("report.h5", None, ids=range(9))
    words = printed("cell.swc", "report.h5")
    assert words["mapping"].startswith("does not fit: report.h5, /report/cells: its elements fit")
    assert "film" not in words


def test_the_command_line_prints_it(folder, capsys):
    assert main(["info", "cell.swc", "rec.npz", "--size", "64x48"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("cell.swc\n  cells         1\n")
    assert "rec.npz on cell.swc\n  mapping" in out


def test_other_files_of_a_simulation_are_named(folder):
    h5py = pytest.importorskip("h5py")
    with h5py.File("ecp.h5", "w") as file:
        file["ecp/data"] = np.zeros((3, 2))
    assert printed("ecp.h5")["content"].startswith("potentials at electrodes, as bmtk writes them")
    save_report("lfp.h5", None, ids=range(2))
    assert printed("lfp.h5")["mapping"].startswith("not drawn: a report of potentials at electrodes")


def test_a_file_that_is_neither_is_reported(folder, capsys):
    Path("notes.txt").write_text("hello")
    assert main(["info", "notes.txt"]) == 1
    assert "notes.txt: this version reads" in capsys.readouterr().err


def test_a_film_of_a_report_is_made_on_the_command_line(folder):
    save_report("report.h5", (21, 1))
    arguments = ["render", "cell.swc", "report.h5", "-o", "film.mp4", "--size", "64x48", "--clim", "-80", "30"]
    assert main([*arguments, "--sampling", "peak", "--t-step", "2", "--memory", "1 MB"]) == 0
    assert Path("film.mp4").stat().st_size


def test_numbers_of_sections_are_doubted_where_neuron_divides_the_file_otherwise(folder):
    Path("tree.swc").write_text("1 1 0 0 0 5 -1\n2 3 9 0 0 1 1\n3 3 50 0 0 1 2\n4 3 9 50 0 1 2\n")
    doubt = "\n".join(file_lines(["tree.swc", "rec.npz"], size=(64, 48)))
    assert "NEURON divides tree.swc into other sections" in doubt
    assert "give coordinates instead" in doubt
    save("placed.npz", coordinates=[[0, 0, 0], [30, 0, 0]])
    for files in (["cell.swc", "rec.npz"], ["tree.swc", "placed.npz"]):
        assert "NEURON divides" not in "\n".join(file_lines(files, size=(64, 48)))
