"""Logo: an image over the picture."""

from __future__ import annotations

import os
from dataclasses import KW_ONLY, dataclass, fields
from typing import Any

import numpy as np

from ...data.arrays import read_only
from ...errors import SceneError, brief
from ...image.image import Image, Size
from ...image.picture_file import read_picture
from ..camera import Box
from .appearing import Appearing, AppearingClock
from .base import Annotation, Drawing, Place, Sprite, View, keep_number


@dataclass(frozen=True, eq=False)
class Logo(Annotation):
    """An image over the picture, such as the logo of an institute.

    Parameters
    ----------
    image : path, or (height, width, 3) or (height, width, 4) uint8
        A file, PNG for example, or pixels: RGB, or RGBA with straight alpha. The pixels travel with the scene.
    place : Place
        Where it stands.
    height : float
        A fraction of the height of the picture, which may be smaller where the image is wide.
    opacity : float
        0 to 1.
    start, stop, fade, clock
        As of `Text`.

    Raises
    ------
    SceneError
        A wrong argument.
    FileNotFoundError, ValueError
        There is no such file, or it is no image.

    Examples
    --------
    >>> logo = np.zeros((60, 120, 4), dtype=np.uint8)
    >>> logo[..., 0] = logo[..., 3] = 255
    >>> scene = gm.Scene(gm.demo_cell()[0], annotations=[gm.Logo(logo, place="upper right")])
    """

    image: Any
    _: KW_ONLY
    place: Place = "lower left"
    height: float = 0.1
    opacity: float = 1.0
    start: float | None = None
    stop: float | None = None
    fade: float = 0.0
    clock: AppearingClock = "film"

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        is_file = isinstance(self.image, str | os.PathLike)
        object.__setattr__(self, "image", read_picture(self.image) if is_file else _checked(self.image))
        if not 0 < keep_number(self, "height", "a fraction of the picture") <= 1:
            raise SceneError(f"height must be a fraction of the picture, more than 0 and up to 1, got {self.height}")
        if not 0 < keep_number(self, "opacity", "more than 0 and up to 1") <= 1:
            raise SceneError(f"opacity must be more than 0 and up to 1, got {self.opacity}")
        _ = self.appearing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Logo) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[Any, ...]:
        others = tuple(getattr(self, field.name) for field in fields(self) if field.name != "image")
        return (self.image.shape, self.image.tobytes(), *others)

    @property
    def appearing(self) -> Appearing:
        """When it is shown."""
        return Appearing(self.start, self.stop, self.fade, self.clock)

    @property
    def goes_by_seconds(self) -> bool:
        """See `Annotation`."""
        return self.appearing.goes_by_seconds

    def room(self, view: View) -> Size:
        """See `Annotation`."""
        height, width = self.image.shape[:2]
        scale = min(self.height * view.size[1] / height, 0.4 * view.size[0] / width)
        return max(1, round(scale * width)), max(1, round(scale * height))

    def drawing(self, view: View, box: Box) -> Drawing:  # noqa: ARG002 (see `Annotation`)
        """See `Annotation`."""
        from PIL import Image as PillowImage

        # Averaged with premultiplied alpha, so that what is transparent has no colour.
        image = PillowImage.fromarray(self.image).convert("RGBa")
        image = image.resize((box.width, box.height), PillowImage.Resampling.LANCZOS)
        pixels = np.array(image.convert("RGBA"))
        pixels[..., 3] = np.rint(pixels[..., 3] * self.opacity).astype(np.uint8)
        sprites = (Sprite(pixels, box.x, box.y),)
        return self.appearing.applied(lambda _: sprites)


def _checked(image: Any) -> Image:
    try:
        pixels = np.asarray(image)
    except ValueError as cause:  # rows of different lengths
        raise SceneError(f"image must be a file or an array of uint8, got {brief(image)}") from cause
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8 or not pixels.size:
        raise SceneError(
            "image must be a file, or have shape (height, width, 3) or (height, width, 4) and dtype uint8, got "
            f"{pixels.shape} {pixels.dtype}"
        )
    if pixels.shape[2] == 3:
        pixels = np.concatenate([pixels, np.full((*pixels.shape[:2], 1), 255, dtype=np.uint8)], axis=2)
    return read_only(np.array(pixels))
