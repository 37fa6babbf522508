"""The geometry of circuits is made a few cells at a time: the same as at once, in little memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import fields

import numpy as np
import pytest

from gpu_morph.data.demo import demo_cell
from gpu_morph.data.derived_morphology import join_morphologies
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.value_map import map_values, value_breakpoints
from gpu_morph.render.geometry.cell_groups import CellGroups
from gpu_morph.render.geometry.circuit_geometry import circuit_geometry
from gpu_morph.render.geometry.end_attachment import attached_at_ends
from gpu_morph.render.geometry.tube_geometry import TubeGeometry, tube_geometry
from gpu_morph.render.geometry.vertices import Breakpoints
from gpu_morph.scene.camera import Camera
from gpu_morph.scene.point_values import PointValues, point_recording

N_CELLS = 100


@pytest.fixture(scope="module")
def cell() -> tuple[Morphology, Recording]:
    return demo_cell()


@pytest.fixture(scope="module")
def circuit(cell: tuple[Morphology, Recording]) -> Morphology:
    return copies(cell[0])


@pytest.fixture(scope="module")
def recording(cell: tuple[Morphology, Recording], circuit: Morphology) -> Recording:
    one = cell[1]
    section = one.section + cell[0].n_sections * np.arange(N_CELLS)[:, None]
    values = np.zeros((2, section.size), dtype=np.float32)
    return Recording([0, 1], values, section=section.ravel(), position=np.tile(one.position, N_CELLS))


def copies(morphology: Morphology) -> Morphology:
    return join_morphologies([morphology] * N_CELLS, translations=np.arange(3 * N_CELLS).reshape(-1, 3) * 10.0)


def breakpoints_of(recording: Recording, morphology: Morphology) -> Breakpoints:
    return Breakpoints(*value_breakpoints(recording, morphology, interpolation="linear", step=0.1))


def assert_same(one: TubeGeometry, other: TubeGeometry) -> None:
    for field in fields(TubeGeometry):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        assert mine.dtype == theirs.dtype
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-9, err_msg=field.name)


def test_cells_in_parts_have_the_geometry_of_all_together(monkeypatch, circuit, recording):
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 40_000)
    breakpoints, together = breakpoints_of(recording, circuit), attached_at_ends(circuit)
    assert_same(circuit_geometry(CellGroups(circuit, breakpoints)), tube_geometry(together, breakpoints=breakpoints))
    assert_same(circuit_geometry(CellGroups(circuit)), tube_geometry(together))


def test_breakpoints_may_come_in_any_order(monkeypatch, circuit, recording):
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 40_000)
    breakpoints = breakpoints_of(recording, circuit)
    shuffled = np.random.default_rng(0).permutation(len(breakpoints.section))
    other = Breakpoints(breakpoints.section[shuffled], breakpoints.position[shuffled])
    assert_same(circuit_geometry(CellGroups(circuit, other)), circuit_geometry(CellGroups(circuit, breakpoints)))


def test_simplified_cells_in_parts_equal_single_ones(monkeypatch, cell, circuit):
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 1)
    simple = circuit_geometry(CellGroups(circuit), tolerance=1.0, longest=20.0)
    one = tube_geometry(cell[0], tolerance=1.0, longest=20.0)
    assert simple.n_segments == pytest.approx(N_CELLS * one.n_segments, rel=0.02)  # coordinates are rounded elsewhere
    assert simple.section.max() == circuit.n_sections - 1
    assert np.array_equal(simple.section[simple.start], simple.section[simple.end])


@pytest.mark.parametrize("n_threads", [1, 3])
def test_groups_that_are_kept_give_the_geometry_of_new_ones_for_pixels_of_any_size(monkeypatch, n_threads, cell):
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 1)
    monkeypatch.setattr("gpu_morph.render.geometry.circuit_geometry.n_threads", lambda: n_threads)
    few = join_morphologies([cell[0]] * 5, translations=np.arange(15).reshape(-1, 3) * 10.0)
    breakpoints = Breakpoints(np.arange(few.n_sections), np.full(few.n_sections, 0.3))
    kept = CellGroups(few, breakpoints, keeps=True)
    sizes = (2.0, 0.5)
    found = [
        [circuit_geometry(groups, tolerance=0.2, longest=4.0, pixel_size=lambda _, size=size: size) for size in sizes]
        for groups in (kept, CellGroups(few, breakpoints))
    ]
    for mine, theirs in zip(*found, strict=True):
        assert_same(mine, theirs)
    assert found[0][0].n_segments < found[0][1].n_segments
    assert found[0][1].section.max() == few.n_sections - 1


def test_sections_of_a_cell_may_be_anywhere(monkeypatch, cell):
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 1)
    lines = Morphology(
        [[0, 0, 0], [9, 0, 0], [0, 50, 0], [9, 50, 0], [9, 0, 0], [18, 0, 0], [9, 50, 0], [18, 50, 0]],
        np.ones(8),
        [0, 2, 4, 6, 8],
        [-1, -1, 0, 1],
        [0, 0, 1, 1],
        ("dend",) * 4,
        [0, 1, 0, 1],
    )
    assert_same(circuit_geometry(CellGroups(lines)), tube_geometry(lines))


def test_distant_cells_have_fewer_segments(monkeypatch, cell):
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 1)
    near_and_far = join_morphologies([cell[0]] * 2, translations=[(0, -2000, 0), (0, 2000, 0)])
    camera = Camera(azim=-90, elev=0, projection="perspective", fov=60).fitted(near_and_far, (800, 600))
    found = circuit_geometry(
        CellGroups(near_and_far),
        tolerance=0.2,
        longest=4.0,
        pixel_size=lambda part: camera.nearest_pixel(part, (800, 600)),
    )
    of_cell = near_and_far.section_cell[found.section[found.end]]
    near, far = np.count_nonzero(of_cell == 0), np.count_nonzero(of_cell == 1)
    assert far < 0.8 * near
    orthographic = Camera(azim=-90, elev=0).fitted(near_and_far, (800, 600))
    assert orthographic.nearest_pixel(near_and_far, (800, 600)) == orthographic.height / 600


def test_cells_out_of_view_are_left_out(monkeypatch, cell, circuit):
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 1)
    camera = Camera(azim=-90, elev=0, center=(250, 250, 250), height=400.0)

    def pixel_size(part: Morphology) -> float | None:
        return 1.0 if camera.sees(part, (400, 400), margin=0) else None

    found = circuit_geometry(CellGroups(circuit), pixel_size=pixel_size)
    cells = np.unique(circuit.section_cell[found.section])
    x, y = camera.project(circuit.points, (400, 400)).T
    is_inside = (x > 0) & (x < 400) & (y > 0) & (y < 400)
    seen = np.unique(circuit.section_cell[circuit.point_section[is_inside]])
    assert set(seen) <= set(cells)
    assert len(cells) < N_CELLS
    assert circuit_geometry(CellGroups(circuit), pixel_size=lambda _: None).n_segments > 0


# Memory: bytes for each segment of the morphology, as Python and numpy count them


@pytest.fixture
def traced() -> Iterator[Callable[[], float]]:
    """A function that gives the most bytes in use since its last call."""
    tracemalloc.start()

    def peak() -> float:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        return most

    yield peak
    tracemalloc.stop()


def test_joining_a_circuit_takes_little_more_memory_than_the_circuit(cell, traced):
    circuit = copies(cell[0])
    assert traced() < 22 * circuit.n_points


def test_fitting_a_camera_takes_little_memory(circuit, traced):
    Camera().fitted(circuit, (1920, 1080)).nearest_pixel(circuit, (1920, 1080))
    assert traced() < 16 * circuit.n_points + 15e6  # what a part takes, however many there are


def test_making_a_circuits_geometry_takes_little_more_memory_than_the_geometry(monkeypatch, circuit, recording, traced):
    monkeypatch.setattr("gpu_morph.render.geometry.cell_groups._POINTS_AT_ONCE", 40_000)
    geometry = circuit_geometry(CellGroups(circuit, breakpoints_of(recording, circuit)))
    n_bytes = sum(getattr(geometry, field.name).nbytes for field in fields(geometry))
    assert traced() < 1.3 * n_bytes + 40e6


def test_making_a_value_map_takes_little_more_memory_than_the_map(circuit, recording, traced):
    section, position = circuit.point_section, circuit.positions_along(np.float32)
    traced()
    before, _ = tracemalloc.get_traced_memory()
    mapped = map_values(recording, section, position)
    n_bytes = mapped.before.nbytes + mapped.after.nbytes + mapped.weight.nbytes
    assert traced() - before < n_bytes + 15e6


def test_making_a_recording_of_point_values_takes_little_memory(circuit, traced):
    values = np.zeros(circuit.n_points, dtype=np.float32)
    traced()
    point_recording(PointValues(values), circuit)
    assert traced() < 24 * circuit.n_points + 15e6
