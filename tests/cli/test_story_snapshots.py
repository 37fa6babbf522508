"""`gpu-morph snapshot story.toml` writes a frame of the film that a story describes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import fails
from PIL import Image

import gpu_morph as gm
from gpu_morph.api.film_arguments import film_of
from gpu_morph.cli.main import main

STORY = """\
[film]
size = [96, 64]
fps = 10
timeline = [[0, 0], [1, 4], [2, 4], [3, 1]]

[scene]
demo = true
clim = [-90, 30]

[camera]
kind = "orbit"
seconds = 3

[[annotations]]
kind = "Title"
text = "A"
seconds = 0.5

[[annotations]]
kind = "Text"
text = "here"
start = 1.5
"""


def frame_of(number: int, time: float, size: tuple[int, int] = (96, 64)) -> np.ndarray:
    """A frame of the film, drawn from the scene that `render_video` draws."""
    story = gm.read_story("story.toml")
    request = film_of(story.scene, story.film)
    with gm.Renderer(request.scene, size) as renderer:
        return renderer.render(time, frame=number)


@pytest.mark.parametrize(
    ("options", "number", "time"),
    [
        (["--at", "1.8"], 5 + 18, 4.0),
        (["--at=-0.3"], 2, 0.0),  # the title card
        (["--time", "2"], 5 + 5, 2.0),  # first at 0.5 s
        (["--time", "2", "--at", "2.5"], 5 + 25, 2.0),
        ([], 5, 0.0),
    ],
)
def test_a_snapshot_of_a_story_is_a_frame_of_its_film(
    folder: Path, options: list[str], number: int, time: float
) -> None:
    (folder / "story.toml").write_text(STORY)
    assert main(["snapshot", "story.toml", "-o", "still.png", *options]) == 0
    with Image.open("still.png") as image:
        np.testing.assert_array_equal(np.asarray(image), frame_of(number, time))


def test_its_size_and_what_is_behind_it_can_be_chosen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "story.toml").write_text(STORY[: STORY.index("[[annotations]]")])
    command = ["snapshot", "story.toml", "-o", "still.png", "--at", "1", "--size", "80x60", "--transparent"]
    assert main(command) == 0
    assert capsys.readouterr().out == "still.png: 80x60\n"
    with Image.open("still.png") as image:
        assert (image.mode, image.getpixel((0, 0))[3]) == ("RGBA", 0)


def test_a_frame_of_a_transparent_film_is_transparent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = 'output = "film.mov"\ncodec = "prores_ks"\ntransparent = true\n'
    (folder / "story.toml").write_text(STORY[: STORY.index("[[annotations]]")].replace("fps", film + "fps"))
    assert main(["snapshot", "story.toml", "-o", "still.png", "--at", "1"]) == 0
    with Image.open("still.png") as image:
        assert (image.mode, image.getpixel((0, 0))[3]) == ("RGBA", 0)
    capsys.readouterr()
    assert "still.jpg" in fails(capsys, "snapshot", "story.toml", "-o", "still.jpg", "--at", "1")


def test_a_still_is_made_where_no_film_can_be(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "story.mp4").mkdir()
    (folder / "story.toml").write_text(STORY)
    assert main(["snapshot", "story.toml", "-o", "still.png", "--at", "1"]) == 0
    (folder / "story.toml").write_text(STORY.replace("fps", 'output = "films/a.mp4"\nfps'))
    assert main(["snapshot", "story.toml", "-o", "still.png", "--at", "1"]) == 0
    assert not (folder / "films").exists()
    capsys.readouterr()
    assert "line 3: film.output: there is no folder" in fails(capsys, "render", "story.toml")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["story.toml", "--at", "9"], "--at must be -0.5 to 3, the seconds of the film, got 9"),
        (["story.toml", "--at", "nan"], "--at must be -0.5 to 3, the seconds of the film, got nan"),
        (["story.toml", "--time", "99"], "99"),
    ],
)
def test_what_does_not_fit_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    (folder / "story.toml").write_text(STORY)
    assert words in fails(capsys, "snapshot", *arguments, "-o", "still.png")
    assert not (folder / "still.png").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["story.toml", "--cmap", "jet"], "--cmap goes with a morphology: write it into story.toml instead"),
        (["story.toml", "rec.npz"], "recording rec.npz goes with a morphology"),
        (["cell.swc", "--at", "1"], "--at is for a .toml file of a film: use --time"),
    ],
)
def test_an_option_of_other_files_is_an_error_of_usage(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    (folder / "story.toml").write_text(STORY)
    with pytest.raises(SystemExit):
        main(["snapshot", *arguments, "-o", "still.png"])
    assert words in capsys.readouterr().err
