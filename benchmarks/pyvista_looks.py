"""The scenes of looks.py by PyVista, run by its own Python: tubes of 16 sides, ambient occlusion (SSAO), SSAA.

python pyvista_looks.py FOLDER_OF_LOOKS FOLDER
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyvista as pv


def cell_mesh(data: dict[str, np.ndarray], *, as_tubes: bool) -> pv.PolyData:
    offsets = data["offsets"]
    lines = [np.r_[b - a, np.arange(a, b)] for a, b in pairwise(offsets) if b - a > 1]
    neurites = pv.PolyData(data["points"].astype(np.float32), lines=np.concatenate(lines))
    neurites["radius"] = data["diameters"] / 2
    if len(data["values"]):
        n_sections = len(offsets) - 1
        n_values = np.bincount(data["section"], minlength=n_sections)
        with np.errstate(invalid="ignore"):  # sections without a value
            mean = np.bincount(data["section"], data["values"], n_sections) / n_values
        neurites["v"] = np.repeat(mean, np.diff(offsets))
    return neurites.tube(scalars="radius", absolute=True, n_sides=16) if as_tubes else neurites


def draw(source: Path, target: Path) -> None:
    data = dict(np.load(source))
    is_circuit = data["cell"].max() > 0
    size = tuple(data["size"].tolist())
    plotter = pv.Plotter(off_screen=True, window_size=size)
    plotter.set_background("black" if is_circuit else "white")
    mesh = cell_mesh(data, as_tubes=not is_circuit)
    if is_circuit:
        plotter.add_mesh(
            mesh, scalars="v", cmap="plasma", clim=(-80, 30), show_scalar_bar=False, opacity=0.15, line_width=1
        )
    elif "v" in mesh.point_data:
        plotter.add_mesh(mesh, scalars="v", cmap="viridis", clim=(-80, 30), show_scalar_bar=False, smooth_shading=True)
    else:
        plotter.add_mesh(mesh, color="#b8bcc4" if len(data["synapses"]) else "#5a7d9a", smooth_shading=True)
    for k, color in enumerate(("#d55e00", "#0072b2")):
        points = data["synapses"][data["population"] == k]
        if len(points):
            balls = pv.PolyData(points.astype(np.float32)).glyph(
                scale=False, geom=pv.Sphere(radius=1.5, theta_resolution=8, phi_resolution=8)
            )
            plotter.add_mesh(balls, color=color)
    center, toward, up = data["center"], data["axes"][2], data["axes"][1]
    plotter.enable_parallel_projection()
    plotter.camera.focal_point = center
    plotter.camera.position = center + 5000 * toward
    plotter.camera.up = up
    plotter.camera.parallel_scale = float(data["height"]) / 2
    plotter.reset_camera_clipping_range()
    if not is_circuit:
        plotter.enable_ssao(radius=float(data["height"]) * 0.022, kernel_size=64)
        plotter.enable_anti_aliasing("ssaa")
    image = plotter.screenshot(return_img=True)[..., :3]
    left, top, width, height = data["part"].tolist()
    from PIL import Image

    if data["whole"]:
        Image.fromarray(np.ascontiguousarray(image)).save(target.with_stem(f"{target.stem}_whole"))
    Image.fromarray(np.ascontiguousarray(image[top : top + height, left : left + width])).save(target)
    plotter.close()


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(Path(sys.argv[1]).glob("*.npz")):
        draw(source, folder / f"{source.stem}.png")
