"""What notebooks show of scenes: a picture where one can be drawn, text everywhere, and never an error."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from reference import straight_tube

import gpu_morph as gm
from gpu_morph import Recording, Scene
from gpu_morph.api.scene_picture import good_time
from gpu_morph.errors import ContextError, UnsupportedError

CELL = gm.join_morphologies([straight_tube((-15, 0, 0), (15, 0, 0)), straight_tube((0, 0, -15), (0, 0, 15))])
TIMES = np.arange(0, 11.0)
VALUES = np.full((11, 2), -70.0)
VALUES[5, 1] = 30  # the time at which there is something to see
RECORDING = Recording(TIMES, VALUES, section=[0, 1], position=[0.5, 0.5])
SYNAPSES = gm.SynapseEvents([(0, 0, 4)] * 3, [0, 0, 0], ("EXC",), [0, 1, 2], [1.0, 2.0, 9.0])


class Rows:
    """Rows of a file: no array in memory."""

    dtype = np.dtype(np.float64)

    def __init__(self, values: np.ndarray) -> None:
        self._values, self.shape, self.read = values, values.shape, []

    def __getitem__(self, rows: Any) -> np.ndarray:
        self.read.append(rows)
        return self._values[rows]


def picture(scene: Scene) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(scene._repr_mimebundle_()["image/png"]))))


def test_a_scene_is_shown_when_its_values_differ_most() -> None:
    scene = Scene(CELL, RECORDING, annotations=(gm.Clock(),))
    assert good_time(scene) == 5
    np.testing.assert_array_equal(picture(scene), gm.render_image(scene, time=5, size=(480, 360)))


def test_the_thinnest_lines_are_a_pixel_wide_and_so_have_their_colours() -> None:
    line = straight_tube((0, 0, -15), (0, 0, 15), diameter=0.001)
    image = picture(Scene(line, color="black", lighting=False, camera=gm.Camera(azim=0, elev=0)))
    assert (255 - image[180, :, 0].astype(float)).sum() / 255 == pytest.approx(1, abs=0.02)


def test_one_compartment_is_shown_at_its_greatest_change() -> None:
    scene = Scene(CELL, Recording(TIMES, VALUES[:, 1:], section=[1], position=[0.5]))
    assert good_time(scene) == 5


def test_scenes_without_values_are_shown_at_the_middle_event_or_at_no_time() -> None:
    assert good_time(Scene(CELL, synapses=SYNAPSES)) == 2
    assert good_time(Scene(CELL)) is None
    np.testing.assert_array_equal(picture(Scene(CELL)), gm.render_image(Scene(CELL), size=(480, 360)))


def test_a_recording_in_a_file_is_not_read_as_a_whole() -> None:
    rows = Rows(np.tile(VALUES, (100, 1)))
    scene = Scene(CELL, Recording(np.arange(1100.0), rows, section=[0, 1], position=[0.5, 0.5]))
    assert picture(scene).shape == (360, 480, 3)
    assert len(rows.read) < 8
    assert not any(isinstance(chosen, slice) and len(rows._values[chosen]) > 1 for chosen in rows.read)


def test_annotations_that_do_not_fit_are_left_out() -> None:
    crowded = Scene(CELL, RECORDING, annotations=[gm.Text("\n".join("x" * 60), place="left")])
    np.testing.assert_array_equal(picture(crowded), gm.render_image(Scene(CELL, RECORDING), time=5, size=(480, 360)))


def test_without_opengl_a_scene_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ContextError("no OpenGL")

    monkeypatch.setattr("gpu_morph.render.gpu.context.held_context", fail)
    scene = Scene(CELL, RECORDING)
    assert scene._repr_mimebundle_() == {"text/plain": repr(scene)}


def test_the_text_of_a_scene_is_short() -> None:
    assert repr(Scene(CELL, RECORDING, annotations=(gm.Clock(), gm.ScaleBar()))) == (
        "Scene(2 cells, 2 sections, 4 points; 'v' at 11 times from 0 to 10 ms; annotations: Clock, ScaleBar)"
    )
    assert repr(Scene(CELL, synapses=SYNAPSES, color="red")) == (
        "Scene(2 cells, 2 sections, 4 points; 3 synapses; color='red')"
    )
    assert len(repr(Scene(CELL, color=["#123456"] * 2))) < 160


def test_ipython_takes_the_picture_and_the_text() -> None:
    formatters = pytest.importorskip("IPython.core.formatters")
    scene = Scene(CELL, RECORDING)
    data, metadata = formatters.DisplayFormatter().format(scene)
    assert (data["text/plain"], metadata) == (repr(scene), {})
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    for shown in (CELL, RECORDING, SYNAPSES):
        data, _ = formatters.DisplayFormatter().format(shown)
        assert data["text/html"] == shown._repr_html_()
        assert data["text/plain"] == repr(shown)


def test_show_displays_the_picture_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    display = pytest.importorskip("IPython.display")
    shown: list[Any] = []
    monkeypatch.setattr(display, "display", shown.append)
    monkeypatch.setattr("gpu_morph.api.notebook.is_notebook", lambda: True)
    scene = Scene(CELL, RECORDING)
    gm.show(scene, 3, size=(90, 60))
    gm.show(scene, size=(90, 60))
    for picture, time in zip(shown, (3, 5), strict=True):
        image = np.asarray(Image.open(io.BytesIO(picture.data)))
        np.testing.assert_array_equal(image, gm.render_image(scene, time=time, size=(90, 60)))


def test_show_says_what_to_do_without_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.api.notebook.is_notebook", lambda: False)
    with pytest.raises(UnsupportedError, match=r"no notebook .* gm\.save_image"):
        gm.show(Scene(CELL, RECORDING), 3)
    with pytest.raises(TypeError, match="scene must be a Scene"):
        gm.show(5)
