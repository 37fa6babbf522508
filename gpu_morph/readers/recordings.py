"""Files of recordings: NumPy's .npz and SONATA reports; the content tells which."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import RecordingError
from .aliases import AnyPath
from .files.h5 import SIGNATURE as HDF5_SIGNATURE
from .sonata import read_report
from .text_source import first_bytes

EXPECTED = (
    "an .npz file with times (ms), values (n_times, n_compartments), section and position (0 to 1) of each "
    "compartment; optionally name and unit"
)
_ZIP_SIGNATURE = b"PK\x03\x04"


def is_hdf5(path: AnyPath) -> bool:
    """True for a file with the signature of HDF5."""
    return first_bytes(path, len(HDF5_SIGNATURE)) == HDF5_SIGNATURE


def is_npz(path: AnyPath) -> bool:
    """True for a file that ends in .npz or has the signature of a zip archive."""
    return Path(path).suffix.lower() == ".npz" or first_bytes(path, len(_ZIP_SIGNATURE)) == _ZIP_SIGNATURE


def read_recording(path: AnyPath, morphology: Morphology) -> Recording:
    """Read a recording of a morphology.

    Parameters
    ----------
    path : path
        A SONATA report, whose values stay in the file, or an .npz file, which is read whole.
    morphology : Morphology
        The morphology that was recorded. A report needs it to map its elements to sections; an .npz file does not.

    Raises
    ------
    RecordingError
        The file is damaged or holds something else; see `gpu_morph.read_report`.
    OSError
        The file cannot be opened.
    """
    return read_report(path, morphology) if is_hdf5(path) else read_npz(path)


def read_npz(path: AnyPath) -> Recording:
    """Read an .npz file of ``times``, ``values``, ``section``, ``position`` and optionally ``name`` and ``unit``.

    Raises
    ------
    RecordingError
        The file is damaged, is not an .npz file, or lacks an array.
    OSError
        The file cannot be opened.
    """
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
    texts = {name: str(data[name]) for name in ("name", "unit") if name in data}
    try:
        return Recording(data["times"], data["values"], section=data["section"], position=data["position"], **texts)
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from error
