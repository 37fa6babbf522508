"""The folder of single frames when the film itself lies in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..system.atomic_files import make_folder


@contextmanager
def made_folder(images: Path | None, film: Path) -> Iterator[None]:
    """Make the folder of the frames for a film that will lie in it; remove it if the film fails and it is empty."""
    if images is None or film.parent != images or images.exists() or not images.parent.is_dir():
        yield
        return
    make_folder(images)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # not empty: frames for the next call
            images.rmdir()
        raise
