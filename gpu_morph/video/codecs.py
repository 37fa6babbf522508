"""What each encoder of ffmpeg needs. A new codec is one row of `CODECS`."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class QualityScale:
    """The scale of a codec's ``quality``.

    Parameters
    ----------
    best, worst : float
        Its ends.
    default : float
        The quality if none is given.
    options : tuple of str
        ffmpeg's options for it; "{}" stands for the quality.
    """

    best: float
    worst: float
    default: float
    options: tuple[str, ...]


@dataclass(frozen=True)
class Alpha:
    """How a codec carries transparency.

    Parameters
    ----------
    pixel_format : str
        ffmpeg's pixel format with alpha.
    endings : tuple of str
        Films that keep the alpha. Others, such as VP9 in .mp4, lose it without a warning.
    options : tuple of str
        More options of ffmpeg.
    """

    pixel_format: str
    endings: tuple[str, ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodecSpec:
    """An encoder of ffmpeg.

    Parameters
    ----------
    name : str
        ffmpeg's name of it, or a pattern such as "*_nvenc".
    quality : QualityScale, optional
        None: ``quality`` is ignored.
    pixel_format : str, optional
        Of opaque films. None: ffmpeg chooses, for encoders that have no yuv420p.
    options : tuple of str
        More options of ffmpeg.
    alpha : Alpha, optional
        None: no transparency.
    is_tagged : bool
        The stream records which YUV matrix was used: BT.709 is. Players assume BT.601 for others.
    untagged_endings : tuple of str
        Films that do not record it, though the codec can.
    has_few_rates : bool
        The encoder may support a few rates only; ffmpeg takes the nearest one without a word.
    """

    name: str
    quality: QualityScale | None = None
    pixel_format: str | None = "yuv420p"
    options: tuple[str, ...] = ()
    alpha: Alpha | None = None
    is_tagged: bool = True
    untagged_endings: tuple[str, ...] = ()
    has_few_rates: bool = False


def _crf(default: float, worst: float) -> QualityScale:
    return QualityScale(0, worst, default, ("-crf", "{}"))


MPEG_QUALITY = QualityScale(1, 31, 5, ("-q:v", "{}"))  # of MPEG-4 Part 2 and older codecs
_QP = QualityScale(0, 51, 20, ("-rc", "cqp", "-qp_p", "{}", "-qp_i", "{}"))
_BITRATE_OFF = ("-b:v", "0", "-row-mt", "1")  # with a bitrate of 0 the -crf alone decides
_PRORES = "yuv422p10le"  # ffmpeg's own choice is 4444, without colour tags

CODECS = (
    # H.264, HEVC, AV1
    CodecSpec("libx264", _crf(18, 51)),
    CodecSpec("libx264rgb", _crf(18, 51), pixel_format=None),
    CodecSpec("libx265", _crf(20, 51), options=("-tag:v", "hvc1")),  # the tag that Apple's players need
    CodecSpec("libaom-av1", _crf(28, 63), options=_BITRATE_OFF),
    CodecSpec("libsvtav1", _crf(28, 63)),
    # In hardware: NVENC, Quick Sync, AMF
    CodecSpec("*_nvenc", QualityScale(0, 51, 20, ("-rc", "vbr", "-b:v", "0", "-cq", "{}"))),
    CodecSpec("*_qsv", QualityScale(0, 51, 20, ("-global_quality", "{}"))),
    CodecSpec("*_amf", _QP),
    # For editing
    CodecSpec("prores_ks", pixel_format=_PRORES, alpha=Alpha("yuva444p10le", (".mov", ".mkv"))),
    CodecSpec("prores", pixel_format=_PRORES),
    CodecSpec("prores_aw", pixel_format=_PRORES),
    CodecSpec("dnxhd", pixel_format=None),
    # VP8, VP9. Alternate reference frames of VP9 have no alpha.
    CodecSpec("libvpx", _crf(20, 63), options=("-b:v", "50M", "-qmin", "0"), is_tagged=False),
    CodecSpec(
        "libvpx-vp9",
        _crf(28, 63),
        options=_BITRATE_OFF,
        alpha=Alpha("yuva420p", (".webm", ".mkv"), ("-auto-alt-ref", "0")),
    ),
    # Lossless
    CodecSpec("qtrle", pixel_format=None, alpha=Alpha("argb", (".mov",))),
    CodecSpec("png", pixel_format=None, alpha=Alpha("rgba", (".mov", ".mkv"))),
    CodecSpec("ffv1", alpha=Alpha("bgra", (".mkv",))),
    # MPEG-4 Part 2 and older
    CodecSpec("mpeg4", MPEG_QUALITY, untagged_endings=(".avi",)),
    CodecSpec("libxvid", MPEG_QUALITY, untagged_endings=(".avi",)),
    CodecSpec("mpeg2video", MPEG_QUALITY, has_few_rates=True),
    CodecSpec("mpeg1video", MPEG_QUALITY, is_tagged=False, has_few_rates=True),
    CodecSpec("msmpeg4", MPEG_QUALITY, is_tagged=False),
    CodecSpec("msmpeg4v2", MPEG_QUALITY, is_tagged=False),
    CodecSpec("mjpeg", MPEG_QUALITY, pixel_format="yuvj420p", is_tagged=False),  # JPEG has the full range
    CodecSpec("h263", MPEG_QUALITY, is_tagged=False),
    CodecSpec("flv", MPEG_QUALITY, is_tagged=False),
    CodecSpec("wmv1", MPEG_QUALITY, is_tagged=False),
    CodecSpec("wmv2", MPEG_QUALITY, is_tagged=False),
    # Its scale runs from 0 to 10, best; the encoder's own default blurs thin neurites.
    CodecSpec("libtheora", options=("-q:v", "9"), is_tagged=False),
)
_BY_NAME = {spec.name: spec for spec in CODECS}
_PATTERNS = [spec for spec in CODECS if "*" in spec.name]


def codec_spec(name: str) -> CodecSpec:
    """The row of an encoder; a plain one for an encoder that the table does not have."""
    spec = _BY_NAME.get(name) or next((spec for spec in _PATTERNS if fnmatchcase(name, spec.name)), None)
    return spec or CodecSpec(name, has_few_rates=True)


def is_software(name: str) -> bool:
    """True for an encoder of the table that uses processors; False for hardware and unknown encoders."""
    return name in _BY_NAME and "*" not in name
