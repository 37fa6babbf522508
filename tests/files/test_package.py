"""The package as others get it: the built wheel, what an import costs, and who may import whom."""

from __future__ import annotations

import ast
import os
import pickle
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import gpu_morph as gm

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "gpu_morph"

ARCHITECTURE = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
HEAVY = (
    "vispy",
    "OpenGL",
    "matplotlib",
    "dask",
    "distributed",
    "PIL",
    "imageio",
    "imageio_ffmpeg",
    "tqdm",
    "cmap",
    "glfw",
    "scipy",
    "ssl",  # comes with urllib.request
)


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


def test_an_index_takes_the_wheel_and_the_source(wheel: Path) -> None:
    pytest.importorskip("twine", reason="the check of what an index takes is twine's (extra 'dev')")
    files = sorted(wheel.parent.iterdir())
    assert [path.suffix for path in files] == [".whl", ".gz"]
    words = output_of(sys.executable, "-m", "twine", "check", "--strict", *files, cwd=wheel.parent)
    assert words.count("PASSED") == 2


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
    shared = {path for path in sys.path if Path(path).name == "site-packages"}
    (site_packages / "shared.pth").write_text("\n".join(sorted(shared)) + "\n")
    return python


def test_wheel_is_what_the_clean_environment_imports(installed_python: Path) -> None:
    code = "import gpu_morph; print(gpu_morph.__file__)"
    found = Path(output_of(installed_python, "-c", code, cwd=installed_python.parent).strip())
    assert found.is_relative_to(installed_python.parents[1])


def test_every_shader_loads_from_the_wheel(installed_python: Path) -> None:
    files = sorted(p.name for p in (REPOSITORY / "shaders").iterdir() if p.is_file())
    code = (
        "import sys; from gpu_morph.render.gpu.shaders import load_shader, shader_folder\n"
        "assert shader_folder().is_relative_to(sys.prefix), shader_folder()\n"
        "for name in sorted(path.name for path in shader_folder().iterdir() if path.is_file()):\n"
        "    source = load_shader(name)\n"
        "    assert 'void main' in source and '#include' not in source, name\n"
        "    print(name)"
    )
    loaded = output_of(installed_python, "-c", code, cwd=installed_python.parent).split()
    assert loaded == files


def test_demo_cell_loads_from_the_wheel(installed_python: Path) -> None:
    code = "import gpu_morph; print(gpu_morph.demo_cell()[0].n_points)"
    assert int(output_of(installed_python, "-c", code, cwd=installed_python.parent)) > 1000


def test_the_wheel_writes_web_pages(installed_python: Path) -> None:
    code = "import gpu_morph as gm; print(gm.write_html(gm.Scene(gm.demo_cell()[0]), None).html)"
    page = output_of(installed_python, "-c", code, cwd=installed_python.parent)
    assert page.startswith("<!DOCTYPE html>")


def test_the_wheel_explains_errors_and_has_what_they_lead_to(installed_python: Path) -> None:
    command = installed_python.with_name("gpu-morph")
    text = output_of(command, "explain", "ContextError", cwd=installed_python.parent)
    (page,) = re.findall(r"\(([^)\s]+egl\.md)\)", text)
    assert Path(page).is_file()
    assert Path(page).is_relative_to(installed_python.parents[1])


def test_wheel_installs_the_command(installed_python: Path) -> None:
    words = output_of(installed_python.with_name("gpu-morph"), "--help", cwd=installed_python.parent)
    assert "usage: gpu-morph" in words


def test_wheel_brings_types_and_nothing_but_the_package(installed_python: Path) -> None:
    (site_packages,) = installed_python.parents[1].glob("lib/python*/site-packages")
    assert (site_packages / "gpu_morph" / "py.typed").is_file()
    ours = {p.name for p in site_packages.iterdir() if p.suffix not in (".dist-info", ".pth")}
    assert ours == {"gpu_morph"}


def test_editable_install_finds_the_checkouts_shaders() -> None:
    from gpu_morph.render.gpu.shaders import shader_folder

    if not Path(sys.modules["gpu_morph"].__file__ or "").is_relative_to(REPOSITORY):
        pytest.skip("gpu_morph is not imported from the checkout")
    assert shader_folder() == REPOSITORY / "shaders"


# The cost of an import


def test_importing_the_package_and_the_command_loads_numpy_and_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys, gpu_morph.cli.main; print(*sorted({name.split('.')[0] for name in sys.modules}))"
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
    imported = {name.split(".")[0] for path in modules().values() for name in imports(path)}
    assert not imported - known


# Who may import whom


