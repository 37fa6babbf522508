"""The quad: the template of ribbons and markers."""

from __future__ import annotations

import numpy as np

CORNERS = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], dtype=np.float32)
TRIANGLES = np.array([0, 1, 2, 2, 1, 3], dtype=np.uint32)
