"""Cameras beside annotations: those that are fitted show the cell where no annotation is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..data.derived_morphology import morphology_subset
from ..data.morphology import Morphology
from .annotations.base import Annotation
from .annotations.layout import Layout
from .camera import Camera
from .camera_path import CameraPath, Keyframe, with_cameras
from .extent import Extent
from .path_room import with_room


def fitted_beside(
    layout: Layout,
    camera: Camera | CameraPath,
    morphology: Morphology,
    *,
    annotations: Sequence[Annotation],
    points: Callable[[], Sequence[Any]],
) -> Camera | CameraPath:
    """An oriented camera with a center, height and shift that keep the cell clear of annotations.

    Parameters
    ----------
    layout : Layout
        Where annotations stand.
    camera : Camera or CameraPath
        Oriented; of a path, all its cameras are fitted.
    morphology : Morphology
        What has to fit.
    annotations : sequence of Annotation
        Their points have to fit besides.
    points : callable
        Gives other points that have to fit, each (3,) float, µm; it is called when they are needed.
    """
    if isinstance(camera, Camera):
        return _beside(layout, camera, morphology, annotations=annotations, points=points)
    path = camera

    def beside(keyframe: Keyframe) -> Camera:
        turning = path.turning(keyframe.camera)
        if keyframe.sections is None:
            fitted = _beside(layout, turning, morphology, annotations=annotations, points=points)
        else:
            part = morphology_subset(morphology, np.array(keyframe.sections))
            fitted = turning.fitted(part, layout.view.size, layout.areas)
        return replace(fitted, azim_step=keyframe.camera.azim_step, turn=keyframe.camera.turn)

    def extent(sections: tuple[int, ...] | None) -> Extent:
        if sections is None:
            return Extent(morphology, np.array(points()).reshape(-1, 3))
        return Extent(morphology_subset(morphology, np.array(sections)), np.empty((0, 3)))

    return with_room(path, with_cameras(path, beside), extent, layout.view.size)


def _beside(
    layout: Layout,
    camera: Camera,
    morphology: Morphology,
    *,
    annotations: Sequence[Annotation],
    points: Callable[[], Sequence[Any]],
) -> Camera:
    size = layout.view.size
    fitted = camera.fitted(morphology, size, layout.areas)
    if camera.center is not None and camera.height is not None:
        return fitted
    besides = [point for item in annotations for point in item.points(replace(layout.view, camera=fitted))]
    besides += points()
    return camera.fitted(morphology, size, layout.areas, points=besides) if besides else fitted


def may_overlap(camera: Camera | CameraPath) -> bool:
    """True when the cell may lie behind annotations, as one that is enlarged or moved."""
    if isinstance(camera, Camera):
        return camera.height is not None or camera.zoom > 1
    return any(map(may_overlap, camera.cameras)) or any(one.sections is not None for one in camera.keyframes)
