"""Which H.264 encoder to use: one in hardware where it works, found by trying."""

from __future__ import annotations

from functools import cache

from ..errors import EncoderError
from .encoding import Encoding
from .ffmpeg import run_ffmpeg

_HARDWARE_CODECS = ("h264_nvenc", "h264_qsv", "h264_amf", "h264_videotoolbox")
_TIMEOUT = 20.0  # s


@cache
def encoder_works(codec: str) -> bool:
    """True if ffmpeg's encoder works on this machine."""
    arguments = ["-f", "lavfi", "-i", "color=size=640x360:rate=25", "-frames:v", "8"]
    arguments += [*Encoding(codec).arguments((640, 360)), "-f", "null", "-"]
    try:
        run_ffmpeg(arguments, failure=f"{codec} does not work", timeout=_TIMEOUT)
    except EncoderError:
        return False
    return True


def fastest_codec() -> str:
    """The H.264 encoder of this machine's hardware; "libx264" if there is none."""
    return next((codec for codec in _HARDWARE_CODECS if encoder_works(codec)), "libx264")
