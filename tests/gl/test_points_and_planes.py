"""Points, electrodes and planes on screen; axes and layers over the picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import straight_tube

from gpu_morph import Axes, Camera, Electrode, Layers, Plane, Points, Recording, Renderer, Scene, Text, render_image
from gpu_morph.errors import SceneError

SIZE = (200, 200)
FROM_ABOVE = Camera(azim=-90, elev=90, center=(0, 0, 0), height=20)  # 10 pixels per µm
LOOK: dict[str, Any] = {"lighting": False, "camera": FROM_ABOVE, "color": "red"}
CELL = straight_tube((-9, -9, 0), (9, -9, 0), diameter=0.5)


def shown(*objects: Any, **more: Any) -> Any:
    return render_image(Scene(CELL, meshes=objects, **(LOOK | more)), size=SIZE)


def test_points_are_discs_of_their_size_and_color() -> None:
    points = Points([(-5, 0, 0), (5, 0, 0)], diameters=[4, 2], color=[(0, 0, 1), (0, 1, 0)])
    picture = shown(points)
    blue, green = ((picture == color).all(axis=-1) for color in ((0, 0, 255), (0, 255, 0)))
    assert blue.sum() == pytest.approx(np.pi * 20**2, rel=0.08)
    assert green.sum() == pytest.approx(np.pi * 10**2, rel=0.12)
    for found, x in ((blue, 50), (green, 150)):
        rows, columns = np.nonzero(found)
        assert (rows.mean() + 0.5, columns.mean() + 0.5) == pytest.approx((100, x), abs=0.5)


def test_contacts_of_an_electrode_have_the_values_of_the_time() -> None:
    rows = Recording([0.0, 1.0], [[0.0], [0.0]], section=[0], position=[0.5])
    electrode = Electrode(
        [(0, y, 0) for y in (-4, 0, 4)], diameter=0.8, values=[[0, 1, 0], [1, 0, np.nan]], times=[0, 1],
        cmap="gray", clim=(0, 1), color="blue", length=30,
    )  # fmt: skip
    scene = Scene(CELL, rows, meshes=[electrode], nan_color="lime", clim=(-1, 1), lighting=False, camera=FROM_ABOVE)
    with Renderer(scene, SIZE) as renderer:
        frames = [frame[[140, 100, 60], 100].tolist() for frame in renderer.frames([0.0, 1.0])]
        between = renderer.render(0.0)[120, 100].tolist()
    black, white = [0, 0, 0], [255, 255, 255]
    assert frames == [[black, white, black], [white, black, [0, 255, 0]]]
    assert between == [0, 0, 255]  # the shank


def test_a_plane_is_a_square_at_right_angles_to_its_direction() -> None:
    facing = shown(Plane((0, 2, -1), length=6, color="blue", opacity=1.0))
    assert (facing == (0, 0, 255)).all(axis=-1).sum() == pytest.approx(60 * 60, rel=0.04)
    from_its_edge = shown(Plane((0, 2, -1), direction=(0, 1, 0), length=6, color="blue", opacity=1.0))
    assert (from_its_edge == (0, 0, 255)).all(axis=-1).sum() < 70


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Points([(0, 0, 0)], diameters=-1), "diameters must be positive"),
        (lambda: Points([(0, 0, 0)], diameters=[1, 2]), r"one or \(1,\), got shape \(2,\)"),
        (lambda: Points(np.zeros((200_001, 3))), "at most 200,000 points"),
        (lambda: Points([(0, 0, np.inf)]), "positions must be finite"),
        (lambda: Electrode([(0, 0, 0)]), "needs a direction="),
        (lambda: Electrode([(0, 0, 0), (0, 0, 1)], values=[1, 2, 3]), "values without times must have shape"),
        (lambda: Plane((0, 0)), "center must be three finite numbers"),
        (lambda: Plane((0, 0, 0), direction=(0, 0, 0)), "direction must be three finite numbers"),
        (lambda: Layers({}), "heights must be"),
        (lambda: Layers({"L1": "high"}), "heights must be finite µm"),
    ],
)
def test_wrong_objects_are_refused(make: Any, message: str) -> None:
    with pytest.raises(SceneError, match=message):
        make()


def colored(picture: Any, color: tuple[int, int, int]) -> Any:
    """(n, 2) row and column of the pixels that are nearly of a colour."""
    return np.argwhere(np.abs(picture.astype(int) - color).max(axis=-1) < 40)


def test_axes_turn_with_the_camera() -> None:
    axes = Axes(colors=["#ff0000", "#00ff00", "#0000ff"], labels=("", "", ""), place="lower left")
    camera = Camera(azim=-90, elev=0, center=(0, 0, 0), height=20, azim_step=90)  # x to the right, then y to the left
    scene = Scene(CELL, color="black", camera=camera, annotations=[axes], lighting=False)
    with Renderer(scene, (300, 300)) as renderer:
        first, second = renderer.frames([None, None])
    red, blue = colored(first, (255, 0, 0)), colored(first, (0, 0, 255))
    assert np.ptp(red[:, 1]) > 3 * np.ptp(red[:, 0])  # along the rows
    assert np.ptp(blue[:, 0]) > 3 * np.ptp(blue[:, 1])  # upwards
    assert blue[:, 0].mean() < red[:, 0].mean()
    green = colored(second, (0, 255, 0))
    assert np.ptp(green[:, 1]) > 3 * np.ptp(green[:, 0])
    assert len(colored(second, (255, 0, 0))) < len(red) / 3  # seen from its end


def test_borders_of_layers_are_at_their_heights() -> None:
    camera = Camera(azim=-90, elev=0, center=(0, 0, 0), height=20)
    layers = Layers({"L1": 6.0, "": -3.0}, color="blue", linewidth=2)
    picture = render_image(Scene(CELL, color="red", camera=camera, annotations=[layers]), size=SIZE)
    rows = np.flatnonzero(np.abs(picture[:, 150].astype(int) - (0, 0, 255)).max(axis=-1) < 130)
    assert sorted({int(row) for row in rows}) == [39, 40, 129, 130]


def test_borders_and_names_of_layers_leave_out_other_annotations() -> None:
    camera = Camera(azim=-90, elev=0, center=(0, 0, 0), height=20)
    layers = Layers({"L1": 0.0}, color="blue")
    scene = Scene(CELL, color="white", camera=camera, annotations=[layers, Text("a\nb", place="left", color="red")])
    alone = render_image(replace(scene, annotations=[layers]), size=SIZE)
    picture = render_image(scene, size=SIZE)
    text = colored(picture, (255, 0, 0))
    left, right = text[:, 1].min(), text[:, 1].max()
    assert 8 < left < right < 30
    is_line = [
        (np.abs(image[99:101].astype(int) - (0, 0, 255)).max(axis=-1) < 130).any(axis=0) for image in (alone, picture)
    ]
    assert is_line[0].all()
    assert not is_line[1][: right + 2].any()  # nor the short part at the edge
    assert is_line[1][right + 8 :].all()
    name = colored(picture[104:], (0, 0, 255))
    assert colored(alone[104:], (0, 0, 255))[:, 1].min() < left
    assert name[:, 1].min() > right
