"""The file in which the bridge sends a cell."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from bridge_calls import cell_of_everything
from isf_cells import tiny_cell

import gpu_morph as gm
from gpu_morph.errors import RecordingError


def test_a_cells_file_gives_the_same_cell(bridge: ModuleType, command: Path) -> None:
    cell = cell_of_everything()
    bridge.CellMorphologyVisualizer(cell).write_cell("cell.npz")
    stored = gm.CellMorphologyVisualizer("cell.npz", align_trunk=False).cell
    for variable in ("v", "cai"):
        for given, kept in zip(gm.from_isf(cell, variable), gm.from_isf(stored, variable), strict=True):
            for name, value in vars(given).items():
                kept_value = getattr(kept, name)
                if name == "row_source":
                    value, kept_value = value.values, kept_value.values
                assert np.array_equal(kept_value, value), name
    assert list(stored.synapses) == ["A", "none", "B"]
    assert stored.synapses["A"][1].preCell is None
    assert set(stored.sections[1].recordVars) == {"cai", "empty"}
    assert stored.sections[0].recordVars == {}


@pytest.mark.parametrize("times", [None, [], [0.0, 1.0]])
def test_a_cell_before_its_run_stays_one(bridge: ModuleType, command: Path, times: Any) -> None:
    cell = tiny_cell(simulated=False)
    cell.tVec = times
    for section in cell.sections:
        section.recVList = [[] for _ in range(section.nseg)]
    made = bridge.CellMorphologyVisualizer(cell)
    assert (made.simulation_times, made.t_start, made.possible_scalars) == (None, None, set())
    made.write_cell("cell.npz")
    stored = gm.CellMorphologyVisualizer("cell.npz", align_trunk=False).cell
    assert (stored.tVec is None) == (times is None)
    assert [len(v) for section in stored.sections for v in section.recVList] == [0, 0, 0]


def test_nothing_in_the_file_is_pickled(viz: Any) -> None:
    viz.write_cell("cell.npz")
    with np.load("cell.npz", allow_pickle=False) as arrays:
        assert all(array.dtype.kind in "fiu" for array in dict(arrays).values())
        assert json.loads(arrays["text"].tobytes())["labels"] == ["Soma", "Dendrite"]


def test_another_file_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "rec.npz", times=np.arange(3))
    with pytest.raises(RecordingError, match=r"expected an \.npz file of a cell"):
        gm.CellMorphologyVisualizer(tmp_path / "rec.npz")
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(RecordingError, match=r"is not an \.npz file; expected an \.npz file of a cell"):
        gm.CellMorphologyVisualizer(str(tmp_path / "text.npz"))


def test_the_file_of_a_newer_version_is_refused(viz: Any) -> None:
    viz.write_cell("cell.npz")
    with np.load("cell.npz") as arrays:
        changed = dict(arrays)
    text = json.loads(changed["text"].tobytes()) | {"format": 2}
    changed["text"] = np.frombuffer(json.dumps(text).encode(), np.uint8)
    np.savez("newer.npz", **changed)
    with pytest.raises(RecordingError, match="has format 2, this version reads 1: upgrade"):
        gm.CellMorphologyVisualizer("newer.npz")


def test_the_cell_is_written_once_and_again_when_it_has_changed(viz: Any) -> None:
    def n_written() -> int:
        _ = viz.times_to_show
        return Path(viz._folder, "cell.npz").stat().st_mtime_ns

    first = n_written()
    assert n_written() == first
    viz.cell.sections[0].recVList[0] = viz.cell.sections[0].recVList[0] + 1
    assert n_written() > first
