"""HOC files: plain ones are interpreted, NEURON builds the others."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from gpu_morph import read_morphology
from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files import hoc, hoc_neuron, hoc_tokens
from gpu_morph.readers.files.hoc import read_hoc

Write = Callable[..., Path]

# Not importorskip, which would import NEURON into the process of the tests.
with_neuron = pytest.mark.skipif(find_spec("neuron") is None, reason="templates need NEURON (extra 'neuron')")

PLAIN = """\
{create soma}
{access soma}
{nseg = 1}
{pt3dclear()}
{pt3dadd(0,0,0,10)}
{pt3dadd(10,0,0,8.5)}

{create dend_1}
{connect dend_1(0), soma(1)}
{access dend_1}
{pt3dclear()}
{pt3dadd(10,0,0,2)}
{pt3dadd(1.5e1,-2.,0,1)}
"""
TEMPLATE = """\
// a cell that NEURON builds
begintemplate Cell
public soma, dend
create soma, dend[2]
proc init() { local i
  soma { pt3dadd(0, 0, 0, 10) pt3dadd(10, 0, 0, 10) }
  for i = 0, 1 {
    connect dend[i](0), soma(i)
    dend[i] { pt3dadd(i * 10, 0, 0, 2) pt3dadd(i * 10, 50 * (i + 1), 0, 1) }
  }
}
endtemplate Cell
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def write_file(content: str | bytes, name: str = "cell.hoc") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def without_neuron(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if NEURON were not installed."""
    monkeypatch.setattr(hoc_neuron, "find_spec", lambda _: None)


def section_points(morphology: Morphology, section: int) -> list[list[float]]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.points[first:end].tolist()


def collected(shared_data: Path, name: str) -> Path:
    path = shared_data / name
    if not path.exists():
        pytest.skip(f"no file {name} in the shared data")
    return path


# Plain files


@pytest.mark.usefixtures("without_neuron")
def test_a_plain_file_needs_no_neuron(write: Write) -> None:
    morphology = read_hoc(write(PLAIN))
    assert morphology.section_labels == ("soma", "dend")
    assert morphology.section_parent.tolist() == [-1, 0]
    assert morphology.section_parent_x.tolist() == [0, 1]
    assert section_points(morphology, 1) == [[10, 0, 0], [15, -2, 0]]
    assert morphology.diameters[-2:].tolist() == [2, 1]


@pytest.mark.parametrize(
    "body",
    [
        "create a, b\naccess a\npt3dadd(0,0,0,4)\npt3dadd(9,0,0,4)\nconnect b(0), a(.5)\nb {pt3dadd(4.5,0,0,1)"
        " pt3dadd(4.5,9,0,1)}",
        "create a\\\n , b\na { pt3dclear() pt3dadd(0,0,0,4) pt3dadd(9,0,0,4) }\na connect b(0), 0.5\n"
        "b pt3dadd(4.5,0,0,1) b pt3dadd(4.5,9,0,1)",
        "proc shape() { local i\n a {pt3dstyle(1, 0, 0, 0) pt3dadd(0,0,0,4) pt3dadd(9,0,0,4)}\n link()\n"
        " b {pt3dadd(4.5,0,0,1) pt3dadd(4.5,9,0,-1)} }\nproc link() { connect b(0), a(half) }\n"
        'load_file("nrngui.hoc")\nhalf = 0.5\ncreate a, b // sections\n/* and\n points */ shape()\na.nseg = 3\n',
    ],
    ids=["one by one", "current section", "procedures"],
)
@pytest.mark.usefixtures("without_neuron")
def test_a_section_can_be_addressed_in_several_ways(write: Write, body: str) -> None:
    morphology = read_hoc(write(body))
    assert section_points(morphology, 0) == [[0, 0, 0], [9, 0, 0]]
    assert section_points(morphology, 1) == [[4.5, 0, 0], [4.5, 9, 0]]
    assert morphology.diameters.tolist() == [4, 4, 1, 1]
    assert morphology.section_parent_x.tolist() == [0, 0.5]


@pytest.mark.usefixtures("without_neuron")
def test_the_name_of_an_array_alone_is_its_first_section(write: Write) -> None:
    morphology = read_hoc(
        write("n = 3\ncreate soma, apic[n]\nconnect apic(0), soma(1)\nconnect apic[2](0), apic[0](1)")
    )
    assert morphology.section_labels == ("soma", "apic", "apic", "apic")
    assert morphology.section_parent.tolist() == [-1, 0, -1, 1]
    assert morphology.section_cell.tolist() == [0, 0, 1, 0]


@pytest.mark.usefixtures("without_neuron")
def test_a_section_without_points_is_straight(write: Write) -> None:
    morphology = read_hoc(write("create soma, dend\nsoma {L = 20 diam = 12}\ndend.L = 50\nconnect dend(0), soma(1)"))
    assert section_points(morphology, 0) == [[0, 0, 0], [6, 0, 0], [10, 0, 0], [14, 0, 0], [20, 0, 0]]
    assert section_points(morphology, 1) == [[20, 0, 0], [45, 0, 0], [70, 0, 0]]
    assert morphology.diameters.tolist() == [0, 12, 12, 12, 0, 500, 500, 500]  # NEURON's own default


@pytest.mark.usefixtures("without_neuron")
def test_points_of_a_section_that_is_connected_by_its_1_end_begin_at_its_parent(write: Write) -> None:
    text = "create a, b, c\nconnect b(1), a(1)\nconnect c(0), b(0)\na {pt3dadd(0,0,0,1) pt3dadd(9,0,0,1)}\n"
    morphology = read_hoc(
        write(text + "b {pt3dadd(9,0,0,1) pt3dadd(20,0,0,1)} c {pt3dadd(20,0,0,1) pt3dadd(30,0,0,1)}")
    )
    assert morphology.section_parent_x.tolist() == [0, 1, 1]
    assert section_points(morphology, 1) == [[9, 0, 0], [20, 0, 0]]


@pytest.mark.usefixtures("without_neuron")
def test_loops_and_arithmetic_are_plain(write: Write) -> None:
    morphology = read_hoc(
        write(
            "n = 2\ncreate soma, dend[n]\nforall { insert NoSuchMechanism nseg = 2*n-1 }\nforall pt3dclear()\n"
            "soma { pt3dadd(0,0,0,(1+1)*5) pt3dadd(5*-2/-1,0,0,10) }\nfor i = 0, n-1 connect dend[i](0), soma(1)\n"
            "for i = 1, 0 { this is skipped }\nfor i = 0, n - 1 { dend[i] pt3dadd(10, 9*(i+1), 0, 1) }\n"
            "for i = 0, n-1 dend[i] { pt3dadd(10, 20 - (2 - i) - 1, 0, 1) }\n"
        )
    )
    assert section_points(morphology, 0) == [[0, 0, 0], [5, 0, 0], [10, 0, 0]]
    assert section_points(morphology, 1) == [[10, 9, 0], [10, 17, 0]]
    assert section_points(morphology, 2) == [[10, 18, 0], [10, 18, 0]]
    assert morphology.diameters.tolist() == [0, 10, 0, 1, 1, 1, 1]
    assert morphology.section_parent.tolist() == [-1, 0, 0]


@pytest.mark.usefixtures("without_neuron")
def test_a_local_variable_hides_one_of_the_same_name(write: Write) -> None:
    text = "create a[2]\nproc f() { local i\n i = 7\n a[0] L = i }\nfor i = 0, 1 { f()\n a[i] diam = i + 1 }\n"
    assert read_hoc(write(text)).diameters.tolist() == [1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("create a\n" + "{" * 5000 + "}" * 5000, "nesting of more than 150"),
        ("create a\n" + "a " * 5000, "nesting of more than 150"),
        ("create a\na.L = " + "(" * 5000 + "1" + ")" * 5000, "nesting of more than 150"),
        ("create " + ",".join(f"a{k}[99999]" for k in range(2)), "a cell of more than 100,000 sections"),
        ("create a\nfor i = 0, 1e9 a { nseg = 1 }", "a program of more than 500,000 steps"),
        (
            "create a\naccess a\nproc p0() { pt3dadd(1,2,3,4) }\n"
            + "".join(f"proc p{k}() {{ p{k - 1}() p{k - 1}() }}\n" for k in range(1, 41))
            + "p40()",
            "a program of more than 500,000 steps",
        ),
    ],
    ids=["braces", "sections", "brackets", "arrays", "loop", "procedures"],
)
@pytest.mark.usefixtures("without_neuron")
def test_a_limit_is_an_error_that_names_it(write: Write, content: str, reason: str) -> None:
    with pytest.raises(MorphologyError, match=rf"^cell.hoc, line \d+: {reason} .*run=True"):
        read_hoc(write(content))


@pytest.mark.parametrize("text", ["create a\n" + "/* " * 100_000, "\n" * 50_000 + " " * 50_000], ids=["open", "space"])
def test_an_open_comment_and_space_are_left_out(text: str) -> None:
    assert hoc_tokens.COMMENT.sub("", text).strip() in ("create a", "")
    assert hoc.FORMAT.looks_like(text.encode()) is text.startswith("create")


def test_labels_come_from_names(write: Write) -> None:
    names = "soma, dend_1_0, dendrite_2, BasalDendrite_1, apical_1_0_2, apic, axon, AIS, myelin_3, node"
    labels = ("soma", "dend", "dend", "dend", "apic", "apic", "axon", "AIS", "myelin", "node")
    assert read_hoc(write(f"create {names}")).section_labels == labels


def test_line_ends_braces_and_compression_do_not_matter(write: Write) -> None:
    plain = read_hoc(write(PLAIN))
    for other in (gzip.compress(PLAIN.encode()), PLAIN.replace("\n", "\r\n"), re.sub(r"[{}\n]+", " ", PLAIN)):
        assert read_hoc(write(other)) == plain


def test_scale_multiplies_points_and_diameters(write: Write) -> None:
    assert read_hoc(write(PLAIN), scale=2).points.max() == 30
    assert read_hoc(write(PLAIN), scale=2).diameters[-2:].tolist() == [4, 2]
    with pytest.raises(ValueError, match="scale must be a positive"):
        read_hoc(write(PLAIN), scale=float("nan"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: the file ends here without a section"),
        ("proc f() {\ncreate soma }\n", "line 2: the file ends here without a section"),
        ("create soma\n{access soma", "line 2: the file ends inside a statement"),
        ("create soma\npt3dadd(0,0,0,1)", "line 2: no section is accessed here"),
        ("create soma\nsoma {\npt3dadd(0,0,1)}", "line 3: pt3dadd takes x, y, z and diameter, got 3 numbers"),
        ("create soma\nsoma {\npt3dadd(0,0,0,1e99)}", "line 3: expected a finite number"),
        ("create a, b\nconnect a(0.5), b(1)", r"line 2: a is connected by its end \[0.5\], expected \(0\) or \(1\)"),
        ("create a, b\nconnect a(0), b(2)", r"line 2: .* at x = \[2.0\], expected 0 to 1"),
        ("create a[0]", "line 1: a has 0 sections, expected at least 1"),
        ("create a\nproc f() {\nf()\n}\nf()", "line 3: f calls itself"),
    ],
)
def test_an_error_names_file_line_and_reason(write: Write, content: str, message: str) -> None:
    with pytest.raises(MorphologyError, match=f"^cell.hoc, {message}"):
        read_hoc(write(content))


def test_the_error_for_a_cycle_names_a_section(write: Write) -> None:
    with pytest.raises(MorphologyError, match=r"^cell.hoc: section b is part of a cycle"):
        read_hoc(write("create a, b, c\nconnect b(0), c(1)\nconnect c(0), b(1)"))


@pytest.mark.parametrize(
    ("content", "statement"),
    [
        ("// cell\nbegintemplate Cell\nendtemplate Cell", "line 2: 'begintemplate'"),
        ("create a[3]\nfor (i = 1; i < 3; i += 1) connect a[i](0), a[i-1](1)", "line 2: 'for' with conditions"),
        ("create a[9]\nfor i = 1, 9 { i = i + 1 }", "line 2: a loop that changes its variable 'i'"),
        ("create a\nfor i = 0, 1 { nseg = 3 }\nL = i", "line 3: the expression 'i'"),
        ("create a\na pt3dadd(2^2, 0, 0, 1)", r"line 2: arithmetic \(\^\)"),
        ("create a\na pt3dadd(x, 0, 0, 1)", "line 2: the expression 'x'"),
        ("create a\nproc f() { a nseg = $1 }\nf(3)", "line 3: arguments for f"),
        ('create a\nload_file("b.hoc")', 'line 2: another file, "b.hoc"'),
        ("create a\na {pt3dadd(0,0,0,1) pt3dadd(9,0,0,1)\nL = 20}", "line 3: L of a section with 3-d points"),
        ("create a\nconnect b(0), a(1)", "line 2: the name 'b'"),
    ],
)
@pytest.mark.usefixtures("without_neuron")
def test_without_neuron_the_error_names_the_statement_that_needs_it(write: Write, content: str, statement: str) -> None:
    with pytest.raises(MorphologyError, match=rf"^cell.hoc, {statement} is not plain .*gpu_morph\[neuron\]"):
        read_hoc(write(content), run=True)
    with pytest.raises(MorphologyError, match=rf"^cell.hoc, {statement} is not plain .*run=True.*--run"):
        read_hoc(write(content))


# Templates that import a file

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


# Programs that NEURON runs

TOUCH = 'create a\nif (1) system("touch {}")\n'


@pytest.mark.parametrize("name", ["cell.swc", "cell.asc", "cell.nml", "cell.h5", "cell.txt", "cell", "cell.gz"])
@pytest.mark.parametrize("run", [False, True])
def test_a_program_with_another_ending_is_an_error_and_not_run(tmp_path: Path, name: str, run: bool) -> None:
    text, path = TOUCH.format(tmp_path / "ran").encode(), tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with pytest.raises(MorphologyError, match=rf"^{name}: its content looks like HOC, .* does not end in .hoc or .nrn"):
        read_morphology(path, run=run)
    with pytest.raises(MorphologyError, match="'if' is not plain HOC"):
        read_hoc(path, run=run)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["cell.hoc", "cell.nrn", "CELL.HOC", "cell.hoc.gz"])
@with_neuron
def test_a_program_runs_only_when_that_is_asked_for(tmp_path: Path, name: str) -> None:
    text, path = TOUCH.format(tmp_path / "ran").encode(), tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with pytest.raises(MorphologyError, match="'if' is not plain HOC"):
        read_morphology(path)
    assert not (tmp_path / "ran").exists()
    assert read_morphology(path, run=True).n_sections == 1
    assert (tmp_path / "ran").exists()


@with_neuron
def test_what_a_program_has_started_is_ended_with_it(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hoc_neuron, "_TIMEOUT", 3.0)
    path = write('create a\nif (1) system("sleep 9876543")\n')
    with pytest.raises(MorphologyError, match="NEURON ran it for 3 s, the limit"):
        read_hoc(path, run=True)
    for _ in range(1200):  # a killed process needs a moment to end, on a loaded machine seconds
        if not any(b"sleep\x009876543" in command for command in _commands()):
            return
        time.sleep(0.05)
    pytest.fail("sleep runs on")


def _commands() -> Iterator[bytes]:
    """The commands of all processes."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # the process has ended
            yield entry.read_bytes()


@with_neuron
def test_the_error_for_a_missing_mechanism_says_how_to_compile_it(write: Write) -> None:
    path = write("create a\nif (1) a insert CaHVA\n")
    with pytest.raises(MorphologyError, match=rf"If CaHVA is a mechanism: compile it with nrnivmodl in {path.parent}"):
        read_hoc(path, run=True)


@pytest.mark.parametrize("compiled_in", ["model", "caller"])
@with_neuron
def test_compiled_mechanisms_of_the_files_folder_and_of_the_callers_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled_in: str
) -> None:
    compiler = shutil.which("nrnivmodl", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if compiler is None or shutil.which("make") is None:
        pytest.skip("mechanisms need nrnivmodl and make")
    for folder in ("model", "caller"):
        (tmp_path / folder).mkdir()
    (tmp_path / compiled_in / "ca.mod").write_text("NEURON { SUFFIX CaHVA }\nASSIGNED { v (mV) }\nBREAKPOINT { }\n")
    if subprocess.run([compiler], cwd=tmp_path / compiled_in, capture_output=True).returncode:
        pytest.skip("mechanisms need a compiler")
    (tmp_path / "model" / "cell.hoc").write_text("create a\nif (1) a insert CaHVA\n")
    monkeypatch.chdir(tmp_path / "caller")
    assert read_hoc(tmp_path / "model" / "cell.hoc", run=True).n_sections == 1


@with_neuron
def test_neuron_builds_a_template(write: Write) -> None:
    morphology = read_hoc(write(TEMPLATE), scale=2, run=True)
    assert morphology.section_labels == ("soma", "dend", "dend")
    assert morphology.section_parent.tolist() == [-1, 0, 0]
    assert morphology.section_parent_x.tolist() == [0, 0, 1]
    assert section_points(morphology, 2) == [[20, 0, 0], [20, 200, 0]]
    assert morphology.diameters[-4:].tolist() == [4, 2, 4, 2]
    assert type(morphology) is Morphology


@with_neuron
def test_neuron_runs_a_gzipped_file_that_loads_another(write: Write) -> None:
    write(PLAIN, "plain.hoc")
    path = write(gzip.compress(b'xopen("plain.hoc")\nif (1) print "built"\n'))
    assert read_hoc(path, run=True) == read_hoc(write(PLAIN))


@with_neuron
def test_a_name_selects_one_of_several_templates(write: Write) -> None:
    other = re.sub(r"\bCell\b", "Other", TEMPLATE).replace("dend", "apic")
    path = write(TEMPLATE + other)
    assert read_hoc(path, name="Other", run=True).section_labels == ("soma", "apic", "apic")
    with pytest.raises(MorphologyError, match=r"its templates are Cell, Other; choose a template with name="):
        read_hoc(path, run=True)
    with pytest.raises(MorphologyError, match=r"the template 'None of them' .*its templates are Cell, Other"):
        read_hoc(path, name="None of them", run=True)


@with_neuron
def test_an_error_of_neuron_has_its_message(write: Write) -> None:
    path = write(TEMPLATE.replace("soma {", "soma { insert NoSuchChannel"))
    with pytest.raises(MorphologyError, match=r"^cell.hoc, line 2: 'begintemplate' .*NoSuchChannel"):
        read_hoc(path, run=True)


@with_neuron
def test_a_program_that_quits_neuron_raises_an_error(write: Write) -> None:
    with pytest.raises(MorphologyError, match=r"^cell.hoc, line 2: 'quit' .*NEURON ended with 0"):
        read_hoc(write("create a\nquit()\n"), run=True)


@with_neuron
def test_a_program_that_does_not_end_is_stopped(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hoc_neuron, "_TIMEOUT", 2.0)
    with pytest.raises(
        MorphologyError, match=r"^cell.hoc, line 2: 'while' .*ran it for 2 s, the limit, and it did not"
    ):
        read_hoc(write("create a\nwhile (1) {}\n"), run=True)


# Real files


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
