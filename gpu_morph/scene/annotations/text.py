"""Text: lines of text, which may come and go."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

from ...errors import SceneError
from ..camera import Box
from ..colors import checked_color
from .appearing import Appearing, AppearingClock
from .base import Drawing, Place, View, keep_text_size
from .broken_lines import broken
from .canvas import Canvas, line_height, text_width
from .static import StaticAnnotation

_LONGEST = 0.8  # of the picture's width, of a line


@dataclass(frozen=True)
class Text(StaticAnnotation):
    """Lines of text over the picture.

    Parameters
    ----------
    text : str
        One or more lines. One that is longer than 0.8 of the picture's width is broken at spaces.
    place : Place
        Where the text stands; its lines are aligned to that edge.
    size : float
        A multiple of the usual text's height.
    color : colour, optional
        None: that of all text.
    start, stop : float, optional
        When it comes, and when it is gone: seconds of the film, or ms. None: from the beginning, to the end.
    fade : float
        How long it takes to come and to go, in the same unit.
    clock : {"film", "simulation"}
        Whether these are seconds of the film, or ms of the simulation.

    Raises
    ------
    SceneError
        An empty text, or a wrong place, size or colour.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> scene = gm.Scene(morphology, annotations=(gm.Text("layer 5 pyramidal cell", size=1.5),))
    >>> gm.render_image(scene, size=(320, 240)).shape
    (240, 320, 3)
    """

    text: str
    _: KW_ONLY
    place: Place = "upper"
    size: float = 1.0
    color: Any = None
    start: float | None = None
    stop: float | None = None
    fade: float = 0.0
    clock: AppearingClock = "film"

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.text, str) or not self.text.strip():
            raise SceneError(f"text must be a string that is not empty, got {self.text!r}")
        keep_text_size(self, "size")
        if self.color is not None:
            object.__setattr__(self, "color", checked_color(self.color, "color"))
        _ = self.appearing

    @property
    def appearing(self) -> Appearing:
        """When it is shown."""
        return Appearing(self.start, self.stop, self.fade, self.clock)

    @property
    def goes_by_seconds(self) -> bool:
        """See `Annotation`."""
        return self.appearing.goes_by_seconds

    def drawing(self, view: View, box: Box) -> Drawing:
        """See `Annotation`."""
        return self.appearing.applied(super().drawing(view, box))

    def canvas(self, view: View) -> Canvas:
        """See `StaticAnnotation`."""
        text, given = view.text * self.size, self.text.strip("\n").split("\n")
        lines = [part for line in given for part in broken(line, text, _LONGEST * view.size[0])]
        width, height = max(text_width(line, text) for line in lines), line_height(text)
        canvas = Canvas.over(view, (width, height * len(lines)))
        x, side = (0, "l") if "left" in self.place else (width, "r") if "right" in self.place else (width // 2, "m")
        for k, line in enumerate(lines):
            canvas.text(x, height * (k + 0.5), line, text, self.color or view.ink, f"{side}m")
        return canvas
