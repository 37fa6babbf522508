"""Values have exactly the colormap's colours."""

from __future__ import annotations

import numpy as np
import pytest
from cmap import Colormap
from reference import straight_tube

from gpu_morph import Camera, Recording, Scene, render_image
from gpu_morph.scene.colormaps import lookup_table

CAMERA = Camera(azim=0, elev=0, center=(0, 0, 0), height=20)
# 180 pixels long in a picture of 200, 1 µm = 10 pixels.
TUBE = straight_tube((0, -9, 0), (0, 9, 0))
ENDS = {"section": [0, 0], "position": [0.0, 1.0]}


def axis_colors(scene: Scene) -> np.ndarray:
    """(180, 3) colours along the tube's axis."""
    return render_image(scene, time=0.0, size=(200, 200))[100, 10:190].astype(int)


def axis_values(low: float, high: float) -> np.ndarray:
    """(180,) values at the middles of those pixels."""
    return low + (np.arange(180) + 0.5) / 180 * (high - low)


def scene(values: list[float], **keywords: object) -> Scene:
    return Scene(TUBE, Recording([0.0], [values], **ENDS), color="v", camera=CAMERA, lighting=False, **keywords)


@pytest.mark.parametrize("name", ["viridis", "jet", "cmocean:thermal", "colorcet:fire", "tab10"])
def test_a_straight_tube_has_the_colormaps_colours_along_its_length(name: str) -> None:
    shown = axis_colors(scene([-80.0, 40.0], cmap=name, clim=(-80, 40)))
    x = (axis_values(-80, 40) + 80) / 120
    expected = lookup_table(name)[np.minimum((x * 256).astype(int), 255)].astype(int)
    assert np.abs(shown - expected).max() <= 2


def test_the_colours_are_those_of_matplotlib() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    shown = axis_colors(scene([0.0, 1.0], cmap="viridis", clim=(0, 1)))
    expected = matplotlib.colormaps["viridis"](axis_values(0, 1), bytes=True)[:, :3].astype(int)
    assert np.abs(shown - expected).max() <= 2


def test_values_beyond_clim_have_the_colormaps_colours_for_under_and_over() -> None:
    shown = axis_colors(scene([0.0, 1.0], cmap="viridis", clim=(0.4, 0.6)))
    table = lookup_table("viridis").astype(int)
    assert np.abs(shown[:60] - table[0]).max() == 0
    assert np.abs(shown[-60:] - table[-1]).max() == 0
    extremes = Colormap("viridis").with_extremes(under="#010203", over="#fdfeff")
    shown = axis_colors(scene([0.0, 1.0], cmap=extremes, clim=(0.4, 0.6)))
    assert shown[10].tolist() == [1, 2, 3]
    assert shown[-10].tolist() == [253, 254, 255]


def test_the_ends_of_clim_belong_to_it() -> None:
    table = lookup_table("viridis").astype(int)
    extremes = Colormap("viridis").with_extremes(under="red", over="red")
    for value, entry in ((0.0, 0), (1.0, 255)):
        shown = axis_colors(scene([value, value], cmap=extremes, clim=(0, 1)))
        assert np.abs(shown - table[entry]).max() <= 1


def test_values_that_are_nan_have_the_nan_colour() -> None:
    assert np.all(axis_colors(scene([np.nan, np.nan], clim=(0, 1), nan_color="#123456")) == (0x12, 0x34, 0x56))
    other_section = Recording(
        [0.0], [[1.0]], section=[0], position=[0.5]
    )  # the only section is recorded: no NaN anywhere
    shown = axis_colors(
        Scene(TUBE, other_section, color="v", clim=(0, 1), camera=CAMERA, lighting=False, nan_color="red")
    )
    assert np.all(shown == lookup_table("viridis")[255])


def test_infinite_values_are_beyond_clim() -> None:
    table = lookup_table("viridis")
    assert np.all(axis_colors(scene([np.inf, np.inf], clim=(0, 1))) == table[255])
    assert np.all(axis_colors(scene([-np.inf, -np.inf], clim=(0, 1))) == table[0])


def test_a_fixed_colour_is_exact() -> None:
    flat = Scene(TUBE, color="#1f77b4", camera=CAMERA, lighting=False)
    assert np.all(axis_colors(flat) == (0x1F, 0x77, 0xB4))


def test_the_background_has_its_colour() -> None:
    picture = render_image(Scene(TUBE, color="k", background="#204060", camera=CAMERA), size=(200, 200))
    assert picture[0, 0].tolist() == [0x20, 0x40, 0x60]


def test_transparent_pictures_carry_the_coverage_and_the_pure_colour() -> None:
    flat = Scene(TUBE, color="#1f77b4", camera=CAMERA, lighting=False)
    picture = render_image(flat, size=(200, 200), transparent=True)
    assert picture.shape == (200, 200, 4)
    assert picture[0, 0].tolist() == [0, 0, 0, 0]
    assert picture[100, 100].tolist() == [0x1F, 0x77, 0xB4, 255]
    edge = picture[(picture[..., 3] > 60) & (picture[..., 3] < 255)].astype(int)
    assert len(edge)
    assert np.abs(edge[:, :3] - (0x1F, 0x77, 0xB4)).max() <= 3


