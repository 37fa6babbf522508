"""A small canvas for annotations: shapes with smooth edges, and text in the font that comes with the package."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...image.image import Size
from ..colors import Rgba
from .base import Sprite, View

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

Point = tuple[float, float]
_FONT = Path(__file__).parent / "fonts" / "Inter-Medium-subset.otf"
_FINER = 4  # shapes are drawn so many times larger, and averaged
_SEAM = 0.14  # of the text's height
_DENSER = [min(4 * alpha, 255) for alpha in range(256)]  # makes a seam of a blur


@cache
def font(height: int) -> FreeTypeFont:
    """The font at a nominal height of so many pixels; its digits are all equally wide."""
    from PIL import ImageFont

    return ImageFont.truetype(str(_FONT), max(height, 4), layout_engine=ImageFont.Layout.BASIC)


def line_height(text: float) -> int:
    """Pixels from one line's top to the next one's, for text of a height."""
    return round(1.25 * text)


def text_width(words: str, text: float) -> int:
    """Pixels that a line of text takes, rounded up."""
    return int(np.ceil(font(round(text)).getlength(words)))


def shortened(words: str, text: float, width: float) -> str:
    """``words``, cut off and with an ellipsis if they are wider than so many pixels."""
    if text_width(words, text) <= width:
        return words
    kept = len(words)
    while kept > 1 and text_width(words[:kept].rstrip() + "…", text) > width:
        kept -= 1
    return words[:kept].rstrip() + "…"


class Canvas:
    """A plan of shapes and words in ``size`` pixels; ``image()`` draws them, RGBA with straight alpha.

    Coordinates are pixels from the upper left corner; a line at x = 10.5 of width 1 fills one column of pixels. Shapes
    lie lowest, then pictures, then words, each in the order in which they came.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    seam : colour, optional
        Drawn around everything, ``seam_width`` pixels wide, so that it can be read whatever lies behind. The image is
        so much larger on each side.
    """

    def __init__(self, size: Size, *, seam: Rgba | None = None, seam_width: float = 0.0) -> None:
        self.size = max(1, int(size[0])), max(1, int(size[1]))
        self._seam = seam
        self.border = 0 if seam is None else int(np.ceil(seam_width))
        self._shapes: list[Callable[[ImageDraw], None]] = []
        self._pictures: list[tuple[int, int, npt.NDArray[np.uint8]]] = []
        self._words: list[tuple[Point, str, int, Rgba, str]] = []

    @classmethod
    def over(cls, view: View, size: Size) -> Canvas:
        """A canvas with a seam of paper where the cell may lie behind."""
        return cls(size, seam=view.paper if view.shield else None, seam_width=max(1.0, _SEAM * view.text))

    def line(self, points: Sequence[Point], color: Rgba, width: float = 1.0) -> None:
        """A line through points, with round joints and flat ends."""
        self._shapes.append(partial(_line, points=self._scaled(points), joints=slice(1, -1), color=color, width=width))

    def rectangle(self, x: float, y: float, width: float, height: float, color: Rgba) -> None:
        """A filled rectangle, sharp where its edges lie on whole pixels."""
        left, top = self._fine_corner(x, y)
        right, bottom = self._fine_corner(x + width, y + height)
        if right > left and bottom > top:
            self._shapes.append(
                lambda pen: pen.rectangle([left, top, right - 1, bottom - 1], fill=_premultiplied(color))
            )

    def polygon(self, points: Sequence[Point], color: Rgba, edge: Rgba | None = None, edge_width: float = 1.0) -> None:
        """A filled polygon, with an edge about it if wanted."""
        if edge is not None:
            closed = self._scaled([*points, points[0]])
            self._shapes.append(partial(_line, points=closed, joints=slice(1, None), color=edge, width=2 * edge_width))
        self._shapes.append(lambda pen: pen.polygon(self._scaled(points), fill=_premultiplied(color)))

    def disc(self, x: float, y: float, radius: float, color: Rgba, edge: Rgba | None = None) -> None:
        """A filled disc about a middle, with an edge of a pixel if wanted."""
        for shade, reach in ((edge, radius), (color, radius if edge is None else radius - 1)):
            if shade is not None:
                left, top = self._fine_corner(x - reach, y - reach)
                right, bottom = self._fine_corner(x + reach, y + reach)
                self._shapes.append(partial(_ellipse, corners=(left, top, right - 1, bottom - 1), color=shade))

    def picture(self, x: int, y: int, image: npt.NDArray[np.uint8]) -> None:
        """An (height, width, 3) image of whole pixels, as it is."""
        self._pictures.append((x + self.border, y + self.border, image))

    def text(self, x: float, y: float, words: str, text: float, color: Rgba, anchor: str = "lm") -> None:
        """A line of text of a height; ``anchor`` as Pillow has it: "lm" is left and middle, "rs" right and baseline.

        It is put on whole pixels, where its letters are sharp.
        """
        self._words.append(((x + self.border, y + self.border), words, round(text), color, anchor))

    def image(self) -> npt.NDArray[np.uint8]:
        """(height, width, 4) uint8 with straight alpha: what has been drawn, and the seam's border."""
        from PIL import Image

        size = self.size[0] + 2 * self.border, self.size[1] + 2 * self.border
        pixels = self._drawn_shapes(size)
        for x, y, picture in self._pictures:
            height, width = picture.shape[:2]
            pixels[y : y + height, x : x + width, :3], pixels[y : y + height, x : x + width, 3] = picture, 255
        for place, words, height, color, anchor in self._words:
            _write(pixels, place, words, height, color, anchor)
        return pixels if self._seam is None or not self.border else np.array(self._with_seam(Image.fromarray(pixels)))

    def sprite(self, x: int, y: int) -> Sprite:
        """What has been drawn, with the canvas's own corner at a pixel of the picture."""
        return Sprite(self.image(), x - self.border, y - self.border)

    def _drawn_shapes(self, size: Size) -> npt.NDArray[np.uint8]:
        from PIL import Image, ImageDraw

        if not self._shapes:
            return np.zeros((size[1], size[0], 4), dtype=np.uint8)
        # Premultiplied, as an average over pixels of different alpha must be.
        fine = Image.new("RGBa", (size[0] * _FINER, size[1] * _FINER), (0, 0, 0, 0))
        pen = ImageDraw.Draw(fine)
        for draw in self._shapes:
            draw(pen)
        return np.array(fine.reduce(_FINER).convert("RGBA"))

    def _with_seam(self, drawn: Image) -> Image:
        from PIL import Image, ImageFilter

        assert self._seam is not None
        spread = drawn.getchannel("A").filter(ImageFilter.GaussianBlur(self.border / 2))
        under = Image.new("RGBA", drawn.size, (*_bytes(self._seam)[:3], 0))
        under.putalpha(spread.point(_DENSER))
        under.alpha_composite(drawn)
        return under

    def _fine_corner(self, x: float, y: float) -> tuple[int, int]:
        return round((x + self.border) * _FINER), round((y + self.border) * _FINER)

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [((x + self.border) * _FINER - 0.5, (y + self.border) * _FINER - 0.5) for x, y in points]


