"""Stories: films as files in TOML. tests/video/test_story_films.py makes films of them."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whole_story import WHOLE, put_story

import gpu_morph as gm
from gpu_morph.errors import StoryError
from hypothesis_settings import STEADY

DEMO = """\
[film]
fps = 10
t_stop = 5

[scene]
demo = true
clim = [-90, 30]

[camera]
azim = 20

[[annotations]]
kind = "Clock"
"""


def story_of(folder: Path, text: str) -> gm.Story:
    path = folder / "story.toml"
    path.write_text(text, encoding="utf-8")
    return gm.read_story(path)


def test_all_parts_of_a_film_are_read(tmp_path: Path) -> None:
    story = gm.read_story(put_story(tmp_path))
    scene = story.scene
    assert story.film["path"] == tmp_path / "whole.mp4"
    assert (story.film["size"], story.film["fps"], story.film["quality"]) == ([320, 240], 10, 25)
    assert story.film["times"] == gm.Timeline([(0, 0), (1, 4), (2, 5)])
    assert scene.morphology.section_labels == ("soma", "dend")
    assert scene.recording is not None
    assert (scene.recording.name, scene.clim, scene.cmap, scene.sampling) == ("v", (-80, 30), "turbo", "linear")
    assert scene.overlays[0].recording.name == "ca"
    assert scene.highlight == gm.Highlight(1, color="red")
    assert scene.synapse_style == gm.SynapseStyle(diameter=4)
    assert isinstance(scene.camera, gm.CameraPath)
    first, second = scene.camera.keyframes
    assert (first.reading, first.camera, first.sections) == (0, gm.Camera(azim=-90, elev=5), None)
    assert (second.reading, second.camera, second.sections) == (2, gm.Camera(azim=-30, zoom=0.5), (0,))
    assert (scene.camera.easing, scene.camera.hold) == ("linear", 0.1)
    assert [type(mesh) for mesh in scene.meshes] == [gm.Points, gm.Electrode, gm.Plane, gm.Mesh]
    np.testing.assert_array_equal(scene.meshes[0].positions, [(0, 0, 90), (20, 0, 90)])
    kinds = {type(annotation) for annotation in scene.annotations}
    assert kinds == {gm.ColorBar, gm.Clock, gm.Logo, gm.Text, gm.Title, gm.Fade}
    assert gm.Text("here", start=0.5, stop=1, fade=0.1) in scene.annotations


@pytest.mark.parametrize(
    ("camera", "expected"),
    [
        ('kind = "orbit"\nseconds = 3\ncamera = {elev = 10}', gm.orbit(gm.Camera(elev=10), seconds=3)),
        (
            'kind = "fly_to"\nlabel = "soma"\nstart = {azim = 5}\nzoom = 0.3',
            gm.fly_to(gm.Scene(gm.demo_cell()[0], camera=gm.Camera(azim=5)), label="soma", zoom=0.3),
        ),
        (
            'kind = "follow"\nheight = 90\nplaces = [[0, [1, 2, 3]], [4, {section = 0, position = 0.5}]]',
            gm.follow([(0, (1, 2, 3)), (4, gm.demo_cell()[0].locate(0, 0.5)[0])], height=90),
        ),
        ("azim = 20\nup = [0, 1, 0]", gm.Camera(azim=20, up=(0, 1, 0))),
        (
            'projection = "perspective"\naperture = 30\nfocus = [1, 2, 3]',
            gm.Camera(projection="perspective", aperture=30, focus=(1, 2, 3)),
        ),
    ],
)
def test_cameras_of_each_kind(tmp_path: Path, camera: str, expected: gm.Camera | gm.CameraPath) -> None:
    assert story_of(tmp_path, DEMO.replace("azim = 20", camera)).scene.camera == expected


def test_colours_by_a_name_or_a_table_or_values_of_points(tmp_path: Path) -> None:
    morphology, _ = gm.demo_cell()
    by_label = story_of(tmp_path, DEMO.replace("clim", 'color = {axon = "red"}\nclim').replace("Clock", "ScaleBar"))
    assert by_label.scene.color == {"axon": "red"}
    order = story_of(tmp_path, DEMO.replace("clim = [-90, 30]", 'color = "branch_order"').replace("Clock", "ColorBar"))
    np.testing.assert_array_equal(order.scene.color.values, gm.branch_order(morphology).values)
    np.save(tmp_path / "d.npy", np.arange(morphology.n_points))
    values = story_of(tmp_path, DEMO.replace("clim", 'color = {values = "d.npy", name = "d"}\nclim'))
    assert (values.scene.color.name, values.scene.color.values[3]) == ("d", 3)


def test_paths_are_relative_to_the_file_of_the_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    put_story(tmp_path / "there")
    monkeypatch.chdir(tmp_path / "here")
    assert gm.read_story("../there/story.toml").film["path"].resolve() == tmp_path / "there" / "whole.mp4"


def test_arguments_replace_those_of_the_file(tmp_path: Path) -> None:
    path = put_story(tmp_path, WHOLE.replace("whole.mp4", "nowhere/whole.mp4"))
    with pytest.raises(StoryError, match=r"line 3: film.output: there is no folder /.*nowhere"):
        gm.read_story(path)
    story = gm.read_story(path, film={"path": tmp_path / "other.mkv", "size": (300, 200), "t_stop": 4, "t_step": 1})
    assert (story.film["path"].name, story.film["size"]) == ("other.mkv", (300, 200))
    assert "times" not in story.film
    with pytest.raises(ValueError, match=r"'fsp' is no argument of render_video; there are path, t_start"):
        gm.read_story(path, film={"fsp": 4})
    with pytest.raises(ValueError, match=r"^times: a frame at 11 ms was asked for") as raised:
        gm.read_story(path, film={"path": tmp_path / "other.mkv", "times": [11]})
    assert not isinstance(raised.value, StoryError)


WRONG = [  # a text of WHOLE, what stands there instead, the line that the error names, and words of it
    ("elev = 5", "elve = 5", 35, "camera.keyframes.elve is unknown: did you mean elev?"),
    ("fps = 10", "clim = 10", 5, "film.clim is unknown: it belongs under [scene]"),
    ("[scene]", "[secne]", 13, "secne is unknown: did you mean scene?"),
    ("fps = 10", "fps = 'fast'", 5, "film.fps must be a positive number of frames per second, got 'fast'"),
    ("[320, 240]", "'320x240'", 4, "film.size must be (width, height)"),
    ("whole.mp4", "whole.mp5", 3, "film.output: path: 'whole.mp5' does not end like a film"),
    ("quality = 25", "quality = 99", 6, "film.quality: of libx264 runs from 0 (best) to 51 (worst), got 99.0"),
    ("  [2, 5],", "  [2, 50],", 7, "recording runs from 0 to 10 ms: change t_stop"),
    ("  [2, 5],", "  [0.5, 5],", 7, "seconds that do not decrease"),
    ('"cell.swc"', '"cel.swc"', 14, "there is no file 'cel.swc' in "),
    ('"cell.swc"', '"cel.swc"', 14, "near ones are cell.swc"),
    ('"cell.swc"', '"v.npz"', 14, "scene.morphology"),
    ("scale = 1.0", "run = true", 14, "scene.morphology.run is unknown: there are name, path, scale"),
    ('"v.npz"', '"cell.swc"', 15, "scene.recording: "),
    ("clim = [-80, 30]", "clim = [-80]", 16, "scene.clim must be (low, high) or None, got [-80]"),
    ('"#0b0d12"', '"blakc"', 18, "scene.background: unknown colour 'blakc'"),
    ("dend = 0.5", "dend = 5", 19, "scene.opacity"),
    ("[0, 1]},", "[0]},", 25, "scene.overlays.clim must be (low, high)"),
    ('"linear"\nhold', '"linaer"\nhold', 29, "camera.easing must be 'smooth' or 'linear', got 'linaer'"),
    ("at = 2.0", "at = -2.0", 32, "with rising readings in seconds"),
    ("at = 2.0", "", 37, "camera.keyframes needs at, which is missing"),
    ('"soma"', '"somma"', 41, "camera.keyframes.label: labels: there is no label 'somma'"),
    ('"points.csv"', '"logo.png"', 45, "'logo.png' has no numbers that can be read"),
    ('"points"\n', '"point"\n', 44, "meshes.kind 'point' is unknown: did you mean points?"),
    ("direction = [0, 0, 1]", "direction = 'up'", 55, "meshes.direction must be"),
    ("faces = [[0, 1, 2]]", "", 57, "meshes needs faces, which is missing"),
    ("faces = [[0, 1, 2]]", "faces = [[0, 1, 3]]", 59, "meshes.faces"),
    ('"ColorBar"', '"ColourBar"', 63, "annotations.kind 'ColourBar' is unknown: did you mean ColorBar?"),
    ('"ColorBar"', '"SynapseLegend"', 62, "the SynapseLegend has no synapses to show"),
    ('kind = "ColorBar"', "", 62, "annotations needs a kind: one of Arrow, Axes, Clock"),
    ("show_speed", "show_sped", 68, "annotations.show_sped is unknown: did you mean show_speed?"),
    ("fade = 0.1", "fade = '0.1 s'", 79, "annotations.fade"),
    ('text = "A cell"', "", 81, "annotations needs text, which is missing"),
    ('text = "A cell"', "text = ", 83, "no TOML: Invalid value"),
    ("start = 0.2", "start = 0.2\nstart = 1", 89, "no TOML: Cannot overwrite a value"),
    ("start = 0.2", 'text = """', 89, "no TOML"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), WRONG)
