"""Warnings that point at the user's line."""

from __future__ import annotations

import inspect
import warnings


def warn_caller(message: str) -> None:
    """Warn at the first line on the stack that is not in this package."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and frame.f_globals.get("__package__") == __package__:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
