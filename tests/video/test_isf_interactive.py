"""CellMorphologyInteractiveVisualizer: its checks, the web page and the viewer that it shows."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from isf_cells import tiny_cell

import gpu_morph as gm
from gpu_morph.viewer.events import Key


def interactive(**options: Any) -> gm.CellMorphologyInteractiveVisualizer:
    return gm.CellMorphologyInteractiveVisualizer(tiny_cell(), False, **options)


def test_arguments_are_those_of_isf() -> None:
    made = inspect.signature(gm.CellMorphologyInteractiveVisualizer)
    text = "cell, align_trunk, dash_ip, show, renderer, t_start, t_stop, t_step"
    assert list(made.parameters) == text.split(", ")
    assert made.parameters["renderer"].default == "notebook_connected"
    plot = inspect.signature(gm.CellMorphologyInteractiveVisualizer.interactive_plot)
    assert list(plot.parameters)[1:] == ["color", "renderer", "diameter", "time_point", "show"]
    app = inspect.signature(gm.CellMorphologyInteractiveVisualizer.interactive_app)
    assert list(app.parameters)[1:] == ["color", "t_start", "t_stop", "t_step"]


def test_it_keeps_what_it_was_given_and_takes_the_times_of_the_cell() -> None:
    viz = interactive(dash_ip="127.0.0.1", show=False, renderer="browser", t_start=3)
    assert (viz.dash_ip, viz.show, viz.renderer) == ("127.0.0.1", False, "browser")
    assert (viz.t_start, viz.t_stop) == (3, 20)
    assert np.array_equal(viz.simulation_times, tiny_cell().tVec)


def test_an_interactive_plot_is_a_web_page_of_the_cell_at_a_time() -> None:
    viz = interactive()
    assert viz.interactive_plot().n_times == 0
    page = viz.interactive_plot(color="voltage", time_point=12)
    assert page.n_times == 1
    assert page.html == gm.write_html(viz.scene("voltage"), None, times=[12.0]).html
    thick = viz.interactive_plot(diameter=25.0)
    viz.scale_diameter(lambda diameters: 25.0)
    assert thick.html == viz.interactive_plot().html


def test_an_interactive_plot_is_shown_once_unless_it_is_not_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    display = pytest.importorskip("IPython.display")
    shown: list[Any] = []
    monkeypatch.setattr(display, "display", shown.append)
    monkeypatch.setattr("gpu_morph.isf.notebook.is_notebook", lambda: True)
    assert interactive().interactive_plot()._repr_html_() is None
    assert [page._repr_html_().startswith("<iframe") for page in shown] == [True]
    assert interactive().interactive_plot(show=False)._repr_html_().startswith("<iframe")
    assert interactive(show=False).interactive_plot()._repr_html_().startswith("<iframe")
    assert len(shown) == 1


def test_an_interactive_app_is_a_viewer_with_these_times() -> None:
    with interactive(show=False).interactive_app("hh.m", t_start=2, t_stop=8, t_step=1.5) as viewer:
        times = []
        for key in ("end", "home", "right"):
            viewer.handle(Key(key))
            times.append(viewer.time)
        assert times == [8, 2, 3.5]
        assert viewer.scene.recording.name == "hh.m"
        viewer.wait_idle()
        assert (viewer.picture != 255).any()


def test_an_interactive_app_is_shown_as_gm_view_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpu_morph.isf.interactive.view", lambda scene: scene)
    scene = interactive().interactive_app("voltage", t_start=3)
    assert scene.time_range == gm.TimeRange(3, 20, 1.7)
    assert [type(one).__name__ for one in scene.annotations] == ["Clock", "ColorBar", "ScaleBar"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"color": "volts"}, "recorded variable"),
        ({"color": "voltage"}, "give time_point in ms"),
        ({"color": "voltage", "time_point": 21}, "from 0 to 20 ms"),
        ({"color": "voltage", "time_point": "12"}, "time_point must be finite ms"),
        ({"diameter": 0}, "diameter must be a positive number"),
    ],
)
def test_a_wrong_argument_of_a_plot_is_refused_first(call: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        interactive().interactive_plot(**call)


def test_a_time_outside_the_simulation_is_refused_by_the_app() -> None:
    with pytest.raises(ValueError, match="from 0 to 20 ms"):
        interactive().interactive_app("voltage", t_stop=21)


@pytest.mark.parametrize("name", ["renderer", "dash_ip"])
def test_a_renderer_and_an_address_are_text(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be text"):
        interactive(**{name: 3})
