"""Draws synapses: instanced discs that look like small balls."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...data.synapse_events import SynapseActivity, SynapseEvents
from ...scene.camera import Camera
from ...scene.synapse_style import SynapseStyle
from ..crowding import NOT_CROWDED, Crowding
from ..geometry.tube_geometry import TubeGeometry
from ..marker_data import marker_colors, marker_positions, marker_uniforms
from ..shader_variants import USUAL_PARTS, Variants
from . import quad
from .buffers import Attributes, Buffer
from .owned import owned
from .program import Program
from .view import MOVED, Move

_SOLID, _EDGES, _ALL = (0.999, 2.0), (0.002, 0.999), (0.002, 2.0)  # ranges of coverage, from and below


class Markers:
    """The markers of all synapses; those that are active at the frame's time are drawn.

    A marker lies on the viewer's side of the tube that contains its synapse. Solid fragments are drawn before the tubes
    and edges after them, so that the edges of both blend. Markers are not sorted: the depth test finds the nearest, and
    their order shows only in pixels where the edges of two cross.

    Parameters
    ----------
    events : SynapseEvents
        Positions in the world.
    style : SynapseStyle
        Size, colours and duration.
    view : dict
        From `view_uniforms`.
    center : (3,) float
        Of the camera, µm.
    viewer : (3,) float, optional
        See `marker_positions`.
    geometry : TubeGeometry
        The scene's tubes, with positions relative to the camera's center.
    lighting : bool
        See Scene.
    magnification : float
        See `gpu_morph.render.supersampling.magnification`.
    depth_cue, background
        See `Tubes`.
    crowding : Crowding
        Of the markers. Translucent ones are drawn after the tubes, and do not hide each other.
    variants : frozenset
        Of shaders that the cameras need.
    """

    def __init__(
        self,
        events: SynapseEvents,
        style: SynapseStyle,
        *,
        view: dict[str, Any],
        center: npt.NDArray[np.float64],
        viewer: npt.NDArray[np.float64] | None,
        geometry: TubeGeometry,
        lighting: bool,
        magnification: float = 1.0,
        depth_cue: float = 0.0,
        background: tuple[float, float, float] = (1.0, 1.0, 1.0),
        crowding: Crowding = NOT_CROWDED,
        variants: Variants = USUAL_PARTS,
    ) -> None:
        self._style = style
        self._activity = SynapseActivity(events, duration=style.duration)
        self._view = view
        half_depth = view["u_half_depth"] / view["u_scale"]
        self._is_solid = crowding.opacity == 1
        self._look = partial(
            marker_uniforms,
            style,
            lighting=lighting,
            magnification=magnification,
            depth_cue=depth_cue,
            background=background,
        )
        look = self._look(crowding=crowding)
        self._positions = marker_positions(
            events,
            geometry,
            center=center,
            half_depth=half_depth,
            viewer=viewer,
            marker_radius=max(look["u_radius"], look["u_min_radius"] / view["u_scale"]),
        )
        self._colors = marker_colors(events, style)
        self._first_center, self._center = center, center
        with ExitStack() as resources:
            self._program = owned(resources, Program("marker.vert", "marker.frag", variants=variants))
            corners, triangles = (owned(resources, Buffer(one)) for one in (quad.CORNERS, quad.TRIANGLES))
            self._shown_positions, self._shown_looks = (owned(resources, Buffer(16)) for _ in range(2))
            attributes = (
                Attributes(corners, [("a_corner", 2)], per_instance=False),
                Attributes(self._shown_positions, [("a_position", 4)]),
                Attributes(self._shown_looks, [("a_look", 4)]),
            )
            self._array = owned(resources, self._program.vertex_array(attributes, triangles))
            for name, value in (view | look).items():
                self._program[name] = value
            self._everything = np.arange(events.n_synapses if style.show_all else 0, dtype=np.int32)
            self._show_all()
            self._resources = resources.pop_all()

    def set_time(self, time: float | None) -> None:
        """Set the frame's time, ms; None: no synapse is active."""
        if self._style.show_all:
            return
        if time is None:
            self._n_shown = 0
        else:
            self._show(*self._activity.at(time))

    def set_view(self, view: dict[str, Any], center: npt.NDArray[np.float64], crowding: Crowding) -> None:
        """Set other uniforms from `view_uniforms`, another center and crowding; call `set_time` then."""
        self._view, self._center, self._is_solid = view, center, crowding.opacity == 1
        for name, value in (view | self._look(crowding=crowding)).items():
            self._program[name] = value
        self._show_all()

    def _show_all(self) -> None:
        self._show(self._everything, np.zeros(len(self._everything), dtype=np.float32))

    def _show(self, synapses: npt.NDArray[np.int32], ages: npt.NDArray[np.float32]) -> None:
        self._n_shown = len(synapses)
        if not self._n_shown:
            return
        sizes = np.sqrt(1 - ages) if self._style.fade else np.ones_like(ages)  # the area shrinks linearly
        positions = self._positions[synapses]
        if self._center is not self._first_center:
            positions[:, :3] += (self._first_center - self._center).astype(np.float32)
        self._shown_positions.upload(positions)
        self._shown_looks.upload(np.column_stack([self._colors[synapses], sizes]))

    def set_camera(self, camera: Camera) -> None:
        """Set the frame's camera."""
        self._program["u_axes"] = camera.axes.astype(np.float32)

    def show_from(self, move: Move | None) -> None:
        """See `Tubes.show_from`."""
        view = self._view if move is None else move(self._view)
        for name in MOVED:
            self._program[name] = view[name]

    def draw_solid(self) -> None:
        """Draw the solid fragments into the bound target; call it before the tubes are drawn."""
        if self._is_solid:
            self._draw(_SOLID)

    def draw_edges(self) -> None:
        """Draw the edges into the bound target; call it after the tubes are drawn."""
        self._draw(_EDGES if self._is_solid else _ALL)

    def draw_all(self) -> None:
        """Draw solid fragments and edges into the bound target."""
        self._draw(_ALL)

    def _draw(self, coverage_range: tuple[float, float]) -> None:
        if not self._n_shown:
            return
        self._program["u_coverage_range"] = coverage_range
        GL.glDepthMask(coverage_range == _SOLID)
        self._program.draw(self._array, self._n_shown)
        GL.glDepthMask(True)

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()
