"""Whatever is given to the visualizers' methods and attributes, the error is the library's own or names it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isf_cells import tiny_cell, visualizer

import gpu_morph as gm
from gpu_morph.isf import film as isf_film
from gpu_morph.isf import visualizer as isf_visualizer
from hypothesis_settings import STEADY
from odd_values import ANY, ODD, check_error

VOLTAGE = {"color": "voltage"}
TIMES = {"t_start": 0.0, "t_stop": 0.1, "t_step": 0.1}
CALLS: dict[str, dict[str, Any]] = {  # with arguments that work
    "animation": {"images_path": None, "display": False, **VOLTAGE, **TIMES},
    "plot": {"time_point": 0.1, **VOLTAGE},
    "scale_diameter": {"scale_func": np.sqrt},
    "scene": {"t_start": 0.0, "t_stop": 0.1, **VOLTAGE},
    "set_cmap": {},
    "to_vtk": {"time_point": 0.1, **VOLTAGE},
    "write_gif": {"images_path": None, "out_name": "a.gif", **VOLTAGE, **TIMES},
    "write_video": {"images_path": None, "out_name": "a.mp4", **VOLTAGE, **TIMES},
    "write_vtk_frames": {"out_dir": "vtk", **VOLTAGE, **TIMES},
}
CELL = tiny_cell()
CLASSES = gm.CellMorphologyVisualizer, gm.CellMorphologyInteractiveVisualizer
NOT_HERE = {"interactive_app", "interactive_plot"}  # tests/video/test_isf_interactive.py


@pytest.fixture(autouse=True)
def _nothing_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments of what draws are tried in tests/unit/test_arguments.py."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(isf_film, "render_video", lambda *_, **__: None)
    monkeypatch.setattr(isf_film, "animate", lambda *_, **__: None)
    monkeypatch.setattr(isf_visualizer, "render_image", lambda *_, **__: np.zeros((2, 2, 3), np.uint8))
    monkeypatch.setattr(isf_visualizer, "save_scene", lambda *_, **__: np.zeros((2, 2, 3), np.uint8))


def call_of(name: str) -> tuple[Callable[..., Any], list[str]]:
    """A method of a new visualizer, and its parameters."""
    signature = inspect.signature(getattr(gm.CellMorphologyVisualizer, name))
    return lambda **given: getattr(visualizer(CELL), name)(**given), [*signature.parameters][1:]


def attributes() -> list[str]:
    return sorted(name for name in vars(visualizer(CELL)) if not name.startswith("_"))


def plot_with(**given: Any) -> None:
    """Set attributes, then draw: both may refuse them."""
    viz = visualizer(CELL)
    for name, value in given.items():
        setattr(viz, name, value)
    viz.plot("voltage", time_point=0.1, show_legend=True, show_synapses=True)


def test_every_method_is_tried() -> None:
    public = {name for kind in CLASSES for name in dir(kind) if not name.startswith("_")}
    methods = {name for name in public if any(callable(getattr(kind, name, None)) for kind in CLASSES)}
    assert methods == {*CALLS} | NOT_HERE
    assert {"background_color", "camera_position", "dpi", "show_axon", "time_offset", "supersample"} < {*attributes()}


@pytest.mark.parametrize("name", CALLS)
def test_odd_arguments_of_a_method_are_named(name: str) -> None:
    call, parameters = call_of(name)
    call(**CALLS[name])
    for parameter in parameters:
        for odd in ODD:
            check_error(call, {**CALLS[name], parameter: odd}, parameter)


def test_odd_attributes_are_named() -> None:
    for name in attributes():
        for odd in ODD:
            check_error(plot_with, {name: odd}, name)


@pytest.mark.parametrize("kind", CLASSES)
def test_odd_arguments_of_a_visualizer_are_named(kind: Any) -> None:
    for parameter in inspect.signature(kind).parameters:
        for odd in ODD:
            check_error(kind, {"cell": CELL, parameter: odd}, parameter)


@settings(STEADY, max_examples=300)
@given(name=st.sampled_from(sorted(CALLS)), data=st.data(), odd=ANY)
def test_any_value_is_named(name: str, data: st.DataObject, odd: Any) -> None:
    call, parameters = call_of(name)
    parameter = data.draw(st.sampled_from(parameters))
    check_error(call, {**CALLS[name], parameter: odd}, parameter)
