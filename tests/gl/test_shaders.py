"""Shader files are composed, documented and compiled; a program rejects unknown variables."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest

from gpu_morph.errors import ShaderError
from gpu_morph.render.gpu import shaders
from gpu_morph.render.gpu.context import current_context
from gpu_morph.render.shader_variants import Output, Variant, Variants
from gpu_morph.scene.styles import USUAL

FILES = sorted(p for p in shaders.shader_folder().rglob("*") if p.suffix in (".vert", ".frag", ".comp", ".glsl"))

NAMES = sorted(path.name for path in shaders.shader_folder().iterdir() if path.is_file())
COMPOSED = [
    *((name, "color", frozenset()) for name in NAMES),
    *(
        (f"{name}.frag", output, variants)
        for name in ("ribbon", "tube")
        for output in get_args(Output)
        for variants in (frozenset(), frozenset(get_args(Variant)))
    ),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that load() looks into instead of the real one."""
    (tmp_path / "include").mkdir()
    monkeypatch.setattr(shaders, "shader_folder", lambda: tmp_path)
    return tmp_path


load = shaders.load_shader.__wrapped__  # without the cache


def test_an_include_is_inserted_once(folder: Path) -> None:
    (folder / "a.frag").write_text('#include "x.glsl"\n  #include "y.glsl"  \n#include "x.glsl"\nend\n')
    (folder / "include/x.glsl").write_text('#include "y.glsl"\nx\n')
    (folder / "include/y.glsl").write_text('#include "x.glsl"\ny\n')
    assert load("a.frag").split() == ["y", "x", "end"]


def test_an_unknown_include_is_named(folder: Path) -> None:
    (folder / "a.frag").write_text('#include "nowhere.glsl"\n')
    with pytest.raises(ShaderError, match=r"shader a\.frag: .*nowhere\.glsl"):
        load("a.frag")


@pytest.mark.usefixtures("folder")
def test_an_unknown_shader_is_named() -> None:
    with pytest.raises(ShaderError, match=r"b\.frag cannot be read"):
        load("b.frag")


def test_an_include_in_a_comment_is_ignored(folder: Path) -> None:
    (folder / "a.frag").write_text('// #include "nowhere.glsl"\n')
    assert "nowhere" in load("a.frag")


@pytest.mark.parametrize("name", NAMES)
def test_each_shader_loads_and_compiles(name: str) -> None:
    source = shaders.load_shader(name)
    assert "#include" not in source
    assert source.startswith("#version 430\n" if name.endswith(".comp") else "#version 330\n")
    current_context()
    from OpenGL import GL

    kinds = {"vert": GL.GL_VERTEX_SHADER, "frag": GL.GL_FRAGMENT_SHADER, "comp": GL.GL_COMPUTE_SHADER}
    shader = GL.glCreateShader(kinds[name.rpartition(".")[2]])
    GL.glShaderSource(shader, source)
    GL.glCompileShader(shader)
    log, is_compiled = GL.glGetShaderInfoLog(shader), GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS)
    GL.glDeleteShader(shader)
    assert is_compiled, log


@pytest.mark.parametrize(("name", "output", "variants"), COMPOSED)
def test_each_shader_is_correct_by_the_language(name: str, output: Output, variants: Variants) -> None:
    """Mesa accepts what other drivers do not: Khronos' own compiler takes the specification's word."""
    glslang, stage = shutil.which("glslangValidator"), name.rpartition(".")[2]
    if glslang is None:
        pytest.skip("needs glslangValidator (Debian's package glslang-tools)")
    source = shaders.load_shader(name, output=output, variants=variants)
    command = [glslang, "--stdin", "-S", stage]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout


def test_the_usual_shaders_have_nothing_of_norms_styles_and_glow() -> None:
    """Software computes both sides of a branch: what the usual scene does not need would cost it time."""
    for name in ("ribbon", "tube"):
        usual = shaders.load_shader(f"{name}.frag")
        for rare in ("u_edges", "u_material", "u_glow"):
            assert rare not in usual
        for output, variants, wanted in (
            ("color", {"edges"}, "u_edges"),
            ("color", {"material"}, "u_material"),
            ("glow", {}, "u_glow"),
        ):
            assert wanted in shaders.load_shader(f"{name}.frag", output=output, variants=frozenset(variants))


def test_the_usual_material_is_that_of_the_styles() -> None:
    text, usual = (shaders.shader_folder() / "include/usual_material.glsl").read_text(), USUAL.material
    given = re.search(r"vec4\(([\d., ]+)\), ([\d.]+)\)", text)
    assert given is not None
    expected = (usual.shadow, usual.diffuse, usual.gloss, usual.shininess)
    assert tuple(float(number) for number in given[1].split(",")) == expected
    assert float(given[2]) == usual.rim


