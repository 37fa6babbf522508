"""The quad: the template of ribbons, markers and sprites."""

from __future__ import annotations

import numpy as np

CORNERS = np.array([(-1, -1), (1, -1), (-1, 1), (1, 1)], dtype=np.float32)
UNIT_CORNERS = (CORNERS + 1) / 2
TRIANGLES = np.array([0, 1, 2, 2, 1, 3], dtype=np.uint32)
