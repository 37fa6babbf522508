"""The unit of widths: text and lines grow with the picture."""

from __future__ import annotations

from ..image.image import Size

_TEXT = 0.021  # height of usual text, relative to the picture's shorter side
_LEAST_TEXT = 10.0  # pixels
_USUAL_RATIO = 9 / 16  # of the sides of a picture; longer ones have larger text
_LARGEST_TEXT = 0.05  # relative to the shorter side, in a long picture
_REFERENCE = _TEXT * 1080  # text of the pictures in which a unit is a pixel
_LEAST_UNIT = 2 / 3  # pixels, as in a picture 720 high: thinner lines would be too pale for their colours to be read
_LEAST_IN_PRINT = 0.5  # points


def usual_text(size: Size) -> float:
    """The default height of text in a picture of this size, pixels: relative to the side that needs larger text.

    A long picture is looked at as a whole, as wide as another one; but text stays small beside its shorter side.
    """
    least, greatest = min(size), max(size)
    return max(_LEAST_TEXT, _TEXT * least, min(_TEXT * _USUAL_RATIO * greatest, _LARGEST_TEXT * least))


def picture_unit(size: Size) -> float:
    """The pixels of a width of 1: a pixel of a picture 1,080 high, in the same proportion as `usual_text`.

    In pictures less than 720 high it is as in one that is 720 high.
    """
    return max(_LEAST_UNIT, usual_text(size) / _REFERENCE)


def unit_rule() -> dict[str, float]:
    """The numbers of `picture_unit`: max(least, short * shorter side, min(long * longer side, most * shorter side))."""
    numbers = {"short": _TEXT, "long": _TEXT * _USUAL_RATIO, "most": _LARGEST_TEXT}
    return {"least": _LEAST_UNIT} | {name: number / _REFERENCE for name, number in numbers.items()}


def print_factor(size: Size, dpi: float) -> float:
    """By how much widths grow on paper of ``dpi`` pixels per inch, so that 1 is at least half a point."""
    return max(1.0, _LEAST_IN_PRINT * dpi / 72 / picture_unit(size))
