"""render_image and render_video: a scene in, a picture or a whole film out, and what they refuse."""

from __future__ import annotations

import base64
import threading
import warnings
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import EncoderError, UnsupportedError
from probe import decoded_frames, decoded_rgba, ffmpeg_processes, probe

SIZE = (64, 48)
LOSSLESS: dict[str, Any] = {"codec": "ffv1", "pixel_format": "bgr0"}

BAR = gm.Morphology(
    points=[[0, 0, -50], [0, 0, 50], [0, 0, 50], [40, 30, 90]],
    diameters=[20, 20, 8, 4],
    section_offsets=[0, 2, 4],
    section_parent=[-1, 0],
    section_parent_x=[0, 1],
    section_labels=("soma", "dend"),
)
# 21 times from 2 to 12 ms; every compartment another value at every time.
RECORDING = gm.Recording(
    2 + np.arange(21) / 2, np.linspace(-80, 30, 42).reshape(21, 2), section=[0, 1], position=[0.5, 0.5]
)
VOLTAGE = gm.Scene(BAR, RECORDING, color="v", clim=(-80, 30))
PLAIN = gm.Scene(BAR, color="red", lighting=False)
ON_SOMA = tuple(
    int(place) for place in PLAIN.fitted_camera(SIZE).project(np.zeros((1, 3)), SIZE)[0, 1::-1]
)  # row, column
TURNING = replace(PLAIN, camera=gm.Camera(azim_step=30))


# Films


@pytest.mark.parametrize(
    "scene", [VOLTAGE, replace(VOLTAGE, camera=gm.Camera(azim_step=7, turn=360), sampling="linear")]
)
def test_the_frames_of_a_film_are_those_of_a_renderer(tmp_path: Path, scene: gm.Scene) -> None:
    gm.render_video(scene, tmp_path / "film.mkv", t_start=3, t_stop=6.3, t_step=0.3, size=SIZE, **LOSSLESS)
    with gm.Renderer(scene, SIZE) as renderer:
        expected = np.stack([renderer.render(3 + k * 0.3, frame=k) for k in range(12)])
    shown = decoded_frames(tmp_path / "film.mkv")
    np.testing.assert_array_equal(shown, expected)
    assert len({frame.tobytes() for frame in shown}) > 5  # it does move


@pytest.mark.parametrize("azim_step", [0, 7], ids=["still", "turning"])
def test_the_report_says_what_was_made(tmp_path: Path, azim_step: float) -> None:
    scene = replace(VOLTAGE, camera=gm.Camera(azim_step=azim_step))
    report = gm.render_video(scene, tmp_path / "film.mp4", t_step=1, fps=Fraction(100, 3), size=SIZE)
    film = probe(tmp_path / "film.mp4")
    assert report.path == tmp_path / "film.mp4"
    assert (
        (report.n_frames, report.fps, report.size)
        == (film.n_frames, film.rate, film.size)
        == (11, Fraction(100, 3), SIZE)
    )
    assert set(report.stages) == {"update", "draw", "read", "encode_wait"}
    idle = {stage for stage, seconds in report.stages.items() if seconds == 0}
    assert idle <= (set() if azim_step else {"read"})  # a still camera's frames may come from no GPU
    assert all(seconds >= 0 for seconds in report.stages.values())
    assert sum(report.stages.values()) <= report.seconds
    assert f"{tmp_path / 'film.mp4'}: 11 frames of 64x48 at 33.3333/s, made in " in str(report)


def test_a_path_may_be_a_string_and_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    report = gm.render_video(VOLTAGE, "film.mp4", t_step=5, size=SIZE)
    assert report.path == tmp_path / "film.mp4"
    assert report.path.is_file()


def test_the_default_is_h264_that_every_player_supports(tmp_path: Path) -> None:
    gm.render_video(VOLTAGE, tmp_path / "film.mp4", t_step=5, size=SIZE)
    film = probe(tmp_path / "film.mp4")
    assert (film.codec, film.pixel_format, film.rate) == ("h264", "yuv420p", 50)


