"""Light changes smoothly where a neurite grows out of a soma or a trunk, whatever the shape of the parent."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.readers.inscribed import inscribed

N, HEIGHT = 320, 12.0  # pixels, µm
RADIUS = 1.5  # of the neurites, µm
Y = np.linspace(-9, 9, 25)
SPHEROID = np.column_stack(inscribed(np.column_stack([0 * Y, Y, 0 * Y]), 12 * np.sqrt(np.maximum(1 - (Y / 9) ** 2, 0))))
PARENTS: dict[str, npt.ArrayLike] = {
    "sphere": [(0, 0, 0, 16)],
    "spheroid": SPHEROID,
    "trunk": [(0, -20, 0, 12), (0, 20, 0, 12)],
    "cone": [(0, -20, 0, 18), (0, 20, 0, 8)],
}


def cell(parent: npt.ArrayLike, child: npt.ArrayLike, at: float = 0.5) -> gm.Morphology:
    rows = np.asarray(parent, dtype=float), np.asarray(child, dtype=float)
    points = np.concatenate(rows)
    return gm.Morphology(
        points=points[:, :3],
        diameters=points[:, 3],
        section_offsets=[0, len(rows[0]), len(points)],
        section_parent=[-1, 0],
        section_parent_x=[0, at],
        section_labels=("soma", "dend"),
    )


def picture(morphology: gm.Morphology, **camera: Any) -> npt.NDArray[np.float64]:
    usual: dict[str, Any] = {"center": (6, 0, 0), "height": HEIGHT, "azim": 0, "elev": 0}
    scene = gm.Scene(morphology, color="#c0c0c0", camera=gm.Camera(**(usual | camera)))
    return gm.render_image(scene, size=(N, N))[..., 0].astype(float)


@pytest.mark.parametrize(
    ("projection", "shift", "most"),
    # In perspective, of an eye so close, rays turn by some degrees between the axes of the two.
    [("orthographic", 0.0, 4), ("orthographic", 2.0, 4), ("perspective", 0.0, 12)],
)
@pytest.mark.parametrize("parent", PARENTS)
def test_no_crease_is_seen_around_the_base_of_a_neurite(parent: str, projection: str, shift: float, most: int) -> None:
    # A neurite along x, seen from its end.
    child = [(x, shift, 0, 2 * RADIUS) for x in (3, 8.5, 9)]
    levels = picture(cell(PARENTS[parent], child), projection=projection, fov=20, center=(6, shift, 0))
    y, x = (np.indices((N, N)) + 0.5 - N / 2) * HEIGHT / N
    around = (np.hypot(x, y) > 1.6 * RADIUS) & (np.hypot(x, y) < 4.0)
    for axis in (0, 1):
        second = np.diff(levels, 2, axis=axis)
        inner = around[1:-1] if axis == 0 else around[:, 1:-1]
        assert np.abs(second)[inner].max() <= most  # without the parent's normals 24 to 56


@pytest.mark.parametrize("at", [0.5, 1.0])
def test_a_neurite_that_begins_at_the_end_of_its_parent_continues_it(at: float) -> None:
    whole = [(x, 0, 0, 4) for x in (-8, 0, 8)]
    parts = cell(whole[:2], whole[1:], at)
    seen = {"center": (0, 0, 0), "azim": -90}
    one = gm.Morphology(
        points=np.array(whole)[:, :3],
        diameters=np.full(3, 4.0),
        section_offsets=[0, 3],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )
    np.testing.assert_allclose(picture(parts, **seen), picture(one, **seen), atol=1)
