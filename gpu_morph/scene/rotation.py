"""Rotations between two orientations of a camera."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
_HALF_TURN = 1e-6  # radians from half a turn, where the axis follows from the symmetric part


def turned_between(first: Matrix, second: Matrix, fraction: float) -> Matrix:
    """(3, 3): the orientation at a fraction of the shortest rotation from one to another.

    The same as spherical linear interpolation of unit quaternions (Shoemake 1985).

    Parameters
    ----------
    first, second : (3, 3) float64
        Unit vectors to the right, upwards and towards the viewer, one in each row.
    fraction : float
        0 to 1.
    """
    rotation = second.T @ first
    axis, angle = _axis_angle(rotation)
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    part = np.sin(fraction * angle) * cross + (1 - np.cos(fraction * angle)) * cross @ cross + np.eye(3)
    turned: Matrix = first @ part.T
    return turned


def _axis_angle(rotation: Matrix) -> tuple[Matrix, float]:
    """The unit vector of the axis, and the angle from 0 to pi."""
    twice = np.array(
        [rotation[2, 1] - rotation[1, 2], rotation[0, 2] - rotation[2, 0], rotation[1, 0] - rotation[0, 1]]
    )
    sine, cosine = float(np.linalg.norm(twice)) / 2, (float(np.trace(rotation)) - 1) / 2
    angle = float(np.arctan2(sine, cosine))
    if angle < np.pi - _HALF_TURN:
        return twice / max(2 * sine, 1e-300), angle
    columns = rotation + np.eye(3)
    axis = columns[:, int(np.argmax(np.diag(columns)))]
    axis = axis / np.linalg.norm(axis)
    return (axis if axis @ twice >= 0 else -axis), angle
