"""Supersampling: a picture is drawn larger by a whole factor, and blocks of its pixels are averaged."""

from __future__ import annotations

from typing import Any

from ..image.image import Size
from ..scene.picture_unit import picture_unit
from ..scene.scene import Scene
from ..scene.widths import widened_scene
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


def enlarged_scene(scene: Scene, size: Size, factor: int) -> Scene:
    """The scene of a picture of (width, height), with its widths in pixels that are drawn."""
    return widened_scene(scene, picture_unit(size) * factor)


def magnification(size: Size, factor: int) -> float:
    """How many times larger a picture of (width, height) is drawn than one of 1,080 pixels, or than itself if smaller.

    What depends on the pixels that show it, such as the light on thin tubes, looks alike in all larger pictures.
    """
    return max(1.0, picture_unit(size)) * factor
