"""Fillets: neurites grow out of thicker parents; beyond the fillet they have their own diameters."""

from __future__ import annotations

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.render.geometry.cell_groups import CellGroups
from gpu_morph.render.geometry.circuit_geometry import circuit_geometry
from gpu_morph.render.geometry.fillets import N_VERTICES
from gpu_morph.render.geometry.tube_geometry import TubeGeometry, tube_geometry

RADIUS = 8.0  # of the soma, µm


def cell(*children: list[tuple[float, float, float, float]], parent_x: float = 0.5) -> gm.Morphology:
    """A spherical soma about the origin, and neurites of x, y, z and diameter that are attached to it."""
    rows = [np.array([(0, 0, 0, 2 * RADIUS)]), *(np.array(child, dtype=float) for child in children)]
    return gm.Morphology(
        points=np.concatenate(rows)[:, :3],
        diameters=np.concatenate(rows)[:, 3],
        section_offsets=np.cumsum([0, *map(len, rows)]),
        section_parent=[-1, *[0] * len(children)],
        section_parent_x=[0, *[parent_x] * len(children)],
        section_labels=("soma", *["dend"] * len(children)),
    )


def dendrite(radius: float, length: float = 40.0) -> list[tuple[float, float, float, float]]:
    return [(x, 0, 0, 2 * radius) for x in (RADIUS, RADIUS + 3, length)]


def outline(geometry: TubeGeometry, x: float) -> float:
    """The radius, µm, of what is drawn around the x axis at x."""
    t = np.linspace(0, 1, 400)[:, None]
    a, b = geometry.start, geometry.end
    centers = (geometry.positions[a, 0] * (1 - t) + geometry.positions[b, 0] * t).ravel()
    radii = (geometry.radii[a] * (1 - t) + geometry.radii[b] * t).ravel()
    return float(np.sqrt(np.max(radii**2 - (x - centers) ** 2)))


@pytest.mark.parametrize("radius", [0.4, 1.0, 3.0, 6.0])
def test_the_outline_has_no_step_at_the_base_and_own_diameters_beyond(radius: float) -> None:
    geometry = tube_geometry(cell(dendrite(radius)), least_fillet=0.1)
    x = np.linspace(0, 30, 3001)
    widths = np.array([outline(geometry, one) for one in x])
    angles = np.degrees(np.arctan(np.diff(widths) / 0.01))
    assert np.abs(np.diff(angles)).max() < 35  # of a bare neurite: from the side of the sphere to 0, 41° to 87°
    assert widths[x >= 1.6 * RADIUS] == pytest.approx(radius, abs=0.01)
    assert widths[x < RADIUS / 2] == pytest.approx(np.sqrt(RADIUS**2 - x[x < RADIUS / 2] ** 2), abs=0.05)
    assert (widths >= np.where(x < RADIUS, np.sqrt(np.maximum(RADIUS**2 - x**2, 0)), radius) - 0.01).all()


def test_a_fillet_has_the_values_of_the_neurite() -> None:
    geometry = tube_geometry(cell(dendrite(1.0)), least_fillet=0.1)
    own = geometry.section == 1
    assert own.sum() <= 3 + N_VERTICES
    assert (np.diff(geometry.section_position[own]) >= 0).all()
    beyond = own & (geometry.positions[:, 0] > RADIUS)
    along = (geometry.positions[beyond, 0] - RADIUS) / (40 - RADIUS)
    assert geometry.section_position[beyond] == pytest.approx(along, abs=1e-6)


@pytest.mark.parametrize(
    "child",
    [dendrite(7.95), dendrite(0.05), dendrite(1.0, length=RADIUS + 3.0001)[:1]],
    ids=["as thick as the parent", "too thin to show", "one point"],
)
def test_where_nothing_would_show_there_is_no_fillet(child: list[tuple[float, float, float, float]]) -> None:
    plain, filleted = tube_geometry(cell(child)), tube_geometry(cell(child), least_fillet=0.1)
    assert filleted.positions.tolist() == plain.positions.tolist()
    assert filleted.radii.tolist() == plain.radii.tolist()


def test_a_neurite_that_leaves_the_side_of_a_long_body_stays_on_its_axis() -> None:
    rows = np.array([(-6, 0, 0, 12), (6, 0, 0, 12), (0, 0, 0, 6), (60, 60, 0, 6), (120, 120, 0, 6)], dtype=float)
    morphology = gm.Morphology(
        points=rows[:, :3],
        diameters=rows[:, 3],
        section_offsets=[0, 2, 5],
        section_parent=[-1, 0],
        section_parent_x=[0, 0.5],
        section_labels=("soma", "dend"),
    )
    geometry = tube_geometry(morphology, least_fillet=0.1)
    own = geometry.positions[geometry.section == 1]
    assert len(own) > 3  # there is a fillet
    np.testing.assert_allclose(own[:, 1], own[:, 0], atol=1e-4)


def test_a_thinner_section_that_continues_its_parent_begins_with_the_parents_width() -> None:
    rows = np.array([(-20, 0, 0, 6), (0, 0, 0, 6), (0, 0, 0, 2), (20, 0, 0, 2)], dtype=float)
    morphology = gm.Morphology(
        points=rows[:, :3],
        diameters=rows[:, 3],
        section_offsets=[0, 2, 4],
        section_parent=[-1, 0],
        section_parent_x=[0, 1],
        section_labels=("dend", "dend"),
    )
    geometry = tube_geometry(morphology, least_fillet=0.1)
    widths = [outline(geometry, x) for x in np.linspace(-10, 10, 2001)]
    angles = np.degrees(np.arctan(np.diff(widths) / 0.01))
    assert np.abs(np.diff(angles)).max() < 25  # of a bare neurite: 70°
    assert widths[-1] == pytest.approx(1.0, abs=1e-3)
    joint = np.flatnonzero((geometry.section[geometry.start] == 1) & (geometry.section[geometry.previous] == 0))
    assert geometry.radii[geometry.start[joint]].tolist() == [3.0]


def test_the_part_of_a_neurite_inside_its_parent_does_not_decide_where_it_grows_out() -> None:
    astray = [(-RADIUS + 0.2, 0, 0, 2), (0, 2, 0, 2), *dendrite(1.0)[1:]]
    geometry = tube_geometry(cell(astray), least_fillet=0.1)
    assert geometry.positions[geometry.section == 1, 0].min() > 0
    assert outline(geometry, RADIUS + 0.2) > 1.1  # its axis is a little away from the x axis


def test_circuits_have_the_fillets_of_their_cells() -> None:
    one = cell(dendrite(1.0), [(0, RADIUS, 0, 3), (0, 40, 0, 3)])
    circuit = gm.join_morphologies([one] * 3, translations=[(0, 0, 100.0 * k) for k in range(3)])
    whole, single = (
        circuit_geometry(CellGroups(circuit), least_fillet=0.1),
        circuit_geometry(CellGroups(one), least_fillet=0.1),
    )
    assert whole.n_vertices == 3 * single.n_vertices
    assert whole.n_segments == 3 * single.n_segments


def test_the_morphology_is_not_changed() -> None:
    morphology = cell(dendrite(1.0))
    before = morphology.points.copy(), morphology.diameters.copy()
    tube_geometry(morphology, least_fillet=0.1)
    assert morphology.points.tolist() == before[0].tolist()
    assert morphology.diameters.tolist() == before[1].tolist()
