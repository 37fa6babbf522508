"""Animation: a film that plays in a notebook."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from ..image.image import Size
from ..system.atomic_files import atomic_path, output_path
from ..system.file_lock import file_lock


@dataclass(frozen=True)
class Animation:
    """A film in memory. A notebook plays it where it is the last value of a cell.

    Parameters
    ----------
    data : bytes
        The film's file, MP4 with a codec that browsers play.
    size : (width, height)
        Pixels.
    n_frames : int
        Number of frames.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> animation = gm.animate(gm.Scene(morphology, recording), t_stop=1, t_step=0.5, size=(160, 120), progress=False)
    >>> animation.n_frames, animation.size
    (3, (160, 120))
    """

    data: bytes
    size: Size
    n_frames: int

    def __repr__(self) -> str:
        size = f"{self.size[0]}x{self.size[1]}"
        return f"Animation({self.n_frames} frames of {size}, {len(self.data):,} bytes: save('film.mp4') writes them)"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the film's file atomically and return its absolute path.

        Raises
        ------
        FileNotFoundError, IsADirectoryError
            The folder does not exist, or ``path`` is a folder.
        OutputError
            A film is being written there, or the file is read-only or no regular file.
        """
        target = output_path(path, what="film", example="film.mp4")
        with file_lock(target, what=f"film {target}"), atomic_path(target) as part:
            part.write_bytes(self.data)
        return target

    def _repr_html_(self) -> str:
        film = base64.b64encode(self.data).decode("ascii")
        return (
            f'<video controls autoplay loop muted playsinline width="{self.size[0]}" style="max-width: 100%">'
            f'<source type="video/mp4" src="data:video/mp4;base64,{film}">{self!r}</video>'
        )
