"""Every test of this folder must free what it makes in OpenGL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_objects import LiveObjects

from gpu_morph.errors import ContextError
from gpu_morph.render.gpu.context import current_context

# Their pictures may differ between the CPU path and the GPU path.
_PIXELS = {
    "colors_on_screen",
    "contained_spheres",
    "depth_of_field",
    "gallery",
    "marker_depth",
    "markers",
    "meshes",
    "norms_on_screen",
    "opacity",
    "overlay",
    "points_and_planes",
    "print",
    "renderer",
    "second_recordings",
    "tubes",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    files = {Path(__file__).parent / f"test_{name}.py" for name in _PIXELS}
    for item in items:
        if item.path in files:
            item.add_marker(pytest.mark.pixels)


@pytest.fixture(scope="session")
def live_objects() -> LiveObjects | None:
    """A function that gives the kind and name of each live OpenGL object; None where there is no OpenGL."""
    try:
        current_context()
    except ContextError:
        return None
    return LiveObjects()


@pytest.fixture(autouse=True)
def _nothing_is_left_in_opengl(live_objects: LiveObjects | None) -> Iterator[None]:
    """Fail a test that leaves an OpenGL object behind."""
    before = set() if live_objects is None else live_objects()
    yield
    if live_objects is None:
        return
    from gpu_morph.render.gpu.vispy_private import flushed

    current_context()
    flushed()  # gloo deletes when its queue is run
    assert not live_objects() - before, "left behind in OpenGL"
