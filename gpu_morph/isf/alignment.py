"""Alignment: how the drawn cell lies relative to the cell that was given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..data.apical_trunk import aligned_trunk
from ..data.morphology import Morphology
from ..system.user_warning import warn_user


@dataclass(frozen=True)
class Alignment:
    """A rotation about an origin; the default changes nothing.

    Parameters
    ----------
    rotation : (3, 3) float64
    origin : (3,) float64
        µm, in the coordinates of the cell that was given.
    """

    rotation: npt.NDArray[np.float64] = field(default_factory=lambda: np.eye(3))
    origin: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))

    def apply(self, points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The points (n, 3) µm in the coordinates of the drawn cell."""
        return ((points - self.origin) @ self.rotation.T).astype(np.float32)


def upright(morphology: Morphology) -> tuple[Morphology, Alignment]:
    """The cell with its apical trunk along +z and its soma at the origin, and how it was moved.

    A cell without an apical trunk is returned unchanged, with a warning.
    """
    aligned = aligned_trunk(morphology)
    if aligned is None:
        warn_user("the cell has no apical trunk to align, so it stays as it is: align_trunk=False avoids this warning")
        return morphology, Alignment()
    return aligned.morphology, Alignment(aligned.rotation, aligned.origin)
