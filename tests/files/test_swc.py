"""SWC files are read in all common spellings, and errors name file, line and reason."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files import swc_nodes
from gpu_morph.readers.files.swc import read_swc

Write = Callable[..., Path]

FORK = """\
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 10 0 0.8 2
4 3 5 15 0 0.5 3
5 3 -5 15 0 0.5 3
"""
THREE_POINT_SOMA = "1 1 0 0 0 5 -1\n2 1 0 -5 0 5 1\n3 1 0 5 0 5 1\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def write_file(content: str | bytes, name: str = "cell.swc") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def section_points(morphology: Morphology, section: int) -> list[list[float]]:
    first, end = morphology.section_offsets[section : section + 2]
    return morphology.points[first:end].tolist()


def total_length(morphology: Morphology) -> float:
    """Arc length of all sections and of the links from their parents, µm."""
    child = np.flatnonzero(morphology.section_parent >= 0)
    sites = morphology.locate(morphology.section_parent[child], morphology.section_parent_x[child])
    links = sites - morphology.points[morphology.section_offsets[child]]
    return float(morphology.section_length.sum() + np.linalg.norm(links, axis=1).sum())


# Sections


def test_sections_end_at_branch_points(write: Write) -> None:
    morphology = read_swc(write(FORK))
    assert morphology.section_labels == ("soma", "dend", "dend", "dend")
    assert morphology.section_parent.tolist() == [-1, 0, 1, 1]
    assert np.diff(morphology.section_offsets).tolist() == [1, 2, 2, 2]
    assert morphology.section_cell is not None
    assert morphology.section_cell.tolist() == [0, 0, 0, 0]


def test_a_branch_starts_with_its_parents_point_and_diameter(write: Write) -> None:
    morphology = read_swc(write(FORK))
    assert section_points(morphology, 3) == [[0, 10, 0], [-5, 15, 0]]
    assert morphology.diameters[-2:] == pytest.approx([1.6, 1.0])
    assert morphology.section_parent_x[2:].tolist() == [1, 1]


def test_a_neurite_that_leaves_a_soma_starts_with_its_own_first_node(write: Write) -> None:
    morphology = read_swc(write(FORK))
    assert section_points(morphology, 1) == [[0, 5, 0], [0, 10, 0]]
    assert morphology.diameters[1] == 2
    assert morphology.section_parent_x[1] == 0.5


def test_a_change_of_type_starts_a_section_from_the_parents_point(write: Write) -> None:
    morphology = read_swc(write("1 3 0 0 0 1 -1\n2 3 1 0 0 1 1\n3 4 2 0 0 .5 2\n4 4 3 0 0 .5 3\n"))
    assert morphology.section_labels == ("dend", "apic")
    assert section_points(morphology, 1) == [[1, 0, 0], [2, 0, 0], [3, 0, 0]]
    assert morphology.diameters.tolist() == [2, 2, 2, 1, 1]
    assert morphology.section_parent_x[1] == 1


def test_types_become_labels(write: Write) -> None:
    lines = [f"{k + 1} {kind} {k} 0 0 1 {k or -1}" for k, kind in enumerate([1, 2, 3, 4, 0, 5, 16])]
    morphology = read_swc(write("\n".join(lines)))
    assert morphology.section_labels == ("undefined", "soma", "axon", "dend", "apic", "custom5", "custom16")


def test_a_soma_is_not_divided_where_neurites_leave_it(write: Write) -> None:
    soma = "1 1 0 0 0 3 -1\n2 1 1 0 0 4 1\n3 1 4 0 0 3 2\n"
    morphology = read_swc(write(soma + "4 3 0 5 0 1 1\n5 2 1 5 0 1 2\n6 3 4 5 0 1 3\n"))
    assert morphology.section_labels == ("soma", "axon", "dend", "dend")
    assert morphology.section_parent.tolist() == [-1, 0, 0, 0]
    assert morphology.section_parent_x.tolist() == [0, 0.25, 0, 1]


@pytest.mark.parametrize(("node", "begins_there"), [(1, True), (2, False), (3, True)])
def test_a_neurite_begins_at_the_soma_only_at_its_ends(write: Write, node: int, begins_there: bool) -> None:
    soma = "1 1 0 0 0 3 -1\n2 1 1 0 0 4 1\n3 1 4 0 0 3 2\n"
    morphology = read_swc(write(f"{soma}4 3 0 5 0 1 {node}\n5 3 0 15 0 .5 4\n"))
    own = [[0, 5, 0], [0, 15, 0]]
    assert section_points(morphology, 1) == (
        [[[0, 0, 0], [1, 0, 0], [4, 0, 0]][node - 1], *own] if begins_there else own
    )


def test_a_neurite_of_one_node_begins_at_the_soma_as_thin_as_it_is(write: Write) -> None:
    morphology = read_swc(write("1 1 0 0 0 6 -1\n2 3 0 30 0 1 1\n"))
    assert section_points(morphology, 1) == [[0, 0, 0], [0, 30, 0]]
    assert morphology.diameters.tolist() == [12, 2, 2]


def test_a_soma_of_two_nodes_is_as_long_as_they_are_apart(write: Write) -> None:
    morphology = read_swc(write("1 1 0 0 0 6.3 -1\n2 1 12.6 0 0 6.3 1\n3 3 20 0 0 1 2\n"))
    soma = morphology.diameters[: morphology.section_offsets[1]]
    np.testing.assert_allclose(morphology.bounds()[:, 0], [0, 21], atol=1e-5)
    assert soma.max() == pytest.approx(12.6)
    assert morphology.section_length[0] == pytest.approx(12.6)


def test_a_soma_with_two_arms_is_one_section_with_another_at_its_beginning(write: Write) -> None:
    morphology = read_swc(write("1 1 0 0 0 2 -1\n2 1 9 0 0 2 1\n3 1 0 9 0 2 1\n"))
    assert morphology.section_labels == ("soma",) * 2
    assert section_points(morphology, 0)[:: len(section_points(morphology, 0)) - 1] == [[0, 0, 0], [9, 0, 0]]
    assert section_points(morphology, 1)[:: len(section_points(morphology, 1)) - 1] == [[0, 0, 0], [0, 9, 0]]
    assert morphology.section_parent_x[1] == 0


def test_a_soma_below_a_neurite_starts_with_the_neurites_point(write: Write) -> None:
    morphology = read_swc(write("1 3 0 0 0 1 -1\n2 3 1 0 0 1 1\n3 1 5 0 0 4 2\n4 3 9 0 0 1 3\n"))
    assert morphology.section_labels == ("soma", "dend", "dend")
    assert morphology.section_parent.tolist() == [1, -1, 0]
    assert [section_points(morphology, 0)[k] for k in (0, -1)] == [[1, 0, 0], [5, 0, 0]]
    assert section_points(morphology, 2) == [[5, 0, 0], [9, 0, 0]]
    assert morphology.section_parent_x.tolist() == [1, 0, 1]


def test_a_single_node_is_a_sphere(write: Write) -> None:
    morphology = read_swc(write("1 1 1 2 3 5 -1"))
    assert section_points(morphology, 0) == [[1, 2, 3]]
    assert morphology.diameters.tolist() == [10]


def test_each_root_is_a_cell_in_file_order(write: Write) -> None:
    morphology = read_swc(write("9 2 0 0 0 1 -1\n4 1 50 0 0 5 -1\n5 3 55 0 0 1 4\n8 2 0 9 0 1 9\n"))
    assert morphology.section_labels == ("soma", "axon", "dend")
    assert morphology.section_cell.tolist() == [1, 0, 1]
    assert section_points(morphology, 1) == [[0, 0, 0], [0, 9, 0]]


def test_sections_of_one_type_are_in_file_order_but_after_their_parents(write: Write) -> None:
    lines = ["7 3 9 0 0 1 2", "8 3 0 9 0 1 2", "3 3 0 3 0 1 1", "2 3 3 0 0 1 1", "1 1 0 0 0 1 -1"]
    morphology = read_swc(write("\n".join(lines)))
    assert [section_points(morphology, k)[-1][:2] for k in range(1, 5)] == [[0, 3], [3, 0], [9, 0], [0, 9]]


def test_sections_are_sorted_by_type(write: Write) -> None:
    lines = ["7 4 9 0 0 1 2", "5 0 0 0 9 1 -1", "3 2 0 3 0 1 1", "2 3 3 0 0 1 1", "1 1 0 0 0 1 -1"]
    morphology = read_swc(write("\n".join(lines)))
    assert morphology.section_labels == ("undefined", "soma", "axon", "dend", "apic")
    assert morphology.section_parent.tolist() == [-1, -1, 1, 1, 3]
    assert section_points(morphology, 4) == [[3, 0, 0], [9, 0, 0]]


def test_the_order_of_lines_does_not_change_the_tree(write: Write) -> None:
    lines = np.array(FORK.splitlines())
    for seed in range(20):
        morphology = read_swc(write("\n".join(np.random.default_rng(seed).permutation(lines))))
        assert total_length(morphology) == pytest.approx(10 + 2 * 50**0.5)
        assert morphology.section_parent.tolist() == [-1, 0, 1, 1]


def test_a_child_of_a_section_without_length_is_attached_at_its_middle(write: Write) -> None:
    morphology = read_swc(write("1 3 0 0 0 1 -1\n2 3 0 0 0 1 1\n3 2 1 0 0 1 2\n"))
    assert morphology.section_labels == ("axon", "dend")
    assert morphology.section_parent_x[0] == morphology.point_position[-1] == 0.5


def test_a_long_chain_of_nodes_is_read(write: Write) -> None:
    n = 20_000
    lines = [f"{k} 2 {k} 0 0 1 {k - 1 or -1}" for k in range(n, 0, -1)]
    morphology = read_swc(write("\n".join(lines)))
    assert (morphology.n_sections, morphology.n_points) == (1, n)
    assert morphology.section_length[0] == n - 1


def test_scale_converts_units_of_the_file_to_micrometres(write: Write) -> None:
    morphology = read_swc(write("1 2 500000.5 0 0 150 -1\n2 2 500500.5 0 0 100 1\n"), scale=0.001)
    assert morphology.points[:, 0] == pytest.approx([500.0005, 500.5005])
    assert morphology.diameters == pytest.approx([0.3, 0.2])


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf")])
def test_a_scale_must_be_positive_and_finite(write: Write, scale: float) -> None:
    with pytest.raises(ValueError, match="scale must be a positive"):
        read_swc(write(FORK), scale=scale)


# Somata of three points


def test_a_three_point_soma_is_one_sphere(write: Write) -> None:
    neurites = "4 3 9 0 0 1 1\n5 2 0 -9 0 1 2\n6 3 0 9 0 1 3\n7 3 0 12 0 1 6\n"
    morphology = read_swc(write(THREE_POINT_SOMA + neurites))
    assert morphology.section_labels == ("soma", "axon", "dend", "dend")
    assert morphology.section_parent.tolist() == [-1, 0, 0, 0]
    assert morphology.section_parent_x[1:].tolist() == [0.5, 0.5, 0.5]
    assert section_points(morphology, 0) == [[0, 0, 0]]
    assert morphology.diameters[0] == 10
    assert section_points(morphology, 3) == [[0, 9, 0], [0, 12, 0]]


def test_rounded_coordinates_still_make_a_three_point_soma(write: Write) -> None:
    morphology = read_swc(write("1 1 10 20 30 7.28 -1\n2 1 10 12.7 30 7.3 1\n3 1 10 27.3 30 7.3 1\n"))
    assert morphology.n_points == 1


@pytest.mark.parametrize(
    ("second", "third"),
    [
        ("2 1 0 -5 0 5 1", "3 1 0 5 0 2 1"),  # another radius
        ("2 1 0 -5 0 5 1", "3 1 5 0 0 5 1"),  # not opposite
        ("2 1 0 -9 0 5 1", "3 1 0 9 0 5 1"),  # not one radius away
        ("2 1 0 -5 0 5 1", "3 1 0 5 0 5 2"),  # a chain
        ("2 1 0 -5 0 5 1", "3 1 0 5 0 5 1\n4 1 0 8 0 5 3"),  # no leaf
    ],
)
def test_other_somata_stay_tubes(write: Write, second: str, third: str) -> None:
    morphology = read_swc(write(f"1 1 0 0 0 5 -1\n{second}\n{third}\n"))
    assert set(morphology.section_labels) == {"soma"}
    assert total_length(morphology) > 9


def test_every_cell_of_a_file_can_have_a_three_point_soma(write: Write) -> None:
    second = "11 1 99 0 0 2 -1\n12 1 97 0 0 2 11\n13 1 101 0 0 2 11\n14 3 99 9 0 1 13\n"
    morphology = read_swc(write(THREE_POINT_SOMA + second))
    assert morphology.section_labels == ("soma", "soma", "dend")
    assert morphology.section_parent.tolist() == [-1, -1, 1]
    assert morphology.diameters.tolist() == [10, 4, 2, 2]


# Somata drawn as contours


def contour(radius: float, *, first: int = 1, at: tuple[float, float] = (0, 0), n: int = 40, parent: int = -1) -> str:
    """Nodes on an ellipse of 20 by 10 µm, each the child of the one before it."""
    angle = 2 * np.pi * np.arange(n) / n
    xy = np.column_stack([at[0] + 10 * np.cos(angle), at[1] + 5 * np.sin(angle)]).tolist()
    ids = [parent, *range(first, first + n)]
    return "".join(f"{ids[k + 1]} 1 {x:.4f} {y:.4f} 3 {radius} {ids[k]}\n" for k, (x, y) in enumerate(xy))


@pytest.mark.parametrize("radius", [0, 0.1, 1])
def test_a_contour_of_thin_nodes_is_a_solid(write: Write, radius: float) -> None:
    morphology = read_swc(write(contour(radius)))
    assert morphology.section_labels == ("soma",)
    assert morphology.section_length[0] == pytest.approx(20, rel=1e-2)
    assert morphology.diameters.max() == pytest.approx(10, rel=1e-2)
    assert morphology.points.mean(axis=0) == pytest.approx([0, 0, 3], abs=0.1)


def test_neurites_of_a_contour_are_attached_to_the_nearest_point_of_the_solid(write: Write) -> None:
    neurites = "41 3 12 0 3 1 1\n42 3 30 0 3 1 41\n43 2 -12 0 3 1 21\n44 2 -30 0 3 1 43\n"
    morphology = read_swc(write(contour(0) + neurites))
    assert morphology.section_labels == ("soma", "axon", "dend")
    assert morphology.section_parent.tolist() == [-1, 0, 0]
    ends = morphology.locate([0, 0], morphology.section_parent_x[1:])
    assert ends[:, 0] == pytest.approx([-10, 10], abs=0.1)
    assert morphology.section_names == ("soma[0]", "axon[0]", "dend[0]")


def test_contours_that_overlap_are_one_soma_and_others_are_cells(write: Write) -> None:
    text = contour(0) + contour(0, first=101, at=(1, 0)) + contour(0, first=201, at=(99, 0))
    morphology = read_swc(write(text + "301 3 12 0 3 1 101\n"))
    assert morphology.section_labels == ("soma", "soma", "dend")
    assert morphology.section_parent.tolist() == [-1, -1, 0]
    assert morphology.section_cell.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "text",
    [
        contour(3),  # too thick for a contour
        contour(0.5, n=20).rsplit("\n", 10)[0] + "\n",  # open
        "1 1 0 0 0 0 -1\n2 1 9 0 0 0 1\n3 1 20 0 0 0 2\n",  # a line
        "1 1 0 0 0 0 -1\n2 1 9 0 0 0 1\n3 1 9 9 0 0 2\n4 1 9 -9 0 0 2\n",  # branched
    ],
)
def test_other_chains_of_soma_nodes_stay_tubes(write: Write, text: str) -> None:
    morphology = read_swc(write(text))
    of_file = {tuple(map(float, line.split()[2:5])) for line in text.splitlines()}
    assert of_file <= {tuple(point) for point in morphology.points.astype(np.float64).round(4).tolist()}


# Marks in place of types


@pytest.mark.parametrize("types", [(0, 5, 0, 6, 6), (3, 5, 3, 6, 6), (2, 5, 2, 2, 6)])
def test_marks_of_fork_and_end_points_are_no_types(write: Write, types: tuple[int, ...]) -> None:
    a, fork, b, end, other = types
    rows = f"2 {a} 8 0 0 1 1\n3 {fork} 60 0 0 1 2\n4 {b} 70 9 0 1 3\n5 {end} 90 9 0 1 4\n6 {other} 70 -9 0 1 3\n"
    plain = f"2 {a} 8 0 0 1 1\n3 {a} 60 0 0 1 2\n4 {a} 70 9 0 1 3\n5 {a} 90 9 0 1 4\n6 {a} 70 -9 0 1 3\n"
    marked = read_swc(write("1 1 0 0 0 6 -1\n" + rows))
    assert marked == replace(read_swc(write("1 1 0 0 0 6 -1\n" + plain)), section_names=marked.section_names)
    assert marked.n_sections == 4


def test_marks_without_a_branch_above_have_the_type_below(write: Write) -> None:
    text = "1 5 0 0 0 1 -1\n2 5 9 0 0 1 1\n3 2 9 9 0 1 2\n4 6 9 -9 0 1 2\n5 2 -9 0 0 1 1\n"
    assert set(read_swc(write(text)).section_labels) == {"axon"}
    soma = "1 1 0 0 0 6 -1\n2 5 9 0 0 1 1\n3 3 20 5 0 1 2\n4 3 20 -5 0 1 2\n5 6 0 9 0 1 1\n"
    assert read_swc(write(soma)).section_labels == ("undefined", "soma", "dend", "dend", "dend")


def test_a_branch_of_type_5_or_6_has_a_label_of_its_own(write: Write) -> None:
    five = "2 5 9 0 0 1 1\n3 5 20 0 0 1 2\n4 5 30 5 0 1 3\n5 5 30 -5 0 1 3\n"
    six = "6 6 0 9 0 1 1\n7 6 0 20 0 1 6\n"
    assert read_swc(write("1 1 0 0 0 6 -1\n" + five + six)).section_labels == (
        "soma",
        "custom5",
        "custom5",
        "custom5",
        "custom6",
    )


# Radii that are missing


@pytest.mark.parametrize(
    ("radii", "diameters", "n_odd"),
    [
        ((1, -0.8, 2), [2, 1.6, 4], 1),
        ((1, -1, 3), [2, 4, 6], 1),
        ((1, "nan", 3), [2, 4, 6], 1),
        ((2, "NaN", -1), [4, 4, 4], 2),
        ((-1, "nan", 3), [6, 6, 6], 2),
        ((-1, -1, -1), [2, 2, 2], 3),
        (("nan", "nan", "nan"), [0, 0, 0], 3),
    ],
)
def test_a_negative_or_missing_radius_is_a_warning(
    write: Write, radii: tuple[object, ...], diameters: list[float], n_odd: int
) -> None:
    rows = [f"{k + 1} 3 {9 * k} 0 0 {radius} {k or -1}" for k, radius in enumerate(radii)]
    with pytest.warns(UserWarning, match=rf"^cell.swc, line \d: radius is .* such nodes: {n_odd}\)") as caught:
        morphology = read_swc(write("\n".join(rows)))
    assert morphology.diameters == pytest.approx(diameters)
    assert caught[0].filename == __file__


# Headers


@pytest.mark.parametrize("line", ["# OFFSET 100 -20 3.5", "#offset: 100, -20, 3.5", "# OFFSET\t100\t-20\t3.5"])
def test_the_offset_of_the_header_is_added(write: Write, line: str) -> None:
    morphology = read_swc(write(f"# ORIGINAL_SOURCE a\n{line}\n# SCALE 1.0 1.0 1.0\n{FORK}"))
    plain = read_swc(write(FORK, "plain.swc"))
    assert morphology.points.tolist() == (plain.points + np.float32([100, -20, 3.5])).tolist()
    assert read_swc(write(f"{line}\n{FORK}"), scale=0.5).points[0].tolist() == [50, -10, 1.75]


@pytest.mark.parametrize("line", ["# the OFFSET 1 2 3", "# OFFSET of the stage", "# OFFSET", "# OFFSET 0"])
def test_other_comments_are_no_offsets(write: Write, line: str) -> None:
    assert read_swc(write(f"{line}\n{FORK}# OFFSET 1 2 3\n")) == read_swc(write(FORK, "plain.swc"))


@pytest.mark.parametrize("words", ["1 2", "1 2 3 4", "nan 1 2", "1 inf 2"])
def test_an_offset_of_other_than_three_finite_numbers_is_a_warning(write: Write, words: str) -> None:
    with pytest.warns(UserWarning, match=rf"^cell.swc: its header has OFFSET {words}, expected three finite numbers"):
        assert read_swc(write(f"# OFFSET {words}\n{FORK}")) == read_swc(write(FORK, "plain.swc"))


def test_a_scale_in_the_header_is_a_warning(write: Write) -> None:
    with pytest.warns(UserWarning, match=r"^cell.swc: its header has SCALE 0.5 0.5 2, which is not applied"):
        assert read_swc(write(f"# SCALE 0.5 0.5 2\n{FORK}")) == read_swc(write(FORK, "plain.swc"))


# Spellings


@pytest.mark.parametrize(
    "content",
    [
        FORK.rstrip("\n"),
        FORK.replace("\n", "\r\n"),
        FORK.replace("\n", "\r"),
        FORK.replace(" ", "\t"),
        FORK.replace("\n", "  \t\n\n   \n"),
        FORK.replace("\n", " # a note, 1 2 3\n"),
        FORK.replace("\n", " 0 99 text\n"),
        FORK.replace("0.5", "5.0E-1").replace(" 10 ", " +1e1 "),
        FORK.replace("-1\n", "-2\n", 1),
        "".join(" ".join([i + ".0", *rest, p + ".0"]) + "\n" for i, *rest, p in map(str.split, FORK.splitlines())),
        b"\xef\xbb\xbf# with a byte order mark\n" + FORK.encode(),
        "# Größe in µm\n".encode("latin-1") + FORK.encode(),
        "# Größe in µm\n".encode() + FORK.encode(),
        gzip.compress(FORK.encode()),
    ],
    ids=[
        "no final newline",
        "Windows line ends",
        "old Mac line ends",
        "tabs",
        "blank lines, trailing blanks",
        "inline comments",
        "extra columns",
        "scientific notation",
        "root of -2",
        "ids with a decimal point",
        "byte order mark",
        "Latin-1 comment",
        "UTF-8 comment",
        "gzip without the ending",
    ],
)
def test_spellings_are_equivalent(write: Write, content: str | bytes) -> None:
    assert read_swc(write(content)) == read_swc(write(FORK, "plain.swc"))


def test_64_bit_ids_are_exact(write: Write) -> None:
    first, second = 720575940661139073, 720575940661139074  # equal as floats
    assert float(first) == float(second)
    morphology = read_swc(write(f"{second} 2 9 0 0 1 {first}\n{first} 2 0 0 0 1 -1\n5 2 9 9 0 1 {second}\n"))
    assert section_points(morphology, 0) == [[0, 0, 0], [9, 0, 0], [9, 9, 0]]


def test_id_zero_is_a_node_like_any_other(write: Write) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        morphology = read_swc(write("0 2 0 0 0 1 -1\n1 2 5 0 0 1 0\n"))
    assert morphology.n_sections == 1


def test_parent_zero_without_a_node_zero_is_a_root_and_a_warning(write: Write) -> None:
    with pytest.warns(UserWarning, match=r"^cell.swc, line 2: parent 0 is read as a root") as caught:
        morphology = read_swc(write("# no node 0\n1 1 0 0 0 5 0\n2 3 0 5 0 1 1\n"))
    assert morphology.section_parent.tolist() == [-1, 0]
    assert caught[0].filename == __file__


def test_a_radius_of_zero_is_allowed(write: Write) -> None:
    assert read_swc(write("1 2 0 0 0 0 -1\n")).diameters.tolist() == [0]


def test_a_path_can_be_a_string(write: Write) -> None:
    assert read_swc(str(write(FORK))).n_sections == 4


def test_both_parsers_read_the_same_numbers() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(500, 4)) * 10.0 ** rng.integers(-12, 12, size=(500, 1))
    text = "".join(
        f"{2**62 + k} {k % 9} {x!r} {y:.7g} {z:.3e} {abs(r)} {2**62 + k - 1 if k else -1} # {k}\n"
        for k, (x, y, z, r) in enumerate(values.tolist())
    )
    quick = swc_nodes.parse_with_numpy(text)
    assert quick is not None
    np.testing.assert_array_equal(quick, swc_nodes.parse_by_line(swc_nodes.SwcSource("text", text)))


# Errors


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", 1, ["without a node"]),
        ("# only\n# comments\n", 2, ["without a node"]),
        ("hello world\n" + FORK, 1, ["2 of 7 columns", "hello world", "#"]),
        (FORK + "6 3 1 2", 6, ["4 of 7 columns", "6 3 1 2"]),
        ("1 1 0 0 0 5\n2 3 0 5 0 1\n", 1, ["6 of 7 columns"]),
        (FORK.replace(" ", ","), 1, ["1 of 7 columns", "commas"]),
        (FORK.replace(" ", ", "), 1, ["'1, 1, 0, 0, 0, 5, -1'", "separated by commas: replace them by spaces"]),
        (FORK.replace(" ", ";"), 1, ["1 of 7 columns", "separated by semicolons"]),
        ("id type x y z radius parent\n" + FORK, 1, ["'id type x", "names the columns: start the line with #"]),
        ("n,type,x,y,z,r,pn\n" + FORK.replace(" ", ","), 1, ["separated by commas"]),
        (FORK.replace("0.8", "0,8"), 3, ["radius is '0,8'", "point for decimals"]),
        (b"\x00\x01\x02 binary", 1, ["2 of 7 columns"]),
        ("# head\n\n" + FORK.replace(" 10 ", " nan "), 5, ["y is nan", "finite"]),
        (FORK.replace("0.8", "inf"), 3, ["radius is inf", "finite"]),
        ("# OFFSET 1e31 0 0\n" + FORK, 2, ["x is 1e+31", "finite"]),
        (FORK.replace(" 10 ", " inf "), 3, ["y is inf", "finite"]),
        (FORK.replace(" 10 ", " -1e999 "), 3, ["y is -inf", "finite"]),
        (FORK.replace(" 10 ", " 1e38 "), 3, ["y is 1e+38", "1e30 µm"]),
        (FORK.replace("0.8", "0_8"), 3, ["radius is '0_8'", "number"]),
        (FORK.replace("3 3 0 10", "3.5 3 0 10"), 3, ["id is '3.5'", "whole number"]),
        (FORK.replace("3 3 0 10", "3 dend 0 10"), 3, ["type is 'dend'", "whole number"]),
        (FORK.replace("3 3 0 10", "nan 3 0 10"), 3, ["id is 'nan'", "whole number"]),
        (FORK.replace("3 3 0 10", "-3 3 0 10"), 3, ["id is -3", "0 or more"]),
        (FORK.replace("3 3 0 10", f"{2**63} 3 0 10"), 3, [f"id is {2**63}", "renumber"]),
        (FORK.replace("3 3 0 10", "9" * 400 + " 3 0 10"), 3, ["renumber"]),
        (FORK.replace("3 3 0 10", f"{2**53 + 1}.0 3 0 10"), 3, ["exactly", "renumber"]),
        (FORK.replace("\n4 ", "\n2 "), 4, ["id 2", "line 2"]),
        (FORK.replace("0.8 2", "0.8 99"), 3, ["node 3", "parent 99", "not in the file"]),
        (FORK.replace("5 -1", "5 2"), 1, ["no root", "1, 2", "cycle"]),
        (FORK.replace("\n2 3 0 5 0 1 1", "\n2 3 0 5 0 1 4"), 2, ["nodes 2, 4, 3", "cycle"]),
        (FORK + "6 3 0 0 0 1 6\n", 6, ["node 6", "own parent"]),
        ("1 1 0 0 0 5 1\n", 1, ["no root", "node 1", "own parent"]),
    ],
)
def test_an_error_names_file_line_and_reason(write: Write, content: str | bytes, line: int, words: list[str]) -> None:
    for name, data in (("bad.swc", content), ("bad.swc.gz", content)):
        plain = data.encode() if isinstance(data, str) else data
        with pytest.raises(MorphologyError) as caught:
            read_swc(write(gzip.compress(plain) if name.endswith("gz") else plain, name))
        assert str(caught.value).startswith(f"{name}, line {line}: ")
        assert all(word in str(caught.value) for word in words), str(caught.value)


def test_line_numbers_do_not_depend_on_the_line_ends(write: Write) -> None:
    for end in ("\n", "\r\n", "\r"):
        with pytest.raises(MorphologyError, match=r"^cell.swc, line 3: "):
            read_swc(write(FORK.replace(" 10 ", " nan ").replace("\n", end)))


def test_a_long_cycle_is_found_below_a_long_tail(write: Write) -> None:
    tail = [f"{k} 2 0 0 0 1 {k + 1}" for k in range(1, 1000)]
    cycle = [f"{k} 2 0 0 0 1 {k + 1 if k < 1099 else 1000}" for k in range(1000, 1100)]
    with pytest.raises(MorphologyError, match=r"line 1001: .*1000, 1001.*\(100 nodes\)"):
        read_swc(write("\n".join(["2000 1 0 0 0 1 -1", *tail, *cycle])))


def test_damaged_gzip_data_raise_a_morphology_error(write: Write) -> None:
    packed = gzip.compress(FORK.encode())
    for damaged in (packed[:-12], packed[:12] + b"\xff" * 9 + packed[21:]):
        with pytest.raises(MorphologyError, match=r"^cell.swc: damaged gzip data"):
            read_swc(write(damaged))


def test_a_missing_file_raises_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_swc(tmp_path / "nowhere.swc")


def test_a_directory_raises_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=tmp_path.name):
        read_swc(tmp_path)


# Real files


def test_every_valid_file_is_read(shared_data: Path) -> None:
    paths = sorted((shared_data / "nasty_own").glob("ok_*.swc"))
    if not paths:
        pytest.skip("no files nasty_own/ok_*.swc in the shared data")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*parent 0")
        for path in paths:
            assert read_swc(path).n_points >= 1, path.name


def test_the_error_for_every_invalid_file_names_the_line(shared_data: Path) -> None:
    paths = sorted((shared_data / "nasty_own").glob("bad_*.swc"))
    if not paths:
        pytest.skip("no files nasty_own/bad_*.swc in the shared data")
    for path in paths:
        if path.name == "bad_negative_radius.swc":  # read since the radius is a warning
            with pytest.warns(UserWarning, match=rf"^{path.name}, line 3: radius is -0.8"):
                assert read_swc(path).diameters.min() > 0
            continue
        with pytest.raises(MorphologyError, match=rf"^{path.name}, line \d+: "):
            read_swc(path)


@pytest.mark.parametrize(
    ("name", "n_cells", "length"),  # as navis 1.12.0 counts trees and length
    [
        ("isf_gpl3/86_C2_center.swc", 2, 15364.9),
        ("morphio_tests/complexe.swc", 1, 8.7),
        ("morphio_tests/nrn_ordering.swc", 1, 4772.5),
        ("morphio_tests/soma_cylinders.swc", 1, 4.0),
        ("neurom_tests/swc/Neuron.swc", 1, 841.0),
        ("neurom_tests/swc/Neuron_disconnected_components.swc", 5, 837.9),
        ("neurom_tests/swc/ordering/sample_disordered.swc", 1, 50.0),
        ("neurom_tests/swc/soma/bifurcating_soma.swc", 1, 15.0),
        ("neurom_tests/swc/test_morph.swc", 1, 1610.2),
        ("swc_large/172995.swc", 1, 39584.8),
        ("swc_large/173000.swc", 1, 55512.0),
        ("swc_large/173000_resampled_0.5um.derived.swc.gz", 1, 55512.0),
        ("swc_real/1734350788.swc", 1, 266476.9),
        ("swc_real/485184849_reconstruction.swc", 84, 12562.7),
        ("swc_real/722817260.swc", 1, 274703.4),
        ("swc_real/Nr5a1_471087815_m.swc", 1, 1918.8),
        ("swc_real/Pvalb-IRES-Cre_Ai14-176848.03.01.01_491119484_m.swc", 1, 8079.8),
        ("swc_real/Pvalb_470522102_m.swc", 1, 2440.6),
        ("swc_real/Scnn1a_473845048_m.swc", 1, 4772.5),
        ("swc_real/reconstruction.swc", 1, 5619.6),
    ],
)
def test_a_real_file_has_the_trees_and_length_of_navis(
    shared_data: Path, name: str, n_cells: int, length: float
) -> None:
    if not (shared_data / name).exists():
        pytest.skip(f"no file {name} in the shared data")
    morphology = read_swc(shared_data / name)
    assert morphology.n_cells == n_cells
    assert total_length(morphology) == pytest.approx(length, rel=1e-3, abs=0.051)


@pytest.mark.parametrize("name", ["morphio_tests/three_point_soma.swc", "neurom_tests/swc/Single_basal.swc"])
def test_a_real_three_point_soma_is_one_sphere(shared_data: Path, name: str) -> None:
    if not (shared_data / name).exists():
        pytest.skip(f"no file {name} in the shared data")
    morphology = read_swc(shared_data / name)
    assert morphology.section_labels.count("soma") == 1
    assert morphology.section_offsets[1] == 1
