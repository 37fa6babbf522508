"""PanelsLayout: where the panels of a picture are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..annotations.base import View
from ..annotations.layout import Layout
from ..camera import Box


@dataclass(frozen=True, eq=False)
class PanelsLayout:
    """Where the panels of a picture are.

    Attributes
    ----------
    whole : Layout
        Of the annotations of the whole.
    boxes : tuple of Box
        One for each panel, row by row, pixels.
    layouts : tuple
        The layout of what each panel shows; None for an empty one.
    """

    whole: Layout
    boxes: tuple[Box, ...]
    layouts: tuple[Any, ...]

    @property
    def areas(self) -> tuple[Box, ...]:
        """As of `Layout`."""
        return self.whole.areas

    @property
    def view(self) -> View:
        """As of `Layout`."""
        return self.whole.view
