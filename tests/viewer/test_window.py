"""The window under Xvfb: it reacts to a synthetic mouse and keys, and its last picture is that of `render_image`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent

# xdotool moves the pointer and presses keys while the window runs in the main thread; each step waits for its effect.
# The screen is read from the X server's own memory.
ACTIONS = """
import subprocess, sys, threading, time
from pathlib import Path
import numpy as np
import gpu_morph as gm
from gpu_morph.render.gpu.picture_window import PictureWindow
from gpu_morph.viewer.session import ViewSession
from gpu_morph.viewer.window import WindowView
from test_session import scene

def xdotool(*words):
    return subprocess.run(["xdotool", *map(str, words)], check=True, capture_output=True, text=True, timeout=180).stdout

def screen():
    data = np.fromfile(sys.argv[1] + "/Xvfb_screen0", dtype=np.uint8)
    header = data[:100].view(">u4").astype(int)
    size, width, height, row, n_colors = (header[k] for k in (0, 4, 5, 12, 19))
    pixels = data[size + 12 * n_colors :][: height * row].reshape(height, row)
    return pixels.reshape(height, -1, 4)[:, :width, 2::-1]

def until(condition):
    end = time.monotonic() + 100
    while not condition():
        assert time.monotonic() < end, condition
        time.sleep(0.05)

def actions(session, window, failures):
    try:
        session.wait_idle()
        name = xdotool("search", "--sync", "--onlyvisible", "--name", "gpu_morph").split()[0]
        xdotool("windowmove", "--sync", name, 0, 0)
        xdotool("windowfocus", "--sync", name)
        before = session.camera
        xdotool("mousemove", "--window", name, 100, 40, "mousedown", 1)
        xdotool("mousemove", "--window", name, 150, 40, "mouseup", 1)
        until(lambda: session.camera.azim != before.azim)
        assert abs((session.camera.azim - before.azim + 45) % 360) < 1e-6, (session.camera, before)  # 50 of 200 pixels
        xdotool("click", 4)
        until(lambda: session.camera.height < before.height)
        xdotool("key", "Right")
        until(lambda: session.time == 1.0)
        xdotool("key", "question")
        until(lambda: session.state.shows_help)
        xdotool("key", "Escape")
        until(lambda: not session.state.shows_help)
        xdotool("mousemove", "--window", name, 20, 20)
        session.wait_idle()
        expected = gm.render_image(session.scene, time=session.time, size=session.picture_size)
        assert expected.shape == (200, 320, 3) and (expected != 255).any()
        until(lambda: np.array_equal(screen()[:200, :320], expected))
        print("equal")
    except BaseException as error:
        failures.append(error)
    finally:
        session.close()
        window.wake()

if __name__ == "__main__":
    failures = []
    with PictureWindow((320, 244), "gpu_morph") as window, ViewSession(scene(), window.size) as session:
        thread = threading.Thread(target=actions, args=(session, window, failures))
        thread.start()
        WindowView(session, window).run()
        thread.join()
    for failure in failures:
        raise failure
    assert threading.enumerate() == [threading.main_thread()]
"""


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An X server's display, and the folder with the file of its screen."""
    server = shutil.which("Xvfb")
    if server is None or shutil.which("xdotool") is None:
        pytest.skip("needs Xvfb and xdotool")
    reader, writer = os.pipe()
    folder = tmp_path_factory.mktemp("screen")
    screen = ["-screen", "0", "400x300x24", "-fbdir", str(folder), "-nolisten", "tcp"]
    process = subprocess.Popen(
        [server, "-displayfd", str(writer), *screen], pass_fds=(writer,), stderr=subprocess.DEVNULL
    )
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    try:
        assert number, "Xvfb does not start"
        yield f":{number}", folder
    finally:
        process.terminate()
        process.wait(timeout=180)


def python(code: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    known["PYTHONPATH"] = os.pathsep.join([str(FOLDER), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=known | environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # what a shell runs with & ignores it
    )


@pytest.mark.cluster
def test_the_window_reacts_and_shows_the_picture_of_render_image(display: tuple[str, Path]) -> None:
    number, folder = display
    done = python(ACTIONS, folder, DISPLAY=number)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "equal\n"


@pytest.mark.cluster
def test_an_interrupt_closes_the_window(display: tuple[str, Path]) -> None:
    code = (
        "import signal, threading, gpu_morph as gm\n"
        "from gpu_morph.viewer import session, window\n"
        "from test_session import scene\n"
        "class Session(session.ViewSession):\n"
        "    def __init__(self, *arguments, **options):\n"
        "        super().__init__(*arguments, **options)\n"
        "        self.on_frame(lambda frame: signal.raise_signal(signal.SIGINT))\n"
        "window.ViewSession = Session\n"
        "try: window.view_in_window(scene(), (320, 244))\n"
        "except KeyboardInterrupt: print('interrupted', threading.enumerate() == [threading.main_thread()])\n"
    )
    done = python(code, DISPLAY=display[0])
    assert done.stdout == "interrupted True\n", done.stderr


def test_without_a_screen_the_error_says_what_to_do() -> None:
    code = (
        "from gpu_morph.errors import ContextError\nfrom gpu_morph.viewer.window import view_in_window\n"
        "from test_session import scene\n"
        "try: view_in_window(scene(), (320, 244))\nexcept ContextError as error: print(error)\n"
    )
    done = python(code)
    assert "no window can be opened" in done.stdout, done.stderr
    assert "gm.write_html" in done.stdout and "snapshot" in done.stdout and "DISPLAY" in done.stdout


@pytest.mark.cluster
def test_the_command_shows_a_window_until_q_closes_it(display: tuple[str, Path], tmp_path: Path) -> None:
    (tmp_path / "cell.swc").write_text("1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 0 20 6 2\n4 3 30 60 120 3 3\n")
    code = (
        "import subprocess, sys, threading\nfrom gpu_morph.cli.main import main\n"
        "def close():\n"
        "    find = ['xdotool', 'search', '--sync', '--onlyvisible', '--name', 'cell.swc - gpu_morph']\n"
        "    name = subprocess.run(find, check=True, capture_output=True, text=True, timeout=180).stdout.split()[0]\n"
        "    keys = ['xdotool', 'windowfocus', '--sync', name, 'key', 'q']\n"
        "    subprocess.run(keys, check=True, timeout=180)\n"
        "threading.Thread(target=close).start()\n"
        "print(main(['view', sys.argv[1], '--size', '320x244', '--color', 'label', '--device', 'cpu']))\n"
    )
    done = python(code, str(tmp_path / "cell.swc"), DISPLAY=display[0])
    assert done.stdout == "0\n", done.stderr


@pytest.mark.cluster
def test_a_window_that_closes_copies_what_was_asked_for_before(display: tuple[str, Path]) -> None:
    code = (
        "import gpu_morph as gm\n"
        "from gpu_morph.render.gpu.picture_window import PictureWindow\n"
        "from gpu_morph.viewer import events, window\n"
        "from test_session import scene\n"
        "def run(view):\n"
        "    with view._session._changed:\n"
        "        for key in ('c', 'q'):\n"
        "            view._session.handle(events.Key(key))\n"
        "window.WindowView.run = run\n"
        "PictureWindow.copy_text = lambda window, text: print(text.splitlines()[-1])\n"
        "print(gm.view(scene(), size=(200, 144)).is_closed)\n"
    )
    done = python(code, DISPLAY=display[0])
    assert done.returncode == 0, done.stderr
    assert done.stdout == 'gm.save_image("picture.png", scene, time=0.0, size=(200, 100))\nTrue\n'
