"""Plain .hoc files are interpreted."""

from __future__ import annotations

import gzip
import re

import pytest
from hoc_texts import PLAIN, Write
from morphology_measures import section_points

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files import hoc, hoc_neuron, hoc_tokens
from gpu_morph.readers.files.hoc import read_hoc


@pytest.fixture
def without_neuron(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if NEURON were not installed."""
    monkeypatch.setattr(hoc_neuron, "find_spec", lambda _: None)


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
