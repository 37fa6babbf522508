"""Annotation: the base class, the view of the picture that it gets, and the sprites that it returns."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from ...data.arrays import finite_number
from ...data.frame_times import TimeRange
from ...data.morphology import Morphology
from ...data.recording import Recording
from ...errors import SceneError, brief
from ...image.image import Size
from ...system.arguments import check_choice
from ..camera import Box, Camera
from ..colormaps import ColorTable
from ..colors import Rgba
from ..film_clock import USUAL_FPS
from ..norms import Norm
from .shapes import Shapes

Place = Literal[
    "upper left", "upper", "upper right", "left", "right", "lower left", "lower", "lower right"
]  # as matplotlib's legends name them
_MOST_TEXT = 1000  # times the usual text's height; no font is as high as numbers may be


@dataclass(frozen=True, eq=False)
class Sprite:
    """A small image that is laid over the picture.

    Parameters
    ----------
    image : (height, width, 4) uint8
        RGBA with straight alpha. Return the same array again while nothing changes: it is then uploaded once.
    x, y : int
        The pixel of the picture at which the image's upper left corner lies.
    shapes : Shapes, optional
        What the image shows, for files of vectors; `Canvas.sprite` gives it. None: such files hold the image.

    Examples
    --------
    >>> red = np.zeros((8, 8, 4), dtype=np.uint8)
    >>> red[..., [0, 3]] = 255
    >>> sprite = gm.Sprite(red, x=10, y=10)
    """

    image: npt.NDArray[np.uint8]
    x: int
    y: int
    shapes: Shapes | None = None

    @property
    def key(self) -> tuple[int, int, int]:
        """Equal for sprites with the same image at the same pixel, while one of them exists."""
        return id(self.image), self.x, self.y


@dataclass(frozen=True)
class Moment:
    """What changes from frame to frame.

    Parameters
    ----------
    time : float or None
        ms; None without one.
    camera : Camera
        The frame's.
    frame : int
        The frame's number.
    second : float
        Of the film, when the frame is shown. Only annotations with ``goes_by_seconds`` use it, and the film's ``fps``.

    Examples
    --------
    >>> gm.Moment(12.5, gm.Camera(azim=0, elev=0)).time
    12.5
    """

    time: float | None
    camera: Camera
    frame: int = 0
    second: float = 0.0


Drawing = Callable[[Moment], Sequence[Sprite]]


@dataclass(frozen=True, eq=False)
class ColorScale:
    """The quantity that colours stand for.

    Attributes
    ----------
    table : ColorTable
        The colours and their range of values.
    name, unit : str
        The quantity.
    has_under, has_over, has_missing : bool
        Whether values below the range, above it, or missing ones occur.
    norm : Norm or None
        How the colours are spread over the range; None: in equal steps.
    """

    table: ColorTable
    name: str
    unit: str
    has_under: bool
    has_over: bool
    has_missing: bool
    norm: Norm | None = None


@dataclass(frozen=True, eq=False)
class View:
    """What an annotation gets to know of the picture.

    Parameters
    ----------
    size : (width, height)
        Of the picture, pixels.
    text : float
        Height of usual text, pixels. Annotations measure everything else in it.
    ink, paper : RGBA
        Colours of text and lines, and of the background. A transparent picture has no background.
    is_transparent : bool
        Whether the background is left out.
    shield : bool
        True when the cell may lie behind the annotations: they then need a panel in the colour of the background.
    morphology : Morphology
        What is drawn.
    recording : Recording or None
        The scene's.
    scale : ColorScale or None
        The quantity that colours stand for, if they do.
    overlay_scales : {name: ColorScale}
        Of the scene's overlays, by the names of their variables, and of objects of ``meshes`` with a name and values.
    synapse_colors, label_colors : {name: RGBA}
        For legends.
    times : TimeRange or None
        The times of the film.
    fps : float
        Frames per second of the film; only for annotations with ``goes_by_seconds``.
    n_before : int
        Frames before the film's own first one, second 0: those of title cards.
    n_frames : int or None
        Frames of the film from second 0 on, with title cards at its end. None for a picture.
    camera : Camera
        The scene's, before it is fitted to the area that annotations leave free.
    boxes : tuple of Box
        Where annotations stand that have a place; only in `Annotation.drawing`.

    Examples
    --------
    An annotation gets it in `Annotation.room` and `Annotation.drawing`:

    >>> class Name(gm.Annotation):
    ...     place = "upper"
    ...     def room(self, view):
    ...         return 8 * view.text, view.text
    ...     def drawing(self, view, box):
    ...         canvas = gm.Canvas.over(view, (box.width, box.height))
    ...         canvas.text(0, box.height / 2, "cell 12", view.text, view.ink)
    ...         sprites = [canvas.sprite(box.x, box.y)]
    ...         return lambda moment: sprites
    ...
    >>> morphology, _ = gm.demo_cell()
    >>> gm.render_image(gm.Scene(morphology, annotations=(Name(),)), size=(320, 240)).shape
    (240, 320, 3)
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
    overlay_scales: Mapping[str, ColorScale] = field(default_factory=dict)
    synapse_colors: Mapping[str, Rgba] = field(default_factory=dict)
    label_colors: Mapping[str, Rgba] = field(default_factory=dict)
    times: TimeRange | None = None
    fps: Fraction | float = USUAL_FPS
    n_before: int = 0
    n_frames: int | None = None
    camera: Camera = field(default_factory=Camera)
    boxes: tuple[Box, ...] = ()

    @property
    def line(self) -> int:
        """The width of a thin line, pixels."""
        return max(1, round(0.055 * self.text))


