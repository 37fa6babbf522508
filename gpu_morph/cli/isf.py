"""``gpu-morph isf``: a call of CellMorphologyVisualizer, written as a file by another environment's Python."""

from __future__ import annotations

import argparse
import inspect
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..api import VideoReport
from ..errors import GpuMorphError, own_notes
from ..isf.visualizer import CellMorphologyVisualizer
from ..system.atomic_files import write_bytes, write_text
from ..video.animation import Animation

if TYPE_CHECKING:
    from .arguments import Commands

_FORMAT = 1  # of calls; isf/bridge.py writes them
_METHODS = ("plot", "write_video", "write_gif", "animation", "to_vtk", "write_vtk_frames", "times_to_show")


class _Terminal(io.TextIOWrapper):
    """Standard error that shows progress: who reads it shows it to a user."""

    def isatty(self) -> bool:
        return True


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "isf",
        help="run a call of the module that isf-bridge prints",
        description="Run a method of CellMorphologyVisualizer for the module that `gpu-morph isf-bridge` prints; that "
        "module writes both files.",
    )
    parser.add_argument("cell", help="the cell: an .npz file")
    parser.add_argument("call", help="the method, its arguments and the object's attributes: a .json file")
    parser.add_argument(
        "--result", metavar="FILE", help="write the result, or the error, to this .json file; default: print it"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Run the call."""
    try:
        call = _read_call(options.call)
        if call["progress"]:
            sys.stderr = _Terminal(sys.stderr.buffer, encoding="utf-8", line_buffering=True)
        data_file = None if options.result is None else Path(options.result).with_suffix(".data")
        result = json.dumps(_result(_visualizer(options.cell, call), call, data_file))
    except (GpuMorphError, ValueError, TypeError, OSError, OverflowError, MemoryError) as error:
        if options.result is None:
            raise
        kind = next(each.__name__ for each in type(error).__mro__ if each.__module__ == "builtins")
        message = "\n".join([str(error) or type(error).__name__, *own_notes(error)])
        write_text(Path(options.result), json.dumps({"error": kind, "message": message}))
        raise SystemExit(1) from error
    if options.result is None:
        print(result)
    else:
        write_text(Path(options.result), result)


def _read_call(path: str) -> dict[str, Any]:
    expected = "a call that gpu_morph_isf.py writes"
    try:
        call = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as cause:
        raise ValueError(f"{path} is not {expected}: {cause}") from cause
    keys = {"format", "method", "args", "kwargs", "created", "attributes", "groups", "progress"}
    if not isinstance(call, dict) or not keys <= call.keys():
        raise ValueError(f"{path} is not {expected}: it needs {', '.join(sorted(keys))}")
    if call["format"] != _FORMAT or call["method"] not in _METHODS:
        raise ValueError(
            f"{path} calls {call['method']!r} in format {call['format']!r}; this version has format {_FORMAT} and "
            f"{', '.join(_METHODS)}: write the module again with: gpu-morph isf-bridge > gpu_morph_isf.py"
        )
    return call


def _visualizer(cell: str, call: Mapping[str, Any]) -> CellMorphologyVisualizer:
    """The object with the attributes that were set there."""
    viz = CellMorphologyVisualizer(cell, **call["created"])
    scaled = getattr(viz.cell, "scaled_diameters", None)
    if scaled is not None:
        viz.scale_diameter(lambda _: scaled)
    for name, value in call["attributes"].items():
        if name.startswith("_") or callable(getattr(viz, name, None)):
            raise ValueError(f"{name} is not an attribute that can be set")
        setattr(viz, name, _colormap(value) if name == "cmap" else value)
    if call["groups"] is not None:
        viz.synapse_group_function = call["groups"].__getitem__
    return viz


def _colormap(given: Any) -> Any:
    """The colormap of a name, or of a matplotlib colormap's colours."""
    if not isinstance(given, dict):
        return given
    from cmap import Colormap

    colors = [tuple(color) for color in given["colors"]]
    return Colormap(colors, interpolation="nearest", under=tuple(given["under"]), over=tuple(given["over"]))


def _result(viz: CellMorphologyVisualizer, call: Mapping[str, Any], data_file: Path | None) -> dict[str, Any]:
    """Call the method; what it returns as values of JSON, and pixels or films in a file beside it."""
    made = getattr(viz, call["method"])
    if not callable(made):
        return {"value": None if made is None else made.tolist()}
    try:
        shown = inspect.signature(made).bind(*call["args"], **call["kwargs"])
    except TypeError as cause:
        raise TypeError(f"{made.__qualname__}() {cause}") from cause
    shown.apply_defaults()
    if "display" in shown.arguments:
        display, shown.arguments["display"] = shown.arguments["display"], False
    made = made(*shown.args, **shown.kwargs)
    if isinstance(made, VideoReport):
        names = ("n_frames", "size", "seconds", "stages", "n_resumed", "codec")
        fields = {name: getattr(made, name) for name in names}
        return {"report": {**fields, "path": str(made.path), "fps": str(made.fps), "text": str(made)}}
    if isinstance(made, Animation):
        data = _written(made.data, data_file)
        return {"data": data, "size": made.size, "n_frames": made.n_frames, "display": display}
    if call["method"] == "plot":
        pixels = made if isinstance(made, np.ndarray) else np.asarray(made.axes[0].images[0].get_array())
        file = io.BytesIO()
        np.save(file, pixels)
        return {"data": _written(file.getvalue(), data_file)}
    return {"value": [str(path) for path in made] if isinstance(made, list) else str(made)}


def _written(data: bytes, path: Path | None) -> str | None:
    """Write a picture or film beside the result; None when results are printed."""
    if path is not None:
        write_bytes(path, data)
    return None if path is None else str(path)
