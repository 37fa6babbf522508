"""A recording of two compartments, and quantities of several libraries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gpu_morph as gm

TIMES = [0.0, 0.5, 1.0]
VALUES = np.array([[-70, -60], [-65, 30], [-80, -75.0]])


def recorded(times: Any, values: Any, **more: Any) -> gm.Recording:
    return gm.Recording(times, values, section=[0, 0], position=[0.2, 0.8], **more)


def check(times: Any, values: Any, **more: Any) -> None:
    recording = recorded(times, values, **more)
    np.testing.assert_allclose(recording.times, TIMES)
    rows = np.stack([recording.row(k) for k in range(3)])
    np.testing.assert_allclose(rows, VALUES, rtol=1e-6)
    assert {type(recording.row(0)), type(recording.times)} == {np.ndarray}
    assert recording.value_range() == pytest.approx((-80, 30))
    assert recording.columns([1], 1, 3).tolist() == pytest.approx(np.array([[30], [-75]]))


class Quantity(np.ndarray):
    """An array with a unit, as packages of quantities have it: it converts between a unit and a thousandth of it."""

    unit_text = ""

    @property
    def units(self) -> str:
        return self.unit_text

    @property
    def magnitude(self) -> np.ndarray:
        return np.asarray(self)

    def to(self, unit: str) -> Quantity:
        factors = {(f"{prefix}{base}", f"m{base}"): f for base in "Vs" for prefix, f in (("", 1e3), ("m", 1))}
        if (self.unit_text, unit) not in factors:
            raise KeyError(f"no way from {self.unit_text} to {unit}")
        return quantity(np.asarray(self) * factors[self.unit_text, unit], unit)


def quantity(numbers: Any, unit: str) -> Quantity:
    made = np.asarray(numbers, dtype=float).view(Quantity)
    made.unit_text = unit
    return made


def objects(rows: Any) -> np.ndarray:
    made = np.empty(np.shape(rows), dtype=object)
    for index in np.ndindex(made.shape):
        made[index] = quantity(np.asarray(rows)[index], "V")
    return made
