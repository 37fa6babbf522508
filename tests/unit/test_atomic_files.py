"""A file appears under its name only when it is complete."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gpu_morph.system.atomic_files import atomic_path, output_path, write_bytes, write_text


def test_a_file_is_written_under_another_name_first(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")
    with atomic_path(target) as part:
        assert (part.parent, part.suffix, part.name[0]) == (tmp_path, ".mp4", ".")
        part.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_keeps_the_older_file_and_leaves_no_other(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")

    def fail() -> None:
        with atomic_path(target) as part:
            part.write_bytes(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["film.mp4"]


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a.txt") as first, atomic_path(tmp_path / "a.txt") as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert (tmp_path / "a.txt").read_text() == "first"  # which is complete last
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("name", ["電" * 83 + ".mp4", "n" * 251 + ".png", ".hidden", "no ending"])
def test_any_name_that_a_folder_can_hold_is_possible(tmp_path: Path, name: str) -> None:
    write_bytes(tmp_path / name, b"data")
    assert os.listdir(tmp_path) == [name]


def test_text_is_utf_8(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "µm\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc2\xb5m\n"


def test_a_path_is_absolute_and_the_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert output_path("~/a.mp4", what="film", example="b.mp4") == tmp_path / "a.mp4"
    assert output_path("a.mp4", what="film", example="b.mp4") == tmp_path / "a.mp4"


def test_a_folder_or_a_missing_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=r"is a folder: give the film's file name, such as .*b\.mp4"):
        output_path(tmp_path, what="film", example="b.mp4")
    with pytest.raises(FileNotFoundError, match="nowhere for the film does not exist: make it first"):
        output_path(tmp_path / "nowhere" / "a.mp4", what="film", example="b.mp4")
