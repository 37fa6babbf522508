"""Colour names and colormaps mean what matplotlib means by them."""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
from typing import Any

import cmap
import numpy as np
import pytest

from gpu_morph.errors import SceneError
from gpu_morph.scene import colormaps
from gpu_morph.scene.colormaps import lookup_table, parse_colormap
from gpu_morph.scene.colors import contrast, is_light, opaque_color, parse_color, to_bytes

matplotlib = pytest.importorskip("matplotlib")
from matplotlib import colors as mpl_colors  # noqa: E402

ENTRIES = (np.arange(256) + 0.5) / 256


def matplotlib_table(cmap: Any) -> np.ndarray:
    """(256, 3) int: what matplotlib draws, 0 to 255."""
    colormap = matplotlib.colormaps[cmap] if isinstance(cmap, str) else cmap
    return np.round(colormap(ENTRIES)[:, :3] * 255).astype(int)


# Colours


@pytest.mark.parametrize(
    ("color", "rgba"),
    [
        ("red", (1, 0, 0, 1)),
        ("GREY", (128 / 255, 128 / 255, 128 / 255, 1)),
        ("  Black ", (0, 0, 0, 1)),
        ("tab:orange", (1, 127 / 255, 14 / 255, 1)),
        ("tab:grey", (127 / 255, 127 / 255, 127 / 255, 1)),
        ("C0", (31 / 255, 119 / 255, 180 / 255, 1)),
        ("C11", (1, 127 / 255, 14 / 255, 1)),
        ("#f80", (1, 136 / 255, 0, 1)),
        ("#FF8800", (1, 136 / 255, 0, 1)),
        ("#ff880033", (1, 136 / 255, 0, 0.2)),
        ("0.25", (0.25, 0.25, 0.25, 1)),
        ("0", (0, 0, 0, 1)),
        ("1", (1, 1, 1, 1)),
        ((0.1, 0.2, 0.3), (0.1, 0.2, 0.3, 1)),
        ([0, 0.5, 1, 0.5], (0, 0.5, 1, 0.5)),
        (np.array([1, 0, 1]), (1, 0, 1, 1)),
        ("xkcd:sky blue", (117 / 255, 187 / 255, 253 / 255, 1)),
        ("xkcd:Green", (21 / 255, 176 / 255, 26 / 255, 1)),
    ],
    ids=str,
)
def test_a_colour_may_be_said_in_many_ways(color, rgba):
    parsed = parse_color(color)
    assert parsed == pytest.approx(rgba)
    assert {type(channel) for channel in parsed} <= {float, int}


@pytest.mark.parametrize("family", ["BASE_COLORS", "CSS4_COLORS", "TABLEAU_COLORS"])
def test_every_name_is_the_colour_that_matplotlib_means(family):
    names = getattr(mpl_colors, family)
    wrong = {n: parse_color(n) for n in names if parse_color(n) != pytest.approx(mpl_colors.to_rgba(n), abs=1e-6)}
    assert wrong == {}


@pytest.mark.parametrize("k", range(10))
def test_the_cycle_is_that_of_matplotlib(k):
    default = matplotlib.rcParamsDefault["axes.prop_cycle"].by_key()["color"]
    assert parse_color(f"C{k}") == pytest.approx(mpl_colors.to_rgba(default[k]))


@pytest.mark.parametrize("name", ["blurple", "", "#12", "#gggggg", "tab:blurple", "Cx", "-"])
def test_an_unknown_name_is_refused(name):
    expected = f"unknown colour '{name}': give a CSS or matplotlib name, hex like '#1f77b4', or RGB"
    with pytest.raises(ValueError, match=expected):
        parse_color(name)


def test_an_unknown_name_of_the_survey_is_refused():
    with pytest.raises(ValueError, match="unknown colour 'xkcd:blurpel': the xkcd survey has no such name"):
        parse_color("xkcd:blurpel")


