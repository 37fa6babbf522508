"""Whatever a public call is given, its error is the library's own or names the argument."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

import gpu_morph as gm
from gpu_morph.scene.plots.base import PanelPlot
from hypothesis_settings import STEADY
from odd_values import ANY, ODD, check_error

CELL, RECORDING, _ = gm.select_sections(*gm.demo_cell(), sections=range(3))
assert RECORDING is not None
SYNAPSES = gm.SynapseEvents(CELL.points[:3], [0, 0, 1], ("EXC", "INH"), [0, 1], [1.0, 2.0], section=[0, 0, 1])
SCENE = gm.Scene(CELL, RECORDING, clim=(-90, 40))
SWC = "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 50 0 1 2\n"


def film(**more: Any) -> dict[str, Any]:
    return {"scene": SCENE, "t_start": 0.0, "t_stop": 0.1, "t_step": 0.1, "size": (64, 64), "progress": False, **more}


N_CALLS = 54  # of `valid`, which needs a folder and so cannot be read when tests are collected


def wave(time: float) -> Any:
    return np.full((3, 4), np.sin(time))


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
        gm.Axes: {},
        gm.CameraPath: {"keyframes": [(0, gm.Camera(azim=0)), (2, gm.Camera(azim=90))]},
        gm.Electrode: {"positions": [[0, 0, 0], [0, 0, 9.0]]},
        gm.Layers: {"heights": {"L1": 0.0, "L2": 100.0}},
        gm.Plane: {"center": (0, 0, 0)},
        gm.Points: {"positions": [[0, 0, 0], [0, 0, 9.0]]},
        gm.Timeline: {"points": [(0, 0), (1, 10)]},
        gm.fly_to: {"scene": SCENE, "section": 1},
        gm.follow: {"places": [(0, (0, 0, 0)), (1, (0, 0, 9))], "height": 50.0},
        gm.orbit: {},
        gm.Overlay: {"recording": RECORDING},
        gm.Fade: {},
        gm.Logo: {"image": np.zeros((4, 4, 3), np.uint8)},
        gm.Title: {"text": "Spikes"},
        gm.branch_order: {"morphology": CELL},
        gm.distance_to_soma: {"morphology": CELL},
        gm.strahler_order: {"morphology": CELL},
        gm.from_spikes: {"morphology": CELL, "spikes": {0: [1.0, 2.0]}, "times": [0.0, 1.0, 2.0]},
        gm.Mesh: {"vertices": [[0, 0, 0], [1, 0, 0], [0, 1, 0.0]], "faces": [[0, 1, 2]]},
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
        gm.Inset: {"section": 1},
        gm.Traces: {"values": RECORDING},
        gm.Raster: {"events": SYNAPSES},
        gm.ImageSequence: {"frames": np.zeros((2, 3, 4)), "rate": 1000},
        gm.FunctionPlot: {"function": wave, "clim": (-1, 1)},
        gm.FigurePlot: {"figure": Figure()},
        gm.Panels: {"rows": [[SCENE, gm.Traces(RECORDING)]]},
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


def methods(folder: Path) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Methods of public classes, and functions that need a file or another program, with arguments."""
    (folder / "triangle.off").write_text("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n")
    (folder / "story.toml").write_text("film = {t_stop = 1}\nscene = {demo = true}\n")
    camera = gm.Camera(azim=0, center=(0, 0, 0), height=100, azim_step=1)
    calls: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (gm.Animation(b"x", (4, 4), 1).save, {"path": folder / "a.mp4"}),
        (gm.write_html(SCENE, None).save, {"path": folder / "a.html"}),
        (camera.at_frame, {"frame": 1}),
        (gm.Camera().fitted, {"morphology": CELL, "size": (9, 9)}),
        (camera.middle, {"size": (9, 9)}),
        (camera.nearest_pixel, {"morphology": CELL, "size": (9, 9)}),
        (gm.Camera().oriented, {"morphology": CELL}),
        (camera.over_frames, {"n_frames": 2}),
        (camera.still, {}),
        (camera.project, {"points": CELL.points[:2], "size": (9, 9)}),
        (camera.sees, {"morphology": CELL, "size": (9, 9)}),
        (camera.view_coordinates, {"points": CELL.points[:2]}),
        (camera.eye_distances, {"points": CELL.points[:2]}),
        (camera.pixel_sizes, {"points": CELL.points[:2], "size": (9, 9)}),
        (SCENE.fitted_camera, {"size": (50, 50)}),
        (SCENE.layout, {"size": (50, 50)}),
        (SCENE.resolved, {}),
        (gm.Panels([SCENE, None]).boxes, {"size": (90, 50)}),
        (gm.Panels([SCENE, None]).layout, {"size": (90, 50)}),
        (gm.Panels([SCENE, None]).resolved, {}),
        (gm.Traces, {"values": [1.0, 2.0], "times": [0.0, 1.0]}),
        (gm.Raster, {"events": {"EXC": [[1.0], [2.0]]}}),
        (gm.ImageSequence, {"frames": np.zeros((2, 3, 4, 3), np.uint8), "times": [0.0, 1.0]}),
        (gm.Inset, {"center": (0, 0, 0), "height": 50.0}),
        (gm.Overlay(RECORDING).resolved, {}),
        (RECORDING.columns, {"columns": [0], "first": 0, "end": 2}),
        (RECORDING.row, {"index": 0}),
        (CELL.diameter_at, {"section": [0], "position": [0.5]}),
        (CELL.locate, {"section": [0], "position": [0.5]}),
        (CELL.located, {"section": [0], "position": [0.5]}),
        (CELL.positions_along, {"dtype": np.float64}),
        (gm.CameraPath([(0, camera), (2, camera)]).at, {"reading": 1.0, "frame": 1}),
        (gm.CameraPath([(0, camera), (2, camera)]).oriented, {"morphology": CELL}),
        (gm.CameraPath([(0, camera), (2, camera)]).over_frames, {"n_frames": 2}),
        (gm.CameraPath([(0, camera), (2, camera)]).still, {}),
        (gm.TimeRange(0, 1, 0.5).step_at, {"time": 0.5}),
        (gm.Timeline([(0, 0), (1, 10)]).at, {"second": 0.5}),
        (gm.Timeline([(0, 0), (1, 10)]).frame_times, {"fps": 2}),
        (gm.LabelColors().of, {"label": "soma"}),
        (gm.LabelColors().of_all, {"labels": ["soma"]}),
        (gm.Stimulus(times=((0, 1),)).is_on, {"time": 0.5}),
        (gm.SynapseStyle().population_colors, {"events": SYNAPSES}),
        (gm.TraceInset().sites, {"morphology": CELL}),
        (gm.read_morphology, {"path": folder / "cell.swc"}),
        (gm.read_story, {"path": folder / "story.toml"}),
        (gm.read_mesh, {"path": folder / "triangle.off"}),
        (
            gm.from_compartments,
            {"start": [[0, 0, 0.0]], "end": [[0, 0, 9.0]], "diameters": [1.0], "parents": [-1], "times": [0.0, 1.0]}
            | {"values": [[0.0], [1.0]]},
        ),
    ]
    return {call.__qualname__: (call, arguments) for call, arguments in calls}


