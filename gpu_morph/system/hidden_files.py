"""Hidden files beside a file while it is made: their names say whose they are.

``.film.mp4.OWNER.1f0c9a2e.part.mp4`` becomes ``film.mp4``; `gpu_morph.system.owner` says how an owner is written.
"""

from __future__ import annotations

import os
import re
import secrets
import zlib
from pathlib import Path
from typing import NamedTuple

from .owner import PATTERN, this_owner

_MAX_BYTES = 90  # of the file's own name: a file system limits a name to 255


class HiddenFile(NamedTuple):
    """A hidden file, and which process made it, as `gpu_morph.system.owner` writes it."""

    path: Path
    owner: str


def new_hidden_file(target: Path, ending: str) -> HiddenFile:
    """A file of this process beside ``target`` that does not exist yet; ``ending`` begins with a dot."""
    owner = this_owner()
    return HiddenFile(target.with_name(f".{_key(target.name)}.{owner}.{secrets.token_hex(4)}{ending}"), owner)


def hidden_files(target: Path, ending: str) -> list[HiddenFile]:
    """The files of all processes beside ``target`` whose ending matches a regular expression, in order of their names.

    Raises
    ------
    OSError
        The folder cannot be read.
    """
    pattern = re.compile(rf"\.{re.escape(_key(target.name))}\.({PATTERN})\.[0-9a-f]{{8}}{ending}")
    found = ((pattern.fullmatch(name), name) for name in sorted(os.listdir(target.parent)))
    return [HiddenFile(target.with_name(name), match[1]) for match, name in found if match]


def _key(name: str) -> str:
    """A file's name; of one that is long, or not Unicode, a part and a checksum."""
    data = os.fsencode(name)
    cut = data[:_MAX_BYTES].decode(errors="ignore")
    return name if cut == name else f"{cut}~{zlib.crc32(data):08x}"
