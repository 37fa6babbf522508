"""A folder of frames has the renderer's pixels as PNGs, and a manifest."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from frame_films import NAMES, SCENE, SIZE, TIMES, InterruptionError, film, interrupt, picture

import gpu_morph as gm
from gpu_morph.errors import FramesError
from gpu_morph.image.png import png_bytes
from gpu_morph.video.frame_folder import FrameFolder, open_frames
from probe import decoded_frames, decoded_rgba, wait_until


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
        wait_until(lambda: len(waiting) > min(number + 5, 99), "frames are drawn on while this one waits")
        save(self, number, frame)
        saved.append(number)

    monkeypatch.setattr(FrameFolder, "save", slowly)
    folder = FrameFolder(tmp_path, n_frames=100, size=SIZE, transparent=False, film="a")
    waiting: list[int] = []
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


def test_a_folder_can_be_opened_without_a_film(tmp_path: Path, drawn: npt.NDArray[np.uint8]) -> None:
    options: dict[str, Any] = {"size": SIZE, "transparent": False, "overwrite": False}
    with open_frames(tmp_path / "frames", SCENE, TIMES, **options) as folder:
        for number in (20, 3):
            folder.save(number, drawn[number])
    with open_frames(tmp_path / "frames", SCENE, TIMES, **options) as again:
        assert again.complete_frames() == {3, 20}
        np.testing.assert_array_equal(again.read(3), drawn[3])
