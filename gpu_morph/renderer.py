"""Renderer: times in, frames out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .annotations.base import Moment
from .camera import Size
from .colors import HIGHLIGHTED, parse_color, to_bytes
from .geometry import Stops, TubeGeometry, part_of, resolution, tube_geometry
from .paint import fixed_paint
from .recording import Recording, map_values, value_bends
from .scene import Scene
from .timeline import check_covered, sample

if TYPE_CHECKING:
    from .gpu.context import Context
    from .gpu.markers import Markers
    from .gpu.target import Request
    from .gpu.tubes import Tubes

Image = npt.NDArray[np.uint8]
# Pixels: how far a tube may be from where it is, and how long a segment that stands for several. What is finer than
# this cannot be seen, and costs as much as what can.
_TOLERANCE, _LONGEST = 0.2, 4.0
_IN_FLIGHT = 2  # frames that may be on their way from the GPU while the next is drawn


@dataclass
class Stages:
    """Seconds spent per stage, by the thread that renders."""

    update: float = 0.0
    draw: float = 0.0
    read: float = 0.0


def check_size(size: Any) -> Size:
    """(width, height) as two positive ints.

    Raises
    ------
    ValueError
        Anything else.
    """
    try:
        width, height = size
        if int(width) == width and int(height) == height and width > 0 and height > 0:
            return int(width), int(height)
    except (TypeError, ValueError):
        pass
    raise ValueError(f"size must be (width, height) in whole positive pixels, got {size!r}")


class Renderer:
    """Draws one scene at one size. Use it in ``with``: leaving frees what it holds on the GPU.

    Parameters
    ----------
    scene : Scene
        What to draw; ``clim`` and the camera's fit are resolved here, once.
    size : (width, height)
        Pixels.
    device : int, "auto", "cpu", optional
        See `gpu_morph.gpu.context.current_context`.
    transparent : bool
        Give RGBA frames (not premultiplied) without the background.

    Raises
    ------
    ContextError
        No OpenGL, or the wrong thread.
    """

    def __init__(
        self,
        scene: Scene,
        size: Size = (1920, 1080),
        *,
        device: int | str | None = None,
        transparent: bool = False,
    ) -> None:
        self.size = check_size(size)
        self.scene = scene.resolved()
        layout = self.scene.layout(self.size, transparent=transparent)
        self.camera = self.scene.camera.fitted(scene.morphology, self.size, layout.areas)
        self.stages = Stages()
        from .gpu.context import current_context

        self._context: Context | None = current_context(device)
        from .gpu.sprites import Sprites
        from .gpu.target import Target

        self._paint = self.scene.paint()
        pixel = self.camera.nearest_pixel(scene.morphology, self.size)
        geometry = _geometry(scene, self._paint.recording, pixel)
        self._values = np.zeros(len(geometry.radii), dtype=np.float32)
        self._map = None
        if self._paint.recording is not None:
            self._map = map_values(
                self._paint.recording,
                geometry.section,
                geometry.section_position,
                interpolation=scene.interpolation,
            )
        self._recolored = _recolored_places(scene, geometry)
        self._values[self._recolored] = HIGHLIGHTED
        self._shown: tuple[int, int, float] | None = None  # rows of the recording that values come from
        self._is_uploaded = False
        self._transparent = transparent
        red, green, blue, _ = parse_color(self.scene.background)
        self._background = (0.0,) * 4 if transparent else (red, green, blue, 1.0)
        relative = geometry.positions.astype(np.float64) - np.asarray(self.camera.center)
        geometry = replace(geometry, positions=relative.astype(np.float32))
        with ExitStack() as held:
            self._target = Target(self.size, channels=4 if transparent else 3)
            held.callback(self._target.delete)
            self._sprites = Sprites(self.size)
            held.callback(self._sprites.delete)
            self._tubes = self._all_tubes(geometry, pixel)
            for tubes in self._tubes:
                held.callback(tubes.delete)
            self._markers = self._all_markers(geometry)
            if self._markers is not None:
                held.callback(self._markers.delete)
            self._drawings = [
                annotation.drawing(layout.view, box)
                for annotation, box in zip(self.scene.annotations, layout.boxes, strict=True)
            ]
            self._held = held.pop_all()

    def _all_tubes(self, geometry: TubeGeometry, pixel: float) -> list[Tubes]:
        """The outline of highlighted sections, if there is one, and the cell."""
        from .gpu.tubes import Tubes

        scene, highlight = self.scene, self.scene.highlight
        color = (0, 0, 0) if highlight is None else to_bytes(parse_color(highlight.color)[:3])
        view: dict[str, Any] = {"camera": self.camera, "size": self.size, "nearest_pixel": pixel, "min_width": scene.min_width}
        outlines = []
        if highlight is not None and highlight.style == "outline":
            outlined, table = part_of(geometry, highlight.sections), fixed_paint(highlight.color).table
            outlines = [Tubes(outlined, **view, lighting=False, table=table, outline=highlight.width)]
        cell = Tubes(
            geometry,
            **view,
            lighting=scene.lighting,
            table=self._paint.table,
            highlight=color,
            fog=scene.fog(),
            horizon=parse_color(scene.background)[:3],
        )
        return [*outlines, cell]

    def _all_markers(self, geometry: TubeGeometry) -> Markers | None:
        """The synapses, if there are any."""
        from .gpu.markers import Markers

        scene = self.scene
        if scene.synapses is None or not scene.synapses.n_synapses:
            return None
        return Markers(
            scene.synapses,
            scene.synapse_style,
            camera=self.camera,
            size=self.size,
            geometry=geometry,
            lighting=scene.lighting,
            fog=scene.fog(),
            horizon=parse_color(scene.background)[:3],
        )

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what is held on the GPU; further calls do nothing."""
        if self._context is None:
            return
        self._context.make_current()
        self._held.close()
        self._context = None

    def render(self, time: float | None = None, *, frame: int = 0) -> Image:
        """One picture: the recording at ``time`` (ms), seen by the camera of frame number ``frame``.

        Returns
        -------
        (height, width, 3) uint8, or 4 when transparent.

        Raises
        ------
        ValueError
            ``time`` lies outside the recording, or is None although values are shown.
        """
        self._draw(time, frame)
        return self._fetch(self._target.request())

    def frames(self, times: Iterable[float | None], *, numbers: Iterable[int] | None = None) -> Iterator[Image]:
        """Pictures at ``times`` (ms), as `render` gives them.

        ``numbers`` are the frames' numbers, which turn the camera: 0, 1, 2... unless given. While a picture is
        on its way from the GPU, the next one is drawn.
        """
        pending: deque[Request] = deque()
        try:
            for moment, frame in zip(times, count() if numbers is None else numbers, strict=False):
                if len(pending) == _IN_FLIGHT:
                    yield self._fetch(pending.popleft())
                self._draw(moment, frame)
                start = time.perf_counter()
                pending.append(self._target.request())
                self.stages.read += time.perf_counter() - start
            while pending:
                yield self._fetch(pending.popleft())
        finally:
            # Left halfway, or an error: what is still on its way belongs to nobody.
            if self._context is not None and self._context.is_mine:
                for request in pending:
                    self._target.discard(request)

    def _make_current(self) -> None:
        if self._context is None:
            raise ValueError("this Renderer is closed: make a new one")
        self._context.make_current()

    def _draw(self, moment: float | None, frame: int) -> None:
        self._make_current()
        start = time.perf_counter()
        # Values first: a time that is not there must leave the segments as they are.
        changed = self._update_values(moment)
        camera = self.camera.at_frame(frame)
        reordered = [tubes.look_from(camera) for tubes in self._tubes]
        if any(reordered) or changed or not self._is_uploaded:
            for tubes in self._tubes:
                tubes.set_values(self._values)
            self._is_uploaded = True
        if self._markers is not None:
            self._markers.look_from(camera)
            self._markers.set_time(moment)
        now = Moment(moment, camera)
        sprites = [sprite for drawing in self._drawings for sprite in drawing(now)]
        updated = time.perf_counter()
        opacity = self._paint.opacity
        self._target.bind(self._background if opacity == 1 else (0.0,) * 4)
        if self._markers is not None and opacity == 1:
            self._markers.draw_solid()
        for tubes in self._tubes:
            tubes.draw()
        if opacity < 1:
            self._sprites.fade(opacity, self._background)
            if self._markers is not None:
                self._markers.draw_solid()
        if self._markers is not None:
            self._markers.draw_edges()
        self._sprites.draw(sprites)
        self.stages.update += updated - start
        self.stages.draw += time.perf_counter() - updated

    def _update_values(self, moment: float | None) -> bool:
        """Gather the values of the frame's time; True when they are others than the last frame's."""
        recording = self._paint.recording
        if recording is None or self._map is None:
            return False
        if self._paint.is_still:
            rows = (0, 0, 0.0)
        else:
            if moment is None:
                raise ValueError(f"this scene shows {recording.name!r} over time: give a time in ms")
            check_covered(np.asarray([moment], dtype=np.float64), recording.times)
            rows = sample(recording.times, float(moment), sampling=self.scene.sampling)
        if rows == self._shown:
            return False
        before, after, share = rows
        row = recording.row(before)
        if share > 0:
            row = row + np.float32(share) * (recording.row(after) - row)
        self._values, self._shown = self._map(row), rows
        self._values[self._recolored] = HIGHLIGHTED
        return True

    def _fetch(self, request: Request) -> Image:
        self._make_current()
        start = time.perf_counter()
        image = self._target.fetch(request)
        if self._transparent:
            image = _straight_alpha(image)
        self.stages.read += time.perf_counter() - start
        return image


def _geometry(scene: Scene, recording: Recording | None, pixel: float) -> TubeGeometry:
    """The scene's tubes, as fine as pixels of ``pixel`` µm show them."""
    stops = None
    if recording is not None:
        step = max(_TOLERANCE * pixel / 4, resolution(scene.morphology))
        stops = Stops(*value_bends(recording, scene.morphology, interpolation=scene.interpolation, step=step))
    return tube_geometry(scene.morphology, stops=stops, tolerance=_TOLERANCE * pixel, longest=_LONGEST * pixel)


def _recolored_places(scene: Scene, geometry: TubeGeometry) -> npt.NDArray[np.int64]:
    """Places that show the highlight's colour instead of their value."""
    if scene.highlight is None or scene.highlight.style != "color":
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.isin(geometry.section, scene.highlight.sections))


def _straight_alpha(image: Image) -> Image:
    """Undo the multiplication by alpha, as PNG wants it."""
    alpha = image[..., 3:].astype(np.uint16)
    color = (image[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(color, 255).astype(np.uint8), image[..., 3:]], axis=2)
