"""Bodies drawn as long as they are: spheres that do not reach beyond the free ends of a section.

A section is drawn as the spheres about its axis. With the diameters of its surface, those at a free end reach beyond it
by their radius: a soma of length 20 µm and diameter 20 µm would be 40 µm long. `inscribed` makes spheres near the ends
smaller, down to 0. Arc lengths stay, so positions on the section mean the same sites as before.
"""

from __future__ import annotations

import numpy as np

from .aliases import FloatArray

_N_STATIONS = 21  # at least, along a section whose diameter varies
_SAME_STATION = 1e-6  # as a fraction of the length


def inscribed(
    points: FloatArray, diameters: FloatArray, *, is_start_free: bool = True, is_end_free: bool = True
) -> tuple[FloatArray, FloatArray]:
    """Points and diameters whose spheres have a section's width, and end where it ends.

    Parameters
    ----------
    points : (n, 3) float
        From one end of the section to the other.
    diameters : (n,) float
        Of the surface, which is a cone from point to point.
    is_start_free, is_end_free : bool
        Whether the section ends there in a flat disc. Elsewhere another section continues it, and spheres may reach
        beyond the end.

    Returns
    -------
    points : (m, 3) float64
        On the same path, of the same length: the given points, and others between them where they are needed.
    diameters : (m,) float64
        Of the spheres. A section with two free ends that is wider than long becomes one sphere of the same lateral area
        about its middle; all other diameters are 0.
    """
    arc_length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    length = arc_length[-1]
    if not length > 0 or not diameters.any() or not (is_start_free or is_end_free):
        return points, diameters
    area = np.sum((diameters[:-1] + diameters[1:]) / 2 * np.diff(arc_length))  # lateral, divided by pi
    is_sphere = is_start_free and is_end_free and area >= length**2
    added = _added_stations(arc_length, diameters, is_sphere=bool(is_sphere))
    order = np.argsort(np.concatenate([arc_length, added]), kind="stable")
    stations = np.concatenate([arc_length, added])[order]
    surface = np.concatenate([diameters, np.interp(added, arc_length, diameters)])[order] / 2
    path = np.stack([np.interp(added, arc_length, column) for column in points.T], axis=1)
    if is_sphere:
        radii = np.where(np.abs(stations - length / 2) < _SAME_STATION * length, np.sqrt(area) / 2, 0)
    else:
        to_start = stations if is_start_free else np.inf
        to_end = length - stations if is_end_free else np.inf
        radii = np.minimum(surface, np.minimum(to_start, to_end))
    return np.concatenate([points, path])[order], 2 * radii


def _added_stations(arc_length: FloatArray, diameters: FloatArray, *, is_sphere: bool) -> FloatArray:
    """Arc lengths of the points that the spheres need besides those at ``arc_length``.

    A section of many points needs none, unless it becomes one sphere: files refer to points by their numbers.
    """
    length, radius = arc_length[-1], diameters[0] / 2
    if np.ptp(diameters) == 0:  # a cylinder: its widest spheres run from where they touch one end to the other
        wanted = np.array([radius, length / 2, length - radius])
    elif len(arc_length) < _N_STATIONS:
        wanted = np.linspace(0, length, _N_STATIONS)
    else:
        wanted = np.array([length / 2] if is_sphere else [])
    wanted = np.unique(wanted[(wanted > 0) & (wanted < length)])
    is_new = np.abs(wanted[:, None] - arc_length).min(axis=1) > _SAME_STATION * length
    return np.asarray(wanted[is_new])
