"""Showing a picture in a notebook."""

from __future__ import annotations

from ..errors import UnsupportedError
from ..image.image import Size
from ..image.png import png_bytes
from ..scene.panels.shown import Shown, checked_shown
from ..system.notebook import is_notebook
from .image import render_image
from .scene_picture import good_time


def show(
    scene: Shown,
    time: float | None = None,
    *,
    size: Size = (800, 600),
    transparent: bool = False,
    supersample: int = 1,
    device: int | str | None = None,
) -> None:
    """Show a picture in a notebook, also where it is not a cell's last line.

    Parameters
    ----------
    scene : Scene or Panels
        What to draw.
    time : float, optional
        ms. None: a time at which there is something to see, if the scene changes over time.
    size, transparent, supersample, device
        As in `render_image`.

    Raises
    ------
    UnsupportedError
        There is no notebook.
    GpuMorphError, ValueError
        As `render_image`.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> gm.show(gm.Scene(morphology, recording), time=5.2)  # doctest: +SKIP
    """
    scene = checked_shown(scene)
    if not is_notebook():
        raise UnsupportedError(
            "show: there is no notebook to show a picture in; gm.save_image(scene, 'cell.png') writes a file"
        )
    image = render_image(
        scene,
        time=good_time(scene) if time is None else time,
        size=size,
        transparent=transparent,
        supersample=supersample,
        device=device,
    )
    from IPython.display import Image, display

    display(Image(data=png_bytes(image), format="png", width=image.shape[1]))
