"""Frame folders: complete frames are not drawn again, frames of another film are not touched."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cmap
import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from probe import decoded_frames, decoded_rgba, ffmpeg_processes

import gpu_morph as gm
from gpu_morph.data.frame_times import TimeRange
from gpu_morph.errors import EncoderError, FramesError, OutputError
from gpu_morph.image.png import png_bytes
from gpu_morph.scene.annotations import Clock, TraceInset
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.system.hidden_files import new_hidden_file
from gpu_morph.video.frame_folder import FrameFolder, open_frames
from gpu_morph.video.frame_manifest import manifest_hash

SIZE = (32, 24)
FILM: dict[str, Any] = {"size": SIZE, "codec": "ffv1", "pixel_format": "bgr0"}
BAR = gm.Morphology(
    points=[[0, 0, -50], [0, 0, 50], [0, 0, 50], [40, 30, 90]],
    diameters=[20, 20, 8, 4],
    section_offsets=[0, 2, 4],
    section_parent=[-1, 0],
    section_parent_x=[0, 1],
    section_labels=("soma", "dend"),
)
VALUES = np.linspace(-80, 30, 42).reshape(21, 2)
RECORDING = gm.Recording(2 + np.arange(21) / 2, VALUES, section=[0, 1], position=[0.5, 0.5])
# It turns, so that a frame is right only with its number; every frame looks different.
SCENE = gm.Scene(BAR, RECORDING, color="v", clim=(-80, 30), camera=gm.Camera(azim=0, azim_step=7, turn=360))
TIMES = RECORDING.times
NAMES = [f"{number:05d}.png" for number in range(1, 22)]


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    yield
    assert ffmpeg_processes() == []
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("gpu_morph")] == []


@pytest.fixture(scope="module")
def drawn() -> npt.NDArray[np.uint8]:
    """The film's frames, as a Renderer gives them."""
    with gm.Renderer(SCENE, SIZE) as renderer:
        return np.stack(list(renderer.frames(TIMES)))


@pytest.fixture
def numbers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of all frames that are drawn from now on."""
    seen: list[int] = []
    start = gm.Renderer._start

    def watched(self: gm.Renderer, moment: float | None, frame: int, **options: Any) -> Any:
        seen.append(frame)
        return start(self, moment, frame, **options)

    monkeypatch.setattr(gm.Renderer, "_start", watched)
    return seen


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A folder with all frames of the film."""
    film(tmp_path)
    return tmp_path / "frames"


def film(folder: Path, scene: gm.Scene = SCENE, **options: Any) -> gm.VideoReport:
    return gm.render_video(scene, folder / "film.mkv", **{"frames_dir": folder / "frames", **FILM, **options})


