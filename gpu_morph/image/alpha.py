"""Alpha: straight and premultiplied colours of 8 bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .image import Image


def straight_alpha(image: Image) -> Image:
    """Straight alpha from premultiplied; both (..., 4) uint8."""
    alpha = image[..., 3:].astype(np.uint16)
    color = (image[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(color, 255).astype(np.uint8), image[..., 3:]], axis=-1)


def premultiplied(image: Image) -> Image:
    """Premultiplied from straight alpha, rounded to the nearest level; both (..., 4) uint8."""
    alpha = image[..., 3:].astype(np.uint16)
    return np.concatenate([(image[..., :3] * alpha + 127) // 255, alpha], axis=-1).astype(np.uint8)


def attenuate(colors: npt.NDArray[np.uint16], transmittance: npt.NDArray[np.uint16]) -> None:
    """Multiply ``colors``, 0 to 255, by ``transmittance`` / 255, in place.

    Rounds as Mesa's software renderer does when it blends, so that pixels equal those that it draws. Some results
    differ by 1 from the nearest level.
    """
    colors *= transmittance
    colors += (colors >> 8) + 128
    colors >>= 8


def lay_over(picture: Image, image: Image, x: int, y: int) -> None:
    """Blend an image over a picture in place, with its upper left corner at (x, y).

    The image is RGBA with straight alpha, and the picture RGB or RGBA with straight alpha.
    """
    left, top = max(0, -x), max(0, -y)
    below = picture[max(y, 0) :, max(x, 0) :]
    above = image[top:, left:][: below.shape[0], : below.shape[1]]
    below = below[: above.shape[0], : above.shape[1]]
    if (above[..., 3] == 255).all():
        below[:] = above[..., : below.shape[-1]]
        return
    alpha = above[..., 3:].astype(np.uint16)
    if below.shape[-1] == 3:
        below[:] = (above[..., :3] * alpha + below * (255 - alpha) + 127) // 255
        return
    mixed = premultiplied(above) + (premultiplied(below) * (255 - alpha) + 127) // 255
    below[:] = straight_alpha(np.minimum(mixed, 255).astype(np.uint8))
