"""Readback: the way of pixels from OpenGL to the host, without waiting. This is where a frame's bytes leave the GPU.

A copy into a host buffer is started; a fence tells when it is complete. Meanwhile other frames are drawn. Host buffers
are mapped for good where OpenGL can (4.4), so that a frame can go into ffmpeg's pipe from where the GPU has put it.
"""

from __future__ import annotations

import ctypes
import math
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from OpenGL import GL

from ...errors import ContextError
from ..strategy import LeasedImage
from .buffers import Buffer
from .context import has_function

_TIMEOUT = 120  # seconds; a frame that takes longer is lost
_PERSISTENT = GL.GL_MAP_READ_BIT | GL.GL_MAP_PERSISTENT_BIT | GL.GL_MAP_COHERENT_BIT


class HostBuffer:
    """A buffer that the host reads. ``memory`` is its content, (n_bytes,) uint8, if it is mapped for good."""

    def __init__(self, n_bytes: int) -> None:
        self.name, self.n_bytes = int(GL.glGenBuffers(1)), n_bytes
        self.memory: npt.NDArray[np.uint8] | None = None
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, self.name)
        try:
            if has_function("glBufferStorage", (4, 4)):
                GL.glBufferStorage(GL.GL_PIXEL_PACK_BUFFER, n_bytes, None, _PERSISTENT | GL.GL_CLIENT_STORAGE_BIT)
                self.memory = self.map(n_bytes, _PERSISTENT)
            else:
                GL.glBufferData(GL.GL_PIXEL_PACK_BUFFER, n_bytes, None, GL.GL_STREAM_READ)
        except BaseException:
            self.delete()
            raise
        finally:
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)

    @staticmethod
    def map(n_bytes: int, access: int = GL.GL_MAP_READ_BIT) -> npt.NDArray[np.uint8]:
        """The first bytes of the buffer that is bound to GL_PIXEL_PACK_BUFFER, read-only as it is mapped."""
        pointer = GL.glMapBufferRange(GL.GL_PIXEL_PACK_BUFFER, 0, n_bytes, access)
        if not pointer:
            raise ContextError("OpenGL did not give a drawn frame back (glMapBufferRange failed)")
        memory = np.ctypeslib.as_array(ctypes.cast(pointer, ctypes.POINTER(ctypes.c_uint8)), (n_bytes,))
        memory.flags.writeable = False
        return memory

    def delete(self) -> None:
        """Free the buffer."""
        GL.glDeleteBuffers(1, [self.name])


@dataclass(frozen=True, eq=False)
class Copy:
    """A copy into a host buffer that was started, the fence that signals its end, and the shape of the image."""

    buffer: HostBuffer
    fence: Any
    shape: tuple[int, ...]


class Readback:
    """Starts copies and gives what they brought. Copies may be fetched in any order.

    Parameters
    ----------
    n_bytes : int
        Of usual images; buffers for larger ones are made when they are needed.
    """

    def __init__(self, n_bytes: int) -> None:
        self._n_bytes = n_bytes
        self._buffers: list[HostBuffer] = []
        self._free: deque[HostBuffer] = deque()  # without a copy under way; other threads append
        self._copies: set[Copy] = set()

    def of_pixels(
        self, x: int, y: int, width: int, height: int, channels: int, *, shape: tuple[int, ...] | None = None
    ) -> Copy:
        """Start to copy a box of the bound framebuffer, with 3 or 4 channels. ``shape``: of an image of fewer bytes."""
        buffer = self._take(width * height * channels)
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, buffer.name)
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        layout = GL.GL_RGB if channels == 3 else GL.GL_RGBA
        GL.glReadPixels(x, y, width, height, layout, GL.GL_UNSIGNED_BYTE, ctypes.c_void_p(0))
        GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
        return self._started(buffer, shape or (height, width, channels))

    def of_buffer(self, source: Buffer, shape: tuple[int, ...]) -> Copy:
        """Start to copy the first bytes of another buffer, as many as an image of this shape has."""
        buffer = self._take(math.prod(shape))
        GL.glBindBuffer(GL.GL_COPY_READ_BUFFER, source.name)
        GL.glBindBuffer(GL.GL_COPY_WRITE_BUFFER, buffer.name)
        GL.glCopyBufferSubData(GL.GL_COPY_READ_BUFFER, GL.GL_COPY_WRITE_BUFFER, 0, 0, math.prod(shape))
        return self._started(buffer, shape)

    def fetch(self, copy: Copy) -> npt.NDArray[np.uint8]:
        """The image, in an array of its own. Waits for it."""
        with self.mapped(copy) as image:
            return image.copy()

    def lease(self, copy: Copy) -> LeasedImage:
        """The image where the GPU has put it, until it is released. Waits for it."""
        buffer, memory = copy.buffer, copy.buffer.memory
        if memory is None:
            return LeasedImage(self.fetch(copy))
        self._wait(copy)
        image = memory[: math.prod(copy.shape)].reshape(copy.shape)
        return LeasedImage(image, lambda: self._free.append(buffer))

    @contextmanager
    def mapped(self, copy: Copy) -> Iterator[npt.NDArray[np.uint8]]:
        """The image, read-only and valid only inside ``with``. Waits for it.

        Raises
        ------
        ContextError
            The frame did not arrive in time.
        """
        buffer, memory, n_bytes = copy.buffer, copy.buffer.memory, math.prod(copy.shape)
        try:
            self._wait(copy)
            if memory is not None:
                yield memory[:n_bytes].reshape(copy.shape)
                return
            GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, buffer.name)
            try:
                yield buffer.map(n_bytes).reshape(copy.shape)
            finally:
                GL.glUnmapBuffer(GL.GL_PIXEL_PACK_BUFFER)
                GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
        finally:
            self._free.append(buffer)

    def discard(self, copy: Copy) -> None:
        """Give up a copy."""
        self._copies.discard(copy)
        GL.glDeleteSync(copy.fence)
        self._free.append(copy.buffer)

    def _take(self, n_bytes: int) -> HostBuffer:
        """A free buffer; a new one if there is none, so that nothing waits for images that are still in use."""
        for _ in range(len(self._free)):
            buffer = self._free.popleft()
            if buffer.n_bytes >= n_bytes:
                return buffer
            self._free.append(buffer)
        self._buffers.append(HostBuffer(max(n_bytes, self._n_bytes)))
        return self._buffers[-1]

    def _started(self, buffer: HostBuffer, shape: tuple[int, ...]) -> Copy:
        copy = Copy(buffer, GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0), shape)
        self._copies.add(copy)
        return copy

    def _wait(self, copy: Copy) -> None:
        state = GL.glClientWaitSync(copy.fence, GL.GL_SYNC_FLUSH_COMMANDS_BIT, _TIMEOUT * 10**9)
        self._copies.discard(copy)
        GL.glDeleteSync(copy.fence)
        if state not in (GL.GL_ALREADY_SIGNALED, GL.GL_CONDITION_SATISFIED):
            raise ContextError(
                f"OpenGL did not give a drawn frame back within {_TIMEOUT} s: "
                "draw smaller pictures, or let fewer processes draw on this GPU"
            )

    def delete(self) -> None:
        """Free everything. Images that are still leased must not be read any more."""
        for copy in self._copies:
            GL.glDeleteSync(copy.fence)
        self._copies.clear()
        for buffer in self._buffers:
            buffer.delete()
        self._buffers.clear()
        self._free.clear()
