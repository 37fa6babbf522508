"""A codec that the film's format does not hold is refused before anything is drawn; "auto" is one that it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from written_films import SIZE, names_in

from gpu_morph import Camera, Renderer, Scene, demo_cell, render_video
from gpu_morph.video import fitting_codec
from gpu_morph.video.containers import CONTAINERS
from gpu_morph.video.encoding import Encoding
from probe import probe

SCENE = Scene(demo_cell()[0], color="k", camera=Camera(azim_step=90))


@pytest.mark.parametrize(("ending", "name"), [(".webm", "vp9"), (".ogv", "theora")])
def test_auto_is_a_codec_that_the_format_holds(tmp_path: Path, ending: str, name: str) -> None:
    path = tmp_path / f"film{ending}"
    report = render_video(SCENE, path, size=SIZE, codec="auto", transparent=ending == ".webm", progress=False)
    assert report.n_frames == 4
    assert probe(path).codec == name


@pytest.mark.parametrize(
    ("codec", "ending", "advice"),
    [("libx264", ".webm", "'auto' or 'libvpx-vp9'"), ("libx264", ".ogv", "'libtheora'"), ("flv", ".mp4", "H.264")],
)
def test_a_codec_that_the_format_does_not_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, ending: str, advice: str
) -> None:
    monkeypatch.setattr(Renderer, "frames", None)  # nothing is drawn
    with pytest.raises(ValueError, match=rf"codec: films that end in {ending} do not hold {codec}: .*{advice}"):
        render_video(SCENE, tmp_path / f"film{ending}", size=SIZE, codec=codec, progress=False)
    assert names_in(tmp_path) == []


def test_every_other_format_holds_h264() -> None:
    for container in CONTAINERS:
        if container.ending != ".gif" and not container.codecs:
            assert fitting_codec._refusal(Encoding(), container.ending) == ""


def test_usual_films_need_no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    for codec, endings in fitting_codec._HELD_BY.items():
        for ending in endings:
            assert fitting_codec._refusal(Encoding(codec), ending) == ""
    monkeypatch.setattr(fitting_codec, "_refusal", None)
    fitting_codec.check_held(Encoding("libx264"), ".mp4")
    fitting_codec.check_held(Encoding("mpeg4"), ".mp4")


def test_an_encoder_that_fails_anyway_is_not_the_formats_fault() -> None:
    fitting_codec.check_held(Encoding("no_such_encoder"), ".webm")
