"""Surfaces of parents: quadrics that are exact for spheres, cylinders and cones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tube_cells import cell

from gpu_morph.render.geometry.fillet_surfaces import surfaces_at
from gpu_morph.render.geometry.parent_surfaces import distances, parent_surface
from gpu_morph.render.geometry.tube_geometry import tube_geometry

SLOPE = 0.2
PARENTS = {
    "sphere": [(0, 0, 0, 8)],
    "cylinder": [(0, -20, 0, 5), (0, 20, 0, 5)],
    "cone": [(0, y, 0, (10 - SLOPE * y) / np.hypot(1, SLOPE)) for y in (-20, 0, 20)],
}


def radius(parent: str, along: float) -> float:
    """Of the surface around the axis."""
    return {"sphere": float(np.sqrt(64 - along**2)), "cylinder": 5.0, "cone": 10 - SLOPE * along}[parent]


@pytest.mark.parametrize("parent", PARENTS)
def test_distances_from_the_surface_are_those_of_the_body(parent: str) -> None:
    spheres = np.array(PARENTS[parent], dtype=float)
    site = np.array([radius(parent, 1.0), 1.0, 0.0])
    surface = parent_surface(spheres, spheres[len(spheres) // 2, :3], site, 2.0, 1.5)
    assert surface[3] == 1.5
    on_it = [
        (radius(parent, along) * np.cos(angle), along, radius(parent, along) * np.sin(angle))
        for along in (-1.0, 0.5, 2.0)
        for angle in (0.0, 1.0, 2.5)
    ]
    many = np.tile(surface, (len(on_it), 1))
    assert distances(many, np.array(on_it)) == pytest.approx(0, abs=0.02)
    slope = SLOPE if parent == "cone" else 0.0
    outward = np.array([1.0, slope, 0.0]) / np.hypot(1, slope)
    beside = np.array([radius(parent, 0.0), 0.0, 0.0]) + 0.5 * outward
    assert distances(surface[None], beside[None]) == pytest.approx(0.5, abs=0.05)


def test_vertices_after_those_of_all_sections_change_no_surface() -> None:
    soma, dendrite = [[-8, 0, 0], [0, 0, 0], [8, 0, 0]], [[0, 8, 0], [0, 20, 0], [0, 40, 0]]
    morphology = cell(soma, dendrite, parent=[-1, 0], parent_x=[1, 0.5], diameters=[16] * 3 + [3] * 3)
    geometry = tube_geometry(morphology, least_fillet=0.0)
    assert geometry.grown.tolist() == [1]
    again = np.arange(geometry.n_vertices)[geometry.section == 0].repeat(geometry.n_vertices)
    longer = replace(
        geometry,
        **{
            name: np.concatenate([getattr(geometry, name), getattr(geometry, name)[again]])
            for name in ("positions", "radii", "section", "section_position")
        },
    )
    segments = np.arange(geometry.n_segments)
    surfaces = surfaces_at(geometry, segments)
    assert surfaces.any()
    assert np.array_equal(surfaces_at(longer, segments), surfaces)
