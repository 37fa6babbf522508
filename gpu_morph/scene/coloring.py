"""What colours a cell: values over time, values that stay, or colours by section; all as values and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import FrozenArrays, frozen_array, read_only
from ..data.cell_values import by_cell
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import SceneError, brief
from .colors import ColorTable, Rgba, parse_color, to_bytes
from .palettes import distinct_colors

_MOST_OPACITIES = 8  # each takes a picture of its own
_MOST_COLORS = 4096  # what every OpenGL takes as a table
# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/): told apart by the colour-blind as well.
_LABEL_COLORS = {
    "soma": "#4d4d4d",
    "dend": "#0072b2",
    "basal": "#0072b2",
    "apic": "#d55e00",
    "axon": "#009e73",
    "ais": "#e69f00",
    "myelin": "#56b4e9",
}


@dataclass(frozen=True, eq=False)
class PointValues(FrozenArrays):
    """A value per point of the morphology that stays the same: distance to the soma, a channel's density.

    Parameters
    ----------
    values : (n_points,) float32
        In the order of ``morphology.points``; NaN where there is none.
    name, unit : str
        For the colour bar.
    """

    values: npt.NDArray[np.float32]
    name: str = field(default="", kw_only=True)
    unit: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        values = frozen_array(self.values, np.float32, name="values", error=SceneError)
        if values.ndim != 1:
            raise SceneError(f"values must be one per point, (n_points,), got shape {values.shape}")
        object.__setattr__(self, "values", values)


@dataclass(frozen=True)
class LabelColors:
    """A colour for each section's label.

    Parameters
    ----------
    colors : {label: colour}, optional
        In any case of the labels' letters. None: a colour-blind-safe one for soma, dendrites, axon, initial
        segment and myelin, under the names that simulators give them; with ``labels``, one for each of these.
    other : colour
        Of labels without one.
    labels : (n_sections,) sequence of str, optional
        A label for each section in place of the morphology's own: that of its cell's population or type, as
        `by_cell` gives it.

    Examples
    --------
    >>> LabelColors(labels=by_cell(circuit.morphology, circuit.populations))
    """

    colors: Mapping[str, Any] | None = None
    other: Any = "grey"
    labels: Sequence[str] | None = field(default=None, kw_only=True)

    def of(self, label: str) -> Any:
        """The colour of a label."""
        asked = label.strip().lower()
        if self.colors is not None:
            return next((color for name, color in self.colors.items() if name.strip().lower() == asked), self.other)
        return next((color for name, color in _LABEL_COLORS.items() if asked.startswith(name)), self.other)


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


def section_opacities(given: Any, morphology: Morphology) -> npt.NDArray[np.float32]:
    """How opaque each section is.

    Parameters
    ----------
    given : float, sequence or {label: opacity}
        0 to 1: of all; of each section; or by label, in any case of its letters, with 1 for those not named.
    morphology : Morphology
        Whose sections.

    Returns
    -------
    (n_sections,) float32

    Raises
    ------
    SceneError
        Not from 0 to 1, not as many as sections, or a label that no section has.
    """
    n_sections = morphology.n_sections
    if isinstance(given, Mapping):
        labels = [label.strip().lower() for label in morphology.section_labels]
        by_label = {str(label).strip().lower(): value for label, value in given.items()}
        for label in by_label:
            if label not in labels:
                have = ", ".join(map(repr, dict.fromkeys(morphology.section_labels)))
                raise SceneError(f"opacity names the label {label!r}; the sections' are {have}")
        given = [by_label.get(label, 1.0) for label in labels]
    try:
        values = np.asarray(given, dtype=np.float32)
    except (TypeError, ValueError) as cause:
        raise SceneError(f"opacity must be numbers from 0 to 1, got {brief(given)}: {cause}") from cause
    if values.shape not in ((), (n_sections,)):
        raise SceneError(
            f"opacity as a sequence must hold one number for each of the {n_sections} sections, "
            f"got shape {values.shape}"
        )
    bad = ~((values >= 0) & (values <= 1))
    if bad.any():
        raise SceneError(f"opacity must lie from 0 to 1, got {values[bad][0]:g}")
    if len(different := np.unique(values[values > 0])) > _MOST_OPACITIES:
        raise SceneError(f"at most {_MOST_OPACITIES} different opacities can be shown, got {len(different)}")
    return np.broadcast_to(values, n_sections)


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


def point_recording(given: PointValues, morphology: Morphology) -> Recording:
    """Values of points as a recording of one time, with a compartment at each point.

    Raises
    ------
    SceneError
        Not one value per point.
    """
    if given.values.shape != (morphology.n_points,):
        raise SceneError(
            f"PointValues must hold one value for each of the morphology's {morphology.n_points} points, "
            f"got {len(given.values)}"
        )
    return Recording(
        [0.0],  # type: ignore[arg-type]
        given.values[np.newaxis],
        section=morphology.point_section,
        position=read_only(morphology.positions_along(np.float32)),
        name=given.name,
        unit=given.unit,
    )


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
