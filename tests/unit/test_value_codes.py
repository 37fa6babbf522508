"""Values as codes of a few bits: how near they come back, and that the colours' range stays what it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph.export.value_codes import Bits, ValueCodes
from gpu_morph.scene.colormaps import ColorTable, color_table
from gpu_morph.scene.joint_scale import BELOW_ONE, JointScale
from gpu_morph.scene.norm_parsing import parse_norm

CLIM = (-90.0, 40.0)


def table(clim: tuple[float, float] = CLIM) -> ColorTable:
    return color_table("viridis", "grey", clim)


def joint_scale(*tables: ColorTable) -> JointScale:
    return JointScale(("v",) * len(tables), (1,) * len(tables), tables)


def decoded(codes: ValueCodes, encoded: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """As values.js does it."""
    values = np.interp(encoded, codes.codes, codes.values)
    return np.where(encoded == codes.missing, np.nan, values)


@pytest.mark.parametrize(("bits", "steps"), [(8, 254), (16, 65534)])
def test_values_come_back_to_within_half_a_step(bits: Bits, steps: int) -> None:
    values = np.linspace(*CLIM, 1001).astype(np.float32)
    codes = ValueCodes.of(table(), CLIM, bits)
    assert np.abs(decoded(codes, codes.encode(values)) - values).max() <= 0.501 * 130 / steps


@pytest.mark.parametrize("bits", [8, 16])
def test_a_value_outside_the_colours_stays_outside_and_one_inside_inside(bits: Bits) -> None:
    values = np.array([-90.001, -90, -89.999, 39.999, 40, 40.001, -1e30, 1e30, -np.inf, np.inf], dtype=np.float32)
    codes = ValueCodes.of(table(), (-1e30, 1e30), bits)
    encoded = codes.encode(values).astype(int)
    assert (encoded < codes.first).tolist() == [True, *[False] * 5, True, False, True, False]
    assert (encoded > codes.last).tolist() == [*[False] * 5, True, False, True, False, True]
    assert (encoded < codes.missing).all()


@pytest.mark.parametrize("bits", [8, 16])
def test_values_of_one_colormap_never_become_those_of_the_next(bits: Bits) -> None:
    values = np.array([0, 0.5, BELOW_ONE, 1, 1.5, 1 + BELOW_ONE, 2, 2 + BELOW_ONE], dtype=np.float32)
    codes = ValueCodes.of(joint_scale(*[table()] * 3).table, (0.0, 3.0), bits, n_maps=3)
    found = decoded(codes, codes.encode(values).astype(int))
    assert np.floor(found).tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert np.abs(found - values).max() <= 2.1 / 2**bits
    assert codes.encode(np.array([np.nan], dtype=np.float32))[0] == codes.missing


@pytest.mark.parametrize(("n_maps", "most"), [(2, 2), (3, 2), (6, 4)])
def test_8_bits_move_colours_of_overlays_by_no_more_entries_than_docs_say(n_maps: int, most: int) -> None:
    shown = np.arange(0, n_maps, 2**-12, dtype=np.float32)  # those between colours are among them
    codes = ValueCodes.of(joint_scale(*[table()] * n_maps).table, (0.0, float(shown[-1])), 8, n_maps=n_maps)
    found = decoded(codes, codes.encode(shown).astype(int))
    assert np.abs(np.floor(found * 256) - np.floor(shown * 256)).max() <= most


def test_values_outside_the_colours_take_few_of_few_codes() -> None:
    values = np.linspace(-150, 100, 1001).astype(np.float32)
    codes = ValueCodes.of(table(), (-150.0, 100.0), 8)
    error = np.abs(decoded(codes, codes.encode(values)) - values) / 130
    inside = (values >= -90) & (values <= 40)
    assert error[inside].max() <= 0.5 / 190
    assert error.max() <= 1 / 60


@pytest.mark.parametrize("bits", [8, 16])
def test_values_at_the_boundaries_of_colours_are_exact(bits: Bits) -> None:
    boundaries = np.array([-80.0, -60, -55, 0, 40])
    norm = parse_norm(boundaries)
    assert norm is not None
    codes = ValueCodes.of(color_table("viridis", "grey", (-80, 40), norm), (-95, 41), bits)
    np.testing.assert_array_equal(decoded(codes, codes.encode(boundaries.astype(np.float32))), boundaries)


@pytest.mark.parametrize("n_maps", [2, 3, 20])
@pytest.mark.parametrize("bits", [8, 16])
def test_values_at_the_boundaries_of_colours_of_overlays_are_exact(bits: Bits, n_maps: int) -> None:
    norm = parse_norm([0, 1, 2, 3])
    assert norm is not None
    levels = color_table("viridis", "grey", (0, 3), norm)
    joint = joint_scale(levels, *[table()] * (n_maps - 2), levels)
    shown = np.stack([joint.shown(np.full(n_maps, value, dtype=np.float32)) for value in (0, 1, 2)])[:, [0, -1]]
    codes = ValueCodes.of(joint.table, (0.0, shown.max()), bits, n_maps=n_maps)
    assert (np.diff(codes.codes) > 0).all()
    found = decoded(codes, codes.encode(shown).astype(int)).astype(np.float32)
    assert joint.table.edges is not None
    entries = np.searchsorted(joint.table.edges.astype(np.float32), found, side="right") - 1
    last = len(joint.table.entries) - 3
    assert entries.tolist() == [[0, last], [1, last + 1], [2, last + 2]]


@pytest.mark.parametrize(("bits", "factor"), [(8, 1.06), (16, 1.001)])
def test_logarithmic_colours_have_codes_for_small_values(bits: Bits, factor: float) -> None:
    norm = parse_norm("log")
    assert norm is not None
    values = np.geomspace(1e-5, 1, 500).astype(np.float32)
    codes = ValueCodes.of(color_table("viridis", "grey", (1e-5, 1), norm), (1e-5, 1), bits)
    back = decoded(codes, codes.encode(values))
    assert np.maximum(back / values, values / back).max() <= factor


@pytest.mark.parametrize("bits", [8, 16])
def test_missing_values_have_a_code_of_their_own(bits: Bits) -> None:
    codes = ValueCodes.of(table(), CLIM, bits)
    encoded = codes.encode(np.array([[np.nan, 40.0]], dtype=np.float32))
    assert encoded.shape == (1, 2)
    assert encoded.dtype == (np.uint8 if bits == 8 else np.uint16)
    assert (encoded == codes.missing).tolist() == [[True, False]]


def test_the_ends_of_the_colours_are_exact() -> None:
    codes = ValueCodes.of(table((-70.0, 20.0)), (-95.0, 45.0), 16)
    ends = codes.encode(np.array([-70.0, 20.0], dtype=np.float32))
    assert decoded(codes, ends).tolist() == [-70.0, 20.0]
