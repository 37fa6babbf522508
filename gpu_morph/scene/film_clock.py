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
    """The seconds of a film; 0 is its first frame."""

    fps: Fraction | float = USUAL_FPS

    def second(self, number: int) -> float:
        """When frame ``number`` is shown, s."""
        return float(number / self.fps)