def described(path: Path) -> dict[str, tuple[str, str]]:
    """Type and description of each attribute, uniform and varying in a file's head.

    A line begins with a name or several, and their type; further lines of a description are indented.
    """
    head = re.match(r"(?:#version .*\n)?((?://.*\n)+)", path.read_text(encoding="utf-8"))
    assert head is not None, "no comment at the head"
    lines = re.sub(r"\n// {4,}", " ", head[1])
    pattern = r"^// ((?:[auv]_\w+(?:\[\d\])?(?:, )?)+)\s+(float|u?int|[iu]?vec\d|mat\d|sampler\w+)\b *(.*)$"
    found = re.findall(pattern, lines, re.MULTILINE)
    return {re.sub(r"\[\d\]", "", name): (kind, text) for names, kind, text in found for name in names.split(", ")}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_its_head_has_the_type_of_each_input_and_output(path: Path) -> None:
    code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    declared = re.findall(r"^\s*(?:flat )?(?:uniform|in|out)\s+(\w+)\s+([auv]_\w+)", code, re.MULTILINE)
    assert {name: kind for name, (kind, _) in described(path).items()} == {name: kind for kind, name in declared}


@pytest.mark.parametrize("name", ["tube", "ribbon", "marker"])
def test_both_shaders_describe_their_varyings_alike(name: str) -> None:
    given, taken = (described(shaders.shader_folder() / f"{name}.{ending}") for ending in ("vert", "frag"))
    varyings = {variable: text for variable, text in given.items() if variable.startswith("v_")}
    assert varyings == {variable: text for variable, text in taken.items() if variable.startswith("v_")}


@pytest.fixture
def program_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that makes a Program of two sources."""
    current_context()
    from gpu_morph.render.gpu import program

    def make(vertex: str, fragment: str) -> Any:
        sources = {"test.vert": "#version 330\n" + vertex, "test.frag": "#version 330\n" + fragment}
        monkeypatch.setattr(program, "load_shader", lambda name, **_: sources[name])
        return program.Program("test.vert", "test.frag")

    return make


VERTEX = "in vec2 a_position; uniform float u_shift; void main() { gl_Position = vec4(a_position + u_shift, 0, 1); }"
FRAGMENT = "uniform vec3 u_color; out vec4 color; void main() { color = vec4(u_color, 1); }"


@pytest.mark.parametrize("name", ["u_colour", "a_position", "color"])
def test_a_misspelt_variable_is_an_error_that_lists_the_right_ones(program_of: Any, name: str) -> None:
    program = program_of(VERTEX, FRAGMENT)
    with pytest.raises(ShaderError, match=rf"'{name}', only u_color, u_shift"):
        program[name] = (1, 2, 3)
    program["u_color"] = (1, 0, 0)
    program.delete()


def test_a_misspelt_attribute_is_an_error_that_lists_the_right_ones(program_of: Any) -> None:
    from gpu_morph.render.gpu.buffers import Attributes, Buffer

    program, buffer = program_of(VERTEX, FRAGMENT), Buffer(8)
    with pytest.raises(ShaderError, match="'a_positoin', only a_position"):
        program.vertex_array([Attributes(buffer, [("a_positoin", 2)])], buffer)
    buffer.delete()
    program.delete()


@pytest.mark.parametrize(
    ("vertex", "fragment"),
    [
        (VERTEX, FRAGMENT.replace("vec4(u_color, 1)", "vec4(u_culler, 1)")),
        (VERTEX.replace("u_shift, 0", "u_culler, 0"), FRAGMENT),
    ],
    ids=["fragment", "vertex"],
)
def test_a_compile_error_is_reported_with_the_compilers_message(
    program_of: Any, vertex: str, fragment: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ShaderError, match=r"(?s)test\.vert with test\.frag.*u_culler"):
        program_of(vertex, fragment)
    capfd.readouterr()  # vispy prints the source, too


def test_a_link_error_is_reported(program_of: Any, capfd: pytest.CaptureFixture[str]) -> None:
    vertex = "out vec2 v_shape; " + VERTEX.replace("{", "{ v_shape = a_position;")
    with pytest.raises(ShaderError, match="v_shape"):
        program_of(vertex, "in vec3 v_shape; " + FRAGMENT.replace("vec4(u_color", "vec4(u_color * v_shape"))
    capfd.readouterr()


def test_after_a_failure_the_next_program_compiles(program_of: Any, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ShaderError):
        program_of(VERTEX, "out vec4 color; void main() { nonsense; }")
    good = program_of(VERTEX, FRAGMENT)
    good["u_color"] = (1, 0, 0)
    good.delete()
    capfd.readouterr()
