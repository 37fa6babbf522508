"""Complete frames are not drawn again; incomplete ones are."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from frame_films import NAMES, SIZE, InterruptionError, contents, film, interrupt, picture
from PIL import Image

import gpu_morph as gm
from gpu_morph.errors import EncoderError, FramesError
from gpu_morph.image.png import png_bytes
from gpu_morph.video.frame_folder import FrameFolder
from gpu_morph.video.frame_manifest import manifest_hash
from probe import decoded_frames


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
        import sys, time, gpu_morph as gm
        from gpu_morph.render.frame_source import FrameSource
        start = FrameSource.start

        def held(self, moment, frame, **options):
            while sys.argv[1] == "held" and frame >= 200:
                time.sleep(0.1)
            return start(self, moment, frame, **options)

        FrameSource.start = held
        bar = gm.Morphology(points=[[0, 0, -50], [0, 0, 50]], diameters=[20, 20], section_offsets=[0, 2],
                            section_parent=[-1], section_parent_x=[0], section_labels=("soma",))
        scene = gm.Scene(bar, color="red", camera=gm.Camera(azim=30, elev=60, azim_step=2))
        report = gm.render_video(scene, "film.mkv", size=(32, 24), codec="ffv1", pixel_format="bgr0", t_stop=299,
                                 t_step=1, frames_dir="frames")
        print(report.n_resumed)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    process = subprocess.Popen(
        [*command, "held"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Started in the background, these tests may ignore Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (tmp_path / "frames" / "00100.png").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    assert process.wait(timeout=180) == -number
    n_whole = len(list((tmp_path / "frames").glob("?????.png")))
    assert 50 < n_whole <= 200  # several threads write: some frames before number 100 may not have been whole yet
    assert not (tmp_path / "film.mkv").exists()

    again = [*command, "continued"]
    done = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=True)
    assert done.stdout.split() == [str(n_whole)]
    assert len(decoded_frames(tmp_path / "film.mkv")) == 300
    assert len(os.listdir(tmp_path / "frames")) == 301  # with the manifest, and nothing half


def test_a_failed_film_leaves_its_frames(tmp_path: Path, numbers: list[int]) -> None:
    with pytest.raises(EncoderError):
        film(tmp_path, codec="h265x")
    there = len(list((tmp_path / "frames").glob("*.png")))
    assert 0 < there < 22
    numbers.clear()
    assert film(tmp_path).n_resumed == there
    assert len(numbers) == 21 - there
