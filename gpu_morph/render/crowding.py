"""Crowding: how markers of synapses look where there are many for the length of the neurites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.morphology import Morphology
from ..data.synapse_events import SynapseEvents, most_active
from ..scene.synapse_style import SynapseStyle

_ROOM = 0.5  # diameters of markers per length of neurite up to which they keep their size,
_FEW = 100  # and so many keep it anyway
_SHRINKING = 0.75  # exponent: of four times as many markers, each is a third as wide
_LEAST_DIAMETER = 2.0  # pixels
_LEAST_COVER = 0.7  # of a neurite, where markers of the least diameter overlap


@dataclass(frozen=True)
class Crowding:
    """How much smaller markers are, and how opaque markers and their rims, 0 to 1.

    ``diameter`` multiplies diameters, but none falls below ``least_diameter`` pixels.
    """

    diameter: float = 1.0
    least_diameter: float = 0.0
    opacity: float = 1.0
    rim: float = 1.0


NOT_CROWDED = Crowding()


def crowding(
    events: SynapseEvents, style: SynapseStyle, morphology: Morphology, *, pixel: float, magnification: float = 1.0
) -> Crowding:
    """The crowding of the markers that are shown at once at most, in all frames of a film the same.

    Parameters
    ----------
    events : SynapseEvents
        Synapses.
    style : SynapseStyle
        Of their markers.
    morphology : Morphology
        What the synapses are on.
    pixel : float
        The size of a pixel, µm.
    magnification : float
        See `gpu_morph.render.supersampling.magnification`.
    """
    if not style.thin_out:
        return NOT_CROWDED
    n_shown = events.n_synapses if style.show_all else most_active(events, duration=style.duration)
    diameter = max(style.diameter, style.min_diameter * pixel)
    one = diameter / max(_length(morphology), diameter)
    cover, room = n_shown * one, max(_ROOM, _FEW * one)  # diameters per length
    if cover <= room:
        return NOT_CROWDED
    smaller = (room / cover) ** _SHRINKING
    least = min(_LEAST_DIAMETER * magnification * pixel, diameter)
    cover *= max(smaller, least / diameter)
    opacity = 1.0 if cover <= 1 else 1 - (1 - _LEAST_COVER) ** (1 / cover)
    return Crowding(smaller, least / pixel, opacity, smaller)


def _length(morphology: Morphology) -> float:
    """Of all sections, µm."""
    steps = np.linalg.norm(np.diff(morphology.points, axis=0), axis=1)
    between = morphology.section_offsets[1:-1] - 1  # from a section's last point to the next one's first
    return float(steps.sum() - steps[between].sum())
