"""Linked cameras: panels that look from one direction, at one scale or at one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...errors import SceneError
from ..annotations.layout import Layout
from ..camera import Camera
from ..camera_path import CameraPath, with_cameras
from ..scene import Scene


def linked(how: str, scenes: Sequence[Scene], layouts: Sequence[Layout]) -> tuple[Scene, ...]:
    """Scenes with fitted cameras that are linked.

    Parameters
    ----------
    how : {"angle", "scale", "view"}
        As `Panels.cameras`.
    scenes, layouts
        What panels show, row by row, and the layout of each.

    Raises
    ------
    SceneError
        The path that all follow is fitted to sections that a cell does not have.
    """
    if len(scenes) < 2:
        return tuple(scenes)
    direction = _oriented(scenes[0])
    _check_sections(how, direction, scenes)
    fitted = [_beside(replace(scene, camera=direction), layout) for scene, layout in zip(scenes, layouts, strict=True)]
    if how != "angle":
        fitted = _scaled(fitted, [layout.view.size[1] for layout in layouts])
    if how == "view":
        fitted = [_at(one, fitted[0]) for one in fitted]
    fps = scenes[0].fps  # of a film, where the path of the first scene's camera goes by its seconds
    return tuple(
        replace(scene, camera=camera, fps=scene.fps if fps is None else fps)
        for scene, camera in zip(scenes, fitted, strict=True)
    )


def _check_sections(how: str, camera: Camera | CameraPath, scenes: Sequence[Scene]) -> None:
    keyframes = () if isinstance(camera, Camera) else camera.keyframes
    largest = max((section for keyframe in keyframes for section in keyframe.sections or ()), default=-1)
    for number, scene in enumerate(scenes[1:], start=2):
        if largest >= scene.morphology.n_sections > 0 and scenes[0].morphology.n_sections > largest:
            raise SceneError(
                f"cameras={how!r}: all panels follow the path of the first scene's camera, one of whose keyframes is "
                f"fitted to section {largest}, but the cell of scene {number} of the panels has sections 0 to "
                f"{scene.morphology.n_sections - 1}: give that keyframe's camera center and height in place of "
                "sections, or each scene its own camera and cameras='own'"
            )


def _oriented(scene: Scene) -> Camera | CameraPath:
    return scene.camera.oriented(scene.morphology)


def _beside(scene: Scene, layout: Layout) -> Camera | CameraPath:
    return scene.camera_beside(layout)


def _cameras(camera: Camera | CameraPath) -> tuple[Camera, ...]:
    return (camera,) if isinstance(camera, Camera) else camera.cameras


def _with(camera: Camera | CameraPath, cameras: Sequence[Camera]) -> Camera | CameraPath:
    """A camera, or a path with other cameras in its keyframes."""
    if isinstance(camera, Camera):
        return cameras[0]
    left = iter(cameras)
    return with_cameras(camera, lambda _: next(left))


def _scaled(fitted: Sequence[Camera | CameraPath], rows: Sequence[int]) -> list[Camera | CameraPath]:
    """Cameras for which a pixel is as many µm in all panels: as many as the one needs that shows the most.

    ``rows`` are the heights of the panels, pixels.
    """
    pixels = [
        [(camera.height or 0.0) / height for camera in _cameras(one)] for one, height in zip(fitted, rows, strict=True)
    ]
    largest = [max(each) for each in zip(*pixels, strict=True)]
    return [
        _with(
            one,
            [replace(camera, height=pixel * height) for camera, pixel in zip(_cameras(one), largest, strict=True)],
        )
        for one, height in zip(fitted, rows, strict=True)
    ]


def _at(camera: Camera | CameraPath, first: Camera | CameraPath) -> Camera | CameraPath:
    """A camera that looks at the place that the first one looks at."""
    pairs = zip(_cameras(camera), _cameras(first), strict=True)
    return _with(camera, [replace(one, center=other.center) for one, other in pairs])
