"""A film as HTML: it plays in a notebook."""

from __future__ import annotations

import base64
import os
from html import escape
from pathlib import Path
from urllib.parse import quote

from ..image.image import Size

_MOST_BYTES = 20 * 1024**2  # of a film that is stored in the notebook
_PLAYED = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".mov": "video/mp4", ".gif": "image/gif"}
_PLAYED_CODECS = ("264", "vp8", "vpx", "vp9", "av1", "gif")  # parts of the names of ffmpeg's encoders


def film_html(path: Path, size: Size, codec: str, caption: str) -> str:
    """A player of a film with a caption.

    A film of up to 20 MiB is stored in the HTML; of a larger one the HTML has its address, relative to the working
    folder where it lies inside, as notebooks' servers give out the files beside them. What browsers do not play is only
    linked.
    """
    kind, n_bytes = _PLAYED.get(path.suffix.lower()), path.stat().st_size
    mib, film = f"{n_bytes / 1024**2:.1f} MiB", ""
    if kind is None:
        note = f"browsers do not play {path.suffix}: "
    elif not any(word in codec for word in _PLAYED_CODECS):
        note = f"browsers do not play {codec}, but codec='libx264': "
    elif n_bytes <= _MOST_BYTES:
        note, data = "", base64.b64encode(path.read_bytes()).decode("ascii")
        film = _player(f"data:{kind};base64,{data}", kind, size)
    else:
        film = _player(_address(path), kind, size)
        note = "not stored in the notebook, for its size, but played from its file: "
    link = f'<a href="{escape(_address(path))}" download>{escape(path.name)}</a> ({mib})' if note else ""
    return f"<div>{film}<div>{escape(note)}{link}</div><div>{escape(caption)}</div></div>"


def _player(address: str, kind: str, size: Size) -> str:
    style = f'width="{size[0]}" style="max-width: 100%; height: auto"'
    if kind == "image/gif":
        return f'<img {style} alt="the film" src="{escape(address)}">'
    return f'<video controls loop muted playsinline {style}><source type="{kind}" src="{escape(address)}"></video>'


def _address(path: Path) -> str:
    """The address of a file from a page in the working folder."""
    here = Path(os.path.realpath("."))
    real = Path(os.path.realpath(path))
    return quote(str(real.relative_to(here))) if real.is_relative_to(here) else real.as_uri()
