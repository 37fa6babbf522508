"""What is sent to the workers once for a film."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..image.image import Size
from ..image.yuv_format import YUV420
from ..scene.annotations.layout import Layout
from ..scene.panels.panels import Panels, with_items, with_scenes
from ..scene.panels.panels_layout import PanelsLayout
from ..scene.panels.plot_views import plot_view
from ..scene.panels.shown import Shown
from ..scene.plots.base import PanelPlot
from ..scene.scene import Scene
from ..video.encoding import Encoding
from ..video.film_request import FilmRequest


@dataclass(frozen=True, eq=False)
class FilmPayload:
    """What is sent to a worker once, for all pieces of a film.

    Parameters
    ----------
    name : str
        Unique among films.
    scene : Scene or Panels
        With ``clim`` and cameras resolved. Recordings have a reference for values, or `SentRows`.
    layout : Layout or PanelsLayout
        Of the annotations, and of panels.
    times : (n_frames,) float64
        Frame times, ms.
    size : (width, height)
        Pixels.
    supersample : int
        As in `Renderer`.
    rate : Fraction
        Frames per second.
    encoding : Encoding
        Of the pieces.
    takes_planes : bool
        The encoder gets YUV 4:2:0 planes instead of RGB.
    ending : str
        Of the pieces' files.
    device : int, "auto", "cpu" or None
        As in `Renderer`.
    memory : int or str
        Bytes of a recording that a worker holds at once.
    returns_png : bool
        Workers return each frame as PNG too.
    folder : Path, optional
        The folder that all workers can access, where they write pieces. None: they return pieces.
    """

    name: str
    scene: Shown
    layout: Layout | PanelsLayout
    times: npt.NDArray[np.float64]
    size: Size
    supersample: int
    rate: Fraction
    encoding: Encoding
    takes_planes: bool
    ending: str
    device: int | str | None
    memory: int | str
    returns_png: bool
    folder: Path | None


def resolved_picture(
    shown: Shown, size: Size, *, transparent: bool
) -> tuple[Scene, Layout] | tuple[Panels, PanelsLayout]:
    """Resolve ``clim`` and camera, and lay out annotations, for the whole film.

    The layout keeps the recording only if an annotation needs it on the workers.
    """
    resolved = shown.resolved()
    layout: Any = resolved.layout(size, transparent=transparent)
    if isinstance(resolved, Panels):
        return _resolved_panels(resolved, layout)
    return _resolved_scene(resolved, layout)


def _resolved_panels(panels: Panels, layout: Any) -> tuple[Panels, PanelsLayout]:
    items: list[Any] = []
    layouts: list[Any] = []
    for item, part, box in zip(panels.drawn_items(layout), layout.layouts, layout.boxes, strict=True):
        if isinstance(item, Panels):
            item, part = _resolved_panels(item, part)
        elif isinstance(item, Scene):
            item, part = _resolved_scene(item, part)
        elif isinstance(item, PanelPlot):
            item = item.for_worker(plot_view(panels, layout, box))
        items.append(item)
        layouts.append(part)
    carrier, whole = _resolved_scene(panels.carrier, layout.whole)
    sent = with_items(panels, items, annotations=carrier.annotations, cameras="own")
    return sent, PanelsLayout(whole, layout.boxes, tuple(layouts))


def _resolved_scene(scene: Scene, layout: Layout) -> tuple[Scene, Layout]:
    camera = scene.camera_beside(layout)
    annotations = tuple(annotation.for_worker(layout.view) for annotation in scene.annotations)
    needs_recording = any(annotation.needs_recording for annotation in annotations)
    view = replace(layout.view, recording=layout.view.recording if needs_recording else None)
    return replace(scene, camera=camera, annotations=annotations), replace(layout, view=view)


def film_payload(
    request: FilmRequest,
    scene: Shown,
    layout: Layout | PanelsLayout,
    *,
    values: Sequence[Any],
    ending: str,
    folder: Path | None,
) -> FilmPayload:
    """The payload of a film.

    Parameters
    ----------
    request : FilmRequest
        The film.
    scene, layout
        From `resolved_picture`.
    values : sequence
        What takes the place of the values of each scene's recording; None without a recording.
    ending, folder
        As in `FilmPayload`.
    """
    left = iter(values)
    return FilmPayload(
        name=uuid.uuid4().hex[:12],
        scene=with_scenes(scene, lambda one: _with_values(one, next(left))),
        layout=layout,
        times=request.times,
        size=request.size,
        supersample=request.supersample,
        rate=request.rate,
        encoding=_piece_encoding(request),
        takes_planes=request.planes == YUV420,
        ending=ending,
        device=request.device,
        memory=request.memory,
        returns_png=request.frame_folder is not None,
        folder=folder,
    )


def _with_values(scene: Scene, values: Any) -> Scene:
    recording = scene.recording
    return scene if recording is None else replace(scene, recording=replace(recording, values=values))


def _piece_encoding(request: FilmRequest) -> Encoding:
    """The film's encoding; lossless for a GIF, whose palette is computed from all frames when they are joined."""
    is_gif = request.target.suffix.lower() == ".gif"
    return replace(request.encoding, codec="qtrle", pixel_format="rgb24") if is_gif else request.encoding
