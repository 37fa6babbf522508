"""A scene or panels for paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...image.image import Size
from ..font_size import text_height
from ..picture_unit import print_factor
from ..scene import Scene
from ..widths import printed_scene
from .panels import Panels, with_items
from .shown import Shown


def printed(shown: Shown, size: Size, dpi: float) -> Any:
    """A scene or panels for paper of ``dpi`` pixels per inch, with widths and text that can be printed and read."""
    if not isinstance(shown, Panels):
        return printed_scene(shown, size, dpi)
    own = shown.font_size
    panels = replace(
        shown,
        font_size=text_height(own, size, dpi),
        annotations=tuple(annotation.widened(print_factor(size, dpi)) for annotation in shown.annotations),
    )
    boxes = [box for row in panels.boxes(size) for box in row]
    items: list[Any] = []
    for item, box in zip(shown.items, boxes, strict=True):
        if isinstance(item, Scene | Panels):
            item = item if own is None or item.font_size is not None else replace(item, font_size=own)
            item = printed(item, (box.width, box.height), dpi)
        items.append(item)  # plots have the text of the panels
    return with_items(panels, items)
