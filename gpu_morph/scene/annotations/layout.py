"""Layout: annotations along the picture's edges, none over another, and the area that is left for the cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from ...data.frame_times import recorded_range
from ...errors import SceneError
from ...image.image import Size
from ..camera import Box
from .base import Annotation, Place, View
from .shared_rows import shared_rows

_LEAST_TEXT = 7.0  # pixels; smaller text cannot be read
_SHRINK = 0.9  # of the text's height, from one attempt to the next
_LEAST_AREA = 0.25  # of the picture's width and height, for the cell


@dataclass(frozen=True, eq=False)
class Layout:
    """Where annotations are placed.

    Attributes
    ----------
    view : View
        With the height of text that fits.
    boxes : tuple of Box
        One for each annotation.
    areas : tuple of Box
        Rectangles that are free for the cell; they overlap.
    """

    view: View
    boxes: tuple[Box, ...]
    areas: tuple[Box, ...]


def arranged(annotations: Sequence[Annotation], view: View) -> Layout:
    """Find a box for each annotation, with smaller text if there is little space.

    Annotations of one place are placed below each other, in their order; those that `shared_rows` names have one row.
    The areas for the cell do not depend on the times of the film: pictures, films and parts of films of a scene show
    the cell at one place.

    Raises
    ------
    SceneError
        There is not enough space for all, with the smallest text that can be read.
    """
    text, places = view.text, [annotation.place for annotation in annotations]
    rows = shared_rows(annotations)
    all_times = None if view.recording is None else recorded_range(view.recording.times)
    while True:
        smaller = replace(view, text=text)
        boxes, usual_boxes = (
            _boxes(places, rows, [annotation.room(part) for annotation in annotations], part)
            for part in (smaller, replace(smaller, times=all_times))
        )
        areas = None if usual_boxes is None else _free_areas(annotations, usual_boxes, smaller)
        if boxes is not None and areas:
            taken = tuple(box for box in boxes if box.width)
            return Layout(replace(smaller, boxes=taken), tuple(boxes), areas)
        if text <= _LEAST_TEXT:
            raise SceneError(
                f"a picture of {view.size[0]}x{view.size[1]} pixels is too small for "
                f"{', '.join(type(annotation).__name__ for annotation in annotations)} and the cell: "
                "make it larger, leave some out, or give them other places"
            )
        text = max(text * _SHRINK, _LEAST_TEXT)


def margin(view: View) -> int:
    """Pixels between annotations, and from them to the picture's edge."""
    return max(2, round(view.text))


def _boxes(places: Sequence[Place | None], rows: Sequence[int], sizes: Sequence[Size], view: View) -> list[Box] | None:
    """A box for each annotation; None if they do not fit beside each other."""
    space, (width, height) = margin(view), view.size
    boxes = [Box(0, 0, 0, 0)] * len(places)
    named = {place for k, place in enumerate(places) if place is not None and sizes[k] != (0, 0)}
    for place in sorted(named, key=lambda place: (" " not in place, place)):  # corners first: the others move aside
        members = [k for k, other in enumerate(places) if other == place and sizes[k] != (0, 0)]
        heights = {
            row: max(sizes[k][1] for k in members if rows[k] == row) for row in sorted({rows[k] for k in members})
        }
        widest, total = max(sizes[k][0] for k in members), sum(heights.values()) + space * (len(heights) - 1)
        left, y = _corner(place, (widest, total), [box for box in boxes if box.width], view)
        for row, high in heights.items():
            for k in (k for k in members if rows[k] == row):
                free, below = widest - sizes[k][0], high - sizes[k][1]
                x = left + (0 if "left" in place else free if "right" in place else free // 2)
                boxes[k] = Box(x, y + (0 if "upper" in place else below if "lower" in place else below // 2), *sizes[k])
            y += high + space
    taken = [(row, box) for row, box in zip(rows, boxes, strict=True) if box.width]
    inside = all(b.x >= 0 and b.y >= 0 and b.x + b.width <= width and b.y + b.height <= height for _, b in taken)
    apart = all(i == j or not _touch(a, b, space // 2) for k, (i, a) in enumerate(taken) for j, b in taken[:k])
    return boxes if inside and apart else None


def _corner(place: Place, block: Size, taken: Sequence[Box], view: View) -> tuple[int, int]:
    """The upper left corner of a block of boxes; one in the middle of an edge moves along it to a gap."""
    space, (width, height) = margin(view), view.size
    across, along = block
    x = space if "left" in place else width - space - across if "right" in place else (width - across) // 2
    y = space if "upper" in place else height - space - along if "lower" in place else (height - along) // 2
    if place in ("left", "right"):
        spans = [(b.y, b.height) for b in taken if b.x < x + across + space and x < b.x + b.width + space]
        y = _nearest_gap(y, along, spans, height, space)
    elif place in ("upper", "lower"):
        spans = [(b.x, b.width) for b in taken if b.y < y + along + space and y < b.y + b.height + space]
        x = _nearest_gap(x, across, spans, width, space)
    return x, y


def _nearest_gap(wanted: int, length: int, taken: Sequence[tuple[int, int]], whole: int, space: int) -> int:
    """The start of ``length`` free pixels along an edge, as near to ``wanted`` as the ``taken`` spans allow."""
    starts = [wanted, *(start - space - length for start, _ in taken), *(start + size + space for start, size in taken)]
    free = [
        at
        for at in starts
        if at >= space
        and at + length <= whole - space
        and all(at + length + space <= start or at >= start + size + space for start, size in taken)
    ]
    return min(free, key=lambda at: abs(at - wanted), default=wanted)


def _touch(a: Box, b: Box, space: int) -> bool:
    beside = a.x >= b.x + b.width + space or b.x >= a.x + a.width + space
    above = a.y >= b.y + b.height + space or b.y >= a.y + a.height + space
    return not (beside or above)


def _free_areas(annotations: Sequence[Annotation], boxes: Sequence[Box], view: View) -> tuple[Box, ...]:
    """Rectangles that overlap no box: beside, above or below the boxes of each place."""
    space, (width, height) = margin(view), view.size
    cuts: list[tuple[tuple[str, int], ...]] = []
    for place in {annotation.place for annotation in annotations}:
        members = [b for a, b in zip(annotations, boxes, strict=True) if a.place == place and b.width]
        if place is None or not members:
            continue
        sides: list[tuple[str, int]] = []
        if "left" in place:
            sides.append(("left", max(b.x + b.width for b in members) + space))
        if "right" in place:
            sides.append(("right", min(b.x for b in members) - space))
        if "upper" in place:
            sides.append(("top", max(b.y + b.height for b in members) + space))
        if "lower" in place:
            sides.append(("bottom", min(b.y for b in members) - space))
        cuts.append(tuple(sides))
    areas = []
    for chosen in product(*cuts):
        left = max([0, *(at for side, at in chosen if side == "left")])
        right = min([width, *(at for side, at in chosen if side == "right")])
        top = max([0, *(at for side, at in chosen if side == "top")])
        bottom = min([height, *(at for side, at in chosen if side == "bottom")])
        if right - left >= _LEAST_AREA * width and bottom - top >= _LEAST_AREA * height:
            areas.append(Box(left, top, right - left, bottom - top))
    return tuple(areas)
