"""Linked cameras: panels that look from one direction, at one scale or at one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..annotations.layout import Layout
from ..camera import Camera
from ..camera_path import CameraPath, with_cameras
from ..scene import Scene


def linked(how: str, items: Sequence[Any], layouts: Sequence[Any]) -> tuple[Any, ...]:
    """What panels show, with fitted cameras that are linked.

    Parameters
    ----------
    how : {"own", "angle", "scale", "view"}
        As `Panels.cameras`.
    items, layouts
        What each panel shows, and its layout. Those that are no scenes stay as they are.
    """
    numbers = [number for number, item in enumerate(items) if isinstance(item, Scene)]
    if how == "own" or len(numbers) < 2:
        return tuple(items)
    first: Scene = items[numbers[0]]
    direction = _oriented(first)
    fitted = {number: _beside(replace(items[number], camera=direction), layouts[number]) for number in numbers}
    if how != "angle":
        fitted = _scaled(fitted, {number: layouts[number].view.size[1] for number in numbers})
    if how == "view":
        fitted = {number: _at(fitted[number], fitted[numbers[0]]) for number in numbers}
    return tuple(
        replace(item, camera=fitted[number]) if number in fitted else item for number, item in enumerate(items)
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


def _scaled(fitted: dict[int, Camera | CameraPath], rows: dict[int, int]) -> dict[int, Camera | CameraPath]:
    """Cameras for which a pixel is as many µm in all panels: as many as the one needs that shows the most.

    ``rows`` are the heights of the panels, pixels.
    """
    pixels = [[(camera.height or 0.0) / rows[number] for camera in _cameras(one)] for number, one in fitted.items()]
    largest = [max(each) for each in zip(*pixels, strict=True)]
    return {
        number: _with(
            one,
            [
                replace(camera, height=pixel * rows[number])
                for camera, pixel in zip(_cameras(one), largest, strict=True)
            ],
        )
        for number, one in fitted.items()
    }


def _at(camera: Camera | CameraPath, first: Camera | CameraPath) -> Camera | CameraPath:
    """A camera that looks at the place that the first one looks at."""
    pairs = zip(_cameras(camera), _cameras(first), strict=True)
    return _with(camera, [replace(one, center=other.center) for one, other in pairs])
