"""Draw one frame of one cell twice: by matplotlib, as the In Silico Framework does it, and by gpu_morph.

    python examples/make_comparison.py [FOLDER]

Needs matplotlib. The left half is drawn by benchmarks/matplotlib_film.py, our own script with that framework's
conventions: widths in points, its colour bar, its text for the time.
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

TIME = 4.6  # ms
SIZE = (840, 840)
AZIM, ELEV = -90, 5  # degrees


def drawn_by_matplotlib() -> np.ndarray:
    """The frame as the In Silico Framework draws it."""
    import matplotlib.pyplot as plt

    morphology, recording = gm.demo_cell()
    values = map_values(recording, morphology.point_section, morphology.point_position)
    row = recording.row(int(np.abs(recording.times - TIME).argmin()))
    figure = matplotlib_film.draw(
        morphology, values(row), clim=recording.value_range(), azim=AZIM, elev=ELEV, size=SIZE, time_shown=TIME
    )
    file = io.BytesIO()
    figure.savefig(file, dpi=matplotlib_film.DPI, bbox_inches="tight")
    plt.close(figure)
    return np.asarray(Image.open(file).convert("RGB"))


def drawn_by_gpu_morph() -> np.ndarray:
    """The frame with gpu_morph's defaults."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        recording,
        camera=gm.Camera(azim=AZIM, elev=ELEV),
        annotations=(gm.ColorBar(), gm.Clock(), gm.ScaleBar()),
    )
    return gm.render_image(scene, time=TIME, size=SIZE)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "images"
    left, right = drawn_by_matplotlib(), drawn_by_gpu_morph()
    height = max(left.shape[0], right.shape[0])
    both = Image.new("RGB", (left.shape[1] + right.shape[1], height), "white")
    both.paste(Image.fromarray(left), (0, (height - left.shape[0]) // 2))
    both.paste(Image.fromarray(right), (left.shape[1], (height - right.shape[0]) // 2))
    gm.save_image(folder / "side_by_side.png", np.asarray(both))


if __name__ == "__main__":
    main()
