"""Coordinates in tables: columns are found by their names."""

from __future__ import annotations

from typing import Any

import numpy as np

from .quantities import name_and_unit, unit_factor


def in_xyz_order(points: Any) -> Any:
    """(n, 3) of a table with columns x, y and z, in any order and beside others; anything else as it is.

    Parameters
    ----------
    points : object
        A table of pandas or polars, whose columns may also be called "x_um", "Y [mm]" and the like, or anything else.

    Returns
    -------
    (n, 3) array, or ``points``
        µm, if the names have units.
    """
    if not hasattr(points, "columns") or not hasattr(points, "to_numpy"):
        return points
    found: dict[str, tuple[Any, float]] = {}
    for name in points.columns:
        word, unit = name_and_unit(name)
        if (axis := word.strip().lower()) in ("x", "y", "z"):
            if axis in found:  # it is not clear which
                return points
            found[axis] = name, (1.0 if unit is None else unit_factor(unit, "µm")) or 1.0
    if len(found) < 3:
        return points
    columns = (found[axis] for axis in "xyz")
    return np.stack([points[name].to_numpy() * factor for name, factor in columns], axis=1)
