"""The same film with PyVista, run by its own Python: tubes of 8 sides, a screenshot per frame, ffmpeg.

    python pyvista_film.py INPUT.npz OUTPUT.mp4 MULTISAMPLES FFMPEG

Prints the seconds of each frame, one per line, without set-up.
"""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pyvista as pv


def main() -> None:
    source, target, samples, ffmpeg = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    data = np.load(source)
    points, offsets, size = data["points"], data["offsets"], tuple(data["size"].tolist())
    lines = [np.r_[b - a, np.arange(a, b)] for a, b in pairwise(offsets) if b - a > 1]
    neurites = pv.PolyData(points, lines=np.concatenate(lines))
    neurites["radius"], neurites["index"] = data["diameters"] / 2, np.arange(len(points), dtype=np.float64)
    tubes = neurites.tube(scalars="radius", absolute=True, n_sides=8)
    index = np.rint(tubes["index"]).astype(int)
    tubes.clear_data()
    tubes["v"] = data["values"][0][index]
    plotter = pv.Plotter(off_screen=True, window_size=size)
    plotter.set_background("white")
    plotter.add_mesh(tubes, scalars="v", cmap="jet", clim=data["clim"].tolist(), scalar_bar_args={"title": "v"})
    clock = plotter.add_text("0.0 ms", position="upper_left", color="black")
    if samples:
        plotter.enable_anti_aliasing("msaa", multi_samples=samples)
    plotter.enable_parallel_projection()
    plotter.view_vector((1, 0, 0.577), viewup=(0, 0, 1))
    plotter.show(auto_close=False)
    command = [ffmpeg, "-v", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24"]
    command += ["-video_size", f"{size[0]}x{size[1]}", "-framerate", "50", "-i", "pipe:0", "-c:v", "mpeg4"]
    command += ["-q:v", "5", "-pix_fmt", "yuv420p", target]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        for k, values in enumerate(data["values"]):
            start = time.perf_counter()
            tubes["v"] = values[index]
            clock.set_text("upper_left", f"{0.1 * k:.1f} ms")
            plotter.camera.Azimuth(float(data["azim_step"]))
            plotter.render()
            process.stdin.write(np.ascontiguousarray(plotter.screenshot(return_img=True)[..., :3]).data)
            if k:  # the first frame includes set-up
                print(time.perf_counter() - start)


main()
