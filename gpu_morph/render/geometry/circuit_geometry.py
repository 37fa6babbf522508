"""The geometry of circuits, made a few cells at a time: the memory needed besides the result does not grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...system.interruption import checkpoint
from ...system.threads import map_ahead, n_threads
from .cell_groups import CellGroup, CellGroups
from .division import LongestThick
from .fillets import N_VERTICES
from .tube_geometry import TubeGeometry, tube_geometry

_VERTEX_FIELDS = (
    "start",
    "end",
    "previous",
    "following",
    "before",
    "after",
)  # of TubeGeometry; they hold numbers of vertices
_SECTION_FIELDS = ("section", "grown")
_OF_SECTIONS = ("grown", "parent_surfaces")  # one row for each section at most


def circuit_geometry(
    groups: CellGroups,
    *,
    tolerance: float = 0.0,
    longest: float = np.inf,
    least_fillet: float = np.inf,
    longest_thin: float = np.inf,
    longest_thick: LongestThick | None = None,
    thin: float = 0.0,
    least_radius: float = 0.0,
    equal: float = 0.0,
    pixel_size: Callable[[Morphology], float | None] | None = None,
) -> TubeGeometry:
    """Vertices and segments of a morphology, as `tube_geometry` gives them.

    Parameters
    ----------
    groups : CellGroups
        One cell or many.
    tolerance, longest, least_fillet, longest_thin, longest_thick, thin, least_radius, equal
        See `tube_geometry`.
    pixel_size : callable, optional
        Gives the µm per pixel for the box around a group of cells, at its point nearest to the camera. All lengths but
        ``longest_thick`` then count in pixels, so that distant cells have fewer segments. Groups for which it gives
        None are out of view and left out; one group is kept even so if none would be left.
    """
    lengths_in_pixels = {
        "tolerance": tolerance,
        "longest": longest,
        "least_fillet": least_fillet,
        "longest_thin": longest_thin,
        "thin": thin,
        "least_radius": least_radius,
        "equal": equal,
    }

    def part(group: CellGroup, *, is_needed: bool = False) -> tuple[int, TubeGeometry] | None:
        """The first section of a group and its geometry; None if it is out of view and not needed."""
        scale = 1.0 if pixel_size is None else pixel_size(group.box)
        if scale is None and not is_needed:
            return None
        lengths = {name: length * (scale or 1.0) for name, length in lengths_in_pixels.items()}
        made = tube_geometry(
            group.morphology, breakpoints=None, full=group.full, longest_thick=longest_thick, **lengths
        )
        return group.first, made

    first_group = next(iter(groups))
    if len(groups) == 1:
        whole = part(first_group, is_needed=True)
        assert whole is not None
        return whole[1]
    n_most = groups.n_most + groups.morphology.n_sections * (1 + (N_VERTICES if least_fillet < np.inf else 0))
    joined = _Joined(n_most, groups.morphology.n_sections)
    for made in _in_threads(part, groups):
        checkpoint()
        if made is not None:
            joined.add(*made)
    if joined.is_empty:
        made = part(first_group, is_needed=True)
        assert made is not None
        return made[1]
    return joined.geometry()


def _in_threads(
    part: Callable[[CellGroup], tuple[int, TubeGeometry] | None], groups: CellGroups
) -> Iterator[tuple[int, TubeGeometry] | None]:
    """The geometries of groups, in order; as many groups as there are processors are in memory."""
    n = n_threads()
    if n == 1:
        yield from map(part, groups)
        return
    pool = ThreadPoolExecutor(n, thread_name_prefix="gpu_morph")
    try:
        yield from map_ahead(pool, part, groups, max_ahead=n)
    finally:
        pool.shutdown(cancel_futures=True)


class _Joined:
    """Geometries one after the other.

    They have arrays of the greatest size, unless segments are divided: pages that are never written take no memory.
    Concatenating parts at the end would hold everything twice.
    """

    def __init__(self, n_most: int, n_sections: int) -> None:
        self._n_most, self._n_sections = n_most, n_sections
        self._arrays: dict[str, npt.NDArray[Any]] = {}
        self._lengths = dict.fromkeys((field.name for field in fields(TubeGeometry)), 0)

    @property
    def is_empty(self) -> bool:
        """Nothing was added."""
        return not self._arrays

    def add(self, first: int, geometry: TubeGeometry) -> None:
        """Add the geometry of a group whose sections begin with number ``first``."""
        n_vertices = self._lengths["radii"]
        for name, start in self._lengths.items():
            values = getattr(geometry, name)
            if name not in self._arrays:
                n_most = self._n_sections if name in _OF_SECTIONS else self._n_most
                self._arrays[name] = np.empty((n_most, *values.shape[1:]), dtype=values.dtype)
            end = self._lengths[name] = start + len(values)
            if end > len(self._arrays[name]):
                more = np.empty((end, *values.shape[1:]), dtype=values.dtype)
                self._arrays[name] = np.concatenate([self._arrays[name][:start], more])
            added = self._arrays[name][start:end]
            added[...] = values
            if name in _VERTEX_FIELDS or name in _SECTION_FIELDS:
                added += np.int32(n_vertices if name in _VERTEX_FIELDS else first)

    def geometry(self) -> TubeGeometry:
        """All of it."""
        return TubeGeometry(**{name: self._arrays[name][:length] for name, length in self._lengths.items()})
