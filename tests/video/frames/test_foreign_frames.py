"""Frames of another film and files of others are not touched."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from frame_films import BAR, NAMES, RECORDING, SCENE, SIZE, TIMES, VALUES, contents, film, picture
from PIL import Image

import gpu_morph as gm
from gpu_morph.data.frame_times import TimeRange
from gpu_morph.errors import FramesError, OutputError
from gpu_morph.system.hidden_files import new_hidden_file
from gpu_morph.video.frame_folder import open_frames

OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "size": ({"size": (24, 32)}, "size 32x24 instead of 24x32"),
    "transparency": ({"transparent": True, "pixel_format": None}, "transparent False instead of True"),
    "beginning": ({"t_start": 3}, r"times 2\.0 to 12\.0 ms \(21 frames\) instead of 3\.0 to 12\.0 ms \(19 frames\)\)"),
    "step": ({"t_step": 0.25}, r"times 2\.0 to 12\.0 ms \(21 frames\) instead of 2\.0 to 12\.0 ms \(41 frames\)\)"),
    "camera": ({"scene": replace(SCENE, camera=gm.Camera(azim_step=8))}, "another camera"),
    "colormap": ({"scene": replace(SCENE, cmap="plasma", background="black")}, "another cmap, background"),
    "recording": ({"scene": replace(SCENE, recording=replace(RECORDING, values=VALUES + 1))}, "another recording"),
    "morphology": ({"scene": replace(SCENE, morphology=replace(BAR, diameters=[20, 20, 8, 5]))}, "another morphology"),
}


@pytest.mark.parametrize(("options", "words"), OTHERS.values(), ids=OTHERS)
def test_frames_of_another_film_are_refused_and_stay(
    finished: Path, numbers: list[int], options: dict[str, Any], words: str
) -> None:
    before = contents(finished.parent)
    with pytest.raises(FramesError, match=rf"holds 21 PNG frames of another film \({words}.*overwrite_frames=True"):
        film(finished.parent, **options)
    assert contents(finished.parent) == before
    assert numbers == []


def test_frames_without_a_manifest_are_refused_and_stay(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "00007.png").write_bytes(b"somebody's picture")
    before = contents(tmp_path)
    with pytest.raises(FramesError, match=r"holds 1 PNG frames of another film \(no frames\.json says which\)"):
        film(tmp_path)
    assert contents(tmp_path) == before


def test_a_changed_manifest_is_no_match(finished: Path) -> None:
    said = json.loads((finished / "frames.json").read_text())
    (finished / "frames.json").write_text(json.dumps({**said, "gpu_morph": "0.0.1"}))
    with pytest.raises(FramesError, match=rf"gpu_morph 0\.0\.1 instead of {gm.__version__}"):
        film(finished.parent)


@pytest.mark.parametrize("options", [{"frames_dir": "file"}, {"frames_dir": "nowhere/frames"}])
def test_a_path_that_cannot_be_a_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    error, words = {
        "file": (NotADirectoryError, "is a file: frames_dir is a folder"),
        "nowhere/frames": (FileNotFoundError, "does not exist: make it first"),
    }[options["frames_dir"]]
    with pytest.raises(error, match=words):
        film(tmp_path, **options)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("text", ["{}", "[1, 2]", "no JSON", '{"kind": "frames of somebody else"}'])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_foreign_frames_json_is_never_overwritten(tmp_path: Path, text: str, overwrite: bool) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "frames.json").write_text(text)
    before = contents(tmp_path)
    with pytest.raises(FramesError, match=r"frames\.json is not gpu_morph's"):
        film(tmp_path, overwrite_frames=overwrite)
    assert contents(tmp_path) == before


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """A folder with what looks like frames and is none."""
    folder, elsewhere = tmp_path / "frames", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(b"far away")
    for name in (
        "notes.txt", "1.png", "00000.png", "000001.png", "00001.PNG", "00001.png.bak", "x00001.png", "٠٠٠٠٧.png",
        "film.mkv", ".00001.part", ".00001.abcdefgh.part", ".hidden.0a1b2c3d.part",
    ):  # fmt: skip
        (folder / name).write_bytes(b"a user's own")
    (folder / "00099.png").mkdir()
    (folder / "00098.png").symlink_to(elsewhere)
    (folder / "00097.png").symlink_to(folder / "gone")
    return folder


def test_foreign_files_are_no_frames_and_are_left_alone(crowded: Path) -> None:
    before = contents(crowded)
    for _ in range(2):
        film(crowded.parent)
        after = contents(crowded)
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) == {*NAMES, "frames.json"}


def test_overwriting_removes_frames_and_nothing_else(crowded: Path, drawn: npt.NDArray[np.uint8]) -> None:
    before = contents(crowded.parent)
    (crowded / "00003.png").write_bytes(b"an old frame")
    (crowded / "00096.png").write_bytes(b"an old frame")
    (crowded / "123456.png").write_bytes(b"an old frame")
    new_hidden_file(crowded / "00003.png", ".part.png").write_bytes(b"an old half frame")
    report = film(crowded.parent, overwrite_frames=True)
    after = contents(crowded.parent)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"film.mkv", "frames/frames.json", *(f"frames/{name}" for name in NAMES)}
    assert report.n_resumed == 0
    np.testing.assert_array_equal([picture(crowded / name) for name in NAMES], drawn)


def test_overwriting_draws_everything_again(finished: Path, numbers: list[int]) -> None:
    Image.fromarray(np.zeros((24, 32, 3), np.uint8)).save(finished / NAMES[4])
    other = replace(SCENE, background="black")
    assert film(finished.parent, other, overwrite_frames=True, t_stop=4).n_resumed == 0
    assert sorted(os.listdir(finished)) == [*NAMES[:5], "frames.json"]
    assert numbers == [0, 1, 2, 3, 4]
    assert film(finished.parent, other, t_stop=4).n_resumed == 5


def test_two_films_do_not_write_into_one_folder_at_once(finished: Path) -> None:
    options: dict[str, Any] = {"size": SIZE, "transparent": False, "overwrite": False}
    with open_frames(finished, replace(SCENE, time_range=TimeRange(2.0, 12.0, 0.5)), TIMES, **options):
        with pytest.raises(OutputError, match=rf"folder of frames .* is being written by process {os.getpid()} on"):
            film(finished.parent, OTHERS["colormap"][0]["scene"], overwrite_frames=True)
        with pytest.raises(OutputError, match="is being written"):
            film(finished.parent)
    assert film(finished.parent).n_resumed == 21
    assert sorted(os.listdir(finished)) == [*NAMES, "frames.json"]


def test_a_frame_of_another_film_or_number_is_drawn_again(
    finished: Path, numbers: list[int], drawn: npt.NDArray[np.uint8]
) -> None:
    other = finished.parent / "other"
    film(finished.parent, OTHERS["colormap"][0]["scene"], frames_dir=other)
    numbers.clear()
    (finished / NAMES[3]).write_bytes((other / NAMES[3]).read_bytes())
    (finished / NAMES[8]).write_bytes((finished / NAMES[9]).read_bytes())
    assert film(finished.parent).n_resumed == 19
    assert numbers == [3, 8]
    np.testing.assert_array_equal([picture(finished / name) for name in NAMES], drawn)


def test_frames_of_a_read_only_folder_of_frames_are_not_overwritten(finished: Path) -> None:
    (finished / NAMES[3]).chmod(0o444)
    before = contents(finished)
    with pytest.raises(OutputError, match=r"00004\.png is read-only"):
        film(finished.parent, overwrite_frames=True)
    assert contents(finished) == before
    assert film(finished.parent).n_resumed == 21


@pytest.mark.parametrize("name", ["00003.png", "frames.json"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_link_or_a_folder_where_a_file_must_be_is_refused(tmp_path: Path, name: str, overwrite: bool) -> None:
    (tmp_path / "elsewhere").write_bytes(b"far away")
    for kind in ("link", "folder"):
        folder = tmp_path / kind
        folder.mkdir()
        if kind == "link":
            (folder / name).symlink_to(tmp_path / "elsewhere")
        else:
            (folder / name).mkdir()
        before = contents(tmp_path)
        with pytest.raises(FramesError, match=f"{name} is not a regular file, which this film would write"):
            film(tmp_path, frames_dir=folder, overwrite_frames=overwrite)
        assert contents(tmp_path) == before


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "frames").symlink_to(tmp_path / "scratch")
    film(tmp_path)
    assert len(os.listdir(tmp_path / "scratch")) == 22


def test_temporary_files_of_a_killed_process_are_removed(finished: Path) -> None:
    for name in ("00003.png", "frames.json", "00077.png"):
        part = new_hidden_file(finished / name, f".part{Path(name).suffix}")
        part.write_bytes(b"half")
    assert film(finished.parent).n_resumed == 21
    assert sorted(os.listdir(finished)) == [*NAMES, "frames.json"]
