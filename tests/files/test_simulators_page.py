"""The examples of docs/simulators.md run, have ten lines, and draw its pictures."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "simulators.md").read_text(encoding="utf-8")
SECTIONS = {text.partition("\n")[0]: text for text in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}
EXAMPLES = {
    title: "\n".join(re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL))
    for title, text in SECTIONS.items()
}
PICTURES = {title: re.findall(r"\]\(images/(simulator_\w+\.png)\)", text) for title, text in SECTIONS.items()}
CELL = """\
1 1 0 0 0 8 -1
2 1 0 8 0 8 1
3 1 0 -8 0 8 1
"""


def cell() -> str:
    """A morphology file: a soma, and 40 dendrites, each of ten points."""
    lines, number = [CELL], 3
    for k in range(40):
        angle, parent = 2 * np.pi * k / 40, 1
        for r in range(20, 220, 20):
            number += 1
            lines.append(f"{number} 3 {r * np.cos(angle):.3f} {r * np.sin(angle):.3f} {r / 10} 0.8 {parent}\n")
            parent = number
    return "".join(lines)


def put_sonata(folder: Path) -> None:
    """A circuit of three cells, in which a wave runs outwards, with the configuration of its simulation."""
    pytest.importorskip("h5py", reason="SONATA files are HDF5 (extra 'hdf5')")
    from sonata_files import put_circuit, put_json, put_nodes, put_report

    put_nodes(folder / "nodes.h5", morphology=["cell"] * 3, x=[-450.0, 0, 450])
    put_json(folder / "node_sets.json", {"Excitatory": {"population": "cells"}})
    components = {"morphologies_dir": "."}
    put_circuit(folder, components=components, node_sets_file="node_sets.json")
    ids = np.append(0, np.repeat(np.arange(1, 41), 5))  # five parts of each of 40 dendrites
    distances = np.append(0, np.tile(np.arange(40, 240, 40), 40))
    arrivals = np.concatenate([4 * k + distances / 20 for k in range(3)])
    values = -70 + 100 * np.exp(-((np.arange(20)[:, None] - arrivals) ** 2) / 4)
    (folder / "output").mkdir()
    put_report(folder / "output" / "voltage.h5", ids=[ids] * 3, values=values)
    report = {"type": "compartment", "variable_name": "v", "sections": "all", "compartments": "all"}
    content = {"network": "circuit_config.json", "run": {}, "reports": {"voltage": report}}
    put_json(folder / "simulation_config.json", content)


def missing(code: str) -> list[str]:
    """The packages that an example imports and that are not installed."""
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in imports if isinstance(node, ast.ImportFrom) and node.module]
    return [name for name in names if find_spec(name.partition(".")[0]) is None]


def test_every_tool_has_one_picture_and_at_most_ten_lines() -> None:
    assert len(EXAMPLES) >= 3
    for title, code in EXAMPLES.items():
        assert 0 < len([line for line in code.splitlines() if line.strip()]) <= 10, title
        assert len(PICTURES[title]) == 1, title


def test_pictures_are_small() -> None:
    names = [name for few in PICTURES.values() for name in few]
    assert sorted(names) == sorted(path.name for path in (DOCS / "images").glob("simulator_*.png"))
    assert all((DOCS / "images" / name).stat().st_size < 60_000 for name in names)


@pytest.mark.simulators
@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_runs_and_draws_its_picture(title: str, tmp_path: Path) -> None:
    if packages := missing(EXAMPLES[title]):
        pytest.skip(f"needs {', '.join(packages)} (extra 'simulators')")
    if title == "Brian2" and not hasattr(np.ndarray, "ptp"):
        pytest.skip("Brian2 2.9 needs NumPy below 2.4")
    (tmp_path / "cell.swc").write_text(cell())
    if "read_sonata" in EXAMPLES[title]:
        put_sonata(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", EXAMPLES[title]], cwd=tmp_path, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / PICTURES[title][0]) as drawn, Image.open(DOCS / "images" / PICTURES[title][0]) as shown:
        assert drawn.size == shown.size
        assert len(np.unique(np.asarray(drawn.convert("RGB")).reshape(-1, 3), axis=0)) > 50
