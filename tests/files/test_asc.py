"""Neurolucida files are read as other readers do, and errors name file, line and reason."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files.asc import read_asc

Write = Callable[..., Path]

SOMA = '("CellBody" (Color Red) (CellBody) (5 0 0 0.1) (0 5 0 0.1) (-5 0 0 0.1) (0 -5 0 0.1))\n'
FORK = "((Dendrite) (0 6 0 2) (0 10 0 2) ((5 15 0 1) (8 15 0 1) | (-5 15 0 1)))\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def write_file(content: str | bytes, name: str = "cell.asc") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def section_points(morphology: Morphology, section: int) -> list[list[float]]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.points[first:end].tolist()


def section_diameters(morphology: Morphology, section: int) -> list[float]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.diameters[first:end].tolist()


# Neurites


def test_sections_end_at_branch_points_and_begin_at_the_end_of_their_parent(write: Write) -> None:
    morphology = read_asc(write(SOMA + FORK))
    assert morphology.section_labels == ("soma", "dend", "dend", "dend")
    assert morphology.section_parent.tolist() == [-1, 0, 1, 1]
    assert morphology.section_parent_x.tolist() == [0, 0.5, 1, 1]
    assert section_points(morphology, 2) == [[0, 10, 0], [5, 15, 0], [8, 15, 0]]


def test_the_first_point_of_a_section_has_the_sections_own_diameter(write: Write) -> None:
    assert section_diameters(read_asc(write(FORK)), 1) == [1, 1, 1]


def test_a_branch_point_repeated_by_the_branch_is_read_once(write: Write) -> None:
    morphology = read_asc(write("((Axon) (0 0 0 1) (9 0 0 1) ((9 0 0 1) (9 9 0 1) | (9 0 0 1) (9 -9 0 1)))"))
    assert section_points(morphology, 1) == [[9, 0, 0], [9, 9, 0]]


def test_types_become_labels_by_which_sections_are_sorted(write: Write) -> None:
    trees = "".join(f"(({kind}) (9 0 0 1) (19 0 0 1))" for kind in ("Apical", "Axon", "Dendrite"))
    assert read_asc(write(trees + SOMA)).section_labels == ("soma", "axon", "dend", "apic")


def test_there_is_a_limit_of_nested_brackets(write: Write) -> None:
    with pytest.raises(MorphologyError, match=r"^cell.asc, line 2: more than 100,000 brackets are open"):
        read_asc(write("((Axon) (0 0 0 1)\n" + "(" * 100_001 + ")" * 100_002))


def test_many_somata_keep_their_neurites(write: Write) -> None:
    ring = ((4, 0), (0, 3), (-4, 0), (0, -3))
    centres = [(x, y) for y in (0, 60) for x in range(0, 600, 20)]
    contours = [f"((CellBody) {' '.join(f'({x + dx} {y + dy} 0 0)' for dx, dy in ring)})" for x, y in centres]
    trees = [f"((Dendrite) ({x} {y + 9} 0 1) ({x} {y + 29} 0 1))" for x, y in reversed(centres)]
    morphology = read_asc(write("\n".join(contours + trees)))
    assert morphology.n_cells == len(centres)
    assert morphology.section_parent.tolist() == [-1] * len(centres) + list(reversed(range(len(centres))))


def test_unbranched_neurites_can_be_nested_deeply(write: Write) -> None:
    n = 5000
    nested = "".join(f"(({k} 0 0 1)" if k else "((Axon) (0 0 0 1)" for k in range(n)) + ")" * n
    morphology = read_asc(write(nested))
    assert morphology.n_sections == n
    assert morphology.section_length.sum() == n - 1


def test_an_empty_branch_makes_no_section(write: Write) -> None:
    assert read_asc(write("((Axon) (0 0 0 1) (1 0 0 1) ((2 0 0 1) | ))")).n_sections == 2


def test_blocks_other_than_neurites_and_somata_are_ignored(write: Write) -> None:
    text = """\
