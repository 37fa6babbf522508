"""ScaleBar: a bar of a known length."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...errors import SceneError
from ...image.image import Size
from ...system.arguments import check_choice
from ..camera import Box
from ..colors import checked_color
from .base import Annotation, Drawing, Moment, Place, Sprite, View, keep_number
from .canvas import Canvas, line_height, text_width
from .units import length_label, round_length

_LONGEST = 0.22  # default bar, relative to the picture's shorter side


@dataclass(frozen=True, kw_only=True)
class ScaleBar(Annotation):
    """A bar of a known length; in perspective, the length is that at the camera's ``center``.

    Parameters
    ----------
    place : Place
        Where it stands.
    length : float, optional
        µm; the label has nm, µm, mm or cm. None: a round length.
    color : colour, optional
        None: that of all lines.
    show_label : bool
        Whether the length is shown above the bar.

    Raises
    ------
    SceneError
        A wrong argument.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> scene = gm.Scene(morphology, annotations=(gm.ScaleBar(length=200, place="lower left"),))
    >>> gm.render_image(scene, size=(320, 240)).shape
    (240, 320, 3)
    """

    place: Place = "lower right"
    length: float | None = None
    color: Any = None
    show_label: bool = True

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length is not None:
            keep_number(self, "length", "positive µm or None", above=0, most=1e12)
        if self.color is not None:
            object.__setattr__(self, "color", checked_color(self.color, "color"))
        check_choice(self.show_label, (True, False), "show_label", error=SceneError)

    def room(self, view: View) -> Size:
        """The greatest size: the cell is drawn smaller if it leaves space for other annotations; see `Annotation`."""
        if self.length is None:
            longest = _LONGEST * min(view.size)
        else:
            camera = view.camera.fitted(view.morphology, view.size)
            assert camera.height is not None
            longest = self.length * view.size[1] / camera.height
        label = text_width(length_label(self.length or 500.0), view.text) if self.show_label else 0
        return max(int(longest) + 1, label), self._height(view)

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""

        @lru_cache(maxsize=2)
        def sprites(height: float) -> tuple[Sprite]:
            scale = view.size[1] / height  # pixels per µm
            length = self.length or round_length(_LONGEST * min(view.size) / scale)
            canvas = self._canvas(view, length, length * scale)
            free = box.width - canvas.size[0]
            x = box.x + (0 if "left" in self.place else free if "right" in self.place else free // 2)
            return (canvas.sprite(x, box.y),)

        def at(moment: Moment) -> tuple[Sprite]:
            assert moment.camera.height is not None
            return sprites(moment.camera.height)

        return at

    def _canvas(self, view: View, length: float, pixels: float) -> Canvas:
        """Bar and label, centred."""
        color = self.color or view.ink
        label = text_width(length_label(length), view.text) if self.show_label else 0
        width, height = max(math.ceil(pixels), label), self._height(view)
        canvas = Canvas.over(view, (width, height))
        if self.show_label:
            canvas.text(width / 2, line_height(view.text) / 2, length_label(length), view.text, color, "mm")
        canvas.rectangle((width - pixels) / 2, height - _thickness(view), pixels, _thickness(view), color)
        return canvas

    def _height(self, view: View) -> int:
        return _thickness(view) + (line_height(view.text) + round(0.15 * view.text) if self.show_label else 0)


def _thickness(view: View) -> int:
    return max(2, round(0.16 * view.text))
