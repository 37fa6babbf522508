"""Animation: a film that plays in a notebook."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from ..image.image import Size
from ..system.atomic_files import output_path, write_bytes


@dataclass(frozen=True)
class Animation:
    """A film, kept in memory; notebooks play it where it is a cell's last value.

    Parameters
    ----------
    data : bytes
        The film's file: H.264 in MP4, which every browser plays.
    size : (width, height)
        Pixels.
    n_frames : int
        How many there are.
    """

    data: bytes
    size: Size
    n_frames: int

    def __repr__(self) -> str:
        return f"Animation({self.n_frames} frames of {self.size[0]}x{self.size[1]}, {len(self.data):,} bytes)"

    def save(self, path: str | Path) -> Path:
        """Write the film's file; returns its path."""
        target = output_path(path, what="film", example="film.mp4")
        write_bytes(target, self.data)
        return target

    def _repr_html_(self) -> str:
        film = base64.b64encode(self.data).decode("ascii")
        return (
            f'<video controls autoplay loop muted playsinline width="{self.size[0]}" style="max-width: 100%">'
            f'<source type="video/mp4" src="data:video/mp4;base64,{film}">{self!r}</video>'
        )
