"""Lengths of what the styles "glow" and "cover" make of a picture, here and in web pages."""

from __future__ import annotations

import numpy as np

GLOW_ROWS = 270  # of the picture that is blurred, so that the glow is as wide in pictures of any size
GLOW_WIDTHS = (1.2, 4.5)  # of two Gaussian curves, rows
GLOW_WEIGHTS = np.divide((0.55, 0.45), np.sqrt(2 * np.pi) * np.array(GLOW_WIDTHS))  # at the middle of each

# In parts of the picture's height, so that pictures of any size look alike.
COVER_RADIUS, COVER_LINE = 0.022, 1.3 / 1080
