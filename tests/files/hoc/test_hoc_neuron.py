"""Programs in .hoc files run in NEURON, if that is asked for."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hoc_texts import PLAIN, Write, with_neuron
from morphology_measures import section_points

from gpu_morph import read_morphology
from gpu_morph.data.morphology import Morphology
from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files import hoc_neuron
from gpu_morph.readers.files.hoc import read_hoc

TEMPLATE = """\
// a cell that NEURON builds
begintemplate Cell
public soma, dend
create soma, dend[2]
proc init() { local i
  soma { pt3dadd(0, 0, 0, 10) pt3dadd(10, 0, 0, 10) }
  for i = 0, 1 {
    connect dend[i](0), soma(i)
    dend[i] { pt3dadd(i * 10, 0, 0, 2) pt3dadd(i * 10, 50 * (i + 1), 0, 1) }
  }
}
endtemplate Cell
"""


TOUCH = 'create a\nif (1) system("touch {}")\n'


@pytest.mark.parametrize("name", ["cell.swc", "cell.asc", "cell.nml", "cell.h5", "cell.txt", "cell", "cell.gz"])
@pytest.mark.parametrize("run", [False, True])
def test_a_program_with_another_ending_is_an_error_and_not_run(tmp_path: Path, name: str, run: bool) -> None:
    text, path = TOUCH.format(tmp_path / "ran").encode(), tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with pytest.raises(MorphologyError, match=rf"^{name}: its content looks like HOC, .* does not end in .hoc or .nrn"):
        read_morphology(path, run=run)
    with pytest.raises(MorphologyError, match="'if' is not plain HOC"):
        read_hoc(path, run=run)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["cell.hoc", "cell.nrn", "CELL.HOC", "cell.hoc.gz"])
@with_neuron
def test_a_program_runs_only_when_that_is_asked_for(tmp_path: Path, name: str) -> None:
    text, path = TOUCH.format(tmp_path / "ran").encode(), tmp_path / name
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    with pytest.raises(MorphologyError, match="'if' is not plain HOC"):
        read_morphology(path)
    assert not (tmp_path / "ran").exists()
    assert read_morphology(path, run=True).n_sections == 1
    assert (tmp_path / "ran").exists()


@with_neuron
def test_what_a_program_has_started_is_ended_with_it(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hoc_neuron, "_TIMEOUT", 3.0)
    seconds = 10**7 + os.getpid()  # other tests of this machine have other ones
    path = write(f'create a\nif (1) system("sleep {seconds}")\n')
    with pytest.raises(MorphologyError, match="NEURON ran it for 3 s, the limit"):
        read_hoc(path, run=True)
    for _ in range(1200):  # a killed process needs a moment to end, on a loaded machine seconds
        if not any(b"sleep\x00%d" % seconds in command for command in _commands()):
            return
        time.sleep(0.05)
    pytest.fail("sleep runs on")


def _commands() -> Iterator[bytes]:
    """The commands of all processes."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # the process has ended
            yield entry.read_bytes()


@with_neuron
def test_the_error_for_a_missing_mechanism_says_how_to_compile_it(write: Write) -> None:
    path = write("create a\nif (1) a insert CaHVA\n")
    with pytest.raises(MorphologyError, match=rf"If CaHVA is a mechanism: compile it with nrnivmodl in {path.parent}"):
        read_hoc(path, run=True)


@pytest.mark.parametrize("compiled_in", ["model", "caller"])
@with_neuron
def test_compiled_mechanisms_of_the_files_folder_and_of_the_callers_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled_in: str
) -> None:
    compiler = shutil.which("nrnivmodl", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if compiler is None or shutil.which("make") is None:
        pytest.skip("mechanisms need nrnivmodl and make")
    for folder in ("model", "caller"):
        (tmp_path / folder).mkdir()
    (tmp_path / compiled_in / "ca.mod").write_text("NEURON { SUFFIX CaHVA }\nASSIGNED { v (mV) }\nBREAKPOINT { }\n")
    if subprocess.run([compiler], cwd=tmp_path / compiled_in, capture_output=True).returncode:
        pytest.skip("mechanisms need a compiler")
    (tmp_path / "model" / "cell.hoc").write_text("create a\nif (1) a insert CaHVA\n")
    monkeypatch.chdir(tmp_path / "caller")
    assert read_hoc(tmp_path / "model" / "cell.hoc", run=True).n_sections == 1


@with_neuron
def test_neuron_builds_a_template(write: Write) -> None:
    morphology = read_hoc(write(TEMPLATE), scale=2, run=True)
    assert morphology.section_labels == ("soma", "dend", "dend")
    assert morphology.section_parent.tolist() == [-1, 0, 0]
    assert morphology.section_parent_x.tolist() == [0, 0, 1]
    assert section_points(morphology, 2) == [[20, 0, 0], [20, 200, 0]]
    assert morphology.diameters[-4:].tolist() == [4, 2, 4, 2]
    assert type(morphology) is Morphology


@with_neuron
def test_neuron_runs_a_gzipped_file_that_loads_another(write: Write) -> None:
    write(PLAIN, "plain.hoc")
    path = write(gzip.compress(b'xopen("plain.hoc")\nif (1) print "built"\n'))
    assert read_hoc(path, run=True) == read_hoc(write(PLAIN))


@with_neuron
def test_a_name_selects_one_of_several_templates(write: Write) -> None:
    other = re.sub(r"\bCell\b", "Other", TEMPLATE).replace("dend", "apic")
    path = write(TEMPLATE + other)
    assert read_hoc(path, name="Other", run=True).section_labels == ("soma", "apic", "apic")
    with pytest.raises(MorphologyError, match=r"its templates are Cell, Other; choose a template with name="):
        read_hoc(path, run=True)
    with pytest.raises(MorphologyError, match=r"the template 'None of them' .*its templates are Cell, Other"):
        read_hoc(path, name="None of them", run=True)


@with_neuron
def test_an_error_of_neuron_has_its_message(write: Write) -> None:
    path = write(TEMPLATE.replace("soma {", "soma { insert NoSuchChannel"))
    with pytest.raises(MorphologyError, match=r"^cell.hoc, line 2: 'begintemplate' .*NoSuchChannel"):
        read_hoc(path, run=True)


@with_neuron
def test_a_program_that_quits_neuron_raises_an_error(write: Write) -> None:
    with pytest.raises(MorphologyError, match=r"^cell.hoc, line 2: 'quit' .*NEURON ended with 0"):
        read_hoc(write("create a\nquit()\n"), run=True)


@with_neuron
def test_a_program_that_does_not_end_is_stopped(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hoc_neuron, "_TIMEOUT", 2.0)
    with pytest.raises(
        MorphologyError, match=r"^cell.hoc, line 2: 'while' .*ran it for 2 s, the limit, and it did not"
    ):
        read_hoc(write("create a\nwhile (1) {}\n"), run=True)
