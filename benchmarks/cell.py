"""The cell that benchmarks draw, from real data if there are any, and circuits of its copies."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np

import gpu_morph as gm

_DATA = Path(os.environ.get("GPU_MORPH_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
_SPACING = 150.0  # µm between neighbouring copies


def benchmark_cell() -> tuple[str, gm.Morphology, gm.Recording]:
    """Name, morphology and recording of the cell 86_C2; of the built-in cell if there are no data of it."""
    script = _DATA.parent / "tools" / "isf_cell.py"
    if not script.is_file():
        return "built-in cell", *gm.demo_cell()
    spec = importlib.util.spec_from_file_location("isf_cell", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    morphology, recording, _ = gm.from_isf(module.load_cell(synapses=False))
    assert recording is not None
    return "86_C2", morphology, recording


class _Repeated:
    """Each row of a recording repeated for every copy, computed on access."""

    def __init__(self, recording: gm.Recording, n_copies: int) -> None:
        self._recording, self._n_copies = recording, n_copies
        self.shape = (len(recording.times), recording.n_compartments * n_copies)
        self.dtype = np.dtype(np.float32)

    def __getitem__(self, rows: int | slice) -> np.ndarray:
        return np.tile(np.asarray(self._recording.values[rows], dtype=np.float32), self._n_copies)


def copies(morphology: gm.Morphology, recording: gm.Recording, n_copies: int) -> tuple[gm.Morphology, gm.Recording]:
    """A circuit of copies on a grid, at random depths."""
    if n_copies == 1:
        return morphology, recording
    depths = np.random.default_rng(0).uniform(-200, 200, n_copies)
    translations = _grid(n_copies)
    translations[:, 2] = depths
    return gm.join_morphologies([morphology] * n_copies, translations=translations), _repeated(
        morphology, recording, n_copies
    )


def turned_copies(
    morphology: gm.Morphology, recording: gm.Recording, n_copies: int
) -> tuple[gm.Morphology, gm.Recording]:
    """A circuit of copies on a grid, at one depth, each turned about z by a random angle."""
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, n_copies)
    turns = np.zeros((n_copies, 3, 3))
    turns[:, 0, 0] = turns[:, 1, 1] = np.cos(angles)
    turns[:, 1, 0] = np.sin(angles)
    turns[:, 0, 1] = -np.sin(angles)
    turns[:, 2, 2] = 1
    many = gm.join_morphologies([morphology] * n_copies, rotations=turns, translations=_grid(n_copies))
    return many, _repeated(morphology, recording, n_copies)


def _grid(n_copies: int) -> np.ndarray:
    columns, k = int(np.ceil(np.sqrt(n_copies))), np.arange(n_copies)
    return _SPACING * np.stack([k % columns, k // columns, 0 * k], axis=1)


def _repeated(morphology: gm.Morphology, recording: gm.Recording, n_copies: int) -> gm.Recording:
    section = recording.section + morphology.n_sections * np.arange(n_copies, dtype=np.int32)[:, None]
    return gm.Recording(
        recording.times,
        _Repeated(recording, n_copies),
        section=section.ravel(),
        position=np.tile(recording.position, n_copies),
        name=recording.name,
        unit=recording.unit,
    )
