"""Numbers that carry a unit: quantities of pint, quantities, neo, astropy, unyt and Brian2, and texts of units."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np

from ..errors import brief
from .masks import filled, has_mask, is_plain

_PREFIXES = {"": 0, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1, "k": 3, "M": 6, "G": 9}
_LONG_PREFIXES = {"pico": "p", "nano": "n", "micro": "u", "milli": "m", "centi": "c", "kilo": "k", "mega": "M"}
_LONG_UNITS = {
    "volt": "V",
    "second": "s",
    "sec": "s",
    "msec": "ms",
    "ampere": "A",
    "amp": "A",
    "siemens": "S",
    "molar": "M",
    "meter": "m",
    "metre": "m",
    "micron": "um",
}
_BASES = ("V", "s", "A", "S", "M", "m")
_BRIAN_BASES = {"V": "volt", "s": "second", "A": "amp", "S": "siemens", "M": "molar", "m": "meter"}


def has_unit(value: Any) -> bool:
    """True for a quantity, and for a list, tuple or array of objects with one.

    An array with a mere attribute ``units``, as h5py, zarr and xarray have it, is no quantity.
    """
    kind = type(value)
    if kind is np.ndarray:
        return value.dtype == object and has_unit(value.reshape(-1).tolist())
    if isinstance(value, list | tuple):
        return not is_plain(value) and any(has_unit(one) for one in value)
    if hasattr(kind, "rescale") or (hasattr(kind, "has_same_dimensions") and hasattr(value, "dim")):
        return True
    return hasattr(kind, "to") and (hasattr(value, "units") or hasattr(value, "unit")) and not hasattr(kind, "dims")


def in_unit(value: Any, unit: str, *, name: str, error: type[ValueError]) -> Any:
    """The numbers of a quantity in a unit, as an array or float; anything else as it is.

    Raises
    ------
    error
        The quantity has another dimension, or its package does not know the unit. The message begins with ``name``.
    """
    if not has_unit(value):
        return value
    if isinstance(value, list | tuple):
        return filled([in_unit(one, unit, name=name, error=error) for one in value])
    if type(value) is np.ndarray:
        numbers = [in_unit(one, unit, name=name, error=error) for one in value.reshape(-1).tolist()]
        return filled(numbers).reshape(value.shape)
    reasons = []
    for spelling in dict.fromkeys((unit, _ascii(unit))):
        try:
            return _converted(value, spelling)
        except Exception as cause:  # each package has errors of its own
            reasons.append(cause)
    wanted = f"in {unit}" if unit else "without a unit"
    raise error(
        f"{name} must be {wanted}, got a quantity in {_unit_of(value)}: convert it, or give its numbers and their unit "
        f"({type(reasons[-1]).__name__}: {reasons[-1]})"
    ) from reasons[-1]


def attributed_unit(array: Any) -> str | None:
    """The unit that an array of xarray has as its attribute "units" or "unit"; None if it has none."""
    if type(array).__module__.partition(".")[0] != "xarray":
        return None
    given = array.attrs.get("units", array.attrs.get("unit"))
    return None if given is None else str(given)


def in_attributed_unit(array: Any, unit: str, *, name: str, error: type[ValueError]) -> Any:
    """The numbers of an array of xarray in a unit, by its attribute; anything else as it is.

    Raises
    ------
    error
        Its unit is another one. The message begins with ``name``.
    """
    given = attributed_unit(array)
    if given is None:
        return array
    factor = unit_factor(given, unit)
    if factor is None:
        raise error(f"{name} must be in {unit}, got {given!r} (attribute units): convert them")
    return array if factor == 1 else np.asarray(array) * factor


def unit_factor(given: str, wanted: str) -> float | None:
    """By which to multiply numbers in one unit to have them in another; None if the texts do not tell.

    Both are texts such as "mV", "volts" or "µm".
    """
    if given.strip() == wanted.strip():
        return 1.0
    from_parts, to_parts = _prefix_and_base(given), _prefix_and_base(wanted)
    if from_parts is None or to_parts is None or from_parts[1] != to_parts[1]:
        return None
    return float(10.0 ** (_PREFIXES[from_parts[0]] - _PREFIXES[to_parts[0]]))


def name_and_unit(text: Any) -> tuple[str, str | None]:
    """A name and the unit written behind it, as in "time (s)", "t_ms", "x [mm]" or "Time, s"; None if there is none."""
    found = re.fullmatch(r"\s*(\w+?)(?:_|\s*[,/]\s*|\s+in\s+|\s*[(\[]\s*|\s+)([A-Za-zµμ]+)\s*[)\]]?\s*", str(text))
    if found is None or _prefix_and_base(found[2]) is None:
        return str(text), None
    return found[1], found[2]


def _prefix_and_base(text: str) -> tuple[str, str] | None:
    word = _ascii(text.strip())
    short = word.lower() if word.lower() == "siemens" else word.lower().removesuffix("s")
    for long, prefix in {"": "", **_LONG_PREFIXES}.items():
        if (symbol := _LONG_UNITS.get(short.removeprefix(long))) and short.startswith(long):
            word = prefix + symbol
    for base in _BASES:
        if word.endswith(base) and word[: -len(base)] in _PREFIXES:
            return word[: -len(base)], base
    return None


def _ascii(unit: str) -> str:
    """The unit as all packages read it: "uS/cm**2" for "µS/cm2"."""
    return re.sub(r"(?<=[A-Za-z])\^?(\d)", r"**\1", unit.replace("µ", "u").replace("μ", "u").replace("°", "deg"))


def _converted(value: Any, unit: str) -> Any:
    kind = type(value)
    if hasattr(kind, "rescale"):
        found = value.rescale(unit)
        if str(found.dimensionality.simplified) == "K" and found.dimensionality != value.dimensionality:
            raise ValueError("quantities leaves out the offset between units of temperature")
    elif hasattr(kind, "to"):
        found = value.to(unit)
    else:
        return _brian_numbers(value, unit)
    for attribute in ("magnitude", "value"):
        if hasattr(found, attribute):
            found = getattr(found, attribute)
            break
    if not isinstance(found, np.ndarray):
        return found
    return found if has_mask(found) else np.asarray(found)


def _brian_numbers(value: Any, unit: str) -> Any:
    """Brian2 has numbers in SI units, and the exponents of the base units beside them."""
    loaded = [sys.modules[f"brian2.units.{name}"] for name in ("stdunits", "allunits")]

    def known(word: str) -> Any:
        word, _, power = word.partition("**")
        word = _BRIAN_BASES.get(word, word)
        found = next(getattr(units, word) for units in loaded if hasattr(units, word))
        return found ** int(power) if power else found

    numerator, *denominators = [known(word) for word in unit.split("/")]
    for denominator in denominators:
        numerator = numerator / denominator
    if not value.has_same_dimensions(numerator):
        raise ValueError("another dimension")
    numbers = np.asarray(value) / float(numerator)
    return numbers if numbers.ndim else float(numbers)


def _unit_of(value: Any) -> str:
    for attribute in ("dimensionality", "units", "unit", "dim"):
        found = getattr(value, attribute, None)
        if found is not None and (attribute != "dimensionality" or hasattr(type(value), "rescale")):
            return str(found)
    return brief(value)
