"""SeenGroups: which groups of cells a camera sees."""

from __future__ import annotations

from ...image.image import Size
from ...scene.camera import Camera
from ...scene.scene import Scene
from .cell_groups import CellGroups

_MARGIN = 32.0  # pixels around the image, besides the widths of lines and outlines: cells in it are kept


class SeenGroups:
    """The groups of cells of a scene that a camera sees: `scene_geometry` leaves the others out."""

    def __init__(self, scene: Scene, size: Size) -> None:
        self._size, self._margin = size, view_margin(scene)
        self._boxes = [group.box for group in CellGroups(scene.morphology)]

    def __call__(self, camera: Camera) -> tuple[bool, ...]:
        """Whether a camera sees each of the groups, which count as the boxes around them."""
        return tuple(camera.sees(box, self._size, margin=self._margin) for box in self._boxes)


def view_margin(scene: Scene) -> float:
    """Pixels around the image: a cell whose bounds reach so near is drawn."""
    return _MARGIN + scene.min_width + (scene.highlight.width if scene.highlight else 0.0)
