"""The meaning of ``color=``: a recorded variable, "dendrites", "synapses", or a colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..data.recording import Recording, is_voltage
from ..data.section_kinds import is_kind, is_label
from ..errors import RecordingError, brief, near_names
from ..readers.simulators.isf import isf_recording, recorded_variables, variables_of
from ..scene.color_scale import full_range
from ..scene.label_colors import LabelColors
from ..scene.norm_parsing import parse_norm
from ..scene.scene import Scene
from ..system.user_warning import warn_user
from .checks import checked_mapping, optional_number
from .color_lists import is_color_list, listed_colors
from .drawn_sections import DrawnSections

_BY_LABEL = ("dendrites", "dendritic group", "label", "labels")
_BY_SYNAPSE = ("synapses", "synapse")
_LIKE = 0.75  # "axno" is misspelt, "Spine" is another label
_ISF_VTK_VOLTAGE = "membrane voltage"  # the voltage's name in ISF's VTK files


class CellColor(NamedTuple):
    """What a value of ``color`` asks for.

    ``color`` is what `Scene` takes. ``recording`` is the variable that it names, or None. ``show_synapses`` is
    True when the colour itself asks for synapses. ``options`` are other arguments of `Scene` that it needs.
    """

    color: Any
    recording: Recording | None = None
    show_synapses: bool = False
    options: Mapping[str, Any] = {}


def cell_color(color: Any, cell: Any, sections: DrawnSections, label_colors: Mapping[str, Any]) -> CellColor:
    """Translate ISF's ``color`` for `Scene`.

    Raises
    ------
    ValueError
        Neither a recorded variable nor a colour; the message lists the variables.
    RecordingError
        A variable of a cell that was not simulated.
    """
    word = " ".join(color.lower().replace("_", " ").split()) if isinstance(color, str) else None
    if word in _BY_SYNAPSE:
        return CellColor("lightgrey", show_synapses=True)
    if word in _BY_LABEL:
        return CellColor(LabelColors(_colors_of_labels(label_colors, sections.morphology.section_labels)))
    if is_color_list(color):
        listed = listed_colors(color, sections)
        return CellColor(listed.color, options=listed.options)
    recording = _recording(color, cell, sections)
    return CellColor(color if recording is None else recording.name, recording)


def _colors_of_labels(given: Any, labels: Sequence[str]) -> dict[str, Any] | None:
    """The colours of a ``color_dict`` for labels that the cell has; it may have more. None where it is empty."""
    colors = checked_mapping(given or {}, "color_dict", "a dict of labels and colours")
    for name in colors:
        if not isinstance(name, str):
            raise TypeError(f"color_dict must be a dict of labels and colours, got the label {brief(name)}")
        if not (is_label(name, labels) or is_kind(name)) and (near := near_names(name, set(labels), likeness=_LIKE)):
            warn_user(f"color_dict: no section has the label {name!r}{near}")
    return {name: one for name, one in colors.items() if is_label(name, labels)} if colors else None


def named_recording(color: Any, cell: Any, sections: DrawnSections) -> Recording:
    """The recorded variable that ``color`` names, in any case.

    Raises
    ------
    ValueError
        It names none; the message lists the variables.
    """
    recording = _recording(color, cell, sections)
    if recording is None:
        raise ValueError(f"color must be a recorded variable ({_listed(recorded_variables(cell))}), got {color!r}")
    return recording


def color_range(recording: Recording, vmin: Any, vmax: Any, norm: Any = None) -> tuple[float, float] | None:
    """The values at the two ends of the colormap; None when neither is chosen.

    Where one is None, it is the smallest or largest value of the whole recording that suits the norm. TypeError for
    what is no number.
    """
    checked_limits(vmin, vmax)
    if vmin is None and vmax is None:
        return None
    smallest, largest = recording.value_range() if norm is None else full_range(recording, parse_norm(norm))
    low, high = smallest if vmin is None else vmin, largest if vmax is None else vmax
    if not low < high:
        raise ValueError(
            f"vmin must be below vmax, got {low!r} and {high!r} (the one that is None is the end of the recorded range)"
        )
    return low, high


def checked_limits(vmin: Any, vmax: Any) -> None:
    """Raise TypeError or ValueError for what is neither a finite number nor None."""
    for name, value in (("vmin", vmin), ("vmax", vmax)):
        optional_number(value, name, "a finite value of the recording")


def _recording(color: Any, cell: Any, sections: DrawnSections) -> Recording | None:
    """The recorded variable that ``color`` names; None when it is a colour."""
    variables = recorded_variables(cell)
    variable = _variable(color, variables or variables_of(cell))
    if variable is not None:
        recording = isf_recording(cell, variable)
        if recording is None:
            raise RecordingError(
                f"color={color!r} needs values, but the cell was not simulated (cell.tVec or its vectors are empty)"
            )
        return sections.recording(recording)
    if isinstance(color, str):
        try:
            Scene(sections.morphology, color=color)
        except ValueError as cause:
            listed = _listed(variables)
            raise ValueError(
                f"color must be a recorded variable ({listed}), 'dendrites', 'synapses' or a colour: {cause}"
            ) from cause
    return None


def _variable(color: Any, variables: tuple[str, ...]) -> str | None:
    """The name of the variable that ``color`` means, in any case; None when it means none."""
    if not isinstance(color, str):
        return None
    if color in variables or is_voltage(color):
        return color
    word = color.strip().lower()
    if word == _ISF_VTK_VOLTAGE:
        return "voltage"
    return next((name for name in variables if name.lower() == word), None)


def _listed(variables: tuple[str, ...]) -> str:
    return ", ".join(variables) or "there is none"
