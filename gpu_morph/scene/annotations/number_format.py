"""Round numbers, and how numbers are written in figures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

_SUPERSCRIPTS = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NEAR = 1e-6  # of a step, or of a unit in the last decimal: what rounding may have done to a number
_MOST_DECIMALS = 12


def round_numbers(low: float, high: float, count: int, most: float = math.inf) -> tuple[float, ...]:
    """Multiples of 1, 2 or 5 times a power of ten between two ends: about ``count``, and not above ``most``."""
    power = math.floor(math.log10((high - low) / count))
    steps = [(digit, exponent) for exponent in (power - 1, power, power + 1) for digit in (1, 2, 5)]
    choices = [_multiples(low, high, *step) for step in steps]
    return min(choices, key=lambda numbers: (len(numbers) > most, abs(len(numbers) - count), len(numbers)))


def _multiples(low: float, high: float, digit: int, exponent: int) -> tuple[float, ...]:
    step = digit * 10.0**exponent
    first, last = math.ceil(low / step - _NEAR), math.floor(high / step + _NEAR)
    return tuple(float(f"{k * digit}e{exponent}") for k in range(first, last + 1))


def round_below(most: float) -> float:
    """The greatest of 1, 2 or 5 times a power of ten that is not above ``most``."""
    power = math.floor(math.log10(most))
    return max(
        number
        for exponent in (power - 1, power)
        for number in (float(f"{digit}e{exponent}") for digit in (1, 2, 5))
        if number <= most * (1 + 1e-9)
    )


def decimals(numbers: Iterable[float], most: int = _MOST_DECIMALS) -> int:
    """How many decimals the numbers need to be told exactly, ``most`` at most."""
    given = tuple(numbers)
    for count in range(most):
        scaled = [abs(number) * 10.0**count for number in given]
        if all(abs(n - round(n)) < _NEAR + 1e-13 * n for n in scaled):
            return count
    return most


def written(number: float, decimals: int) -> str:
    """A number with a true minus, and never with one before zero."""
    words = f"{number:.{decimals}f}"
    if not float(words):
        words = words.removeprefix("-")
    return words.replace("-", "−")


def written_all(numbers: Sequence[float], exponent: int = 0) -> tuple[str, ...]:
    """Numbers over ten to an exponent, with as many decimals as all of them need."""
    shown = [number / 10.0**exponent for number in numbers]
    count = decimals(shown)
    return tuple(written(number, count) for number in shown)


def exponent_of(greatest: float) -> int:
    """The power of ten that is better said once than in each number; 0 for numbers that read well."""
    if not greatest:
        return 0
    exponent = math.floor(math.log10(greatest) + _NEAR)
    return exponent if exponent >= 5 or exponent <= -3 else 0


def quantity(number: float, unit: str) -> str:
    """A number and its unit: "20 mV", "5×10⁻⁵ mM"."""
    exponent = exponent_of(abs(number))
    factor = f"×{power_of_ten(exponent)}" if exponent else ""
    return f"{written_all([number], exponent)[0]}{factor} {typeset(unit)}".rstrip()


def power_of_ten(exponent: int) -> str:
    """As in "10⁻⁴"."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def typeset(unit: str) -> str:
    """A unit as it is printed: "mA/cm2" is mA/cm², "um" µm."""
    raised = re.sub(r"(?<=[A-Za-zµ])\^?(-?\d)\b", lambda found: found[1].translate(_SUPERSCRIPTS), unit)
    return re.sub(r"\bu(?=[A-Za-z])", "µ", raised)
