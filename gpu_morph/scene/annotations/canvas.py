"""Canvas: antialiased shapes, and text in the font that comes with the package, drawn into a small image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...image.image import Size
from ..colors import Rgba
from .base import Sprite, View
from .font_choice import FONT_FILE, runs
from .shapes import Disc, Line, Picture, Point, Polygon, Rectangle, Shapes, TextLine

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

_SUPERSAMPLING = 4  # shapes are drawn larger by this factor, and averaged
_BEFORE_ANCHOR = {"l": 0.0, "m": 0.5, "r": 1.0}  # how much of a line of text stands to the left of its anchor
_HALO_WIDTH = 0.2  # of the text's height
_PANEL_WIDTH, _PANEL_OPACITY = 0.35, 0.82  # likewise, around what it makes readable; what is behind it shows through
_HALO_ALPHA = [min(4 * alpha, 255) for alpha in range(256)]  # of each alpha of the blurred shapes


@cache
def font(height: int, file: Path = FONT_FILE) -> FreeTypeFont:
    """The font at a nominal height in pixels; all digits of the package's own have one width."""
    from PIL import ImageFont

    return ImageFont.truetype(str(file), max(height, 4), layout_engine=ImageFont.Layout.BASIC)


def line_height(height: float) -> int:
    """Distance of two lines of text of a height, pixels."""
    return round(1.25 * height)


def text_width(line: str, height: float) -> int:
    """The width of a line of text of a height, pixels, rounded up."""
    return int(np.ceil(_length(line, round(height))))


def _length(line: str, height: int) -> float:
    return sum(font(height, file).getlength(text) for file, text in runs(line))


def baseline(line: TextLine) -> float:
    """The y of the line on which the letters of a line of text stand."""
    return line.y + _rise(line.height, line.anchor)


def _rise(height: int, anchor: str) -> float:
    """From an anchor down to the line on which letters stand, pixels."""
    anchored, standing = (font(height).getbbox("x", anchor=f"l{vertical}")[1] for vertical in (anchor[1], "s"))
    return anchored - standing


