"""What notebooks show of data: tables that are short, right and safe."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.data.thumbnails import SIDE, silhouette

CELL = gm.Morphology(
    points=np.array([(0, 0, 0), (0, 0, 100), (0, 0, 100), (80, 0, 100)], np.float32),
    diameters=np.full(4, 2, np.float32),
    section_offsets=np.array([0, 2, 4]),
    section_parent=np.array([-1, 0], np.int32),
    section_parent_x=np.ones(2, np.float32),
    section_labels=("soma", "a<b"),
)
RECORDING = gm.Recording([0, 1, 2.5], [[-70, -60], [-50, 20], [-65, np.nan]], section=[0, 1], position=[0.5, 0.5])
SYNAPSES = gm.SynapseEvents([(0, 0, 4)] * 3, [0, 0, 1], ("EXC", "IN&H"), [0, 1, 1], [1.0, 2.0, 4.0])


def cells(html: str) -> dict[str, str]:
    """The table's rows. The HTML must be well formed."""
    root = ElementTree.fromstring(re.sub("(<img[^>]*)>", r"\1/>", html))
    return {row[0].text: row[1].text for row in root.iter("tr")}


def test_the_table_of_a_morphology_has_its_counts_labels_and_extent():
    assert cells(CELL._repr_html_()) == {
        "cells": "1",
        "sections": "2: 1 soma, 1 a<b",
        "points": "4",
        "extent (x, y, z)": "82 × 2 × 102 µm",
        "diameters": "2 to 2 µm",
    }


def test_the_thumbnail_of_a_morphology_shows_its_two_widest_axes_upright():
    image = silhouette(CELL)
    assert image.shape == (SIDE, SIDE, 4)
    rows, columns = np.nonzero(image[..., 3] > 100)
    assert rows.max() - rows.min() == pytest.approx(100 / 102 * (SIDE - 4), abs=2)
    assert columns.max() - columns.min() == pytest.approx(80 / 102 * (SIDE - 4), abs=2)
    left = columns < columns.min() + 2
    assert (rows[left].min(), rows[left].max()) == (rows.min(), rows.max())  # the first section stands at the left
    assert (image[rows.min() : rows.min() + 2, columns.max() - 3, 3] > 0).any()  # the second leaves its upper end
    assert not (image[rows.min() + 5 :, columns.max() - 3, 3] > 0).any()


def test_a_thumbnail_draws_no_line_from_a_section_to_the_next():
    apart = gm.join_morphologies([CELL, CELL], translations=[(0, 0, 0), (1000, 0, 0)])
    filled = np.flatnonzero((silhouette(apart)[..., 3] > 0).any(axis=0))
    assert not ((filled > 15) & (filled < SIDE - 15)).any()


def test_the_table_of_a_recording_has_its_times_and_values():
    html = RECORDING._repr_html_()
    assert cells(html) == {
        "variable": "v (mV)",
        "times": "3 from 0 to 2.5 ms, 1.25 ms apart",
        "compartments": "2 in 2 sections",
        "size": "48 bytes",
        "values": "-70 to 20 mV",
    }
    lines = re.findall('points="([^"]*)"', html)
    assert len(lines) == 3  # least, middle, greatest
    greatest = [float(point.split(",")[1]) for point in lines[2].split()]
    assert np.argmin(greatest) == 1
    assert min(greatest) == 1


def test_the_values_of_a_recording_that_is_not_in_memory_are_not_read():
    class Rows:
        shape, dtype = (1000, 2), np.dtype(np.float32)

        def __getitem__(self, rows):
            raise AssertionError("read")

    html = gm.Recording(np.arange(1000.0), Rows(), section=[0, 1], position=[0.5, 0.5])._repr_html_()
    assert "values" not in cells(html)
    assert "<svg" not in html


def test_a_recording_without_a_finite_value_has_a_table():
    empty = gm.Recording([0, 1.0], np.full((2, 1), np.nan), section=[0], position=[0.5])
    assert "values" not in cells(empty._repr_html_())


def test_the_table_of_synapses_has_populations_and_events():
    html = SYNAPSES._repr_html_()
    assert cells(html) == {"synapses": "3: 2 EXC, 1 IN&H", "events": "3", "times": "1 to 4 ms"}
    assert html.count("<rect") == 3
    none = gm.SynapseEvents(np.zeros((0, 3)), [], (), [], [])
    assert cells(none._repr_html_()) == {"synapses": "0", "events": "0"}


def test_many_labels_are_counted_and_not_listed():
    names = tuple(f"P{k}" for k in range(40))
    many = gm.SynapseEvents([(0, 0, 0)] * 40, range(40), names, [], [])
    assert cells(many._repr_html_())["synapses"].endswith(", +34 more")


def test_what_cannot_be_shown_is_text(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("gpu_morph.data.summary_html._table", fail)
    for data in (CELL, RECORDING, SYNAPSES):
        assert data._repr_html_() is None  # IPython then prints repr()
