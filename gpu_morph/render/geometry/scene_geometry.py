"""The geometry of a scene: each cell as fine as the camera shows it."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...data.recording import Recording
from ...data.value_map import value_breakpoints
from ...image.image import Size
from ...scene.opacity import has_one_opacity
from ...scene.scene import Scene
from ..tube_style import LEVELS
from .cell_groups import CellGroups
from .circuit_geometry import circuit_geometry
from .kept_geometry import kept_geometry
from .seen_groups import view_margin
from .spheres import with_stations
from .tube_geometry import TubeGeometry
from .vertices import Breakpoints, resolution
from .viewpoint import Viewpoint

# Pixels. Deviations below the tolerance cannot be seen, but every segment costs time.
_TOLERANCE = 0.18
_LONGEST = 4.0  # of a segment that replaces several
_LEAST_FILLET = 2.0  # radius of the smallest fillet
_EQUAL = 0.05  # difference of radii
_LONGEST_THIN = 8.0  # of a segment that is drawn as part of a ribbon
_LONGEST_ANGLE = 0.05  # of a thick segment: its length by the distance from the eye
_NEAREST = 0.1  # distance from the eye, by that of the center, from which segments are not divided further


def scene_geometry(scene: Scene, recording: Recording | None, camera: Viewpoint, size: Size) -> TubeGeometry:
    """Vertices and segments of a scene's morphology; cells that a static camera does not see are left out.

    Parameters
    ----------
    scene : Scene
        Its morphology, interpolation and line widths are used.
    recording : Recording, optional
        What the colours stand for; values change linearly between its breakpoints.
    camera : Viewpoint
        A fitted camera, or several.
    size : (width, height)
        Pixels.
    """
    kept = kept_geometry()
    if kept is None:
        return _new_geometry(scene, _groups(scene, recording, camera, size), camera, size)

    def make() -> TubeGeometry:
        groups = kept.groups(scene, recording, partial(_groups, scene, recording, camera, size))
        return _new_geometry(scene, groups, camera, size)

    return kept.of(kept.key(scene, recording, camera, size), make)


def _groups(
    scene: Scene, recording: Recording | None, camera: Viewpoint, size: Size, *, keeps: bool = False
) -> CellGroups:
    """The cells of the scene, with the sites between which values change linearly."""
    if recording is None:
        return CellGroups(scene.morphology, keeps=keeps)
    step = max(_TOLERANCE / 4 * camera.nearest_pixel(scene.morphology, size), resolution(scene.morphology))
    sites = value_breakpoints(recording, scene.morphology, interpolation=scene.interpolation, step=step)
    return CellGroups(scene.morphology, with_stations(scene.morphology, Breakpoints(*sites)), keeps=keeps)


def _new_geometry(scene: Scene, groups: CellGroups, camera: Viewpoint, size: Size) -> TubeGeometry:
    margin = view_margin(scene)

    def pixel_size(box: Morphology) -> float | None:
        return camera.nearest_pixel(box, size) if camera.sees(box, size, margin=margin) else None

    def longest_thick(positions: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        return _LONGEST_ANGLE * np.maximum(camera.eye_distances(positions), _NEAREST * camera.eye_distance)

    # Fillets begin inside their parent, where a parent of another opacity would show them.
    is_one_body = has_one_opacity(scene.opacity, scene.morphology)
    return circuit_geometry(
        groups,
        tolerance=_TOLERANCE,
        longest=_LONGEST,
        least_fillet=_LEAST_FILLET if is_one_body else math.inf,
        longest_thin=_LONGEST_THIN,
        longest_thick=longest_thick if np.isfinite(camera.eye_distance) else None,
        thin=LEVELS[0][0],
        least_radius=scene.min_width / 2,
        equal=_EQUAL,
        pixel_size=pixel_size,
    )
