"""CellMorphologyInteractiveVisualizer: its checks, and what it says while there are no interactive views."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from isf_cells import tiny_cell

import gpu_morph as gm
from gpu_morph.errors import UnsupportedError


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


def test_an_interactive_plot_says_which_picture_and_film_there_are_instead() -> None:
    with pytest.raises(UnsupportedError, match=r"plot\(color='voltage', time_point=12\).*animation\(None, color='vol"):
        interactive().interactive_plot(color="voltage", time_point=12)
    with pytest.raises(UnsupportedError, match=r"plot\(color='grey'\)"):
        interactive().interactive_plot()


def test_an_interactive_app_says_which_film_there_is_instead() -> None:
    with pytest.raises(UnsupportedError, match=r"animation\(None, color='hh.m'\)"):
        interactive().interactive_app("hh.m", t_start=2, t_stop=4, t_step=1)


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
    with pytest.raises(ValueError, match=message) as caught:
        interactive().interactive_plot(**call)
    assert not isinstance(caught.value, UnsupportedError)


def test_a_time_outside_the_simulation_is_refused_by_the_app() -> None:
    with pytest.raises(ValueError, match="from 0 to 20 ms") as caught:
        interactive().interactive_app("voltage", t_stop=21)
    assert not isinstance(caught.value, UnsupportedError)


@pytest.mark.parametrize("name", ["renderer", "dash_ip"])
def test_a_renderer_and_an_address_are_text(name: str) -> None:
    with pytest.raises(TypeError, match=f"{name} must be text"):
        interactive(**{name: 3})
