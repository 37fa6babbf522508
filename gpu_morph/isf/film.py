"""Film: a scene, its times and its frames, as a video or an animation."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..api import VideoReport, animate, render_video
from ..image.image import Size
from ..scene.annotations.base import checked_number
from ..scene.scene import Scene
from ..system.arguments import checked_word
from ..system.user_warning import warn_user
from ..video.animation import Animation
from ..video.codecs import MPEG_QUALITY, codec_spec
from .checks import checked_absolute_path, optional_number
from .film_folder import made_folder
from .film_words import isf_words
from .times import Times

_SHORTEST_GIF = 20.0  # ms
_LONGEST = 1e8  # ms per frame: rates have denominators up to 100,000


@dataclass(frozen=True, kw_only=True)
class Film:
    """What is filmed.

    Parameters
    ----------
    scene : Scene
    times : Times
        ms. Without a recording the times only count frames.
    tpf : float
        Duration of a frame, ms.
    size : (width, height)
        Pixels.
    supersample : int
        As in `gpu_morph.render_image`.
    images_path : path or None
        A folder for the single frames.
    overwrite_frames : bool
        Remove the frames in that folder first.
    client : distributed.Client or None
        Its workers draw.
    """

    scene: Scene
    times: Times
    tpf: Any
    size: Size
    supersample: int
    images_path: str | os.PathLike[str] | None
    overwrite_frames: bool
    client: Any

    def write(
        self, path: str | os.PathLike[str], *, codec: str = "libx264", quality: float | None = None
    ) -> VideoReport:
        """Write the video; codecs without the scale of MPEG-4 Part 2, 1 to 31, ignore ``quality``.

        Raises
        ------
        ValueError, TypeError
            A film without an end: no values, no times, no rotation; a wrong argument. Else as `gpu_morph.render_video`.
        """
        quality = optional_number(quality, "quality", "a number, 1 (best) to 31")
        if codec_spec(checked_word(codec, "codec", "libx264")).quality != MPEG_QUALITY:
            quality = None
        options, target = self._options(), checked_absolute_path(path, "out_name")
        with isf_words(), made_folder(options["frames_dir"], target):
            return render_video(self.scene, path, codec=codec, quality=quality, **options)

    def animation(self) -> Animation:
        """The film for a notebook. Raises as `write`."""
        options = self._options()
        with isf_words():
            return animate(self.scene, **options)

    def _options(self) -> dict[str, Any]:
        """Parameters that `gpu_morph.render_video` and `gpu_morph.animate` share."""
        tpf = checked_number(self.tpf, "tpf", "a positive number of ms per frame", above=0)
        if tpf > _LONGEST:
            raise ValueError(f"tpf must be at most {_LONGEST:g} ms per frame, got {tpf:g}")
        if self.scene.recording is None and self.times.stop is None and not self.scene.camera.azim_step:
            raise ValueError(
                "a cell that was not simulated is filmed for one rotation, but neuron_rotation is 0: set it, or give "
                "t_start, t_stop and t_step"
            )
        return {
            "t_start": self.times.start,
            "t_stop": self.times.stop,
            "t_step": self.times.step,
            "fps": 1000 / Fraction(tpf).limit_denominator(100_000),
            "size": self.size,
            "supersample": self.supersample,
            "frames_dir": None if self.images_path is None else checked_absolute_path(self.images_path, "images_path"),
            "overwrite_frames": self.overwrite_frames,
            "client": self.client,
        }


def gif_duration(tpf: Any) -> Any:
    """``tpf`` of a GIF: at least 20 ms, with a warning."""
    if checked_number(tpf, "tpf", "a positive number of ms per frame", above=0) >= _SHORTEST_GIF:
        return tpf
    warn_user(
        f"players show a frame of a GIF for at least {_SHORTEST_GIF:g} ms, so tpf={tpf!r} becomes {_SHORTEST_GIF:g}: "
        "give a larger t_step, or use write_video"
    )
    return _SHORTEST_GIF