UNTRIED = {  # without what they need they refuse everything: their first argument only is tried
    "from_arbor", "from_brian2", "from_isf", "from_jaxley", "from_lfpy", "from_netpyne", "from_neuron", "read_netpyne",
    "read_isf_synapses", "read_report", "read_sonata", "record", "record_synapses",
}  # fmt: skip
HELD = {  # what calls return, or what authors of annotations are given; nothing is checked in them
    "Animation", "Annotation", "Audit", "Box", "Canvas", "Moment", "Sites", "SonataCircuit", "Sprite", "Story",
    "VideoReport", "View", "WebPage",
}  # fmt: skip
ELSEWHERE = {"Renderer", "CellMorphologyVisualizer", "CellMorphologyInteractiveVisualizer", "demo_cell", "view"}

DRAWING: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "render_image": (gm.render_image, {"scene": SCENE, "time": 0.1, "size": (60, 60)}),
    "render_video": (gm.render_video, film(path="film.mp4")),
    "animate": (gm.animate, film()),
    "write_html": (gm.write_html, {"scene": SCENE, "path": "cell.html", "times": [0.0, 0.1]}),
    "show": (gm.show, {"scene": SCENE, "time": 0.1, "size": (60, 60)}),
}


def parameters(call: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(call).parameters)


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