class Canvas:
    """A list of shapes, pictures and lines of text; ``image()`` draws them, RGBA with straight alpha.

    Coordinates are pixels from the upper left corner; a line at x = 10.5 of width 1 fills one column of pixels.
    Pictures are drawn over shapes, and text over pictures, each in the order of the calls.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    halo : RGBA, optional
        Colour of a rim around everything, which keeps it readable over any picture.
    halo_width : float
        Pixels. The image is larger by this on each side.
    panel : RGBA, optional
        Colour of an area behind everything.
    panel_width : float
        Pixels. The image is larger by this on each side.

    Examples
    --------
    >>> canvas = gm.Canvas((40, 20))
    >>> canvas.line([(0, 10.5), (40, 10.5)], (1.0, 0.0, 0.0, 1.0), width=1)
    >>> canvas.image().shape
    (20, 40, 4)
    """

    def __init__(
        self,
        size: Size,
        *,
        halo: Rgba | None = None,
        halo_width: float = 0.0,
        panel: Rgba | None = None,
        panel_width: float = 0.0,
    ) -> None:
        self.size = width, height = max(1, int(size[0])), max(1, int(size[1]))
        self._halo, self._panel = halo, panel
        self.border = border = int(np.ceil(max(halo_width if halo else 0.0, panel_width if panel else 0.0)))
        self._shapes: list[Line | Rectangle | Polygon | Disc] = []
        if panel is not None:
            self.rectangle(-border, -border, width + 2 * border, height + 2 * border, panel)
        self._pictures: list[Picture] = []
        self._lines: list[TextLine] = []

    @classmethod
    def over(cls, view: View, size: Size) -> Canvas:
        """A canvas with a panel in the background's colour if the cell may lie behind it."""
        panel = (*view.paper[:3], _PANEL_OPACITY) if view.shield else None
        return cls(size, panel=panel, panel_width=_PANEL_WIDTH * view.text)

    @classmethod
    def at_site(cls, view: View, size: Size) -> Canvas:
        """A canvas with a halo in the background's colour, for a few words beside the cell."""
        halo = None if view.is_transparent else view.paper
        return cls(size, halo=halo, halo_width=max(1.0, _HALO_WIDTH * view.text))

    def line(self, points: Sequence[Point], color: Rgba, width: float = 1.0) -> None:
        """A line through points, with round joints and flat ends."""
        self._shapes.append(Line(tuple(points), color, width))

    def rectangle(self, x: float, y: float, width: float, height: float, color: Rgba) -> None:
        """A filled rectangle; its edges are sharp if they lie on whole pixels."""
        self._shapes.append(Rectangle(x, y, width, height, color))

    def polygon(self, points: Sequence[Point], color: Rgba, edge: Rgba | None = None, edge_width: float = 1.0) -> None:
        """A filled polygon, optionally with an edge."""
        self._shapes.append(Polygon(tuple(points), color, edge, edge_width))

    def disc(self, x: float, y: float, radius: float, color: Rgba, edge: Rgba | None = None) -> None:
        """A filled disc around (x, y), optionally with an edge of one pixel."""
        self._shapes.append(Disc(x, y, radius, color, edge))

    def picture(self, x: int, y: int, image: npt.NDArray[np.uint8]) -> None:
        """A (height, width, 3) uint8 image with its upper left corner at a pixel."""
        self._pictures.append(Picture(x, y, image))

    def text(self, x: float, y: float, line: str, height: float, color: Rgba, anchor: str = "lm") -> None:
        """A line of text of a height; ``anchor`` is Pillow's: "lm" is left and middle, "rs" right and baseline.

        It is placed on whole pixels, which keeps its letters sharp.
        """
        self._lines.append(TextLine(x, y, line, round(height), color, anchor))

    def image(self) -> npt.NDArray[np.uint8]:
        """(height, width, 4) uint8, RGBA with straight alpha, with the halo's border on each side."""
        from PIL import Image

        size = self.size[0] + 2 * self.border, self.size[1] + 2 * self.border
        pixels = self._drawn_shapes(size)
        for picture in self._pictures:
            (height, width), x, y = picture.image.shape[:2], picture.x + self.border, picture.y + self.border
            pixels[y : y + height, x : x + width, :3], pixels[y : y + height, x : x + width, 3] = picture.image, 255
        for line in self._lines:
            _draw_text(pixels, line, self.border)
        return pixels if self._halo is None or not self.border else np.array(self._with_halo(Image.fromarray(pixels)))

    def sprite(self, x: int, y: int) -> Sprite:
        """The image as a sprite, with the canvas's upper left corner at a pixel of the picture."""
        shapes = Shapes((*self._shapes, *self._pictures, *self._lines), self.border, self._halo)
        return Sprite(self.image(), x - self.border, y - self.border, shapes)

    def _drawn_shapes(self, size: Size) -> npt.NDArray[np.uint8]:
        from PIL import Image, ImageDraw

        if not self._shapes:
            return np.zeros((size[1], size[0], 4), dtype=np.uint8)
        if self._panel is not None and len(self._shapes) == 1:  # as behind the clock of each frame
            return np.full((size[1], size[0], 4), _bytes(self._panel), dtype=np.uint8)
        # An average over pixels of different alpha is right for premultiplied colours only.
        fine = Image.new("RGBa", (size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING), (0, 0, 0, 0))
        pen = ImageDraw.Draw(fine)
        for shape in self._shapes:
            self._draw(pen, shape)
        return np.array(fine.reduce(_SUPERSAMPLING).convert("RGBA"))

    def _with_halo(self, drawn: Image) -> Image:
        from PIL import Image, ImageFilter

        assert self._halo is not None
        spread = drawn.getchannel("A").filter(ImageFilter.GaussianBlur(self.border / 2))
        under = Image.new("RGBA", drawn.size, (*_bytes(self._halo)[:3], 0))
        under.putalpha(spread.point(_HALO_ALPHA))
        under.alpha_composite(drawn)
        return under

    def _draw(self, pen: ImageDraw, shape: Line | Rectangle | Polygon | Disc) -> None:
        """Draw a shape over a supersampled image."""
        match shape:
            case Line(points, color, width):
                _draw_line(pen, self._scaled(points), slice(1, -1), color, width)
            case Rectangle(x, y, width, height, color):
                left, top = self._fine_corner(x, y)
                right, bottom = self._fine_corner(x + width, y + height)
                if right > left and bottom > top:
                    pen.rectangle([left, top, right - 1, bottom - 1], fill=_premultiplied(color))
            case Polygon(points, color, edge, edge_width):
                if edge is not None:
                    _draw_line(pen, self._scaled([*points, points[0]]), slice(1, None), edge, 2 * edge_width)
                pen.polygon(self._scaled(points), fill=_premultiplied(color))
            case Disc(x, y, radius, color, edge):
                for fill, r in ((edge, radius), (color, radius if edge is None else radius - 1)):
                    if fill is not None:
                        left, top = self._fine_corner(x - r, y - r)
                        right, bottom = self._fine_corner(x + r, y + r)
                        pen.ellipse((left, top, right - 1, bottom - 1), fill=_premultiplied(fill))

    def _fine_corner(self, x: float, y: float) -> tuple[int, int]:
        return round((x + self.border) * _SUPERSAMPLING), round((y + self.border) * _SUPERSAMPLING)

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [((x + self.border) * _SUPERSAMPLING - 0.5, (y + self.border) * _SUPERSAMPLING - 0.5) for x, y in points]


