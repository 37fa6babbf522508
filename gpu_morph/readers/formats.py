"""Which reader a file needs: by what stands in it, and by its name where that does not tell."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..data.morphology import Morphology
from ..errors import MorphologyError
from .files.asc import read_asc
from .files.h5 import read_h5
from .files.hoc import read_hoc
from .files.neuroml import read_neuroml
from .files.swc import read_swc
from .text_source import first_bytes

_ENDINGS = {
    ".swc": "swc",
    ".eswc": "swc",
    ".asc": "asc",
    ".h5": "h5",
    ".hdf5": "h5",
    ".hoc": "hoc",
    ".nrn": "hoc",
    ".nml": "neuroml",
    ".xml": "neuroml",
}
_HEAD = 64 * 1024  # bytes that are looked at
_SWC_NODE = re.compile(r"^[^\S\n]*\d+(\.0*)?([\s,;]+[-+]?[\d.][\d.eE+-]*){6}", re.MULTILINE)
_ASC_BLOCK = re.compile(r'\A(\s|;[^\n]*\n)*\(\s*(;[^\n]*\n\s*)*["(A-Z]')
_HOC_WORDS = re.compile(r"^[^\S\n]*\{?\s*(create|begintemplate|pt3dadd|load_file|objref|proc)\b", re.MULTILINE)


def read_any(path: str | os.PathLike[str], *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read a morphology file of any format; see `gpu_morph.read_morphology`."""
    kind = _kind(Path(path))
    if kind == "h5":
        return read_h5(path, scale=scale, name=name)
    if kind == "hoc":
        return read_hoc(path, scale=scale, name=name)
    if kind == "neuroml":
        return read_neuroml(path, scale=scale, name=name)
    if name is not None:
        raise MorphologyError(
            f"{Path(path).name}: a file of this format has one morphology, got name={name!r}; leave it out"
        )
    return read_asc(path, scale=scale) if kind == "asc" else read_swc(path, scale=scale)


def _kind(path: Path) -> str:
    head = first_bytes(path, _HEAD)
    text = head.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "h5"
    if text.lstrip().startswith("<") and "neuroml" in text:
        return "neuroml"
    if _ASC_BLOCK.match(text):
        return "asc"
    if _SWC_NODE.match(re.sub(r"\A(\s|#[^\n]*(\n|\Z))*", "", text)):
        return "swc"
    if _HOC_WORDS.search(re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)):
        return "hoc"
    ending = Path(path.name.lower().removesuffix(".gz")).suffix
    if ending not in _ENDINGS:
        raise MorphologyError(
            f"{path}: this version reads .swc, .asc, .h5, .hoc and .nml; neither content nor name say that this is "
            "one of them: convert it to SWC"
        )
    return _ENDINGS[ending]
