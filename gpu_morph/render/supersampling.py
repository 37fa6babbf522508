"""Supersampling: a picture is drawn larger by a whole factor, and blocks of its pixels are averaged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..image.image import Size
from ..scene.scene import Scene
from ..system.arguments import check_choice, positive_count

FACTORS = (1, 2, 4)


def checked_supersample(factor: Any) -> int:
    """A factor of supersampling.

    Raises
    ------
    ValueError
        It is none of `FACTORS`.
    """
    number = positive_count(factor, "supersample")
    check_choice(number, FACTORS, "supersample")
    return number


def enlarged_size(size: Size, factor: int) -> Size:
    """(width, height) of the picture as it is drawn, pixels."""
    return size[0] * factor, size[1] * factor


def enlarged_scene(scene: Scene, factor: int) -> Scene:
    """The scene with widths and diameters of as many pixels more as the picture is drawn larger."""
    if factor == 1:
        return scene
    highlight, style = scene.highlight, scene.synapse_style
    return replace(
        scene,
        min_width=scene.min_width * factor,
        highlight=highlight if highlight is None else replace(highlight, width=highlight.width * factor),
        synapse_style=replace(style, min_diameter=style.min_diameter * factor),
    )
