"""Whatever a public call is given, its error is the library's own or names the argument."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gpu_morph as gm
from gpu_morph.errors import GpuMorphError

CELL, RECORDING, _ = gm.select_sections(*gm.demo_cell(), sections=range(3))
assert RECORDING is not None
SYNAPSES = gm.SynapseEvents(CELL.points[:3], [0, 0, 1], ("EXC", "INH"), [0, 1], [1.0, 2.0], section=[0, 0, 1])
SCENE = gm.Scene(CELL, RECORDING, clim=(-90, 40))
SWC = "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 50 0 1 2\n"


class Other:
    """An object of no kind that a call takes."""


def film(**more: Any) -> dict[str, Any]:
    return {"scene": SCENE, "t_start": 0.0, "t_stop": 0.1, "t_step": 0.1, "size": (64, 64), "progress": False, **more}


N_CALLS = 28  # of `valid`, which needs a folder and so cannot be read when tests are collected


def valid(folder: Path) -> dict[Callable[..., Any], dict[str, Any]]:
    """Calls that work, with their arguments. Those of nothing but keywords are annotations and styles."""
    (folder / "cell.swc").write_text(SWC)
    values, sites = np.array(RECORDING.values[:2]), {"section": RECORDING.section, "position": RECORDING.position}
    where = CELL.locate(RECORDING.section, RECORDING.position)
    return {
        gm.Morphology: {
            "points": [[0, 0, 0], [0, 0, 9.0]],
            "diameters": [1, 1],
            "section_offsets": [0, 2],
            "section_parent": [-1],
            "section_parent_x": [0],
            "section_labels": ("dend",),
        },
        gm.Recording: {"times": [0.0, 1.0], "values": values, **sites},
        gm.Recording.at: {"morphology": CELL, "times": [0.0, 1.0], "values": values, "coordinates": where},
        gm.SynapseEvents: {
            "positions": CELL.points[:2],
            "population": [0, 0],
            "population_names": ("EXC",),
            "event_synapse": [0],
            "event_time": [1.0],
        },
        gm.PointValues: {"values": np.arange(CELL.n_points)},
        gm.TimeRange: {"start": 0.0, "stop": 1.0, "step": 0.1},
        gm.Camera: {},
        gm.Scene: {"morphology": CELL, "recording": RECORDING},
        gm.Highlight: {"section": 1},
        gm.LabelColors: {},
        gm.SynapseStyle: {},
        gm.Clock: {},
        gm.ColorBar: {},
        gm.LabelLegend: {},
        gm.ScaleBar: {},
        gm.Stimulus: {"times": ((0, 1),)},
        gm.SynapseLegend: {},
        gm.Text: {"text": "here"},
        gm.TraceInset: {},
        gm.Arrow: {"section": 1},
        gm.locate: {"morphology": CELL, "xyz": CELL.points[:2]},
        gm.audit: {"morphology": CELL, "recording": RECORDING},
        gm.join_morphologies: {"morphologies": [CELL, CELL]},
        gm.select_sections: {"morphology": CELL, "recording": RECORDING, "synapses": SYNAPSES},
        gm.by_cell: {"morphology": CELL, "values": {0: "red"}},
        gm.save_image: {"path": folder / "a.png", "image": np.zeros((4, 4, 3), dtype=np.uint8)},
        gm.write_vtk: {"morphology": CELL, "path": folder / "a.vtk"},
        gm.write_vtk_frames: {"morphology": CELL, "recording": RECORDING, "folder": folder / "f", "times": [0.1]},
    }


DRAWING: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "render_image": (gm.render_image, {"scene": SCENE, "time": 0.1, "size": (60, 60)}),
    "render_video": (gm.render_video, film(path="film.mp4")),
    "animate": (gm.animate, film()),
}
ODD: list[Any] = [
    None,
    "5",
    [1],
    float("nan"),
    10**400,
    Other(),
    b"x",
    -1,
    float("inf"),
    {},
    1j,
    [[1, 2], [3]],
    "x\0",
    2**70,
    (),
    int,
    np.array([np.nan]),
    np.array([1.0, 2.0]),
    np.array(["a", "b"]),
    "\ud800",
]


def parameters(call: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(call).parameters)


def check_error(call: Callable[..., Any], arguments: dict[str, Any], parameter: str) -> None:
    """Nothing is raised, or the library's own error, or one that names the parameter."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(**arguments)
    except (GpuMorphError, OSError):
        return
    except (TypeError, ValueError, IndexError) as error:
        if parameter not in str(error):
            raise AssertionError(f"{call.__qualname__}({parameter}={arguments[parameter]!r})") from error


def test_every_valid_call_is_tried(tmp_path: Path) -> None:
    assert len(valid(tmp_path)) == N_CALLS


@pytest.mark.parametrize("number", range(N_CALLS))
def test_odd_arguments_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.chdir(tmp_path)
    call, arguments = list(valid(tmp_path).items())[number]
    call(**arguments)
    for parameter in parameters(call):
        for odd in ODD:
            check_error(call, {**arguments, parameter: odd}, parameter)


@pytest.mark.parametrize("name", DRAWING)
@pytest.mark.parametrize(
    "parameter", sorted({word for call, _ in DRAWING.values() for word in parameters(call)} - {"device", "client"})
)
def test_odd_arguments_of_drawing_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, parameter: str
) -> None:
    monkeypatch.chdir(tmp_path)
    call, arguments = DRAWING[name]
    if parameter not in parameters(call):
        return
    for odd in ODD:
        check_error(call, {**arguments, parameter: odd}, parameter)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    number=st.integers(0, 20),
    which=st.integers(0, 20),
    odd=st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=3),
        st.binary(max_size=3),
        st.complex_numbers(),
    ).flatmap(lambda one: st.sampled_from([one, [one], [[one, one]], (one, one, one), {one: one}, np.array(one)])),
)
def test_any_value_is_named(tmp_path_factory: pytest.TempPathFactory, number: int, which: int, odd: Any) -> None:
    call, arguments = list(valid(tmp_path_factory.mktemp("any")).items())[number]
    parameter = parameters(call)[which % len(parameters(call))]
    check_error(call, {**arguments, parameter: odd}, parameter)
