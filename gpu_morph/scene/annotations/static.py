"""Still: an annotation that is the same in every frame."""

from __future__ import annotations

from abc import abstractmethod

from ...image.image import Size
from ..camera import Box
from .base import Annotation, Drawing, View
from .canvas import Canvas


class Still(Annotation):
    """An annotation that stays the same over a film; a child plans its canvas."""

    @abstractmethod
    def canvas(self, view: View) -> Canvas:
        """Everything that will be drawn, on a canvas just large enough.

        Raises
        ------
        SceneError
            The scene has not what this annotation shows.
        """

    def room(self, view: View) -> Size:
        """The canvas's size; see `Annotation`."""
        return self.canvas(view).size

    def drawing(self, view: View, box: Box) -> Drawing:
        """The canvas, drawn once; see `Annotation`."""
        sprites = (self.canvas(view).sprite(box.x, box.y),)
        return lambda _: sprites
