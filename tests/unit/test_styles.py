"""Scene(style=): what a style stands for, and how it goes together with lighting and background."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from gpu_morph import Camera, Morphology, Scene, demo_cell
from gpu_morph.errors import SceneError
from gpu_morph.render.geometry.tube_geometry import tube_geometry
from gpu_morph.render.glow import Glow, glow_of, overlap
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.styles import FLAT, STYLES, USUAL, Style

CELL, RECORDING = demo_cell()


def tubes(*offsets: float) -> Morphology:
    """Tubes of 2 µm along z, each at an offset along x, towards the viewer of `SIDE`."""
    n = len(offsets)
    return Morphology(
        points=[[x, 0, z] for x in offsets for z in (-50, 50)],
        diameters=[2] * 2 * n,
        section_offsets=np.arange(n + 1) * 2,
        section_parent=[-1] * n,
        section_parent_x=[0] * n,
        section_labels=("dend",) * n,
    )


SIDE, SIZE = Camera(azim=0, elev=0, center=(0, 0, 0), height=100), (400, 400)


def test_each_style_is_described() -> None:
    assert set(STYLES) == set(get_args(Style))


def test_without_a_style_lighting_says_how_surfaces_look() -> None:
    assert Scene(CELL).look == USUAL
    assert Scene(CELL, lighting=False).look == FLAT == Scene(CELL, style="flat").look


@pytest.mark.parametrize("style", ["matte", "glossy", "cover"])
def test_styles_with_light_contradict_lighting_off(style: Any) -> None:
    with pytest.raises(SceneError, match=f"style='{style}' has light, got lighting=False"):
        Scene(CELL, style=style, lighting=False)


def test_a_style_is_changed_by_replace() -> None:
    scene = Scene(CELL, RECORDING, style="glow")
    assert replace(scene, style="flat").look == replace(scene, style=None, lighting=False).look


def test_an_unknown_style_is_refused_with_those_there_are() -> None:
    with pytest.raises(SceneError, match="style must be 'flat', 'matte', 'glossy', 'cover' or 'glow', got 'shiny'"):
        Scene(CELL, style="shiny")


def test_cells_glow_on_black_or_on_the_dark_colour_given() -> None:
    assert Scene(CELL, style="glow").background_rgba == (0, 0, 0, 1)
    assert Scene(CELL, style="glow", background="#101830").background_rgba != (0, 0, 0, 1)
    assert Scene(CELL, style="matte").background_rgba == (1, 1, 1, 1)


def test_flat_styles_have_no_depth_cue_of_their_own() -> None:
    cues = {style: Scene(CELL, color="grey", style=style).depth_cue_strength > 0 for style in get_args(Style)}
    assert cues == {"flat": False, "matte": True, "glossy": True, "cover": True, "glow": False}


def test_a_style_travels_with_the_scene_and_is_in_its_fingerprint() -> None:
    one, other = (Scene(CELL, RECORDING, clim=(-90, 40), style=style) for style in ("glow", "cover"))
    assert pickle.loads(pickle.dumps(one)).style == "glow"
    assert fingerprint(one, [1.0])["style"] != fingerprint(other, [1.0])["style"]


def test_the_overlap_is_the_number_of_tubes_behind_each_other() -> None:
    """Tubes of 8 pixels in cells of 10 pixels: each covers 0.8 of the cells that it runs through."""
    for n in (1, 3, 10):
        found = overlap(tube_geometry(tubes(*range(n))), SIDE, SIZE, min_width=1.0)
        assert found == pytest.approx(0.8 * n, rel=0.01)


def test_where_many_overlap_each_is_darker_and_active_ones_less_so() -> None:
    few, many = (glow_of(tube_geometry(tubes(*range(n))), SIDE, SIZE, min_width=1.0) for n in (5, 125))
    assert many.rest == pytest.approx(few.rest / 25, rel=0.01)
    assert many.active == pytest.approx(few.active / 5, rel=0.01)


def test_opacity_dims_the_glow() -> None:
    assert Glow(0.2, 1.6).dimmed(0.5) == Glow(0.1, 0.8)
