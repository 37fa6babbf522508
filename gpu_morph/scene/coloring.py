"""What colours a cell: values over time, values that stay, or colours by section; all as values and a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.cell_values import by_cell
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import SceneError
from .colormaps import ColorTable
from .colors import Rgba, parse_color, to_bytes
from .label_colors import LabelColors
from .palettes import distinct_colors

_MOST_COLORS = 4096  # what every OpenGL takes as a table


@dataclass(frozen=True, eq=False)
class Coloring:
    """A cell's colours as values and a table.

    ``recording`` gives the values: over time, or when ``is_static`` its only row always; None: one colour for all.
    ``explains`` says whether a colour bar makes sense of them. ``legend`` names colours that stand for labels.
    ``opacity`` is the whole cell's, 0 to 1; ``section_opacities`` (n_sections,) float32 are the sections' own,
    where they differ.
    """

    recording: Recording | None
    is_static: bool
    table: ColorTable
    explains: bool = False
    legend: Mapping[str, Rgba] = field(default_factory=dict)
    opacity: float = 1.0
    section_opacities: npt.NDArray[np.float32] | None = None


def fixed_coloring(color: Any) -> Coloring:
    """One colour, RGB(A), for everything.

    Raises
    ------
    ValueError
        Not a colour.
    """
    rgba = parse_color(color)
    one = to_bytes(rgba[:3])
    return Coloring(None, True, ColorTable(one[np.newaxis], one, one, one, (0.0, 1.0)), opacity=rgba[3])


def label_coloring(colors: LabelColors, morphology: Morphology, background: Rgba) -> Coloring:
    """Colours by the sections' labels, or those given; without a legend where more of them than colours are left.

    Raises
    ------
    SceneError
        Something that is no opaque colour, or not as many labels as sections.
    """
    labels = morphology.section_labels if colors.labels is None else tuple(str(label) for label in colors.labels)
    if len(labels) != morphology.n_sections:
        raise SceneError(
            f"labels must hold one for each of the {morphology.n_sections} sections, got {len(labels)}: by_cell(...) "
            "makes them of one for each cell"
        )
    different = list(dict.fromkeys(labels))
    if colors.labels is None or colors.colors is not None:
        legend = {label: _opaque(colors.of(label), f"the colour of {label!r}") for label in different}
        return replace(_section_coloring([legend[label] for label in labels]), legend=legend)
    palette = distinct_colors(background)
    legend = {label: palette[k % len(palette)] for k, label in enumerate(different)}
    colored = _section_coloring([legend[label] for label in labels])
    return replace(colored, legend=legend) if len(different) <= len(palette) else colored


def cell_coloring(morphology: Morphology, background: Rgba) -> Coloring:
    """A colour for each cell."""
    cells = np.unique(morphology.section_cell).tolist()
    names = by_cell(morphology, [f"cell {cell}" for cell in cells])
    return label_coloring(LabelColors(labels=names), morphology, background)


def section_coloring(color: Any, morphology: Morphology) -> Coloring:
    """A colour per section: a sequence of one for each, or {section: colour} with grey for the others.

    Raises
    ------
    SceneError
        Not as many colours as sections, a section that does not exist, or something that is no colour.
    """
    n_sections = morphology.n_sections
    if not isinstance(color, Mapping):
        if len(color) != n_sections:
            raise SceneError(
                f"color as a sequence must hold one colour for each of the {n_sections} sections, got {len(color)}"
            )
        known: dict[Any, Rgba] = {}  # of many sections few have a colour of their own
        return _section_coloring([_known(c, k, known) for k, c in enumerate(color)])
    chosen = [parse_color("grey")] * n_sections
    for section, value in color.items():
        if not isinstance(section, int | np.integer) or not 0 <= section < n_sections:
            raise SceneError(
                f"color as a dict has sections (0 to {n_sections - 1}) or labels as keys, all of one kind, "
                f"got {section!r}"
            )
        chosen[int(section)] = _opaque(value, f"the colour of section {section}")
    return _section_coloring(chosen)


def _known(color: Any, section: int, known: dict[Any, Rgba]) -> Rgba:
    """The section's colour, looked up where it was seen before."""
    key = color if isinstance(color, str | tuple) else tuple(np.asarray(color).tolist())
    if key not in known:
        known[key] = _opaque(color, f"the colour of section {section}")
    return known[key]


def _opaque(color: Any, name: str) -> Rgba:
    try:
        rgba = parse_color(color)
    except ValueError as cause:
        raise SceneError(f"{name}: {cause}") from cause
    if rgba[3] < 1:
        raise SceneError(f"{name} must be opaque, got {color!r} with alpha {rgba[3]:g}")
    return rgba


def _section_coloring(colors: list[Rgba]) -> Coloring:
    """Each section shows the number of its colour, at the middle of that entry of the table."""
    entries, numbers = np.unique(to_bytes(np.asarray(colors)[:, :3]), axis=0, return_inverse=True)
    if len(entries) > _MOST_COLORS:
        raise SceneError(f"at most {_MOST_COLORS} different colours of sections can be shown, got {len(entries)}")
    n_sections = len(colors)
    recording = Recording(
        [0.0],  # type: ignore[arg-type]
        (numbers.reshape(1, -1) + 0.5).astype(np.float32),
        section=np.arange(n_sections, dtype=np.int32),
        position=np.full(n_sections, 0.5, dtype=np.float32),
        name="color",
        unit="",
    )
    none = entries[0]
    return Coloring(recording, True, ColorTable(entries, none, none, none, (0.0, float(len(entries)))))
