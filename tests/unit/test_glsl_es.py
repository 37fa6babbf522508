"""The shaders in GLSL ES 3.00: translated from the files, correct by the language, within the limits of WebGL 2."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import get_args

import pytest

from gpu_morph.errors import ShaderError
from gpu_morph.export.glsl_es import es_shader, es_source
from gpu_morph.export.page_shaders import page_shaders, surface_shaders
from gpu_morph.render.shader_variants import Variant, Variants
from gpu_morph.scene.styles import STYLES

LEAST_VARYINGS = 15  # vec4 that every WebGL 2 has; OpenGL ES 3.0 specification, MAX_VARYING_VECTORS
LEAST_ATTRIBUTES = 16


def test_the_version_changes_and_precisions_are_set() -> None:
    code = es_source("#version 330\nvoid main() {}\n", "a.vert")
    assert code.startswith("#version 300 es\n")
    assert "precision highp float;" in code
    assert "precision highp sampler2D;" in code
    assert code.endswith("void main() {}\n")


def test_comments_and_blank_lines_are_left_out() -> None:
    code = es_source("#version 330\n// head\n\nfloat a; // one\n\n\n/* two\nlines */ float b;\n", "a.vert")
    assert code.split("sampler2D;\n")[1] == "float a;\n float b;\n"


@pytest.mark.parametrize(
    ("line", "lacking"),
    [
        ("layout(std430) buffer A { int a; };", "storage buffers"),
        ("precise float a = 1.0;", "precise"),
        ("dvec2 a;", "doubles"),
        ("noperspective in float a;", "interpolation"),
        ("uniform sampler1D u_a;", "sampler"),
        ("float gl_ClipDistance[1];", "variable"),
        ("#extension GL_ARB_a : enable", "extension"),
    ],
)
def test_what_es_lacks_is_an_error_that_names_the_shader(line: str, lacking: str) -> None:
    with pytest.raises(ShaderError, match=rf"shader a\.frag: GLSL ES 3\.00 lacks .*{lacking}"):
        es_source(f"#version 330\n{line}\nvoid main() {{}}\n", "a.frag")


def test_another_version_is_an_error() -> None:
    with pytest.raises(ShaderError, match="'#version 430'"):
        es_shader("fill_values.comp")


@pytest.mark.parametrize("variants", [frozenset(), frozenset(get_args(Variant))], ids=["usual", "all variants"])
@pytest.mark.parametrize("style", STYLES)
def test_each_shader_of_the_page_is_correct_by_the_language(style: str, variants: Variants) -> None:
    glslang = shutil.which("glslangValidator")
    if glslang is None:
        pytest.skip("needs glslangValidator (Debian's package glslang-tools)")
    for name, shaders in (page_shaders(variants, STYLES[style]) | surface_shaders(variants)).items():
        for kind, code in shaders.items():
            command = [glslang, "--stdin", "-S", "vert" if kind == "vertex" else "frag"]
            done = subprocess.run(command, input=code, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (name, kind, done.stdout)
            assert "WARNING" not in done.stdout, (name, kind, done.stdout)


@pytest.mark.parametrize("name", ["tube", "ribbon", "marker"])
def test_varyings_and_attributes_fit_into_every_webgl(name: str) -> None:
    code = es_shader(f"{name}.vert")
    outputs = re.findall(r"^flat out \w+ \w+(?:\[(\d+)\])?;", code, re.MULTILINE)
    assert 0 < sum(int(count or 1) for count in outputs) <= LEAST_VARYINGS
    assert 0 < len(re.findall(r"^in ", code, re.MULTILINE)) <= LEAST_ATTRIBUTES
