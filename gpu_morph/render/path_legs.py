"""Legs: the parts of a camera's path that are drawn with one geometry each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arc_length import BLOCK_POINTS
from ..data.morphology import Morphology
from ..image.image import Size
from ..scene.camera import Camera
from ..scene.camera_path import CameraPath
from .glow import Glow

_SAMPLES, _MOST_SAMPLES = 24, 480  # cameras between two keyframes, and on the whole path, that stand for all
_STEP = 1 / 16  # of the picture's height: how far the center moves from one sample to the next, of many keyframes
_SAME = 1e-9  # of directions, shifts and slopes, and of the logarithm of heights
_BETWEEN = 0.5  # of the picture's longer side: what may come into view between two samples


@dataclass(frozen=True, eq=False)
class Leg:
    """A part of a path on which pixels differ in size by a factor of two or less, as a `Viewpoint`.

    ``cameras`` are samples of those on the way. ``box`` is the morphology's middle, (3,) µm, and the greatest distance
    from there of what is drawn, µm. ``glow`` is that of all legs, which are equally bright.
    """

    cameras: tuple[Camera, ...]
    box: tuple[npt.NDArray[np.float64], float]
    glow: Glow | None = None

    @property
    def eye_distance(self) -> float:
        """The least `Camera.eye_distance`."""
        return min(camera.eye_distance for camera in self.cameras)

    def eye_distances(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """As `Camera.eye_distances`, of the camera that is nearest to each point."""
        distances = self.cameras[0].eye_distances(points)
        for camera in self.cameras[1:]:
            np.minimum(distances, camera.eye_distances(points), out=distances)
        return distances

    def pixel_sizes(self, points: npt.NDArray[Any], size: Size) -> npt.NDArray[np.float64]:
        """As `Camera.pixel_sizes`, of the camera that sees the smallest pixel at each point."""
        flat = [camera for camera in self.cameras if camera.projection == "orthographic"]
        deep = [camera for camera in self.cameras if camera.projection == "perspective"]
        if flat:  # all have one size everywhere
            deep.append(min(flat, key=lambda camera: camera.pixel_sizes(points[:1], size)[0]))
        sizes = deep[0].pixel_sizes(points, size)
        for camera in deep[1:]:
            np.minimum(sizes, camera.pixel_sizes(points, size), out=sizes)
        return sizes

    def nearest_pixel(self, morphology: Morphology, size: Size) -> float:
        """As `Camera.nearest_pixel`, of the camera that sees the smallest pixels."""
        return min(camera.nearest_pixel(morphology, size) for camera in self.cameras)

    def sees(self, morphology: Morphology, size: Size, *, margin: float = 32.0) -> bool:
        """False if nothing of the morphology comes into view."""
        margin += _BETWEEN * max(size)
        return any(camera.sees(morphology, size, margin=margin) for camera in self.cameras)

    def extent(self, camera: Camera) -> float:
        """A distance from the camera's center, µm, that nothing exceeds; it changes little while a camera moves."""
        middle, radius = self.box
        return radius + float(np.linalg.norm(np.asarray(camera.center) - middle))


class PathLegs:
    """The legs of a path.

    A frame's leg follows from the reading of the path's clock alone, so that frames are the same in all pieces.

    Parameters
    ----------
    path : CameraPath
        Fitted.
    morphology : Morphology
        What is drawn.
    size : (width, height)
        Of what is drawn, pixels.
    """

    def __init__(self, path: CameraPath, morphology: Morphology, size: Size) -> None:
        self._path, self._morphology = path, morphology
        readings = [keyframe.reading for keyframe in path.keyframes]
        if not path.turn:
            readings = [readings[number] for number in _apart(path.cameras)]
        n = max(2, min(_SAMPLES, _MOST_SAMPLES // max(1, len(readings) - 1)))
        between = [np.linspace(a, b, n, endpoint=False) for a, b in pairwise(readings)]
        self._readings = np.concatenate([*between, readings[-1:]])
        cameras = [self._sample(reading) for reading in self._readings.tolist()]
        if n < _SAMPLES:
            some = _apart(cameras)
            self._readings, cameras = self._readings[some], [cameras[number] for number in some]
        pixels = np.array([camera.nearest_pixel(morphology, size) for camera in cameras])
        smaller = np.minimum(pixels[:-1], pixels[1:]) if len(pixels) > 1 else pixels
        octaves = np.floor(np.log2(smaller))
        self._leg = np.concatenate([[0], np.cumsum(np.diff(octaves) != 0)])
        ends = [*np.flatnonzero(np.diff(self._leg, append=-1)).tolist()]
        starts = [0, *(end + 1 for end in ends[:-1])]
        self.legs = [Leg(tuple(cameras[start : end + 2]), self._box) for start, end in zip(starts, ends, strict=True)]

    def at(self, reading: float) -> Leg:
        """The leg of a frame."""
        number = int(np.searchsorted(self._readings, reading, side="right")) - 1
        return self.legs[int(self._leg[min(max(number, 0), len(self._leg) - 1)])]

    def _sample(self, reading: float) -> Camera:
        """The camera at a reading; one that turns from frame to frame sees all around."""
        camera, step = self._path.at(reading), self._path.azim_step
        return replace(camera, azim_step=step) if step else camera

    @cached_property
    def _box(self) -> tuple[npt.NDArray[np.float64], float]:
        morphology = self._morphology
        middle = morphology.bounds().mean(axis=0)
        greatest = 0.0
        for start in range(0, morphology.n_points, BLOCK_POINTS):
            block = slice(start, start + BLOCK_POINTS)
            distances = np.linalg.norm(morphology.points[block] - middle, axis=1) + morphology.diameters[block] / 2
            greatest = max(greatest, float(distances.max(initial=0.0)))
        return middle, greatest


def _apart(cameras: Sequence[Camera]) -> list[int]:
    """Which of a path's cameras stand for all: the first and the last one, and those that are a step farther.

    Two cameras that differ in direction, height, shift or opening angle are a step apart, too; both count.
    """
    heights = np.array([camera.height for camera in cameras], dtype=np.float64)
    views = np.array([(*camera.axes.ravel(), camera.slope, *(camera.shift or (0.0, 0.0))) for camera in cameras])
    shown = np.column_stack([views, np.log(heights)])
    nearest = np.minimum(heights, [camera.eye_distance for camera in cameras])
    centers = np.array([camera.center for camera in cameras], dtype=np.float64)
    steps = np.linalg.norm(np.diff(centers, axis=0), axis=1) / (_STEP * np.minimum(nearest[1:], nearest[:-1]))
    steps[np.abs(np.diff(shown, axis=0)).max(axis=1) > _SAME] = 1.0
    farther = 1 + np.flatnonzero(np.diff(np.floor(np.cumsum([0.0, *steps]))))
    before = np.flatnonzero(steps >= 1.0)
    return sorted({0, *farther.tolist(), *before.tolist(), len(cameras) - 1})
