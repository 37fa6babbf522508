"""The command gpu-morph: its files, its output and its errors."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image
from probe import decoded_frames, ffmpeg_processes, is_encoding, probe, wait_until

from gpu_morph import __version__
from gpu_morph.cli.main import main

GPU_MORPH = (sys.executable, "-m", "gpu_morph.cli")
SMALL = ("--size", "64x48")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a morphology and a recording."""
    monkeypatch.chdir(tmp_path)
    # Warnings have tests of their own; elsewhere standard error is the error's.
    monkeypatch.setenv("GPU_MORPH_DEVICE", os.environ.get("GPU_MORPH_DEVICE", "cpu"))
    Path("cell.swc").write_text("1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 0 20 6 2\n4 3 30 60 120 3 3\n")
    save_recording("rec.npz")
    return tmp_path


def save_recording(name: str, **changed: Any) -> None:
    """21 times from 0 to 10 ms for the two sections; None leaves an array out."""
    arrays = {
        "times": np.arange(21) / 2,
        "values": np.linspace(-80, 30, 42).reshape(21, 2),
        "section": [0, 1],
        "position": [0.5, 0.5],
    }
    np.savez(name, **{key: value for key, value in (arrays | changed).items() if value is not None})


def new_files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"cell.swc", "rec.npz"}


# Films


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
        [*GPU_MORPH, "demo", *SMALL, "--t-stop", "0.2"], cwd=folder, capture_output=True, text=True, timeout=60
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
    for name, options in (("plain.mkv", ()), ("other.mkv", option)):
        command = ["render", "cell.swc", "rec.npz", "-o", name, *SMALL, "--codec", "ffv1", "--t-step", "5", *options]
        assert main(command) == 0
    plain, other = decoded_frames(folder / "plain.mkv"), decoded_frames(folder / "other.mkv")
    assert plain.shape == other.shape
    assert (plain != other).any()


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


# Pictures


def test_snapshot_writes_a_png_of_the_size_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["snapshot", "cell.swc", "-o", "cell.png", "--size", "50x31", "--color", "red", "--flat"]) == 0
    assert capsys.readouterr() == ("cell.png: 50x31\n", "")
    with Image.open("cell.png") as image:
        assert (image.size, image.mode, image.format) == ((50, 31), "RGB", "PNG")
        pixels = np.asarray(image)
    assert tuple(pixels[0, 0]) == (255, 255, 255)
    assert (pixels == (255, 0, 0)).all(axis=2).any()
    assert new_files(folder) == {"cell.png"}


