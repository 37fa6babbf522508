"""Branchings of cells have the edges of a supersampled picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from branching_tiles import branchings, differences, tiles
from reference import random_tree

from gpu_morph import Camera, Morphology, read_morphology

SIDES = [Camera(azim=azim, elev=10, up="z") for azim in (-90, 20)]
LEAST_SEEN = 64  # levels


def darker(cell: Morphology, monkeypatch: pytest.MonkeyPatch, every: int) -> tuple[npt.NDArray[np.float64], int]:
    """Levels by which pixels of edges are too dark, of sections five pixels wide, and the number of such pixels."""
    chosen, found, n_edges = branchings(cell, every), [], 0
    for seen in SIDES:
        cut = tiles(cell, chosen, width=5.0, tile=32, seen=seen)
        levels, n = differences(cut, monkeypatch, n_tiles=len(chosen), width=5.0, tile=32)
        found.append(levels.ravel())
        n_edges += n
    return np.concatenate(found), n_edges


def assert_smooth(cell: Morphology, monkeypatch: pytest.MonkeyPatch, every: int = 1) -> None:
    levels, n_edges = darker(cell, monkeypatch, every)
    assert n_edges > 400
    assert np.abs(levels).max() < LEAST_SEEN


def test_branchings_of_made_up_cells_have_smooth_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_smooth(random_tree(0), monkeypatch)


@pytest.mark.parametrize(
    "name", ["111200A", "C040600B3", "dend-C090905B", "dend-C280199C", "sm080902a3-2", "sm080908a4"]
)
def test_branchings_of_traced_cells_have_smooth_edges(
    shared_data: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = sorted((shared_data / "asc").glob(f"{name}*.asc"))
    if not paths:
        pytest.skip(f"no {name} in {shared_data / 'asc'}")
    cell = read_morphology(paths[0])
    assert_smooth(cell, monkeypatch, every=len(branchings(cell)) // 12)
