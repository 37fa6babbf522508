"""Films of a cell of the In Silico Framework (ISF), from its Python 3.8 or newer, made by gpu_morph in another one.

This file is all that ISF's environment needs, besides numpy. gpu_morph is installed in an environment of Python 3.11 or
newer. Its command writes this file, and is run by it:

    /path/to/env/bin/gpu-morph isf-bridge > gpu_morph_isf.py
    export GPU_MORPH_COMMAND=/path/to/env/bin/gpu-morph

    from gpu_morph_isf import CellMorphologyVisualizer
    CellMorphologyVisualizer(cell, t_start=8, t_stop=18, t_step=0.1).write_video(None, "cell.mp4", color="voltage")
"""

from __future__ import annotations

import builtins
import codecs
import copy
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import warnings
import weakref
from base64 import b64encode
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

FORMAT = 1  # of the files of cells and calls
_COMMAND = "GPU_MORPH_COMMAND"
_LAST_WORDS = 2000  # characters of what a command said that failed without a result
# What ISF sets for its own Python misleads another one.
_OWN_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONNOUSERSITE", "MPLBACKEND", "VIRTUAL_ENV")


class CellMorphologyVisualizer:
    """The class of this name in gpu_morph: the same methods and attributes, see its documentation.

    Arguments are checked when a picture or film is made. The cell is sent then too, once, and again if it has changed.

    Parameters
    ----------
    cell, align_trunk, t_start, t_stop, t_step
        As there.
    command : str or list of str, optional
        How gpu-morph is run, such as "/path/to/env/bin/gpu-morph". None: the environment variable GPU_MORPH_COMMAND,
        or else "gpu-morph" on the PATH.
    """

    def __init__(
        self,
        cell: Any,
        align_trunk: bool = True,
        t_start: Any = None,
        t_stop: Any = None,
        t_step: Any = None,
        command: Any = None,
    ) -> None:
        self.cell = cell
        self._command = _command(command)
        self._folder = tempfile.mkdtemp(prefix="gpu_morph_isf_")
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._digest, self._diameters = "", None  # type: Any, Any
        self._created = {"align_trunk": align_trunk, "t_start": t_start, "t_stop": t_stop, "t_step": t_step}
        times = self.simulation_times
        first, last = (None, None) if times is None else (float(times[0]), float(times[-1]))
        self.t_start = first if t_start is None else t_start
        self.t_stop = last if t_stop is None else t_stop
        self._t_step = t_step
        self.show_axon = False
        self.camera_position = {"azim": 0.0, "dist": 10.0, "elev": 30.0, "roll": 0.0}
        self.neuron_rotation = 0.5
        self.dpi = 72
        self.supersample = 1
        self.style = None  # type: Any
        self.background_color = "white"
        self.cmap, self.vmin, self.vmax = "jet", None, None  # type: Any, Any, Any
        self.norm = None  # type: Any
        self.color_dict = {}  # type: Any
        self.time_offset = 0.0
        self.time_show_syn_activ = 2.0
        self.show_all_spikes = False
        self.fade_synapses = False
        self.synapse_group_function = str  # type: Any
        self.population_to_color_dict = {}  # type: Any
        self.synapse_legend = True
        self.highlight_arrow_kwargs = None
        self._initial = copy.deepcopy(self._attributes())

    @property
    def possible_scalars(self) -> Any:
        """Names of the recorded variables besides the voltage; ``color`` may be one of them."""
        if self.simulation_times is None:
            return set()
        return {str(name) for section in self.cell.sections for name in getattr(section, "recordVars", {})}

    @property
    def simulation_times(self) -> Any:
        """(n_times,) ms; None when the cell was not simulated."""
        times, sections = getattr(self.cell, "tVec", None), self.cell.sections
        if times is None or not len(times):
            return None
        lengths = [len(v) for section in sections for name in _variables(section) for v in _vectors(section, name)]
        return np.array(times, dtype=np.float64) if any(lengths) or not lengths else None

    @property
    def times_to_show(self) -> Any:
        """(n_frames,) ms: the frames of a film that is given no times; None if they are unknown."""
        times = self._run("times_to_show", (), {})["value"]
        return None if times is None else np.array(times)

    @property
    def t_step(self) -> Any:
        """ms: the step that was set, else a tenth of the range from ``t_start`` to ``t_stop``."""
        if self._t_step is not None or self.t_start is None or self.t_stop is None:
            return self._t_step
        return (self.t_stop - self.t_start) / 10 or 1.0

    @t_step.setter
    def t_step(self, step: Any) -> None:
        self._t_step = step

    def set_cmap(self, cmap: Any = None, vmin: Any = None, vmax: Any = None) -> None:
        """Set the colormap and the values at its two ends; None leaves each as it is."""
        self.cmap = self.cmap if cmap is None else cmap
        self.vmin = self.vmin if vmin is None else vmin
        self.vmax = self.vmax if vmax is None else vmax

    def scale_diameter(self, scale_func: Any) -> None:
        """Multiply the drawn diameters by a factor, or replace them by a function of them (um)."""
        diameters = self._diameters
        if diameters is None:
            diameters = cell_arrays(self.cell)["diameters"].astype(np.float32)
        if callable(scale_func):
            try:
                scaled = scale_func(diameters.copy())
            except (TypeError, ValueError):  # a function of one number
                scaled = [scale_func(diameter) for diameter in diameters.tolist()]
        elif not isinstance(scale_func, (int, float, np.number)) or not 0 < float(scale_func) < np.inf:
            raise ValueError(f"scale must be a positive number or a function, got {scale_func!r}")
        else:
            scaled = diameters.astype(np.float64) * float(scale_func)
        scaled = np.asarray(scaled, dtype=np.float64)
        if scaled.shape not in ((), diameters.shape):
            text = (
                "scale must return a diameter for each of {} points, or one for all; it returned an array of shape {}"
            )
            raise ValueError(text.format(len(diameters), scaled.shape))
        self._diameters = np.array(np.broadcast_to(scaled, diameters.shape), dtype=np.float32)

    def plot(self, *args: Any, **kwargs: Any) -> Any:
        """One picture, as a matplotlib figure; without matplotlib as an array."""
        return _figure(np.load(self._run("plot", args, kwargs)["data"]), self.dpi)

    def write_video(self, *args: Any, **kwargs: Any) -> Any:
        """Write a film; returns its report."""
        return Report(self._run("write_video", args, kwargs)["report"])

    def write_gif(self, *args: Any, **kwargs: Any) -> Any:
        """Write an animated GIF; returns its report."""
        return Report(self._run("write_gif", args, kwargs)["report"])

    def animation(self, *args: Any, **kwargs: Any) -> Any:
        """A film that plays in a notebook and is stored in it; ``display`` shows it at once."""
        made = self._run("animation", args, kwargs)
        animation = Animation(Path(made["data"]).read_bytes(), tuple(made["size"]), made["n_frames"])
        if made["display"] and _is_notebook():
            from IPython.display import display

            display(animation)
            animation.is_shown = True
        return animation

    def to_vtk(self, *args: Any, **kwargs: Any) -> Path:
        """Write the drawn cell as one ``.vtk`` file; returns its path."""
        return Path(self._run("to_vtk", args, kwargs)["value"])

    def write_vtk_frames(self, *args: Any, **kwargs: Any) -> Any:
        """Write a ``.vtk`` file per time; returns their paths."""
        return [Path(name) for name in self._run("write_vtk_frames", args, kwargs)["value"]]

    def write_cell(self, path: Any) -> None:
        """Write the cell's file; in gpu_morph's environment ``CellMorphologyVisualizer(path)`` opens it."""
        with open(path, "wb") as file:
            np.savez(file, **self._arrays())

    def _arrays(self) -> Any:
        arrays = cell_arrays(self.cell)
        return arrays if self._diameters is None else dict(arrays, scaled_diameters=self._diameters)

    def _attributes(self) -> Any:
        public = {name: value for name, value in vars(self).items() if name[0] != "_" and name != "cell"}
        return dict(public, t_step=self._t_step)

    def _run(self, method: str, args: Any, kwargs: Any) -> Any:
        """Let the command call a method; returns its result."""
        arrays, cell_file = self._arrays(), os.path.join(self._folder, "cell.npz")
        digest = hashlib.sha1()
        for name in sorted(arrays):
            digest.update((name + str(arrays[name].shape)).encode() + np.ascontiguousarray(arrays[name]).tobytes())
        if digest.hexdigest() != self._digest:
            np.savez(cell_file, **arrays)
            self._digest = digest.hexdigest()
        attributes = self._attributes()
        group_of = attributes.pop("synapse_group_function")
        changed = {name: value for name, value in attributes.items() if not _same(value, self._initial.get(name, self))}
        populations = [name for name, members in (getattr(self.cell, "synapses", None) or {}).items() if len(members)]
        call = {
            "format": FORMAT,
            "method": method,
            "args": [_plain(value, method) for value in args],
            "kwargs": {name: _plain(value, name) for name, value in kwargs.items()},
            "created": _plain(self._created, "t_start, t_stop, t_step"),
            "attributes": {name: _plain(value, name) for name, value in changed.items()},
            "groups": None if group_of in (None, str) else {str(p): group_of(p) for p in populations},
            "progress": _is_notebook() or sys.stderr.isatty(),
        }
        call_file, result_file = (os.path.join(self._folder, name) for name in ("call.json", "result.json"))
        Path(call_file).write_text(json.dumps(call), encoding="utf-8")
        if os.path.exists(result_file):
            os.remove(result_file)
        code, said = _followed([*self._command, "isf", cell_file, call_file, "--result", result_file])
        if not os.path.exists(result_file):
            text = "{} ended with exit code {} and without a result: {}"
            raise RuntimeError(text.format(" ".join(self._command), code, said.strip() or "it said nothing"))
        result = json.loads(Path(result_file).read_text(encoding="utf-8"))
        if "error" in result:
            kind = getattr(builtins, result["error"], RuntimeError)
            known = isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception
            raise (kind if known else RuntimeError)(result["message"])
        return result


