"""Type aliases that the readers share."""

from __future__ import annotations

import os
from typing import TypeAlias

from ..data.arrays import FloatArray, IntArray

__all__ = ["AnyPath", "FloatArray", "IntArray"]

AnyPath: TypeAlias = str | os.PathLike[str]
