"""The unbranched groups of NeuroML cells become sections, and errors name the segment and the reason."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files.neuroml import read_neuroml
from gpu_morph.readers.formats import read_any

Write = Callable[..., Path]


def segment(key: int, parent: str, proximal: str, distal: str, name: str = "") -> str:
    """One segment; ``parent`` is "id" or "id fraction", points are "x y z diameter", either may be empty."""
    point = '<{} x="{}" y="{}" z="{}" diameter="{}"/>'
    above, _, fraction = parent.partition(" ")
    along = f' fractionAlong="{fraction}"' if fraction else ""
    return (
        f'<segment id="{key}" name="{name}">'
        + (f'<parent segment="{above}"{along}/>' if parent else "")
        + (point.format("proximal", *proximal.split()) if proximal else "")
        + (point.format("distal", *distal.split()) if distal else "")
        + "</segment>"
    )


def group(name: str, members: tuple[int, ...] = (), *, includes: tuple[str, ...] = (), lexicon: str = "") -> str:
    """One segmentGroup; ``lexicon`` is its neuroLexId."""
    return (
        f'<segmentGroup id="{name}"'
        + (f' neuroLexId="{lexicon}">' if lexicon else ">")
        + "".join(f'<member segment="{k}"/>' for k in members)
        + "".join(f'<include segmentGroup="{other}"/>' for other in includes)
        + "</segmentGroup>"
    )


def cell(*parts: str, name: str = "cell") -> str:
    return f'<cell id="{name}"><morphology id="m">{"".join(parts)}</morphology></cell>'


UNBRANCHED = "sao864921383"
SOMA = segment(0, "", "0 0 0 10", "20 0 0 10", "Soma")
FORK = (
    SOMA,
    segment(1, "0 0.25", "5 5 0 2", "5 15 0 2"),
    segment(2, "1", "", "5 25 0 1"),
    segment(3, "2", "", "0 30 0 1"),
    segment(4, "2", "5 25 0 0.5", "9 30 0 0.5"),
)
GROUPS = tuple(
    group(name, members, lexicon=UNBRANCHED)
    for name, members in {"soma_0": (0,), "dend_0": (1, 2), "dend_1": (3,), "apic_0": (4,)}.items()
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def write_file(*cells: str) -> Path:
        path = tmp_path / "cell.nml"
        path.write_text(
            '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2">\n' + "\n".join(cells) + "</neuroml>\n"
        )
        return path

    return write_file


def section_points(morphology: Morphology, section: int) -> list[list[float]]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.points[first:end].tolist()


# Sections


def test_unbranched_groups_are_sections(write: Write) -> None:
    morphology = read_neuroml(write(cell(*FORK, *GROUPS)))
    assert morphology.section_labels == ("soma", "dend", "dend", "apic")
    assert morphology.section_parent.tolist() == [-1, 0, 1, 1]
    assert morphology.section_parent_x.tolist() == [0, 0.25, 1, 1]
    assert section_points(morphology, 1) == [[5, 5, 0], [5, 15, 0], [5, 25, 0]]
    assert morphology.diameters.tolist() == [10, 10, 2, 2, 1, 1, 1, 0.5, 0.5]
    assert morphology.n_cells == 1


def test_without_unbranched_groups_sections_end_at_branch_points_and_where_the_type_changes(write: Write) -> None:
    types = (group("soma_group", (0,)), group("dendrite_group", (1, 2, 3)), group("axon_group", (4, 5)))
    chain = segment(5, "4", "", "9 40 0 0.5")
    morphology = read_neuroml(write(cell(*FORK, chain, *types)))
    assert morphology.section_labels == ("soma", "dend", "dend", "axon")
    assert [len(section_points(morphology, k)) for k in range(4)] == [2, 3, 2, 3]
    alone = segment(0, "", "0 0 0 1", "9 0 0 1") + segment(1, "0", "", "19 0 0 1")
    assert read_neuroml(write(cell(alone, group("axon_group", (1,))))).section_labels == ("undefined", "axon")


def test_a_branch_at_the_middle_of_a_segment_does_not_divide_the_section(write: Write) -> None:
    morphology = read_neuroml(write(cell(*FORK[:3], segment(3, "1 0.5", "", "9 10 0 1"))))
    assert [len(section_points(morphology, k)) for k in range(3)] == [2, 3, 2]
    assert section_points(morphology, 2) == [[5, 10, 0], [9, 10, 0]]
    assert morphology.section_parent_x[2] == 0.25


def test_a_segment_begins_on_its_parent_with_the_diameter_there(write: Write) -> None:
    cone = segment(0, "", "0 0 0 10", "20 0 0 20")
    morphology = read_neuroml(write(cell(cone, segment(1, "0 0.5", "", "10 30 0 2"))))
    assert section_points(morphology, 1) == [[10, 0, 0], [10, 30, 0]]
    assert morphology.diameters.tolist() == [10, 20, 15, 2]


def test_a_step_in_diameter_is_kept(write: Write) -> None:
    steps = segment(0, "", "0 0 0 4", "9 0 0 4") + segment(1, "0", "9 0 0 1", "19 0 0 1")
    morphology = read_neuroml(write(cell(steps, group("axon_0", (0, 1), lexicon=UNBRANCHED))))
    assert morphology.n_sections == 1
    assert morphology.points[:, 0].tolist() == [0, 9, 9, 19]
    assert morphology.diameters.tolist() == [4, 4, 1, 1]


def test_a_segment_of_no_length_is_a_sphere(write: Write) -> None:
    sphere = segment(0, "", "1 2 3 12", "1 2 3 12", "soma")
    morphology = read_neuroml(write(cell(sphere, segment(1, "0", "1 8 3 1", "1 9 3 1"))))
    assert section_points(morphology, 0) == [[1, 2, 3]]
    assert morphology.diameters.tolist() == [12, 1, 1]
    assert morphology.section_labels == ("soma", "undefined")


def test_labels_come_from_unbranched_groups_then_other_groups_then_names(write: Write) -> None:
    segments = [
        segment(k, "", f"{k} 0 0 1", f"{k} 9 0 1", name) for k, name in enumerate(["", "", "", "", "Axon", "s4"])
    ]
    groups = [
        group("apic_3", (0,), lexicon=UNBRANCHED),
        group("trunk_1", (1,), lexicon=UNBRANCHED),
        group("trunk_2", (2,), lexicon=UNBRANCHED),
        group("apical_dends_and_soma", includes=("trunk_1", "apical_dends_and_soma", "body")),
        group("body", (3,)),
        group("cell_body", includes=("body",), lexicon="GO:0043025"),
    ]
    morphology = read_neuroml(write(cell(*segments, *groups)))
    assert morphology.section_labels == ("apic", "apic", "trunk", "soma", "axon", "undefined")


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (("soma", "dendrites", "axon"), ("soma", "dend", "dend", "axon")),
        (("Soma", "basal_dendrites", "Axon_group"), ("soma", "dend", "dend", "axon")),
        (("somatic", "apical", "axonal"), ("soma", "apic", "apic", "axon")),
        (("first", "all", "soma_and_axon"), ("undefined",) * 3),
    ],
)
def test_plain_names_of_groups_are_labels(write: Write, names: tuple[str, ...], labels: tuple[str, ...]) -> None:
    segments = (segment(0, "", "0 0 0 10", "20 0 0 10"), *FORK[1:])
    groups = [group(name, members) for name, members in zip(names, ((0,), (1, 2, 3), (4,)), strict=True)]
    morphology = read_neuroml(write(cell(*segments, *groups)))
    assert sorted(set(morphology.section_labels)) == sorted(set(labels))
    assert morphology.section_labels[0] == labels[0]


def test_sections_have_the_names_of_unbranched_groups(write: Write) -> None:
    assert read_neuroml(write(cell(*FORK, *GROUPS))).section_names == ("soma_0", "dend_0", "dend_1", "apic_0")
    assert read_neuroml(write(cell(*FORK))).section_names is None


def test_a_segment_that_begins_at_its_parents_end_makes_no_second_point_there(write: Write) -> None:
    chain = [
        segment(0, "", "0 0 0 1", "0.1 0.7 0 0.3"),
        segment(1, "0", "", "0.3 0.11 0 0.9"),
        segment(2, "1", "", "1 1 1 1"),
    ]
    assert read_neuroml(write(cell(*chain))).n_points == 4


def test_the_order_of_segments_does_not_matter(write: Write) -> None:
    plain = read_neuroml(write(cell(*FORK, *GROUPS)))
    assert read_neuroml(write(cell(*reversed(GROUPS), *FORK[3:], *FORK[:3]))) == plain


def test_a_chain_of_segments_can_be_long(write: Write) -> None:
    chain = [segment(0, "", "0 0 0 1", "1 0 0 1")] + [
        segment(k, str(k - 1), "", f"{k + 1} 0 0 1") for k in range(1, 5000)
    ]
    morphology = read_neuroml(write(cell(*chain)))
    assert morphology.n_sections == 1
    assert morphology.section_length[0] == 5000


def test_segments_may_be_written_in_any_way_that_xml_allows(write: Write) -> None:
    plain = cell(*FORK, *GROUPS)
    morphology = read_neuroml(write(plain))
    assert read_neuroml(write(plain.replace('"', "'"))) == morphology
    assert read_neuroml(write(plain.replace("><", ">\n <!-- a comment -->\n\t<"))) == morphology
    assert read_neuroml(write(plain.replace('="1"', ' = "&#49;"'))) == morphology
    assert read_neuroml(write(plain.replace('<segment id="2"', '<segment neuroLexId="x" id="2"'))) == morphology
    prefixed = plain.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:cell", '<n:cell xmlns:n="urn:n"')
    assert read_neuroml(write(prefixed)) == morphology


def test_segments_in_comments_are_not_read(write: Write) -> None:
    more = f"<!--{segment(9, '0', '', '0 0 99 1')}--><notes><![CDATA[{segment(8, '0', '', '0 0 99 1')}]]></notes>"
    assert read_neuroml(write(cell(*FORK, more))) == read_neuroml(write(cell(*FORK)))


# Files


def test_a_name_selects_one_of_several_cells(write: Write) -> None:
    path = write(cell(*FORK, name="one"), cell(SOMA, name="two"))
    assert read_neuroml(path, name="two").n_sections == 1
    with pytest.raises(MorphologyError, match=r"^cell.nml: several cells, choose one with name=; it holds one, two"):
        read_neuroml(path)
    with pytest.raises(MorphologyError, match=r"^cell.nml: no cell is called 'three'; it holds one, two"):
        read_neuroml(path, name="three")


@pytest.mark.parametrize(
    "text",
    [
        '<morphml xmlns="http://morphml.org/morphml/schema"><cells/></morphml>',
        '<neuroml xmlns="http://morphml.org/neuroml/schema" xmlns:mml="http://morphml.org/morphml/schema"/>',
    ],
)
def test_an_error_says_that_a_file_is_neuroml_1(tmp_path: Path, text: str) -> None:
    (tmp_path / "cell.xml").write_text(text)
    with pytest.raises(MorphologyError, match=r"^cell.xml: NeuroML 1, this version reads NeuroML 2; export the cell"):
        read_any(tmp_path / "cell.xml")


def test_an_error_names_the_file_that_a_lems_simulation_includes(tmp_path: Path) -> None:
    (tmp_path / "LEMS_sim.xml").write_text('<Lems><Include file="Cells.xml"/><Include file="a.cell.nml"/></Lems>')
    with pytest.raises(MorphologyError, match=r"(?m)LEMS_sim.xml: no cell .* in <Lems>; .* it includes: a.cell.nml$"):
        read_any(tmp_path / "LEMS_sim.xml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_ids_are_read_in_any_encoding(write: Write, encoding: str) -> None:
    path = write(cell(*FORK, name="Zelle_ä"), cell(SOMA, name="zwei"))
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n'
    path.write_bytes((head + path.read_text(encoding="utf-8")).encode(encoding))
    assert read_any(path, name="Zelle_ä").n_sections == 4
    with pytest.raises(MorphologyError, match=r"(?m)it holds Zelle_ä, zwei$"):
        read_any(path)


def test_ids_beyond_latin_1_are_read_from_utf_16(write: Write) -> None:
    path = write(cell(*FORK, name="c"), cell(SOMA, name="zwei"))
    text = path.read_text().replace('id="c"', 'id="细胞č"')
    for encoding in ("utf-16", "utf-16-be"):
        path.write_bytes((b"\xfe\xff" if encoding.endswith("be") else b"") + text.encode(encoding))
        assert read_any(path, name="细胞č").n_sections == 4


def test_a_cell_can_use_a_morphology_that_stands_outside(write: Write) -> None:
    shape = f'<morphology id="m">{"".join(FORK)}</morphology>'
    path = write(shape, '<cell id="one" morphology="m"/>', cell(SOMA, name="two"))
    assert read_neuroml(path, name="one").n_sections == 4


def test_a_file_can_be_gzipped_and_scaled(write: Write) -> None:
    path = write(cell(*FORK))
    plain = read_neuroml(path)
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert read_neuroml(path) == plain
    assert read_neuroml(path, scale=2).points.max() == 60
    with pytest.raises(ValueError, match="scale must be a positive"):
        read_neuroml(path, scale=0)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("<network/>", "cell.nml: no cell with a morphology in <neuroml>; is it a NeuroML 2 cell"),
        ('<include href="a.cell.nml"/>', "cell.nml: no cell .*; read one of the files it includes: a.cell.nml"),
        (
            '<include href="a.channel.nml"/><include href="b.cell.nml"/><include href="cells/pyr.nml"/>'
            '<network id="n"><population id="p" component="pyr"/></network>',
            "(?m)cell.nml: no cell with a morphology in a network; .* it includes: cells/pyr.nml, b.cell.nml$",
        ),
        (
            '<izhikevich2007Cell id="RS"/><iafCell id="i"/>',
            "cell.nml: it holds point cells, which have no shape to draw: izhikevich2007Cell 'RS', iafCell 'i'; read",
        ),
        ("<cell>", "cell.nml, line 2: not well-formed XML"),
        (cell(*FORK) + "\n<cell>", "cell.nml, line 3: not well-formed XML"),
        (cell(SOMA, SOMA), "cell.nml, segment '0': it occurs twice"),
        (cell(segment(1, "", "", "0 0 0 1")), "cell.nml, segment '1': it has no proximal point and no parent"),
        (cell(segment(1, "", "0 0 0 1", "")), "cell.nml, segment '1': it has no distal point"),
        (cell(SOMA, segment(1, "7", "", "0 0 0 1")), "cell.nml, segment '1': it has the parent '7'"),
        (cell(SOMA, segment(1, "1", "", "0 0 0 1")), "cell.nml, segment '1': it is its own ancestor"),
        (cell(segment(1, "", "0 0 0 1", "0 0 x 1")), "cell.nml, segment '1': it has z='x' in <distal>"),
        (cell(segment(1, "", "0 inf 0 1", "0 0 0 1")), "cell.nml, segment '1': it has y='inf' in <proximal>"),
        (cell(segment(1, "", "0 0 0 1", "0 0 0 -1")), "cell.nml, segment '1': it has diameter='-1' .* 0 or more"),
        (cell(SOMA, segment(1, "0 half", "", "0 0 0 1")), "cell.nml, segment '1': it has fractionAlong='half'"),
        (cell(segment(1, "", "0 0 0 1", "1 0 0 1")).replace(' diameter="1"', ""), "segment '1': .* diameter='nothing'"),
    ],
)
def test_an_error_names_file_segment_and_reason(write: Write, cells: str, message: str) -> None:
    with pytest.raises(MorphologyError, match=message):
        read_neuroml(write(cells))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!ENTITY a0 "aaaaaaaaaa">' + "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 10))
    (tmp_path / "cell.nml").write_text(f"<!DOCTYPE neuroml [\n{bomb}]><neuroml><notes>&a9;</notes></neuroml>")
    with pytest.raises(MorphologyError, match=r"^cell.nml, line 2: it declares XML entities, which are not expanded"):
        read_any(tmp_path / "cell.nml")


# A real file


def test_a_real_cell_has_the_unbranched_groups_of_its_file(shared_data: Path) -> None:
    path = shared_data / "neuroml" / "L5PC.cell.nml.gz"
    if not path.exists():
        pytest.skip("no file neuroml/L5PC.cell.nml.gz in the shared data")
    morphology = read_neuroml(path)
    root = ElementTree.fromstring(gzip.decompress(path.read_bytes()))
    distal: dict[str, np.ndarray] = {}
    length = 0.0
    for element in root.iterfind(".//{*}segment"):
        points = [element.find("{*}proximal"), element.find("{*}distal")]
        start, end = (None if p is None else np.array([float(p.get(c, "")) for c in "xyz"]) for p in points)
        parent = element.find("{*}parent")
        start = distal[parent.get("segment", "")] if start is None and parent is not None else start
        distal[element.get("id", "")] = end
        length += float(np.linalg.norm(end - start))
    names = [g.get("id", "") for g in root.iterfind(".//{*}segmentGroup") if g.get("neuroLexId") == UNBRANCHED]
    assert len(distal) == 4069
    assert morphology.section_length.sum() == pytest.approx(length, rel=1e-6)
    assert Counter(morphology.section_labels) == Counter(name.partition("_")[0] for name in names)
    assert (morphology.section_parent < 0).sum() == 1
