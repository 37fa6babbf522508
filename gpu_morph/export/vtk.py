"""Export of morphologies and values to .vtk files, which ParaView, PyVista and VTK read.

Files are polydata in VTK's legacy format, as in the In Silico Framework.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import frozen_array
from ..data.frame_times import check_covered
from ..data.morphology import Morphology
from ..data.morphology_links import linked_sections
from ..data.recording import Recording
from ..data.row_stream import RowStream
from ..data.sampling import SAMPLINGS, Sampling, frame_values, sample
from ..data.value_map import Interpolation, map_values
from ..errors import RecordingError, brief
from ..system.arguments import check_choice, check_type, checked_path, checked_word
from ..system.atomic_files import check_replaceable, make_folder, remove_stale_parts, write_text
from .polydata import PolyData, write_polydata

_MOST_DECIMALS = 100
Data = Mapping[str, npt.ArrayLike]


def write_vtk(
    morphology: Morphology,
    path: str | os.PathLike[str],
    *,
    point_data: Data | None = None,
    cell_data: Data | None = None,
    n_decimals: int | None = None,
) -> Path:
    """Write a morphology as a .vtk file: a polyline for each section, which begins on its parent.

    Parameters
    ----------
    morphology : Morphology
        One cell or several.
    path : path
        The file; ends in ``.vtk``. The file is written atomically and replaces an existing one.
    point_data : mapping of str to (n_points,) or (n_points, 3) array, optional
        Values of the morphology's points. Viewers colour by the first array with one number per point.
    cell_data : mapping of str to (n_sections,) or (n_sections, 3) array, optional
        Values of the sections; a section is a cell in VTK's sense.
    n_decimals : int, optional
        Decimals of the numbers of a text file. None: the file is binary and exact. A file with NaN or infinities is
        always binary, because VTK 9.5 and older cannot read them in a text file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        The path has another ending; an array has another shape, no real numbers, or the name of an array below.
    FileNotFoundError
        The folder does not exist.
    OutputError
        There is a read-only file, a folder, a device, a pipe or a socket of this name.

    Notes
    -----
    Points have the arrays "diameter" (µm) and "section", cells have "section" and "label". A label is a number, an
    index into the field data "label_names".

    If the first point of a section lies away from its parent, the polyline begins with one more point, on the parent,
    which has the values of the first point. A section of one point without a parent is a vertex; vertices precede
    polylines in the file.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> gm.write_vtk(morphology, "cell.vtk").name
    'cell.vtk'
    """
    check_type(morphology, Morphology, "morphology")
    target, decimals = _target(path), _checked_decimals(n_decimals)
    drawing, source = _polylines(morphology)
    points = _arrays(point_data, morphology.n_points, name="point_data", taken=drawing.point_data)
    cells = _arrays(cell_data, morphology.n_sections, name="cell_data", taken=drawing.cell_data)
    points = {name: values[source] for name, values in points.items()}
    drawing = replace(drawing, point_data=points | drawing.point_data, cell_data=drawing.cell_data | cells)
    remove_stale_parts([target])
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
    """Write a .vtk file for each time, and a .vtk.series file with which ParaView opens them all.

    Parameters
    ----------
    morphology : Morphology
        One cell or several.
    recording : Recording
        Values of the morphology.
    folder : path
        Folder of the files; made if it does not exist. Other files in it are kept, also frames of an earlier, longer
        series.
    name : str
        Start of the names of files: "frame" gives ``frame_000000.vtk``, ... and ``frame.vtk.series``.
    times : (n_frames,) float
        Times of the frames, ms; increasing, within the recording.
    n_decimals : int, optional
        As in `write_vtk`.
    interpolation : {"linear", "nearest"}
        Interpolation along a section, between neighbouring compartments.
    sampling : {"nearest", "linear", "peak"}
        Sampling in time, as in `Scene`. For "peak" the times are evenly spaced and their distance is the width of the
        window; a single time has no window and shows the nearest row.

    Returns
    -------
    list of Path
        The files of the frames, in the order of ``times``.

    Raises
    ------
    ValueError
        ``times`` are outside the recording, not increasing, or not evenly spaced for "peak"; ``name`` is a path; the
        recording has the name of an array of `write_vtk`.
    RecordingError
        The recording has a compartment in a section that the morphology does not have.
    OutputError
        As `write_vtk`, for one of the files; nothing is written then.

    Notes
    -----
    Files are like those of `write_vtk`. Points have one more array, with the name of the recording: its values, NaN
    where nothing was recorded. The field data "TimeValue" has the time, ms.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> len(gm.write_vtk_frames(morphology, recording, "frames", times=[4, 5, 6]))
    3
    """
    check_type(morphology, Morphology, "morphology")
    check_type(recording, Recording, "recording")
    name = checked_word(name, "name", "frame")
    target = checked_path(folder, "folder").expanduser()
    frame_times = np.atleast_1d(frozen_array(times, np.float64, name="times", error=RecordingError, unit="ms"))
    if frame_times.ndim != 1 or not frame_times.size or not np.all(np.diff(frame_times) > 0):
        raise ValueError(f"times must be increasing times in ms, at least one, got {times!r}")
    check_covered(frame_times, recording.times)
    check_choice(sampling, SAMPLINGS, "sampling")
    step = _step(frame_times) if sampling == "peak" else None
    if not name or Path(name).name != name:
        raise ValueError(
            f"name must be the start of the names of files, such as 'frame', got {name!r}: give the folder as folder="
        )
    if recording.n_compartments and recording.section.max() >= morphology.n_sections:
        raise RecordingError(
            f"the recording has a compartment in section {recording.section.max()}, but the morphology has "
            f"{morphology.n_sections} sections (counted from 0): the recording is not of this morphology"
        )
    decimals = _checked_decimals(n_decimals)
    drawing, source = _polylines(morphology)
    if recording.name in drawing.point_data:
        raise ValueError(f"every file has an array {recording.name!r} already: give the recording another name")
    section, position = morphology.point_section[source], morphology.point_position[source]
    to_points = map_values(recording, section, position, interpolation=interpolation)
    make_folder(target, parents=True)
    n_digits = max(6, len(str(len(frame_times) - 1)))
    files = [target / f"{name}_{number:0{n_digits}d}.vtk" for number in range(len(frame_times))]
    series = target / f"{name}.vtk.series"
    for path in (*files, series):
        check_replaceable(path)
    remove_stale_parts([*files, series])
    with RowStream.of_frames(recording, frame_times, sampling=sampling, step=step) as stream:
        for path, time in zip(files, frame_times.tolist(), strict=True):
            shown = sample(recording.times, time, sampling=sampling, step=step)
            values = {recording.name: to_points(frame_values(shown, stream.row, variable=recording.name))}
            frame = replace(drawing, point_data=values | drawing.point_data, time=time)
            write_polydata(path, frame, n_decimals=decimals)
    listed = [{"name": path.name, "time": time} for path, time in zip(files, frame_times.tolist(), strict=True)]
    write_text(series, json.dumps({"file-series-version": "1.0", "files": listed}, indent=1))
    return files


def _step(frame_times: npt.NDArray[np.float64]) -> float | None:
    """Distance of evenly spaced times, ms; None for a single time."""
    if len(frame_times) == 1:
        return None
    steps = np.diff(frame_times)
    step = float(steps.mean())
    if np.abs(steps - step).max() > 1e-6 * step + 1e-9 * np.abs(frame_times).max():
        raise ValueError(
            f"times must be evenly spaced for sampling='peak', got steps of {steps.min():g} to {steps.max():g} ms"
        )
    return step


def _polylines(morphology: Morphology) -> tuple[PolyData, npt.NDArray[np.int64]]:
    """The sections as polylines, and for each of their points the index of the morphology's point that it copies."""
    linked = linked_sections(morphology)
    first_points = morphology.section_offsets[linked]
    source = np.insert(np.arange(morphology.n_points), first_points, first_points)
    sizes = np.diff(morphology.section_offsets)
    sizes[linked] += 1
    points = morphology.points[source]
    parent, parent_x = morphology.section_parent[linked], morphology.section_parent_x[linked]
    points[first_points + np.arange(len(linked))] = morphology.locate(parent, parent_x)
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
    """The arrays of ``data``, checked, as float32, float64 or int32."""
    arrays = {}
    if data is not None and not isinstance(data, Mapping):
        raise TypeError(f"{name} must be a dict of arrays, got {brief(data)}")
    for key, given in (data or {}).items():
        try:
            values = np.asarray(given)
        except ValueError as cause:  # rows of different lengths
            raise ValueError(f"{name}[{key!r}] must be an array of numbers: {cause}") from cause
        if not isinstance(key, str) or not key or key in taken:
            others = f" other than {' and '.join(taken)}" if taken else ""
            raise ValueError(f"the arrays of {name} must have names{others}, got {key!r}")
        if values.shape not in ((n,), (n, 3)):
            raise ValueError(f"{name}[{key!r}] must have shape ({n},) or ({n}, 3), got {values.shape}")
        if values.dtype.kind not in "fiub":
            raise ValueError(f"{name}[{key!r}] must be real numbers, got an array of {values.dtype}")
        if values.dtype.kind == "f":
            arrays[key] = values.astype(np.float32 if values.dtype.itemsize <= 4 else np.float64)
        else:  # the size of other integers of the format depends on the machine
            fits_int32 = np.array_equal(values, values.astype(np.int32))
            arrays[key] = values.astype(np.int32 if fits_int32 else np.float64)
    return arrays


def _checked_decimals(n_decimals: int | None) -> int | None:
    if n_decimals is None:
        return None
    if not isinstance(n_decimals, int | np.integer) or not 0 <= n_decimals <= _MOST_DECIMALS:
        limit = f", at most {_MOST_DECIMALS}" if isinstance(n_decimals, int) and n_decimals > 0 else ""
        raise ValueError(f"n_decimals must be 0 or more{limit}, or None, got {brief(n_decimals)}")
    return int(n_decimals)


def _target(path: str | os.PathLike[str]) -> Path:
    target = checked_path(path, "path").expanduser()
    if target.suffix.lower() != ".vtk":
        raise ValueError(f"path: the name must end in .vtk, got {target.name!r}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {target.parent} for {target.name} does not exist: make it first")
    return target
