"""Morphologies and values as .vtk files, for ParaView, PyVista and VTK itself.

Legacy polydata, as the In Silico Framework writes them; .vtp would show the same.
"""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.frame_times import check_covered
from ..data.morphology import Morphology
from ..data.morphology_links import linked_sections
from ..data.recording import Recording
from ..data.row_stream import RowStream
from ..data.sampling import SAMPLINGS, Sampling, frame_values, sample
from ..data.value_map import Interpolation, map_values
from ..errors import RecordingError
from ..system.atomic_files import write_text
from .polydata import PolyData, write_polydata

Data = Mapping[str, npt.ArrayLike]


def write_vtk(
    morphology: Morphology,
    path: str | os.PathLike[str],
    *,
    point_data: Data | None = None,
    cell_data: Data | None = None,
    n_decimals: int | None = None,
) -> Path:
    """Write a morphology: a polyline per section, which begins on its parent.

    A section of a single point that hangs on nothing is a vertex; a file has its vertices first. Its points
    have the arrays "diameter" (µm), "section" and those given, the first of which is what viewers colour by;
    its cells have "section" and "label", a number: the words stand in the field data "label_names", in the
    numbers' order.

    Parameters
    ----------
    morphology : Morphology
        Of one cell or of many.
    path : path
        Ends in ``.vtk``. A file that is there is replaced when the new one is whole.
    point_data : mapping of str to (n_points,) or (n_points, 3) array, optional
        Values at the morphology's points. A section that is linked to its parent from afar has those of
        its first point at the other end of the link, too.
    cell_data : mapping of str to (n_sections,) or (n_sections, 3) array, optional
        Values of its sections.
    n_decimals : int, optional
        A text, of numbers with that many decimals. None: exact, and binary. Binary, too, is what holds NaN
        or infinities, which VTK 9.5 and older cannot read in a text.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        Another ending; arrays of another shape, of no real numbers, or with a name that is taken.
    FileNotFoundError
        The folder does not exist.
    """
    target, decimals = _target(path), _checked_decimals(n_decimals)
    drawing, source = _polylines(morphology)
    points = _arrays(point_data, morphology.n_points, name="point_data", taken=drawing.point_data)
    cells = _arrays(cell_data, morphology.n_sections, name="cell_data", taken=drawing.cell_data)
    points = {name: values[source] for name, values in points.items()}
    drawing = replace(drawing, point_data=points | drawing.point_data, cell_data=drawing.cell_data | cells)
    write_polydata(target, drawing, n_decimals=decimals)
    return target


def write_vtk_frames(
    morphology: Morphology,
    recording: Recording,
    folder: str | os.PathLike[str],
    name: str = "frame",
    *,
    times: npt.ArrayLike,
    n_decimals: int | None = 2,
    interpolation: Interpolation = "linear",
    sampling: Sampling = "nearest",
) -> list[Path]:
    """Write a file per time, ``frame_000000.vtk`` and on, and ``frame.vtk.series``, which ParaView opens.

    Each is what `write_vtk` writes, with the recording's values under its name (NaN where nothing was
    recorded), and the time in the field data "TimeValue" (ms).

    Parameters
    ----------
    morphology, recording
        Which belong together.
    folder : path
        Made if need be. Other files in it stay, those of a longer series before, too.
    name : str
        What the files' names begin with.
    times : (n_frames,) float
        ms, increasing, within the recording.
    n_decimals : int, optional
        As for `write_vtk`.
    interpolation : {"linear", "nearest"}
        Along a section, between neighbouring compartments.
    sampling : {"nearest", "linear", "peak"}
        In time, as in `Scene`. The windows of peaks are as wide as ``times``, evenly spaced, are apart; a
        single time has none, and shows what is nearest.

    Returns
    -------
    list of Path
        The files of the frames, in order.

    Raises
    ------
    ValueError
        Times outside the recording or not increasing, or unevenly spaced with peaks; a name that is a path, or
        that of an array; a recording that does not fit the morphology.
    """
    moments = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if moments.ndim != 1 or not moments.size or not np.all(np.diff(moments) > 0):
        raise ValueError(f"times must be increasing times in ms, at least one, got {times!r}")
    check_covered(moments, recording.times)
    step = _step(moments) if sampling == "peak" else None
    if sampling not in SAMPLINGS:
        raise ValueError(f"sampling must be 'nearest', 'linear' or 'peak', got {sampling!r}")
    if not name or Path(name).name != name:
        raise ValueError(f"name must begin a file's name, as 'frame' does, got {name!r}: give the folder as folder")
    if recording.n_compartments and recording.section.max() >= morphology.n_sections:
        raise RecordingError(
            f"the recording has a compartment in section {recording.section.max()}, but the morphology has "
            f"{morphology.n_sections} sections (counted from 0): they do not belong together"
        )
    decimals = _checked_decimals(n_decimals)
    drawing, source = _polylines(morphology)
    if recording.name in drawing.point_data:
        raise ValueError(f"every file has an array {recording.name!r}: give the recording another name")
    section, position = morphology.point_section[source], morphology.point_position[source]
    to_points = map_values(recording, section, position, interpolation=interpolation)
    into = Path(folder).expanduser()
    into.mkdir(parents=True, exist_ok=True)
    n_digits = max(6, len(str(len(moments) - 1)))
    files = [into / f"{name}_{number:0{n_digits}d}.vtk" for number in range(len(moments))]
    with RowStream.of_frames(recording, moments, sampling=sampling, step=step) as stream:
        for path, moment in zip(files, moments.tolist(), strict=True):
            shown = sample(recording.times, moment, sampling=sampling, step=step)
            values = {recording.name: to_points(frame_values(shown, stream.row, variable=recording.name))}
            frame = replace(drawing, point_data=values | drawing.point_data, time=moment)
            write_polydata(path, frame, n_decimals=decimals)
    listed = [{"name": path.name, "time": moment} for path, moment in zip(files, moments.tolist(), strict=True)]
    series = json.dumps({"file-series-version": "1.0", "files": listed}, indent=1)
    write_text(into / f"{name}.vtk.series", series)
    return files


