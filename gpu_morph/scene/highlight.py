"""Highlight: sections set off from the rest of the cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..data.arrays import finite_number
from ..errors import SceneError
from ..system.arguments import check_choice
from .colors import ColorLike, Rgba, opaque_color, parse_color


@dataclass(frozen=True)
class Highlight:
    """Sections with an outline, or in a colour of their own.

    Parameters
    ----------
    section : int or sequence of int
        Which sections of the morphology.
    style : {"outline", "color"}
        An outline leaves the section's colours visible; a colour replaces them.
    color : colour
        Of the outline, or of the section.
    width : float
        Of the outline, in pixels of a picture 1,080 high; it grows with the picture, as text does.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> apical = [k for k, label in enumerate(morphology.section_labels) if label == "apic"]
    >>> scene = gm.Scene(morphology, recording, highlight=gm.Highlight(apical[0], color="crimson"))
    >>> scene.highlight.sections == (apical[0],)
    True
    """

    section: int | tuple[int, ...]
    style: Literal["outline", "color"] = field(default="outline", kw_only=True)
    color: ColorLike = field(default="#e6007e", kw_only=True)
    width: float = field(default=3.0, kw_only=True)

    def __post_init__(self) -> None:
        try:
            given = np.atleast_1d(np.asarray(self.section))
        except (ValueError, OverflowError):  # rows of different lengths
            given = np.zeros((0, 0))
        if given.ndim != 1 or not given.size or given.dtype.kind not in "iu":
            raise SceneError(f"section must be a section's index or several, got {self.section!r}")
        object.__setattr__(self, "section", tuple(int(s) for s in given))
        check_choice(self.style, ("outline", "color"), "style", error=SceneError)
        opaque_color(self.color, "the colour of a highlight")
        width = finite_number(self.width, name="width", expected="0 or more pixels", least=0, error=SceneError)
        if type(self.width) not in (int, float):  # a Decimal does not compute with floats
            object.__setattr__(self, "width", width)

    @property
    def sections(self) -> tuple[int, ...]:
        """The sections as a tuple, also of one."""
        return self.section if isinstance(self.section, tuple) else (self.section,)

    @property
    def rgba(self) -> Rgba:
        """The colour as RGBA, 0 to 1; alpha is 1."""
        return parse_color(self.color)
