"""Animated GIFs: two passes of ffmpeg, as the 256 colours that suit all frames are known after the last one.

The first pass keeps the frames in a lossless film and collects their colours; the second writes the GIF. A single pass
would keep all frames in memory.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from ..errors import UnsupportedError
from .ffmpeg import run_ffmpeg

# A GIF counts hundredths of a second, up to 65535. Browsers show frames of 0.01 s for 0.1 s.
_SHORTEST, _LONGEST = Fraction(2, 100), Fraction(65535, 100)
# The format image2 would take "%d" in a file's name for a number.
_PALETTE_FILE = ("-c:v", "png", "-f", "image2pipe")


def check_gif(rate: Fraction, *, transparent: bool) -> None:
    """Check that a GIF can have this rate, frames per second.

    Raises
    ------
    UnsupportedError
        A transparent GIF.
    ValueError
        A rate out of range.
    """
    if transparent:
        raise UnsupportedError("a GIF cannot be transparent yet: choose a film such as .mov with codec 'prores_ks'")
    if not _SHORTEST <= 1 / rate <= _LONGEST:
        raise ValueError(
            "a GIF shows each frame for 0.02 to 655.35 s (browsers slow down what is faster), so its fps is "
            f"0.0016 to 50, got {float(rate):g}"
        )


def first_pass_arguments(lossless: Path, palette: Path) -> list[str]:
    """ffmpeg's output options of the first pass: a lossless film of the frames, and their palette as PNG."""
    arguments = ["-filter_complex", "[0:v]split[frames][colors];[colors]palettegen[palette]"]
    arguments += ["-map", "[frames]", "-fps_mode", "passthrough", "-c:v", "qtrle", "-pix_fmt", "rgb24"]
    arguments += [f"file:{lossless}", "-map", "[palette]", *_PALETTE_FILE, f"file:{palette}"]
    return arguments


def write_palette(lossless: Path, palette: Path) -> None:
    """Write the palette of a lossless film, for a first pass that was not made by `first_pass_arguments`."""
    arguments = ["-y", "-i", f"file:{lossless}", "-vf", "palettegen", "-frames:v", "1", *_PALETTE_FILE]
    run_ffmpeg([*arguments, f"file:{palette}"], failure="ffmpeg could not find the colours of the GIF")


def write_gif(lossless: Path, palette: Path, target: Path, *, plays: int = 0) -> None:
    """Write the GIF of a lossless film with the colours of a palette: the second pass.

    ``plays`` is how often it is played; 0: for ever.
    """
    loop = -1 if plays == 1 else max(plays - 1, 0)  # ffmpeg counts repetitions; -1: none
    # Dithering would add dots to thin neurites and colour bars; 256 colours are enough without.
    arguments = ["-y", "-i", f"file:{lossless}", "-f", "png_pipe", "-i", f"file:{palette}"]
    arguments += ["-filter_complex", "[0:v][1:v]paletteuse=dither=none", "-fps_mode", "passthrough"]
    run_ffmpeg(
        [*arguments, "-c:v", "gif", "-loop", str(loop), f"file:{target}"], failure="ffmpeg could not make the GIF"
    )
