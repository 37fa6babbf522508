"""ISF's figure of 15 x 15 inches: its pixels, and matplotlib's object."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import finite_number
from ..errors import SceneError
from ..image.image import Size
from .notebook import shows_figures

_INCHES = 15  # a side of the figure: 1,080 points, so that a width of 1 is a point at any resolution


def figure_size(dpi: Any) -> Size:
    """(width, height) of the figure, pixels; even, as video codecs need it.

    Raises
    ------
    SceneError
        ``dpi`` is not a number, or gives less than a pixel.
    """
    expected = "positive pixels per inch"
    side = round(_INCHES * finite_number(dpi, name="dpi", expected=expected, least=1 / _INCHES, error=SceneError))
    return side + side % 2, side + side % 2


def matplotlib_figure(image: npt.NDArray[np.uint8], *, dpi: float) -> Any:
    """A matplotlib Figure with the picture's pixels; the array itself when matplotlib is not installed.

    pyplot keeps every figure that it makes until it is closed. Notebooks close theirs, after showing them; elsewhere
    pyplot does not know of this one.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return image
    height, width = image.shape[:2]
    size = width / dpi, height / dpi
    if shows_figures():
        from matplotlib import pyplot

        figure = pyplot.figure(figsize=size, dpi=dpi)
    else:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        figure = Figure(figsize=size, dpi=dpi)
        FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(image, interpolation="none", aspect="auto")
    return figure
