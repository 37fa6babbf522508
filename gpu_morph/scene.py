"""Scene: the whole description of a picture, frozen and picklable."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import finite_number
from .camera import Camera, Size
from .colors import LUT_SIZE, Rgba, lookup_table, parse_color, parse_colormap, to_bytes
from .errors import SceneError
from .morphology import Morphology
from .recording import Interpolation, Recording, is_voltage
from .synapses import SynapseEvents
from .timeline import Sampling


@dataclass(frozen=True, eq=False)
class ColorTable:
    """What a shader needs to colour values: bytes per channel, and the values they stand for."""

    entries: npt.NDArray[np.uint8]  # (256, 3)
    under: npt.NDArray[np.uint8]  # (3,)
    over: npt.NDArray[np.uint8]  # (3,)
    missing: npt.NDArray[np.uint8]  # (3,): NaN
    clim: tuple[float, float]


def _opaque(color: Any, name: str) -> Rgba:
    rgba = parse_color(color)
    if rgba[3] < 1:
        hint = ": render_image(..., transparent=True) leaves the background out" if name == "background" else ""
        raise SceneError(f"{name} must be opaque, got {color!r} with alpha {rgba[3]:g}{hint}")
    return rgba


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that a picture shows; what travels to a worker.

    Parameters
    ----------
    morphology : Morphology
        What is drawn.
    recording : Recording, optional
        Gives the values when ``color`` is its name.
    synapses : SynapseEvents, optional
        Carried along; not drawn by this version.
    color : str or RGB, optional
        The recording's name ("v"; "voltage" and "vm" mean "v") for values, or a fixed colour: a name,
        hex, RGB. None: values where there is a recording, else grey.
    cmap : str or colormap
        Any name of matplotlib, cmocean or colorcet (library cmap).
    clim : (float, float), optional
        Values of the colormap's two ends. None: the recording's range over its **whole** time.
    nan_color : colour
        Where nothing was recorded.
    background : colour
        Behind the cell.
    lighting : bool
        True: lit tubes. False: flat colour, exactly the colormap's.
    min_width : float
        Pixels; no tube is drawn thinner. 0: its true coverage.
    camera : Camera
        See there.
    interpolation : {"linear", "nearest"}
        Along a section, between neighbouring compartments.
    sampling : {"nearest", "linear"}
        In time, between recorded times.
    """

    morphology: Morphology
    recording: Recording | None = None
    synapses: SynapseEvents | None = field(default=None, kw_only=True)
    color: Any = field(default=None, kw_only=True)
    cmap: Any = field(default="viridis", kw_only=True)
    clim: tuple[float, float] | None = field(default=None, kw_only=True)
    nan_color: Any = field(default="#9e9e9e", kw_only=True)
    background: Any = field(default="white", kw_only=True)
    lighting: bool = field(default=True, kw_only=True)
    min_width: float = field(default=1.0, kw_only=True)
    camera: Camera = field(default=Camera(), kw_only=True)
    annotations: tuple[object, ...] = field(default=(), kw_only=True)
    interpolation: Interpolation = field(default="linear", kw_only=True)
    sampling: Sampling = field(default="nearest", kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.morphology, Morphology):
            raise TypeError(f"morphology must be a Morphology, got {type(self.morphology).__name__}")
        if self.recording is not None and not isinstance(self.recording, Recording):
            raise TypeError(f"recording must be a Recording or None, got {type(self.recording).__name__}")
        if self.synapses is not None and not isinstance(self.synapses, SynapseEvents):
            raise TypeError(f"synapses must be SynapseEvents or None, got {type(self.synapses).__name__}")
        if not isinstance(self.camera, Camera):
            raise TypeError(f"camera must be a Camera, got {type(self.camera).__name__}")
        if self.annotations:
            raise SceneError(f"this version draws no annotations yet, got {self.annotations!r}: leave them out")
        finite_number(self.min_width, name="min_width", expected="0 or more pixels", least=0, error=SceneError)
        if self.lighting not in (True, False):
            raise SceneError(f"lighting must be True or False, got {self.lighting!r}")
        if self.color is None:
            object.__setattr__(self, "color", "grey" if self.recording is None else self.recording.name)
        if self.interpolation not in ("linear", "nearest"):
            raise SceneError(f"interpolation must be 'linear' or 'nearest', got {self.interpolation!r}")
        if self.sampling not in ("nearest", "linear"):
            raise SceneError(f"sampling must be 'nearest' or 'linear', got {self.sampling!r}")
        if self.clim is not None:
            object.__setattr__(self, "clim", self._checked_clim())
        for name in ("background", "nan_color"):
            _opaque(getattr(self, name), name)
        if self.shows_values:
            parse_colormap(self.cmap)
            self._check_recording()
        else:
            self._fixed_color()

    def _checked_clim(self) -> tuple[float, float]:
        given: Any = self.clim  # also an array, as np.percentile gives it
        try:
            low, high = (float(value) for value in given)
        except (TypeError, ValueError) as cause:
            raise SceneError(f"clim must be (low, high) or None, got {self.clim!r}") from cause
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise SceneError(f"clim must be two finite values, the lower first, got {self.clim!r}")
        return low, high

    def _check_recording(self) -> None:
        assert self.recording is not None
        section = self.recording.section
        if section.size and section.max() >= self.morphology.n_sections:
            raise SceneError(
                f"the recording has a compartment in section {section.max()}, but the morphology has "
                f"{self.morphology.n_sections} sections (counted from 0): they do not belong together"
            )

    @property
    def shows_values(self) -> bool:
        """True when ``color`` names the recording, False for a fixed colour."""
        if self.recording is None or not isinstance(self.color, str):
            return False
        asked, name = self.color.strip(), self.recording.name
        if asked.lower() == name.lower():
            return True
        return is_voltage(asked) and is_voltage(name)

    def _fixed_color(self) -> Rgba:
        try:
            return _opaque(self.color, "color")
        except ValueError as cause:
            have = "there is no recording" if self.recording is None else f"the recording is {self.recording.name!r}"
            raise SceneError(f"color is neither a recorded variable ({have}) nor a colour: {cause}") from cause

    def resolved(self) -> Scene:
        """This scene with ``clim`` filled in from the whole recording, where it is None and needed."""
        if self.clim is not None or not self.shows_values or self.recording is None:
            return self
        low, high = self.recording.value_range()
        if low == high:
            low, high = low - 0.5, high + 0.5
        return replace(self, clim=(low, high))

    def fitted_camera(self, size: Size) -> Camera:
        """The camera with ``center`` and ``height`` filled in, for an image of ``size`` pixels."""
        return self.camera.fitted(self.morphology, size)

    def color_table(self) -> ColorTable:
        """The colours of all values; a fixed colour is a table of one colour."""
        if not self.shows_values:
            fixed = to_bytes(self._fixed_color()[:3])
            return ColorTable(np.tile(fixed, (LUT_SIZE, 1)), fixed, fixed, fixed, (0.0, 1.0))
        entries, colormap = lookup_table(self.cmap), parse_colormap(self.cmap)
        clim = self.resolved().clim
        assert clim is not None

        def extreme(color: Any, otherwise: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
            return otherwise if color is None else to_bytes(parse_color(tuple(color))[:3])

        return ColorTable(
            entries,
            extreme(colormap.under_color, entries[0]),
            extreme(colormap.over_color, entries[-1]),
            to_bytes(parse_color(self.nan_color)[:3]),
            clim,
        )
