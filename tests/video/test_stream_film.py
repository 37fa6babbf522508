"""A film of a recording in a file equals the film of the same recording in memory."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from probe import decoded_frames

TIMES = np.cumsum(np.random.default_rng(1).choice([0.01, 0.1, 0.3], 120))  # ms, as a variable time step gives them
VALUES = np.random.default_rng(0).uniform(-80, 30, (120, 6)).astype(np.float32)
CELL = gm.Morphology([[0, 0, 0], [50, 0, 0]], [8, 8], [0, 2], [-1], [0], ["soma"])
SPAN = gm.TimeRange(1.0, 12.0, 0.5)


def scene(values: Any = VALUES, **changes: Any) -> gm.Scene:
    recording = gm.Recording(TIMES, values, section=np.zeros(6), position=np.linspace(0, 1, 6))
    camera = gm.Camera(elev=90)
    return gm.Scene(CELL, recording, clim=(-80, 30), camera=camera, lighting=False, time_range=SPAN, **changes)


def frames(shown: gm.Scene, times: Any, **options: Any) -> np.ndarray:
    with gm.Renderer(shown, (64, 32)) as renderer:
        return np.stack(list(renderer.frames(times, **options)))


@pytest.mark.parametrize("sampling", ["nearest", "linear", "peak"])
@pytest.mark.parametrize("step", [0.02, 0.5])
@pytest.mark.parametrize("kind", ["memmap", "columns", "fortran"])
def test_frames_are_the_same_for_every_source_of_values(tmp_path, sampling, step, kind):
    times = np.arange(1, 6, step)
    expected = frames(scene(sampling=sampling), times)
    if kind == "columns":
        with pytest.importorskip("h5py").File(tmp_path / "a.h5", "w") as file:
            values = file.create_dataset("v", data=VALUES, chunks=(50, 1))
            found = frames(scene(values, sampling=sampling), times, memory=4 * 24 * 20)
    else:
        stored = VALUES.T if kind == "fortran" else VALUES
        np.save(tmp_path / "a.npy", np.ascontiguousarray(stored))
        values = np.load(tmp_path / "a.npy", mmap_mode="r")
        values = values.T if kind == "fortran" else values
        found = frames(scene(values, sampling=sampling), times)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("sampling", ["nearest", "linear", "peak"])
def test_a_frame_is_the_same_in_any_part_of_a_film(sampling):
    times = np.arange(1, 12, 0.5)
    whole = frames(scene(sampling=sampling), times)
    parts = [frames(scene(sampling=sampling), part) for part in np.split(times, [3, 4, 15])]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    with gm.Renderer(scene(sampling=sampling), (64, 32)) as renderer:
        np.testing.assert_array_equal(renderer.render(times[7]), whole[7])


def test_no_spike_is_lost_between_two_frames():
    values = np.full((120, 6), -70, dtype=np.float32)
    values[37] = 30
    times = np.arange(1, 12, 0.5)
    assert abs(times - TIMES[37]).min() > 0.05  # no frame is at the spike
    spiking = frames(scene(values, sampling="peak"), times)[:, 16, 32]
    quiet = frames(scene(values), times)[:, 16, 32]
    assert np.flatnonzero((spiking != spiking[0]).any(axis=1)).tolist() == [abs(times - TIMES[37]).argmin()]
    assert (quiet == quiet[0]).all()


def test_peaks_are_taken_over_the_films_own_step(tmp_path):
    values = np.full((120, 6), -70, dtype=np.float32)
    values[60] = 30
    free = replace(scene(values, sampling="peak"), time_range=None)
    path = tmp_path / "film.mkv"
    gm.render_video(
        free, path, t_start=1, t_stop=12, t_step=1, size=(64, 32), codec="ffv1", progress=False, memory="1 MB"
    )
    middle = decoded_frames(path)[:, 16, 32].astype(int)
    assert np.abs(middle - middle[0]).max(axis=1).argmax() == round(TIMES[60] - 1)


def test_a_wrong_memory_fails_before_anything_is_drawn(tmp_path):
    with pytest.raises(ValueError, match="memory must be a number of bytes"):
        gm.render_video(scene(), tmp_path / "film.mp4", memory="lots")
    assert list(tmp_path.iterdir()) == []


def test_closing_the_frames_ends_the_reading_thread(tmp_path):
    np.save(tmp_path / "a.npy", VALUES)
    with gm.Renderer(scene(np.load(tmp_path / "a.npy", mmap_mode="r")), (64, 32)) as renderer:
        running = renderer.frames(np.arange(1, 6, 0.1), memory=200)
        next(running)
        assert [thread.name for thread in threading.enumerate()].count("gpu_morph rows") == 1
        running.close()
    assert "gpu_morph rows" not in [thread.name for thread in threading.enumerate()]
