"""HDF5 files: opened for reading, with errors that name the file, and read only up to what their size can hold."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import GpuMorphError
from ..system.regular_file import check_regular
from .aliases import IntArray

SIGNATURE = b"\x89HDF\r\n\x1a\n"  # the first bytes of every HDF5 file

# A dataset may declare _MAX_RATIO times the size of its file; compression of real data stays below that.
_MAX_RATIO = 100
_ALWAYS_READ = 1 << 20  # bytes

_SEARCHED = 64 << 20  # bytes; the heaps of larger files are not checked, which would take long

# What h5py raises for damaged files, besides OSError, and what follows from contents that no program writes.
_DAMAGE = (RuntimeError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)


@contextmanager
def opened(path: Path, error: type[GpuMorphError]) -> Iterator[Any]:
    """An open HDF5 file, which is closed at the end.

    Raises
    ------
    error
        h5py is not installed, or the file is damaged, of another format, or a device or a pipe; the message
        names the file.
    OSError
        The file, or another one, does not exist or cannot be read.
    """
    try:
        import h5py
    except ImportError as cause:
        raise error(f'{path.name}: HDF5 needs h5py; pip install "gpu_morph[hdf5]"') from cause
    check_regular(path, error)
    with path.open("rb") as raw:  # h5py's error for a missing file is less clear than the system's
        if os.fstat(raw.fileno()).st_size <= _SEARCHED and has_endless_heap(raw.read()):
            raise error(f"{path.name}: not a readable HDF5 file (damaged heap of texts); get the file again")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except GpuMorphError:
        raise
    except (OSError, *_DAMAGE) as cause:
        if isinstance(cause, OSError) and cause.filename not in (None, str(path)):
            raise  # the system's error for another file, which names it
        raise error(f"{path.name}: not a readable HDF5 file ({cause}); get the file again") from cause


def has_endless_heap(content: bytes) -> bool:
    """True where HDF5 would read a heap of texts ("global heap") for ever: an object of it leads nowhere.

    HDF5 1.14 does not check this, and cannot be interrupted. Format: HDF5 File Format Specification, III.E.
    """
    start = content.find(b"GCOL\x01")
    while 0 <= start <= len(content) - 16:
        (size,) = struct.unpack_from("<Q", content, start + 8)
        here, end = start + 16, min(start + size, len(content))
        while here + 16 <= end:
            index, length = struct.unpack_from("<HxxxxxxQ", content, here)
            step = (16 + (length + 7) // 8 * 8 if index else length) % 2**64
            if not 0 < step <= end - here:
                return True
            here += step
        start = content.find(b"GCOL\x01", start + 1)
    return False


def check_size(dataset: Any, error: type[GpuMorphError]) -> None:
    """Raise ``error`` if a dataset, or one of its chunks, declares more than its file can hold.

    Parameters
    ----------
    dataset : h5py.Dataset
        With a shape and a dtype. A file of a few kB can declare any size.
    error : type
        The class of error to raise.
    """
    sizes = [dataset.shape, dataset.chunks or ()]
    n_bytes = max(math.prod(shape) for shape in sizes) * dataset.dtype.itemsize
    if n_bytes <= _ALWAYS_READ:
        return
    path = Path(dataset.file.filename)
    stored = path.stat().st_size
    if dataset.is_virtual:
        sources = {path.parent / source.file_name for source in dataset.virtual_sources() if source.file_name != "."}
        stored += sum(source.stat().st_size for source in sources if source.is_file())
    if n_bytes > _MAX_RATIO * stored:
        raise error(
            f"{path.name}: {dataset.name} declares {n_bytes:,} bytes, more than the limit of {_MAX_RATIO} times the "
            f"{stored:,} bytes of its file; is the file complete? If it is, write it without compression "
            "(h5repack -f NONE)"
        )


def read_whole(dataset: Any, error: type[GpuMorphError]) -> npt.NDArray[Any]:
    """All values of a dataset, after `check_size`."""
    check_size(dataset, error)
    return np.asarray(dataset[()])


def whole_numbers(values: npt.NDArray[Any], location: str, error: type[GpuMorphError]) -> IntArray:
    """Numbers as int64; some programs write whole numbers as floats.

    Parameters
    ----------
    values : (n, ...) array
        Numbers.
    location : str
        Where they are from, for messages.
    error : type
        The class of error to raise if a number is not whole.
    """
    if values.dtype.kind == "f":
        bad = ~((np.abs(values) < 2**53) & (values == np.floor(values)))
        if bad.any():
            row = int(np.argwhere(bad)[0, 0])
            raise error(f"{location}[{row}] is {values[row].tolist()}, expected whole numbers; correct it")
    return values.astype(np.int64)
