"""Pictures for print: the cell's pixels with annotations as vectors look as the picture that is drawn at once."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reference import straight_tube

import gpu_morph as gm
from gpu_morph import Camera, Recording, Scene
from gpu_morph.image.image import Size
from gpu_morph.scene.annotations.base import Drawing, Moment, Sprite, View
from gpu_morph.scene.camera import Box

SIZE = (320, 240)
SVG = "{http://www.w3.org/2000/svg}"
TUBE = straight_tube((-15, 0, 0), (15, 0, 0), diameter=10)
TIMES = np.arange(0, 11.0)
RECORDING = Recording(TIMES, TIMES[:, None] * 5 - 70, section=[0], position=[0.5])


@dataclass(frozen=True)
class Cross(gm.Annotation):
    """An annotation of a user: a cross on a canvas, and two rows of pixels below it."""

    place = "upper right"
    needs_recording = False

    def room(self, view: View) -> Size:
        return 20, 24

    def drawing(self, view: View, box: Box) -> Drawing:
        canvas = gm.Canvas.over(view, (20, 20))
        canvas.line([(2, 2), (18, 18)], (1, 0, 0, 1), 3)
        canvas.line([(2, 18), (18, 2)], (1, 0, 0, 1), 3)
        rows = np.full((2, 20, 4), (0, 0, 255, 255), dtype=np.uint8)

        def sprites(moment: Moment) -> Sequence[Sprite]:
            return [canvas.sprite(box.x, box.y), Sprite(rows, box.x, box.y + 21)]

        return sprites


def scene(**options) -> Scene:
    camera = Camera(azim=-90, elev=0)
    annotations = (
        gm.ColorBar(place="lower"),
        gm.Clock(),
        gm.TraceInset(place="left", color="blue"),
        gm.Arrow(0, label="here"),
        Cross(),
    )
    return Scene(TUBE, RECORDING, clim=(-70, -20), **{"camera": camera, "annotations": annotations, **options})


def svg(path: Path) -> ElementTree.Element:
    return ElementTree.fromstring(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("transparent", [False, True])
def test_an_image_without_annotations_and_their_sprites_are_the_picture(transparent: bool) -> None:
    with gm.Renderer(scene(), SIZE, transparent=transparent) as renderer:
        whole, (cell, drawn) = renderer.render(5), renderer.layers(5)
        again = renderer.render(5)
    np.testing.assert_array_equal(whole, again)
    assert len(drawn) == 5
    mixed = Image.fromarray(cell).convert("RGBA")
    for sprite in (sprite for sprites in drawn for sprite in sprites):
        height, width = sprite.image.shape[:2]
        place = Image.new("RGBA", SIZE)
        place.paste(Image.fromarray(sprite.image), (sprite.x, sprite.y, sprite.x + width, sprite.y + height))
        mixed.alpha_composite(place)
    over_black = Image.new("RGBA", SIZE, "black")  # the colours of faint pixels are rounded coarsely
    over_black.alpha_composite(mixed)
    expected = whole[..., :3] * (whole[..., 3:] / 255 if transparent else 1)
    assert np.abs(np.asarray(over_black)[..., :3] - expected).max() <= 4
    assert (cell != whole).any()


def test_an_svg_holds_the_cell_as_pixels_and_each_annotation_as_a_group(tmp_path: Path) -> None:
    root = svg(gm.save_image(tmp_path / "cell.svg", scene(), time=5, size=SIZE))
    groups = {group.get("class"): group for group in root.iter(f"{SVG}g")}
    assert list(groups) == ["ColorBar", "Clock", "TraceInset", "Arrow", "Cross"]
    texts = {
        name: [text.text for text in group.iter(f"{SVG}text") if text.get("fill") != "none"]  # without halos
        for name, group in groups.items()
    }
    assert (texts["Clock"], texts["Arrow"]) == (["5.0 ms"], ["here"])
    assert "Membrane potential (mV)" in texts["ColorBar"]
    assert len(list(groups["TraceInset"].iter(f"{SVG}polyline"))) == 1
    assert [item.tag for item in groups["Cross"]] == [f"{SVG}polyline", f"{SVG}polyline", f"{SVG}image"]
    assert len(list(root.iter(f"{SVG}image"))) == 2  # the cell, and the pixels of the user's own


def test_scene_and_path_may_be_given_in_either_order(tmp_path: Path) -> None:
    first = gm.save_image(tmp_path / "first.svg", scene(), time=5, size=SIZE)
    second = gm.save_image(scene(), tmp_path / "second.svg", time=5, size=SIZE)
    assert first.read_bytes() == second.read_bytes()
    gm.save_image(tmp_path / "first.pdf", scene(), time=5, size=SIZE)
    gm.save_image(scene(), tmp_path / "second.pdf", time=5, size=SIZE)
    assert (tmp_path / "first.pdf").read_bytes() == (tmp_path / "second.pdf").read_bytes()


@pytest.mark.parametrize("ending", ["png", "tif", "jpg", "webp"])
def test_files_of_pixels_say_what_they_show_and_are_as_render_image_draws(tmp_path: Path, ending: str) -> None:
    path = gm.save_image(scene(), tmp_path / f"cell.{ending}", time=5, size=SIZE, dpi=150)
    with Image.open(path) as saved:
        texts = saved.text if ending == "png" else {}
        tags = saved.tag_v2 if ending == "tif" else saved.getexif()
        software, description = texts.get("Software") or tags[305], texts.get("Description") or tags[270]
        pixels = np.asarray(saved.convert("RGB"), int)
        if ending != "webp":
            assert np.allclose([float(side) for side in saved.info["dpi"]], 150, atol=0.1)
    drawn = gm.render_image(scene(font_size=7 * 150 / 72), time=5, size=SIZE)
    assert np.abs(pixels - drawn).mean() < (0.1 if ending in "png tif" else 4)
    assert software == f"gpu_morph {gm.__version__}"
    made = json.loads(description[description.index("{") :])
    assert (made["time_ms"], made["size"], made["dpi"]) == (5, [320, 240], 150)
    assert (made["scene"]["color"], made["scene"]["unit"], made["scene"]["clim"]) == ("v", "mV", [-70, -20])
    assert made["scene"]["camera"]["azim"] == -90


@pytest.mark.parametrize(("font_size", "dpi", "pixels"), [(None, 300, 7), ("9pt", 300, 9), ("9pt", None, 9)])
def test_text_on_paper_has_seven_points_or_those_asked_for(
    tmp_path: Path, font_size: str | None, dpi: float | None, pixels: float
) -> None:
    shown = scene(annotations=(gm.Clock(),), font_size=font_size)
    page = svg(gm.save_image(shown, tmp_path / "a.svg", time=5, size=(600, 450), dpi=dpi))
    sizes = {float(text.get("font-size")) for text in page.iter(f"{SVG}text")}
    assert sizes == {round(pixels * (dpi or 96) / 72)}


def test_the_description_tells_scenes_and_times_apart(tmp_path: Path) -> None:
    def fingerprint(shown: Scene, time: float) -> str:
        with Image.open(gm.save_image(shown, tmp_path / "a.png", time=time, size=(90, 90))) as saved:
            return json.loads(saved.text["Description"])["scene"]["fingerprint"]

    bare = scene(annotations=())
    assert fingerprint(bare, 5) == fingerprint(scene(annotations=()), 5)
    assert len({fingerprint(bare, 5), fingerprint(bare, 6), fingerprint(scene(annotations=(), cmap="jet"), 5)}) == 3


@pytest.mark.parametrize(
    ("size", "unit", "dpi", "pixels"),
    [
        ((25.4, 12.7), "mm", 100, (100, 50)),
        ((2, 1), "in", None, (600, 300)),
        ((2.54, 1.27), "cm", 50, (50, 25)),
        ((72, 36), "pt", 200, (200, 100)),
        ((40, 30), "px", None, (40, 30)),
    ],
)
def test_the_size_may_be_given_on_paper(tmp_path: Path, size, unit, dpi, pixels) -> None:
    shown = Scene(TUBE)
    path = gm.save_image(shown, tmp_path / "cell.tif", size=size, unit=unit, dpi=dpi)
    with Image.open(path) as saved:
        assert saved.size == pixels
        if unit != "px":
            assert np.allclose([float(side) for side in saved.info["dpi"]], dpi or 300)
    root = svg(gm.save_image(shown, tmp_path / "cell.svg", size=size, unit=unit, dpi=dpi))
    assert root.get("viewBox") == f"0 0 {pixels[0]} {pixels[1]}"
    width = root.get("width")
    expected = pixels[0] if unit == "px" else pixels[0] / (dpi or 300) * 25.4
    assert float(re.match(r"[\d.]+", width)[0]) == pytest.approx(expected, abs=1e-3)
    assert width.endswith("px" if unit == "px" else "mm")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"size": (10, 10), "unit": "inch"}, "unit must be"),
        ({"unit": "mm"}, "size is missing: give .width, height. in mm"),
        ({"size": (0, 10), "unit": "mm"}, "size must be .width, height. in positive mm"),
        ({"size": 10, "unit": "mm"}, "size must be .width, height. in positive mm"),
        ({"size": ("a", 10), "unit": "mm"}, "size must be .width, height. in positive mm"),
        ({"size": (9e9, 10), "unit": "mm"}, "65536 pixels at 300 dpi"),
        ({"size": (10.5, 10)}, "whole positive pixels"),
        ({"dpi": 0}, "dpi must be a positive number"),
        ({"transparent": "yes"}, "transparent"),
    ],
)
def test_wrong_sizes_are_errors_before_anything_is_drawn(tmp_path: Path, options, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        gm.save_image(Scene(TUBE), tmp_path / "cell.svg", **options)
    assert not list(tmp_path.iterdir())


def test_what_is_for_scenes_is_an_error_with_an_array(tmp_path: Path) -> None:
    for name, value in (("time", 5), ("size", (9, 9)), ("transparent", True), ("device", "cpu")):
        with pytest.raises(ValueError, match=f"{name} is for a Scene"):
            gm.save_image(tmp_path / "cell.png", np.zeros((4, 4, 3), np.uint8), **{name: value})


@pytest.mark.parametrize("name", ["cell.svg", "cell.pdf"])
def test_a_failure_keeps_the_older_file(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = gm.save_image(Scene(TUBE), tmp_path / name, size=(40, 30)).read_bytes()

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", fail)
    with pytest.raises(OSError, match="no space"):
        gm.save_image(Scene(TUBE), tmp_path / name, size=(50, 30))
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("background", ["white", "black"])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("cell.svg", ("rsvg-convert", "{0}", "-o", "{1}.png")),
        ("cell.pdf", ("pdftoppm", "-r", "96", "-png", "-singlefile", "{0}", "{1}")),
    ],
)
def test_other_programs_draw_the_files_as_the_picture(
    tmp_path: Path, name: str, command: tuple[str, ...], background: str
) -> None:
    """The SVG's texts may have another font, as not all programs take the one in the file."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    shown = scene(background=background, camera=Camera(azim=-90, elev=0, zoom=2))  # with halos
    path = gm.save_image(shown, tmp_path / name, time=5, size=SIZE)
    subprocess.run([part.format(path, tmp_path / "drawn") for part in command], check=True, timeout=180)
    with Image.open(tmp_path / "drawn.png") as saved:
        drawn = np.asarray(saved.convert("RGB"), int)
    picture = gm.render_image(shown, time=5, size=SIZE).astype(int)
    assert drawn.shape == picture.shape
    assert np.abs(drawn - picture).mean() < 4
    assert (np.abs(drawn - picture).max(axis=2) > 100).mean() < 0.02
