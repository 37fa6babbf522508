"""A Morphology is checked when it is made, cannot be changed, and locates sites on sections."""

from __future__ import annotations

import dataclasses
import pickle
import re
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.derived_morphology import join_morphologies, scaled_diameters
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.selection import select_sections
from gpu_morph.errors import MorphologyError

# A stem of 1 + 3 µm along x, and two branches from its end: 2 µm along y, 2 µm along -y.
POINTS = [[0, 0, 0], [1, 0, 0], [4, 0, 0], [4, 0, 0], [4, 2, 0], [4, 0, 0], [4, -2, 0]]
FORK: dict[str, Any] = {
    "points": POINTS,
    "diameters": [4, 2, 2, 1, 1, 1, 0.5],
    "section_offsets": [0, 3, 5, 7],
    "section_parent": [-1, 0, 0],
    "section_parent_x": [0, 1, 1],
    "section_labels": ("dend", "dend", "apic"),
}
ARRAYS = ("points", "diameters", "section_offsets", "section_parent", "section_parent_x", "section_cell")
CACHES = ("point_section", "point_arc_length", "section_length", "point_position")


def fork(**changes: Any) -> Morphology:
    return Morphology(**FORK | changes)


def line(*points: Any) -> Morphology:
    """One section through the given points."""
    return Morphology(points, np.ones(len(points)), [0, len(points)], [-1], [0], ("dend",))


def chain(n: int, parent: Any) -> Morphology:
    """Sections of one point each, with the given parents."""
    return Morphology(np.zeros((n, 3)), np.ones(n), np.arange(n + 1), parent, np.ones(n), ("dend",) * n)


# What it holds


def test_it_counts_points_sections_and_cells():
    morphology = fork(section_cell=[0, 0, 7])
    assert (morphology.n_points, morphology.n_sections, morphology.n_cells) == (7, 3, 2)
    assert repr(morphology) == "Morphology(n_points=7, n_sections=3, n_cells=2)"


def test_all_sections_belong_to_one_cell_by_default():
    assert fork().section_cell.tolist() == [0, 0, 0]


def test_arrays_have_the_types_of_the_design():
    expected = dict(zip(ARRAYS, ("f4", "f4", "i8", "i4", "f4", "i4"), strict=True))
    assert {name: getattr(fork(), name).dtype.str[1:] for name in ARRAYS} == expected


def test_labels_become_a_tuple_of_str():
    labels = fork(section_labels=np.array(["dend", "dend", "apic"])).section_labels
    assert labels == ("dend", "dend", "apic")
    assert {type(label) for label in labels} == {str}


def test_sections_may_have_names():
    named = fork(section_names=["soma", "dend[0]", "dend[1]"])
    assert named.section_names == ("soma", "dend[0]", "dend[1]")
    assert fork().section_names is None
    assert pickle.loads(pickle.dumps(named)) == named != fork()
    assert scaled_diameters(named, 2).section_names == named.section_names
    assert select_sections(named, sections=[0, 2])[0].section_names == ("soma", "dend[1]")


@pytest.mark.parametrize("names", [["soma"], "soma", 5])
def test_every_section_has_a_name_or_none_has(names):
    with pytest.raises(MorphologyError, match="section_names must"):
        fork(section_names=names)


# It cannot be changed


@pytest.mark.parametrize("is_pickled", [False, True])
@pytest.mark.parametrize("name", ARRAYS + CACHES)
def test_no_array_can_be_written_to(name, is_pickled):
    morphology = pickle.loads(pickle.dumps(fork())) if is_pickled else fork()
    with pytest.raises(ValueError, match="read-only"):
        getattr(morphology, name)[0] = 0


def test_no_field_can_be_replaced():
    with pytest.raises(dataclasses.FrozenInstanceError):
        fork().points = np.zeros((7, 3))  # type: ignore[misc]


@pytest.mark.parametrize("name", ARRAYS)
def test_later_changes_of_the_callers_arrays_have_no_effect(name):
    mine = np.array(getattr(fork(), name))
    morphology = fork(**{name: mine})
    mine[...] = 9
    assert morphology == fork()


def test_a_pickle_is_equal_and_carries_no_caches():
    morphology = fork()
    assert morphology.point_position.size
    twin = pickle.loads(pickle.dumps(morphology))
    assert twin == morphology
    assert not set(CACHES) & set(vars(twin))


