"""The recorded variable of a report, and its unit.

neurodamus writes the unit "mV" for every variable, bmtk none, and BlueCelluLab "unknown" for all but the voltage. So
the configuration counts first, then the file's attributes, then what NEURON's names of variables mean, then the file's
name. A unit that nothing tells is "".

Format: https://sonata-extension.readthedocs.io, "reports" of the simulation's configuration: ``"scaling": "area"``, the
default, turns the current densities of a summation into nA, "none" leaves them in mA/cm²; other reports are not scaled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...data.recording import is_voltage
from ...errors import RecordingError
from .hdf5 import dataset, opened
from .report import Report

_NO_UNIT = ("", "unknown", "none")
_NEURODAMUS_UNIT = "mV"
_KIND = re.compile(r"(compartment_set|compartment|summation|synapse|soma|lfp)(?:_(?=.)|$)", re.IGNORECASE)
_VOLTAGE_WORDS = ("v", "vm", "voltage", "voltages", "potential", "potentials")
_OTHER_WORDS = (  # in names of currents, conductances and potentials that are not the membrane's
    *("i", "current", "currents", "g", "conductance", "conductances", "clamp", "vclamp"),
    *("lfp", "extracellular", "reversal"),
)
_OTHER_WORD = re.compile(r"i_?(ca|na|k|cl)|(ca|na|k|cl|mg)[io]|g\w*bar|" + "|".join(_OTHER_WORDS))
_POINT_PROCESS = re.compile(r"((I|SE|V)Clamp|AlphaSynapse|Exp2?Syn|GluSynapse|(Prob|Det)[A-Za-z]+(_EMS)?)$")
_UNITS = (  # of variables in NEURON, where no point process has them
    (re.compile(r"i_membrane_?(_?(IClamp|SEClamp))*$"), "nA"),
    (re.compile(r"(ca|na|k|cl|mg)[io]$"), "mM"),
    (re.compile(r"(e(ca|na|k|cl)|vext|e_extracellular)$"), "mV"),
    (re.compile(r"i(ca|na|k|cl)$|i_(cap|pas|hd)$|pas$|i[a-z]*_\w+$"), "mA/cm²"),
)
_LEAST_POTENTIAL, _MOST_POTENTIAL, _TYPICAL_POTENTIAL = -150.0, 100.0, -20.0  # mV
_N_PROBED = 64  # values of the first row


def variable_and_unit(report: Report, entry: Mapping[str, Any]) -> tuple[str, str]:
    """The recorded variable and its unit.

    Parameters
    ----------
    report : Report
        The report; of its values, some of the first row are read if nothing else tells the variable.
    entry : mapping
        The report's entry in the simulation's configuration; can be empty.

    Returns
    -------
    variable, unit : str
        "v" for the membrane potential. The unit is "" where it is unknown.
    """
    kind, variable_of_name = _of_file_name(report.path.stem)
    kind = str(entry.get("type") or kind)
    variable = _text(entry.get("variable_name")) or report.variable
    if not variable and _known_unit(variable_of_name):
        variable = variable_of_name
    if not variable:
        has_potentials = report.unit == _NEURODAMUS_UNIT and _has_potentials(report)
        variable = "v" if has_potentials else variable_of_name or report.path.stem
    scaling = str(entry.get("scaling", "area")) if entry else ""
    unit = _text(entry.get("unit")) or _trusted((report.unit or "").strip()) or _unit(variable, report, kind, scaling)
    if not is_voltage(variable):
        return variable, unit
    is_sum = kind == "summation" and (scaling != "none" or entry.get("sections") != "all")
    return "sum of v" if is_sum else "v", unit


def _text(given: Any) -> str:
    """The names of variables or a unit in a configuration as text, "" for none."""
    return ",".join(map(str, given)) if isinstance(given, list) else str(given or "")


def _trusted(unit: str) -> str:
    return "" if unit.lower() in _NO_UNIT or unit == _NEURODAMUS_UNIT else unit


def _of_file_name(stem: str) -> tuple[str, str]:
    """Type and variable of a report that its file name tells, "" for what it does not: compartment_set_A_ina.h5."""
    kind = _KIND.match(stem)
    rest = re.sub(r"_?report$", "", stem[kind.end() :] if kind else stem, flags=re.IGNORECASE)
    words = re.split(r"[\W_]+", rest.lower())
    is_potential = not set(_VOLTAGE_WORDS).isdisjoint(words) and not any(map(_OTHER_WORD.fullmatch, words))
    return kind[1].lower() if kind else "", "v" if is_potential else rest


def _unit(variable: str, report: Report, kind: str, scaling: str) -> str:
    """The unit of a variable that no file tells."""
    unit = _known_unit(variable)
    if variable.startswith("i_membrane") and (report.variable is not None or report.unit == "unknown"):
        return ""  # neurodamus records the current of the compartment, others that per area of the mechanism
    if kind == "summation" and unit in ("mV", "mA/cm²"):
        unit = {"none": unit, "area": "nA" if unit == "mA/cm²" else ""}.get(scaling, "")
    return unit


def _known_unit(variables: str) -> str:
    """The unit of one variable, or of several with commas between them; "" if it is unknown or they have different."""
    units = {_unit_of_one(one.strip()) for one in variables.split(",")}
    return units.pop() if len(units) == 1 else ""


def _unit_of_one(variable: str) -> str:
    if is_voltage(variable):
        return "mV"
    mechanism, _, own = variable.rpartition(".")
    if _POINT_PROCESS.match(mechanism or own):
        return "nA" if own in ("i", mechanism or own) else ""
    if own == "i":
        own = f"i_{mechanism}" if mechanism in ("pas", "hd") else own
    return next((unit for pattern, unit in _UNITS if pattern.match(own)), "")


def _has_potentials(report: Report) -> bool:
    """True where the first values are those of membrane potentials in mV, which those of currents are not."""
    with opened(report.path, RecordingError) as file:
        stored = dataset(file, report.dataset, n_dimensions=2, file=report.path.name, error=RecordingError)
        first = np.asarray(stored[0, :_N_PROBED], dtype=np.float64)
    is_within = (first >= _LEAST_POTENTIAL) & (first <= _MOST_POTENTIAL)
    return bool(first.size and is_within.all() and np.median(first) < _TYPICAL_POTENTIAL)
