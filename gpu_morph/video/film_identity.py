"""The identity of a film: hashes that tell the frames of an earlier call from those of another film."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from ..image.image import Size
from ..scene.fingerprint import fingerprint
from ..scene.panels.shown import Shown
from ..system.version import __version__


def film_identity(
    scene: Shown, times: npt.NDArray[np.float64], *, size: Size, supersample: int, with_values: bool = True
) -> dict[str, Any]:
    """The version of gpu_morph, the size, supersampling, hashes of the times and of each field of the scene.

    Parameters
    ----------
    scene : Scene or Panels
        What the film shows.
    times : (n_frames,) float64
        ms.
    size : (width, height)
        Pixels.
    supersample : int
        As in `Renderer`.
    with_values : bool
        See `fingerprint`.

    Raises
    ------
    FramesError
        The scene has no fingerprint.
    """
    return {
        "gpu_morph": __version__,
        "size": list(size),
        "supersample": supersample,
        "times": hashlib.sha256(times.tobytes()).hexdigest(),
        "scene": fingerprint(scene, times, with_values=with_values),
    }
