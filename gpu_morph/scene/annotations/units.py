"""Units that follow the size of what they measure: nm to cm, ns to min."""

from __future__ import annotations

from typing import Literal

from .number_format import decimals, quantity, round_below

TimeUnit = Literal["ns", "µs", "ms", "s", "min"]
MOST_DECIMALS = 3  # of a time
TIME_UNITS: dict[str, float] = {"min": 60e3, "s": 1e3, "ms": 1.0, "µs": 1e-3, "ns": 1e-6}  # ms
_LENGTH_UNITS: dict[str, float] = {"cm": 1e4, "mm": 1e3, "µm": 1.0, "nm": 1e-3}  # µm
# From how many of its own a unit is used. Milliseconds, the unit of models, go on up to 10 s, seconds up to 10 min.
_LEAST = {"min": 10.0, "s": 10.0, "ms": 1.0, "µs": 1.0, "ns": 0.0}
_ROUNDING = 1 + 1e-9


def time_unit(greatest: float, step: float = 0.0) -> TimeUnit:
    """The unit for times up to ``greatest``, ms; milliseconds where one above cannot tell times ``step`` apart."""
    if not greatest:
        return "ms"
    unit = next(unit for unit in _LEAST if greatest * _ROUNDING >= _LEAST[unit] * TIME_UNITS[unit])
    needed = decimals((step / TIME_UNITS[unit],), MOST_DECIMALS + 1)
    if unit == "min" and needed > MOST_DECIMALS:  # most steps are no round part of a minute
        unit, needed = "s", decimals((step / TIME_UNITS["s"],), MOST_DECIMALS + 1)
    return "ms" if unit == "s" and needed > MOST_DECIMALS else unit  # type: ignore[return-value]


def round_time(most: float) -> tuple[float, str]:
    """A round time of at most ``most`` ms for a scale bar, in ms, and its label: "20 ms", "2 s"."""
    return _round(most, TIME_UNITS)


def round_length(most: float) -> float:
    """A round length of at most ``most`` µm for a scale bar, in µm."""
    return _round(most, _LENGTH_UNITS)[0]


def length_label(length: float) -> str:
    """A length in µm with its unit: "50 µm", "1.5 mm", "200 nm"."""
    return _label(length, _LENGTH_UNITS)


def _round(most: float, units: dict[str, float]) -> tuple[float, str]:
    factor = units[_unit(most, units)]
    number = round_below(most / factor) * factor
    return number, _label(number, units)


def _label(number: float, units: dict[str, float]) -> str:
    unit = _unit(number, units)
    return quantity(number / units[unit], unit)


def _unit(number: float, units: dict[str, float]) -> str:
    """The largest unit of which there is at least one; else the smallest."""
    return next((unit for unit, size in units.items() if number * _ROUNDING >= size), list(units)[-1])
