"""Division of long segments: thin ones can then be drawn in the order of their middles, thick ones in perspective."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .vertices import Vertices

# Of positions, (n, 3) µm: the greatest length of thick segments there, (n,) µm.
LongestThick = Callable[[npt.NDArray[Any]], npt.NDArray[np.float64]]


def divided(
    vertices: Vertices, *, longest: float, thickest: float, longest_thick: LongestThick | None = None
) -> Vertices:
    """The vertices, with others between them where a segment is long.

    Thin segments are drawn from far to near, each as a whole: the shorter they are, the fewer are in a wrong order
    where they cross. Of thick ones the depth of each pixel is compared. In perspective a thick segment has one shape of
    ellipse for all its spheres: the shorter it is, the less that matters.

    Parameters
    ----------
    vertices : Vertices
        By section, and along each section from its start.
    longest : float
        µm; the greatest length of a thin segment.
    thickest : float
        µm; segments with a greater radius at either end are not thin.
    longest_thick : callable, optional
        The greatest length of the others; of a segment the lesser of those at its ends. None: any.
    """
    length = np.linalg.norm(np.diff(vertices.positions, axis=0), axis=1)
    is_thin = np.maximum(vertices.radii[1:], vertices.radii[:-1]) <= thickest
    thick: float | npt.NDArray[np.float64] = np.inf
    if longest_thick is not None:
        there = longest_thick(vertices.positions)
        thick = np.minimum(there[1:], there[:-1])
    limit = np.where(is_thin, longest, thick)
    is_long = (vertices.section[1:] == vertices.section[:-1]) & (length > limit)
    if not is_long.any():
        return vertices
    n_parts = np.ones(len(vertices.section), dtype=np.int64)
    n_parts[:-1][is_long] = np.ceil(length[is_long] / limit[is_long])
    first = np.repeat(np.arange(len(n_parts)), n_parts)
    part = np.arange(len(first)) - np.repeat(np.cumsum(n_parts) - n_parts, n_parts)
    fraction = part / n_parts[first]
    following = np.minimum(first + 1, len(n_parts) - 1)

    def between(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        steps = values[following] - values[first]
        steps *= fraction.astype(values.dtype).reshape(-1, *[1] * (values.ndim - 1))
        return np.asarray(values[first] + steps)

    return Vertices(
        vertices.section[first],
        between(vertices.positions),
        between(vertices.radii),
        between(vertices.section_position),
        vertices.is_breakpoint[first] & (part == 0),
    )
