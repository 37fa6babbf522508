"""Compartments given by their ends."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from own_process import needs

import gpu_morph as gm
from gpu_morph.data.value_map import map_values
from gpu_morph.errors import MorphologyError, RecordingError

# A Y along x: compartments 0 and 1 are the stem, 2 and 3 one branch, 4 the other.
START = np.array([[0, 0, 0], [10, 0, 0], [20, 0, 0], [30, 10, 0], [20, 0, 0]], dtype=float)
END = np.array([[10, 0, 0], [20, 0, 0], [30, 10, 0], [40, 20, 0], [30, -10, 0]], dtype=float)
TIMES = [0.0, 1.0]
VALUES = np.arange(10.0).reshape(2, 5)


def sections(morphology: gm.Morphology) -> list[list[list[float]]]:
    return [part.tolist() for part in np.split(morphology.points, morphology.section_offsets[1:-1])]


@pytest.mark.parametrize("parents", [None, [-1, 0, 1, 2, 1]])
def test_chains_become_sections_between_branch_points(parents: list[int] | None) -> None:
    morphology, recording, synapses = gm.from_compartments(START, END, np.full(5, 2.0), parents)
    assert sections(morphology) == [
        [[0, 0, 0], [10, 0, 0], [20, 0, 0]],
        [[20, 0, 0], [30, 10, 0], [40, 20, 0]],
        [[20, 0, 0], [30, -10, 0]],
    ]
    assert morphology.section_parent.tolist() == [-1, 0, 0]
    assert morphology.section_parent_x.tolist()[1:] == [1, 1]
    assert (recording, synapses) == (None, None)
    assert morphology.section_names is None


def test_a_column_is_at_the_centre_of_its_compartment() -> None:
    morphology, recording, _ = gm.from_compartments(START, END, np.full(5, 2.0), times=TIMES, values=VALUES)
    assert recording is not None
    assert morphology.locate(recording.section, recording.position) == pytest.approx((START + END) / 2, abs=1e-5)
    at_centres = map_values(recording, recording.section, recording.position)
    assert at_centres(recording.row(1)) == pytest.approx(VALUES[1])


def test_a_compartment_of_one_diameter_is_a_cylinder() -> None:
    morphology, _, _ = gm.from_compartments(START[:2], END[:2], [4.0, 2.0])
    assert morphology.points[:, 0].tolist() == [0, 10, 10, 20]
    assert morphology.diameters.tolist() == [4, 4, 2, 2]


def test_a_compartment_of_two_diameters_is_a_cone() -> None:
    morphology, _, _ = gm.from_compartments(START[:2], END[:2], [[4.0, 3.0], [3.0, 1.0]])
    assert morphology.points[:, 0].tolist() == [0, 10, 20]
    assert morphology.diameters.tolist() == [4, 3, 1]


def test_without_parents_a_compartment_that_touches_none_before_it_is_a_root() -> None:
    morphology, _, _ = gm.from_compartments(START[[0, 3]], END[[0, 3]], [1.0, 1.0])
    assert morphology.section_parent.tolist() == [-1, -1]
    assert morphology.n_cells == 1


def test_with_parents_each_tree_is_a_cell() -> None:
    morphology, _, _ = gm.from_compartments(START, END, np.ones(5), [-1, 0, -1, 2, 0])
    assert morphology.section_cell.tolist() == [0, 1, 0]


def test_a_child_in_the_middle_of_its_parent_stays_there() -> None:
    start, end = [[0, 0, 0], [100, 0, 0], [140, 3, 0]], [[100, 0, 0], [200, 0, 0], [140, 80, 0]]
    morphology, _, _ = gm.from_compartments(start, end, [6.0, 6.0, 1.0], [-1, 0, 1])
    assert morphology.n_sections == 2
    assert morphology.section_parent_x[1] == pytest.approx(0.7)


def test_sections_end_where_their_names_do() -> None:
    names = ["soma", "dend[0]", "dend[0]", "dend[0]", "apic[2]"]
    morphology, _, _ = gm.from_compartments(START, END, np.ones(5), section_names=names)
    assert morphology.section_names == ("soma", "dend[0]", "apic[2]")
    assert morphology.section_labels == ("soma", "dend", "apic")
    assert morphology.section_parent.tolist() == [-1, 0, 1]
    assert morphology.section_parent_x[2] == pytest.approx(10 / (10 + 2 * 200**0.5))


def test_a_soma_is_drawn_as_long_as_it_is() -> None:
    soma, _, _ = gm.from_compartments([[-10, 0, 0]], [[10, 0, 0]], [20.0])
    assert soma.bounds() == pytest.approx(np.array([[-10, -10, -10], [10, 10, 10]]), abs=1e-4)


def test_a_compartment_without_length_is_a_sphere() -> None:
    morphology, recording, _ = gm.from_compartments(
        [[1, 2, 3]], [[1, 2, 3]], [8.0], section_names=["soma"], times=[0.0], values=[[5.0]]
    )
    assert morphology.points.tolist() == [[1, 2, 3]]
    assert morphology.diameters.tolist() == [8]
    assert recording is not None
    assert recording.position.tolist() == [0.5]


def test_ends_that_round_differently_touch() -> None:
    morphology, _, _ = gm.from_compartments(START[:2] + np.array([[0, 0, 0], [1e-3, 0, 0]]), END[:2], [1.0, 1.0])
    assert morphology.n_sections == 1


def test_an_object_with_a_geometry_is_taken() -> None:
    x, y, z = np.stack([START, END], axis=-1).transpose(1, 0, 2)
    geometry = SimpleNamespace(x=x, y=y, z=z, d=np.ones(5))
    assert gm.from_compartments(geometry)[0] == gm.from_compartments(START, END, np.ones(5))[0]
    with pytest.raises(MorphologyError, match="leave out end= and diameters="):
        gm.from_compartments(geometry, END, np.ones(5))
    geometry.d = np.ones(4)
    with pytest.raises(MorphologyError, match=r"for 5 compartments .* diameters \(5,\) or \(5, 2\), got"):
        gm.from_compartments(geometry)


@pytest.mark.simulators
@needs("lfpykit")
def test_lfpykits_geometry_is_taken() -> None:
    lfpykit = pytest.importorskip("lfpykit", reason="needs lfpykit (extra 'simulators')")
    x, y, z = np.stack([START, END], axis=-1).transpose(1, 0, 2).copy()
    geometry = lfpykit.CellGeometry(x=x, y=y, z=z, d=np.full(5, 3.0))
    morphology, recording, _ = gm.from_compartments(geometry, times=TIMES, values=VALUES)
    assert recording is not None
    centres = np.stack([geometry.x.mean(axis=1), geometry.y.mean(axis=1), geometry.z.mean(axis=1)], axis=1)
    assert morphology.locate(recording.section, recording.position) == pytest.approx(centres, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((START, END), "needs start and end"),
        ((START[:, :2], END, np.ones(5)), r"start must have shape \(n, 3\), µm, got \(5, 2\)"),
        ((START, END[:4], np.ones(5)), r"for 5 compartments end must have shape \(5, 3\)"),
        ((START[:0], END[:0], np.ones(0)), "at least one compartment, got none"),
        ((START, END * [np.nan, 1, 1], np.ones(5)), "end must be finite, in µm; compartment 0"),
        ((START, END, -np.ones(5)), "diameters must be finite and not negative"),
        ((START, END, np.ones(5), [-1, 0, 1, 2]), r"parents must have shape \(5,\)"),
        ((START, END, np.ones(5), [-1, 0, 1, 2, 5]), "number of a compartment, 0 to 4, got -1 to 5"),
        ((START, END, np.ones(5), [3, 0, 1, 2, 1]), "cycle"),
        ((START, END, np.ones(5), [-1, 0, 3, 2, 1]), "cycle"),
        (("cell.swc", END, np.ones(5)), "start must be numbers"),
    ],
)
def test_wrong_compartments_are_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(MorphologyError, match=message):
        gm.from_compartments(*arguments)  # type: ignore[arg-type]


def test_a_closed_loop_of_parents_is_refused() -> None:
    corners = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0]], dtype=float)
    with pytest.raises(MorphologyError, match=r"parents form a cycle through compartments \[0, 1, 2\]"):
        gm.from_compartments(corners, np.roll(corners, -1, axis=0), np.ones(3), [2, 0, 1])


def test_values_need_times_and_as_many_columns_as_compartments() -> None:
    with pytest.raises(RecordingError, match=r"both times= \(ms\) and values="):
        gm.from_compartments(START, END, np.ones(5), values=VALUES)
    with pytest.raises(RecordingError, match="transpose it"):
        gm.from_compartments(START, END, np.ones(5), times=TIMES, values=VALUES.T)
    with pytest.raises(MorphologyError, match="each of 5 compartments, got 2"):
        gm.from_compartments(START, END, np.ones(5), section_names=["a", "b"])
