"""Title: a card with text that fills the picture, before a film, after it or in between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, replace
from fractions import Fraction
from typing import Any, Literal, get_args

import numpy as np

from ...errors import SceneError
from ...image.image import Size
from ...system.arguments import check_choice
from ..camera import Box
from ..colors import checked_color, is_light, to_bytes
from .appearing import Appearing
from .base import Annotation, Drawing, Moment, Sprite, View, keep_number, keep_text_size
from .canvas import Canvas, line_height, text_width

When = Literal["before", "after"]
_MOST_SECONDS = 1e6  # of a card, and before the film
_WIDEST = 0.86  # of the picture, for a line of text
_SUBTITLE = 0.55  # of the title's height
_DARK, _LIGHT = (0.1, 0.1, 0.1, 1.0), (0.94, 0.94, 0.94, 1.0)


@dataclass(frozen=True)
class Title(Annotation):
    """A card with text that fills the picture: before a film or after it, or over a part of it.

    A film becomes longer by its cards, unless they have a ``start``; the times of its own frames, and seconds by which
    a camera moves and texts come and go, count from its own first frame. Pictures do not show cards without a
    ``start``.

    Parameters
    ----------
    text : str
        One or more lines.
    subtitle : str
        Smaller lines below.
    seconds : float
        How long it is shown.
    when : {"before", "after"}
        Whether it stands before the film or after it. Several cards follow each other in the order of the annotations.
    start : float, optional
        Seconds of film from which it covers the film, which then does not become longer; less than 0 is before the
        film.
    size : float
        The text's height, a multiple of the usual one; smaller if a line would not fit.
    color : colour, optional
        Of the text. None: black or white.
    background : colour, optional
        None: that of the scene.
    fade : float
        Seconds in which the text comes, and goes.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, a transparent one without ``background``.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> title = gm.Title("A spike", subtitle="layer 5 pyramidal cell", seconds=2)
    >>> scene = gm.Scene(morphology, recording, annotations=[gm.Clock(), title, gm.Title("The end", when="after")])
    """

    text: str
    _: KW_ONLY
    subtitle: str = ""
    seconds: float = 2.0
    when: When = "before"
    start: float | None = None
    size: float = 2.6
    color: Any = None
    background: Any = None
    fade: float = 0.4

    needs_recording = False
    goes_by_seconds = True
    rank = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.text, str) or not self.text.strip():
            raise SceneError(f"text must be a string that is not empty, got {self.text!r}")
        if not isinstance(self.subtitle, str):
            raise SceneError(f"subtitle must be a string, got {self.subtitle!r}")
        keep_number(self, "seconds", "positive seconds", above=0, most=_MOST_SECONDS)
        if self.start is not None:
            keep_number(self, "start", "seconds or None", above=-_MOST_SECONDS, most=_MOST_SECONDS)
        check_choice(self.when, get_args(When), "when", error=SceneError)
        keep_text_size(self, "size")
        for name in ("color", "background"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, checked_color(getattr(self, name), name))
        Appearing(self.start, fade=self.fade)  # checks them

    @property
    def is_before(self) -> bool:
        """True for a card that makes a film longer at its beginning."""
        return self.when == "before" and self.start is None

    @property
    def is_after(self) -> bool:
        """True for a card that makes a film longer at its end."""
        return self.when == "after" and self.start is None

    def n_frames(self, fps: Fraction | float) -> int:
        """The number of frames that show it."""
        return max(1, round(self.seconds * fps))

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        if view.is_transparent and self.background is None:
            raise SceneError("a title card of a transparent film needs background=, or the cell would be behind it")
        return view.size

    def drawing(self, view: View, box: Box) -> Drawing:  # noqa: ARG002 (it fills the picture)
        """See `Annotation`."""
        if self.start is None:
            return lambda _: ()
        start, stop = self.start, self.start + self.n_frames(view.fps) / float(view.fps)
        background = self.background or view.paper
        plain = np.broadcast_to(to_bytes((*background[:3], 1.0)), (view.size[1], view.size[0], 4))
        card = Sprite(np.ascontiguousarray(plain), 0, 0)
        words = (self._words(view, background),)
        is_shown = Appearing(start, stop)
        text = Appearing(start, stop, min(self.fade, (stop - start) / 2)).applied(lambda _: words)

        def at(moment: Moment) -> tuple[Sprite, ...]:
            return (card, *text(moment)) if is_shown.opacity(moment) else ()

        return at

    def _words(self, view: View, background: Any) -> Sprite:
        lines = [(line, 1.0) for line in self.text.strip("\n").split("\n")]
        lines += [(line, _SUBTITLE) for line in self.subtitle.strip("\n").split("\n") if self.subtitle]
        text = view.text * self.size
        widest = max(text_width(line, text * part) for line, part in lines)
        text *= min(1.0, _WIDEST * view.size[0] / max(widest, 1))
        heights = [line_height(text * part) for _, part in lines]
        width, height = max(text_width(line, text * part) for line, part in lines), sum(heights)
        canvas, y = Canvas((width, height)), 0.0
        color = self.color or (_DARK if is_light(background) else _LIGHT)
        for (line, part), step in zip(lines, heights, strict=True):
            canvas.text(width // 2, y + step / 2, line, text * part, color, "mm")
            y += step
        return canvas.sprite((view.size[0] - width) // 2, (view.size[1] - height) // 2)


def n_frames_before(annotations: Iterable[Annotation], fps: Fraction | float) -> int:
    """The number of frames before a film's own first one, for cards that have a start."""
    starts = [one.start for one in annotations if isinstance(one, Title) and one.start is not None]
    return max(0, round(-min(starts, default=0.0) * fps))


def n_frames_after(annotations: Iterable[Annotation], fps: Fraction | float) -> int:
    """By how many frames a film becomes longer at its end."""
    return sum(one.n_frames(fps) for one in annotations if isinstance(one, Title) and one.is_after)


def with_starts(annotations: Iterable[Annotation], n_frames: int, fps: Fraction | float) -> tuple[Annotation, ...]:
    """The annotations, with the start of each card of a film that has ``n_frames`` of its own."""
    annotations = tuple(annotations)
    before, after = -sum(one.n_frames(fps) for one in annotations if isinstance(one, Title) and one.is_before), n_frames
    placed: list[Annotation] = []
    for one in annotations:
        if isinstance(one, Title) and one.start is None:
            start = before if one.is_before else after
            before, after = before + one.is_before * one.n_frames(fps), after + one.is_after * one.n_frames(fps)
            one = replace(one, start=float(start / fps))
        placed.append(one)
    return tuple(placed)
