"""Joint frames: directions and tapers at joints, which the two segments of a joint have in common."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.render.geometry.joint_frames import joint_frames
from gpu_morph.render.geometry.tube_geometry import geometry_subset, tube_geometry


def tree(*sections: npt.ArrayLike) -> gm.Morphology:
    """Sections of x, y, z and diameter; each begins where the first one ends."""
    rows = [np.asarray(section, dtype=float) for section in sections]
    return gm.Morphology(
        points=np.concatenate(rows)[:, :3],
        diameters=np.concatenate(rows)[:, 3],
        section_offsets=np.cumsum([0, *map(len, rows)]),
        section_parent=[-1, *[0] * (len(rows) - 1)],
        section_parent_x=[0, *[1] * (len(rows) - 1)],
        section_labels=("dend",) * len(rows),
    )


def frames(morphology: gm.Morphology) -> npt.NDArray[np.float32]:
    geometry = tube_geometry(morphology)
    return joint_frames(geometry, np.arange(geometry.n_segments))


def test_a_joint_has_the_mean_direction_and_taper_and_free_ends_have_none() -> None:
    first, last = frames(tree([(0, 0, 0, 4), (10, 0, 0, 4), (20, 0, 0, 2)]))
    assert first[0, :3].tolist() == last[1, :3].tolist() == [0, 0, 0]
    assert first[1] == pytest.approx(last[0])
    assert first[1, :3] == pytest.approx([1, 0, 0])
    assert 0.04 < first[1, 3] < 0.06  # narrows by 0 before, by 1 in 10 after


def test_on_a_cone_of_many_points_every_joint_has_its_taper() -> None:
    x = np.linspace(0, 20, 41)
    inner = frames(tree(np.column_stack([x, 0 * x, 0 * x, 10 - 0.4 * x])))[5:-5]
    assert inner[..., 3] == pytest.approx(0.2, abs=1e-3)


def test_sections_that_continue_each_other_have_one_frame_at_their_joint() -> None:
    first, last = frames(tree([(0, 0, 0, 4), (10, 0, 0, 3)], [(10, 0, 0, 3), (20, 4, 0, 1)]))
    assert first[1] == pytest.approx(last[0])
    assert np.linalg.norm(first[1, :3]) == pytest.approx(1, abs=0.05)


def test_where_a_neurite_turns_back_there_is_no_frame() -> None:
    first, last = frames(tree([(0, 0, 0, 2), (10, 0, 0, 2), (0, 1, 0, 2)]))
    assert first[1, :3].tolist() == last[0, :3].tolist() == [0, 0, 0]


def test_a_sphere_that_contains_its_neighbour_has_no_frame() -> None:
    found = frames(tree([(0, 0, 0, 0), (5, 0, 0, 10), (10, 0, 0, 9), (15, 0, 0, 8)]))
    assert not found[0].any()
    assert not found[1, 0, :3].any()
    assert found[1, 1] == pytest.approx(found[2, 0])


def test_a_section_drawn_alone_has_free_ends() -> None:
    geometry = tube_geometry(tree([(0, 0, 0, 4), (10, 0, 0, 3)], [(10, 0, 0, 3), (20, 4, 0, 1)]))
    alone = geometry_subset(geometry, [1])
    assert not joint_frames(alone, np.arange(alone.n_segments)).any()


def test_segments_of_no_length_have_finite_frames() -> None:
    found = frames(tree([(0, 0, 0, 4), (0, 0, 0, 2), (10, 0, 0, 2), (10, 0, 0, 2.5)]))
    assert np.isfinite(found).all()
