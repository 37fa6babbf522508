"""Viewpoint: what geometry needs to know of the cameras that see it."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...data.morphology import Morphology
from ...image.image import Size


class Viewpoint(Protocol):
    """One or several cameras, as far as geometry depends on them; `Camera` is one."""

    @property
    def eye_distance(self) -> float:
        """As `Camera.eye_distance`, the least."""

    def eye_distances(self, points: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """As `Camera.eye_distances`, of the camera that is nearest to each point."""

    def pixel_sizes(self, points: npt.NDArray[Any], size: Size) -> npt.NDArray[np.float64]:
        """As `Camera.pixel_sizes`, of the camera that sees the smallest pixel at each point."""

    def nearest_pixel(self, morphology: Morphology, size: Size) -> float:
        """The size of a pixel at the part of the morphology that is nearest to the camera, µm."""

    def sees(self, morphology: Morphology, size: Size, *, margin: float = ...) -> bool:
        """False if nothing of the morphology can be in the image, or within ``margin`` pixels of it."""
