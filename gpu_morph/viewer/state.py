"""ViewState: everything that events change, and ViewContext: what they need to know of the scene."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..data.frame_times import TimeRange
from ..scene.camera import Box, Camera
from ..scene.norms import Norm

DragKind = Literal["turn", "pan", "time", "low", "high"]
Site = tuple[int, float]  # a section and a position along it


@dataclass(frozen=True)
class Drag:
    """What is dragged, where the pointer was at the last event, and whether it has moved since it was pressed."""

    kind: DragKind
    x: float
    y: float
    has_moved: bool = False


@dataclass(frozen=True)
class ViewState:
    """What a viewer shows, as far as it can be changed.

    Attributes
    ----------
    size : (width, height)
        Of the view with its controls, logical pixels.
    pixel_ratio : float
        Pixels of the screen for a logical pixel.
    camera : Camera
        Fitted, and not turning.
    is_fitted : bool
        The camera is still the one that fits the cell into the picture.
    time : float or None
        ms.
    clim : (float, float) or None
        Values at the ends of the colormap; None: colours stand for no values.
    is_playing, is_looping : bool
        Time goes on; at the end it starts anew.
    speed : float
        ms of the recording per second.
    pins : tuple of (section, position)
        Sites whose traces are shown.
    isolated : int or None
        The cell that is shown alone.
    drag : Drag, optional
        What is being dragged.
    pointer : (x, y), optional
        Where the pointer is, logical pixels.
    shows_help : bool
        The keys are listed.
    requests : tuple of str
        What the session has to do: "pin", "isolate", "save picture", "save film", "cancel film", "copy code",
        "fixed range" (say that the ends of the colour bar cannot be moved).
    is_saving_film : bool
        A film is being written, which can be cancelled.
    is_window : bool
        The view is a window of its own, which a key closes.
    is_closed : bool
        The view was closed.
    """

    size: tuple[int, int]
    pixel_ratio: float
    camera: Camera
    is_fitted: bool = True
    time: float | None = None
    clim: tuple[float, float] | None = None
    is_playing: bool = False
    is_looping: bool = True
    speed: float = 1.0
    pins: tuple[Site, ...] = ()
    isolated: int | None = None
    drag: Drag | None = None
    pointer: tuple[float, float] | None = None
    shows_help: bool = False
    requests: tuple[str, ...] = ()
    is_saving_film: bool = False
    is_window: bool = False
    is_closed: bool = False


@dataclass(frozen=True)
class Bar:
    """The colours of the colour bar in the view, logical pixels, which way values rise, and how they are spread."""

    box: Box
    is_horizontal: bool
    norm: Norm = field(default_factory=Norm)


@dataclass(frozen=True)
class ViewContext:
    """What events need to know of the scene.

    Attributes
    ----------
    home : Camera
        The camera that fits the cell.
    times : TimeRange, optional
        Those of the recording.
    bar : Bar, optional
        Where the colour bar is.
    n_cells : int
        Of a circuit.
    """

    home: Camera
    times: TimeRange | None = None
    bar: Bar | None = None
    n_cells: int = 1
