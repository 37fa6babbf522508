"""Where markers of synapses stand: on the surface of the neurite, not on its axis."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph import Morphology, SynapseEvents
from gpu_morph.render.geometry.tube_geometry import tube_geometry
from gpu_morph.render.marker_data import marker_positions

VIEWER = np.array([1.0, 0.0, 0.0])


def tube(*points: list[float], diameter: float = 10.0) -> Morphology:
    return Morphology(
        points=list(points),
        diameters=[diameter] * len(points),
        section_offsets=[0, len(points)],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )


UPRIGHT = tube([0, 0, 0], [0, 0, 100])


def placed(
    positions: npt.ArrayLike, cell: Morphology = UPRIGHT, *, viewer: npt.NDArray[np.float64] | None, **options: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Positions and lifts of markers."""
    at = np.asarray(positions, dtype=float)
    events = SynapseEvents(at, np.zeros(len(at), int), ("a",), event_synapse=[], event_time=[])
    found = marker_positions(events, tube_geometry(cell), center=np.zeros(3), half_depth=1e-3, viewer=viewer, **options)
    return found[:, :3].astype(float), found[:, 3].astype(float)


def on_axis(n: int) -> npt.NDArray[np.float64]:
    return np.column_stack([np.zeros(n), np.zeros(n), np.linspace(10, 90, n)])


def test_a_single_marker_stays_in_the_middle_of_the_image_of_its_neurite() -> None:
    at, lift = placed(on_axis(1), viewer=VIEWER)
    np.testing.assert_allclose(at, [[0, 0, 10]], atol=1e-5)
    assert lift[0] == pytest.approx(10)


def test_markers_are_spread_over_the_width_of_a_thick_neurite_in_front_of_it() -> None:
    at, lift = placed(on_axis(200), viewer=VIEWER)
    np.testing.assert_allclose(at[:, [0, 2]], on_axis(200)[:, [0, 2]], atol=1e-4)  # moved across only
    counts, _ = np.histogram(at[:, 1], bins=5, range=(-5, 5))
    assert counts.min() >= 25
    assert np.abs(at[:, 1]).max() == pytest.approx(5 * np.sin(np.radians(75)), rel=0.02)
    assert lift.min() >= 10


def test_a_synapse_on_the_surface_stays_there() -> None:
    at, _ = placed([[0, 4, 30], [0, 3, 60]], viewer=VIEWER)
    np.testing.assert_allclose(at, [[0, 4, 30], [0, 3, 60]], atol=1e-5)


def test_a_turning_camera_sees_markers_all_around_a_thick_neurite_and_not_through_it() -> None:
    at, lift = placed(on_axis(200), viewer=None, marker_radius=1.5)
    np.testing.assert_allclose(np.hypot(at[:, 0], at[:, 1]), 5, rtol=1e-4)
    np.testing.assert_allclose(at[:, 2], on_axis(200)[:, 2], atol=1e-4)
    counts, _ = np.histogram(np.arctan2(at[:, 1], at[:, 0]), bins=8, range=(-np.pi, np.pi))
    assert counts.min() >= 20
    assert lift.max() < 0.01


def test_a_turning_camera_sees_markers_on_a_thin_neurite_always() -> None:
    at, lift = placed(on_axis(20), viewer=None, marker_radius=6.0)
    np.testing.assert_allclose(at, on_axis(20), atol=1e-5)
    assert lift.min() >= 10


def test_beyond_the_end_of_a_thicker_segment_markers_stay_beside_the_neurite() -> None:
    """The sphere at the end of the thick half contains the synapse, which keeps its place along the neurite."""
    cell = tube([0, 0, 0], [0, 0, 50], [0, 0, 100])
    thicker = Morphology(
        points=cell.points,
        diameters=[20, 20, 10],
        section_offsets=[0, 3],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )
    at, _ = placed([[0, 0, 52], [0, 0, 53]], thicker, viewer=VIEWER)
    np.testing.assert_allclose(at[:, 2], [52, 53], atol=0.5)


def test_markers_in_the_center_of_a_sphere_are_spread_over_it() -> None:
    ball = tube([0, 0, 0])
    at, _ = placed(np.zeros((50, 3)), ball, viewer=VIEWER)
    distance = np.hypot(at[:, 1], at[:, 2])
    assert distance[0] == pytest.approx(0, abs=1e-6)
    assert 4 < distance.max() <= 5
    around, _ = placed(np.zeros((50, 3)), ball, viewer=None, marker_radius=1.0)
    np.testing.assert_allclose(np.linalg.norm(around, axis=1), 5, rtol=1e-4)
