"""A lock for a file's name: one film at a time is made under it. It is released when its process ends, however it ends.

Who wants the name makes a claim, a hidden file with its owner in the name, and then looks for claims of others: of two
that meet, at least one sees the other. No claim is taken over, so that none can be lost to one that began a moment ago.
A claim counts while its process runs. Of processes of this system that is known; those of others hold an flock of their
claim, which ends with them, on NFS too. Where there is no flock, a claim of another machine counts until it is removed.
Windows has no flock, and renames no open file: there is no lock.

The library filelock has no lock that does this: the one with flock knows no owner and leaves its file, the one without
stays when a machine is lost.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from ..errors import OutputError
from .hidden_files import HiddenFile, hidden_files, name_key, new_hidden_file
from .orderly_end import signals_deferred
from .owner import has_ended, is_of_this_system, shown

_HAS_FLOCK = find_spec("fcntl") is not None
_N_TRIES = 8  # two that see each other both withdraw, and try again after a random time
_LONGEST_WAIT = 0.2  # s


@contextmanager
def file_lock(target: Path, *, what: str) -> Iterator[None]:
    """Hold the name of a file, or fail within a second; nothing is left afterwards.

    Parameters
    ----------
    target : Path
        The file, which need not exist. Its folder does.
    what : str
        For messages: "film /data/film.mp4".

    Raises
    ------
    OutputError
        Another process, or this one, holds it; the message says which. Or nothing can be written there.
    """
    if not _HAS_FLOCK:
        yield
        return
    claim = None
    try:
        with signals_deferred():
            claim = _claim(Path(os.path.realpath(target)), what)
        yield
    finally:
        if claim is not None:
            _withdraw(*claim)


def _claim(target: Path, what: str) -> tuple[Path, int]:
    """A file that claims the name, and its descriptor."""
    try:
        return _only_claim(target, what)
    except OutputError:
        raise
    except OSError as cause:
        raise OutputError(f"the {what} cannot be written: {cause.strerror or cause}") from cause


def _only_claim(target: Path, what: str) -> tuple[Path, int]:
    before: set[HiddenFile] = set()
    for _ in range(_N_TRIES):
        claim, descriptor = _new_claim(target)
        try:
            others = {other for other in _claims(target) if other.path != claim and _counts(other)}
        except BaseException:
            _withdraw(claim, descriptor)
            raise
        if not others:
            return claim, descriptor
        _withdraw(claim, descriptor)
        if others & before:
            break
        before = others
        time.sleep(random.uniform(0, _LONGEST_WAIT))
    holder = min(others & before or others)
    raise OutputError(
        f"the {what} is being written by {shown(holder.owner)}: wait until it is done, or choose another path. If that "
        f"process has ended, remove {holder.path}"
    )


def _claims(target: Path) -> list[HiddenFile]:
    key = name_key(target.name)
    return [claim for claim in hidden_files(target.parent, r"\.f?lock") if claim.key == key]


def _new_claim(target: Path) -> tuple[Path, int]:
    """A file that is locked before it has its name, so that others never see it unlocked; and its descriptor."""
    unlocked = new_hidden_file(target, ".newlock")
    descriptor = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        claim = unlocked.with_suffix(".flock" if _locked(descriptor) else ".lock")
        os.rename(unlocked, claim)
    except BaseException:
        _withdraw(unlocked, descriptor)
        raise
    return claim, descriptor


def _withdraw(claim: Path, descriptor: int) -> None:
    claim.unlink(missing_ok=True)
    os.close(descriptor)


def _counts(claim: HiddenFile) -> bool:
    """True if the claim's process runs, or may run. If it does not, the claim is removed."""
    is_lost = has_ended(claim.owner) if is_of_this_system(claim.owner) else _is_unlocked(claim.path)
    if is_lost:
        with suppress(OSError):
            claim.path.unlink()
    return not is_lost


def _is_unlocked(claim: Path) -> bool:
    """True if the claim was locked and is so no more."""
    if claim.suffix != ".flock":
        return False
    try:
        descriptor = os.open(claim, os.O_RDWR)
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    try:
        return _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Lock an open file; False if another has locked it, or the file system has no locks."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
