"""Frames as PNG files in a folder: written beside a film, and read back by the next call that makes the same one."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..errors import FramesError
from ..image.image import Size
from ..image.png import png_bytes
from ..scene.fingerprint import fingerprint
from ..scene.scene import Scene
from ..system.atomic_files import write_bytes, write_text
from ..system.threads import n_threads
from ..system.version import __version__

Pixels = npt.NDArray[np.uint8]
Given = TypeVar("Given")
Result = TypeVar("Result")

MANIFEST = "frames.json"
_KIND, _VERSION = "frames of a gpu_morph film", 1
_FRAME = re.compile(r"(?!00000\.)([0-9]{5}|[1-9][0-9]{5,})\.png")
_PART = re.compile(r"\.(frames|[0-9]{5,})\.[0-9a-f]{8}\.part(\.json|\.png)?")
_MOST_AHEAD = 12  # frames in memory on their way to or from files, 6 MB each in 1080p


class FrameFolder:
    """A folder that holds a film's frames: number 0 is ``00001.png``.

    Parameters
    ----------
    path : Path
        The folder; `open_frames` sees that it is this film's.
    n_frames : int
        How many frames the film has.
    size : (width, height)
        Pixels.
    transparent : bool
        RGBA frames.
    """

    def __init__(self, path: Path, *, n_frames: int, size: Size, transparent: bool) -> None:
        self.path, self.n_frames = path, n_frames
        self._size, self._mode = size, "RGBA" if transparent else "RGB"

    def file(self, number: int) -> Path:
        """Where frame ``number`` is, or will be."""
        return self.path / _name(number)

    def save(self, number: int, frame: Pixels) -> None:
        """Write a frame. It gets its name only when it is whole."""
        write_bytes(self.file(number), png_bytes(frame))

    def is_whole(self, number: int) -> bool:
        """True when the frame is there, of the right size and mode, and all its checksums are right."""
        from PIL import Image

        try:
            with Image.open(self.file(number), formats=["PNG"]) as image:
                is_ours = (image.size, image.mode) == (self._size, self._mode)
                image.verify()
        except (OSError, SyntaxError, ValueError, EOFError, struct.error):  # all these are Pillow's
            return False
        return is_ours

    def whole(self) -> frozenset[int]:
        """Numbers of the frames that are there and whole."""
        there = [number for number in range(self.n_frames) if self.file(number).is_file()]
        with _threads() as pool:
            wholes = _ahead(pool, self.is_whole, there)
            return frozenset(number for number, is_whole in zip(there, wholes, strict=True) if is_whole)

    def read(self, number: int) -> Pixels:
        """The frame, (height, width, 3 or 4) uint8.

        Raises
        ------
        FramesError
            It is not there, or not whole.
        """
        from PIL import Image

        try:
            with Image.open(self.file(number), formats=["PNG"]) as image:
                frame = np.asarray(image)
        except (OSError, SyntaxError, ValueError, EOFError, struct.error) as cause:
            raise FramesError(f"{self.file(number)} cannot be read: remove it, and it is drawn again") from cause
        return frame

    def completed(self, kept: frozenset[int], drawn: Iterator[Pixels]) -> Generator[Pixels, None, None]:
        """All frames of the film in order: those ``kept`` in the folder, and the others, which are ``drawn``.

        The latter are saved meanwhile, several at once. Left halfway, it first saves what it has given.
        """
        with _threads() as pool:
            read = _ahead(pool, self.read, sorted(kept))
            saving: deque[Future[None]] = deque()
            for number in range(self.n_frames):
                if number in kept:
                    yield next(read)
                    continue
                frame = next(drawn)
                if len(saving) == _MOST_AHEAD:
                    saving.popleft().result()
                saving.append(pool.submit(self.save, number, frame))
                yield frame
            for save in saving:
                save.result()


def check_folder(path: str | os.PathLike[str]) -> Path:
    """The folder for frames, if they can be written there; it need not exist yet.

    Raises
    ------
    NotADirectoryError, FileNotFoundError
        A file, or a folder in a folder that does not exist.
    """
    folder = Path(os.path.abspath(os.path.expanduser(os.fspath(path))))
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file: frames_dir is a folder for the single frames")
    if not folder.parent.is_dir():
        raise FileNotFoundError(f"the folder {folder.parent}, where frames_dir would be, does not exist: make it first")
    return folder


def open_frames(
    path: str | os.PathLike[str],
    scene: Scene,
    times: npt.NDArray[np.float64],
    *,
    size: Size,
    transparent: bool,
    overwrite: bool,
) -> FrameFolder:
    """Make ready a folder for a film's frames: new, or with frames of this very film.

    Parameters
    ----------
    path : path
        Made where it does not exist. Files that are not ours stay as they are.
    scene : Scene
        What the film shows.
    times : (n_frames,) float64
        ms.
    size : (width, height)
        Pixels.
    transparent : bool
        RGBA frames.
    overwrite : bool
        Remove all frames that are there, whatever they show.

    Raises
    ------
    FramesError
        The folder holds frames of another film, or something else where they should be. It stays as it is.
    NotADirectoryError, FileNotFoundError
        See `check_folder`.
    """
    folder = check_folder(path)
    manifest = _manifest(scene, times, size=size, transparent=transparent)
    entries = {entry.name: entry.is_file(follow_symlinks=False) for entry in _entries(folder)}
    for name in (MANIFEST, *(_name(number) for number in range(len(times)))):
        if not entries.get(name, True):
            raise FramesError(f"{folder / name} is a link or a folder, where a file of this film should be: move it")
    frames = sorted(name for name, is_file in entries.items() if is_file and _FRAME.fullmatch(name))
    found = _read_manifest(folder / MANIFEST) if MANIFEST in entries else None
    if frames and not overwrite and found != manifest:
        raise FramesError(
            f"{folder} holds {len(frames)} PNG frames of another film ({_difference(found, manifest)}): choose another "
            "folder, or overwrite_frames=True to remove them"
        )
    leftover = [name for name, is_file in entries.items() if is_file and _PART.fullmatch(name)]
    for name in [*leftover, *(frames if overwrite else ())]:
        (folder / name).unlink(missing_ok=True)
    folder.mkdir(exist_ok=True)
    if found != manifest:
        write_text(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")
    return FrameFolder(folder, n_frames=len(times), size=size, transparent=transparent)


def _name(number: int) -> str:
    return f"{number + 1:05d}.png"


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    if not folder.exists():
        return []
    with os.scandir(folder) as entries:
        return list(entries)


def _manifest(scene: Scene, times: npt.NDArray[np.float64], *, size: Size, transparent: bool) -> dict[str, Any]:
    """What the frames show, in what JSON knows."""
    return {
        "kind": _KIND,
        "version": _VERSION,
        "gpu_morph": __version__,
        "n_frames": len(times),
        "size": list(size),
        "transparent": transparent,
        "times": {
            "first": float(times[0]),
            "last": float(times[-1]),
            "hash": hashlib.sha256(times.tobytes()).hexdigest(),
        },
        "scene": fingerprint(scene, times),
    }


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("kind") != _KIND:
        raise FramesError(f"{path} is not gpu_morph's, and would be overwritten: move it, or choose another folder")
    return found


def _difference(found: dict[str, Any] | None, wanted: dict[str, Any]) -> str:
    """Say what another film's manifest has otherwise than this one's."""
    if found is None:
        return f"no {MANIFEST} says which"
    told = {name: (_told(found, name), _told(wanted, name)) for name in ("version", "gpu_morph", "size", "transparent")}
    told["times"] = _span(found), _span(wanted)
    words = [f"{name} {theirs} instead of {ours}" for name, (theirs, ours) in told.items() if theirs != ours]
    same_times = found.get("times") == wanted["times"]
    if told["times"][0] == told["times"][1] and not same_times:
        words.append("other times in between")
    theirs, ours = found.get("scene", {}), wanted["scene"]
    # The time range and what was read of a recording follow from the times: these are the news then.
    follow = () if same_times else ("recording", "time_range")
    fields = [name for name in ours if theirs.get(name) != ours[name] and name not in follow]
    if fields:
        words.append(f"another {', '.join(fields)}")
    return "; ".join(words) or f"its {MANIFEST} was changed"


def _told(manifest: dict[str, Any], name: str) -> str:
    value = manifest.get(name)
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)


def _span(manifest: dict[str, Any]) -> str:
    times = manifest.get("times", {})
    return f"{times.get('first')} to {times.get('last')} ms ({manifest.get('n_frames')} frames)"


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n_threads(), thread_name_prefix="gpu_morph-frames")


def _ahead(pool: ThreadPoolExecutor, function: Callable[[Given], Result], given: Iterable[Given]) -> Iterator[Result]:
    """``map`` by threads, in order, never more than `_MOST_AHEAD` results ahead."""
    pending: deque[Future[Result]] = deque()
    for one in given:
        if len(pending) == _MOST_AHEAD:
            yield pending.popleft().result()
        pending.append(pool.submit(function, one))
    while pending:
        yield pending.popleft().result()
