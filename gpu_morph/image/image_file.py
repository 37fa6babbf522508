"""Still images in files: PNG, JPEG, TIFF and the other formats that Pillow writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import brief
from ..system.atomic_files import atomic_path, output_path
from .file_texts import SOFTWARE, FileTexts
from .image import Image

VECTOR_ENDINGS = (".svg", ".pdf")  # of the formats that the package `figure` writes
_MOST_DPI = 1e6
_DESCRIPTION_TAG, _SOFTWARE_TAG = 270, 305  # of TIFF and EXIF


def write_image(target: Path, image: Image, *, dpi: float | None, texts: FileTexts) -> None:
    """Write a picture in the format that the ending of ``target`` names, atomically."""
    import imageio.v3 as iio

    options: dict[str, Any] = {} if dpi is None else {"dpi": (dpi, dpi)}
    match _format(target):
        case "PNG":
            options["pnginfo"] = _png_texts(texts)
        case "TIFF":
            options |= {"tiffinfo": _tags(texts), "compression": "tiff_lzw"}
        case "JPEG" | "WEBP":
            options["exif"] = _exif(texts)
    # In memory first: of a file that cannot be written, imageio prints an error when it is collected.
    data = iio.imwrite("<bytes>", image, plugin="pillow", extension=target.suffix.lower(), **options)
    with atomic_path(target) as part:
        part.write_bytes(data)


def checked_image(image: Any) -> Image:
    """An array that is a picture: (height, width, 3 or 4) uint8.

    Raises
    ------
    ValueError
        It is anything else.
    """
    pixels: Any
    try:
        pixels = np.asarray(image)
    except (ValueError, OverflowError):  # rows of different lengths
        pixels = np.zeros(0)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4) or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(
            "image must have shape (height, width, 3), or (height, width, 4) with alpha, and dtype uint8, "
            f"or be a Scene, got {pixels.shape} {pixels.dtype}"
        )
    checked: Image = pixels
    return checked


def checked_dpi(dpi: Any) -> float:
    """Pixels per inch as a float.

    Raises
    ------
    ValueError
        Not a positive number.
    """
    if not (isinstance(dpi, int | float | np.number) and 0 < dpi < _MOST_DPI):
        raise ValueError(f"dpi must be a positive number of pixels per inch, got {brief(dpi)}")
    return float(dpi)


def image_path(path: str | os.PathLike[str], *, transparent: bool = False) -> Path:
    """Absolute path of a picture that is to be written; raises as `gpu_morph.save_image` does."""
    target = output_path(path, what="picture", example="cell.png")
    if target.suffix.lower() in VECTOR_ENDINGS:
        return target
    if _format(target) is None:
        raise ValueError(
            f"path: {target.name!r} does not end like a picture: give one of .png, .jpg, .tif, .webp, .svg, .pdf"
        )
    if transparent and _format(target) == "JPEG":
        raise ValueError(f"{target.name!r}: JPEG has no transparency; save a transparent picture as .png")
    return target


def _format(path: Path) -> str | None:
    """Pillow's name of a format that it writes."""
    from PIL import Image as Pillow

    name = Pillow.registered_extensions().get(path.suffix.lower())
    return name if name in Pillow.SAVE else None


def _png_texts(texts: FileTexts) -> Any:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for keyword, text in (("Title", texts.title), ("Description", texts.description), ("Software", SOFTWARE)):
        if text:
            info.add_text(keyword, text)
    return info


def _tags(texts: FileTexts) -> dict[int, str]:
    described = "\n".join(text for text in (texts.title, texts.description) if text)
    return {_SOFTWARE_TAG: SOFTWARE} | ({_DESCRIPTION_TAG: described} if described else {})


def _exif(texts: FileTexts) -> Any:
    from PIL import Image as Pillow

    exif = Pillow.Exif()
    exif.update(_tags(texts))
    return exif
