"""Morphologies and recordings of the model in NEURON.

A process has one ``h``, which cannot be emptied, so each test runs in a separate process.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm

InNeuron = Callable[[str], Any]

# Not importorskip, which would import NEURON into the process of the tests.
pytestmark = pytest.mark.skipif(find_spec("neuron") is None, reason="needs NEURON (extra 'neuron')")

HEAD = """\
import pickle, sys
from pathlib import Path
from neuron import h
import gpu_morph as gm
h.load_file("stdrun.hoc")

def section(name, parent=None, end=0, *, length=100, points=(), cell=None):
    new = h.Section(name=name, cell=cell)
    new.L, new.diam = length, 2
    for point in points:
        new.pt3dadd(*point)
    if parent is not None:
        new.connect(parent, end)
    return new

def error(call):
    try:
        return call()
    except Exception as cause:
        return f"{type(cause).__name__}: {cause}"

"""
TAIL = "\nPath(sys.argv[1]).write_bytes(pickle.dumps(result))\n"
SOMA = "soma = section('soma', points=[(0, 0, 0, 20), (20, 0, 0, 20)])\n"


@pytest.fixture
def in_neuron(tmp_path: Path) -> InNeuron:
    """Run code in a new process with NEURON and return its ``result``."""

    def run(code: str) -> Any:
        command = [sys.executable, "-W", "error::UserWarning", "-c", HEAD + code + TAIL, str(tmp_path / "result")]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return pickle.loads((tmp_path / "result").read_bytes())

    return run


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
    assert bounds[0] == pytest.approx(expected[0], abs=0.4)
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


def test_a_pickle_is_a_plain_morphology(in_neuron: InNeuron) -> None:
    morphology, is_equal = in_neuron(
        SOMA
        + "morphology = gm.from_neuron()\nresult = morphology, pickle.loads(pickle.dumps(morphology)) == morphology"
    )
    assert type(morphology) is gm.Morphology
    assert is_equal


def test_wrong_sections_raise_errors(in_neuron: InNeuron) -> None:
    nothing, gone, other, segments = in_neuron("""
result = [error(gm.from_neuron)]
soma = section("soma")
lost = section("lost")
h.delete_section(sec=lost)
result += [error(lambda: gm.from_neuron(given)) for given in ([soma, lost], ["soma"], soma)]
""")
    assert nothing.startswith("MorphologyError: there are no sections in NEURON")
    assert gone.startswith("MorphologyError: a section was deleted")
    assert other.startswith("TypeError: sections must be h.Section objects")
    assert segments.startswith("TypeError: sections must be h.Section objects")


def test_without_neuron_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "neuron", None)
    with pytest.raises(gm.errors.MorphologyError, match=r'this needs NEURON; pip install "gpu_morph\[neuron\]"'):
        gm.from_neuron()


# Recordings


def test_a_run_becomes_a_recording(in_neuron: InNeuron) -> None:
    recording, truth, is_clean = in_neuron(
        SOMA
        + """
