"""PointValues: a value for each point of the morphology."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..data.arrays import FrozenArrays, frozen_array, read_only
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import SceneError, brief


@dataclass(frozen=True, eq=False)
class PointValues(FrozenArrays):
    """A constant value for each point of the morphology: distance to the soma, density of a channel.

    Parameters
    ----------
    values : (n_points,) float32
        In the order of ``morphology.points``; NaN, or a mask, for missing values.
    name, unit : str
        Of the quantity, for the colour bar.

    Examples
    --------
    Distances to the first point, along a straight line:

    >>> morphology, _ = gm.demo_cell()
    >>> distances = np.linalg.norm(morphology.points - morphology.points[0], axis=1)
    >>> values = gm.PointValues(distances, name="distance", unit="µm")
    >>> scene = gm.Scene(morphology, color=values, annotations=(gm.ColorBar(),))
    """

    values: npt.NDArray[np.float32]
    name: str = field(default="", kw_only=True)
    unit: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        for name in ("name", "unit"):
            if not isinstance(getattr(self, name), str):
                raise SceneError(f"{name} must be a str, got {brief(getattr(self, name))}")
        values = frozen_array(self.values, np.float32, name="values", error=SceneError, unit=self.unit)
        if values.ndim != 1:
            raise SceneError(f"values must be one per point, (n_points,), got shape {values.shape}")
        object.__setattr__(self, "values", values)


def point_recording(given: PointValues, morphology: Morphology) -> Recording:
    """Values of points as a recording with one time and a compartment at each point.

    Raises
    ------
    SceneError
        Not one value per point.
    """
    if given.values.shape != (morphology.n_points,):
        raise SceneError(
            f"PointValues must hold one value for each of the morphology's {morphology.n_points} points, "
            f"got {len(given.values)}"
        )
    return Recording(
        [0.0],  # type: ignore[arg-type]
        given.values[np.newaxis],
        section=morphology.point_section,
        position=read_only(morphology.positions_along(np.float32)),
        name=given.name,
        unit=given.unit,
    )
