"""How synapses are shown: sizes, times and colours are checked; populations get colours."""

from __future__ import annotations

import pickle
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.synapse_events import SynapseEvents
from gpu_morph.errors import SceneError
from gpu_morph.scene.colors import parse_color, to_bytes
from gpu_morph.scene.synapse_style import SynapseStyle


def colors_of(*populations: str, **style: Any) -> dict[str, tuple[float, float, float, float]]:
    nothing: Any = {"positions": np.zeros((0, 3)), "population": [], "event_synapse": [], "event_time": []}
    return SynapseStyle(**style).population_colors(SynapseEvents(**nothing, population_names=populations))


def test_each_population_has_a_colour_of_its_own():
    names = [f"population {k}" for k in range(21)]
    colors = colors_of(*names)
    assert list(colors) == names
    for one, other in combinations(colors.values(), 2):
        assert np.abs(np.subtract(one, other)).max() > 0.05
    assert all(0 <= channel <= 1 for color in colors.values() for channel in color)


def test_many_populations_have_different_colours():
    colors = list(colors_of(*map(str, range(278))).values())
    assert len({tuple(to_bytes(color).tolist()) for color in colors}) == 278


def test_given_colours_are_taken_and_the_others_follow_the_palette():
    colors = colors_of("L4", "VPM", "L5", colors={"VPM": "red"})
    first, second = colors_of("L4", "L5").values()
    assert colors == {"L4": first, "VPM": parse_color("red"), "L5": second}


def test_a_colour_for_a_population_that_is_not_there_is_an_error():
    with pytest.raises(SceneError, match=r"\(colors=\): there is no population 'APL'; there are 'L4', 'VPM'"):
        colors_of("L4", "VPM", colors={"VPM": "red", "APL": "blue"})


def test_the_palette_is_okabes_and_itos():
    assert colors_of("a")["a"] == parse_color("#d55e00")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"colors": {"VPM": "rainbow"}}, "the colour of 'VPM': unknown colour 'rainbow'"),
        ({"colors": {"VPM": (1, 0, 0, 0.5)}}, "the colour of 'VPM' must be opaque"),
        ({"colors": "red"}, "colors must be a dict of populations' names and colours, got 'red'"),
        ({"diameter": -1}, "diameter must be 0 or more µm, got -1"),
        ({"diameter": float("nan")}, "diameter must be 0 or more µm, got nan"),
        ({"min_diameter": "6"}, "min_diameter must be 0 or more pixels, got '6'"),
        ({"duration": 0}, "duration must be positive ms, got 0"),
        ({"duration": float("inf")}, "duration must be positive ms, got inf"),
        ({"fade": "yes"}, "fade must be True or False, got 'yes'"),
        ({"show_all": 2}, "show_all must be True or False, got 2"),
    ],
)
def test_wrong_values_are_errors(given, message):
    with pytest.raises(SceneError, match=message):
        SynapseStyle(**given)


def test_it_can_be_pickled():
    style = SynapseStyle(diameter=2, colors={"VPM": "red"})
    assert pickle.loads(pickle.dumps(style)) == style
    assert style.colors == {"VPM": (1, 0, 0, 1)}
