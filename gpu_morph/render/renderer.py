"""Renderer: times in, frames out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from ..data.frame_times import check_covered
from ..data.recording import Recording
from ..data.row_stream import MEMORY, RowStream
from ..data.sampling import Sample, frame_values, sample
from ..data.value_map import ValueMap, map_values
from ..image.alpha import straight_alpha
from ..image.image import Image, Size, check_size
from ..image.yuv420 import is_yuv420_size
from ..scene.annotations.base import Moment
from ..scene.camera import Box, Camera
from ..scene.coloring import fixed_coloring
from ..scene.colormaps import HIGHLIGHTED
from ..scene.colors import to_bytes
from ..scene.scene import Scene
from ..system import signals as interrupts
from .geometry.scene_geometry import scene_geometry
from .geometry.tube_geometry import TubeGeometry, geometry_subset
from .static_camera.a_buffer import ABuffer, Recoloring, joined, visible_fragments
from .static_camera.view import DrawnView, StillView

if TYPE_CHECKING:
    from ..scene.annotations.base import Sprite
    from ..scene.annotations.layout import Layout
    from .gpu.context import Context
    from .gpu.markers import Markers
    from .gpu.target import Request
    from .gpu.tubes import Tubes

IntArray = npt.NDArray[np.int64]
PixelFormat = Literal["rgb", "yuv420p"]
_STAYS = 3  # frames of a camera that stays, for which it does not pay to list what it sees


@dataclass
class Stages:
    """Seconds spent per stage, by the thread that renders."""

    update: float = 0.0
    draw: float = 0.0
    read: float = 0.0


class Renderer:
    """Draws one scene at one size. Use it in ``with``: leaving frees what it holds on the GPU.

    Parameters
    ----------
    scene : Scene
        What to draw; ``clim`` and the camera's fit are resolved here, once.
    size : (width, height)
        Pixels.
    device : int, "auto", "cpu", optional
        See `gpu_morph.render.gpu.context.current_context`.
    transparent : bool
        Give RGBA frames (not premultiplied) without the background.
    layout : Layout, optional
        Where the annotations stand, and what they are told of the picture, found elsewhere by `Scene.layout`.

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
        layout: Layout | None = None,
    ) -> None:
        self.size = check_size(size)
        self.scene = scene.resolved()
        layout = layout or self.scene.layout(self.size, transparent=transparent)
        self.camera = self.scene.camera.fitted(scene.morphology, self.size, layout.areas)
        self.stages = Stages()
        from .gpu.context import current_context

        self._context: Context | None = current_context(device)
        from .gpu.sprites import Sprites
        from .gpu.target import Target

        self._coloring = self.scene.coloring
        pixel = self.camera.nearest_pixel(scene.morphology, self.size)
        geometry = scene_geometry(scene, self._coloring.recording, self.camera, self.size)
        self._vertex_values = _vertex_values(scene, self._coloring.recording, geometry)
        self._n_vertices = len(geometry.radii)
        self._values: npt.NDArray[np.float32] | None = None
        self._shown: Sample | None = None  # rows of the recording that values come from
        self._stream: RowStream | None = None
        self._is_uploaded = False
        self._transparent = transparent
        red, green, blue, _ = self.scene.background_rgba
        self._background = (0.0,) * 4 if transparent else (red, green, blue, 1.0)
        channels = 4 if transparent else 3
        self._background_bytes = np.rint(np.array(self._background[:channels]) * 255).astype(np.uint8)
        self._pose: Camera | None = None  # of the last frame
        self._is_restless = False  # annotations do too much for a view to pay
        self._view: _StillCell | None = None  # of a camera that stays
        self._drawn_view: DrawnView | None = None
        self._drawn = _Drawn()
        relative = np.empty_like(geometry.positions)
        np.subtract(geometry.positions, np.asarray(self.camera.center), out=relative, casting="same_kind")  # in 64 bits
        geometry = replace(geometry, positions=relative)
        with ExitStack() as held:
            self._target = Target(self.size, channels=channels)
            held.callback(self._target.delete)
            self._sprites = Sprites(self.size)
            held.callback(self._sprites.delete)
            self._groups = self._all_tubes(geometry, pixel)
            self._tubes = [tubes for _, group in self._groups for tubes in group]
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

    def _all_tubes(self, geometry: TubeGeometry, pixel: float) -> list[tuple[float, list[Tubes]]]:
        """What is drawn at once: opacities, from the greatest on, and what has them."""
        opacities = self._coloring.section_opacities
        if opacities is None:
            return [(1.0, self._group(geometry, pixel, range(self.scene.morphology.n_sections)))]
        groups = []
        for opacity in sorted({*opacities.tolist()} - {0.0}, reverse=True):
            sections = np.flatnonzero(opacities == np.float32(opacity))
            groups.append((opacity, self._group(geometry_subset(geometry, sections), pixel, sections)))
        return groups

    def _group(self, geometry: TubeGeometry, pixel: float, sections: Sequence[int] | IntArray) -> list[Tubes]:
        """The outline of highlighted sections, if there is one, and the cell."""
        from .gpu.tubes import Tubes

        scene, highlight = self.scene, self.scene.highlight
        color = (0, 0, 0) if highlight is None else to_bytes(highlight.rgba[:3])
        view: dict[str, Any] = {
            "camera": self.camera,
            "size": self.size,
            "nearest_pixel": pixel,
            "min_width": scene.min_width,
        }
        outlines = []
        if highlight is not None and highlight.style == "outline":
            own = np.intersect1d(highlight.sections, sections)
            outlined, table = geometry_subset(geometry, own), fixed_coloring(highlight.color).table
            outlines = [Tubes(outlined, **view, lighting=False, table=table, outline=highlight.width)]
        cell = Tubes(
            geometry,
            **view,
            lighting=scene.lighting,
            table=self._coloring.table,
            highlight=color,
            depth_cue=scene.depth_cue_strength,
            background=scene.background_rgba[:3],
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
            depth_cue=scene.depth_cue_strength,
            background=scene.background_rgba[:3],
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
        with interrupts.through_ctypes():
            self._start(time, frame, may_recolor=False)
            return self._fetch(*self._request())

    def frames(
        self,
        times: Iterable[float | None],
        *,
        numbers: Iterable[int] | None = None,
        memory: int | str = MEMORY,
        pixel_format: PixelFormat = "rgb",
    ) -> Iterator[Image]:
        """Pictures at ``times`` (ms), as `render` gives them.

        ``numbers`` are the frames' numbers, which turn the camera: 0, 1, 2... unless given. While a picture is
        on its way from the GPU, the next one is drawn. Where ``times`` are a sequence that rises, a thread reads
        ahead what they need of a recording that is not in memory, and holds up to ``memory`` bytes of it ("2 GiB").

        ``pixel_format`` "yuv420p" gives planes instead, (3 height / 2, width), see `Yuv420Planes`: of even sizes from
        16 rows on, and not of transparent pictures.
        """
        with interrupts.through_ctypes(), self._read_ahead(times, memory):
            yield from self._frames(times, numbers, pixel_format)

    @contextmanager
    def _read_ahead(self, times: Iterable[float | None], memory: int | str) -> Iterator[None]:
        """Take rows from a stream, if it can be known which."""
        recording = self._coloring.recording
        if recording is None or self._coloring.is_static or not isinstance(times, Sequence | np.ndarray):
            yield
            return
        with RowStream.of_frames(
            recording, times, sampling=self.scene.sampling, step=self._step, memory=memory
        ) as stream:
            self._stream = stream
            try:
                yield
            finally:
                self._stream = None

    @property
    def _step(self) -> float | None:
        """Of the film, ms: how wide the windows of peaks are."""
        return None if self.scene.time_range is None else self.scene.time_range.step

    def _frames(
        self, times: Iterable[float | None], numbers: Iterable[int] | None, pixel_format: PixelFormat
    ) -> Iterator[Image]:
        if pixel_format not in ("rgb", "yuv420p"):
            raise ValueError(f"pixel_format must be 'rgb' or 'yuv420p', got {pixel_format!r}")
        if pixel_format == "yuv420p" and (self._transparent or not is_yuv420_size(self.size)):
            raise ValueError(f"planes are of opaque pictures of even size from 16 rows on, got size={self.size}")
        is_long = isinstance(times, Sized) and len(times) > _STAYS
        pending: tuple[Request, _Drawn] | None = None  # on its way from the GPU while the next frame is drawn
        try:
            for moment, frame in zip(times, count() if numbers is None else numbers, strict=numbers is not None):
                may_recolor = is_long or frame >= _STAYS
                picture = self._start(moment, frame, pixel_format=pixel_format, may_recolor=may_recolor)
                # First the frame before, then the next request: there software waits until all is drawn.
                request, pending = pending, None
                before = None if request is None else self._fetch(*request)
                pending = self._request(pixel_format) if picture is None else None
                for image in (before, picture):
                    if image is not None:
                        yield image
            if pending is not None:
                self._make_current()  # a frame was given away since it was drawn
                request, pending = pending, None
                yield self._fetch(*request)
        except GeneratorExit:
            raise
        except BaseException:
            self._view = self._drawn_view = None  # what they know may be half of a frame
            raise
        finally:
            # Left halfway, or an error: what is still on its way belongs to nobody.
            if pending is not None and self._context is not None and self._context.is_mine:
                self._target.discard(pending[0])

    def _make_current(self) -> None:
        if self._context is None:
            raise ValueError("this Renderer is closed: make a new one")
        self._context.make_current()

    def _start(
        self, moment: float | None, frame: int, *, pixel_format: PixelFormat = "rgb", may_recolor: bool = True
    ) -> Image | None:
        """Begin to draw a frame, or put it together from what is known of a camera that stays."""
        self._make_current()
        start = time.perf_counter()
        # Values first: a time that is not there must leave everything as it is.
        rows = self._rows(moment)
        camera = self.camera.at_frame(frame)
        now = Moment(moment, camera)
        sprites = [sprite for drawing in self._drawings for sprite in drawing(now)]
        if camera != self._pose:
            self._pose, self._view, self._is_restless = camera, None, False
        self.stages.update += time.perf_counter() - start
        if may_recolor and not self.camera.azim_step and not self._is_restless and self._can_recolor:
            picture = self._recolored(rows, sprites, is_planar=pixel_format == "yuv420p")
            if picture is not None:
                return picture
            self._is_restless = True
        self._drawn = self._split(camera, sprites) if pixel_format == "yuv420p" else _Drawn()
        self._draw(moment, rows, camera, () if self._drawn.beside else sprites)
        return None

    def _split(self, camera: Camera, sprites: Sequence[Sprite]) -> _Drawn:
        """What of a frame has to be drawn and read back: the box that holds the cell, if no sprite lies over it."""
        if self._drawn_view is None:
            self._drawn_view = DrawnView(self.size, self._background_bytes, sprites)
        if self._drawn_view.is_restless or self._markers is not None or camera.projection == "perspective":
            return _Drawn()
        reach = np.array([tubes.bounds(camera) for tubes in self._tubes])
        low = np.clip(np.floor(reach[:, 0].min(axis=0)), 0, self.size).astype(int).tolist()
        high = np.clip(np.ceil(reach[:, 1].max(axis=0)), 0, self.size).astype(int).tolist()
        if low[0] >= high[0] or low[1] >= high[1]:
            return _Drawn()
        for sprite in sprites:
            height, width = sprite.image.shape[:2]
            beside = sprite.x >= high[0] or sprite.x + width <= low[0]
            if not (beside or sprite.y >= high[1] or sprite.y + height <= low[1]):
                return _Drawn()
        return _Drawn(Box(low[0], low[1], high[0] - low[0], high[1] - low[1]), sprites)

    def _request(self, pixel_format: PixelFormat = "rgb") -> tuple[Request, _Drawn]:
        """Ask for the frame that was drawn last."""
        start = time.perf_counter()
        # Bytes that are not moved apart: four channels are copied faster than three.
        request = self._target.request(4 if pixel_format == "yuv420p" else None, self._drawn.box)
        self.stages.read += time.perf_counter() - start
        return request, self._drawn

    @property
    def _can_recolor(self) -> bool:
        """True when values alone decide what a camera that stays sees, and OpenGL can list it.

        On hardware, which draws faster than it is asked to, this is not worth it and not tried out.
        """
        assert self._context is not None
        is_able = self._context.is_software and self._context.number >= (4, 3)
        return is_able and self._is_opaque and self._markers is None

    @property
    def _is_opaque(self) -> bool:
        return self._coloring.opacity == 1 and all(opacity == 1 for opacity, _ in self._groups)

    def _recolored(self, rows: Sample | None, sprites: Sequence[Sprite], *, is_planar: bool) -> Image | None:
        """The picture of a camera that stays; None: it must be drawn."""
        from .gpu.fragments import ListOverflowError

        start = time.perf_counter()
        if self._view is None or self._view.view.is_planar != is_planar:
            try:
                view = self._still_view(sprites, is_planar=is_planar)
            except ListOverflowError:
                return None
            self._view = _StillCell(view, self._vertex_values.of(view.vertices))
        listed = time.perf_counter()
        values = self._view.new_values(rows, self._row)
        updated = time.perf_counter()
        picture = self._view.view.picture(values, sprites)
        self.stages.update += updated - listed
        self.stages.draw += listed - start + time.perf_counter() - updated
        return picture

    def _still_view(self, sprites: Sequence[Sprite], *, is_planar: bool) -> StillView:
        """What the camera sees, from the lists of all that would be drawn."""
        from .gpu.fragments import FragmentList, in_parts

        def seen(rows: tuple[int, int]) -> ABuffer:
            *outlines, cell = (tubes.fragments(listed, rows) for tubes in self._tubes)
            # All of an outline has the highlight's colour, as the vertex beyond the last has.
            outlined = [
                replace(draw, ends=np.full_like(draw.ends, self._n_vertices)) for one in outlines for draw in one
            ]
            return visible_fragments([*outlined, *cell])

        assert self._pose is not None
        for tubes in self._tubes:  # it may be the first that this renderer sees
            tubes.look_from(self._pose)
        self._is_uploaded = False  # numbers take the place of values
        with FragmentList(self._target, self._n_vertices) as listed:
            layers = joined(in_parts(self.size[1], seen, listed.n_parts))
        highlight = self.scene.highlight
        recoloring = Recoloring(
            layers,
            table=self._coloring.table,
            highlight=(0, 0, 0) if highlight is None else to_bytes(highlight.rgba[:3]),
            background_color=self.scene.background_rgba[:3],
            background=self._background_bytes,
        )
        return StillView(self.size, self._background_bytes, recoloring, sprites, planar=is_planar)

    def _draw(self, moment: float | None, rows: Sample | None, camera: Camera, sprites: Sequence[Sprite]) -> None:
        start = time.perf_counter()
        reordered = [tubes.look_from(camera) for tubes in self._tubes]
        if self._values is None or rows != self._shown:
            self._values, self._shown, self._is_uploaded = self._vertex_values.at(rows, self._row), rows, False
        if any(reordered) or not self._is_uploaded:
            for tubes in self._tubes:
                tubes.set_values(self._values)
            self._is_uploaded = True
        if self._markers is not None:
            self._markers.look_from(camera)
            self._markers.set_time(moment)
        updated = time.perf_counter()
        opacity = self._coloring.opacity
        box = self._drawn.box if self._is_opaque else None  # layers cover the whole picture
        corner = self._target.bind(self._background if opacity == 1 else (0.0,) * 4, box)
        if self._markers is not None and opacity == 1:
            self._markers.draw_solid()
        for share, group in self._groups:
            with self._target.layer() if share < 1 else nullcontext() as layer:
                for tubes in group:
                    tubes.draw(corner)
            if layer is not None:
                self._sprites.lay(layer, share)
        if opacity < 1:
            self._sprites.fade(opacity, self._background)
            if self._markers is not None:
                self._markers.draw_solid()
        if self._markers is not None:
            self._markers.draw_edges()
        self._sprites.draw(sprites)
        self._target.begin()
        self.stages.update += updated - start
        self.stages.draw += time.perf_counter() - updated

    def _rows(self, moment: float | None) -> Sample | None:
        """The rows of the recording that the frame shows; None: no recording."""
        recording = self._coloring.recording
        if recording is None:
            return None
        if self._coloring.is_static:
            return Sample(0, 0, 0.0)
        if moment is None:
            raise ValueError(f"this scene shows {recording.name!r} over time: give a time in ms")
        check_covered(np.asarray([moment], dtype=np.float64), recording.times)
        return sample(recording.times, float(moment), sampling=self.scene.sampling, step=self._step)

    def _row(self, index: int) -> npt.NDArray[np.float32]:
        """A row of the recording, from what was read ahead if it was."""
        assert self._coloring.recording is not None
        return self._coloring.recording.row(index) if self._stream is None else self._stream.row(index)

    def _fetch(self, request: Request, drawn: _Drawn) -> Image:
        start = time.perf_counter()
        if request.channels == 4 and not self._transparent:
            assert self._drawn_view is not None
            with self._target.mapped(request) as part:
                image = self._drawn_view.planes(part, (request.box.x, request.box.y), drawn.beside)
        else:
            image = self._target.fetch(request)
            if self._transparent:
                image = straight_alpha(image)
        self.stages.read += time.perf_counter() - start
        return image


@dataclass(frozen=True)
class _Drawn:
    """What of a frame is drawn and read back: a box, and what lies ``beside`` it and was not drawn. None: all of it."""

    box: Box | None = None
    beside: Sequence[Sprite] = ()


class _VertexValues:
    """Values of vertices of a geometry, and of highlighted ones, which show none.

    Parameters
    ----------
    variable : str
        What is recorded.
    mapped : ValueMap, optional
        Of the recording to the vertices; None: all values are 0.
    is_highlighted : (n_vertices,) bool
        See colors.HIGHLIGHTED.
    """

    def __init__(self, variable: str, mapped: ValueMap | None, is_highlighted: npt.NDArray[np.bool_]) -> None:
        self._variable, self._map, self._is_highlighted = variable, mapped, is_highlighted

    def at(self, shown: Sample | None, row: Callable[[int], npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        """(n_vertices,) float32; ``row`` gives the recording's rows by their numbers."""
        if shown is None or self._map is None:
            values = np.zeros(len(self._is_highlighted), dtype=np.float32)
        else:
            values = self._map(frame_values(shown, row, variable=self._variable))
        values[self._is_highlighted] = HIGHLIGHTED
        return values

    def of(self, vertices: npt.NDArray[np.int32]) -> _VertexValues:
        """The values of some of the vertices."""
        mapped = self._map
        if mapped is not None:
            mapped = ValueMap(mapped.before[vertices], mapped.after[vertices], mapped.weight[vertices])
        return _VertexValues(self._variable, mapped, self._is_highlighted[vertices])


class _StillCell:
    """A cell before a camera that stays: its ``view``, and what that shows."""

    def __init__(self, view: StillView, values: _VertexValues) -> None:
        self.view, self._values = view, values
        self._shown: Sample | None = None
        self._is_new = True

    def new_values(
        self, shown: Sample | None, row: Callable[[int], npt.NDArray[np.float32]]
    ) -> npt.NDArray[np.float32] | None:
        """Values of the view's vertices, see `_VertexValues.at`; None: those of the last time."""
        if shown == self._shown and not self._is_new:
            return None
        self._shown, self._is_new = shown, False
        return self._values.at(shown, row)


def _vertex_values(scene: Scene, recording: Recording | None, geometry: TubeGeometry) -> _VertexValues:
    """Values of a geometry's vertices, and of one beyond the last, which is always highlighted."""
    is_highlighted = np.zeros(len(geometry.radii) + 1, dtype=bool)
    is_highlighted[-1] = True
    if scene.highlight is not None and scene.highlight.style == "color":
        is_highlighted[:-1] = np.isin(geometry.section, scene.highlight.sections)
    if recording is None:
        return _VertexValues("", None, is_highlighted)
    section, position = np.append(geometry.section, np.int32(0)), np.append(geometry.section_position, 0.0)
    mapped = map_values(recording, section, position, interpolation=scene.interpolation)
    return _VertexValues(recording.name, mapped, is_highlighted)
