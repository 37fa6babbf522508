"""FilmClock: from the numbers of frames to seconds of the film."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..data.arrays import finite_number

USUAL_FPS = 50


def checked_fps(fps: Any) -> Fraction | float:
    """Frames per second; raises ValueError unless they are a positive number."""
    if isinstance(fps, Fraction) and fps > 0:
        return fps
    return finite_number(fps, name="fps", expected="a positive number of frames per second", least=1e-9)


@dataclass(frozen=True)
class FilmClock:
    """From the numbers of frames to seconds of the film. ``n_before`` frames of title cards are before second 0."""

    fps: Fraction | float = USUAL_FPS
    n_before: int = 0

    def second(self, number: int) -> float:
        """When frame ``number`` is shown, s."""
        return float((number - self.n_before) / self.fps)

    def own(self, number: int) -> int:
        """The number of a frame among the film's own; 0 while a title card is before them."""
        return max(0, number - self.n_before)
