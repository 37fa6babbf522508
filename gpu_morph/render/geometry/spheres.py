"""Somata that are drawn as one sphere, and have several values along their axis.

`readers.inscribed` makes one sphere of a soma that is as wide as long: of its points, one has a diameter, and the
sphere about it hides whatever is at the others. Where values change along such a section, its surface is drawn by the
spheres about many points near its middle instead, each of which touches the surface where the site of its value is.

The envelope of spheres whose centers are ``c = SPREAD * z`` and whose squared radii are ``(1 - SPREAD) * (a² - c² /
SPREAD)`` is a spheroid of half axis ``a`` along z; the sphere about c touches it at z. `SPREAD` is small, so that the
spheroid is 5 % longer than wide; its cross section along the axis has the area of the sphere's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from .vertices import Breakpoints, Vertices

SPREAD = 0.1
_N_STATIONS = 13
_INSIDE = 0.999  # of the distance, by which a sphere is smaller than the one that contains it


def with_stations(morphology: Morphology, breakpoints: Breakpoints) -> Breakpoints:
    """The breakpoints, and those that the surface of a sphere with several of them needs."""
    spheres = _spheres(morphology)
    n_breakpoints = np.bincount(breakpoints.section, minlength=morphology.n_sections)
    chosen = spheres[n_breakpoints[spheres] > 1]
    if not len(chosen):
        return breakpoints
    stations = np.linspace(0, 1, _N_STATIONS)
    return Breakpoints(
        np.concatenate([breakpoints.section, np.repeat(chosen, _N_STATIONS)]),
        np.concatenate([breakpoints.position, np.tile(stations, len(chosen))]),
    )


def spread(morphology: Morphology, vertices: Vertices) -> Vertices:
    """The vertices, with those of spheres that have several breakpoints where the spheres touch the surface."""
    spheres = _spheres(morphology)
    if not len(spheres) or not vertices.is_breakpoint.any():
        return vertices
    n_breakpoints = np.bincount(vertices.section[vertices.is_breakpoint], minlength=morphology.n_sections)
    spheres = spheres[n_breakpoints[spheres] > 1]
    if not len(spheres):
        return vertices
    positions, radii = vertices.positions.copy(), vertices.radii.copy()
    for section in spheres.tolist():
        low, high = np.searchsorted(vertices.section, [section, section + 1])
        points = slice(*morphology.section_offsets[section : section + 2])
        widest = int(morphology.diameters[points].argmax())
        center, radius = morphology.points[points][widest], morphology.diameters[points][widest] / 2
        axis = morphology.points[points][-1] - morphology.points[points][0]
        half = radius * (1 - SPREAD) ** -0.25
        offsets = SPREAD * half * (2 * vertices.section_position[low:high] - 1)
        positions[low:high] = center + np.outer(offsets, axis / np.linalg.norm(axis))
        radii[low:high] = np.sqrt((1 - SPREAD) * (half**2 - offsets**2 / SPREAD))
    return replace(vertices, positions=positions, radii=radii)


def without_hidden_ends(vertices: Vertices) -> Vertices:
    """The vertices without those at ends of sections whose sphere lies inside the next one's: it is not seen.

    Such are the ends of bodies, see `readers.inscribed`. Of each section at least one vertex stays.
    """
    kept = np.arange(len(vertices.section))
    while True:
        section, radii = vertices.section[kept], vertices.radii[kept]
        step = np.linalg.norm(np.diff(vertices.positions[kept], axis=0), axis=1)
        is_joined, widening = section[1:] == section[:-1], np.diff(radii)
        hides_before = is_joined & (step > 0) & (widening >= _INSIDE * step)
        hides_after = is_joined & (step > 0) & (-widening >= _INSIDE * step)
        is_first = np.insert(section[1:] != section[:-1], 0, True)
        is_last = np.append(section[1:] != section[:-1], True)
        hidden = is_first & np.append(hides_before, False) | is_last & np.insert(hides_after, 0, False)
        if not hidden.any():
            return vertices if len(kept) == len(vertices.section) else vertices[kept]
        kept = kept[~hidden]


def _spheres(morphology: Morphology) -> npt.NDArray[np.int64]:
    """The sections of which one point has a diameter, and its sphere contains the others."""
    first, last = morphology.section_offsets[:-1], morphology.section_offsets[1:] - 1
    n_wide = np.add.reduceat(morphology.diameters > 0, first, dtype=np.int64)
    reach = np.linalg.norm(morphology.points[last] - morphology.points[first], axis=1)
    widest = np.maximum.reduceat(morphology.diameters, first)
    is_sphere = (n_wide == 1) & (last - first > 1) & (reach > 0) & (reach <= 1.001 * widest)
    return np.flatnonzero(is_sphere & (morphology.section_parent < 0))
