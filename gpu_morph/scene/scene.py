"""Scene: the whole description of a picture, frozen and picklable."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..data.arrays import finite_number
from ..data.audit import audit
from ..data.frame_times import TimeRange
from ..data.morphology import Morphology
from ..data.recording import Recording, is_voltage
from ..data.sampling import SAMPLINGS, Sampling
from ..data.synapse_events import SynapseEvents
from ..data.value_map import Interpolation
from ..errors import SceneError, brief
from ..image.image import Size
from .annotations.base import Annotation, ColorScale, View
from .annotations.canvas import contrasting
from .annotations.layout import Layout, arranged, usual_text
from .camera import Camera
from .coloring import Coloring, cell_coloring, fixed_coloring, label_coloring, section_coloring
from .colormaps import ColorTable, lookup_table, parse_colormap
from .colors import Rgba, parse_color, to_bytes
from .highlight import Highlight
from .label_colors import LabelColors
from .opacity import section_opacities
from .point_values import PointValues, point_recording
from .synapse_style import SynapseStyle

_LABELS, _CELLS = ("label", "labels"), ("cell", "cells")
_DEPTH_CUE = 0.3  # of lit cells whose colours stand for no values
_SCANNED_BYTES = 2**31  # a recording up to this size is looked through for what lies beyond the colours' range


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
        Drawn as markers from their events on.
    synapse_style : SynapseStyle
        How large, in which colours, for how long.
    color : optional
        The recording's name ("v"; "voltage" and "vm" mean "v") for values; a fixed colour: a name, hex,
        RGB(A); `PointValues`; colours by section: a sequence of one for each, as `by_cell` gives it, or
        {section: colour}; colours by label: "label", {label: colour} or `LabelColors`; a colour for each
        cell: "cell". None: values where there is a recording, else grey.
    opacity : float, sequence or {label: opacity}
        0 to 1. One for all; one for each section, as `by_cell` gives it; or by label, 1 for labels not named. At most
        8 different ones; what has 0 is left out. All that has the same opacity is drawn as one picture, whose nearest
        surfaces hide what is behind them in it, and then laid over what is more opaque.
    cmap : str or colormap
        Any name of matplotlib, cmocean or colorcet (library cmap).
    clim : (float, float), optional
        Values of the colormap's two ends. None: the recording's range over its **whole** time, for which all of it
        is read once; give them for one that is larger than memory.
    nan_color : colour
        Where nothing was recorded.
    background : colour
        Behind the cell.
    lighting : bool
        True: lit tubes. False: flat colour, exactly the colormap's.
    depth_cue : float, optional
        0 to 1: how much of the background's colour the farthest parts take on; what lies before ``center``
        keeps its own. None: a little on lit cells whose colours stand for no values, else 0, so that colours
        can be read from the bar.
    min_width : float
        Pixels; no tube is drawn thinner. 0: its true coverage.
    highlight : Highlight, optional
        Sections set off from the rest.
    camera : Camera
        See there.
    annotations : sequence of Annotation
        Colour bar, clock, scale bar, ...; drawn in this order, over everything.
    font_size : float, optional
        Pixels: the height of usual text. None: one that suits the picture's size. Smaller where it must.
    time_range : TimeRange, optional
        What a trace shows, how finely a clock counts and how wide the windows of ``sampling="peak"`` are. None: a
        film's own range, else the recording's, and no windows.
    interpolation : {"linear", "nearest"}
        Along a section, between neighbouring compartments.
    sampling : {"nearest", "linear", "peak"}
        In time: the recorded time that is closest to the frame's; between the two beside it; or the peak of all
        from half a step of ``time_range`` before the frame to half a step after it, which loses no spike between two
        frames: of each compartment the greatest membrane potential, of anything else what is farthest from zero.
    """

    morphology: Morphology
    recording: Recording | None = None
    synapses: SynapseEvents | None = field(default=None, kw_only=True)
    synapse_style: SynapseStyle = field(default=SynapseStyle(), kw_only=True)
    color: Any = field(default=None, kw_only=True)
    opacity: Any = field(default=1.0, kw_only=True)
    cmap: Any = field(default="viridis", kw_only=True)
    clim: tuple[float, float] | None = field(default=None, kw_only=True)
    nan_color: Any = field(default="#9e9e9e", kw_only=True)
    background: Any = field(default="white", kw_only=True)
    lighting: bool = field(default=True, kw_only=True)
    depth_cue: float | None = field(default=None, kw_only=True)
    min_width: float = field(default=1.0, kw_only=True)
    highlight: Highlight | None = field(default=None, kw_only=True)
    camera: Camera = field(default=Camera(), kw_only=True)
    annotations: tuple[Annotation, ...] = field(default=(), kw_only=True)
    font_size: float | None = field(default=None, kw_only=True)
    time_range: TimeRange | None = field(default=None, kw_only=True)
    interpolation: Interpolation = field(default="linear", kw_only=True)
    sampling: Sampling = field(default="nearest", kw_only=True)

    def __post_init__(self) -> None:
        self._check_types()
        finite_number(self.min_width, name="min_width", expected="0 or more pixels", least=0, error=SceneError)
        if self.font_size is not None:
            finite_number(self.font_size, name="font_size", expected="4 or more pixels", least=4, error=SceneError)
        if self.depth_cue is not None:
            cue = finite_number(self.depth_cue, name="depth_cue", expected="0 to 1", least=0, error=SceneError)
            if cue > 1:
                raise SceneError(f"depth_cue must be 0 to 1, got {self.depth_cue!r}")
        if self.lighting not in (True, False):
            raise SceneError(f"lighting must be True or False, got {self.lighting!r}")
        if self.color is None:
            object.__setattr__(self, "color", "grey" if self.recording is None else self.recording.name)
        if self.interpolation not in ("linear", "nearest"):
            raise SceneError(f"interpolation must be 'linear' or 'nearest', got {self.interpolation!r}")
        if self.sampling not in SAMPLINGS:
            raise SceneError(f"sampling must be 'nearest', 'linear' or 'peak', got {self.sampling!r}")
        if self.clim is not None:
            object.__setattr__(self, "clim", self._checked_clim())
        for name in ("background", "nan_color"):
            _opaque(getattr(self, name), name)
        self._check_sections()
        section_opacities(self.opacity, self.morphology)
        if self.shows_values or isinstance(self.color, PointValues):
            parse_colormap(self.cmap)
        if not self.shows_values:
            _ = self.coloring  # colours that are none are an error here, not at the first frame

    def _check_types(self) -> None:
        optional = {"recording": Recording, "synapses": SynapseEvents, "highlight": Highlight, "time_range": TimeRange}
        required = {"morphology": Morphology, "camera": Camera, "synapse_style": SynapseStyle}
        for name, kind in {**required, **optional}.items():
            value = getattr(self, name)
            if not isinstance(value, kind) and (name in required or value is not None):
                or_none = "" if name in required else " or None"
                raise TypeError(f"{name} must be a {kind.__name__}{or_none}, got {type(value).__name__}")
        given = self.annotations
        if isinstance(given, Annotation) or not all(isinstance(one, Annotation) for one in given):
            raise TypeError(
                f"annotations must be a sequence of annotations, such as (ColorBar(), Clock()), got {brief(given)}"
            )
        object.__setattr__(self, "annotations", tuple(given))

    def _checked_clim(self) -> tuple[float, float]:
        given: Any = self.clim  # also an array, as np.percentile gives it
        try:
            low, high = (float(value) for value in given)
        except (TypeError, ValueError) as cause:
            raise SceneError(f"clim must be (low, high) or None, got {brief(self.clim)}") from cause
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise SceneError(f"clim must be two finite values, the lower first, got {brief(self.clim)}")
        return low, high

    def _check_sections(self) -> None:
        n_sections = self.morphology.n_sections
        if self.shows_values:
            assert self.recording is not None
            recorded = self.recording.section
            if recorded.size and recorded.max() >= n_sections:
                raise SceneError(
                    f"the recording has a compartment in section {recorded.max()}, but the morphology has "
                    f"{n_sections} sections (counted from 0): they do not belong together"
                )
        for section in self.highlight.sections if self.highlight else ():
            if not 0 <= section < n_sections:
                raise SceneError(f"highlight names section {section}; the morphology has 0 to {n_sections - 1}")

    @property
    def shows_values(self) -> bool:
        """True when ``color`` names the recording, False for colours that stay."""
        if self.recording is None or not isinstance(self.color, str):
            return False
        asked, name = self.color.strip(), self.recording.name
        if asked.lower() == name.lower():
            return True
        return is_voltage(asked) and is_voltage(name)

    @cached_property
    def coloring(self) -> Coloring:
        """What colours the cell, as values and a table; ``clim`` is resolved over the whole recording."""
        coloring, opacities = self._colors(), section_opacities(self.opacity, self.morphology)
        if np.ptp(opacities) == 0:
            return replace(coloring, opacity=coloring.opacity * float(opacities[0]))
        return replace(coloring, section_opacities=opacities)

    def _colors(self) -> Coloring:
        color = self.color
        if self.shows_values:
            assert self.recording is not None
            return Coloring(self.recording, False, self._table(self.recording), explains=True)
        if isinstance(color, PointValues):
            values = point_recording(color, self.morphology)
            return Coloring(values, True, self._table(values), explains=True)
        word = color.strip().lower() if isinstance(color, str) else None
        if word in _CELLS:
            return cell_coloring(self.morphology, self.background_rgba)
        if word in _LABELS:
            color = LabelColors()
        elif isinstance(color, Mapping) and color and all(isinstance(key, str) for key in color):
            color = LabelColors(color)
        if isinstance(color, LabelColors):
            return label_coloring(color, self.morphology, self.background_rgba)
        if isinstance(color, Mapping) or _is_list_of_colors(color):
            return section_coloring(color, self.morphology)
        try:
            return fixed_coloring(color)
        except ValueError as cause:
            have = "there is no recording" if self.recording is None else f"the recording is {self.recording.name!r}"
            raise SceneError(f"color is neither a recorded variable ({have}) nor a colour: {cause}") from cause

    def _table(self, recording: Recording) -> ColorTable:
        entries, colormap = lookup_table(self.cmap), parse_colormap(self.cmap)
        under = entries[0] if colormap.under_color is None else _rgb_bytes(tuple(colormap.under_color))
        over = entries[-1] if colormap.over_color is None else _rgb_bytes(tuple(colormap.over_color))
        return ColorTable(entries, under, over, _rgb_bytes(self.nan_color), self.clim or _range(recording))

    def resolved(self) -> Scene:
        """This scene with ``clim`` filled in from the whole recording, where it is None and needed."""
        if self.clim is not None or not self.shows_values or self.recording is None:
            return self
        return replace(self, clim=_range(self.recording))

    @cached_property
    def background_rgba(self) -> Rgba:
        """The background as RGBA, 0 to 1; alpha is 1."""
        return parse_color(self.background)

    @property
    def depth_cue_strength(self) -> float:
        """``depth_cue``, or the default for these colours: 0 to 1."""
        if self.depth_cue is not None:
            return float(self.depth_cue)
        return 0.0 if self.shows_values or isinstance(self.color, PointValues) or not self.lighting else _DEPTH_CUE

    def fitted_camera(self, size: Size) -> Camera:
        """The camera with what is None filled in, for an image of ``size`` pixels."""
        return self.camera.fitted(self.morphology, size, self.layout(size).areas)

    def layout(self, size: Size, *, transparent: bool = False) -> Layout:
        """Where the annotations stand in an image of ``size`` pixels.

        Raises
        ------
        SceneError
            There is no room for them, or they show what the scene has not.
        """
        paper = self.background_rgba
        dark, light = (0.1, 0.1, 0.1, 1.0), (0.94, 0.94, 0.94, 1.0)
        view = View(
            size=size,
            text=self.font_size or usual_text(size),
            ink=dark if contrasting(paper)[0] == 0 else light,
            paper=paper,
            is_transparent=transparent,
            # A fitted cell stays clear of the annotations; one that was moved or enlarged may lie behind them.
            shield=not transparent and (self.camera.height is not None or self.camera.zoom > 1),
            morphology=self.morphology,
            camera=self.camera,
        )
        if self.annotations:
            coloring = self.coloring
            view = replace(
                view,
                recording=self.recording,
                scale=self._scale(coloring),
                label_colors=coloring.legend,
                synapse_colors=self.synapse_style.population_colors(self.synapses) if self.synapses else {},
                times=self.time_range or _recorded_range(self.recording),
            )
        return arranged(self.annotations, view)

    def _scale(self, coloring: Coloring) -> ColorScale | None:
        """What a colour bar says; None where colours stand for no values."""
        recording = coloring.recording
        if recording is None or not coloring.explains:
            return None
        is_scanned = recording.row_source.is_array and recording.n_bytes <= _SCANNED_BYTES
        (low, high), missing = coloring.table.clim, bool(audit(self.morphology, recording).unmapped_sections)
        if is_scanned:
            least, greatest, has_nan = recording.extent
            under, over, missing = least < low, greatest > high, missing or has_nan
        else:
            under = over = self.clim is not None  # it may be
        return ColorScale(coloring.table, recording.name, recording.unit, under, over, missing)


