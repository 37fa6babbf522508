"""How CellMorphologyVisualizer shows a cell: turned, from where, how large, how thick, with which clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from isf_cells import (
    Pixels,
    Section,
    around,
    drawn,
    film,
    is_like,
    isf_cell,
    picture,
    projected,
    side,
    synapse,
    tiny_cell,
    visualizer,
)

import gpu_morph as gm
from gpu_morph import CellMorphologyVisualizer

SOMA, BIFURCATION = np.array([[10.0, -20.0, 30.0], [60.0, 80.0, 110.0]])  # µm
SIDEWAYS, UPWARDS = np.array([[5, 0, 0], [0, 0, 40]])


def leaning_cell(**synapses: Any) -> SimpleNamespace:
    """A pyramidal cell that lies askew: the soma away from the origin, two tufts at the trunk's end."""
    soma = Section("Soma", [SOMA - SIDEWAYS, SOMA, SOMA + SIDEWAYS], [12, 12, 12])
    trunk = Section("ApicalDendrite", [SOMA, (SOMA + BIFURCATION) / 2, BIFURCATION], [6, 6, 6], soma, x=0.5)
    ends = (BIFURCATION + 8 * SIDEWAYS, BIFURCATION + UPWARDS)
    tufts = [Section("ApicalDendrite", [BIFURCATION, end], [2, 2], trunk) for end in ends]
    basal = Section("Dendrite", [SOMA, SOMA - UPWARDS], [3, 3], soma, x=0.5)
    return isf_cell(soma, trunk, *tufts, basal, synapses=synapses)


def upright(diameter: float = 40) -> SimpleNamespace:
    """A single upright tube of 100 µm, that was not simulated."""
    return isf_cell(Section("Soma", [[0, 0, -50], [0, 0, 50]], [diameter, diameter]))


