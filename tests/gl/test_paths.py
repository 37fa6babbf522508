"""Frames of the GPU path are those of the CPU path, whatever a scene shows, and equal from run to run.

What follows from geometry is tested on each path by itself: `make test` runs the tests of pixels once more with
GPU_MORPH_PATH=gpu.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from reference import random_tree

from gpu_morph import (
    Camera,
    Clock,
    ColorBar,
    Highlight,
    Recording,
    Renderer,
    Scene,
    SynapseEvents,
    TimeRange,
    join_morphologies,
)
from gpu_morph.render.gpu.context import current_context

Frames = npt.NDArray[np.uint8]
SIZE = (240, 180)
TIMES = [0.0, 0.7, 1.2, 2.9, 1.5]  # ms; most lie between two recorded times
TREE = random_tree(5, diameter=(0.3, 9.0))
CIRCUIT = join_morphologies(
    [random_tree(seed, diameter=(0.3, 12.0)) for seed in range(4)],
    translations=[(0, 0, 0), (90, 10, 40), (20, 80, -60), (100, 90, 0)],
)

LEVELS = 2  # of 255, of pixels inside surfaces
# At edges, where near surfaces that the two paths order differently (the GPU sorts by depths of 16 bits) are blended:
EDGE_LEVELS = 24
EDGE_FRACTION = 0.002  # of all pixels at edges may differ by more


def noise(n_sections: int) -> Recording:
    """Values at each section's middle, one of them not recorded and some missing."""
    values = np.random.default_rng(0).uniform(-0.1, 1.1, (4, n_sections - 1))
    values[1:3, 4] = np.nan
    return Recording(np.arange(4.0), values, section=np.arange(1, n_sections), position=np.full(n_sections - 1, 0.5))


def synapses() -> SynapseEvents:
    rng = np.random.default_rng(1)
    return SynapseEvents(
        positions=rng.choice(TREE.points, 40),
        population=rng.integers(0, 2, 40),
        population_names=("a", "b"),
        event_synapse=rng.integers(0, 40, 100),
        event_time=rng.uniform(0, 3, 100),
    )


CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "static": {"camera": Camera()},
    "flat": {"lighting": False, "min_width": 3.0},
    "linear": {"sampling": "linear"},
    "peak": {"sampling": "peak", "time_range": TimeRange(0, 3, 1.0)},
    "nearest": {"interpolation": "nearest"},
    "highlight": {"highlight": Highlight((2, 5))},
    "outline": {"highlight": Highlight((2, 5), style="outline", width=3.0)},
    "opacity": {"opacity": [(1.0, 0.6, 0.25, 0.0)[k % 4] for k in range(TREE.n_sections)]},
    "synapses": {"synapses": synapses()},
    "perspective": {"camera": Camera(azim_step=31.0, projection="perspective")},
    "depth cue": {"depth_cue": 0.7, "background": "#203040"},
    "annotations": {"annotations": (ColorBar(), Clock())},
    "circuit": {"morphology": CIRCUIT},
}


def drawn(path: str, looks: dict[str, Any], **options: Any) -> Frames:
    """The frames that a path draws, of all times."""
    morphology = looks.get("morphology", TREE)
    given = {"recording": noise(morphology.n_sections), "clim": (0, 1), "camera": Camera(azim_step=31.0)}
    scene = Scene(**{"morphology": morphology, **given, **looks})
    pixel_format = options.pop("pixel_format", "rgb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GPU_MORPH_PATH", path)
        with Renderer(scene, SIZE, **options) as renderer:
            assert current_context().path == path
            return np.array(list(renderer.frames(TIMES, pixel_format=pixel_format)))


def premultiplied(frames: Frames) -> npt.NDArray[np.int64]:
    """RGBA; colours of transparent pixels do not count."""
    alpha = frames[..., 3:].astype(np.int64)
    return np.concatenate([np.rint(frames[..., :3] * (alpha / 255)).astype(np.int64), alpha], axis=-1)


@pytest.mark.parametrize("name", CASES)
def test_both_paths_draw_the_same(name: str) -> None:
    looks = CASES[name]
    transparent = [premultiplied(drawn(path, looks, transparent=True)) for path in ("cpu", "gpu")]
    is_inside = np.all([frames[..., 3] == 255 for frames in transparent], axis=0)
    is_empty = np.all([frames[..., 3] == 0 for frames in transparent], axis=0)
    is_edge = ~is_inside & ~is_empty
    assert is_inside.mean() > 0.002
    assert is_edge.mean() > 0.004
    opaque = [drawn(path, looks).astype(np.int64) for path in ("cpu", "gpu")]
    for cpu, gpu in (transparent, opaque):
        difference = np.abs(cpu - gpu).max(axis=-1)
        assert difference[is_empty].max() == 0
        assert difference[is_inside].max() <= LEVELS
        assert np.mean(difference[is_edge] > EDGE_LEVELS) <= EDGE_FRACTION


@pytest.mark.parametrize("name", ["plain", "annotations", "opacity"])
def test_both_paths_make_the_same_planes(name: str) -> None:
    cpu, gpu = (drawn(path, CASES[name], pixel_format="yuv420p").astype(np.int64) for path in ("cpu", "gpu"))
    assert np.mean(np.abs(cpu - gpu) > LEVELS) <= EDGE_FRACTION


@pytest.mark.parametrize("pixel_format", ["rgb", "yuv420p"])
@pytest.mark.parametrize("name", ["circuit", "opacity", "synapses", "linear"])
def test_the_gpu_path_draws_the_same_from_run_to_run(name: str, pixel_format: str) -> None:
    first, second = (drawn("gpu", CASES[name], pixel_format=pixel_format) for _ in range(2))
    np.testing.assert_array_equal(first, second)


# Tests of this module, of small pictures: softpipe is slow.
ON_SOFTPIPE = """
import test_paths as tests
renderer = tests.current_context("cpu").renderer
print(renderer)
if "softpipe" in renderer:
    tests.SIZE, tests.TIMES = (120, 90), [0.7, 2.9]
    tests.test_both_paths_draw_the_same("linear")
    tests.test_both_paths_draw_the_same("opacity")
    tests.test_both_paths_make_the_same_planes("plain")
"""


def test_the_gpu_path_runs_where_opengl_has_no_compute_shaders() -> None:
    """Mesa's softpipe has OpenGL 3.3, and addresses of the functions of 4.3 that it does not run."""
    environment = os.environ | {"GALLIUM_DRIVER": "softpipe", "GPU_MORPH_PATH": "gpu", "GPU_MORPH_DEVICE": "cpu"}
    command = [sys.executable, "-W", "error::UserWarning", "-c", ON_SOFTPIPE]
    done = subprocess.run(command, env=environment, cwd=Path(__file__).parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if "softpipe" not in done.stdout:
        pytest.skip(f"this machine's Mesa has no softpipe, but {done.stdout.strip()}")