def test_codec_and_quality_reach_the_encoder(tmp_path: Path) -> None:
    for quality in (2, 31):
        path = tmp_path / f"{quality}.mp4"
        gm.render_video(VOLTAGE, path, t_step=1, size=(320, 240), codec="mpeg4", quality=quality)
        assert probe(path).codec == "mpeg4"
    assert (tmp_path / "2.mp4").stat().st_size > 1.5 * (tmp_path / "31.mp4").stat().st_size


def test_odd_sizes_are_padded_with_the_scenes_background(tmp_path: Path) -> None:
    scene = replace(PLAIN, background="blue", camera=gm.Camera(zoom=0.5))
    with pytest.warns(UserWarning, match="size 63x47 is odd: padded to 64x48") as caught:
        report = gm.render_video(scene, tmp_path / "film.mp4", t_stop=2, t_step=1, size=(63, 47))
    assert Path(caught[0].filename) == Path(__file__)
    assert report.size == (63, 47)
    shown = decoded_frames(tmp_path / "film.mp4")
    assert shown.shape == (3, 48, 64, 3)
    assert np.abs(shown[:, 47].astype(int) - (0, 0, 255)).max() <= 3
    assert np.abs(shown[:, :, 63].astype(int) - (0, 0, 255)).max() <= 3


@pytest.mark.parametrize(("codec", "ending"), [("prores_ks", ".mov"), ("libvpx-vp9", ".webm"), ("qtrle", ".mov")])
def test_a_transparent_film_has_the_cell_alone(tmp_path: Path, codec: str, ending: str) -> None:
    path = tmp_path / f"film{ending}"
    gm.render_video(TURNING, path, size=SIZE, codec=codec, transparent=True)
    with gm.Renderer(TURNING, SIZE, transparent=True) as renderer:
        expected = np.stack(list(renderer.frames([None] * 12)))
    shown = decoded_rgba(path)
    assert shown.shape == expected.shape == (12, 48, 64, 4)
    assert np.abs(shown[(0, *ON_SOMA)].astype(int) - (255, 0, 0, 255)).max() < 5
    assert shown[:, 0, 0, 3].max() == 0
    over_blue, wanted = (
        frames[..., :3] * (frames[..., 3:] / 255) + (255 - frames[..., 3:]) * [0, 0, 1] for frames in (shown, expected)
    )
    assert np.abs(over_blue - wanted).mean() < 1.5
    assert over_blue[..., 0].max(axis=(1, 2)).min() > 250  # each frame has the cell


def test_a_gif_shows_the_film(tmp_path: Path) -> None:
    report = gm.render_video(TURNING, tmp_path / "turn.gif", size=SIZE, fps=25)
    with gm.Renderer(TURNING, SIZE) as renderer:
        expected = np.stack(list(renderer.frames([None] * 12)))
    film = probe(tmp_path / "turn.gif")
    assert (film.codec, film.rate, report.n_frames, report.fps) == ("gif", 25, 12, 25)
    assert np.abs(decoded_frames(tmp_path / "turn.gif").astype(int) - expected).max() <= 8


# Times


