"""Morphology: sections of points with diameters, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError
from .arrays import FrozenArrays, frozen_array, read_only

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

_BLOCK = 1 << 16  # points that are looked at together: what is worked out of millions stays small beside them


@dataclass(frozen=True, eq=False)
class Morphology(FrozenArrays):
    """Sections of points; a circuit is a Morphology with many roots.

    Parameters
    ----------
    points : (n_points, 3) float32
        Positions, µm.
    diameters : (n_points,) float32
        Diameters, µm.
    section_offsets : (n_sections + 1,) int64
        Section ``s`` has the points ``points[section_offsets[s]:section_offsets[s + 1]]``, at least
        one each. A section of a single point is a sphere.
    section_parent : (n_sections,) int32
        Index of the parent section, -1 for a root.
    section_parent_x : (n_sections,) float32
        Where on the parent it is attached, 0 to 1 of the parent's arc length; ignored for roots.
    section_labels : tuple of str
        "soma", "axon", "dend", "apic", or the source's own words.
    section_cell : (n_sections,) int32
        Which cell of a circuit a section belongs to; all zero unless given.

    Raises
    ------
    MorphologyError
        Shapes that do not fit, coordinates that are not finite, negative diameters, parents that
        do not exist or form a cycle.
    """

    points: FloatArray
    diameters: FloatArray
    section_offsets: IntArray
    section_parent: npt.NDArray[np.int32]
    section_parent_x: FloatArray
    section_labels: tuple[str, ...]
    section_cell: npt.NDArray[np.int32] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        dtypes = {
            "points": np.float32,
            "diameters": np.float32,
            "section_offsets": np.int64,
            "section_parent": np.int32,
            "section_parent_x": np.float32,
        }
        for name, dtype in dtypes.items():
            array = frozen_array(getattr(self, name), dtype, name=name, error=MorphologyError)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "section_labels", tuple(str(s) for s in self.section_labels))
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
            # By now everyone's ancestor lies on the cycle, also that of a branch which only hangs on it.
            raise MorphologyError(f"section_parent has a cycle through section {ancestor[(ancestor >= 0).argmax()]}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Morphology):
            return NotImplemented
        return self.section_labels == other.section_labels and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in (
                "points",
                "diameters",
                "section_offsets",
                "section_parent",
                "section_parent_x",
                "section_cell",
            )
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Morphology(n_points={self.n_points}, n_sections={self.n_sections}, n_cells={self.n_cells})"

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
        lengths = np.empty(self.n_points)
        for first, end in self._blocks():
            points = slice(self.section_offsets[first], self.section_offsets[end])
            lengths[points] = _arc_lengths(self.points[points], self.section_offsets[first : end + 1])
        return read_only(lengths)

    @cached_property
    def section_length(self) -> npt.NDArray[np.float64]:
        """(n_sections,) float64: arc length of each section, µm."""
        lengths = np.empty(self.n_sections)
        for first, end in self._blocks():
            offsets = self.section_offsets[first : end + 1]
            lengths[first:end] = _arc_lengths(self.points[offsets[0] : offsets[-1]], offsets)[
                offsets[1:] - offsets[0] - 1
            ]
        return read_only(lengths)

    @cached_property
    def point_position(self) -> npt.NDArray[np.float64]:
        """(n_points,) float64: relative arc length of each point in its section, 0 to 1.

        A section of zero length has all its points at 0.5: its middle.
        """
        return read_only(self.positions_along(np.float64))

    def positions_along(self, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """(n_points,): `point_position` in a type of its own, which is not kept."""
        position = np.full(self.n_points, 0.5, dtype=dtype)
        for first, end in self._blocks():
            offsets = self.section_offsets[first : end + 1]
            points = slice(offsets[0], offsets[-1])
            arc = _arc_lengths(self.points[points], offsets)
            length = np.repeat(arc[offsets[1:] - offsets[0] - 1], np.diff(offsets))
            np.divide(arc, length, out=position[points], where=length > 0, casting="same_kind")
        return position

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Sections that are looked at together: the first, and the one after the last."""
        return _blocks(np.diff(self.section_offsets))

    def locate(self, section: npt.ArrayLike, position: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """World positions of places given by section and relative arc length.

        Parameters
        ----------
        section : (n,) int
            Section indices.
        position : (n,) float
            Relative arc length, 0 to 1.

        Returns
        -------
        (n, 3) float64
            µm.
        """
        return self.located(section, position)[0]

    def diameter_at(self, section: npt.ArrayLike, position: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """(n,) float64 µm: diameters at places given as in `locate`, linear between points."""
        return self.located(section, position)[1]

    def located(
        self, section: npt.ArrayLike, position: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """What `locate` and `diameter_at` give."""
        before, after, weight = self._neighbours(section, position)
        start, end = self.points[before].astype(np.float64), self.points[after].astype(np.float64)
        thin, thick = self.diameters[before], self.diameters[after].astype(np.float64)
        return start + weight[:, None] * (end - start), thin + weight * (thick - thin)

    def _neighbours(
        self, section: npt.ArrayLike, position: npt.ArrayLike
    ) -> tuple[IntArray, IntArray, npt.NDArray[np.float64]]:
        """For each place the points before and after it, and the share of the latter."""
        section = np.atleast_1d(np.asarray(section, dtype=np.int64))
        position = np.clip(np.broadcast_to(np.asarray(position, dtype=np.float64), section.shape), 0, 1)
        before, after, share = np.empty_like(section), np.empty_like(section), np.empty(len(section))
        order = np.argsort(section, kind="stable")
        wanted, starts = np.unique(section[order], return_index=True)
        if len(wanted) and not (0 <= wanted[0] and wanted[-1] < self.n_sections):
            raise IndexError(f"there are sections 0 to {self.n_sections - 1}, got {wanted[0]} to {wanted[-1]}")
        sizes = np.diff(self.section_offsets)[wanted]
        ends = np.append(starts, len(section))
        for first, end in _blocks(sizes):
            places = order[ends[first] : ends[end]]
            number = np.repeat(np.arange(end - first), np.diff(ends[first : end + 1]))
            here = self._neighbours_in(wanted[first:end], sizes[first:end], number, position[places])
            before[places], after[places], share[places] = here
        return before, after, share

    def _neighbours_in(
        self, sections: IntArray, sizes: IntArray, number: IntArray, position: npt.NDArray[np.float64]
    ) -> tuple[IntArray, IntArray, npt.NDArray[np.float64]]:
        """The same for places in a few sections: ``number`` says in which of these each is."""
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        elsewhere = self.section_offsets[sections] - offsets[:-1]  # from here to all points
        point_section = np.repeat(np.arange(len(sections)), sizes)
        arc = _arc_lengths(self.points[np.arange(offsets[-1]) + elsewhere[point_section]], offsets)
        length = arc[offsets[1:] - 1][point_section]
        along = np.full(len(arc), 0.5)
        np.divide(arc, length, out=along, where=length > 0)
        # One sorted key over all sections: section + relative arc length.
        first, last = offsets[:-1][number], offsets[1:][number] - 1
        key = point_section + np.clip(along, 0, 1) * (1 - 1e-9)
        after = np.searchsorted(key, number + position * (1 - 1e-9), side="left")
        after = np.clip(after, np.minimum(first + 1, last), last)
        before = np.maximum(after - 1, first)
        gap = along[after] - along[before]
        share = np.divide(position - along[before], gap, out=np.zeros(len(number)), where=gap > 0)
        return before + elsewhere[number], after + elsewhere[number], np.clip(share, 0, 1)

    def bounds(self) -> npt.NDArray[np.float64]:
        """(2, 3) float64: least and greatest corner in µm, radii included."""
        low, high = np.full(3, np.inf), np.full(3, -np.inf)
        for start in range(0, self.n_points, _BLOCK):
            radii = self.diameters[start : start + _BLOCK] / 2.0
            for axis in range(3):
                along = self.points[start : start + _BLOCK, axis]
                low[axis] = min(low[axis], (along - radii).min())
                high[axis] = max(high[axis], (along + radii).max())
        return np.stack([low, high])


def _arc_lengths(points: FloatArray, offsets: IntArray) -> npt.NDArray[np.float64]:
    """(n_points,) float64 µm: from the first point of each section on; ``offsets`` as in Morphology, from anywhere."""
    vectors = np.diff(points.astype(np.float64), axis=0, prepend=points[:1])
    steps = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))  # several times as fast as np.linalg.norm
    starts = offsets[:-1] - offsets[0]
    steps[starts] = 0.0
    total: npt.NDArray[np.float64] = np.cumsum(steps)
    total -= np.repeat(total[starts], np.diff(offsets))
    return total


def _blocks(sizes: IntArray) -> Iterator[tuple[int, int]]:
    """Cut a row of sections of so many points: the first of each block, and the one after its last."""
    ends, first = np.cumsum(sizes), 0
    while first < len(sizes):
        before = int(ends[first - 1]) if first else 0
        end = max(first + 1, int(np.searchsorted(ends, before + _BLOCK, side="right")))
        yield first, end
        first = end
