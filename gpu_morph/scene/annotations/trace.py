"""TraceInset: the values at places on the cell over time, and where the film is."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from ...data.frame_times import TimeRange
from ...data.morphology import Morphology
from ...data.recording import Recording
from ...errors import SceneError
from ...image.image import Size
from ..camera import Box
from ..colors import checked_color
from .base import Annotation, Drawing, Moment, Place, Sprite, View, checked_number
from .plot import Plot
from .sites import check_exists, checked_section, checked_x, soma_section
from .trace_data import Site, part_of_curves, read_curves


@dataclass(frozen=True, kw_only=True)
class TraceInset(Annotation):
    """Traces with scale bars, as electrophysiologists draw them, and a cursor at the frame's time.

    Parameters
    ----------
    section : int or sequence of int, optional
        Where the values are shown. None: at the soma, or the root where no section is labelled so.
    x : float or sequence of float
        How far along the section, 0 to 1 of its arc length.
    recording : Recording, optional
        None: the scene's.
    place : Place
        Where it stands.
    width, height : float
        Shares of the picture that the traces take; labels and scale bars come on top.
    color : colour or sequence of colours, optional
        None: that of all lines for one trace, a colour-blind-safe palette for several.
    label : str or sequence of str, optional
        Above the traces. None: what the sections are; "": nothing.
    ylim : (float, float), optional
        Values at the lower and upper end; those beyond are drawn there. None: what the traces reach.

    Raises
    ------
    SceneError
        A wrong argument; or, when the picture is made, that there is no such section, or nothing recorded in it.
    """

    section: int | Sequence[int] | None = None
    x: float | Sequence[float] = 0.5
    recording: Recording | None = None
    place: Place = "lower left"
    width: float = 0.3
    height: float = 0.16
    color: Any = None
    label: str | Sequence[str] | None = None
    ylim: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        n_traces = 1
        if self.section is not None:
            given = _several(self.section)
            if not given:
                raise SceneError("section must name at least one section, or be None for the soma; got none")
            sections = tuple(checked_section(section) for section in given)
            n_traces = len(sections)
            object.__setattr__(self, "section", sections if n_traces > 1 else sections[0])
        positions = tuple(checked_x(x) for x in _several(self.x))
        if len(positions) not in (1, n_traces):
            raise SceneError(f"x must be one number, or one for each of {n_traces} sections, got {self.x!r}")
        object.__setattr__(self, "x", positions if len(positions) > 1 else positions[0])
        if self.recording is not None and not isinstance(self.recording, Recording):
            raise SceneError(f"recording must be a Recording or None, got {type(self.recording).__name__}")
        for name in ("width", "height"):
            if checked_number(getattr(self, name), name, "a share of the picture, 0 to 1", above=0) > 1:
                raise SceneError(f"{name} must be a share of the picture, 0 to 1, got {getattr(self, name)!r}")
        self._check_looks(n_traces)

    def _check_looks(self, n_traces: int) -> None:
        if self.color is not None:
            colors = (self.color,) if n_traces == 1 else _several(self.color)
            if len(colors) != n_traces:
                raise SceneError(f"color must be one colour for each of {n_traces} sections, got {self.color!r}")
            object.__setattr__(self, "color", tuple(checked_color(color, "color") for color in colors))
        if self.label is not None:
            labels = _several(self.label) if self.label else ()
            if len(labels) not in (0, n_traces) or not all(isinstance(label, str) for label in labels):
                raise SceneError(f"label must be words for each of {n_traces} sections, got {self.label!r}")
            object.__setattr__(self, "label", labels)
        if self.ylim is not None:
            low, high = (checked_number(value, "ylim", "two finite values") for value in self.ylim)
            if not low < high:
                raise SceneError(f"ylim must be two values, the lower first, got {self.ylim!r}")
            object.__setattr__(self, "ylim", (low, high))

    def sites(self, morphology: Morphology) -> tuple[Site, ...]:
        """The places that are shown, each a section and how far along it.

        Raises
        ------
        SceneError
            There is no such section.
        """
        sections = (soma_section(morphology),) if self.section is None else _several(self.section)
        for section in sections:
            check_exists(section, morphology, self)
        positions = _several(self.x)
        return tuple(zip(sections, positions * (len(sections) // len(positions)), strict=True))

    def _plot(self, view: View) -> Plot:
        recording = view.recording if self.recording is None else self.recording
        if recording is None:
            raise SceneError("the TraceInset has no values to show: give it, or the scene, a recording")
        sites, share = self.sites(view.morphology), (self.width, self.height)
        return Plot(view, recording, sites, share=share, colors=self.color, labels=self.label, ylim=self.ylim)

    @property
    def needs_recording(self) -> bool:
        """True if it shows the scene's recording rather than its own."""
        return self.recording is None

    def for_worker(self, view: View) -> TraceInset:
        """The same with a recording that holds only what is shown; see `Annotation`."""
        plot, recording = self._plot(view), self.recording or view.recording
        assert recording is not None
        part = part_of_curves(recording, self.sites(view.morphology), plot.start, plot.stop)
        own = copy.copy(self)
        object.__setattr__(own, "recording", part)
        return own

    def fingerprint_parts(
        self, *, morphology: Morphology, recording: Recording | None, time_range: TimeRange | None
    ) -> Iterator[npt.NDArray[Any]]:
        """The times and values of each trace; see `Annotation`."""
        shown = self.recording or recording
        if shown is None:
            return
        start, stop = float(shown.times[0]), float(shown.times[-1])
        if time_range is not None and time_range.stop > time_range.start:
            start, stop = time_range.start, time_range.stop
        for curve in read_curves(shown, self.sites(morphology), start, stop):
            yield curve.times
            yield curve.values

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        return self._plot(view).size

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""
        plot = self._plot(view)
        still = plot.canvas().sprite(box.x, box.y)
        cursor, dots = plot.cursor(), [plot.dot(color) for color in plot.colors]

        def at(moment: Moment) -> list[Sprite]:
            sprites = [still]
            if moment.time is not None and plot.shows(moment.time):
                x = plot.x(moment.time)
                sprites.append(cursor(box.x + x, box.y + plot.head))
                for curve, dot in zip(plot.curves, dots, strict=True):
                    value = curve.at(moment.time)
                    if math.isfinite(value):
                        sprites.append(dot(box.x + x, box.y + plot.y(value)))
            return sprites

        return at


def _several(given: Any) -> tuple[Any, ...]:
    """One or several as a tuple."""
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
