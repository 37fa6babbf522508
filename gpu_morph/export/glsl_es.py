"""The shaders as WebGL 2 takes them: GLSL ES 3.00, made from the files in ``shaders/``.

The two languages have what these shaders use in common. The translation changes the version, sets precisions, which ES
asks for, and leaves comments out. What ES lacks is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import ShaderError

if TYPE_CHECKING:
    from ..render.shader_variants import Output, Variants

_HEAD = "#version 300 es\nprecision highp float;\nprecision highp int;\nprecision highp sampler2D;\n"
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_BLANK = re.compile(r"[ \t]*\n(?:[ \t]*\n)*")
_LACKING = {  # GLSL ES 3.00 specification, section 3.8, and what version 3.30 has besides
    r"\b(?:buffer|shared)\b": "storage buffers",
    r"\b(?:double|dvec[234]|dmat[234])\b": "doubles",
    r"\bprecise\b": "precise",
    r"\b(?:noperspective|sample)\s+(?:in|out)\b": "this interpolation",
    r"\b(?:sampler1D|samplerBuffer|sampler2DRect|sampler2DMS|isampler1D|usampler1D)\b": "this sampler",
    r"\bgl_(?:ClipDistance|PrimitiveID|SampleID|SampleMask)\b": "this variable",
    r"\b(?:imageLoad|imageStore|atomicAdd|barrier)\s*\(": "this function",
    r"^\s*#\s*extension\b": "this extension",
}


def es_shader(name: str, *, output: Output = "color", variants: Variants = frozenset()) -> str:
    """A shader of ``shaders/``, as `gpu_morph.render.gpu.shaders.load_shader` composes it, in GLSL ES 3.00.

    Raises
    ------
    ShaderError
        The file cannot be read, or uses what GLSL ES 3.00 lacks.
    """
    from ..render.gpu.shaders import load_shader

    return es_source(load_shader(name, output=output, variants=variants), name)


def es_source(source: str, name: str) -> str:
    """GLSL 3.30 as GLSL ES 3.00; errors call the shader by its name."""
    code = _COMMENT.sub("", source)
    version, _, code = code.partition("\n")
    if version.strip() != "#version 330":
        raise ShaderError(f"shader {name} begins with {version!r}: GLSL ES 3.00 can be made of '#version 330' only")
    for pattern, what in _LACKING.items():
        if found := re.search(pattern, code, re.MULTILINE):
            raise ShaderError(f"shader {name}: GLSL ES 3.00 lacks {what}, used by {found[0].strip()!r}")
    return _HEAD + _BLANK.sub("\n", code).strip() + "\n"
