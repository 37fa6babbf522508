"""Missing libraries are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from own_context import TRY, picture, python


def assert_names_packages(answer: str) -> None:
    for package in ("apt-get install", "libegl1", "libgl1-mesa-dri", "dnf install", "mesa-libEGL"):
        assert package in answer


def test_without_an_egl_library_the_packages_are_named() -> None:
    answer, _ = python(TRY + "attempt()", EGL_LIBRARY="/nowhere/libEGL.so.1")
    assert answer.startswith("ContextError: no EGL library") and "/nowhere/libEGL.so.1" in answer
    assert_names_packages(answer)


def test_an_egl_library_that_vispy_does_not_find_is_a_context_error() -> None:
    answer, _ = python(HIDE_LIBRARY.format("EGL") + TRY + "attempt()")
    assert answer.startswith(("ContextError: vispy: EGL library not found", "ContextError: no EGL library"))
    assert "EGL_LIBRARY" in answer
    assert_names_packages(answer)


def test_without_any_device_the_packages_are_named() -> None:
    answer, _ = python(TRY + "egl.Egl.devices = lambda self: []\nattempt()")
    assert answer.startswith("ContextError: EGL gives no OpenGL context for device='auto'; tried: none")
    assert_names_packages(answer)


HIDE_LIBRARY = (
    "import ctypes.util; find = ctypes.util.find_library\n"
    "ctypes.util.find_library = lambda name: None if name == '{}' else find(name)\n"
)


def test_without_fontconfig_the_picture_is_the_same(on_cpu: np.ndarray, tmp_path: Path) -> None:
    hidden = HIDE_LIBRARY.format("fontconfig")
    with pytest.raises(AssertionError, match="fontconfig not found"):
        python(hidden + "import vispy")  # otherwise this test shows nothing
    np.testing.assert_array_equal(picture(tmp_path, hidden), on_cpu)
