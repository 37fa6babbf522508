"""Checks of arguments of public calls. Their errors name the argument, what was expected and what was given."""

from __future__ import annotations

import os
from collections.abc import Collection, Hashable, Sized
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import brief

_MOST = 1024  # of what is counted: processes, threads


def check_type(value: object, kind: type, name: str, *, is_optional: bool = False) -> None:
    """Raise TypeError unless ``value`` is of a type, or None where it is optional."""
    if not isinstance(value, kind) and not (is_optional and value is None):
        or_none = " or None" if is_optional else ""
        raise TypeError(f"{name} must be a {kind.__name__}{or_none}, got {type(value).__name__}")


def check_choice(value: Any, choices: tuple[Any, ...], name: str, *, error: type[Exception] = ValueError) -> None:
    """Raise ``error`` unless ``value`` is one of the choices."""
    if not is_one_of(value, choices):
        *others, last = map(repr, choices)
        raise error(f"{name} must be {', '.join(others)} or {last}, got {brief(value)}")


def is_one_of(value: Any, choices: Collection[Any]) -> bool:
    """True if ``value`` is in ``choices``. An array is not, nor what cannot be compared, such as pandas' NA."""
    try:
        return isinstance(value, Hashable) and value in choices
    except (TypeError, ValueError, ArithmeticError):
        return False


def checked_whole_number(value: Any, name: str) -> int:
    """``value`` as an int of 64 bits; raises TypeError unless it is a whole number, of Python or numpy."""
    if not isinstance(value, int | np.integer) or not -(2**63) <= int(value) < 2**63:
        raise TypeError(f"{name} must be a whole number of 64 bits, got {brief(value)}")
    return int(value)


def positive_count(value: Any, name: str, *, or_else: str = "") -> int:
    """``value`` as an int; raises ValueError unless it is a whole number, 1 to 1024. ``or_else`` is for the message."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or not 1 <= value <= _MOST:
        raise ValueError(f"{name} must be {or_else}a whole number, 1 to {_MOST}, got {brief(value)}")
    return int(value)


def checked_path(value: Any, name: str) -> Path:
    """``value`` as a Path.

    Raises
    ------
    TypeError
        It is neither a str nor a path.
    ValueError
        It has a null byte.
    """
    path = value if isinstance(value, str) else os.fspath(value) if isinstance(value, os.PathLike) else None
    if not isinstance(path, str):
        raise TypeError(f"{name} must be a path, got {brief(value)}")
    if "\0" in path:
        raise ValueError(f"{name} must be a path, got one with a null byte: {brief(path)}")
    _check_encodable(path, name)
    return Path(path)


def absolute_path(path: Path) -> Path:
    """A path with "~" and relative parts resolved.

    Raises
    ------
    FileNotFoundError
        It is relative, and the current folder was removed.
    """
    try:
        return Path(os.path.abspath(os.path.expanduser(path)))
    except FileNotFoundError as cause:
        raise FileNotFoundError(
            f"{path} is relative, but the current folder was removed: change to another, or give an absolute path"
        ) from cause


def checked_word(value: Any, name: str, example: str) -> str:
    """``value`` if it is a str for another program, such as a codec's name.

    Raises
    ------
    TypeError, ValueError
        It is no str, or has a null byte.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str such as {example!r}, got {brief(value)}")
    if "\0" in value:
        raise ValueError(f"{name} must be a str such as {example!r}, got one with a null byte: {brief(value)}")
    _check_encodable(value, name)
    return value


def _check_encodable(text: str, name: str) -> None:
    try:
        os.fsencode(text)
    except UnicodeEncodeError as cause:
        raise ValueError(f"{name} has a character that no file and no program can be given: {brief(text)}") from cause


def checked_flag(value: Any, name: str) -> bool:
    """``value`` as a bool; raises TypeError unless it is one, or 0 or 1."""
    if isinstance(value, bool | np.bool_) or (isinstance(value, int) and value in (0, 1)):
        return bool(value)
    raise TypeError(f"{name} must be True or False, got {brief(value)}")


def is_sequence(value: Any) -> bool:
    """True for what has items, other than a text; False for an array without dimensions."""
    if isinstance(value, str | bytes):
        return False
    try:
        iter(value)
    except TypeError:
        return False
    return True


def is_list_like(value: Any) -> bool:
    """True for a sequence that has a length: for a list or an array, not for an iterator."""
    return is_sequence(value) and isinstance(value, Sized)


def checked_items(value: Any, name: str, what: str) -> list[Any]:
    """A list of the items of ``value``; raises TypeError if it is not iterable, or a text."""
    if not is_sequence(value):
        raise TypeError(f"{name} must be a sequence of {what}, got {brief(value)}")
    try:
        return list(value)
    except (ValueError, OSError, MemoryError) as cause:  # a closed file, more than memory can hold
        raise TypeError(f"{name} must be a sequence of {what}, got {brief(value)}: {cause}") from cause
