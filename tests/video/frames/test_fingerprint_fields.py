"""A change of any field of any public part of a scene makes another film, so that no earlier frame is taken over."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from frame_films import BAR, RECORDING, SCENE, TIMES, VALUES

import gpu_morph as gm
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.panels.shown import Shown

# Not shown by themselves: results, what annotations are given, and what becomes times of frames or numbers of a scene.
NO_PARTS = {gm.Animation, gm.Audit, gm.Box, gm.Moment, gm.SonataCircuit, gm.Sprite, gm.Story, gm.VideoReport, gm.View}
NO_PARTS |= {gm.WebPage, gm.Timeline}

PLACES, TRIANGLE = [[0, 0, 0], [9, 0, 0], [0, 9, 0]], [[0, 1, 2]]
OTHER_VALUES = np.where(np.arange(42).reshape(21, 2) == 14, 0, VALUES)  # at 5.5 ms, of section 0
OTHER = replace(RECORDING, values=OTHER_VALUES)
THREE = gm.Recording(TIMES, np.c_[VALUES, VALUES[:, 0] + 5], section=[0, 1, 0], position=[0.5, 0.5, 0.1])
EVENTS = gm.SynapseEvents([[0, 0, 0], [5, 0, 0]], [0, 1], ("L4", "L5"), [0], [3.0])
PICTURE, LATER = np.zeros((2, 3, 4), np.uint8), TIMES + np.r_[0, np.full(20, 0.1)]
CAMERA, TURNED = gm.Camera(azim=0), gm.Camera(azim=9)


def figure(color: str) -> Any:
    from matplotlib.figure import Figure

    made = Figure()
    made.add_subplot().plot([0, 5], [1, 2], color=color)
    return made


def pixels(time: float) -> Any:
    return np.full((2, 3), time, np.float32)


def other_pixels(time: float) -> Any:
    return np.full((2, 3), min(time, 11), np.float32)


VALUED = {"values": [[1, 2, 3], [4, 5, 6]], "times": [0, 5]}
SHOWN = {"name": "lfp", "cmap": "jet", "clim": (0, 1), "fit": True}
TIMED = {"start": 1.5, "stop": 3, "fade": 0.2, "clock": "simulation"}
PICTURED = {"cmap": "jet", "clim": (0, 2), "color_bar": False, "title": "b", "unit": "m", "scaling": "linear"}
OVER_TIME = {"values": [[1, 2, 3], [4, 5, 7]], "times": [0, 6], **SHOWN}

# What each part is given, and another value of each field.
PARTS: dict[type, tuple[dict[str, Any], dict[str, Any]]] = {
    gm.Arrow: (
        {"section": 1, "direction": (1, 0, 0)},
        {"section": 0, "x": 0.3, "direction": (0, 1, 0), "length": 60, "min_length": 9, "facecolor": "red"}
        | {"edgecolor": "red", "linewidth": 3, "head_size": 2, "label": "here"},
    ),
    gm.Axes: ({}, {"place": "upper left", "colors": ["red", "lime", "blue"], "labels": ("a", "b", "c")}),
    gm.Camera: (
        {"azim": 0, "projection": "perspective"},
        {"azim": 9, "elev": 9, "roll": 9, "projection": "orthographic", "center": (1, 2, 3), "height": 30}
        | {"azim_step": 2, "fov": 40, "zoom": 2, "shift": (0.1, 0), "up": "y", "turn": 90, "aperture": 9, "focus": 70},
    ),
    gm.CameraPath: (
        {"keyframes": [(0, CAMERA), (1, TURNED)]},
        {"keyframes": [(0, CAMERA), (1, TURNED, [1])], "easing": "linear", "hold": 0.3, "clock": "simulation"}
        | {"turn": 360},
    ),
    gm.Clock: (
        {},
        {"place": "upper", "offset": 1, "decimals": 3, "unit": "s", "label": "t", "color": "red", "show_speed": True},
    ),
    gm.ColorBar: (
        {},
        {"place": "left", "length": 0.3, "variable": "lfp", "title": "u", "ticks": [1], "extend": "both"}
        | {"show_missing": True},
    ),
    gm.Electrode: (
        {"positions": PLACES, **VALUED},
        {"positions": [[0, 0, 1], *PLACES[1:]], "diameter": 9, "direction": (0, 1, 0), "length": 99, "color": "red"}
        | {"contact_color": "red", "opacity": 0.5}
        | OVER_TIME,
    ),
    gm.Fade: ({}, {"start": 0.4, "stop": 0.4, "color": "red"}),
    gm.FigurePlot: ({"figure": figure("red")}, {"figure": figure("blue"), "cursor": True}),
    gm.FunctionPlot: (
        {"function": pixels, "clim": (0, 1)},
        {"function": other_pixels, "rate": 500} | PICTURED,
    ),
    gm.Highlight: ({"section": 1}, {"section": 0, "style": "color", "color": "blue", "width": 4}),
    gm.ImageSequence: (
        {"frames": VALUES.reshape(21, 1, 2), "times": TIMES},
        {"frames": OTHER_VALUES.reshape(21, 1, 2), "times": LATER, "rate": 3000} | PICTURED,
    ),
    gm.Inset: (
        {"section": 0, "height": 30},
        {"section": 1, "center": (1, 2, 3), "height": 20, "place": "upper left", "width": 0.3, "color": "red"},
    ),
    gm.LabelColors: (
        {"colors": {"soma": "red"}},
        {"colors": {"soma": "blue"}, "other": "lime", "labels": ["soma", "soma"]},
    ),
    gm.LabelLegend: ({}, {"place": "left", "title": "kinds"}),
    gm.Layers: ({"heights": {"L1": 9}}, {"heights": {"L2": 9}, "direction": (1, 0, 0), "color": "red", "linewidth": 3}),
    gm.Logo: (
        {"image": PICTURE},
        {"image": PICTURE + np.uint8(1), "place": "upper", "height": 0.2, "opacity": 0.5} | TIMED,
    ),
    gm.Mesh: (
        {"vertices": PLACES, "faces": TRIANGLE, **VALUED},
        {"vertices": [[0, 0, 1], *PLACES[1:]], "faces": [[0, 2, 1]], "color": "red", "opacity": 0.5} | OVER_TIME,
    ),
    gm.Morphology: (
        {name: getattr(BAR, name) for name in BAR.__dataclass_fields__},
        {"points": BAR.points + 1, "diameters": BAR.diameters + 1, "section_offsets": [0, 3, 4]}
        | {
            "section_parent": [-1, -1],
            "section_parent_x": [0, 0.5],
            "section_labels": ("soma", "apic"),
            "section_cell": [0, 1],
        }
        | {"section_names": ("a", "b"), "up": "x"},
    ),
    gm.Overlay: (
        {"recording": RECORDING},
        {"recording": OTHER, "cmap": "jet", "clim": (0, 1)},
    ),
    gm.Panels: (
        {"rows": [[SCENE, SCENE]]},
        {"rows": [[SCENE, replace(SCENE, cmap="jet")]], "widths": (1, 2), "heights": (30,), "titles": [["a", "b"]]}
        | {"gap": 1, "cameras": "view", "annotations": (gm.Clock(),), "background": "red", "font_size": 9}
        | {"time_range": gm.TimeRange(2, 12, 1), "fps": 10, "_main": None},
    ),
    gm.Plane: (
        {"center": (0, 0, 0)},
        {"center": (0, 0, 1), "direction": (0, 1, 0), "length": 99, "color": "red", "opacity": 0.5, "name": "L1"}
        | {"fit": True},
    ),
    gm.PointValues: (
        {"values": np.arange(BAR.n_points)},
        {"values": np.arange(BAR.n_points) + 1, "name": "d", "unit": "m"},
    ),
    gm.Points: (
        {"positions": PLACES, **VALUED},
        {"positions": [[0, 0, 1], *PLACES[1:]], "diameters": [1, 2, 3], "color": "red", "opacity": 0.5} | OVER_TIME,
    ),
    gm.Raster: (
        {"events": {"a": [[3.0]]}},
        {"events": {"a": [[4.0]]}, "colors": {"a": "red"}, "title": "b", "xlim": (0, 1), "future": "hidden"}
        | {"time_axis": False},
    ),
    gm.Recording: (
        {name: getattr(RECORDING, name) for name in RECORDING.__dataclass_fields__},
        {"times": LATER, "values": OTHER_VALUES, "section": [1, 0], "position": [0.5, 0.4], "name": "vm", "unit": "V"},
    ),
    gm.ScaleBar: ({}, {"place": "left", "length": 9, "color": "red", "show_label": False}),
    gm.Scene: (
        {"morphology": BAR, "recording": RECORDING, "fps": 25},
        {"morphology": replace(BAR, diameters=BAR.diameters + 1), "recording": OTHER, "synapses": EVENTS}
        | {"synapse_style": gm.SynapseStyle(diameter=9), "color": "red", "opacity": 0.5, "cmap": "jet"}
        | {"clim": (0, 1), "norm": "power:0.5", "nan_color": "red", "background": "red", "style": "matte"}
        | {"lighting": False, "depth_cue": 0.2, "min_width": 2, "highlight": gm.Highlight(1), "camera": TURNED}
        | {"overlays": [gm.Overlay(RECORDING)], "meshes": [gm.Points(PLACES)], "annotations": [gm.Clock()]}
        | {"font_size": 9, "time_range": gm.TimeRange(2, 12, 1), "interpolation": "nearest", "sampling": "linear"}
        | {"fps": 10},
    ),
    gm.Stimulus: (
        {"times": [3.0]},
        {"times": [4.0], "duration": 3, "label": "b", "place": "upper", "section": 1, "x": 0.3, "color": "red"},
    ),
    gm.SynapseEvents: (
        {name: getattr(EVENTS, name) for name in EVENTS.__dataclass_fields__},
        {"positions": [[0, 0, 1], [5, 0, 0]], "population": [1, 0], "population_names": ("L4", "L6")}
        | {"event_synapse": [1], "event_time": [4.0], "section": [0, 1]},
    ),
    gm.SynapseLegend: ({}, {"place": "left", "title": "inputs"}),
    gm.SynapseStyle: (
        {},
        {"diameter": 9, "min_diameter": 9, "duration": 9, "fade": True, "colors": {"L4": "red"}, "show_all": True}
        | {"thin_out": False},
    ),
    gm.Text: ({"text": "a"}, {"text": "b", "place": "lower", "size": 2, "color": "red"} | TIMED),
    gm.TimeRange: (
        {"start": 2, "stop": 12, "step": 1},
        {"start": 3, "stop": 11, "step": 2},
    ),
    gm.Title: (
        {"text": "a"},
        {"text": "b", "subtitle": "c", "seconds": 3, "when": "after", "start": 1, "size": 2, "color": "red"}
        | {"background": "red", "fade": 0.1},
    ),
    gm.TraceInset: (
        {},
        {"section": 1, "x": 0.3, "recording": OTHER, "place": "upper", "width": 0.2, "height": 0.2, "color": "red"}
        | {"label": "b", "ylim": (0, 1), "arrangement": "stacked"},
    ),
    gm.Traces: (
        {"values": THREE},
        {
            "values": replace(THREE, values=THREE.values + 1),
            "section": 1,
            "x": 0.3,
            "times": None,
            "rate": None,
            "label": "b",
            "color": "red",
        }
        | {"title": "b", "xlim": (0, 1), "ylim": (0, 1), "future": "hidden", "time_axis": False},
    ),
}
# Where a change alone would contradict what else is given, all that is given; None: the field is no parameter.
INSTEAD: dict[tuple[type, str], dict[str, Any] | None] = {
    (gm.Inset, "center"): {"center": (1, 2, 3), "height": 30},
    (gm.ImageSequence, "rate"): {"frames": VALUES.reshape(21, 1, 2), "rate": 3000},
    (gm.Panels, "_main"): None,
    (gm.Traces, "times"): {"values": VALUES[:, 0], "times": LATER},
    (gm.Traces, "rate"): {"values": VALUES[:, 0], "rate": 1000},
}


def in_scene(name: str) -> Callable[[Any], Shown]:
    return lambda part: replace(SCENE, **{name: part})


def around(part: Any) -> Shown:
    return replace(SCENE, meshes=(part,))


def over(part: Any) -> Shown:
    return replace(SCENE, annotations=(part,))


def beside(part: Any) -> Shown:
    return gm.Panels([[SCENE, part]])


HOLDERS: dict[type, Callable[[Any], Shown]] = {
    gm.Scene: lambda scene: scene,
    gm.Panels: lambda panels: panels,
    gm.LabelColors: in_scene("color"),
    gm.PointValues: in_scene("color"),
    gm.CameraPath: in_scene("camera"),
    gm.TimeRange: in_scene("time_range"),
    gm.SynapseEvents: in_scene("synapses"),
    gm.SynapseStyle: lambda style: replace(SCENE, synapses=EVENTS, synapse_style=style),
    gm.Overlay: lambda overlay: replace(SCENE, overlays=(overlay,)),
    **dict.fromkeys((gm.Mesh, gm.Points, gm.Electrode, gm.Plane), around),
    **dict.fromkeys((gm.FigurePlot, gm.FunctionPlot, gm.ImageSequence, gm.Raster, gm.Traces), beside),
    **{kind: in_scene(kind.__name__.lower()) for kind in (gm.Camera, gm.Highlight, gm.Morphology, gm.Recording)},
}


def shown(kind: type, given: dict[str, Any]) -> Shown:
    return HOLDERS.get(kind, over)(kind(**given))


def test_no_public_part_is_forgotten() -> None:
    public = {getattr(gm, name) for name in gm.__all__}
    parts = {kind for kind in public if isinstance(kind, type) and dataclasses.is_dataclass(kind)} - NO_PARTS
    assert {kind.__name__ for kind in parts} == {kind.__name__ for kind in PARTS}
    for kind, (_, changes) in PARTS.items():
        assert set(changes) == {field.name for field in dataclasses.fields(kind)}, kind


@pytest.mark.parametrize("kind", PARTS, ids=lambda kind: kind.__name__)
def test_each_field_of_a_part_counts_and_what_stays_does_not(kind: type) -> None:
    given, changes = PARTS[kind]
    first = fingerprint(shown(kind, given), TIMES)
    assert fingerprint(shown(kind, given), TIMES) == first
    for name, value in changes.items():
        changed = INSTEAD.get((kind, name), given | {name: value})
        if changed is not None:
            assert fingerprint(shown(kind, changed), TIMES) != first, f"{kind.__name__}.{name}"
