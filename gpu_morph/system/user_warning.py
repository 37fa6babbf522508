"""Warnings that point at the user's code."""

from __future__ import annotations

import contextlib
import inspect
import os
import warnings
from pathlib import Path
from types import CodeType

_OWN_FILES = (f"{Path(__file__).parents[1]}{os.sep}", contextlib.__file__)


def _is_own(code: CodeType) -> bool:
    """True for code of this package, and for the ``__init__`` that Python writes for a dataclass."""
    return code.co_filename.startswith(_OWN_FILES) or (code.co_filename, code.co_name) == ("<string>", "__init__")


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line outside of this package that called it, however deep the call is."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and _is_own(frame.f_code):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
