"""Somata traced as contours, converted to solids.

Neurolucida files, and files converted from them, hold a soma as one closed contour or a stack of them. The solid is
round about the contour's longest axis, and its diameter at each station of the axis is the width of the contour there,
as in NEURON's Import3d. Amira writes a centre line with the soma's diameters in the place of a contour.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .aliases import FloatArray, IntArray
from .inscribed import inscribed

_N_STATIONS = 21
_N_SAMPLES = 200  # per contour, at equal distances: the axes do not depend on where points were traced densely
_MIN_WIDTH = 1e-3  # as a fraction of the length: a narrower contour encloses no area
SPHERE_TOLERANCE = 0.05  # largest deviation from a three-point soma, as a fraction of its radius
_CENTRE_LINE_GAP = 1 / 3  # at least, between the ends of a centre line, as a fraction of its length


def soma_body(contours: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Points and diameters of one soma.

    Parameters
    ----------
    contours : sequence of (n_points, 4) float
        x, y, z and diameter: contours, whose diameters are a pen's, or a centre line with the soma's diameters.

    Returns
    -------
    points : (n, 3) float64
        Those of `soma_solid`. Where it finds no area, or where all contours are centre lines, those of `inscribed`, or
        the first of three points that stand for a sphere.
    diameters : (n,) float64
        Their diameters.
    """
    rows = np.concatenate(contours)
    solid = soma_solid([contour[:, :3] for contour in contours])
    if solid is None or all(_is_centre_line(contour, float(solid[1].max())) for contour in contours):
        if _is_three_point_sphere(rows):
            rows = rows[:1]
        return inscribed(rows[:, :3], rows[:, 3])
    return solid


def _is_three_point_sphere(rows: FloatArray) -> bool:
    """True for a sphere as NeuroMorpho writes it: its centre, and two points opposite to each other on it."""
    if len(rows) != 3:
        return False
    arms, radius = rows[1:, :3] - rows[0, :3], rows[:, 3] / 2
    error = [*(np.linalg.norm(arms, axis=1) - radius[0]), *(radius - radius[0]), np.linalg.norm(arms.sum(axis=0))]
    return bool(radius[0] > 0 and np.abs(error).max() <= SPHERE_TOLERANCE * radius[0])


def _is_centre_line(contour: FloatArray, width: float) -> bool:
    """True where the points run from one end to another, with diameters that cover the ``width`` between them."""
    length = np.linalg.norm(np.diff(contour[:, :3], axis=0), axis=1).sum()
    gap = np.linalg.norm(contour[-1, :3] - contour[0, :3])
    return bool(contour[:, 3].mean() >= width and gap > _CENTRE_LINE_GAP * length)


def soma_numbers(contours: Sequence[FloatArray]) -> IntArray:
    """The soma of each contour, from 0 in their order. Contours that overlap belong to the same soma.

    Two contours overlap where their centres are closer than the sum of their mean radii.

    Parameters
    ----------
    contours : sequence of (n_points, 3 or 4) float
        At least one point each.

    Returns
    -------
    (n_contours,) int64
    """
    centres = np.array([contour[:, :3].mean(axis=0) for contour in contours]).reshape(-1, 3)
    radii = np.array(
        [
            np.linalg.norm(contour[:, :3] - centre, axis=1).mean()
            for contour, centre in zip(contours, centres, strict=True)
        ]
    )
    if not len(contours):
        return np.zeros(0, dtype=np.int64)
    soma = np.full(len(contours), -1)
    along = centres[:, np.ptp(centres, axis=0).argmax()]  # only those that are near on this axis can overlap
    order = np.argsort(along)
    reach = radii + radii.max()
    begin = np.searchsorted(along[order], along - reach).tolist()
    end = np.searchsorted(along[order], along + reach, side="right").tolist()
    n_somata = 0
    for first in range(len(contours)):
        if soma[first] < 0:
            soma[first] = n_somata
            waiting = [first]
            while waiting:
                one = waiting.pop()
                others = order[begin[one] : end[one]]
                others = others[soma[others] < 0]
                distances = np.linalg.norm(centres[others] - centres[one], axis=1)
                near = others[distances < radii[others] + radii[one]]
                soma[near] = n_somata
                waiting += near.tolist()
            n_somata += 1
    return soma


def soma_solid(contours: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray] | None:
    """Discs along the longest axis of one soma.

    Parameters
    ----------
    contours : sequence of (n_points, 3) float
        Closed contours: the last point is connected to the first.

    Returns
    -------
    centres : (n, 3) float64
        Centres of the discs, in the unit of the contours.
    diameters : (n,) float64
        Their diameters, smaller where a sphere would reach beyond the ends, see `inscribed`. None in place of both
        where the contours enclose no area (points, a line).
    """
    loops = [contour for contour in contours if len(contour) > 2]
    if not loops:
        return None
    samples = np.concatenate([_resampled(loop) for loop in loops])
    centre = samples.mean(axis=0)
    long, wide = np.linalg.svd(samples - centre, full_matrices=False)[2][:2]
    long = long * np.sign(long[np.abs(long).argmax()])  # the SVD's sign depends on the machine
    along = [(loop - centre) @ long for loop in loops]
    stations = np.linspace(np.concatenate(along).min(), np.concatenate(along).max(), _N_STATIONS)
    extents = [_extent(stations, a, (loop - centre) @ wide) for a, loop in zip(along, loops, strict=True)]
    diameters = np.max([high for _, high in extents], axis=0) - np.min([low for low, _ in extents], axis=0)
    is_crossed = np.isfinite(diameters)  # contours of a stack may have a gap between them
    stations, diameters = stations[is_crossed], diameters[is_crossed]
    if not len(diameters) or not diameters.max() > _MIN_WIDTH * (stations[-1] - stations[0]):
        return None
    return inscribed(centre + stations[:, None] * long, diameters)


def _resampled(contour: FloatArray) -> FloatArray:
    """(_N_SAMPLES, 3): points of the closed contour at equal distances."""
    closed = np.concatenate([contour, contour[:1]])
    arc_length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    wanted = (np.arange(_N_SAMPLES) + 0.5) / _N_SAMPLES * arc_length[-1]
    return np.stack([np.interp(wanted, arc_length, column) for column in closed.T], axis=1)


def _extent(stations: FloatArray, along: FloatArray, across: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least and greatest ``across`` of a closed polygon at each station; inf and -inf where none of its edges is."""
    step = np.append(along[1:], along[0]) - along
    fraction = np.full((len(stations), len(along)), np.nan)  # along each edge
    np.divide(stations[:, None] - along, step, out=fraction, where=step != 0)
    # Edges across the axis have no fraction: the ends of their neighbours give the same extent.
    is_crossing = (fraction >= -1e-9) & (fraction <= 1 + 1e-9)
    crossing = across + np.where(is_crossing, fraction, 0) * (np.append(across[1:], across[0]) - across)
    return np.where(is_crossing, crossing, np.inf).min(axis=1), np.where(is_crossing, crossing, -np.inf).max(axis=1)