@pytest.mark.parametrize(
    "change",
    [
        {"points": np.add(POINTS, [0, 0, 1])},
        {"diameters": [4, 2, 2, 1, 1, 1, 1]},
        {"section_offsets": [0, 2, 5, 7]},
        {"section_parent": [-1, 0, 1]},
        {"section_parent_x": [0, 1, 0.5]},
        {"section_labels": ("dend", "dend", "axon")},
        {"section_cell": [0, 0, 1]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_two_are_equal_if_all_fields_are(change):
    assert fork() == fork()
    assert fork() != fork(**change)


def test_it_is_not_equal_to_another_type():
    assert fork() != "fork"


def test_it_cannot_be_hashed():
    with pytest.raises(TypeError, match="unhashable"):
        hash(fork())


# Checks


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
    with pytest.raises(MorphologyError, match=r"section_parent has a cycle through section \d+$"):
        chain(len(parent), parent)


def test_the_error_names_a_section_on_the_cycle():
    with pytest.raises(MorphologyError, match=r"cycle through section [34]$"):
        chain(5, [1, 2, 3, 4, 3])


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 9, 1000, 1023, 1024, 1025])
def test_a_long_chain_is_no_cycle(n):
    assert chain(n, np.arange(n) - 1).n_sections == n
    assert chain(n, np.append(np.arange(1, n), -1)).n_sections == n


@pytest.mark.parametrize("n", [2, 3, 4, 7, 8, 1000, 1024, 1025])
def test_a_long_cycle_is_a_cycle(n):
    with pytest.raises(MorphologyError, match="cycle"):
        chain(n, np.roll(np.arange(n), 1))


# Arc length


def test_each_point_knows_its_section():
    assert fork().point_section.tolist() == [0, 0, 0, 1, 1, 2, 2]


def test_arc_length_starts_anew_in_each_section():
    assert fork().point_arc_length.tolist() == [0, 1, 4, 0, 2, 0, 2]


def test_arc_length_follows_the_points():
    assert line([0, 0, 0], [3, 4, 0], [3, 4, 12]).section_length.tolist() == [17]


def test_sections_have_their_own_length():
    assert fork().section_length.tolist() == [4, 2, 2]


def test_position_is_a_fraction_of_the_arc_length():
    assert fork().point_position.tolist() == [0, 0.25, 1, 0, 1, 0, 1]


def test_a_section_of_no_length_is_at_its_middle():
    assert line([1, 2, 3]).point_position.tolist() == [0.5]
    assert line([1, 2, 3], [1, 2, 3]).point_position.tolist() == [0.5, 0.5]


def test_bounds_hold_the_radii():
    assert fork().bounds().tolist() == [[-2, -2.25, -2], [5, 2.5, 2]]


# Sites


@pytest.mark.parametrize(
    ("section", "position", "point"),
    [(0, 0, [0, 0, 0]), (0, 0.125, [0.5, 0, 0]), (0, 0.5, [2, 0, 0]), (0, 1, [4, 0, 0]), (2, 0.75, [4, -1.5, 0])],
)
def test_a_site_lies_at_its_fraction_of_the_arc_length(section, position, point):
    assert fork().locate(section, position) == pytest.approx(np.array([point]), abs=1e-6)


def test_one_position_serves_all_sections():
    expected = np.array([[2, 0, 0], [4, 1, 0], [4, -1, 0]])
    assert fork().locate([0, 1, 2], 0.5) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("position", "point"), [(-0.5, [0, 0, 0]), (1.5, [4, 0, 0])])
def test_a_position_beyond_the_ends_is_the_end(position, point):
    assert fork().locate([0], [position]) == pytest.approx(np.array([point]), abs=1e-6)


@pytest.mark.parametrize("position", [0, 0.3, 0.5, 1])
@pytest.mark.parametrize("n_points", [1, 2, 3])
def test_every_position_on_a_section_of_no_length_is_its_point(n_points, position):
    between = Morphology(
        np.concatenate([[[0, 0, 0], [9, 0, 0]], np.tile([1, 2, 3], (n_points, 1)), [[0, 5, 0], [0, 9, 0]]]),
        np.ones(n_points + 4),
        [0, 2, 2 + n_points, 4 + n_points],
        [-1, 0, 1],
        [0, 1, 1],
        ("dend",) * 3,
    )
    assert between.locate([1], [position]).tolist() == [[1, 2, 3]]


