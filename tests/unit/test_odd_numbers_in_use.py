"""Numbers that annotations and plots take can be drawn with: what cannot is an error when it is given."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_arguments import CELL, RECORDING, SYNAPSES, parameters, valid

import gpu_morph as gm
from gpu_morph.scene.plots.base import PanelPlot
from gpu_morph.scene.plots.pictures import _colored
from odd_values import check_error

NUMBERS: list[Any] = [
    1e308, 1e-320, 2**63, -(2**63), -1.5, True, np.bool_(True), np.float32(0.5), np.array(0.5), Decimal("0.5"),
    Fraction(1, 3), (1e-320, 1e-310), (-1e308, 1e308),
]  # fmt: skip
SIZE = (320, 240)


def drawn(item: Any) -> None:
    """Lay out an annotation or a plot and make what it draws at a time, without OpenGL."""
    scene = gm.Scene(CELL, RECORDING, clim=(-90, 40), synapses=SYNAPSES, time_range=gm.TimeRange(0, 1, 0.1))
    if isinstance(item, gm.Panels):
        item.layout(SIZE)
    elif isinstance(item, PanelPlot):
        drawing = item.drawing(scene.layout(SIZE).view, 0)
        drawing.parts(0.1)
        drawing.changing(0.1)
    else:
        has_labels = isinstance(item, gm.LabelLegend)
        values: dict[str, Any] = {"color": "label"} if has_labels else {"recording": RECORDING, "clim": (-90, 40)}
        scene = gm.Scene(CELL, **values, synapses=SYNAPSES, annotations=(item,))
        layout = scene.layout(SIZE)
        item.drawing(layout.view, layout.boxes[0])(gm.Moment(0.1, scene.fitted_camera(SIZE)))


def of_moving_parts(folder: Path) -> list[tuple[Callable[..., Any], dict[str, Any]]]:
    def is_drawn(call: Any) -> bool:
        return inspect.isclass(call) and issubclass(call, gm.Annotation | PanelPlot | gm.Panels)

    return [(call, arguments) for call, arguments in valid(folder).items() if is_drawn(call)]


def test_numbers_that_are_taken_can_be_drawn_with(tmp_path: Path) -> None:
    calls = of_moving_parts(tmp_path)
    assert len(calls) > 15
    for call, arguments in calls:

        def made_and_drawn(call: Any = call, **given: Any) -> None:
            drawn(call(**given))

        made_and_drawn.__qualname__ = call.__qualname__
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made_and_drawn(**arguments)
        for parameter in parameters(call):
            for number in NUMBERS:
                check_error(made_and_drawn, {**arguments, parameter: number}, parameter)


@pytest.mark.parametrize("variable", [5, [], {}, np.zeros(2), b"v"])
def test_the_variable_of_a_colour_bar_is_a_name(variable: Any) -> None:
    with pytest.raises(gm.errors.SceneError, match="variable must be the name of an overlay or a mesh"):
        gm.ColorBar(variable=variable)


def test_a_name_where_nothing_has_one_is_told_so() -> None:
    scene = gm.Scene(CELL, RECORDING, clim=(-90, 40), annotations=(gm.ColorBar(variable="ca"),))
    with pytest.raises(gm.errors.SceneError, match="named 'ca'; there is none of any name"):
        scene.layout(SIZE)


@pytest.mark.parametrize("name", ["seconds", "start"])
def test_a_card_is_not_longer_than_a_film_may_be(name: str) -> None:
    for seconds in (1e300, -1e300):
        with pytest.raises(gm.errors.SceneError, match=name):
            gm.Title("Spikes", **{name: seconds})


@pytest.mark.parametrize("clim", [(-1e308, 1e308), (-3e38, 3e38)])
def test_limits_are_no_farther_apart_than_numbers_go(clim: tuple[float, float]) -> None:
    for made in (gm.Scene, gm.Overlay):
        with pytest.raises(gm.errors.SceneError, match="clim"):
            made(*((CELL,) if made is gm.Scene else ()), recording=RECORDING, clim=clim)
    with pytest.raises(gm.errors.SceneError, match="ylim"):
        gm.TraceInset(ylim=(-1e308, 1e308))


def test_a_picture_is_not_as_wide_as_no_number() -> None:
    with pytest.raises(ValueError, match="zoom must be a positive factor"):
        gm.Camera(zoom=1e-320)


def test_other_numbers_become_floats() -> None:
    assert gm.Clock(offset=Decimal("0.5")).offset == 0.5  # type: ignore[arg-type]
    assert math.isclose(gm.Logo(np.zeros((4, 4, 3), np.uint8), opacity=Fraction(1, 3)).opacity, 1 / 3)  # type: ignore[arg-type]
    assert type(gm.Clock(offset=2).offset) is int


def test_limits_that_single_precision_does_not_tell_apart_have_colours() -> None:
    class Table:
        clim = (1e9, 1e9 + 1)
        entries = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)
        missing = np.array([9, 9, 9], np.uint8)

    values = np.array([[1e9, 2e9, np.nan]], np.float32)
    assert _colored(values, Table).tolist() == [[[0, 0, 0], [255, 255, 255], [9, 9, 9]]]
