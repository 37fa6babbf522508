"""What a Scene's fields must be, alone and together. They are of any type until they are checked."""

from __future__ import annotations

from typing import Any, get_args

from ..data.frame_times import TimeRange
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..data.sampling import SAMPLINGS
from ..data.section_numbers import warn_of_numbers
from ..data.synapse_events import SynapseEvents
from ..data.value_map import Interpolation
from ..errors import SceneError
from ..system.arguments import check_choice, check_type
from .camera import Camera
from .camera_path import CameraPath
from .checks import (
    check_fraction,
    check_highlighted_sections,
    check_keyframe_sections,
    check_number,
    check_recorded_sections,
)
from .colormaps import parse_colormap
from .colors import opaque_color
from .font_size import check_font_size
from .highlight import Highlight
from .mesh_extent import check_extent
from .opacity import section_opacities
from .overlay import Overlay
from .styles import Style
from .synapse_style import SynapseStyle

_REQUIRED = {"morphology": Morphology, "synapse_style": SynapseStyle}
_OPTIONAL = {"recording": Recording, "synapses": SynapseEvents, "highlight": Highlight, "time_range": TimeRange}
_TRANSPARENT_HINT = ": render_image(..., transparent=True) leaves the background out"


def check_types(scene: Any) -> None:
    """Raise TypeError where a field has a wrong type."""
    for name, kind in _REQUIRED.items():
        check_type(getattr(scene, name), kind, name)
    for name, kind in _OPTIONAL.items():
        check_type(getattr(scene, name), kind, name, is_optional=True)
    if not isinstance(scene.camera, Camera | CameraPath):
        raise TypeError(f"camera must be a Camera or a CameraPath, got {type(scene.camera).__name__}")


def check_settings(scene: Any) -> None:
    """Raise SceneError for numbers and words that are not allowed."""
    for item in scene.meshes:
        check_extent(item, scene.morphology)
    check_number(scene.min_width, "min_width", unit="pixels", least=0)
    check_font_size(scene.font_size)
    if scene.depth_cue is not None:
        check_fraction(scene.depth_cue, "depth_cue")
    check_choice(scene.lighting, (True, False), "lighting", error=SceneError)
    if scene.style is not None:
        check_choice(scene.style, get_args(Style), "style", error=SceneError)
        if scene.look.is_lit and not scene.lighting:
            raise SceneError(f"style={scene.style!r} has light, got lighting=False: leave lighting out, or use 'flat'")
    check_choice(scene.interpolation, get_args(Interpolation), "interpolation", error=SceneError)
    check_choice(scene.sampling, SAMPLINGS, "sampling", error=SceneError)


def check_contents(scene: Any) -> None:
    """Raise SceneError where fields do not fit each other, and for colours that are none.

    Wrong colours and opacities raise here, not at the first frame.
    """
    opaque_color(scene.background, "background", hint=_TRANSPARENT_HINT)
    opaque_color(scene.nan_color, "nan_color")
    if scene.recording is not None and scene.shows_values:
        check_recorded_sections(scene.recording, scene.morphology)
        warn_of_numbers(scene.morphology, scene.recording)
    if isinstance(scene.camera, CameraPath):
        check_keyframe_sections(scene.camera, scene.morphology)
    for overlay in scene.overlays:
        check_type(overlay, Overlay, "overlays: each")
        check_recorded_sections(overlay.recording, scene.morphology)
    if scene.overlays and scene.look.is_glowing:
        raise SceneError("overlays cannot glow: their values have no common scale; use another style")
    if scene.highlight is not None:
        check_highlighted_sections(scene.highlight, scene.morphology)
    if scene.synapses is not None:
        scene.synapse_style.population_colors(scene.synapses)
    section_opacities(scene.opacity, scene.morphology)
    parse_colormap(scene.cmap)
    if not scene.shows_values:
        _ = scene.coloring
