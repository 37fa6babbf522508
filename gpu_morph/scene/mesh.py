"""Mesh: a surface of triangles besides the cell, such as a brain region, a membrane or a soma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import FloatArray, FrozenArrays, frozen_array, read_only
from ..errors import SceneError, brief
from .checks import check_fraction, checked_clim
from .colormaps import parse_colormap
from .colors import checked_color
from .surface import Surface, SurfaceValues

_LARGEST = 1e30  # µm, as of morphologies


@dataclass(frozen=True, eq=False)
class Mesh(FrozenArrays):
    """A surface of triangles, drawn with the cell: translucent around and behind neurites, and lit as they are.

    Parameters
    ----------
    vertices : (n_vertices, 3) float32
        µm.
    faces : (n_faces, 3) int32
        The vertices of each triangle, counted from 0.
    color : colour or (n_vertices, 3) float
        Of the whole surface, or red, green and blue of each vertex, 0 to 1.
    opacity : float
        0 to 1; 1 hides what is behind.
    name : str
        What it is, for messages.
    values : (n_vertices,) or (n_times, n_vertices) float32, optional
        Values that the colours stand for, instead of ``color``; between vertices, colours are interpolated. NaN for
        missing values. They are kept in memory.
    times : (n_times,) float64, optional
        ms, rising; of values over time. Before the first and after the last time, their values hold.
    cmap : str or colormap, optional
        Of the values. None: the scene's.
    clim : (float, float), optional
        Values at the ends of the colormap. None: with a ``cmap`` of its own, the range of the values; else the
        scene's, so that the scene's colour bar holds for the surface too, or the range of the values if the scene's
        colours stand for no values.
    fit : bool
        Whether a fitted camera shows all of it. False: the cell decides what is in the picture, because a brain region
        around a cell may be many times larger.

    Raises
    ------
    SceneError
        Shapes do not fit, a coordinate is not finite, or a face names a vertex that does not exist.

    Examples
    --------
    A translucent plane behind the cell:

    >>> corners = [(-300, 100, -300), (300, 100, -300), (300, 100, 300), (-300, 100, 300)]
    >>> layer = gm.Mesh(corners, [(0, 1, 2), (0, 2, 3)], color="steelblue", opacity=0.2, name="layer")
    >>> morphology, recording = gm.demo_cell()
    >>> gm.render_image(gm.Scene(morphology, recording, meshes=[layer]), time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    vertices: npt.NDArray[np.float32]
    faces: npt.NDArray[np.int32]
    color: Any = field(default="#8c96a6", kw_only=True)
    opacity: float = field(default=0.3, kw_only=True)
    name: str = field(default="", kw_only=True)
    values: npt.NDArray[np.float32] | None = field(default=None, kw_only=True)
    times: FloatArray | None = field(default=None, kw_only=True)
    cmap: Any = field(default=None, kw_only=True)
    clim: tuple[float, float] | None = field(default=None, kw_only=True)
    fit: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        check_look(self)
        vertices = checked_points(self.vertices, "vertices")
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "faces", _checked_faces(self.faces, len(vertices)))
        checked_colors(self.color, len(vertices), "vertex")
        take_values(self, len(vertices), "n_vertices")

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        return f"Mesh({name}{len(self.vertices):,} vertices, {len(self.faces):,} faces)"

    def surfaces(self) -> Sequence[Surface]:
        """What is drawn: the mesh itself."""
        colors, alpha = checked_colors(self.color, len(self.vertices), "vertex")
        return [Surface(self.vertices, self.faces, colors, self.opacity * alpha, surface_values(self))]


def check_look(given: Any) -> None:
    """Check what all objects besides the cell have: opacity, name, cmap, clim and fit.

    Raises
    ------
    SceneError
        One of them is wrong.
    """
    check_fraction(given.opacity, "opacity")
    if not isinstance(given.name, str):
        raise SceneError(f"name must be a str, got {brief(given.name)}")
    if given.cmap is not None:
        parse_colormap(given.cmap)
    if given.clim is not None:
        object.__setattr__(given, "clim", checked_clim(given.clim))
    if not isinstance(given.fit, bool | np.bool_ | int) or given.fit not in (True, False):
        raise SceneError(f"fit must be True or False, got {brief(given.fit)}")


