"""Stories of several scenes in panels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.errors import StoryError

STORY = """\
[film]
size = [640, 400]
t_stop = 5
t_step = 1

[scene]
demo = true
clim = [-90, 30]
background = "black"

[scenes.front.camera]
azim = -90

[scenes.side]
cmap = "magma"

[scenes.side.camera]
azim = 0

[scenes.near]
background = "#202020"
camera = {azim = 0, zoom = 4}

[panels]
rows = [
  ["front", {rows = [["side"], ["near"]]}],
  ["side", ""],
]
heights = [2, 1]
titles = [["from the front", "more"], ["from the side", ""]]
cameras = "own"

[[panels.annotations]]
kind = "Clock"
"""


def story_of(folder: Path, text: str) -> gm.Story:
    path = folder / "story.toml"
    path.write_text(text, encoding="utf-8")
    return gm.read_story(path)


def test_panels_name_scenes_that_share_a_table(tmp_path: Path) -> None:
    panels = story_of(tmp_path, STORY).scene
    assert isinstance(panels, gm.Panels)
    (front, nested), (side, empty) = panels.rows
    assert [item.camera for item in (front, side)] == [gm.Camera(azim=-90), gm.Camera(azim=0)]
    assert [item.cmap for item in (front, side)] == ["viridis", "magma"]
    assert isinstance(nested, gm.Panels)
    ((beside,), (near,)) = nested.rows
    assert (beside, near.camera.zoom, near.background, empty) == (side, 4, "#202020", None)
    assert {item.clim for item in (front, side, near)} == {(-90, 30)}
    assert front.morphology is side.morphology is near.morphology  # read once
    assert front.recording is side.recording
    assert panels.heights == gm.Panels([[front], [side]], heights=[2, 1]).heights
    assert panels.annotations == (gm.Clock(),)


def test_panels_of_a_story_are_those_of_python(tmp_path: Path) -> None:
    text = STORY.replace('["side", ""],', "").replace("heights = [2, 1]", "").replace(', ["from the side", ""]', "")
    told = story_of(tmp_path, text).scene
    scene = gm.Scene(*gm.demo_cell(), clim=(-90, 30), background="black", camera=gm.Camera(azim=-90))
    side = replace(scene, cmap="magma", camera=gm.Camera(azim=0))
    near = replace(scene, background="#202020", camera=gm.Camera(azim=0, zoom=4))
    rows = [[scene, gm.Panels([[side], [near]])]]
    panels = gm.Panels(rows, titles=[["from the front", "more"]], annotations=[gm.Clock()])
    pictures = [gm.render_image(shown, time=3, size=(320, 200), device="cpu") for shown in (told, panels)]
    np.testing.assert_array_equal(*pictures)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"near"]]', '"naer"]]', "line 26: panels.rows.rows 'naer' is unknown: did you mean near?"),
        ('["side", ""]', '["sid", ""]', "line 27: panels.rows 'sid' is unknown: did you mean side?"),
        ("heights = [2, 1]", "heights = [2]", "line 29: panels.heights"),
        ("cmap =", "cmpa =", "line 15: scenes.side.cmpa is unknown: did you mean cmap?"),
        ("zoom = 4", "zoom = -4", "line 22: scenes.near.camera.zoom must be a positive factor, got -4"),
        ('"Clock"', '"Clokc"', "line 34: panels.annotations.kind 'Clokc' is unknown: did you mean Clock?"),
        ('"Clock"', '"ScaleBar"', "line 33: panels.annotations: ScaleBar belongs to one cell"),
        ("[panels]\n", "[panel]\n", "line 24: panel is unknown: did you mean panels?"),
        ("t_stop = 5", "t_stop = 50", "line 3: film.t_stop: times: a frame at 37 ms was asked for"),
        ("demo = true", "", "scenes.front needs one of morphology, sonata, demo, got none of them"),
    ],
)
def test_an_error_of_panels_names_file_line_and_key(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(StoryError) as raised:
        story_of(tmp_path, STORY.replace(old, new))
    assert words in str(raised.value)


def test_scenes_need_panels(tmp_path: Path) -> None:
    with pytest.raises(StoryError, match=r"line 11: scenes need \[panels\], whose rows say where each stands"):
        story_of(tmp_path, STORY[: STORY.index("[panels]")])
    one = story_of(tmp_path, "[scene]\ndemo = true\n[panels]\nrows = [['scene']]").scene
    assert isinstance(one, gm.Panels)
