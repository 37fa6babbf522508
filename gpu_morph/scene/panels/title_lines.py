"""The lines of panels' titles."""

from __future__ import annotations

from ..annotations.broken_lines import broken
from ..annotations.shortened import shortened

_MOST_LINES = 3


def title_lines(title: str, height: float, width: float) -> list[str]:
    """A title in text of a height, in up to three lines that are no wider than its panel; pixels. No title has none."""
    if not title:
        return []
    lines = broken(title, height, width)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], " ".join(lines[_MOST_LINES - 1 :])]
    return [shortened(line, height, width) for line in lines]
