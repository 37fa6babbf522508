"""Fillets: the bases of neurites, widened so that they grow out of a thicker parent as a real neurite does.

The profile of a fillet is a circular arc that touches the sphere of the parent from which the neurite emerges, and the
neurite's surface. Spheres on the neurite's axis that touch the arc have the radius ``hypot(end - d, r + arc) - arc`` at
the distance ``d`` from the parent's sphere, where ``r`` is the neurite's radius and ``end`` the distance at which the
fillet ends; from there on the neurite has its own diameters. Fillets are drawn, but no part of the morphology.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from .neighbours import continuing_sections
from .parent_surfaces import N_NUMBERS, parent_surface
from .vertices import Vertices

Floats = npt.NDArray[np.float64]

N_VERTICES = 4  # that a fillet adds, at most
_TURNS = (0.93, 0.76, 0.4, 0.0)  # of the arc, from the parent to the neurite, as fractions of the whole
_ARC, _LARGEST_ARC = 1.5, 0.5  # the arc's radius: in radii of the neurite, and at most in radii of the parent
_N_INSIDE = 64  # of a neurite's vertices, at most, lie inside the parent
_SKIN = 0.01  # radii: vertices that are less deep count as on the surface
_N_BETWEEN = 4  # spheres that are tried on each of the parent's segments


class GrownSections(NamedTuple):
    """Sections that begin with a fillet, and the surfaces of their parents.

    ``sections`` is (n,) int32. ``surfaces`` is (n, `N_NUMBERS`) float32, see `parent_surface`; centers are relative to
    the sections' first vertices.
    """

    sections: npt.NDArray[np.int32]
    surfaces: npt.NDArray[np.float32]


NONE_GROWN = GrownSections(np.zeros(0, dtype=np.int32), np.zeros((0, N_NUMBERS), dtype=np.float32))


@dataclass(frozen=True)
class _Fillet:
    """Profile of a fillet; lengths in µm, distances from the center of the parent's sphere."""

    parent_radius: float
    radius: float  # of the neurite
    arc: float

    @classmethod
    def between(cls, parent_radius: float, radius: float) -> _Fillet:
        return cls(parent_radius, radius, min(_ARC * radius, _LARGEST_ARC * parent_radius))

    @property
    def end(self) -> float:
        return math.sqrt(max((self.parent_radius + self.arc) ** 2 - (self.radius + self.arc) ** 2, 0.0))

    @property
    def height(self) -> float:
        """Distance of the fillet's end from the parent's surface."""
        return math.hypot(self.end, self.radius) - self.parent_radius

    @property
    def width(self) -> float:
        """Radius of the ring in which the arc touches the parent's sphere."""
        return self.parent_radius * (self.radius + self.arc) / (self.parent_radius + self.arc)

    def distances(self) -> Floats:
        """Of the spheres that are drawn."""
        whole = math.atan2(self.end, self.radius + self.arc)
        return np.asarray(self.end - (self.radius + self.arc) * np.tan(whole * np.array(_TURNS)))

    def radii(self, distance: Floats) -> Floats:
        """Radii of spheres at distances up to `end`."""
        return np.asarray(np.hypot(self.end - distance, self.radius + self.arc) - self.arc)


