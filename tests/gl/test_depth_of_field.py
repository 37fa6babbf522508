"""Depth of field: what is out of focus becomes the disc that a thin lens makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from reference import straight_tube

import gpu_morph as gm
from gpu_morph import Camera, Renderer, Scene, render_image
from gpu_morph.render.geometry.kept_geometry import KeptGeometry
from gpu_morph.scene.lens import blur_diameters

SIZE = (160, 120)
CAMERA = Camera(
    azim=-90, elev=0, center=(0, 0, 0), height=100, projection="perspective", fov=40, aperture=30, focus=(0, 0, 0)
)


def drawn(shown: gm.Morphology, camera: Camera = CAMERA, **changes: Any) -> npt.NDArray[np.float64]:
    """(height, width) coverage."""
    scene = Scene(shown, color="black", camera=camera, style="flat", **({"min_width": 0} | changes))
    return render_image(scene, size=SIZE, transparent=True)[..., 3] / 255


def ball(at: tuple[float, float, float], diameter: float = 3.0) -> gm.Morphology:
    return straight_tube(at, (at[0], at[1] + 1e-3, at[2]), diameter=diameter)


@pytest.mark.parametrize("at", [(0, -60, 0), (12, -50, 9), (-30, 90, 14)], ids=["near", "near, aside", "far"])
def test_a_ball_becomes_a_disc_as_wide_as_a_thin_lens_makes_it(at: tuple[float, float, float]) -> None:
    sharp, blurred = drawn(ball(at), replace(CAMERA, aperture=0)), drawn(ball(at))
    expected = blur_diameters(CAMERA, np.array([at]), SIZE)[0]
    assert expected > 14
    y, x = np.mgrid[: SIZE[1], : SIZE[0]] + 0.5

    def moments(picture: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The sum, the middle and the variances along both axes."""
        total = picture.sum()
        middle = [(picture * along).sum() / total for along in (x, y)]
        spread = [(picture * (along - at) ** 2).sum() / total for along, at in zip((x, y), middle, strict=True)]
        return np.array([total, *middle, *spread])

    found, own = moments(blurred), moments(sharp)
    assert found[0] == pytest.approx(own[0], rel=0.03)
    np.testing.assert_allclose(found[1:3], own[1:3], atol=0.3)
    # The variance of an even disc is (diameter / 4)^2 along each axis; that of the ball itself is added.
    np.testing.assert_allclose(4 * np.sqrt(found[3:] - own[3:]), expected, rtol=0.03)
    # Even, without copies of the ball.
    disc = np.hypot(x - found[1], y - found[2]) < expected / 2 - 4
    level = own[0] / (np.pi / 4 * expected**2)
    assert np.abs(blurred[disc] - level).max() < 0.3 * level + 3 / 255


def test_a_line_out_of_focus_is_an_even_band() -> None:
    """Across the band, coverage is that of a disc's chords."""
    near = straight_tube((-90, -50, 0), (90, -50, 3), diameter=1.2)
    across = drawn(near)[:, 40:120]
    discs = blur_diameters(CAMERA, np.array([[0.0, -50, 0]]), SIZE)[0]
    middle = (np.arange(SIZE[1]) + 0.5) @ across / across.sum(axis=0)
    place = (np.arange(SIZE[1])[:, None] + 0.5 - middle) / (discs / 2)
    chords = across.sum(axis=0) * 4 / np.pi / discs * np.sqrt(np.clip(1 - place**2, 0, None))
    inside = np.abs(place) < 0.85
    assert np.abs(across - chords)[inside].max() < 12 / 255
    assert (across - chords)[inside].std() < 4 / 255


def test_what_is_in_focus_stays_sharp_beside_what_is_not() -> None:
    level = (-40, 0, -20), (40, 0, 25)
    sharp = replace(CAMERA, aperture=0)
    tube = straight_tube(*level, diameter=5.0)
    lit = {"color": "orange", "camera": CAMERA, "annotations": (gm.ScaleBar(),)}
    pictures = [render_image(Scene(tube, **(lit | {"camera": one})), size=SIZE).astype(int) for one in (CAMERA, sharp)]
    assert np.abs(pictures[0] - pictures[1]).max() < 40  # a lens sees a little more of the sides
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.5
    np.testing.assert_array_equal(pictures[0][-14:, -60:], pictures[1][-14:, -60:])  # the scale bar
    flat = drawn(straight_tube(*level, diameter=1.5)), drawn(straight_tube(*level, diameter=1.5), sharp)
    assert np.abs(flat[0] - flat[1]).max() < 0.03


def test_everything_that_is_drawn_is_blurred() -> None:
    """Meshes and markers as neurites; in front of and behind each other."""
    tube = straight_tube((-10, 0, -30), (-10, 0, 30), diameter=2.0)
    square = gm.Mesh([[0, -50, 0], [6, -50, 0], [6, -50, 6], [0, -50, 6]], [[0, 1, 2], [0, 2, 3]], color="red")
    synapses = gm.SynapseEvents([[20, -50, 20]], [0], ["a"], [0], [0.0])
    scene = Scene(
        tube,
        color="black",
        camera=CAMERA,
        style="flat",
        meshes=[square],
        synapses=synapses,
        synapse_style=gm.SynapseStyle(show_all=True, diameter=4, colors={"a": "blue"}),
    )
    shown = [255 - render_image(one, size=SIZE).astype(float) for one in (scene, replace(scene, camera=_sharp(scene)))]
    blurred, sharp = ((picture[..., 1] - picture[..., 0], picture[..., 1] - picture[..., 2]) for picture in shown)
    for wide, narrow in zip(blurred, sharp, strict=True):
        assert wide[wide > 0].sum() == pytest.approx(narrow[narrow > 0].sum(), rel=0.08)
        assert (wide > 2).sum() > 3 * (narrow > 2).sum()


