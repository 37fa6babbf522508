"""Renderers beside and after one another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psutil
import pytest
from live_objects import LiveObjects
from own_context import picture

from gpu_morph import Renderer, Scene, demo_cell
from gpu_morph.render.gpu.context import current_context


@pytest.fixture(scope="module")
def scene() -> Scene:
    morphology, recording = demo_cell()
    return Scene(morphology, recording, clim=(-75, 30))


def test_two_renderers_at_once_do_not_disturb_each_other(scene: Scene) -> None:
    times, sizes = [1.0, 4.0, 6.0], [(90, 70), (64, 120)]

    def alone(size: tuple[int, int]) -> list[np.ndarray]:
        with Renderer(scene, size) as renderer:
            return [renderer.render(t) for t in times]

    expected = [alone(size) for size in sizes]
    with Renderer(scene, sizes[0]) as first, Renderer(scene, sizes[1]) as second:
        drawn = list(zip(*((first.render(t), second.render(t)) for t in times), strict=True))
        streamed = list(zip(first.frames(times), second.frames(times), strict=True))
    for frames, turns, images in zip(drawn, zip(*streamed, strict=True), expected, strict=True):
        np.testing.assert_array_equal(frames, images)
        np.testing.assert_array_equal(turns, images)


def test_a_closed_renderer_leaves_nothing_on_the_gpu(scene: Scene, live_objects: LiveObjects) -> None:
    before = live_objects()
    with Renderer(scene, (50, 40)) as renderer:
        frames = renderer.frames([1.0, 2.0, 3.0])
        next(frames)  # the next frame is still being copied
        during = live_objects()
    assert live_objects() == before
    made = {kind for kind, _ in during - before}
    assert made == {"Buffer", "Framebuffer", "Renderbuffer", "Texture", "Program", "VertexArray", "Sync"}


def test_thirty_renderers_in_turn_do_not_take_more_memory(scene: Scene) -> None:
    process = psutil.Process()

    def draw_some(n: int) -> int:
        for _ in range(n):
            with Renderer(scene, (512, 512)) as renderer:
                renderer.render(5.0)
        return process.memory_info().rss

    before = draw_some(5)
    assert draw_some(30) - before < 30e6


@pytest.mark.gpu
def test_a_gpu_has_an_index() -> None:
    context = current_context()
    assert context.device is not None and not context.device.is_software
    assert isinstance(context.choice, int)


@pytest.mark.gpu
def test_the_gpu_draws_what_the_cpu_draws(on_cpu: np.ndarray, tmp_path: Path) -> None:
    image = picture(tmp_path, device="0")
    difference = np.abs(image.astype(int) - on_cpu).max(axis=2)
    assert np.mean(difference > 8) < 0.005
