"""TurnedCamera: whether another camera shows the same drawing from another direction."""

from __future__ import annotations

from dataclasses import replace

from ..image.image import Size
from ..scene.camera import Camera
from ..scene.scene import Scene
from .geometry.seen_groups import SeenGroups
from .supersampling import enlarged_scene, enlarged_size


class TurnedCamera:
    """Fits cameras, and compares them with the one before.

    Parameters
    ----------
    scene : Scene
        Resolved.
    size : (width, height)
        Pixels.
    supersample : int
        Pixels that are drawn for a pixel of the picture, along each axis.
    """

    def __init__(self, scene: Scene, size: Size, supersample: int) -> None:
        self._scene, self._size, self._supersample = scene, size, supersample
        self._groups: SeenGroups | None = None

    def fitted(self, camera: Camera, before: Camera) -> Camera | None:
        """The camera with a center and a height. None if more than the direction would change."""
        if camera.center is None or camera.height is None or camera.projection != "orthographic" or camera.azim_step:
            return None
        if self._scene.synapses is not None or self._scene.look.is_glowing:  # they depend on the direction
            return None
        fitted = camera.fitted(self._scene.morphology, self._size)
        if fitted != replace(before, azim=fitted.azim, elev=fitted.elev, roll=fitted.roll):
            return None
        if self._groups is None:
            factor = self._supersample
            self._groups = SeenGroups(
                enlarged_scene(self._scene, self._size, factor), enlarged_size(self._size, factor)
            )
        return fitted if self._groups(fitted) == self._groups(before) else None
