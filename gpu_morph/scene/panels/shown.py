"""What pictures and films show: a scene, or panels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...system.arguments import check_type
from ..annotations import Inset
from ..scene import Scene
from .panels import Panels, with_scenes

Shown = Scene | Panels


def scenes_of(shown: Shown) -> tuple[Scene, ...]:
    """The scene, or all scenes of panels."""
    return (shown,) if isinstance(shown, Scene) else shown.scenes


def main_scene(shown: Shown) -> Scene:
    """The scene, or of panels their `Panels.carrier`."""
    return shown.carrier if isinstance(shown, Panels) else shown


def still(shown: Shown) -> Any:
    """A scene or panels as of a picture: cameras do not turn."""
    return with_scenes(shown, lambda scene: replace(scene, camera=scene.camera.still()))


def checked_shown(shown: Any) -> Any:
    """A Scene or Panels; a scene with close-ups as panels, as they have renderers of their own.

    Raises
    ------
    TypeError
        It is something else.
    """
    if not isinstance(shown, Scene | Panels):
        raise TypeError(f"scene must be a Scene or Panels, got {type(shown).__name__}")
    if isinstance(shown, Panels):
        _ = shown.carrier  # there is a scene
        return shown
    return under_cards(shown) if has_insets(shown) else shown


def has_insets(scene: Scene) -> bool:
    """True for a scene with close-ups."""
    return any(isinstance(annotation, Inset) for annotation in scene.annotations)


def under_cards(scene: Scene) -> Panels:
    """A scene with close-ups as panels, in which title cards and fades cover these, too."""
    cards = tuple(annotation for annotation in scene.annotations if annotation.rank > 0)
    own = tuple(annotation for annotation in scene.annotations if annotation.rank <= 0)
    return Panels(
        [[replace(scene, annotations=own)]],
        annotations=cards,
        font_size=scene.font_size,
        time_range=scene.time_range,
        fps=scene.fps,
    )


def check_one_scene(shown: object, what: str, *, takes_insets: bool = False) -> None:
    """Raise TypeError unless it is a Scene; ``what`` takes nothing else, and insets only where it says so."""
    if isinstance(shown, Panels):
        raise TypeError(
            f"scene must be a Scene, got Panels: {what} shows one scene, such as panels.scenes[0]; render_image, "
            "save_image, render_video, animate and show draw panels"
        )
    check_type(shown, Scene, "scene")
    if not takes_insets and has_insets(shown):  # type: ignore[arg-type]
        raise TypeError(f"{what} cannot show an Inset: leave it out; render_image, save_image and render_video draw it")
