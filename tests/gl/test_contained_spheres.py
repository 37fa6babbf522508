"""A vertex whose sphere contains its neighbours' is drawn as one sphere, like a section of one point."""

from __future__ import annotations

import numpy as np
import pytest

import gpu_morph as gm


def drawn(points: list[tuple[float, float, float]], diameters: list[float]) -> np.ndarray:
    morphology = gm.Morphology(
        points=points,
        diameters=diameters,
        section_offsets=[0, len(points)],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("soma",),
    )
    camera = gm.Camera(azim=-90, elev=70, center=(10, 0, 0), height=30)
    return gm.render_image(gm.Scene(morphology, color="grey", camera=camera), size=(90, 90)).astype(int)


@pytest.mark.parametrize("lengths", [(0, 10, 20), (5, 10, 15), (0, 2, 10, 20)])
def test_a_sphere_among_smaller_ones_looks_like_one_sphere(lengths: tuple[float, ...]) -> None:
    several = drawn([(x, 0, 0) for x in lengths], [20 if x == 10 else 0 for x in lengths])
    one = drawn([(10, 0, 0)], [20])
    assert (several < 200).any()
    assert np.mean(np.abs(several - one) > 1) < 0.01
