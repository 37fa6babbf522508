"""The scene that a ViewState shows, and what events need to know of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..data.frame_times import recorded_range
from ..errors import SceneError
from ..scene.annotations import TraceInset
from ..scene.opacity import section_opacities
from ..scene.scene import Scene
from .controls import picture_box
from .state import ViewContext, ViewState


def scene_of(base: Scene, state: ViewState) -> Scene:
    """The scene that is shown: ``base`` with the camera, the range, the pinned traces and the cell of a state."""
    annotations, opacity = base.annotations, base.opacity
    if state.pins:
        sections, positions = zip(*state.pins, strict=True)
        annotations = (*annotations, TraceInset(section=sections, x=positions))
    if state.isolated is not None:
        is_shown = base.morphology.section_cell == state.isolated
        opacity = np.where(is_shown, section_opacities(base.opacity, base.morphology), 0)
    return replace(base, camera=state.camera, clim=state.clim, annotations=annotations, opacity=opacity)


def context_of(base: Scene, state: ViewState) -> ViewContext:
    """What events need to know of a scene in a view of a size."""
    scene = replace(base, camera=base.camera.still())
    box = picture_box(state.size)
    size = max(1, round(box.width * state.pixel_ratio)), max(1, round(box.height * state.pixel_ratio))
    try:
        home = scene.fitted_camera(size)
    except SceneError:  # too small for the annotations
        home = replace(scene, annotations=()).fitted_camera(size)
    times = None if base.recording is None else recorded_range(base.recording.times)
    return ViewContext(home, times, n_cells=base.morphology.n_cells)
