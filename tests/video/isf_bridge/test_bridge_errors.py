"""Errors of the bridge are those of gpu_morph."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bridge_calls import direct


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ({"color": "volts"}, ValueError),
        ({"t_stop": 30, "color": "voltage"}, ValueError),
        ({"colour": "red"}, TypeError),
        ({"tpf": 0}, ValueError),
        ({"out_name": "missing/cell.mp4"}, FileNotFoundError),
    ],
)
def test_an_error_is_that_of_gpu_morph(viz: Any, call: dict[str, Any], kind: type[Exception]) -> None:
    arguments = {"images_path": None, "out_name": "cell.mp4"} | call
    with pytest.raises(kind) as there:
        direct().write_video(**arguments)
    with pytest.raises(kind) as here:
        viz.write_video(**arguments)
    assert str(here.value) == str(there.value)
    assert not Path("cell.mp4").exists()


def test_a_wrong_scale_is_refused_in_the_same_words(viz: Any) -> None:
    for scale in (0, "a", lambda _: [1, 2, 3]):
        with pytest.raises(ValueError, match="scale must") as there:
            direct().scale_diameter(scale)
        with pytest.raises(ValueError, match="scale must") as here:
            viz.scale_diameter(scale)
        assert str(here.value) == str(there.value)


def test_what_cannot_be_sent_is_named(viz: Any) -> None:
    viz.color_dict = {"Soma": object()}
    with pytest.raises(TypeError, match="color_dict: object cannot be sent"):
        viz.plot()


def test_a_client_is_left_out_with_a_warning(viz: Any) -> None:
    with pytest.warns(UserWarning, match="client is not used"):
        viz.animation(None, client=SimpleNamespace(scheduler_info=dict))
