"""The film of examples/film_cell_and_traces.py, at a small size."""

from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

SIZE = (400, 240)


@pytest.fixture(scope="module")
def example() -> ModuleType:
    path = Path(__file__).parents[2] / "examples" / "film_cell_and_traces.py"
    spec = importlib.util.spec_from_file_location("film_cell_and_traces", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_writes_a_film_in_which_all_panels_change(example: ModuleType, tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    report = example.film(tmp_path / "film.mp4", size=SIZE, t_step=9.0, frames_dir=frames, progress=False)
    assert report.n_frames == 5
    pictures = [np.asarray(Image.open(path)).astype(int) for path in sorted(frames.glob("*.png"))]
    shown = example.panels(font_size=8)
    ((left, right),) = shown.boxes(SIZE)
    lower = [right.y + right.height * k // 3 for k in range(4)]
    boxes = [(left.y, left.height, left.x, left.width)]
    boxes += [(top, below - top, right.x, right.width) for top, below in pairwise(lower)]
    for y, height, x, width in boxes:
        first, last = (picture[y : y + height, x : x + width] for picture in (pictures[1], pictures[3]))
        assert (np.abs(last - first).max(axis=-1) > 60).sum() > 20
