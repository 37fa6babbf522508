"""A Scene is checked when it is made, resolves its range once, and can be pickled."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import numpy as np
import pytest
from cmap import Colormap

from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.errors import RecordingError, SceneError
from gpu_morph.scene.annotations import ColorBar
from gpu_morph.scene.camera import Camera
from gpu_morph.scene.color_scale import _duration, color_scale
from gpu_morph.scene.colormaps import ColorTable, lookup_table
from gpu_morph.scene.scene import Scene

CELL = Morphology([[0, 0, 0], [10, 0, 0]], [1, 1], [0, 2], [-1], [0], ("dend",))
RED, LIME, BLUE = [255, 0, 0], [0, 255, 0], [0, 0, 255]


def recording(values: Any = ((-70.0,), (30.0,), (-90.0,)), **changes: Any) -> Recording:
    return Recording(np.arange(len(values)), np.array(values), **{"section": [0], "position": [0.5]} | changes)


def voltage(**changes: Any) -> Scene:
    """A scene that shows the voltage."""
    return Scene(CELL, recording(), **{"color": "v"} | changes)


def table_lists(table: ColorTable) -> list[Any]:
    parts = (table.entries, table.under, table.over, table.missing)
    return [*(part.tolist() for part in parts), table.clim]


# What it is


def test_a_morphology_alone_is_a_grey_cell_on_white():
    scene = Scene(CELL)
    assert not scene.shows_values
    assert scene.coloring.table.entries[0].tolist() == [128, 128, 128]
    assert scene.background == "white"
    assert scene.lighting
    assert scene.min_width == 1


def test_nothing_of_it_can_be_replaced():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Scene(CELL).color = "red"  # type: ignore[misc]


def test_only_morphology_and_recording_are_positional():
    with pytest.raises(TypeError, match="positional"):
        Scene(CELL, None, None)  # type: ignore[misc]


# Checks


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"morphology": "cell.swc"}, "morphology must be a Morphology, got str"),
        ({"recording": np.zeros((3, 1))}, "recording must be a Recording or None, got ndarray"),
    ],
)
def test_its_parts_have_their_types(arguments, message):
    with pytest.raises(TypeError, match=message):
        Scene(**{"morphology": CELL, "recording": None} | arguments)


@pytest.mark.parametrize("width", [-0.1, np.nan, np.inf])
def test_a_width_is_zero_or_more_pixels(width):
    with pytest.raises(SceneError, match=f"min_width must be 0 or more pixels, got {width}"):
        Scene(CELL, min_width=width)


def test_true_coverage_may_be_asked_for():
    assert Scene(CELL, min_width=0).min_width == 0


def test_there_are_two_interpolations():
    with pytest.raises(SceneError, match="interpolation must be 'linear' or 'nearest', got 'cubic'"):
        Scene(CELL, interpolation="cubic")  # type: ignore[arg-type]


def test_there_are_three_samplings():
    with pytest.raises(SceneError, match="sampling must be 'nearest', 'linear' or 'peak', got 'previous'"):
        Scene(CELL, sampling="previous")  # type: ignore[arg-type]


@pytest.mark.parametrize("clim", [(1, 2, 3), (1,), (), 5, "ab", (None, 1), ("low", "high")])
def test_a_range_is_two_numbers(clim):
    with pytest.raises(SceneError, match=r"clim must be \(low, high\) or None, got") as caught:
        voltage(clim=clim)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("clim", [(0, 0), (1, 0), (np.nan, 1), (0, np.inf)])
def test_a_range_rises(clim):
    with pytest.raises(SceneError, match="clim must be two finite values, the lower first, got "):
        voltage(clim=clim)


@pytest.mark.parametrize("clim", [[-90, 40], np.array([-90, 40]), (np.float32(-90), np.int64(40))])
def test_a_range_becomes_two_floats(clim):
    scene = voltage(clim=clim)
    assert scene.clim == (-90.0, 40.0)
    assert {type(value) for value in scene.clim} == {float}


@pytest.mark.parametrize("name", ["background", "nan_color"])
def test_its_colours_are_colours(name):
    with pytest.raises(ValueError, match="unknown colour 'blurple'"):
        Scene(CELL, **{name: "blurple"})


def test_an_unknown_colormap_is_refused():
    with pytest.raises(ValueError, match="unknown colormap 'viridi'"):
        voltage(cmap="viridi")


def test_an_unknown_colormap_is_refused_also_where_it_is_not_used():
    with pytest.raises(ValueError, match=r"unknown colormap 'viridi'.*near ones are viridis"):
        Scene(CELL, color="red", cmap="viridi")


def test_a_recording_of_another_cell_is_refused():
    expected = (
        r"the recording has a compartment in section 4, but the morphology has 1 sections \(counted from 0\): "
        "they do not belong together"
    )
    with pytest.raises(SceneError, match=expected):
        Scene(CELL, recording(((1.0, 2.0),), section=[0, 4], position=[0.5, 0.5]), color="v")


# What colour shows


@pytest.mark.parametrize(
    ("name", "color"),
    [
        ("v", "v"),
        ("v", "voltage"),
        ("v", "Vm"),
        ("v", " V "),
        ("Vm", "v"),
        ("cai", "cai"),
        ("hh.m", "hh.m"),
        ("red", "red"),
    ],
)
def test_the_name_of_the_recording_shows_its_values(name, color):
    assert Scene(CELL, recording(name=name), color=color).shows_values


@pytest.mark.parametrize("color", ["red", "#ff0000", (1, 0, 0), [1.0, 0.0, 0.0, 1.0], "RED"])
def test_a_colour_shows_no_values(color):
    scene = Scene(CELL, recording(), color=color)
    assert not scene.shows_values
    assert table_lists(scene.coloring.table) == [[RED], RED, RED, RED, (0.0, 1.0)]


@pytest.mark.parametrize(
    ("source", "have"), [(None, "there is no recording"), (recording(name="cai"), "the recording is 'cai'")]
)
def test_what_is_neither_recorded_nor_a_colour_is_refused(source, have):
    expected = rf"color is neither a recorded variable \({have}\) nor a colour: unknown colour 'v'"
    with pytest.raises(SceneError, match=expected) as caught:
        Scene(CELL, source, color="v")
    assert isinstance(caught.value.__cause__, ValueError)


# The range


def test_the_range_is_that_of_the_whole_time():
    assert voltage().resolved().clim == (-90, 30)


def test_a_given_range_stays_and_nothing_is_read():
    scene = voltage(clim=(-80, 0))
    assert scene.resolved() is scene


def test_a_fixed_colour_needs_no_range():
    scene = Scene(CELL, recording(((np.nan,),)), color="red")
    assert scene.resolved() is scene
    assert scene.coloring.table.clim == (0, 1)


@pytest.mark.parametrize("value", [-65.0, 0.0, 3e4])
def test_a_constant_recording_lies_in_the_middle_of_its_range(value):
    low, high = Scene(CELL, recording(((value,), (value,))), color="v").resolved().clim
    assert low < high
    assert (low + high) / 2 == pytest.approx(value, abs=1e-6)


def test_missing_values_do_not_spoil_the_range():
    assert Scene(CELL, recording(((np.nan,), (1.0,), (np.inf,), (3.0,))), color="v").resolved().clim == (1, 3)


def test_a_recording_without_values_asks_for_a_range():
    scene = Scene(CELL, recording(((np.nan,),)), color="v")
    with pytest.raises(RecordingError, match=r"'v' has no finite value: give clim=\(low, high\)"):
        scene.resolved()


def test_resolving_changes_nothing_else():
    scene = voltage(cmap="magma", background="black", min_width=0.5, camera=Camera(azim=5))
    before, after = (
        {f.name: getattr(one, f.name) for f in dataclasses.fields(one)} for one in (scene, scene.resolved())
    )
    assert {name for name in before if before[name] is not after[name]} == {"clim"}


# The table


def test_values_have_the_colours_of_the_colormap():
    table = voltage(cmap="magma", nan_color="lime", clim=(-90, 40)).coloring.table
    np.testing.assert_array_equal(table.entries, lookup_table("magma"))
    assert table.missing.tolist() == LIME
    assert table.clim == (-90, 40)


def test_the_table_has_the_range_of_the_recording():
    assert voltage().coloring.table.clim == (-90, 30)


def test_beyond_its_ends_a_colormap_goes_on_with_its_last_colours():
    table = voltage().coloring.table
    assert table.under.tolist() == table.entries[0].tolist()
    assert table.over.tolist() == table.entries[-1].tolist()


def test_a_colormap_may_have_colours_of_its_own_beyond_its_ends():
    table = voltage(cmap=Colormap("viridis").with_extremes(under="red", over="#00f"), nan_color="lime").coloring.table
    assert (table.under.tolist(), table.over.tolist(), table.missing.tolist()) == (RED, BLUE, LIME)
    np.testing.assert_array_equal(table.entries, lookup_table("viridis"))


def test_a_colormap_of_matplotlib_may_too():
    colormap = pytest.importorskip("matplotlib").colormaps["viridis"].with_extremes(under="red", over="blue")
    table = voltage(cmap=colormap).coloring.table
    assert (table.under.tolist(), table.over.tolist()) == (RED, BLUE)


# Camera


def test_the_camera_is_fitted_to_the_morphology():
    camera = Scene(CELL, camera=Camera(elev=0, azim=-90)).fitted_camera((200, 200))
    assert camera.center == (5, 0, 0)
    assert camera.height == pytest.approx(11 * 1.05)
    assert camera.azim == -90


# Pickles


@pytest.mark.parametrize(
    "cmap", ["viridis", Colormap("viridis").with_extremes(under="red", over="blue"), ["red", "lime"]], ids=str
)
def test_a_pickle_draws_the_same_picture(cmap):
    scene = voltage(cmap=cmap, background=(0, 0, 0), camera=Camera(azim=5, height=3), clim=None)
    twin = pickle.loads(pickle.dumps(scene))
    assert twin.morphology == scene.morphology
    assert [twin.recording.row(k).tolist() for k in range(3)] == [[-70], [30], [-90]]
    assert table_lists(twin.coloring.table) == table_lists(scene.coloring.table)
    same = [f.name for f in dataclasses.fields(Scene) if f.name not in ("morphology", "recording", "cmap")]
    assert {name: getattr(twin, name) for name in same} == {name: getattr(scene, name) for name in same}


def test_without_a_colour_a_recording_is_shown_and_a_cell_alone_is_grey() -> None:
    assert Scene(CELL, recording()).shows_values
    assert Scene(CELL).color == "grey"


@pytest.mark.parametrize("name", ["background", "nan_color"])
def test_transparent_colours_are_refused(name: str) -> None:
    with pytest.raises(SceneError, match=f"{name} must be opaque, got .* with alpha 0.5"):
        Scene(CELL, **{name: (1, 0, 0, 0.5)})


# Recordings that are larger than memory


class Large:
    """Three rows, and a count of what was read."""

    shape, dtype = (3, 2), np.dtype(np.float32)

    def __getitem__(self, rows: Any) -> Any:
        return np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32)[rows]


def test_a_warning_comes_before_a_large_recording_is_read_for_its_range(monkeypatch):
    monkeypatch.setattr("gpu_morph.scene.color_scale._SCANNED_BYTES", 20)
    source = Recording([0, 1, 2], Large(), section=[0, 0], position=[0, 1])
    assert Scene(CELL, source, clim=(0, 1)).resolved().clim == (0, 1)
    with pytest.warns(UserWarning, match=r"all 0\.0 GB of 'v' are read once .*, which takes about 1 s, .*; give clim="):
        assert Scene(CELL, source).resolved().clim == (1, 6)
    assert Scene(CELL, source).resolved().clim == (1, 6)  # it is known now


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (90.4, "90 s"), (125, "2 min"), (3600, "60 min"), (9000, "2.5 h")]
)
def test_durations_are_rounded_to_s_min_or_h(seconds, words):
    assert _duration(seconds) == words


def test_values_of_a_memmap_are_scanned_also_after_pickling(tmp_path):
    np.save(tmp_path / "v.npy", np.array([[0.0, 9.0], [np.nan, 1.0]]))
    source = Recording([0, 1], np.load(tmp_path / "v.npy", mmap_mode="r"), section=[0, 0], position=[0, 1])
    scene = Scene(CELL, source, clim=(0, 1), annotations=(ColorBar(),))
    here, there = (
        color_scale(one.coloring, CELL, is_range_given=True) for one in (scene, pickle.loads(pickle.dumps(scene)))
    )
    assert here is not None
    assert there is not None
    for scale in (here, there):
        assert (scale.has_under, scale.has_over, scale.has_missing) == (False, True, True)