def contents(folder: Path) -> dict[str, Any]:
    """All that is in a folder and under it: what files hold, where links lead."""
    return {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.is_file() and path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def picture(path: Path) -> npt.NDArray[np.uint8]:
    return iio.imread(path, plugin="pillow", extension=".png")


class InterruptionError(Exception):
    pass


def interrupt(monkeypatch: pytest.MonkeyPatch, after: int, error: type[BaseException] = InterruptionError) -> None:
    """Let the next film stop before its frame number ``after`` is drawn."""
    frames = gm.Renderer.leased_frames

    def torn(self: gm.Renderer, times: Any, **options: Any) -> Iterator[Any]:
        for given, frame in enumerate(frames(self, times, **options)):
            if given == after:
                monkeypatch.setattr(gm.Renderer, "leased_frames", frames)
                raise error
            yield frame

    monkeypatch.setattr(gm.Renderer, "leased_frames", torn)


# Frames in a folder


def test_each_frame_is_a_png_with_the_renderers_pixels(tmp_path: Path, drawn: npt.NDArray[np.uint8]) -> None:
    report = film(tmp_path)
    assert sorted(os.listdir(tmp_path / "frames")) == [*NAMES, "frames.json"]
    for name, frame in zip(NAMES, drawn, strict=True):
        np.testing.assert_array_equal(picture(tmp_path / "frames" / name), frame)
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.mkv"), drawn)
    assert report.n_resumed == 0
    assert "folder" not in str(report)


def test_supersampled_frames_are_supersampled_pictures_and_those_of_another_film(tmp_path: Path) -> None:
    film(tmp_path, supersample=2, t_stop=4)
    for number, name in enumerate(NAMES[:5]):
        with gm.Renderer(SCENE, SIZE, supersample=2) as renderer:
            expected = renderer.render(TIMES[number], frame=number)
        np.testing.assert_array_equal(picture(tmp_path / "frames" / name), expected)
    assert film(tmp_path, supersample=2, t_stop=4).n_resumed == 5
    with pytest.raises(FramesError, match="supersample 2 instead of 1"):
        film(tmp_path, t_stop=4)


def test_without_a_folder_there_are_no_images(tmp_path: Path) -> None:
    film(tmp_path, frames_dir=None)
    assert os.listdir(tmp_path) == ["film.mkv"]


def test_frames_of_a_transparent_film_are_rgba(tmp_path: Path) -> None:
    film(tmp_path, transparent=True, pixel_format=None)
    with gm.Renderer(SCENE, SIZE, transparent=True) as renderer:
        expected = np.stack(list(renderer.frames(TIMES)))
    shown = np.stack([picture(tmp_path / "frames" / name) for name in NAMES])
    assert shown.shape == (21, 24, 32, 4)
    np.testing.assert_array_equal(shown, expected)
    np.testing.assert_array_equal(decoded_rgba(tmp_path / "film.mkv"), expected)
    resumed = film(tmp_path, transparent=True, pixel_format=None)
    assert resumed.n_resumed == 21
    np.testing.assert_array_equal(decoded_rgba(tmp_path / "film.mkv"), expected)


def test_the_manifest_describes_the_frames(finished: Path) -> None:
    said = json.loads((finished / "frames.json").read_text())
    assert (said["gpu_morph"], said["n_frames"], said["size"]) == (gm.__version__, 21, [32, 24])
    assert (said["times"]["first"], said["times"]["last"], said["transparent"]) == (2.0, 12.0, False)
    assert {"morphology", "recording", "camera", "clim"} <= set(said["scene"])


def test_the_manifest_is_there_before_the_first_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt(monkeypatch, 0)
    with pytest.raises(InterruptionError):
        film(tmp_path)
    assert os.listdir(tmp_path / "frames") == ["frames.json"]


def test_after_99999_frames_names_are_longer() -> None:
    folder = FrameFolder(Path("there"), n_frames=100_000, size=SIZE, transparent=False, film="a")
    assert [folder.file(number).name for number in (0, 99_998, 99_999)] == ["00001.png", "99999.png", "100000.png"]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 1, 4), (7, 5, 3), (48, 64, 4), (3, 999, 3)])
