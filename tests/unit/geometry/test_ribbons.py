"""Segments in a row are a ribbon."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tube_cells import A, cell, line

from gpu_morph.render.geometry.ribbons import ribbons
from gpu_morph.render.geometry.tube_geometry import tube_geometry


@pytest.mark.parametrize(
    ("n_points", "expected"),
    [
        (2, [[0, 0, 1, 0, 0, 1, 1]]),
        (3, [[0, 0, 1, 1, 1, 2, 2]]),
        (4, [[0, 0, 1, 2, 2, 3, 3]]),
        (5, [[0, 0, 1, 2, 3, 4, 4]]),
        (6, [[0, 0, 1, 2, 3, 4, 5], [3, 4, 5, 4, 4, 5, 5]]),
        (9, [[0, 0, 1, 2, 3, 4, 5], [3, 4, 5, 6, 7, 8, 8]]),
    ],
)
def test_a_ribbon_is_up_to_four_segments_in_a_row(n_points, expected):
    geometry = tube_geometry(cell(line(n_points)))
    assert ribbons(geometry, np.arange(n_points - 1), longest=4).tolist() == expected


def test_ribbons_end_where_sections_do_and_where_segments_are_left_out():
    geometry = tube_geometry(cell(line(4), line(3, start=30.0), parent=[-1, 0]))
    assert ribbons(geometry, np.arange(geometry.n_segments), longest=4).tolist() == [
        [0, 0, 1, 2, 2, 3, 5],
        [2, 4, 5, 5, 5, 6, 6],
    ]
    assert ribbons(geometry, np.array([0, 2, 4]), longest=4).tolist() == [
        [0, 0, 1, 0, 0, 1, 2],
        [1, 2, 3, 2, 2, 3, 5],
        [4, 5, 6, 5, 5, 6, 6],
    ]


def test_a_sphere_is_a_ribbon_of_its_own():
    geometry = tube_geometry(cell([A], line(3, start=50.0)))
    assert ribbons(geometry, np.arange(geometry.n_segments), longest=4).tolist() == [
        [0, 0, 0, 0, 0, 0, 0],
        [1, 1, 2, 2, 2, 3, 3],
    ]
    assert ribbons(geometry, np.arange(0), longest=4).shape == (0, 7)


def test_every_segment_belongs_to_one_ribbon():
    rng = np.random.default_rng(5)
    geometry = tube_geometry(cell(*(rng.normal(size=(n, 3)) for n in rng.integers(2, 30, size=40))))
    found = ribbons(geometry, np.arange(geometry.n_segments), longest=4)[:, 1:-1]
    pairs = {pair for row in found.tolist() for pair in pairwise(row) if pair[1] - pair[0] == 1}
    assert pairs == set(zip(geometry.start.tolist(), geometry.end.tolist(), strict=True))
