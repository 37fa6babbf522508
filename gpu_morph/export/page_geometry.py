"""What a page draws: vertices, segments and their styles, and the markers of synapses."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..render.crowding import crowding
from ..render.geometry.joint_frames import joint_frames
from ..render.geometry.scene_geometry import scene_geometry
from ..render.geometry.tube_geometry import TubeGeometry
from ..render.geometry.tube_template import tube_template
from ..render.glow import glow_of
from ..render.marker_data import marker_colors, marker_positions, marker_uniforms
from ..render.segment_layout import MESH, RIBBON
from ..render.shader_variants import Variants, camera_variants
from ..render.tube_groups import StyledTubes, tube_groups
from ..render.tube_style import LEVELS, PASSES
from ..render.vertex_values import RecordingRows, VertexValues
from ..scene.camera import Camera
from ..scene.coloring import Coloring
from ..scene.scene import Scene
from .packed_arrays import PackedArrays

_USUAL = 1080  # pixels: the height of the picture for which markers have their sizes, and of which widths are pixels
FINEST = 2000  # pixels: the height of the picture for which segments are fine enough
# Uniforms that grow with the picture, and those that shrink.
_IN_PIXELS, _OF_A_PIXEL = ("u_min_width", "u_outline_width", "u_min_radius"), ("u_pixel",)


def page_geometry(scene: Scene, rows: RecordingRows, camera: Camera) -> TubeGeometry:
    """Vertices and segments of the whole morphology, whatever the camera sees of it; positions in the world.

    ``camera`` is fitted.
    """
    everything = replace(camera, azim_step=camera.azim_step or 1.0)  # a camera that turns sees all
    return scene_geometry(scene, rows.recording, everything, (FINEST, FINEST))


def drawn_tubes(
    scene: Scene,
    coloring: Coloring,
    geometry: TubeGeometry,
    rows: RecordingRows,
    camera: Camera,
    arrays: PackedArrays,
) -> tuple[dict[str, Any], Variants]:
    """What tubes.js draws, and the variants of the shaders that draw it all; arrays are packed."""
    center = np.asarray(camera.center)
    relative = (geometry.positions - center).astype(np.float32)
    glow = None
    if scene.look.is_glowing:
        glow = glow_of(replace(geometry, positions=relative), camera, (_USUAL, _USUAL), min_width=scene.min_width)
    groups = tube_groups(scene, coloring, geometry, glow=glow)
    variants = camera_variants(camera).union(*(style.variants for _, parts in groups for _, style in parts))
    sources = VertexValues.of_scene(scene, rows, geometry).sources()[: geometry.n_vertices]
    description = {
        "center": center.tolist(),
        "extent": float((np.linalg.norm(relative, axis=1) + geometry.radii).max(initial=0.0)),
        "vertices": arrays.add(np.column_stack([relative, geometry.radii])),
        "sources": {name: arrays.add(np.ascontiguousarray(sources[name])) for name in sources.dtype.names or ()},
        "section": arrays.add(geometry.section),
        "position": arrays.add(geometry.section_position.astype(np.float32)),
        "opacity": coloring.opacity,
        "groups": [
            {"opacity": opacity, "tubes": [_tubes(part, arrays, variants) for part in parts]}
            for opacity, parts in groups
        ],
        "levels": [[None if limit == np.inf else limit, n_strips] for limit, n_strips in LEVELS],
        "templates": {n_strips: _template(n_strips, arrays) for _, n_strips in LEVELS if n_strips > 1},
        "layouts": {"ribbon": asdict(RIBBON), "tube": asdict(MESH)},
        "passes": [asdict(each) for each in PASSES],
    }
    return description, variants


def _tubes(styled: StyledTubes, arrays: PackedArrays, variants: Variants) -> dict[str, Any]:
    geometry, style = styled
    return {
        "segments": arrays.add(geometry.segments),
        "frames": arrays.add(_packed_frames(geometry)),
        "outline": style.outline,
        "minWidth": style.min_width,
        "uniforms": plain(style.uniforms(variants) | style.color_uniforms()),
        "textures": {name: _texture(image, arrays) for name, image in style.textures(variants).items()},
    }


def _packed_frames(geometry: TubeGeometry) -> npt.NDArray[np.uint16]:
    """(n_segments, 8) uint16: `joint_frames` of all segments, from -1 to 1 in steps of 1 / 32767."""
    frames = joint_frames(geometry, np.arange(geometry.n_segments)).reshape(-1, 8)
    return np.rint((np.clip(frames, -1, 1) + 1) * 32767).astype(np.uint16)


def _template(n_strips: int, arrays: PackedArrays) -> dict[str, Any]:
    template = tube_template(n_strips)
    return {"coordinates": arrays.add(template.coordinates), "triangles": arrays.add(template.triangles)}


def _texture(image: npt.NDArray[Any], arrays: PackedArrays) -> dict[str, Any]:
    height, width, channels = image.shape
    texels = arrays.add(image.reshape(height * width, channels))
    return {"width": width, "height": height, "channels": channels, "texels": texels}


def drawn_markers(scene: Scene, geometry: TubeGeometry, camera: Camera, arrays: PackedArrays) -> dict[str, Any] | None:
    """What markers.js draws; None without synapses."""
    events, style = scene.synapses, scene.synapse_style
    if events is None or not events.n_synapses:
        return None
    center = np.asarray(camera.center)
    relative = replace(geometry, positions=(geometry.positions - center).astype(np.float32))
    half_depth = float(np.linalg.norm(relative.positions, axis=1).max(initial=0.0))
    assert camera.height is not None
    pixel = camera.height / _USUAL
    look = crowding(events, style, scene.morphology, pixel=pixel)
    uniforms = marker_uniforms(
        style,
        lighting=scene.look.is_lit,
        depth_cue=scene.depth_cue_strength,
        background=scene.background_rgba[:3],
        crowding=look,
    )
    marker_radius = max(uniforms["u_radius"], uniforms["u_min_radius"] * pixel)
    positions = marker_positions(events, relative, center=center, half_depth=half_depth, marker_radius=marker_radius)
    order = np.argsort(events.event_time, kind="stable")
    return {
        "isSolid": look.opacity == 1,
        "positions": arrays.add(positions),
        "colors": arrays.add(marker_colors(events, style)),
        "population": arrays.add(events.population),
        "names": list(events.population_names),
        "eventTime": arrays.add(events.event_time[order].astype(np.float32)),
        "eventSynapse": arrays.add(events.event_synapse[order]),
        "duration": style.duration,
        "fade": style.fade,
        "showAll": style.show_all,
        "uniforms": plain(uniforms),
    }


def plain(uniforms: dict[str, Any]) -> dict[str, Any]:
    """Uniforms as numbers and lists; those that depend on the picture's size apart."""
    listed = {name: np.asarray(value, dtype=np.float64).tolist() for name, value in uniforms.items()}
    in_pixels = {name: listed.pop(name) for name in _IN_PIXELS if name in listed}
    of_a_pixel = {name: listed.pop(name) for name in _OF_A_PIXEL if name in listed}
    return {"fixed": listed, "inPixels": in_pixels, "ofPixel": of_a_pixel}
