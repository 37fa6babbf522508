"""LabelColors: a colour for each label of sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..data.section_kinds import is_label, names_by_label
from ..errors import SceneError, brief
from ..system.arguments import check_type, checked_items, is_sequence
from .colors import ColorLike, Rgba, checked_color, opaque_color
from .palettes import label_colors, section_color

_OTHER = "grey"


@dataclass(frozen=True)
class LabelColors:
    """A colour for each section's label.

    Parameters
    ----------
    colors : {label: colour}, optional
        A label as the morphology has it, in any case, or a kind of section in any spelling: "apic", "apical" and
        "ApicalDendrite" are one kind. None: a palette for colour-blind people, for soma, dendrites, axon, initial
        segment and myelin, and for labels of other kinds; with ``labels``, a colour for each of these.
    other : colour, optional
        Of labels without one. None: grey; without ``colors``, grey for undefined kinds only.
    labels : (n_sections,) sequence of str, optional
        Labels to use in place of the morphology's, such as its cells' populations or types; `by_cell` makes them.

    Raises
    ------
    SceneError
        ``colors`` is not a dict of labels; or, when a Scene is made, one of these is the label of no section.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> scene = gm.Scene(morphology, color=gm.LabelColors({"apical": "crimson"}, other="lightgrey"))

    Cells of a circuit by a name of their own:

    >>> circuit = gm.join_morphologies([morphology, morphology], translations=[(0, 0, 0), (300, 0, 0)])
    >>> scene = gm.Scene(circuit, color=gm.LabelColors(labels=gm.by_cell(circuit, ["L5 pyramidal", "L4 spiny"])))
    """

    colors: Mapping[str, ColorLike] | None = None
    other: ColorLike | None = None
    labels: Sequence[str] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        colors = self.colors
        if colors is not None and not (isinstance(colors, Mapping) and all(isinstance(key, str) for key in colors)):
            raise SceneError(f"LabelColors takes a dict of labels and colours, got {brief(colors)}")

        if self.labels is not None and not is_sequence(self.labels):
            raise SceneError(f"labels must be a sequence of str, one per section, got {brief(self.labels)}")

    def of(self, label: str) -> ColorLike:
        """The colour of a label by itself, on a light background; `of_all` gives the colours of a picture.

        Without ``colors``, a label of an unknown kind has the colour for others.
        """
        check_type(label, str, "label")
        if self.colors is None:
            return section_color(label) or self._given(None)
        names = [name for name in self.colors if is_label(name, [label])]
        return self._given(names_by_label(names, [label], argument="colors", error=SceneError)[label])

    def of_all(self, labels: Sequence[str], background: ColorLike = "white") -> dict[str, Rgba]:
        """The colours of several different labels, which are all that there are, on a background.

        Raises
        ------
        SceneError
            Something is not an opaque colour, or ``colors`` names a label that is not there.
        """
        labels = checked_items(labels, "labels", "labels")
        for label in labels:
            check_type(label, str, "labels: each")
        if self.colors is None:
            usual = label_colors(labels, checked_color(background, "background"))
            colors = {label: usual[label] or self._given(None) for label in labels}
            if self.other is not None:
                colors |= {label: self.other for label in labels if section_color(label) is None}
        else:
            names = names_by_label(self.colors, labels, argument="color", error=SceneError)
            colors = {label: self._given(name) for label, name in names.items()}
        return {label: opaque_color(color, f"the colour of {label!r}") for label, color in colors.items()}

    def _given(self, name: str | None) -> ColorLike:
        if name is None or self.colors is None:
            return _OTHER if self.other is None else self.other
        return self.colors[name]
