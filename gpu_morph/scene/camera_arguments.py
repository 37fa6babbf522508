"""Checks of what describes a camera: vectors, directions, points."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..data.arrays import finite_number, frozen_array
from ..data.morphology import Axis
from ..data.quantities import has_unit
from ..system.arguments import check_choice

Up = Literal["auto", "apical"] | Axis | tuple[float, float, float]
AXES: dict[Any, tuple[float, float, float]] = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def checked_numbers(values: Any, count: int, name: str, expected: str) -> tuple[float, ...]:
    """A number of finite numbers."""
    if has_unit(values):
        raise ValueError(f"{name} must be {expected} as plain numbers, got quantities, {values}: convert them first")
    try:
        given = np.asarray(values).tolist()
    except ValueError:  # rows of different lengths
        given = None
    if not isinstance(given, list) or len(given) != count:
        raise ValueError(f"{name} must be {expected}, got {values}")
    return tuple(finite_number(value, name=name, expected=expected) for value in given)


def checked_points(points: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """(n, 3) float64, µm."""
    given = np.atleast_2d(frozen_array(points, np.float64, name="points", error=ValueError, unit="µm"))
    if given.ndim != 2 or given.shape[1] != 3:
        raise ValueError(f"points must have shape (n, 3), got {given.shape}")
    return given


def checked_up(up: Any) -> Up:
    """A word, or the unit vector of three numbers."""
    if isinstance(up, str):
        check_choice(up, ("auto", "apical", *AXES), "up")
        return up  # type: ignore[return-value]
    vector = checked_numbers(up, 3, "up", "'auto', 'apical', 'x', 'y', 'z' or three finite numbers")
    length = math.hypot(*vector)
    if not length:
        raise ValueError("up must be a direction, got three zeros")
    x, y, z = (number / length for number in vector)
    return x, y, z
