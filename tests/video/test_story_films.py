"""``gpu-morph render story.toml``: films that a file describes."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.cli.main import main
from probe import decoded_frames, probe

STORY = """\
[film]
output = "film.mp4"
size = [160, 120]
fps = 4
timeline = [[0, 0], [1, 3]]

[scene]
morphology = "cell.swc"
recording = "v.npz"
clim = [-80, 30]

[camera]
kind = "orbit"
seconds = 1
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a story and its files; the working folder is another."""
    monkeypatch.setenv("GPU_MORPH_DEVICE", os.environ.get("GPU_MORPH_DEVICE", "cpu"))
    made, other = tmp_path / "made", tmp_path / "other"
    made.mkdir()
    other.mkdir()
    monkeypatch.chdir(other)
    (made / "cell.swc").write_text("1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 20 20 6 2\n4 3 30 60 120 3 3\n")
    values = np.linspace(-80, 30, 22).reshape(11, 2)
    np.savez(made / "v.npz", times=np.arange(11.0), values=values, section=[0, 1], position=[0.5, 0.5])
    (made / "story.toml").write_text(STORY)
    return made


def test_a_story_is_the_film_that_its_scene_makes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(folder / "story.toml")]) == 0
    assert f"{folder}/film.mp4: 5 frames of 160x120 at 4/s" in capsys.readouterr().out
    with np.load(folder / "v.npz") as arrays:
        recording = gm.Recording(**arrays)
    camera = gm.orbit(seconds=1)
    scene = gm.Scene(gm.read_morphology(folder / "cell.swc"), recording, clim=(-80, 30), camera=camera)
    times = gm.Timeline([(0, 0), (1, 3)])
    gm.render_video(scene, "same.mp4", times=times, fps=4, size=(160, 120), progress=False)
    np.testing.assert_array_equal(decoded_frames(folder / "film.mp4"), decoded_frames(Path("same.mp4")))


def test_options_replace_what_the_file_says(folder: Path) -> None:
    story = str(folder / "story.toml")
    assert main(["render", story, "-o", "mine.mkv", "--size", "80x60", "--times", "1,2", "--codec", "mpeg4"]) == 0
    film = probe(Path("mine.mkv"))
    assert (film.n_frames, film.size, film.rate, film.codec) == (2, (80, 60), 4, "mpeg4")
    assert main(["render", story, "-o", "mine.mp4", "--t-stop", "2", "--t-step", "0.5", "--fps", "50"]) == 0
    assert (probe(Path("mine.mp4")).n_frames, probe(Path("mine.mp4")).rate) == (5, 50)  # 50: also the usual rate
    assert not (folder / "film.mp4").exists()


def test_a_dry_run_of_a_story_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(folder / "story.toml"), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert f"film      {folder}/film.mp4\nframes    5 of 160x120 at 4/s: 1.25 s\n" in said
    assert "times     0 to 3 ms, every 0.75 ms, of 0 to 10 ms that were recorded\n" in said
    assert not (folder / "film.mp4").exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "seconds",
            "secnds",
            "gpu-morph: story.toml, line 14: camera.secnds is unknown: did you mean seconds? "
            "(gpu-morph explain StoryError)\n",
        ),
        ("[1, 3]", "[1, 30]", "story.toml, line 5: film.timeline: times: a frame at 15 ms was asked for"),
    ],
)
def test_a_wrong_story_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    (folder / "story.toml").write_text(STORY.replace(old, new))
    assert main(["render", str(folder / "story.toml")]) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cmap", "jet"], "--cmap goes with a morphology: write it into story.toml instead"),
        (["--azim-step", "0.0"], "--azim-step goes with a morphology"),
        (["v.npz"], "recording v.npz goes with a morphology"),
        (["--bare"], "--bare goes with a morphology"),
    ],
)
def test_options_of_a_scene_stand_in_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit, match="2"):
        main(["render", "story.toml", *options])
    assert words in capsys.readouterr().err


def test_a_morphology_still_needs_a_name_of_the_film(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["render", "cell.swc", "v.npz"])
    assert "the following arguments are required: -o/--output" in capsys.readouterr().err


def test_the_story_of_the_examples_is_a_film(tmp_path: Path) -> None:
    story = gm.read_story(
        Path(__file__).parents[2] / "examples" / "story.toml",
        film={"path": tmp_path / "story.mp4", "size": (480, 270), "fps": 1},
    )
    report = gm.render_video(story.scene, **story.film, progress=False)
    assert report.n_frames == 2 + 11
    frames = decoded_frames(report.path).astype(float)
    near, far = (np.abs(frames[k] - frames[k, 60, 5]).max(axis=-1) > 30 for k in (6, 2))
    assert near[100:170].mean() > 1.5 * far[100:170].mean()  # the camera is at the soma after 3 s, and 2 s of a title


def test_the_story_of_panels_of_the_examples_is_a_film(tmp_path: Path) -> None:
    story = gm.read_story(
        Path(__file__).parents[2] / "examples" / "story_of_panels.toml",
        film={"path": tmp_path / "panels.mp4", "size": (480, 270), "times": [0, 3.3]},
    )
    report = gm.render_video(story.scene, **story.film, progress=False)
    frames = decoded_frames(report.path)[-2:].astype(int)
    cursors = [np.abs(frame - frames[0]).max(axis=-1)[130:190, 300:430].max() for frame in frames]
    assert cursors[1] > 60  # the line of the traces has moved
    assert np.abs(frames[1] - frames[0]).max(axis=-1)[170:260, 10:105].max() > 60  # the soma of the close-up spikes
