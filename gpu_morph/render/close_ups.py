"""Close-ups of a scene: what its insets show."""

from __future__ import annotations

from dataclasses import replace

from ..scene.annotations.inset import Inset
from ..scene.annotations.layout import Layout
from ..scene.camera import Box
from ..scene.scene import Scene


def close_ups(scene: Scene, layout: Layout) -> list[tuple[Box, Scene]]:
    """The box and the scene of each close-up; ``layout`` is that of the scene."""
    camera, found = None, []
    for annotation, box in zip(scene.annotations, layout.boxes, strict=True):
        if not isinstance(annotation, Inset):
            continue
        camera = camera or scene.camera_beside(layout)
        near = annotation.close_up(camera, scene.morphology)
        found.append((annotation.picture_box(layout.view, box), replace(scene, camera=near, annotations=())))
    return found