def test_a_png_gives_back_what_it_was_made_of(tmp_path: Path, shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    for given in (image, image[::-1, ::-1]):
        (tmp_path / "image.png").write_bytes(png_bytes(given))
        np.testing.assert_array_equal(picture(tmp_path / "image.png"), given)


def test_few_frames_wait_to_be_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[int] = []
    save = FrameFolder.save

    def slowly(self: FrameFolder, number: int, frame: Any) -> None:
        time.sleep(0.01)
        save(self, number, frame)
        saved.append(number)

    monkeypatch.setattr(FrameFolder, "save", slowly)
    folder = FrameFolder(tmp_path, n_frames=100, size=SIZE, transparent=False, film="a")
    waiting = []
    for number, _ in enumerate(folder.all_frames(frozenset(), iter([np.zeros((24, 32, 3), np.uint8)] * 100))):
        waiting.append(number - len(saved))
    assert 4 < max(waiting) < 20
    assert sorted(saved) == list(range(100))


def test_a_frame_that_cannot_be_saved_is_an_error_and_there_is_no_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: FrameFolder, number: int, frame: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(FrameFolder, "save", full)
    with pytest.raises(OSError, match="no space left"):
        film(tmp_path)
    assert os.listdir(tmp_path) == ["frames"]


# Continuing a film that was interrupted


@pytest.mark.parametrize("error", [InterruptionError, KeyboardInterrupt])
def test_an_interrupted_film_is_continued(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    drawn: npt.NDArray[np.uint8],
    error: type[BaseException],
) -> None:
    interrupt(monkeypatch, 13, error)
    with pytest.raises(error):
        film(tmp_path)
    assert os.listdir(tmp_path) == ["frames"]
    assert sorted(os.listdir(tmp_path / "frames")) == [*NAMES[:13], "frames.json"]

    seen: list[int] = []
    frames = gm.Renderer.leased_frames

    def watched(self: gm.Renderer, times: Any, *, numbers: Any, **options: Any) -> Iterator[Any]:
        seen.extend(numbers)
        return frames(self, times, numbers=numbers, **options)

    monkeypatch.setattr(gm.Renderer, "leased_frames", watched)
    report = film(tmp_path)
    assert seen == list(range(13, 21))
    assert (report.n_frames, report.n_resumed) == (21, 13)
    assert "13 of them from their folder" in str(report)
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.mkv"), drawn)
    np.testing.assert_array_equal([picture(tmp_path / "frames" / name) for name in NAMES], drawn)


def test_frames_that_are_there_are_read_and_not_drawn(
    finished: Path, numbers: list[int], drawn: npt.NDArray[np.uint8]
) -> None:
    mark = np.full((24, 32, 3), (10, 20, 30), dtype=np.uint8)
    Image.fromarray(mark).save(finished / NAMES[4])
    (finished / NAMES[7]).unlink()
    (finished / NAMES[20]).unlink()
    assert film(finished.parent).n_resumed == 19
    assert numbers == [7, 20]
    shown = decoded_frames(finished.parent / "film.mkv")
    np.testing.assert_array_equal(shown[4], mark)
    others = np.arange(21) != 4
    np.testing.assert_array_equal(shown[others], drawn[others])


def test_where_nothing_is_missing_nothing_is_rendered(
    finished: Path, monkeypatch: pytest.MonkeyPatch, drawn: npt.NDArray[np.uint8]
) -> None:
    before = contents(finished)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a Renderer was made")

    monkeypatch.setattr(gm.Renderer, "__init__", refuse)
    report = film(finished.parent, codec="libx264rgb", quality=0, pixel_format=None)  # another film of the same frames
    assert report.n_resumed == 21
    assert contents(finished) == before
    np.testing.assert_array_equal(decoded_frames(finished.parent / "film.mkv"), drawn)


def damaged_byte(data: bytes) -> bytes:
    return data[:-40] + bytes([data[-40] ^ 1]) + data[-39:]


def resaved(mode: str, size: tuple[int, int] = SIZE) -> bytes:
    return png_bytes(np.zeros((size[1], size[0], len(mode)), dtype=np.uint8))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-12],
        lambda data: data[:20],
        lambda _: b"",
        lambda _: b"not a picture",
        damaged_byte,
        lambda _: resaved("RGBA"),
        lambda _: resaved("RGB", (33, 24)),
        lambda _: resaved("RGB", (24, 32)),
    ],
)
def test_an_incomplete_frame_is_drawn_again(
    finished: Path, numbers: list[int], drawn: npt.NDArray[np.uint8], damage: Callable[[bytes], bytes]
) -> None:
    path = finished / NAMES[5]
    path.write_bytes(damage(path.read_bytes()))
    assert film(finished.parent).n_resumed == 20
    assert numbers == [5]
    np.testing.assert_array_equal(picture(path), drawn[5])
    np.testing.assert_array_equal(decoded_frames(finished.parent / "film.mkv"), drawn)


def test_a_truncated_frame_is_never_complete(finished: Path) -> None:
    film_hash = manifest_hash(json.loads((finished / "frames.json").read_text()))
    folder = FrameFolder(finished, n_frames=21, size=SIZE, transparent=False, film=film_hash)
    data = (finished / NAMES[5]).read_bytes()
    assert folder.is_complete(5)
    for length in range(len(data) - 4):  # the last four bytes are the checksum of nothing
        (finished / NAMES[5]).write_bytes(data[:length])
        assert not folder.is_complete(5), length


