"""Inset: a close-up in a corner of the picture, and its frame in the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ...data.derived_morphology import morphology_subset
from ...data.morphology import Morphology
from ...errors import SceneError
from ...image.image import Size
from ...system.arguments import check_type, is_sequence
from ..camera import Box, Camera
from ..camera_path import CameraPath, with_cameras
from ..colors import Rgba, checked_color
from .base import Annotation, Drawing, Moment, Place, Sprite, View, keep_number
from .canvas import Canvas
from .shapes import Point
from .sites import check_exists, checked_section

_LINE = 2.0  # thin lines: the width of a frame
_ROOM = 1.05  # around sections
_FAINT = 0.55  # opacity of the lines from a frame to its close-up


@dataclass(frozen=True)
class Inset(Annotation):
    """A close-up in a corner of the picture, with its frame in the whole; for a scene of its own, or that of a panel.

    The close-up shows the same scene, without annotations, from the same direction: it turns with the whole, and is
    drawn by itself, so that it has all details. Pictures, films and `show` have it; `view`, `write_html` and `Renderer`
    refuse a scene with one.

    Parameters
    ----------
    section : int or sequence of int, optional
        What it is fitted to. None: ``center`` and ``height`` say what it shows.
    center : (3,) float, optional
        The point in its middle, µm. None: the middle of the sections.
    height : float, optional
        Its height in µm. None: as the sections need it.
    place : Place
        Where it stands.
    width : float
        Its width and height on the picture, relative to the picture's shorter side.
    color : colour, optional
        Of the frame. None: that of text.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, a section that does not exist.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, annotations=[gm.Inset(section=0, height=60)])
    >>> gm.render_image(gm.Panels([[scene]]), time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    section: int | Sequence[int] | None = None
    _: KW_ONLY
    center: Any = None
    height: float | None = None
    place: Place = "lower right"
    width: float = 0.4
    color: Any = None

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.section is not None:
            given = tuple(self.section) if is_sequence(self.section) else (self.section,)  # type: ignore[arg-type]
            object.__setattr__(self, "section", tuple(checked_section(one) for one in given))
        elif self.center is None or self.height is None:
            raise SceneError("an Inset needs a section to show, or center and height (µm)")
        if self.section == ():
            raise SceneError("section must name at least one section, got none")
        try:
            camera = Camera(azim=0, elev=0, center=self.center, height=self.height)  # checks them
        except ValueError as cause:
            raise SceneError(f"Inset: {cause}") from cause
        object.__setattr__(self, "center", camera.center)
        if keep_number(self, "width", "a fraction of the picture, 0 to 0.9", above=0) > 0.9:
            raise SceneError(f"width must be a fraction of the picture, 0 to 0.9, got {self.width!r}")
        if self.color is not None:
            object.__setattr__(self, "color", checked_color(self.color, "color"))

    def _side(self, view: View) -> int:
        """Pixels of the close-up's sides."""
        return max(16, round(self.width * min(view.size)))

    def _edge(self, view: View) -> int:
        return max(1, round(_LINE * view.line))

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        for section in self.section or ():  # type: ignore[union-attr]
            check_exists(section, view.morphology, self)
        side = self._side(view) + 2 * self._edge(view)
        return side, side

    def picture_box(self, view: View, box: Box) -> Box:
        """Where the close-up is in the picture, pixels, in the ``box`` that the layout found for it and its edge."""
        edge = self._edge(view)
        return Box(box.x + edge, box.y + edge, box.width - 2 * edge, box.height - 2 * edge)

    def close_up(self, camera: Camera | CameraPath, morphology: Morphology) -> Camera | CameraPath:
        """The camera of the close-up, from the fitted one of the whole."""
        check_type(morphology, Morphology, "morphology")
        center, height = self._seen(morphology)

        def near(one: Camera) -> Camera:
            return replace(one, center=center, height=height, zoom=1.0, shift=(0.0, 0.0), aperture=0.0)

        return near(camera) if isinstance(camera, Camera) else with_cameras(camera, lambda key: near(key.camera))

    def _seen(self, morphology: Morphology) -> tuple[Any, float]:
        """The middle and the height of what it shows, µm, from whichever side."""
        center, height = self.center, self.height
        if self.section is not None and (center is None or height is None):
            low, high = morphology_subset(morphology, np.array(self.section)).bounds()
            center = tuple(((low + high) / 2).tolist()) if center is None else center
            height = _ROOM * float(np.linalg.norm(high - low)) if height is None else height
        assert height is not None
        return center, height

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""
        picture, color = self.picture_box(view, box), self.color or view.ink
        edge = self._edge(view)
        border = Canvas((box.width, box.height))
        for x, y, width, height in (
            (0, 0, box.width, edge),
            (0, box.height - edge, box.width, edge),
            (0, 0, edge, box.height),
            (box.width - edge, 0, edge, box.height),
        ):
            border.rectangle(x, y, width, height, color)
        around = border.sprite(box.x, box.y)
        corners_of_box: list[Point] = [
            (picture.x + picture.width * x, picture.y + picture.height * y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))
        ]

        @lru_cache(maxsize=2)
        def frame(camera: Camera) -> tuple[Sprite, ...]:
            near = self.close_up(camera, view.morphology)
            assert isinstance(near, Camera)
            corners = _corners(near, camera, view)
            return (*_lines(corners, corners_of_box, color, edge, view), around)

        def at(moment: Moment) -> tuple[Sprite, ...]:
            return frame(moment.camera)

        return at


def _corners(near: Camera, camera: Camera, view: View) -> list[Point]:
    """The corners of what a square close-up shows, in pixels of the whole."""
    right, up, _ = near.axes
    half = (near.height or 0.0) / 2
    center = np.asarray(near.center)
    points = [center + half * (x * right + y * up) for x, y in ((-1, 1), (1, 1), (1, -1), (-1, -1))]
    return [(float(x), float(y)) for x, y in camera.project(np.array(points), view.size)]


def _lines(corners: list[Point], box: list[Point], color: Rgba, width: float, view: View) -> tuple[Sprite, ...]:
    """The frame, and two lines from it to the close-up."""
    if not np.isfinite(corners).all():
        return ()
    joined = [line for line in zip(corners, box, strict=True) if _is_outer(line, corners + box)]
    faint = (*color[:3], color[3] * _FAINT)
    drawn = [([*corners, corners[0], corners[1]], color, width), *((list(line), faint, width / 2) for line in joined)]
    sprites = []
    for points, ink, thick in drawn:
        margin = int(np.ceil(thick)) + 1
        low = np.clip(np.floor(np.min(points, axis=0)) - margin, 0, view.size).astype(int)
        high = np.clip(np.ceil(np.max(points, axis=0)) + margin, 0, view.size).astype(int)
        if (high <= low).any():
            continue
        canvas = Canvas((int(high[0] - low[0]), int(high[1] - low[1])))
        canvas.line([(x - float(low[0]), y - float(low[1])) for x, y in points], ink, thick)
        sprites.append(canvas.sprite(int(low[0]), int(low[1])))
    return tuple(reversed(sprites))


def _is_outer(line: tuple[Point, Point], points: Sequence[Point]) -> bool:
    """True for a line with all points on one side."""
    (ax, ay), (bx, by) = line
    sides = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for x, y in points]
    return min(sides) > -1e-6 or max(sides) < 1e-6
