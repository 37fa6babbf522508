"""What all tests share: the data folder, the rule for tests that need a GPU, and no process left behind."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psutil
import pytest

# PyOpenGL looks for errors after each call; this must be said before the first context.
os.environ.setdefault("GPU_MORPH_GL_CHECKS", "1")

REPOSITORY = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gallery", "reference images (tests/gl/test_gallery.py)")
    group.addoption("--regenerate", action="store_true", help="write the reference images anew")
    group.addoption("--differences", metavar="DIR", help="folder for pictures that differ from their references")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real morphologies and recordings, which are not part of the repository."""
    folder = Path(os.environ.get("GPU_MORPH_TEST_DATA", REPOSITORY.parent / "shared" / "data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no test data in {folder}: set GPU_MORPH_TEST_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def shared_tools(shared_data: Path) -> Path:
    """The folder of scripts beside the data."""
    folder = shared_data.parent / "tools"
    if not folder.is_dir():
        pytest.skip(f"no scripts beside the test data, in {folder}")
    return folder


@pytest.fixture(scope="session")
def isf_cell_module(shared_tools: Path) -> ModuleType:
    """The module that makes a stand-in for a cell of the In Silico Framework."""
    path = shared_tools / "isf_cell.py"
    if not path.is_file():
        pytest.skip(f"no {path}")
    spec = importlib.util.spec_from_file_location("isf_cell", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") is None:
        return
    from gpu_morph.errors import ContextError
    from gpu_morph.render.gpu.context import held_context

    try:
        with held_context() as context:
            pass
    except ContextError as cause:
        pytest.skip(f"needs hardware rendering, and there is none: {cause}")
    if context.is_software:
        pytest.skip(f"needs hardware rendering, this is {context.renderer}")


@pytest.fixture(scope="module", autouse=True)
def _context_is_given_back() -> Iterator[None]:
    """A module that keeps the OpenGL context in the main thread (`current_context`) gives it back at its end.

    Other threads of later modules could not draw.
    """
    yield
    contexts = sys.modules.get("gpu_morph.render.gpu.context")
    if contexts is not None and contexts._current is not None:
        with contextlib.suppress(contexts.ContextError):  # it is lost
            contexts.current_context().release()


@pytest.fixture(scope="session", autouse=True)
def _no_ffmpeg_is_left() -> Iterator[None]:
    """At the end no ffmpeg that a test has started is alive, nor dead and unwaited for."""
    yield
    left = [p for p in psutil.Process().children(recursive=True) if "ffmpeg" in p.name()]
    assert not left, f"ffmpeg processes left behind: {left}"
