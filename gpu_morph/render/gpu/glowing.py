"""Glowing: light that was added up becomes a picture, with a glow around bright places."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from OpenGL import GL

from ...scene.camera import Box
from ..style_lengths import GLOW_ROWS, GLOW_WEIGHTS, GLOW_WIDTHS
from .framebuffer import Framebuffer
from .full_pass import FullPass
from .target import Target


class Glowing:
    """Turns light into the target's picture.

    Parameters
    ----------
    target : Target
        The picture.
    factor : int
        Pixels that are drawn for a pixel of the picture, along each axis.

    ``stage`` is what the light is added up in.
    """

    def __init__(self, target: Target, factor: int) -> None:
        self._target = target
        with ExitStack() as resources:
            self.stage = Target(target.size, channels=4, supersample=factor, holds_light=True)
            resources.callback(self.stage.delete)
            block = max(1, round(self.stage.size[1] / GLOW_ROWS))
            width, height = (-(-side // block) for side in self.stage.size)
            self._small = [Framebuffer((width, height), holds_light=True) for _ in range(2)]
            self._shrink, self._blur, self._show = (
                FullPass(f"{name}.frag") for name in ("average", "glow_blur", "glow_picture")
            )
            for picture in self._small:
                resources.callback(picture.delete)
            for full_pass in (self._shrink, self._blur, self._show):
                resources.callback(full_pass.delete)
            self._shrink["u_factor"] = block
            self._blur["u_widths"] = GLOW_WIDTHS
            self._blur["u_weights"] = GLOW_WEIGHTS
            self._show["u_factor"], self._show["u_block"] = factor, block
            self._resources = resources.pop_all()

    def finish(
        self,
        background: tuple[float, float, float, float],
        box: Box | None,  # noqa: ARG002 (as of others)
        draw_behind: Callable[[], None] | None = None,
    ) -> None:
        """Draw the picture of the light over a background and what is drawn over that; leave the target bound."""
        first, second = self._small
        GL.glViewport(0, 0, *first.size)
        for step, source, bound in (
            (None, self.stage.drawn.color, first),
            ((1, 0), first.color, second),
            ((0, 1), second.color, first),
        ):
            bound.bind()
            run = self._shrink if step is None else self._blur
            run["u_picture"] = source
            if step is not None:
                run["u_step"] = step
            run.draw()
        self._target.bind(background)
        self._show["u_picture"], self._show["u_blurred"] = self.stage.drawn.color, first.color
        if draw_behind is not None:
            draw_behind()
        self._show["u_background"] = background if draw_behind is None else (0.0,) * 4
        self._show.draw(blends=draw_behind is not None)

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()
