"""Programs in .hoc files run with --run only."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from command_line import SMALL, fails

from gpu_morph.cli.main import main


def test_a_hoc_program_runs_with_run_only_and_never_for_info(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if find_spec("neuron") is None:
        pytest.skip("programs need NEURON (extra 'neuron')")
    Path("program.hoc").write_text('create a\nif (1) system("touch ran")\na { pt3dadd(0,0,0,9) pt3dadd(9,0,0,9) }\n')
    assert "'if' is not plain HOC" in fails(capsys, "snapshot", "program.hoc", "-o", "cell.png", *SMALL)
    assert main(["info", "program.hoc"]) == 1
    assert "'if' is not plain HOC" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["info", "program.hoc", "--run"])
    assert not Path("ran").exists()
    assert main(["snapshot", "program.hoc", "-o", "cell.png", *SMALL, "--run"]) == 0
    assert Path("ran").exists()