;\tV3 text file (with a bracket
(Sections S1 "a (b" 3)
(ImageCoords Filename "C:\\a;b.jpg")
("pia" (Closed) (0 0 9 1) (9 0 9 1) (9 9 9 1))
( (Color RGB (255, 128, 64)) (Axon)
  (0 0 0 1 S1) ; Root
  (Cross (Color Orange) (Name "Marker 3") (7 7 7 1))
  (5 0 0 1)
   < (Class 4 "none") (Generated 0) (5 2 0 1)>
  (9 0 0 1)
   Normal
)  ; End of tree
( (Color Red) (1 2 3) "text")
"""
    morphology = read_asc(write(text))
    assert morphology.section_labels == ("axon",)
    assert section_points(morphology, 0) == [[0, 0, 0], [5, 0, 0], [9, 0, 0]]


def test_an_axon_that_starts_at_a_point_of_a_dendrite_is_attached_to_it(write: Write) -> None:
    axon = "((Axon) (0 8 0 1) (9 8 0 1))"
    morphology = read_asc(write(SOMA + axon + "((Dendrite) (0 6 0 2) (0 8 0 2) (0 10 0 2))"))
    assert morphology.section_parent.tolist() == [-1, 2, 0]
    assert morphology.section_parent_x[1] == 0.5


def test_neurites_that_start_at_the_same_point_are_attached_to_the_soma(write: Write) -> None:
    tree = "((Dendrite) (0 6 0 2) (0 6 0 2) (0 9 0 2))"
    assert read_asc(write(SOMA + 3 * tree)).section_parent.tolist() == [-1, 0, 0, 0]


def test_without_a_soma_the_neurites_are_roots_of_one_cell(write: Write) -> None:
    morphology = read_asc(write(FORK + "((Axon) (0 0 0 1) (9 0 0 1))"))
    assert morphology.section_parent.tolist() == [-1, -1, 1, 1]
    assert morphology.n_cells == 1


# Somata


def test_a_contour_becomes_a_solid(write: Write) -> None:
    angles = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    rows = "".join(f"({20 * np.cos(a)} {10 * np.sin(a)} 3 0)" for a in angles)
    morphology = read_asc(write(f"((CellBody) {rows})"))
    assert morphology.section_length[0] == pytest.approx(40, rel=1e-3)
    middle = morphology.points[:, 0]
    assert morphology.points[:, 1:].T == pytest.approx(np.array([[0.0], [3.0]]).repeat(21, axis=1), abs=0.01)
    widths = 20 * np.sqrt(np.maximum(0, 1 - (middle / 20) ** 2))
    touching = np.minimum(widths, 2 * (20 - np.abs(middle)))  # no sphere reaches beyond the ends
    assert morphology.diameters == pytest.approx(touching, abs=0.6)
    assert morphology.diameters.max() == pytest.approx(20, rel=1e-3)


def test_the_solid_does_not_depend_on_how_densely_a_contour_is_traced(write: Write) -> None:
    corners = np.array([[0, 0, 0], [30, 0, 0], [30, 10, 0], [0, 10, 0]])
    dense = np.concatenate([np.linspace(corners[0], corners[1], 200, endpoint=False), corners[1:]])
    coarse, fine = (
        read_asc(write("((CellBody) " + "".join("({} {} {} 0)".format(*p) for p in contour) + ")"))
        for contour in (corners, dense)
    )
    assert coarse.points[[0, -1]] == pytest.approx(fine.points[[0, -1]], abs=0.05)
    position = np.linspace(0, 1, 31)
    widths = np.minimum(10, 60 * np.minimum(position, 1 - position))
    for morphology in (coarse, fine):
        assert morphology.diameter_at(np.zeros(31, dtype=int), position) == pytest.approx(widths, abs=0.1)


def test_a_contour_needs_no_diameters(write: Write) -> None:
    with_them = read_asc(write(SOMA))
    assert read_asc(write(SOMA.replace(" 0.1)", " S2)"))) == with_them


def test_a_soma_of_one_point_is_a_sphere(write: Write) -> None:
    morphology = read_asc(write("((CellBody) (1 2 3 12))"))
    assert section_points(morphology, 0) == [[1, 2, 3]]
    assert morphology.diameters.tolist() == [12]


def test_a_contour_without_area_is_a_body_that_ends_where_its_points_do(write: Write) -> None:
    morphology = read_asc(write("((CellBody) (0 0 0 4) (5 0 0 6) (9 0 0 4))"))
    np.testing.assert_allclose(morphology.bounds()[:, 0], [0, 9], atol=1e-6)
    assert morphology.diameter_at([0], [5 / 9]) == pytest.approx(6)


def test_three_points_that_stand_for_a_sphere_are_one(write: Write) -> None:
    morphology = read_asc(write("((CellBody) (1 0 0 12) (1 -6 0 12) (1 6 0 12))"))
    assert section_points(morphology, 0) == [[1, 0, 0]]
    assert morphology.diameters.tolist() == [12]


def test_a_bent_centre_line_with_diameters_is_as_thick_as_they_say(write: Write) -> None:
    rows = [(-10, 1.5, 0, 4), (-5, 0.4, 0, 15), (0, 0, 0, 19), (5, 0.4, 0, 15), (10, 1.5, 0, 4)]
    morphology = read_asc(write("((CellBody) " + "".join("({} {} {} {})".format(*row) for row in rows) + ")"))
    assert morphology.diameters.max() == 19
    assert morphology.diameter_at([0], [0.5]) == pytest.approx(19)
    assert morphology.section_length[0] == pytest.approx(sum(map(np.linalg.norm, np.diff(rows, axis=0)[:, :3])))
    np.testing.assert_allclose(morphology.bounds()[:, 0], [-10, 10], atol=0.5)


def test_the_diameters_of_an_outline_are_those_of_the_pen(write: Write) -> None:
    angles = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    for pen in (0.5, 4, 12):
        rows = "".join(f"({5 * np.cos(a)} {5 * np.sin(a)} 3 {pen})" for a in angles)
        assert read_asc(write(f"((CellBody) {rows})")).diameters.max() == pytest.approx(10, rel=0.01)


def test_points_are_the_same_whatever_stands_between_them(write: Write) -> None:
    plain = "((Axon) (0 0 0 1) (1 0 0 1) (2 0 0 1) ((3 0 0 1) | (2 5 0 1)))"
    marked = """((Axon) (Name "a; (1 2 3 4)")
(0 0 0 1) ; 1, (9 9 9 9) "
(1 0 0 1 S1) ; (
(Cross (7 7 7 1)) (2 0 0 1 "text" 5) < (8 8 8 1) >
((3. 0 +0 1e0) ; R-1
 Normal | (2 .5e+1 0 1)))"""
    assert read_asc(write(marked)) == read_asc(write(plain))


def test_a_text_over_several_lines_hides_no_comment(write: Write) -> None:
    morphology = read_asc(write('((Axon) (Name "a\nb") ; c "\n(0 0 0 1)\n(1 0 0 1) ; "\n)'))
    assert section_points(morphology, 0) == [[0, 0, 0], [1, 0, 0]]


def test_separate_somata_are_cells_and_each_neurite_belongs_to_the_nearest(write: Write) -> None:
    far = SOMA.replace("(5 0", "(205 0").replace("(0 ", "(200 ").replace("(-5", "(195")
    morphology = read_asc(write(SOMA + far + "((Axon) (207 0 0 1) (300 0 0 1))" + FORK))
    assert morphology.section_labels == ("soma", "soma", "axon", "dend", "dend", "dend")
    assert morphology.section_parent.tolist() == [-1, -1, 1, 0, 3, 3]
    assert morphology.section_cell.tolist() == [0, 1, 1, 0, 0, 0]


def test_a_stack_of_contours_is_one_soma(write: Write) -> None:
    morphology = read_asc(write(SOMA + "((CellBody) (2 0 4) (0 2 4) (-2 0 4) (0 -2 4))"))
    assert morphology.section_labels == ("soma",)
    assert morphology.section_length[0] == pytest.approx(10, rel=0.05)


# Files


def test_line_ends_blanks_and_compression_do_not_matter(write: Write) -> None:
    plain = read_asc(write(SOMA + FORK))
    for other in (
        gzip.compress((SOMA + FORK).encode()),
        (SOMA + FORK).replace("\n", "\r\n"),
        (SOMA + FORK).replace("\n", "\r"),
        (SOMA + FORK).replace("(", " ( ").replace(")", "\n)"),
        b"\xef\xbb\xbf; \xe9t\xe9\n" + (SOMA + FORK).encode(),
    ):
        assert read_asc(write(other)) == plain


def test_scale_multiplies_points_and_diameters(write: Write) -> None:
    plain, scaled = read_asc(write(FORK)), read_asc(write(FORK), scale=0.5)
    assert scaled.points.tolist() == (plain.points * 0.5).tolist()
    assert scaled.diameters.tolist() == (plain.diameters * 0.5).tolist()
    with pytest.raises(ValueError, match="scale must be a positive"):
        read_asc(write(FORK), scale=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "line 1: the file ends here without a soma or a neurite"),
        ("; nothing\n(Sections)\n", "line 2: the file ends here"),
        ("hello world", "line 1: expected a block in brackets, got 'hello'"),
        ("((Axon)\n(0 0 0 1)\n", "line 1: '\\(' is never closed"),
        ("((Axon)\n(0 0 0 1)))\n", "line 2: '\\)' matches no bracket: none is open"),
        ("((Axon)\n<(0 0 0 1))\n", "line 2: '\\)' matches no bracket: the '<' of line 2 is open"),
        ('((Axon)\n(Name "a)\n', "line 2: a quotation mark"),
        ("((Axon)\n(0 0 1))", "line 2: expected a point \\(x y z diameter\\), found 3 numbers"),
        ("((CellBody)\n(0 0))", "line 2: expected a point \\(x y z\\), found 2 numbers"),
        ("((Axon)\n(0 0 0\nx))", "line 3: expected a number, got 'x'; correct it"),
        ("((Axon)\n(0,5 0 0 1))", "line 2: expected a number, got ','; use a point for decimals"),
        ("((Axon)\n(0 0 0 1e99))", "line 2: expected a finite number"),
        ("((Axon)\n(0 0 0 -1))", "line 2: diameter is -1.0, expected 0 or more"),
        ('((Axon) (Name "a\nb")\n(0 0 0 1) ; (\n(0 0 0 -1))', "line 4: diameter is -1.0, expected 0 or more"),
        ("((Axon)\n(0 0 0 1)\n(0 0 1-2 1))", "line 3: expected a number, got '1-2'; correct it"),
        ("((Axon) (0 0 0 1)\nIncomplete\n(1 0 0 1))", "line 3: the branch continues after the word 'Incomplete'"),
        ("((Axon) (0 0 0 1) ((1 0 0 1)|(2 0 0 1))\n(3 0 0 1))", "line 2: the branch continues after its split"),
    ],
)
def test_an_error_names_file_line_and_reason(write: Write, content: str, message: str) -> None:
    with pytest.raises(MorphologyError, match=f"^cell.asc, {message}"):
        read_asc(write(content))


def test_damaged_gzip_data_raise_a_morphology_error(write: Write) -> None:
    with pytest.raises(MorphologyError, match=r"^cell.asc: damaged gzip data"):
        read_asc(write(gzip.compress(FORK.encode())[:-9]))


# Real files

LIKE_MORPHIO = [
    "asc/C040600B3_-_Clone_7.asc",
    "asc/dend-C090905B_axon-C220797A-P1_-_Clone_5.asc",
    "asc/dend-C280199C-P3_axon-C220797A-P1_-_Clone_4.asc",
    "asc/sm080902a3-2.asc",
    "asc/sm080908a4.asc",
    "morphio_tests/annotations.asc",
    "morphio_tests/circle_contour.asc",
    "morphio_tests/iterators.asc",
    "morphio_tests/marker-with-string.asc",
    "morphio_tests/markers.asc",
    "morphio_tests/mono-type.asc",
    "morphio_tests/multiple_point_section.asc",
    "morphio_tests/nested_single_children.asc",
    "morphio_tests/pia.asc",
    "morphio_tests/sections-block.asc",
    "morphio_tests/simple-with-font.asc",
    "morphio_tests/simple-with-image-coord.asc",
    "morphio_tests/simple.asc",
    "morphio_tests/single_point_root.asc",
    "morphio_tests/spine.asc",
    "neurom_tests/neurolucida/axon-sprout-from-dendrite.asc",
    "neurom_tests/neurolucida/bio_neuron-000.asc",
    "neurom_tests/neurolucida/bio_neuron-001.asc",
    "neurom_tests/neurolucida/multifurcation.asc",
    "neurom_tests/neurolucida/not_too_complex.asc",
    "neurom_tests/neurolucida/sample.asc",
    "neurom_tests/neurolucida/spine.asc",
]


def collected(shared_data: Path, name: str) -> Path:
    path = shared_data / name
    if not path.exists():
        pytest.skip(f"no file {name} in the shared data")
    return path


@pytest.mark.parametrize("name", LIKE_MORPHIO)
def test_a_real_file_has_the_sections_that_morphio_reads(shared_data: Path, name: str) -> None:
    morphio = pytest.importorskip("morphio", reason="MorphIO is the reference (extra 'dev')")
    morphio.set_maximum_warnings(0)
    path = collected(shared_data, name)
    morphology, truth = read_asc(path), morphio.Morphology(path)
    n_somata = morphology.section_labels.count("soma")
    assert morphology.n_sections == n_somata + len(truth.sections)
    labels = {2: "axon", 3: "dend", 4: "apic"}
    number = getattr(morphology, "file_order", np.arange(morphology.n_sections))
    for section in truth.sections:
        k = number[n_somata + section.id]
        assert section_points(morphology, k) == section.points.tolist()
        assert section_diameters(morphology, k) == section.diameters.tolist()
        assert morphology.section_labels[k] == labels[int(section.type)]
        if not section.is_root:
            assert morphology.section_parent[k] == number[n_somata + section.parent.id]


@pytest.mark.parametrize(
    ("name", "n_sections", "n_cells", "length"),  # length without soma, as NEURON 9.0.2 imports it
    [
        ("asc/111200A.asc", 455, 2, 35413.0),
        ("sonata_neurodamus_ringtest/morphologies/asc/cell_big.asc", 11, 1, 290.0),
        ("morphio_tests/simple2.asc", 9, 1, 38.4),
        ("morphio_tests/simple.unknown", 7, 1, 31.0),
    ],
)
def test_a_real_file_that_morphio_rejects_is_read(
    shared_data: Path, name: str, n_sections: int, n_cells: int, length: float
) -> None:
    morphology = read_asc(collected(shared_data, name))
    is_neurite = np.array([label != "soma" for label in morphology.section_labels])
    assert (morphology.n_sections, morphology.n_cells) == (n_sections, n_cells)
    assert morphology.section_length[is_neurite].sum() == pytest.approx(length, abs=0.06)


@pytest.mark.parametrize(
    ("name", "line"), [("morphio_tests/invalid-incomplete.asc", 15), ("neurom_tests/neurolucida/broken-spine.asc", 14)]
)
def test_an_error_of_a_real_file_names_the_line(shared_data: Path, name: str, line: int) -> None:
    path = collected(shared_data, name)
    with pytest.raises(MorphologyError, match=rf"^{path.name}, line {line}: "):
        read_asc(path)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (0, "sm080908a4"),
        (1, "sm080902a3-2"),
        (2, "dend-C280199C-P3_axon-C220797A-P1_-_Clone_4"),
        (3, "C040600B3_-_Clone_7"),
        (4, "dend-C090905B_axon-C220797A-P1_-_Clone_5"),
    ],
)
def test_segments_have_the_positions_of_neuron(shared_data: Path, cell: int, name: str) -> None:
    morphology = read_asc(collected(shared_data, f"asc/{name}.asc"))
    truth = np.load(collected(shared_data, "sim_generated/five_truth.npz"))
    of_cell = slice(*truth["index_pointers"][cell : cell + 2])
    named = {
        f"{label}[{morphology.section_labels[:k].count(label)}]": k for k, label in enumerate(morphology.section_labels)
    }
    section = np.array([named[word] for word in truth["section"][of_cell]])
    located = morphology.locate(section, truth["x"][of_cell])
    error = np.linalg.norm(located - truth["xyzd"][of_cell, :3], axis=1)
    assert error[section > 0].max() < 1e-3
    assert error[section == 0].max() < 1.0  # this reader finds another axis of the soma
    assert len(set(section.tolist())) == morphology.n_sections
