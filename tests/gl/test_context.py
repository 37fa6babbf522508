"""The OpenGL context of a process: how it is chosen, what it rejects, and what it leaves behind.

A process has one context, so most of these tests run a few lines of Python in a new process.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
import threading
import timeit
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from live_objects import LiveObjects

from gpu_morph import Renderer, Scene, demo_cell
from gpu_morph.errors import ContextError
from gpu_morph.render.gpu.context import current_context

# Prints GL_RENDERER, or the error's name and message.
TRY = """
import warnings
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.render.gpu import context, device_choice, egl

def attempt(device=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SoftwareRenderingWarning)
        try:
            print("drew on", context.current_context(device).renderer)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
"""
NO_GPU = "from gpu_morph.render.gpu import context, device_choice; device_choice.visible_devices = lambda *_: []\n"
# Draws the demo cell and saves the picture in the file that is named last.
PICTURE = """
import sys, warnings
import numpy as np
import gpu_morph as gm
from gpu_morph.data.demo import demo_cell
warnings.simplefilter("ignore", gm.errors.SoftwareRenderingWarning)
morphology, recording = demo_cell()
scene = gm.Scene(morphology, recording, clim=(-75, 30))
np.save(sys.argv[1], gm.render_image(scene, time=5.0, size=(160, 120), device=DEVICE))
"""


def python(code: str, *arguments: str, options: tuple[str, ...] = (), **environment: str) -> tuple[str, str]:
    """Standard output and error of a new interpreter, which must exit with 0."""
    ours = ("GPU_MORPH_", "CUDA_VISIBLE", "DISPLAY", "WAYLAND", "PYOPENGL", "EGL_", "XDG_SESSION")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [sys.executable, *options, "-c", code, *arguments]
    run = subprocess.run(command, env=clean | environment, capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip(), run.stderr.strip()


@pytest.fixture(scope="module")
def software() -> None:
    """Skip where Mesa's rasteriser is missing."""
    answer, _ = python(TRY + "attempt('cpu')")
    if answer.startswith("ContextError"):
        pytest.skip(f"needs Mesa's software rasteriser: {answer}")


