"""Morphologies of the model in NEURON.

A process has one ``h``, which cannot be emptied, so each test runs in a separate process.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from neuron_process import SOMA, InNeuron, needs_neuron

import gpu_morph as gm

pytestmark = needs_neuron


def section_points(morphology: gm.Morphology, section: int) -> list[list[float]]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.points[first:end].tolist()


# Morphologies


def test_points_and_connections_are_those_of_the_model(in_neuron: InNeuron) -> None:
    morphology = in_neuron(
        SOMA
        + "dend = section('dend', soma(0.5), points=[(10, 10, 0, 2), (10, 30, 0, 1), (10, 60, 5, 1)])\n"
        + "result = gm.from_neuron()"
    )
    assert morphology.section_labels == ("soma", "dend")
    assert morphology.section_parent.tolist() == [-1, 0]
    assert morphology.section_parent_x.tolist() == [0, 0.5]
    assert section_points(morphology, 1) == [[10, 10, 0], [10, 30, 0], [10, 60, 5]]
    assert morphology.diameters[-3:].tolist() == [2, 1, 1]


def test_straight_sections_have_the_positions_of_define_shape(in_neuron: InNeuron) -> None:
    morphology, shape = in_neuron("""
root = section("soma", length=30)
sections = [section(f"a{x}", root(x)) for x in (0, 0, 1, 0.3, 0.5, 0.7, 0.7, 1, 1, 1)]
sections += [section("b", sections[2](1)), section("c", sections[0](1), length=40), section("d", sections[4](0.5))]
sections += [section("e", root(0), 1), section("f", root(1), 1)]
sections += [section("g", sections[-1](0)), section("h", sections[-1](1)), section("lone"), section("last")]
morphology = gm.from_neuron()
assert not any(s.n3d() for s in h.allsec())  # the model is not touched
h.define_shape()
result = morphology, [[[s.x3d(i), s.y3d(i), s.z3d(i)] for i in (0, s.n3d() - 1)] for s in h.allsec()]
""")
    ends = [[points[0], points[-1]] for points in (section_points(morphology, k) for k in range(morphology.n_sections))]
    distance = np.array(ends) - np.array(shape)
    assert np.abs(distance[:-2]).max() < 1e-3
    assert np.abs(distance[:, :, :2]).max() < 1e-3  # versions of NEURON differ in how far roots are apart in z
    assert np.array(ends)[-2:, :, 2].tolist() == [[100, 100], [200, 200]]
    assert morphology.n_cells == 3


def test_a_straight_section_has_the_diameters_of_its_segments(in_neuron: InNeuron) -> None:
    morphology = in_neuron("""
cone = section("dend", length=60)
cone.nseg = 3
for segment, diameter in zip(cone, (6, 4, 2)):
    segment.diam = diameter
result = gm.from_neuron()
""")
    assert morphology.points[:, 0].tolist() == [0, 10, 30, 50, 60]
    assert morphology.diameters.tolist() == [6, 6, 4, 2, 2]


def test_a_straight_section_continues_a_section_with_points(in_neuron: InNeuron) -> None:
    morphology = in_neuron(SOMA + "axon = section('axon', soma(1), length=30)\nresult = gm.from_neuron()")
    assert section_points(morphology, 1) == [[20, 0, 0], [35, 0, 0], [50, 0, 0]]


IMPORT3D = """
h.load_file("import3d.hoc")
class Imported:
    pass
def imported(reader, path):
    cell, reader = Imported(), getattr(h, reader)()
    reader.input(path)
    h.Import3d_GUI(reader, 0).instantiate(cell)
    return cell
