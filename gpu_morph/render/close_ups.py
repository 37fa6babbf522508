"""Close-ups of a scene: what its insets show."""

from __future__ import annotations

from dataclasses import replace

from ..scene.annotations.inset import Inset
from ..scene.annotations.layout import Layout
from ..scene.camera import Box
from ..scene.panels.panels import Panels
from ..scene.panels.panels_layout import PanelsLayout
from ..scene.panels.shown import under_cards
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


def covered_close_ups(scene: Scene, layout: Layout) -> tuple[Panels, PanelsLayout]:
    """A scene as panels whose title cards and fades cover its close-ups; ``layout`` is that of the scene."""
    pairs = list(zip(scene.annotations, layout.boxes, strict=True))
    cards = tuple(box for annotation, box in pairs if annotation.rank > 0)
    own = tuple(box for annotation, box in pairs if annotation.rank <= 0)
    whole, part = replace(layout, boxes=cards), replace(layout, boxes=own)
    return under_cards(scene), PanelsLayout(whole, (Box(0, 0, *layout.view.size),), (part,))