def test_every_public_name_is_tried(tmp_path: Path) -> None:
    tried = {call.__qualname__.split(".")[0] for call in valid(tmp_path)}
    tried |= {name.split(".")[0] for name in methods(tmp_path)} | set(DRAWING) | UNTRIED | HELD | ELSEWHERE
    assert {name for name in gm.__all__ if callable(getattr(gm, name))} == tried


INSIDE = {  # for drawing
    "camera_beside", "drawn_items", "layers", "leased_frames", "scale", "surfaces", "table", "turning",
}  # fmt: skip
WITHOUT_ARGUMENTS = {
    "Camera.views",
    "Morphology.bounds",
    "Recording.blocks",
    "Recording.scan_seconds",
    "Recording.value_range",
}


def test_every_method_is_tried(tmp_path: Path) -> None:
    tried = {call.__qualname__ for call in valid(tmp_path)} | set(methods(tmp_path)) | WITHOUT_ARGUMENTS
    for name in set(gm.__all__) - HELD - ELSEWHERE:
        kind = getattr(gm, name)
        if not inspect.isclass(kind) or issubclass(kind, tuple | gm.Annotation | PanelPlot):
            continue  # those of annotations are for authors, those of plots for drawing
        for word, method in inspect.getmembers(kind, callable):
            if not word.startswith("_") and word not in INSIDE:
                assert method.__qualname__ in tried, method.__qualname__
    public = {word for word in dir(gm.Renderer) if not word.startswith("_") and callable(getattr(gm.Renderer, word))}
    assert public - INSIDE == {"render", "preview", "frames", "camera_at", "close"}


def test_odd_arguments_of_methods_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cell.swc").write_text(SWC)
    for call, arguments in methods(tmp_path).values():
        call(**arguments)
        for parameter in parameters(call):
            for odd in ODD:
                check_error(call, {**arguments, parameter: odd}, parameter)


@pytest.mark.parametrize("name", sorted(UNTRIED))
def test_odd_first_arguments_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    call = getattr(gm, name)
    first, more = parameters(call)[0], {"morphology": CELL} if name == "read_report" else {}
    for odd in ODD:
        check_error(call, {**more, first: odd}, first)


def test_odd_arguments_of_a_renderer_are_named() -> None:
    with gm.Renderer(SCENE, (32, 24)) as renderer:

        def frames(times: Any, **options: Any) -> None:
            for _ in renderer.frames(times, **options):
                pass

        calls: Any = (
            (renderer.render, {"time": 0.1}),
            (renderer.camera_at, {"time": 0.1}),
            (renderer.preview, {"time": 0.1, "camera": SCENE.fitted_camera((32, 24))}),
            (frames, {"times": [0.0, 0.1]}),
        )
        for call, arguments in calls:
            for parameter in parameters(renderer.frames if call is frames else call):
                for odd in ODD:
                    check_error(call, {**arguments, parameter: odd}, parameter)


@cache  # for hypothesis, which asks 300 times: the page in them alone takes 40 ms
def methods_with_parameters(folder: Path) -> list[tuple[Callable[..., Any], dict[str, Any], list[str]]]:
    known = ((call, arguments, parameters(call)) for call, arguments in methods(folder).values())
    return [(call, arguments, words) for call, arguments, words in known if words]


@settings(STEADY, max_examples=300)
@given(data=st.data(), odd=ANY)
def test_any_value_of_methods_is_named(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, odd: Any) -> None:
    folder = tmp_path_factory.getbasetemp()
    call, arguments, words = data.draw(st.sampled_from(methods_with_parameters(folder)))
    parameter = data.draw(st.sampled_from(words))
    with chdir(folder):  # an odd path is one in it
        check_error(call, {**arguments, parameter: odd}, parameter)


@settings(STEADY, max_examples=300)
@given(data=st.data(), odd=ANY)
def test_any_value_is_named(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, odd: Any) -> None:
    folder = tmp_path_factory.mktemp("any")
    call, arguments = data.draw(st.sampled_from(list(valid(folder).items())))
    parameter = data.draw(st.sampled_from(parameters(call)))
    with chdir(folder):
        check_error(call, {**arguments, parameter: odd}, parameter)
