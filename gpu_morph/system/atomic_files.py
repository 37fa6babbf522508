"""Files that appear under their name only when they are complete.

A file is written under a temporary name in its own folder and then renamed. An older file of that name stays until
then. After an error or an interrupt, nothing is left.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .arguments import checked_path


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield the temporary path to write to; it replaces ``target`` at the end of the ``with`` block.

    The temporary path is hidden and keeps the file name's ending, from which libraries choose a format:
    ``.film.1f0c9a2e.part.mp4``. If the block raises, the temporary file is removed and ``target`` stays as it is.
    """
    # Cut, as a file system limits a name to 255 bytes.
    part = target.with_name(f".{target.stem[:40]}.{secrets.token_hex(4)}.part{target.suffix}")
    try:
        yield part
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def write_bytes(target: Path, data: bytes) -> None:
    """Write a file atomically."""
    with atomic_path(target) as part:
        part.write_bytes(data)


def write_text(target: Path, text: str) -> None:
    """Write a text file in UTF-8 atomically."""
    write_bytes(target, text.encode())


def output_path(path: str | os.PathLike[str], *, what: str, example: str) -> Path:
    """Absolute path of a file that is to be written, with ``~`` expanded.

    Parameters
    ----------
    path : path
        Given by the user.
    what, example : str
        For messages: what the file is, such as "film", and a file name for one.

    Raises
    ------
    IsADirectoryError
        ``path`` is a folder.
    FileNotFoundError
        The folder to write in does not exist.
    """
    target = Path(os.path.abspath(os.path.expanduser(checked_path(path, "path"))))
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder: give the {what}'s file name, such as {target / example}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {target.parent} for the {what} does not exist: make it first")
    return target
