"""`gpu-morph info` says what draws and what encodes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import GPU_MORPH

from gpu_morph import __version__
from gpu_morph.cli.main import main

# What draws here


def test_info_says_what_draws_and_what_encodes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GPU_MORPH_PATH", raising=False)
    done = subprocess.run([*GPU_MORPH, "info"], cwd=folder, capture_output=True, text=True, timeout=180)
    assert (done.returncode, done.stderr) == (0, "")
    said = {line.split()[0] if line[:2] != "GL" else line[:11].strip(): line[12:] for line in done.stdout.splitlines()}
    assert said["gpu_morph"] == f"{__version__}, Python {sys.version.split()[0]}"
    assert said["GL renderer"]
    assert said["GL vendor"]
    assert int(said["GL version"][0]) >= 3
    assert said["software"] in ("yes: the CPU draws", "no: a GPU draws")
    assert ("llvmpipe" in said["GL renderer"]) <= (said["software"] == "yes: the CPU draws")
    assert said["path"].split()[0] == ("cpu" if said["software"].startswith("yes") else "gpu")
    assert Path(said["ffmpeg"].split("(")[1].rstrip(")")).is_file()
    encoders = said["encoders"].split()
    assert {"libx264", "mpeg4", "ffv1", "libvpx-vp9"} <= set(encoders)
    assert all(re.fullmatch(r"\w[\w-]*", name) for name in encoders)


@pytest.mark.parametrize("path", ["gpu", "cpu"])
def test_info_says_the_forced_path(
    path: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GPU_MORPH_PATH", path)
    assert main(["info"]) == 0
    assert f"\npath        {path} (" in capsys.readouterr().out


# What goes wrong: one clear line


def test_info_goes_on_without_ffmpeg_and_exits_with_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(folder / "nothing here"))
    assert main(["info"]) == 1
    said = capsys.readouterr()
    assert "GL renderer" in said.out
    assert "ffmpeg      cannot be used: ffmpeg cannot be started" in said.out
    assert said.err.startswith("gpu-morph: no films can be made: ffmpeg cannot be started")
    assert said.err.count("\n") == 1
