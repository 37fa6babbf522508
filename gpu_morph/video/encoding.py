"""Encoding: codec, quality and colours of a film, as ffmpeg's options."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Any

from ..errors import UnsupportedError
from ..image.image import Size
from ..image.yuv420 import is_yuv420_size

# quality means -q:v (1 best to 31 worst) to MPEG's old codecs, -crf (0 best) to newer ones.
_QSCALE_CODECS = (
    "mpeg4",
    "mpeg2video",
    "mpeg1video",
    "msmpeg4",
    "msmpeg4v2",
    "libxvid",
    "mjpeg",
    "h263",
    "flv",
    "wmv1",
    "wmv2",
)
_CRF_CODECS = ("libx264", "libx264rgb", "libx265", "libvpx", "libvpx-vp9", "libaom-av1", "libsvtav1")
# Encoders in hardware by how their names end: their options for a constant quality, 0 best to 51 worst.
_HARDWARE = {
    "_nvenc": ("-rc", "vbr", "-b:v", "0", "-cq"),
    "_qsv": ("-global_quality",),
    "_amf": ("-rc", "cqp", "-qp_p", "{}", "-qp_i"),
}
_HARDWARE_QUALITY = 20
_DEFAULT_QUALITY = {"libx264": 18, "libx264rgb": 18, "libx265": 20, "libvpx": 20, "libvpx-vp9": 28}
# Codecs that know no yuv420p; ffmpeg then chooses what they know.
_OWN_FORMAT_CODECS = ("qtrle", "dnxhd", "libx264rgb", "png")
_PRORES_CODECS = ("prores", "prores_ks", "prores_aw")  # left alone, ffmpeg takes 4444 and tags no colours
# Films that cannot say how their colours were made; players then suppose BT.601.
_UNTAGGED_CODECS = ("mjpeg", "libvpx", "mpeg1video", "msmpeg4", "msmpeg4v2", "flv", "h263", "wmv1", "wmv2", "libtheora")
_UNTAGGED_IN_AVI = ("mpeg4", "libxvid")
# Codecs that carry transparency: the pixel format in which they do, and the films that keep it. VP9's is lost in
# an MP4, without a word.
_TRANSPARENT_CODECS = {
    "prores_ks": ("yuva444p10le", (".mov", ".mkv")),
    "libvpx-vp9": ("yuva420p", (".webm", ".mkv")),
    "qtrle": ("argb", (".mov",)),
    "png": ("rgba", (".mov", ".mkv")),
    "ffv1": ("bgra", (".mkv",)),
}
_TRANSPARENT_FORMATS = ("yuva", "gbrap", "rgba", "bgra", "argb", "abgr")
# A GIF counts hundredths of a second, up to 65535. What is shown for a single one, browsers show for ten.
_SHORTEST_IN_GIF, _LONGEST_IN_GIF = Fraction(2, 100), Fraction(65535, 100)


def exact_rate(fps: Any) -> Fraction:
    """Frames per second as a fraction: 1000/30 gives 100/3, 29.97 gives 2997/100.

    Raises
    ------
    ValueError
        Not a positive number.
    """
    try:
        rate = Fraction(fps if isinstance(fps, Rational) else float(fps)).limit_denominator(100_000)
    except (TypeError, ValueError, OverflowError) as cause:
        raise ValueError(f"fps must be a positive number of frames per second, got {fps!r}") from cause
    if rate <= 0 or isinstance(fps, str):
        raise ValueError(f"fps must be a positive number of frames per second, got {fps!r}")
    return rate


@dataclass(frozen=True)
class Encoding:
    """How a film is encoded.

    Parameters
    ----------
    codec : str
        Any encoder of ffmpeg.
    quality : float, optional
        For MPEG-4 Part 2 and older ``-q:v``, 1 best to 31 worst; for x264, x265, VP8/9 and AV1 ``-crf``,
        0 best; for encoders in hardware (NVENC, Quick Sync, AMF) their like, 0 to 51. Other codecs ignore it.
        None: a good default.
    pixel_format : str, optional
        ffmpeg's ``-pix_fmt``. None: yuv420p, which plays everywhere, where the codec knows it.
    background : str
        Colour, "0xrrggbb", of what is added to reach an even size.
    transparent : bool
        The frames are RGBA (not premultiplied), and the film carries their alpha. For prores_ks and qtrle
        (.mov), libvpx-vp9 (.webm), png (.mov) and ffv1 (.mkv).
    threads : int, optional
        Of the encoder. None: as many as ffmpeg chooses.
    """

    codec: str = "libx264"
    quality: float | None = None
    pixel_format: str | None = None
    background: str = "0xffffff"
    transparent: bool = False
    threads: int | None = None

    def check(self, size: Size, rate: Fraction, ending: str) -> None:
        """See whether a film of this ``ending`` can be encoded so.

        Raises
        ------
        ValueError
            A quality or a rate outside what can be, or a codec, pixel format or film without transparency.
        """
        if ending != ".gif":
            self.arguments(size, ending)
        elif self.transparent:
            raise UnsupportedError("a GIF cannot be transparent yet: choose a film such as .mov with codec 'prores_ks'")
        elif not _SHORTEST_IN_GIF <= 1 / rate <= _LONGEST_IN_GIF:
            raise ValueError(
                "a GIF shows each frame for 0.02 to 655.35 s (browsers slow down what is faster), so its fps is "
                f"0.0016 to 50, got {float(rate):g}"
            )

    def takes_planes(self, size: Size, ending: str) -> bool:
        """True when frames may come as `gpu_morph.image.yuv420` makes them, which spares ffmpeg the conversion."""
        is_420 = (self.pixel_format or self._usual_format()) == "yuv420p"
        return is_420 and ending != ".gif" and not self.transparent and is_yuv420_size(size) and self._is_hd(ending)

    def _is_hd(self, ending: str) -> bool:
        """True when colours are BT.709's."""
        return self.codec not in _UNTAGGED_CODECS and not (ending == ".avi" and self.codec in _UNTAGGED_IN_AVI)

    def arguments(self, size: Size, ending: str = ".mp4", *, planar: bool = False) -> list[str]:
        """ffmpeg's output options for frames of ``size`` pixels and a film of this ``ending``, but for a GIF.

        ``planar`` frames are as `takes_planes` says.
        """
        words = ["-c:v", self.codec]
        if self.threads is not None:
            words += ["-threads", str(self.threads)]
        quality = self.quality
        if self.codec in _QSCALE_CODECS:
            quality = 5 if quality is None else quality
            if not 1 <= quality <= 31:
                raise ValueError(f"quality of {self.codec} runs from 1 (best) to 31 (worst), got {quality}")
            words += ["-q:v", f"{quality:g}"]
        elif self.codec in _CRF_CODECS:
            quality = _DEFAULT_QUALITY.get(self.codec, 28) if quality is None else quality
            worst = 51 if self.codec.startswith("libx26") else 63
            if not 0 <= quality <= worst:
                raise ValueError(f"quality of {self.codec} runs from 0 (best) to {worst} (worst), got {quality}")
            words += ["-crf", f"{quality:g}"]
            if self.codec.startswith(("libvpx", "libaom")):
                words += ["-b:v", "0", "-row-mt", "1"] if self.codec != "libvpx" else ["-b:v", "50M", "-qmin", "0"]
        elif self.codec.endswith(tuple(_HARDWARE)):
            quality = _HARDWARE_QUALITY if quality is None else quality
            if not 0 <= quality <= 51:
                raise ValueError(f"quality of {self.codec} runs from 0 (best) to 51 (worst), got {quality}")
            options = next(options for ending, options in _HARDWARE.items() if self.codec.endswith(ending))
            words += [option.format(f"{quality:g}") for option in (*options, "{}")]
        elif self.codec == "libtheora":
            words += ["-q:v", "9"]  # of 0 to 10, here the larger is the better; its own default blurs thin neurites
        if self.transparent and self.codec == "libvpx-vp9":
            words += ["-auto-alt-ref", "0"]  # its frames ahead of time know no alpha
        pixel_format = self.pixel_format or self._usual_format()
        if self.transparent:
            self._check_transparency(pixel_format, ending)
        filters = []
        halves_colors = pixel_format is not None and any(word in pixel_format for word in ("420", "422", "nv"))
        if halves_colors and (size[0] % 2 or size[1] % 2):
            filters.append(f"pad=ceil(iw/2)*2:ceil(ih/2)*2:color={self.background}{'@0' * self.transparent}")
        if pixel_format is not None and pixel_format.startswith(("yuv", "nv")):
            colors, reach = "bt709" if self._is_hd(ending) else "smpte170m", "pc" if "yuvj" in pixel_format else "tv"
            if not planar:
                exactly = "flags=bicubic+accurate_rnd+full_chroma_int"
                filters.append(f"scale=out_color_matrix={colors}:out_range={reach}:{exactly}")
            # The options -color_primaries and -color_trc do not reach frames that come out of a filter.
            filters.append(f"setparams=range={reach}:colorspace={colors}:color_primaries={colors}:color_trc={colors}")
        if filters:
            words += ["-vf", ",".join(filters)]
        if pixel_format is not None:
            words += ["-pix_fmt", pixel_format]
        if self.codec == "libx265":
            words += ["-tag:v", "hvc1"]  # what Apple's players ask for
        return words

    def _usual_format(self) -> str | None:
        if self.transparent and self.codec in _TRANSPARENT_CODECS:
            return _TRANSPARENT_CODECS[self.codec][0]
        if self.codec == "mjpeg":
            return "yuvj420p"  # the full range that JPEG has
        if self.codec in _OWN_FORMAT_CODECS:
            return None
        return "yuv422p10le" if self.codec in _PRORES_CODECS else "yuv420p"

    def _check_transparency(self, pixel_format: str | None, ending: str) -> None:
        if self.codec not in _TRANSPARENT_CODECS:
            have = ", ".join(f"{codec} ({endings[0]})" for codec, (_, endings) in _TRANSPARENT_CODECS.items())
            raise ValueError(f"codec {self.codec!r} carries no transparency; those that do are {have}")
        endings = _TRANSPARENT_CODECS[self.codec][1]
        if ending not in endings:
            raise ValueError(
                f"{self.codec} keeps its transparency in films that end in {' or '.join(endings)}, got {ending}"
            )
        if pixel_format is None or not pixel_format.startswith(_TRANSPARENT_FORMATS):
            raise ValueError(
                f"pixel_format {pixel_format!r} has no alpha: leave it None, or give one such as 'yuva420p'"
            )


