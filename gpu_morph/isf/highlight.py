"""The arrow to ``highlight_section``, with matplotlib's keyword arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..errors import SceneError
from ..scene.annotations import Arrow
from ..scene.annotations.base import checked_number
from .checks import checked_mapping
from .drawn_sections import DrawnSections

_KWARGS = "highlight_arrow_kwargs"
# matplotlib's keyword arguments of an arrow, and Arrow's parameters.
_STYLE = {
    "facecolor": ("facecolor",),
    "fc": ("facecolor",),
    "edgecolor": ("edgecolor",),
    "ec": ("edgecolor",),
    "color": ("facecolor", "edgecolor"),
    "linewidth": ("linewidth",),
    "lw": ("linewidth",),
    "label": ("label",),
}
_LINE_WIDTHS = ("linewidth", "lw")
_GEOMETRY = ("mutation_scale", "arrow_size", "orientation", "rotation")
_HEAD_SIZE = 20.0  # ISF's mutation_scale, points
_LENGTH = 50.0  # ISF's arrow_size, µm
_SHORTEST = 3.0  # points: an arrow of a given arrow_size
_POSITION = "0 to 1 (relative arc length)"


def highlight_arrow(sections: DrawnSections, section: Any, x: Any, kwargs: Mapping[str, Any] | None) -> Arrow:
    """An arrow to a section, from 50 µm above unless ``kwargs`` (``highlight_arrow_kwargs``) say otherwise.

    Without an ``arrow_size`` it is longer where 50 µm are hard to see.

    Parameters
    ----------
    sections : DrawnSections
        What is drawn.
    section : int
        Index into ``cell.sections``.
    x : float or None
        Position on the section, 0 to 1. None: its middle.
    kwargs : mapping or None
        See `CellMorphologyVisualizer`.

    Raises
    ------
    SceneError
        A section that does not exist or is not drawn, a position outside 0 to 1, an unknown or wrong keyword argument.
    """
    given = dict(checked_mapping(kwargs or {}, _KWARGS, "a dict"))
    # A length that was asked for is kept; the usual one grows where it would be hard to see.
    shortest = _SHORTEST if "arrow_size" in given else None
    direction = _direction(str(given.pop("orientation", "z")), _number(given, "rotation", 0.0, "radians"))
    length = _number(given, "arrow_size", _LENGTH, "positive µm", above=0) * math.hypot(*direction)
    head_size = _number(given, "mutation_scale", _HEAD_SIZE, "positive points", above=0) / _HEAD_SIZE
    style = _style(given)
    number = sections.number(section)
    if x is not None and not 0 <= checked_number(x, "highlight_x", _POSITION) <= 1:
        raise SceneError(f"highlight_x must be {_POSITION}, got {x!r}")
    return Arrow(number, x=x, direction=direction, length=length, min_length=shortest, head_size=head_size, **style)


def _number(given: dict[str, Any], name: str, default: float, expected: str, *, above: float = -math.inf) -> float:
    """Take one number out of the keyword arguments."""
    return checked_number(given.pop(name, default), f"{_KWARGS}: {name}", expected, above=above)


def _direction(orientation: str, angle: float) -> tuple[float, float, float]:
    """From the arrow's tip to its tail: the sum of the named axes, rotated about y by ``angle`` (radians).

    ISF rotates from z towards -x.
    """
    if not orientation or set(orientation) - set("xyz"):
        raise SceneError(f"{_KWARGS}: orientation is made of 'x', 'y' and 'z', got {orientation!r}")
    x, y, z = (float(axis in orientation) for axis in "xyz")
    cos, sin = math.cos(angle), math.sin(angle)
    return cos * x - sin * z, y, sin * x + cos * z


def _style(given: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments of Arrow: colours, line width and label."""
    style: dict[str, Any] = {}
    for name in _LINE_WIDTHS:
        if name in given:
            style["linewidth"] = _number(given, name, 1.0, "positive points", above=0)
    for name, value in given.items():
        if name not in _STYLE:
            raise SceneError(f"{_KWARGS} has no {name!r}; known are {', '.join([*_STYLE, *_GEOMETRY])}")
        style |= dict.fromkeys(_STYLE[name], value)
    return style
