"""SceneDrawing: everything of a scene that is on the GPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...data.sampling import Sample
from ...image.image import Size
from ...scene.annotations.base import Sprite
from ...scene.camera import Box, Camera
from ...scene.coloring import Coloring
from ...scene.lens import lens_points
from ...scene.scene import Scene
from ...system.interruption import checkpoint
from ..geometry.tube_geometry import TubeGeometry
from ..path_legs import Leg
from ..static_camera.a_buffer import ABuffer, joined, visible_fragments
from ..static_camera.surroundings import Surroundings
from ..supersampling import enlarged_size
from ..tube_style import PASSES
from ..vertex_values import VertexValues
from .attributes import ComputedAttributes, UploadedAttributes
from .composition import Composition
from .fragments import FragmentList, ListOverflowError, in_parts
from .lens_pictures import LensPictures
from .owned import owned
from .scene_parts import SceneParts
from .shadowing import Shadowing
from .sprites import Sprites
from .target import Target
from .view import Move, lens_view, moved_view, tubes_extent, view_uniforms


class SceneDrawing:
    """A scene's tubes, markers and sprites, and the target that they are drawn into. Call `delete` at the end.

    Parameters
    ----------
    scene : Scene
        Resolved, and enlarged by ``supersample``.
    coloring : Coloring
        Of the scene.
    geometry : TubeGeometry
        Of the scene, in world coordinates.
    values : VertexValues
        Of the geometry's vertices.
    camera : Camera
        Fitted; that of the first frame.
    leg : Leg, optional
        The part of a path on which the camera is.
    size : (width, height)
        Pixels.
    supersample : int
        Pixels that are drawn for a pixel of the picture, along each axis.
    transparent : bool
        Leave the background out.
    n_lens_points : int
        Points of the camera's lens from which the cell is seen; see `n_lens_points`.
    computes : bool
        Fill the segments' attributes by compute shaders, where OpenGL has them.

    ``background`` is premultiplied RGBA, 0 to 1. ``background_bytes`` is the same as (3,) RGB or (4,) RGBA uint8.
    """

    def __init__(
        self,
        scene: Scene,
        coloring: Coloring,
        geometry: TubeGeometry,
        values: VertexValues,
        *,
        camera: Camera,
        leg: Leg | None = None,
        size: Size,
        supersample: int = 1,
        transparent: bool,
        n_lens_points: int = 1,
        computes: bool,
    ) -> None:
        self._scene, self._camera, self._supersample = scene, camera, supersample
        self._leg, self._shown = leg, camera if leg is None else None
        n_channels = 4 if transparent else 3
        red, green, blue, _ = scene.background_rgba
        self.background = (0.0,) * 4 if transparent else (red, green, blue, 1.0)
        self.background_bytes = np.rint(np.array(self.background[:n_channels]) * 255).astype(np.uint8)
        self._n_vertices = geometry.n_vertices
        self._is_filled = False  # the values of the frame are on the GPU
        self._frame: tuple[Camera, float | None] = camera, None
        self._world = geometry.positions if leg is not None else None
        self._radii = geometry.radii
        seen_from = camera if leg is None else leg
        pixels = seen_from.pixel_sizes(geometry.positions, enlarged_size(size, supersample))
        geometry = replace(geometry, positions=_relative(geometry.positions, camera))
        self._parts = parts = SceneParts(
            scene,
            coloring,
            camera=camera,
            leg=leg,
            extent=tubes_extent(geometry) if leg is None else leg.extent(camera),
            picture_size=size,
            supersample=supersample,
        )
        with ExitStack() as resources:
            self.target = owned(resources, Target(size, channels=n_channels))
            self._n_lens_points = n_lens_points
            self._lens = owned(resources, LensPictures(self.target)) if n_lens_points > 1 else None
            self._surfaces = parts.surfaces()
            if self._surfaces is not None:
                resources.callback(self._surfaces.delete)
            self._finish = parts.finish(self.target)
            if self._finish is not None:
                resources.callback(self._finish.delete)
            self._sprites = owned(resources, Sprites(size))
            groups = parts.tubes(geometry, pixels, resources)
            self.tubes = [tubes for _, group in groups for tubes in group]
            for tubes in self.tubes[:-1]:
                tubes.is_last = False
            vertices = np.column_stack([geometry.positions, geometry.radii])
            is_computed = computes and ComputedAttributes.fits(
                [b for t in self.tubes for b in t.batches], len(vertices)
            )
            new_attributes = ComputedAttributes if is_computed else UploadedAttributes
            self._attributes = owned(resources, new_attributes(vertices, values))
            self._markers = parts.markers(geometry)
            if self._markers is not None:
                owned(resources, self._markers)
            self._resources = resources.pop_all()
        self._composition = Composition(
            self.target,
            self._finish,
            groups=groups,
            markers=self._markers,
            surfaces=self._surfaces,
            sprites=self._sprites,
            opacity=coloring.opacity,
            background=self.background,
        )

    @property
    def has_markers(self) -> bool:
        """True when synapses may be drawn."""
        return self._markers is not None

    @property
    def is_listable(self) -> bool:
        """True when the picture consists of the fragments that are drawn, so that `visible_fragments` has all of it."""
        changes = self._surfaces is not None and not self._surfaces.is_static
        is_sharp = self._finish is None and self._lens is None
        return self.is_opaque and is_sharp and not self.has_markers and not changes

    @property
    def is_opaque(self) -> bool:
        """True when all sections are opaque."""
        return self._composition.is_opaque

    def delete(self) -> None:
        """Free everything on the GPU."""
        self._resources.close()

    def update(self, camera: Camera, sample: Sample | None, time: float | None) -> None:
        """Upload what differs from the last frame.

        Parameters
        ----------
        camera : Camera
            Turned for the frame.
        sample : Sample, optional
            The rows of the recording that the frame shows.
        time : float, optional
            ms; None: no synapse is active.
        """
        was_filled, self._is_filled = self._is_filled, False  # should something fail half way
        self._move(camera)
        is_reordered = [tubes.set_camera(camera, self._attributes) for tubes in self.tubes]
        if self._attributes.show(sample) or any(is_reordered) or not was_filled:
            for tubes in self.tubes:
                tubes.fill_values(self._attributes)
        self._is_filled = True
        self._frame = camera, time
        if self._markers is not None:
            self._markers.set_camera(camera)
            self._markers.set_time(time)

    @contextmanager
    def shown_from(self, camera: Camera, clim: tuple[float, float] | None) -> Iterator[None]:
        """Inside ``with``, frames are drawn from another orthographic camera; see `Tubes.show_from`."""
        try:
            self._show_from(partial(moved_view, first=self._shown or self._camera, camera=camera), clim)
            yield
        finally:
            self._show_from(None)

    def _show_from(self, move: Move | None, clim: tuple[float, float] | None = None) -> None:
        for tubes in self.tubes:
            tubes.show_from(move, clim)
        for other in (self._markers, self._surfaces):
            if other is not None:
                other.show_from(move)

    def _move(self, camera: Camera) -> None:
        """Look from another camera of the path."""
        before, self._shown = self._shown, None  # should something fail half way
        if self._leg is None or camera == before:
            self._shown = before
            return
        positions = None
        if before is None or camera.center != before.center:
            assert self._world is not None
            positions = _relative(self._world, camera)
            self._attributes.move(np.column_stack([positions, self._radii]))
        extent = self._leg.extent(camera)
        view = view_uniforms(extent, camera, self._parts.size)
        for tubes in self.tubes:
            tubes.set_view(view, positions)
        if self._markers is not None:
            self._markers.set_view(view, np.asarray(camera.center), self._parts.crowding(camera))
        if isinstance(self._finish, Shadowing):
            self._finish.set_half_depth(view["u_half_depth"])
        if self._surfaces is not None:
            self._surfaces.set_view(view_uniforms(extent, camera, self._parts.surfaces_size), camera)
        self._shown = camera

    def draw(self, sprites: Sequence[Sprite], box: Box | None = None) -> None:
        """Draw into the target: all of the image, or a box of it where everything is opaque."""
        if self._lens is not None and self._frame[0].aperture:
            self._draw_blurred(self._lens)
        else:
            self._composition.draw(*self._frame, box)
        self._sprites.draw(sprites)
        GL.glFlush()

    def _draw_blurred(self, lens: LensPictures) -> None:
        """Draw the mean of what points of the lens see: all of the image."""
        lens.clear()
        try:
            for point in lens_points(self._frame[0], self._n_lens_points):
                checkpoint()
                self._show_from(partial(lens_view, point=point))
                self._composition.draw(*self._frame, None)
                lens.add(1 / self._n_lens_points)
        finally:
            self._show_from(None)
        lens.finish()

    @property
    def has_bounds(self) -> bool:
        """True when nothing is drawn beside tubes and surfaces, so that `bounds` has all of it."""
        return self._markers is None and not self._scene.look.is_glowing

    def bounds(self, camera: Camera) -> Box | None:
        """The box of the image that holds all tubes and surfaces; None where it is empty. For orthographic cameras."""
        self._move(camera)
        bounds = np.array([tubes.bounds(camera) for tubes in self.tubes]) / self._supersample
        if self._surfaces is not None:
            box = self._surfaces.bounds(camera)
            corners = np.array([[box.x, box.y], [box.x + box.width, box.y + box.height]]) / self._supersample
            bounds = np.concatenate([bounds, corners[np.newaxis]])
        low = np.clip(np.floor(bounds[:, 0].min(axis=0)), 0, self.target.size).astype(int).tolist()
        high = np.clip(np.ceil(bounds[:, 1].max(axis=0)), 0, self.target.size).astype(int).tolist()
        if low[0] >= high[0] or low[1] >= high[1]:
            return None
        return Box(low[0], low[1], high[0] - low[0], high[1] - low[1])

    def surroundings(self, camera: Camera) -> Surroundings | None:
        """The pictures of surfaces behind the cell and before it, for a static camera; None without surfaces."""
        if self._surfaces is None:
            return None
        self._move(camera)
        for tubes in self.tubes:
            tubes.set_camera(camera, self._attributes)
        self._is_filled, self._frame = False, (camera, None)
        self._composition.update_surfaces(*self._frame)
        return Surroundings.of(*self._surfaces.images(), self.background_bytes)

    def visible_fragments(self, camera: Camera) -> ABuffer | None:
        """What the camera sees of the tubes; None where not even one row of pixels fits into the list.

        Needs OpenGL 4.3. Vertex number ``n_vertices``, one beyond the last, stands for the highlight's colour.
        """
        self._move(camera)
        for tubes in self.tubes:
            tubes.set_camera(camera, self._attributes)
        self._is_filled = False  # numbers of segments replace the values on the GPU

        def visible(rows: tuple[int, int]) -> ABuffer:
            draws = []
            for each in PASSES:
                *outlines, cell = (tubes.fragments(each, fragment_list, rows) for tubes in self.tubes)
                for draw in chain(*outlines):
                    draws.append(replace(draw, ends=np.full_like(draw.ends, self._n_vertices)))
                draws += cell
            return visible_fragments(draws)

        try:
            with FragmentList(self.target, self._n_vertices) as fragment_list:
                return joined(in_parts(self._parts.size[1], visible, fragment_list.n_parts))
        except ListOverflowError:
            return None


def _relative(positions: npt.NDArray[np.float32], camera: Camera) -> npt.NDArray[np.float32]:
    """Positions relative to the camera's center, µm; computed in 64 bits."""
    relative = np.empty_like(positions)
    np.subtract(positions, np.asarray(camera.center), out=relative, casting="same_kind")
    return relative
