"""Recordings in NumPy's .npz files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import GpuMorphError, RecordingError, near_names
from ..system.user_warning import warn_user
from .aliases import AnyPath
from .text_source import first_bytes

EXPECTED = (
    "an .npz file with times (ms), values (n_times, n_compartments), and coordinates (n_compartments, 3) in µm, or "
    "section and position (0 to 1) of each compartment; optionally name and unit"
)
_NAMES = ("times", "values", "coordinates", "section", "position", "name", "unit")
_LIKE = 0.7  # "units", "coords" and "time" are misspelt, "v_init" is not
_MAX_RATIO = 100
_ALWAYS_READ = 16 << 20  # bytes; small files may have any ratio
_ZIP_SIGNATURE = b"PK\x03\x04"


@dataclass(frozen=True, eq=False)
class NpzRecording:
    """The arrays of a file, and the recording that they make.

    Parameters
    ----------
    path : path
        The file, for messages.
    arrays : {str: ndarray}
        Its arrays by name.
    """

    path: Path
    arrays: dict[str, npt.NDArray[Any]]

    @property
    def has_coordinates(self) -> bool:
        """True if compartments are placed by coordinates, and need a morphology."""
        return "coordinates" in self.arrays

    @property
    def has_names(self) -> bool:
        """True if ``section`` has names, which need a morphology too."""
        return "section" in self.arrays and self.arrays["section"].dtype.kind in "US"

    def of(self, morphology: Morphology) -> Recording:
        """The recording of a morphology.

        Raises
        ------
        RecordingError
            The arrays make no recording, or do not fit the morphology. The message begins with the path.
        """
        where: dict[str, Any] = {name: self.arrays.get(name) for name in ("section", "position", "coordinates")}
        if not (self.has_coordinates or self.has_names):  # audit tells what does not fit
            return self.alone()
        return self._made(partial(Recording.at, morphology, **where))

    def alone(self) -> Recording:
        """The recording without a morphology: compartments with coordinates or names have section 0."""
        if self.has_coordinates or self.has_names:
            values = self.arrays["values"]
            n = values.shape[1] if values.ndim == 2 else 0
            section: Any = np.zeros(n, dtype=np.int32)
            position: Any = np.zeros(n)
        else:
            section, position = self.arrays["section"], self.arrays["position"]
        return self._made(partial(Recording, section=section, position=position))

    def _made(self, make: Callable[..., Recording]) -> Recording:
        try:
            texts = {name: _text(self.arrays[name], name) for name in ("name", "unit") if name in self.arrays}
            return make(self.arrays["times"], self.arrays["values"], **texts)
        except GpuMorphError as error:
            raise RecordingError(f"{self.path}: {error}") from error


def is_npz(path: AnyPath) -> bool:
    """True for a file that ends in .npz or has the signature of a zip archive."""
    return Path(path).suffix.lower() == ".npz" or first_bytes(path, len(_ZIP_SIGNATURE)) == _ZIP_SIGNATURE


def read_npz(path: AnyPath) -> NpzRecording:
    """Read an .npz file of a recording.

    Its arrays are ``times``, ``values``, ``coordinates`` or ``section`` and ``position``, and optionally ``name`` and
    ``unit``.

    Raises
    ------
    RecordingError
        The file is damaged, is not an .npz file, or lacks an array; or the name of one is misspelt.
    OSError
        The file cannot be opened.

    Warns
    -----
    UserWarning
        It has arrays of other names.
    """
    arrays = npz_arrays(path, EXPECTED)
    _check_names(arrays, path)
    found = NpzRecording(Path(path), arrays)
    where = () if found.has_coordinates or found.has_names else ("section", "position")
    missing = [name for name in ("times", "values", *where) if name not in arrays]
    if missing:
        raise RecordingError(f"{path} has no array {', '.join(missing)}; expected {EXPECTED}")
    return found


def npz_arrays(path: AnyPath, expected: str) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an .npz file by name; ``expected`` says what the file should be. Raises as `read_npz`."""
    is_zip = first_bytes(path, len(_ZIP_SIGNATURE)) == _ZIP_SIGNATURE
    try:
        with open(path, "rb") as source, np.load(source, allow_pickle=False) as file:
            _check_size(file.zip.infolist(), Path(path))
            return dict(file)
    except (OSError, RecordingError):
        raise
    except Exception as cause:  # damaged archives raise zipfile's, zlib's, numpy's and Python's own errors
        if is_zip and "allow_pickle" not in str(cause):  # arrays of Python objects are not read
            raise RecordingError(f"{path} is damaged: {cause}; write it, or get it, again") from cause
        raise RecordingError(f"{path} is not an .npz file; expected {expected}") from cause


def _check_size(entries: Sequence[zipfile.ZipInfo], path: Path) -> None:
    """Raise RecordingError for arrays that unpack to more than values of a simulation do."""
    n_bytes, limit = sum(entry.file_size for entry in entries), max(_MAX_RATIO * path.stat().st_size, _ALWAYS_READ)
    if n_bytes > limit:
        raise RecordingError(
            f"{path} unpacks to {n_bytes:,} bytes, more than the limit of {_MAX_RATIO} times its size; if you trust "
            "it, load it and write it again with np.savez, which does not compress"
        )


def _text(array: npt.NDArray[Any], name: str) -> str:
    """The text of an array of one; raises RecordingError for anything else."""
    if array.size != 1 or array.dtype.kind not in "US":
        raise RecordingError(f"{name} must be one text, got an array of {array.dtype} of shape {array.shape}")
    text = array.reshape(-1)[0]
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _check_names(arrays: Mapping[str, Any], path: AnyPath) -> None:
    """Warn of arrays that are not read; raise RecordingError for a name that looks like a missing one."""
    others = [name for name in arrays if name not in _NAMES]
    for name in others:
        if near := near_names(name, [known for known in _NAMES if known not in arrays], likeness=_LIKE):
            raise RecordingError(f"{path} has an array {name!r}, which is not read{near}: rename it, or leave it out")
    if others:
        listed = ", ".join(map(repr, others))
        warn_user(f"{path}: arrays that are not read: {listed}; expected {EXPECTED}")
