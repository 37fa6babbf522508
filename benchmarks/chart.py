"""Draws the results of bench_film.py: the time per frame of each program, and the stages of gpu_morph.

python benchmarks/chart.py benchmarks/results/film-llvmpipe-2cores.json docs/images/performance.png
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")
from matplotlib import pyplot as plt

PROGRAMS = {
    "gpu_morph": ("gpu_morph", "#d55e00"),
    "encoder alone (yuv420p)": ("encoder alone", "#999999"),
    "PyVista, no anti-aliasing": ("PyVista", "#56b4e9"),
    "PyVista, 4 samples": ("PyVista, 4 samples", "#0072b2"),
    "matplotlib, one collection": ("matplotlib, one collection", "#009e73"),
    "matplotlib, as ISF": ("matplotlib, as ISF", "#cc79a7"),
}
STAGES = {
    "update": ("values", "#e69f00"),
    "draw": ("draw", "#d55e00"),
    "read": ("read back, planes", "#0072b2"),
    "encode_wait": ("waiting for ffmpeg", "#999999"),
}


def title(case: dict[str, Any]) -> str:
    return f"{case['points'] / 1000:,.0f}k points\n{case['size'][0]}x{case['size'][1]}"


def bars(axes: Any, cases: list[dict[str, Any]], motion: str) -> None:
    width = 0.8 / len(PROGRAMS)
    for k, (program, (label, color)) in enumerate(PROGRAMS.items()):
        known = [
            (x, 1e3 * case["seconds per frame"][f"{program}, {motion}"]["median"])
            for x, case in enumerate(cases)
            if f"{program}, {motion}" in case["seconds per frame"]
        ]
        centers = [x + (k - (len(PROGRAMS) - 1) / 2) * width for x, _ in known]
        axes.bar(centers, [ms for _, ms in known], width, label=label, color=color)
    axes.set_yscale("log")
    axes.set_ylim(top=4 * axes.get_ylim()[1])  # space for the legend
    axes.set_xticks(range(len(cases)), [title(case) for case in cases])
    axes.set_title(f"{motion} camera")


def main() -> None:
    source, target = (Path(name) for name in sys.argv[1:])
    cases = json.loads(source.read_text())["cases"]
    figure, (turning, static, stages) = plt.subplots(
        1, 3, figsize=(15, 4.2), layout="constrained", width_ratios=[3, 3, 2]
    )
    bars(turning, cases, "turning")
    bars(static, cases, "static")
    static.sharey(turning)
    turning.set_ylabel("ms per frame, end to end")
    turning.legend(frameon=False, fontsize=8)
    case = next(case for case in cases if case["copies"] == 1 and case["size"][0] == 1920)
    below = [0.0, 0.0]
    for name, (label, color) in STAGES.items():
        spent = [1e3 * case["stages"][motion].get(name, 0.0) for motion in ("turning", "static")]
        stages.bar(["turning", "static"], spent, 0.6, bottom=below, label=label, color=color)
        below = [low + more for low, more in zip(below, spent, strict=True)]
    stages.set_title("stages: one cell, 1080p")
    stages.legend(frameon=False, fontsize=8)
    for axes in (turning, static, stages):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(target, dpi=110)


if __name__ == "__main__":
    main()
