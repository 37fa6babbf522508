"""What a figure of matplotlib shows, whatever its size: for fingerprints."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

_MOST_SHAPES = 10_000  # of a collection; larger ones are pixels in the SVG, which would be very large
_EXACT: Any = {"svg.hashsalt": "gpu_morph", "svg.fonttype": "none", "path.simplify": False}
_NOTHING_ELSE = {"Date": None, "Creator": None}  # metadata


def figure_contents(figure: Any) -> Iterator[npt.NDArray[Any] | str]:
    """The figure as an SVG, which tells all differences of text, style and layout, and the numbers that it shows.

    Lines and images of an SVG may be reduced to what can be seen at its size; the numbers are not. Equal figures give
    the same in all processes with one version of matplotlib; their pickles differ.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A copy: it is changed.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    for artist in figure.findobj():
        yield from _numbers(artist)
        if any(np.size(_given(artist, name)) > 2 * _MOST_SHAPES for name in ("get_offsets", "get_array")):
            artist.set_rasterized(True)
    drawn = io.StringIO()
    with rc_context(_EXACT):
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(drawn, metadata=_NOTHING_ELSE)
    yield _numbered_clips(drawn.getvalue())


def _numbered_clips(svg: str) -> str:
    """An SVG with clip paths named by their order: matplotlib may name them by addresses in memory."""
    order = {name: f"clip{number}" for number, name in enumerate(re.findall(r'<clipPath id="(\w+)"', svg))}
    return re.sub(r'(?<=<clipPath id=")\w+|(?<=url\(#)\w+', lambda found: order.get(found[0], found[0]), svg)


def _given(artist: Any, name: str) -> Any:
    """What a method of an artist gives; empty without one."""
    given: Any = getattr(artist, name, tuple)()
    return () if given is None else given


def _numbers(artist: Any) -> Iterator[npt.NDArray[Any]]:
    """The data of an artist: points of lines, segments and markers; values of images and meshes."""
    for name in ("get_xydata", "get_segments", "get_offsets", "get_coordinates", "get_array"):
        given: Any = _given(artist, name)
        for part in given if isinstance(given, list) else [given]:
            yield np.ma.getmaskarray(part)
            yield np.ma.getdata(np.ma.asarray(part))
