"""Regular files: devices and pipes are refused before they are opened, because reading them may never end."""

from __future__ import annotations

import stat
from pathlib import Path

from ..errors import GpuMorphError

_MAX_SIZE = 1 << 30  # bytes of a JSON file or a table that is read whole


def check_regular(path: Path, error: type[GpuMorphError]) -> int:
    """Raise ``error`` for a device, a pipe or a socket; for folders, opening them raises the system's error.

    Returns
    -------
    size : int
        Bytes.

    Raises
    ------
    error
        The path, or what it links to, is neither a file nor a folder.
    OSError
        It does not exist.
    """
    found = path.stat()
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise error(f"{path} is not a regular file but a device, a pipe or a socket; give the path of a file")
    return found.st_size


def limited_bytes(path: Path, error: type[GpuMorphError]) -> bytes:
    """The content of a JSON file or of a table, at most 1 GiB.

    Raises
    ------
    error
        It is larger, or not a regular file.
    OSError
        It cannot be opened.
    """
    size = check_regular(path, error)
    if size > _MAX_SIZE:
        raise error(f"{path.name}: {size:,} bytes, more than the limit of {_MAX_SIZE >> 30} GiB; get the file again")
    return path.read_bytes()