def _is_list_of_colors(color: Any) -> bool:
    """True for a sequence of colours, False for one colour as numbers."""
    try:
        return not isinstance(color, str) and len(color) > 0 and not isinstance(color[0], float | int | np.number)
    except (TypeError, KeyError):
        return False


def _rgb_bytes(color: Any) -> Any:
    return to_bytes(parse_color(color)[:3])


def _range(recording: Recording) -> tuple[float, float]:
    """The recording's range over its whole time, never of no width."""
    if recording.n_bytes > _SCANNED_BYTES and "extent" not in vars(recording):
        warnings.warn(
            f"clim=None: all {recording.n_bytes / 1e9:.1f} GB of {recording.name!r} are read once to find their range, "
            f"which takes about {_duration(recording.scan_seconds())}, before anything is drawn; give "
            "clim=(low, high) to spare that",
            stacklevel=2,
        )
    low, high = recording.value_range()
    return (low - 0.5, high + 0.5) if low == high else (low, high)


def _duration(seconds: float) -> str:
    """A time for people."""
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _recorded_range(recording: Recording | None) -> TimeRange | None:
    if recording is None:
        return None
    times = recording.times
    return TimeRange(float(times[0]), float(times[-1]), float(np.median(np.diff(times))) if len(times) > 1 else 1.0)
