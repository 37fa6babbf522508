"""SeenGroups: which groups of cells a camera sees."""

from __future__ import annotations

import numpy as np

from ...data.derived_morphology import morphology_subset
from ...data.morphology import Morphology
from ...image.image import Size
from ...scene.camera import Camera
from ...scene.scene import Scene
from .circuit_geometry import cell_groups

_MARGIN = 32.0  # pixels around the image, besides the widths of lines and outlines: cells in it are kept


class SeenGroups:
    """The groups of cells of a scene that a camera sees: `scene_geometry` leaves the others out."""

    def __init__(self, scene: Scene, size: Size) -> None:
        self._size, self._margin = size, view_margin(scene)
        whole = scene.morphology
        groups = list(cell_groups(whole))
        parts = [whole] if len(groups) == 1 else [morphology_subset(whole, np.arange(*group)) for group in groups]
        self._boxes = [_box(part) for part in parts]

    def __call__(self, camera: Camera) -> tuple[bool, ...]:
        """Whether a camera sees each of the groups, which count as the boxes around them."""
        return tuple(camera.sees(box, self._size, margin=self._margin) for box in self._boxes)


def _box(morphology: Morphology) -> Morphology:
    """A morphology whose bounds are those of another."""
    return Morphology(
        points=morphology.bounds().astype(np.float32),
        diameters=np.zeros(2, dtype=np.float32),
        section_offsets=np.array([0, 2]),
        section_parent=np.array([-1], dtype=np.int32),
        section_parent_x=np.zeros(1, dtype=np.float32),
        section_labels=("box",),
    )


def view_margin(scene: Scene) -> float:
    """Pixels around the image: a cell whose bounds reach so near is drawn."""
    return _MARGIN + scene.min_width + (scene.highlight.width if scene.highlight else 0.0)
