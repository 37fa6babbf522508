"""YuvPacking: pictures as planes of Y, U and V, made on the GPU."""

from __future__ import annotations

import math
from contextlib import ExitStack

import numpy as np
from OpenGL import GL

from ...image import yuv420
from ...image.image import Size
from ...image.yuv_format import YuvFormat
from . import quad
from .buffers import Attributes, Buffer
from .context import has_function
from .depth_sort import n_groups
from .framebuffer import Framebuffer
from .program import ComputeProgram, Program, barrier
from .readback import Copy, Readback
from .textures import Texture


class YuvPacking:
    """Packs pictures of one size by a compute shader, or by a fragment shader where OpenGL has none for so many bytes.

    Parameters
    ----------
    size : (width, height)
        Pixels.
    format : YuvFormat
        Of the planes.
    """

    def __init__(self, size: Size, format: YuvFormat) -> None:
        self.format, self._shape = format, format.shape(size)
        self._n_words = -(-math.prod(self._shape) // 4)
        self._resources = ExitStack()
        self._program: ComputeProgram | Program
        if _computes(4 * self._n_words):
            self._program, self._words = ComputeProgram("yuv_planes.comp"), Buffer(4 * self._n_words)
            self._resources.callback(self._words.delete)
        else:
            self._program = Program("sprite.vert", "yuv_planes.frag")
            width = size[0]
            self._packed = Framebuffer((width, -(-self._n_words // width)))
            corners, triangles = Buffer(quad.UNIT_CORNERS), Buffer(quad.TRIANGLES)
            attributes = Attributes(corners, [("a_corner", 2)], per_instance=False)
            self._array = self._program.vertex_array([attributes], triangles)
            for part in (self._packed, corners, triangles, self._array):
                self._resources.callback(part.delete)
            self._program["u_width"] = width
            self._program["u_size"] = self._packed.size
            self._program["u_box"] = (0, 0, *self._packed.size)
        self._resources.callback(self._program.delete)
        weights = np.asarray(yuv420.CHROMA_ROW_WEIGHTS)
        for name, value in {
            "u_subsampling": format.subsampling,
            "u_ten_bits": int(format.depth == 10),
            "u_luma": yuv420.LUMA,
            "u_blue": yuv420.BLUE,
            "u_red": yuv420.RED,
            "u_row_weights_a": weights[:4],
            "u_row_weights_b": weights[4:],
        }.items():
            self._program[name] = value

    def start(self, picture: Texture, readback: Readback) -> Copy:
        """Pack a picture and start to copy its planes, see `YuvFormat.shape`."""
        self._program["u_picture"] = picture
        if isinstance(self._program, ComputeProgram):
            if has_function("glTextureBarrier", (4, 5)):
                GL.glTextureBarrier()  # what was drawn is read, while the picture still is a framebuffer's
            self._program.dispatch(n_groups(self._n_words), buffers=(self._words,))
            barrier(GL.GL_BUFFER_UPDATE_BARRIER_BIT)
            return readback.of_buffer(self._words, self._shape)
        self._packed.bind()
        width, height = self._packed.size
        GL.glViewport(0, 0, width, height)
        GL.glDisable(GL.GL_BLEND)
        GL.glDisable(GL.GL_DEPTH_TEST)
        self._program.draw(self._array)
        return readback.of_pixels(0, 0, width, height, 4, shape=self._shape)

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()


def _computes(n_bytes: int) -> bool:
    """True where OpenGL has compute shaders, and they write buffers of this size."""
    has_shaders = has_function("glDispatchCompute", (4, 3))
    return has_shaders and n_bytes <= int(GL.glGetIntegerv(GL.GL_MAX_SHADER_STORAGE_BLOCK_SIZE))
