"""Fade: the film comes out of a colour, and goes into it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...errors import SceneError
from ...image.image import Size
from ..camera import Box
from ..colors import checked_color, to_bytes
from .base import Annotation, Drawing, Moment, Sprite, View, keep_number

_STEPS = 64  # of opacity


@dataclass(frozen=True, kw_only=True)
class Fade(Annotation):
    """The whole film comes out of a colour at its beginning, and goes into it at its end, with all that is drawn.

    Title cards belong to the film. Pictures do not fade.

    Parameters
    ----------
    start : float
        Seconds that it takes at the beginning.
    stop : float
        Seconds that it takes at the end.
    color : colour
        What is seen of nothing.

    Raises
    ------
    SceneError
        A wrong argument; when the film is made, a transparent one.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, annotations=[gm.ColorBar(), gm.Fade(start=0.5, stop=1)])
    """

    start: float = 0.5
    stop: float = 0.5
    color: Any = "black"

    needs_recording = False
    goes_by_seconds = True
    rank = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("start", "stop"):
            keep_number(self, name, "0 or more seconds", above=-1e-300)
        object.__setattr__(self, "color", checked_color(self.color, "color"))

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        if view.is_transparent:
            raise SceneError("a transparent film cannot fade into a colour: leave Fade out")
        return view.size

    def drawing(self, view: View, box: Box) -> Drawing:  # noqa: ARG002 (it fills the picture)
        """See `Annotation`."""
        color = to_bytes((*self.color[:3], 1.0))
        n_frames, fps = view.n_frames, float(view.fps)
        first, last = -view.n_before / fps, (n_frames or 0) / fps

        @lru_cache(maxsize=2)
        def sprites(step: int) -> tuple[Sprite, ...]:
            image = np.empty((view.size[1], view.size[0], 4), dtype=np.uint8)
            image[:] = color
            image[..., 3] = round(255 * step / _STEPS)
            return (Sprite(image, 0, 0),)

        def at(moment: Moment) -> tuple[Sprite, ...]:
            if n_frames is None:
                return ()
            # The first and the last frame show nothing but the colour.
            since, left = moment.second - first, last - 1 / fps - moment.second
            come = since / self.start if since < self.start else 1.0
            gone = left / self.stop if left < self.stop else 1.0
            step = round(_STEPS * (1 - max(0.0, min(come, gone))))
            return sprites(step) if step else ()

        return at
