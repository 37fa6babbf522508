"""Composition: one picture of tubes, markers and surfaces."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial

from OpenGL import GL

from ...scene.camera import Box, Camera
from ..tube_style import PASSES
from .averaging import Averaging
from .glowing import Glowing
from .markers import Markers
from .scene_parts import Finish, Groups
from .shadowing import Shadowing
from .sprites import Sprites
from .surfaces import Surfaces
from .target import Target
from .textures import Texture

_LEAST_COVERAGE = 0.004  # of a pixel from which the cell divides what is behind it from what is before it


class Composition:
    """Draws parts of a scene into a target: what is behind, between and before, with their opacities.

    Parameters
    ----------
    target : Target
        Holds the picture.
    finish : Averaging, Glowing or Shadowing, optional
        What makes the picture of what is drawn.
    groups : list of (float, list of Tubes)
        Opacities, from the greatest down, and the tubes that have them.
    markers : Markers, optional
        Of synapses.
    surfaces : Surfaces, optional
        What is around the cell.
    sprites : Sprites
        Blends pictures over each other.
    opacity : float
        Of the whole cell, 0 to 1.
    background : (float, float, float, float)
        Premultiplied RGBA, 0 to 1.
    """

    def __init__(
        self,
        target: Target,
        finish: Finish | None,
        *,
        groups: Groups,
        markers: Markers | None,
        surfaces: Surfaces | None,
        sprites: Sprites,
        opacity: float,
        background: tuple[float, float, float, float],
    ) -> None:
        self._target, self._finish, self._groups, self._sprites = target, finish, groups, sprites
        self._markers, self._surfaces, self._opacity, self._background = markers, surfaces, opacity, background

    @property
    def is_opaque(self) -> bool:
        """True when all sections are opaque."""
        return self._opacity == 1 and all(opacity == 1 for opacity, _ in self._groups)

    def draw(self, camera: Camera, time: float | None, box: Box | None) -> None:
        """Draw into the target what a frame's camera shows at a time, ms: all of the image, or a box of it.

        A box is for opaque cells.
        """
        self.update_surfaces(camera, time)
        if isinstance(self._finish, Glowing):
            self._draw_light(self._finish)
        else:
            self._draw_solids(box)

    def update_surfaces(self, camera: Camera, time: float | None) -> None:
        """Draw what is behind the cell and before it, if that differs from the last frame."""
        surfaces = self._surfaces
        if surfaces is None or not surfaces.is_new(camera, time):
            return
        with surfaces.cell_depth(camera):
            # Cells that glow hide nothing.
            for _, group in self._groups if not isinstance(self._finish, Glowing) else ():
                for tubes in group:
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
        for _, group in self._groups:
            for tubes in group:
                tubes.draw_light()
        if self._markers is not None:
            self._markers.draw_all()
        surfaces = self._surfaces
        glowing.finish(
            self._background, None, None if surfaces is None else partial(self._blend_surfaces, surfaces.behind)
        )

    def _draw_solids(self, box: Box | None) -> None:
        """Draw tubes and markers between surfaces."""
        # A group that is not opaque is drawn into an image of its own, which covers the whole target.
        stage = self._target if self._finish is None else self._finish.stage
        box = box if self.is_opaque else None
        surfaces, opacity = self._surfaces, self._opacity
        background = (0.0,) * 4 if isinstance(self._finish, Shadowing) else self._background
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
                for each in PASSES:
                    for tubes in group:
                        tubes.draw(each, origin)
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
            self._finish.finish(self._background, box)
        elif isinstance(self._finish, Shadowing):
            with self._finish.surface():
                for tubes in self._groups[0][1] if self._groups else ():  # the most opaque
                    tubes.draw_surface(origin)
                if self._markers is not None:
                    self._markers.draw_solid()
            self._finish.finish(self._background, box, origin)
