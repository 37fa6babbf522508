"""The apical trunk is found, and the cell is rotated by the least angle so that it points up."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from gpu_morph.api import read_morphology
from gpu_morph.data.apical_trunk import aligned_trunk, trunk_direction
from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError
from gpu_morph.readers.simulators.isf import isf_morphology

SOMA = (10.0, 20.0, 30.0)  # the centre; everything else is told from there


def cell(*sections: Any, labels: Any = "apic", soma: Any = ((0, 0, 0),)) -> Morphology:
    """A soma (section 0) and sections of (parent, points or the last point).

    A section of one point begins where its parent ends.
    """
    paths = [np.array(soma, dtype=float)]
    for parent, points in sections:
        points = np.array(points, dtype=float)
        paths.append(points if points.ndim == 2 else np.array([paths[parent][-1], points]))
    n = len(paths)
    words = [labels] * (n - 1) if isinstance(labels, str) else list(labels)
    return Morphology(
        np.concatenate(paths) + SOMA,
        np.ones(sum(map(len, paths))),
        np.cumsum([0, *map(len, paths)]),
        [-1, *(parent for parent, _ in sections)],
        [0, *(0.5 if parent == 0 else 1 for parent, _ in sections)],
        ("soma", *words),
    )


def trunk_to(end: Any) -> Morphology:
    """A trunk straight to ``end``, with two tuft branches there."""
    end = np.array(end, dtype=float)
    return cell((0, end), (1, 1.5 * end + [5, 0, 3]), (1, 1.5 * end + [0, -5, 0]))


def turned_away(degrees: float) -> np.ndarray:
    """A unit vector that far from z."""
    angle = np.radians(degrees)
    return np.array([np.sin(angle) * 0.6, np.sin(angle) * 0.8, np.cos(angle)])


# Direction


def test_it_points_from_the_soma_to_the_bifurcation():
    assert trunk_direction(trunk_to([0, 30, 40])) == pytest.approx([0, 0.6, 0.8])


def test_the_somas_centre_is_the_mean_of_its_points():
    around = cell((0, [0, 0, 100]), soma=[[-6, 0, 0], [3, 3, 0], [3, -3, 0]])
    assert trunk_direction(around) == pytest.approx([0, 0, 1])


def test_without_a_branch_point_it_points_to_the_tip():
    assert trunk_direction(cell((0, [[0, 0, 10], [0, 0, 50], [0, 30, 90]]))) == pytest.approx(
        [0, 1 / 10**0.5, 0.9**0.5]
    )


def test_a_single_child_is_no_bifurcation():
    assert trunk_direction(cell((0, [0, 9, 9]), (1, [0, 0, 50]))) == pytest.approx([0, 0, 1])


def test_oblique_dendrites_do_not_end_it():
    # At 40 and 80 µm obliques of 60 µm, at 200 µm the tuft of 100 + 90 µm.
    bent = cell(
        (0, [40, 0, 0]), (1, [40, 60, 0]), (1, [40, 0, 40]), (3, [100, 0, 40]), (3, [40, 0, 200]),
        (5, [140, 0, 200]), (5, [-50, 0, 200]),
    )  # fmt: skip
    assert trunk_direction(bent) == pytest.approx(np.array([40, 0, 200]) / np.hypot(40, 200))


def test_branch_points_within_the_tuft_do_not_count():
    tuft = cell(
        (0, [0, 0, 100]),
        (1, [0, 90, 120]), (1, [0, -90, 120]),
        (2, [0, 150, 130]), (2, [0, 120, 180]),
    )  # fmt: skip
    assert trunk_direction(tuft) == pytest.approx([0, 0, 1])


def test_a_large_branch_at_the_soma_does_not_hide_the_tuft():
    # A branch of 120 µm leaves after 10 µm; the tuft of 60 + 50 µm stands 300 µm up.
    early = cell((0, [0, 0, 10]), (1, [120, 0, 10]), (1, [30, 0, 300]), (3, [30, 60, 300]), (3, [30, -50, 300]))
    assert trunk_direction(early) == pytest.approx(np.array([30, 0, 300]) / np.hypot(30, 300))


def test_the_longest_of_several_apical_dendrites_has_it():
    assert trunk_direction(cell((0, [0, 0, 50]), (0, [0, 0, -90]), (0, [70, 0, 0]))) == pytest.approx([0, 0, -1])


def test_other_dendrites_do_not_count():
    both = cell(
        (0, [500, 0, 0]), (0, [0, 0, 50]), (2, [0, 0, 90]), (2, [0, 300, 50]), labels=["dend", "apic", "apic", "dend"]
    )
    assert trunk_direction(both) == pytest.approx([0, 0, 1])


def test_children_may_come_before_their_parents():
    there = trunk_to([0, 30, 40])
    order = [3, 2, 1, 0]
    parts = [there.points[a:b] for a, b in zip(there.section_offsets, there.section_offsets[1:], strict=False)]
    backwards = Morphology(
        np.concatenate([parts[k] for k in order]),
        np.ones(there.n_points),
        np.cumsum([0, *(len(parts[k]) for k in order)]),
        [2, 2, 3, -1],
        [1, 1, 0.5, 0],
        ("apic", "apic", "apic", "soma"),
    )
    assert trunk_direction(backwards) == pytest.approx([0, 0.6, 0.8])


def test_a_branching_is_where_the_branch_leaves_its_parent():
    halfway = Morphology(
        [[0, 0, 0], [0, 0, 0], [0, 0, 80], [0, 0, 40], [0, 300, 40], [0, 0, 40], [0, -200, 40]],
        np.ones(7), [0, 1, 3, 5, 7], [-1, 0, 1, 1], [0, 0.5, 0.5, 0.5], ("soma", "apic", "apic", "apic"),
    )  # fmt: skip
    assert trunk_direction(halfway) == pytest.approx([0, 0, 1])


@pytest.mark.parametrize("label", ["apic", "Apic", "apical", "ApicalDendrite", "apical dendrite", "apical_dendrite"])
def test_apical_labels_may_be_spelled_in_several_ways(label):
    assert trunk_direction(cell((0, [0, 0, 50]), labels=label)) == pytest.approx([0, 0, 1])


@pytest.mark.parametrize("label", ["dend", "axon", "Dendrite", "basal", "apicoid"])
def test_there_is_none_without_an_apical_dendrite(label):
    assert trunk_direction(cell((0, [0, 0, 50]), labels=label)) is None
    assert aligned_trunk(cell((0, [0, 0, 50]), labels=label)) is None


def test_there_is_none_without_a_soma():
    alone = Morphology([[0, 0, 0], [0, 0, 50]], [1, 1], [0, 2], [-1], [0], ("apic",))
    assert trunk_direction(alone) is None
    assert aligned_trunk(alone) is None


def test_there_is_none_if_the_trunk_has_no_length():
    assert trunk_direction(cell((0, [[0, 0, 0], [0, 0, 0]]))) is None


@pytest.mark.parametrize("function", [trunk_direction, aligned_trunk])
def test_a_circuit_has_no_single_trunk(function):
    with pytest.raises(MorphologyError, match="expected a morphology of one cell, got 2 cells: align each"):
        function(join_morphologies([trunk_to([0, 0, 9])] * 2))


# Upright


@pytest.mark.parametrize("degrees", [0, 1e-9, 1e-5, 0.01, 10, 90, 135, 179.99, 180 - 1e-5, 180 - 1e-7, 180])
def test_the_trunk_points_up_after_the_least_rotation(degrees):
    morphology = trunk_to(100 * turned_away(degrees))
    upright = aligned_trunk(morphology)
    assert upright is not None
    np.testing.assert_allclose(upright.rotation @ upright.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(upright.rotation) == pytest.approx(1)
    np.testing.assert_allclose(trunk_direction(upright.morphology), [0, 0, 1], atol=1e-6)
    angle = np.degrees(np.arccos(np.clip((np.trace(upright.rotation) - 1) / 2, -1, 1)))
    assert angle == pytest.approx(degrees, abs=1e-4)


@pytest.mark.parametrize("z", [50, -50])
def test_a_vertical_trunk_gives_an_exact_rotation(z):
    upright = aligned_trunk(cell((0, [0, 0, z])))
    assert upright is not None
    np.testing.assert_array_equal(upright.rotation, np.diag([1, np.sign(z), np.sign(z)]))
    np.testing.assert_array_equal(upright.morphology.points, [[0, 0, 0], [0, 0, 0], [0, 0, 50]])


def test_the_soma_is_at_the_origin_and_lengths_are_kept():
    morphology = trunk_to([30, -40, 20])
    upright = aligned_trunk(morphology)
    assert upright is not None
    assert upright.origin.tolist() == list(SOMA)
    assert upright.morphology.points[0].tolist() == [0, 0, 0]
    np.testing.assert_allclose(upright.morphology.section_length, morphology.section_length, rtol=1e-6)


def test_only_points_change():
    morphology = trunk_to([30, -40, 20])
    upright = aligned_trunk(morphology)
    assert upright is not None
    for name in ("diameters", "section_offsets", "section_parent", "section_parent_x", "section_cell"):
        np.testing.assert_array_equal(getattr(upright.morphology, name), getattr(morphology, name))
    assert upright.morphology.section_labels == morphology.section_labels


def test_synapses_are_rotated_by_the_same_formula():
    morphology = trunk_to([30, -40, 20])
    synapses = morphology.locate([1, 2, 3], [0.2, 0.5, 0.9])
    upright = aligned_trunk(morphology)
    assert upright is not None
    turned = (synapses - upright.origin) @ upright.rotation.T
    np.testing.assert_allclose(turned, upright.morphology.locate([1, 2, 3], [0.2, 0.5, 0.9]), atol=1e-4)


# Real cells


def test_a_thick_tufted_cells_trunk_ends_below_its_tuft(isf_cell_module: ModuleType):
    morphology = isf_morphology(isf_cell_module.load_cell())
    upright = aligned_trunk(morphology)
    assert upright is not None
    # Section 38 is its longest; at its end trees of 3.7 and 1.7 mm part.
    end = upright.morphology.locate(38, 1)[0]
    np.testing.assert_allclose(end[:2], 0, atol=1e-3)
    assert end[2] == pytest.approx(738.4, abs=0.5)


@pytest.mark.parametrize(
    ("name", "distance"), [("reconstruction.swc", 506), ("Scnn1a_473845048_m.swc", 325), ("Nr5a1_471087815_m.swc", 32)]
)
def test_cortical_cells_have_it_where_the_tuft_begins(shared_data, name, distance):
    path = shared_data / "swc_real" / name
    if not path.is_file():
        pytest.skip(f"no {path}")
    upright = aligned_trunk(read_morphology(path))
    assert upright is not None
    ends = upright.morphology.points[upright.morphology.section_offsets[1:] - 1]
    on_axis = ends[(np.hypot(ends[:, 0], ends[:, 1]) < 1e-2) & (ends[:, 2] > 1)]
    assert distance in np.round(on_axis[:, 2])