class Report(SimpleNamespace):
    """What was made: path, n_frames, fps, size, seconds, stages, n_resumed, codec."""

    def __init__(self, fields: Any) -> None:
        converted = {"path": Path(fields["path"]), "fps": Fraction(fields["fps"]), "size": tuple(fields["size"])}
        super().__init__(**dict(fields, **converted))

    def __repr__(self) -> str:
        return str(self.text)


class Animation:
    """A film in memory, which a notebook plays: ``data`` (an MP4 file), ``size`` and ``n_frames``."""

    def __init__(self, data: bytes, size: Any, n_frames: int) -> None:
        self.data, self.size, self.n_frames, self.is_shown = data, size, n_frames, False

    def __repr__(self) -> str:
        return "Animation({} frames of {}x{}, {:,} bytes)".format(self.n_frames, *self.size, len(self.data))

    def save(self, path: Any) -> Path:
        """Write the film's file; returns its path."""
        Path(path).write_bytes(self.data)
        return Path(path).absolute()

    def _repr_html_(self) -> Any:
        if self.is_shown:
            return None
        text = '<video controls autoplay loop muted playsinline width="{}" style="max-width: 100%"><source '
        text += 'type="video/mp4" src="data:video/mp4;base64,{}">{!r}</video>'
        return text.format(self.size[0], b64encode(self.data).decode("ascii"), self)


