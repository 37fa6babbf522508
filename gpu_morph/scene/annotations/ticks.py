"""Ticks of a colour bar: the values that have one, and their labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..colormaps import ColorTable
from ..norms import BoundaryNorm, LogNorm, Norm, SymLogNorm
from .number_format import exponent_of, formatted_all, offset_of, power_of_ten, round_numbers, simplest_number

_TOLERANCE = 1e-9  # of a decade
_NEAR = 0.35  # of the distance of two ticks: how far a tick may stand from its place, to be round
_PLAIN = 1e-3, 1e5  # powers of ten that are written out


@dataclass(frozen=True)
class Ticks:
    """Values with a tick and a label, values with a short tick, and what all labels lack.

    Labels times ten to ``exponent``, plus ``offset``, are the values.
    """

    values: tuple[float, ...]
    labels: tuple[str, ...]
    short: tuple[float, ...] = ()
    exponent: int = 0
    offset: float = 0.0


def bar_ticks(table: ColorTable, norm: Norm | None, *, count: int, most: float) -> Ticks:
    """About ``count`` ticks, ``most`` at most where they follow from the range alone."""
    low, high = table.clim
    if isinstance(norm, BoundaryNorm):
        return labelled(norm.boundaries, table.clim)
    if isinstance(norm, LogNorm) and (ticks := _log_ticks(low, high, count)) is not None:
        return ticks
    if isinstance(norm, SymLogNorm):
        return _symlog_ticks(low, high, norm.threshold(table.clim), count)
    middles = () if norm is None else norm.middles
    if table.edges is None:
        values = round_numbers(low, high, count, most)
        return labelled([*middles, *(value for value in values if value not in middles)], table.clim)
    spread = [*middles, *(value for value in _spread(table, count) if value not in middles)]
    return labelled(spread, table.clim) if offset_of(spread) else Ticks(tuple(spread), _own_labels(spread))


def labelled(values: Sequence[float], clim: tuple[float, float]) -> Ticks:
    """Ticks at given values, with the decimals that all of them need."""
    offset = offset_of(values)
    shown = [value - offset for value in values]
    exponent = exponent_of(max(map(abs, shown if offset else clim), default=0.0))
    return Ticks(tuple(values), formatted_all(shown, exponent), exponent=exponent, offset=offset)


def _log_ticks(low: float, high: float, count: int) -> Ticks | None:
    """Powers of ten, or between two of them 1, 2 and 5 times them; None in a range of less than a factor of two."""
    powers = _exponents(low, high)
    if len(powers) > 1:
        return _decades([10.0**power for power in powers], powers, low, high, count)
    every = [digit * 10.0**power for power in range(powers.start - 1, powers.stop + 1) for digit in range(1, 10)]
    inside = [value for value in every if low * (1 - _TOLERANCE) <= value <= high * (1 + _TOLERANCE)]
    round_ones = [value for value in inside if f"{value:.0e}"[0] in "125"]
    chosen = round_ones if len(round_ones) > 3 else inside
    return Ticks(tuple(chosen), _own_labels(chosen)) if len(chosen) > 1 else None


def _symlog_ticks(low: float, high: float, threshold: float, count: int) -> Ticks:
    """Zero, and powers of ten from the linear part outwards."""
    above = _exponents(threshold, high) if high > threshold else range(0)
    below = _exponents(threshold, -low) if -low > threshold else range(0)
    values = [*(-(10.0**power) for power in reversed(below)), *(10.0**power for power in above)]
    ticks = _decades(values, [*reversed(below), *above], low, high, count, threshold)
    zero = (0.0,) if low <= 0 <= high else ()
    return Ticks((*zero, *ticks.values), _own_labels((*zero, *ticks.values)), ticks.short)


def _exponents(low: float, high: float) -> range:
    """Of the powers of ten from ``low`` to ``high``, both above 0."""
    return range(math.ceil(math.log10(low) - _TOLERANCE), math.floor(math.log10(high) + _TOLERANCE) + 1)


def _decades(
    values: Sequence[float], powers: Sequence[int], low: float, high: float, count: int, least: float = 0.0
) -> Ticks:
    """Every n-th power of ten, so that there are about ``count``; short ticks between them, if it is every one."""
    step = max(1, math.ceil(len(values) / (count + 1)))
    chosen = [value for value, power in zip(values, powers, strict=True) if power % step == 0]
    short = (
        ()
        if step > 1
        else tuple(
            sign * digit * 10.0**power
            for sign in (1, -1)
            for power in range(min(powers, default=0) - 1, max(powers, default=-2) + 1)
            for digit in range(2, 10)
            if low <= sign * digit * 10.0**power <= high and digit * 10.0**power > least
        )
    )
    return Ticks(tuple(chosen), _own_labels(chosen), short)


def _own_labels(values: Sequence[float]) -> tuple[str, ...]:
    """Values with as many decimals as each of them needs: "0.01", "0", "2×10⁻⁶", "−10⁵"."""
    if all(_PLAIN[0] * (1 - _TOLERANCE) <= abs(value) < _PLAIN[1] * (1 - _TOLERANCE) for value in values if value):
        return tuple(formatted_all([value])[0] for value in values)
    return tuple(map(_with_power, values))


def _with_power(value: float) -> str:
    power = math.floor(math.log10(abs(value)) + _TOLERANCE) if value else 0
    if power in (0, 1):
        return formatted_all([value])[0]
    digits = formatted_all([value], power)[0]
    return {"1": "", "−1": "−"}.get(digits, f"{digits}×") + power_of_ten(power)


def _spread(table: ColorTable, count: int) -> tuple[float, ...]:
    """The roundest values near places that are equally far apart on the bar."""
    values = (
        simplest_number(table.value((k - _NEAR) / count), table.value((k + _NEAR) / count)) for k in range(count + 1)
    )
    return tuple(dict.fromkeys(values))
