"""Font sizes: pixels, or points of paper."""

from __future__ import annotations

import re
from typing import Any

from ..errors import SceneError, brief
from ..image.image import Size
from .checks import check_number
from .picture_unit import usual_text

_POINTS_PER_INCH = 72
_SCREEN_DPI = 96  # of a picture that is not for paper, as in CSS
_LEAST_IN_PRINT = 7.0  # points; what journals ask for
_POINTS = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*pt\s*")


def check_font_size(given: Any) -> None:
    """Raise SceneError unless ``given`` is None, 4 or more pixels, or points such as "8pt"."""
    if isinstance(given, str):
        found = _POINTS.fullmatch(given)
        if found is None or not 2 <= float(found[1]) <= 1000:
            raise SceneError(f"font_size must be 4 or more pixels, or 2 to 1000 points as in '8pt', got {brief(given)}")
    elif given is not None:
        check_number(given, "font_size", unit="pixels", least=4)


def text_height(font_size: float | str | None, size: Size, dpi: float | None = None) -> float:
    """The height of usual text in a picture, pixels.

    Parameters
    ----------
    font_size : float, str or None
        Checked. None: in proportion to the picture, and on paper of ``dpi`` pixels per inch at least 7 points.
    size : (width, height)
        Pixels.
    dpi : float, optional
        None: the picture is not for paper; points are those of a screen, 96 per inch.
    """
    if isinstance(font_size, str):
        found = _POINTS.fullmatch(font_size)
        assert found is not None
        return float(found[1]) * (dpi or _SCREEN_DPI) / _POINTS_PER_INCH
    if font_size is not None:
        return float(font_size)
    return max(usual_text(size), 0.0 if dpi is None else _LEAST_IN_PRINT * dpi / _POINTS_PER_INCH)
