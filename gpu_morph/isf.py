"""CellMorphologyVisualizer: the In Silico Framework's call, drawn by gpu_morph."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from .api import VideoReport, render_video
from .camera import Camera
from .colors import parse_color
from .errors import RecordingError, UnsupportedError
from .readers.isf import isf_morphology, isf_recording, recorded_variables
from .recording import Recording, is_voltage
from .scene import Scene

_FIGURE_INCHES = 15  # a side of ISF's square figure; dpi makes it pixels
_CAMERA = {"azim": 0.0, "elev": 30.0, "roll": 0.0}  # degrees


def _variable(color: Any, variables: tuple[str, ...]) -> str | None:
    """The recorded variable that ``color`` names, in any case; None when it names none."""
    if not isinstance(color, str):
        return None
    if color in variables or is_voltage(color):
        return color
    return next((name for name in variables if name.lower() == color.strip().lower()), None)


class CellMorphologyVisualizer:
    """Films of an In Silico Framework cell.

    Parameters
    ----------
    cell
        An ISF Cell, or anything shaped like one; see `gpu_morph.from_isf`.
    t_start, t_stop, t_step : float, optional
        ms; what the methods take when they are given none. None: the simulation's beginning and end, and
        a tenth of its duration.

    Attributes
    ----------
    camera_position : dict
        "azim", "elev" and "roll" in degrees, in matplotlib's convention.
    neuron_rotation : float
        Degrees the camera turns per frame.
    dpi : int
        Pixels per inch of the figure of 15 x 15 inches.
    background_color : colour
        Behind the cell.
    cmap, vmin, vmax
        Colormap and its range; see `set_cmap`. The default, "jet", is ISF's; "viridis" reads better and
        to everyone.
    """

    def __init__(
        self,
        cell: Any,
        *,
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
    ) -> None:
        self.cell = cell
        self.t_start, self.t_stop, self.t_step = t_start, t_stop, t_step
        self.camera_position: dict[str, float] = dict(_CAMERA)
        self.neuron_rotation = 0.5
        self.dpi = 72
        self.background_color: Any = "white"
        self.cmap: Any = "jet"
        self.vmin: float | None = None
        self.vmax: float | None = None

    def set_cmap(self, cmap: Any, vmin: float | None = None, vmax: float | None = None) -> None:
        """Choose the colormap and the values at its two ends; None: the least and greatest recorded."""
        self.cmap, self.vmin, self.vmax = cmap, vmin, vmax

    def scene(self, color: Any = "grey") -> Scene:
        """The cell as a Scene, to go on with by hand.

        Parameters
        ----------
        color
            "voltage" (or "vm", in any case), a recorded variable, or a fixed colour.

        Raises
        ------
        ValueError
            Neither a recorded variable nor a colour.
        """
        variables = recorded_variables(self.cell)
        variable = _variable(color, variables)
        if variable is not None and not variables:
            raise RecordingError(f"color={color!r} was asked for, but the cell was not simulated (cell.tVec is None)")
        recording = None if variable is None else isf_recording(self.cell, variable)
        if recording is None:
            try:
                parse_color(color)
            except ValueError as cause:
                listed = ", ".join(variables) or "there is none"
                raise ValueError(f"color must be a recorded variable ({listed}) or a colour: {cause}") from cause
        scene = Scene(
            isf_morphology(self.cell),
            recording,
            color=color if recording is None else recording.name,
            cmap=self.cmap,
            background=self.background_color,
            camera=self._camera(),
        )
        return scene if recording is None else replace(scene, clim=self._clim(recording))

    def write_video(
        self,
        images_path: str | os.PathLike[str] | None,
        out_name: str | os.PathLike[str],
        overwrite_frames: bool = False,
        color: Any = "grey",
        show_synapses: bool = False,
        show_legend: bool = False,
        client: Any = None,
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
        highlight_section: int | None = None,
        highlight_x: float | None = None,
        quality: float = 5,
        codec: str = "mpeg4",
        tpf: float = 20,
    ) -> VideoReport:
        """Write a film of the cell.

        Parameters
        ----------
        images_path
            None: no single frames are kept; anything else is of a later version.
        out_name : path
            The film, e.g. "cell.mp4".
        color
            "voltage" (or "vm", in any case), a recorded variable, or a fixed colour: a name, hex, RGB(A).
        overwrite_frames, show_synapses, show_legend, client, highlight_section, highlight_x
            Of a later version; anything but the default is an error.
        t_start, t_stop, t_step : float, optional
            ms: frames at ``t_start + k * t_step`` that do not pass ``t_stop``. None: the object's own.
        quality : float
            1 best to 31 worst for MPEG-4 Part 2 and older codecs; others take their own default.
        codec : str
            Any encoder of ffmpeg; "libx264" plays in a browser.
        tpf : float
            How long a frame is shown, ms: 20 gives 50 frames per second.

        Returns
        -------
        VideoReport
        """
        later = {
            "images_path": (images_path, None),
            "overwrite_frames": (overwrite_frames, False),
            "show_synapses": (show_synapses, False),
            "show_legend": (show_legend, False),
            "client": (client, None),
            "highlight_section": (highlight_section, None),
            "highlight_x": (highlight_x, None),
        }
        for name, (given, default) in later.items():
            if given is not default and given != default:
                raise UnsupportedError(
                    f"{name} is not supported by this version yet, got {given!r}: leave it {default}"
                )
        if not 0 < tpf < float("inf"):
            raise ValueError(f"tpf must be a positive number of ms per frame, got {tpf!r}")
        t_start, t_stop, t_step = self._times(t_start, t_stop, t_step)
        side = round(_FIGURE_INCHES * self.dpi)
        return render_video(
            self.scene(color),
            out_name,
            t_start=t_start,
            t_stop=t_stop,
            t_step=t_step,
            fps=Fraction(1000) / Fraction(tpf).limit_denominator(100_000),
            size=(side + side % 2, side + side % 2),
            codec=codec,
            quality=quality if codec.startswith(("mpeg", "msmpeg")) or codec in ("mjpeg", "libxvid", "flv") else None,
        )

    def _times(
        self, start: float | None, stop: float | None, step: float | None
    ) -> tuple[float | None, float | None, float | None]:
        """The method's own times, else the object's, else the simulation's; None where there is none."""
        times = getattr(self.cell, "tVec", None)
        recorded = None if times is None else np.asarray(times, dtype=np.float64)

        def first_given(*values: float | None) -> float | None:
            return next((float(value) for value in values if value is not None), None)

        start = first_given(start, self.t_start, None if recorded is None else recorded[0])
        stop = first_given(stop, self.t_stop, None if recorded is None else recorded[-1])
        tenth = (stop - start) / 10 if start is not None and stop is not None and stop > start else None
        return start, stop, first_given(step, self.t_step, tenth)

    def _camera(self) -> Camera:
        unknown = set(self.camera_position) - {*_CAMERA, "dist"}
        if unknown:
            raise ValueError(f"camera_position has azim, elev, roll and dist, got {', '.join(sorted(unknown))} too")
        azim, elev, roll = (self.camera_position.get(name, otherwise) for name, otherwise in _CAMERA.items())
        return Camera(azim=azim, elev=elev, roll=roll, azim_step=self.neuron_rotation)

    def _clim(self, recording: Recording) -> tuple[float, float] | None:
        if self.vmin is None and self.vmax is None:
            return None
        low, high = recording.value_range()
        return (low if self.vmin is None else self.vmin, high if self.vmax is None else self.vmax)
