"""The offscreen image that frames are drawn into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from OpenGL import GL

from ...errors import ContextError
from ...image.image import Size
from ...scene.camera import Box
from .framebuffer import Framebuffer
from .readback import Copy, Readback
from .textures import Texture

_TILE = 64  # pixels; llvmpipe clears and draws tiles of this size


class Target:
    """An offscreen image: RGBA with 8 bits each, and depth with 24 bits.

    Its first row in memory is the picture's top row: the shaders draw upside down.

    Parameters
    ----------
    size : (width, height)
        Of the picture, pixels.
    channels : int
        Of the frames that are read back: 3 or 4.
    supersample : int
        The image is larger than the picture by this factor, and so are boxes of it.
    holds_light : bool
        See `Framebuffer`.

    ``readback`` has the copies of frames that were requested.

    Raises
    ------
    ContextError
        This OpenGL cannot draw so large an image.
    """

    def __init__(self, size: Size, *, channels: int, supersample: int = 1, holds_light: bool = False) -> None:
        limit = min(int(GL.glGetIntegerv(name)) for name in (GL.GL_MAX_RENDERBUFFER_SIZE, GL.GL_MAX_TEXTURE_SIZE))
        if max(size) * supersample > limit:
            factor = (
                ""
                if supersample == 1
                else f" and supersample={supersample}, which is drawn {supersample} times as large"
            )
            raise ContextError(f"this OpenGL draws at most {limit} pixels a side, got size={size}{factor}")
        self._supersample = supersample
        self.size = size = (size[0] * supersample, size[1] * supersample)
        self.readback = Readback(4 * size[0] * size[1])
        self._channels = channels
        self._framebuffer = Framebuffer(size, holds_light=holds_light)
        self._layer: Framebuffer | None = None
        self._box_framebuffer: Framebuffer | None = None  # as large as the largest box so far
        self._bound, self._box = self._framebuffer, Box(0, 0, *size)  # the box of the picture that is drawn

    @property
    def drawn(self) -> Framebuffer:
        """What was bound last."""
        return self._bound

    @property
    def picture(self) -> Texture:
        """The whole image that has been drawn."""
        return self._framebuffer.color

    def bind(self, background: tuple[float, float, float, float], box: Box | None = None) -> tuple[int, int]:
        """Bind the image, or a box of it, and clear it to a background (premultiplied RGBA).

        Returns the pixel of the image at which gl_FragCoord is (0, 0). A box has a framebuffer of its own, because
        software clears every pixel of a framebuffer.
        """
        if box is not None and self._supersample > 1:
            box = Box(*(self._supersample * number for number in (box.x, box.y, box.width, box.height)))
        self._bound = self._framebuffer if box is None else self._framebuffer_for(box)
        self._box = box or Box(0, 0, *self.size)
        self._bound.bind()
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

    def _framebuffer_for(self, box: Box) -> Framebuffer:
        """The framebuffer for boxes, replaced by a larger one if necessary."""
        width, height = (0, 0) if self._box_framebuffer is None else self._box_framebuffer.size
        if self._box_framebuffer is None or box.width > width or box.height > height:
            if self._box_framebuffer is not None:
                self._box_framebuffer.delete()
            self._box_framebuffer = Framebuffer(
                (_whole_tiles(max(width, box.width)), _whole_tiles(max(height, box.height)))
            )
        return self._box_framebuffer

    @contextmanager
    def layer(self) -> Iterator[Texture]:
        """Draw into a separate transparent picture inside ``with``, and give that picture.

        It starts with the depth of what has been drawn into the image. For whole pictures only.
        """
        if self._layer is None:
            self._layer = Framebuffer(self.size)
        self._layer.bind_with_depth_of(self._framebuffer)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        try:
            yield self._layer.color
        finally:
            self._framebuffer.bind()

    def request(self, channels: int | None = None, box: Box | None = None) -> Copy:
        """Start to copy what has been drawn, or a box of it; the GPU copies while other work goes on."""
        box = box or self._box
        self._bound.bind()  # making the context current binds another framebuffer
        x, y = box.x - self._box.x, box.y - self._box.y
        return self.readback.of_pixels(x, y, box.width, box.height, channels or self._channels)

    def delete(self) -> None:
        """Free everything, copies under way included."""
        self.readback.delete()
        for framebuffer in (self._framebuffer, self._layer, self._box_framebuffer):
            if framebuffer is not None:
                framebuffer.delete()


def _whole_tiles(pixels: int) -> int:
    """Round up to whole tiles, so that a box that grows a little needs no new framebuffer."""
    return -(-pixels // _TILE) * _TILE
