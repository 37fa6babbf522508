"""Numpy mirrors of the shaders for tubes, and random trees."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gpu_morph import Camera, Morphology
from gpu_morph.render.geometry.tube_geometry import tube_geometry


def straight_tube(*points: tuple[float, float, float], diameter: float | list[float] = 2.0) -> Morphology:
    """One section through the given points, µm."""
    return Morphology(
        points=np.array(points),
        diameters=np.broadcast_to(diameter, len(points)),
        section_offsets=[0, len(points)],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("dend",),
    )


def random_tree(seed: int, *, n_sections: int = 24, diameter: tuple[float, float] = (0.6, 6.0)) -> Morphology:
    """A seeded tree of wandering, tapering sections; every section starts at its parent's end."""
    rng = np.random.default_rng(seed)
    points, diameters, parents = [], [], []
    for k in range(n_sections):
        parent = -1 if k == 0 else int(rng.integers(max(0, k - 6), k))
        start = np.zeros(3) if parent < 0 else points[parent][-1]
        width = rng.uniform(*diameter) if parent < 0 else diameters[parent][-1]
        n = int(rng.integers(4, 14))
        heading = rng.normal(size=3)
        steps = np.cumsum(heading / np.linalg.norm(heading) + 0.35 * rng.normal(size=(n, 3)), axis=0)
        points.append(np.vstack([start, start + steps * rng.uniform(4, 9)]))
        end_width = rng.uniform(*diameter)
        diameters.append(np.linspace(width, end_width, n + 1))
        parents.append(parent)
    return Morphology(
        points=np.concatenate(points),
        diameters=np.concatenate(diameters),
        section_offsets=np.cumsum([0, *map(len, points)]),
        section_parent=parents,
        section_parent_x=np.ones(n_sections),
        section_labels=("dend",) * n_sections,
    )


def round_cone_distance(
    p: npt.NDArray[np.float64],
    start: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
    radii: tuple[float, float],
) -> npt.NDArray[np.float64]:
    """Signed distance of 2-d points from the hull of two discs; mirror of ``silhouette`` in round_cone.glsl."""
    span = np.linalg.norm(end - start)
    along = (end - start) / span if span > 1e-9 else np.array([1.0, 0.0])
    x, y = (p - start) @ along, np.abs((p - start) @ np.array([-along[1], along[0]]))
    slope = (radii[0] - radii[1]) / max(span, 1e-6)
    if abs(slope) < 1:
        fraction = np.clip((x - slope * y / np.sqrt(1 - slope**2)) / max(span, 1e-6), 0, 1)
    else:  # one end's disc contains the other's
        fraction = np.full(x.shape, float(slope < 0))
    return np.hypot(x - fraction * span, y) - (radii[0] + fraction * (radii[1] - radii[0]))


def coverage(
    morphology: Morphology, camera: Camera, size: tuple[int, int], *, min_width: float = 0.0, samples: int = 6
) -> npt.NDArray[np.float64]:
    """(height, width) fraction of each pixel that tubes cover, by ``samples`` x ``samples`` points in it."""
    geometry = tube_geometry(morphology)
    pixels = camera.project(geometry.positions, size)
    depth = camera.view_coordinates(geometry.positions)[:, 2]
    scale = size[1] / camera.height / (1 - depth / camera.eye_distance)
    radii = np.maximum(geometry.radii * scale, min_width / 2)
    hit = np.zeros((size[1] * samples, size[0] * samples), dtype=bool)
    for a, b in zip(geometry.start, geometry.end, strict=True):
        radius = max(radii[a], radii[b])
        low = np.floor((np.minimum(pixels[a], pixels[b]) - radius) * samples).astype(int).clip(0)
        high = np.ceil((np.maximum(pixels[a], pixels[b]) + radius) * samples).astype(int) + 1
        high = np.minimum(high, (size[0] * samples, size[1] * samples))
        if np.any(high <= low):
            continue
        x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        p = (np.stack([x, y], axis=-1) + 0.5) / samples
        inside = round_cone_distance(p, pixels[a], pixels[b], (radii[a], radii[b])) <= 0
        hit[low[1] : high[1], low[0] : high[0]] |= inside
    return hit.reshape(size[1], samples, size[0], samples).mean(axis=(1, 3))


def visible_fraction(
    p: npt.NDArray[np.float64], start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], radii: tuple[float, float]
) -> npt.NDArray[np.float64]:
    """The fraction along the axis whose sphere is nearest to the viewer at 2-d points; NaN outside the silhouette.

    By trying 2,001 spheres: what ``visible_surface`` of round_cone.glsl solves. ``start`` and ``end`` are
    (x, y, height towards the viewer).
    """
    fractions = np.linspace(0, 1, 2001)
    centers = start + fractions[:, None] * (end - start)
    radius = radii[0] + fractions * (radii[1] - radii[0])
    squared_height = radius**2 - np.sum((p[:, None, :] - centers[None, :, :2]) ** 2, axis=2)
    height = np.where(squared_height >= 0, centers[:, 2] + np.sqrt(np.maximum(squared_height, 0)), -np.inf)
    return np.where(np.isfinite(height.max(axis=1)), fractions[height.argmax(axis=1)], np.nan)
