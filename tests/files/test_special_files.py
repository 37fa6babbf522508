"""Devices and pipes: no reader opens them, because reading them may never end."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from sonata_files import put_circuit, put_morphologies, put_nodes

import gpu_morph as gm
from gpu_morph.cli.main import main
from gpu_morph.errors import GpuMorphError, MorphologyError
from gpu_morph.readers.hdf5_file import opened
from gpu_morph.readers.npz import read_npz
from gpu_morph.system import regular_file
from gpu_morph.system.regular_file import limited_bytes

REFUSED = "is not a regular file"


@pytest.fixture(params=["device", "pipe"])
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names")
    path = tmp_path / "special"
    if request.param == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    return path


def test_files_that_are_given(special: Path) -> None:
    for read in (gm.read_morphology, gm.read_netpyne, gm.read_sonata, read_npz):
        with pytest.raises(GpuMorphError, match=REFUSED):
            read(special)
    with pytest.raises(MorphologyError, match=REFUSED), opened(special, MorphologyError):
        pass


def test_the_command_line(special: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(special)]) != 0
    assert REFUSED in capsys.readouterr().err


@pytest.mark.parametrize("key", ["node_sets_file", "nodes_file", "node_types_file"])
def test_files_that_a_circuit_names(tmp_path: Path, special: Path, key: str) -> None:
    put_nodes(put_morphologies(tmp_path) / "nodes.h5", morphology=["tree"])
    path = put_circuit(tmp_path)
    content = json.loads(path.read_text())
    (content if key == "node_sets_file" else content["networks"]["nodes"][0])[key] = str(special)
    path.write_text(json.dumps(content))
    with pytest.raises(MorphologyError, match=rf"^/\S+ {REFUSED}"):
        gm.read_sonata(path, node_set="a")


def test_the_size_of_json_files_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular_file, "_MAX_SIZE", 1 << 10)
    (tmp_path / "a.json").write_bytes(b" " * 1025)
    with pytest.raises(MorphologyError, match=r"^a.json: 1,025 bytes, more than the limit"):
        limited_bytes(tmp_path / "a.json", MorphologyError)
