"""Coordinates find the nearest site on the nearest neurite, and recordings are placed by them."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import MorphologyError, RecordingError


def cell(*sections: Any, diameters: Any = None, **more: Any) -> gm.Morphology:
    """Sections through the given points, unconnected; a diameter for each section, 2 µm if not given."""
    counts, n = [len(points) for points in sections], len(sections)
    return gm.Morphology(
        np.concatenate(sections),
        np.repeat([2.0] * n if diameters is None else diameters, counts),
        np.cumsum([0, *counts]),
        [-1] * n,
        [0] * n,
        ["dend"] * n,
        **more,
    )


# Along x from 0 to 4 and on to 10; and a sphere of radius 5 at x = -20.
CELL = cell([[0, 0, 0], [4, 0, 0], [10, 0, 0]], [[-20, 0, 0]], diameters=[2, 10], section_names=("dend[0]", "soma"))


@pytest.mark.parametrize(
    ("xyz", "section", "position", "distance"),
    [
        ((2, 0, 0), 0, 0.2, 0),
        ((7, 0.5, 0), 0, 0.7, 0),
        ((7, 4, 0), 0, 0.7, 3),
        ((13, 0, 0), 0, 1, 2),
        ((-20, 0, 0), 1, 0.5, 0),
        ((-17, 0, 4), 1, 0.5, 0),
        ((-20, 7, 0), 1, 0.5, 2),
        ((-9, 0, 0), 1, 0.5, 6),
    ],
)
def test_a_coordinate_goes_to_the_nearest_site(xyz: Any, section: int, position: float, distance: float) -> None:
    found = gm.locate(CELL, [xyz])
    assert found.section.tolist() == [section]
    assert found.position == pytest.approx([position])
    assert found.distance == pytest.approx([distance])


def test_inside_of_two_the_axis_that_is_nearer_relative_to_the_radius_counts() -> None:
    thick_and_thin = cell([[0, 0, 0], [10, 0, 0]], [[5, 4, 0], [5, 20, 0]], diameters=[10, 1])
    assert gm.locate(thick_and_thin, [[5, 4.4, 0], [5, 3.8, 0], [5, 2, 0]]).section.tolist() == [1, 1, 0]


def test_at_the_same_distance_the_thicker_one_counts() -> None:
    for order in (1, -1):
        two = cell(*[[[0, 0, 0], [10, 0, 0]], [[0, 0, 0], [0, 10, 0]]][::order], diameters=[8, 1][::order])
        assert gm.locate(two, [[0, 0, 0]]).section.tolist() == [0 if order == 1 else 1]


def nearest_by_trying_all(morphology: gm.Morphology, coordinates: np.ndarray) -> np.ndarray:
    """(n,) µm: distance to the surface, from the distance to every segment."""
    points, radii = morphology.points.astype(float), morphology.diameters / 2.0
    start = np.flatnonzero(np.diff(morphology.point_section) == 0)
    axis = points[start + 1] - points[start]
    offset = coordinates[:, np.newaxis] - points[start]
    along = np.clip((offset * axis).sum(-1) / np.maximum((axis * axis).sum(-1), 1e-12), 0, 1)
    radius = radii[start] + along * (radii[start + 1] - radii[start])
    distance = np.linalg.norm(offset - along[..., np.newaxis] * axis, axis=-1)
    return np.maximum(distance - np.maximum(radius, 1e-3), 0).min(axis=1)


@pytest.mark.parametrize("seed", range(4))
def test_no_segment_is_nearer_than_the_one_found(seed: int) -> None:
    random = np.random.default_rng(seed)
    sections = [np.cumsum(random.normal(scale=random.choice([1, 8, 40]), size=(6, 3)), axis=0) for _ in range(60)]
    morphology = cell(*sections, diameters=random.choice([0, 0.2, 1, 3, 25], 60))
    coordinates = random.normal(scale=120, size=(700, 3))
    found = gm.locate(morphology, coordinates, max_distance=math.inf)
    np.testing.assert_allclose(found.distance, nearest_by_trying_all(morphology, coordinates), atol=1e-3)
    site = morphology.locate(found.section, found.position)
    from_axis = np.linalg.norm(coordinates - site, axis=1) - morphology.diameter_at(found.section, found.position) / 2
    np.testing.assert_allclose(np.maximum(from_axis, 0), found.distance, atol=2e-3)


def test_sites_of_the_demo_cell_are_found_again() -> None:
    morphology, recording = gm.demo_cell()
    coordinates = morphology.locate(recording.section, recording.position)
    found = gm.locate(morphology, coordinates)
    again = morphology.locate(found.section, found.position)
    assert found.distance.max() == 0
    np.testing.assert_allclose(again, coordinates, atol=0.02)


def test_no_coordinates_have_no_sites() -> None:
    assert [len(part) for part in gm.locate(CELL, np.zeros((0, 3)))] == [0, 0, 0]


def test_coordinates_far_away_are_an_error_that_lists_the_worst() -> None:
    expected = "2 of 3 coordinates (the worst: 2 at (1, 900, 0), 895.2 µm; 0 at (0, 0, 30), 29 µm) lie more than 10 µm"
    with pytest.raises(MorphologyError, match=re.escape(expected)):
        gm.locate(CELL, [[0, 0, 30], [1, 0, 0], [1, 900, 0]])
    assert gm.locate(CELL, [[0, 0, 30]], max_distance=29.5).section.tolist() == [0]


@pytest.mark.parametrize(
    ("xyz", "message"),
    [
        ([0, 0, 0], r"coordinates must have shape \(n, 3\), µm, got \(3,\)"),
        ([[0, np.nan, 0]], "coordinates must be finite, in µm; coordinate 0 is"),
        ("here", "coordinates must be numbers"),
        (None, "coordinates must"),
    ],
)
def test_what_is_no_coordinates_is_refused(xyz: Any, message: str) -> None:
    with pytest.raises(MorphologyError, match=message):
        gm.locate(CELL, xyz)


@pytest.mark.parametrize("max_distance", [-1, math.nan, None, "far"])
def test_a_largest_distance_is_a_number_of_um(max_distance: Any) -> None:
    with pytest.raises(MorphologyError, match="max_distance must be 0 or more µm"):
        gm.locate(CELL, [[0, 0, 0]], max_distance=max_distance)


# Recordings

VALUES = [[1.0, 2.0]]


def test_compartments_are_placed_by_coordinates() -> None:
    recording = gm.Recording.at(CELL, [0.0], VALUES, coordinates=[[-20, 1, 0], [8, 0, 0]], name="cai", unit="mM")
    assert recording.section.tolist() == [1, 0]
    assert recording.position == pytest.approx([0.5, 0.8])
    assert (recording.name, recording.unit) == ("cai", "mM")


@pytest.mark.parametrize(
    "where",
    [
        {"section": ["soma", "dend[0]"], "position": [0.5, 0.8]},
        {"section": np.array(["soma", "dend[0]"]), "position": [0.5, 0.8]},
        {"section": ["soma(0.5)", "dend[0](0.8)"]},
        {"section": [1, 0], "position": [0.5, 0.8]},
        {"section": ["soma", "dend[0]"], "position": [0.5, 0.8], "coordinates": [[-20, 1, 0], [8, 0, 9]]},
    ],
)
def test_compartments_are_placed_by_names_or_numbers(where: Any) -> None:
    recording = gm.Recording.at(CELL, [0.0], VALUES, **where)
    assert recording.section.tolist() == [1, 0]
    assert recording.position == pytest.approx([0.5, 0.8])


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({}, "give coordinates=, (n, 3) µm, or section="),
        ({"position": [0.5, 0.5], "coordinates": [[0, 0, 0], [0, 0, 0]]}, "give coordinates="),
        ({"section": [0, 1]}, "position must say where"),
        ({"section": ["soma", "dend[0](0.5)"]}, "must end with one, such as 'dend[3](0.5)'; got 'soma'"),
        ({"section": ["soma(0.5)", "axon(0.5)"]}, "there is no section 'axon'; there are 'dend[0]', 'soma'"),
        ({"section": [0, 2], "position": [0.5, 0.5]}, "section must be 0 to 1, got 2 for compartment 1"),
        ({"section": [0, 1], "position": [0.5, 1.5]}, "position must lie in 0..1"),
        ({"section": [0, 1], "position": [0.5]}, "got shapes (2,) and (1,)"),
        ({"section": "soma", "position": [0.5]}, "section must be a sequence"),
        (
            {"section": [0, 1], "position": [0.5, 0.5], "coordinates": [[-20, 0, 0], [5, 0, 0]]},
            "2 of 2 coordinates (the worst: 0 at (-20, 0, 0), 24 µm; 1 at (5, 0, 0), 20 µm) lie more than 10 µm",
        ),
    ],
)
def test_what_does_not_say_where_is_refused(where: Any, message: str) -> None:
    with pytest.raises(RecordingError, match=re.escape(message)):
        gm.Recording.at(CELL, [0.0], VALUES, **where)


def test_names_need_a_morphology_with_names() -> None:
    with pytest.raises(RecordingError, match="the sections of this morphology have none"):
        gm.Recording.at(cell([[0, 0, 0]]), [0.0], [[1.0]], section=["soma(0.5)"])


def test_a_name_of_two_sections_is_refused() -> None:
    twice = cell([[0, 0, 0]], [[9, 0, 0]], section_names=("soma", "soma"))
    with pytest.raises(RecordingError, match="several sections have the name 'soma'"):
        gm.Recording.at(twice, [0.0], [[1.0]], section=["soma(0.5)"])


def test_audit_holds_sections_and_positions_against_coordinates() -> None:
    recording = gm.Recording([0.0], VALUES, section=[0, 1], position=[0.5, 0.5])
    where = CELL.locate(recording.section, recording.position)
    assert gm.audit(CELL, recording, coordinates=where).is_clean
    found = gm.audit(CELL, recording, coordinates=where[::-1])
    assert found == gm.Audit((), (), (), (), misplaced=(0, 1))
    assert not found.is_clean
    assert gm.audit(CELL, recording, coordinates=where[::-1], max_distance=30).is_clean
    with pytest.raises(MorphologyError, match="one row for each of 2 compartments, got 1"):
        gm.audit(CELL, recording, coordinates=where[:1])


def test_a_morphology_is_needed() -> None:
    for call in (lambda: gm.locate("cell.swc", [[0, 0, 0]]), lambda: gm.Recording.at(None, [0], [[1.0]])):
        with pytest.raises(TypeError, match="morphology must be a Morphology"):
            call()
