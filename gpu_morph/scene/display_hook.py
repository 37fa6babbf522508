"""The function that makes what notebooks show of a Scene: the package `scene` cannot draw itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Bundle = Callable[[Any], dict[str, str]]  # from a Scene to data by MIME type

_bundle: Bundle | None = None


def set_bundle(function: Bundle) -> None:
    """Have scenes shown by a function."""
    global _bundle
    _bundle = function


def bundle(scene: Any) -> dict[str, str]:
    """What notebooks show of a scene: its text, unless a function was set."""
    return {"text/plain": repr(scene)} if _bundle is None else _bundle(scene)
