"""The package as others get it: the built wheel, what an import costs, and who may import whom."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "gpu_morph"

# A room may import from the rooms before it, never from those after it.
ROOMS = (
    "errors",
    "progress",
    "interrupts",
    "threads",
    "pixels",
    "arrays",
    "morphology",
    "cells",
    "references",
    "recording",
    "synapses",
    "selection",
    "timeline",
    "stream",
    "geometry",
    "circuit_geometry",
    "trunk",
    "camera",
    "colors",
    "palette",
    "synapse_style",
    "layers",
    "planar",
    "paint",
    "highlight",
    "annotations",
    "patches",
    "still_view",
    "scene",
    "demo",
    "readers",
    "gpu",
    "renderer",
    "encoding",
    "video",
    "fingerprint",
    "frames",
    "distributed",
    "api",
    "polydata",
    "vtk",
    "animation",
    "isf",
    "describe_circuit",
    "describe",
    "cli",
    "__init__",
    "__main__",
)
MAY_IMPORT_READERS = {"readers", "api", "isf", "describe_circuit", "describe", "cli", "__init__"}
HEAVY = ("vispy", "OpenGL", "matplotlib", "dask", "distributed", "PIL", "imageio_ffmpeg", "cmap", "glfw")


def output_of(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Standard output of a command that must succeed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=kept | environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution as an index would get both."""
    pytest.importorskip("hatchling", reason="building without the network needs hatchling (extra 'dev')")
    pytest.importorskip("build", reason="building needs the package 'build' (extra 'dev')")
    folder = tmp_path_factory.mktemp("dist")
    output_of(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, REPOSITORY, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel in it, away from the checkout.

    The dependencies are this environment's own, so that nothing is downloaded: its site-packages are put on
    the path. Its .pth files, an editable install's among them, have no effect there.
    """
    folder = tmp_path_factory.mktemp("clean") / "env"
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", wheel]
    output_of(sys.executable, "-m", "pip", "--python", python, *install, cwd=folder)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    shared = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site_packages / "shared.pth").write_text("\n".join(sorted(shared)) + "\n")
    return python


def test_wheel_is_what_the_clean_environment_imports(installed_python: Path) -> None:
    code = "import gpu_morph; print(gpu_morph.__file__)"
    found = Path(output_of(installed_python, "-c", code, cwd=installed_python.parent).strip())
    assert found.is_relative_to(installed_python.parents[1])


def test_every_shader_loads_from_the_wheel(installed_python: Path) -> None:
    files = sorted(p.name for p in (REPOSITORY / "shaders").iterdir() if p.is_file())
    code = (
        "import sys; from gpu_morph.gpu.shaders import load_shader, shader_folder, shader_names\n"
        "assert shader_folder().is_relative_to(sys.prefix), shader_folder()\n"
        "for name in shader_names():\n"
        "    source = load_shader(name)\n"
        "    assert 'void main' in source and '#include' not in source, name\n"
        "    print(name)"
    )
    loaded = output_of(installed_python, "-c", code, cwd=installed_python.parent).split()
    assert loaded == files


def test_demo_cell_loads_from_the_wheel(installed_python: Path) -> None:
    code = "import gpu_morph; print(gpu_morph.demo_cell()[0].n_points)"
    assert int(output_of(installed_python, "-c", code, cwd=installed_python.parent)) > 1000


def test_wheel_installs_the_command(installed_python: Path) -> None:
    words = output_of(installed_python.with_name("gpu-morph"), "--help", cwd=installed_python.parent)
    assert "usage: gpu-morph" in words


def test_wheel_brings_types_and_nothing_but_the_package(installed_python: Path) -> None:
    (site_packages,) = installed_python.parents[1].glob("lib/python*/site-packages")
    assert (site_packages / "gpu_morph" / "py.typed").is_file()
    ours = {p.name for p in site_packages.iterdir() if p.suffix not in (".dist-info", ".pth")}
    assert ours == {"gpu_morph"}


def test_editable_install_finds_the_checkouts_shaders() -> None:
    from gpu_morph.gpu.shaders import shader_folder

    if not Path(sys.modules["gpu_morph"].__file__ or "").is_relative_to(REPOSITORY):
        pytest.skip("gpu_morph is not imported from the checkout")
    assert shader_folder() == REPOSITORY / "shaders"


# The cost of an import


def test_importing_loads_numpy_and_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys, gpu_morph; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = set(output_of(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(REPOSITORY)).split())
    assert "numpy" in loaded
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_importing_works_on_python(version: str, tmp_path: Path) -> None:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        python = sys.executable
    else:
        python = shutil.which(f"python{version}") or pytest.skip(f"no python{version} here")
        has_numpy = subprocess.run([python, "-c", "import numpy"], cwd=tmp_path, capture_output=True)
        if has_numpy.returncode:
            pytest.skip(f"{python} does not run or has no numpy")
    code = "import sys, gpu_morph; gpu_morph.demo_cell(); print(sys.version.split()[0], gpu_morph.__file__)"
    words = output_of(python, "-W", "error", "-c", code, cwd=tmp_path, PYTHONPATH=str(REPOSITORY)).split()
    assert words[0].startswith(f"{version}.")
    assert words[1] == str(PACKAGE / "__init__.py")


def test_every_dependency_that_is_imported_is_declared() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {word.split(">")[0].strip().lower().replace("-", "_") for group in groups for word in group}
    module_of = {"pyopengl": "OpenGL", "pillow": "PIL", "ipython": "IPython"}
    known = {module_of.get(name, name) for name in declared} | set(sys.stdlib_module_names) | {"gpu_morph"}
    imported = {name.split(".")[0] for path in modules() for name in imports(path)}
    assert not imported - known


# Who may import whom


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The room that a module is in: its file's name, or its folder's."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def walk_running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those only a type checker looks at."""
    yield node
    for child in node.orelse if is_type_checking(node) else ast.iter_child_nodes(node):
        yield from walk_running(child)


@cache
def imports(path: Path, *, types_too: bool = False) -> frozenset[str]:
    """Full dotted names that a module imports, in functions too, as `gpu_morph.camera.Size`."""
    package = ("gpu_morph", *path.relative_to(PACKAGE).parent.parts)
    names: set[str] = set()
    for node in ast.walk(tree(path)) if types_too else walk_running(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            names |= {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return frozenset(names)


def rooms_imported(path: Path, *, types_too: bool = False) -> set[str]:
    """Rooms of this package that a module imports from."""
    own = [n.split(".")[1] for n in imports(path, types_too=types_too) if n.startswith("gpu_morph.")]
    # `from . import __version__` is the package itself; the rest are modules and folders.
    return {name if name in ROOMS else "__init__" for name in own}


def sources(*, but: str = "") -> list[Any]:
    """A test parameter for each module, those in or at one place left out."""
    places = {path.relative_to(PACKAGE).as_posix(): path for path in modules()}
    return [pytest.param(path, id=place) for place, path in places.items() if not but or not place.startswith(but)]


def test_every_module_has_its_place_in_the_order() -> None:
    unknown = {room(path) for path in modules()} - set(ROOMS)
    assert not unknown, f"give {unknown} a place in ROOMS"


@pytest.mark.parametrize("path", sources())
def test_imports_go_one_way(path: Path) -> None:
    here = room(path)
    if here in ("api", "cli", "frames", "distributed"):  # they say the version
        later = set(ROOMS[ROOMS.index(here) + 1 :]) - {"__init__"}
    else:
        later = set(ROOMS[ROOMS.index(here) + 1 :])
    assert not rooms_imported(path, types_too=True) & later


@pytest.mark.parametrize("folder", ["gpu", "readers"])
def test_imports_within_a_room_make_no_circle(folder: str) -> None:
    prefix = f"gpu_morph.{folder}."
    graph = {
        path.stem: {n.removeprefix(prefix).split(".")[0] for n in imports(path, types_too=True) if n.startswith(prefix)}
        for path in (PACKAGE / folder).glob("*.py")
    }
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize("path", sources())
def test_only_the_entrances_import_readers(path: Path) -> None:
    assert room(path) in MAY_IMPORT_READERS or "readers" not in rooms_imported(path)


@pytest.mark.parametrize("path", sources(but="gpu/"))
def test_only_the_gpu_room_knows_opengl(path: Path) -> None:
    known = {name.split(".")[0] for name in imports(path)} & {"OpenGL", "vispy", "glfw"}
    assert not known


@pytest.mark.parametrize("path", sources(but="gpu/context.py"))
def test_only_the_context_touches_the_environment_and_vispys_choice(path: Path) -> None:
    touched = {ast.unparse(n) for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute | ast.Name)}
    assert not touched & {"os.environ", "os.getenv", "os.putenv", "environ", "getenv", "vispy.use"}


@pytest.mark.parametrize("path", sources(but="gpu/"))  # that room is heavy, and imported in functions only
def test_heavy_imports_stand_in_functions(path: Path) -> None:
    at_the_top = set[str]()
    for node in tree(path).body:
        if isinstance(node, ast.Import):
            at_the_top |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (not node.level or node.module == "gpu"):
            at_the_top.add((node.module or "").split(".")[0])
    assert not at_the_top & {*HEAVY, "h5py", "morphio", "neuron", "gpu"}


def test_the_package_names_its_public_things_in_order() -> None:
    import gpu_morph

    assert sorted(set(gpu_morph.__all__), key=str) == list(gpu_morph.__all__)
    for name in gpu_morph.__all__:
        assert getattr(gpu_morph, name) is not None
