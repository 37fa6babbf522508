"""Coloring: how a cell's colours follow from values, as a recording and a colour table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import IntArray
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import SceneError
from .colormaps import ColorTable
from .colors import ColorLike, Rgba, opaque_color, parse_color, to_bytes
from .joint_scale import JointScale
from .label_colors import LabelColors
from .palettes import cell_colors

_MOST_COLORS = 4096  # the smallest greatest width of a texture in OpenGL
_OTHER_SECTIONS = "grey"


@dataclass(frozen=True, eq=False)
class Coloring:
    """How a cell's colours follow from values.

    Attributes
    ----------
    recording : Recording or None
        The values. None: the whole cell has the table's one colour.
    is_static : bool
        True: the recording's only row holds for all times.
    table : ColorTable
        Which colour stands for which value.
    has_scale : bool
        True: values are a quantity that a colour bar can show.
    legend : {name: RGBA}
        Colours that stand for labels.
    opacity : float
        Of the whole cell, 0 to 1.
    section_opacities : (n_sections,) float32 or None
        Of each section, if they differ.
    joint : JointScale or None
        What turns the values of several variables into places in the table. None: values are in it as they are.
    """

    recording: Recording | None
    is_static: bool
    table: ColorTable
    has_scale: bool = False
    legend: Mapping[str, Rgba] = field(default_factory=dict)
    opacity: float = 1.0
    section_opacities: npt.NDArray[np.float32] | None = None
    joint: JointScale | None = None

    def with_opacities(self, opacities: npt.NDArray[np.float32]) -> Coloring:
        """The same colours with (n_sections,) opacities."""
        if np.ptp(opacities):
            return replace(self, section_opacities=opacities)
        return replace(self, opacity=self.opacity * float(opacities[0]))


def fixed_coloring(color: ColorLike) -> Coloring:
    """One colour, RGB or RGBA, for the whole cell.

    Raises
    ------
    ValueError
        Not a colour.
    """
    rgba = parse_color(color)
    one = to_bytes(rgba[:3])
    return Coloring(None, True, ColorTable(one[np.newaxis], one, one, one, (0.0, 1.0)), opacity=rgba[3])


def label_coloring(colors: LabelColors, morphology: Morphology, background: Rgba) -> Coloring:
    """Colours by the sections' labels, or by ``colors.labels``.

    Raises
    ------
    SceneError
        Something is not an opaque colour, ``colors`` names a label that is not there, or there is not one label for
        each section.
    """
    labels = morphology.section_labels if colors.labels is None else [str(label) for label in colors.labels]
    if len(labels) != morphology.n_sections:
        raise SceneError(
            f"labels must hold one for each of the {morphology.n_sections} sections, got {len(labels)}: by_cell(...) "
            "makes them from one for each cell"
        )
    different, numbers = _numbered(labels)
    if colors.labels is not None and colors.colors is None:
        return _palette_coloring(different, numbers, background)
    legend = colors.of_all(different, background)
    return replace(_section_coloring(list(legend.values()), numbers), legend=legend)


def cell_coloring(morphology: Morphology, background: Rgba) -> Coloring:
    """A colour for each cell."""
    cells, numbers = _numbered(morphology.section_cell.tolist())
    return _palette_coloring([f"cell {cell}" for cell in cells], numbers, background)


def section_coloring(color: Any, morphology: Morphology) -> Coloring:
    """A colour for each section: a sequence of as many, or {section: colour} with grey for the others.

    Raises
    ------
    SceneError
        Not as many colours as sections, a section that does not exist, or something that is no opaque colour.
    """
    n_sections = morphology.n_sections
    if isinstance(color, Mapping):
        for section in color:
            if not isinstance(section, int | np.integer) or not 0 <= section < n_sections:
                raise SceneError(
                    f"color as a dict has sections (0 to {n_sections - 1}) or labels as keys, all of one kind, "
                    f"got {section!r}"
                )
        colors = [parse_color(_OTHER_SECTIONS)]
        numbers = np.zeros(n_sections, dtype=np.int64)
        for number, (section, value) in enumerate(color.items(), start=1):
            colors.append(opaque_color(value, f"the colour of section {section}"))
            numbers[section] = number
        return _section_coloring(colors, numbers)
    if len(color) != n_sections:
        raise SceneError(
            f"color as a sequence must hold one colour for each of the {n_sections} sections, got {len(color)}"
        )
    given = color.tolist() if isinstance(color, np.ndarray) else color
    different, numbers = _numbered([item if isinstance(item, str | tuple) else _as_tuple(item) for item in given])
    first = np.unique(numbers, return_index=True)[1].tolist()
    colors = [
        opaque_color(item, f"the colour of section {section}") for item, section in zip(different, first, strict=True)
    ]
    return _section_coloring(colors, numbers)


def _as_tuple(color: Any) -> Any:
    numbers = color.tolist() if isinstance(color, np.ndarray) else color
    return tuple(numbers) if isinstance(numbers, Sequence) else numbers


def _numbered(items: Sequence[Any]) -> tuple[list[Any], IntArray]:
    """The different items in the order in which they first occur, and the number of each item among them."""
    numbers: dict[Hashable, int] = {}
    index = np.fromiter((numbers.setdefault(item, len(numbers)) for item in items), dtype=np.int64, count=len(items))
    return list(numbers), index


def _palette_coloring(names: Sequence[str], numbers: IntArray, background: Rgba) -> Coloring:
    """A colour of the palette for each name."""
    colors = cell_colors(background, len(names))
    return replace(_section_coloring(colors, numbers), legend=dict(zip(names, colors, strict=True)))


def _section_coloring(colors: Sequence[Rgba], numbers: IntArray) -> Coloring:
    """Each section has the colour of its number.

    Its value is the middle of that colour's entry in the table.
    """
    used, numbers = np.unique(numbers, return_inverse=True)
    rgb = to_bytes(np.asarray([colors[k] for k in used.tolist()])[:, :3])
    entries, entry = np.unique(rgb, axis=0, return_inverse=True)
    if len(entries) > _MOST_COLORS:
        raise SceneError(f"at most {_MOST_COLORS} different colours of sections can be shown, got {len(entries)}")
    n_sections = len(numbers)
    recording = Recording(
        [0.0],  # type: ignore[arg-type]
        (entry.reshape(-1)[numbers].reshape(1, -1) + 0.5).astype(np.float32),
        section=np.arange(n_sections, dtype=np.int32),
        position=np.full(n_sections, 0.5, dtype=np.float32),
        name="color",
        unit="",
    )
    unused = entries[0]  # no value is out of range or missing
    table = ColorTable(entries, unused, unused, unused, clim=(0.0, float(len(entries))))
    return Coloring(recording, is_static=True, table=table)
