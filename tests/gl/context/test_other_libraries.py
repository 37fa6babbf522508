"""The environment and other libraries do not change a picture."""

from __future__ import annotations

import ctypes.util
from pathlib import Path

import numpy as np
import pytest
from own_context import PICTURE, TRY, picture, python


@pytest.mark.parametrize(
    "environment",
    [
        {"DISPLAY": "nowhere:7"},
        {"DISPLAY": ":77", "EGL_PLATFORM": "x11", "PYOPENGL_PLATFORM": "glx"},
        {"WAYLAND_DISPLAY": "wayland-9", "EGL_PLATFORM": "wayland", "PYOPENGL_PLATFORM": "osmesa"},
        {"HOME": "/nonexistent"},
    ],
    ids=["dead display", "x11", "wayland", "no home"],
)
def test_settings_of_other_libraries_do_not_change_the_picture(
    environment: dict[str, str], on_cpu: np.ndarray, tmp_path: Path
) -> None:
    np.testing.assert_array_equal(picture(tmp_path, **environment), on_cpu)


@pytest.mark.parametrize("platform", [None, "glx"])
def test_the_environment_is_left_as_it_was(platform: str | None) -> None:
    environment = {} if platform is None else {"PYOPENGL_PLATFORM": platform}
    answer, _ = python(
        "import os; before = dict(os.environ)\n" + TRY + "attempt(); print(dict(os.environ) == before)",
        DISPLAY=":77",
        **environment,
    )
    assert answer.splitlines()[-1] == "True"


NEEDS_FONTCONFIG = pytest.mark.skipif(
    ctypes.util.find_library("fontconfig") is None, reason="vispy by itself cannot be imported without fontconfig"
)


@pytest.mark.parametrize(
    "before",
    [
        "import os; os.environ['PYOPENGL_PLATFORM'] = 'egl'; import OpenGL.GL",
        pytest.param("import vispy; vispy.use('glfw')", marks=NEEDS_FONTCONFIG),
        pytest.param("import vispy.app.backends._egl", marks=NEEDS_FONTCONFIG),
        pytest.param("import vispy.app, vispy.gloo", marks=NEEDS_FONTCONFIG),
    ],
)
def test_earlier_imports_do_not_change_the_picture(before: str, on_cpu: np.ndarray, tmp_path: Path) -> None:
    np.testing.assert_array_equal(picture(tmp_path, before), on_cpu)


def test_pyopengl_with_another_platform_is_an_error() -> None:
    answer, _ = python("import OpenGL.GL\n" + TRY + "attempt()")
    assert answer.startswith("ContextError: PyOpenGL was imported before") and "PYOPENGL_PLATFORM=egl" in answer


def test_vispy_may_be_used_with_another_backend_afterwards() -> None:
    answer, _ = python(TRY + "attempt()\nimport vispy; vispy.use('glfw'); print(vispy.app.use_app().backend_name)")
    assert answer.splitlines()[-1].lower() == "glfw"


@NEEDS_FONTCONFIG
def test_vispys_egl_functions_are_put_back() -> None:
    answer, _ = python(
        "import vispy.ext.egl as e; before = e.eglGetDisplay\n" + TRY + "attempt(); print(e.eglGetDisplay is before)"
    )
    assert answer.splitlines()[-1] == "True"


@NEEDS_FONTCONFIG
def test_vispys_functions_are_put_back_after_each_call(tmp_path: Path) -> None:
    before = "import vispy.gloo.gl as gl; own = gl.glClear, gl.current_backend"
    after = """
assert (gl.glClear, gl.current_backend) == own
gl.use_gl("gl2 debug")
own = gl.glClear
again = gm.render_image(scene, time=5.0, size=(160, 120))
assert gl.glClear is own
np.testing.assert_array_equal(again, np.load(sys.argv[1]))
"""
    python(before + PICTURE.replace("DEVICE", "'cpu'") + after, str(tmp_path / "picture.npy"))


def test_a_first_call_leaves_vispys_usual_functions() -> None:
    drawn = PICTURE.replace("DEVICE", "'cpu'").replace("np.save(sys.argv[1], ", "(")
    answer, _ = python(drawn + "\nfrom vispy.gloo import gl; print(gl.current_backend is gl.default_backend)")
    assert answer == "True"


def test_pyopengls_egl_may_be_imported_afterwards() -> None:
    """As mujoco and pyrender do."""
    answer, _ = python(
        TRY + "attempt('cpu')\n"
        "from OpenGL import EGL\n"
        "display = EGL.eglGetDisplay(EGL.EGL_DEFAULT_DISPLAY)\n"
        "print(bool(EGL.eglInitialize(display, None, None)), EGL.eglGetError() == EGL.EGL_SUCCESS)",
        EGL_PLATFORM="surfaceless",
    )
    assert answer.splitlines()[-1] == "True True"


@pytest.mark.parametrize(("checks", "expected"), [(None, "False"), ("0", "False"), ("1", "True")])
def test_each_gl_call_is_checked_only_on_request(checks: str | None, expected: str) -> None:
    answer, _ = python(
        TRY + "attempt()\n"
        "from OpenGL import GL, error\n"
        "try: GL.glEnable(0xDEAD); print(False)\n"
        "except error.GLError: print(True)",
        **({} if checks is None else {"GPU_MORPH_GL_CHECKS": checks}),
    )
    assert answer.splitlines()[-1] == expected


@pytest.mark.usefixtures("software")
def test_the_interpreter_ends_silently(tmp_path: Path) -> None:
    code = PICTURE.replace("DEVICE", "'cpu'")
    assert python(code, str(tmp_path / "a.npy"), options=("-X", "dev", "-W", "error")) == ("", "")
