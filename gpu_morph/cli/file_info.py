"""What ``gpu-morph info FILE`` prints: morphologies, recordings, how they fit, and what a film of them takes."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..api import read_morphology
from ..data.audit import audit
from ..data.morphology import Morphology
from ..errors import GpuMorphError, RecordingError
from ..image.image import Size
from ..readers.npz import NpzRecording, is_npz, read_npz
from ..readers.recordings import is_hdf5, read_recording
from ..readers.sonata.report import Report, read_reports
from ..readers.sonata.report_kinds import other_content, undrawn
from ..readers.sonata.variable import variable_and_unit
from .byte_size import byte_size
from .circuit_info import circuit_lines, is_configuration
from .film_estimate import estimate_lines

Lines = Iterator[tuple[str, str]]  # heading and text

_HEADING_WIDTH = 14
_MAX_LABELS = 8
_LARGE_CHUNKS = 2**29  # bytes of a row of chunks


def file_lines(
    paths: Sequence[str | os.PathLike[str]],
    *,
    scale: float = 1.0,
    name: str | None = None,
    size: Size = (1920, 1080),
    t_step: float | None = None,
    device: int | str | None = None,
) -> Iterator[str]:
    """Lines about the content of files.

    With exactly one morphology they also say how each recording fits it, and what a film of it takes; for that,
    some frames are drawn and encoded.

    Parameters
    ----------
    paths : sequence of path
        Morphologies, SONATA reports and configurations, recordings as .npz.
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
        A file is none of these.
    OSError
        A file cannot be opened.
    """
    files = [Path(path) for path in paths]
    circuits = [path for path in files if not is_npz(path) and is_configuration(path)]
    recordings = [path for path in files if is_npz(path) or (is_hdf5(path) and _is_report(path))]
    morphologies = {}
    for path in files:
        yield str(path)
        if path in circuits:
            yield from _formatted(circuit_lines(path))
        elif path not in recordings and is_hdf5(path) and (content := other_content(path)):
            yield from _formatted(iter([("content", content)]))
        elif path not in recordings:
            morphologies[path] = read_morphology(path, scale=scale, name=name)
            yield from _formatted(_morphology_lines(morphologies[path]))
        elif is_hdf5(path):
            for report in read_reports(path, None):
                yield from _formatted(_report_lines(report))
            if (reason := undrawn({}, path)) is not None:
                yield from _formatted(iter([("mapping", f"not drawn: {reason}")]))
        else:
            yield from _formatted(_recording_lines(read_npz(path)))
    if len(morphologies) == 1:
        ((morphology_path, morphology),) = morphologies.items()
        for path in recordings:
            yield f"{path.name} on {morphology_path.name}"
            yield from _formatted(_fit_lines(path, morphology, size=size, t_step=t_step, device=device))


def _formatted(lines: Lines) -> Iterator[str]:
    for heading, text in lines:
        yield f"  {heading:{_HEADING_WIDTH}}{text}"


def _is_report(path: Path) -> bool:
    """True for HDF5 with SONATA reports, also damaged ones; other HDF5 is read as a morphology."""
    try:
        return bool(read_reports(path, None))
    except RecordingError as error:
        return "/report/" in str(error)


def _morphology_lines(morphology: Morphology) -> Lines:
    labels = Counter(morphology.section_labels)
    n_segments = int(np.maximum(np.diff(morphology.section_offsets) - 1, 0).sum())
    low, high = morphology.bounds()
    thin, thick = morphology.diameters.min(), morphology.diameters.max()
    more = ", ..." if len(labels) > _MAX_LABELS else ""
    yield "cells", str(morphology.n_cells)
    yield "sections", f"{morphology.n_sections}: {_counts(labels)}{more}"
    yield "points", f"{morphology.n_points}, {n_segments} segments between them"
    yield "length", f"{morphology.section_length.sum():.0f} µm"
    yield "diameters", f"{thin:.3g} to {thick:.3g} µm"
    yield "extent", " x ".join(f"{side:.0f}" for side in high - low) + " µm"


def _counts(labels: Counter[str]) -> str:
    return ", ".join(f"{count} {label}" for label, count in labels.most_common(_MAX_LABELS))


def _report_lines(report: Report) -> Lines:
    sections = np.unique(report.element_ids)
    n_bytes = len(report.times) * report.n_values * report.dtype.itemsize
    positions = "with" if report.element_pos is not None else "without"
    numbers = f"{sections.min(initial=0)} to {sections.max(initial=0)}"
    yield "report", f"SONATA, population {report.population!r}, cells: {len(report.node_ids)}"
    variable, unit = variable_and_unit(report, {})
    yield "variable", f"{variable}, unit {unit or 'not said'}"
    if report.has_numbered_sites:
        yield "elements", f"{report.n_values}, numbered one by one: the simulation's configuration has their sections"
    else:
        yield "elements", f"{report.n_values} in sections {numbers}, {positions} positions"
    yield from _value_lines(report.times, report.n_values, report.dtype, n_bytes, report.chunks)


def _recording_lines(file: NpzRecording) -> Lines:
    recording = file.alone()
    low, high, has_missing = recording.extent
    values = np.asarray(recording.values)
    yield "variable", f"{recording.name}, unit {recording.unit or 'not said'}"
    yield "range", f"{low:g} to {high:g}{', and NaN' if has_missing else ''}" if low <= high else "no finite value"
    sections = file.arrays.get("section")
    where = "at coordinates" if sections is None else f"in {len(np.unique(sections))} sections"
    yield "compartments", f"{recording.n_compartments} {where}"
    yield from _value_lines(recording.times, recording.n_compartments, values.dtype, values.nbytes, None)


def _value_lines(
    times: npt.NDArray[np.float64],
    n_columns: int,
    dtype: np.dtype[Any],
    n_bytes: int,
    chunks: tuple[int, int] | None,
) -> Lines:
    steps = np.diff(times)
    text = f"{times[0]:g} to {times[-1]:g} ms"
    if len(steps):
        least, median, most = float(steps.min()), float(np.median(steps)), float(steps.max())
        is_even = most - least <= 1e-6 * max(1.0, abs(times[-1]))
        text += (
            f", every {median:.6g} ms" if is_even else f", steps of {least:.3g} to {most:.3g}, median {median:.3g} ms"
        )
    yield "times", f"{len(times)}: {text}"
    yield "values", f"{len(times)} x {n_columns} of {dtype.name}, {byte_size(n_bytes)}"
    if chunks is None:
        yield "chunks", "none: rows lie one after the other"
        return
    text = f"{chunks[0]} times x {chunks[1]} columns"
    row_of_chunks = chunks[0] * n_columns * dtype.itemsize
    if row_of_chunks > _LARGE_CHUNKS:
        text += f"; a film is made faster with memory={byte_size(4 * row_of_chunks)}"
    yield "chunks", text


def _fit_lines(
    path: Path, morphology: Morphology, *, size: Size, t_step: float | None, device: int | str | None
) -> Lines:
    """How a recording fits a morphology, and, if it does, what a film takes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            recording = read_recording(path, morphology)
        except GpuMorphError as error:
            yield "mapping", f"does not fit: {error}"
            return
    found = audit(morphology, recording)
    n_recorded = morphology.n_sections - len(found.unmapped_sections)
    yield "mapping", f"{recording.n_compartments} values in {n_recorded} of {morphology.n_sections} sections"
    for warning in caught:
        yield "", str(warning.message)
    unmapped = Counter(morphology.section_labels[section] for section in found.unmapped_sections)
    if unmapped:
        yield "not recorded", _counts(unmapped)
    for heading, columns in (("out of range", found.out_of_range), ("twice", found.duplicate)):
        if columns:
            yield heading, f"{len(columns)} columns, first {columns[0]}"
    if not found.out_of_range:
        yield from estimate_lines(morphology, recording, size=size, t_step=t_step, device=device)
