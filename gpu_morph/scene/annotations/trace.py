"""TraceInset: values at sites of the cell over time, with a cursor at the frame's time."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy.typing as npt

from ...data.frame_times import TimeRange
from ...data.morphology import Morphology
from ...data.quantities import has_unit
from ...data.recording import Recording
from ...data.tree_measures import soma_sections
from ...errors import SceneError, brief
from ...image.image import Size
from ...system.arguments import check_choice, check_type, is_list_like, is_sequence
from ..camera import Box
from ..colors import checked_color
from .base import Annotation, Drawing, Moment, Place, Sprite, View, checked_number, keep_number
from .plot import Plot
from .sites import check_exists, checked_section, checked_x, nearest_recorded, soma_section
from .trace_data import Site, trace_data, trace_recording

Arrangement = Literal["auto", "overlaid", "stacked"]
_MOST_OVERLAID = 6  # traces that can be told apart by their colours


@dataclass(frozen=True, kw_only=True)
class TraceInset(Annotation):
    """Traces with scale bars, as electrophysiologists draw them, and a cursor at the frame's time.

    Parameters
    ----------
    section : int or sequence of int, optional
        Where the values are recorded. None: the soma, or the root if no section is a soma by its label; if nothing was
        recorded there, the nearest recorded site along the neurites, and the label says how far away it is.
    x : float or sequence of float
        Position along the section, or along a soma that was recorded, 0 to 1 of its arc length.
    recording : Recording, optional
        None: the scene's.
    place : Place
        Where it stands.
    width, height : float
        Of the traces without labels and scale bars, relative to the picture's.
    color : colour or sequence of colours, optional
        None: that of all lines for one trace, a palette for colour-blind people for several.
    label : str or sequence of str, optional
        Above the traces. None: the sections' labels; "": nothing.
    ylim : (float, float), optional
        Values at the lower and upper end; values outside are drawn at the ends. None: the traces' range.
    arrangement : {"auto", "overlaid", "stacked"}
        All traces in one row, or each in a row of its own with its label beside it; rows have one scale, and at least
        the height of a line of text. "auto": stacked if there are more than six.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, a section that does not exist, or without recorded values.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> traces = gm.TraceInset(section=(0, 160), label=("soma", "tuft"))
    >>> gm.render_image(gm.Scene(morphology, recording, annotations=(traces,)), time=5, size=(320, 240)).shape
    (240, 320, 3)
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
    arrangement: Arrangement = "auto"

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
            if keep_number(self, name, "a fraction of the picture, 0 to 1", above=0) > 1:
                raise SceneError(f"{name} must be a fraction of the picture, 0 to 1, got {getattr(self, name)!r}")
        self._check_style(n_traces)

    def _check_style(self, n_traces: int) -> None:
        check_choice(self.arrangement, get_args(Arrangement), "arrangement", error=SceneError)
        if self.color is not None:
            is_one = n_traces == 1 and not (is_list_like(self.color) and len(self.color) == 1)
            colors = (self.color,) if is_one else _several(self.color)
            if len(colors) != n_traces:
                raise SceneError(f"color must be one colour for each of {n_traces} sections, got {self.color!r}")
            object.__setattr__(self, "color", tuple(checked_color(color, "color") for color in colors))
        if self.label is not None:
            labels = () if isinstance(self.label, str) and not self.label else _several(self.label)
            if len(labels) not in (0, n_traces) or not all(isinstance(label, str) for label in labels):
                raise SceneError(f"label must be a string for each of {n_traces} sections, got {self.label!r}")
            object.__setattr__(self, "label", labels)
        if self.ylim is not None:
            if has_unit(self.ylim):
                raise SceneError(
                    f"ylim must be two numbers in the recording's unit, got {brief(self.ylim)}: convert them"
                )
            if not is_list_like(self.ylim) or len(self.ylim) != 2:
                raise SceneError(f"ylim must be two finite values, the lower first, got {self.ylim!r}")
            low, high = (checked_number(value, "ylim", "two finite values") for value in self.ylim)
            if not 0 < high - low < math.inf:
                raise SceneError(f"ylim must be two finite values, the lower first, got {self.ylim!r}")
            object.__setattr__(self, "ylim", (low, high))

    def sites(self, morphology: Morphology, recording: Recording | None = None) -> tuple[Site, ...]:
        """The sites that are shown, each a section and the position along it.

        Parameters
        ----------
        morphology : Morphology
            What is drawn.
        recording : Recording, optional
            Its values are shown. None: those that the inset has, if any.

        Raises
        ------
        SceneError
            A section does not exist.
        """
        check_type(morphology, Morphology, "morphology")
        check_type(recording, Recording, "recording", is_optional=True)
        shown = self.recording or recording
        if self._is_elsewhere(morphology, shown):
            assert shown is not None
            return (nearest_recorded(morphology, shown)[:2],)
        sections = (soma_section(morphology),) if self.section is None else _several(self.section)
        for section in sections:
            check_exists(section, morphology, self)
        positions = _several(self.x)
        return tuple(zip(sections, positions * (len(sections) // len(positions)), strict=True))

    def _is_elsewhere(self, morphology: Morphology, recording: Recording | None) -> bool:
        """True if the soma is meant, but nothing was recorded in it."""
        return self.section is None and recording is not None and soma_section(morphology) not in recording.section

    def _labels(self, morphology: Morphology, recording: Recording) -> Any:
        """The labels that were given; else how far from the soma a site is that stands for it."""
        if self.label is not None or not self._is_elsewhere(morphology, recording):
            return self.label
        section, _, distance = nearest_recorded(morphology, recording)
        is_soma = soma_sections(morphology)
        if is_soma[section]:  # another cell's
            return None
        origin = "soma" if is_soma.any() else "root"
        return (f"{distance:.0f} µm from {origin}",)

    def _plot(self, view: View) -> Plot:
        recording = view.recording if self.recording is None else self.recording
        if recording is None:
            raise SceneError("the TraceInset has no values to show: give a recording to it or to the scene")
        sites = self.sites(view.morphology, recording)
        return Plot(
            view,
            recording,
            sites,
            relative_size=(self.width, self.height),
            colors=self.color,
            labels=self._labels(view.morphology, recording),
            ylim=self.ylim,
            is_stacked=self.arrangement == "stacked" or (self.arrangement == "auto" and len(sites) > _MOST_OVERLAID),
        )

    @property
    def needs_recording(self) -> bool:
        """True if it shows the scene's recording rather than its own."""
        return self.recording is None

    def for_worker(self, view: View) -> TraceInset:
        """The same with a recording that holds only what is shown; see `Annotation`."""
        plot, recording = self._plot(view), self.recording or view.recording
        assert recording is not None
        part = trace_recording(recording, self.sites(view.morphology, recording), plot.start, plot.stop)
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
        for trace in trace_data(shown, self.sites(morphology, shown), start, stop):
            yield trace.times
            yield trace.values

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        return self._plot(view).size

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""
        plot = self._plot(view)
        static = plot.canvas().sprite(box.x, box.y)
        cursor, dots = plot.cursor(), [plot.dot(color) for color in plot.colors]

        def at(moment: Moment) -> list[Sprite]:
            sprites = [static]
            if moment.time is not None and plot.shows(moment.time):
                x = plot.x(moment.time)
                sprites.append(cursor(box.x + x, box.y + plot.head))
                for k, (trace, dot) in enumerate(zip(plot.traces, dots, strict=True)):
                    value = trace.at(moment.time)
                    if math.isfinite(value):
                        sprites.append(dot(box.x + x, box.y + plot.y(value, k)))
            return sprites

        return at


def _several(given: Any) -> tuple[Any, ...]:
    """What was given as a tuple, also if it is one value."""
    return tuple(given) if is_sequence(given) else (given,)
