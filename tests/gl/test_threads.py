"""Any thread may draw, at any time: pools, asyncio, threads that end; and what the caller had current stays current."""

from __future__ import annotations

import asyncio
import ctypes
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_context import python
from reference import random_tree

from gpu_morph import Recording, Renderer, Scene, render_image, render_video
from gpu_morph.errors import EncoderError
from gpu_morph.render.gpu.context import current_context, held_context, known_context
from gpu_morph.render.gpu.device_choice import open_egl
from gpu_morph.video.writer import VideoWriter

SIZE = (64, 48)
TIMES = [0.0, 2.5, 5.0, 7.5]


@pytest.fixture(scope="module")
def scene() -> Scene:
    tree = random_tree(3)
    values = np.linspace(-75, 30, 11)[:, None] * np.ones(tree.n_sections)
    sections, middles = np.arange(tree.n_sections), np.full(tree.n_sections, 0.5)
    recording = Recording(np.arange(11.0), values, section=sections, position=middles)
    return Scene(tree, recording, clim=(-75, 30))


@pytest.fixture(autouse=True)
def _free_context() -> None:
    """The fixture for OpenGL objects keeps the context in this thread."""
    with held_context():
        pass
    current_context().release()


@pytest.fixture
def expected(scene: Scene) -> list[np.ndarray]:
    return [picture(scene, time) for time in TIMES]


def picture(scene: Scene, time: float) -> np.ndarray:
    return render_image(scene, time=time, size=SIZE)


def in_thread(work: Callable[[], Any]) -> Any:
    """What a thread that then ends has returned; its error is raised here."""
    results: list[Any] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(120)
    assert not thread.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]
    return results[0]


def test_200_pictures_from_8_threads(scene: Scene, expected: list[np.ndarray]) -> None:
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda k: picture(scene, TIMES[k % 4]), range(200)))
    for k, image in enumerate(drawn):
        np.testing.assert_array_equal(image, expected[k % 4])


def test_asyncio_to_thread(scene: Scene, expected: list[np.ndarray]) -> None:
    async def draw() -> list[np.ndarray]:
        return await asyncio.gather(*[asyncio.to_thread(picture, scene, time) for time in TIMES * 3])

    for image, same in zip(asyncio.run(draw()), expected * 3, strict=True):
        np.testing.assert_array_equal(image, same)


def test_threads_that_end(scene: Scene, expected: list[np.ndarray]) -> None:
    for time, image in zip(TIMES, expected, strict=True):
        np.testing.assert_array_equal(in_thread(lambda time=time: picture(scene, time)), image)
    np.testing.assert_array_equal(picture(scene, TIMES[0]), expected[0])


def test_a_renderer_outlives_the_thread_that_made_it(scene: Scene, expected: list[np.ndarray]) -> None:
    renderer = in_thread(lambda: Renderer(scene, SIZE))
    np.testing.assert_array_equal(renderer.render(TIMES[1]), expected[1])
    np.testing.assert_array_equal(in_thread(lambda: renderer.render(TIMES[2])), expected[2])
    in_thread(renderer.close)


def test_one_renderer_in_two_threads(scene: Scene, expected: list[np.ndarray]) -> None:
    with Renderer(scene, SIZE) as renderer, ThreadPoolExecutor(2) as pool:
        films = [pool.submit(lambda: list(renderer.frames(TIMES * 5))) for _ in range(2)]
        pictures = [renderer.render(time) for time in TIMES]
        for film in films:
            for frame, image in zip(film.result(120), expected * 5, strict=True):
                np.testing.assert_array_equal(frame, image)
    for frame, image in zip(pictures, expected, strict=True):
        np.testing.assert_array_equal(frame, image)


@pytest.mark.parametrize("pixel_format", ["rgb", "yuv420p"])
def test_frames_may_be_asked_for_by_one_thread_after_the_other(scene: Scene, pixel_format: Any) -> None:
    with Renderer(scene, SIZE) as renderer:
        alone = list(renderer.frames(TIMES, pixel_format=pixel_format))
        frames = renderer.frames(TIMES, pixel_format=pixel_format)
        for image in alone:
            np.testing.assert_array_equal(in_thread(lambda: next(frames)), image)
            render_image(scene, time=1.0, size=SIZE)  # between frames the context is free