def test_a_repeated_point_is_passed_without_a_jump():
    morphology = line([0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0], [2, 0, 0])
    x = morphology.locate(np.zeros(9, int), np.linspace(0, 1, 9))[:, 0]
    np.testing.assert_allclose(x, np.linspace(0, 2, 9), atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_sites_on_random_sections_agree_with_linear_interpolation(seed):
    random = np.random.default_rng(seed)
    counts = random.integers(1, 8, size=20)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    points = random.normal(scale=50, size=(offsets[-1], 3))
    repeated = random.random(len(points)) < 0.2
    repeated[offsets[:-1]] = False
    points[repeated] = points[np.flatnonzero(repeated) - 1]
    morphology = Morphology(points, np.ones(len(points)), offsets, np.full(20, -1), np.zeros(20), ("dend",) * 20)
    section = random.integers(0, 20, size=200)
    position = np.where(random.random(200) < 0.2, random.integers(0, 2, 200), random.random(200))
    points = morphology.locate(section, position)
    for s, x, point in zip(section, position, points, strict=True):
        own = morphology.points[offsets[s] : offsets[s + 1]].astype(float)
        arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(own, axis=0), axis=1))])
        expected = [np.interp(x * arc[-1], arc, own[:, axis]) for axis in range(3)]
        np.testing.assert_allclose(point, expected, atol=1e-4)


def test_points_are_where_their_position_says():
    morphology = fork()
    points = morphology.locate(morphology.point_section, morphology.point_position)
    np.testing.assert_allclose(points, morphology.points, atol=1e-6)


# Circuits

QUARTER = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])  # x becomes y


def test_a_cell_is_rotated_before_it_is_translated():
    joined = join_morphologies([line([1, 0, 0], [2, 0, 0])], rotations=[QUARTER], translations=[(10, 0, 5)])
    np.testing.assert_allclose(joined.points, [[10, 1, 5], [10, 2, 5]], atol=1e-6)


def test_each_cell_has_its_own_translation():
    joined = join_morphologies([fork(), fork()], translations=[(0, 0, 0), (300, 0, 0)])
    np.testing.assert_array_equal(joined.points[:7], POINTS)
    np.testing.assert_array_equal(joined.points[7:], np.add(POINTS, [300, 0, 0]))


def test_sections_keep_their_parents_within_their_cell():
    joined = join_morphologies([fork(), line([0, 0, 0]), fork(section_parent_x=[0, 0.5, 1])])
    assert joined.section_parent.tolist() == [-1, 0, 0, -1, -1, 4, 4]
    assert joined.section_parent_x[[5, 6]].tolist() == [0.5, 1]
    assert joined.section_offsets.tolist() == [0, 3, 5, 7, 8, 11, 13, 15]
    assert joined.section_labels == ("dend", "dend", "apic", "dend", "dend", "dend", "apic")
    assert joined.diameters[7:9].tolist() == [1, 4]


def test_the_same_morphology_twice_is_two_cells():
    cell = fork()
    joined = join_morphologies([cell, cell])
    assert joined.section_cell.tolist() == [0, 0, 0, 1, 1, 1]
    assert joined.n_cells == 2


def test_names_that_occur_once_are_kept():
    joined = join_morphologies([fork(section_names=("a", "b", "c")), line([0, 0, 0])])
    assert joined.section_names == ("a", "b", "c", "")
    assert join_morphologies([fork(), fork()]).section_names is None


def test_names_that_occur_twice_get_the_number_of_their_cell():
    cell = fork(section_names=("soma", "dend[0]", ""))
    assert join_morphologies([cell, cell]).section_names == ("0.soma", "0.dend[0]", "", "1.soma", "1.dend[0]", "")


def test_circuits_can_be_joined_again():
    circuit = fork(section_cell=[0, 0, 4])
    assert join_morphologies([circuit, fork()]).section_cell.tolist() == [0, 0, 4, 5, 5, 5]


def test_joining_one_cell_changes_nothing():
    assert join_morphologies([fork()]) == fork()


def test_rotating_keeps_lengths():
    turned = join_morphologies([fork()], rotations=[QUARTER])
    np.testing.assert_allclose(turned.section_length, fork().section_length, atol=1e-5)


def test_at_least_one_morphology_is_joined():
    with pytest.raises(MorphologyError, match="needs at least one morphology, got none"):
        join_morphologies([])


@pytest.mark.parametrize(
    ("arguments", "got"),
    [
        ({"rotations": np.eye(3)}, "got (3, 3) and (2, 3)"),
        ({"rotations": np.zeros((1, 3, 3))}, "got (1, 3, 3) and (2, 3)"),
        ({"translations": [0, 0, 300]}, "got (2, 3, 3) and (3,)"),
        ({"translations": np.zeros((3, 3))}, "got (2, 3, 3) and (3, 3)"),
    ],
)
def test_there_is_one_rotation_and_one_translation_per_cell(arguments, got):
    expected = "for 2 morphologies rotations must have shape (2, 3, 3) and translations (2, 3), " + got
    with pytest.raises(MorphologyError, match=re.escape(expected)):
        join_morphologies([fork(), fork()], **arguments)


