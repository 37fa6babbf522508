"""Drawer: from a ViewState to the picture of the view, with what is under the pointer. Used in one thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..image.image import Image
from ..scene.camera import Camera
from ..scene.colors import is_light, to_bytes
from ..scene.scene import Scene
from .picking import Pick
from .pictures import Pictures
from .pointer import PointerReader
from .readout import Readout
from .scene_view import bar_of, content_of, home_of, picture_size
from .state import Bar, ViewContext, ViewState
from .view_image import view_image


@dataclass(frozen=True, eq=False)
class DrawnView:
    """A picture of a view, (height, width, 3) uint8; whether it is exact; and what events need to know of it."""

    image: Image
    is_exact: bool
    context: ViewContext


class Drawer:
    """Draws views of a scene.

    Parameters
    ----------
    base : Scene
        What was given, resolved.
    device : int, "auto", "cpu", optional
        Which GPU.

    ``picture`` is the newest exact picture of the scene, without controls.
    """

    def __init__(self, base: Scene, device: int | str | None) -> None:
        self._base = base
        self._pictures = Pictures(device)
        self.picture: Image | None = None
        self._picture_key: Any = None
        self._content_key: Any = None
        self._content = base
        self._bar_key: Any = None
        self._bar: Bar | None = None
        self._home_key: Any = None
        self._home: Camera | None = None
        self._pointer = PointerReader(base, self._pictures)
        self._is_light = is_light(base.background_rgba)

    def draw(self, state: ViewState, context: ViewContext, *, is_settled: bool, notice: str = "") -> DrawnView:
        """The picture of a view: the exact one if it is settled, or if there is no quicker one.

        What moves or plays has no depth of field.
        """
        content, size = self._content_of(state), picture_size(state)
        key = shown(state)
        if key == self._picture_key and self.picture is not None:
            picture, is_exact = self.picture, True
        elif is_settled or not self._pictures.can_preview(content, state.camera, size):
            is_exact = is_settled or not state.camera.aperture  # else sharp, in a fraction of the time
            camera = state.camera if is_exact else replace(state.camera, aperture=0.0)
            picture = self._pictures.exact(content, camera, size, state.time)
            if is_exact:
                self.picture, self._picture_key = picture, key
        else:
            picture, is_exact = self._pictures.preview(content, state.camera, size, state.time), False
        assert self._home is not None
        context = replace(context, bar=self._bar, home=self._home)
        readout = self._readout(state) if is_exact or state.is_playing else None
        image = view_image(picture, state, context, readout=readout, notice=notice, is_light=self._is_light)
        return DrawnView(image, is_exact, context)

    def failed(self, state: ViewState, context: ViewContext, notice: str) -> DrawnView:
        """The view where its picture cannot be drawn: with the last one, and why."""
        picture = self.picture
        if picture is None:
            background = to_bytes(np.array(self._base.background_rgba[:3]))
            picture = np.full((*picture_size(state)[::-1], 3), background, dtype=np.uint8)
        image = view_image(picture, state, context, readout=None, notice=notice, is_light=self._is_light)
        return DrawnView(image, True, context)

    def prepare(self, state: ViewState) -> None:
        """Make ready what previews need."""
        self._pictures.prepared_preview(self._content_of(state), state.camera, picture_size(state), renews=True)

    def pick(self, state: ViewState) -> Pick | None:
        """The site under the pointer."""
        return self._pointer.pick(state, self._content_of(state))

    def close(self) -> None:
        """Free what is held on the GPU."""
        self._pictures.close()

    def _readout(self, state: ViewState) -> Readout | None:
        if state.drag is not None or state.shows_help:
            return None
        return self._pointer.readout(state, self._content_of(state))

    def _content_of(self, state: ViewState) -> Scene:
        """The scene without the camera, made anew where something else has changed."""
        key = state.clim, state.pins, state.isolated
        if key != self._content_key:
            self._content, self._content_key = content_of(self._base, state), key
        size = state.size, state.pixel_ratio
        if (size, key) != self._bar_key:
            self._bar, self._bar_key = bar_of(self._content, state), (size, key)
        if (size, state.pins) != self._home_key:
            self._home, self._home_key = home_of(self._content, state), (size, state.pins)
        return self._content


def shown(state: ViewState) -> tuple[Any, ...]:
    """Equal for states with the same picture of the scene."""
    return state.size, state.pixel_ratio, state.camera, state.time, state.clim, state.pins, state.isolated
