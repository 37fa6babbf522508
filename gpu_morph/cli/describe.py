"""What files hold: morphologies and recordings, how they fit together, and what a film of them takes."""

from __future__ import annotations

import os
import resource
import tempfile
import time as clock
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..api import read_morphology, render_video
from ..data.audit import audit
from ..data.frame_times import frame_times
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..data.row_stream import RowStream
from ..data.sampling import sample
from ..errors import ContextError, GpuMorphError, RecordingError
from ..image.image import Size
from ..readers.recordings import is_hdf5, is_npz, read_npz, read_recording
from ..readers.sonata.report import Report, read_reports
from ..scene.scene import Scene
from .describe_circuit import circuit_lines, is_configuration

FloatArray = npt.NDArray[np.float64]

_WIDTH = 14  # of the words before each line
_N_STRETCH, _N_STRETCHES = 20, 4  # frames that are drawn for the estimate, here and there in the film
_PATIENCE = 5.0  # s: where the first take longer, they will do
_FPS = 50


def describe(
    paths: Sequence[str | os.PathLike[str]],
    *,
    scale: float = 1.0,
    name: str | None = None,
    size: Size = (1920, 1080),
    t_step: float | None = None,
    device: int | str | None = None,
) -> Iterator[str]:
    """Lines that say what files hold.

    With one morphology among them, also how the recordings fit it, and what a film of each takes: for that, some
    frames are drawn and encoded.

    Parameters
    ----------
    paths : sequence of path
        Morphologies of any format that is read, SONATA reports and configurations, recordings as .npz.
    scale, name
        See `gpu_morph.read_morphology`.
    size : (width, height)
        Pixels of the film.
    t_step : float, optional
        ms between its frames. None: the recording's own step.
    device
        See `gpu_morph.render_video`.

    Raises
    ------
    GpuMorphError
        A file that is neither.
    OSError
        A file cannot be opened.
    """
    files = [Path(path) for path in paths]
    circuits = [path for path in files if not is_npz(path) and is_configuration(path)]
    recorded = [path for path in files if is_npz(path) or (is_hdf5(path) and _is_report(path))]
    morphologies = {}
    for path in files:
        yield str(path)
        if path in circuits:
            yield from _columns(circuit_lines(path))
        elif path not in recorded:
            morphologies[path] = read_morphology(path, scale=scale, name=name)
            yield from _columns(_morphology_lines(morphologies[path]))
        elif is_hdf5(path):
            for report in read_reports(path, None):
                yield from _columns(_report_lines(report))
        else:
            yield from _columns(_recording_lines(read_npz(path)))
    if len(morphologies) == 1:
        for path in recorded:
            ((of, morphology),) = morphologies.items()
            yield f"{path.name} on {of.name}"
            yield from _columns(_film_lines(path, morphology, size=size, t_step=t_step, device=device))


def _columns(lines: Iterator[tuple[str, str]]) -> Iterator[str]:
    for head, words in lines:
        yield f"  {head:{_WIDTH}}{words}"


def _is_report(path: Path) -> bool:
    """True for HDF5 with reports in it; what is damaged is left to the reader of morphologies."""
    try:
        return bool(read_reports(path, None))
    except RecordingError as error:
        return "/report/" in str(error)


def _morphology_lines(morphology: Morphology) -> Iterator[tuple[str, str]]:
    labels = Counter(morphology.section_labels)
    n_segments = int(np.maximum(np.diff(morphology.section_offsets) - 1, 0).sum())
    parts = ", ".join(f"{count} {label}" for label, count in labels.most_common(8))
    low, high = morphology.bounds()
    thin, thick = morphology.diameters.min(), morphology.diameters.max()
    yield "cells", str(morphology.n_cells)
    yield "sections", f"{morphology.n_sections}: {parts}{', ...' if len(labels) > 8 else ''}"
    yield "points", f"{morphology.n_points}, {n_segments} segments between them"
    yield "length", f"{morphology.section_length.sum():.0f} µm"
    yield "diameters", f"{thin:.3g} to {thick:.3g} µm"
    yield "extent", " x ".join(f"{side:.0f}" for side in high - low) + " µm"


def _report_lines(report: Report) -> Iterator[tuple[str, str]]:
    sections = np.unique(report.element_ids)
    n_bytes = len(report.times) * report.n_values * report.dtype.itemsize
    yield "report", f"SONATA, population {report.population!r}, cells: {len(report.node_ids)}"
    yield "variable", f"{report.variable or 'not said'}, unit {report.unit or 'not said'}"
    yield (
        "elements",
        (
            f"{report.n_values} in sections {sections.min(initial=0)} to {sections.max(initial=0)}, "
            f"{'with' if report.element_pos is not None else 'without'} positions"
        ),
    )
    yield from _value_lines(report.times, report.n_values, report.dtype, n_bytes, report.chunks)


def _recording_lines(recording: Recording) -> Iterator[tuple[str, str]]:
    low, high, has_missing = recording.extent
    values = np.asarray(recording.values)
    yield "variable", f"{recording.name}, unit {recording.unit or 'not said'}"
    yield "range", f"{low:g} to {high:g}{', and NaN' if has_missing else ''}" if low <= high else "no finite value"
    yield "compartments", f"{recording.n_compartments} in {len(np.unique(recording.section))} sections"
    yield from _value_lines(recording.times, recording.n_compartments, values.dtype, values.nbytes, None)


