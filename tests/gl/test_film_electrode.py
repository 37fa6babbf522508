"""The film of examples/film_electrode.py, at a small size."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from reference import straight_tube

from gpu_morph import ColorBar, Electrode, Renderer, Scene, render_image
from gpu_morph.errors import SceneError
from gpu_morph.scene.colormaps import lookup_table

SIZE = (160, 160)


@pytest.fixture(scope="module")
def example() -> ModuleType:
    path = Path(__file__).parents[2] / "examples" / "film_electrode.py"
    spec = importlib.util.spec_from_file_location("film_electrode", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_writes_a_film(example: ModuleType, tmp_path: Path) -> None:
    report = example.film(tmp_path / "film.mp4", size=SIZE, t_step=9.0)
    assert report.n_frames == 5
    assert (tmp_path / "film.mp4").stat().st_size > 1000


def test_frames_are_equal_in_whichever_piece_they_are(example: ModuleType) -> None:
    scene, times = example.scene(azim_step=25.0), [0.0, 6.0, 6.4, 9.0, 18.0]
    with Renderer(scene, SIZE) as renderer:
        whole = list(renderer.frames(times))
    with Renderer(scene, SIZE) as renderer:
        pieces = [*renderer.frames(times[3:], numbers=[3, 4]), *renderer.frames(times[:3], numbers=[0, 1, 2])]
    np.testing.assert_array_equal(np.array(pieces[2:] + pieces[:2]), np.array(whole))


def test_contacts_change_while_the_camera_stands_still(example: ModuleType) -> None:
    scene = example.scene(azim_step=0.0)
    low, high = scene.meshes[1].positions.min(axis=0), scene.meshes[1].positions.max(axis=0)
    with Renderer(scene, SIZE) as renderer:
        first, second = (frame.astype(int) for frame in renderer.frames([0.0, 24.8]))
        rows = np.round(renderer.camera.project([low, high], SIZE)).astype(int)
    (x, bottom), (_, top) = rows.tolist()
    shank = np.abs(second - first)[top:bottom, x - 2 : x + 3].max(axis=(1, 2))
    assert (shank > 30).sum() > 10


def test_the_values_of_contacts_have_a_colour_bar() -> None:
    cell = straight_tube((-5, 0, 0), (5, 0, 0), diameter=1)
    contacts = [(0, 3, 0), (0, 6, 0)]
    probe = Electrode(contacts, diameter=1, values=[-3.0, 1.0], cmap="inferno", clim=(-2, 2), name="LFP")
    bar = ColorBar(variable="LFP", title="", place="left")
    scene = Scene(cell, color="white", background="black", meshes=[probe], annotations=[bar])
    scale = scene.layout(SIZE).view.overlay_scales["LFP"]
    assert scale.table.clim == (-2.0, 2.0)
    assert (scale.has_under, scale.has_over, scale.has_missing) == (True, False, False)
    bar_alone = render_image(replace(scene, meshes=[replace(probe, positions=np.add(contacts, 90))]), size=SIZE)
    for entry in (60, 180):
        color = lookup_table("inferno")[entry].astype(int)
        assert (np.abs(bar_alone[:, :50].astype(int) - color).max(axis=-1) < 8).any()
    shown_mesh = replace(probe, cmap=None, clim=None)
    with pytest.raises(SceneError, match="no overlay or mesh with values named 'CSD'; there are 'LFP'"):
        render_image(replace(scene, meshes=[shown_mesh], annotations=[ColorBar(variable="CSD")]), size=SIZE)
