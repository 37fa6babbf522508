"""StaticAnnotation: an annotation that is the same in every frame."""

from __future__ import annotations

from abc import abstractmethod

from ...image.image import Size
from ..camera import Box
from .base import Annotation, Drawing, View
from .canvas import Canvas


class StaticAnnotation(Annotation):
    """An annotation that is the same in every frame; a child class draws its canvas."""

    @abstractmethod
    def canvas(self, view: View) -> Canvas:
        """Everything that is drawn, on a canvas of the size that it needs.

        Raises
        ------
        SceneError
            The scene lacks what this annotation shows.
        """

    def room(self, view: View) -> Size:
        """The canvas's size; see `Annotation`."""
        return self.canvas(view).size

    def drawing(self, view: View, box: Box) -> Drawing:
        """The canvas, drawn once; see `Annotation`."""
        sprites = (self.canvas(view).sprite(box.x, box.y),)
        return lambda _: sprites
