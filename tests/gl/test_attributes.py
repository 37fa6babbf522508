"""The attributes that compute shaders fill equal those that numpy makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from reference import random_tree

from gpu_morph import Recording, Scene
from gpu_morph.data.sampling import Sample
from gpu_morph.render.geometry.tube_geometry import TubeGeometry, tube_geometry
from gpu_morph.render.gpu.context import current_context
from gpu_morph.render.vertex_values import RecordingRows, VertexValues

CELL = random_tree(5)
NAN = np.nan


@pytest.fixture
def resources() -> Iterator[ExitStack]:
    """Frees what it is given; skips where OpenGL has no compute shaders."""
    if current_context().gl_version < (4, 3):
        pytest.skip("needs OpenGL 4.3")
    with ExitStack() as stack:
        yield stack


def content(buffer: Any, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    from OpenGL import GL

    result = np.empty(buffer.n_bytes, dtype=np.uint8)
    GL.glMemoryBarrier(GL.GL_BUFFER_UPDATE_BARRIER_BIT)
    GL.glBindBuffer(GL.GL_COPY_READ_BUFFER, buffer.name)
    GL.glGetBufferSubData(GL.GL_COPY_READ_BUFFER, 0, result.nbytes, result)
    return result.view(dtype)


# Order


@pytest.mark.parametrize("n", [1, 255, 4096, 4097, 20_000])
@pytest.mark.parametrize("spread", [0.0, 1e-4, 300.0])
def test_instances_are_sorted_from_far_to_near_and_equal_ones_keep_their_order(
    resources: ExitStack, n: int, spread: float
) -> None:
    from gpu_morph.render.gpu.buffers import Buffer
    from gpu_morph.render.gpu.depth_sort import DepthSort, SortedInstances

    rng = np.random.default_rng(n)
    positions = np.zeros((2 * n, 4), dtype=np.float32)
    positions[:, :3] = rng.normal(scale=spread, size=(2 * n, 3))
    vertices = rng.permutation(2 * n).astype(np.int32).reshape(n, 2)[:, [0, 0, 1, 1]]
    axis = np.array([0.6, 0.0, 0.8])
    extent = float(np.linalg.norm(positions[:, :3], axis=1).max())
    buffer, instances = Buffer(positions), SortedInstances(vertices)
    sort = DepthSort(buffer, extent)
    for part in (buffer, instances, sort):
        resources.callback(part.delete)
    for direction in (axis, -axis):
        sort(instances, direction)
        order = content(instances.order, np.uint32).astype(np.int64)
        np.testing.assert_array_equal(np.sort(order), np.arange(n))
        depth = (positions[vertices[:, 1], :3] + positions[vertices[:, 2], :3]) @ direction
        assert np.all(np.diff(depth[order]) >= -4.1 * extent / 65535)  # a step of the keys
        keys = content(instances.keys, np.uint32).astype(np.int64)
        np.testing.assert_array_equal(order, np.argsort(keys, kind="stable"))


# Values


def recording(values: npt.ArrayLike, *, columns: int = 5, name: str = "v") -> Recording:
    values = np.asarray(values, dtype=np.float32)
    section = np.arange(columns, dtype=np.int32) // 2
    position = np.where(np.arange(columns) % 2, 0.9, 0.1)
    return Recording(np.arange(len(values), dtype=float), values, section=section, position=position, name=name)


def made(resources: ExitStack, shown: Recording | None, **options: Any) -> Callable[[Sample | None], list[Any]]:
    """A function that gives the values of the segments' ends for a sample, filled by numpy and on the GPU."""
    from gpu_morph.render.gpu.attributes import ComputedAttributes, UploadedAttributes
    from gpu_morph.render.gpu.segment_batches import Ribbons

    scene = Scene(CELL, shown, **options)
    geometry: TubeGeometry = tube_geometry(CELL)
    values = VertexValues.of_scene(scene, RecordingRows(scene, scene.coloring), geometry)
    vertices = np.column_stack([geometry.positions, geometry.radii])
    pairs = []
    for kind in (UploadedAttributes, ComputedAttributes):
        batch, attributes = Ribbons(geometry, np.arange(geometry.n_segments)), kind(vertices, values)
        resources.callback(batch.delete)
        resources.callback(attributes.delete)
        attributes.sort([batch], np.array([0.0, 0.0, 1.0]))
        pairs.append((batch, attributes))

    def filled(sample: Sample | None) -> list[Any]:
        results = []
        for batch, attributes in pairs:
            attributes.show(sample)
            attributes.fill([batch])
            # The two sort with different steps, so that instances are put in one order here.
            rows = np.column_stack(
                [content(batch.geometry, np.float32).reshape(-1, 28), content(batch.values, np.float32).reshape(-1, 5)]
            )
            results.append(rows[np.lexsort(rows[:, :28].T)])
        return results

    return filled


RAMP = np.array([[-70, -60, -50, 0, 40], [10, 20, -30, 5, 6], [-90, 0, 3e38, 7, 8]], dtype=np.float32)
HOLES = np.array([[-70, NAN, NAN, 0, 40], [NAN, 20, -30, NAN, 6], [-90, np.inf, -np.inf, 7, NAN]], dtype=np.float32)


@pytest.mark.parametrize("values", [RAMP, HOLES], ids=["ramp", "holes"])
@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
def test_values_equal_those_of_numpy(resources: ExitStack, values: npt.NDArray[np.float32], interpolation: str) -> None:
    filled = made(resources, recording(values), interpolation=interpolation, clim=(-80, 40))
    for sample in (
        Sample(0, 0, 0.0),
        Sample(1, 1, 0.0),
        Sample(0, 1, 0.3),
        Sample(1, 2, 0.75),
        Sample(0, 2, 0.0),
        Sample(2, 2, 0.0),
        Sample(0, 0, 0.0),
    ):
        expected, got = filled(sample)
        np.testing.assert_array_equal(got[:, :28], expected[:, :28])
        np.testing.assert_allclose(got[:, 28:], expected[:, 28:], rtol=2e-6)
    assert np.isnan(expected[:, 28:]).any()  # sections without compartments
    assert np.isfinite(expected[:, 28:]).any()


def test_highlighted_vertices_have_the_highlights_value(resources: ExitStack) -> None:
    from gpu_morph import Highlight
    from gpu_morph.scene.colormaps import HIGHLIGHTED

    expected, got = made(resources, recording(RAMP), highlight=Highlight([1], style="color"), clim=(-80, 40))(
        Sample(0, 0, 0.0)
    )
    assert (expected[:, 28:] == np.float32(HIGHLIGHTED)).any()
    np.testing.assert_allclose(got, expected, rtol=2e-6)


def test_without_a_recording_all_values_are_zero(resources: ExitStack) -> None:
    _, got = made(resources, None, color="red")(None)
    assert not got[:, 28:].any()


def test_a_row_is_uploaded_once(resources: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    from gpu_morph.render.gpu.buffers import Buffer

    filled = made(resources, recording(RAMP), clim=(-80, 40))
    uploads: list[int] = []
    upload = Buffer.upload
    monkeypatch.setattr(Buffer, "upload", lambda self, array: (uploads.append(array.nbytes), upload(self, array))[1])
    for sample in (Sample(0, 1, 0.2), Sample(0, 1, 0.6), Sample(1, 2, 0.1)):
        filled(sample)
    assert [n for n in uploads if n == RAMP[0].nbytes] == [RAMP[0].nbytes] * 3
