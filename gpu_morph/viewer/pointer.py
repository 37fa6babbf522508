"""PointerReader: what is under the pointer, with its name and value."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..image.image import Size
from ..scene.annotations.number_format import formatted
from ..scene.opacity import section_opacities
from ..scene.picture_unit import picture_unit
from ..scene.scene import Scene
from .controls import contains, picture_box
from .marker_picking import MarkerPick, MarkerPicker
from .picking import Pick, Picker
from .pictures import Pictures
from .readout import Readout, SiteReader
from .scene_view import picture_size
from .state import ViewState
from .surface_picking import SurfacePick, SurfacePicker

_MOST_POPULATIONS = 3  # that are named one by one


class PointerReader:
    """Reads what is under the pointer of a view.

    Parameters
    ----------
    base : Scene
        What was given, resolved.
    pictures : Pictures
        They have the vertices of what is shown, for the places of markers.
    """

    def __init__(self, base: Scene, pictures: Pictures) -> None:
        self._reader, self._pictures = SiteReader(base), pictures
        self._key: Any = None
        self._cell: Picker | None = None
        self._surfaces: SurfacePicker | None = None
        self._markers: MarkerPicker | None = None

    def pick(self, state: ViewState, content: Scene) -> Pick | None:
        """The site under the pointer; None where there is none."""
        at = self._place(state, content)
        return None if at is None or self._cell is None else self._cell.at(*at)

    def readout(self, state: ViewState, content: Scene) -> Readout | None:
        """What a tooltip says: of markers, else of what hides the cell, of the cell, of what is around it."""
        at = self._place(state, content)
        if at is None:
            return None
        assert self._cell is not None
        site = self._cell.at(*at)
        surface = None if self._surfaces is None else self._surfaces.at(*at, state.time)
        marker = None if self._markers is None else self._markers.at(*at, state.time)
        if site is not None and surface is not None and surface.is_opaque and surface.depth > site.depth:
            site = None
        if surface is not None and marker is not None and surface.is_opaque and surface.depth > marker.depth:
            marker = None
        if marker is not None and (site is None or marker.depth >= site.depth):
            return _of_markers(marker, None if site is None else self._reader.read(site, state.time))
        if site is not None:
            return self._reader.read(site, state.time)
        return None if surface is None else _of_surface(surface)

    def _place(self, state: ViewState, content: Scene) -> tuple[float, float] | None:
        """The pixel of the picture under the pointer, for which all is ready."""
        if state.pointer is None or not contains(picture_box(state.size), *state.pointer):
            return None
        size = picture_size(state)
        key = state.camera, size, state.isolated
        if key != self._key:
            self._key = None
            self._prepare(state, content, size)
            self._key = key
        x, y = (coordinate * state.pixel_ratio for coordinate in state.pointer)
        return x, y

    def _prepare(self, state: ViewState, content: Scene, size: Size) -> None:
        camera = state.camera
        self._cell = Picker(
            content.morphology,
            camera,
            size,
            is_shown=section_opacities(content.opacity, content.morphology) > 0,
            min_width=content.min_width * picture_unit(size),
        )
        self._surfaces = SurfacePicker(content, camera, size) if content.meshes else None
        has_markers = content.synapses is not None and content.synapses.n_synapses > 0
        self._markers = (
            MarkerPicker(content, self._pictures.geometry(content, camera, size), camera, size) if has_markers else None
        )


def _of_markers(pick: MarkerPick, site: Readout | None) -> Readout:
    """A tooltip of synapses, with the site that they are on."""
    n, counts = sum(pick.counts.values()), pick.counts
    if n == 1:
        value = f"synapse, {next(iter(counts))}"
    else:
        named = [f"{name}: {count}" for name, count in list(counts.items())[:_MOST_POPULATIONS]]
        named += ["..."] if len(counts) > _MOST_POPULATIONS else []
        value = f"{n} synapses, {next(iter(counts))}" if len(counts) == 1 else f"{n} synapses   {', '.join(named)}"
    if site is None:
        return Readout(value, "", "")
    return Readout(value, site.name, "   ".join(part for part in (site.value, site.details) if part))


def _of_surface(pick: SurfacePick) -> Readout:
    """A tooltip of an object around the cell."""
    if pick.value is None:
        return Readout("", pick.name, "")
    if not np.isfinite(pick.value):
        return Readout("not recorded", pick.name, "")
    n_decimals = int(np.clip(2 - np.floor(np.log10(max(abs(pick.value), 1e-9))), 0, 6))
    return Readout(formatted(pick.value, n_decimals), pick.name, "")
