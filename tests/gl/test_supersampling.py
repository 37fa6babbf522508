"""supersample=: the cell is drawn larger and averaged; widths and annotations keep their size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from reference import random_tree, straight_tube

from gpu_morph import (
    Camera,
    Clock,
    ColorBar,
    Highlight,
    Recording,
    Renderer,
    Scene,
    SynapseEvents,
    SynapseStyle,
    render_image,
)
from gpu_morph.errors import ContextError
from gpu_morph.image.yuv420 import Yuv420Planes
from gpu_morph.scene.picture_unit import picture_unit

TREE = random_tree(3, diameter=(0.3, 9.0))
RAMP = Recording(
    np.arange(5.0),
    np.linspace(0, 1, 5)[:, None] * np.linspace(0, 1, TREE.n_sections),
    section=np.arange(TREE.n_sections),
    position=np.full(TREE.n_sections, 0.5),
)
SIZE = (120, 100)
SIDE = Camera(azim=0, elev=0, center=(0, 0, 0), height=20)  # of a 100-pixel picture: 5 pixels per µm
FACTORS = [2, 4]


def ink(image: npt.NDArray[np.uint8]) -> float:
    """Black pixels on white."""
    return float((255 - image[..., 0].astype(float)).sum() / 255)


def shrunk(image: npt.NDArray[np.uint8], factor: int) -> npt.NDArray[np.float64]:
    """The mean of blocks of factor x factor pixels."""
    height, width, channels = image.shape
    blocks = image.reshape(height // factor, factor, width // factor, factor, channels)
    return blocks.astype(float).mean(axis=(1, 3))


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("options", [{}, {"highlight": Highlight(4, width=3.0)}, {"opacity": 0.5}])
def test_the_picture_is_the_mean_of_one_drawn_larger_with_larger_widths(factor: int, options: dict[str, Any]) -> None:
    scene = Scene(TREE, RAMP, clim=(0, 1), lighting=False, min_width=1.5, **options)
    large_size = SIZE[0] * factor, SIZE[1] * factor
    wider = factor * picture_unit(SIZE) / picture_unit(large_size)  # as many times more pixels
    highlight = scene.highlight and replace(scene.highlight, width=scene.highlight.width * wider)
    larger = replace(scene, min_width=1.5 * wider, highlight=highlight)
    large = render_image(larger, time=4.0, size=large_size)
    found = render_image(scene, time=4.0, size=SIZE, supersample=factor)
    np.testing.assert_allclose(found, shrunk(large, factor), atol=1.0)
    assert not np.array_equal(found, render_image(scene, time=4.0, size=SIZE))


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("thickness", [0.05, 1.0, 3.0])
def test_lines_keep_their_width(factor: int, thickness: float) -> None:
    tube = straight_tube((0, -7, -3), (0, 7, 4), diameter=thickness)
    scene = Scene(tube, color="black", lighting=False, camera=SIDE)
    one = ink(render_image(scene, size=(100, 100)))
    assert ink(render_image(scene, size=(100, 100), supersample=factor)) == pytest.approx(one, rel=0.02)


@pytest.mark.parametrize("factor", FACTORS)
def test_markers_keep_their_size(factor: int) -> None:
    events = SynapseEvents(np.zeros((1, 3)), [0], ("a",), event_synapse=[], event_time=[])
    least = 9.0 / picture_unit((100, 100))
    style = SynapseStyle(show_all=True, diameter=0.1, min_diameter=least, colors={"a": "black"})
    away = straight_tube((0, 500, 0), (0, 510, 0))
    scene = Scene(away, synapses=events, synapse_style=style, lighting=False, camera=SIDE)
    one, more = (render_image(scene, size=(100, 100), supersample=each, transparent=True) for each in (1, factor))
    assert more[..., 3].sum() == pytest.approx(one[..., 3].sum(), rel=0.02)
    assert one[..., 3].sum() / 255 == pytest.approx(np.pi / 4 * 81, rel=0.03)


def test_thin_lit_neurites_keep_the_colours_of_the_colormap() -> None:
    """A tube is lit as its width in the picture says, not its width as it is drawn."""
    tube = straight_tube((0, -7, -3), (0, 7, 4), diameter=0.2)  # one pixel
    flat, lit = (Scene(tube, color="#808080", lighting=lit, depth_cue=0, camera=SIDE) for lit in (False, True))
    flat, lit = (render_image(scene, size=(100, 100), supersample=4) for scene in (flat, lit))
    np.testing.assert_array_equal(lit, flat)


@pytest.mark.parametrize("factor", FACTORS)
def test_annotations_are_as_sharp_as_without(factor: int) -> None:
    scene = Scene(TREE, RAMP, clim=(0, 1), annotations=(ColorBar(), Clock()))
    size = (300, 240)
    boxes = scene.layout(size).boxes
    one, more = (render_image(scene, time=4.0, size=size, supersample=each) for each in (1, factor))
    assert boxes
    for box in boxes:
        area = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
        np.testing.assert_array_equal(more[area], one[area])


def test_edges_over_a_transparent_background_keep_their_colour() -> None:
    scene = Scene(straight_tube((0, -7, -3), (0, 7, 4), diameter=2.0), color="#d55e00", lighting=False, camera=SIDE)
    image = render_image(scene, size=(100, 100), transparent=True, supersample=4)
    is_edge = (image[..., 3] > 40) & (image[..., 3] < 255)
    assert np.count_nonzero(is_edge) > 50
    assert np.abs(image[is_edge][:, :3].astype(int) - (0xD5, 0x5E, 0x00)).max() <= 4  # alpha has 8 bits


@pytest.mark.parametrize("camera", [Camera(), Camera(azim_step=3.0), Camera(azim_step=3.0, projection="perspective")])
def test_frames_of_films_are_the_pictures_as_rgb_and_as_planes(camera: Camera) -> None:
    """The box of the cell alone is drawn for planes."""
    scene = Scene(TREE, RAMP, clim=(0, 1), camera=camera, annotations=(Clock(),))
    with Renderer(scene, (160, 120), supersample=2) as renderer:
        times = [0.0, 1.0, 2.0, 3.0, 4.0]
        frames = [*renderer.frames(times)]
        planes = [*renderer.frames(times, pixel_format="yuv420p")]
        singles = [renderer.render(time, frame=number) for number, time in enumerate(times)]
    for frame, plane, single in zip(frames, planes, singles, strict=True):
        np.testing.assert_array_equal(frame, single)
        expected = Yuv420Planes((160, 120), np.zeros(3, np.uint8))
        expected.put(np.arange(160 * 120), _packed(single))
        assert np.abs(plane.astype(int) - expected.base).max() <= 1


def _packed(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    from gpu_morph.image.packed import packed

    return packed(image.reshape(-1, 3))


@pytest.mark.parametrize("factor", [0, 3, 8, True, "2", 1.5, None])
def test_other_factors_are_refused(factor: Any) -> None:
    with pytest.raises(ValueError, match="supersample must be"):
        render_image(Scene(TREE), size=SIZE, supersample=factor)


def test_a_picture_that_opengl_cannot_draw_so_large_names_the_factor() -> None:
    with pytest.raises(ContextError, match="supersample=4"):
        render_image(Scene(TREE), size=(8000, 16), supersample=4)
