"""The offscreen image: its size, its depth, and the frames that are read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from live_objects import LiveObjects

from gpu_morph import Camera, Morphology, Scene, render_image
from gpu_morph.errors import ContextError
from gpu_morph.render.gpu.context import current_context
from gpu_morph.scene.camera import Box

RED, GREEN, BLUE = (1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)


@pytest.fixture
def gl() -> Any:
    current_context()
    from OpenGL import GL

    return GL


@pytest.fixture
def make_target(gl: Any) -> Iterator[Callable[..., Any]]:
    from gpu_morph.render.gpu.target import Target

    targets: list[Target] = []

    def make(size: tuple[int, int] = (6, 4), *, channels: int = 3) -> Target:
        targets.append(Target(size, channels=channels))
        return targets[-1]

    yield make
    for target in targets:
        target.delete()
    assert gl.glGetError() == gl.GL_NO_ERROR


def fill(target: Any, color: tuple[float, float, float, float]) -> Any:
    target.bind(color)
    return target.request()


def test_a_size_beyond_the_limit_is_an_error(gl: Any, make_target: Callable[..., Any]) -> None:
    limit = int(gl.glGetIntegerv(gl.GL_MAX_RENDERBUFFER_SIZE))
    for size in ((limit + 1, 4), (4, limit + 1)):
        with pytest.raises(ContextError, match=f"at most {limit} pixels"):
            make_target(size)
    request = fill(target := make_target((limit, 1)), RED)
    assert target.readback.fetch(request).shape == (1, limit, 3)


def test_depth_has_24_bits_or_more_and_colours_8(gl: Any, make_target: Callable[..., Any]) -> None:
    make_target().bind(RED)

    def bits(attachment: int, what: int) -> int:
        return int(gl.glGetFramebufferAttachmentParameteriv(gl.GL_FRAMEBUFFER, attachment, what))

    assert bits(gl.GL_DEPTH_ATTACHMENT, gl.GL_FRAMEBUFFER_ATTACHMENT_DEPTH_SIZE) >= 24
    for what in ("RED", "GREEN", "BLUE", "ALPHA"):
        assert bits(gl.GL_COLOR_ATTACHMENT0, getattr(gl, f"GL_FRAMEBUFFER_ATTACHMENT_{what}_SIZE")) == 8


def test_requests_may_be_fetched_in_any_order(make_target: Callable[..., Any]) -> None:
    target = make_target()
    requests = [fill(target, color) for color in (RED, GREEN, BLUE)]
    target.readback.discard(requests.pop(0))
    later = fill(target, RED)
    for request, color in zip((*requests[::-1], later), (BLUE, GREEN, RED), strict=True):
        assert np.all(target.readback.fetch(request) == np.array(color[:3]) * 255)


def test_a_box_is_read_back_alone_and_the_next_may_be_larger(make_target: Callable[..., Any]) -> None:
    target = make_target((300, 200))
    for box, color in ((Box(250, 3, 50, 9), RED), (Box(10, 20, 280, 150), GREEN), (Box(299, 199, 1, 1), BLUE)):
        assert target.bind(color, box) == (box.x, box.y)
        part = target.readback.fetch(target.request())
        assert part.shape == (box.height, box.width, 3)
        assert np.all(part == np.array(color[:3]) * 255)
    assert target.readback.fetch(fill(target, RED)).shape == (200, 300, 3)


def test_pixel_buffers_are_used_again(make_target: Callable[..., Any]) -> None:
    target = make_target()
    for _ in range(5):
        requests = [fill(target, RED), fill(target, GREEN)]
        target.readback.discard(requests[0])
        target.readback.fetch(requests[1])
    assert len(target.readback._buffers) == 2


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (7, 2), (250, 3)])
@pytest.mark.parametrize("channels", [3, 4])
def test_rows_may_have_any_length(
    size: tuple[int, int], channels: int, gl: Any, make_target: Callable[..., Any]
) -> None:
    target = make_target(size, channels=channels)
    gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 4)  # OpenGL's own default
    image = target.readback.fetch(fill(target, (0.2, 0.4, 0.6, 0.8)))
    assert image.shape == (size[1], size[0], channels) and image.dtype == np.uint8
    assert np.all(image == (51, 102, 153, 204)[:channels])


def test_the_first_row_drawn_is_the_first_row_of_the_array(gl: Any, make_target: Callable[..., Any]) -> None:
    target = make_target((6, 4))
    target.bind(BLUE)
    gl.glEnable(gl.GL_SCISSOR_TEST)
    gl.glScissor(0, 0, 2, 1)
    gl.glClearColor(*RED)
    gl.glClear(gl.GL_COLOR_BUFFER_BIT)
    gl.glDisable(gl.GL_SCISSOR_TEST)
    is_red = target.readback.fetch(target.request())[..., 0] == 255
    np.testing.assert_array_equal(np.argwhere(is_red), [[0, 0], [0, 1]])


def test_large_z_is_at_the_top_of_the_picture() -> None:
    points = np.array([[0, 0, 6], [0, 4, 6]], np.float32)
    high = Morphology(
        points=points,
        diameters=np.ones(2, np.float32),
        section_offsets=np.array([0, 2]),
        section_parent=np.array([-1], np.int32),
        section_parent_x=np.zeros(1, np.float32),
        section_labels=("dend",),
    )
    camera = Camera(azim=0, elev=0, center=(0, 0, 0), height=20)
    rows, columns = np.nonzero(render_image(Scene(high, color="k", camera=camera), size=(40, 40)).min(axis=2) < 128)
    assert abs(rows.mean() - 7.5) < 0.6
    assert columns.min() > 17 and columns.max() < 30


def test_a_frame_that_does_not_arrive_is_an_error(
    gl: Any, make_target: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = make_target()
    first, second = fill(target, RED), fill(target, GREEN)
    with monkeypatch.context() as patch:
        patch.setattr(gl, "glClientWaitSync", lambda *_: gl.GL_TIMEOUT_EXPIRED)
        with pytest.raises(ContextError, match="within 120 s"):
            target.readback.fetch(first)
    assert np.all(target.readback.fetch(second) == (0, 255, 0))


def test_deleting_frees_everything_even_frames_that_were_not_fetched(gl: Any, live_objects: LiveObjects) -> None:
    from gpu_morph.render.gpu.target import Target

    before = live_objects()
    target = Target((8, 8), channels=3)
    requests = [fill(target, RED), fill(target, GREEN)]
    target.readback.discard(requests[0])
    made = [kind for kind, _ in sorted(live_objects() - before)]
    assert made == ["Buffer", "Buffer", "Framebuffer", "Renderbuffer", "Sync", "Texture"]
    target.delete()
    assert live_objects() == before
