"""WebPage: a page that holds everything it shows."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from pathlib import Path

from ..system.atomic_files import output_path, remove_stale_parts, write_text

_HEIGHT = 620  # pixels of the page in a notebook


@dataclass(frozen=True, eq=False)
class WebPage:
    """What `write_html` made. In a notebook, a page without a file shows itself.

    Parameters
    ----------
    html : str
        The whole page.
    path : Path or None
        Where it was written.
    n_times : int
        How many times it shows; 0 if nothing changes over time.
    bits : {8, 16}
        Of each value.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> page = gm.write_html(gm.Scene(morphology, recording), "cell.html", times=[4, 5, 6])
    >>> page.n_times, page.path.name
    (3, 'cell.html')
    """

    html: str
    path: Path | None
    n_times: int
    bits: int

    @property
    def n_bytes(self) -> int:
        """The size of the page."""
        return len(self.html.encode())

    def __repr__(self) -> str:
        where = "not written: save('cell.html') does it" if self.path is None else str(self.path)
        return f"WebPage({where}, {self.n_bytes:,} bytes, {self.n_times} times, {self.bits} bits)"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, atomically, and return the file's absolute path.

        Raises
        ------
        ValueError
            ``path`` does not end in ``.html`` or ``.htm``.
        FileNotFoundError, IsADirectoryError
            The folder does not exist, or ``path`` is a folder.
        OutputError
            The file is read-only or no regular file.
        """
        target = page_path(path)
        remove_stale_parts([target])
        write_text(target, self.html)
        return target

    def _repr_html_(self) -> str:
        """The page in a frame, or a link to its file."""
        if self.path is not None:
            name = html.escape(str(self.path))
            return f'<a href="{html.escape(self.path.as_uri())}" target="_blank">{name}</a> ({self.n_bytes:,} bytes)'
        page = self.html.replace("&", "&amp;").replace('"', "&quot;")
        return (
            f'<iframe srcdoc="{page}" title="gpu_morph" style="width: 100%; height: {_HEIGHT}px; border: 0" '
            'sandbox="allow-scripts allow-downloads" allow="fullscreen" loading="lazy"></iframe>'
        )


def page_path(path: str | os.PathLike[str]) -> Path:
    """The absolute path of a page's file, which is checked; see `WebPage.save`."""
    target = output_path(path, what="page", example="cell.html")
    if target.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"path must end in .html or .htm, got {str(path)!r}")
    return target
