"""Folders that are gone, cells beyond all measure, numpy's small integers, copies of what cannot be copied."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import MorphologyError
from gpu_morph.video.encoding import exact_rate


def line(points: list[list[float]], diameters: list[float]) -> gm.Morphology:
    """One section."""
    return gm.Morphology(
        np.array(points),
        np.array(diameters),
        section_offsets=[0, len(points)],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )


@pytest.mark.parametrize(
    ("points", "diameters", "words"),
    [
        ([[0, 0, 0], [0, -1e20, 0]], [1, 1], r"points must be at most 1e\+15 µm, .* got 1e\+20"),
        ([[0, 0, 0], [0, 1, 0]], [1, 1e30], r"diameters must be at most 1e\+15 µm, .* got 1e\+30"),
    ],
)
def test_a_cell_whose_distances_cannot_be_computed_is_an_error(
    points: list[list[float]], diameters: list[float], words: str
) -> None:
    with pytest.raises(MorphologyError, match=words):
        line(points, diameters)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64])
def test_numpys_integers_are_rates(kind: type[np.integer]) -> None:
    rate = exact_rate(kind(100))
    assert (rate, type(rate.numerator)) == (100, int)
    assert 1000 / rate == Fraction(10)


def test_a_renderer_is_neither_copied_nor_pickled() -> None:
    scene = gm.Scene(line([[0, 0, 0], [0, 9, 0]], [1, 1]), color="k")
    with gm.Renderer(scene, (16, 16)) as renderer:
        for act in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="a Renderer can be neither pickled nor copied"):
                act(renderer)
        assert renderer.render().shape == (16, 16, 3)


def test_where_the_current_folder_is_gone_the_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = gm.Scene(line([[0, 0, 0], [0, 9, 0]], [1, 1]), color="k")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(FileNotFoundError, match=r"a\.png is relative, but the current folder was removed: change to"):
        gm.save_image("a.png", scene, size=(16, 16))
    with pytest.raises(FileNotFoundError, match=r"a\.mp4 is relative, but the current folder was removed: change to"):
        gm.render_video(scene, "a.mp4", times=[0, 1], size=(16, 16), progress=False)
    gm.save_image(tmp_path / "a.png", scene, size=(16, 16))
    assert (tmp_path / "a.png").exists()