def modules() -> dict[str, Path]:
    """Every module of the package by its path in there."""
    return {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


def package_of(place: str) -> str:
    """The package at the top level that a module is in, or the module's own name."""
    return Path(place).with_suffix("").parts[0]


def levels() -> dict[str, int]:
    """The level of each package in ARCHITECTURE.md's order: one may import from those of a lower level alone."""
    (line,) = re.findall(r"^ {4}(errors < .*)$", ARCHITECTURE, flags=re.MULTILINE)
    return {name: level for level, names in enumerate(line.split("<")) for name in re.findall(r"\w+", names)}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def imports(path: Path) -> frozenset[str]:
    """Full dotted names that a module imports, in functions and for type checkers too, as `gpu_morph.scene.camera`."""
    package = ("gpu_morph", *path.relative_to(PACKAGE).parent.parts)
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            names |= {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    return frozenset(names)


def test_packages_are_those_of_the_architecture() -> None:
    assert {package_of(place) for place in modules()} - {"__init__"} == set(levels())


def test_imports_go_one_way() -> None:
    level = levels() | {"__init__": len(levels())}
    wrong = [
        f"{place} imports {name}"
        for place, path in modules().items()
        for name in imports(path)
        if name.startswith("gpu_morph.")
        if (to := name.split(".")[1] if name.split(".")[1] in level else "__init__") != package_of(place)
        if level[to] >= level[package_of(place)]
    ]
    assert not wrong


def test_imports_between_modules_make_no_circle() -> None:
    names = {"gpu_morph." + place.removesuffix(".py").replace("/", "."): path for place, path in modules().items()}
    graph = {
        module: {to for name in imports(path) for to in (name, name.rpartition(".")[0]) if to in names}
        for module, path in names.items()
    }
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


def test_only_one_package_knows_opengl() -> None:
    known = {
        place: found
        for place, path in modules().items()
        if not place.startswith("render/gpu/")
        if (found := {name.split(".")[0] for name in imports(path)} & {"OpenGL", "vispy", "glfw"})
    }
    assert not known


def test_one_module_reads_the_environment() -> None:
    forbidden = {"os.environ", "os.getenv", "os.putenv", "environ", "getenv"}
    touching = [
        place
        for place, path in modules().items()
        if place not in ("render/gpu/environment.py", "isf/bridge.py")  # the latter runs without the package
        if re.search("environ|getenv|putenv", path.read_text(encoding="utf-8"))  # the trees of all others take a second
        if forbidden & {ast.unparse(n) for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute | ast.Name)}
    ]
    assert not touching


def test_one_module_chooses_vispys_opengl() -> None:
    choosing = [
        place
        for place, path in modules().items()
        if re.search(r"vispy|use_gl", path.read_text(encoding="utf-8"))
        if any(
            re.search(r"vispy\.use$|\.use_gl$", ast.unparse(n))
            for n in ast.walk(tree(path))
            if isinstance(n, ast.Attribute)
        )
    ]
    assert choosing == ["render/gpu/vispy_private.py"]


def private_uses_of_vispy(path: Path) -> set[str]:
    """Names of vispy's that are private or not in its documentation, as far as the code of a module shows them."""
    undocumented = {"glir", "shared", "parser", "get_object", "flush_commands"}
    found = {name for name in imports(path) if re.match(r"vispy\.(ext|util|.*\._)", name)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls"):
            if node.attr in undocumented or re.match("_[^_]", node.attr):
                found.add(node.attr)
        elif isinstance(node, ast.Constant) and re.match(r"vispy\.(ext|util|.*\._)", str(node.value)):
            found.add(node.value)
    return found


def test_one_module_uses_vispys_private_interface() -> None:
    places = [place for place in modules() if place.startswith("render/gpu/")]  # where vispy may be imported at all
    using = [place for place in places if private_uses_of_vispy(PACKAGE / place)]
    assert using == ["render/gpu/vispy_private.py"]
    assert {"_gl_initialize", "get_object"} <= private_uses_of_vispy(PACKAGE / using[0])


def test_heavy_imports_stand_in_functions() -> None:
    found = {}
    for place, path in modules().items():
        if place.startswith("render/gpu/"):  # heavy itself, and imported in functions only
            continue
        at_the_top = set[str]()
        for node in tree(path).body:
            if isinstance(node, ast.Import):
                at_the_top |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                at_the_top |= {part for part in (node.module or "").split(".") if not node.level or part == "gpu"}
        if heavy := at_the_top & {*HEAVY, "h5py", "morphio", "neuron", "gpu"}:
            found[place] = heavy
    assert not found


# The public names

PUBLIC = """
    Animation Annotation Arrow Audit Axes Box Camera CameraPath Canvas CellMorphologyInteractiveVisualizer
    CellMorphologyVisualizer Clock ColorBar Electrode Fade FigurePlot FunctionPlot Highlight ImageSequence Inset
    LabelColors LabelLegend Layers Logo Mesh Moment Morphology Overlay Panels Plane PointValues Points Raster
    Recording Renderer ScaleBar Scene Sites SonataCircuit Sprite Stimulus Story SynapseEvents SynapseLegend
    SynapseStyle Text TimeRange Timeline Title TraceInset Traces VideoReport View WebPage __version__ animate audit
    branch_order by_cell demo_cell distance_to_soma errors fly_to follow from_arbor from_brian2 from_compartments
    from_isf from_jaxley from_lfpy from_netpyne from_neuron from_spikes join_morphologies locate orbit
    read_isf_synapses read_mesh read_morphology read_netpyne read_report read_sonata read_story record record_synapses
    render_image render_video save_image select_sections show strahler_order view write_html write_vtk
    write_vtk_frames
"""


def test_the_public_names_are_these_in_order() -> None:
    assert gm.__all__ == PUBLIC.split() == sorted(gm.__all__)
    assert dir(gm) == gm.__all__


@pytest.mark.parametrize("name", [name for name in gm.__all__ if name not in ("__version__", "errors")])
def test_a_public_object_names_the_module_that_users_import(name: str) -> None:
    public = getattr(gm, name)
    assert public.__module__ == "gpu_morph"
    assert pickle.loads(pickle.dumps(public)) is public
