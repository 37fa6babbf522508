"""Shader sources: files in ``shaders/``, composed by ``#include``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from ...errors import ShaderError

Output = Literal["color", "list", "number"]
_OUTPUTS: dict[Output, str] = {
    "color": "fragment_output.glsl",
    "list": "list_fragment.glsl",
    "number": "numbered_fragment.glsl",
}
_INCLUDE = re.compile(r'^[ \t]*#include[ \t]+"([^"]+)"[ \t]*$', re.MULTILINE)


def shader_folder() -> Path:
    """The folder of the shader files: in the installed package, or beside the package in a checkout."""
    package = Path(__file__).parents[2]
    for folder in (package / "shaders", package.parent / "shaders"):
        if folder.is_dir():
            return folder
    raise ShaderError(f"no shaders beside {package}: the installation is incomplete, install gpu_morph again")


@cache
def load_shader(name: str, *, output: Output = "color") -> str:
    """Source of one shader, with each ``#include "file"`` (of ``shaders/include``) inserted once.

    Parameters
    ----------
    name : str
        The file.
    output : {"color", "list", "number"}
        What becomes of the fragments of segments: "list" puts list_fragment.glsl in the place of fragment_output.glsl,
        "number" numbered_fragment.glsl. The version of "list" is 4.30.

    Raises
    ------
    ShaderError
        A file cannot be read.
    """
    folder, included = shader_folder(), set[str]()

    def read(path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except OSError as cause:
            raise ShaderError(f"shader {name}: {path} cannot be read: {cause}") from cause

    def insert(match: re.Match[str]) -> str:
        if match[1] in included:
            return ""
        included.add(match[1])
        file = _OUTPUTS[output] if match[1] == _OUTPUTS["color"] else match[1]
        return _INCLUDE.sub(insert, read(folder / "include" / file))

    source = _INCLUDE.sub(insert, read(folder / name))
    return source.replace("#version 330", "#version 430", 1) if output == "list" else source