@pytest.mark.parametrize("name", ["cell.svg", "cell.pdf"])
def test_a_snapshot_for_print_has_its_size_on_paper_and_text(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    command = ["snapshot", "cell.swc", "rec.npz", "--time", "5", "--size", "50.8x25.4mm", "--dpi", "200", "-o", name]
    assert main(command) == 0
    assert capsys.readouterr().out == f"{name}: 400x200\n"
    text = Path(name).read_bytes()
    assert (b"/MediaBox [0 0 144 72]" if name.endswith("pdf") else b'width="50.8mm" height="25.4mm"') in text
    assert (b"/ToUnicode" if name.endswith("pdf") else b">5.0 ms</text>") in text


def test_the_size_of_a_snapshot_on_paper_is_for_300_dpi_unless_given(folder: Path) -> None:
    assert main(["snapshot", "cell.swc", "-o", "cell.tif", "--size", "1x0.5in"]) == 0
    with Image.open("cell.tif") as image:
        assert (image.size, image.info["dpi"]) == ((300, 150), (300, 300))
    with pytest.raises(SystemExit):
        main(["snapshot", "cell.swc", "-o", "cell.tif", "--size", "1x0.5feet"])


def test_a_transparent_snapshot_has_alpha(folder: Path) -> None:
    assert main(["snapshot", "cell.swc", "-o", "cell.png", *SMALL, "--transparent"]) == 0
    with Image.open(folder / "cell.png") as image:
        assert image.mode == "RGBA"
        alpha = np.asarray(image)[..., 3]
    assert alpha[0, 0] == 0
    assert alpha.max() == 255


def test_a_snapshot_of_a_recording_shows_its_time(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for time_ms in ("0", "10"):
        assert main(["snapshot", "cell.swc", "rec.npz", "-o", f"{time_ms}.png", *SMALL, "--time", time_ms]) == 0
    pictures = []
    for time_ms in ("0", "10"):
        with Image.open(folder / f"{time_ms}.png") as image:
            pictures.append(np.asarray(image))
    assert (pictures[0] != pictures[1]).any()
    capsys.readouterr()
    assert main(["snapshot", "cell.swc", "rec.npz", "-o", "none.png", *SMALL]) == 1
    assert "give a time in ms" in capsys.readouterr().err
    assert not Path("none.png").exists()


# What draws here


def test_info_says_what_draws_and_what_encodes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GPU_MORPH_PATH", raising=False)
    done = subprocess.run([*GPU_MORPH, "info"], cwd=folder, capture_output=True, text=True, timeout=180)
    assert (done.returncode, done.stderr) == (0, "")
    said = {line.split()[0] if line[:2] != "GL" else line[:11].strip(): line[12:] for line in done.stdout.splitlines()}
    assert said["gpu_morph"] == f"{__version__}, Python {sys.version.split()[0]}"
    assert said["GL renderer"]
    assert said["GL vendor"]
    assert int(said["GL version"][0]) >= 3
    assert said["software"] in ("yes: the CPU draws", "no: a GPU draws")
    assert ("llvmpipe" in said["GL renderer"]) <= (said["software"] == "yes: the CPU draws")
    assert said["path"].split()[0] == ("cpu" if said["software"].startswith("yes") else "gpu")
    assert Path(said["ffmpeg"].split("(")[1].rstrip(")")).is_file()
    encoders = said["encoders"].split()
    assert {"libx264", "mpeg4", "ffv1", "libvpx-vp9"} <= set(encoders)
    assert all(re.fullmatch(r"\w[\w-]*", name) for name in encoders)


@pytest.mark.parametrize("path", ["gpu", "cpu"])
def test_info_says_the_forced_path(
    path: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GPU_MORPH_PATH", path)
    assert main(["info"]) == 0
    assert f"\npath        {path} (" in capsys.readouterr().out


# What goes wrong: one clear line


def test_info_goes_on_without_ffmpeg_and_exits_with_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(folder / "nothing here"))
    assert main(["info"]) == 1
    said = capsys.readouterr()
    assert "GL renderer" in said.out
    assert "ffmpeg      cannot be used: ffmpeg cannot be started" in said.out
    assert said.err.startswith("gpu-morph: no films can be made: ffmpeg cannot be started")
    assert said.err.count("\n") == 1


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on standard error with which a command fails; nothing is printed elsewhere."""
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("gpu-morph: ")
    return said.err.removeprefix("gpu-morph: ").rstrip("\n")


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
        (["-o", "film.mp4", "--device", "99"], "device=99 was asked for"),
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


def test_as_a_process_too_a_failure_is_one_line_and_not_zero(folder: Path) -> None:
    done = subprocess.run(
        [*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, "--codec", "h265x"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"gpu-morph: ffmpeg stopped with exit code .*Unknown encoder 'h265x'.*\n", done.stderr)
    assert new_files(folder) == set()


def test_software_rendering_is_said_once_and_before_the_error(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "GPU_MORPH_DEVICE"}
    done = subprocess.run(
        [*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, "--codec", "h265x"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    *warned, error = done.stderr.splitlines()
    assert done.returncode == 1
    assert error.startswith("gpu-morph: ffmpeg stopped")
    assert len(warned) <= 1  # none where a GPU draws
    assert all(line.startswith("gpu-morph: warning: drawing on the CPU") for line in warned)


def test_a_closed_pipe_is_no_error_message(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        [*GPU_MORPH, "info"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 1


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize(
    ("number", "n_encoders"),
    [(signal.SIGINT, 1), (signal.SIGTERM, 1), (signal.SIGINT, 3)],
    ids=["Ctrl-C", "SIGTERM", "Ctrl-C with three encoders"],
)
def test_an_interruption_is_one_line_and_leaves_nothing(folder: Path, number: int, n_encoders: int) -> None:
    film = ("-o", "film.mp4", *SMALL, "--t-step", "0.00001", "--encoders", str(n_encoders))
    process = subprocess.Popen(
        [*GPU_MORPH, "render", "cell.swc", "rec.npz", *film],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Started in the background, these tests may ignore Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        wait_until(lambda: is_encoding(process.pid) or process.poll() is not None, "frames are encoded")
        encoders = ffmpeg_processes(psutil.Process(process.pid))
        assert len(encoders) == n_encoders
        os.killpg(process.pid, number)
        said = process.communicate(timeout=180)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert said == ("", "gpu-morph: interrupted; nothing was left behind\n")
    assert not any(encoder.is_running() for encoder in encoders)
    assert new_files(folder) == set()


# Progress


def run_on_a_terminal(*command: str, folder: Path) -> tuple[int, str]:
    """Exit status, and what was written to a terminal as standard error."""
    import pty
    import termios

    try:
        terminal, other_end = pty.openpty()
    except OSError as cause:
        pytest.skip(f"no pseudo-terminal: {cause}")
    termios.tcsetwinsize(terminal, (24, 80))
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=other_end)
    os.close(other_end)
    written = b""
    try:
        while select.select([terminal], [], [], 60)[0]:
            try:
                part = os.read(terminal, 4096)
            except OSError:  # Linux raises it when the other end is closed
                break
            if not part:
                break
            written += part
    finally:
        os.close(terminal)
    return process.wait(timeout=60), written.decode()


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_bar_counts_the_frames_on_a_terminal(folder: Path) -> None:
    command = (*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", "--size", "320x240", "--t-step", "0.02")
    status, written = run_on_a_terminal(*command, folder=folder)
    assert status == 0
    done = [int(number) for number in re.findall(r"\| (\d+)/501 \[[^\]]*\]", written)]
    assert len(done) > 2
    assert done == sorted(done)
    assert done[-1] == 501
    assert re.search(r"\r100%\|.*\| 501/501 \[.*, *[\d.]+ frames/s\]", written)
    assert written.count("\n") == 1  # the bar stays on one line
    assert written.endswith("\n")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_an_error_on_a_terminal_stands_on_a_line_of_its_own(folder: Path) -> None:
    command = (*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, "--codec", "h265x")
    status, written = run_on_a_terminal(*command, folder=folder)
    assert status == 1
    assert written.splitlines()[-1].startswith("gpu-morph: ffmpeg stopped")


def test_without_a_terminal_there_is_no_bar(folder: Path) -> None:
    done = subprocess.run(
        [*GPU_MORPH, "render", "cell.swc", "rec.npz", "-o", "film.mp4", *SMALL, "--t-step", "0.02"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


# Programs


def test_a_hoc_program_runs_with_run_only_and_never_for_info(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if find_spec("neuron") is None:
        pytest.skip("programs need NEURON (extra 'neuron')")
    Path("program.hoc").write_text('create a\nif (1) system("touch ran")\na { pt3dadd(0,0,0,9) pt3dadd(9,0,0,9) }\n')
    assert "'if' is not plain HOC" in fails(capsys, "snapshot", "program.hoc", "-o", "cell.png", *SMALL)
    assert main(["info", "program.hoc"]) == 1
    assert "'if' is not plain HOC" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["info", "program.hoc", "--run"])
    assert not Path("ran").exists()
    assert main(["snapshot", "program.hoc", "-o", "cell.png", *SMALL, "--run"]) == 0
    assert Path("ran").exists()