def _value_lines(
    times: FloatArray,
    n_columns: int,
    dtype: np.dtype[Any],
    n_bytes: int,
    chunks: tuple[int, int] | None,
) -> Iterator[tuple[str, str]]:
    steps = np.diff(times)
    words = f"{times[0]:g} to {times[-1]:g} ms"
    if len(steps):
        least, middle, most = float(steps.min()), float(np.median(steps)), float(steps.max())
        is_even = most - least <= 1e-6 * max(1.0, abs(times[-1]))
        words += (
            f", every {middle:.6g} ms" if is_even else f", steps of {least:.3g} to {most:.3g}, median {middle:.3g} ms"
        )
    yield "times", f"{len(times)}: {words}"
    yield "values", f"{len(times)} x {n_columns} of {dtype.name}, {_size(n_bytes)}"
    how = "none: rows lie one after the other"
    if chunks is not None:
        how = f"{chunks[0]} times x {chunks[1]} columns"
        if chunks[0] * n_columns * dtype.itemsize > 2**29:
            how += f"; a film is made faster with memory={_size(4 * chunks[0] * n_columns * dtype.itemsize)}"
    yield "chunks", how


def _film_lines(
    path: Path, morphology: Morphology, *, size: Size, t_step: float | None, device: int | str | None
) -> Iterator[tuple[str, str]]:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            recording = read_recording(path, morphology)
        except GpuMorphError as error:
            yield "mapping", f"does not fit: {error}"
            return
    found = audit(morphology, recording)
    n_recorded = morphology.n_sections - len(found.unmapped_sections)
    yield "mapping", f"{recording.n_compartments} values in {n_recorded} of {morphology.n_sections} sections"
    for warning in said:
        yield "", str(warning.message)
    unmapped = Counter(morphology.section_labels[section] for section in found.unmapped_sections)
    if unmapped:
        yield "not recorded", ", ".join(f"{count} {label}" for label, count in unmapped.most_common(8))
    for head, columns in (("out of range", found.out_of_range), ("twice", found.duplicate)):
        if columns:
            yield head, f"{len(columns)} columns, first {columns[0]}"
    if not found.out_of_range:
        yield from _estimate(morphology, recording, size=size, t_step=t_step, device=device)


def _estimate(
    morphology: Morphology, recording: Recording, *, size: Size, t_step: float | None, device: int | str | None
) -> Iterator[tuple[str, str]]:
    """What a film takes: measured on some of its frames."""
    recorded = recording.times
    step = t_step or (float(np.median(np.diff(recorded))) if len(recorded) > 1 else 1.0)
    times = frame_times(float(recorded[0]), float(recorded[-1]), step)
    length = f"{len(times) / _FPS:.1f} s at {_FPS}/s"
    yield "film", f"{len(times)} frames of {size[0]}x{size[1]}, every {step:g} ms: {length}"
    values, per_byte = _some_rows(recording, times)
    part = replace(recording, times=np.arange(len(values), dtype=np.float64), values=values)
    low, high, _ = part.extent
    scene = Scene(morphology, part, color=part.name, clim=(low, high) if low < high else (-90.0, 40.0))
    try:
        start, first, per_frame, frame_bytes = _speed(scene, len(values), size, device)
    except ContextError as error:
        yield "time", f"unknown, nothing can be drawn here: {error}"
        return
    plan = RowStream.of_frames(recording, times, sampling="nearest", step=None)
    drawing, reading = start + per_frame * (len(times) - 1), per_byte * plan.file_bytes
    film_bytes = first + frame_bytes * (len(times) - 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + plan.most_held
    what = f"{1e3 * per_frame:.3g} ms per frame to draw and encode, {reading:.3g} s to read meanwhile"
    yield "time", f"about {max(drawing, reading):.3g} s: {what}"
    yield "memory", f"about {_size(memory)}"
    yield "bytes", f"{_size(plan.file_bytes)} to read; a film of about {_size(film_bytes)}"


def _some_rows(recording: Recording, times: FloatArray) -> tuple[npt.NDArray[np.float32], float]:
    """Rows of a film's beginning, and of stretches all over it, and seconds for each byte of the file."""
    starts = np.linspace(0, max(len(times) - _N_STRETCH, 0), _N_STRETCHES).astype(np.int64)
    chosen = np.unique(np.add.outer(starts, np.arange(min(_N_STRETCH, len(times)))))
    with RowStream.of_frames(recording, times[chosen], sampling="nearest", step=None) as stream:
        start = clock.perf_counter()
        shown = [sample(recording.times, time, sampling="nearest").first for time in times[chosen].tolist()]
        values = np.stack([stream.row(row) for row in shown])
        seconds = clock.perf_counter() - start
        return values, seconds / stream.file_bytes if stream.file_bytes else 0.0


def _speed(scene: Scene, n_frames: int, size: Size, device: int | str | None) -> tuple[float, int, float, float]:
    """Seconds and bytes of a film of one frame, and what each further frame adds to them.

    Encoders begin slowly, and with their largest frames: a longer film is compared with a shorter one.
    """
    n_less = 1
    start, first = less, fewer = _tried(scene, 1, size, device)  # which makes the context, too
    n_more = min(_N_STRETCH, n_frames)
    more, n_bytes = _tried(scene, n_more, size, device)
    if more < _PATIENCE and n_frames > n_more:
        n_less, less, fewer, n_more = n_more, more, n_bytes, n_frames
        more, n_bytes = _tried(scene, n_more, size, device)
    n_added = max(n_more - n_less, 1)
    return start, first, max(more - less, 0.0) / n_added, max(n_bytes - fewer, 0) / n_added


def _tried(scene: Scene, n_frames: int, size: Size, device: int | str | None) -> tuple[float, int]:
    """Seconds and bytes of a film of so many rows."""
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


def _size(n_bytes: float) -> str:
    """A number of bytes for people."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if n_bytes < 1000:
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.3g} TB"
