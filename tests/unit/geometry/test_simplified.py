"""Simplified neurites stay within a tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.render.geometry.simplification import Simplification
from gpu_morph.render.geometry.tube_geometry import tube_geometry
from gpu_morph.render.geometry.vertices import Breakpoints, all_vertices


def wiggly_neurite(seed: int) -> Morphology:
    """600 points a third of a µm apart, with noise of about 0.05 µm and a changing width."""
    rng = np.random.default_rng(seed)
    heading = np.cumsum(rng.normal(scale=0.08, size=(600, 3)), axis=0) + np.array([1, 0, 0])
    points = np.cumsum(heading / np.linalg.norm(heading, axis=1, keepdims=True) / 3, axis=0)
    return Morphology(
        points=points + rng.normal(scale=0.05, size=points.shape),
        diameters=1 + 0.5 * np.sin(np.linspace(0, 12, 600)),
        section_offsets=[0, 600],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tolerance", [0.03, 0.15, 1.0])
def test_a_simplified_neurite_is_nowhere_farther_than_the_tolerance(seed: int, tolerance: float) -> None:
    neurite = wiggly_neurite(seed)
    simple = tube_geometry(neurite, tolerance=tolerance)
    assert simple.n_segments < tube_geometry(neurite).n_segments
    starts, chords = simple.positions[simple.start], simple.positions[simple.end] - simple.positions[simple.start]
    # For each point the nearest point on any segment, its distance and the difference in radius there.
    offset = neurite.points[:, None].astype(float) - starts
    fraction = np.clip(np.sum(offset * chords, axis=2) / np.sum(chords**2, axis=1), 0, 1)
    aside = np.linalg.norm(offset - fraction[..., None] * chords, axis=2)
    radii = simple.radii[simple.start] + fraction * (simple.radii[simple.end] - simple.radii[simple.start])
    wrong = aside + np.abs(radii - neurite.diameters[:, None] / 2)
    assert wrong.min(axis=1).max() <= tolerance * 1.001


def test_simplifying_keeps_ends_and_branchings() -> None:
    straight = [(0, 0, k) for k in range(20)]
    cell = Morphology(
        points=[*straight, (0, 0, 19), (5, 0, 25), (0, 0, 19), (-5, 0, 25)],
        diameters=np.ones(24),
        section_offsets=[0, 20, 22, 24],
        section_parent=[-1, 0, 0],
        section_parent_x=[0, 1, 1],
        section_labels=("dend",) * 3,
    )
    simple = tube_geometry(cell, tolerance=0.01)
    kept = {tuple(p) for p in simple.positions.tolist()}
    assert {(0, 0, 0), (0, 0, 19), (5, 0, 25), (-5, 0, 25)} <= kept
    assert simple.n_segments < 8


def test_simplified_segments_are_no_longer_than_asked() -> None:
    line = Morphology(
        points=[(0, 0, k / 2) for k in range(101)],
        diameters=np.ones(101),
        section_offsets=[0, 101],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )
    simple = tube_geometry(line, tolerance=0.1, longest=4.0)
    lengths = np.linalg.norm(simple.positions[simple.end] - simple.positions[simple.start], axis=1)
    assert lengths.max() <= 4.0
    assert simple.n_segments == 13  # 50 µm by halving: segments of 4 µm, and what is left
    assert simple.section_position[0] == 0
    assert simple.section_position[-1] == 1


def test_what_was_measured_for_another_tolerance_changes_nothing() -> None:
    breakpoints = Breakpoints(np.zeros(9, dtype=np.int64), np.linspace(0.1, 0.7, 9))
    vertices = all_vertices(wiggly_neurite(4), np.zeros(0, dtype=np.int64), breakpoints)
    kept, sizes = Simplification(vertices), [0.1, 2.0, 0.3, 0.31, 0.05, 1.0, 0.29]
    found = [kept.needed(tolerance=0.2 * size, longest=20 * size).tolist() for size in sizes]
    assert found == [Simplification(vertices).needed(tolerance=0.2 * s, longest=20 * s).tolist() for s in sizes]
    assert len({len(numbers) for numbers in found}) == len(sizes)


def test_stretches_between_breakpoints_that_are_straight_have_no_other_vertices() -> None:
    line = Morphology(
        points=[(0, 0, k) for k in range(31)],
        diameters=np.ones(31),
        section_offsets=[0, 31],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )
    breakpoints = Breakpoints(np.zeros(2, dtype=np.int64), np.array([0.25, 0.75]))
    simple = tube_geometry(line, breakpoints=breakpoints, tolerance=0.1)
    assert simple.positions[:, 2].tolist() == [0, 7.5, 22.5, 30]
