"""The scene that a ViewState shows, and what events need to know of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ..data.frame_times import TimeRange, recorded_range
from ..data.recording import Recording
from ..data.selection import select_sections
from ..errors import SceneError
from ..image.image import Size
from ..scene.annotations import Arrow, ColorBar, TraceInset
from ..scene.annotations.base import Annotation
from ..scene.camera import Box, Camera
from ..scene.norms import Norm
from ..scene.opacity import section_opacities
from ..scene.palettes import trace_colors
from ..scene.scene import Scene
from .controls import picture_box
from .state import Bar, Site, ViewContext, ViewState

_SYNAPSE_STEPS = 500  # of the slider, where nothing but synapses changes with time


def fitting(scene: Scene, size: Size) -> Scene:
    """The scene, without annotations if the picture is too small for them."""
    try:
        scene.layout(size)
    except SceneError:
        return replace(scene, annotations=())
    return scene


def picture_size(state: ViewState) -> Size:
    """(width, height) of the part of a view that shows the scene, pixels."""
    box, ratio = picture_box(state.size), state.pixel_ratio
    return max(1, round(box.width * ratio)), max(1, round(box.height * ratio))


def content_of(base: Scene, state: ViewState) -> Scene:
    """The scene that is shown, but for its camera: with the range, the pinned traces and the cell of a state."""
    annotations = (*base.annotations, *pinned(base, state.pins))
    opacity = base.opacity if state.isolated is None else isolating(base, state.isolated)
    if (annotations, state.isolated, state.clim) == (base.annotations, None, base.clim):
        return base
    synapses = base.synapses
    if state.isolated is not None and has_synapses_of_cells(base):
        _, _, its_own = select_sections(base.morphology, synapses=base.synapses, cells=state.isolated)
        assert its_own is not None
        synapses = replace(its_own, section=None)  # numbers in the cell alone
    return replace(base, clim=state.clim, annotations=annotations, opacity=opacity, synapses=synapses)


def has_synapses_of_cells(base: Scene) -> bool:
    """True where the synapses' sections, and thus their cells, are known."""
    sections = None if base.synapses is None else base.synapses.section
    return sections is not None and int(sections.max(initial=-1)) < base.morphology.n_sections


def isolating(base: Scene, cell: int) -> npt.NDArray[np.float32]:
    """(n_sections,) float32: the opacities that show one cell alone."""
    is_shown = base.morphology.section_cell == cell
    return np.where(is_shown, section_opacities(base.opacity, base.morphology), np.float32(0))


def pinned(base: Scene, pins: tuple[Site, ...]) -> tuple[Annotation, ...]:
    """Traces of sites, and an arrow in the colour of its trace at each."""
    if not pins:
        return ()
    palette = trace_colors(base.background_rgba)
    colors = tuple(palette[k % len(palette)] for k in range(len(pins)))
    sections, positions = zip(*pins, strict=True)
    arrows = [
        Arrow(section, x=x, length=1e-3, facecolor=color, edgecolor="white" if _is_dark(color) else "black")
        for (section, x), color in zip(pins, colors, strict=True)
    ]
    labels = tuple(site_label(base, section) for section in sections)
    return (*arrows, TraceInset(section=sections, x=positions, color=colors, label=labels))


def _is_dark(color: tuple[float, ...]) -> bool:
    return sum(color[:3]) < 1.5


def site_label(scene: Scene, section: int) -> str:
    """What a section is called: its name, or its label and number."""
    morphology = scene.morphology
    names, label = morphology.section_names, morphology.section_labels[section]
    return names[section] if names is not None and names[section] else f"{label or 'section'} {section}"


def timed_recording(scene: Scene) -> Recording | None:
    """The recording that has the times of what is shown: that of the scene, else of its first overlay."""
    return scene.coloring.recording if scene.overlays else scene.recording


def times_of(scene: Scene) -> TimeRange | None:
    """The times of the slider: those of the scene, within those of the recording, else of the synapses' events.

    None where nothing changes.
    """
    if (recording := timed_recording(scene)) is not None:
        times = recorded_range(recording.times)
        if (shown := scene.time_range) is not None:
            times = TimeRange(max(times.start, shown.start), min(times.stop, shown.stop), shown.step)
        return times if times.stop > times.start else None
    if scene.synapses is None or not len(scene.synapses.event_time) or scene.synapse_style.show_all:
        return None
    start = min(0.0, float(scene.synapses.event_time.min()))
    stop = float(scene.synapses.event_time.max()) + scene.synapse_style.duration
    return TimeRange(start, stop, (stop - start) / _SYNAPSE_STEPS)


def context_of(content: Scene, state: ViewState) -> ViewContext:
    """What events need to know of a scene in a view of a size."""
    return ViewContext(home_of(content, state), times_of(content), bar_of(content, state), content.morphology.n_cells)


def home_of(content: Scene, state: ViewState) -> Camera:
    """The camera that fits the cell into the picture, clear of the annotations."""
    size = picture_size(state)
    fitted = fitting(content, size).fitted_camera(size)
    assert isinstance(fitted, Camera)  # the session has replaced a path
    return fitted


def bar_of(content: Scene, state: ViewState) -> Bar | None:
    """The colour bar whose ends can be dragged."""
    norm = Norm() if content.norm is None else content.norm
    if state.clim is None or not isinstance(norm, Norm):
        return None
    scene = fitting(content, picture_size(state))
    layout, ratio = scene.layout(picture_size(state)), state.pixel_ratio
    for annotation, box in zip(scene.annotations, layout.boxes, strict=True):
        if isinstance(annotation, ColorBar) and annotation.variable is None:
            colors = annotation.colors_box(layout.view, box)
            sides = (round(side / ratio) for side in (colors.x, colors.y, colors.width, colors.height))
            return Bar(Box(*sides), annotation.place in ("upper", "lower"), norm)
    return None
