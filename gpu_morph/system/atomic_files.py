"""Files that appear under their name only when they are complete.

A file is written under a temporary name in its own folder and then renamed. An older file of that name stays until
then. After an error or an interrupt, nothing is left; what a killed process leaves is removed by the next that writes a
file of that name. A link keeps leading where it leads, and the file there is replaced.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import OutputError
from .arguments import absolute_path, checked_path
from .hidden_files import HiddenFile, hidden_files, name_key, new_hidden_file
from .orderly_end import orderly_end
from .owner import has_ended, is_of_this_system

PART = r"\.part(\..*)?"  # endings of temporary files
_LONGEST_SUFFIX = 16  # bytes of an ending from which libraries choose a format
_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)  # never errors of what is read meanwhile
_MAX_AGE = 86_400  # s without a change, of a temporary file of another system: its process has ended, most likely


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield the temporary path to write to; it replaces ``target`` at the end of the ``with`` block.

    The temporary path is hidden and keeps the file name's ending, from which libraries choose a format:
    ``.film.mp4.OWNER.1f0c9a2e.part.mp4``. If the block raises, the temporary file is removed and ``target`` stays as it
    is.

    Raises
    ------
    OutputError
        See `check_replaceable`; or the system refuses to write there: an immutable folder, a full disk.
    """
    remove_stale_parts([target])
    with _replacing(target) as part:
        yield part


def write_bytes(target: Path, data: bytes) -> None:
    """Write a file atomically. For folders of many files: temporary files of killed processes are not looked for."""
    with _replacing(target) as part:
        part.write_bytes(data)


def write_text(target: Path, text: str) -> None:
    """Write a text file in UTF-8 atomically."""
    write_bytes(target, text.encode())


def remove_stale_parts(targets: Iterable[Path]) -> None:
    """Remove temporary files of ``targets``, all in one folder, that killed processes have left."""
    real = [Path(os.path.realpath(target)) for target in targets]
    keys = {name_key(path.name) for path in real}
    with suppress(OSError):
        for part in hidden_files(real[0].parent, PART):
            if part.key in keys and _is_stale(part):
                part.path.unlink(missing_ok=True)


def check_replaceable(target: Path) -> None:
    """Check that there is no file under a name, or one that may be replaced. A link stands for what it leads to.

    Raises
    ------
    OutputError
        A device, a pipe, a socket, a read-only file; another user's file in a folder such as /tmp; a link in a circle,
        or a name that is too long.
    """
    try:
        found = target.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as cause:
        raise OutputError(f"{target} cannot be written: {cause.strerror}") from cause
    mode = found.st_mode
    if stat.S_ISDIR(mode):
        raise OutputError(f"{target} is a folder, where a file should be: give the name of a file")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{target} is a device, a pipe or a socket: give the name of a file")
    if not mode & 0o222 or not os.access(target, os.W_OK):  # root may write any file, also one that was protected
        raise OutputError(f"{target} is read-only and stays as it is: make it writable, or choose another name")
    if _is_of_others(target, found.st_uid):
        raise OutputError(f"{target} is another user's and stays as it is: choose another name")


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    check_replaceable(target)
    real = Path(os.path.realpath(target))
    suffix = target.suffix if len(os.fsencode(target.suffix)) <= _LONGEST_SUFFIX else ""
    with orderly_end():
        part = new_hidden_file(real, f".part{suffix}")
        try:
            yield part
            check_replaceable(target)
            _replace(part, real)
        except OSError as error:
            if not _is_of_writing(error, part):
                raise
            raise OutputError(f"{real} cannot be written: {error.strerror}") from error
        finally:
            _remove(part, real)


def _remove(part: Path, real: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError as cause:
        if os.path.lexists(part):  # in a folder that is append-only, for example
            raise OutputError(f"{real} cannot be written, and {part} cannot be removed: {cause.strerror}") from cause


def _is_of_writing(error: OSError, part: Path) -> bool:
    names = [os.fsencode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes | Path)]
    return os.fsencode(part) in names or (not names and error.errno in _OF_WRITING)


def make_folder(folder: Path, *, parents: bool = False) -> None:
    """Make a folder if there is none; where a link leads nowhere, there.

    Raises
    ------
    FileExistsError, FileNotFoundError, NotADirectoryError
        As `Path.mkdir` does.
    OutputError
        The system refuses it: an immutable folder, a full disk, a name that is too long.
    """
    try:
        Path(os.path.realpath(folder)).mkdir(parents=parents, exist_ok=True)
    except (FileExistsError, FileNotFoundError, NotADirectoryError):
        raise
    except OSError as cause:
        raise OutputError(f"the folder {folder} cannot be made: {cause.strerror}") from cause


def _replace(part: Path, real: Path) -> None:
    try:
        os.replace(part, real)
    except OSError as cause:  # append-only, for example
        raise OutputError(f"{real} cannot be replaced: {cause.strerror}") from cause


def _is_of_others(target: Path, owner: int) -> bool:
    """True for a file of another user in a folder where each may remove their own only (sticky), such as /tmp."""
    folder = Path(os.path.realpath(target)).parent.stat()
    is_sticky = bool(folder.st_mode & stat.S_ISVTX) and hasattr(os, "geteuid")
    return is_sticky and os.geteuid() not in (0, owner, folder.st_uid)


def _is_stale(part: HiddenFile) -> bool:
    if is_of_this_system(part.owner):
        return has_ended(part.owner)
    return part.path.stat().st_mtime < time.time() - _MAX_AGE


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
    OutputError
        It cannot be written to, or see `check_replaceable`.
    """
    target = absolute_path(checked_path(path, "path"))
    if os.path.isdir(target):  # Path.is_dir raises for names that are too long
        raise IsADirectoryError(f"{target} is a folder: give the {what}'s file name, such as {target / example}")
    check_replaceable(target)
    folder = Path(os.path.realpath(target)).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"the folder {folder} for the {what} does not exist: make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"the folder {folder} for the {what} cannot be written to: choose another")
    return target
