"""The viewer in JupyterLab and Notebook 7 in a real browser: mouse, slider, several viewers, the kernel's end."""

from __future__ import annotations

import base64
import importlib.util
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from jupyter_lab import JupyterLab, OpenNotebook, has_notebook_7, jupyter_lab, until
from PIL import Image

import gpu_morph as gm
from gpu_morph.viewer.controls import controls, slider_track

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZE = (400, 344)
CODE = """
import gpu_morph as gm

points = [[0, 0, 0], [0, 0, 60], [0, 0, 60], [40, 0, 90]]
cell = gm.Morphology(points, [8, 6, 6, 4], [0, 2, 4], [-1, 0], [1, 1], section_labels=["soma", "dend"])
values = [[-80, -60], [-40, 0], [10, 20], [-70, -75], [-50, -20]]
recording = gm.Recording([0, 1, 2, 3, 4], values, section=[0, 1], position=[0.5, 0.5], name="v", unit="mV")
scene = gm.Scene(cell, recording, camera=gm.Camera(azim=-90, elev=0), annotations=[gm.ColorBar()])
"""
MADE: dict[str, Any] = {}
exec(CODE, MADE)
SCENE: gm.Scene = MADE["scene"]
CELLS = (
    f"{CODE}\nviewer = gm.view(scene, size={SIZE}, device='cpu')\nviewer",
    "other = gm.view(scene, size=(300, 244), time=2, device='cpu')",
    "print('running')\nwhile True:\n    pass",
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    """A server; at the end nothing of it is alive."""
    for package in ("jupyterlab", "jupyter_rfb", "ipykernel"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}: the extra 'browser-tests'")
    with jupyter_lab(tmp_path_factory.mktemp("jupyter")) as lab:
        yield lab


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: JupyterLab) -> Iterator[OpenNotebook]:
    """A notebook in JupyterLab."""
    context = browser.new_context(viewport={"width": 900, "height": 900})
    yield OpenNotebook.written(lab, context.new_page(), "view.ipynb", *CELLS)
    context.close()


@pytest.fixture(scope="module")
def notebook_7(browser: Browser, lab: JupyterLab) -> Iterator[OpenNotebook]:
    """A notebook in Notebook 7, from the same server."""
    if not has_notebook_7():
        pytest.skip("needs notebook: the extra 'browser-tests'")
    context = browser.new_context(viewport={"width": 900, "height": 900})
    yield OpenNotebook.written(lab, context.new_page(), "view7.ipynb", *CELLS, pages="notebooks")
    context.close()


def drag(notebook: OpenNotebook, start: tuple[float, float], stop: tuple[float, float], k: int = 0) -> None:
    """Drag within a viewer, pixels from its upper left corner."""
    x, y = notebook.box(k)
    mouse = notebook.page.mouse
    mouse.move(x + start[0], y + start[1])
    mouse.down()
    mouse.move(x + stop[0], y + stop[1], steps=4)
    mouse.up()
    mouse.move(1, 1)  # nothing is under the pointer


def shows_its_scene(notebook: OpenNotebook, name: str = "viewer", k: int = 0) -> bool:
    """True if the browser shows what `render_image` draws of a viewer's scene."""
    camera, time, clim, size = notebook.value(f"(repr({name}.camera), {name}.time, {name}.clim, {name}.picture_size)")
    scene = replace(SCENE, camera=eval(camera, vars(gm)), clim=clim)
    expected = gm.render_image(scene, time=time, size=size, device="cpu").astype(int)
    shown = notebook.pixels(k)[: size[1]]
    return shown.shape == expected.shape and bool(np.abs(shown - expected).mean() <= 0.5)


def n_drawing_threads(notebook: OpenNotebook) -> int:
    names = notebook.value("[thread.name for thread in __import__('threading').enumerate()]")
    return sum(name.startswith("gpu_morph-view") for name in names)


def errors(notebook: OpenNotebook) -> list[str]:
    """What the console said of errors, without the service that JupyterLab asks for and does not have."""
    return [words for words in notebook.said if words.startswith("error") and "404" not in words]


@pytest.mark.parametrize("application", ["notebook", "notebook_7"])
def test_mouse_and_slider_change_what_is_shown(application: str, request: pytest.FixtureRequest) -> None:
    notebook: OpenNotebook = request.getfixturevalue(application)
    notebook.run(0)
    until(lambda: shows_its_scene(notebook), "the first picture")
    assert notebook.views() == 1  # though the cell ends with the viewer
    first = notebook.pixels()
    drag(notebook, (100, 150), (200, 180))
    until(lambda: notebook.value("viewer.camera.azim") != -90, "a camera that was turned")
    until(lambda: shows_its_scene(notebook), "the cell from another side")
    turned = notebook.pixels()
    assert (turned != first).any()
    size = notebook.value("viewer.state.size")
    slider = controls(size, has_times=True)["slider"]
    left, right = slider_track(slider)
    y = slider.y + slider.height / 2
    drag(notebook, (left, y), (right, y))
    until(lambda: notebook.value("viewer.time") == 4, "the last time")
    until(lambda: shows_its_scene(notebook), "the last time's picture")
    assert (notebook.pixels()[: size[1] - slider.height] != turned[: size[1] - slider.height]).any()
    notebook.value("(setattr(viewer, 'time', 2.0), setattr(viewer, 'clim', (-50, 0)))")
    until(lambda: shows_its_scene(notebook), "what other cells set")
    if application == "notebook":  # Notebook 7 has errors of its own when it starts
        assert not errors(notebook)


def test_the_notebooks_file_has_a_picture(notebook: OpenNotebook) -> None:
    notebook.run(0)
    data = notebook.outputs(0)[-1]["data"]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == SIZE


def test_several_viewers_live_side_by_side_until_they_are_closed(notebook: OpenNotebook) -> None:
    notebook.run(0)
    notebook.run(1)
    assert notebook.views() == 2
    until(lambda: shows_its_scene(notebook) and shows_its_scene(notebook, "other", 1), "two pictures")
    notebook.run(1)  # once more
    until(lambda: notebook.views() == 2 and n_drawing_threads(notebook) == 2, "the end of the one before")
    notebook.value("other.close()")
    until(lambda: notebook.views() == 1 and n_drawing_threads(notebook) == 1, "one viewer")
    until(lambda: shows_its_scene(notebook), "the first viewer")


def test_an_interrupt_leaves_the_viewer_and_a_restart_leaves_nothing(notebook: OpenNotebook) -> None:
    notebook.run(0)
    kernel = notebook.kernel

    def kinds() -> list[str]:
        return [output["output_type"] for output in notebook.outputs(2)]

    notebook.start(2)
    until(lambda: kinds() == ["stream"], "a busy kernel")
    notebook.do("await panel.sessionContext.session.kernel.interrupt()")
    until(lambda: kinds() == ["stream", "error"], "a KeyboardInterrupt")
    drag(notebook, (100, 150), (160, 150))
    until(lambda: notebook.value("viewer.camera.azim") != -90, "a camera that was turned")
    until(lambda: shows_its_scene(notebook), "its picture")
    family = [kernel, *kernel.children(recursive=True)]
    notebook.do("await panel.sessionContext.session.kernel.restart()")
    until(lambda: not any(process.is_running() for process in family), "the end of the kernel")
    notebook.run(0)
    until(lambda: shows_its_scene(notebook), "a new viewer")
    assert n_drawing_threads(notebook) == 1