def checked_number(value: Any, name: str, expected: str, *, above: float = -math.inf) -> float:
    """A finite number that is greater than ``above``.

    Raises
    ------
    SceneError
        Not such a number.
    """
    return finite_number(value, name=name, expected=expected, least=math.nextafter(above, math.inf), error=SceneError)


def keep_number(holder: object, name: str, expected: str, *, above: float = -math.inf, most: float = math.inf) -> float:
    """Check a field of a frozen dataclass, as `checked_number`, and that it is ``most`` or less.

    What is no int or float, such as a Decimal or a bool of numpy, becomes a float: it may not compute with others.
    """
    value = getattr(holder, name)
    number = checked_number(value, name, expected, above=above)
    if number > most:
        raise SceneError(f"{name} must be {expected}, at most {most:g}, got {brief(value)}")
    if type(value) not in (int, float):
        object.__setattr__(holder, name, number)
    return number


def keep_text_size(holder: object, name: str) -> None:
    """Check a field that is a multiple of the usual text's height, one that a font can have, as `keep_number`."""
    keep_number(holder, name, "a positive multiple of the usual text's height", above=0, most=_MOST_TEXT)


class Annotation(ABC):
    """Something drawn over the picture, in pixels. A new kind is a child class with `room` and `drawing`.

    Children are frozen dataclasses whose fields are numbers, text, arrays or dataclasses of them: annotations are
    pickled to the workers of a cluster, and `frames_dir` and `resume` compare their fields. Workers must be able to
    import the module that defines the class.

    A kind that reads ``view.recording`` works on a cluster without further methods; the whole recording is then sent
    to each worker. `for_worker` and `needs_recording` avoid that. `fingerprint_parts` is needed where values between
    the frames' times are drawn.

    Attributes
    ----------
    place : Place, optional
        Where the layout places it. None, the default: it occupies no part of the layout, as an arrow at a site or a
        border around the picture; `room` then only says whether there is anything to draw, and the box is empty.

    Examples
    --------
    A bar along the lower edge that grows from the first time of the film to the last:

    >>> from dataclasses import dataclass
    >>> import numpy as np
    >>> import gpu_morph as gm
    >>> @dataclass(frozen=True)
    ... class Progress(gm.Annotation):
    ...     place: str = "lower"
    ...     needs_recording = False
    ...
    ...     def room(self, view):
    ...         return view.size[0] // 2, view.line
    ...
    ...     def drawing(self, view, box):
    ...         color = np.rint(255 * np.array(view.ink)).astype(np.uint8)
    ...
    ...         def sprites(moment):
    ...             fraction = (moment.time - view.times.start) / (view.times.stop - view.times.start)
    ...             image = np.full((box.height, round(fraction * box.width), 4), color)
    ...             return [gm.Sprite(image, box.x, box.y)] if image.size else []
    ...
    ...         return sprites
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, annotations=[gm.ColorBar(), Progress()])
    """

    place: Place | None = None

    def __post_init__(self) -> None:
        if type(self).place is not None:
            check_choice(self.place, get_args(Place), "place", error=SceneError)

    @abstractmethod
    def room(self, view: View) -> Size:
        """(width, height) of everything that is drawn, pixels; (0, 0) for nothing.

        Raises
        ------
        SceneError
            The scene lacks what this annotation shows.
        """

    @abstractmethod
    def drawing(self, view: View, box: Box) -> Drawing:
        """Draw once what does not change, and return a function that gives the sprites of a frame.

        A sprite is an array of pixels, or comes from a `Canvas`: then it stays shapes and text in SVG and PDF.

        ``box`` is where the layout placed an area of the size that `room` returned; empty, at (0, 0), without a place.
        """

    def points(self, view: View) -> Sequence[Sequence[float]]:  # noqa: ARG002 (children use it)
        """Points of space, µm, that a fitted camera shows besides the cell; none by default.

        ``view.camera`` is the one that is fitted to the cell alone.
        """
        return ()

    def widened(self, factor: float) -> Self:  # noqa: ARG002 (children use it)
        """This annotation with the widths that it was given multiplied by a factor, for paper; by default itself."""
        return self

    @property
    def needs_recording(self) -> bool:
        """Whether `drawing` reads ``view.recording``, True by default; it is asked after `for_worker`.

        Workers get the whole recording only if it is True for one of the annotations.
        """
        return True

    @property
    def goes_by_seconds(self) -> bool:
        """Whether it depends on seconds of the film, ``moment.second``, or ``view.fps``; False by default."""
        return False

    @property
    def rank(self) -> int:
        """Those of a higher rank are drawn over all of a lower rank, whatever their order; 0 by default."""
        return 0

    def for_worker(self, view: View) -> Annotation:  # noqa: ARG002 (children use it)
        """An annotation that draws the same and holds what it shows of ``view.recording`` in its own fields.

        It is called once, before the film is sent to workers. The default is the annotation itself.

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
        """What it shows besides its fields and the recording's rows at the frames' times; nothing by default.

        Frames of an earlier call are used again only if these parts are equal.

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
