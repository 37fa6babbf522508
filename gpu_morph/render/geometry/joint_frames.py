"""Joint frames: the direction and the taper that the surface of a neurite has at the ends of segments, for its normals.

A chain of round cones has creases where the taper changes. Normals that follow the axis's direction and the taper, both
averaged over the surroundings of a joint and interpolated from joint to joint, are continuous over the whole surface.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .tube_geometry import TubeGeometry

Floats = npt.NDArray[np.float64]

_REACH = 0.3  # radii, to both sides of a joint: what the averages are taken of
_N_ROUNDS = 6  # of the iteration; the rest of the error is below the noise of 8 bits
_SHARP, _GENTLE = 0.5, 0.8  # cosine of half the turn: up to where a joint is an edge, from where it is smooth
_CONTAINED = 0.999  # taper from which one sphere contains the other


def joint_frames(geometry: TubeGeometry, segments: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Frames at the starts and ends of segments.

    Parameters
    ----------
    geometry : TubeGeometry
        Vertices and segments.
    segments : (n,) int64
        Of these segments.

    Returns
    -------
    (n, 2, 4) float32
        Direction of the axis, as long as the joint is smooth (0 to 1: 0 at free ends, at spheres that contain their
        neighbour and where the neurite turns back); and sine of the angle by which the surface narrows in that
        direction.
    """
    start, end = geometry.start[segments], geometry.end[segments]
    is_needed = np.zeros(int(geometry.section.max(initial=0)) + 1, dtype=bool)
    is_needed[geometry.section[start]] = True
    # A radius below 0 is that of a parent that a section begins beside: no segment ends there.
    vertices = np.flatnonzero(is_needed[geometry.section] & (geometry.radii >= 0))
    is_inner, inner = _inner_frames(
        geometry.positions[vertices].astype(float), geometry.radii[vertices].astype(float), geometry.section[vertices]
    )
    frames = np.zeros((len(segments), 2, 4))
    before, after = geometry.previous[segments], geometry.following[segments]
    for side, joint, (first, last) in ((0, start, (before, end)), (1, end, (start, after))):
        index = np.searchsorted(vertices, joint)
        is_joined = (first != joint) & (last != joint)
        across = is_joined & ~is_inner[index]  # from section to section
        frames[:, side] = np.where((is_joined & is_inner[index])[:, None], inner[index], 0.0)
        frames[across, side] = _frames_of_three(geometry, first[across], joint[across], last[across])
    return frames.astype(np.float32)


def _frames_of_three(
    geometry: TubeGeometry, first: npt.NDArray[np.int32], joint: npt.NDArray[np.int32], last: npt.NDArray[np.int32]
) -> Floats:
    """(n, 4) frames at joints of two segments each."""
    positions, radii = geometry.positions.astype(float), geometry.radii.astype(float)
    steps = positions[joint] - positions[first], positions[last] - positions[joint]
    lengths = [np.linalg.norm(step, axis=1) for step in steps]
    narrowings = radii[first] - radii[joint], radii[joint] - radii[last]
    is_tube = np.logical_and(*(np.abs(n) <= _CONTAINED * length for n, length in zip(narrowings, lengths, strict=True)))
    is_tube &= np.minimum(*lengths) > 0
    divisors = [np.where(is_tube, length, 1.0) for length in lengths]
    directions = sum(step / divisor[:, None] for step, divisor in zip(steps, divisors, strict=True)) / 2
    narrowing = sum(narrowings) / sum(divisors)
    return np.where(is_tube[:, None], _frames(directions, narrowing), 0.0)


def _frames(directions: Floats, sines: Floats) -> Floats:
    """Frames; the shorter an averaged direction, the sharper the turn."""
    length = np.linalg.norm(directions, axis=1)
    fraction = np.clip((length - _SHARP) / (_GENTLE - _SHARP), 0, 1)
    smoothness = fraction * fraction * (3 - 2 * fraction) / np.maximum(length, _SHARP / 2)
    return np.column_stack([directions * smoothness[:, None], sines])


def _inner_frames(
    positions: Floats, radii: Floats, section: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Which vertices lie between two segments of a section that are tubes, and the frames, (n, 4), of these vertices.

    The surface around a vertex is a ring, which lies before or after it along the axis, depending on the taper. The
    taper at a ring is the mean slope of the profile through all rings of the section.
    """
    step = np.linalg.norm(np.diff(positions, axis=0), axis=1)
    narrowing = -np.diff(radii)
    is_tube = (section[1:] == section[:-1]) & (step > 0) & (np.abs(narrowing) <= _CONTAINED * step)
    tube_before, tube_after = np.insert(is_tube, 0, False), np.append(is_tube, False)
    is_inner = tube_before & tube_after
    # One axis for all chains of tubes, with gaps in which no two surfaces meet.
    gap = 1 + 2 * (radii[1:] + radii[:-1])
    along = np.insert(np.cumsum(np.where(is_tube, step, gap)), 0, 0.0)
    length, narrowed = np.where(is_tube, step, 0.0), np.where(is_tube, narrowing, 0.0)
    around = np.append(length, 0.0) + np.insert(length, 0, 0.0)
    sines = (np.append(narrowed, 0.0) + np.insert(narrowed, 0, 0.0)) / np.where(around > 0, around, 1.0)

    numbers = np.arange(len(radii))
    first = np.maximum.accumulate(np.where(tube_before, 0, numbers))
    last = np.minimum.accumulate(np.where(tube_after, len(radii), numbers)[::-1])[::-1]
    ring = np.maximum.accumulate(along + radii * sines)
    ring_radii = radii * np.sqrt(1 - sines**2)
    reach = np.minimum(_REACH * ring_radii, np.minimum(ring - ring[first], ring[last] - ring))
    is_wide = is_inner & (reach > 1e-3 * ring_radii)
    divisor = 2 * np.where(is_wide, reach, 1.0)
    for _ in range(_N_ROUNDS):  # the ring that has the averaged taper is elsewhere
        at = np.clip(along + radii * sines, ring[first] + reach, ring[last] - reach)
        slopes = (np.interp(at - reach, ring, ring_radii) - np.interp(at + reach, ring, ring_radii)) / divisor
        sines = np.where(is_wide, (sines + slopes / np.sqrt(1 + slopes**2)) / 2, sines)

    reach = np.minimum(_REACH * radii, np.minimum(along - along[first], along[last] - along))
    divisor = 2 * np.where(is_inner, np.maximum(reach, 1e-12), 1.0)
    directions = [
        (np.interp(along + reach, along, column) - np.interp(along - reach, along, column)) / divisor
        for column in positions.T
    ]
    return is_inner, _frames(np.stack(directions, axis=1), sines)
