"""Panels with plots on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.scene.panels.plot_views import plot_view
from gpu_morph.scene.panels.printed import printed

CELL = gm.Morphology(
    points=[[0, 0, 0], [0, 0, 100]],
    diameters=[10, 10],
    section_offsets=[0, 2],
    section_parent=[-1],
    section_parent_x=[0],
    section_labels=("soma",),
)


def plots() -> list[object]:
    figures = pytest.importorskip("matplotlib.figure", reason="needs matplotlib (extra 'dev')")
    return [
        gm.Traces([1.0, 2.0, 3.0], times=[0, 1, 2], label="a"),
        gm.Raster({"b": [[1.0], [2.0]]}),
        gm.ImageSequence(np.eye(4)[None], rate=10),
        gm.FunctionPlot(lambda time: np.full((2, 2), time), clim=(0, 1)),
        figures.Figure(),
    ]


@pytest.mark.parametrize("font_size", [None, 12])
def test_plots_of_all_kinds_are_saved_on_paper(tmp_path: Path, font_size: int | None) -> None:
    panels = gm.Panels([[gm.Scene(CELL), gm.Panels([[plot] for plot in plots()])]], font_size=font_size)
    for ending in ("png", "svg", "pdf"):
        path = tmp_path / f"panels.{ending}"
        gm.save_image(path, panels, time=1, size=(60, 70), unit="mm", **({"dpi": 150} if ending == "png" else {}))
        assert path.stat().st_size > 1000


def test_the_text_of_plots_has_7_points_on_paper() -> None:
    size, dpi = (720, 360), 360.0  # 2 inches wide
    panels = printed(gm.Panels([[gm.Scene(CELL), gm.Raster([[1.0]])]]), size, dpi)
    layout = panels.layout(size)
    assert plot_view(panels, layout, layout.boxes[1]).text == pytest.approx(7 / 72 * dpi)
    assert isinstance(panels.items[1], gm.Raster)
