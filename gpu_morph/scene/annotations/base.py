"""What an annotation is, what it is told about the picture, and what it gives back."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from ...data.arrays import finite_number
from ...data.frame_times import TimeRange
from ...data.morphology import Morphology
from ...data.recording import Recording
from ...errors import SceneError
from ...image.image import Size
from ..camera import Box, Camera
from ..colormaps import ColorTable
from ..colors import Rgba

Place = Literal[
    "upper left", "upper", "upper right", "left", "right", "lower left", "lower", "lower right"
]  # as matplotlib's legends name them


@dataclass(frozen=True, eq=False)
class Sprite:
    """A small image, and the pixel of the picture at which its upper left corner lies.

    ``image`` is (height, width, 4) uint8, RGBA with straight alpha. Give the same array again while nothing changes:
    it then stays on the GPU.
    """

    image: npt.NDArray[np.uint8]
    x: int
    y: int

    @property
    def key(self) -> tuple[int, int, int]:
        """Equal for sprites that look the same, as long as one of them lives."""
        return id(self.image), self.x, self.y


@dataclass(frozen=True)
class Moment:
    """What changes from frame to frame: the time in ms (None: no time) and the camera, turned."""

    time: float | None
    camera: Camera


Drawing = Callable[[Moment], Sequence[Sprite]]


@dataclass(frozen=True, eq=False)
class ColorScale:
    """What the colours stand for: their table, the quantity, and what occurs besides the range shown."""

    table: ColorTable
    name: str
    unit: str
    has_under: bool
    has_over: bool
    has_missing: bool


@dataclass(frozen=True, eq=False)
class View:
    """The picture as annotations see it.

    ``size`` is the picture's, pixels. ``text`` is the height of usual text, pixels; everything else is measured
    in it. ``ink`` is the colour of text and lines, ``paper`` the background's; on a transparent picture there is no
    paper. ``shield`` is True when the cell may lie behind the annotations, so that text needs a seam of paper.
    ``scale`` is None unless colours stand for values; ``recording`` is what the scene was given.
    ``synapse_colors`` and ``label_colors`` are for legends: name to colour. ``times`` is the range that the film shows.
    ``camera`` is the scene's as it was given, before it is fitted to what the annotations leave free.
    """

    size: Size
    text: float
    ink: Rgba
    paper: Rgba
    is_transparent: bool
    shield: bool
    morphology: Morphology
    recording: Recording | None = None
    scale: ColorScale | None = None
    synapse_colors: Mapping[str, Rgba] = field(default_factory=dict)
    label_colors: Mapping[str, Rgba] = field(default_factory=dict)
    times: TimeRange | None = None
    camera: Camera = field(default_factory=Camera)

    @property
    def line(self) -> int:
        """Pixels: the width of a thin line."""
        return max(1, round(0.055 * self.text))


def checked_number(value: Any, name: str, expected: str, *, above: float = -math.inf) -> float:
    """A finite number that is greater than ``above``.

    Raises
    ------
    SceneError
        Not such a number.
    """
    return finite_number(value, name=name, expected=expected, least=math.nextafter(above, math.inf), error=SceneError)


class Annotation(ABC):
    """Something drawn over the picture, in pixels. A new kind is a child class with `room` and `drawing`.

    Children are frozen dataclasses whose fields are numbers, text, arrays or dataclasses of them: annotations are
    pickled to the workers of a cluster, and `frames_dir` and `resume` compare their fields.

    A kind that reads ``view.recording`` works on a cluster without further methods; the whole recording is then sent
    to each worker. `for_worker` and `needs_recording` spare that. `fingerprint_parts` is needed where values between
    the frames' times are drawn.
    """

    place: Place | None = None  # None: points at a site of the cell and occupies no part of the layout

    def __post_init__(self) -> None:
        if type(self).place is not None and self.place not in get_args(Place):
            raise SceneError(f"place must be one of {', '.join(get_args(Place))}; got {self.place!r}")

    @abstractmethod
    def room(self, view: View) -> Size:
        """(width, height) in pixels of what will be drawn, all of it; (0, 0): nothing will.

        Raises
        ------
        SceneError
            The scene has not what this annotation shows.
        """

    @abstractmethod
    def drawing(self, view: View, box: Box) -> Drawing:
        """Draw what stays, once, and give a function that puts together the sprites of a frame.

        ``box`` is where the room that was asked for has been found.
        """

    @property
    def needs_recording(self) -> bool:
        """True if `drawing` reads ``view.recording``; if False for all annotations, no worker gets the whole of it.

        True unless a child says otherwise.
        """
        return True

    def for_worker(self, view: View) -> Annotation:  # noqa: ARG002 (children use it)
        """An annotation that draws the same, with all that it shows of ``view.recording`` in its own fields.

        Called once, before the film is sent to workers. Return one whose `needs_recording` is False if possible.
        By default the annotation itself.

        Raises
        ------
        SceneError
            The scene lacks what this annotation shows.
        """
        return self

    def fingerprint_parts(
        self,
        *,
        morphology: Morphology,  # noqa: ARG002 (children use them)
        recording: Recording | None,  # noqa: ARG002
        time_range: TimeRange | None,  # noqa: ARG002
    ) -> Iterable[Any]:
        """What it shows besides its fields and the recording's rows at the frames' times.

        Frames of an earlier call are taken for those of this film only if these are equal. By default nothing.

        Parameters
        ----------
        morphology, recording, time_range
            Those of the scene.

        Returns
        -------
        iterable
            Numbers, text, arrays, or sequences, mappings and dataclasses of them.
        """
        return ()
