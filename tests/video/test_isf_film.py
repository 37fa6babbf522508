"""CellMorphologyVisualizer's films: how many frames, when, how fast, and how they are encoded."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from isf_cells import film, side, tiny_cell, visualizer

import gpu_morph as gm
from gpu_morph.api import VideoReport
from probe import ffmpeg_processes, probe


def n_frames(viz: Any, folder: Path, **options: Any) -> int:
    return len(film(viz, folder, color="voltage", **options))


# Times


def test_a_film_has_eleven_frames_unless_said(tmp_path: Path) -> None:
    shown = film(visualizer(), tmp_path, color="voltage")
    np.testing.assert_array_equal(shown, film(visualizer(), tmp_path, color="voltage", t_start=0, t_stop=20, t_step=2))
    assert len(shown) == 11
    assert n_frames(visualizer(), tmp_path, t_start=4, t_stop=5) == 11


def test_no_frame_passes_the_end_even_where_a_tenth_is_no_round_number(tmp_path: Path) -> None:
    cell = tiny_cell()
    cell.tVec = cell.tVec * 0.7 + 0.1
    assert n_frames(visualizer(cell), tmp_path) == 11
    assert n_frames(visualizer(), tmp_path, t_start=0.1, t_stop=0.7, t_step=0.2) == 4
    assert n_frames(visualizer(), tmp_path, t_start=0, t_stop=1, t_step=0.3) == 4


@pytest.mark.parametrize("given", ["method", "constructor", "attributes"])
def test_times_are_given_to_the_method_to_the_constructor_or_as_attributes(tmp_path: Path, given: str) -> None:
    times = {"t_start": 5.0, "t_stop": 8.0, "t_step": 0.5}
    viz = visualizer(**times if given == "constructor" else {})
    if given == "attributes":
        viz.t_start, viz.t_stop, viz.t_step = times.values()
    expected = film(visualizer(t_start=5, t_stop=8, t_step=0.5), tmp_path, color="voltage")
    shown = film(viz, tmp_path, color="voltage", **times if given == "method" else {})
    assert len(shown) == 7
    np.testing.assert_array_equal(shown, expected)


def test_the_methods_times_come_before_the_objects(tmp_path: Path) -> None:
    viz = visualizer(t_start=5, t_stop=8, t_step=0.5)
    assert n_frames(viz, tmp_path, t_stop=6) == 3
    assert n_frames(viz, tmp_path, t_start=0) == 17
    assert n_frames(viz, tmp_path, t_step=1) == 4
    assert (viz.t_start, viz.t_stop, viz.t_step) == (5, 8, 0.5)


def test_the_objects_times_can_be_read() -> None:
    viz = visualizer()
    assert (viz.t_start, viz.t_stop, viz.t_step) == (0, 20, 2)
    np.testing.assert_allclose(viz.times_to_show, np.arange(11) * 2)
    np.testing.assert_array_equal(viz.simulation_times, np.arange(201) / 10)
    viz.t_start, viz.t_stop, viz.t_step = 1, 2, 0.25
    assert viz.times_to_show.tolist() == [1, 1.25, 1.5, 1.75, 2]
    unsimulated = visualizer(tiny_cell(simulated=False))
    assert (unsimulated.t_start, unsimulated.t_step, unsimulated.times_to_show) == (None, None, None)
    assert unsimulated.simulation_times is None


def test_zero_is_a_time_like_any_other(tmp_path: Path) -> None:
    assert n_frames(visualizer(t_start=10), tmp_path, t_start=0, t_step=10) == 3


@pytest.mark.filterwarnings("ignore:the film has one frame")
def test_one_time_is_one_frame(tmp_path: Path) -> None:
    assert n_frames(visualizer(), tmp_path, t_start=7, t_stop=7) == 1
    assert len(film(visualizer(), tmp_path, t_start=7, t_stop=7)) == 1


def test_a_time_outside_the_simulation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the recording runs from 0 to 20 ms"):
        n_frames(visualizer(), tmp_path, t_stop=30, t_step=10)
    with pytest.raises(ValueError, match="t_stop must not come before t_start"):
        n_frames(visualizer(), tmp_path, t_start=5, t_stop=4)
    with pytest.raises(ValueError, match="t_step must be positive ms, got 0"):
        n_frames(visualizer(), tmp_path, t_step=0)
    assert list(tmp_path.iterdir()) == []


# A cell that was not simulated


@pytest.mark.filterwarnings("ignore:the film has one frame")
def test_a_cell_that_was_not_simulated_makes_one_turn(tmp_path: Path) -> None:
    viz = visualizer(tiny_cell(simulated=False))
    viz.neuron_rotation = 15
    shown = film(viz, tmp_path)
    assert len(shown) == 24
    scene, size = viz.scene(), (side(viz), side(viz))
    camera = replace(scene.fitted_camera(size), azim=90, azim_step=0)
    np.testing.assert_array_equal(shown[6], gm.render_image(replace(scene, camera=camera), size=size))


def test_times_say_how_many_frames_a_cell_that_was_not_simulated_has(tmp_path: Path) -> None:
    cell = tiny_cell(simulated=False)
    assert len(film(visualizer(cell), tmp_path, t_stop=3, t_step=1)) == 4
    assert len(film(visualizer(cell, t_start=0, t_stop=5), tmp_path)) == 11
    with pytest.raises(ValueError, match="neuron_rotation is 0: set it, or give t_start, t_stop and t_step"):
        film(visualizer(cell), tmp_path)


# The file


@pytest.mark.parametrize(
    ("tpf", "rate"),
    [
        (20, 50),
        (30, Fraction(100, 3)),
        (np.float32(12.5), 80),
        (1000, 1),
        (16.667, Fraction(1_000_000, 16_667)),
    ],
)
def test_a_frame_is_shown_for_tpf_ms_exactly(tmp_path: Path, tpf: float, rate: Fraction) -> None:
    report = visualizer().write_video(None, tmp_path / "cell.mp4", codec="libx264", tpf=tpf)
    made = probe(tmp_path / "cell.mp4")
    assert report.fps == made.rate == rate
    assert made.n_frames == 11


@pytest.mark.parametrize("tpf", [20, 30, 16.667])
def test_mpeg4_is_shown_for_tpf_ms_too(tmp_path: Path, tpf: float) -> None:
    visualizer().write_video(None, tmp_path / "cell.mp4", tpf=tpf)
    durations = probe(tmp_path / "cell.mp4").durations
    assert [float(duration) * 1000 for duration in durations] == pytest.approx([tpf] * 11, rel=1e-3)


@pytest.mark.parametrize("tpf", [0, -20, float("nan"), float("inf"), "20"])
def test_a_frame_must_be_shown_for_some_time(tmp_path: Path, tpf: Any) -> None:
    with pytest.raises(ValueError, match="tpf must be a positive number of ms per frame"):
        visualizer().write_video(None, tmp_path / "cell.mp4", tpf=tpf)


@pytest.mark.parametrize(
    ("codec", "ending", "name", "pixel_format"),
    [
        (None, ".mp4", "mpeg4", "yuv420p"),
        ("libx264", ".mp4", "h264", "yuv420p"),
        ("libvpx-vp9", ".webm", "vp9", "yuv420p"),
        ("mjpeg", ".avi", "mjpeg", None),
    ],
)
def test_the_codec_asked_for_is_used(
    tmp_path: Path, codec: str | None, ending: str, name: str, pixel_format: str | None
) -> None:
    visualizer().write_video(None, tmp_path / f"cell{ending}", **{"codec": codec} if codec else {})
    made = probe(tmp_path / f"cell{ending}")
    assert (made.codec, made.n_frames) == (name, 11)
    assert pixel_format in (None, made.pixel_format)


def test_quality_2_is_larger_than_quality_20(tmp_path: Path) -> None:
    viz, sizes = visualizer(dpi=30), []
    for quality in (2, 5, 20):
        report: VideoReport = viz.write_video(None, tmp_path / f"{quality}.mp4", color="voltage", quality=quality)
        sizes.append(report.path.stat().st_size)
    assert sizes[0] > 1.2 * sizes[1] > 1.5 * sizes[2]
    assert viz.write_video(None, tmp_path / "usual.mp4", color="voltage").path.stat().st_size == sizes[1]


def test_quality_is_for_mpegs_old_codecs_only(tmp_path: Path) -> None:
    films = []
    for quality in (2, 20):
        visualizer().write_video(None, tmp_path / "cell.mp4", color="voltage", quality=quality, codec="libx264")
        films.append((tmp_path / "cell.mp4").read_bytes())
    assert films[0] == films[1]
    with pytest.raises(ValueError, match="quality of mpeg4 runs from 1"):
        visualizer().write_video(None, tmp_path / "cell.mp4", quality=0)


def test_an_older_film_of_that_name_is_replaced_and_the_report_says_what_was_made(tmp_path: Path) -> None:
    (tmp_path / "cell.mp4").write_bytes(b"the old film")
    report = visualizer().write_video(None, str(tmp_path / "cell.mp4"), color="voltage")
    assert [path.name for path in tmp_path.iterdir()] == ["cell.mp4"]
    assert (report.path, report.n_frames, report.fps, report.size) == (tmp_path / "cell.mp4", 11, 50, (120, 120))
    assert probe(report.path).n_frames == 11
    assert ffmpeg_processes() == []


def test_no_client_means_that_this_process_draws(tmp_path: Path) -> None:
    np.testing.assert_array_equal(film(visualizer(), tmp_path, client=None), film(visualizer(), tmp_path))


@pytest.mark.parametrize("method", ["write_video", "write_gif", "animation"])
def test_a_client_is_handed_on(tmp_path: Path, method: str) -> None:
    name = {"write_video": [tmp_path / "cell.mp4"], "write_gif": [tmp_path / "cell.gif"]}.get(method, [])
    with pytest.raises((TypeError, ValueError), match="client"):
        getattr(visualizer(), method)(None, *name, client="a cluster's address")
