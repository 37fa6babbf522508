"""Round numbers, and numbers and units as text in figures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_SUPERSCRIPTS = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TOLERANCE = 1e-6  # of a step, or of a unit in the last decimal: the rounding error that a number may have
_MOST_DECIMALS = 12
_MOST_DIGITS = 6  # of a label


def round_numbers(low: float, high: float, count: int, most: float = math.inf) -> tuple[float, ...]:
    """Multiples of 1, 2 or 5 times a power of ten from ``low`` to ``high``: about ``count``, at most ``most``."""
    power = math.floor(math.log10((high - low) / count))
    steps = [(digit, exponent) for exponent in (power - 1, power, power + 1) for digit in (1, 2, 5)]
    choices = [_multiples(low, high, *step) for step in steps]
    return min(choices, key=lambda numbers: (len(numbers) > most, abs(len(numbers) - count), len(numbers)))


def _multiples(low: float, high: float, digit: int, exponent: int) -> tuple[float, ...]:
    step = digit * 10.0**exponent
    first, last = math.ceil(low / step - _TOLERANCE), math.floor(high / step + _TOLERANCE)
    return tuple(float(f"{k * digit}e{exponent}") for k in range(first, last + 1))


def round_below(most: float) -> float:
    """The greatest 1, 2 or 5 times a power of ten that is not above ``most``."""
    power = math.floor(math.log10(most))
    return max(
        number
        for exponent in (power - 1, power)
        for number in (float(f"{digit}e{exponent}") for digit in (1, 2, 5))
        if number <= most * (1 + 1e-9)
    )


def decimals(numbers: Iterable[float], most: int = _MOST_DECIMALS) -> int:
    """How many decimals show the numbers exactly, ``most`` at most."""
    given = tuple(numbers)
    for count in range(most):
        scaled = [abs(number) * 10.0**count for number in given]
        if all(n == math.inf or abs(n - round(n)) < _TOLERANCE + 1e-13 * n for n in scaled):
            return count
    return most


def formatted(number: float, decimals: int) -> str:
    """A number with U+2212 as its minus sign; zero has none."""
    text = f"{number:.{decimals}f}"
    if not float(text):
        text = text.removeprefix("-")
    return text.replace("-", "−")


def formatted_all(numbers: Sequence[float], exponent: int = 0) -> tuple[str, ...]:
    """Numbers divided by ten to an exponent, with as many decimals as all of them need to differ where they do."""
    shown = [number / 10.0**exponent for number in numbers]
    for count in range(decimals(shown), _MOST_DECIMALS + 1):
        texts = tuple(formatted(number, count) for number in shown)
        if len(set(texts)) == len(set(shown)):
            break
    return texts


def simplest_number(low: float, high: float) -> float:
    """The number from ``low`` to ``high`` that has the fewest digits: a multiple of 1, 2 or 5 times a power of ten."""
    if low <= 0 <= high or not low < high:
        return 0.0 if low <= 0 <= high else low
    most = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for exponent in range(most, most - 18, -1):
        for digit in (5, 2, 1):
            inside = _multiples(low, high, digit, exponent)
            if inside:
                return inside[len(inside) // 2]
    return low


def offset_of(numbers: Sequence[float]) -> float:
    """What to take off from numbers that would need more than six digits to differ; 0 if they do not."""
    ordered = sorted(set(numbers))
    if len(ordered) < 2:
        return 0.0
    step, greatest = min(b - a for a, b in pairwise(ordered)), max(abs(ordered[0]), abs(ordered[-1]))
    last = -decimals(ordered) or math.floor(math.log10(step) + _TOLERANCE)  # the power of the last digit
    if math.floor(math.log10(greatest) + _TOLERANCE) - last < _MOST_DIGITS:
        return 0.0
    return simplest_number(2 * ordered[0] - ordered[-1], ordered[-1])


def exponent_of(greatest: float) -> int:
    """The power of ten to write once for numbers up to ``greatest``; 0 from 0.01 to below 100,000."""
    if not greatest:
        return 0
    exponent = math.floor(math.log10(greatest) + _TOLERANCE)
    return exponent if exponent >= 5 or exponent <= -3 else 0


def quantity(number: float, unit: str) -> str:
    """A number and its unit: "20 mV", "5×10⁻⁵ mM"."""
    exponent = exponent_of(abs(number))
    factor = f"×{power_of_ten(exponent)}" if exponent else ""
    return f"{formatted_all([number], exponent)[0]}{factor} {typeset(unit)}".rstrip()


def power_of_ten(exponent: int) -> str:
    """Such as "10⁻⁴"."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def typeset(unit: str) -> str:
    """A unit as it is printed: "mA/cm2" becomes mA/cm², "um" µm."""
    with_exponents = re.sub(r"(?<=[A-Za-zµ])\^?(-?\d)\b", lambda found: found[1].translate(_SUPERSCRIPTS), unit)
    return re.sub(r"\bu(?=[A-Za-z])", "µ", with_exponents)