@pytest.mark.filterwarnings("ignore:the film has one frame")
@pytest.mark.parametrize(
    ("times", "shown"),
    [
        ({}, 2 + np.arange(21) / 2),
        ({"t_start": 10}, [10, 10.5, 11, 11.5, 12]),
        ({"t_stop": 3}, [2, 2.5, 3]),
        ({"t_start": 4, "t_stop": 5.1, "t_step": 0.25}, [4, 4.25, 4.5, 4.75, 5]),
        ({"t_start": 4, "t_stop": 4}, [4]),
    ],
)
def test_times_that_are_not_given_are_the_recordings_own(tmp_path: Path, times: dict[str, float], shown: Any) -> None:
    report = gm.render_video(VOLTAGE, tmp_path / "film.mkv", size=SIZE, **LOSSLESS, **times)
    assert report.n_frames == len(shown)
    with gm.Renderer(VOLTAGE, SIZE) as renderer:
        expected = np.stack(list(renderer.frames(shown)))
    np.testing.assert_array_equal(decoded_frames(tmp_path / "film.mkv"), expected)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({"t_start": 1.9}, "a frame at 1.9 ms was asked for, but the recording runs from 2 to 12 ms"),
        ({"t_stop": 12.5}, "a frame at 12.5 ms was asked for, but the recording runs from 2 to 12 ms"),
        ({"t_start": 20}, "t_stop must not come before t_start"),
        ({"t_step": 0}, "t_step must be positive"),
        ({"t_step": -1}, "t_step must be positive"),
        ({"t_stop": float("nan")}, "times must be finite"),
        ({"t_stop": float("inf")}, "times must be finite"),
    ],
)
def test_impossible_times_are_refused_and_leave_nothing(tmp_path: Path, times: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        gm.render_video(VOLTAGE, tmp_path / "film.mp4", size=SIZE, **times)
    assert list(tmp_path.iterdir()) == []


def test_a_fixed_colour_beside_a_recording_shows_the_same_picture_at_all_times(tmp_path: Path) -> None:
    scene = replace(VOLTAGE, color="#00ff00", lighting=False)
    report = gm.render_video(scene, tmp_path / "film.mkv", t_start=0, t_stop=100, t_step=25, size=SIZE, **LOSSLESS)
    shown = decoded_frames(tmp_path / "film.mkv")
    assert report.n_frames == len(shown) == 5
    assert (shown == shown[0]).all()
    assert tuple(shown[(0, *ON_SOMA)]) == (0, 255, 0)


def test_without_a_recording_times_only_count_the_frames(tmp_path: Path) -> None:
    report = gm.render_video(PLAIN, tmp_path / "film.mkv", t_stop=1, t_step=0.1, size=SIZE, **LOSSLESS)
    assert report.n_frames == probe(tmp_path / "film.mkv").n_frames == 11


@pytest.mark.filterwarnings("ignore:the film has one frame")
@pytest.mark.parametrize(("azim_step", "n_frames"), [(30, 12), (-45, 8), (7, 51), (360, 1), (1000, 1)])
def test_without_times_a_turning_camera_makes_one_turn(tmp_path: Path, azim_step: float, n_frames: int) -> None:
    scene = replace(PLAIN, camera=gm.Camera(azim_step=azim_step))
    assert gm.render_video(scene, tmp_path / "film.mp4", size=SIZE).n_frames == n_frames


def test_a_turntable_is_a_loop(tmp_path: Path) -> None:
    gm.render_video(TURNING, tmp_path / "turn.mkv", size=SIZE, **LOSSLESS)
    gm.render_video(TURNING, tmp_path / "more.mkv", size=SIZE, t_stop=24, t_step=1, **LOSSLESS)
    turn, more = decoded_frames(tmp_path / "turn.mkv"), decoded_frames(tmp_path / "more.mkv")
    assert len({frame.tobytes() for frame in turn}) > 6
    np.testing.assert_array_equal(more[:12], turn)
    np.testing.assert_array_equal(more[12:24], turn)


def test_without_times_recording_or_turn_there_is_no_number_of_frames(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"t_stop and t_step .* azim_step for a full turn"):
        gm.render_video(PLAIN, tmp_path / "film.mp4", size=SIZE)


# What is refused


class Undrawable:
    """Rows of a recording; reading them fails the test."""

    shape = (21, 2)

    def __getitem__(self, rows: Any) -> Any:
        raise AssertionError("something was drawn")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"codec": "mpeg4", "quality": 99}, ValueError, "quality of mpeg4 runs from 1"),
        ({"quality": -3}, ValueError, "quality of libx264 runs from 0"),
        ({"quality": 52}, ValueError, "to 51"),
        ({"fps": 0}, ValueError, "fps must be a positive number"),
        ({"size": (0, 48)}, ValueError, "size must be"),
        ({"size": 64}, ValueError, "size must be"),
        ({"size": (64.5, 48)}, ValueError, "size must be"),
        ({"transparent": True}, ValueError, "codec 'libx264' carries no transparency"),
        ({"path": "film.gif", "transparent": True}, UnsupportedError, "a GIF cannot be transparent"),
        ({"path": "film.gif", "fps": 60}, ValueError, "so its fps is 0.0016 to 50, got 60"),
        ({"path": "film"}, ValueError, "does not end like a film"),
        ({"path": "nowhere/film.mp4"}, FileNotFoundError, "make it first"),
        ({"path": "."}, IsADirectoryError, "is a folder"),
    ],
)
def test_wrong_arguments_fail_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    unread = gm.Recording(RECORDING.times, Undrawable(), section=[0, 1], position=[0.5, 0.5])
    given: dict[str, Any] = {"path": "film.mp4", "size": SIZE, **options}
    with pytest.raises(error, match=words):
        gm.render_video(gm.Scene(BAR, unread, color="v"), **given)
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_fails_ends_everything(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="Unknown encoder 'h265x'"):
        gm.render_video(VOLTAGE, tmp_path / "film.mp4", t_step=0.01, size=SIZE, codec="h265x")
    assert list(tmp_path.iterdir()) == []
    assert ffmpeg_processes() == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gpu_morph")]


