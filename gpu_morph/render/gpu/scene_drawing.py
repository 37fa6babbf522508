"""SceneDrawing: everything of a scene that is on the GPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...data.sampling import Sample
from ...image.image import Size
from ...scene.annotations.base import Sprite
from ...scene.camera import Box, Camera, nearest_pixel
from ...scene.coloring import Coloring
from ...scene.lens import lens_points
from ...scene.scene import Scene
from ...system.interruption import checkpoint
from ..crowding import Crowding, crowding
from ..geometry.tube_geometry import TubeGeometry
from ..glow import glow_of
from ..path_legs import Leg
from ..shader_variants import camera_variants
from ..static_camera.a_buffer import ABuffer, joined, visible_fragments
from ..static_camera.surroundings import Surroundings
from ..supersampling import enlarged_size, magnification
from ..surface_scene import SurfaceScene
from ..tube_groups import tube_groups
from ..vertex_values import VertexValues
from .attributes import ComputedAttributes, UploadedAttributes
from .averaging import Averaging
from .fragments import FragmentList, ListOverflowError, in_parts
from .glowing import Glowing
from .lens_pictures import LensPictures
from .markers import Markers
from .owned import owned
from .shadowing import Shadowing
from .sprites import Sprites
from .surfaces import Surfaces
from .target import Target
from .textures import Texture
from .tubes import Tubes
from .view import Move, lens_view, moved_view, tubes_extent, view_uniforms

_LEAST_COVERAGE = 0.004  # of a pixel from which the cell divides what is behind it from what is before it


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
        self._scene, self._coloring, self._camera, self._supersample = scene, coloring, camera, supersample
        self._leg, self._shown = leg, camera if leg is None else None
        self._size = enlarged_size(size, supersample)  # of what is drawn
        self._magnification = magnification(size, supersample)
        n_channels = 4 if transparent else 3
        red, green, blue, _ = scene.background_rgba
        self.background = (0.0,) * 4 if transparent else (red, green, blue, 1.0)
        self.background_bytes = np.rint(np.array(self.background[:n_channels]) * 255).astype(np.uint8)
        self._variants = camera_variants(*(leg.cameras if leg is not None else (camera,)))
        seen_from = camera if leg is None else leg
        self._nearest_pixel = seen_from.nearest_pixel(scene.morphology, self._size)
        self._pixels = seen_from.pixel_sizes(geometry.positions, self._size)
        self._n_vertices = geometry.n_vertices
        self._is_filled = False  # the values of the frame are on the GPU
        self._frame: tuple[Camera, float | None] = camera, None
        self._world = geometry.positions if leg is not None else None
        self._radii = geometry.radii
        geometry = replace(geometry, positions=_relative(geometry.positions, camera))
        self._extent = tubes_extent(geometry) if leg is None else leg.extent(camera)
        self._view = view_uniforms(self._extent, camera, self._size)
        with ExitStack() as resources:
            self.target = owned(resources, Target(size, channels=n_channels))
            self._n_lens_points = n_lens_points
            self._lens = owned(resources, LensPictures(self.target)) if n_lens_points > 1 else None
            self._surfaces = self._new_surfaces()
            if self._surfaces is not None:
                resources.callback(self._surfaces.delete)
            self._finish = self._new_finish()
            if self._finish is not None:
                resources.callback(self._finish.delete)
            self._sprites = owned(resources, Sprites(size))
            self._groups = self._new_tubes(geometry, resources)
            self.tubes = [tubes for _, group in self._groups for tubes in group]
            for tubes in self.tubes[:-1]:
                tubes.is_last = False
            vertices = np.column_stack([geometry.positions, geometry.radii])
            is_computed = computes and ComputedAttributes.fits(
                [b for t in self.tubes for b in t.batches], len(vertices)
            )
            new_attributes = ComputedAttributes if is_computed else UploadedAttributes
            self._attributes = owned(resources, new_attributes(vertices, values))
            self._markers = self._new_markers(geometry)
            if self._markers is not None:
                owned(resources, self._markers)
            self._resources = resources.pop_all()

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
        return self._coloring.opacity == 1 and all(opacity == 1 for opacity, _ in self._groups)

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
        self._extent = self._leg.extent(camera)
        self._view = view_uniforms(self._extent, camera, self._size)
        for tubes in self.tubes:
            tubes.set_view(self._view, positions)
        if self._markers is not None:
            self._markers.set_view(self._view, np.asarray(camera.center), self._crowding(camera))
        if isinstance(self._finish, Shadowing):
            self._finish.set_half_depth(self._view["u_half_depth"])
        if self._surfaces is not None:
            self._surfaces.set_view(view_uniforms(self._extent, camera, self._surfaces_size), camera)
        self._shown = camera

    def draw(self, sprites: Sequence[Sprite], box: Box | None = None) -> None:
        """Draw into the target: all of the image, or a box of it where everything is opaque."""
        if self._lens is not None and self._frame[0].aperture:
            self._draw_blurred(self._lens)
        else:
            self._draw_cell(box)
        self._sprites.draw(sprites)
        GL.glFlush()

    def _draw_blurred(self, lens: LensPictures) -> None:
        """Draw the mean of what points of the lens see: all of the image."""
        lens.clear()
        try:
            for point in lens_points(self._frame[0], self._n_lens_points):
                checkpoint()
                self._show_from(partial(lens_view, point=point))
                self._draw_cell(None)
                lens.add(1 / self._n_lens_points)
        finally:
            self._show_from(None)
        lens.finish()

    def _draw_cell(self, box: Box | None) -> None:
        if self._surfaces is not None:
            self._update_surfaces(self._surfaces)
        if isinstance(self._finish, Glowing):
            self._draw_light(self._finish)
        else:
            self._draw_surfaces(box)

    def _update_surfaces(self, surfaces: Surfaces) -> None:
        """Draw what is behind the cell and before it, if that differs from the last frame."""
        camera, time = self._frame
        if not surfaces.is_new(camera, time):
            return
        with surfaces.cell_depth(camera):
            # Cells that glow hide nothing.
            for tubes in self.tubes if not self._scene.look.is_glowing else ():
                tubes.draw_surface(least_coverage=_LEAST_COVERAGE)
            if self._markers is not None:
                self._markers.draw_solid()
        surfaces.draw(camera, time)

    def _blend_surfaces(self, picture: Texture, origin: tuple[int, int] = (0, 0)) -> None:
        """Blend one of the pictures of surfaces over what is bound."""
        assert self._surfaces is not None
        self._sprites.blend(picture, 1.0, origin=origin, box=self._surfaces.box)

    def _draw_light(self, glowing: Glowing) -> None:
        """Add up the light of tubes and markers, and draw its picture. All of the image: it glows beyond the tubes."""
        glowing.stage.bind((0.0,) * 4)
        GL.glDisable(GL.GL_DEPTH_TEST)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE)
        for tubes in self.tubes:
            tubes.draw_light()
        if self._markers is not None:
            self._markers.draw_all()
        surfaces = self._surfaces
        glowing.finish(
            self.background, None, None if surfaces is None else partial(self._blend_surfaces, surfaces.behind)
        )

    def _draw_surfaces(self, box: Box | None) -> None:
        opacity = self._coloring.opacity
        # A group that is not opaque is drawn into an image of its own, which covers the whole target.
        stage = self.target if self._finish is None else self._finish.stage
        box = box if self.is_opaque else None
        surfaces = self._surfaces
        background = (0.0,) * 4 if isinstance(self._finish, Shadowing) else self.background
        # A cell before surfaces is faded by itself, else everything is at the end.
        own_opacity, fades = (opacity, False) if surfaces is not None else (1.0, opacity < 1)
        origin = stage.bind((0.0,) * 4 if fades else background, box)
        if surfaces is not None:
            self._blend_surfaces(surfaces.behind, origin)
        if self._markers is not None and opacity == 1:
            self._markers.draw_solid()
        for group_opacity, group in self._groups:
            shown = group_opacity * own_opacity
            with stage.layer() if shown < 1 else nullcontext() as layer:
                for tubes in group:
                    tubes.draw(origin)
            if layer is not None:
                self._sprites.blend(layer, shown)
        if fades:
            self._sprites.fade(opacity, background)
        if self._markers is not None:
            if opacity < 1:
                self._markers.draw_solid()
            self._markers.draw_edges()
        if surfaces is not None:
            self._blend_surfaces(surfaces.before, origin)
        if isinstance(self._finish, Averaging):
            self._finish.finish(self.background, box)
        elif isinstance(self._finish, Shadowing):
            with self._finish.surface():
                for tubes in self._groups[0][1] if self._groups else ():  # the most opaque
                    tubes.draw_surface(origin)
                if self._markers is not None:
                    self._markers.draw_solid()
            self._finish.finish(self.background, box, origin)

    def _new_finish(self) -> Averaging | Glowing | Shadowing | None:
        """What makes the picture of what is drawn; None where that is the picture."""
        if self._scene.look.is_glowing:
            return Glowing(self.target, self._supersample)
        if self._scene.look.is_shadowed:
            return Shadowing(self.target, self._supersample, half_depth=self._view["u_half_depth"])
        return Averaging(self.target, self._supersample) if self._supersample > 1 else None

    def _new_surfaces(self) -> Surfaces | None:
        """What is around the cell; None where nothing is."""
        size = self._surfaces_size
        cameras = (self._camera,) if self._leg is None else self._leg.cameras
        around = SurfaceScene(
            self._scene, lambda corners: min(nearest_pixel(camera, corners, size) for camera in cameras)
        )
        if not len(around.positions):
            return None
        look = self._scene.look
        material = look.material
        uniforms = view_uniforms(self._extent, self._camera, size) | {
            "u_lighting": float(look.is_lit or look.is_glowing),
            "u_material": (material.shadow, material.diffuse, material.gloss, material.shininess),
            "u_rim_shade": material.rim,
            "u_depth_cue": self._scene.depth_cue_strength,
            "u_background": self._scene.background_rgba[:3],
        }
        smooths = size == self.target.size
        return Surfaces(
            around, camera=self._camera, size=size, uniforms=uniforms, smooths=smooths, variants=self._variants
        )

    @property
    def _surfaces_size(self) -> Size:
        """Of the pictures of surfaces. Light is a picture of its own before surfaces are behind it."""
        return self.target.size if self._scene.look.is_glowing else self._size

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
        self._update_surfaces(self._surfaces)
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
            *outlines, cell = (tubes.fragments(fragment_list, rows) for tubes in self.tubes)
            highlighted = [
                replace(draw, ends=np.full_like(draw.ends, self._n_vertices)) for draws in outlines for draw in draws
            ]
            return visible_fragments([*highlighted, *cell])

        try:
            with FragmentList(self.target, self._n_vertices) as fragment_list:
                return joined(in_parts(self._size[1], visible, fragment_list.n_parts))
        except ListOverflowError:
            return None

    def _new_tubes(self, geometry: TubeGeometry, resources: ExitStack) -> list[tuple[float, list[Tubes]]]:
        """Opacities, from the greatest down, and the tubes that have them."""
        glow = None if self._leg is None else self._leg.glow
        if self._scene.look.is_glowing and glow is None:
            glow = glow_of(geometry, self._camera, self._size, min_width=self._scene.min_width)
        moves = self._leg is not None
        new_tubes = partial(
            Tubes,
            view=self._view,
            nearest_pixel=self._nearest_pixel,
            pixels=self._pixels,
            moves=moves,
            variants=self._variants,
        )
        return [
            (opacity, [owned(resources, new_tubes(part, style=style)) for part, style in parts])
            for opacity, parts in tube_groups(
                self._scene, self._coloring, geometry, magnification=self._magnification, glow=glow
            )
        ]

    def _new_markers(self, geometry: TubeGeometry) -> Markers | None:
        """The markers of synapses, if there are any."""
        scene, camera = self._scene, self._camera
        if scene.synapses is None or not scene.synapses.n_synapses:
            return None
        turns = self._leg is not None or camera.azim_step
        return Markers(
            scene.synapses,
            scene.synapse_style,
            view=self._view,
            center=np.asarray(camera.center),
            viewer=None if turns else camera.axes[2],
            geometry=geometry,
            lighting=scene.look.is_lit,
            magnification=self._magnification,
            depth_cue=scene.depth_cue_strength,
            background=scene.background_rgba[:3],
            crowding=self._crowding(camera),
            variants=self._variants,
        )

    def _crowding(self, camera: Camera) -> Crowding:
        """Of the markers, as the camera shows them."""
        scene = self._scene
        assert scene.synapses is not None
        assert camera.height is not None
        return crowding(
            scene.synapses,
            scene.synapse_style,
            scene.morphology,
            pixel=camera.height / self._size[1],
            magnification=self._magnification,
        )


def _relative(positions: npt.NDArray[np.float32], camera: Camera) -> npt.NDArray[np.float32]:
    """Positions relative to the camera's center, µm; computed in 64 bits."""
    relative = np.empty_like(positions)
    np.subtract(positions, np.asarray(camera.center), out=relative, casting="same_kind")
    return relative
