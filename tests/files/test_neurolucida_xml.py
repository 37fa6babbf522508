"""A Neurolucida XML file gives the same morphology as an ASC file of the same tracing."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files.asc import read_asc
from gpu_morph.readers.files.neurolucida_xml import read_neurolucida_xml
from gpu_morph.readers.formats import read_any

Write = Callable[..., Path]
Rows = list[tuple[float, float, float, float]]
Tree = tuple[Rows, list["Tree"]]

SOMA: Rows = [(5, 0, 0, 0.1), (3, 4, 0, 0.1), (-5, 0, 0, 0.1), (-2, -4, 0, 0.1)]
FORK: Tree = (
    [(0, 6, 0, 2), (0, 10, 0, 2)],
    [([(5, 15, 0, 1), (8, 15, 1.5, 1)], [([(9, 15, 0, 0.5)], []), ([(8, 19, 0, 0.4)], [])]), ([(-5, 15, 0, 1)], [])],
)
AXON: Tree = ([(0, -6, 0, 1), (4, -30, 2, 0.7)], [])
PROPERTY = '<property name="GUID"><s></s></property><property name="Set"><s>a</s></property>'
MARKER = '<marker type="Plus" color="#00FF00" name="m" varicosity="false">{}</marker>'
SPINE = '<spine version="4" classification="thin"><property name="Class"/>{}</spine>'


def points(rows: Rows) -> list[str]:
    return ['<point x="{}" y="{}" z="{}" d="{}" sid="S1"/>'.format(*row) for row in rows]


def contour(rows: Rows, attributes: str = 'name="Cell Body" color="#FF0000" closed="true" shape="Contour"') -> str:
    inside = PROPERTY + "<resolution>0.5</resolution>" + "".join(points(rows))
    return f"<contour {attributes}>{inside}{MARKER.format(points(rows)[0])}</contour>"


def tree(node: Tree, kind: str = "Dendrite", *, branch: str = "branch", tag: str = "tree") -> str:
    """A tree with everything that may stand between its points."""
    rows, children = node
    first, *others = points(rows)
    ignored = SPINE.format(first) + f"<varicosity>{first}</varicosity>"
    inner = "".join(tree(child, "", branch=branch, tag=branch) for child in children)
    attributes = f'color="#0000FF" type="{kind}" leaf="Normal"' if kind else 'leaf="Incomplete"'
    return f"<{tag} {attributes}>{PROPERTY}{first}{ignored}{''.join(others)}{MARKER.format(first)}{inner}</{tag}>"


def mbf(*parts: str, head: str = '<?xml version="1.0" encoding="ISO-8859-1"?>\n') -> str:
    namespace = 'xmlns="http://www.mbfbioscience.com/2007/neurolucida" xmlns:nl="http://www.mbfbioscience.com/2007/nl"'
    facts = '<filefacts><section sid="S1" name="Section 1" top="9" cutthickness="9"/></filefacts>'
    images = '<images><image><scale x="0.2" y="0.2"/><coord x="7" y="7" z="7"/></image></images>'
    return f'{head}<mbf version="4.0" {namespace} appname="Neurolucida">{facts}{images}\n{"".join(parts)}</mbf>\n'


def asc_contour(rows: Rows) -> str:
    return '("CellBody" (CellBody) ' + "".join("({} {} {} {})".format(*row) for row in rows) + ")\n"


def asc_branch(node: Tree) -> str:
    rows, children = node
    split = "(" + " | ".join(map(asc_branch, children)) + ")" if children else "Normal"
    return "".join("({} {} {} {})".format(*row) for row in rows) + split


def asc_tree(node: Tree, kind: str = "Dendrite") -> str:
    return f"(({kind}) {asc_branch(node)})\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def write_file(content: str | bytes, name: str = "cell.xml") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


# The same as ASC


@pytest.mark.parametrize("branch", ["branch", "tree"], ids=["version 4", "version 3"])
def test_a_cell_is_that_of_the_asc_file(write: Write, branch: str) -> None:
    xml = mbf(contour(SOMA), tree(FORK, branch=branch), tree(AXON, "Axon"), tree(AXON, "Apical Dendrite"))
    asc = asc_contour(SOMA) + asc_tree(FORK) + asc_tree(AXON, "Axon") + asc_tree(AXON, "Apical")
    morphology = read_neurolucida_xml(write(xml))
    assert morphology.section_labels == ("soma", "axon", "dend", "dend", "dend", "dend", "dend", "apic")
    assert morphology.section_parent.tolist() == [-1, 0, 0, 2, 3, 3, 2, 0]
    assert morphology == read_asc(write(asc, "cell.asc"))


def test_several_somata_and_trees_away_from_them_are_those_of_the_asc_file(write: Write) -> None:
    far = [(x + 200, y, z, d) for x, y, z, d in SOMA]
    above = [(x, y, z + 2, d) for x, y, z, d in SOMA]
    loose: Tree = ([(150, 0, 0, 1), (100, 0, 0, 1)], [])
    on_fork: Tree = ([(0, 10, 0, 1), (0, 50, 0, 1)], [])
    trees = (FORK, loose, on_fork)
    xml = mbf(*map(tree, trees), *map(contour, (SOMA, far, above)))
    asc = "".join(map(asc_tree, trees)) + "".join(map(asc_contour, (SOMA, far, above)))
    morphology = read_neurolucida_xml(write(xml))
    assert (morphology.section_labels.count("soma"), morphology.n_cells) == (2, 2)
    assert morphology.section_parent[-2:].tolist() == [1, 2]
    assert morphology == read_asc(write(asc, "cell.asc"))


def test_a_centre_line_with_diameters_is_that_of_the_asc_file(write: Write) -> None:
    line: Rows = [(-9, 1, 0, 5), (0, 0, 0, 12), (9, 1, 0, 5)]
    morphology = read_neurolucida_xml(write(mbf(contour(line))))
    assert morphology.diameters.max() == 12
    assert morphology == read_asc(write(asc_contour(line), "cell.asc"))


# Elements


@pytest.mark.parametrize(
    "attributes",
    ['name="CellBody"', 'name="Soma 1"', 'name="soma_2" closed="false"', 'name="my cell body"', 'name="Perikaryon"'],
)
def test_names_of_contours_of_somata(write: Write, attributes: str) -> None:
    assert read_neurolucida_xml(write(mbf(contour(SOMA, attributes)))).section_labels == ("soma",)


def test_a_property_names_a_contour_of_a_soma(write: Write) -> None:
    text = contour(SOMA, 'name="Contour 1"').replace("GUID", "CellBody")
    assert read_neurolucida_xml(write(mbf(text))).section_labels == ("soma",)


@pytest.mark.parametrize("name", ["Somatosensory cortex", "Pia", "Chromosoma", "Nucleus", ""])
def test_other_contours_are_left_out(write: Write, name: str) -> None:
    text = mbf(contour(SOMA, f'name="{name}"'), tree(AXON, "Axon"))
    assert read_neurolucida_xml(write(text)).section_labels == ("axon",)


@pytest.mark.parametrize(
    ("kind", "label"),
    [("axon", "axon"), ("Basal Dendrite", "dend"), ("Apical", "apic"), ("", "undefined"), ("Airway 2", "Airway 2")],
)
def test_types_of_trees_become_labels(write: Write, kind: str, label: str) -> None:
    text = tree(AXON, "Type").replace('type="Type"', f'type="{kind}"' if kind else "")
    assert read_neurolucida_xml(write(mbf(text))).section_labels == (label,)


def test_a_circle_is_a_round_soma_and_a_box_has_four_corners(write: Write) -> None:
    circle = contour([(10, 20, 3, 0), (13, 24, 3, 0)], 'name="Soma" shape="Circle"')
    morphology = read_neurolucida_xml(write(mbf(circle)))
    assert morphology.section_length[0] == pytest.approx(10, rel=1e-2)
    assert morphology.diameters.max() == pytest.approx(10, rel=1e-2)
    assert morphology.points.mean(axis=0) == pytest.approx([10, 20, 3], abs=0.01)
    box = contour([(0, 6, 1, 0), (20, 0, 1, 0)], 'name="Soma" shape="Box"')
    morphology = read_neurolucida_xml(write(mbf(box)))
    assert morphology.section_length[0] == pytest.approx(20, rel=1e-2)
    assert morphology.diameter_at([0, 0, 0], [0.2, 0.5, 0.8]) == pytest.approx(np.full(3, 6.0), abs=0.01)


def test_points_of_a_contour_need_no_diameter(write: Write) -> None:
    text = mbf(contour(SOMA))
    assert read_neurolucida_xml(write(text.replace(' d="0.1"', ""))) == read_neurolucida_xml(write(text))


# Files


def test_the_content_tells_the_format(write: Write) -> None:
    text = mbf(contour(SOMA), tree(FORK))
    plain = read_neurolucida_xml(write(text))
    for name in ("cell.xml", "cell.nml", "cell.asc", "cell"):
        assert read_any(write(text, name)) == plain
    assert read_any(write(gzip.compress(text.encode()), "cell.xml.gz")) == plain
    assert read_any(write(text, "cell.xml"), scale=2).points.max() == 2 * plain.points.max()


@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?><!-- <neuroml> -->', '<?xml version="1.0"?><!DOCTYPE mbf>'])
def test_what_stands_before_the_first_element_does_not_matter(write: Write, head: str) -> None:
    assert read_any(write(mbf(tree(AXON, "Axon"), head=head))).section_labels == ("axon",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_any_encoding_is_read(write: Write, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n'
    text = mbf(tree(AXON, "Axön"), head=head)
    assert read_any(write(text.encode(encoding))).section_labels == ("Axön",)


def test_a_namespace_may_have_a_prefix_or_be_missing(write: Write) -> None:
    text = mbf(tree(AXON, "Axon"))
    without = text.replace(' xmlns="http://www.mbfbioscience.com/2007/neurolucida"', "")
    prefixed = '<nl:mbf xmlns:nl="n"><nl:tree type="Axon"><nl:point x="0" y="0" z="0" d="1"/></nl:tree></nl:mbf>'
    assert read_any(write(without)) == read_any(write(text))
    assert read_any(write(prefixed)).section_labels == ("axon",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"line 1: not well-formed XML"),
        ("<mbf>\n<tree>", r"line 2: not well-formed XML"),
        ('<?xml version="1.0" encoding="klingon"?><mbf/>', r"line 1: .*encoding.*convert the file to UTF-8"),
        (mbf(), r"no tree, and no contour called 'Cell Body' or 'Soma', in <mbf>; is it"),
        (mbf(contour(SOMA, 'name="Pia"')), r"no tree, .*; its contours are 'Pia'; is it"),
        (
            mbf(tree(AXON), tree(FORK).replace('d="2"', "")),
            r"tree 2: <point x=\"0\" y=\"6\" .* d=\"\"/>, expected four",
        ),
        (mbf(tree(AXON).replace('x="4"', 'x="4,5"')), r"tree 1: <point x=\"4,5\" .*correct it"),
        (mbf(tree(AXON).replace('x="4"', 'x="nan"')), r"tree 1: <point x=\"nan\""),
        (mbf(tree(AXON).replace('d="0.7"', 'd="-1"')), r"tree 1: .* d=\"-1\".*0 or more"),
        (mbf(contour(SOMA).replace('y="4"', 'y="1e40"')), r"contour 1: .* y=\"1e40\".*below 1e30"),
        (mbf("<tree><branch/>" + points([(0, 0, 0, 1)])[0] + "</tree>"), r"tree 1: a branch continues"),
    ],
)
def test_an_error_names_file_element_and_reason(write: Write, text: str, message: str) -> None:
    with pytest.raises(MorphologyError, match=f"^cell.xml(, |: ){message}"):
        read_neurolucida_xml(write(text))


def test_deeply_nested_branches_are_read(write: Write) -> None:
    n = 5000
    nested = "".join(f'<branch><point x="{k}" y="0" z="0" d="1"/>' for k in range(n)) + "</branch>" * n
    morphology = read_neurolucida_xml(write(mbf(f'<tree type="Axon">{nested}</tree>')))
    assert morphology.section_length.sum() == n - 1
