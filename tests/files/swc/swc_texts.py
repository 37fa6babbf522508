"""Contents of SWC files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Write = Callable[..., Path]
FORK = """\
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 10 0 0.8 2
4 3 5 15 0 0.5 3
5 3 -5 15 0 0.5 3
"""
