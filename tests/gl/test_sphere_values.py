"""A soma that is one sphere shows the values of all its compartments, each where it is along the axis."""

from __future__ import annotations

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.scene.colormaps import lookup_table

# Of 20 µm length and width, as `from_neuron` makes it.
SOMA = gm.Morphology(
    points=[(-10, 0, 0), (0, 0, 0), (10, 0, 0)],
    diameters=[0, 20, 0],
    section_offsets=[0, 3],
    section_parent=[-1],
    section_parent_x=[0],
    section_labels=("soma",),
)
SIZE, HEIGHT = 121, 24.2  # five pixels per µm


def drawn(values: list[float], interpolation: str = "linear", azim: float = -90.0) -> np.ndarray:
    n = len(values)
    positions = (np.arange(n) + 0.5) / n
    recording = gm.Recording([0.0], [values], section=np.zeros(n, dtype=int), position=positions)
    camera = gm.Camera(azim=azim, elev=0, center=(0, 0, 0), height=HEIGHT)
    scene = gm.Scene(
        SOMA,
        recording,
        clim=(0, 1),
        camera=camera,
        lighting=False,
        interpolation=interpolation,  # type: ignore[arg-type]
    )
    return gm.render_image(scene, time=0.0, size=(SIZE, SIZE)).astype(int)


def entries(image: np.ndarray, x: list[float]) -> list[float]:
    """Values, 0 to 1, of the pixels at x µm in the middle row."""
    table = lookup_table("viridis").astype(int)
    pixels = [image[SIZE // 2, round(SIZE / 2 - 0.5 + 5 * one)] for one in x]
    return [float(np.abs(table - pixel).sum(axis=1).argmin()) / 255 for pixel in pixels]


@pytest.mark.parametrize("values", [[0.0, 1.0], [1.0, 0.0, 0.5], [0.1, 0.3, 0.5, 0.7, 0.9]])
def test_values_are_where_their_compartments_are(values: list[float]) -> None:
    image, x = drawn(values), [-8, -5, -2, 0, 2, 5, 8]
    wanted = np.interp((np.array(x) / 10 + 1) / 2, (np.arange(len(values)) + 0.5) / len(values), values)
    assert entries(image, x) == pytest.approx(wanted.tolist(), abs=0.05)


def test_with_nearest_values_are_bands() -> None:
    assert entries(drawn([1.0, 0.0, 0.5], "nearest"), [-6, 0, 6]) == pytest.approx([1, 0, 0.5], abs=0.01)


def test_it_is_nearly_a_sphere() -> None:
    one, several = drawn([0.5]), drawn([0.5, 0.5, 0.5])
    is_one, is_several = ((image < 250).any(axis=2) for image in (one, several))
    assert is_several.sum() == pytest.approx(is_one.sum(), rel=0.02)
    assert np.ptp(np.flatnonzero(is_several.any(axis=0))) + 1 == pytest.approx(104, abs=2)  # 20.5 µm long
    assert np.ptp(np.flatnonzero(is_several.any(axis=1))) + 1 == pytest.approx(98, abs=2)  # 19.5 µm wide


def test_from_the_end_it_has_the_value_of_its_end() -> None:
    table = lookup_table("viridis").astype(int)
    middle = drawn([0.0, 0.5, 1.0], azim=0)[SIZE // 2, SIZE // 2]
    assert np.abs(table[-1] - middle).max() <= 2
