"""What a module of `readers.files` declares about its file format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..data.morphology import Axis, Morphology


@dataclass(frozen=True)
class FileFormat:
    """A format of morphology files.

    Parameters
    ----------
    name : str
        The format's name for users, such as "SWC".
    endings : tuple of str
        File name endings in lower case, with the dot and without ".gz"; the usual one first.
    looks_like : callable
        True for the first bytes of such a file. `readers.formats` passes them unzipped and without a byte order mark.
    read : callable
        Reads a file: ``read(path, scale=scale)``, with ``name=name`` where ``has_names``, and with ``run=run``
        where ``is_program``.
    has_names : bool
        True where a file can hold several morphologies, of which ``name`` selects one.
    is_program : bool
        True where a file is a program: only a file with one of ``endings`` is read, and ``read`` takes ``run=``.
    up : {"x", "y", "z"}, optional
        The axis that points up by the format's custom.
    """

    name: str
    endings: tuple[str, ...]
    looks_like: Callable[[bytes], bool]
    read: Callable[..., Morphology]
    has_names: bool = False
    is_program: bool = False
    up: Axis | None = None
