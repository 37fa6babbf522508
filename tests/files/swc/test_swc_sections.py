"""Nodes of SWC files become sections."""

from __future__ import annotations

import numpy as np
import pytest
from morphology_measures import section_points, total_length
from swc_texts import FORK, Write

from gpu_morph.readers.files.swc import read_swc


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
