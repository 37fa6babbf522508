"""Comparison of frames that OpenGL blends with frames that numpy blends."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gpu_morph.image.alpha import attenuate
from gpu_morph.render.gpu.context import current_context
from gpu_morph.scene.annotations.base import Sprite


@cache
def rounds_as_numpy() -> bool:
    """True when this machine's OpenGL rounds all 65,536 products of a colour and an opacity as `attenuate` does."""
    current_context()
    from gpu_morph.render.gpu.sprites import Sprites
    from gpu_morph.render.gpu.target import Target

    opacity, gray = np.indices((256, 256)).astype(np.uint8)
    opaque, black = np.full_like(gray, 255), np.zeros_like(gray)
    images = [np.stack([gray, gray, gray, opaque], axis=-1), np.stack([black, black, black, opacity], axis=-1)]
    target, sprites = Target((256, 256), channels=3), Sprites((256, 256))
    try:
        target.bind((0.0, 0.0, 0.0, 1.0))
        sprites.draw([Sprite(image, 0, 0) for image in images])
        drawn = target.readback.fetch(target.request())[..., 0]
    finally:
        sprites.delete()
        target.delete()
    expected = gray.astype(np.uint16)
    attenuate(expected, 255 - opacity.astype(np.uint16))
    return bool(np.all(drawn == expected))


def assert_same_frames(recolored: Any, drawn: Any) -> None:
    """Recoloured frames equal drawn ones.

    They do bit by bit where OpenGL rounds as `attenuate` does, which Mesa does today. Where it does not, a blended
    channel may differ by a level for each fragment, and two surfaces that touch may change places in a few pixels.
    """
    if rounds_as_numpy():
        np.testing.assert_array_equal(recolored, drawn)
        return
    difference: npt.NDArray[np.int64] = np.abs(np.asarray(recolored, dtype=int) - np.asarray(drawn, dtype=int))
    assert np.mean(difference > 3) < 1e-3
