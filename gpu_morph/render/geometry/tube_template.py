"""TubeTemplate: the mesh that all thick segments of a batch share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class TubeTemplate:
    """The half of a unit tube that faces the viewer, as a grid: rows along the axis, columns across it.

    ``coordinates`` is (n_vertices, 2) float32: along, then across. Along the axis 0 and 1 are the segment's ends; the
    caps lie below 0 and above 1, in radii of that end. Across it -1 and 1 are the silhouette. The outermost rows, -2
    and 3, and columns, -2 and 2, are the rim in which edges are smoothed. ``triangles`` is (3 * n_triangles,) uint32.
    """

    coordinates: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.uint32]


def tube_template(n_strips: int) -> TubeTemplate:
    """A template of ``n_strips`` strips, which looks like a full tube of twice as many sides.

    Raises
    ------
    ValueError
        Fewer than two strips.
    """
    if n_strips < 2:
        raise ValueError(f"a tube needs at least two strips, got {n_strips}")
    columns = np.sin(np.linspace(-np.pi / 2, np.pi / 2, n_strips + 1))
    columns = np.concatenate([[-2.0], columns, [2.0]])
    cap = np.sin(np.linspace(np.pi / 2, 0, n_strips // 2 + 1))
    rows = np.concatenate([[-2.0], -cap, 1 + cap[::-1], [3.0]])
    along, across = np.meshgrid(rows, columns, indexing="ij")
    corner = np.arange(along.size, dtype=np.uint32).reshape(along.shape)
    a, b, c, d = corner[:-1, :-1], corner[1:, :-1], corner[:-1, 1:], corner[1:, 1:]
    triangles = np.stack([a, b, c, c, b, d], axis=-1).reshape(-1)
    coordinates = np.stack([along.ravel(), across.ravel()], axis=1).astype(np.float32)
    return TubeTemplate(coordinates, triangles.astype(np.uint32))
