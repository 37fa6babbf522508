"""Saving a picture: an array's pixels, or a scene, whose annotations stay shapes and text in SVG and PDF."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from ..data.arrays import finite_number
from ..errors import brief
from ..figure.page import SCREEN_DPI, Page
from ..figure.pdf import pdf_bytes
from ..figure.svg import svg_text
from ..image.file_texts import FileTexts
from ..image.image import Image, Size, check_size
from ..image.image_file import VECTOR_ENDINGS, checked_dpi, checked_image, image_path, write_image
from ..scene.panels.panels import Panels
from ..scene.panels.printed import printed
from ..scene.panels.shown import Shown, checked_shown, still
from ..scene.scene import Scene
from ..system.arguments import check_choice, checked_flag
from ..system.atomic_files import atomic_path
from .image_texts import image_texts

SizeUnit = Literal["px", "mm", "cm", "in", "pt"]
_PER_INCH = {"mm": 25.4, "cm": 2.54, "in": 1.0, "pt": 72.0}
_USUAL_SIZE = (1080, 1080)
PRINT_DPI = 300.0  # where a size on paper is given
_MOST_PIXELS = 1 << 16  # along a side


def save_image(
    path: str | os.PathLike[str],
    image: Shown | npt.NDArray[np.uint8],
    *,
    time: float | None = None,
    second: float | None = None,
    size: tuple[float, float] | None = None,
    unit: SizeUnit = "px",
    dpi: float | None = None,
    transparent: bool | None = None,
    supersample: int | None = None,
    device: int | str | None = None,
) -> Path:
    """Write a picture: of a scene, or pixels such as `render_image` returns.

    In .svg and .pdf, the cell is an image, and a scene's annotations are shapes and text in the font that the file
    holds; annotations of your own too, if they are drawn on a `Canvas`. The file says what it shows: the scene, the
    time and the version, as JSON.

    Parameters
    ----------
    path : path
        Its ending names the format: .png, .jpg, .tif, .webp, .svg, .pdf, ... An existing file is replaced when the new
        one is complete.
    image : Scene or Panels, or (height, width, 3) or (height, width, 4) uint8
        What to draw; or RGB, or RGBA with straight alpha. ``path`` and ``image`` may be given in the other order.
    time : float, optional
        ms, as in `render_image`. This and what follows, but ``dpi``, is for scenes and panels only.
    second : float, optional
        As in `render_image`.
    size : (width, height), optional
        In ``unit``. None: 1080 x 1080 pixels.
    unit : {"px", "mm", "cm", "in", "pt"}
        Of ``size``. On paper there are ``dpi`` pixels per inch, or 300.
    dpi : float, optional
        Pixels per inch, which the file records, and which decide how large text is and how wide lines are: see
        ``font_size`` and ``min_width`` of `Scene`. None, with a size in pixels: an SVG and a PDF have 96, others say
        nothing.
    transparent : bool
        Leave the background out.
    supersample : {1, 2, 4}
        As in `render_image`.
    device : int, "auto", "cpu", optional
        As in `render_image`.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        An ending of no image format, an array that is no picture, or alpha in a format without transparency.
    FileNotFoundError, IsADirectoryError
        The folder does not exist, or ``path`` is a folder.
    OutputError
        The file is read-only, or a device, a pipe or a socket.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, annotations=(gm.ScaleBar(),))
    >>> gm.save_image(scene, "figure.pdf", time=5.2, size=(85, 60), unit="mm", dpi=150).name
    'figure.pdf'
    """
    given: tuple[Any, Any] = path, image
    if isinstance(given[0], Scene | Panels | np.ndarray) and isinstance(given[1], str | os.PathLike):
        image, path = given
    check_choice(unit, get_args(SizeUnit), "unit")
    dpi = None if dpi is None else checked_dpi(dpi)
    if isinstance(image, Scene | Panels):
        is_transparent = transparent is not None and checked_flag(transparent, "transparent")
        target = image_path(path, transparent=is_transparent)
        if unit != "px":
            dpi = dpi or PRINT_DPI
        in_pixels = pixel_size(size, unit, dpi)
        save_scene(
            target,
            image,
            time=time,
            second=second,
            size=in_pixels,
            dpi=dpi,
            transparent=is_transparent,
            supersample=1 if supersample is None else supersample,
            device=device,
        )
        return target
    for name, value in {
        "time": time,
        "second": second,
        "size": size,
        "transparent": transparent,
        "supersample": supersample,
        "device": device,
    }.items():
        if value is not None:
            raise ValueError(f"{name} is for a Scene; of an array the pixels are written as they are: leave {name} out")
    pixels = checked_image(image)
    target = image_path(path, transparent=pixels.shape[2] == 4)
    if target.suffix.lower() in VECTOR_ENDINGS:
        _write_vectors(target, Page(pixels, dpi=dpi or SCREEN_DPI))
    else:
        write_image(target, pixels, dpi=dpi, texts=FileTexts())
    return target


def save_scene(
    target: Path,
    scene: Shown,
    *,
    time: float | None,
    second: float | None = None,
    frame: int | None = None,
    size: Size,
    dpi: float | None,
    transparent: bool = False,
    supersample: int = 1,
    device: int | str | None = None,
) -> Image:
    """Write a scene's picture, and return it as `render_image` does; parameters as of `save_image`.

    ``frame`` is the number of a film's frame, of which the scene then knows: see `film_of`.
    """
    from ..render.panels_renderer import layer_names, open_renderer

    if dpi is not None:
        scene = printed(scene, size, dpi)
    scene = checked_shown(scene)
    if frame is None:
        scene, frame = still(scene), 0
    options: dict[str, Any] = {"device": device, "transparent": transparent, "supersample": supersample}
    with open_renderer(scene, size, **options) as renderer:
        image = renderer.render(time, frame=frame, second=second)
        camera = renderer.camera_at(time, frame=frame, second=second)
        texts = image_texts(renderer.scene, camera, time=time, size=size, dpi=dpi)
        if target.suffix.lower() not in VECTOR_ENDINGS:
            write_image(target, image, dpi=dpi, texts=texts)
            return image
        cell, drawn = renderer.layers(time, frame=frame, second=second)
    _write_vectors(target, Page(cell, list(zip(layer_names(scene), drawn, strict=True)), dpi or SCREEN_DPI, texts))
    return image


def _write_vectors(target: Path, page: Page) -> None:
    data = svg_text(page).encode() if target.suffix.lower() == ".svg" else pdf_bytes(page)
    with atomic_path(target) as part:
        part.write_bytes(data)


def pixel_size(size: Any, unit: SizeUnit, dpi: float | None) -> Size:
    """(width, height) in pixels.

    Raises
    ------
    ValueError
        Not two positive numbers, or too many pixels.
    """
    if size is None:
        if unit != "px":
            raise ValueError(f"size is missing: give (width, height) in {unit}")
        return _USUAL_SIZE
    if unit == "px":
        return check_size(size)
    assert dpi is not None
    expected = f"(width, height) in positive {unit}"
    try:
        sides = [finite_number(side, name="size", expected=expected, least=0.0) for side in size]
    except TypeError as cause:
        raise ValueError(f"size must be {expected}, got {brief(size)}") from cause
    pixels = [round(side / _PER_INCH[unit] * dpi) for side in sides]
    if len(pixels) != 2 or not all(0 < side <= _MOST_PIXELS for side in pixels):
        raise ValueError(f"size must be {expected} of 1 to {_MOST_PIXELS} pixels at {dpi:g} dpi, got {brief(size)}")
    return pixels[0], pixels[1]
