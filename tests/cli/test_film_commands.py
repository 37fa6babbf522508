"""`gpu-morph demo` and `render` write films; their options reach them."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from command_line import GPU_MORPH, SMALL, new_files, save_recording
from PIL import Image

from gpu_morph.cli.main import main
from probe import decoded_frames, probe


def test_demo_writes_a_film_of_the_built_in_cell_and_says_where(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "-o", "film.mp4", "--size", "96x96", "--t-stop", "2", "--t-step", "0.5"]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(rf"{re.escape(str(folder))}/film\.mp4: 5 frames of 96x96 at 50/s, made in .*\n", said.out)
    assert said.err == ""
    film = probe(folder / "film.mp4")
    assert (film.n_frames, film.size, film.rate, film.codec) == (5, (96, 96), 50, "h264")
    assert (decoded_frames(folder / "film.mp4").max(axis=(1, 2, 3)) > 100).all()  # a cell before a dark background
    assert new_files(folder) == {"film.mp4"}


def test_demo_needs_no_argument(folder: Path) -> None:
    done = subprocess.run(
        [*GPU_MORPH, "demo", *SMALL, "--t-stop", "0.2"], cwd=folder, capture_output=True, text=True, timeout=180
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert str(folder / "gpu_morph_demo.mp4") in done.stdout
    assert probe(folder / "gpu_morph_demo.mp4").n_frames == 3


def test_render_makes_a_film_of_a_morphology_and_a_recording(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL]) == 0
    assert f"{folder}/film.mp4: 21 frames of 64x48 at 50/s" in capsys.readouterr().out
    assert probe(folder / "film.mp4").n_frames == 21


def test_the_options_of_a_film_reach_it(folder: Path) -> None:
    times = ["--t-start", "1", "--t-stop", "4", "--t-step", "0.25"]
    film = ["--fps", "29.97", "--codec", "mpeg4", "--quality", "3"]
    assert main(["render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, *times, *film]) == 0
    made = probe(folder / "film.mp4")
    assert (made.n_frames, float(made.rate), made.codec) == (13, 29.97, "mpeg4")


@cache
def film_frames(*options: str) -> npt.NDArray[np.uint8]:
    """Frames of a film that is made in the working folder."""
    command = ["render", "cell.swc", "rec.npz", "-o", "film.mkv", *SMALL, "--codec", "ffv1", "--t-step", "5"]
    assert main([*command, *options]) == 0
    return decoded_frames(Path("film.mkv"))


@pytest.mark.parametrize(
    "option",
    [
        ("--cmap", "magma"),
        ("--clim", "-90", "90"),
        ("--norm", "power:0.4"),
        ("--norm", "boundaries:-80,-60,0,40"),
        ("--background", "black"),
        ("--flat",),
        ("--min-width", "9"),
        ("--azim", "80"),
        ("--elev", "-20"),
        ("--roll", "40"),
        ("--azim-step", "20"),
        ("--perspective",),
        ("--zoom", "2"),
        ("--supersample", "2"),
        ("--style", "glow"),
    ],
    ids=lambda option: option[0],
)
def test_every_option_of_the_drawing_changes_the_film(folder: Path, option: tuple[str, ...]) -> None:
    plain, other = film_frames(), film_frames(*option)
    assert plain.shape == other.shape
    assert (plain != other).any()


def test_an_aperture_blurs_a_perspective_film_and_needs_perspective(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (film_frames("--perspective") != film_frames("--perspective", "--aperture", "200")).any()
    assert main(["snapshot", "cell.swc", "-o", "picture.png", "--aperture", "200"]) != 0
    assert "--aperture 200 needs projection='perspective'" in capsys.readouterr().err


def test_the_size_of_text_can_be_given_in_pixels_and_points(folder: Path) -> None:
    command = ["snapshot", "cell.swc", "rec.npz", "--time", "5", "--size", "320x240", "-o"]
    pictures = []
    for size in ([], ["--font-size", "16"], ["--font-size", "12pt"]):
        assert main([*command, "picture.png", *size]) == 0
        with Image.open(folder / "picture.png") as picture:
            pictures.append(np.asarray(picture.convert("RGB")))
    usual, pixels, points = pictures
    assert (usual != pixels).any()
    assert np.array_equal(pixels, points)  # at 96 per inch


def test_a_picture_has_its_colour_bar_clock_and_scale_bar_unless_it_is_bare(folder: Path) -> None:
    command = ["snapshot", "cell.swc", "rec.npz", "--time", "5", "--size", "320x240", "--cmap", "Reds", "-o"]
    assert main([*command, "full.png"]) == 0
    assert main([*command, "bare.png", "--bare"]) == 0
    full, bare = (np.asarray(Image.open(folder / name)) for name in ("full.png", "bare.png"))
    darkest = np.array([103, 0, 13])  # the upper end of Reds, which the cell does not reach at 5 ms
    assert (np.abs(full[:, 200:].astype(int) - darkest).max(axis=2) < 8).any()
    assert not (np.abs(bare.astype(int) - darkest).max(axis=2) < 8).any()
    assert (full[:40, :120] < 100).all(axis=2).any()  # the clock
    assert (full[200:, 200:] < 100).all(axis=2).any()  # the scale bar
    assert not (bare[200:, 280:] < 250).any()


def test_sections_without_a_recording_are_counted_in_a_warning(folder: Path) -> None:
    save_recording("soma.npz", values=np.zeros((21, 1)), section=[0], position=[0.5])
    done = subprocess.run(
        [*GPU_MORPH, "render", "cell.swc", "soma.npz", "-o", "film.mp4", *SMALL, "--clim", "-80", "30"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0
    assert re.fullmatch(r"gpu-morph: warning: 1 of 2 sections were not recorded; .* colour of NaN\n", done.stderr)
