"""A film's name is a file, whatever it looks like to ffmpeg."""

from __future__ import annotations

from pathlib import Path

import pytest
from written_films import SIZE, names_in, noise, write_film

from gpu_morph.video.writer import open_video
from probe import decoded_frames

NAMES = (
    "pipe:1.mp4",
    "concat:a.mp4",
    "a:b.mp4",
    "-x.mp4",
    "%d.mp4",
    "film%03d.mkv",
    "two words.mp4",
    'it\'s "quoted".mp4',
    "Zellä 電圧 µm.mp4",
    "back\\slash.mp4",
    "new\nline.mp4",
    "FILM.MP4",
    "a|b;c&d$e.mp4",
    "[x],y.mp4",
    "n" * 251 + ".mp4",
    "電" * 83 + ".mp4",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_is_a_file_whatever_it_looks_like_to_ffmpeg(tmp_path: Path, name: str) -> None:
    write_film(tmp_path / name, noise(2))
    assert names_in(tmp_path) == [name]
    assert len(decoded_frames(tmp_path / name)) == 2


def test_relative_names_and_the_home_folder_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    write_film(Path("-here.mp4"), noise(1))
    with open_video("~/home.mp4", size=SIZE, fps=25) as video:
        video.write(noise(1)[0])
    assert names_in(tmp_path) == ["-here.mp4", "home.mp4"]


@pytest.mark.parametrize("name", ["film", "film.", ".mp4", "film.png", "film.mp4.txt"])
def test_a_name_without_a_films_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"does not end like a film; give one of \.mp4"):
        write_film(tmp_path / name, noise(1))


def test_a_folder_or_a_missing_folder_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder: give the film's file name"):
        write_film(tmp_path / "folder.mp4", noise(1))
    with pytest.raises(FileNotFoundError, match="does not exist: make it first"):
        write_film(tmp_path / "missing" / "film.mp4", noise(1))
    assert names_in(tmp_path) == ["folder.mp4"]
