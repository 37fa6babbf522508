"""What goes wrong is one clear line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import SMALL, fails, new_files, save_recording

from gpu_morph.cli.main import main
from probe import ffmpeg_processes


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-o", "film"], "'film' does not end like a film"),
        (["-o", "nowhere/film.mp4"], "nowhere for the film does not exist: make it first"),
        (["-o", "film.mp4", "--codec", "h265x"], "Unknown encoder 'h265x'"),
        (["-o", "film.mp4", "--quality", "99"], "quality of libx264 runs from 0"),
        (["-o", "film.mp4", "--fps", "0"], "fps must be a positive number"),
        (["-o", "film.mp4", "--t-stop", "11"], "the recording runs from 0 to 10 ms"),
        (["-o", "film.mp4", "--t-step", "-1"], "t_step must be positive"),
        (["-o", "film.mp4", "--t-step", "1e-13"], ""),
        (["-o", "film.mp4", "--t-stop", "1e300", "--t-step", "1e-300"], ""),
        (["-o", "film.mp4", "--cmap", "viridi"], "unknown colormap 'viridi'"),
        (["-o", "film.mp4", "--clim", "1", "1"], "clim must be two finite values"),
        (["-o", "film.mp4", "--font-size", "big"], "font_size must be 4 or more pixels, or 2 to 1000 points"),
        (["-o", "film.mp4", "--norm", "lgo"], "near ones are log"),
        (["-o", "film.mp4", "--background", "blakc"], "unknown colour 'blakc'"),
        (["-o", "film.mp4", "--min-width", "-1"], "min_width must be 0 or more"),
        (["-o", "film.mp4", "--device", "gpu"], "device must be"),
        (["-o", "film.mp4", "--device", "99"], "--device 99 was asked for"),
    ],
)
def test_a_wrong_option_is_one_line_and_no_film(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert words in fails(capsys, "render", "cell.swc", "rec.npz", *SMALL, *options)
    assert new_files(folder) == set()
    assert ffmpeg_processes() == []


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--cmap", "virdis"], "unknown colormap 'virdis'"),
        (["--cmap", "virdis"], "near ones are viridis"),
        (["--color", "gren"], "near ones are green"),
        (["--color", "lable"], "near ones are label"),
        (["--background", "whit"], "near ones are white"),
        (["--device", "gpu"], "device must be"),
        (["--scale", "0"], "scale must be a positive"),
        (["--name", "cell"], "leave out name="),
        (["--time", "1"], "--time needs a recording"),
    ],
)
def test_a_wrong_option_of_a_picture_without_values_is_one_line_and_no_picture(
    folder: Path, capsys: pytest.CaptureFixture[str], option: list[str], words: str
) -> None:
    assert words in fails(capsys, "snapshot", "cell.swc", "-o", "cell.png", *SMALL, *option)
    assert new_files(folder) == set()


@pytest.mark.parametrize(
    ("option", "words"), [(["--t-step", "0"], "t_step must be positive"), (["--device", "gpu"], "device must be")]
)
@pytest.mark.parametrize("files", [["cell.swc"], ["cell.swc", "rec.npz"]])
def test_a_wrong_option_of_info_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], files: list[str], option: list[str], words: str
) -> None:
    assert words in fails(capsys, "info", *files, *option)


def test_a_wrong_morphology_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.swc").write_text("1 1 0 0 0 5 -1\n2 3 0 0 nothing 1 1\n")
    assert "missing.swc" in fails(capsys, "render", "missing.swc", "rec.npz", "-o", "film.mp4")
    assert "bad.swc" in fails(capsys, "render", "bad.swc", "rec.npz", "-o", "film.mp4")
    assert "rec.npz: a zip archive" in fails(capsys, "render", "rec.npz", "rec.npz", "-o", "film.mp4")
    assert "Is a directory" in fails(capsys, "snapshot", ".", "-o", "cell.png")


def test_a_wrong_recording_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (folder / "rec.npz").read_bytes()
    (folder / "cut.npz").write_bytes(whole[: len(whole) // 2])
    start = whole.index(np.linspace(-80, 30, 42).tobytes())
    (folder / "flipped.npz").write_bytes(whole[:start] + b"\xff" + whole[start + 1 :])
    (folder / "text.npz").write_text("no arrays")
    (folder / "empty.npz").write_bytes(b"")
    np.save("array.npy", np.zeros(3))
    save_recording("objects.npz", times=np.array([{}], dtype=object))
    save_recording("lacking.npz", section=None)
    save_recording("turned.npz", values=np.zeros((2, 21)))
    save_recording("elsewhere.npz", section=[0, 9])

    def words(name: str) -> str:
        return fails(capsys, "render", "cell.swc", name, "-o", "film.mp4", *SMALL)

    assert "missing.npz" in words("missing.npz")
    for name in ("cut.npz", "flipped.npz"):
        assert f"{name} is damaged: " in words(name)
    for name in ("text.npz", "empty.npz", "array.npy", "objects.npz"):
        assert f"{name} is not an .npz file; expected" in words(name)
    assert "lacking.npz has no array section; expected" in words("lacking.npz")
    assert "turned.npz: values must have shape" in words("turned.npz")
    assert "section 9, but the morphology has 2 sections" in words("elsewhere.npz")
    assert not Path("film.mp4").exists()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("cell.doc", "'cell.doc' does not end like a picture"),
        ("nowhere/cell.png", "nowhere for the picture does not exist"),
    ],
)
def test_a_snapshot_that_cannot_be_written_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], target: str, words: str
) -> None:
    assert words in fails(capsys, "snapshot", "cell.swc", "-o", target, *SMALL)
    assert new_files(folder) == set()


@pytest.mark.parametrize(
    "arguments",
    [[], ["films"], ["render", "cell.swc"], ["demo", "--size", "0x4"], ["demo", "--size", "4"], ["demo", "--fps", "x"]],
)
def test_a_wrong_command_line_ends_with_2_and_its_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: gpu-morph")
