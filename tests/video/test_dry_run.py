"""``gpu-morph render --dry-run``, ``--times`` and ``--timeline``."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from gpu_morph import Timeline
from gpu_morph.cli.listed_times import listed_times, timeline
from gpu_morph.cli.main import main
from probe import ffmpeg_processes, probe

FILES = ("render", "cell.swc", "rec.npz", "-o", "film.mp4", "--size", "160x120")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a morphology and a recording."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GPU_MORPH_DEVICE", os.environ.get("GPU_MORPH_DEVICE", "cpu"))
    Path("cell.swc").write_text("1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 20 20 6 2\n4 3 30 60 120 3 3\n")
    values = np.linspace(-80, 30, 42).reshape(21, 2)
    np.savez("rec.npz", times=np.arange(21) / 2, values=values, section=[0, 1], position=[0.5, 0.5])
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, str]:
    """What a dry run prints, by heading."""
    assert main([*FILES, "--dry-run", *options]) == 0
    lines = [re.match(r"(\w*)\s+(.*)", line) for line in capsys.readouterr().out.splitlines()]
    return {line[1]: line[2] for line in lines if line}


def test_a_dry_run_says_what_the_film_will_be_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = said(capsys, "--fps", "10", "--t-start", "1", "--codec", "mpeg4")
    assert plan["film"] == str(folder / "film.mp4")
    assert plan["frames"] == "19 of 160x120 at 10/s: 1.9 s"
    assert plan["times"] == "1 to 10 ms, every 0.5 ms, of 0 to 10 ms that were recorded"
    assert plan["colours"].startswith("-80 to 30 mV on viridis, the range of the whole recording")
    assert plan["codec"] == "mpeg4"
    assert {path.name for path in folder.iterdir()} == {"cell.swc", "rec.npz"}
    assert ffmpeg_processes() == []


def test_the_size_of_the_file_is_foreseen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = said(capsys, "--t-step", "0.05", "--clim", "-80", "30")
    match = re.fullmatch(r"about ([\d.]+) kB", plan["size"])
    assert match
    assert plan["colours"] == "-80 to 30 mV on viridis"
    assert main([*FILES, "--t-step", "0.05", "--clim", "-80", "30"]) == 0
    assert float(match[1]) * 1000 == pytest.approx((folder / "film.mp4").stat().st_size, rel=0.5)


@pytest.mark.filterwarnings("default:the film has one frame")
def test_a_film_of_one_frame_and_a_gif_can_be_planned(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--times", "3")["frames"].startswith("1 of 160x120")
    assert said(capsys, "-o", "film.gif", "--fps", "10", "--times", "3,4")["codec"] == "GIF"


def test_a_dry_run_fails_where_the_film_would(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options, words in (
        (["--t-stop", "11"], "the recording runs from 0 to 10 ms"),
        (["-o", "nowhere/film.mp4"], "nowhere for the film does not exist"),
        (["--times", "1,2", "--t-step", "1"], "leave t_step out, or times"),
        (["--times", "1,2", "--timeline", "0:1"], "leave it out, or --times"),
    ):
        assert main([*FILES, "--dry-run", *options]) == 1
        assert words in capsys.readouterr().err
    assert {path.name for path in folder.iterdir()} == {"cell.swc", "rec.npz"}


def test_times_and_timelines_of_the_command_line_make_a_film(folder: Path) -> None:
    Path("times.txt").write_text("# ms\n3\n3.5, 4\n3.5\n")
    assert main([*FILES, "--times", "times.txt"]) == 0
    assert probe(folder / "film.mp4").n_frames == 4
    assert main([*FILES, "--timeline", "0:0,1:3,3:3.6", "--fps", "4"]) == 0
    assert probe(folder / "film.mp4").n_frames == 13


def test_times_and_timelines_are_read_from_words_and_files() -> None:
    assert listed_times("3, 3.5,4").tolist() == [3.0, 3.5, 4.0]
    Path("line.txt").write_text("0 0\n2 5.5  # slow\n")
    assert timeline("line.txt") == timeline("0:0,2:5.5") == Timeline([(0, 0), (2, 5.5)])
    many = [k / 8 for k in range(2000)]  # words that no file can be named
    assert listed_times(",".join(map(str, many))).tolist() == many
    assert timeline(",".join(f"{time}:{time}" for time in many)) == Timeline([(time, time) for time in many])


@pytest.mark.parametrize(
    ("option", "word", "message"),
    [
        ("--times", "3;4", "expected times in ms such as 3,3.5,4"),
        ("--times", "nan", "finite"),
        ("--timeline", "0:0,2", "expected second:ms,second:ms such as 0:0,2:5.5"),
        ("--timeline", "2:0,1:1", "seconds that do not decrease"),
        ("--timeline", "odd.txt", "odd.txt: expected second:ms"),
        ("--times", "rec.npz", "rec.npz is no text file"),
    ],
)
def test_wrong_times_end_with_2_and_their_form(
    option: str, word: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("odd.txt").write_text("0 0\n1\n")
    with pytest.raises(SystemExit, match="2"):
        main([*FILES, option, word])
    assert message in capsys.readouterr().err