def with_fillets(
    morphology: Morphology,
    linked: npt.NDArray[np.int64],
    vertices: Vertices,
    *,
    least: float,
) -> tuple[Vertices, npt.NDArray[np.int64], GrownSections]:
    """The vertices, with those of fillets. A neurite with a fillet begins inside its parent.

    Parameters
    ----------
    morphology : Morphology
        One cell or many.
    linked : (n,) int64
        Sections that start away from their parent.
    vertices : Vertices
        Of the morphology.
    least : float
        µm: an arc of a smaller radius, or a smaller difference of radii, gets no fillet.

    Returns
    -------
    vertices : Vertices
        At most `N_VERTICES` more for each section.
    linked : (n,) int64
        With the sections that now start away from their parent.
    grown : GrownSections
        Those that begin with a fillet inside their parent.
    """
    n_sections, parent = morphology.n_sections, morphology.section_parent
    first = np.searchsorted(vertices.section, np.arange(n_sections + 1))
    widest, own = np.maximum.reduceat(vertices.radii, first[:-1]), vertices.radii[first[:-1]]
    may_show = (parent >= 0) & (widest[parent] - own > least) & (_ARC * own > least) & (np.diff(first) > 1)
    if not may_show.any():
        return vertices, linked, NONE_GROWN
    is_linked = np.isin(np.arange(n_sections), linked)
    continues = np.isin(np.arange(n_sections), continuing_sections(morphology, linked, vertices))
    kept, radii = np.ones(len(vertices.radii), dtype=bool), vertices.radii.copy()
    added: list[_Added] = []
    surfaces: dict[int, Floats] = {}
    for section in np.flatnonzero(may_show).tolist():
        begin, end = int(first[section]), int(first[section + 1])
        spheres = _spheres(vertices, slice(*first[parent[section] : parent[section] + 2]))
        emergence = _emergence(spheres, vertices.positions[begin:end][:_N_INSIDE].astype(float))
        if emergence is None:
            continue
        outside, center, radius = emergence
        outside = max(outside, int(is_linked[section]))
        goes_on = bool(continues[section]) and bool(np.linalg.norm(vertices.positions[begin] - center) < 1e-3 * radius)
        base = center
        if outside and not goes_on:
            base = _nearest_on_axis(center, *vertices.positions[begin + outside - 1 :][:2].astype(float))
        made = _fillet_of(vertices, slice(begin + outside, end), base, center, radius, least=least)
        if made is None:
            continue
        new, changed, changed_radii, fillet = made
        added.append(new)
        radii[changed] = changed_radii
        if goes_on:
            radii[begin] = radius  # it continues the parent with the parent's width
            begin += 1
        else:
            is_linked[section] = True
            site = _leaving(vertices.positions[begin + outside : end], base, center, radius)
            surfaces[section] = parent_surface(spheres, center, site, fillet.width, fillet.height)
            surfaces[section][:3] -= new.positions[0]
        kept[begin : math.ceil(new.order[0])] = False
    if not added:
        return vertices, linked, NONE_GROWN
    rows = np.flatnonzero(kept)
    order = np.argsort(np.concatenate([rows, *(new.order for new in added)]), kind="stable")
    n_added = sum(len(new.order) for new in added)
    merged = Vertices(
        np.concatenate([vertices.section[rows], *(new.section for new in added)])[order],
        np.concatenate([vertices.positions[rows], *(new.positions for new in added)]).astype(np.float32)[order],
        np.concatenate([radii[rows], *(new.radii for new in added)]).astype(np.float32)[order],
        np.concatenate([vertices.section_position[rows], *(new.section_position for new in added)])[order],
        np.concatenate([vertices.is_breakpoint[rows], np.zeros(n_added, dtype=bool)])[order],
    )
    left = np.array(list(surfaces.values()), dtype=np.float32).reshape(-1, N_NUMBERS)
    return merged, np.flatnonzero(is_linked), GrownSections(np.array(list(surfaces), dtype=np.int32), left)


def _spheres(vertices: Vertices, parent: slice) -> Floats:
    """(n, 4): x, y, z and radius of spheres along a section."""
    rows = np.column_stack([vertices.positions[parent], vertices.radii[parent]]).astype(float)
    if len(rows) == 1:
        return rows
    at = np.linspace(0, len(rows) - 1, _N_BETWEEN * (len(rows) - 1) + 1)
    return np.stack([np.interp(at, np.arange(len(rows)), column) for column in rows.T], axis=1)


