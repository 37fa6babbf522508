"""KeptTriangles: the triangles of a surface, which are worked out once for all pictures of an object."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from ..data.arrays import Float32Array
from ..scene.surface import SceneObject, Surface
from .geometry.simplified_triangles import simplified
from .geometry.triangles import Triangles, surface_triangles

_kept: WeakKeyDictionary[SceneObject, list[tuple[Surface, KeptTriangles]]] = WeakKeyDictionary()


class KeptTriangles:
    """The triangles of a surface, and as few of them as the last picture needed.

    They take memory, about 50 bytes for each triangle of a smooth surface, as long as the object is there.
    """

    def __init__(self, surface: Surface) -> None:
        self.all = surface_triangles(surface.vertices, surface.faces)
        self._last: tuple[float, float, Float32Array | None, Triangles] | None = None

    def simplified(self, tolerance: float, longest: float, colors: Float32Array | None) -> Triangles:
        """As `simplified` says; ``colors`` are (n_vertices, 3), of the surface's own vertices."""
        last = self._last
        if last is not None and last[:2] == (tolerance, longest) and _are_equal(last[2], colors):
            return last[3]
        spread = None if colors is None else self.all.spread(colors)
        few = simplified(self.all, tolerance, longest=longest, colors=spread)
        self._last = tolerance, longest, colors, few
        return few


def kept_triangles(item: SceneObject) -> list[tuple[Surface, KeptTriangles]]:
    """The surfaces of an object that can be seen, with their triangles."""
    try:
        kept = _kept.get(item)
    except TypeError:  # an object of another's class that has no hash
        return _new(item)
    if kept is None:
        kept = _kept[item] = _new(item)
    return kept


def _new(item: SceneObject) -> list[tuple[Surface, KeptTriangles]]:
    return [(surface, KeptTriangles(surface)) for surface in item.surfaces() if surface.opacity > 0]


def _are_equal(one: Float32Array | None, other: Float32Array | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)
