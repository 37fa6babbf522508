"""Widths that do not follow from µm: of lines, outlines, markers and arrows."""

from __future__ import annotations

from dataclasses import replace

from ..image.image import Size
from .font_size import text_height
from .picture_unit import print_factor
from .scene import Scene


def widened_scene(scene: Scene, factor: float) -> Scene:
    """The scene with its widths multiplied by a factor."""
    if factor == 1:
        return scene
    highlight, style = scene.highlight, scene.synapse_style
    return replace(
        scene,
        min_width=scene.min_width * factor,
        highlight=highlight if highlight is None else replace(highlight, width=highlight.width * factor),
        synapse_style=replace(style, min_diameter=style.min_diameter * factor),
    )


def printed_scene(scene: Scene, size: Size, dpi: float) -> Scene:
    """The scene for paper of ``dpi`` pixels per inch, with widths and text that can be printed and read."""
    factor = print_factor(size, dpi)
    return replace(
        widened_scene(scene, factor),
        font_size=text_height(scene.font_size, size, dpi),
        annotations=tuple(annotation.widened(factor) for annotation in scene.annotations),
    )
