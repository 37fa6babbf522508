"""Encoding: codec, quality and pixel format of a film, as ffmpeg's options."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Any

from ..image.image import Size
from ..image.yuv_format import YUV_FORMATS, YuvFormat
from .codecs import CODECS, CodecSpec, codec_spec
from .ffmpeg import supported_rates
from .gif import check_gif

_SAME_RATE = Fraction(1, 1000)  # 29.97 stands for 30000/1001
_ALPHA_FORMATS = ("yuva", "gbrap", "rgba", "bgra", "argb", "abgr")  # beginnings of ffmpeg's pixel formats
_SUBSAMPLED = ("420", "422", "nv")  # parts of the names of those that need even sizes


def exact_rate(fps: Any) -> Fraction:
    """Frames per second as a fraction: 1000/30 gives 100/3, 29.97 gives 2997/100.

    Raises
    ------
    ValueError
        Not a positive number.
    """
    try:
        if isinstance(fps, Rational):  # numpy's integers are too, but overflow in fractions
            rate = Fraction(int(fps.numerator), int(fps.denominator)).limit_denominator(100_000)
        else:
            rate = Fraction(float(fps)).limit_denominator(100_000)
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
        Any encoder of ffmpeg; `gpu_morph.video.codecs` has what is known of the usual ones.
    quality : float, optional
        On the codec's own scale, where lower is better; `gpu_morph.video.codecs` has the scales. Codecs without one
        ignore it. None: a good default.
    pixel_format : str, optional
        ffmpeg's ``-pix_fmt``. None: yuv420p, which all players support, where the codec has it.
    background : str
        Colour, "0xrrggbb", of the padding of odd sizes.
    transparent : bool
        The frames are RGBA (straight alpha), and the film carries their alpha. Needs a codec and an ending with
        ``alpha`` in `gpu_morph.video.codecs`.
    threads : int, optional
        Of the encoder. None: as many as ffmpeg chooses.
    gif_plays : int
        How often a GIF is played; 0: for ever.
    """

    codec: str = "libx264"
    quality: float | None = None
    pixel_format: str | None = None
    background: str = "0xffffff"
    transparent: bool = False
    threads: int | None = None
    gif_plays: int = 0

    @property
    def spec(self) -> CodecSpec:
        """The codec's row of the table."""
        return codec_spec(self.codec)

    def check(self, size: Size, rate: Fraction, ending: str) -> None:
        """Check that a film with this ``ending`` can be encoded so.

        Raises
        ------
        ValueError
            A quality or a rate out of range, or a codec, pixel format or film without transparency.
        """
        if ending == ".gif":
            check_gif(rate, transparent=self.transparent)
        else:
            self.arguments(size, ending)
            self._check_rate(rate)

    def planes(self, size: Size, ending: str) -> YuvFormat | None:
        """The planes that frames may be, so that ffmpeg does not convert them; None: RGB only."""
        planes = YUV_FORMATS.get(self._used_pixel_format() or "")
        if self.transparent or ending == ".gif" or not self._is_bt709(ending):
            return None
        return planes if planes is not None and planes.fits(size) else None

    def is_padded(self, size: Size) -> bool:
        """True if frames of this size are padded to even sizes."""
        pixel_format = self._used_pixel_format()
        is_subsampled = pixel_format is not None and any(part in pixel_format for part in _SUBSAMPLED)
        return is_subsampled and bool(size[0] % 2 or size[1] % 2)

    def arguments(self, size: Size, ending: str = ".mp4", *, takes_planes: bool = False) -> list[str]:
        """ffmpeg's output options for a film that is not a GIF.

        Parameters
        ----------
        size : (width, height)
            Of the frames, pixels.
        ending : str
            Of the film's name.
        takes_planes : bool
            The frames are planes.

        Raises
        ------
        ValueError
            See `check`.
        """
        spec = self.spec
        threads = [] if self.threads is None else ["-threads", str(self.threads)]
        arguments = ["-c:v", self.codec, *threads, *self._quality_options(), *spec.options]
        if self.transparent:
            arguments += self._alpha_options(ending)
        filters = self._filters(size, ending, takes_planes=takes_planes)
        if filters:
            arguments += ["-vf", ",".join(filters)]
        pixel_format = self._used_pixel_format()
        return arguments if pixel_format is None else [*arguments, "-pix_fmt", pixel_format]

    def _check_rate(self, rate: Fraction) -> None:
        rates = supported_rates(self.codec) if self.spec.has_few_rates else ()
        nearest = min(rates, key=lambda known: abs(known - rate), default=rate)
        if abs(nearest - rate) > rate * _SAME_RATE:
            around = [max((known for known in rates if known < rate), default=nearest)]
            around.append(min((known for known in rates if known > rate), default=nearest))
            shown = " or ".join(dict.fromkeys(f"{float(known):.5g}" for known in around))
            raise ValueError(
                f"fps: {self.codec} makes films of some rates only, {shown} near to {float(rate):.5g}: give one of "
                "these, or another codec"
            )

    def _used_pixel_format(self) -> str | None:
        alpha = self.spec.alpha if self.transparent else None
        return self.pixel_format or (alpha.pixel_format if alpha else self.spec.pixel_format)

    def _is_bt709(self, ending: str) -> bool:
        """True if the film records its YUV matrix, which then is BT.709's; else BT.601's, as players assume."""
        return self.spec.is_tagged and ending not in self.spec.untagged_endings

    def _quality_options(self) -> list[str]:
        scale = self.spec.quality
        if scale is None:
            return []
        quality = scale.default if self.quality is None else self.quality
        if not scale.best <= quality <= scale.worst:
            raise ValueError(
                f"quality of {self.codec} runs from {scale.best} (best) to {scale.worst} (worst), got {quality}"
            )
        return [option.format(f"{quality:g}") for option in scale.options]

    def _alpha_options(self, ending: str) -> tuple[str, ...]:
        alpha, pixel_format = self.spec.alpha, self._used_pixel_format()
        if alpha is None:
            carriers = ", ".join(f"{spec.name} ({spec.alpha.endings[0]})" for spec in CODECS if spec.alpha)
            raise ValueError(
                f"transparent=True: codec {self.codec!r} carries no transparency; those that do are {carriers}: give "
                "one as codec, and a path with its ending, or leave transparent out"
            )
        if ending not in alpha.endings:
            endings = " or ".join(alpha.endings)
            raise ValueError(
                f"transparent=True: {self.codec} keeps its transparency in films that end in {endings}, got {ending}: "
                "give such a path, or leave transparent out"
            )
        if pixel_format is None or not pixel_format.startswith(_ALPHA_FORMATS):
            raise ValueError(
                f"transparent=True: pixel_format {pixel_format!r} has no alpha: leave it None, or give one such as "
                "'yuva420p'"
            )
        return alpha.options

    def _filters(self, size: Size, ending: str, *, takes_planes: bool) -> list[str]:
        """ffmpeg's filters: padding to even sizes, conversion to YUV, and the tags that say how it was done."""
        filters = []
        if self.is_padded(size):
            filters.append(f"pad=ceil(iw/2)*2:ceil(ih/2)*2:color={self.background}{'@0' * self.transparent}")
        pixel_format = self._used_pixel_format()
        if pixel_format is None or not pixel_format.startswith(("yuv", "nv")):
            return filters
        matrix = "bt709" if self._is_bt709(ending) else "smpte170m"
        value_range = "pc" if "yuvj" in pixel_format else "tv"
        if not takes_planes:
            flags = "flags=bicubic+accurate_rnd+full_chroma_int"
            filters.append(f"scale=out_color_matrix={matrix}:out_range={value_range}:{flags}")
        # The options -color_primaries and -color_trc have no effect on frames that a filter has returned.
        filters.append(f"setparams=range={value_range}:colorspace={matrix}:color_primaries={matrix}:color_trc={matrix}")
        return filters
