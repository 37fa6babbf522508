"""Where a frame is drawn, and how it comes back: framebuffers for wholes and for parts, and a ring of pixel buffers."""

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

_TILE = 64  # pixels; what llvmpipe clears and draws at once
_PATIENCE = 120  # seconds; a frame that takes longer never comes


@dataclass(frozen=True)
class Request:
    """A frame, or a box of it, on its way: the pixel buffer that receives it, and the fence behind its copy."""

    buffer: int
    fence: Any
    channels: int
    box: Box


class Target:
    """An offscreen image of ``size`` pixels, RGBA with 8 bits each, 24 bits of depth.

    Its first row in memory is the picture's first row (shaders draw it that way).
    """

    def __init__(self, size: Size, *, channels: int) -> None:
        limit = int(GL.glGetIntegerv(GL.GL_MAX_RENDERBUFFER_SIZE))
        if max(size) > limit:
            raise ContextError(f"this OpenGL draws at most {limit} pixels a side, got size={size}")
        self.size = size
        self._channels = channels
        self._framebuffer = _framebuffer(size)
        self._layer: gloo.FrameBuffer | None = None
        self._part: gloo.FrameBuffer | None = None  # large enough for the boxes that were drawn so far
        self._bound, self._box = self._framebuffer, Box(0, 0, *size)  # where is drawn, and which part of the picture
        self._free: list[int] = []  # pixel buffers that no request holds
        self._buffers: list[int] = []

    def bind(self, background: tuple[float, float, float, float], box: Box | None = None) -> tuple[int, int]:
        """Draw here from now on, over a background (premultiplied RGBA): the whole picture, or the part in a box.

        Gives the pixel of the picture that gl_FragCoord counts from. A part has a framebuffer of its own: software
        clears all of one, pixel by pixel.
        """
        self._bound = self._framebuffer if box is None else self._part_for(box)
        self._box = box or Box(0, 0, *self.size)
        self._bound.activate()
        flushed()
        # Not by gloo, which takes longer for each of these than OpenGL for all.
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

    def _part_for(self, box: Box) -> gloo.FrameBuffer:
        """The framebuffer for parts, made larger if need be."""
        height, width = (0, 0) if self._part is None else self._part.shape
        if self._part is None or box.width > width or box.height > height:
            if self._part is not None:
                _delete(self._part)
            self._part = _framebuffer((_in_tiles(max(width, box.width)), _in_tiles(max(height, box.height))))
        return self._part

    @contextmanager
    def layer(self) -> Iterator[gloo.Texture2D]:
        """Draw onto a transparent picture of its own inside ``with``, behind what has been drawn; gives the picture.

        For whole pictures only.
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
        gloo.set_clear_color((0.0,) * 4)
        gloo.clear(color=True, depth=False)
        try:
            yield self._layer.color_buffer
        finally:
            self._framebuffer.activate()

    def begin(self) -> None:
        """Let the GPU begin with what was asked to be drawn."""
        gloo.flush()

    def request(self, channels: int | None = None, box: Box | None = None) -> Request:
        """Ask for what has been drawn, or for a box of it; the GPU copies it while other work goes on."""
        box = box or self._box
        channels = channels or self._channels
        self._bound.activate()  # who makes the context current leaves this one
        flushed()  # what is asked for below waits for what is drawn
        buffer = self._free.pop() if self._free else self._new_buffer()
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, buffer)
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        layout = GL.GL_RGB if channels == 3 else GL.GL_RGBA
        x, y = box.x - self._box.x, box.y - self._box.y
        GL.glReadPixels(x, y, box.width, box.height, layout, GL.GL_UNSIGNED_BYTE, ctypes.c_void_p(0))
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
        return Request(buffer, GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0), channels, box)

    def _new_buffer(self) -> int:
        buffer = int(GL.glGenBuffers(1))
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, buffer)
        GL.glBufferData(GL.GL_PIXEL_PACK_BUFFER, 4 * self.size[0] * self.size[1], None, GL.GL_STREAM_READ)
        self._buffers.append(buffer)
        return buffer

    def discard(self, request: Request) -> None:
        """Give up a frame that was asked for."""
        GL.glDeleteSync(request.fence)
        self._free.append(request.buffer)

    def fetch(self, request: Request) -> npt.NDArray[np.uint8]:
        """(height, width, channels) uint8: the frame asked for; waits for it."""
        with self.mapped(request) as image:
            return image.copy()

    @contextmanager
    def mapped(self, request: Request) -> Iterator[npt.NDArray[np.uint8]]:
        """The frame asked for as `fetch` gives it, but only to be read, and only inside ``with``.

        Raises
        ------
        ContextError
            It does not come.
        """
        buffer, fence = request.buffer, request.fence
        box = request.box
        shape = box.height, box.width, request.channels
        self._free.append(buffer)
        state = GL.glClientWaitSync(fence, GL.GL_SYNC_FLUSH_COMMANDS_BIT, _PATIENCE * 10**9)
        GL.glDeleteSync(fence)
        if state not in (GL.GL_ALREADY_SIGNALED, GL.GL_CONDITION_SATISFIED):
            raise ContextError(
                f"OpenGL did not give a drawn frame back within {_PATIENCE} s: "
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
        """Free everything, and what was asked for and not fetched."""
        for buffer in self._buffers:
            GL.glDeleteBuffers(1, [buffer])
        self._buffers.clear()
        self._free.clear()
        for framebuffer in (self._framebuffer, self._layer, self._part):
            if framebuffer is not None:
                _delete(framebuffer)
        gloo.flush()


def _in_tiles(pixels: int) -> int:
    """Rounded up, so that a box that grows a little needs nothing new."""
    return -(-pixels // _TILE) * _TILE


def _framebuffer(size: Size) -> gloo.FrameBuffer:
    shape = size[1], size[0]
    return gloo.FrameBuffer(
        color=gloo.RenderBuffer(shape, format=int(GL.GL_RGBA8)),
        depth=gloo.RenderBuffer(shape, format=int(GL.GL_DEPTH_COMPONENT24)),
    )


def _delete(framebuffer: gloo.FrameBuffer) -> None:
    framebuffer.deactivate()  # else gloo takes a new one that gets its number for bound
    for part in (framebuffer.color_buffer, framebuffer.depth_buffer, framebuffer):
        part.delete()
