"""Averaging: blocks of pixels become one pixel of the picture."""

from __future__ import annotations

from contextlib import ExitStack

from ...scene.camera import Box
from .full_pass import FullPass
from .owned import owned
from .target import Target


class Averaging:
    """Averages what was drawn ``factor`` times larger into the target.

    Parameters
    ----------
    target : Target
        The picture.
    factor : int
        Pixels that are drawn for a pixel of the picture, along each axis.

    ``stage`` is what the cell is drawn into.
    """

    def __init__(self, target: Target, factor: int) -> None:
        self._target = target
        with ExitStack() as resources:
            self.stage = owned(resources, Target(target.size, channels=4, supersample=factor))
            self._pass = owned(resources, FullPass("average.frag"))
            self._pass["u_factor"] = factor
            self._resources = resources.pop_all()

    def finish(self, background: tuple[float, float, float, float], box: Box | None) -> None:
        """Average the stage into the target, or into a box of it, and leave the target bound."""
        self._target.bind(background, box)
        self._pass["u_picture"] = self.stage.drawn.color
        self._pass.draw()

    def delete(self) -> None:
        """Free everything."""
        self._resources.close()
