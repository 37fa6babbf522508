"""Real .hoc files."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hoc_texts import with_neuron

from gpu_morph.readers.files.hoc import read_hoc


def collected(shared_data: Path, name: str) -> Path:
    path = shared_data / name
    if not path.exists():
        pytest.skip(f"no file {name} in the shared data")
    return path


def test_a_real_isf_cell_is_the_same_as_in_neuron(shared_data: Path) -> None:
    morphology = read_hoc(collected(shared_data, "isf_gpl3/86_C2_center.hoc"), run=True)
    truth = np.load(collected(shared_data, "isf_simulated/sim.npz"))
    first, true_first = morphology.section_offsets[1], truth["section_point_offset"][1]  # the soma is inscribed
    assert morphology.points[first:].tolist() == truth["points"][true_first:].astype(np.float32).tolist()
    assert morphology.diameters[first:].tolist() == truth["diameters"][true_first:].astype(np.float32).tolist()
    assert np.diff(morphology.section_offsets)[1:].tolist() == np.diff(truth["section_point_offset"])[1:].tolist()
    assert morphology.section_parent.tolist() == truth["section_parent"].tolist()
    assert set(morphology.section_labels) == {"soma", "dend", "apic"}


@pytest.mark.parametrize(
    ("name", "n_sections", "labels"),
    [
        ("hoc/SampleCell.hoc", 31, {"soma", "apic", "dend"}),
        ("hoc/geom.hoc", 67, {"soma", "dend"}),
    ],
)
@with_neuron
def test_a_real_template_has_the_points_of_its_text(
    shared_data: Path, name: str, n_sections: int, labels: set[str]
) -> None:
    path = collected(shared_data, name)
    written = re.findall(r"pt3dadd\(([^)]*)\)", path.read_text())
    numbers = np.array([[float(number) for number in words.split(",")] for words in written], dtype=np.float32)
    morphology = read_hoc(path, run=True)
    is_neurite = np.array(morphology.section_labels)[morphology.point_section] != "soma"  # somata are inscribed
    n_neurite = is_neurite.sum()
    assert morphology.section_labels[0] == "soma"
    assert morphology.points[is_neurite].tolist() == numbers[-n_neurite:, :3].tolist()
    assert morphology.diameters[is_neurite].tolist() == numbers[-n_neurite:, 3].tolist()
    assert morphology.n_sections == n_sections
    assert set(morphology.section_labels) == labels


@with_neuron
def test_a_real_program_that_reads_points_from_its_own_file(shared_data: Path) -> None:
    morphology = read_hoc(collected(shared_data, "hoc/pyramid.nrn"), run=True)
    assert morphology.n_sections == 79
    assert morphology.section_length[1:].sum() == pytest.approx(5349.55, abs=5)  # as the head of the file says
    assert morphology.diameters[morphology.section_offsets[1] :].min() > 0
