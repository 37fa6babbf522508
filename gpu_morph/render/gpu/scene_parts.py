"""SceneParts: makes what the drawing of a scene consists of."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ...image.image import Size
from ...scene.camera import Camera, nearest_pixel
from ...scene.coloring import Coloring
from ...scene.scene import Scene
from ..crowding import Crowding, crowding
from ..geometry.tube_geometry import TubeGeometry
from ..glow import glow_of
from ..path_legs import Leg
from ..shader_variants import camera_variants
from ..supersampling import enlarged_size, magnification
from ..surface_scene import SurfaceScene
from ..tube_groups import tube_groups
from .averaging import Averaging
from .glowing import Glowing
from .markers import Markers
from .owned import owned
from .shadowing import Shadowing
from .surfaces import Surfaces
from .target import Target
from .tubes import Tubes
from .view import view_uniforms

Finish = Averaging | Glowing | Shadowing
Groups = list[tuple[float, list[Tubes]]]  # opacities, from the greatest down, and the tubes that have them


class SceneParts:
    """Makes a scene's tubes, markers and surfaces, as its first camera shows them, and the finish of its pictures.

    Parameters
    ----------
    scene : Scene
        Resolved, and enlarged by ``supersample``.
    coloring : Coloring
        Of the scene.
    camera : Camera
        Fitted; that of the first frame.
    leg : Leg, optional
        The part of a path on which the camera is.
    extent : float
        Of what the first camera shows, µm; see `view_uniforms`.
    picture_size : (width, height)
        Pixels.
    supersample : int
        Pixels that are drawn for a pixel of the picture, along each axis.

    ``size`` is that of what is drawn, and ``surfaces_size`` that of the pictures of surfaces, pixels. ``view`` has the
    uniforms of the first camera.
    """

    def __init__(
        self,
        scene: Scene,
        coloring: Coloring,
        *,
        camera: Camera,
        leg: Leg | None,
        extent: float,
        picture_size: Size,
        supersample: int,
    ) -> None:
        self._scene, self._coloring, self._camera, self._leg, self._extent = scene, coloring, camera, leg, extent
        self._picture_size, self._supersample = picture_size, supersample
        self._magnification = magnification(picture_size, supersample)
        self._cameras = (camera,) if leg is None else leg.cameras
        self._variants = camera_variants(*self._cameras)
        self.size = enlarged_size(picture_size, supersample)
        # Light is a picture of its own before surfaces are behind it.
        self.surfaces_size = picture_size if scene.look.is_glowing else self.size
        self.view: dict[str, Any] = view_uniforms(extent, camera, self.size)

    def tubes(self, geometry: TubeGeometry, pixels: npt.NDArray[np.float64], resources: ExitStack) -> Groups:
        """The tubes, owned by ``resources``.

        Parameters
        ----------
        geometry : TubeGeometry
            Of the scene, relative to the first camera's center.
        pixels : (n_vertices,) float64
            Sizes of a pixel at its vertices, µm.
        resources : ExitStack
            Deletes the tubes when it is closed.
        """
        glow = None if self._leg is None else self._leg.glow
        if self._scene.look.is_glowing and glow is None:
            glow = glow_of(geometry, self._camera, self.size, min_width=self._scene.min_width)
        seen_from = self._camera if self._leg is None else self._leg
        new_tubes = partial(
            Tubes,
            view=self.view,
            nearest_pixel=seen_from.nearest_pixel(self._scene.morphology, self.size),
            pixels=pixels,
            moves=self._leg is not None,
            variants=self._variants,
        )
        return [
            (opacity, [owned(resources, new_tubes(part, style=style)) for part, style in parts])
            for opacity, parts in tube_groups(
                self._scene, self._coloring, geometry, magnification=self._magnification, glow=glow
            )
        ]

    def markers(self, geometry: TubeGeometry) -> Markers | None:
        """The markers of synapses, if there are any; ``geometry`` as in `tubes`."""
        scene, camera = self._scene, self._camera
        if scene.synapses is None or not scene.synapses.n_synapses:
            return None
        turns = self._leg is not None or camera.azim_step
        return Markers(
            scene.synapses,
            scene.synapse_style,
            view=self.view,
            center=np.asarray(camera.center),
            viewer=None if turns else camera.axes[2],
            geometry=geometry,
            lighting=scene.look.is_lit,
            magnification=self._magnification,
            depth_cue=scene.depth_cue_strength,
            background=scene.background_rgba[:3],
            crowding=self.crowding(camera),
            variants=self._variants,
        )

    def crowding(self, camera: Camera) -> Crowding:
        """Of the markers, as the camera shows them."""
        scene = self._scene
        assert scene.synapses is not None
        assert camera.height is not None
        return crowding(
            scene.synapses,
            scene.synapse_style,
            scene.morphology,
            pixel=camera.height / self.size[1],
            magnification=self._magnification,
        )

    def surfaces(self) -> Surfaces | None:
        """What is around the cell; None where nothing is."""
        size, cameras = self.surfaces_size, self._cameras
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
        smooths = size == self._picture_size
        return Surfaces(
            around, camera=self._camera, size=size, uniforms=uniforms, smooths=smooths, variants=self._variants
        )

    def finish(self, target: Target) -> Finish | None:
        """What makes the picture of what is drawn; None where that is the picture."""
        if self._scene.look.is_glowing:
            return Glowing(target, self._supersample)
        if self._scene.look.is_shadowed:
            return Shadowing(target, self._supersample, half_depth=self.view["u_half_depth"])
        return Averaging(target, self._supersample) if self._supersample > 1 else None
