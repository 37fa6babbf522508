"""The offscreen image that frames are drawn into, and its asynchronous readback.

A frame, or a box of it, is drawn into a framebuffer; `Target.request` starts its copy into a pixel buffer, and
`Target.fetch` or `Target.mapped` waits for the copy. This is where a frame's bytes leave the GPU.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from OpenGL import GL
from vispy import gloo

from ...errors import ContextError
from ...image.image import Size
from ...scene.camera import Box
from .vispy_private import flushed

_TILE = 64  # pixels; llvmpipe clears and draws tiles of this size
_TIMEOUT = 120  # seconds; a frame that takes longer is lost


@dataclass(frozen=True)
class Request:
    """A copy of a frame, or of a box of it, that was started: its pixel buffer, and a fence that signals its end."""

    buffer: int
    fence: Any
    channels: int
    box: Box


class Target:
    """An offscreen image: RGBA with 8 bits each, and depth with 24 bits.

    Its first row in memory is the picture's top row: the shaders draw upside down.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    channels : int
        Of the frames that are read back: 3 or 4.

    Raises
    ------
    ContextError
        This OpenGL cannot draw so large an image.
    """

    def __init__(self, size: Size, *, channels: int) -> None:
        limit = int(GL.glGetIntegerv(GL.GL_MAX_RENDERBUFFER_SIZE))
        if max(size) > limit:
            raise ContextError(f"this OpenGL draws at most {limit} pixels a side, got size={size}")
        self.size = size
        self._channels = channels
        self._framebuffer = _framebuffer(size)
        self._layer: gloo.FrameBuffer | None = None
        self._box_framebuffer: gloo.FrameBuffer | None = None  # as large as the largest box so far
        self._bound, self._box = self._framebuffer, Box(0, 0, *size)  # the box of the picture that is drawn
        self._free: list[int] = []  # pixel buffers without a pending request
        self._buffers: list[int] = []
        self._fences: dict[int, Any] = {}  # of pending requests, by their pixel buffers

    def bind(self, background: tuple[float, float, float, float], box: Box | None = None) -> tuple[int, int]:
        """Bind the image, or a box of it, and clear it to a background (premultiplied RGBA).

        Returns the pixel of the picture at which gl_FragCoord is (0, 0). A box has a framebuffer of its own, because
        software clears every pixel of a framebuffer.
        """
        self._bound = self._framebuffer if box is None else self._framebuffer_for(box)
        self._box = box or Box(0, 0, *self.size)
        self._bound.activate()
        flushed()
        # Not by gloo: it takes longer for one of these calls than OpenGL for all.
        GL.glViewport(-self._box.x, -self._box.y, *self.size)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glEnable(GL.GL_BLEND)
        GL.glDisable(GL.GL_CULL_FACE)
        GL.glDisable(GL.GL_SCISSOR_TEST)
        GL.glDepthMask(True)
        GL.glDepthFunc(GL.GL_LEQUAL)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
        GL.glClearColor(*background)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
        return self._box.x, self._box.y

    def _framebuffer_for(self, box: Box) -> gloo.FrameBuffer:
        """The framebuffer for boxes, replaced by a larger one if necessary."""
        height, width = (0, 0) if self._box_framebuffer is None else self._box_framebuffer.shape
        if self._box_framebuffer is None or box.width > width or box.height > height:
            if self._box_framebuffer is not None:
                _delete(self._box_framebuffer)
            self._box_framebuffer = _framebuffer(
                (_whole_tiles(max(width, box.width)), _whole_tiles(max(height, box.height)))
            )
        return self._box_framebuffer

    @contextmanager
    def layer(self) -> Iterator[gloo.Texture2D]:
        """Draw into a separate transparent picture inside ``with``, and give that picture as a texture.

        It starts with the depth of what has been drawn into the image. For whole pictures only.
        """
        shape = self.size[1], self.size[0]
        if self._layer is None:
            picture = gloo.Texture2D((*shape, 4), interpolation="nearest", internalformat="rgba8")
            self._layer = gloo.FrameBuffer(
                color=picture, depth=gloo.RenderBuffer(shape, format=int(GL.GL_DEPTH_COMPONENT24))
            )
        buffers = []
        for framebuffer in (self._framebuffer, self._layer):
            framebuffer.activate()
            gloo.flush()
            buffers.append(int(GL.glGetIntegerv(GL.GL_FRAMEBUFFER_BINDING)))
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, buffers[0])
        GL.glBlitFramebuffer(0, 0, *self.size, 0, 0, *self.size, GL.GL_DEPTH_BUFFER_BIT, GL.GL_NEAREST)
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, buffers[1])
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        try:
            yield self._layer.color_buffer
        finally:
            self._framebuffer.activate()
            flushed()

    def flush(self) -> None:
        """Send the queued commands to the GPU."""
        gloo.flush()

    def request(self, channels: int | None = None, box: Box | None = None) -> Request:
        """Start to copy what has been drawn, or a box of it; the GPU copies while other work goes on."""
        box = box or self._box
        channels = channels or self._channels
        self._bound.activate()  # making the context current binds another framebuffer
        flushed()  # the copy comes after the queued draws
        buffer = self._free.pop() if self._free else self._new_buffer()
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, buffer)
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        layout = GL.GL_RGB if channels == 3 else GL.GL_RGBA
        x, y = box.x - self._box.x, box.y - self._box.y
        GL.glReadPixels(x, y, box.width, box.height, layout, GL.GL_UNSIGNED_BYTE, ctypes.c_void_p(0))
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
        self._fences[buffer] = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
        return Request(buffer, self._fences[buffer], channels, box)

    def _new_buffer(self) -> int:
        buffer = int(GL.glGenBuffers(1))
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, buffer)
        GL.glBufferData(GL.GL_PIXEL_PACK_BUFFER, 4 * self.size[0] * self.size[1], None, GL.GL_STREAM_READ)
        self._buffers.append(buffer)
        return buffer

    def discard(self, request: Request) -> None:
        """Drop a request."""
        GL.glDeleteSync(self._fences.pop(request.buffer))
        self._free.append(request.buffer)

    def fetch(self, request: Request) -> npt.NDArray[np.uint8]:
        """(height, width, channels) uint8: the frame that was requested. Waits for it."""
        with self.mapped(request) as image:
            return image.copy()

    @contextmanager
    def mapped(self, request: Request) -> Iterator[npt.NDArray[np.uint8]]:
        """The frame that was requested, as `fetch` gives it, but read-only and valid only inside ``with``.

        Raises
        ------
        ContextError
            The frame did not arrive in time.
        """
        buffer, fence = request.buffer, request.fence
        box = request.box
        shape = box.height, box.width, request.channels
        self._free.append(buffer)
        state = GL.glClientWaitSync(fence, GL.GL_SYNC_FLUSH_COMMANDS_BIT, _TIMEOUT * 10**9)
        GL.glDeleteSync(self._fences.pop(buffer))
        if state not in (GL.GL_ALREADY_SIGNALED, GL.GL_CONDITION_SATISFIED):
            raise ContextError(
                f"OpenGL did not give a drawn frame back within {_TIMEOUT} s: "
                "draw smaller pictures, or let fewer processes draw on this GPU"
            )
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, buffer)
        pointer = GL.glMapBufferRange(GL.GL_PIXEL_PACK_BUFFER, 0, math.prod(shape), GL.GL_MAP_READ_BIT)
        if not pointer:
            raise ContextError("OpenGL did not give a drawn frame back (glMapBufferRange failed)")
        mapped = ctypes.cast(pointer, ctypes.POINTER(ctypes.c_uint8))
        try:
            yield np.ctypeslib.as_array(mapped, shape)
        finally:
            GL.glUnmapBuffer(GL.GL_PIXEL_PACK_BUFFER)
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)

    def delete(self) -> None:
        """Free everything, pending requests included."""
        for fence in self._fences.values():
            GL.glDeleteSync(fence)
        self._fences.clear()
        for buffer in self._buffers:
            GL.glDeleteBuffers(1, [buffer])
        self._buffers.clear()
        self._free.clear()
        for framebuffer in (self._framebuffer, self._layer, self._box_framebuffer):
            if framebuffer is not None:
                _delete(framebuffer)
        gloo.flush()


def _whole_tiles(pixels: int) -> int:
    """Round up to whole tiles, so that a box that grows a little needs no new framebuffer."""
    return -(-pixels // _TILE) * _TILE


def _framebuffer(size: Size) -> gloo.FrameBuffer:
    shape = size[1], size[0]
    return gloo.FrameBuffer(
        color=gloo.RenderBuffer(shape, format=int(GL.GL_RGBA8)),
        depth=gloo.RenderBuffer(shape, format=int(GL.GL_DEPTH_COMPONENT24)),
    )


def _delete(framebuffer: gloo.FrameBuffer) -> None:
    framebuffer.deactivate()  # else gloo takes a new framebuffer with the same name for bound
    for part in (framebuffer.color_buffer, framebuffer.depth_buffer, framebuffer):
        part.delete()
