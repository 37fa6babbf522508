"""Free lines: lines and labels across the picture that leave out the boxes of other annotations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...image.image import Size
from ..camera import Box

Point = tuple[float, float]


def parts_outside(
    line: tuple[Point, Point], boxes: Sequence[Box], *, picture: Size, space: float, least: float
) -> list[tuple[Point, Point]]:
    """The parts of a line that are at least ``space`` pixels away from all boxes, from its start on.

    Parts of which less than ``least`` pixels are in the picture are left out.
    """
    seen = _inside(line, Box(0, 0, *picture), 0.0)
    if seen is None:
        return []
    (x0, y0), (x1, y1) = line
    (begin, end), parts = seen, []
    inside = (_inside(line, box, space) for box in boxes)
    for first, last in sorted(span for span in inside if span):
        parts.append((begin, min(first, end)))
        begin = max(begin, last)
    parts.append((begin, end))
    shortest = least / math.dist(*line)
    return [
        ((x0 + a * (x1 - x0), y0 + a * (y1 - y0)), (x0 + b * (x1 - x0), y0 + b * (y1 - y0)))
        for a, b in parts
        if b - a > shortest
    ]


def is_free(corner: tuple[int, int], size: Size, boxes: Sequence[Box]) -> bool:
    """True if a label at this upper left corner touches no box."""
    (x, y), (width, height) = corner, size
    return not any(
        x < box.x + box.width and box.x < x + width and y < box.y + box.height and box.y < y + height for box in boxes
    )


def _inside(line: tuple[Point, Point], box: Box, space: float) -> tuple[float, float] | None:
    """Between which fractions a line is in a box that is widened by ``space``; None if it does not meet it."""
    first, last = 0.0, 1.0
    for start, end, low, size in zip(*line, (box.x, box.y), (box.width, box.height), strict=True):
        least, most = low - space, low + size + space
        if start == end:
            if not least <= start <= most:
                return None
            continue
        near, far = sorted(((least - start) / (end - start), (most - start) / (end - start)))
        first, last = max(first, near), min(last, far)
    return (first, last) if first < last else None
