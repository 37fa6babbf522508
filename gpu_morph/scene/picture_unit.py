"""The unit of widths: text and lines grow with the picture."""

from __future__ import annotations

from ..image.image import Size

_TEXT = 0.021  # height of usual text, relative to the picture's shorter side
_LEAST_TEXT = 10.0  # pixels
_USUAL_RATIO = 9 / 16  # of the sides of a picture; longer ones have larger text
_LARGEST_TEXT = 0.05  # relative to the shorter side, in a long picture
_REFERENCE = _TEXT * 1080  # text of the pictures in which a unit is a pixel
_WHOLE_PIXEL = 160  # pixels, a shorter side up to which 1 is a pixel: thinner lines would hide what small pictures show
_LEAST_IN_PRINT = 0.5  # points


def usual_text(size: Size) -> float:
    """The default height of text in a picture of this size, pixels: relative to the side that needs larger text.

    A long picture is looked at as a whole, as wide as another one; but text stays small beside its shorter side.
    """
    least, greatest = min(size), max(size)
    return max(_LEAST_TEXT, _TEXT * least, min(_TEXT * _USUAL_RATIO * greatest, _LARGEST_TEXT * least))


def picture_unit(size: Size) -> float:
    """The pixels of a width of 1: a pixel of a picture 1,080 high, in the same proportion as `usual_text`.

    In pictures that are less than 360 high it grows again, up to a pixel.
    """
    return max(usual_text(size) / _REFERENCE, min(1.0, _WHOLE_PIXEL / min(size)))


def unit_rule() -> dict[str, float]:
    """The numbers of `picture_unit`, for a shorter and a longer side.

    max(least, min(1, whole / shorter), short * shorter, min(long * longer, most * shorter)).
    """
    numbers = {"least": _LEAST_TEXT, "short": _TEXT, "long": _TEXT * _USUAL_RATIO, "most": _LARGEST_TEXT}
    return {name: number / _REFERENCE for name, number in numbers.items()} | {"whole": _WHOLE_PIXEL}


def print_factor(size: Size, dpi: float) -> float:
    """By how much widths grow on paper of ``dpi`` pixels per inch, so that 1 is at least half a point."""
    return max(1.0, _LEAST_IN_PRINT * dpi / 72 / picture_unit(size))