def _step(moments: npt.NDArray[np.float64]) -> float | None:
    """ms between evenly spaced times; None for a single one."""
    if len(moments) == 1:
        return None
    steps = np.diff(moments)
    step = float(steps.mean())
    if np.abs(steps - step).max() > 1e-6 * step + 1e-9 * np.abs(moments).max():
        raise ValueError(
            f"times must be evenly spaced for sampling='peak', got steps of {steps.min():g} to {steps.max():g} ms"
        )
    return step


def write_vtk_points(
    positions: npt.ArrayLike,
    path: str | os.PathLike[str],
    *,
    point_data: Data | None = None,
    n_decimals: int | None = None,
) -> Path:
    """Write places, those of synapses say, as vertices.

    Parameters
    ----------
    positions : (n, 3) float
        µm.
    path, n_decimals
        As for `write_vtk`.
    point_data : mapping of str to (n,) or (n, 3) array, optional
        Values there.
    """
    target, decimals = _target(path), _checked_decimals(n_decimals)
    places = np.asarray(positions, dtype=np.float32)
    if places.ndim != 2 or places.shape[1] != 3 or not np.isfinite(places).all():
        raise ValueError(f"positions must be finite and have shape (n, 3), got {places.shape}")
    n = len(places)
    values = _arrays(point_data, n, name="point_data", taken={})
    write_polydata(target, PolyData(places, np.ones(n, dtype=np.int64), values), n_decimals=decimals)
    return target


def _polylines(morphology: Morphology) -> tuple[PolyData, npt.NDArray[np.int64]]:
    """A morphology's sections, and of each point in them the morphology's point whose values it has."""
    linked = linked_sections(morphology)
    heads = morphology.section_offsets[linked]
    source = np.insert(np.arange(morphology.n_points), heads, heads)
    sizes = np.diff(morphology.section_offsets)
    sizes[linked] += 1
    points = morphology.points[source]
    parent, parent_x = morphology.section_parent[linked], morphology.section_parent_x[linked]
    points[heads + np.arange(len(linked))] = morphology.locate(parent, parent_x)
    names = tuple(dict.fromkeys(morphology.section_labels))
    numbers = {name: number for number, name in enumerate(names)}
    labels = np.array([numbers[label] for label in morphology.section_labels], dtype=np.int32)
    drawing = PolyData(
        points,
        sizes,
        point_data={"diameter": morphology.diameters[source], "section": morphology.point_section[source]},
        cell_data={"section": np.arange(morphology.n_sections, dtype=np.int32), "label": labels},
        label_names=names,
    )
    return drawing, source


def _arrays(data: Data | None, n: int, *, name: str, taken: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
    """The given arrays, checked, as float32, float64 or int32."""
    arrays = {}
    for key, given in (data or {}).items():
        values = np.asarray(given)
        if not isinstance(key, str) or not key or key in taken:
            others = f" other than {' and '.join(taken)}" if taken else ""
            raise ValueError(f"the arrays of {name} must have names{others}, got {key!r}")
        if values.shape not in ((n,), (n, 3)):
            raise ValueError(f"{name}[{key!r}] must have shape ({n},) or ({n}, 3), got {values.shape}")
        if values.dtype.kind not in "fiub":
            raise ValueError(f"{name}[{key!r}] must be real numbers, got an array of {values.dtype}")
        if values.dtype.kind == "f":
            arrays[key] = values.astype(np.float32 if values.dtype.itemsize <= 4 else np.float64)
        else:  # the format's other integers are not of the same size on every machine
            is_small = np.array_equal(values, values.astype(np.int32))
            arrays[key] = values.astype(np.int32 if is_small else np.float64)
    return arrays


def _checked_decimals(n_decimals: int | None) -> int | None:
    decimals = None if n_decimals is None else operator.index(n_decimals)
    if decimals is not None and decimals < 0:
        raise ValueError(f"n_decimals must be 0 or more, or None, got {n_decimals}")
    return decimals


def _target(path: str | os.PathLike[str]) -> Path:
    target = Path(path).expanduser()
    if target.suffix.lower() != ".vtk":
        raise ValueError(f"{target.name!r} does not end in .vtk, the format that is written")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {target.parent} for {target.name} does not exist: make it first")
    return target