def cell_arrays(cell: Any) -> Any:
    """What is drawn of a cell, as arrays: names of sections and variables as JSON text, values as float32."""
    sections = list(cell.sections)
    index = {id(section): k for k, section in enumerate(sections)}
    points = [np.asarray(section.pts, dtype=np.float64).reshape(-1, 3) for section in sections]
    diameters = [np.asarray(section.diamList, dtype=np.float64).reshape(-1) for section in sections]
    parents = [getattr(section, "parent", None) for section in sections]
    segments = [list(section) for section in sections]
    centres = [[getattr(s, "x", (k + 0.5) / len(row)) for k, s in enumerate(row)] for row in segments]
    arrays = {
        "points": _joined(points).reshape(-1, 3),
        "n_points": np.array([len(rows) for rows in points]),
        "diameters": _joined(diameters),
        "n_diameters": np.array([len(rows) for rows in diameters]),
        "parent": np.array([-1 if p is None else index.get(id(p), len(sections)) for p in parents]),
        "parent_x": np.array([0.0 if s.parent is None else float(s.parentx) for s in sections]),
        "segment_x": _joined(centres),
        "n_segments": np.array([len(row) for row in segments]),
    }
    if getattr(cell, "tVec", None) is not None:
        arrays["times"] = np.array(cell.tVec, dtype=np.float64)
    variables = sorted({name for section in sections for name in _variables(section)})
    for k, variable in enumerate(variables):
        owners = [_vectors(section, variable) if variable in _variables(section) else None for section in sections]
        vectors = [np.asarray(vector, dtype=np.float32) for owner in owners if owner is not None for vector in owner]
        arrays[f"values_{k}"] = _joined(vectors, np.float32)
        arrays[f"n_values_{k}"] = np.array([len(vector) for vector in vectors], dtype=np.int64)
        arrays[f"n_vectors_{k}"] = np.array([-1 if owner is None else len(owner) for owner in owners])
    groups = getattr(cell, "synapses", None) or {}
    synapses = [synapse for members in groups.values() for synapse in members]
    arrays["synapse_xyz"] = np.array([s.coordinates for s in synapses], dtype=np.float64).reshape(-1, 3)
    arrays["synapse_section"] = np.array([int(getattr(s, "secID", -1)) for s in synapses], dtype=np.int64)
    for owner in ("preCell", "releaseSite"):
        spikes = [getattr(getattr(s, owner, None), "spikeTimes", None) for s in synapses]
        arrays[owner] = _joined([times for times in spikes if times is not None])
        arrays["n_" + owner] = np.array([-1 if times is None else len(times) for times in spikes], dtype=np.int64)
    text = {
        "format": FORMAT,
        "labels": [str(section.label) for section in sections],
        "variables": variables,
        "populations": [[str(name), len(members)] for name, members in groups.items()],
    }
    arrays["text"] = np.frombuffer(json.dumps(text).encode(), dtype=np.uint8)
    return arrays


