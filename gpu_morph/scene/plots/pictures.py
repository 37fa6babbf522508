"""Pictures as panels: how they look, and how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from ...errors import SceneError, brief
from ...system.arguments import check_choice
from ..annotations.base import ColorScale, Sprite, View
from ..annotations.canvas import Canvas, line_height, text_width
from ..annotations.colorbar import ColorBar
from ..camera import Box
from ..colormaps import color_table, parse_colormap
from .base import PanelPlot, checked_limits
from .heading import shortened_title

Scaling = Literal["auto", "nearest", "linear"]
_MOST_UNIT = 0.3  # of the panel's width
_MARGIN = 1.0  # around the picture, heights of text


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PicturePlot(PanelPlot):
    """How pictures look: what `ImageSequence` and `FunctionPlot` have in common."""

    cmap: Any = "gray"
    clim: tuple[float, float] | None = None
    color_bar: bool = True
    title: str = ""
    unit: str = ""
    scaling: Scaling = "auto"

    def __post_init__(self) -> None:
        parse_colormap(self.cmap)
        check_choice(self.color_bar, (True, False), "color_bar", error=SceneError)
        check_choice(self.scaling, get_args(Scaling), "scaling", error=SceneError)
        for name in ("title", "unit"):
            if not isinstance(getattr(self, name), str):
                raise SceneError(f"{name} must be a str, got {brief(getattr(self, name))}")
        object.__setattr__(self, "clim", checked_limits(self.clim, "clim", "the unit of the values"))


class DrawnPictures:
    """A `PlotDrawing` of pictures, each as large as its panel allows.

    Parameters
    ----------
    plot : PicturePlot
        How they look.
    view : View
        The panel.
    left : int
        The x at which pictures begin; 0: they are in the middle.
    at : callable
        From a time to something that is equal for equal pictures, and the picture.
    shape : (int, int)
        Rows and columns.
    is_values : bool
        Whether pictures are values and not colours.
    """

    def __init__(
        self,
        plot: PicturePlot,
        view: View,
        left: int,
        at: Callable[[float | None], tuple[Any, npt.NDArray[Any]]],
        shape: Sequence[int],
        *,
        is_values: bool,
    ) -> None:
        self._plot, self._at, self._width = plot, at, view.size[0]
        clim = plot.clim
        self._table = None if not is_values or clim is None else color_table(plot.cmap, "#9e9e9e", clim)
        space, (width, height) = round(_MARGIN * view.text), view.size
        head = space + (line_height(view.text) if plot.title else 0)
        bar = self._bar(view, head) if plot.color_bar else None
        bar_width = 0 if bar is None else bar.size[0] + space
        free = max(8, width - max(left, space) - space - bar_width), max(8, height - head - space)
        scale = min(free[0] / shape[1], free[1] / shape[0])
        size = max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))
        x = left or space + (free[0] - size[0]) // 2
        self._box = Box(x, head if left else head + (free[1] - size[1]) // 2, *size)
        canvas = Canvas(view.size)
        if plot.title:
            middle = line_height(view.text) / 2 + round(0.5 * view.text)
            free_left = max(left or space, min(x, width - space - text_width(plot.title, view.text)))
            title = shortened_title(plot.title, view.text, width - space // 2 - free_left)
            canvas.text(free_left, middle, title, view.text, view.ink)
        ground = [canvas.sprite(0, 0)]
        if bar is not None:
            middle_y = self._box.y + (self._box.height - bar.size[1]) // 2
            y = max(head - space // 2, min(middle_y, height - space // 2 - bar.size[1]))
            ground.append(bar.sprite(x + size[0] + space, y))
        self.grounds: Sequence[Sequence[Sprite]] = [ground]
        self._last: tuple[Any, Sprite] | None = None

    def _bar(self, view: View, head: int) -> Canvas | None:
        """The colour bar of values."""
        if self._table is None:
            return None
        unit = shortened_title(self._plot.unit, view.text, _MOST_UNIT * view.size[0])
        scale = ColorScale(self._table, "", unit, has_under=False, has_over=False, has_missing=False)
        length = min(0.9, 0.6 * (view.size[1] - head) / view.size[1])
        bar = ColorBar(length=length, title=unit)
        return bar.canvas(replace(view, scale=scale, shield=False))

    def parts(self, time: float | None) -> Sequence[tuple[int, int, int]]:  # noqa: ARG002
        """See `PlotDrawing`."""
        return [(0, 0, self._width)]

    def changing(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        key, picture = self._at(time)
        if self._last is None or self._last[0] != key:
            self._last = key, Sprite(self._scaled(picture), self._box.x, self._box.y)
        return (self._last[1],)

    def vectors(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        return [*self.grounds[0], *self.changing(time)]

    def _scaled(self, picture: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        from PIL import Image as Images

        shown = picture if self._table is None else _colored(picture, self._table)
        size, scaling = (self._box.width, self._box.height), self._plot.scaling
        is_smaller = size[0] < shown.shape[1]
        is_soft = scaling == "linear" or (scaling == "auto" and self._table is None)
        how = (
            Images.Resampling.BOX
            if is_smaller
            else Images.Resampling.BILINEAR
            if is_soft
            else Images.Resampling.NEAREST
        )
        return np.array(Images.fromarray(np.ascontiguousarray(shown)).convert("RGBA").resize(size, how))


def _colored(values: npt.NDArray[Any], table: Any) -> npt.NDArray[np.uint8]:
    """(height, width, 3) uint8: the colours of values."""
    low, high = table.clim
    entries, known = table.entries, np.isfinite(values)
    # In double precision: limits that differ may be one number in that of the values.
    at = np.clip((np.where(known, values, low).astype(np.float64) - low) / (high - low), 0, 1)
    index = np.minimum((at * len(entries)).astype(np.int64), len(entries) - 1)
    colors: npt.NDArray[np.uint8] = np.where(known[..., np.newaxis], entries[index], table.missing).astype(np.uint8)
    return colors


def array_of(given: Any, expected: str) -> npt.NDArray[Any]:
    """An array from what was given."""
    try:
        return np.asarray(given)
    except ValueError as cause:  # ragged
        raise SceneError(f"{expected}, got {brief(given)}: {cause}") from cause
