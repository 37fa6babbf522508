"""Extent: how far a morphology with its diameters reaches in given directions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..data.morphology_links import linked_sections

_BLOCK, _MOST_BLOCKS = 256, 4096  # points of a block, which are near each other; blocks
_Spheres = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


class Extent:
    """The spheres around all points, and around the sites where sections are linked to a parent's centre.

    Parameters
    ----------
    morphology : Morphology
        What reaches somewhere.
    others : (n, 3) float64
        Further points, µm.

    Attributes
    ----------
    origin : (3,) float64
        µm; the middle of the box around them.
    """

    def __init__(self, morphology: Morphology, others: npt.NDArray[np.float64]) -> None:
        self._points, self._diameters = morphology.points, morphology.diameters
        linked = linked_sections(morphology)  # their first segments begin at parents, not at a point of their own
        links = morphology.locate(morphology.section_parent[linked], morphology.section_parent_x[linked])
        link_radii = morphology.diameters[morphology.section_offsets[linked]].astype(np.float64) / 2
        self._links = np.concatenate([links, others])
        self._link_radii = np.concatenate([link_radii, np.zeros(len(others))])
        self._block_length = max(_BLOCK, morphology.n_points // _MOST_BLOCKS)
        starts = np.arange(0, morphology.n_points, self._block_length)
        low, high, radii = (
            np.minimum.reduceat(self._points, starts),
            np.maximum.reduceat(self._points, starts),
            np.maximum.reduceat(self._diameters, starts) / 2,
        )
        if len(self._links):
            low = np.concatenate([low, self._links.min(axis=0, keepdims=True)])
            high = np.concatenate([high, self._links.max(axis=0, keepdims=True)])
            radii = np.append(radii, self._link_radii.max())
        self._radii = radii.astype(np.float64)
        self.origin = ((low - radii[:, None]).min(axis=0) + (high + radii[:, None]).max(axis=0)).astype(np.float64) / 2
        self._middles, self._halves = (low + high) / 2.0 - self.origin, (high - low) / 2.0

    def _block(self, number: int) -> _Spheres:
        """Centers and radii of consecutive points; those of links, and other points, are last."""
        start = number * self._block_length
        if start >= len(self._points):
            return self._links, self._link_radii
        some = slice(start, start + self._block_length)
        return self._points[some].astype(np.float64), self._diameters[some].astype(np.float64) / 2

    def reach(self, directions: npt.NDArray[np.float64], stretch: float = 1.0) -> npt.NDArray[np.float64]:
        """How far it reaches from ``origin`` along each direction.

        Parameters
        ----------
        directions : (n, 3) float64
            Of any length.
        stretch : float
            Factor of radii: the length of the directions, for the true distance of tangential planes.

        Returns
        -------
        (n,) float64
            The greatest ``direction @ point + stretch * radius``, µm.
        """
        # No point of a block reaches farther than the box around the block does. Large circuits have few blocks at
        # their surface; the others are left out.
        most = self._middles @ directions.T + self._halves @ np.abs(directions).T + stretch * self._radii[:, None]
        reached = np.full(len(directions), -np.inf)
        for number in np.argsort(-most.max(axis=1), kind="stable").tolist():
            near = np.flatnonzero(most[number] > reached)
            if len(near):
                centers, radii = self._block(number)
                along = (centers - self.origin).astype(np.float32) @ directions[near].T.astype(np.float32)
                along += np.float32(stretch) * radii[:, None].astype(np.float32)
                reached[near] = np.maximum(reached[near], along.max(axis=0))
        return reached
