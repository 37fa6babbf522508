"""ImageSequence: images over time as a panel."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array
from ...errors import SceneError
from ..annotations.base import View
from .base import PlotDrawing, checked_sample_times, spread
from .pictures import DrawnPictures, PicturePlot, array_of


@dataclass(frozen=True, eq=False, repr=False)
class ImageSequence(PicturePlot):
    """Images over time as a panel of `Panels`, such as calcium imaging or a field: each is shown up to the next.

    Parameters
    ----------
    frames : (n, height, width) float, or (n, height, width, 3 or 4) uint8
        Values, or colours.
    cmap : str or colormap
        Of values.
    clim : (float, float), optional
        Values at the ends of the colormap. None: the range of all.
    color_bar : bool
        Show a colour bar beside values.
    title : str
        Above the images.
    unit : str
        Of values, for the colour bar.
    scaling : {"auto", "nearest", "linear"}
        How pixels become larger. "auto": values have sharp pixels, pictures soft ones.
    times : (n,) float, optional
        ms, rising: when each image begins.
    rate : float, optional
        Images per second of simulation, Hz, in place of ``times``: the first begins at 0 ms.

    Raises
    ------
    SceneError
        A wrong argument.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> field = np.random.default_rng(0).normal(size=(30, 16, 24))
    >>> images = gm.ImageSequence(field, rate=1000, cmap="RdBu_r", clim=(-3, 3), title="field", unit="µV")
    >>> panels = gm.Panels([[gm.Scene(morphology, recording), images]])
    >>> gm.render_image(panels, time=5, size=(480, 240)).shape
    (240, 480, 3)
    """

    frames: Any
    _: KW_ONLY
    times: npt.ArrayLike | None = None
    rate: float | None = None

    def __post_init__(self) -> None:
        frames = array_of(self.frames, "frames must be arrays of one shape")
        is_values = frames.ndim == 3 and frames.dtype.kind in "biuf"
        is_colors = frames.ndim == 4 and frames.shape[-1] in (3, 4) and frames.dtype == np.uint8
        if not (is_values or is_colors) or not frames.size:
            raise SceneError(
                "frames must be values, (n, height, width), or colours, (n, height, width, 3 or 4) uint8, got "
                f"{frames.dtype} of shape {frames.shape}"
            )
        frames = frozen_array(frames, np.float32 if is_values else np.uint8, name="frames", error=SceneError)
        times = checked_sample_times(self.times, self.rate, len(frames), what="frames")
        super().__post_init__()
        clim = self.clim
        if is_values and clim is None:
            finite = frames[np.isfinite(frames)]
            clim = spread(float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        for name, value in (("frames", frames), ("times", times), ("rate", None), ("clim", clim)):
            object.__setattr__(self, name, value)

    def drawing(self, view: View, left: int) -> PlotDrawing:
        """See `PanelPlot`."""
        times = np.asarray(self.times)

        def at(time: float | None) -> tuple[int, npt.NDArray[Any]]:
            slack = 1e-9 * max(1.0, abs(time or 0.0))
            number = 0 if time is None else max(0, int(np.searchsorted(times, time + slack, side="right")) - 1)
            return number, self.frames[number]

        return DrawnPictures(self, view, left, at, self.frames.shape[1:3], is_values=self.frames.ndim == 3)
