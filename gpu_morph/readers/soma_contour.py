"""A soma traced as its outline, as the solid that the outline shows.

Neurolucida files, and the HDF5 files made of them, hold the soma as a closed contour or a stack of them. The
solid is round about the contour's longest axis and as wide as the contour there, as NEURON's Import3D tool has it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .sections import FloatArray

_N_STATIONS = 21
_N_SAMPLES = 200  # around a contour, so that points placed unevenly do not turn its axes
_FLAT = 1e-3  # of the length: narrower than that, a contour encloses nothing


def solid_of(contours: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray] | None:
    """Centres (n, 3) and diameters (n,) of discs along the longest axis of one soma.

    Parameters
    ----------
    contours : sequence of (n_points, 3) float
        Each closed: its last point is linked to its first.

    Returns
    -------
    tuple or None
        None where the contours enclose no area: a point, a line.
    """
    loops = [contour for contour in contours if len(contour) > 2]
    if not loops:
        return None
    samples = np.concatenate([_evenly(loop) for loop in loops])
    centre = samples.mean(axis=0)
    long, wide = np.linalg.svd(samples - centre, full_matrices=False)[2][:2]
    long = long * np.sign(long[np.abs(long).argmax()])  # either sign is right: take the same on every machine
    along = [(loop - centre) @ long for loop in loops]
    stations = np.linspace(np.concatenate(along).min(), np.concatenate(along).max(), _N_STATIONS)
    sides = [_sides(stations, a, (loop - centre) @ wide) for a, loop in zip(along, loops, strict=True)]
    diameters = np.max([high for _, high in sides], axis=0) - np.min([low for low, _ in sides], axis=0)
    is_met = np.isfinite(diameters)  # contours of a stack may lie side by side, with a gap
    stations, diameters = stations[is_met], diameters[is_met]
    if not diameters.max() > _FLAT * (stations[-1] - stations[0]):
        return None
    return centre + stations[:, None] * long, diameters


def _evenly(contour: FloatArray) -> FloatArray:
    """The closed contour at even distances."""
    closed = np.concatenate([contour, contour[:1]])
    travelled = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    places = (np.arange(_N_SAMPLES) + 0.5) / _N_SAMPLES * travelled[-1]
    return np.stack([np.interp(places, travelled, column) for column in closed.T], axis=1)


def _sides(stations: FloatArray, along: FloatArray, across: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least and greatest ``across`` of a closed polygon at each station; inf and -inf where it is not met."""
    step = np.roll(along, -1) - along
    share = np.full((len(stations), len(along)), np.nan)
    np.divide(stations[:, None] - along, step, out=share, where=step != 0)
    # Edges parallel to the stations are left out: their neighbours' ends meet them.
    meets = (share >= -1e-9) & (share <= 1 + 1e-9)
    crossing = across + np.nan_to_num(share) * (np.roll(across, -1) - across)
    return np.where(meets, crossing, np.inf).min(axis=1), np.where(meets, crossing, -np.inf).max(axis=1)
