"""FrameStrategy: one way of making the frames of a Renderer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..data.sampling import Sample
from ..image.image import Image
from ..scene.annotations.base import Sprite
from ..scene.camera import Camera


@dataclass
class Stages:
    """Seconds that the rendering thread has spent per stage, over all frames."""

    update: float = 0.0
    draw: float = 0.0
    read: float = 0.0


@dataclass(frozen=True, eq=False)
class FrameContent:
    """What a frame shows, and the format of its pixels.

    ``time`` is in ms, ``sample`` the rows of the recording; both may be None. ``camera`` is turned for the frame.
    """

    time: float | None
    sample: Sample | None
    camera: Camera
    sprites: Sequence[Sprite]
    pixel_format: str


@dataclass(frozen=True, eq=False)
class LeasedImage:
    """An image that may lie in memory that is used again; it is read-only then.

    Read it until `release` is called, once, by any thread. ``release`` is None where the array is the image's own.
    """

    image: Image
    release: Callable[[], None] | None = None

    def own(self) -> Image:
        """The image in an array of its own; releases the memory."""
        if self.release is None:
            return self.image
        image = self.image.copy()
        self.release()
        return image


class PendingFrame(Protocol):
    """A frame that has been started: `request` it, then `fetch` or `discard` it."""

    @property
    def is_complete(self) -> bool:
        """True when `fetch` does not wait."""

    def request(self) -> None:
        """Have the pixels copied; this does not wait. Call it before the next frame is started."""

    def fetch(self) -> LeasedImage:
        """The pixels; waits for them."""

    def discard(self) -> None:
        """Give up a frame that was requested."""


class FrameStrategy(Protocol):
    """One way of making frames. ``n_in_flight`` frames may be requested before the first of them is fetched."""

    n_in_flight: int

    def start(self, content: FrameContent) -> PendingFrame | None:
        """Begin a frame. None: this strategy can make neither this frame nor later ones."""

    def reset(self) -> None:
        """Forget what is kept from frame to frame, which an exception may have left inconsistent."""
