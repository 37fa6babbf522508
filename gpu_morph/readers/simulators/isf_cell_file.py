"""Cells of the In Silico Framework in the files that `gpu_morph_isf.py` (`isf/bridge.py`) writes in its Python."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import RecordingError
from ...system.arguments import checked_path
from ..aliases import AnyPath
from ..npz import npz_arrays

_FORMAT = 1
_EXPECTED = "an .npz file of a cell that gpu_morph_isf.py wrote (its write_cell)"

Arrays = dict[str, npt.NDArray[Any]]


class _Section(SimpleNamespace):
    """A section with ISF's attributes; iterating gives its segments."""

    def __iter__(self) -> Iterator[SimpleNamespace]:
        return iter([SimpleNamespace(x=x) for x in self.segment_x])


def opened_cell(cell: Any) -> Any:
    """The cell of a file if ``cell`` is a path, else ``cell`` itself."""
    return read_isf_cell(checked_path(cell, "cell")) if isinstance(cell, str | os.PathLike) else cell


def read_isf_cell(path: AnyPath) -> Any:
    """Read a cell's file.

    Returns
    -------
    object
        It has the attributes of an ISF cell that `from_isf` reads.

    Raises
    ------
    RecordingError
        The file is damaged, is no such file, or a newer gpu_morph wrote it.
    OSError
        The file cannot be opened.
    """
    arrays = npz_arrays(path, _EXPECTED)
    try:
        text = json.loads(arrays["text"].tobytes())
        is_known = text["format"] == _FORMAT
        cell = _cell(arrays, text) if is_known else None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as cause:
        raise RecordingError(f"{path} is not a cell's file ({cause!r}); expected {_EXPECTED}") from cause
    if not is_known:
        raise RecordingError(
            f"{path} has format {text['format']!r}, this version reads {_FORMAT}: upgrade gpu_morph, or write "
            "gpu_morph_isf.py again with: gpu-morph isf-bridge > gpu_morph_isf.py"
        )
    return cell


def _cell(arrays: Arrays, text: dict[str, Any]) -> SimpleNamespace:
    points, diameters = (_split(arrays[name], arrays[f"n_{name}"]) for name in ("points", "diameters"))
    segments = _split(arrays["segment_x"], arrays["n_segments"])
    rows = zip(text["labels"], points, diameters, segments, arrays["parent_x"].tolist(), strict=True)
    sections = [
        _Section(label=label, pts=xyz, diamList=widths, segment_x=x.tolist(), parentx=parent_x, recVList=[])
        for label, xyz, widths, x, parent_x in rows
    ]
    for section, parent in zip(sections, arrays["parent"].tolist(), strict=True):
        outside = SimpleNamespace()  # of the cell's sections, as it was there
        section.parent = None if parent < 0 else sections[parent] if parent < len(sections) else outside
        section.nseg, section.recordVars = len(section.segment_x), {}
    for k, variable in enumerate(text["variables"]):
        vectors = _split(arrays[f"values_{k}"], arrays[f"n_values_{k}"])
        begin = 0
        for section, n in zip(sections, arrays[f"n_vectors_{k}"].tolist(), strict=True):
            own = vectors[begin : begin + max(n, 0)]
            begin += max(n, 0)
            if not variable:
                section.recVList = own
            elif n >= 0:
                section.recordVars[variable] = own
    scaled = arrays.get("scaled_diameters")
    synapses, times = _synapses(arrays, text), arrays.get("times")
    return SimpleNamespace(sections=sections, tVec=times, synapses=synapses, scaled_diameters=scaled)


def _synapses(arrays: Arrays, text: dict[str, Any]) -> dict[str, list[SimpleNamespace]]:
    owners = {name: _spike_trains(arrays[name], arrays[f"n_{name}"]) for name in ("preCell", "releaseSite")}
    rows = zip(arrays["synapse_xyz"], arrays["synapse_section"].tolist(), *owners.values(), strict=True)
    synapses = (
        SimpleNamespace(coordinates=xyz, secID=section, preCell=cell, releaseSite=site)
        for xyz, section, cell, site in rows
    )
    return {name: [next(synapses) for _ in range(n)] for name, n in text["populations"]}


def _spike_trains(times: npt.NDArray[Any], n_spikes: npt.NDArray[Any]) -> list[SimpleNamespace | None]:
    """What has spikes, for each synapse; None where nothing has."""
    trains = _split(times, np.maximum(n_spikes, 0))
    return [None if n < 0 else SimpleNamespace(spikeTimes=train) for n, train in zip(n_spikes, trains, strict=True)]


def _split(rows: npt.NDArray[Any], counts: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """The rows in consecutive parts of these lengths."""
    if counts.sum() != len(rows) or (counts < 0).any():
        raise ValueError(f"parts of {counts.sum()} rows in an array of {len(rows)}")
    return np.split(rows, np.cumsum(counts)[:-1]) if len(counts) else []
