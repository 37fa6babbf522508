"""What comes and goes in a film: from when to when it is shown, and how opaque it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Protocol, get_args, runtime_checkable

import numpy as np

from ...errors import SceneError
from ...system.arguments import check_choice
from .base import Drawing, Moment, Sprite, keep_number

AppearingClock = Literal["film", "simulation"]
_STEPS = 64  # of opacity


@dataclass(frozen=True)
class Appearing:
    """From when to when something is shown, ``start <= t < stop``, and how long it takes to come and to go.

    ``clock`` says whether these are seconds of the film or ms of the simulation. None: from the beginning, to the end.
    """

    start: float | None = None
    stop: float | None = None
    fade: float = 0.0
    clock: AppearingClock = "film"

    def __post_init__(self) -> None:
        check_choice(self.clock, get_args(AppearingClock), "clock", error=SceneError)
        unit = "seconds" if self.clock == "film" else "ms"
        for name in ("start", "stop"):
            if getattr(self, name) is not None:
                keep_number(self, name, f"finite {unit} or None")
        keep_number(self, "fade", f"0 or more {unit}", above=-1e-300)
        if self.start is not None and self.stop is not None and self.start >= self.stop:
            raise SceneError(f"start must come before stop, got {self.start:g} and {self.stop:g} {unit}")

    @property
    def is_used(self) -> bool:
        """False for what is always shown."""
        return self.start is not None or self.stop is not None

    @property
    def goes_by_seconds(self) -> bool:
        """See `Annotation`."""
        return self.is_used and self.clock == "film"

    def is_apart(self, other: Appearing) -> bool:
        """True if the two are never shown at one time."""
        return self.clock == other.clock and (_is_over(self, other) or _is_over(other, self))

    def opacity(self, moment: Moment) -> float:
        """0 to 1, in steps."""
        now = moment.second if self.clock == "film" else moment.time
        if not self.is_used:
            return 1.0
        if now is None:
            return 0.0
        slack = 1e-9 * max(1.0, abs(now))  # the number of a frame by the rate is not always exact
        since = np.inf if self.start is None else now - self.start + slack
        left = np.inf if self.stop is None else self.stop - now - slack
        if since < 0 or left <= 0:
            return 0.0
        if not self.fade:
            return 1.0
        way = float(min(since / self.fade, left / self.fade, 1.0))
        return round(way * _STEPS) / _STEPS

    def applied(self, drawing: Drawing) -> Drawing:
        """A drawing whose sprites come and go."""
        if not self.is_used:
            return drawing

        @lru_cache(maxsize=4)
        def sprites(shown: tuple[Sprite, ...], opacity: float) -> tuple[Sprite, ...]:
            return shown if opacity == 1 else tuple(faded(sprite, opacity) for sprite in shown)

        def at(moment: Moment) -> tuple[Sprite, ...]:
            opacity = self.opacity(moment)
            return sprites(tuple(drawing(moment)), opacity) if opacity else ()

        return at


@runtime_checkable
class Temporary(Protocol):
    """An annotation that may come and go."""

    @property
    def appearing(self) -> Appearing:
        """When it is shown."""


def _is_over(first: Appearing, second: Appearing) -> bool:
    return first.stop is not None and second.start is not None and first.stop <= second.start


def faded(sprite: Sprite, opacity: float) -> Sprite:
    """The sprite with less opacity, 0 to 1; in files of vectors it is an image."""
    image: Any = sprite.image.copy()
    image[..., 3] = np.rint(image[..., 3] * opacity).astype(np.uint8)
    return Sprite(image, sprite.x, sprite.y)
