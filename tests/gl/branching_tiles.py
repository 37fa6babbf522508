"""Branchings of a cell, cut out and put side by side, and how far their pictures are from supersampled ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph import Camera, Morphology, Scene, render_image
from gpu_morph.render.geometry import scene_geometry

TIMES = 8  # pixels of the supersampled picture along the side of one


def branchings(morphology: Morphology, every: int = 1) -> dict[int, list[int]]:
    """Sections at whose ends others begin, and these; of every n-th such section."""
    found: dict[int, list[int]] = {}
    for section, (parent, position) in enumerate(
        zip(morphology.section_parent.tolist(), morphology.section_parent_x.tolist(), strict=True)
    ):
        if parent >= 0 and position > 0.99:
            found.setdefault(parent, []).append(section)
    return dict(sorted(found.items())[::every])


def tiles(morphology: Morphology, chosen: dict[int, list[int]], *, width: float, tile: int, seen: Camera) -> Morphology:
    """The chosen branchings as ``seen`` by a camera, whose x and y are pixels of a picture.

    The widest section of each is ``width`` pixels wide. Tiles are squares of ``tile`` pixels in rows and columns.
    """
    n_columns = _columns(len(chosen))
    points, diameters, offsets, parents = [], [], [0], []
    for number, (parent, children) in enumerate(chosen.items()):
        outwards = [_path(morphology, parent)[::-1], *(_path(morphology, child) for child in children)]
        joint, scale = outwards[0][0, :3], width / max(path[0, 3] for path in outwards)
        place = tile * np.array([number % n_columns + 0.5, -(number // n_columns) - 0.5, 0.0])
        at_parent = len(parents)
        for section, whole in zip([parent, *children], outwards, strict=True):
            path = _within(whole, joint, 0.5 * tile / scale)
            path = path[::-1] if section == parent else path
            points.append((path[:, :3] - joint) @ seen.axes.T * scale + place)
            diameters.append(path[:, 3] * scale)
            offsets.append(offsets[-1] + len(path))
            parents.append(-1 if section == parent else at_parent)
    return Morphology(
        np.concatenate(points),
        np.concatenate(diameters),
        offsets,
        parents,
        [1.0] * len(parents),
        ["dend"] * len(parents),
    )


def differences(
    cut: Morphology, monkeypatch: pytest.MonkeyPatch, *, n_tiles: int, width: float, tile: int
) -> tuple[npt.NDArray[np.float64], int]:
    """Levels by which pixels near branchings are darker than in the supersampled picture, and how many show an edge."""
    n_columns = _columns(n_tiles)
    size = (n_columns * tile, -(-n_tiles // n_columns) * tile)
    camera = Camera(azim=-90, elev=90, center=(size[0] / 2, -size[1] / 2, 0), height=size[1])
    scene = Scene(cut, color="black", lighting=False, min_width=0, camera=camera)
    found = render_image(scene, size=size)[..., 0].astype(float)
    # A larger picture has fillets that cannot be seen in the small one.
    with monkeypatch.context() as patch:
        patch.setattr(scene_geometry, "_LEAST_FILLET", TIMES * scene_geometry._LEAST_FILLET)
        large = render_image(scene, size=(TIMES * size[0], TIMES * size[1]))[..., 0]
    expected = large.reshape(size[1], TIMES, size[0], TIMES).mean(axis=(1, 3))
    y, x = np.mgrid[: size[1], : size[0]] + 0.5
    is_near = np.hypot(x % tile - tile / 2, y % tile - tile / 2) < 1.5 * width + 4
    return np.where(is_near, expected - found, 0.0), int((is_near & (expected > 2) & (expected < 253)).sum())


def _columns(n_tiles: int) -> int:
    return int(np.ceil(np.sqrt(n_tiles)))


def _path(morphology: Morphology, section: int) -> npt.NDArray[np.float64]:
    """x, y, z and diameter of a section's points."""
    first, stop = morphology.section_offsets[section : section + 2].tolist()
    return np.column_stack([morphology.points[first:stop], morphology.diameters[first:stop]]).astype(float)


def _within(path: npt.NDArray[np.float64], joint: npt.NDArray[np.float64], reach: float) -> npt.NDArray[np.float64]:
    """A path from a joint outwards, up to where it is farther than ``reach`` from the joint."""
    away = np.linalg.norm(path[:, :3] - joint, axis=1)
    beyond = np.flatnonzero(away[1:] > reach)
    if not len(beyond):
        return path
    last = int(beyond[0])
    fraction = (reach - away[last]) / (away[last + 1] - away[last])
    return np.vstack([path[: last + 1], path[last] + fraction * (path[last + 1] - path[last])])