def test_a_picture_while_a_film_is_made(scene: Scene, expected: list[np.ndarray], tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        film = pool.submit(render_video, scene, tmp_path / "film.mp4", t_step=0.05, size=SIZE, progress=False)
        np.testing.assert_array_equal(picture(scene, TIMES[1]), expected[1])
        assert film.result(120).n_frames > 100


@pytest.mark.parametrize("has_folder", [False, True])
def test_a_film_that_failed_leaves_the_context_although_its_error_is_kept(
    scene: Scene, expected: list[np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_folder: bool
) -> None:
    def fail(*_: Any) -> None:
        raise EncoderError("ffmpeg stopped")

    monkeypatch.setattr(VideoWriter, "write", fail)
    folder = {"frames_dir": tmp_path / "frames"} if has_folder else {}
    with pytest.raises(EncoderError) as error:
        render_video(scene, tmp_path / "film.mp4", t_step=1.0, size=SIZE, progress=False, **folder)
    context = known_context()
    assert context is not None and context.thread is None, "other threads would wait as long as the error is kept"
    np.testing.assert_array_equal(in_thread(lambda: picture(scene, TIMES[1])), expected[1])
    assert error.value.__traceback__ is not None


def test_who_keeps_the_context_is_named(scene: Scene) -> None:
    current_context()
    with pytest.raises(Exception, match=f"belongs to thread {threading.get_ident()}.*held_context"):
        in_thread(lambda: picture(scene, 1.0))
    current_context().release()
    in_thread(lambda: picture(scene, 1.0))


def test_a_thread_that_kept_the_context_and_ended(scene: Scene) -> None:
    """In a new process: what the context held is lost with it."""
    answer, _ = python(
        "import threading, gpu_morph as gm\n"
        "from gpu_morph.render.gpu.context import current_context\n"
        "scene = gm.Scene(gm.demo_cell()[0], color='red')\n"
        "renderer = gm.Renderer(scene, (50, 40), device='cpu'); first = renderer.render()\n"
        "thread = threading.Thread(target=current_context); thread.start(); thread.join()\n"
        "print((renderer.render() == first).all(), (gm.render_image(scene, size=(50, 40)) == first).all())"
    )
    assert answer == "True True"


# An interrupt between EGL's call and the note of it, and one before EGL's call, at the end of a picture.
INTERRUPTS = """
import threading, gpu_morph as gm
from gpu_morph.render.gpu.context import held_context, known_context
from gpu_morph.render.gpu.device_choice import open_egl
scene, pictures = gm.Scene(gm.demo_cell()[0], color="red"), []

def draw():
    pictures.append(gm.render_image(scene, size=(50, 40), device="cpu"))

def interrupted(owner, name, after):
    original = getattr(owner, name)
    def call(*arguments):
        setattr(owner, name, original)
        if after:
            original(*arguments)
        raise KeyboardInterrupt
    setattr(owner, name, call)
    try: draw()
    except KeyboardInterrupt: pass
    for _ in range(2):
        thread = threading.Thread(target=draw); thread.start(); thread.join()
        draw()
    if after:
        print(open_egl().binding().context)

draw()
first = open_egl().binding().context
interrupted(known_context().canvas, "set_current", after=True)
interrupted(open_egl(), "release", after=True)
interrupted(open_egl(), "release", after=False)
print(first, len(pictures), all((picture == pictures[0]).all() for picture in pictures))
"""


def test_an_interrupt_while_the_context_is_bound_or_released() -> None:
    answer, stderr = python(INTERRUPTS)
    assert (answer.split(), stderr) == (["None"] * 3 + ["13", "True"], "")


def test_an_interrupt_inside_of_ctypes_while_a_renderer_is_made(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise ctypes.ArgumentError("argument 1: KeyboardInterrupt: ")

    with monkeypatch.context() as patch:
        patch.setattr("gpu_morph.render.frame_source.FrameSource._build", interrupt)
        with pytest.raises(KeyboardInterrupt):
            Renderer(scene, SIZE)


@pytest.fixture
def other_context() -> Iterator[tuple[Any, ...]]:
    """What EGL says is current, when that is another library's context."""
    context = known_context()
    assert context is not None
    if context.backend != "egl":
        pytest.skip("needs EGL")
    library = open_egl()._library
    config, count = ctypes.c_void_p(), ctypes.c_int()
    display = ctypes.c_void_p(context.display)
    library.eglChooseConfig(
        display, (ctypes.c_int * 3)(0x3033, 1, 0x3038), ctypes.byref(config), 1, ctypes.byref(count)
    )
    surface = library.eglCreatePbufferSurface(display, config, (ctypes.c_int * 5)(0x3057, 8, 0x3056, 8, 0x3038))
    library.eglBindAPI(0x30A2)
    other = library.eglCreateContext(display, config, None, None)
    assert library.eglMakeCurrent(display, surface, surface, other)
    yield open_egl().binding()
    library.eglMakeCurrent(display, None, None, None)
    library.eglDestroySurface(display, ctypes.c_void_p(surface))
    library.eglDestroyContext(display, ctypes.c_void_p(other))


def test_the_callers_context_is_put_back(scene: Scene, other_context: tuple[Any, ...], tmp_path: Path) -> None:
    assert other_context[-1] is not None
    binding = open_egl().binding
    render_image(scene, time=1.0, size=SIZE)
    assert binding() == other_context
    with pytest.raises(ValueError, match="time"):
        render_image(scene, time=1e9, size=SIZE)
    assert binding() == other_context
    with Renderer(scene, SIZE) as renderer:
        assert binding() == other_context
        for _ in renderer.frames(TIMES):
            assert binding() == other_context
    render_video(scene, tmp_path / "film.mp4", t_step=2.0, size=SIZE, progress=False)
    assert binding() == other_context


# Another library ends the display of the context, between calls and in the middle of a film.
LOSS = """
import ctypes, os
import numpy as np
import gpu_morph as gm
from gpu_morph.render.gpu import egl
from gpu_morph.render.gpu.context import known_context
from gpu_morph.render.gpu.device_choice import open_egl
from gpu_morph.video.writer import VideoWriter

def end(again=False):
    display = ctypes.c_void_p(known_context().display)
    open_egl()._library.eglTerminate(display)
    if again:  # the handles of the next contexts may be those of the lost ones
        open_egl()._library.eglInitialize(display, None, None)
        others.append([open_egl()._library.eglCreateContext(display, None, None, None) for _ in range(4)])

def films(step, pixel_format, at=()):
    look = {"camera": gm.Camera(azim_step=step), "annotations": (gm.Clock(),)}
    with gm.Renderer(gm.Scene(*gm.demo_cell(), clim=(-75, 30), **look), (96, 64), device="cpu") as renderer:
        found = []
        for number, frame in enumerate(renderer.frames(np.arange(6.0), pixel_format=pixel_format)):
            found.append(frame)
            if number in at:
                end(again=number % 2)
        if at:
            end()
        return [*found, *([] if pixel_format != "rgb" else [renderer.render(3.0)])]

others = []
for path, step, pixel_format in (
    ("cpu", 20.0, "rgb"), ("cpu", 0.0, "yuv420p"), ("gpu", 20.0, "rgb"), ("gpu", 20.0, "yuv420p")
):
    os.environ["GPU_MORPH_PATH"] = path
    whole = films(step, pixel_format)
    lost = films(step, pixel_format, at=(0, 2, 3, 5))
    print(len(whole) == len(lost) and all((a == b).all() for a, b in zip(whole, lost)))
renderer = gm.Renderer(gm.Scene(gm.demo_cell()[0]), (50, 40), device="cpu")
end()
egl.Egl.display = lambda *_: None
try: renderer.render()
except gm.errors.ContextError as error: print(error)
"""


def test_a_display_that_another_library_ends() -> None:
    answer, stderr = python(LOSS)
    *same, error = answer.splitlines()[:5]
    assert (same, stderr) == (["True"] * 4, "")
    assert error.startswith("the OpenGL context is lost (another library has ended its EGL display)")
