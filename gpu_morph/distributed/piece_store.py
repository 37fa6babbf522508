"""Store: the pieces of a film that are done, in a folder until they are joined, or for the next try."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from ..errors import EncoderError, FramesError
from ..system.atomic_files import write_bytes, write_text
from ..video.writer import count_frames
from .pieces import Piece

MANIFEST = "film.json"
_KIND = "pieces of a gpu_morph film"


class Store:
    """A film's folder of pieces: hidden beside the film, or in one that all workers see.

    Parameters
    ----------
    target : Path
        The film.
    scratch : path, optional
        A folder that all workers see.
    ending : str
        Of the pieces' files.
    identity : dict, optional
        What the pieces show and how they are encoded, in what JSON knows. None: it cannot be said, and nothing is kept.
    """

    def __init__(
        self, target: Path, scratch: str | os.PathLike[str] | None, ending: str, identity: dict[str, Any] | None
    ) -> None:
        parent, name = target.parent, f".{target.name}.pieces"
        if scratch is not None:
            parent = Path(os.path.abspath(os.path.expanduser(os.fspath(scratch))))
            if not parent.is_dir():
                raise NotADirectoryError(f"scratch must be a folder that all workers see, got {parent}: make it first")
            name = f".{target.name}.{hashlib.sha256(os.fsencode(target)).hexdigest()[:8]}.pieces"
        self.path = parent / name
        self._ending, self._identity = ending, identity
        self.done: set[Piece] = set()

    @property
    def manifest(self) -> Path:
        """The file that says what the pieces are; whoever sees it sees the folder."""
        return self.path / MANIFEST

    def open(self, *, resume: bool) -> None:
        """Make the folder, or take up what is in it.

        Raises
        ------
        FramesError
            There are pieces of another film, and ``resume`` is said; or the folder is somebody else's.
        """
        found = self._found()
        if found is not None and resume:
            if found != self._identity:
                raise FramesError(
                    f"{self.path} holds pieces of another film ({_difference(found, self._identity or {})}): "
                    "resume=False begins anew and removes them"
                )
            self._take_up()
            return
        if found is not None:
            shutil.rmtree(self.path)
        self.path.mkdir(exist_ok=True)
        write_text(self.manifest, json.dumps({"kind": _KIND, "film": self._identity}, indent=2))

    def file(self, piece: Piece) -> Path:
        """Where a piece is, or will be."""
        return self.path / piece.file_name(self._ending)

    def add(self, piece: Piece, data: bytes | None) -> None:
        """A piece is done; None: its worker has written it here."""
        if data is not None:
            write_bytes(self.file(piece), data)
        self.done.add(piece)

    def close(self) -> str:
        """Keep what is there for another try, and say so; without anything worth keeping there is no folder left."""
        if self._identity is None or not self.done:
            self.remove()
            return ""
        n_frames = sum(len(piece) for piece in self.done)
        return f"{n_frames} frames are kept in {self.path}: the same call with resume=True draws the others"

    def remove(self) -> None:
        """The film is whole: nothing of this is needed any more."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _found(self) -> dict[str, Any] | None:
        """What the folder says it holds; None where there is none, or an empty one."""
        if not self.path.exists():
            return None
        try:
            told = json.loads(self.manifest.read_bytes())
            if told["kind"] == _KIND:
                return dict(told["film"] or {})
        except (OSError, ValueError, TypeError, KeyError):
            pass
        if self.path.is_dir() and not any(self.path.iterdir()):
            return None
        raise FramesError(f"{self.path} is not gpu_morph's, and would be overwritten: move it")

    def _take_up(self) -> None:
        for path in self.path.iterdir():
            piece = Piece.from_file_name(path.name, self._ending)
            if piece is not None and self._is_whole(path, piece):
                self.done.add(piece)
            elif path.name != MANIFEST and not path.is_dir():
                path.unlink()
        for piece in sorted(self.done):  # what two tries have both drawn is needed once
            if any(piece.start < other.stop and other.start < piece.stop for other in self.done - {piece}):
                self.done.remove(piece)
                self.file(piece).unlink()

    def forget(self, piece: Piece) -> None:
        """A piece is of no use."""
        self.done.remove(piece)
        self.file(piece).unlink()

    @staticmethod
    def _is_whole(path: Path, piece: Piece) -> bool:
        try:
            return count_frames(path) == len(piece)
        except EncoderError:
            return False


def _difference(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    names = [name for name in wanted if found.get(name) != wanted[name]]
    return f"another {', '.join(names)}" if names else "nothing says which"
