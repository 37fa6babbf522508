"""Files of recordings: numpy's .npz, and SONATA reports; their content says which."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import RecordingError
from .sonata import read_report
from .text_source import first_bytes

AnyPath = str | os.PathLike[str]

EXPECTED = (
    "an .npz file with times (ms), values (n_times, n_compartments), section and position (0 to 1) of each "
    "compartment; optionally name and unit"
)
_HDF5 = b"\x89HDF\r\n\x1a\n"


def is_hdf5(path: AnyPath) -> bool:
    """True for a file that begins like HDF5."""
    return first_bytes(path, len(_HDF5)) == _HDF5


def is_npz(path: AnyPath) -> bool:
    """True for an archive of numpy's."""
    return Path(path).suffix.lower() == ".npz" or first_bytes(path, 4) == b"PK\x03\x04"


def read_recording(path: AnyPath, morphology: Morphology) -> Recording:
    """Read what was recorded of a morphology.

    Parameters
    ----------
    path : path
        A SONATA report, whose values stay in the file, or an .npz file, which is read whole.
    morphology : Morphology
        On which it was recorded; only a report needs it, to find the places of its elements.

    Raises
    ------
    RecordingError
        A file that is damaged, or holds something else; see `gpu_morph.read_report`.
    OSError
        The file cannot be opened.
    """
    return read_report(path, morphology) if is_hdf5(path) else read_npz(path)


def read_npz(path: AnyPath) -> Recording:
    """Read an .npz file of ``times``, ``values``, ``section``, ``position`` and perhaps ``name`` and ``unit``."""
    try:
        with open(path, "rb") as source, np.load(source) as file:
            data = dict(file)
    except (zipfile.BadZipFile, zlib.error) as cause:
        raise RecordingError(f"{path} is damaged: {cause}; write it again") from cause
    except (ValueError, EOFError, AttributeError, TypeError) as cause:
        raise RecordingError(f"{path} is not an .npz file; expected {EXPECTED}") from cause
    missing = [name for name in ("times", "values", "section", "position") if name not in data]
    if missing:
        raise RecordingError(f"{path} has no array {', '.join(missing)}; expected {EXPECTED}")
    words = {name: str(data[name]) for name in ("name", "unit") if name in data}
    try:
        return Recording(data["times"], data["values"], section=data["section"], position=data["position"], **words)
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from error
