"""Films along a camera's path: frames are the same in all pieces, and the pictures that a camera there gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from reference import random_tree, straight_tube

import gpu_morph as gm
from gpu_morph import Camera, CameraPath, Recording, Renderer, Scene

SIZE = (120, 90)
CELL = gm.join_morphologies(
    [straight_tube((-15, 0, 0), (15, 0, 0), diameter=8), straight_tube((0, 0, -12), (0, 9, 12), diameter=3)]
)
TIMES = np.arange(0, 11.0)
RECORDING = Recording(TIMES, TIMES[:, None] * [5, 2] - 70, section=[0, 1], position=[0.5, 0.5])
FIXED = Camera(azim=-90, elev=10, center=(0, 0, 0), height=60)
NEAR = replace(FIXED, azim=20, elev=-35, center=(4, 1, 3), height=8)
SYNAPSES = gm.SynapseEvents([(0, 0, 4), (9, 0, 0)], [0, 0], ("EXC",), [0, 1], [1.0, 2.0])
TETRAHEDRON = 20 * np.array([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]), [(0, 1, 2), (0, 2, 3), (1, 3, 2)]
PATHS = {
    "nearer": CameraPath([(0, FIXED), (0.2, NEAR)]),
    "perspective": CameraPath([(0, replace(FIXED, projection="perspective")), (0.2, NEAR)], turn=90),
    "fitted": CameraPath([(0, Camera()), (0.2, Camera(azim=20), [1])], clock="simulation", easing="linear"),
    "turning": gm.orbit(FIXED, seconds=0.2),
}
LOOKS: dict[str, dict[str, Any]] = {
    "values": {},
    "synapses": {"synapses": SYNAPSES, "opacity": [1.0, 0.4], "highlight": gm.Highlight(1)},
    "cover": {"style": "cover"},
    "surfaces": {"meshes": [gm.Mesh(*TETRAHEDRON, opacity=0.4), gm.Mesh(*TETRAHEDRON, color="red")]},
    "glow": {"style": "glow", "background": "black"},
}


def scene(**options: Any) -> Scene:
    annotations = gm.Clock(show_speed=True), gm.ScaleBar()
    return Scene(CELL, RECORDING, **{"clim": (-70, -20), "annotations": annotations, "fps": 50, **options})


def frames(shown: Scene, numbers: Any, **options: Any) -> list[np.ndarray]:
    with Renderer(shown, SIZE) as renderer:
        return [np.array(one) for one in renderer.frames([0.02 * k for k in numbers], numbers=numbers, **options)]


CASES = [*((name, "values") for name in PATHS), *(("nearer", look) for look in LOOKS if look != "values")]


@pytest.mark.parametrize(("name", "look"), CASES)
def test_frames_are_the_same_however_a_film_is_split(name: str, look: str) -> None:
    shown = scene(camera=PATHS[name], **LOOKS[look])
    whole = frames(shown, range(11))
    assert len({frame.tobytes() for frame in whole}) > 8
    for first, stop in ((4, 11), (0, 4)):
        for frame, expected in zip(frames(shown, range(first, stop)), whole[first:stop], strict=True):
            np.testing.assert_array_equal(frame, expected)
    backwards = frames(shown, range(10, -1, -5))
    for frame, expected in zip(backwards, whole[10::-5], strict=True):
        np.testing.assert_array_equal(frame, expected)


@pytest.mark.parametrize("name", ["nearer", "perspective"])
def test_planes_have_the_same_frames_in_pieces(name: str) -> None:
    shown = scene(camera=PATHS[name])
    whole = frames(shown, range(11), pixel_format="yuv420p")
    for frame, expected in zip(frames(shown, range(5, 11), pixel_format="yuv420p"), whole[5:], strict=True):
        np.testing.assert_array_equal(frame, expected)


@pytest.mark.parametrize("name", ["nearer", "fitted"])
def test_a_picture_at_a_second_is_the_films_frame(name: str) -> None:
    shown = scene(camera=PATHS[name], annotations=())
    (frame,) = frames(shown, [6])
    picture = gm.render_image(shown, time=0.02 * 6, second=6 / 50, size=SIZE)
    np.testing.assert_array_equal(picture, frame)


@pytest.mark.parametrize(
    ("name", "look"), [*((name, "values") for name in PATHS), ("nearer", "cover"), ("nearer", "surfaces")]
)
def test_a_frame_is_what_its_camera_sees(name: str, look: str) -> None:
    """Geometry may be finer, and its edges differ by parts of a pixel; a wrong place or size would differ more."""
    shown = scene(camera=PATHS[name], annotations=(), **LOOKS[look])
    with Renderer(shown, SIZE) as renderer:
        for number in (3, 7):
            frame = renderer.render(0.02 * number, frame=number)
            camera = renderer.camera_at(0.02 * number, frame=number)
            with Renderer(replace(shown, camera=camera), SIZE) as other:
                expected = other.render(0.02 * number)
            differences = np.abs(frame.astype(int) - expected).max(axis=-1)
            assert (differences > 40).mean() < 0.01
            assert differences.mean() < 2


def test_other_views_and_pictures_between_leave_the_frames_as_they_are() -> None:
    shown = scene(camera=PATHS["nearer"])
    whole = frames(shown, range(11))
    with Renderer(shown, SIZE) as renderer:
        film = renderer.frames([0.02 * k for k in range(11)])
        for number, expected in enumerate(whole):
            np.testing.assert_array_equal(next(film), expected)
            if number % 3 == 0:
                renderer.render(0.02, frame=10 - number)  # of another leg
                renderer.render(0.02, camera=FIXED)
        np.testing.assert_array_equal(renderer.render(0.0), whole[0])


@pytest.mark.parametrize("pixel_format", ["rgb", "yuv420p"])
def test_leased_images_outlast_their_leg(pixel_format: str) -> None:
    shown, times = scene(camera=PATHS["nearer"]), [0.02 * k for k in range(11)]
    with Renderer(shown, SIZE) as renderer:
        whole = list(renderer.frames(times, pixel_format=pixel_format))
        leased = list(renderer.leased_frames(times, pixel_format=pixel_format))
        for lease, expected in zip(leased, whole, strict=True):
            assert lease.release is None
            np.testing.assert_array_equal(lease.image, expected)


def test_only_coming_nearer_makes_vertices_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    from gpu_morph.render import drawn_view as module

    made: list[float] = []
    original = module.scene_geometry
    monkeypatch.setattr(
        module, "scene_geometry", lambda *given: made.append(given[2].nearest_pixel(CELL, SIZE)) or original(*given)
    )
    moves = {"center": (9, 2, 1), "azim": 70, "elev": 80, "roll": 40, "shift": (0.1, 0.2)}
    frames(scene(camera=CameraPath([(0, FIXED), (0.2, replace(FIXED, **moves))])), range(11))
    assert len(made) == 1
    made.clear()
    frames(scene(camera=PATHS["nearer"]), range(11))  # 60 µm to 8 µm are three octaves, in four of the grid
    assert len(made) <= 4
    assert min(made) == pytest.approx(8 / 90)


def test_cells_that_come_into_view_are_drawn() -> None:
    tree = random_tree(4)
    far = gm.join_morphologies([tree] * 3, translations=[(0, 0, 0), (600, 0, 0), (1200, 0, 0)])
    last = replace(FIXED, center=(1200, 0, 0))
    shown = Scene(far, camera=CameraPath([(0, FIXED), (0.2, last)]), fps=50)
    with Renderer(shown, SIZE) as renderer, Renderer(replace(shown, camera=last), SIZE) as other:
        assert np.abs(renderer.render(frame=10).astype(int) - other.render()).mean() < 1


def test_a_path_by_the_simulation_needs_a_time() -> None:
    shown = Scene(CELL, camera=PATHS["fitted"])
    with pytest.raises(ValueError, match="goes by ms of the simulation: give a time"):
        gm.render_image(shown, size=SIZE)
    gm.render_image(shown, time=0.1, size=SIZE)


def test_pictures_and_pages_take_paths(tmp_path: Any) -> None:
    shown = scene(camera=PATHS["nearer"])
    gm.save_image(tmp_path / "a.png", shown, time=1, second=0.1, size=SIZE)
    gm.save_image(tmp_path / "a.svg", shown, time=1, size=SIZE)
    first = gm.write_html(replace(shown, camera=FIXED), None)
    assert gm.write_html(shown, None).html == first.html