def _sharp(scene: Scene) -> Camera:
    assert isinstance(scene.camera, Camera)
    return replace(scene.camera, aperture=0.0)


@pytest.mark.parametrize(("step", "style"), [(0.0, None), (25.0, None), (25.0, "cover"), (0.0, "glow")])
def test_frames_of_films_are_pictures_in_any_order_and_part(step: float, style: Any) -> None:
    cell = straight_tube((0, -30, -30), (0, 40, 30), diameter=6.0)
    values = [[-80.0, 20.0], [0.0, -40.0], [40.0, 40.0]]
    recording = gm.Recording([0, 1, 2], values, section=[0, 0], position=[0, 1], name="v", unit="mV")
    camera = replace(CAMERA, aperture=6, azim_step=step)
    scene = Scene(cell, recording, clim=(-80, 40), camera=camera, style=style, annotations=(gm.Clock(),))
    with Renderer(scene, (96, 72)) as renderer:
        whole = list(renderer.frames([0, 1, 2]))
    with Renderer(scene, (96, 72)) as renderer:
        part = list(renderer.frames([1, 2], numbers=[1, 2]))
        picture = renderer.render(1, frame=1)
    for one, other in zip([*part, picture], [*whole[1:], whole[1]], strict=True):
        np.testing.assert_array_equal(one, other)
    assert len({frame.tobytes() for frame in whole}) == 3


def test_along_a_path_the_focus_moves_and_panels_show_what_a_scene_does() -> None:
    cell = gm.join_morphologies([ball((-20, -30, 0), 6), ball((20, 40, 0), 6)])
    near, far = (replace(CAMERA, focus=focus) for focus in ((0, -30, 0), (0, 40, 0)))
    scene = Scene(cell, color="black", style="flat", camera=gm.CameraPath([(0, near), (1, far)], easing="linear"))
    with Renderer(scene, SIZE) as renderer:
        first, half, last = (renderer.render(second=second) for second in (0, 0.5, 1))

    def is_dark(picture: Any) -> tuple[bool, bool]:
        left, right = picture[:, :80, 0].min() < 20, picture[:, 80:, 0].min() < 20
        return bool(left), bool(right)

    assert [is_dark(picture) for picture in (first, half, last)] == [(True, False), (False, False), (False, True)]
    still = replace(scene, camera=near)
    panels = gm.Panels([[still, replace(still, camera=_sharp(still))]], gap=0)
    image = render_image(panels, size=(2 * SIZE[0], SIZE[1]))
    assert [is_dark(image[:, : SIZE[0]]), is_dark(image[:, SIZE[0] :])] == [(True, False), (True, True)]


def test_an_aperture_that_opens_for_a_moment_blurs() -> None:
    sharp = replace(CAMERA, aperture=0.0)
    moment = [(0, sharp), (1.0, sharp), (1.02, CAMERA), (1.2, CAMERA), (1.22, sharp), (10, sharp)]
    shown = ball((0, 0, 20))
    with Renderer(Scene(shown, camera=gm.CameraPath(moment)), SIZE) as renderer:
        found = renderer.render(None, second=1.1)
    always = gm.CameraPath([(0, CAMERA), (10, CAMERA)])
    with Renderer(Scene(shown, camera=always), SIZE) as renderer:
        np.testing.assert_array_equal(found, renderer.render(None, second=1.1))


def test_cells_and_segments_beside_the_picture_are_seen_where_they_are_blurred_into_it() -> None:
    beside = straight_tube((36, -70, -10), (36, -70, 10), diameter=3.0)
    cell = gm.join_morphologies([straight_tube((0, 0, 0), (0, 0, 5)), beside])
    assert drawn(cell, replace(CAMERA, aperture=0))[:, 140:].max() == 0
    edge = drawn(cell)[:, 150:]
    assert edge.max() > 0.01
    wider = render_image(  # of which the picture is the middle
        Scene(cell, color="black", min_width=0, style="flat", camera=replace(CAMERA, height=100)),
        size=(240, 120),
        transparent=True,
    )[:, 40:200, 3]
    assert np.abs(edge - wider[:, 150:] / 255).max() < 0.02


def test_previews_are_sharp_and_kept_geometry_serves_both() -> None:
    scene = Scene(ball((0, -60, 0), 6), color="black", camera=CAMERA)
    with KeptGeometry().used(), Renderer(scene, SIZE) as renderer:
        sharp = render_image(replace(scene, camera=_sharp(scene)), size=SIZE)
        np.testing.assert_array_equal(renderer.preview(None, renderer.camera), sharp)
        assert (renderer.render() != sharp).any()
        np.testing.assert_array_equal(renderer.preview(None, renderer.camera), sharp)
