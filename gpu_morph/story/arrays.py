"""Numbers, rows of times and images, in a story or in files that it names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.frame_times import frame_times
from ..errors import StoryError, brief
from ..readers.npz import npz_arrays
from .entry import Entry
from .part import Part

if TYPE_CHECKING:
    from PIL.Image import Image

_EVEN_TIMES = Part(frame_times)
_GREY = {"L", "F", "I", "I;16", "I;16B", "I;16L"}  # modes of Pillow


def array(entry: Entry, _: Any) -> Any:
    """Numbers, or those of a file: .npy, or a text with a row in each line."""
    if not isinstance(entry.value, str):
        return entry.value
    path = entry.file()
    with _readable(entry, "numbers", "a .npy file, a .csv file or a text of numbers without a heading"):
        if path.suffix.lower() == ".npy":
            return _npy(path)
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
    expected = "an .npz file with an array for each row"
    with _readable(entry, "rows of times", f"{expected}, or a text with a line for each"):
        if path.suffix.lower() == ".npz":
            return [*npz_arrays(path, expected).values()]
        if path.suffix.lower() == ".npy":
            return [*np.atleast_2d(_npy(path))]
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line.partition("#")[0] for line in lines if not line.lstrip().startswith("#")]
        return [np.array(line.replace(",", " ").split(), dtype=np.float64) for line in kept]


def events(entry: Entry, context: Any) -> Any:
    """As `rows`, or a table of them by name."""
    if isinstance(entry.value, dict):
        return {name: rows(item, context) for name, item in entry.table().items()}
    return rows(entry, context)


def images(entry: Entry, _: Any) -> Any:
    """Images, or those of files: .npy, a .tif or .gif with all of them, or an array of pictures' files."""
    if isinstance(entry.value, list) and entry.value and all(isinstance(name, str) for name in entry.value):
        return _stacked([(item, repr(item.value), _pictures(item)[0]) for item in entry.items()])
    if not isinstance(entry.value, str):
        return entry.value
    if entry.file().suffix.lower() == ".npy":
        return array(entry, None)
    pages = enumerate(_pictures(entry), start=1)
    return _stacked([(entry, f"page {number} of {entry.value!r}", page) for number, page in pages])


def _stacked(named: list[tuple[Entry, str, Any]]) -> Any:
    """Pictures of one size and one type, and what names each, as one array."""
    first = named[0][2]
    for entry, name, picture in named:
        if (picture.shape, picture.dtype) != (first.shape, first.dtype):
            raise entry.error(f"{entry.name}: {name} differs from the first picture in size or colours")
    return np.array([picture for _, _, picture in named])


def _pictures(entry: Entry) -> list[Any]:
    """The pictures of a file: values if all are grey, else colours."""
    from PIL import Image, ImageSequence

    path = entry.file()
    expected = "a .npy file, a .tif or .gif, or an array of names of pictures"
    with _readable(entry, "images", expected), Image.open(path) as picture:
        pages = [_pixels(page) for page in ImageSequence.Iterator(picture)]
    if all(page.ndim == 2 for page in pages):
        return pages
    return [np.stack([page] * 3, axis=-1) if page.ndim == 2 and page.dtype == np.uint8 else page for page in pages]


def _pixels(page: Image) -> Any:
    """The pixels of a page: values if it is grey, else colours."""
    page.load()  # decides the mode of a GIF's page
    return np.array(page if page.mode in _GREY else page.convert("RGB"))


def _npy(path: Path) -> Any:
    """The array of a .npy file; ValueError for an archive of that name."""
    with open(path, "rb") as source:
        return np.lib.format.read_array(source, allow_pickle=False)


@contextmanager
def _readable(entry: Entry, what: str, expected: str) -> Iterator[None]:
    """Errors of a file that is damaged, or holds something else, say what is expected."""
    try:
        yield
    except StoryError:
        raise
    except Exception as cause:  # numpy and Pillow pass on those of zipfile, zlib, struct, tokenize and others
        raise entry.error(
            f"{entry.name}: {brief(entry.value)} has no {what} that can be read ({cause}): give {expected}"
        ) from cause


def file(entry: Entry, _: Any) -> Path:
    """A file that exists."""
    return entry.file()
