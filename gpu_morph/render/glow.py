"""Glow: how bright tubes are where they are light that adds up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..image.image import Size
from ..scene.camera import Camera
from .geometry.tube_geometry import TubeGeometry

_REST, _ACTIVE, _STEADY = 0.16, 1.6, 0.55  # brightness of a single tube
_CELLS = 40  # of the picture's height, in which the overlap of tubes is estimated
_DENSE = 95  # percentile of the cells that counts


@dataclass(frozen=True)
class Glow:
    """The brightness of a tube whose value is at the lower end of the colormap's range, and at its upper end."""

    rest: float
    active: float

    def dimmed(self, opacity: float) -> Glow:
        """The glow of tubes that are not opaque."""
        return replace(self, rest=self.rest * opacity, active=self.active * opacity)

    def steady(self) -> Glow:
        """The glow of tubes whose colours stand for no values."""
        return Glow(*2 * (_STEADY * self.rest / _REST,))


def glow_of(geometry: TubeGeometry, camera: Camera, size: Size, *, min_width: float) -> Glow:
    """The glow of a scene, in all frames the same. Where many tubes overlap, each is darker.

    Parameters
    ----------
    geometry : TubeGeometry
        With positions relative to the camera's center.
    camera : Camera
        Fitted.
    size : (width, height)
        Of what is drawn, pixels.
    min_width : float
        Pixels.
    """
    n_layers = max(overlap(geometry, camera, size, min_width=min_width), 1.0)
    return Glow(_REST / n_layers, _ACTIVE / np.sqrt(n_layers))


def overlap(geometry: TubeGeometry, camera: Camera, size: Size, *, min_width: float) -> float:
    """About how many tubes lie behind each other where they are dense; the parameters are those of `glow_of`."""
    assert camera.height is not None
    scale, cell = size[1] / camera.height, size[1] / _CELLS
    pixels = geometry.positions @ camera.axes[:2].T * [scale, -scale] + camera.middle(size)
    start, end = pixels[geometry.start], pixels[geometry.end]
    radii = 0.5 * (geometry.radii[geometry.start] + geometry.radii[geometry.end])
    lengths = np.linalg.norm(end - start, axis=1)
    n_pieces = np.maximum(np.ceil(lengths / cell), 1).astype(int)  # long segments run through several cells
    piece = np.arange(n_pieces.sum()) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    fraction = (piece + 0.5) / np.repeat(n_pieces, n_pieces)
    widths = np.clip(2 * scale * radii, min_width, cell)  # a thick tube is one layer of the cells on its axis
    areas = np.repeat(lengths * widths / n_pieces, n_pieces)
    middle = np.repeat(start, n_pieces, axis=0) + fraction[:, np.newaxis] * np.repeat(end - start, n_pieces, axis=0)
    column, row = np.floor(middle / cell).astype(int).T
    n_columns = -(-size[0] * _CELLS // size[1])
    is_seen = (column >= 0) & (column < n_columns) & (row >= 0) & (row < _CELLS)
    covered = np.bincount((row * n_columns + column)[is_seen], weights=areas[is_seen]) / cell**2
    covered = covered[covered > 0]
    return float(np.percentile(covered, _DENSE)) if len(covered) else 0.0
