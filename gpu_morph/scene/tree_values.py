"""Values of points that follow from the tree of sections, for colours."""

from __future__ import annotations

import numpy as np

from ..data.morphology import Morphology
from ..data.tree_measures import branch_orders, path_distances, strahler_orders
from ..system.arguments import check_type
from .point_values import PointValues


def distance_to_soma(morphology: Morphology) -> PointValues:
    """The distance of each point from the soma along neurites, µm; 0 in somata. Without a soma, from the root's start.

    Parameters
    ----------
    morphology : Morphology
        A cell or a circuit.

    Returns
    -------
    PointValues
        µm, for ``Scene(color=...)``.

    Examples
    --------
    >>> cell, *_ = gm.demo_cell()
    >>> scene = gm.Scene(cell, color=gm.distance_to_soma(cell), annotations=[gm.ColorBar()])
    """
    check_type(morphology, Morphology, "morphology")
    start = path_distances(morphology)[morphology.point_section]
    distance = np.where(np.isnan(start), 0.0, start + morphology.point_arc_length)
    return PointValues(distance.astype(np.float32), name="Distance to soma", unit="µm")


def branch_order(morphology: Morphology) -> PointValues:
    """How many forks lie between the soma and each point; 0 for neurites that leave the soma, NaN for somata.

    Parameters
    ----------
    morphology : Morphology
        A cell or a circuit. A section without siblings at its parent's end continues its parent.

    Returns
    -------
    PointValues
        For ``Scene(color=...)``.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> scene = gm.Scene(morphology, color=gm.branch_order(morphology), annotations=(gm.ColorBar(),))
    """
    check_type(morphology, Morphology, "morphology")
    orders = branch_orders(morphology).astype(np.float32)
    return PointValues(orders[morphology.point_section], name="Branch order")


def strahler_order(morphology: Morphology) -> PointValues:
    """Strahler's order of each point: 1 for tips, one more where two neurites of the same order meet; NaN for somata.

    Parameters
    ----------
    morphology : Morphology
        A cell or a circuit.

    Returns
    -------
    PointValues
        For ``Scene(color=...)``.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> scene = gm.Scene(morphology, color=gm.strahler_order(morphology), annotations=(gm.ColorBar(),))
    """
    check_type(morphology, Morphology, "morphology")
    orders = strahler_orders(morphology).astype(np.float32)
    return PointValues(orders[morphology.point_section], name="Strahler order")