def test_a_recording_whose_reading_fails_leaves_no_film(tmp_path: Path) -> None:
    class Torn:
        shape = (21, 2)

        def __getitem__(self, rows: Any) -> Any:
            numbers = np.arange(21)[rows]
            if 15 in np.atleast_1d(numbers):
                raise OSError("the disk is gone")
            return np.zeros((*np.shape(numbers), 2))

    scene = gm.Scene(
        BAR, gm.Recording(RECORDING.times, Torn(), section=[0, 1], position=[0.5, 0.5]), color="v", clim=(-80, 30)
    )
    (tmp_path / "film.mp4").write_bytes(b"the old film")
    with pytest.raises(OSError, match="the disk is gone"):
        gm.render_video(scene, tmp_path / "film.mp4", size=SIZE)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"the old film"]
    assert ffmpeg_processes() == []


def test_no_progress_is_written_where_standard_error_is_no_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    gm.render_video(VOLTAGE, tmp_path / "film.mp4", size=SIZE, progress=True)
    assert capfd.readouterr() == ("", "")


# Pictures


def test_a_picture_has_the_size_asked_for_and_one_frames_pixels() -> None:
    image = gm.render_image(VOLTAGE, time=4, size=(50, 31))
    assert (image.shape, image.dtype) == ((31, 50, 3), np.uint8)
    with gm.Renderer(VOLTAGE, (50, 31)) as renderer:
        np.testing.assert_array_equal(image, renderer.render(4))


def test_a_picture_is_square_and_1080_pixels_unless_said() -> None:
    assert gm.render_image(PLAIN).shape == (1080, 1080, 3)


def test_a_transparent_picture_has_the_cell_alone() -> None:
    image = gm.render_image(PLAIN, size=SIZE, transparent=True)
    assert (image.shape, image.dtype) == ((48, 64, 4), np.uint8)
    assert image[0, 0, 3] == 0
    assert tuple(image[ON_SOMA]) == (255, 0, 0, 255)
    opaque = gm.render_image(PLAIN, size=SIZE).astype(float)
    alpha = image[..., 3:] / 255
    np.testing.assert_allclose(image[..., :3] * alpha + 255 * (1 - alpha), opaque, atol=2)


