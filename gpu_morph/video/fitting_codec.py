"""Which codec a film format holds: a choice for `codec="auto"`, and a trial before anything is drawn."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from ..errors import EncoderError
from .codecs import codec_spec
from .containers import container
from .encoding import Encoding
from .ffmpeg import run_ffmpeg, video_encoders
from .hardware_encoders import fastest_codec

_HELD = ("libx264", "h264_nvenc", "h264_qsv", "h264_amf", "h264_videotoolbox")  # by formats of any codec of ours
_HELD_BY = {"mpeg4": (".mp4", ".m4v", ".mov", ".mkv", ".avi")}  # ISF's usual codec: no trial, which takes 0.2 s
_TIMEOUT = 20.0  # s


def automatic_codec(ending: str, *, is_local: bool, transparent: bool) -> str:
    """The codec that "auto" stands for: H.264, or, in a format that does not hold it, the first that ffmpeg has.

    Parameters
    ----------
    ending : str
        Of the film's name.
    is_local : bool
        This process encodes; only then may the machine's hardware do so.
    transparent : bool
        The film has alpha.
    """
    choices = container(ending).codecs
    if choices:
        able = [codec for codec in choices if not transparent or codec_spec(codec).alpha]
        here = video_encoders() if len(able) > 1 else able
        return next((codec for codec in able if codec in here), (able or choices)[0])
    return fastest_codec() if is_local and not transparent else "libx264"


def check_held(encoding: Encoding, ending: str) -> None:
    """Check that films with this ending hold the codec: ffmpeg says so only when it has the first frames.

    Raises
    ------
    ValueError
        They do not.
    """
    is_known = encoding.codec in _HELD and not container(ending).codecs
    if ending == ".gif" or is_known or ending in _HELD_BY.get(encoding.codec, ()):
        return
    refusal = _refusal(replace(encoding, gif_plays=0, threads=None, background="0x000000"), ending)
    if refusal:
        choices = container(ending).codecs
        instead = f"give codec='auto' or {' or '.join(map(repr, choices))}" if choices else "leave it out for H.264"
        raise ValueError(
            f"codec: films that end in {ending} do not hold {encoding.codec}: {instead}, or write .mkv, which holds "
            f"nearly all codecs ({refusal})"
        )


@cache
def _refusal(encoding: Encoding, ending: str) -> str:
    """What ffmpeg says if it can encode, but not into this format; else ""."""
    arguments = ["-f", "lavfi", "-i", "color=size=640x360:rate=25", "-frames:v", "2"]
    arguments += encoding.arguments((640, 360), ending)
    with tempfile.TemporaryDirectory(prefix="gpu_morph-") as folder:
        try:
            run_ffmpeg([*arguments, str(Path(folder) / f"trial{ending}")], failure="ffmpeg", timeout=_TIMEOUT)
        except EncoderError as error:
            try:
                run_ffmpeg([*arguments, "-f", "null", "-"], failure="ffmpeg", timeout=_TIMEOUT)
            except EncoderError:  # it is not the format; the film's own ffmpeg reports it
                return ""
            return str(error).partition(" | ")[0]
    return ""
