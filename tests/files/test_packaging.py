"""What others install from: metadata, the container, the conda recipe, the citation; and the command's completion."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import gpu_morph as gm
from gpu_morph.cli.main import main

REPOSITORY = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INSTRUCTIONS = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "ENTRYPOINT", "CMD", "USER", "ARG", "LABEL"}


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile with their arguments, lines joined."""
    text = (REPOSITORY / "Containerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def test_python_m_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "gpu_morph", "--help"], capture_output=True, text=True, cwd=REPOSITORY)
    assert done.returncode == 0
    assert done.stdout.startswith("usage: gpu-morph")


def test_the_citation_is_of_this_version() -> None:
    text = (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")
    fields = dict(re.findall(r"^([a-z-]+): ?(.*)$", text, flags=re.MULTILINE))
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= fields.keys()
    assert fields["version"] == gm.__version__
    assert fields["license"] == PROJECT["license"]
    assert f"version {gm.__version__}." in (REPOSITORY / "docs" / "cite.md").read_text(encoding="utf-8")


# The container


def test_the_container_has_what_egl_needs() -> None:
    final = "\n".join(rest for _, rest in instructions()).rpartition("debian:")[2]
    wanted = re.search(r'^packages="(.*)"$', (REPOSITORY / ".ci" / "need_egl.sh").read_text(), flags=re.MULTILINE)
    assert wanted
    assert set(wanted[1].split()) <= set(final.split())
    assert "NVIDIA_DRIVER_CAPABILITIES=all" in final


def test_the_containers_instructions_are_known_and_their_files_there() -> None:
    found = instructions()
    assert found[0][0] == "FROM"
    assert {word for word, _ in found} <= INSTRUCTIONS
    assert ("ENTRYPOINT", '["gpu-morph"]') in found
    ignored = (REPOSITORY / ".containerignore").read_text(encoding="utf-8").split()
    for word, rest in found:
        if word == "RUN" and shutil.which("sh"):
            assert subprocess.run(["sh", "-n", "-c", rest]).returncode == 0, rest
        if word == "COPY" and not rest.startswith("--from"):
            for name in shlex.split(rest)[:-1]:
                assert (REPOSITORY / name).exists()
                assert f"!{name}" in ignored


# The conda recipe


def test_the_recipe_has_the_projects_version_and_dependencies() -> None:
    text = (REPOSITORY / "packaging" / "conda" / "meta.yaml").read_text(encoding="utf-8")
    assert f'{{% set version = "{gm.__version__}" %}}' in text
    run = text.partition("  run:\n")[2].partition("\n\n")[0]
    listed = dict(re.findall(r"^ +- ([a-z-]+) (\S+)", run, flags=re.MULTILINE))
    names = {"dask": "dask-core", "glfw": "pyglfw"}
    wanted = dict(re.match(r"([\w-]+)(.*)", word).groups() for word in PROJECT["dependencies"])  # type: ignore[union-attr]
    wanted = {names.get(name.lower(), name.lower()): limits for name, limits in wanted.items()}
    assert listed == wanted | {"python": PROJECT["requires-python"]}


# Completion


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sn"], {"snapshot"}),
        (["render", "--sty"], {"--style"}),
        (["render", "--style", "gl"], {"glossy", "glow"}),
        (["--completion", ""], {"bash", "zsh", "fish"}),
    ],
)
def test_bash_completes(words: list[str], expected: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash") or pytest.skip("there is no bash")
    with pytest.raises(SystemExit) as end:
        main(["--completion", "bash"])
    assert end.value.code == 0
    line = " ".join(map(shlex.quote, ["gpu-morph", *words]))
    ask = f'COMP_WORDS=({line}); COMP_CWORD={len(words)}; _gpu_morph; echo "${{COMPREPLY[@]}}"'
    script = f"{capsys.readouterr().out}\n{ask}"
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_scripts_of_other_shells_have_the_commands_and_can_be_read(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--completion", shell])
    script = tmp_path / "script"
    script.write_text(capsys.readouterr().out)
    assert all(word in script.read_text() for word in ("snapshot", "glossy", "azim-step"))
    if shutil.which(shell):
        assert subprocess.run([shell, "-n", script]).returncode == 0
