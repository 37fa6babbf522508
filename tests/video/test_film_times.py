"""Films at listed times, with timelines and along camera paths, as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clusters import BAR, LOSSLESS, RECORDING, SCENE, SIZE

import gpu_morph as gm
from gpu_morph.data.frame_times import ListedTimes
from probe import decoded_frames

ALONG = replace(
    SCENE,
    camera=gm.CameraPath([(0, gm.Camera(azim=0)), (0.2, gm.Camera(azim=90, elev=40), [0])]),
    annotations=(gm.Clock(show_speed=True),),
    sampling="peak",
)
TIMELINE = gm.Timeline([(0, 4), (0.08, 12), (0.16, 12), (0.24, 8)])


def film(folder: Path, scene: gm.Scene = ALONG, name: str = "film.mkv", **options: Any) -> gm.VideoReport:
    return gm.render_video(scene, folder / name, **{**LOSSLESS, "encoders": 1, "progress": False, **options})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    return decoded_frames(film(tmp_path_factory.mktemp("whole"), times=TIMELINE).path)


def test_a_timeline_gives_the_times_and_the_path_the_cameras(whole: np.ndarray) -> None:
    times = TIMELINE.frame_times(50)
    assert len(whole) == len(times) == 13
    scene = replace(ALONG, time_range=ListedTimes.of(times), fps=50)
    with gm.Renderer(scene, SIZE) as renderer:
        np.testing.assert_array_equal(whole, np.stack(list(renderer.frames(times))))
        assert renderer.camera_at(times[10], frame=10) == scene.fitted_camera(SIZE).cameras[1]


@pytest.mark.parametrize("n_pieces", [4, 7])
def test_films_of_several_pieces_have_equal_frames(n_pieces: int, whole: np.ndarray, tmp_path: Path) -> None:
    report = film(tmp_path, times=TIMELINE, encoders=n_pieces)
    assert report.n_encoders == n_pieces
    np.testing.assert_array_equal(decoded_frames(report.path), whole)


def test_a_path_alone_is_a_film(tmp_path: Path) -> None:
    scene = gm.Scene(BAR, camera=gm.orbit(seconds=0.2))
    frames = decoded_frames(film(tmp_path, scene).path)
    assert len(frames) == 11
    np.testing.assert_array_equal(frames[0], frames[10])


def test_frames_of_another_path_or_timeline_are_not_used(tmp_path: Path) -> None:
    options: dict[str, Any] = {"times": TIMELINE, "frames_dir": tmp_path / "frames", "encoders": "auto"}
    film(tmp_path, **options)
    again = film(tmp_path, **options)
    assert again.n_resumed == again.n_frames == 13
    with pytest.raises(gm.errors.FramesError, match="another camera"):
        film(tmp_path, replace(ALONG, camera=gm.CameraPath([(0, gm.Camera(azim=0)), (0.2, gm.Camera())])), **options)
    with pytest.raises(gm.errors.FramesError, match="other times"):
        film(tmp_path, **{**options, "times": gm.Timeline([(0, 4), (0.1, 12), (0.16, 12), (0.24, 8)])})
    with pytest.raises(gm.errors.FramesError, match="another fps"):
        film(tmp_path, **{**options, "times": TIMELINE.frame_times(50), "fps": 25})


def test_rows_that_go_backwards_are_read_from_files(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", np.asarray(RECORDING.values, dtype=np.float32))
    from_file = replace(RECORDING, values=np.load(tmp_path / "values.npy", mmap_mode="r"))
    times = [20.0, 3, 19.5, 3, 3, 12, 11.75, 4]
    shown = replace(ALONG, clim=RECORDING.extent[:2])
    expected = decoded_frames(film(tmp_path, shown, times=times).path)
    for n_encoders in (1, 3):
        report = film(tmp_path, replace(shown, recording=from_file), "other.mkv", times=times, encoders=n_encoders)
        np.testing.assert_array_equal(decoded_frames(report.path), expected)


@pytest.mark.parametrize(("loop", "repeats"), [(True, 0), (False, None), (1, None), (3, 2)])
def test_a_gif_is_played_as_often_as_asked(loop: Any, repeats: int | None, tmp_path: Path) -> None:
    data = film(tmp_path, gm.Scene(BAR), "film.gif", times=[0, 1], loop=loop, codec="libx264", pixel_format=None)
    content = data.path.read_bytes()
    at = content.find(b"NETSCAPE2.0")
    assert (at < 0) == (repeats is None)
    if repeats is not None:
        assert int.from_bytes(content[at + 13 : at + 15], "little") == repeats


def test_wrong_times_are_errors_before_anything_is_written(tmp_path: Path) -> None:
    for options, message in (
        ({"times": [1.0], "t_step": 1.0}, "leave t_step out, or times"),
        ({"times": []}, "times must be one or more finite times"),
        ({"times": [2.0, 300]}, "a frame at 300 ms was asked for"),
        ({"times": [2.0, 3], "loop": 0}, "loop must be True, False or a whole number"),
    ):
        with pytest.raises(ValueError, match=message):
            film(tmp_path, **options)
    assert not list(tmp_path.iterdir())
