"""Drawing one picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..image.image import Size
from ..scene.panels.shown import Shown, checked_shown, still


def render_image(
    scene: Shown,
    *,
    time: float | None = None,
    second: float | None = None,
    size: Size = (1080, 1080),
    transparent: bool = False,
    supersample: int = 1,
    device: int | str | None = None,
) -> npt.NDArray[np.uint8]:
    """Draw one picture.

    Parameters
    ----------
    scene : Scene or Panels
        What to draw.
    time : float, optional
        ms; needed when the scene shows a recording.
    second : float, optional
        Seconds of film, by which a camera follows its path. None: 0.
    size : (width, height)
        Pixels.
    transparent : bool
        Leave the background out and give RGBA (straight alpha, as PNG has it).
    supersample : {1, 2, 4}
        The cell is drawn so many times larger in width and height, and the pixels are averaged: surfaces and joints are
        smoother, and a picture takes up to 4 or 16 times as long. Lines, markers and annotations keep their size.
    device : int, "auto", "cpu", optional
        Which GPU; see the README on headless use.

    Returns
    -------
    (height, width, 3) uint8
        4 channels when transparent; the origin is the upper left corner.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> image = gm.render_image(gm.Scene(morphology, recording), time=5.2, size=(320, 240))
    >>> image.shape, image.dtype.name
    ((240, 320, 3), 'uint8')
    """
    from ..render.panels_renderer import open_renderer

    scene = checked_shown(scene)
    options: dict[str, Any] = {"device": device, "transparent": transparent, "supersample": supersample}
    with open_renderer(still(scene), size, **options) as renderer:
        return renderer.render(time, second=second)
