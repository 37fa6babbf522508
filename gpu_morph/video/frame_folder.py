"""FrameFolder: the frames of a film as PNG files, written beside the film and read by the next call for it.

Each file says of which film it is and which frame, so that a frame of another film is never taken for one of this. A
file that says nothing was changed by another program, and is used.
"""

from __future__ import annotations

import json
import os
import re
import struct
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import FramesError
from ..image.image import Image, Size
from ..image.png import png_bytes, with_text
from ..scene.panels.shown import Shown
from ..system.arguments import absolute_path
from ..system.atomic_files import PART, check_replaceable, make_folder, write_bytes, write_text
from ..system.file_lock import file_lock
from ..system.hidden_files import hidden_files
from ..system.threads import map_ahead, n_threads
from .frame_manifest import MANIFEST, Manifest, difference, film_manifest, manifest_hash, read_manifest

_FRAME = re.compile(r"(?!00000\.)([0-9]{5}|[1-9][0-9]{5,})\.png")
_KEYWORD = "gpu_morph"  # of the text in a PNG
_MAX_AHEAD = 12  # frames in memory on their way to or from files, of 6 MB each in 1080p
_PILLOW_ERRORS = (OSError, SyntaxError, ValueError, EOFError, struct.error)  # of damaged files


class FrameFolder:
    """A folder that holds a film's frames; frame 0 is ``00001.png``.

    Parameters
    ----------
    path : Path
        The folder; `open_frames` checks that it is this film's.
    n_frames : int
        Number of frames of the film.
    size : (width, height)
        Pixels.
    transparent : bool
        The frames are RGBA.
    film : str
        What the files of this film's frames say.
    """

    def __init__(self, path: Path, *, n_frames: int, size: Size, transparent: bool, film: str) -> None:
        self.path, self.n_frames, self._film = path, n_frames, film
        self._size, self._mode = size, "RGBA" if transparent else "RGB"

    def file(self, number: int) -> Path:
        """Path of the file of frame ``number``, which need not exist."""
        return self.path / _name(number)

    def save(self, number: int, frame: Image) -> None:
        """Write a frame atomically."""
        self.save_png(number, png_bytes(frame))

    def save_png(self, number: int, png: bytes) -> None:
        """Write a frame that is encoded already."""
        write_bytes(self.file(number), with_text(png, _KEYWORD, self._label(number)))

    def is_complete(self, number: int) -> bool:
        """True if the file has the frame's size and mode, is not of another frame, and its checksums are correct."""
        from PIL import Image as PillowImage

        try:
            with PillowImage.open(self.file(number), formats=["PNG"]) as image:
                is_ours = self._is_ours(number, image)
                image.verify()
        except _PILLOW_ERRORS:
            return False
        return is_ours

    def complete_frames(self) -> frozenset[int]:
        """Numbers of the frames that are complete."""
        existing = [number for number in range(self.n_frames) if self.file(number).is_file()]
        with _threads() as pool:
            are_complete = map_ahead(pool, self.is_complete, existing, max_ahead=_MAX_AHEAD)
            return frozenset(number for number, is_ok in zip(existing, are_complete, strict=True) if is_ok)

    def read(self, number: int) -> Image:
        """The frame, (height, width, 3 or 4) uint8.

        Raises
        ------
        FramesError
            Its file is missing or damaged, or of another frame.
        """
        from PIL import Image as PillowImage

        cause = None
        try:
            with PillowImage.open(self.file(number), formats=["PNG"]) as image:
                if self._is_ours(number, image):
                    return np.asarray(image)
        except _PILLOW_ERRORS as error:
            cause = error
        raise FramesError(
            f"{self.file(number)} cannot be read, or is of another film: remove it, and it is drawn again"
        ) from cause

    def all_frames(self, kept_frames: frozenset[int], drawn: Iterator[Image]) -> Generator[Image, None, None]:
        """Yield all frames of the film in order, reading some and saving the others in threads.

        Parameters
        ----------
        kept_frames : frozenset of int
            Numbers of the frames that are read from the folder.
        drawn : iterator of (height, width, 3 or 4) uint8
            The other frames, in order. They are saved; closing the generator waits for the frames it has yielded.
        """
        with _threads() as pool:
            read = map_ahead(pool, self.read, sorted(kept_frames), max_ahead=_MAX_AHEAD)
            saving: deque[Future[None]] = deque()
            for number in range(self.n_frames):
                if number in kept_frames:
                    yield next(read)
                    continue
                frame = next(drawn)
                if len(saving) == _MAX_AHEAD:
                    saving.popleft().result()
                saving.append(pool.submit(self.save, number, frame))
                yield frame
            for save in saving:
                save.result()

    def _label(self, number: int) -> str:
        return f"film {self._film}, frame {number + 1}"

    def _is_ours(self, number: int, image: Any) -> bool:
        label = image.info.get(_KEYWORD)
        return (image.size, image.mode) == (self._size, self._mode) and label in (None, self._label(number))


