"""The parts of a scene that a story can have: one row for each."""

from __future__ import annotations

from typing import Any

from ..data.cell_values import by_cell
from ..data.morphology import Morphology
from ..data.section_kinds import is_label
from ..data.selection import chosen_section_numbers
from ..errors import brief
from ..scene import annotations as annotation_kinds
from ..scene.camera import Camera
from ..scene.camera_moves import fly_to, follow, orbit
from ..scene.camera_path import CameraPath
from ..scene.electrode import Electrode
from ..scene.highlight import Highlight
from ..scene.label_colors import LabelColors
from ..scene.mesh import Mesh
from ..scene.overlay import Overlay
from ..scene.plane import Plane
from ..scene.point_values import PointValues
from ..scene.points import Points
from ..scene.scene import Scene
from ..scene.synapse_style import SynapseStyle
from ..scene.timeline import Timeline
from ..scene.tree_values import branch_order, distance_to_soma, strahler_order
from .arrays import array, file, times
from .entry import Entry
from .files import mesh_arrays, recording
from .part import Kinds, Part, Table

_TREE_VALUES = {call.__name__: call for call in (branch_order, distance_to_soma, strahler_order)}
_OVER_TIME = dict.fromkeys(("vertices", "faces", "positions", "diameters", "values"), array) | {"times": times}


def _color(entry: Entry, morphology: Any) -> Any:
    """Colours as `Scene` takes them, the name of values of the tree, or a table of what gives colours."""
    if isinstance(entry.value, str) and entry.value in _TREE_VALUES:
        return _TREE_VALUES[entry.value](morphology)
    if not isinstance(entry.value, dict):
        return entry.value
    if "values" in entry.value:
        return _POINT_VALUES.read(entry, morphology)
    if "cells" in entry.value:  # `by_cell`
        return _BY_CELL.made(entry, entry.table(), morphology, {"morphology": morphology})
    if "colors" in entry.value:
        return _LABEL_COLORS.read(entry, morphology)
    colors = _numbered(entry)
    if colors is entry.value:
        _check_labels(entry, morphology)
    return colors


def _check_labels(entry: Entry, morphology: Any) -> None:
    """Raise a StoryError for a key that is neither a label of the cell nor what gives colours."""
    labels = [*dict.fromkeys(morphology.section_labels)]
    known = {key for part in (_POINT_VALUES, _BY_CELL, _LABEL_COLORS) for key in part.keys}
    for key, item in entry.table().items():
        if not (key in known or key.isdecimal() or is_label(key, labels)):
            raise item.unknown([*labels, *known])


def _cells(table: Table, _: Any) -> dict[str, Any]:
    """The values that `by_cell` takes."""
    return {"values": _numbered(table.pop("cells"))}


def _numbered(entry: Entry) -> Any:
    """The value of an entry; of a table whose keys are all numbers, with numbers as keys."""
    given = entry.value
    is_numbered = isinstance(given, dict) and given and all(key.isdecimal() for key in given)
    return entry.by_number() if is_numbered else given


def _keyframes(entry: Entry, morphology: Any) -> list[Any]:
    """Cameras, when each is reached, and what it is fitted to."""
    keyframes = []
    for item in entry.items():
        table = item.table()
        if "at" not in table:
            raise item.error(f"{item.name} needs at, which is missing: when the camera is there")
        part: Table = {name: table.pop(name) for name in ("section", "cell", "label") if name in table}
        at = table.pop("at")
        if isinstance(at.value, bool) or not isinstance(at.value, int | float):
            raise at.error(f"{at.name} must be a number, seconds of film or ms, got {brief(at.value)}")
        camera = _KEYFRAME.made(item, table, morphology)
        sections = None
        if part:
            with item.located(part):
                sections = chosen_section_numbers(
                    morphology,
                    **{f"{name}s": part[name].value if name in part else None for name in ("section", "cell", "label")},
                )
        keyframes.append((at.value, camera, sections))
    return keyframes


def _start(table: Table, morphology: Any) -> dict[str, Any]:
    """Where a flight begins, as `fly_to` takes it."""
    start = table.pop("start", None)
    return {"scene": morphology if start is None else Scene(morphology, camera=_CAMERA.read(start, morphology))}


def _places(entry: Entry, morphology: Any) -> list[Any]:
    """When the camera is where: points, or places along sections."""
    places = []
    for item in entry.items():
        if not isinstance(item.value, list) or len(item.value) != 2:
            raise item.error(f"{item.name} must be [when, [x, y, z]] or [when, {{section = 0, position = 0.5}}]")
        when, place = item.items()
        point = place.value
        if isinstance(point, dict):
            point = _PLACE.made(place, place.table(), morphology, {"self": morphology})[0].tolist()
        places.append((when.value, point))
    return places


_POINT_VALUES = Part(PointValues, readers={"values": array})
_LABEL_COLORS = Part(LabelColors, without=("labels",))
_BY_CELL = Part(by_cell, without=("morphology", "values"), besides=("cells",), prepared=_cells)
_PLACE = Part(Morphology.locate, without=("self",))
_CAMERA = Part(Camera)
_KEYFRAME = Part(Camera, besides=("at", "section", "cell", "label"))
_MOVING = {"camera": _CAMERA.read}

CAMERA = Kinds(
    {
        "camera": _CAMERA,
        "path": Part(CameraPath, readers={"keyframes": _keyframes}),
        "orbit": Part(orbit, readers=_MOVING),
        "fly_to": Part(fly_to, readers=_MOVING, without=("scene",), besides=("start",), prepared=_start),
        "follow": Part(follow, readers=_MOVING | {"places": _places}),
    },
    usual=lambda table: "path" if "keyframes" in table else "camera",
)
ANNOTATIONS = Kinds(
    {
        name: Part(
            getattr(annotation_kinds, name),
            readers={"image": file} if name == "Logo" else {"recording": recording} if name == "TraceInset" else {},
        )
        for name in annotation_kinds.__all__
        if name != "Annotation"
    }
)
MESHES = Kinds(
    {
        "mesh": Part(Mesh, readers=_OVER_TIME, besides=("path", "scale"), prepared=mesh_arrays),
        "points": Part(Points, readers=_OVER_TIME),
        "electrode": Part(Electrode, readers=_OVER_TIME),
        "plane": Part(Plane),
    },
    usual=lambda table: None if table.keys().isdisjoint(("path", "vertices")) else "mesh",
)
TIMELINE = Part(Timeline, readers={"points": array}, first="points")
_OVERLAY = Part(Overlay, readers={"recording": recording}, first="recording")
SHARED = {
    "camera": CAMERA.read,
    "annotations": ANNOTATIONS.read_all,
    "meshes": MESHES.read_all,
    "overlays": lambda entry, morphology: [_OVERLAY.read(item, morphology) for item in entry.items()],
    "highlight": Part(Highlight, first="section").read,
    "synapse_style": Part(SynapseStyle).read,
}
SCENE = Part(
    Scene,
    readers=SHARED | {"color": _color},
    without=("morphology", "recording", "synapses", "time_range", "fps"),
    besides=("morphology", "recording", "synapses", "sonata", "demo"),
)
