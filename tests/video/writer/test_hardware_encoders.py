"""`auto` takes an encoder in hardware where one works."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from written_films import SIZE

from gpu_morph import Camera, Scene, demo_cell, render_video
from gpu_morph.video import hardware_encoders
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.ffmpeg import ffmpeg_path
from probe import probe

# Stands in for an ffmpeg whose machine has AMD's encoder and no other.
FAKE = """#!/bin/sh
for word; do
    shift
    case $word in
        h264_nvenc|h264_qsv|h264_videotoolbox) exit 1 ;;
        h264_amf) set -- "$@" libx264 ;;
        -rc|cqp|-qp_p|20) ;;
        -qp_i) set -- "$@" -crf 20 ;;
        *) set -- "$@" "$word" ;;
    esac
done
exec {ffmpeg} "$@"
"""


@pytest.fixture
def _encoders_are_tried_again() -> Iterator[None]:
    hardware_encoders.encoder_works.cache_clear()
    yield
    hardware_encoders.encoder_works.cache_clear()


@pytest.mark.skipif(os.name == "nt", reason="needs a shell script in ffmpeg's place")
@pytest.mark.usefixtures("_encoders_are_tried_again")
def test_auto_takes_the_encoder_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "ffmpeg.sh"
    fake.write_text(FAKE.replace("{ffmpeg}", ffmpeg_path()))
    fake.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(fake))
    assert hardware_encoders.fastest_codec() == "h264_amf"
    scene = Scene(demo_cell()[0], color="k", camera=Camera(azim_step=90))
    report = render_video(scene, tmp_path / "film.mp4", size=SIZE, codec="auto", progress=False)
    assert (report.codec, report.n_frames) == ("h264_amf", 4)
    assert probe(tmp_path / "film.mp4").codec == "h264"


@pytest.mark.usefixtures("_encoders_are_tried_again")
def test_auto_takes_x264_where_no_hardware_encodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware_encoders, "encoder_works", lambda codec: False)
    report = render_video(
        Scene(demo_cell()[0], color="k", camera=Camera(azim_step=90)),
        tmp_path / "film.mp4",
        size=SIZE,
        codec="auto",
        progress=False,
    )
    assert report.codec == "libx264"


@pytest.mark.usefixtures("_encoders_are_tried_again")
def test_an_encoder_works_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hardware_encoders.encoder_works("libx264")
    assert not hardware_encoders.encoder_works("no_such_encoder")
    monkeypatch.setattr(hardware_encoders, "_TIMEOUT", 0)
    assert not hardware_encoders.encoder_works("mpeg4")


@pytest.mark.parametrize(
    ("codec", "expected"),
    [
        ("h264_nvenc", ["-rc", "vbr", "-b:v", "0", "-cq", "23"]),
        ("hevc_nvenc", ["-rc", "vbr", "-b:v", "0", "-cq", "23"]),
        ("h264_qsv", ["-global_quality", "23"]),
        ("h264_amf", ["-rc", "cqp", "-qp_p", "23", "-qp_i", "23"]),
    ],
)
def test_quality_of_encoders_in_hardware(codec: str, expected: list[str]) -> None:
    words = Encoding(codec, 23).arguments(SIZE)
    assert words[2 : 2 + len(expected)] == expected
    assert "20" in Encoding(codec).arguments(SIZE)
    with pytest.raises(ValueError, match=f"quality of {codec} runs from 0"):
        Encoding(codec, 52).arguments(SIZE)
    assert Encoding(codec).planes(SIZE, ".mp4")
