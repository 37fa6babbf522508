"""What a film of a recording takes: time, memory and bytes, measured on some of its frames."""

from __future__ import annotations

import resource
import tempfile
import time as clock
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..api import render_video
from ..data.arrays import FloatArray
from ..data.frame_times import frame_times, median_step
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..data.row_stream import RowStream
from ..data.sampling import sample
from ..data.section_numbers import note_certain
from ..errors import ContextError
from ..image.image import Size
from ..scene.scene import Scene
from .byte_size import byte_size

_FPS = 50
_N_FRAMES, _N_RANGES = 20, 4  # the estimate uses up to 4 ranges of 20 frames, spread over the film
_MAX_SECONDS = 5.0  # if one range takes longer, the estimate uses that range only


def estimate_lines(
    morphology: Morphology, recording: Recording, *, size: Size, t_step: float | None, device: int | str | None
) -> Iterator[tuple[str, str]]:
    """Headings and texts about a film of the whole recording; draws and encodes some of its frames."""
    recorded = recording.times
    step = median_step(recorded) if t_step is None else t_step
    times = frame_times(float(recorded[0]), float(recorded[-1]), step)
    duration = f"{len(times) / _FPS:.1f} s at {_FPS}/s"
    yield "film", f"{len(times)} frames of {size[0]}x{size[1]}, every {step:g} ms: {duration}"
    values, seconds_per_byte = _read_rows(recording, times)
    part = note_certain(replace(recording, times=np.arange(len(values), dtype=np.float64), values=values))
    low, high, _ = part.extent
    scene = Scene(morphology, part, color=part.name, clim=(low, high) if low < high else (-90.0, 40.0))
    try:
        cost = _film_cost(scene, len(values), size, device)
    except ContextError as error:
        yield "time", f"unknown, nothing can be drawn here: {error}"
        return
    plan = RowStream.of_frames(recording, times, sampling="nearest", step=None)
    drawing = cost.first_seconds + cost.frame_seconds * (len(times) - 1)
    reading = seconds_per_byte * plan.file_bytes
    film_bytes = cost.first_bytes + cost.frame_bytes * (len(times) - 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + plan.most_held
    parts = f"{1e3 * cost.frame_seconds:.3g} ms per frame to draw and encode, {reading:.3g} s to read meanwhile"
    yield "time", f"about {max(drawing, reading):.3g} s: {parts}"
    yield "memory", f"about {byte_size(memory)}"
    yield "bytes", f"{byte_size(plan.file_bytes)} to read; a film of about {byte_size(film_bytes)}"


class _FilmCost(NamedTuple):
    """Of a film's first frame, with all preparation, and of each further frame."""

    first_seconds: float
    first_bytes: float
    frame_seconds: float
    frame_bytes: float


def _read_rows(recording: Recording, times: FloatArray) -> tuple[npt.NDArray[np.float32], float]:
    """(n_rows, n_compartments) from several ranges of the film, and the seconds that each byte of the file took."""
    starts = np.linspace(0, max(len(times) - _N_FRAMES, 0), _N_RANGES).astype(np.int64)
    chosen = np.unique(np.add.outer(starts, np.arange(min(_N_FRAMES, len(times)))))
    with RowStream.of_frames(recording, times[chosen], sampling="nearest", step=None) as stream:
        start = clock.perf_counter()
        rows = [sample(recording.times, time, sampling="nearest").first for time in times[chosen].tolist()]
        values = np.stack([stream.row(row) for row in rows])
        seconds = clock.perf_counter() - start
        return values, seconds / stream.file_bytes if stream.file_bytes else 0.0


def _film_cost(scene: Scene, n_frames: int, size: Size, device: int | str | None) -> _FilmCost:
    """The cost of a film, from the difference between a long and a short one.

    The first frames are slower and larger than the others, because encoders start slowly.
    """
    n_short = 1
    first_seconds, first_bytes = short_seconds, short_bytes = _write_film(scene, 1, size, device)
    n_long = min(_N_FRAMES, n_frames)
    long_seconds, long_bytes = _write_film(scene, n_long, size, device)
    if long_seconds < _MAX_SECONDS and n_frames > n_long:
        n_short, short_seconds, short_bytes, n_long = n_long, long_seconds, long_bytes, n_frames
        long_seconds, long_bytes = _write_film(scene, n_long, size, device)
    n_more = max(n_long - n_short, 1)
    frame_seconds, frame_bytes = (long_seconds - short_seconds) / n_more, (long_bytes - short_bytes) / n_more
    return _FilmCost(first_seconds, first_bytes, max(frame_seconds, 0.0), max(frame_bytes, 0.0))


def _write_film(scene: Scene, n_frames: int, size: Size, device: int | str | None) -> tuple[float, int]:
    """Seconds and bytes of a film of the first rows."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "film.mp4"
        report = render_video(
            scene,
            path,
            t_start=0,
            t_stop=n_frames - 1,
            t_step=1,
            size=size,
            fps=_FPS,
            device=device,
            progress=False,
        )
        return report.seconds, path.stat().st_size
