"""Numbers, rows of times and images, in a story or in files that it names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ..data.frame_times import frame_times
from ..errors import brief
from .entry import Entry
from .part import Part

_EVEN_TIMES = Part(frame_times)
_GREY = {"L", "F", "I", "I;16", "I;16B", "I;16L"}  # modes of Pillow


def array(entry: Entry, _: Any) -> Any:
    """Numbers, or those of a file: .npy, or a text with a row in each line."""
    if not isinstance(entry.value, str):
        return entry.value
    path = entry.file()
    with _readable(entry, "numbers", "a .npy file, a .csv file or a text of numbers without a heading"):
        if path.suffix.lower() == ".npy":
            return np.load(path, allow_pickle=False)
        return np.loadtxt(path, delimiter="," if path.suffix.lower() == ".csv" else None, ndmin=1)


def times(entry: Entry, context: Any) -> Any:
    """As `array`, or a table of evenly spaced times: t_start, t_stop, t_step."""
    if isinstance(entry.value, dict):
        return _EVEN_TIMES.read(entry, context)
    return array(entry, context)


def rows(entry: Entry, _: Any) -> Any:
    """Rows of times of different lengths, or those of a file: .npz, an array for each row; a text, a line for each."""
    if not isinstance(entry.value, str):
        return entry.value
    path = entry.file()
    with _readable(entry, "rows of times", "an .npz file with an array for each row, or a text with a line for each"):
        if path.suffix.lower() == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                return [arrays[name] for name in arrays.files]
        if path.suffix.lower() == ".npy":
            return [*np.atleast_2d(np.load(path, allow_pickle=False))]
        lines = path.read_text(encoding="utf-8").splitlines()
        texts = [line.partition("#")[0].replace(",", " ").split() for line in lines if not line.startswith("#")]
        return [np.array(words, dtype=np.float64) for words in texts]


def events(entry: Entry, context: Any) -> Any:
    """As `rows`, or a table of them by name."""
    if isinstance(entry.value, dict):
        return {name: rows(item, context) for name, item in entry.table().items()}
    return rows(entry, context)


def images(entry: Entry, _: Any) -> Any:
    """Images, or those of files: .npy, a .tif or .gif with all of them, or an array of pictures' files."""
    if isinstance(entry.value, list) and entry.value and all(isinstance(name, str) for name in entry.value):
        pictures = [_pictures(item)[0] for item in entry.items()]
        for item, picture in zip(entry.items(), pictures, strict=True):
            if (picture.shape, picture.dtype) != (pictures[0].shape, pictures[0].dtype):
                raise item.error(f"{item.name}: {item.value!r} differs from the first picture in size or colours")
        return np.array(pictures)
    if not isinstance(entry.value, str):
        return entry.value
    return array(entry, None) if entry.file().suffix.lower() == ".npy" else np.array(_pictures(entry))


def _pictures(entry: Entry) -> list[Any]:
    """The pictures of a file: grey ones as values, others as colours."""
    from PIL import Image, ImageSequence

    path = entry.file()
    with _readable(entry, "images", "a .npy file, a .tif or .gif, or an array of names of pictures"):
        try:
            with Image.open(path) as picture:
                pages = ImageSequence.Iterator(picture)
                return [np.array(page if page.mode in _GREY else page.convert("RGB")) for page in pages]
        except Image.DecompressionBombError as cause:
            raise ValueError(str(cause)) from cause


@contextmanager
def _readable(entry: Entry, what: str, expected: str) -> Iterator[None]:
    """Errors of a file that holds something else say what is expected."""
    try:
        yield
    except (OSError, ValueError, EOFError, SyntaxError, MemoryError, KeyError) as cause:
        raise entry.error(
            f"{entry.name}: {brief(entry.value)} has no {what} that can be read ({cause}): give {expected}"
        ) from cause


def file(entry: Entry, _: Any) -> Path:
    """A file that exists."""
    return entry.file()