@pytest.mark.parametrize(
    "color", [(0, 0), (0, 0, 0, 0, 0), (0, 0, 256), (-0.1, 0, 0), (np.nan, 0, 0), 0.5, None, [[0, 0, 0]]]
)
def test_numbers_that_are_no_colour_are_refused(color):
    with pytest.raises(ValueError, match="a colour as numbers is 3 or 4 values from 0 to 1, got "):
        parse_color(color)


@pytest.mark.parametrize(
    "values", [np.linspace(-80, 40, 5000), [-65.0] * 5000, (0.5, 1) * 2500], ids=["array", "list", "tuple"]
)
def test_values_that_were_taken_for_a_colour_are_not_printed_whole(values):
    with pytest.raises(ValueError, match="a colour as numbers is 3 or 4 values from 0 to 1, got ") as refused:
        parse_color(values)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("level", ["2", "-0.5", "nan", "inf"])
def test_a_grey_level_lies_between_black_and_white(level):
    with pytest.raises(ValueError, match="from 0 to 1, got"):
        parse_color(level)


@pytest.mark.parametrize("color", [("red", 0.5), {}, object()])
def test_what_is_no_colour_at_all_is_refused(color):
    with pytest.raises(ValueError, match=r"a colour is a name, hex, or RGB\(A\) from 0 to 1, got"):
        parse_color(color)


def test_only_the_survey_needs_matplotlib():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from gpu_morph.scene.colors import parse_color\n"
        "parse_color('tab:blue'), parse_color('red')\n"
        "try: parse_color('xkcd:sky blue')\n"
        "except ValueError as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "the colour 'xkcd:sky blue' needs matplotlib: pip install matplotlib"


# Lookup tables


def test_a_table_has_256_entries_of_three_bytes():
    table = lookup_table("viridis")
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8


@pytest.mark.parametrize("name", sorted(matplotlib.colormaps))
def test_every_colormap_of_matplotlib_has_its_colours(name):
    np.testing.assert_allclose(lookup_table(name).astype(int), matplotlib_table(name), atol=1)


@pytest.mark.parametrize("name", ["matplotlib:gist_stern", "matplotlib:viridis"])
def test_a_colormap_may_be_asked_for_with_its_collection(name):
    np.testing.assert_allclose(lookup_table(name).astype(int), matplotlib_table(name.split(":")[1]), atol=1)


@pytest.mark.parametrize("name", ["twilight_glow", "twilight_glow_r"])
def test_a_colormap_of_our_own_has_a_name_and_a_reverse(name, monkeypatch):
    monkeypatch.setitem(colormaps.OWN_COLORMAPS, "twilight_glow", ("black", "red"))
    table = lookup_table(name)[:: -1 if name.endswith("_r") else 1]
    assert (table[0, 0] < 3, table[-1, 0] > 252, table[:, 1:].max()) == (True, True, 0)
    with pytest.raises(ValueError, match=r"near ones are .*twilight_glow"):
        lookup_table("twilight_glo")


def test_only_replacements_have_names_of_cmaps_colormaps():
    others = {name.split(":")[-1] for name in cmap.Colormap.catalog()}
    assert others & colormaps.OWN_COLORMAPS.keys() == {"gist_stern"}


@pytest.mark.parametrize(
    "colormap",
    [
        mpl_colors.ListedColormap(["red", "lime", "blue"]),
        mpl_colors.LinearSegmentedColormap.from_list("two", ["red", "blue"], N=5),
        mpl_colors.LinearSegmentedColormap.from_list("many", ["red", "blue", "white"], N=1000),
        matplotlib.colormaps["tab10"],
    ],
    ids=["listed", "steps", "many", "tab10"],
)
def test_a_colormap_object_of_matplotlib_keeps_its_colours(colormap):
    np.testing.assert_allclose(lookup_table(colormap).astype(int), matplotlib_table(colormap), atol=1)


def test_a_colormap_object_of_matplotlib_keeps_its_extremes():
    colormap = matplotlib.colormaps["viridis"].with_extremes(under="red", over="lime")
    parsed = parse_colormap(colormap)
    assert (parsed.under_color.hex, parsed.over_color.hex) == ("#FF0000", "#00FF00")


