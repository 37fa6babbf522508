"""ffmpeg is run by one module, which says why it failed; the codec table has a row for each encoder."""

from __future__ import annotations

import ast
import os
import re
import warnings
from pathlib import Path

import pytest

import gpu_morph as gm
from gpu_morph.errors import EncoderError
from gpu_morph.system.user_warning import warn_user
from gpu_morph.video import ffmpeg
from gpu_morph.video.codecs import CODECS, MPEG_QUALITY, CodecSpec, codec_spec
from gpu_morph.video.containers import CONTAINERS, container
from gpu_morph.video.encoding import Encoding
from gpu_morph.video.ffmpeg import FfmpegPipe, ffmpeg_path, ffmpeg_version, run_ffmpeg, video_encoders
from gpu_morph.video.hardware_encoders import encoder_works
from probe import ffmpeg_processes

PACKAGE = Path(gm.__file__).parent
SCENE = gm.Scene(gm.demo_cell()[0], color="k", camera=gm.Camera(azim_step=120))


# ffmpeg


def test_one_module_runs_ffmpeg() -> None:
    found = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "imageio_ffmpeg" in (text := path.read_text(encoding="utf-8"))
        if re.search(r"\bimageio_ffmpeg\b", ast.unparse(ast.parse(text)))  # not in a comment
    ]
    assert found == ["video/ffmpeg.py"]


@pytest.mark.parametrize("name", ["missing", "text", "folder"])
def test_a_program_that_cannot_be_started_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "text").write_text("no program")
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / name))
    words = rf"ffmpeg cannot be started: .*{name}: .*IMAGEIO_FFMPEG_EXE"
    with pytest.raises(EncoderError, match=words):
        ffmpeg_version()
    with pytest.raises(EncoderError, match=words):
        gm.render_video(SCENE, tmp_path / "film.mp4", size=(32, 24), progress=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "text"]


def test_a_failure_has_ffmpegs_last_lines() -> None:
    with pytest.raises(EncoderError, match=r"^it did not work: .*nothing\.mp4.*No such file"):
        run_ffmpeg(["-i", "file:nothing.mp4"], failure="it did not work")


def test_ffmpeg_is_ended_after_a_time() -> None:
    endless = ["-re", "-f", "lavfi", "-i", "color", "-f", "null", "-"]
    with pytest.raises(EncoderError, match=r"it hangs: it did not end within 0\.3 s"):
        run_ffmpeg(endless, failure="it hangs", timeout=0.3)
    assert ffmpeg_processes() == []


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_an_ffmpeg_that_never_answers_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ffmpeg").write_text("#!/bin/sh\nexec sleep 300\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "ffmpeg"))
    monkeypatch.setattr(ffmpeg, "_ANSWER_TIMEOUT", 0.1)
    for question in (ffmpeg_version, video_encoders):
        with pytest.raises(EncoderError, match=r"it did not end within 0\.1 s"):
            question()


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_messages_of_ffmpeg_do_not_control_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ffmpeg").write_text("#!/bin/sh\nprintf 'no\\033[2J\\0 disk\\n' >&2\nexit 1\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "ffmpeg"))
    with pytest.raises(EncoderError, match=r"(?m): no\[2J disk$"):
        ffmpeg_version()


def test_output_is_returned() -> None:
    assert "libx264" in video_encoders()
    assert re.match(r"\S+$", ffmpeg_version())
    assert Path(ffmpeg_path()).is_file()


def test_a_pipe_that_is_killed_leaves_no_process() -> None:
    pipe = FfmpegPipe(["-f", "rawvideo", "-video_size", "8x8", "-i", "pipe:0", "-f", "null", "-"])
    assert len(ffmpeg_processes()) == 1
    pipe.kill()
    pipe.kill()  # which does nothing more
    assert pipe.wait() == -9
    pipe.close()
    assert ffmpeg_processes() == []


# Codecs and containers


@pytest.mark.skipif(not Path("/proc/sys/fs/pipe-max-size").exists(), reason="needs Linux's pipes")
def test_ffmpegs_pipe_holds_as_much_as_linux_allows() -> None:
    import fcntl

    reader, writer = os.pipe()
    try:
        largest = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, int(Path("/proc/sys/fs/pipe-max-size").read_text()))
    except OSError:
        largest = fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)  # this user's pipes hold as much as they may
    finally:
        os.close(reader)
        os.close(writer)
    pipe = FfmpegPipe(["-f", "rawvideo", "-video_size", "8x8", "-i", "pipe:0", "-f", "null", "-"])
    try:
        assert pipe._process.stdin is not None
        assert fcntl.fcntl(pipe._process.stdin, fcntl.F_GETPIPE_SZ) == largest
    finally:
        pipe.kill()
        pipe.close()


def test_a_codec_has_one_row() -> None:
    names = [spec.name for spec in CODECS]
    assert len(names) == len(set(names))
    assert all(ending in {one.ending for one in CONTAINERS} for spec in CODECS for ending in spec.untagged_endings)


@pytest.mark.parametrize("spec", [spec for spec in CODECS if spec.quality], ids=lambda spec: spec.name)
def test_the_default_quality_is_on_the_scale(spec: CodecSpec) -> None:
    assert spec.quality is not None
    assert spec.quality.best < spec.quality.default < spec.quality.worst
    options = Encoding(spec.name).arguments((64, 48))
    assert f"{spec.quality.default:g}" in options


def test_patterns_stand_for_the_encoders_of_a_kind_of_hardware() -> None:
    assert codec_spec("h264_nvenc") == codec_spec("hevc_nvenc") == codec_spec("*_nvenc")
    assert codec_spec("libx264").quality != codec_spec("h264_amf").quality


def test_an_encoder_without_a_row_has_no_scale_and_no_alpha() -> None:
    spec = codec_spec("some_new_encoder")
    assert (spec.name, spec.quality, spec.alpha, spec.pixel_format) == ("some_new_encoder", None, None, "yuv420p")
    assert Encoding("some_new_encoder", 99).arguments((64, 48))[:2] == ["-c:v", "some_new_encoder"]


def test_mpeg_codecs_share_a_scale() -> None:
    assert {spec.name for spec in CODECS if spec.quality == MPEG_QUALITY} >= {"mpeg4", "mpeg2video", "mjpeg", "flv"}


FIXED_SIZES = ("h263", "dnxhd")  # encoders whose few sizes the trial does not use


@pytest.mark.parametrize(
    "codec", [spec.name for spec in CODECS if "*" not in spec.name and spec.name not in FIXED_SIZES]
)
def test_ffmpeg_accepts_the_options_of_each_codec(codec: str) -> None:
    if codec not in video_encoders():
        pytest.skip(f"this ffmpeg is built without {codec}")
    assert encoder_works(codec)


def test_endings_are_known_in_any_case() -> None:
    assert container(".MP4").options == ("-movflags", "+faststart")
    with pytest.raises(ValueError, match=r"'\.doc' is not the ending of a film; give one of \.mp4"):
        container(".doc")


# Warnings


def test_a_warning_points_at_the_line_that_called_the_package() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_user("mind the gap")
    assert [(str(one.message), Path(one.filename)) for one in caught] == [("mind the gap", Path(__file__))]
