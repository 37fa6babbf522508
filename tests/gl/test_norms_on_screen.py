"""Norms: the colours along a tube whose values change linearly in space, and the colours of missing values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_colors_on_screen import axis_colors, axis_values, scene

from gpu_morph.scene.colormaps import lookup_table

TABLE = lookup_table("viridis").astype(int)


def expected(norm: Any, values: np.ndarray) -> np.ndarray:
    """(n, 3) colours as matplotlib chooses them."""
    return TABLE[np.minimum((np.ma.filled(norm(values)) * 256).astype(int), 255)]


@pytest.mark.parametrize(
    ("name", "clim"),
    [
        ("LogNorm()", (1.0, 100.0)),
        ("SymLogNorm(0.5)", (-20.0, 60.0)),
        ("PowerNorm(0.4)", (-80.0, 40.0)),
        ("TwoSlopeNorm(-65)", (-90.0, 40.0)),
        ("CenteredNorm(-65)", (-90.0, -40.0)),
    ],
)
def test_values_are_interpolated_before_the_norm_is_applied(name: str, clim: tuple[float, float]) -> None:
    colors = pytest.importorskip("matplotlib.colors")
    norm = eval(name, vars(colors))
    shown = axis_colors(scene(list(clim), norm=norm, clim=clim))
    norm.vmin, norm.vmax = clim
    values = axis_values(*clim)
    half = (values[1] - values[0]) / 2
    nearest = [expected(norm, np.clip(values + shift, *clim)) for shift in (-half, 0, half)]  # to half a pixel
    low, high = np.min(nearest, axis=0), np.max(nearest, axis=0)
    assert np.all((shown >= low - 3) & (shown <= high + 3))


def test_values_between_two_boundaries_have_one_colour() -> None:
    shown = axis_colors(scene([0.0, 9.0], norm=[0, 1, 3, 9]))
    for first, end, entry in ((0, 20, 0), (20, 60, 127), (60, 180, 255)):
        assert np.all(shown[first + 1 : end - 1] == TABLE[entry])


def test_missing_under_and_over_keep_their_colours() -> None:
    from cmap import Colormap

    extremes = Colormap("viridis").with_extremes(under="#010203", over="#fdfeff")
    shown = axis_colors(scene([-10.0, 170.0], cmap=extremes, norm="log", clim=(10.0, 100.0)))
    assert np.all(shown[:19] == (1, 2, 3))  # also what has no logarithm
    assert np.all(shown[111:] == (253, 254, 255))
    clipped = axis_colors(scene([np.nan, 5.0], norm="log", clim=(1.0, 10.0), nan_color="#123456"))
    assert np.all(clipped[:89] == (0x12, 0x34, 0x56))
    assert not np.any(np.all(clipped[91:] == (0x12, 0x34, 0x56), axis=1))
