"""KeptGeometry: the last geometry of a scene, for other pictures that need the same vertices."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ...data.recording import Recording
from ...image.image import Size
from ...scene.camera import Camera
from ...scene.memo import Identity
from ...scene.opacity import has_one_opacity
from ...scene.scene import Scene
from .seen_groups import SeenGroups
from .tube_geometry import TubeGeometry
from .viewpoint import Viewpoint

_current: ContextVar[KeptGeometry | None] = ContextVar("kept_geometry", default=None)


class KeptGeometry:
    """Keeps the geometry that is made inside `used`, and gives it where the next one would be equal.

    It takes memory, about 60 bytes for each vertex: for a viewer, whose camera and range of colours change.
    """

    def __init__(self) -> None:
        self._key: Hashable = None
        self._geometry: TubeGeometry | None = None
        self._groups_key: Hashable = None
        self._groups: SeenGroups | None = None

    @contextmanager
    def used(self) -> Iterator[None]:
        """Inside ``with``, the geometries of this thread's renderers come from here."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def key(self, scene: Scene, recording: Recording | None, camera: Viewpoint, size: Size) -> Hashable:
        """Equal for arguments of `scene_geometry` with equal results."""
        is_one_body = has_one_opacity(scene.opacity, scene.morphology)
        width = None if scene.highlight is None else scene.highlight.width
        sites = None if recording is None else (recording.section.tobytes(), recording.position.tobytes())
        same = Identity(scene.morphology), sites, scene.interpolation, scene.min_width, width, size
        if not isinstance(camera, Camera) or camera.projection != "orthographic" or camera.azim_step:
            return *same, is_one_body, camera if isinstance(camera, Camera) else Identity(camera)
        if self._groups is None or same != self._groups_key:
            self._groups, self._groups_key = SeenGroups(scene, size), same
        return *same, is_one_body, camera.height, self._groups(camera)

    def of(self, key: Hashable, make: Callable[[], TubeGeometry]) -> TubeGeometry:
        """The geometry that was kept under an equal key, or one that ``make`` returns."""
        if self._geometry is None or key != self._key:
            self._geometry = None  # not two of them at once
            self._geometry, self._key = make(), key
        return self._geometry


def kept_geometry() -> KeptGeometry | None:
    """What keeps the geometries of this thread; None where they are not kept."""
    return _current.get()