def width(viz: Any, image: Pixels) -> int:
    """Pixels: how wide the upright tube is in the middle of a picture."""
    return int(drawn(image)[len(image) // 2].sum())


def um(viz: Any) -> float:
    """Pixels per µm."""
    (left, _), (right, _) = projected(viz, [[0, 0, 0], [0, 1, 0]])
    return float(right - left)


# align_trunk


@pytest.mark.parametrize("azim", [0, 75, 200])
def test_the_apical_trunk_is_upright_on_screen_from_all_sides(azim: float) -> None:
    viz = visualizer(leaning_cell(), align_trunk=True, dpi=20)
    viz.camera_position["azim"] = azim
    image = is_like(picture(viz, color=["grey", "red", "grey", "grey", "grey"]), (255, 0, 0))
    rows, columns = np.nonzero(image)
    assert np.ptp(rows) > 100
    middles = [columns[rows == row].mean() for row in np.unique(rows)[10:-10]]
    assert np.ptp(middles) < 2
    soma, bifurcation = projected(viz, [[0, 0, 0], [0, 0, np.linalg.norm(BIFURCATION - SOMA)]])
    assert soma[0] == pytest.approx(bifurcation[0]) and bifurcation[1] < soma[1]


def test_aligning_is_the_default_and_false_leaves_the_cell_as_it_is() -> None:
    assert (
        CellMorphologyVisualizer(leaning_cell()).morphology == visualizer(leaning_cell(), align_trunk=True).morphology
    )
    assert CellMorphologyVisualizer(leaning_cell(), False).morphology.points[1].tolist() == SOMA.tolist()
    pictures = [picture(visualizer(leaning_cell(), align_trunk=align)) for align in (True, False)]
    assert (pictures[0] != pictures[1]).any()


@pytest.mark.parametrize("align_trunk", [True, False])
def test_synapses_turn_along(align_trunk: bool) -> None:
    cell = leaning_cell(L4=[synapse(BIFURCATION)])
    viz = visualizer(cell, align_trunk=align_trunk, dpi=20)
    viz.population_to_color_dict = {"L4": "#ff00ff"}
    image = picture(viz, show_synapses=True)
    (end,) = projected(viz, viz.morphology.locate(1, 1.0), show_synapses=True)
    rows, columns = np.nonzero(is_like(image, (255, 0, 255)))
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(tuple(end), abs=2)
    assert is_like(around(image, end), (255, 0, 255)).any()


def test_a_cell_without_a_trunk_is_drawn_as_it_is_with_a_warning() -> None:
    with pytest.warns(UserWarning, match=r"no apical trunk to align, so it stays .*: align_trunk=False") as caught:
        viz = CellMorphologyVisualizer(tiny_cell(simulated=False))
    assert caught[0].filename == __file__
    viz.dpi = 8
    np.testing.assert_array_equal(picture(viz), picture(visualizer(tiny_cell(simulated=False))))


def test_a_vertical_trunk_is_aligned_too() -> None:
    soma = Section("Soma", [[0, 0, 0], [0, 0, 10]], [9, 9])
    for z in (100, -100):
        viz = visualizer(
            isf_cell(soma, Section("ApicalDendrite", [[0, 0, 5], [0, 0, z]], [4, 4], soma)), align_trunk=True
        )
        assert np.isfinite(viz.morphology.points).all()
        assert viz.morphology.points[-1][2] == pytest.approx(abs(z - 5))


# The camera


def test_the_cell_turns_by_neuron_rotation_degrees_per_frame(tmp_path: Path) -> None:
    viz, times = visualizer(tiny_cell(simulated=False)), {"t_stop": 3, "t_step": 1}
    static = film(viz, tmp_path, **times)
    assert (static == static[0]).all()
    viz.neuron_rotation = 30
    turning, scene, size = film(viz, tmp_path, **times), viz.scene(), (side(viz), side(viz))
    camera = replace(scene, camera=scene.camera.over_frames(4)).fitted_camera(size)
    for k, frame in enumerate(turning):
        turned = replace(camera, azim=30 * k, azim_step=0)
        np.testing.assert_array_equal(frame, gm.render_image(replace(scene, camera=turned), size=size))
    assert CellMorphologyVisualizer(tiny_cell(), False).neuron_rotation == 0.5


@pytest.mark.parametrize("name", ["neuron_rotation", "time_offset"])
def test_what_is_no_number_is_refused_by_name(name: str) -> None:
    viz = visualizer()
    setattr(viz, name, "half")
    with pytest.raises(ValueError, match=f"{name} must be .*, got 'half'"):
        picture(viz)


@pytest.mark.parametrize(("angle", "degrees"), [("azim", 70), ("elev", -20), ("roll", 45)])
def test_the_camera_goes_where_camera_position_says(angle: str, degrees: float) -> None:
    viz = visualizer(tiny_cell(simulated=False))
    before = picture(viz)
    viz.camera_position[angle] = degrees
    assert (picture(viz) != before).any()


def test_the_angles_are_matplotlibs() -> None:
    viz = visualizer(upright(), dpi=20)

    def seen(**position: float) -> npt.NDArray[np.float64]:
        viz.camera_position = {"elev": 0, **position}
        (origin, *ends) = projected(viz, [[0, 0, 0], [10, 0, 0], [0, 10, 0], [0, 0, 10]]) / um_of(viz)
        return (np.array(ends) - origin) * [1, -1]  # to the right and upwards, µm

    def um_of(viz: Any) -> float:
        return 300 / viz.scene().fitted_camera((300, 300)).height

    np.testing.assert_allclose(seen(), [[0, 0], [10, 0], [0, 10]], atol=1e-6)
    np.testing.assert_allclose(seen(azim=-90), [[10, 0], [0, 0], [0, 10]], atol=1e-6)
    np.testing.assert_allclose(seen(elev=90), [[0, -10], [10, 0], [0, 0]], atol=1e-6)
    np.testing.assert_allclose(seen(roll=90), [[0, 0], [0, 10], [-10, 0]], atol=1e-6)


@pytest.mark.parametrize(("dist", "larger"), [(5, 2), (10, 1), (20, 0.5)])
def test_half_the_dist_shows_everything_twice_as_large(dist: float, larger: float) -> None:
    viz = visualizer(upright(20), dpi=20)
    usual = width(viz, picture(viz))
    viz.camera_position["dist"] = dist
    assert width(viz, picture(viz)) == pytest.approx(usual * larger, abs=2)


def test_camera_position_may_be_isfs_or_a_part_of_it_and_is_not_misspelt(tmp_path: Path) -> None:
    viz = visualizer()
    before = picture(viz)
    assert viz.camera_position == {"azim": 0, "dist": 10, "elev": 30, "roll": 0}
    for position in ({"azim": 0, "dist": 10, "elev": 30, "roll": 0}, {}, {"elev": 30}):
        viz.camera_position = position
        np.testing.assert_array_equal(picture(viz), before)
    viz.camera_position = {"azimuth": 3}
    with pytest.raises(ValueError, match="camera_position has azim, elev, roll and dist, got azimuth too"):
        film(viz, tmp_path)
    for dist in (0, -5, "far"):
        viz.camera_position = {"dist": dist}
        with pytest.raises(ValueError, match=r"camera_position: dist must be positive \(10 shows all\), got"):
            picture(viz)


@pytest.mark.parametrize(("dpi", "side"), [(8, 120), (10.0, 150), (9, 136), (72, 1080)])
def test_dpi_makes_the_size_of_15_inches_in_even_pixels(tmp_path: Path, dpi: float, side: int) -> None:
    viz = visualizer(dpi=dpi)
    assert picture(viz).shape == (side, side, 3)
    assert film(viz, tmp_path, t_stop=1, t_step=1).shape == (2, side, side, 3)
    assert CellMorphologyVisualizer(tiny_cell(), False).dpi == 72


def test_supersample_smooths_the_picture_and_keeps_its_size(tmp_path: Path) -> None:
    plain, smooth = visualizer(dpi=8), visualizer(dpi=8)
    smooth.supersample = 2
    image = picture(smooth)
    assert image.shape == (120, 120, 3)
    assert 0 < np.abs(image.astype(int) - picture(plain)).mean() < 2
    np.testing.assert_array_equal(film(smooth, tmp_path, t_stop=1, t_step=1)[0], picture(smooth, time_point=0))
    assert CellMorphologyVisualizer(tiny_cell(), False).supersample == 1


@pytest.mark.parametrize("style", ["flat", "glow"])
def test_a_style_is_that_of_the_scene_in_pictures_and_films(tmp_path: Path, style: str) -> None:
    usual, styled = visualizer(dpi=8), visualizer(dpi=8)
    assert usual.style is None
    styled.style = style
    assert styled.scene().style == style
    image = picture(styled, time_point=0)
    assert (image != picture(usual, time_point=0)).any()
    assert np.abs(film(styled, tmp_path, t_stop=1, t_step=1)[0].astype(int) - image).max() <= 1


def test_an_unknown_style_is_refused_with_those_there_are() -> None:
    viz = visualizer(dpi=8)
    viz.style = "shiny"
    with pytest.raises(ValueError, match=r"style must be.*glossy"):
        picture(viz)


@pytest.mark.parametrize("dpi", [0, -72, "72", float("nan"), None])
def test_a_dpi_that_is_none_is_refused(dpi: Any) -> None:
    with pytest.raises(ValueError, match="dpi must be positive pixels per inch, got"):
        picture(visualizer(dpi=dpi))


# Widths


@pytest.mark.parametrize("diameter", [10, 40])
@pytest.mark.parametrize("dist", [5, 10])
def test_tubes_are_as_wide_as_their_diameters_in_um(diameter: float, dist: float) -> None:
    viz = visualizer(upright(diameter), dpi=20)
    viz.camera_position["dist"] = dist
    assert width(viz, picture(viz)) == pytest.approx(diameter * um(viz), abs=2)


@pytest.mark.parametrize("dpi", [54, 72, 144])
def test_the_thinnest_tubes_have_a_point_at_any_dpi(dpi: float) -> None:
    viz = visualizer(upright(1e-4), dpi=dpi)
    assert (255 - picture(viz, color="black")[::2, :, 0].astype(float)).sum(axis=1).max() / 255 == pytest.approx(
        dpi / 72, rel=0.05
    )


def test_the_soma_is_a_body() -> None:
    soma = Section("Soma", [[0, 0, -8], [0, 0, 8]], [20, 20])
    dendrite = Section("Dendrite", [[0, 8, 0], [0, 60, 0]], [1, 1], soma, x=0.5)
    viz = visualizer(isf_cell(soma, dendrite), dpi=20)
    viz.camera_position["elev"] = 0
    body = is_like(picture(viz, color=["red", "blue"]), (255, 0, 0)).sum() / um(viz) ** 2
    assert body > 16 * 20  # µm²


@pytest.mark.parametrize(
    "scale", [2, np.float32(2), lambda d: 2 * d, lambda d: 20 if d > 0 else 0, lambda d: max(d, 20)]
)
def test_scale_diameter_takes_a_factor_a_function_of_all_or_of_one(scale: Any) -> None:
    viz = visualizer(upright(10), dpi=20)
    viz.scale_diameter(scale)
    assert viz.morphology.diameters.tolist() == [20, 20]
    assert width(viz, picture(viz)) == pytest.approx(20 * um(viz), abs=1.5)


def test_what_was_scaled_is_scaled_on_and_one_value_is_for_all() -> None:
    viz = visualizer()
    viz.scale_diameter(2)
    viz.scale_diameter(lambda diameters: diameters / 4)
    np.testing.assert_allclose(viz.morphology.diameters, [15, 15, 6, 3])
    viz.scale_diameter(lambda d: 7.0)
    np.testing.assert_allclose(viz.morphology.diameters, 7)
    for wrong in (0, -1, lambda d: -d, lambda d: d[:1], "2"):
        with pytest.raises(ValueError, match=r"scale must|diameters must"):
            viz.scale_diameter(wrong)


# The clock


def test_time_offset_is_taken_off_the_clock(tmp_path: Path) -> None:
    viz = visualizer(dpi=20)
    early = film(viz, tmp_path, t_start=1, t_stop=3, t_step=1)
    late = film(viz, tmp_path, t_start=11, t_stop=13, t_step=1)
    assert (early != late).any()
    viz.time_offset = 10
    np.testing.assert_array_equal(film(viz, tmp_path, t_start=11, t_stop=13, t_step=1), early)
    np.testing.assert_array_equal(picture(viz, time_point=12), picture(visualizer(dpi=20), time_point=2))
    viz.time_offset = None  # ISF's own where there are no times
    np.testing.assert_array_equal(film(viz, tmp_path, t_start=11, t_stop=13, t_step=1), late)


def test_the_clock_shows_each_frames_time_and_pictures_have_it_too(tmp_path: Path) -> None:
    viz = visualizer(dpi=20)
    frames = film(viz, tmp_path)
    clocks = frames[:, :40, :80]
    assert len({clock.tobytes() for clock in clocks}) == 11
    assert drawn(picture(viz, time_point=3)[:40, :80]).any()
    assert not drawn(picture(visualizer(tiny_cell(simulated=False), dpi=20))[:40, :80]).any()


def test_a_pictures_clock_stands_at_the_edge_whatever_is_shown() -> None:
    viz = visualizer(dpi=20)
    for options in ({}, {"color": "voltage"}, {"color": "voltage", "show_legend": True}):
        image = picture(viz, time_point=0, **options)
        assert np.flatnonzero(drawn(image[:25, :80]).any(axis=0))[0] in range(8, 13)
