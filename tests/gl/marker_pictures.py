"""Pictures of synapses' markers on a cell, and what is measured in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from reference import straight_tube

from gpu_morph import Camera, Morphology, Scene, SynapseEvents
from gpu_morph.render.geometry.tube_geometry import TubeGeometry, tube_geometry
from gpu_morph.render.gpu.context import current_context
from gpu_morph.render.shader_variants import camera_variants
from gpu_morph.render.tube_style import PASSES
from gpu_morph.render.vertex_values import RecordingRows, VertexValues
from gpu_morph.scene.coloring import fixed_coloring
from gpu_morph.scene.colors import parse_color
from gpu_morph.scene.synapse_style import SynapseStyle

# Looking along -x: y runs to the right, z upwards, x towards the viewer; 5 pixels per µm.
SIDE = Camera(azim=0, elev=0, center=(0, 0, 0), height=20)
SIZE = (100, 100)
COLORS = ("#d55e00", "#56b4e9", "#009e73")
FAR_AWAY = straight_tube((0, 500, 0), (0, 510, 0))  # outside the picture


def spikes(*positions: Sequence[float], populations: Sequence[int] | None = None, at: float = 0.0) -> SynapseEvents:
    """A synapse at each position, µm, active at one time; all of population 0 by default."""
    n = len(positions)
    return SynapseEvents(
        positions=np.array(positions, dtype=float).reshape(-1, 3),
        population=np.zeros(n, int) if populations is None else populations,
        population_names=tuple("abc"),
        event_synapse=np.arange(n),
        event_time=np.full(n, at),
    )


def style(**changes: Any) -> SynapseStyle:
    """Markers of 4 µm, 20 pixels here, in COLORS."""
    return SynapseStyle(**{"diameter": 4.0, "colors": dict(zip("abc", COLORS, strict=True))} | changes)


def seen(geometry: TubeGeometry, camera: Camera) -> dict[str, Any]:
    """What markers get to know of the camera."""
    from gpu_morph.render.gpu.view import tubes_extent, view_uniforms

    view = view_uniforms(tubes_extent(geometry), camera, SIZE)
    return {
        "view": view,
        "center": np.array(camera.center),
        "viewer": None if camera.azim_step else camera.axes[2],
        "variants": camera_variants(camera),
    }


def picture(
    events: SynapseEvents,
    how: SynapseStyle | None = None,
    cell: Morphology = FAR_AWAY,
    *,
    camera: Camera = SIDE,
    time: float | None = 0.0,
    **options: Any,
) -> npt.NDArray[np.float64]:
    """(height, width, 4) from 0 to 255, premultiplied by alpha: the cell in grey, and markers."""
    current_context()
    from gpu_morph.render.gpu.attributes import UploadedAttributes
    from gpu_morph.render.gpu.markers import Markers
    from gpu_morph.render.gpu.target import Target
    from gpu_morph.render.gpu.tubes import Tubes, TubeStyle

    def longest(points: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        return 0.05 * np.maximum(camera.eye_distances(points), 0.1 * camera.eye_distance)

    geometry = tube_geometry(cell, longest_thick=longest)  # as scene_geometry divides segments
    geometry = replace(geometry, positions=(geometry.positions - np.array(camera.center)).astype(np.float32))
    view: dict[str, Any] = seen(geometry, camera) | {"lighting": options.pop("lighting", False)} | options
    target, table = Target(SIZE, channels=4), fixed_coloring("#808080").table
    tube_style = TubeStyle(table, lighting=view["lighting"], min_width=0.0, **options)
    pixels = np.full(geometry.n_vertices, 0.1)
    tubes = Tubes(
        geometry, view=view["view"], nearest_pixel=0.1, pixels=pixels, style=tube_style, variants=view["variants"]
    )
    markers = Markers(events, how or style(), geometry=geometry, **view)
    try:
        vertices = np.column_stack([geometry.positions, geometry.radii])
        rows = RecordingRows(Scene(cell), fixed_coloring("k"))
        attributes = UploadedAttributes(vertices, VertexValues(rows, None, np.zeros(len(vertices), dtype=bool)))
        tubes.set_camera(camera, attributes)
        attributes.show(None)
        tubes.fill_values(attributes)
        markers.set_camera(camera)
        markers.set_time(time)
        target.bind((0.0, 0.0, 0.0, 0.0))
        markers.draw_solid()
        for each in PASSES:
            tubes.draw(each)
        markers.draw_edges()
        return target.readback.fetch(target.request()).astype(float)
    finally:
        for drawn in (markers, tubes, target):
            drawn.delete()


def area(image: npt.NDArray[np.float64]) -> float:
    """Pixels covered."""
    return float(image[..., 3].sum() / 255)


def middle(image: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Centroid of the coverage, pixels: x, y."""
    rows, columns = np.indices(image.shape[:2]) + 0.5
    weight = image[..., 3] / image[..., 3].sum()
    return float((weight * columns).sum()), float((weight * rows).sum())


def rgb(color: str) -> list[int]:
    return [round(255 * channel) for channel in parse_color(color)[:3]]


def at(image: npt.NDArray[np.float64], position: Sequence[float], camera: Camera = SIDE) -> list[float]:
    """RGB of the pixel at which the camera sees a position."""
    x, y = camera.project([position], SIZE)[0]
    return image[int(y), int(x), :3].tolist()
