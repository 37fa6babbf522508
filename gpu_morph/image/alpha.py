"""Alpha: straight and premultiplied."""

from __future__ import annotations

import numpy as np

from .image import Image


def straight_alpha(image: Image) -> Image:
    """Undo the multiplication by alpha, as PNG wants it; (..., 4) uint8."""
    alpha = image[..., 3:].astype(np.uint16)
    color = (image[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(color, 255).astype(np.uint8), image[..., 3:]], axis=-1)
