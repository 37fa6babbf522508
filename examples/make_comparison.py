"""Draws one moment of one cell twice, side by side: as matplotlib does it for the In Silico Framework, and as we do.

Run as ``python examples/make_comparison.py [FOLDER]``; needs matplotlib. The left half is of our own script that draws
as that framework does (see benchmarks/matplotlib_film.py): widths in points, its colour bar, its words for the time.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import gpu_morph as gm
from gpu_morph.data.value_map import map_values

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import matplotlib_film

MOMENT = 4.6  # ms
SIZE = (840, 840)
AZIM, ELEV = -90, 5  # degrees


def matplotlibs() -> np.ndarray:
    """As the In Silico Framework has matplotlib draw it."""
    import matplotlib.pyplot as plt

    morphology, recording = gm.demo_cell()
    values = map_values(recording, morphology.point_section, morphology.point_position)
    row = recording.row(int(np.abs(recording.times - MOMENT).argmin()))
    figure = matplotlib_film.draw(
        morphology, values(row), clim=recording.value_range(), azim=AZIM, elev=ELEV, size=SIZE, moment=MOMENT
    )
    file = io.BytesIO()
    figure.savefig(file, dpi=matplotlib_film.DPI, bbox_inches="tight")
    plt.close(figure)
    return np.asarray(Image.open(file).convert("RGB"))


def ours() -> np.ndarray:
    """As gpu_morph draws it, with its own defaults."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        recording,
        camera=gm.Camera(azim=AZIM, elev=ELEV),
        annotations=(gm.ColorBar(), gm.Clock(), gm.ScaleBar()),
    )
    return gm.render_image(scene, time=MOMENT, size=SIZE)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "images"
    left, right = matplotlibs(), ours()
    height = max(left.shape[0], right.shape[0])
    both = Image.new("RGB", (left.shape[1] + right.shape[1], height), "white")
    both.paste(Image.fromarray(left), (0, (height - left.shape[0]) // 2))
    both.paste(Image.fromarray(right), (left.shape[1], (height - right.shape[0]) // 2))
    both.save(folder / "side_by_side.png", optimize=True)


if __name__ == "__main__":
    main()
