"""Checked arguments and attributes: optional numbers, dicts and paths."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..data.arrays import finite_number
from ..errors import brief
from ..system.arguments import checked_path


def optional_number(value: Any, name: str, expected: str) -> float | None:
    """``value`` as a finite float, or None.

    Raises
    ------
    TypeError
        Not a number.
    ValueError
        Not finite.
    """
    if value is None:
        return None
    try:
        return finite_number(value, name=name, expected=f"{expected}, or None")
    except ValueError as cause:
        if isinstance(value, float | int):
            raise
        raise TypeError(str(cause)) from cause


def checked_mapping(value: Any, name: str, expected: str) -> Mapping[Any, Any]:
    """A dict; TypeError for anything else."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be {expected}, got {brief(value)}")
    return value


def absolute_path(value: Any, name: str) -> Path:
    """A path with "~" and relative parts resolved; TypeError for anything else."""
    return Path(os.path.abspath(checked_path(value, name).expanduser()))
