"""Surfaces of parents where neurites grow out of them, so that normals of a fillet can turn into those of its parent.

About the site where a neurite leaves it, a soma or a trunk is nearly a quadric of revolution: the squared radius around
its axis is ``a - 2 b z - c z**2`` at the distance ``z`` along the axis. A sphere has c = 1; a cylinder has b = c = 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

N_NUMBERS = 12  # of a surface: center (x, y, z), reach; axis (x, y, z), a; b, c, 0, 0
_N_FITTED = 17  # places along the axis at which the quadric is fitted
_FEWEST = 5
_N_SPHERES = 65  # that touch the profile there


def parent_surface(spheres: Floats, center: Floats, site: Floats, width: float, reach: float) -> Floats:
    """The surface of a parent about a site.

    Parameters
    ----------
    spheres : (n, 4) float64
        Along the parent: x, y, z and radius, µm.
    center : (3,) float64
        Of the sphere that the neurite leaves.
    site : (3,) float64
        Where it does.
    width : float
        µm: about so far from the site the fillet meets the parent.
    reach : float
        µm: so far from the parent normals of the fillet are its own.

    Returns
    -------
    (N_NUMBERS,) float64
    """
    steps = np.linalg.norm(np.diff(spheres[:, :3], axis=0), axis=1)
    along = np.insert(np.cumsum(steps), 0, 0.0)
    chosen = int(np.linalg.norm(spheres[:, :3] - center, axis=1).argmin())
    along -= along[chosen]
    ahead, behind = (np.array([np.interp(at, along, column) for column in spheres[:, :3].T]) for at in (width, -width))
    size = float(np.linalg.norm(ahead - behind))
    axis = (ahead - behind) / size if size > 0 else np.array([0.0, 0.0, 1.0])
    z = float((site - center) @ axis) + np.linspace(-width, width, _N_FITTED)
    reached = width + spheres[chosen, 3]
    at = np.clip(np.linspace(z[0] - reached, z[-1] + reached, _N_SPHERES), along[0], along[-1])
    squared = (np.interp(at, along, spheres[:, 3]) ** 2 - (z[:, None] - at) ** 2).max(axis=1)
    is_there = squared > 0
    if np.count_nonzero(is_there) < _FEWEST:
        profile = np.array([-1.0, 0.0, spheres[chosen, 3] ** 2])
    else:
        profile = np.polyfit(z[is_there], squared[is_there], 2)
    return np.array([*center, reach, *axis, profile[2], -profile[1] / 2, -profile[0], 0.0, 0.0])


def distances(surfaces: npt.NDArray[np.floating], positions: npt.NDArray[np.floating]) -> Floats:
    """(n,) distances, µm, of positions, (n, 3), from surfaces, (n, `N_NUMBERS`), in first order; negative inside."""
    offset = positions.astype(float) - surfaces[:, :3]
    z = np.einsum("ij,ij->i", offset, surfaces[:, 4:7])
    across = offset - z[:, None] * surfaces[:, 4:7]
    gradient = across + (surfaces[:, 8] + surfaces[:, 9] * z)[:, None] * surfaces[:, 4:7]
    excess = np.einsum("ij,ij->i", across, across) + (2 * surfaces[:, 8] + surfaces[:, 9] * z) * z - surfaces[:, 7]
    return np.asarray(excess / (2 * np.maximum(np.linalg.norm(gradient, axis=1), 1e-9)))