"""


@pytest.mark.parametrize(
    ("name", "reader", "text"),
    [
        ("one.swc", "Import3d_SWC_read", "1 1 0 0 0 10 -1\n2 3 10 0 0 1 1\n3 3 60 0 0 1 2\n"),
        ("three.swc", "Import3d_SWC_read", "1 1 0 0 0 10 -1\n2 1 0 -10 0 10 1\n3 1 0 10 0 10 1\n"),
        ("two.swc", "Import3d_SWC_read", "1 1 0 0 0 6.3 -1\n2 1 12.6 0 0 6.3 1\n"),
        ("chain.swc", "Import3d_SWC_read", "1 1 0 0 0 2 -1\n2 1 9 0 0 7 1\n3 1 20 5 0 6 2\n4 1 30 9 0 2 3\n"),
        (
            "contour.asc",
            "Import3d_Neurolucida3",
            '("CellBody" (CellBody)\n'
            + "".join(f"({15 * np.cos(a)} {10 * np.sin(a)} 0 0.1)\n" for a in np.arange(0, 2 * np.pi, 0.1))
            + ")\n",
        ),
    ],
)
def test_a_soma_is_as_large_as_read_morphology_makes_it(
    in_neuron: InNeuron, tmp_path: Path, name: str, reader: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    bounds, expected, length = in_neuron(f"""{IMPORT3D}
cell = imported({reader!r}, {name!r})
somata = [section for section in cell.all if "soma" in section.name()]
result = gm.from_neuron(somata).bounds(), gm.read_morphology({name!r}).bounds(), somata[0].L
""")
    tolerance = 0.4 if name == "contour.asc" else 0.01  # docs/simulators.md says what Import3d makes of contours
    assert bounds[0] == pytest.approx(expected[0], abs=tolerance)
    assert np.ptp(bounds, axis=0).max() <= length + 0.1


@pytest.mark.parametrize(("length", "expected"), [(20, (0, 20)), (50, (0, 50)), (5, (-2.5, 7.5))])
def test_a_soma_is_as_long_as_it_is(in_neuron: InNeuron, length: float, expected: tuple[float, float]) -> None:
    bounds, sites = in_neuron(f"""
soma = section("soma", length={length})
soma.diam, soma.nseg = 20, 5
dend = section("dend", soma(1))
morphology = gm.from_neuron()
result = gm.from_neuron([soma]).bounds(), morphology.locate([0] * 7, [0, .1, .3, .5, .7, .9, 1])
""")
    assert bounds[:, 0] == pytest.approx(expected)
    assert sites[:, 0] == pytest.approx(np.array([0, 0.1, 0.3, 0.5, 0.7, 0.9, 1]) * length, abs=1e-4)


def test_somata_in_a_row_stay_joined(in_neuron: InNeuron) -> None:
    morphology = in_neuron("""
a = section("soma[0]", points=[(0, 0, 0, 20), (30, 0, 0, 20)])
b = section("soma[1]", a(1), points=[(30, 0, 0, 20), (60, 0, 0, 20)])
result = gm.from_neuron()
""")
    assert morphology.diameter_at([0, 0, 1, 1], [0, 1, 0, 1]).tolist() == [0, 20, 20, 0]
    assert morphology.bounds()[:, 0].tolist() == [0, 60]


def test_sections_have_neurons_names(in_neuron: InNeuron) -> None:
    morphology = in_neuron(SOMA + "dend = section('dend[3]', soma(1))\nresult = gm.from_neuron()")
    assert morphology.section_names == ("soma", "dend[3]")


def test_labels_are_the_names_without_cell_and_index(in_neuron: InNeuron) -> None:
    morphology = in_neuron("""
class Cell:
    def __str__(self):
        return "Cell[0]"
cell = Cell()
names = ["soma", "dend[3]", "apic[12]", "axon", "myelin[2]", "dend_1_0"]
keep = [section(name, cell=cell) for name in names]
h("create dend[2]")
result = gm.from_neuron()
""")
    assert morphology.section_labels == ("soma", "dend", "apic", "axon", "myelin", "dend", "dend", "dend")


def test_each_tree_is_a_cell(in_neuron: InNeuron) -> None:
    morphology = in_neuron("""
a, b = section("soma"), section("soma")
keep = [section("dend", parent(1)) for parent in (b, a, b)]
result = gm.from_neuron()
""")
    assert morphology.section_cell.tolist() == [0, 1, 1, 0, 1]
    assert morphology.section_parent.tolist() == [-1, -1, 1, 0, 1]


def test_some_sections_can_be_taken_in_any_order(in_neuron: InNeuron) -> None:
    whole, part, in_a_list = in_neuron("""
