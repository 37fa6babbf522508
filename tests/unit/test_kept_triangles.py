"""Triangles of surfaces that are kept from picture to picture, and given up when no picture is wanted."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from gpu_morph import Mesh, Morphology, Scene
from gpu_morph.render import kept_triangles
from gpu_morph.render.surface_scene import SurfaceScene
from gpu_morph.scene.spheres import spheres
from gpu_morph.system.interruption import Interrupted, interruptible


def scene(color: Any = "tomato") -> Scene:
    """A cell in a sphere of 5,120 triangles and 100 µm."""
    cell = Morphology([(0, 0, 0), (10, 0, 0)], [1, 1], [0, 2], [-1], [0], ("dend",), [0])  # type: ignore[arg-type]
    vertices, faces, _ = spheres(np.zeros((1, 3), np.float32), np.float32([100]), level=4)
    return Scene(cell, meshes=[Mesh(vertices, faces, color=color, opacity=1)])


def test_pictures_with_pixels_of_one_size_share_triangles(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    for name in ("surface_triangles", "simplified"):
        made = getattr(kept_triangles, name)

        def counted(*args: Any, name: str = name, made: Any = made, **kwargs: Any) -> Any:
            calls.append(name)
            return made(*args, **kwargs)

        monkeypatch.setattr(kept_triangles, name, counted)
    given = scene("blue")
    first = SurfaceScene(given, lambda _: 4.0)
    again = SurfaceScene(replace(given, background="black"), lambda _: 4.0)
    assert calls == ["surface_triangles", "simplified"]
    np.testing.assert_array_equal(again.positions, first.positions)
    finer = SurfaceScene(given, lambda _: 0.5)
    assert calls == ["surface_triangles", "simplified", "simplified"]
    assert len(finer.positions) > len(first.positions)


def test_borders_between_colours_of_another_table_stay() -> None:
    given = scene()
    mesh = given.meshes[0]
    assert isinstance(mesh, Mesh)
    coloured = replace(given, meshes=[replace(mesh, values=(mesh.vertices[:, 0] > 0).astype(float))])
    plain = SurfaceScene(replace(coloured, cmap=["#808080", "#808080"]), lambda _: 8.0)
    bordered = SurfaceScene(replace(coloured, cmap=["black", "white"]), lambda _: 8.0)
    assert len(bordered.positions) > len(plain.positions)


def test_triangles_go_with_their_mesh() -> None:
    given = scene()
    kept = weakref.ref(kept_triangles.kept_triangles(given.meshes[0])[0][1])
    assert kept() is not None
    del given
    gc.collect()
    assert kept() is None


def test_triangles_are_given_up_at_any_checkpoint() -> None:
    n_checks = 0
    for last in count(1):
        calls = count(1)
        try:
            with interruptible(lambda calls=calls, last=last: next(calls) >= last):  # type: ignore[misc]
                SurfaceScene(scene(), lambda _: 4.0)
            break
        except Interrupted:
            n_checks += 1
    assert n_checks >= 4  # of a surface, of each level, of each repair