def _draw_line(pen: ImageDraw, points: list[Point], joints: slice, color: Rgba, width: float) -> None:
    """A line with a disc at each joint, which takes half the time of Pillow's joints."""
    fine = max(1, round(width * _SUPERSAMPLING))
    pen.line(points, fill=_premultiplied(color), width=fine)
    radius = (fine - 1) / 2
    for x, y in points[joints] if radius > 1 else ():
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_premultiplied(color))


def _draw_text(pixels: npt.NDArray[np.uint8], line: TextLine, border: int) -> None:
    """Draw a line of text over an image, clipped to it."""
    from PIL import Image

    image, left, top = _line_image(line.text, line.height, line.color, line.anchor)
    # round() would round halves to even
    x, y = math.floor(line.x + border + 0.5) + left, math.floor(line.y + border + 0.5) + top
    image = image[max(-y, 0) :, max(-x, 0) :]
    below = pixels[max(y, 0) :, max(x, 0) :][: image.shape[0], : image.shape[1]]
    image = image[: below.shape[0], : below.shape[1]]
    if below.any():
        below[:] = np.asarray(Image.alpha_composite(Image.fromarray(below), Image.fromarray(image)))
    else:  # the same and much faster, which matters for the clock of each frame
        below[:] = image


@lru_cache(maxsize=512)  # a clock draws the same digits in every frame
def _line_image(line: str, height: int, color: Rgba, anchor: str) -> tuple[npt.NDArray[np.uint8], int, int]:
    """An image of a line of text, RGBA, and x and y of its upper left corner relative to its anchor."""
    from PIL import Image, ImageDraw

    pieces = _placed(line, height, anchor)
    edges = [of.getbbox(text, anchor=at) for of, text, at, _, _ in pieces]
    moved = [(a + x, b + y, c + x, d + y) for (a, b, c, d), (*_, x, y) in zip(edges, pieces, strict=True)]
    left, top = (math.floor(min(box[k] for box in moved)) for k in (0, 1))
    right, bottom = (math.ceil(max(box[k] for box in moved)) for k in (2, 3))
    image = Image.new("RGBA", (max(1, right - left), max(1, bottom - top)), (*_bytes(color)[:3], 0))
    for of, text, at, x, y in pieces:
        ImageDraw.Draw(image).text((x - left, y - top), text, font=of, fill=_bytes(color), anchor=at)
    pixels = np.array(image)
    pixels[pixels[..., 3] == 0] = 0  # as in an empty canvas
    return pixels, left, top


def _placed(line: str, height: int, anchor: str) -> list[tuple[FreeTypeFont, str, str, float, float]]:
    """The pieces of a line in different fonts: font, text, anchor, and x and y relative to the line's anchor."""
    pieces = runs(line)
    if all(file == FONT_FILE for file, _ in pieces):
        return [(font(height), "".join(text for _, text in pieces), anchor, 0.0, 0.0)]
    x, y = -_BEFORE_ANCHOR[anchor[0]] * _length(line, height), _rise(height, anchor)
    placed = []
    for file, text in pieces:
        placed.append((font(height, file), text, "ls", x, y))
        x += placed[-1][0].getlength(text)
    return placed


def _bytes(color: Rgba) -> tuple[int, ...]:
    return tuple(round(255 * channel) for channel in color)


def _premultiplied(color: Rgba) -> tuple[int, ...]:
    red, green, blue, alpha = color
    return _bytes((red * alpha, green * alpha, blue * alpha, alpha))