a, b = section("soma"), section("soma")
c = section("dend", b(1))
d, e = section("apic", c(0.5)), section("axon", c(1))
result = gm.from_neuron(), gm.from_neuron([d, c, d]), gm.from_neuron(h.SectionList([d, e]))
""")
    assert part.section_labels == ("apic", "dend")
    assert part.section_parent.tolist() == [1, -1]
    assert section_points(part, 0) == section_points(whole, 3)
    assert in_a_list.section_parent.tolist() == [-1, -1]
    assert in_a_list.section_cell.tolist() == [0, 0]


def test_a_cell_stands_for_its_sections(in_neuron: InNeuron) -> None:
    counts = in_neuron("""
h('''begintemplate Ball
public soma, dend, all
objref all
create soma, dend
proc init() { all = new SectionList() soma all.append() dend all.append() connect dend(0), soma(1) }
endtemplate Ball
begintemplate Bare
public soma
create soma, dend[2]
endtemplate Bare
''')
class Own:
    def __init__(self):
        self.soma = h.Section("soma", self)
class WithAll(Own):
    @property
    def all(self):
        return [self.soma]
balls, bare, own, listed = [h.Ball(), h.Ball()], h.Bare(), Own(), WithAll()
given = [balls[1], bare, own, listed, balls, [balls[0], own.soma]]
result = [gm.from_neuron(cell).n_sections for cell in given], gm.from_neuron(balls[1]).section_names
""")
    assert counts[0] == [2, 3, 1, 1, 4, 3]
    assert counts[1] == ("Ball[1].soma", "Ball[1].dend")


def test_sections_may_be_an_iterator_or_an_array(in_neuron: InNeuron) -> None:
    counts = in_neuron("""
soma, dend = section("soma"), section("dend")
given = [h.allsec(), __import__("numpy").array([soma, dend], dtype=object), iter([dend])]
result = [gm.from_neuron(sections).section_names for sections in given]
""")
    assert counts == [("soma", "dend"), ("soma", "dend"), ("dend",)]


def test_a_pickle_is_a_plain_morphology(in_neuron: InNeuron) -> None:
    morphology, is_equal = in_neuron(
        SOMA
        + "morphology = gm.from_neuron()\nresult = morphology, pickle.loads(pickle.dumps(morphology)) == morphology"
    )
    assert type(morphology) is gm.Morphology
    assert is_equal


def test_wrong_sections_raise_errors(in_neuron: InNeuron) -> None:
    nothing, gone, other, segments, empty = in_neuron("""
result = [error(gm.from_neuron)]
soma = section("soma")
lost = section("lost")
h.delete_section(sec=lost)
result += [error(lambda: gm.from_neuron(given)) for given in ([soma, lost], ["soma"], soma, object())]
""")
    assert nothing.startswith("MorphologyError: there are no sections in NEURON")
    assert gone.startswith("MorphologyError: a section was deleted")
    assert other.startswith("TypeError: sections must be h.Section objects")
    assert segments.startswith("TypeError: sections must be h.Section objects")
    assert "cell.all" in segments and "cell.all" in empty


def test_without_neuron_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "neuron", None)
    with pytest.raises(gm.errors.MorphologyError, match=r'this needs NEURON; pip install "gpu_morph\[neuron\]"'):
        gm.from_neuron()


# A film


def test_ten_lines_make_a_film_of_a_model(in_neuron: InNeuron) -> None:
    report = in_neuron("""
soma, dend = h.Section("soma"), h.Section("dend")
dend.connect(soma)
soma.L = soma.diam = 20
soma.insert("hh")
clamp = h.IClamp(soma(0.5))
clamp.dur, clamp.amp = 1, 3
morphology = gm.from_neuron()
voltage = gm.record(morphology, "v", dt=0.1)
h.finitialize(-65)
h.continuerun(1)
scene = gm.Scene(morphology, voltage.recording(), color="v")
result = gm.render_video(scene, "cell.mp4", size=(64, 64), device="cpu", progress=False)
""")
    assert report.path.stat().st_size > 500
    assert report.n_frames == 10