def gif_collection(lossless: str | os.PathLike[str], palette: str | os.PathLike[str]) -> list[str]:
    """ffmpeg's output options of a GIF's first pass: the frames as they are, and 256 colours that suit them all.

    The colours are known after the last frame only. In a single pass ffmpeg would keep all frames in memory.
    """
    words = ["-filter_complex", "[0:v]split[frames][colors];[colors]palettegen[palette]"]
    words += ["-map", "[frames]", "-fps_mode", "passthrough", "-c:v", "qtrle", "-pix_fmt", "rgb24", f"file:{lossless}"]
    # Not image2, which takes "%d" in a file's name for a number.
    return [*words, "-map", "[palette]", "-c:v", "png", "-f", "image2pipe", f"file:{palette}"]


def gif_arguments(lossless: str | os.PathLike[str], palette: str | os.PathLike[str]) -> list[str]:
    """ffmpeg's options, but for the GIF's name, of its second pass."""
    words = ["-i", f"file:{lossless}", "-f", "png_pipe", "-i", f"file:{palette}"]
    # Dithering would sprinkle thin neurites and colour bars with dots; 256 colours are enough without.
    words += ["-filter_complex", "[0:v][1:v]paletteuse=dither=none", "-fps_mode", "passthrough"]
    return [*words, "-c:v", "gif", "-loop", "0"]