def test_colours_may_be_listed():
    table = lookup_table(["black", "white"]).astype(int)
    np.testing.assert_allclose(table, np.round(ENTRIES * 255)[:, None].repeat(3, axis=1), atol=1)


def test_a_reversed_colormap_is_reversed():
    np.testing.assert_array_equal(lookup_table("cmocean:thermal_r"), lookup_table("cmocean:thermal")[::-1])


# Other collections


@pytest.mark.parametrize("name", ["cmocean:thermal", "cmo.thermal", "cmocean.thermal", "thermal"])
def test_cmocean_may_be_written_as_its_users_do(name):
    assert lookup_table(name)[0].tolist() == [4, 35, 51]
    assert parse_colormap(name).name == "cmocean:thermal"


@pytest.mark.parametrize("name", ["colorcet:fire", "cc.fire", "cc.CET_L3"])
def test_colorcet_may_be_written_as_its_users_do(name):
    assert parse_colormap(name).name == "colorcet:cet_l3"
    assert lookup_table(name)[[0, -1]].tolist() == [[0, 0, 0], [255, 255, 255]]


def test_a_colormap_of_the_library_is_taken_as_it_is():
    from cmap import Colormap

    colormap = Colormap("viridis").with_extremes(under="red")
    assert parse_colormap(colormap) is colormap


# Errors


@pytest.mark.parametrize(
    ("name", "near"), [("viridi", "viridis"), ("cmo.thermall", "thermal"), ("MAGMAA", "magma"), ("cc.fier", "fire")]
)
def test_an_unknown_colormap_is_refused_and_near_ones_are_named(name, near):
    with pytest.raises(ValueError, match=f"unknown colormap '{name}': give a name of .*; near ones are .*{near}"):
        parse_colormap(name)


def test_no_names_are_proposed_if_none_is_similar():
    with pytest.raises(ValueError, match=r"(?m)unknown colormap 'zzzzqq': .*'colorcet:fire'$"):
        parse_colormap("zzzzqq")


@pytest.mark.parametrize("cmap", [None, 3, ["blurple"]])
def test_what_is_no_colormap_is_refused(cmap):
    with pytest.raises(ValueError, match="cmap must be the name of a colormap or a colormap, got ") as caught:
        parse_colormap(cmap)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("name", ["viridis", "ice", "zzzzqq"])
def test_a_name_in_several_collections_logs_no_warning(name, caplog):
    logger = logging.getLogger("cmap")
    with caplog.at_level(logging.DEBUG), contextlib.suppress(ValueError):
        parse_colormap(name)
    assert caplog.records == []
    assert not logger.disabled


# Bytes


@pytest.mark.parametrize(
    ("channel", "byte"), [(0, 0), (1, 255), (0.5, 128), (0.0019, 0), (0.002, 1), (-1, 0), (2, 255)]
)
def test_channels_become_the_nearest_byte(channel, byte):
    assert to_bytes([channel]).tolist() == [byte]
    assert to_bytes([channel]).dtype == np.uint8


@pytest.mark.parametrize(("color", "light"), [("white", True), ("black", False), ("yellow", True), ("navy", False)])
def test_black_is_read_on_light_colours_and_white_on_dark_ones(color, light):
    assert is_light(parse_color(color)) == light
    assert (contrast(parse_color(color), (0, 0, 0, 1)) > contrast(parse_color(color), (1, 1, 1, 1))) == light


@pytest.mark.parametrize(
    ("color", "message"),
    [
        ((1, 0, 0, 0.5), r"edge must be opaque, got \(1, 0, 0, 0.5\) with alpha 0.5: leave it out"),
        ("blurple", "edge: unknown colour 'blurple'"),
    ],
)
def test_a_colour_that_must_be_opaque_is_named_in_the_message(color, message):
    with pytest.raises(SceneError, match=message):
        opaque_color(color, "edge", hint=": leave it out")
    assert opaque_color("#ff0000ff", "edge") == (1, 0, 0, 1)
