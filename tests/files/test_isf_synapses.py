"""Synapses and activations from files of the In Silico Framework."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import MorphologyError, RecordingError

SYN = """# Synapse distribution file
# corresponding to cell: L
# Type - section - section.x

B\t1\t0.25
A\t0\t0.5
B\t0\t1.0
"""
CON = "# Type - cell ID - synapse ID\n\nA\t7\t0\nB\t0\t0\nB\t0\t1\n"
SPIKES = "# presynaptic cell type\tcell ID\tspike times\nB\t0\t3.5,1.5,\nA\t8\t9.0,\n"
ACTIVE = (
    "# synapse type\tsynapse ID\tsoma distance\tsection ID\tsection pt ID\tdendrite label\tactivation times\n"
    "A\t0\t5.0\t0\t0\tSoma\t2.5,\nB\t1\t10.0\t1\t2\tDendrite\t4.5,0.5,\n"
)


@pytest.fixture
def cell() -> gm.Morphology:
    """A section along x, 10 µm, and one of three points along y from its end, 40 µm."""
    points = [[0, 0, 0], [10, 0, 0], [10, 0, 0], [10, 10, 0], [10, 40, 0]]
    return gm.Morphology(points, [1] * 5, [0, 2, 5], [-1, 0], [0, 1], ["soma", "dend"])


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {name: tmp_path / f"cell.{name}" for name in ("syn", "con", "spikes", "activations")}
    for path, text in zip(paths.values(), (SYN, CON, SPIKES, ACTIVE), strict=True):
        path.write_text(text)
    return paths


def events(synapses: gm.SynapseEvents) -> list[tuple[int, float]]:
    return list(zip(synapses.event_synapse.tolist(), synapses.event_time.tolist(), strict=True))


def test_synapses_have_the_sites_of_the_syn_file(cell, files):
    synapses = gm.read_isf_synapses(cell, syn=files["syn"])
    assert synapses.positions.tolist() == [[10, 10, 0], [5, 0, 0], [10, 0, 0]]
    assert [synapses.population_names[k] for k in synapses.population] == ["B", "A", "B"]
    assert synapses.section.tolist() == [1, 0, 0]
    assert events(synapses) == []


def test_activations_belong_to_synapses_numbered_within_their_type(cell, files):
    synapses = gm.read_isf_synapses(cell, syn=files["syn"], activations=files["activations"])
    assert synapses.n_synapses == 3
    assert events(synapses) == [(1, 2.5), (2, 4.5), (2, 0.5)]


def test_without_a_syn_file_active_synapses_are_at_their_points(cell, files):
    synapses = gm.read_isf_synapses(cell, activations=files["activations"])
    assert synapses.positions.tolist() == [[0, 0, 0], [10, 40, 0]]
    assert synapses.population_names == ("A", "B")
    assert synapses.section.tolist() == [0, 1]
    assert events(synapses) == [(0, 2.5), (1, 4.5), (1, 0.5)]


def test_a_presynaptic_spike_reaches_all_synapses_of_its_cell(cell, files):
    synapses = gm.read_isf_synapses(cell, syn=files["syn"], con=files["con"], spikes=files["spikes"])
    assert events(synapses) == [(0, 3.5), (0, 1.5), (2, 3.5), (2, 1.5)]  # cell 8 of A has none


def test_files_may_be_gzipped(cell, files):
    files["syn"].write_bytes(gzip.compress(SYN.encode()))
    assert gm.read_isf_synapses(cell, syn=files["syn"]).n_synapses == 3


def test_synapses_that_were_never_active_have_no_events(cell, files):
    files["activations"].write_text("A\t0\t5.0\t0\t0\tSoma\t\n")
    assert events(gm.read_isf_synapses(cell, syn=files["syn"], activations=files["activations"])) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], r"got neither syn= nor activations="),
        (["con", "spikes"], "con= and spikes= must be given together, with syn="),
        (["syn", "con"], "con= and spikes= must be given together"),
        (["syn", "con", "spikes", "activations"], "without activations="),
    ],
)
def test_a_wrong_combination_of_files_raises_an_error(cell, files, given, message):
    with pytest.raises(ValueError, match=message):
        gm.read_isf_synapses(cell, **{name: files[name] for name in given})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("syn", "A\t0\n", r"cell.syn, line 1: expected 3 columns, got 2; is it a file of the In Silico"),
        ("syn", "# head\nA\t2\t0.5\n", r"cell.syn, line 2: section is 2, expected 0 to 1; is the file of this morph"),
        ("syn", "A\t-1\t0.5\n", "section is -1, expected 0 to 1"),
        ("syn", "A\tsoma\t0.5\n", "expected the number of a section, got 'soma'"),
        ("syn", "A\t0\t1.5\n", "section.x must be 0 to 1, got 1.5"),
        ("syn", "A\t0\tx\n", "line 1: expected a number, got 'x'"),
        ("activations", ACTIVE.replace("B\t1", "B\t2"), "line 3: cell.syn has no synapse 2 of B"),
        ("activations", ACTIVE.replace("4.5", "4;5"), "line 3: expected a number, got '4;5'"),
        ("activations", SYN, "expected 7 columns, got 3"),
    ],
)
def test_an_error_names_file_line_and_reason(cell, files, name, text, message):
    files[name].write_text(text)
    with pytest.raises(RecordingError, match=message):
        gm.read_isf_synapses(cell, syn=files["syn"], activations=files["activations"])


def test_a_point_that_a_section_does_not_have_raises_an_error(cell, files):
    files["activations"].write_text(ACTIVE.replace("1\t2\tDen", "1\t3\tDen"))
    with pytest.raises(RecordingError, match="point of section 1 is 3, expected 0 to 2"):
        gm.read_isf_synapses(cell, activations=files["activations"])


def test_a_con_file_without_synapses_raises_an_error(cell, files):
    files["con"].write_text("# nothing\n")
    with pytest.raises(RecordingError, match=r"cell\.con: no synapse in it"):
        gm.read_isf_synapses(cell, syn=files["syn"], con=files["con"], spikes=files["spikes"])


def test_a_damaged_file_raises_an_error(cell, files):
    files["syn"].write_bytes(gzip.compress(SYN.encode())[:-10])
    with pytest.raises(MorphologyError, match="damaged gzip"):
        gm.read_isf_synapses(cell, syn=files["syn"])


def test_all_files_of_a_real_simulation_agree(shared_data: Path):
    folder = shared_data / "isf_gpl3"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    cell = gm.read_morphology(folder / "86_C2_center.hoc")
    paths: dict[str, Any] = {"syn": folder / "example_embedding_86_C2_center.syn"}
    active = folder / "simulation_run0000_synapses.csv"
    by_point = gm.read_isf_synapses(cell, activations=active)
    by_site = gm.read_isf_synapses(cell, **paths, activations=active)
    of_cells = gm.read_isf_synapses(
        cell,
        **paths,
        con=folder / "example_embedding_86_C2_center.con",
        spikes=folder / "simulation_run0000_presynaptic_cells.csv",
    )
    assert (by_point.n_synapses, by_site.n_synapses, of_cells.n_synapses) == (4428, 24780, 24780)
    assert (len(by_point.event_time), len(by_site.event_time), len(of_cells.event_time)) == (5352, 5352, 12590)
    apart = by_point.positions[by_point.event_synapse] - by_site.positions[by_site.event_synapse]
    assert np.abs(apart).max() < 1e-3  # µm
    assert set(events(by_site)) <= set(events(of_cells))  # a spike may fail to release


def test_a_part_of_a_real_cell_has_the_synapses_of_its_sections(shared_data: Path):
    folder = shared_data / "isf_gpl3"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    cell = gm.read_morphology(folder / "86_C2_center.hoc")
    syn, active = folder / "example_embedding_86_C2_center.syn", folder / "simulation_run0000_synapses.csv"
    synapses = gm.read_isf_synapses(cell, syn=syn, activations=active)
    kinds = sorted(set(cell.section_labels))
    parts = [gm.select_sections(cell, None, synapses, labels=kind) for kind in kinds]
    assert sum(part.n_sections for part, _, _ in parts) == cell.n_sections
    assert sum(some.n_synapses for _, _, some in parts) == synapses.n_synapses
    assert sum(len(some.event_time) for _, _, some in parts) == len(synapses.event_time)
    for part, _, some in parts:
        low, high = part.points.min(axis=0) - 1e-3, part.points.max(axis=0) + 1e-3
        assert ((some.positions >= low) & (some.positions <= high)).all()
