"""The pages of docs/: their pictures have a text, their examples run, and lists that must be complete are."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
PAGES = sorted(path for path in (*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md")) if not path.name.startswith("_"))
ERRORS = [
    name for name, item in vars(gm.errors).items() if isinstance(item, type) and issubclass(item, Exception | Warning)
]


def own_module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def python_blocks(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def small(call: Any, **fixed: Any) -> Any:
    """A call with a small size and a few frames, whatever is asked for."""

    def smaller(*given: Any, **named: Any) -> Any:
        if "times" in named:
            few = {"times": named["times"].frame_times(named["fps"])[:3], "size": fixed["size"], "progress": False}
            return call(*given, **(named | few))
        return call(*given, **(named | fixed))

    return smaller


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_picture_has_a_text_and_every_link_a_file(path: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.findall(r"!\[\s*\]\([^)]*\)", text)
    assert not [tag for tag in re.findall(r"<img[^>]*>", text) if not re.search(r'alt="[^"]+"', tag)]
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target and target[0] != "#"]
    gone = [target for target in targets if not (path.parent / target.partition("#")[0]).exists()]
    assert not gone


@pytest.mark.parametrize("path", sorted((DOCS / "howto").glob("*.md")), ids=lambda path: path.stem)
def test_examples_of_a_how_to_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have the demo cell as morphology, recording and scene; films and pictures are made small."""
    pytest.importorskip("cmap")
    monkeypatch.chdir(tmp_path)
    film = {"size": (320, 240), "t_start": 0, "t_stop": 0.2, "t_step": 0.1, "progress": False}
    quick = {"render_video": small(gm.render_video, **film), "render_image": small(gm.render_image, size=(64, 48))}
    morphology, recording = gm.demo_cell()
    names = {"gm": SimpleNamespace(**(vars(gm) | quick)), "np": np, "morphology": morphology, "recording": recording}
    names["scene"] = gm.Scene(morphology, recording)
    for block in python_blocks(path):
        exec(compile(block, path.name, "exec"), names)


def test_the_first_film_is_made_from_an_own_cell_and_array(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's blocks in their order, with a value for each line of the SWC file."""
    pytest.importorskip("cmap")
    monkeypatch.chdir(tmp_path)
    Path("cell.swc").write_text("1 1 0 0 0 5 -1\n2 3 0 20 0 1 1\n3 3 0 60 0 1 2\n4 3 0 90 0 1 3\n")
    np.save("voltage.npy", np.linspace(-70, 20, 200 * 4).reshape(200, 4))
    quick = small(gm.render_video, size=(160, 90), t_step=5.0, progress=False)
    names: dict[str, Any] = {"xyz": np.loadtxt("cell.swc")[:, 2:5]}
    monkeypatch.setattr(gm, "render_video", quick)
    for block in python_blocks(DOCS / "start.md"):
        exec(compile(block, "start.md", "exec"), names)
    assert Path("cell.png").stat().st_size > 0
    assert Path("cell.mp4").stat().st_size > 0
    assert gm.audit(names["morphology"], names["recording"]).unmapped_sections == ()
    assert np.load("recording.npz")["values"].shape == (200, 4)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_has_its_cure(name: str) -> None:
    page = (REPOSITORY / gm.errors.CURES).read_text(encoding="utf-8")
    assert f"\n## {name}\n" in page, f"add '## {name}' with causes and cures to {gm.errors.CURES}"


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_in_the_reference(name: str) -> None:
    page = (DOCS / "reference" / "errors.md").read_text(encoding="utf-8")
    assert f".. autoexception:: gpu_morph.errors.{name}\n" in page, "add it to docs/reference/errors.md"


def test_every_environment_variable_has_its_row() -> None:
    page = (DOCS / "reference" / "environment.md").read_text(encoding="utf-8")
    sources = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "gpu_morph").rglob("*.py"))
    read = set(re.findall(r"GPU_MORPH_[A-Z_]*[A-Z]", sources))
    assert "GPU_MORPH_DEVICE" in read
    assert {name for name in read if f"`{name}`" not in page} == set()


def test_every_command_is_in_the_reference() -> None:
    from gpu_morph.cli.main import parser

    page = (DOCS / "reference" / "command.md").read_text(encoding="utf-8")
    usage = parser().format_help()
    commands = re.findall(r"^    ([a-z-]+) ", usage, flags=re.MULTILINE)
    assert "render" in commands
    assert [name for name in commands if f"```{{command}} {name}\n" not in page] == []


def test_every_page_is_reachable() -> None:
    pages = [path for path in DOCS.rglob("*.md") if not any(part[0] == "_" for part in path.relative_to(DOCS).parts)]
    trees = {
        (path.parent / re.sub(r".*<(.*)>", r"\1", entry)).resolve()
        for path in pages
        for tree in re.findall(r"^```\{toctree\}\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.M | re.DOTALL)
        for entry in tree.splitlines()
        if entry and not entry.startswith(":")
    }
    lost = [path.name for path in pages if path.resolve().with_suffix("") not in trees | {(DOCS / "index").resolve()}]
    assert not lost, "put them into the toctree of docs/guides.md, or of another index"


def test_the_gallery_shows_every_script_and_says_what_it_draws() -> None:
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    scripts = sorted((REPOSITORY / "examples" / "gallery").glob("*.py"))
    assert scripts
    for script in scripts:
        _, title, _, _, shown = script.read_text(encoding="utf-8").partition("\n\n\n")[0].split("\n", 4)
        text = " ".join(shown.split("\n\n")[0].split())
        entry = f"**{title}**: [{script.name}](../examples/gallery/{script.name})\n\n![{text}]"
        assert f"{entry}(../tests/references/{script.stem}.png)\n" in page


def test_a_site_with_faults_is_found_out(tmp_path: Path) -> None:
    check = own_module(DOCS / "_site" / "check_site.py")
    (tmp_path / "b.html").write_text('<h1 id="one">b</h1><img src="b.html" alt="a picture">')
    (tmp_path / "a.html").write_text('<a href="b.html#one">1</a><a href="https://example.org/x">2</a>')
    assert list(check.problems(tmp_path)) == []
    (tmp_path / "a.html").write_text('<a href="b.html#two">1</a><a href="c.html">2</a><img src="b.html" alt=" ">')
    found = list(check.problems(tmp_path))
    assert [line.rpartition(" ")[2] for line in found] == ["text", "heading", "file"]


def test_the_site_shows_the_version_and_whether_there_are_later_changes() -> None:
    site_version = own_module(DOCS / "_site" / "site_version.py").site_version
    released = "## [0.2.0] - 2026-11-30\n\n- A thing\n\n## [0.1.0] - 2026-01-01\n\n- A thing\n"
    assert site_version(f"# Changelog\n\n{released}", "0.2.0") == "0.2.0"
    assert site_version(f"## [Unreleased]\n\n### Added\n\n### Fixed\n\n{released}", "0.2.0") == "0.2.0"
    assert site_version(f"## [Unreleased]\n\n### Added\n\n- More\n\n{released}", "0.2.0") == "0.2.0+"


def test_notebooks_are_kept_without_outputs() -> None:
    paths = sorted((DOCS / "tutorials").glob("*.ipynb"))
    assert paths
    for path in paths:
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells), path.name