def test_an_error_names_file_line_and_key(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert WHOLE.count(old) >= 1
    path = put_story(tmp_path, WHOLE.replace(old, new, 1))
    with pytest.raises(StoryError) as raised:
        gm.read_story(path)
    assert str(raised.value).startswith(f"story.toml, line {line}: ")
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("demo = true", "", "line 5: scene needs one of morphology, sonata, demo, got none of them"),
        ("demo = true", "demo = 1", "line 6: scene.demo must be true, or left out, got 1"),
        ("[scene]\ndemo = true\nclim = [-90, 30]\n", "", "line 1: there is no [scene]"),
        ("clim =", "camera = {}\nclim =", "line 10: camera is given here and in [scene]"),
        ("t_stop = 5", "times = [1]\ntimeline = [[0, 0]]", "line 4: film.timeline says when"),
        ("azim = 20", 'kind = "follow"\nheight = 5\nplaces = [3]', "line 12: camera.places must be [when, [x, y, z]]"),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(StoryError) as raised:
        story_of(tmp_path, DEMO.replace(old, new))
    assert words in str(raised.value)


def test_files_that_are_no_texts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "story.toml"
    for content, words in (
        (b"a = '\xff'", "no text in UTF-8"),
        (b"#" * (1 << 20) + b"#", "larger than 1 MiB"),
        (b"a = " + b"[" * 3000 + b"]" * 3000, "nested too deep"),
        (b"a = " + b"9" * 5000, "no TOML"),
    ):
        path.write_bytes(content)
        with pytest.raises(StoryError, match=f"^story.toml.*{words}"):
            gm.read_story(path)
    for old in ("cell.swc", "v.npz", "points.csv", "logo.png"):
        with pytest.raises(StoryError, match=r"^story.toml, line \d+: .*/dev/zero is not a regular file"):
            gm.read_story(put_story(tmp_path, WHOLE.replace(old, "/dev/zero")))
    with pytest.raises(StoryError, match="is not a regular file"):
        gm.read_story("/dev/zero")
    with pytest.raises(FileNotFoundError):
        gm.read_story(tmp_path / "none.toml")
    path.write_bytes(b"\xef\xbb\xbf" + DEMO.replace("\n", "\r\n").encode())  # as Windows' editors write it
    assert gm.read_story(path).film["fps"] == 10


ODD = ["1", "-1", "''", "'x'", "true", "[]", "{}", "[[1]]", "nan", "inf", "1e400", "1979-05-27", "{a=1}", "'.'"]
ODD += ["9223372036854775808", "'/dev/zero'", "'v.npz'"]
LINES = WHOLE.splitlines()


@settings(STEADY, max_examples=60)
@given(st.data())
def test_damaged_stories_raise_no_other_error(tmp_path: Path, data: st.DataObject) -> None:
    lines, number = [*LINES], data.draw(st.integers(0, len(LINES) - 1))
    how = data.draw(st.sampled_from(["value", "value", "gone", "moved", "letter"]))
    if how == "value" and "=" in lines[number]:
        lines[number] = lines[number].partition("=")[0] + "= " + data.draw(st.sampled_from(ODD))
    elif how == "letter":
        place = data.draw(st.integers(0, len(lines[number])))
        lines[number] = lines[number][:place] + data.draw(st.sampled_from("\"'[]{}=.#,\0\n")) + lines[number][place:]
    else:
        line = lines.pop(number)
        if how == "moved":
            lines.insert(data.draw(st.integers(0, len(lines))), line)
    path = put_story(tmp_path, "\n".join(lines))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(StoryError):
            gm.read_story(path)
