"""Values and coordinates that are likely in another unit give a warning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from labelled_values import TIMES, VALUES, recorded

import gpu_morph as gm


def test_millivolts_in_another_spelling_may_be_volts() -> None:
    with pytest.warns(UserWarning, match="are they in volts"):
        gm.Recording([0.0], [[-0.07, -0.06]], section=[0, 0], position=[0.2, 0.8], unit="mv")


def test_coordinates_in_millimetres_give_a_warning() -> None:
    morphology, _ = gm.demo_cell()
    where = morphology.locate([5, 50, 150], [0.5, 0.5, 0.5])
    root = morphology.points[0]
    with pytest.warns(UserWarning, match=r"all 3 coordinates lie within .* are they in mm"):
        gm.Recording.at(morphology, [0.0], [[1.0, 2, 3]], coordinates=root + (where - root) / 1000)


def test_millivolts_that_look_like_volts_give_a_warning() -> None:
    with pytest.warns(UserWarning, match="all values of 'v' lie within ±1 mV: are they in volts"):
        recorded(TIMES, VALUES / 1000)


def test_lazy_values_give_the_warning_when_their_range_is_computed() -> None:
    class Rows:
        shape, dtype = (3, 2), np.dtype(float)

        def __getitem__(self, rows: Any) -> Any:
            return VALUES[rows] / 1000

    recording = recorded(TIMES, Rows())
    with pytest.warns(UserWarning, match="are they in volts"):
        recording.value_range()


def test_other_values_give_no_warning() -> None:
    later = np.zeros((9, 2))
    later[3] = -65
    gm.Recording(np.arange(9), later + 0.1, section=[0, 0], position=[0, 1])
    recorded(TIMES, VALUES / 1000, name="cai", unit="mM").value_range()
    recorded(TIMES, VALUES * 0).value_range()
    recorded(TIMES, VALUES / 1000, unit="V").value_range()
    recorded(TIMES, np.linspace(0, 0.9, 6).reshape(3, 2)).value_range()