def check_folder(path: str | os.PathLike[str]) -> Path:
    """Absolute path of a folder for frames; it need not exist yet.

    Raises
    ------
    NotADirectoryError, FileNotFoundError
        It is a file or a link in a circle, or the folder in which it would be made does not exist.
    """
    folder = absolute_path(Path(path))
    made = Path(os.path.realpath(folder))  # a link may lead to a folder that does not exist yet
    if made.exists() and not made.is_dir():
        raise NotADirectoryError(f"{folder} is a file: frames_dir is a folder for the single frames")
    if made.is_symlink():
        raise NotADirectoryError(f"{folder} is a link in a circle: give another frames_dir")
    if not made.parent.is_dir():
        raise FileNotFoundError(f"the folder {made.parent}, where frames_dir would be, does not exist: make it first")
    return folder


@contextmanager
def open_frames(
    path: str | os.PathLike[str],
    scene: Shown,
    times: npt.NDArray[np.float64],
    *,
    size: Size,
    supersample: int = 1,
    transparent: bool,
    overwrite: bool,
) -> Iterator[FrameFolder]:
    """Prepare a folder for a film's frames, and hold it: a new one, or one with frames of the same film.

    Parameters
    ----------
    path : path
        Created if it does not exist. Files that are no frames stay as they are.
    scene : Scene or Panels
        What the film shows.
    times : (n_frames,) float64
        ms.
    size : (width, height)
        Pixels.
    supersample : int
        As in `Renderer`.
    transparent : bool
        RGBA frames.
    overwrite : bool
        Remove all frames that are in the folder.

    Raises
    ------
    FramesError
        The folder has frames of another film, or something else under the name of a frame. Nothing is changed then.
    OutputError
        Another film is writing its frames there.
    NotADirectoryError, FileNotFoundError
        See `check_folder`.
    """
    folder = check_folder(path)
    manifest = film_manifest(scene, times, size=size, supersample=supersample, transparent=transparent)
    make_folder(folder)
    with file_lock(folder / "frames", what=f"folder of frames {folder}"):
        _check_and_clear(folder, manifest, overwrite=overwrite)
        yield FrameFolder(folder, n_frames=len(times), size=size, transparent=transparent, film=manifest_hash(manifest))


def _check_and_clear(folder: Path, manifest: Manifest, *, overwrite: bool) -> None:
    """Check that no frames are another film's, or remove them, and write the manifest."""
    entries = _entries(folder)
    for name in (MANIFEST, *(_name(number) for number in range(manifest["n_frames"]))):
        if not entries.get(name, True):
            raise FramesError(f"{folder / name} is not a regular file, which this film would write: move it")
    files = [name for name, is_file in entries.items() if is_file]
    frames = sorted(name for name in files if _FRAME.fullmatch(name))
    found = read_manifest(folder / MANIFEST) if MANIFEST in entries else None
    if frames and not overwrite and found != manifest:
        raise FramesError(
            f"{folder} holds {len(frames)} PNG frames of another film ({difference(found, manifest)}): choose another "
            "folder, or overwrite_frames=True to remove them"
        )
    if overwrite:
        for name in frames:
            check_replaceable(folder / name)
    parts = [part for part in hidden_files(folder, PART) if part.key == MANIFEST or _FRAME.fullmatch(part.key)]
    for path in [*(part.path for part in parts), *(folder / name for name in frames if overwrite)]:
        path.unlink(missing_ok=True)
    if found != manifest:
        write_text(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def _name(number: int) -> str:
    return f"{number + 1:05d}.png"


def _entries(folder: Path) -> dict[str, bool]:
    """Names of what is in a folder, and whether each is a file (not a link)."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n_threads(), thread_name_prefix="gpu_morph-frames")
