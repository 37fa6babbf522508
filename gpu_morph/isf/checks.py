"""Checked numbers: attributes and arguments that must be finite."""

from __future__ import annotations

import math
from typing import Any

from ..data.arrays import finite_number
from ..errors import SceneError

POSITIVE = math.ulp(0.0)  # the smallest positive number, as a lower bound


def checked_number(value: Any, name: str, expected: str, least: float = -math.inf) -> float:
    """``value`` as a finite float.

    Raises
    ------
    SceneError
        Not a number, not finite, or below ``least``; the message has the ``name`` and what was ``expected``.
    """
    return finite_number(value, name=name, expected=expected, least=least, error=SceneError)
