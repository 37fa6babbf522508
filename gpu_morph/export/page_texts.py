"""The texts of a page, and which of a scene's annotations it leaves out."""

from __future__ import annotations

from typing import Any

from ..scene.annotations import Clock, ColorBar, Fade, LabelLegend, ScaleBar, SynapseLegend, Text, Title
from ..scene.annotations.base import Annotation
from ..scene.colors import to_bytes
from ..scene.scene import Scene

_OWN = (ColorBar, Clock, ScaleBar, LabelLegend, SynapseLegend, Fade)  # the page has its own, or needs none


def described_texts(scene: Scene) -> list[dict[str, Any]]:
    """The texts that are over the picture all the time."""
    return [
        {
            "text": text.text.strip("\n"),
            "place": str(text.place),
            "size": float(text.size),
            "color": None if text.color is None else "rgb({}, {}, {})".format(*to_bytes(text.color)[:3]),
        }
        for text in scene.annotations
        if isinstance(text, Text) and _is_lasting(text)
    ]


def first_title(scene: Scene) -> str | None:
    """The first line of the scene's title card."""
    titles = [each.text for each in scene.annotations if isinstance(each, Title) and each.when == "before"]
    return titles[0].strip().split("\n")[0] if titles else None


def left_out(scene: Scene) -> list[str]:
    """The kinds of annotations that a page does not show."""
    kinds = [_kind(each) for each in scene.annotations if not isinstance(each, (*_OWN, Title))]
    return [*dict.fromkeys(kind for kind in kinds if kind)]


def _kind(annotation: Annotation) -> str:
    if isinstance(annotation, Text):
        return "" if _is_lasting(annotation) else "Text that comes and goes"
    return type(annotation).__name__


def _is_lasting(text: Text) -> bool:
    return text.start is None and text.stop is None
