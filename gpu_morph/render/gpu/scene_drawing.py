"""SceneDrawing: everything of a scene that is on the GPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
from OpenGL import GL

from ...data.sampling import Sample
from ...image.image import Size
from ...scene.annotations.base import Sprite
from ...scene.camera import Box, Camera
from ...scene.coloring import Coloring
from ...scene.scene import Scene
from ..crowding import crowding
from ..geometry.tube_geometry import TubeGeometry
from ..glow import glow_of
from ..static_camera.a_buffer import ABuffer, joined, visible_fragments
from ..static_camera.surroundings import Surroundings
from ..supersampling import enlarged_size
from ..surface_scene import SurfaceScene
from ..tube_groups import tube_groups
from ..vertex_values import VertexValues
from .attributes import ComputedAttributes, UploadedAttributes
from .averaging import Averaging
from .fragments import FragmentList, ListOverflowError, in_parts
from .glowing import Glowing
from .markers import Markers
from .owned import owned
from .shadowing import Shadowing
from .sprites import Sprites
from .surfaces import Surfaces
from .target import Target
from .textures import Texture
from .tubes import Tubes
from .view import view_uniforms

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
        Fitted.
    size : (width, height)
        Pixels.
    supersample : int
        Pixels that are drawn for a pixel of the picture, along each axis.
    transparent : bool
        Leave the background out.
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
        size: Size,
        supersample: int = 1,
        transparent: bool,
        computes: bool,
    ) -> None:
        self._scene, self._coloring, self._camera, self._supersample = scene, coloring, camera, supersample
        self._size = enlarged_size(size, supersample)  # of what is drawn
        n_channels = 4 if transparent else 3
        red, green, blue, _ = scene.background_rgba
        self.background = (0.0,) * 4 if transparent else (red, green, blue, 1.0)
        self.background_bytes = np.rint(np.array(self.background[:n_channels]) * 255).astype(np.uint8)
        self._nearest_pixel = camera.nearest_pixel(scene.morphology, self._size)
        self._n_vertices = geometry.n_vertices
        self._is_filled = False  # the values of the frame are on the GPU
        self._frame: tuple[Camera, float | None] = camera, None
        relative = np.empty_like(geometry.positions)
        np.subtract(geometry.positions, np.asarray(camera.center), out=relative, casting="same_kind")  # in 64 bits
        geometry = replace(geometry, positions=relative)
        with ExitStack() as resources:
            self.target = owned(resources, Target(size, channels=n_channels))
            self._surfaces = self._new_surfaces(geometry)
            if self._surfaces is not None:
                resources.callback(self._surfaces.delete)
            self._finish = self._new_finish(geometry)
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
        return self.is_opaque and self._finish is None and not self.has_markers and not changes

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
            for tubes in self.tubes:
                tubes.show_from(camera, clim)
            for other in (self._markers, self._surfaces):
                if other is not None:
                    other.show_from(camera)
            yield
        finally:
            for tubes in self.tubes:
                tubes.show_from(None)
            for other in (self._markers, self._surfaces):
                if other is not None:
                    other.show_from(None)

    def draw(self, sprites: Sequence[Sprite], box: Box | None = None) -> None:
        """Draw into the target: all of the image, or a box of it where everything is opaque."""
        if self._surfaces is not None:
            self._update_surfaces(self._surfaces)
        if isinstance(self._finish, Glowing):
            self._draw_light(self._finish)
        else:
            self._draw_surfaces(box)
        self._sprites.draw(sprites)
        GL.glFlush()

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

    def _new_finish(self, geometry: TubeGeometry) -> Averaging | Glowing | Shadowing | None:
        """What makes the picture of what is drawn; None where that is the picture."""
        if self._scene.look.is_glowing:
            return Glowing(self.target, self._supersample)
        if self._scene.look.is_shadowed:
            half_depth = view_uniforms(geometry, self._camera, self._size)["u_half_depth"]
            return Shadowing(self.target, self._supersample, half_depth=half_depth)
        return Averaging(self.target, self._supersample) if self._supersample > 1 else None

    def _new_surfaces(self, geometry: TubeGeometry) -> Surfaces | None:
        """What is around the cell; None where nothing is."""
        around = SurfaceScene(self._scene)
        if not len(around.positions):
            return None
        look = self._scene.look
        material = look.material
        # Light is a picture of its own before surfaces are behind it.
        size = self.target.size if look.is_glowing else self._size
        uniforms = view_uniforms(geometry, self._camera, size) | {
            "u_lighting": float(look.is_lit or look.is_glowing),
            "u_material": (material.shadow, material.diffuse, material.gloss, material.shininess),
            "u_rim_shade": material.rim,
            "u_depth_cue": self._scene.depth_cue_strength,
            "u_background": self._scene.background_rgba[:3],
        }
        smooths = size == self.target.size
        return Surfaces(around, camera=self._camera, size=size, uniforms=uniforms, smooths=smooths)

    @property
    def has_bounds(self) -> bool:
        """True when nothing is drawn beside tubes and surfaces, so that `bounds` has all of it."""
        return self._markers is None and not self._scene.look.is_glowing

    def bounds(self, camera: Camera) -> Box | None:
        """The box of the image that holds all tubes and surfaces; None where it is empty. For orthographic cameras."""
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
        for tubes in self.tubes:
            tubes.set_camera(camera, self._attributes)
        self._is_filled, self._frame = False, (camera, None)
        self._update_surfaces(self._surfaces)
        return Surroundings.of(*self._surfaces.images(), self.background_bytes)

    def visible_fragments(self, camera: Camera) -> ABuffer | None:
        """What the camera sees of the tubes; None where not even one row of pixels fits into the list.

        Needs OpenGL 4.3. Vertex number ``n_vertices``, one beyond the last, stands for the highlight's colour.
        """
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
        glow = None
        if self._scene.look.is_glowing:
            glow = glow_of(geometry, self._camera, self._size, min_width=self._scene.min_width)
        new_tubes = partial(Tubes, camera=self._camera, size=self._size, nearest_pixel=self._nearest_pixel)
        return [
            (opacity, [owned(resources, new_tubes(part, style=style)) for part, style in parts])
            for opacity, parts in tube_groups(
                self._scene, self._coloring, geometry, supersample=self._supersample, glow=glow
            )
        ]

    def _new_markers(self, geometry: TubeGeometry) -> Markers | None:
        """The markers of synapses, if there are any."""
        scene, camera = self._scene, self._camera
        assert camera.height is not None
        if scene.synapses is None or not scene.synapses.n_synapses:
            return None
        return Markers(
            scene.synapses,
            scene.synapse_style,
            camera=camera,
            size=self._size,
            geometry=geometry,
            lighting=scene.look.is_lit,
            supersample=self._supersample,
            depth_cue=scene.depth_cue_strength,
            background=scene.background_rgba[:3],
            crowding=crowding(
                scene.synapses,
                scene.synapse_style,
                scene.morphology,
                pixel=camera.height / self._size[1],
                supersample=self._supersample,
            ),
        )
