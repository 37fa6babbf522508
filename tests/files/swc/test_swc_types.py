"""Marks and missing radii in SWC files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from swc_texts import Write

from gpu_morph.readers.files.swc import read_swc

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