@pytest.fixture(scope="module")
def on_cpu(software: None, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The picture as the CPU draws it, in a plain environment."""
    return picture(tmp_path_factory.mktemp("cpu"))


def picture(folder: Path, before: str = "", device: str = "'cpu'", **environment: str) -> np.ndarray:
    """The picture drawn after some lines of Python; nothing may be written to the standard error."""
    path = folder / "picture.npy"
    _, stderr = python(before + "\n" + PICTURE.replace("DEVICE", device), str(path), **environment)
    assert stderr == ""
    image = np.load(path)
    assert np.count_nonzero(image.min(axis=2) < 200) > 300, "no cell in the picture"
    return image


# ---- the choice of a device


@pytest.mark.usefixtures("software")
def test_software_is_warned_of_once_unless_it_was_chosen() -> None:
    answer, _ = python(
        NO_GPU + "import warnings\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    c = context.current_context(); context.current_context('auto'); context.current_context('cpu')\n"
        "print([w.category.__name__ for w in caught], c.renderer in str(caught[0].message), c.is_software)"
    )
    assert answer == "['SoftwareRenderingWarning'] True True"


@pytest.mark.usefixtures("software")
@pytest.mark.parametrize(("device", "environment"), [("cpu", {}), (None, {"GPU_MORPH_DEVICE": "cpu"})])
def test_software_that_was_chosen_is_not_warned_of(device: str | None, environment: dict[str, str]) -> None:
    answer, stderr = python(
        f"from gpu_morph.render.gpu.context import current_context; print(current_context({device!r}).is_software)",
        options=("-W", "error"),
        **environment,
    )
    assert (answer, stderr) == ("True", "")


def test_a_wrong_device_in_the_environment_is_named() -> None:
    answer, _ = python(TRY + "attempt()", GPU_MORPH_DEVICE="gpu1")
    assert answer.startswith("ValueError: GPU_MORPH_DEVICE must be") and "'gpu1'" in answer


def test_a_wrong_backend_is_named() -> None:
    answer, _ = python(TRY + "attempt()", GPU_MORPH_BACKEND="qt")
    assert answer.startswith("ContextError: GPU_MORPH_BACKEND must be 'egl' or 'glfw'") and "'qt'" in answer


def test_without_a_gpu_an_index_is_an_error() -> None:
    answer, _ = python(NO_GPU + TRY + "attempt(0)", CUDA_VISIBLE_DEVICES="-1")
    assert answer.startswith("ContextError: device=0") and "none" in answer
    assert "CUDA_VISIBLE_DEVICES=-1" in answer


def test_an_index_too_high_is_an_error_that_lists_the_gpus() -> None:
    devices = "[egl.Device(1, is_software=False, cuda=4), egl.Device(2, is_software=False, drm_file='/dev/dri/x')]"
    answer, _ = python(TRY + f"device_choice.visible_devices = lambda *_: {devices}\nattempt(7)")
    assert answer.startswith("ContextError: device=7")
    assert "0: hardware, CUDA device 4" in answer and "1: hardware, /dev/dri/x" in answer


def test_a_hidden_cuda_device_is_not_used() -> None:
    answer, _ = python(
        TRY + "asked = []\n"
        "device_choice.visible_devices = lambda devices, cuda: asked.append(cuda) or []\n"
        "attempt(0); print(asked)",
        CUDA_VISIBLE_DEVICES="GPU-12,3",
    )
    assert answer.endswith("['GPU-12,3']")


@pytest.mark.usefixtures("software")
def test_a_gpu_without_a_display_is_skipped() -> None:
    answer, _ = python(
        TRY + "device_choice.visible_devices = lambda *_: [egl.Device(1, is_software=False, cuda=0)]\n"
        "display = egl.Egl.display\n"
        "egl.Egl.display = lambda self, device: display(self, device) if device.is_software else None\n"
        "attempt(0)\nattempt('auto')"
    )
    first, *_, last = answer.splitlines()
    assert first == "ContextError: EGL gives no OpenGL context for device=0; tried:"
    assert last.startswith("drew on")


@pytest.mark.usefixtures("software")
def test_a_hardware_device_that_draws_on_the_cpu_is_not_a_gpu() -> None:
    answer, _ = python(
        TRY + "handle = next(d.handle for d in egl.Egl().devices() if d.is_software)\n"
        "device_choice.visible_devices = lambda *_: [egl.Device(handle, is_software=False)]\n"
        "attempt(0)"
    )
    assert answer.startswith("ContextError: EGL gives no OpenGL context for device=0")


@pytest.mark.usefixtures("software")
def test_a_gpu_is_not_used_for_the_device_cpu() -> None:
    """Mesa's surfaceless platform may draw on a GPU."""
    answer, _ = python(
        TRY + "egl.Egl.describe = lambda *_: egl.Description('Intel', 'Mesa Intel(R) UHD', '4.6')\nattempt('cpu')"
    )
    assert answer.startswith("ContextError: EGL gives no OpenGL context for device='cpu'")


# ---- one context per process


@pytest.mark.usefixtures("software")
def test_another_device_in_the_same_process_is_an_error() -> None:
    answer, _ = python(TRY + "attempt('cpu'); attempt(0); attempt('auto'); attempt(); attempt('cpu')")
    first, second, *others = answer.splitlines()
    assert second.startswith("ContextError: device=0") and "one context per process" in second
    assert others == [first] * 3


def test_the_gpu_that_auto_chose_has_its_index() -> None:
    answer, _ = python(
        TRY + "device = egl.Device(1, is_software=False, cuda=5)\n"
        "device_choice.visible_devices = lambda *_: [egl.Device(2, is_software=False), device]\n"
        "egl.Egl.display = lambda self, d: 99 if d == device else None\n"
        "egl.Egl.describe = lambda *_: egl.Description('NVIDIA', 'NVIDIA H200', '4.6')\n"
        "print(device_choice.find_display('auto')[1:], device_choice.find_display(1)[1:])"
    )
    assert answer == "(99, 1) (99, 1)"


@pytest.mark.usefixtures("software")
def test_after_a_failed_attempt_the_next_succeeds() -> None:
    answer, _ = python(
        TRY + "attempt(99)\n"
        "find = context.find_display\n"
        "context.find_display = lambda choice: (None, 0, choice)\n"  # a display that vispy cannot open
        "attempt('cpu')\n"
        "context.find_display = find\n"
        "attempt('cpu')"
    )
    lines = answer.splitlines()
    assert lines[0].startswith("ContextError: device=99")
    assert any(line.startswith("ContextError: vispy cannot open an offscreen egl canvas") for line in lines)
    assert lines[-1].startswith("drew on")


def test_another_thread_is_an_error() -> None:
    current_context()
    answers: list[str] = []

    def attempt() -> None:
        try:
            current_context()
        except ContextError as error:
            answers.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert len(answers) == 1 and f"belongs to thread {threading.get_ident()}" in answers[0]
    current_context()  # it still works in this thread


def test_a_forked_process_is_an_error() -> None:
    answer, _ = python(
        TRY + "import os\nattempt()\n"
        "reader, writer = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    try: context.current_context()\n"
        "    except Exception as error: os.write(writer, repr(error).encode())\n"
        "    os._exit(0)\n"
        "os.close(writer); os.wait()\n"
        "print(os.read(reader, 1000).decode()); attempt()"
    )
    first, forked, last = answer.splitlines()
    assert forked.startswith("ContextError(") and "'spawn'" in forked
    assert first.startswith("drew on") and last == first


def test_a_context_that_cannot_be_made_current_is_a_context_error() -> None:
    class Canvas:
        def set_current(self) -> None:
            raise RuntimeError("Could not make the context current.")

    with pytest.raises(ContextError, match="another library"):
        replace(current_context(), canvas=Canvas()).make_current()


def test_asking_again_costs_little() -> None:
    current_context()
    seconds = min(timeit.repeat(current_context, number=100, repeat=5)) / 100
    assert seconds < 100e-6


# ---- missing libraries


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


# ---- the environment, and other libraries


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


# ---- a hidden window


def test_a_window_needs_a_display() -> None:
    answer, _ = python(TRY + "attempt()", GPU_MORPH_BACKEND="glfw")
    assert answer.startswith("ContextError: vispy cannot open an offscreen glfw canvas") and "DISPLAY" in answer


def test_a_window_cannot_choose_a_gpu() -> None:
    answer, _ = python(TRY + "attempt(0)", GPU_MORPH_BACKEND="glfw")
    assert answer.startswith("ContextError: device=0 cannot be chosen with a glfw window")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server's display."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("needs Xvfb")
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [server, "-displayfd", str(writer), "-screen", "0", "320x240x24", "-nolisten", "tcp"],
        pass_fds=(writer,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    try:
        assert number, "Xvfb does not start"
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.mark.cluster
@pytest.mark.parametrize("device", ["'cpu'", "None"])
def test_a_hidden_window_draws_the_same_picture(device: str, display: str, on_cpu: np.ndarray, tmp_path: Path) -> None:
    image = picture(tmp_path, device=device, GPU_MORPH_BACKEND="glfw", DISPLAY=display)
    assert np.abs(image.astype(int) - on_cpu).max() <= 2


# Frames of a film with a turning and of one with a static camera, annotated, with thick and thin neurites.
FILM = """
import sys, warnings
import numpy as np
import gpu_morph as gm
warnings.simplefilter("ignore", gm.errors.SoftwareRenderingWarning)
morphology, recording = gm.demo_cell()
films = []
for step in (20.0, 0.0):
    look = {"camera": gm.Camera(azim_step=step), "annotations": (gm.ColorBar(), gm.Clock())}
    with gm.Renderer(gm.Scene(morphology, recording, clim=(-75, 30), **look), (320, 240), device="cpu") as renderer:
        films += [*renderer.frames(np.arange(6.0), pixel_format="yuv420p")]
np.save(sys.argv[1], films)
"""


@pytest.mark.cluster
@pytest.mark.usefixtures("software")
def test_a_hidden_window_films_the_same_frames(display: str, tmp_path: Path) -> None:
    films = []
    for backend in ("egl", "glfw"):
        _, stderr = python(FILM, str(tmp_path / "film.npy"), GPU_MORPH_BACKEND=backend, DISPLAY=display)
        assert stderr == ""
        films.append(np.load(tmp_path / "film.npy").astype(int))
    assert len(films[0]) == 12
    assert np.abs(films[1] - films[0]).max() <= 2


@pytest.mark.cluster
@pytest.mark.usefixtures("software")
def test_a_window_has_a_backend_and_no_device(display: str) -> None:
    answer, _ = python(
        TRY + "attempt(); c = context.current_context('cpu'); print(c.backend, c.device, c.choice, c.is_software)",
        GPU_MORPH_BACKEND="glfw",
        DISPLAY=display,
    )
    assert answer.splitlines()[-1] == "glfw None cpu True"


# ---- several renderers


@pytest.fixture(scope="module")
def scene() -> Scene:
    morphology, recording = demo_cell()
    return Scene(morphology, recording, clim=(-75, 30))


def test_two_renderers_at_once_do_not_disturb_each_other(scene: Scene) -> None:
    times, sizes = [1.0, 4.0, 6.0], [(90, 70), (64, 120)]

    def alone(size: tuple[int, int]) -> list[np.ndarray]:
        with Renderer(scene, size) as renderer:
            return [renderer.render(t) for t in times]

    expected = [alone(size) for size in sizes]
    with Renderer(scene, sizes[0]) as first, Renderer(scene, sizes[1]) as second:
        drawn = list(zip(*((first.render(t), second.render(t)) for t in times), strict=True))
        streamed = list(zip(first.frames(times), second.frames(times), strict=True))
    for frames, turns, images in zip(drawn, zip(*streamed, strict=True), expected, strict=True):
        np.testing.assert_array_equal(frames, images)
        np.testing.assert_array_equal(turns, images)


def test_a_closed_renderer_leaves_nothing_on_the_gpu(scene: Scene, live_objects: LiveObjects) -> None:
    before = live_objects()
    with Renderer(scene, (50, 40)) as renderer:
        frames = renderer.frames([1.0, 2.0, 3.0])
        next(frames)  # the next frame is still being copied
        during = live_objects()
    assert live_objects() == before
    made = {kind for kind, _ in during - before}
    assert made == {"Buffer", "Framebuffer", "Renderbuffer", "Texture", "Program", "VertexArray", "Sync"}


def test_thirty_renderers_in_turn_do_not_take_more_memory(scene: Scene) -> None:
    process = psutil.Process()

    def draw_some(n: int) -> int:
        for _ in range(n):
            with Renderer(scene, (512, 512)) as renderer:
                renderer.render(5.0)
        return process.memory_info().rss

    before = draw_some(5)
    assert draw_some(30) - before < 30e6


@pytest.mark.gpu
def test_a_gpu_has_an_index() -> None:
    context = current_context()
    assert context.device is not None and not context.device.is_software
    assert isinstance(context.choice, int)


@pytest.mark.gpu
def test_the_gpu_draws_what_the_cpu_draws(on_cpu: np.ndarray, tmp_path: Path) -> None:
    image = picture(tmp_path, device="0")
    difference = np.abs(image.astype(int) - on_cpu).max(axis=2)
    assert np.mean(difference > 8) < 0.005
