"""PanelGrid: the boxes of panels in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from ...data.arrays import finite_number
from ...errors import SceneError, brief
from ...system.arguments import is_list_like, is_sequence
from ..annotations.canvas import line_height
from ..camera import Box
from .title_lines import title_lines

_LEAST = 8  # pixels, of the width and the height of a panel

Widths = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class PanelGrid:
    """Rows of panels, each over the whole width.

    Parameters
    ----------
    widths : tuple of tuple of float
        Of the panels of each row, relative to each other.
    heights : tuple of float
        Of the rows, relative to each other.
    titles : tuple of tuple of str
        Above the panels of each row; "" for none.
    """

    widths: Widths
    heights: tuple[float, ...]
    titles: tuple[tuple[str, ...], ...]

    def boxes(self, area: Box, *, gap: int, text: float) -> list[Box]:
        """The boxes of all panels, row by row.

        Parameters
        ----------
        area : Box
            The rectangle that they fill.
        gap : int
            Pixels between them.
        text : float
            Height of the titles' text, pixels.

        Raises
        ------
        SceneError
            A panel would have less than 8 pixels.
        """
        columns = [_spans(widths, area.width, gap) for widths in self.widths]
        above = [
            max(
                line_height(text) * len(title_lines(title, text, width))
                for title, (_, width) in zip(titles, row, strict=True)
            )
            for titles, row in zip(self.titles, columns, strict=True)
        ]
        boxes = []
        for row, (top, height) in enumerate(_spans(self.heights, area.height - sum(above), gap)):
            top += area.y + sum(above[: row + 1])
            boxes += [Box(area.x + left, top, width, height) for left, width in columns[row]]
        if min(min(box.width, box.height) for box in boxes) < _LEAST:
            raise SceneError(
                f"a picture of {area.width}x{area.height} pixels is too small for these panels, which would have "
                f"less than {_LEAST} pixels: make it larger"
            )
        return boxes


def _spans(parts: Sequence[float], whole: int, gap: int) -> list[tuple[int, int]]:
    """Start and length of parts that fill ``whole`` pixels, with gaps between them."""
    free, total = whole - gap * (len(parts) - 1), sum(parts)
    ends = [round(free * end / total) for end in accumulate(parts)]
    return [(start + gap * k, end - start) for k, (start, end) in enumerate(zip([0, *ends], ends, strict=False))]


def checked_parts(given: Any, count: int, name: str) -> tuple[float, ...]:
    """``count`` positive numbers; equal ones for None.

    Raises
    ------
    SceneError
        Other numbers, or another count.
    """
    if given is None:
        return (1.0,) * count
    if not is_list_like(given) or len(given) != count:
        raise SceneError(f"{name} must be {count} positive numbers, relative to each other, got {brief(given)}")
    expected = "positive numbers, relative to each other"
    return tuple(finite_number(one, name=name, expected=expected, least=1e-9, error=SceneError) for one in given)


def checked_widths(given: Any, counts: Sequence[int]) -> Widths:
    """The widths of the panels of each row: from numbers for rows of that many panels, or a sequence for each row.

    Raises
    ------
    SceneError
        No row has that many panels, or numbers are not positive.
    """
    if given is None:
        return tuple((1.0,) * count for count in counts)
    if is_sequence(given) and any(is_sequence(one) or one is None for one in given):
        if len(given) != len(counts):
            raise SceneError(f"widths must be those of each of {len(counts)} rows, got {brief(given)}")
        return tuple(checked_parts(one, count, "widths") for one, count in zip(given, counts, strict=True))
    several = {count for count in counts if count > 1} or {1}
    if not is_list_like(given) or several != {len(given)}:
        raise SceneError(
            f"widths must be one number for each panel of a row, and rows have {', '.join(map(str, counts))}; got "
            f"{brief(given)}: give a sequence for each row where rows differ"
        )
    return tuple(checked_parts(given if count > 1 else None, count, "widths") for count in counts)
