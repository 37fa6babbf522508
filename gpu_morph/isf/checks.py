"""Checked arguments and attributes: optional numbers, dicts and paths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..data.arrays import finite_number
from ..data.frame_times import check_covered
from ..data.recording import Recording
from ..errors import brief
from ..image.image_file import image_path
from ..system.arguments import absolute_path, checked_path


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


def checked_time_point(value: Any, recording: Recording | None) -> float | None:
    """``time_point`` as finite ms within the recording, or None.

    Raises
    ------
    TypeError, ValueError
        Not a number, not finite, or before or after the recording.
    """
    time = optional_number(value, "time_point", "finite ms")
    if time is not None and recording is not None:
        try:
            check_covered(np.array([time]), recording.times)
        except ValueError as cause:
            reason = str(cause).removeprefix("times: ").partition(": change")[0]
            raise ValueError(f"time_point: {reason}") from cause
    return time


def truth(value: Any, name: str) -> bool:
    """Whether ``value`` counts as True; TypeError for an array of several, which is neither."""
    try:
        return bool(value)
    except (TypeError, ValueError) as cause:
        raise TypeError(f"{name} must be True or False, got {brief(value)}") from cause


def or_default(value: Any, default: Any) -> Any:
    """``default`` for what counts as False. An array of several is neither true nor false, and stays."""
    try:
        return value or default
    except ValueError:
        return value


def checked_mapping(value: Any, name: str, expected: str) -> Mapping[Any, Any]:
    """A dict; TypeError for anything else."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be {expected}, got {brief(value)}")
    return value


def picture_path(value: Any, name: str) -> Path:
    """The path of a picture that is to be written; ValueError, which names it, for the ending of no picture."""
    path = checked_path(value, name)
    try:
        return image_path(path)
    except ValueError as cause:
        raise ValueError(str(cause).replace("path:", f"{name}:")) from cause


def checked_absolute_path(value: Any, name: str) -> Path:
    """A path with "~" and relative parts resolved; TypeError for anything else."""
    return absolute_path(checked_path(value, name))
