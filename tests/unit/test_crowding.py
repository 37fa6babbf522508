"""Markers of many synapses: smaller and fainter where they would hide the cell."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_morph import Morphology, SynapseEvents, SynapseStyle
from gpu_morph.data.synapse_events import most_active
from gpu_morph.render.crowding import NOT_CROWDED, Crowding, crowding


def two_sections() -> Morphology:
    """10,000 µm of neurite in two sections that are 50,000 µm apart."""
    return Morphology(
        points=[[0, 0, 0], [0, 0, 6000], [50000, 0, 0], [50000, 0, 4000]],
        diameters=[2, 2, 2, 2],
        section_offsets=[0, 2, 4],
        section_parent=[-1, -1],
        section_parent_x=[0, 0],
        section_labels=("dend", "dend"),
    )


def synapses(n: int, *, times: list[float] | None = None) -> SynapseEvents:
    """n synapses; the k-th has an event at the k-th time."""
    times = times or []
    return SynapseEvents(
        np.zeros((n, 3)), np.zeros(n, int), ("a",), event_synapse=np.arange(len(times)), event_time=times
    )


def found(n: int, *, pixel: float = 1.0, magnification: float = 1.0, **style: object) -> Crowding:
    how = SynapseStyle(**{"diameter": 5.0, "min_diameter": 0.0, "show_all": True, **style})
    return crowding(synapses(n), how, two_sections(), pixel=pixel, magnification=magnification)


def test_markers_that_fill_half_of_the_neurites_are_as_they_were() -> None:
    assert found(990) == NOT_CROWDED == Crowding(1.0, 0.0, 1.0, 1.0)


def test_more_markers_are_smaller_with_fainter_rims_and_opaque_until_they_overlap() -> None:
    several = [found(n) for n in (1100, 2000, 4000)]
    diameters = [one.diameter for one in several]
    assert diameters == sorted(diameters, reverse=True)
    assert diameters[0] == pytest.approx((10 / 11) ** 0.75, rel=1e-4)
    assert all(one.opacity == 1 and one.rim == one.diameter for one in several)


def test_markers_of_the_least_diameter_together_cover_seven_tenths_of_the_neurites() -> None:
    """n markers of 2 µm (2 pixels) on 10,000 µm: each place is under n / 5,000 of them."""
    for n in (25_000, 100_000, 400_000):
        crowded = found(n)
        assert crowded.least_diameter == 2.0
        assert 1 - (1 - crowded.opacity) ** (n / 5_000) == pytest.approx(0.7)


def test_the_least_diameter_grows_with_the_picture() -> None:
    assert found(100_000, pixel=0.5, magnification=2.0).least_diameter == 4.0
    assert found(100_000, pixel=0.5, magnification=2.0).opacity == pytest.approx(found(100_000).opacity)


def test_markers_smaller_than_that_do_not_grow() -> None:
    crowded = found(100_000, diameter=0.5)
    assert crowded.least_diameter == 0.5


def test_without_thin_out_markers_keep_their_size() -> None:
    assert found(100_000, thin_out=False) == NOT_CROWDED


def test_of_events_the_most_that_are_active_at_once_count() -> None:
    style, times = (
        SynapseStyle(diameter=5.0, min_diameter=0.0, duration=2.0),
        [0.0] * 500 + [10.0] * 3000 + [12.0] * 2000,
    )
    events = synapses(10_000, times=times)
    assert most_active(events, duration=2.0) == 3000
    assert most_active(events, duration=2.5) == 5000
    assert most_active(synapses(3), duration=1.0) == 0
    assert crowding(events, style, two_sections(), pixel=1.0) == found(3000)


def test_a_hundred_markers_keep_their_size_on_any_neurite() -> None:
    style = SynapseStyle(diameter=500.0, show_all=True)
    few, more = (crowding(synapses(n), style, two_sections(), pixel=1.0) for n in (100, 200))
    assert few == NOT_CROWDED
    assert more.diameter == pytest.approx(0.5**0.75)
