"""What the file of a scene's picture says about itself."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from ..errors import FramesError
from ..image.file_texts import SOFTWARE, FileTexts
from ..image.image import Size
from ..scene.camera import Camera
from ..scene.fingerprint import fingerprint
from ..scene.panels.panels import Panels
from ..scene.panels.shown import Shown, main_scene
from ..scene.scene import Scene


def image_texts(shown: Shown, camera: Camera, *, time: float | None, size: Size, dpi: float | None) -> FileTexts:
    """The title and the description of a picture.

    Parameters
    ----------
    shown : Scene or Panels
        Resolved.
    camera : Camera
        Fitted; of panels the first one's.
    time : float, optional
        ms.
    size, dpi
        Pixels; pixels per inch.
    """
    main = main_scene(shown)
    name = main.recording.name if main.recording is not None and main.shows_values else "morphology"
    drawn = _described(main, camera)
    if isinstance(shown, Panels):
        scenes = [_described(scene, scene.first_camera) for scene in shown.scenes]
        drawn = {"panels": scenes, "titles": shown.titles, "annotations": drawn["annotations"]}
    with suppress(FramesError):  # of a kind that cannot be compared
        hashes = fingerprint(shown, [] if time is None else [time])
        drawn["fingerprint"] = hashlib.blake2b(json.dumps(hashes).encode(), digest_size=16).hexdigest()
    made = {"software": SOFTWARE, "time_ms": time, "size": size, "dpi": dpi, "scene": drawn}
    title = name if time is None else f"{name} at {time:g} ms"
    return FileTexts(title, json.dumps(made, default=str))


def _described(scene: Scene, camera: Camera) -> dict[str, Any]:
    """What a scene shows, in types that JSON has."""
    morphology, recording = scene.morphology, scene.recording
    drawn: dict[str, Any] = {
        "n_cells": len({*morphology.section_cell.tolist()}),
        "n_sections": morphology.n_sections,
        "n_points": morphology.n_points,
        "color": scene.color if isinstance(scene.color, str) else type(scene.color).__name__,
        "background": str(scene.background),
        "camera": asdict(camera),
        "annotations": [type(annotation).__name__ for annotation in scene.annotations],
    }
    if recording is not None and scene.shows_values:
        drawn |= {"unit": recording.unit, "cmap": str(scene.cmap), "clim": scene.clim, "sampling": scene.sampling}
    return drawn
