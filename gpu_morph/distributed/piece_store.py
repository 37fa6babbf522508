"""The finished pieces of a film, kept in a folder until they are joined."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import EncoderError, FramesError
from ..system.arguments import absolute_path
from ..system.atomic_files import make_folder, write_bytes, write_text
from ..system.file_lock import file_lock
from ..system.hidden_files import name_key
from ..video.piece import Piece
from ..video.stored_times import count_frames

MANIFEST = "film.json"
_KIND = "pieces of a gpu_morph film"


class PieceStore:
    """The folder of a film's pieces: hidden beside the film, or in a folder that all workers can access.

    Parameters
    ----------
    target : Path
        The film.
    scratch : path, optional
        A folder that all workers can access.
    ending : str
        Of the pieces' files.
    identity : dict, optional
        What the pieces show and how they are encoded, as JSON types. None: not known, and an error keeps no pieces.
    """

    def __init__(
        self, target: Path, scratch: str | os.PathLike[str] | None, ending: str, identity: dict[str, Any] | None
    ) -> None:
        parent, name = target.parent, f".{name_key(target.name)}.pieces"
        if scratch is not None:
            parent = absolute_path(Path(scratch))
            if not parent.is_dir():
                raise NotADirectoryError(
                    f"scratch must be a folder that all workers can access, got {parent}: make it first"
                )
            name = f".{name_key(target.name)}.{hashlib.sha256(os.fsencode(target)).hexdigest()[:8]}.pieces"
        self.path = parent / name
        self._ending, self._identity = ending, identity
        self.done: set[Piece] = set()

    @property
    def manifest(self) -> Path:
        """The file that describes the film."""
        return self.path / MANIFEST

    @contextmanager
    def open(self, *, resume: bool) -> Iterator[None]:
        """Make the folder, or use the pieces that are in it if ``resume`` is True. No other process has it meanwhile.

        Raises
        ------
        OutputError
            Another process has it.
        FramesError
            The folder has pieces of another film and ``resume`` is True, or files that are not gpu_morph's.
        """
        # Two machines may have films of one path, each its own, and share the scratch folder.
        with file_lock(self.path, what=f"folder of pieces {self.path}"):
            self._prepare(resume=resume)
            yield

    def _prepare(self, *, resume: bool) -> None:
        found = self._read_manifest()
        if found is not None and resume:
            if found != self._identity:
                raise FramesError(
                    f"{self.path} holds pieces of another film ({_difference(found, self._identity or {})}): "
                    "resume=False begins anew and removes them"
                )
            self._use_present_pieces()
            return
        if found is not None:
            shutil.rmtree(self.path)
        make_folder(self.path)
        write_text(self.manifest, json.dumps({"kind": _KIND, "film": self._identity}, indent=2))

    def file(self, piece: Piece) -> Path:
        """The path of a piece."""
        return self.path / piece.file_name(self._ending)

    def add(self, piece: Piece, video: bytes | None) -> None:
        """Store a finished piece. None: its worker has written the file."""
        if video is not None:
            write_bytes(self.file(piece), video)
        self.done.add(piece)

    def discard(self, piece: Piece) -> None:
        """Remove a piece."""
        self.done.remove(piece)
        self.file(piece).unlink()

    def close(self) -> str:
        """Keep the pieces for a later call, and return a message about them.

        Without pieces, or if their film is not known, the folder is removed, and the message is empty.
        """
        if self._identity is None or not self.done:
            self.remove()
            return ""
        n_frames = sum(len(piece) for piece in self.done)
        return f"{n_frames} frames are kept in {self.path}: the same call with resume=True draws the others"

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _read_manifest(self) -> dict[str, Any] | None:
        """The identity of the film in the folder; None if there is no folder or it is empty."""
        if not self.path.exists():
            return None
        try:
            content = json.loads(self.manifest.read_bytes())
            if content["kind"] == _KIND:
                return dict(content["film"] or {})
        except (OSError, ValueError, TypeError, KeyError):
            pass
        if self.path.is_dir() and not any(self.path.iterdir()):
            return None
        raise FramesError(f"{self.path} is not gpu_morph's, and would be overwritten: move it")

    def _use_present_pieces(self) -> None:
        for path in self.path.iterdir():
            piece = Piece.from_file_name(path.name, self._ending)
            if piece is not None and _is_complete(path, piece):
                self.done.add(piece)
            elif path.name != MANIFEST and not path.is_dir():
                path.unlink()
        for piece in sorted(self.done):  # two calls may have cut the film differently
            if any(piece.start < other.stop and other.start < piece.stop for other in self.done - {piece}):
                self.discard(piece)


def _is_complete(path: Path, piece: Piece) -> bool:
    try:
        return count_frames(path) == len(piece)
    except EncoderError:
        return False


def _difference(found: dict[str, Any], expected: dict[str, Any]) -> str:
    names = [name for name in expected if found.get(name) != expected[name]]
    return f"another {', '.join(names)}" if names else "its film is not known"
