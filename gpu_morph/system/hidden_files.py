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
    """A hidden file: its path, the key of the file's name beside which it is, and which process made it."""

    path: Path
    key: str
    owner: str


def new_hidden_file(target: Path, ending: str) -> Path:
    """The path of a file of this process beside ``target``, which does not exist yet; ``ending`` begins with a dot."""
    return target.with_name(f".{name_key(target.name)}.{this_owner()}.{secrets.token_hex(4)}{ending}")


def hidden_files(folder: Path, ending: str) -> list[HiddenFile]:
    """The hidden files of all processes in a folder whose ending matches a regular expression.

    Raises
    ------
    OSError
        The folder cannot be read.
    """
    pattern = re.compile(rf"\.(.+)\.({PATTERN})\.[0-9a-f]{{8}}{ending}", re.DOTALL)
    found = ((folder / name, pattern.fullmatch(name)) for name in os.listdir(folder) if name.startswith("."))
    return [HiddenFile(path, match[1], match[2]) for path, match in found if match]


def name_key(name: str) -> str:
    """A file's name as its hidden files begin; of one that is long, or not printable, a part and a checksum."""
    data = os.fsencode(name)
    cut = "".join(filter(str.isprintable, data[:_MAX_BYTES].decode(errors="ignore")))
    cut = os.fsdecode(cut.encode())  # in LANG=C other signs, but the same bytes
    return name if cut == name else f"{cut}~{zlib.crc32(data):08x}"
