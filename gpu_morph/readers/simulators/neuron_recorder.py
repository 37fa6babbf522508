"""Recordings of the variables of the model in a running NEURON."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from ...data.arrays import finite_number
from ...data.morphology import Morphology
from ...data.recording import Recording, is_voltage
from ...errors import RecordingError
from ...system.arguments import checked_word
from .neuron import NeuronMorphology, hoc_interpreter
from .neuron_run import NeuronRun, Site

_UNITS = {"v": "mV", "i_membrane_": "nA"}  # h.units() has those of all other variables
_STEP = "a positive number of ms, or None for every time step"
_ELEMENT = re.compile(r"(\w+)\[(\d+)\]")


class Recorder:
    """What `record` has set up; `recording` returns the values.

    Attributes
    ----------
    name, unit : str
        The variable and its unit.
    """

    def __init__(self, name: str, unit: str, run: NeuronRun) -> None:
        self.name, self.unit, self._run = name, unit, run
        # NEURON calls this at the beginning of each h.finitialize, as long as the recorder exists.
        self._handler = hoc_interpreter().FInitializeHandler(3, run.start)

    def __repr__(self) -> str:
        return f"Recorder({self.name!r}, {self.unit!r})"

    def recording(self) -> Recording:
        """The values recorded since the last ``h.finitialize()``.

        Raises
        ------
        RecordingError
            The simulation has not run yet, the number of segments has changed since ``h.finitialize()``, or NEURON
            recorded nothing.
        """
        times, values, section, position = self._run.result(self.name)
        return Recording(times, values, section=section, position=position, name=self.name, unit=self.unit)


def record(morphology: Morphology, variable: str = "v", *, dt: float | None = 0.1) -> Recorder:
    """Make NEURON record a variable in every segment. Call this before ``h.finitialize()``.

    Vectors are set up at each ``h.finitialize()``, for the segments that exist then. The model is not changed, and the
    recording ends when the recorder is deleted.

    Parameters
    ----------
    morphology : Morphology
        A morphology from `from_neuron`.
    variable : str
        Any range variable: "v", "cai", "ina", "m_hh", ... Of an array one element: "vext[0]", "xraxial[1]". Sections
        without it are not recorded.
    dt : float, optional
        ms between values. None: every time step of the simulation. With several threads and with CoreNEURON, NEURON
        records every time step, and the nearest ones are taken. With a local variable time step, None gives the times
        of all cells, between which each cell's values are interpolated.

    Returns
    -------
    Recorder
        Its ``recording()`` returns the `Recording`, after the simulation has run.

    Raises
    ------
    RecordingError
        No section has the variable; the message lists those that exist. Or the variable is an array, the morphology is
        not from `from_neuron`, its sections were deleted, or NEURON cannot record with its present settings.
    ValueError
        ``dt`` is no positive number.
    TypeError
        ``variable`` is no str.

    Examples
    --------
    >>> from neuron import h
    >>> soma = h.Section(name="soma")
    >>> soma.L = soma.diam = 20
    >>> morphology = gm.from_neuron([soma])
    >>> voltage = gm.record(morphology, "v", dt=0.1)
    >>> _ = h.load_file("stdrun.hoc")
    >>> _ = h.finitialize(-65)
    >>> _ = h.continuerun(2)
    >>> voltage.recording().n_compartments
    1
    """
    if not isinstance(morphology, NeuronMorphology):
        raise RecordingError("record needs a morphology from from_neuron, made in this process")
    if dt is not None:
        dt = finite_number(dt, name="dt", expected=_STEP, least=math.ulp(0.0))
    variable = checked_word(variable, "variable", "v")
    variable = "v" if is_voltage(variable) else variable.strip()
    element = _ELEMENT.fullmatch(variable)
    name, index = (element[1], int(element[2])) if element else (variable, None)

    def sites() -> list[Site]:
        try:
            found = list(_sites(morphology, name, index))
            if not found:
                known = ", ".join(_variables(morphology.neuron_sections))
                advice = "; call h.CVode().use_fast_imem(True) first" if name == "i_membrane_" else ""
                raise RecordingError(f"no section has the range variable {variable!r}{advice}; there are {known}")
        except ReferenceError as cause:
            raise RecordingError("a section was deleted from NEURON; call from_neuron again") from cause
        return found

    run = NeuronRun(sites, dt)
    run.check()
    return Recorder(variable, _UNITS[name] if name in _UNITS else str(hoc_interpreter().units(name)), run)


def _sites(morphology: NeuronMorphology, name: str, index: int | None) -> Iterable[Site]:
    """The segments that have a range variable, or element ``index`` of it."""
    for k, (section, is_reversed) in enumerate(zip(morphology.neuron_sections, morphology.is_reversed, strict=True)):
        for segment in section:
            reference = getattr(segment, f"_ref_{name}", None)
            if reference is None:
                break
            _check_element(name, index, getattr(segment, name))
            try:
                reference = reference if index is None else reference[index]
            except AttributeError:  # arrays look as if they existed in sections without their mechanism
                break
            yield Site(section, k, 1 - segment.x if is_reversed else segment.x, reference)


def _check_element(name: str, index: int | None, value: Any) -> None:
    """Raise RecordingError unless ``index`` is None for one number, and for an array the index of an element."""
    if isinstance(value, float | int):
        if index is not None:
            raise RecordingError(f"the range variable {name!r} is one number, not an array; give {name!r}")
    elif index is None or index >= len(value):
        elements = ", ".join(f"{name}[{k}]" for k in range(len(value)))
        raise RecordingError(f"the range variable {name!r} is an array; give one of its elements: {elements}")


def _variables(sections: Iterable[Any]) -> list[str]:
    """The names of all range variables of these sections, sorted."""
    return sorted({"v"} | {variable.name() for section in sections for mech in section(0.5) for variable in mech})
