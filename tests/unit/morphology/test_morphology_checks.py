"""A Morphology is checked when it is made."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from small_morphologies import POINTS, fork

from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError


def chain(n: int, parent: Any) -> Morphology:
    """Sections of one point each, with the given parents."""
    return Morphology(np.zeros((n, 3)), np.ones(n), np.arange(n + 1), parent, np.ones(n), ("dend",) * n)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.zeros((7, 2))}, "points must have shape (n_points, 3) with at least one point, got (7, 2)"),
        ({"points": np.zeros(21)}, "points must have shape (n_points, 3) with at least one point, got (21,)"),
        ({"points": np.zeros((0, 3))}, "points must have shape (n_points, 3) with at least one point, got (0, 3)"),
        ({"section_labels": ()}, "section_labels must name at least one section for 7 points, got none"),
        ({"diameters": [1]}, "diameters must have shape (7,) for 7 points and 3 section labels, got (1,)"),
        ({"section_offsets": [0, 7]}, "section_offsets must have shape (4,) for 7 points and 3 section labels"),
        ({"section_parent": [-1, 0]}, "section_parent must have shape (3,) for 7 points and 3 section labels"),
        ({"section_parent_x": 1.0}, "section_parent_x must have shape (3,) for 7 points and 3 section labels, got ()"),
        ({"section_cell": [[0, 0, 0]]}, "section_cell must have shape (3,) for 7 points and 3 section labels"),
    ],
)
def test_shapes_that_do_not_fit_are_named(change, message):
    with pytest.raises(MorphologyError, match=re.escape(message)):
        fork(**change)


@pytest.mark.parametrize(
    ("offsets", "got"),
    [
        ([1, 3, 5, 7], "got 1 to 7, smallest step 2"),
        ([0, 3, 5, 6], "got 0 to 6, smallest step 1"),
        ([0, 3, 3, 7], "got 0 to 7, smallest step 0"),
        ([0, 5, 3, 7], "got 0 to 7, smallest step -2"),
    ],
)
def test_every_section_has_a_point_and_every_point_a_section(offsets, got):
    expected = "section_offsets must rise from 0 to n_points = 7 with at least one point per section"
    with pytest.raises(MorphologyError, match=f"{expected}, {got}"):
        fork(section_offsets=offsets)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e39])
def test_points_must_be_finite(bad):
    points = np.array(POINTS, dtype=float)
    points[4, 1] = bad
    with pytest.raises(MorphologyError, match=r"points must be finite; point 4 is \[ *4"):
        fork(points=points)


@pytest.mark.parametrize(("bad", "shown"), [(-0.5, "-0.5"), (np.nan, "nan"), (np.inf, "inf")])
def test_diameters_must_be_finite_and_not_negative(bad, shown):
    with pytest.raises(MorphologyError, match=f"diameters must be finite and not negative; point 2 has {shown}"):
        fork(diameters=[1, 1, bad, 1, 1, 1, 1])


def test_a_diameter_may_be_zero():
    assert fork(diameters=np.zeros(7)).diameters.max() == 0


@pytest.mark.parametrize(("x", "shown"), [(-0.1, "-0.1"), (1.5, "1.5"), (np.nan, "nan")])
def test_a_section_is_attached_between_the_ends_of_its_parent(x, shown):
    with pytest.raises(MorphologyError, match=rf"section_parent_x must lie in 0\.\.1, got {shown}"):
        fork(section_parent_x=[0, 1, x])


def test_where_a_root_is_attached_does_not_matter():
    assert fork(section_parent_x=[99, 1, 1]).n_sections == 3


@pytest.mark.parametrize(("parent", "got"), [([-1, 0, 3], "-1 to 3"), ([-2, 0, 0], "-2 to 0")])
def test_a_parent_must_exist(parent, got):
    with pytest.raises(MorphologyError, match=f"section_parent must be -1 or a section index below 3, got {got}"):
        fork(section_parent=parent)


def test_a_parent_may_come_after_its_children():
    assert fork(section_parent=[2, 2, -1]).section_parent.tolist() == [2, 2, -1]


@pytest.mark.parametrize("parent", [[0], [1, 0], [-1, 3, 1, 2], [1, 2, 0], [-1, 1]])
def test_a_cycle_is_refused(parent):
    with pytest.raises(MorphologyError, match=r"(?m)section_parent has a cycle through section \d+$"):
        chain(len(parent), parent)


def test_the_error_names_a_section_on_the_cycle():
    with pytest.raises(MorphologyError, match=r"(?m)cycle through section [34]$"):
        chain(5, [1, 2, 3, 4, 3])


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 1000, 1023, 1024, 1025])
def test_a_long_chain_is_no_cycle(n):
    assert chain(n, np.arange(n) - 1).n_sections == n
    assert chain(n, np.append(np.arange(1, n), -1)).n_sections == n


@pytest.mark.parametrize("n", [2, 3, 4, 7, 8, 1000, 1024, 1025])
def test_a_long_cycle_is_a_cycle(n):
    with pytest.raises(MorphologyError, match="cycle"):
        chain(n, np.roll(np.arange(n), 1))
