"""Templates that only import a morphology are read from that file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hoc_texts import Write, with_neuron

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files.hoc import read_hoc

IMPORT = """\
begintemplate Cell
public soma, dend, axon, all, somatic, axonal, basal
objref nl, i3d, this, all, somatic, axonal, basal
create soma[1], dend[1], axon[1]
proc init() {
  somatic = new SectionList()
  axonal = new SectionList()
  basal = new SectionList()
  all = new SectionList()
  nl = new Import3d_SWC_read()
  nl.input("morph/cell.swc")
  i3d = new Import3d_GUI(nl, 0)
  i3d.instantiate(this)
}
endtemplate Cell
"""
SWC = "1 1 0 0 0 5 -1\n2 2 0 6 0 1 1\n3 2 0 20 0 1 2\n4 3 6 0 0 1 1\n5 3 30 0 0 1 4\n"


@pytest.fixture
def importing(write: Write) -> Path:
    """A template beside the file that it imports."""
    path = write(IMPORT)
    path.with_name("morph").mkdir()
    (path.parent / "morph" / "cell.swc").write_text(SWC)
    return path


def test_of_a_template_that_only_imports_a_file_that_file_is_read(importing: Path) -> None:
    with pytest.warns(UserWarning, match=r"cell.hoc was not run: its template imports cell.swc"):
        morphology = read_hoc(importing, scale=2)
    assert morphology.section_labels == ("soma", "axon", "dend")
    assert morphology.points.max() == 60


@with_neuron
def test_neuron_loads_import3d_before_a_template_that_uses_it(importing: Path) -> None:
    morphology = read_hoc(importing, run=True)
    assert set(morphology.section_labels) == {"soma", "axon", "dend"}
    assert morphology.points.max() == 30


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("morph/cell.swc", "../secret.swc"),
        ("morph/cell.swc", "/etc/passwd"),
        ("morph/cell.swc", "nowhere.swc"),
        ("i3d.instantiate(this)", "i3d.instantiate(this) soma { pt3dadd(0,0,0,1) }"),
        ("SWC_read", "MorphML"),
        ("endtemplate Cell", "endtemplate Cell\nbegintemplate B\nendtemplate B"),
    ],
)
def test_a_template_that_imports_otherwise_is_not_read_without_neuron(importing: Path, old: str, new: str) -> None:
    (importing.parents[1] / "secret.swc").write_text(SWC)
    importing.write_text(IMPORT.replace(old, new))
    with pytest.raises(MorphologyError, match=r"'begintemplate' is not plain HOC .*run=True"):
        read_hoc(importing)