def _ellipse(pen: ImageDraw, *, corners: tuple[int, int, int, int], color: Rgba) -> None:
    pen.ellipse(corners, fill=_premultiplied(color))


def _line(pen: ImageDraw, *, points: list[Point], joints: slice, color: Rgba, width: float) -> None:
    """A line with a disc at each joint: Pillow's own joints take twice as long."""
    fine = max(1, round(width * _FINER))
    pen.line(points, fill=_premultiplied(color), width=fine)
    reach = (fine - 1) / 2
    for x, y in points[joints] if reach > 1 else ():
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=_premultiplied(color))


def _write(pixels: npt.NDArray[np.uint8], place: Point, words: str, height: int, color: Rgba, anchor: str) -> None:
    """Lay a line of text over an image; what lies outside is left out."""
    from PIL import Image

    layer, left, top = _written(words, height, color, anchor)
    x, y = math.floor(place[0] + 0.5) + left, math.floor(place[1] + 0.5) + top  # halves always the same way
    layer = layer[max(-y, 0) :, max(-x, 0) :]
    below = pixels[max(y, 0) :, max(x, 0) :][: layer.shape[0], : layer.shape[1]]
    layer = layer[: below.shape[0], : below.shape[1]]
    if below.any():
        below[:] = np.asarray(Image.alpha_composite(Image.fromarray(below), Image.fromarray(layer)))
    else:  # the same, and much faster: a clock is written in each frame
        below[:] = layer


@lru_cache(maxsize=512)  # a clock writes the same digits in every frame
def _written(words: str, height: int, color: Rgba, anchor: str) -> tuple[npt.NDArray[np.uint8], int, int]:
    """An image of a line of text, RGBA, and where its corner lies from the place of its anchor."""
    from PIL import Image, ImageDraw

    left, top, right, bottom = (round(edge) for edge in font(height).getbbox(words, anchor=anchor))
    layer = Image.new("RGBA", (max(1, right - left), max(1, bottom - top)), (*_bytes(color)[:3], 0))
    ImageDraw.Draw(layer).text((-left, -top), words, font=font(height), fill=_bytes(color), anchor=anchor)
    pixels = np.array(layer)
    pixels[pixels[..., 3] == 0] = 0  # as a canvas is where nothing was drawn
    return pixels, left, top


def _bytes(color: Rgba) -> tuple[int, ...]:
    return tuple(round(255 * channel) for channel in color)


def _premultiplied(color: Rgba) -> tuple[int, ...]:
    red, green, blue, alpha = color
    return _bytes((red * alpha, green * alpha, blue * alpha, alpha))
