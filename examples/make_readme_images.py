"""Draw the pictures of the README into docs/images.

Run as ``python examples/make_readme_images.py [FOLDER]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import gpu_morph as gm

SPIKE, BACKPROPAGATED, DENDRITIC = 3.7, 5.2, 21.2  # ms
CLIM = (-80, 30)  # mV


def whole_cell(background: str, cmap: str) -> np.ndarray:
    """The cell at three times, side by side."""
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        recording,
        color="v",
        cmap=cmap,
        clim=CLIM,
        background=background,
        camera=gm.Camera(azim=-90, elev=5),
    )
    with gm.Renderer(scene, (420, 840)) as renderer:
        return np.hstack([renderer.render(t) for t in (SPIKE, BACKPROPAGATED, DENDRITIC)])


def close_up(background: str, cmap: str) -> np.ndarray:
    """The soma and the first branch points of its dendrites."""
    morphology, recording = gm.demo_cell()
    camera = gm.Camera(azim=-70, elev=15, center=(4, 0, 12), height=110, projection="perspective")
    scene = gm.Scene(morphology, recording, color="v", cmap=cmap, clim=CLIM, background=background, camera=camera)
    return gm.render_image(scene, time=SPIKE - 0.2, size=(840, 630))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "images"
    for name, background, cmap in (("white", "white", "viridis"), ("black", "black", "turbo")):
        gm.save_image(folder / f"whole_{name}.png", whole_cell(background, cmap))
        gm.save_image(folder / f"soma_{name}.png", close_up(background, cmap))


if __name__ == "__main__":
    main()
