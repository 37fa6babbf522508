"""Fragments as the shader list_fragment.glsl writes them. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FRAGMENT = np.dtype(
    [
        ("pixel", np.uint32),  # along rows
        ("segment", np.uint32),  # its number in the draw call
        ("depth", np.float32),  # window depth, 0 to 1
        ("coverage", np.float32),  # of the pixel, 0 to 1
        ("fraction", np.float32),  # of the way from the segment's start to its end
        ("shade", np.float32),  # light multiplies the colour by this
        ("highlight", np.float32),  # and adds this
        ("lit", np.float32),  # how much of the light is seen, 0 to 1
        ("depth_cue", np.float32),  # how much of the background's colour is seen after that, 0 to 1
    ]
)


@dataclass(frozen=True, eq=False)
class DrawnFragments:
    """All fragments of a draw call, whether hidden or not.

    ``fragments`` is (n,) FRAGMENT, in any order. ``ends`` is (n_segments, 2) int32: the vertices at the ends of the
    segments, in the order in which they are drawn. ``writes_depth`` says whether the draw call writes depth.
    """

    fragments: npt.NDArray[np.void]
    ends: npt.NDArray[np.int32]
    writes_depth: bool
