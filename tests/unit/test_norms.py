"""Norms: which values the edges between colours have, which ends a scene takes, what is refused."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gpu_morph import Morphology, PointValues, Recording, Scene
from gpu_morph.errors import SceneError
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.norm_parsing import parse_norm
from gpu_morph.scene.norms import BoundaryNorm, CenteredNorm, LogNorm, Norm, PowerNorm, SampledNorm, TwoSlopeNorm

colors = pytest.importorskip("matplotlib.colors")
CELL = Morphology(np.eye(4, 3), [1, 1, 1, 1], [0, 4], [-1], [0], ("dend",))
COMPARED = {
    "log": ("log", lambda: colors.LogNorm(), (0.01, 30.0)),
    "symlog": ("symlog:0.5", lambda: colors.SymLogNorm(0.5), (-20.0, 100.0)),
    "symlog within its linear part": ("symlog:50", lambda: colors.SymLogNorm(50), (-20.0, 10.0)),
    "asinh": ("asinh:0.2", lambda: colors.AsinhNorm(0.2), (-1.0, 100.0)),
    "power": ("power:0.4", lambda: colors.PowerNorm(0.4), (-80.0, 40.0)),
    "centred": ("centered:-65", lambda: colors.CenteredNorm(-65), (-170.0, 40.0)),
    "two slopes": ("twoslope:-65", lambda: colors.TwoSlopeNorm(-65), (-90.0, 40.0)),
}


def recording(*values: float) -> Recording:
    return Recording([0.0], [list(values)], section=[0] * len(values), position=np.linspace(0, 1, len(values)), unit="")


def scene(*values: float, **keywords: Any) -> Scene:
    return Scene(CELL, recording(*values), color="v", **keywords)


def matplotlibs_entries(norm: Any, clim: tuple[float, float], values: np.ndarray) -> np.ndarray:
    norm.vmin, norm.vmax = clim
    return np.minimum((np.ma.filled(norm(values)) * 256).astype(int), 255)


def entries(found: Norm, clim: tuple[float, float], values: np.ndarray) -> np.ndarray:
    edges = found.edges(clim)
    if edges is None:
        return np.minimum(((values - clim[0]) / (clim[1] - clim[0]) * 256).astype(int), 255)
    return np.searchsorted(edges[1:-1], values, side="right")


@pytest.mark.parametrize("case", COMPARED)
@pytest.mark.parametrize("is_own", [True, False], ids=["by name", "matplotlib's object"])
def test_values_have_the_entries_that_matplotlib_gives_them(case: str, is_own: bool) -> None:
    name, theirs, clim = COMPARED[case]
    found, ends = parse_norm(name if is_own else theirs()).with_clim(clim)  # type: ignore[union-attr]
    assert ends == clim
    values = np.linspace(*clim, 1003)[1:-1]
    expected = matplotlibs_entries(theirs(), clim, values)
    differences = np.abs(entries(found, clim, values) - expected)
    assert differences.max() <= 1  # at an edge, to rounding
    assert np.count_nonzero(differences) <= 5


@pytest.mark.parametrize("extend", ["neither", "min", "max", "both"])
@pytest.mark.parametrize("n", [3, 7, 40])
def test_regions_between_boundaries_have_matplotlibs_colours(extend: str, n: int) -> None:
    boundaries = np.linspace(-80, 40, n)
    theirs = colors.BoundaryNorm(boundaries, 256, extend=extend)
    table = scene(0.0, norm=theirs).coloring.table
    middles = (boundaries[1:] + boundaries[:-1]) / 2
    lookup = scene(0.0, clim=(0, 1)).coloring.table.entries
    assert table.entries.tolist() == lookup[theirs(middles)].tolist()
    assert table.under.tolist() == lookup[max(int(theirs(-100)), 0)].tolist()
    assert table.over.tolist() == lookup[min(int(theirs(100)), 255)].tolist()
    assert table.edges is not None
    assert table.edges.tolist() == boundaries.tolist()


def test_one_region_has_the_middle_colour() -> None:
    table = scene(0.0, norm=[0, 1]).coloring.table
    assert table.entries.tolist() == [scene(0.0, clim=(0, 1)).coloring.table.entries[127].tolist()]


@pytest.mark.parametrize(
    ("given", "norm"),
    [
        (None, None),
        ("linear", None),
        ("Log", LogNorm()),
        (" power : 0.3 ", PowerNorm(0.3)),
        ("centred:-65", CenteredNorm(-65)),
        ("boundaries:-80,-60,0", BoundaryNorm((-80, -60, 0))),
        ((-80, -60, 0), BoundaryNorm((-80, -60, 0))),
        (np.array([-80, -60, 0]), BoundaryNorm((-80, -60, 0))),
        (colors.PowerNorm(0.3), PowerNorm(0.3)),
        (colors.Normalize(), None),
    ],
)
def test_a_scene_keeps_norms_as_data(given: Any, norm: Norm | None) -> None:
    made = scene(-65.0, 0.0, norm=given)
    assert made.norm == norm
    assert pickle.loads(pickle.dumps(made)).norm == norm
    assert replace(made, background="black").norm == norm


def test_ends_of_a_norm_are_the_scenes() -> None:
    assert scene(0.0, norm=colors.LogNorm(0.1, 10)).clim == (0.1, 10)
    assert scene(0.0, norm=colors.LogNorm(0.1, 10)).norm == LogNorm()
    assert scene(0.0, norm=[-80, -60, 10]).clim == (-80, 10)
    assert scene(1.0, 5.0, norm=colors.LogNorm(vmin=0.1)).resolved().clim == (pytest.approx(0.1), 5)
    assert scene(0.0, norm=colors.CenteredNorm(-65, 20)).clim == (-85, -45)
    assert scene(0.0, norm=colors.Normalize(-1, 3)).clim == (-1, 3)


def test_without_clim_the_range_suits_the_norm() -> None:
    assert scene(-3.0, 0.0, 0.25, 8.0, norm="log").resolved().clim == (0.25, 8)
    assert scene(4.0, norm="log").resolved().clim == (2, 8)
    assert scene(-90.0, 40.0, norm="centered:-65").resolved().clim == (-170, 40)
    assert scene(-90.0, 40.0, norm="twoslope:-65").resolved().clim == (-90, 40)
    points = PointValues(np.array([0.0, 0.5, 2.0, 4.0]))
    assert Scene(CELL, color=points, norm="log").coloring.table.clim[0] == 0.5


def test_a_constant_of_any_size_has_a_range() -> None:
    for value in (0.0, 1e9, -1e9):
        low, high = scene(value, value).resolved().clim or (0, 0)
        assert np.float32(low) < np.float32(value) < np.float32(high)


class Midpoint(colors.Normalize):  # type: ignore[misc, name-defined]
    """As many scripts have it: without an inverse."""

    def __call__(self, value: Any, clip: Any = None) -> Any:
        return np.ma.masked_array(np.interp(value, [self.vmin, -65, self.vmax], [0, 0.5, 1]))


def test_a_norm_of_somebody_elses_is_sampled_when_its_range_is_known() -> None:
    made = scene(-90.0, 40.0, norm=Midpoint(-90, 40))
    assert isinstance(made.norm, SampledNorm)
    np.testing.assert_allclose(made.norm.edges((-90, 40)), TwoSlopeNorm(-65).edges((-90, 40)), atol=1e-9)
    later = scene(-90.0, 40.0, norm=Midpoint())
    np.testing.assert_allclose(later.coloring.table.edges, made.coloring.table.edges, atol=1e-9)
    points = Scene(CELL, color=PointValues(np.array([0.0, 0.5, 2.0, 4.0])), norm=Midpoint())
    assert isinstance(points.resolved().norm, SampledNorm)
    assert fingerprint(points, [0.0])["norm"]
    squares = colors.FuncNorm((lambda x: x**2, lambda x: x**0.5), vmin=0, vmax=2)
    edges = pickle.loads(pickle.dumps(scene(0.0, norm=squares))).norm.edges((0, 2))
    np.testing.assert_allclose(edges, np.sqrt(np.arange(257) / 256 * 4), atol=1e-9)


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"norm": "lgo"}, "near ones are log"),
        ({"norm": "power:a"}, "norm must be"),
        ({"norm": "log:3"}, "norm must be"),
        ({"norm": "power:0"}, "gamma above 0"),
        ({"norm": "symlog:-1"}, "linthresh above 0"),
        ({"norm": [0, 0, 1]}, "rising boundaries"),
        ({"norm": 3}, "norm must be"),
        ({"norm": "log", "clim": (-1, 1)}, "range above 0"),
        ({"norm": "log"}, "values above 0"),
        ({"norm": "centered:0", "clim": (-90, 40)}, r"give clim=\(-90, 90\), or norm='twoslope:0'"),
        ({"norm": "twoslope:50", "clim": (-90, 40)}, "range around 50"),
        ({"norm": [0, 1, 2], "clim": (0, 1)}, "do not agree"),
        ({"norm": colors.Normalize(0, 1), "clim": (0, 2)}, "do not agree"),
        ({"norm": colors.Normalize(1, 0)}, "vmin must be below"),
        ({"norm": colors.NoNorm()}, "give boundaries"),
        ({"norm": colors.FuncNorm((lambda x: x, lambda x: x))}, "give its vmin and vmax"),
        ({"norm": colors.FuncNorm((lambda x: (x - 0.6) ** 2, lambda x: x), vmin=0, vmax=1)}, "must rise"),
        ({"clim": (1e8, 1e8 + 1)}, "single precision"),
    ],
)
def test_errors_say_what_a_norm_can_be(keywords: dict[str, Any], said: str) -> None:
    with pytest.raises(SceneError, match=said):
        _ = scene(-3.0, **keywords).coloring


def test_the_fingerprint_tells_norms_apart() -> None:
    def hashed(**keywords: Any) -> str:
        return fingerprint(scene(1.0, 5.0, clim=(1, 5), **keywords), [0.0])["norm"]

    assert len({hashed(norm=norm) for norm in (None, "log", "power:0.5", "power:0.6", Midpoint(1, 5))}) == 5
    assert hashed(norm="power:0.5") == hashed(norm=colors.PowerNorm(0.5)) == hashed(norm=PowerNorm(0.5))
    assert hashed(norm=None) == hashed(norm="linear")
