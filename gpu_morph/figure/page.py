"""Page: a picture's pixels and the annotations over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..image.file_texts import FileTexts
from ..image.image import Image, Size
from ..scene.annotations.base import Sprite

SCREEN_DPI = 96.0  # as CSS has it: what a pixel is where no resolution is given


@dataclass(frozen=True, eq=False)
class Page:
    """A picture's pixels and the annotations over them.

    Attributes
    ----------
    image : (height, width, 3 or 4) uint8
        The picture without annotations.
    layers : sequence of (str, sequence of Sprite)
        The annotations, each with its name, in drawing order.
    dpi : float
        Pixels per inch of paper.
    texts : FileTexts
        What the file says about itself.
    """

    image: Image
    layers: Sequence[tuple[str, Sequence[Sprite]]] = ()
    dpi: float = SCREEN_DPI
    texts: FileTexts = field(default_factory=FileTexts)

    @property
    def size(self) -> Size:
        """(width, height), pixels."""
        return self.image.shape[1], self.image.shape[0]
