"""Programs without standard streams, streams that cannot encode what is printed, and a full disk."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from command_line import SMALL

from gpu_morph.cli.main import main

FILM = ("render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL)


def test_a_film_needs_no_standard_streams(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(FILM) == 0
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    sys.stderr.close()
    assert main(FILM) == 0


def test_what_an_encoding_lacks_is_escaped_and_names_keep_their_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii"))
    with pytest.raises(SystemExit) as ended:
        main(["render", "--help"])
    assert ended.value.code == 0
    sys.stdout.flush()
    assert rb"\xb5m per unit" in written.getvalue()
    print("\udcff.png")
    sys.stdout.flush()
    assert written.getvalue().endswith(b"\xff.png\n")


def test_an_output_that_is_full_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = io.StringIO()
    monkeypatch.setattr(output, "flush", mock.Mock(side_effect=OSError(28, "No space left on device")))
    monkeypatch.setattr(sys, "stdout", output)
    assert main(["snapshot", "cell.swc", "-o", "cell.png", *SMALL]) == 1
    assert capsys.readouterr().err == "gpu-morph: [Errno 28] No space left on device: 'standard output'\n"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a locale without an encoding")
def test_a_name_has_the_same_hidden_file_in_any_locale(tmp_path: Path) -> None:
    code = (
        "import os, sys; from gpu_morph.system.hidden_files import name_key\n"
        "print(os.fsencode(name_key(os.fsdecode(b'f\\xc3\\xa9.mp4'))), sys.getfilesystemencoding())"
    )
    said = []
    for locale in ({"PYTHONUTF8": "1"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        run = subprocess.run([sys.executable, "-c", code], env=locale, capture_output=True, text=True, check=True)
        said.append(run.stdout.split())
    assert said == [["b'f\\xc3\\xa9.mp4'", "utf-8"], ["b'f\\xc3\\xa9.mp4'", "ascii"]]
