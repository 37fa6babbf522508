"""Somata of three points and contours become solids."""

from __future__ import annotations

import numpy as np
import pytest
from morphology_measures import section_points, total_length
from swc_texts import Write

from gpu_morph.readers.files.swc import read_swc

THREE_POINT_SOMA = "1 1 0 0 0 5 -1\n2 1 0 -5 0 5 1\n3 1 0 5 0 5 1\n"

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