dend = section("dend", soma(1))
dend.nseg = 3
soma.insert("hh")
clamp = h.IClamp(soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 1, 1, 5
morphology = gm.from_neuron()
recorder = gm.record(morphology, "v", dt=0.5)
truth = h.Vector().record(dend(0.5)._ref_v, 0.5)
h.finitialize(-70)
h.continuerun(5.1)
recording = recorder.recording()
result = recording, list(truth), gm.audit(morphology, recording).is_clean
"""
    )
    assert (recording.name, recording.unit) == ("v", "mV")
    assert recording.times.tolist() == [0.5 * k for k in range(11)]
    assert recording.section.tolist() == [0, 1, 1, 1]
    assert recording.position == pytest.approx([1 / 2, 1 / 6, 1 / 2, 5 / 6])
    assert recording.values[0].tolist() == [-70] * 4
    assert recording.values[:, 2] == pytest.approx(truth)
    assert recording.values[:, 0].max() > 0
    assert is_clean


def test_values_of_a_section_connected_by_its_1_end_have_the_right_positions(in_neuron: InNeuron) -> None:
    morphology, recording = in_neuron(
        SOMA
        + """
cone = section("dend", soma(1), 1, points=[(20, 0, 0, 10), (120, 0, 0, 2)])
tip = section("dend", cone(0), points=[(120, 0, 0, 2), (220, 0, 0, 2)])
cone.nseg = 5
morphology = gm.from_neuron()
recorder = gm.record(morphology, "diam")
h.finitialize()
h.continuerun(1)
result = morphology, recorder.recording()
"""
    )
    widths = morphology.diameter_at(recording.section, recording.position)
    assert recording.values[-1] == pytest.approx(widths, rel=1e-5)
    assert recording.unit == "um"
    assert morphology.section_parent_x.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("variable", "name", "unit", "sections"),
    [
        ("Voltage", "v", "mV", [0, 1]),
        ("m_hh", "m_hh", "", [0]),
        ("gna_hh", "gna_hh", "S/cm2", [0]),
        ("ina", "ina", "mA/cm2", [0]),
        ("nai", "nai", "mM", [0]),
        ("ena", "ena", "mV", [0]),
        ("i_pas", "i_pas", "mA/cm2", [1]),
        ("i_cap", "i_cap", "mA/cm2", [0, 1]),
        ("i_membrane_", "i_membrane_", "nA", [0, 1]),
    ],
)
def test_any_range_variable_is_recorded_in_the_sections_that_have_it(
    in_neuron: InNeuron, variable: str, name: str, unit: str, sections: list[int]
) -> None:
    recording = in_neuron(
        SOMA
        + f"""
dend = section("dend", soma(1))
soma.insert("hh")
dend.insert("pas")
h.CVode().use_fast_imem(True)
recorder = gm.record(gm.from_neuron(), {variable!r})
h.finitialize(-65)
h.continuerun(1)
result = recorder.recording()
"""
    )
    assert (recording.name, recording.unit) == (name, unit)
    assert recording.section.tolist() == sections
    assert np.isfinite(recording.values).all()


def test_a_variable_or_section_that_cannot_be_recorded_raises_an_error(in_neuron: InNeuron) -> None:
    unknown, imem, zero, plain, gone = in_neuron(
        SOMA
        + """
soma.insert("pas")
morphology = gm.from_neuron()
result = [
    error(lambda: gm.record(morphology, "cai")),
    error(lambda: gm.record(morphology, "i_membrane_")),
    error(lambda: gm.record(morphology, dt=0)),
    error(lambda: gm.record(gm.join_morphologies([morphology]))),
]
h.delete_section(sec=soma)
result.append(error(lambda: gm.record(morphology)))
"""
    )
    assert unknown == "RecordingError: no section has the range variable 'cai'; there are e_pas, g_pas, i_pas, v"
    assert "call h.CVode().use_fast_imem(True) first" in imem
    assert zero.startswith("ValueError: dt must be a positive number of ms")
    assert plain.startswith("RecordingError: record needs a morphology from from_neuron")
    assert gone.startswith("RecordingError: a section was deleted")


def test_a_recording_has_the_values_since_the_last_finitialize(in_neuron: InNeuron) -> None:
    before, first, longer, second = in_neuron(
        SOMA
        + """
recorder = gm.record(gm.from_neuron())
result = [error(recorder.recording)]
h.finitialize(-65); h.continuerun(1.05)
result.append(recorder.recording().times[-1])
h.continuerun(2.05)
result.append(recorder.recording().times[-1])
h.finitialize(-40); h.continuerun(0.55)
result.append(recorder.recording())
"""
    )
    assert before.startswith("RecordingError: 'v' has no values yet")
    assert (first, longer) == pytest.approx((1, 2))
    assert second.times[-1] == pytest.approx(0.5)
    assert second.values[0] == pytest.approx([-40])


def test_every_time_step_of_a_variable_step_is_recorded(in_neuron: InNeuron) -> None:
    recording, n_steps = in_neuron(
        SOMA
        + """
soma.insert("hh")
clamp = h.IClamp(soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 1, 1, 5
h.CVode().active(True)
recorder, steps = gm.record(gm.from_neuron(), dt=None), h.Vector().record(h._ref_t)
h.finitialize(-65)
h.continuerun(5)
result = recorder.recording(), len(steps)
"""
    )
    assert len(recording.times) > 20
    assert n_steps - 10 < len(recording.times) <= n_steps
    assert np.ptp(np.diff(recording.times)) > 0.01


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
