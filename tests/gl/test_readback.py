"""Frames that are given where the GPU has put them."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_morph import Camera, Renderer, Scene, demo_cell
from gpu_morph.render.gpu.context import current_context


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("GPU_MORPH_PATH", "gpu")
    current_context()  # before OpenGL is imported
    morphology, recording = demo_cell()
    return Scene(morphology, recording, camera=Camera(azim_step=7.0))


@pytest.mark.parametrize("pixel_format", ["rgb", "yuv420p"])
def test_views_are_read_only_and_copies_are_not(scene: Scene, pixel_format: str) -> None:
    with Renderer(scene, (160, 120)) as renderer:
        (copied,) = renderer.frames([1.0], pixel_format=pixel_format)
        copied[:] = 0
        if current_context().gl_version < (4, 4):
            return
        for view in renderer.frames([1.0], pixel_format=pixel_format, copy=False):
            with pytest.raises(ValueError, match="read-only"):
                view[:] = 0


def test_a_picture_that_no_storage_buffer_holds_is_packed_by_a_fragment_shader(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from OpenGL import GL

    from gpu_morph.render.gpu import yuv_packing

    size, times = (162, 122), [1.0, 2.0]
    with Renderer(scene, size) as renderer:
        expected = list(renderer.frames(times, pixel_format="yuv420p"))
        get, used = GL.glGetIntegerv, []
        n_bytes = size[0] * size[1] * 3 // 2

        def limited(name: int) -> object:
            return n_bytes - 1 if name == GL.GL_MAX_SHADER_STORAGE_BLOCK_SIZE else get(name)

        def program(*files: str) -> object:
            used.append(files)
            return compiled(*files)

        compiled = yuv_packing.Program
        monkeypatch.setattr(GL, "glGetIntegerv", limited)
        monkeypatch.setattr(yuv_packing, "Program", program)
        for _ in renderer.frames(times, pixel_format="yuv422p"):  # so that the planes are packed anew
            pass
        found = list(renderer.frames(times, pixel_format="yuv420p"))
    assert used == [("sprite.vert", "yuv_planes.frag")] * 2
    np.testing.assert_array_equal(found, expected)