def _variables(section: Any) -> Any:
    """Names of a section's recorded variables; "" is the voltage."""
    return ["", *(str(name) for name in getattr(section, "recordVars", {}))]


def _vectors(section: Any, variable: str) -> Any:
    return section.recordVars[variable] if variable else getattr(section, "recVList", ())


def _joined(parts: Any, dtype: Any = np.float64) -> Any:
    return np.concatenate([np.zeros(0, dtype), *(np.asarray(part, dtype=dtype).reshape(-1) for part in parts)])


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and not isinstance(value, np.ndarray) and bool(value == other)


def _plain(value: Any, name: str) -> Any:
    """A value of JSON."""
    if value is None or (isinstance(value, (str, bool, int, float)) and not isinstance(value, np.generic)):
        return value
    if isinstance(value, np.floating):
        return float(str(value))  # 0.1 of float32 is meant as 0.1
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(item, name) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, range)):
        return [_plain(item, name) for item in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "scheduler_info"):
        warnings.warn("the client is not used: its workers have no gpu_morph, which draws in one process", stacklevel=5)
        return None
    if hasattr(value, "set_under"):  # a colormap of matplotlib
        centres = (np.arange(256) + 0.5) / 256
        return {"colors": value(centres).tolist(), "under": list(value(-1.0)), "over": list(value(2.0))}
    text = "{}: {} cannot be sent to gpu_morph's environment; give numbers, text, arrays, lists or dicts of them"
    raise TypeError(text.format(name, type(value).__name__))


def _command(given: Any) -> Any:
    """The words that run gpu-morph."""
    given = given or os.environ.get(_COMMAND)
    if given is None:
        given = shutil.which("gpu-morph")
    if isinstance(given, (list, tuple)):
        words = [os.fspath(word) for word in given]
    elif given and os.path.exists(os.path.expanduser(given)):
        words = [os.path.abspath(os.path.expanduser(given))]
    else:
        words = shlex.split(os.fspath(given)) if given else []
    if not words or shutil.which(words[0]) is None:
        raise FileNotFoundError(
            "there is no command {}: install gpu_morph in an environment of Python 3.11 or newer, and give its path: "
            "command='/path/to/env/bin/gpu-morph', or {}".format(words[0] if words else "gpu-morph", _COMMAND)
        )
    return words


def _followed(command: Any) -> Any:
    """Run a command and show what it says; returns its exit code and its last words."""
    environment = {name: value for name, value in os.environ.items() if name not in _OWN_VARIABLES}
    decoder, last = codecs.getincrementaldecoder("utf-8")("replace"), ""
    options = {"env": dict(environment, PYTHONIOENCODING="utf-8"), "stderr": subprocess.STDOUT}  # type: Any
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **options)
    assert process.stdout is not None
    try:
        for data in iter(lambda: os.read(process.stdout.fileno(), 65536), b""):  # type: ignore[union-attr]
            text = decoder.decode(data)
            sys.stderr.write(text)
            sys.stderr.flush()
            last = (last + text)[-_LAST_WORDS:]
        return process.wait(), last
    finally:
        if process.poll() is None:  # interrupted
            process.terminate()
        process.stdout.close()
        process.wait()


def _figure(pixels: Any, dpi: Any) -> Any:
    """A matplotlib figure of a picture; the array itself without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return pixels
    size = pixels.shape[1] / dpi, pixels.shape[0] / dpi
    if _is_notebook():
        from matplotlib import pyplot

        figure = pyplot.figure(figsize=size, dpi=dpi)
    else:
        figure = Figure(figsize=size, dpi=dpi)
        FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(pixels, interpolation="none", aspect="auto")
    return figure


def _is_notebook() -> bool:
    """True in Jupyter."""
    return type(sys.stderr).__module__.startswith("ipykernel")