def _emergence(spheres: Floats, path: Floats) -> tuple[int, Floats, float] | None:
    """Where a neurite emerges from its parent.

    Parameters
    ----------
    spheres : (n, 4) float
        The parent: x, y, z and radius.
    path : (n, 3) float
        The neurite's first vertices.

    Returns
    -------
    outside : int
        The first vertex after the last one inside the parent.
    center : (3,) float64
        Of the parent's sphere that the neurite leaves there.
    radius : float
        Its radius. None in place of all where the neurite does not emerge.
    """
    gaps = np.linalg.norm(path[:, None] - spheres[:, :3], axis=2) - (1 - _SKIN) * spheres[:, 3]
    inside = np.flatnonzero((gaps < 0).any(axis=1))
    last = int(inside[-1]) if len(inside) else 0
    if last + 1 >= len(path):
        return None
    ahead = path[last + 1] - path[last]
    ahead /= max(float(np.linalg.norm(ahead)), 1e-9)
    to_center = spheres[:, :3] - path[last]
    along = to_center @ ahead
    squared = along**2 - np.einsum("ij,ij->i", to_center, to_center) + spheres[:, 3] ** 2
    leaves_at = along + np.sqrt(np.maximum(squared, 0))
    may_leave = (squared > -_SKIN * spheres[:, 3] ** 2) & (leaves_at > -_SKIN * spheres[:, 3]) & (spheres[:, 3] > 0)
    if not may_leave.any():
        return None
    leaves_at[~may_leave] = -np.inf
    # Of spheres that touch the same site, as at a round end, the largest.
    same = np.flatnonzero(leaves_at >= leaves_at.max() - _SKIN * spheres[:, 3].max())
    chosen = spheres[same[spheres[same, 3].argmax()]]
    return last + (len(inside) > 0), chosen[:3], float(chosen[3])


def _leaving(path: npt.NDArray[np.float32], base: Floats, center: Floats, radius: float) -> Floats:
    """Where a path from ``base`` leaves a sphere."""
    path = np.vstack([base, path])
    distance = np.maximum.accumulate(np.linalg.norm(path - center, axis=1))
    return np.array([np.interp(radius, distance, column) for column in path.T])


def _nearest_on_axis(center: Floats, inner: Floats, outer: Floats) -> Floats:
    """The point nearest to ``center`` on the line from ``outer`` through ``inner``; both are the neurite's vertices."""
    ahead = outer - inner
    along = float((center - inner) @ ahead) / max(float(ahead @ ahead), 1e-12)
    return np.asarray(inner + min(along, 1.0) * ahead)


@dataclass(frozen=True, eq=False)
class _Added:
    """Vertices of one fillet, and their places in the order of all vertices."""

    order: Floats
    section: npt.NDArray[np.int32]
    positions: Floats
    radii: Floats
    section_position: Floats


def _fillet_of(
    vertices: Vertices, own: slice, base: Floats, center: Floats, parent_radius: float, *, least: float
) -> tuple[_Added, npt.NDArray[np.int64], Floats, _Fillet] | None:
    """The vertices that a fillet adds to a neurite, and those of its ``own`` that become wider, with their radii.

    ``base`` is the place inside the parent from which the neurite leads to its ``own`` vertices.
    """
    path = np.vstack([base, vertices.positions[own]])
    radii = np.concatenate([vertices.radii[own][:1], vertices.radii[own]]).astype(float)
    site = np.concatenate([vertices.section_position[own][:1], vertices.section_position[own]])
    distance = np.maximum.accumulate(np.linalg.norm(path - center, axis=1))
    at = np.arange(len(path))
    radius = float(radii[0])
    for _ in range(2):  # the radius that counts is that at the fillet's end
        fillet = _Fillet.between(parent_radius, radius)
        if min(fillet.arc, parent_radius - radius) <= least or fillet.end >= distance[-1]:
            return None
        radius = float(np.interp(fillet.end, distance, radii))
    fillet = _Fillet.between(parent_radius, radius)
    if min(fillet.arc, parent_radius - radius) <= least or fillet.end >= distance[-1]:
        return None
    wanted = fillet.distances()
    places = np.interp(wanted, distance, at)
    n_before = max(int(np.count_nonzero(places <= 0)) - 1, 0)  # the base is as near to the center as the axis comes
    wanted, places = np.maximum(wanted, distance[0])[n_before:], places[n_before:]
    new = _Added(
        own.start - 1 + np.where(places < 1, 0.5 + 0.4 * places, places),
        np.full(len(places), vertices.section[own.start]),
        np.stack([np.interp(places, at, column) for column in path.T], axis=1),
        np.maximum(np.interp(places, at, radii), fillet.radii(wanted)),
        np.interp(places, at, site),
    )
    inner = np.flatnonzero((distance[1:] >= wanted[0]) & (distance[1:] < fillet.end))
    wider = np.maximum(radii[1:][inner], fillet.radii(distance[1:][inner]))
    return new, own.start + inner, wider, fillet
