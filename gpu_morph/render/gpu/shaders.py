"""Shader sources: files in ``shaders/``, composed by ``#include``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ...errors import ShaderError
from ..shader_variants import USUAL_PARTS, Output, Variant, Variants

_OUTPUTS: dict[Output, str] = {
    "color": "fragment_output.glsl",
    "glow": "glow_fragment.glsl",
    "surface": "surface_fragment.glsl",
    "list": "list_fragment.glsl",
    "number": "numbered_fragment.glsl",
}
_VARIANTS: dict[Variant, dict[str, str]] = {  # usual files, and those in their places
    "edges": {"equal_entries.glsl": "entries_between_edges.glsl"},
    "material": {"usual_material.glsl": "given_material.glsl"},
    "perspective": {
        "orthographic_view.glsl": "perspective_view.glsl",
        "disc_out.glsl": "ellipse_out.glsl",
        "disc.glsl": "ellipse.glsl",
    },
    "fillet": {"no_parent_out.glsl": "parent_out.glsl", "no_parent.glsl": "parent_normal.glsl"},
    "solid": {"beside_neighbours.glsl": "solid_only.glsl"},
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
def load_shader(name: str, *, output: Output = "color", variants: Variants = USUAL_PARTS) -> str:
    """Source of one shader, with each ``#include "file"`` (of ``shaders/include``) inserted once.

    Parameters
    ----------
    name : str
        The file.
    output : {"color", "glow", "surface", "list", "number"}
        What becomes of the fragments of segments: the file that stands in the place of fragment_output.glsl. The
        version of "list" is 4.30.
    variants : frozenset
        What the scene needs besides the usual: other files stand in the places of the usual ones.

    Raises
    ------
    ShaderError
        A file cannot be read.
    """
    folder, included = shader_folder(), set[str]()
    replaced = {_OUTPUTS["color"]: _OUTPUTS[output]}
    for variant in variants:
        replaced |= _VARIANTS[variant]

    def read(path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except OSError as cause:
            raise ShaderError(f"shader {name}: {path} cannot be read: {cause}") from cause

    def insert(match: re.Match[str]) -> str:
        if match[1] in included:
            return ""
        included.add(match[1])
        return _INCLUDE.sub(insert, read(folder / "include" / replaced.get(match[1], match[1])))

    source = _INCLUDE.sub(insert, read(folder / name))
    return source.replace("#version 330", "#version 430", 1) if output == "list" else source
