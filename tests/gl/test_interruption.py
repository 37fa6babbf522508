"""Pictures that are given up half way leave nothing behind: the next one is as if they had not been."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.render.geometry.kept_geometry import KeptGeometry
from gpu_morph.system.interruption import Interrupted, interruptible

SIZE = (120, 90)


@pytest.fixture(scope="module")
def scene() -> gm.Scene:
    points = [[0, 0, 0], [0, 0, 60], [0, 0, 60], [40, 0, 90], [0, 0, 60], [-40, 30, 90]]
    one = gm.Morphology(points, [8, 6, 6, 4, 5, 3], [0, 2, 4, 6], [-1, 0, 0], [1, 1, 1], ["soma", "dend", "dend"])
    recording = gm.Recording([0, 1], [[-80, -60, 0], [-40, 0, 20]], section=[0, 1, 2], position=[0.5, 0.5, 0.5])
    wall = gm.Mesh([(-60, 5, 0), (60, 5, 0), (0, 5, 160)], [(0, 1, 2)])
    return gm.Scene(one, recording, clim=(-80, 20), meshes=[wall], annotations=[gm.ColorBar()])


@pytest.mark.parametrize("style", ["matte", "cover", "glow"])
def test_a_picture_after_one_that_was_given_up_is_right(
    scene: gm.Scene, style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = replace(scene, style=style, opacity={"dend": 0.5} if style == "matte" else 1.0)
    n_given_up = 0
    with gm.Renderer(scene, SIZE) as renderer, gm.Renderer(scene, SIZE) as fresh:
        from gpu_morph.render.gpu import program  # needs a context

        monkeypatch.setattr(program, "_AT_ONCE", 1)  # each segment is a part, between which drawing may end
        camera = replace(renderer.camera, azim=70)
        first, expected = fresh.render(0.5), fresh.render(0.5, camera=camera)
        for last in range(0, 60, 3):
            calls = count()
            try:
                with interruptible(lambda calls=calls, last=last: next(calls) >= last):
                    renderer.render(0.5, camera=camera)
                break
            except Interrupted:
                n_given_up += 1
            assert np.array_equal(renderer.render(0.5), first)
        assert np.array_equal(renderer.render(0.5, camera=camera), expected)
        if program._buffers_triangles():
            assert n_given_up > 2


def test_kept_geometry_gives_the_pictures_of_new_ones(scene: gm.Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made, kept = [], KeptGeometry()
    original = KeptGeometry.of
    monkeypatch.setattr(
        KeptGeometry, "of", lambda self, key, make: original(self, key, lambda: made.append(key) or make())
    )
    with gm.Renderer(scene, SIZE) as renderer:
        x, y, z = renderer.camera.center
        fitted = renderer.camera
    views = [
        (replace(fitted, azim=30), (-80, 20), 1),
        (replace(fitted, center=(x + 9, y, z - 12)), (-80, 20), 1),
        (replace(fitted, center=(x + 9, y, z - 12)), (-50, 0), 1),
        (replace(fitted, height=fitted.height / 2), (-50, 0), 2),
        (replace(fitted, projection="perspective"), (-50, 0), 3),
    ]
    for camera, clim, n_made in views:
        other = replace(scene, camera=camera, clim=clim)
        with kept.used(), gm.Renderer(other, SIZE) as renderer:
            picture = renderer.render(0.5)
        assert len(made) == n_made
        assert np.array_equal(picture, gm.render_image(other, time=0.5, size=SIZE))
