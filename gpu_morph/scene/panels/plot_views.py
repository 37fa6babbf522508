"""What the plots of panels get to know of the picture."""

from __future__ import annotations

from dataclasses import replace

from ...data.frame_times import recorded_range
from ..annotations.base import View
from ..camera import Box
from ..plots.base import PanelPlot
from .panels import Panels
from .panels_layout import PanelsLayout


def plot_view(panels: Panels, layout: PanelsLayout, box: Box) -> View:
    """What the plot in a box gets to know of the picture."""
    carrier = panels.carrier
    times = carrier.time_range or (None if carrier.recording is None else recorded_range(carrier.recording.times))
    colors = carrier.synapse_style.population_colors(carrier.synapses) if carrier.synapses else {}
    size = box.width, box.height
    return replace(layout.view, size=size, shield=False, recording=None, times=times, synapse_colors=colors)


def plot_lefts(panels: Panels, layout: PanelsLayout) -> list[int]:
    """Pixels to the left of each plot's area: as many as all need that begin at the same pixel; 0 for what is none."""
    needed = [
        item.left(plot_view(panels, layout, box)) if isinstance(item, PanelPlot) else 0
        for item, box in zip(panels.items, layout.boxes, strict=True)
    ]
    return [
        max(other for other, its in zip(needed, layout.boxes, strict=True) if its.x == box.x) for box in layout.boxes
    ]