def checked_points(given: Any, name: str) -> npt.NDArray[np.float32]:
    """(n, 3) float32 µm, finite.

    Raises
    ------
    SceneError
        They are not.
    """
    points = frozen_array(given, np.float32, name=name, error=SceneError, unit="µm")
    if points.ndim != 2 or points.shape[1] != 3 or not len(points):
        raise SceneError(f"{name} must have shape (n, 3) in µm, got {points.shape}")
    bad = np.flatnonzero(~(np.abs(points) < _LARGEST).all(axis=1))
    if len(bad):
        raise SceneError(
            f"{name} must be finite, at most {_LARGEST:g} µm: {len(bad)} of {len(points)} are not, the first is number "
            f"{bad[0]}, {points[bad[0]].tolist()}: leave them out"
        )
    return points


def _checked_faces(given: Any, n_vertices: int) -> npt.NDArray[np.int32]:
    faces = frozen_array(given, np.int32, name="faces", error=SceneError)
    if faces.ndim != 2 or faces.shape[1] != 3 or not len(faces):
        hint = ": divide each face into triangles" if faces.ndim == 2 and faces.shape[1] > 3 else ""
        raise SceneError(f"faces must have shape (n_faces, 3), got {faces.shape}{hint}")
    if faces.min() < 0 or faces.max() >= n_vertices:
        raise SceneError(
            f"faces must name vertices 0 to {n_vertices - 1}, got {faces.min()} to {faces.max()}"
            + (": count from 0" if faces.min() == 1 and faces.max() == n_vertices else "")
        )
    return faces


def checked_colors(given: Any, count: int, each: str) -> tuple[npt.NDArray[np.float32], float]:
    """((1, 3) or (count, 3) float32, alpha): one colour, or red, green and blue of ``each``.

    Raises
    ------
    SceneError
        Neither a colour nor one for each.
    """
    try:
        n_dimensions = np.ndim(given)
    except ValueError as cause:  # rows of different lengths
        raise SceneError(f"color must be a colour, or one of each {each}, ({count}, 3), got {brief(given)}") from cause
    if n_dimensions != 2:
        rgba = checked_color(given, "color")
        return read_only(np.asarray([rgba[:3]], dtype=np.float32)), rgba[3]
    colors = frozen_array(given, np.float32, name="color", error=SceneError)
    if colors.shape != (count, 3) or not ((colors >= 0) & (colors <= 1)).all():
        raise SceneError(
            f"color must be a colour, or red, green and blue from 0 to 1 of each {each}, ({count}, 3), got shape "
            f"{colors.shape}"
        )
    return colors, 1.0


def take_values(given: Any, count: int, expected: str) -> None:
    """Keep ``values`` and ``times`` of an object as checked arrays.

    Raises
    ------
    SceneError
        Shapes do not fit, or times do not rise.
    """
    if given.values is None:
        if given.times is not None:
            raise SceneError("times were given without values: give values=, (n_times, " + expected + ")")
        return
    values = frozen_array(given.values, np.float32, name="values", error=SceneError, unit=None)
    if given.times is None:
        if values.shape != (count,):
            raise SceneError(
                f"values without times must have shape ({expected},) = ({count},), got {values.shape}: give times= for "
                "values over time"
            )
    else:
        times = np.atleast_1d(frozen_array(given.times, np.float64, name="times", error=SceneError, unit="ms"))
        if times.ndim != 1 or not len(times) or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
            raise SceneError(f"times must be finite ms that rise, got {brief(given.times)}")
        if values.shape != (len(times), count):
            hint = ": transpose them" if values.shape == (count, len(times)) else ""
            raise SceneError(
                f"values must have shape (n_times, {expected}) = ({len(times)}, {count}), got {values.shape}{hint}"
            )
        object.__setattr__(given, "times", read_only(times))
    object.__setattr__(given, "values", values)


def surface_values(given: Any) -> SurfaceValues | None:
    """The values of an object, as its surface has them."""
    if given.values is None:
        return None
    times = np.zeros(1) if given.times is None else given.times
    return SurfaceValues(times, np.atleast_2d(given.values), given.cmap, given.clim, given.name)
