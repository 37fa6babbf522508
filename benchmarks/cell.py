"""The cell that benchmarks draw: an In Silico Framework stand-in on real data, else the built-in one."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import gpu_morph as gm

_DATA = Path(os.environ.get("GPU_MORPH_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


def benchmark_cell() -> tuple[str, gm.Morphology, gm.Recording]:
    """Name, morphology and recording of the cell 86_C2 where its data are, else of the built-in cell."""
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
