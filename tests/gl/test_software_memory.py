"""Where the address space is limited, too little of it is an error; Mesa would end the process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from gpu_morph import Camera, Scene, demo_cell, render_image
from gpu_morph.errors import ContextError
from gpu_morph.render.gpu import software_memory
from gpu_morph.render.gpu.context import held_context
from gpu_morph.system.address_space import free_address_space

# Limits the address space of a new process to some MB more than it has, and draws.
_LIMITED = """
import resource, sys
import gpu_morph as gm
from gpu_morph.system.address_space import free_address_space

morphology, recording = gm.demo_cell()
pages = int(open("/proc/self/statm").read().split()[0])
more = int(sys.argv[1]) << 20
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more, -1))
assert more - (8 << 20) < free_address_space() <= more
try:
    gm.render_image(gm.Scene(morphology, recording), time=3, size=(64, 64), device="cpu")
except gm.errors.ContextError as error:
    print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a limit of address space that counts")
@pytest.mark.parametrize("megabytes", [60, 200, 300])
def test_a_picture_under_a_limit_of_address_space_is_an_error(megabytes: int) -> None:
    run = subprocess.run([sys.executable, "-c", _LIMITED, str(megabytes)], capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("drawing on the CPU takes ") and "ulimit -v unlimited" in run.stdout


def test_without_a_limit_nothing_is_said() -> None:
    if free_address_space() is not None:
        pytest.skip("the address space of this process is limited")
    software_memory.check_space_for_context()
    software_memory.check_space_for_picture((1 << 20, 1 << 20))


def test_a_picture_larger_than_the_space_that_is_left_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with held_context() as context:
        if not context.is_software:
            pytest.skip("needs a CPU that draws")
    monkeypatch.setattr(software_memory, "free_address_space", lambda: 10 << 20)
    scene = Scene(demo_cell()[0])
    with pytest.raises(ContextError, match=r"a picture of 1920x1080 pixels takes 40 MB .* leaves 10 MB"):
        render_image(scene, size=(1920, 1080))
    render_image(scene, size=(64, 64))
    blurred = replace(scene, camera=Camera(projection="perspective", aperture=30))
    with pytest.raises(ContextError, match=r"a picture of 1920x1080 pixels takes 71 MB"):
        render_image(blurred, size=(1920, 1080))


@pytest.mark.parametrize(
    ("n_processors", "environment", "megabytes"),
    [
        (1, {}, 544),
        (2, {}, 688),
        (64, {}, 5008),
        (64, {"LP_NUM_THREADS": "1"}, 544),
        (64, {"MALLOC_ARENA_MAX": "1"}, 976),
        (2, {"LP_NUM_THREADS": "0"}, 400),
        (2, {"LP_NUM_THREADS": "many", "MALLOC_ARENA_MAX": "0"}, 688),
    ],
)
def test_what_drawing_takes_grows_with_mesas_threads(
    n_processors: int, environment: dict[str, str], megabytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LP_NUM_THREADS", "MALLOC_ARENA_MAX"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(software_memory, "n_processors", lambda: n_processors)
    monkeypatch.setattr(software_memory, "free_address_space", lambda: megabytes << 20)
    software_memory.check_space_for_context()
    monkeypatch.setattr(software_memory, "free_address_space", lambda: (megabytes << 20) - 1)
    with pytest.raises(ContextError, match=f"takes {megabytes} MB"):
        software_memory.check_space_for_context()