@pytest.mark.parametrize(
    "matrix",
    [
        2 * np.eye(3),
        np.full((3, 3), np.nan),
        np.full((3, 3), np.inf),
        [[1, 1, 0], [0, 1, 0], [0, 0, 1]],
        np.zeros((3, 3)),
    ],
)
def test_a_matrix_that_stretches_is_no_rotation(matrix):
    with pytest.raises(MorphologyError, match="rotations must be orthonormal 3x3 matrices"):
        join_morphologies([fork(), fork()], rotations=[np.eye(3), matrix])


def test_a_matrix_that_mirrors_is_no_rotation():
    with pytest.raises(MorphologyError, match=r"rotations must have determinant 1; one of them mirrors its cell"):
        join_morphologies([fork(), fork()], rotations=[np.eye(3), np.diag([1, 1, -1])])


def test_a_translation_must_be_finite():
    with pytest.raises(MorphologyError, match="points must be finite; point 7 is"):
        join_morphologies([fork(), fork()], translations=[(0, 0, 0), (np.nan, 0, 0)])


@pytest.mark.parametrize("wrong", ["cell.swc", 3])
def test_joining_takes_a_list_of_morphologies(wrong: object) -> None:
    with pytest.raises(TypeError, match="join_morphologies takes a list of Morphology"):
        join_morphologies([wrong])  # type: ignore[list-item]


def test_joining_one_morphology_by_itself_is_an_error_that_says_how() -> None:
    with pytest.raises(TypeError, match=r"such as \[cell, cell\]"):
        join_morphologies(Morphology([[0, 0, 0]], [1], [0, 1], [-1], [0], ("soma",)))  # type: ignore[arg-type]


def test_diameters_between_points_are_linear_by_arc_length() -> None:
    cone = Morphology([[0, 0, 0], [1, 0, 0], [4, 0, 0]], [2, 3, 6], [0, 3], [-1], [0], ("dend",))
    np.testing.assert_allclose(cone.diameter_at([0] * 5, [0, 0.125, 0.25, 0.625, 1]), [2, 2.5, 3, 4.5, 6])


# Scaled diameters


@pytest.mark.parametrize("scale", [2, 2.0, np.float32(2), lambda x: 2 * x, lambda x: (2 * x).tolist()])
def test_diameters_are_scaled_by_a_factor_or_a_function(scale):
    morphology = fork()
    scaled = scaled_diameters(morphology, scale)
    assert scaled.diameters.tolist() == [8, 4, 4, 2, 2, 2, 1]
    assert morphology.diameters.tolist() == [4, 2, 2, 1, 1, 1, 0.5]


def test_scaling_diameters_leaves_the_rest():
    morphology = fork(section_cell=[0, 0, 3])
    assert scaled_diameters(scaled_diameters(morphology, 4), 0.25) == morphology


@pytest.mark.parametrize("value", [3, 3.0, np.float64(3), np.array(3)])
def test_a_function_may_return_one_diameter_for_all(value):
    assert scaled_diameters(fork(), lambda _: value).diameters.tolist() == [3] * 7


def test_a_function_may_change_its_argument():
    def thicker(diameters):
        diameters += 1
        return diameters

    assert scaled_diameters(fork(), thicker).diameters.tolist() == [5, 3, 3, 2, 2, 2, 1.5]


@pytest.mark.parametrize("scale", [0, -1, np.nan, np.inf, "2", None, [2, 2]])
def test_a_factor_is_a_positive_number(scale):
    with pytest.raises(MorphologyError, match="scale must be a positive number or a function, got "):
        scaled_diameters(fork(), scale)


@pytest.mark.parametrize(
    ("result", "shape"), [(np.ones(6), r"\(6,\)"), (np.ones((7, 1)), r"\(7, 1\)"), ([], r"\(0,\)")]
)
def test_a_function_returns_a_diameter_per_point(result, shape):
    with pytest.raises(
        MorphologyError, match=f"for each of 7 points, or one for all; it returned an array of shape {shape}"
    ):
        scaled_diameters(fork(), lambda _: result)


@pytest.mark.parametrize("result", [None, "thick", [[1], [2, 3]], 1j])
def test_a_function_returns_numbers(result):
    with pytest.raises(MorphologyError, match=r"scale must return diameters in µm: |diameters must be finite"):
        scaled_diameters(fork(), lambda _: result)


@pytest.mark.parametrize(("scale", "got"), [(lambda x: x - 3, "point 1 has -1"), (lambda _: np.nan, "point 0 has nan")])
def test_scaled_diameters_are_finite_and_not_negative(scale, got):
    with pytest.raises(MorphologyError, match=f"diameters must be finite and not negative; {got}"):
        scaled_diameters(fork(), scale)


def test_diameters_that_overflow_are_refused():
    with pytest.raises(MorphologyError, match="diameters must be finite and not negative; point 0 has inf"):
        scaled_diameters(fork(), 1e39)
