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
from .cell_groups import CellGroups
from .seen_groups import SeenGroups
from .tube_geometry import TubeGeometry
from .viewpoint import Viewpoint

_MOST_POINTS = 4_000_000  # of a morphology whose groups of cells are kept

_current: ContextVar[KeptGeometry | None] = ContextVar("kept_geometry", default=None)


class KeptGeometry:
    """Keeps the geometry that is made inside `used`, and gives it where the next one would be equal.

    It takes memory, about 60 bytes for each vertex, and as `CellGroups` that keep what they have made: for a viewer,
    whose camera and range of colours change.
    """

    def __init__(self) -> None:
        self._key: Hashable = None
        self._geometry: TubeGeometry | None = None
        self._groups_key: Hashable = None
        self._groups: CellGroups | None = None
        self._seen_key: Hashable = None
        self._seen: SeenGroups | None = None

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
        same = Identity(scene.morphology), _sites(recording), scene.interpolation, scene.min_width, width, size
        if not isinstance(camera, Camera) or camera.projection != "orthographic" or camera.azim_step:
            return *same, is_one_body, camera if isinstance(camera, Camera) else Identity(camera)
        if self._seen is None or same != self._seen_key:
            self._seen, self._seen_key = SeenGroups(scene, size), same
        return *same, is_one_body, camera.height, self._seen(camera)

    def of(self, key: Hashable, make: Callable[[], TubeGeometry]) -> TubeGeometry:
        """The geometry that was kept under an equal key, or one that ``make`` returns."""
        if self._geometry is None or key != self._key:
            self._geometry = None  # not two of them at once
            self._geometry, self._key = make(), key
        return self._geometry

    def groups(self, scene: Scene, recording: Recording | None, make: Callable[..., CellGroups]) -> CellGroups:
        """The groups of cells that were kept, or those that ``make`` returns, which are told whether they are kept."""
        if scene.interpolation == "nearest" or scene.morphology.n_points > _MOST_POINTS:
            return make(keeps=False)  # the breakpoints depend on the size of a pixel; or too much memory
        key = Identity(scene.morphology), _sites(recording)
        if self._groups is None or key != self._groups_key:
            self._groups, self._groups_key = make(keeps=True), key
        return self._groups


def _sites(recording: Recording | None) -> Hashable:
    return None if recording is None else (recording.section.tobytes(), recording.position.tobytes())


def kept_geometry() -> KeptGeometry | None:
    """What keeps the geometries of this thread; None where they are not kept."""
    return _current.get()