def test_a_picture_of_values_needs_a_time_within_the_recording() -> None:
    with pytest.raises(ValueError, match="this scene shows 'v' over time: give a time in ms"):
        gm.render_image(VOLTAGE, size=SIZE)
    with pytest.raises(ValueError, match="the recording runs from 2 to 12 ms"):
        gm.render_image(VOLTAGE, time=1, size=SIZE)


def test_a_picture_changes_with_time_and_not_otherwise() -> None:
    early, again, late = (gm.render_image(VOLTAGE, time=t, size=SIZE) for t in (3, 3, 11))
    np.testing.assert_array_equal(early, again)
    assert np.abs(early.astype(int) - late).max() > 50


# Animations


def test_an_animation_holds_the_film_that_render_video_writes(tmp_path: Path) -> None:
    made = gm.animate(VOLTAGE, t_start=3, t_stop=5, t_step=0.5, fps=10, size=SIZE, progress=False)
    gm.render_video(VOLTAGE, tmp_path / "film.mp4", t_start=3, t_stop=5, t_step=0.5, fps=10, size=SIZE, progress=False)
    assert made.save(tmp_path / "saved.mp4") == tmp_path / "saved.mp4"
    assert (tmp_path / "saved.mp4").read_bytes() == (tmp_path / "film.mp4").read_bytes() == made.data
    assert (made.n_frames, made.size) == (5, SIZE)
    assert repr(made) == f"Animation(5 frames of 64x48, {len(made.data):,} bytes: save('film.mp4') writes them)"


def test_an_animation_plays_in_browsers(tmp_path: Path) -> None:
    made = gm.animate(TURNING, progress=False)
    film = probe(made.save(tmp_path / "film.mp4"))
    assert (film.codec, film.pixel_format, film.size, film.n_frames) == ("h264", "yuv420p", (800, 600), 12)
    html = made._repr_html_()
    assert html.startswith('<video controls autoplay loop muted playsinline width="800"')
    assert base64.b64decode(html.split("base64,")[1].split('"')[0]) == made.data


def test_options_of_an_animation_reach_the_film(tmp_path: Path) -> None:
    options: dict[str, Any] = {"size": SIZE, "codec": "libvpx-vp9", "progress": False}
    made = gm.animate(VOLTAGE, t_step=2, frames_dir=tmp_path / "frames", **options)
    assert probe(made.save(tmp_path / "film.mp4")).codec == "vp9"
    assert len(list((tmp_path / "frames").glob("*.png"))) == made.n_frames == 6


def test_an_animation_that_cannot_be_made_is_the_error_of_a_film(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the recording runs from 2 to 12 ms"):
        gm.animate(VOLTAGE, t_stop=100, size=SIZE)


def test_an_animation_is_saved_whole_or_not_at_all(tmp_path: Path) -> None:
    made = gm.Animation(b"film", SIZE, 1)
    with pytest.raises(FileNotFoundError, match="nowhere for the film does not exist: make it first"):
        made.save(tmp_path / "nowhere" / "film.mp4")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        made.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


# Morphologies


def test_morphologies_of_any_format_are_read(tmp_path: Path) -> None:
    (tmp_path / "cell.SWC").write_text("1 1 0 0 0 5 -1\n2 3 0 0 50 1 1\n")
    assert gm.read_morphology(tmp_path / "cell.SWC").points.max() == 50
    assert gm.read_morphology(str(tmp_path / "cell.SWC"), scale=0.5).points.max() == 25
    (tmp_path / "cell.xyz").write_text("atoms")
    with pytest.raises(gm.errors.MorphologyError, match=r"cell\.xyz"):
        gm.read_morphology(tmp_path / "cell.xyz")
    with pytest.raises(FileNotFoundError):
        gm.read_morphology(tmp_path / "missing.swc")


def test_a_film_raises_no_warning(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", gm.errors.SoftwareRenderingWarning)
        gm.render_video(VOLTAGE, tmp_path / "film.mp4", t_step=5, size=SIZE)