def test_the_error_names_a_frame_that_cannot_be_read(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (finished / NAMES[5]).write_bytes(b"damaged after the look at it")
    monkeypatch.setattr(FrameFolder, "is_complete", lambda *_: True)
    with pytest.raises(FramesError, match=r"00006\.png cannot be read, or is of another film: remove it"):
        film(finished.parent)


@pytest.mark.cluster
@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_another_process_continues_a_killed_film(tmp_path: Path, number: int) -> None:
    script = """
        import sys, numpy as np, gpu_morph as gm
        bar = gm.Morphology(points=[[0, 0, -50], [0, 0, 50]], diameters=[20, 20], section_offsets=[0, 2],
                            section_parent=[-1], section_parent_x=[0], section_labels=("soma",))
        scene = gm.Scene(bar, color="red", camera=gm.Camera(azim=30, elev=60, azim_step=2))
        print("ready", flush=True)
        report = gm.render_video(scene, "film.mkv", size=(32, 24), codec="ffv1", pixel_format="bgr0", t_stop=799,
                                 t_step=1, frames_dir="frames")
        print(report.n_resumed)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Started in the background, these tests may ignore Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (tmp_path / "frames" / "00100.png").exists():
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(number)
    assert process.wait(timeout=60) == -number
    n_whole = len(list((tmp_path / "frames").glob("?????.png")))
    assert 50 < n_whole < 800  # several threads write: some frames before number 100 may not have been whole yet
    assert not (tmp_path / "film.mkv").exists()

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=True)
    assert done.stdout.split() == ["ready", str(n_whole)]
    assert len(decoded_frames(tmp_path / "film.mkv")) == 800
    assert len(os.listdir(tmp_path / "frames")) == 801  # with the manifest, and nothing half


def test_a_failed_film_leaves_its_frames(tmp_path: Path, numbers: list[int]) -> None:
    with pytest.raises(EncoderError):
        film(tmp_path, codec="h265x")
    there = len(list((tmp_path / "frames").glob("*.png")))
    assert 0 < there < 22
    numbers.clear()
    assert film(tmp_path).n_resumed == there
    assert len(numbers) == 21 - there


# Frames of another film

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


# What a film shows, as a fingerprint


@dataclass(frozen=True, eq=False)
class Counted:
    """Values that know which rows were read."""

    values: npt.NDArray[np.float64]
    rows: list[int]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    def __getitem__(self, rows: Any) -> Any:
        self.rows.extend(np.arange(len(self.values))[rows].ravel().tolist())
        return self.values[rows]


def differing(first: gm.Scene, second: gm.Scene, times: Any = TIMES) -> set[str]:
    one, other = fingerprint(first, times), fingerprint(second, times)
    return {name for name in one if one[name] != other[name]}


def test_equal_scenes_are_the_same_wherever_their_numbers_are(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", VALUES)
    kept = np.load(tmp_path / "values.npy", mmap_mode="r")
    big_endian = VALUES.astype(">f8")
    for values in (kept, big_endian, VALUES.tolist(), np.asfortranarray(VALUES), Counted(VALUES, [])):
        again = gm.Recording(TIMES.tolist(), values, section=np.array([0, 1]), position=[0.5, 0.5])
        assert differing(SCENE, replace(SCENE, recording=again)) == set()
    assert differing(SCENE, replace(SCENE, clim=np.array([-80, 30]), lighting=np.True_, min_width=1)) == set()
    assert differing(SCENE, replace(SCENE, camera=gm.Camera(azim_step=7.0, azim=np.float32(0), turn=360.0))) == set()


CHANGES: dict[str, Any] = {
    "color": "red",
    "cmap": "plasma",
    "clim": (-80, 31),
    "nan_color": "black",
    "background": (1, 1, 0.99),
    "lighting": False,
    "min_width": 2,
    "camera": gm.Camera(azim_step=7, elev=31),
    "interpolation": "nearest",
    "sampling": "linear",
    "time_range": TimeRange(2, 12, 1),
    "synapses": gm.SynapseEvents([[0, 0, 0]], [0], ("L4",), [0], [3.0]),
    "morphology": replace(BAR, section_labels=("soma", "apic")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_part_of_a_scene_counts(name: str) -> None:
    assert name in differing(SCENE, replace(SCENE, **{name: CHANGES[name]}))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "vm"},
        {"unit": "V"},
        {"section": [1, 0]},
        {"position": [0.5, 0.4]},
        {"times": TIMES + np.r_[0, np.full(20, 0.1)]},
        {"values": np.where(np.arange(42).reshape(21, 2) == 33, np.nan, VALUES)},
    ],
)
def test_each_part_of_a_recording_counts(change: dict[str, Any]) -> None:
    assert differing(SCENE, replace(SCENE, recording=replace(RECORDING, **change))) == {"recording"}


@pytest.mark.parametrize(
    ("sampling", "times", "rows"),
    [
        ("nearest", [3.1, 3.2, 5], [2, 6]),
        ("linear", [2, 3.1, 5.2], [0, 2, 3, 6, 7]),
        ("linear", [12.0], [20]),
        ("peak", [3.1, 5], [1, 2, 3, 5, 6, 7]),
    ],
)
def test_only_the_rows_that_are_shown_are_read_and_count(sampling: Any, times: list[float], rows: list[int]) -> None:
    counted = Counted(VALUES, [])
    recording, span = replace(RECORDING, values=counted), TimeRange(2, 12, 1.4)
    scene = replace(SCENE, recording=recording, sampling=sampling, time_range=span)
    fingerprint(scene, times)
    assert counted.rows == rows
    for row in range(21):
        changed = VALUES.copy()
        changed[row] += 1
        other = replace(scene, recording=replace(RECORDING, values=changed))
        assert differing(scene, other, times) == ({"recording"} if row in rows else set())


def test_a_range_taken_from_the_whole_recording_counts() -> None:
    free, changed = replace(SCENE, clim=None), VALUES.copy()
    changed[20] = 100  # shown by none of these frames, but by the colours
    assert differing(free, replace(free, recording=replace(RECORDING, values=changed)), [2.0, 3.0]) == {"clim"}


def test_what_a_trace_shows_between_the_frames_counts() -> None:
    changed = VALUES.copy()
    changed[3, 0] += 1  # at 3.5 ms, of the soma
    shown = replace(SCENE, annotations=(Clock(), TraceInset()), time_range=TimeRange(2, 6, 1))
    assert differing(shown, replace(shown, recording=replace(RECORDING, values=changed)), [2, 3, 4, 5, 6]) == {
        "annotations"
    }
    assert differing(shown, replace(shown, annotations=(Clock(decimals=3), TraceInset()))) == {"annotations"}
    beside = replace(shown, recording=None, color="red", annotations=(TraceInset(recording=RECORDING),))
    own = replace(beside, annotations=(TraceInset(recording=replace(RECORDING, values=changed)),))
    assert differing(beside, own, [2, 3]) == {"annotations"}
    assert differing(beside, beside, [2, 3]) == set()


def test_colormaps_count_by_their_colours() -> None:
    from matplotlib import colormaps

    viridis = replace(SCENE, cmap=cmap.Colormap("viridis"))
    assert differing(viridis, replace(SCENE, cmap=cmap.Colormap("viridis"))) == set()
    assert differing(viridis, replace(SCENE, cmap=cmap.Colormap("plasma"))) == {"cmap"}
    assert differing(viridis, replace(SCENE, cmap=cmap.Colormap("viridis", over="red"))) == {"cmap"}
    assert differing(replace(SCENE, cmap=colormaps["jet"]), replace(SCENE, cmap=colormaps["jet"])) == set()
    assert differing(replace(SCENE, cmap=["red", "blue"]), replace(SCENE, cmap=["red", "lime"])) == {"cmap"}


def test_what_has_no_numbers_is_refused_by_name() -> None:
    class Odd(str):
        pass

    @dataclass(frozen=True)
    class Ghost(gm.Camera):
        label: Any = None

    for value, kind in ((lambda t: t, "function"), (object(), "object"), ({"a": [1, 2j]}, "complex")):
        message = rf"the scene's camera.label\S* is a {kind}, which cannot be compared .*frames_dir None"
        with pytest.raises(FramesError, match=message):
            fingerprint(replace(SCENE, camera=Ghost(label=value)), TIMES)
    one, other = (replace(SCENE, camera=Ghost(label=value)) for value in ({"a": ["b", None]}, {"a": ["b", 0]}))
    assert differing(one, other) == {"camera"}
    assert differing(one, replace(SCENE, camera=Ghost(label={"a": (Odd("b"), None)}))) == set()


def test_a_fingerprint_is_the_same_in_every_process(tmp_path: Path) -> None:
    script = """
        import numpy as np, gpu_morph as gm
        from gpu_morph.scene.fingerprint import fingerprint
        morphology, recording = gm.demo_cell()
        print(sorted(fingerprint(gm.Scene(morphology, recording, cmap="jet"), np.arange(9) / 7).items()))
    """
    said = {
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    morphology, recording = gm.demo_cell()
    here = fingerprint(gm.Scene(morphology, recording, cmap="jet"), np.arange(9) / 7)
    assert said == {f"{sorted(here.items())}\n"}


def test_a_folder_can_be_opened_without_a_film(tmp_path: Path, drawn: npt.NDArray[np.uint8]) -> None:
    options: dict[str, Any] = {"size": SIZE, "transparent": False, "overwrite": False}
    with open_frames(tmp_path / "frames", SCENE, TIMES, **options) as folder:
        for number in (20, 3):
            folder.save(number, drawn[number])
    with open_frames(tmp_path / "frames", SCENE, TIMES, **options) as again:
        assert again.complete_frames() == {3, 20}
        np.testing.assert_array_equal(again.read(3), drawn[3])
