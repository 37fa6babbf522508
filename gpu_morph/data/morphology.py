"""Morphology: sections of points with diameters, and their parents."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError
from ..system.arguments import check_choice
from .arc_length import BLOCK_POINTS, point_arc_lengths, point_positions, section_lengths
from .arrays import Float32Array, FrozenArrays, IntArray, checked_float_type, frozen_array, read_only, texts
from .site_neighbours import site_neighbours

Axis = Literal["x", "y", "z"]
_FARTHEST = 1e15  # µm; squares of more than 1e19 are no float32


@dataclass(frozen=True, eq=False)
class Morphology(FrozenArrays):
    """Sections of points with diameters. A circuit is a Morphology with many roots.

    Parameters
    ----------
    points : (n_points, 3) float32
        Positions, µm.
    diameters : (n_points,) float32
        Diameters, µm.
    section_offsets : (n_sections + 1,) int64
        Section ``s`` has the points ``points[section_offsets[s]:section_offsets[s + 1]]``, at least one. A section of
        one point is a sphere.
    section_parent : (n_sections,) int32
        Index of the parent section, -1 for a root.
    section_parent_x : (n_sections,) float32
        Position on the parent at which the section is attached, 0 to 1 of the parent's arc length; ignored for roots.
    section_labels : tuple of str
        "soma", "axon", "dend", "apic", or the labels of the source.
    section_cell : (n_sections,) int32, optional
        Cell of a circuit to which each section belongs; all 0 if not given.
    section_names : tuple of str, optional
        The source's names of the sections, such as "dend[3]"; "" for a section without one. None: the source has no
        names.
    up : {"x", "y", "z"}, optional
        The axis that points up by the custom of the source: "y" of files in SWC and ASC. None: not known. See
        `Camera`; two morphologies that differ in this alone are equal.

    Raises
    ------
    MorphologyError
        Shapes do not fit, coordinates are not finite or beyond 1e15 µm, diameters are negative, or parents do not exist
        or form a cycle.

    Examples
    --------
    A soma of 20 µm, and a dendrite that tapers from 4 to 1 µm:

    >>> morphology = gm.Morphology(
    ...     points=[[0, 0, -10], [0, 0, 10], [0, 0, 10], [0, 0, 150]],
    ...     diameters=[20, 20, 4, 1],
    ...     section_offsets=[0, 2, 4],
    ...     section_parent=[-1, 0],
    ...     section_parent_x=[0, 1],
    ...     section_labels=("soma", "dend"),
    ... )
    >>> morphology.n_sections, morphology.section_length.tolist()
    (2, [20.0, 140.0])
    """

    points: Float32Array
    diameters: Float32Array
    section_offsets: IntArray
    section_parent: npt.NDArray[np.int32]
    section_parent_x: Float32Array
    section_labels: tuple[str, ...]
    section_cell: npt.NDArray[np.int32] = None  # type: ignore[assignment]
    section_names: tuple[str, ...] | None = field(default=None, kw_only=True)
    up: Axis | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        dtypes = {
            "points": np.float32,
            "diameters": np.float32,
            "section_offsets": np.int64,
            "section_parent": np.int32,
            "section_parent_x": np.float32,
        }
        for name, dtype in dtypes.items():
            unit = "µm" if name in ("points", "diameters") else None
            array = frozen_array(getattr(self, name), dtype, name=name, error=MorphologyError, unit=unit)
            object.__setattr__(self, name, array)
        object.__setattr__(
            self, "section_labels", texts(self.section_labels, name="section_labels", error=MorphologyError)
        )
        if self.section_names is not None:
            names = texts(self.section_names, name="section_names", error=MorphologyError)
            object.__setattr__(self, "section_names", names)
        check_choice(self.up, (*get_args(Axis), None), "up", error=MorphologyError)
        cells: npt.ArrayLike = self.section_cell
        cells = np.zeros(len(self.section_labels), dtype=np.int32) if cells is None else cells
        object.__setattr__(
            self, "section_cell", frozen_array(cells, np.int32, name="section_cell", error=MorphologyError)
        )
        self._check()

    def _check(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != 3 or not len(self.points):
            raise MorphologyError(
                f"points must have shape (n_points, 3) with at least one point, got {self.points.shape}"
            )
        n_points, n_sections = len(self.points), len(self.section_labels)
        if not n_sections:
            raise MorphologyError(f"section_labels must name at least one section for {n_points} points, got none")
        expected = {
            "diameters": (n_points,),
            "section_offsets": (n_sections + 1,),
            "section_parent": (n_sections,),
            "section_parent_x": (n_sections,),
            "section_cell": (n_sections,),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise MorphologyError(
                    f"{name} must have shape {shape} for {n_points} points and {n_sections} section "
                    f"labels, got {getattr(self, name).shape}"
                )
        if self.section_names is not None and len(self.section_names) != n_sections:
            raise MorphologyError(
                f"section_names must name each of {n_sections} sections, got {len(self.section_names)} names"
            )
        offsets = self.section_offsets
        if offsets[0] != 0 or offsets[-1] != n_points or np.any(np.diff(offsets) < 1):
            raise MorphologyError(
                f"section_offsets must rise from 0 to n_points = {n_points} with at least one point per "
                f"section, got {offsets[0]} to {offsets[-1]}, smallest step {np.diff(offsets).min()}"
            )
        if not np.isfinite(self.points).all():
            bad = ~np.isfinite(self.points).all(axis=1)
            raise MorphologyError(f"points must be finite; point {bad.argmax()} is {self.points[bad.argmax()]}")
        bad = ~(np.isfinite(self.diameters) & (self.diameters >= 0))
        if bad.any():
            raise MorphologyError(
                f"diameters must be finite and not negative; point {bad.argmax()} has {self.diameters[bad.argmax()]}"
            )
        farthest = max(self.points.max(), -self.points.min())  # np.abs() would copy all of a circuit's points
        for name, largest in (("points", farthest), ("diameters", self.diameters.max())):
            if largest > _FARTHEST:
                raise MorphologyError(
                    f"{name} must be at most {_FARTHEST:g} µm, which is as far as distances can be computed, "
                    f"got {largest:g}"
                )
        x = self.section_parent_x[self.section_parent >= 0]
        if not np.all((x >= 0) & (x <= 1)):
            raise MorphologyError(f"section_parent_x must lie in 0..1, got {x[~((x >= 0) & (x <= 1))][0]}")
        if np.any(self.section_parent < -1) or np.any(self.section_parent >= n_sections):
            raise MorphologyError(
                f"section_parent must be -1 or a section index below {n_sections}, got "
                f"{self.section_parent.min()} to {self.section_parent.max()}"
            )
        self._check_no_cycle()

    def _check_no_cycle(self) -> None:
        # Pointer doubling: after ceil(log2(n)) + 1 steps every section that reaches a root has done so.
        ancestor = self.section_parent.astype(np.int64)
        for _ in range(max(1, len(ancestor).bit_length())):
            ancestor = np.where(ancestor >= 0, ancestor[ancestor], -1)
        if np.any(ancestor >= 0):
            # Every remaining ancestor lies on the cycle, also those of sections that are only attached to it.
            raise MorphologyError(f"section_parent has a cycle through section {ancestor[(ancestor >= 0).argmax()]}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Morphology):
            return NotImplemented
        words = ("section_labels", "section_names")
        arrays = ("points", "diameters", "section_offsets", "section_parent", "section_parent_x", "section_cell")
        return all(getattr(self, name) == getattr(other, name) for name in words) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in arrays
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Morphology(n_points={self.n_points}, n_sections={self.n_sections}, n_cells={self.n_cells})"

    def _repr_html_(self) -> str | None:
        """What notebooks show."""
        from .summary_html import html_or_none, morphology_html

        return html_or_none(lambda: morphology_html(self))

    @property
    def n_points(self) -> int:
        """Number of points over all sections."""
        return len(self.points)

    @property
    def n_sections(self) -> int:
        """Number of sections."""
        return len(self.section_labels)

    @property
    def n_cells(self) -> int:
        """Number of distinct cells."""
        return len(np.unique(self.section_cell))

    @cached_property
    def point_section(self) -> npt.NDArray[np.int32]:
        """(n_points,) int32: the section of each point."""
        return read_only(np.repeat(np.arange(self.n_sections, dtype=np.int32), np.diff(self.section_offsets)))

    @cached_property
    def point_arc_length(self) -> npt.NDArray[np.float64]:
        """(n_points,) float64: arc length from the section's first point, µm."""
        return read_only(point_arc_lengths(self.points, self.section_offsets))

    @cached_property
    def section_length(self) -> npt.NDArray[np.float64]:
        """(n_sections,) float64: arc length of each section, µm."""
        return read_only(section_lengths(self.points, self.section_offsets))

    @cached_property
    def point_position(self) -> npt.NDArray[np.float64]:
        """(n_points,) float64: position of each point along its section, 0 to 1 of the arc length.

        All points of a section of length 0 have 0.5.
        """
        return read_only(self.positions_along(np.float64))

    def positions_along(self, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """(n_points,) of ``dtype``: `point_position`, computed anew and not kept."""
        return point_positions(self.points, self.section_offsets, checked_float_type(dtype, "dtype"))

    def locate(self, section: npt.ArrayLike, position: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """World coordinates of sites.

        Parameters
        ----------
        section : (n,) int
            Section of each site.
        position : (n,) float
            Position along the section, 0 to 1 of its arc length.

        Returns
        -------
        (n, 3) float64
            µm.

        Raises
        ------
        IndexError
            A section does not exist.
        ValueError
            They are not numbers, or have other shapes.
        """
        return self.located(section, position)[0]

    def diameter_at(self, section: npt.ArrayLike, position: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """(n,) float64 µm: diameters at sites, given as in `locate`; linear between points."""
        return self.located(section, position)[1]

    def located(
        self, section: npt.ArrayLike, position: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Coordinates and diameters of sites: `locate` and `diameter_at` in one call."""
        before, after, fraction = site_neighbours(self.points, self.section_offsets, section, position)
        start, end = self.points[before].astype(np.float64), self.points[after].astype(np.float64)
        thin, thick = self.diameters[before], self.diameters[after].astype(np.float64)
        return start + fraction[:, None] * (end - start), thin + fraction * (thick - thin)

    def bounds(self) -> npt.NDArray[np.float64]:
        """(2, 3) float64: least and greatest corner in µm, radii included."""
        return self._bounds.copy()

    @cached_property
    def _bounds(self) -> npt.NDArray[np.float64]:
        low, high = np.full(3, np.inf), np.full(3, -np.inf)
        for start in range(0, self.n_points, BLOCK_POINTS):
            radii = self.diameters[start : start + BLOCK_POINTS] / 2.0
            for axis in range(3):
                along = self.points[start : start + BLOCK_POINTS, axis]
                low[axis] = min(low[axis], (along - radii).min())
                high[axis] = max(high[axis], (along + radii).max())
        return np.stack([low, high])