@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
@pytest.mark.parametrize("n_points", [2, 10, 400])
@pytest.mark.parametrize("n_compartments", [1, 3, 9, 18])
@pytest.mark.parametrize("has_gap", [False, True], ids=["", "one is NaN"])
def test_each_position_shows_the_recordings_value(
    n_compartments: int, n_points: int, interpolation: str, has_gap: bool
) -> None:
    rng = np.random.default_rng(n_compartments)
    values = rng.uniform(0, 1, n_compartments)
    if has_gap:
        values[n_compartments // 2] = np.nan
    positions = (np.arange(n_compartments) + 0.5) / n_compartments
    tube = straight_tube(*((0.0, y, 0.0) for y in np.linspace(-9, 9, n_points)))
    recording = Recording([0.0], [values], section=np.zeros(n_compartments, int), position=positions)
    shown = axis_colors(
        Scene(
            tube,
            recording,
            color="v",
            cmap="gray",
            clim=(0, 1),
            nan_color="red",
            camera=CAMERA,
            lighting=False,
            interpolation=interpolation,
        )
    )
    x = (np.arange(180) + 0.5) / 180
    near = np.abs(x[:, None] - positions).argmin(axis=1)
    expected = values[near] if interpolation == "nearest" else np.interp(x, positions, values)
    expected = np.where(np.isnan(expected) | np.isnan(values[near]), values[near], expected)
    missing = np.isnan(expected)
    # A pixel on the border of two compartments may show either. NaN begins in the middle of a segment that connects a
    # recorded position with one that is not.
    middles = (positions[1:] + positions[:-1]) / 2
    segment = min(1 / (n_points - 1), 1 / n_compartments) if has_gap and interpolation == "linear" else 0
    sure = np.abs(x[:, None] - middles).min(axis=1, initial=1.0) > (max(2.5 / 180, segment / 2) if has_gap else 1 / 180)
    assert np.all(shown[missing & sure] == (255, 0, 0))
    grey = np.floor(np.minimum(expected * 256, 255))
    clear = ~missing & (sure if interpolation == "nearest" or has_gap else np.ones(180, bool))
    assert np.abs(shown[clear, 0] - grey[clear]).max(initial=0) <= 2


@pytest.mark.parametrize("height", [20, 60, 100])
def test_compartments_on_the_points_are_all_shown(height: float) -> None:
    n = 37  # one per point, 0.5 µm apart: 5 pixels to one
    values = (np.arange(n) % 2).astype(float)
    tube = straight_tube(*((0.0, y, 0.0) for y in np.linspace(-9, 9, n)))
    recording = Recording([0.0], [values], section=np.zeros(n, int), position=np.linspace(0, 1, n))
    camera = Camera(azim=0, elev=0, center=(0, 0, 0), height=height)
    flat = Scene(tube, recording, cmap="gray", clim=(0, 1), camera=camera, lighting=False)
    size = 200
    shown = render_image(flat, time=0.0, size=(size, size))[size // 2, :, 0].astype(int)
    um = ((np.arange(size) + 0.5) / size - 0.5) * height
    inside = np.abs(um) < 8.9
    expected = np.interp(um[inside], np.linspace(-9, 9, n), values) * 256
    assert np.abs(shown[inside] - np.minimum(expected, 255)).max() <= 2


def test_compartments_at_one_site_draw_what_one_does() -> None:
    tube = straight_tube((0, -9, -2), (0, 9, 3), diameter=0.6)
    positions = [0.1, 0.25, 0.8]
    once = Recording([0.0], [[0.2, 0.7, 0.4]], section=[0] * 3, position=positions)
    twice = Recording([0.0], [[0.2, 0.7, 0.7, 0.4]], section=[0] * 4, position=sorted([*positions, 0.25]))
    one, two = (
        render_image(Scene(tube, r, clim=(0, 1), camera=CAMERA, lighting=False), time=0.0, size=(200, 200))
        for r in (once, twice)
    )
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_nearest_values_have_sharp_borders_in_a_close_up(projection: str) -> None:
    tube = straight_tube(*((0.0, y, 0.0) for y in np.linspace(-40, 40, 9)), diameter=3.0)
    recording = Recording([0.0], [[0.0, 1.0]], section=[0, 0], position=[0.25, 0.75])
    camera = Camera(azim=0, elev=0, center=(0, 0, 0), height=50, fov=100, projection=projection)
    scene = Scene(tube, recording, cmap="gray", clim=(0, 1), camera=camera, lighting=False, interpolation="nearest")
    row = render_image(scene, time=0.0, size=(400, 400))[200, 10:-10, 0]
    assert len(np.unique(row)) <= 3  # black, white, and the pixel in which the border lies


def test_a_recording_without_compartments_leaves_everything_unrecorded() -> None:
    nothing = Recording([0.0], np.zeros((1, 0)), section=[], position=[])
    shown = axis_colors(Scene(TUBE, nothing, clim=(0, 1), camera=CAMERA, lighting=False, nan_color="#123456"))
    assert np.all(shown == (0x12, 0x34, 0x56))
