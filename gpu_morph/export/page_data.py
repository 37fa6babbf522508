"""A scene as the data of a page: a description for JSON, and packed arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..data.frame_times import recorded_range
from ..render.style_lengths import COVER_LINE, COVER_RADIUS, GLOW_ROWS, GLOW_WEIGHTS, GLOW_WIDTHS
from ..render.vertex_values import RecordingRows
from ..scene.camera import Box, Camera
from ..scene.colors import is_light
from ..scene.picture_unit import unit_rule
from ..scene.scene import Scene
from .packed_arrays import PackedArrays
from .page_geometry import FINEST, drawn_markers, drawn_tubes, page_geometry
from .page_legend import described_legend, described_maps, described_overlays, described_scale, described_surroundings
from .page_sections import described_sections
from .page_shaders import page_shaders, surface_shaders
from .page_surfaces import described_surfaces, fitted_points
from .page_texts import described_texts
from .page_times import Times, page_values
from .value_codes import Bits, ValueCodes

_GLOW = {"rows": GLOW_ROWS, "widths": GLOW_WIDTHS, "weights": GLOW_WEIGHTS.tolist()}
_COVER = {"radius": COVER_RADIUS, "line": COVER_LINE}
_FAR = 10**9  # pixels: no limit
_USUAL_VALUES = 1_000_000  # bytes, compressed
_MOST_USUAL = 20_000_000  # values: more of them are larger than that in any case


@dataclass(frozen=True, eq=False)
class PageData:
    """``description`` is what JSON can hold, ``arrays`` are base64."""

    description: dict[str, Any]
    arrays: str

    @property
    def n_bytes(self) -> int:
        """About the bytes that these data have in a page."""
        return len(self.arrays)


class SceneReader:
    """Reads a scene once, and describes it with codes of 8 or 16 bits.

    Parameters
    ----------
    scene : Scene
        What the page shows.
    times : (n,) float64, optional
        ms.
    """

    def __init__(self, scene: Scene, times: Times | None) -> None:
        self._is_range_given = scene.clim is not None
        if times is not None and len(times) > 1:  # the window of sampling="peak"
            scene = replace(scene, time_range=recorded_range(times))
        self._scene, self._times = scene.resolved(), times
        self._coloring = self._scene.coloring
        self._rows = RecordingRows(self._scene, self._coloring)
        self._values = page_values(self._rows, times)

    @property
    def usual_bits(self) -> Bits:
        """16, or 8 for values that would be large."""
        if self._values.size > _MOST_USUAL:
            return 8
        codes = PackedArrays()
        codes.add(self._codes(16).encode(self._values))
        return 16 if len(codes.base64()) <= _USUAL_VALUES else 8

    def data(self, bits: Bits) -> PageData:
        """The data of the page."""
        scene, arrays = self._scene, PackedArrays()
        camera = scene.first_camera.fitted(scene.morphology, (FINEST, FINEST), points=fitted_points(scene))
        geometry = page_geometry(scene, self._rows, camera)
        background = scene.background_rgba
        tubes, variants = drawn_tubes(scene, self._coloring, geometry, self._rows, camera, arrays)
        description = {
            "background": background[:3],
            "isLight": is_light(background),
            "camera": _described_camera(scene, camera),
            "unit": unit_rule(),
            "tubes": tubes,
            "markers": drawn_markers(scene, geometry, camera, arrays),
            "sections": described_sections(scene.morphology, arrays),
            "values": self._described_values(bits, arrays),
            "times": None if self._times is None else self._times.tolist(),
            "scale": described_scale(scene, is_range_given=self._is_range_given),
            "otherScales": described_overlays(scene) + described_surroundings(scene),
            "legend": described_legend(scene),
            "texts": described_texts(scene),
            "surfaces": (surfaces := described_surfaces(scene, self._times, camera, arrays)),
            "glow": _GLOW if scene.look.is_glowing else None,
            "cover": _COVER if scene.look.is_shadowed else None,
            "shaders": page_shaders(variants, scene.look) | ({} if surfaces is None else surface_shaders(variants)),
        }
        return PageData(description, arrays.base64())

    def _described_values(self, bits: Bits, arrays: PackedArrays) -> dict[str, Any]:
        codes, recording = self._codes(bits), self._coloring.recording
        return {
            "codes": arrays.add(codes.encode(self._values)),
            "knots": {"codes": codes.codes.tolist(), "values": codes.values.tolist()},
            "colored": [codes.first, codes.last],
            "missing": codes.missing,
            "span": self._extent[1] - self._extent[0],
            "name": "" if recording is None or not self._coloring.has_scale else recording.name,
            "maps": described_maps(self._scene),
        }

    def _codes(self, bits: Bits) -> ValueCodes:
        return ValueCodes.of(self._coloring.table, self._extent, bits, n_maps=1 + len(self._scene.overlays))

    @cached_property
    def _extent(self) -> tuple[float, float]:
        """The least and the greatest value that is shown."""
        finite = self._values[np.isfinite(self._values)]
        return (float(finite.min()), float(finite.max())) if finite.size else self._coloring.table.clim


def _described_camera(scene: Scene, camera: Camera) -> dict[str, Any]:
    """The camera, with what the page needs to fit it to any picture.

    Its height is ``max(along, across[0] * ratio + across[1])``; ``ratio`` is that of the picture's height to its width.
    """
    free = replace(scene.first_camera, height=None, shift=(0.0, 0.0), fov=camera.fov)
    around = fitted_points(scene)

    def height(width: int, area: tuple[int, int]) -> float:
        fitted = free.fitted(scene.morphology, (width, 1000), [Box(0, 0, *area)], points=around)
        assert fitted.height is not None
        return fitted.height

    along, square, narrow = height(1000, (_FAR, 1000)), height(1000, (1000, _FAR)), height(500, (500, _FAR))
    return {
        "basis": camera.reference.tolist(),
        "up": "" if camera.up == "z" else f", up={camera.up!r}",
        "azim": camera.azim,
        "elev": camera.elev,
        "roll": camera.roll,
        "isPerspective": camera.projection == "perspective",
        "fov": camera.fov,
        "center": camera.center,
        "height": scene.first_camera.height,
        "shift": scene.first_camera.shift or (0.0, 0.0),
        "along": along,
        "across": [narrow - square, 2 * square - narrow],
    }
