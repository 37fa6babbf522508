"""PanelsLayout: where the panels of a picture are."""

from __future__ import annotations

from collections.abc import Iterator
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
    def of_scenes(self) -> Iterator[Layout]:
        """The layouts of all scenes, row by row, also of panels in panels."""
        for part in self.layouts:
            if isinstance(part, PanelsLayout):
                yield from part.of_scenes
            elif part is not None:
                yield part

    @property
    def view(self) -> View:
        """As of `Layout`."""
        return self.whole.view
