"""Errors lead to their causes and cures, by a note; their messages stay as they are."""

from __future__ import annotations

import copy
import errno
import pickle

import pytest

from gpu_morph import errors
from gpu_morph.cli.explain import ERRORS
from gpu_morph.cli.main import main
from gpu_morph.errors import GpuMorphError, OutputError, SceneError, own_notes

CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GpuMorphError)]


class OwnError(SceneError):
    """Another package's."""


@pytest.mark.parametrize("kind", [*CLASSES, OwnError])
def test_an_error_leads_to_the_heading_of_its_class(kind: type[GpuMorphError]) -> None:
    error = kind("message")
    name = "SceneError" if kind is OwnError else kind.__name__
    assert str(error) == "message"
    (note,) = error.__notes__
    assert f"gpu-morph explain {name}," in note
    assert note.endswith(f"docs/howto/troubleshooting.md#{name.lower()}")


@pytest.mark.parametrize("kind", [*CLASSES, OwnError])
def test_a_copy_from_another_process_has_the_same_notes(kind: type[GpuMorphError]) -> None:
    error = kind("message")
    error.add_note("from the worker")
    for same in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(same) is kind
        assert same.args == error.args
        assert same.__notes__ == error.__notes__
        assert own_notes(same) == ["from the worker"]


def test_an_error_of_the_system_keeps_its_number_and_file() -> None:
    error = pickle.loads(pickle.dumps(OutputError(errno.EACCES, "denied", "film.mp4")))
    assert (error.errno, error.strerror, error.filename) == (errno.EACCES, "denied", "film.mp4")


@pytest.mark.parametrize("name", ERRORS)
def test_the_command_prints_the_part_of_one_class(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"## {name}\n")
    assert text.count("\n## ") == 0
    assert len(text.splitlines()) > 2
    assert "](" not in text


def test_the_command_prints_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n## {name}\n" in text for name in ERRORS)


def test_a_misspelt_class_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "MorfologyError"]) == 1
    assert "there is no error 'MorfologyError'; there are 'MorphologyError', " in capsys.readouterr().err


def test_a_failed_command_names_it_in_its_one_line(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cell.swc").write_text("1 1 0 0 0 5 -1\n2 3 0 0 nothing 1 1\n")
    assert main(["info", str(tmp_path / "cell.swc")]) == 1
    assert capsys.readouterr().err.endswith(" (gpu-morph explain MorphologyError)\n")
