"""Planning a film: its times, size and encoding, checked before anything is drawn."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from ..data.arrays import finite_number
from ..data.frame_times import check_covered
from ..data.row_stream import memory_bytes
from ..image.image import Size
from ..scene.colors import to_bytes
from ..scene.panels.panels import Panels
from ..scene.panels.shown import Shown, checked_shown, scenes_of
from ..scene.timeline import Timeline
from ..system.arguments import checked_flag, checked_path, checked_word, positive_count
from ..system.user_warning import warn_user
from .film_times import film_times, shown_in_film, times_with_cards

if TYPE_CHECKING:
    from ..video.encoding import Encoding
    from ..video.film_request import FilmRequest


def planned_film(
    scene: Shown,
    path: str | os.PathLike[str],
    *,
    t_start: float | None,
    t_stop: float | None,
    t_step: float | None,
    times: Timeline | npt.ArrayLike | None,
    fps: float | Fraction,
    size: Size,
    codec: str,
    quality: float | None,
    pixel_format: str | None,
    transparent: bool,
    supersample: int,
    device: int | str | None,
    memory: int | str,
    encoders: int | str,
    threads: int | None,
    loop: bool | int,
    has_frames_dir: bool,
    is_local: bool,
    is_written: bool = True,
) -> FilmRequest:
    """The film that `render_video` makes of its parameters; nothing is drawn or written.

    Parameters
    ----------
    has_frames_dir : bool
        Frames are also written into a folder, which takes them as RGB.
    is_local : bool
        This process makes the film, not a cluster.
    is_written : bool
        False: pictures of the film are drawn, so that ``path`` need not be one that can be written.

    Raises
    ------
    TypeError, ValueError, OSError
        As `render_video`.
    """
    from ..image.image import check_size
    from ..render.supersampling import checked_supersample
    from ..video.containers import container
    from ..video.encoding import exact_rate
    from ..video.film_request import FilmRequest
    from ..video.fitting_codec import check_held
    from ..video.writer import check_ending, check_target

    scene = checked_shown(scene)
    path, transparent = checked_path(path, "path"), checked_flag(transparent, "transparent")
    target, rate, size = (check_target if is_written else check_ending)(path), exact_rate(fps), check_size(size)
    memory, ending = memory_bytes(memory), target.suffix.lower()
    supersample = checked_supersample(supersample)
    times, time_range = film_times(scene, times, t_start, t_stop, t_step, fps=rate)
    for one in scenes_of(scene):
        if one.shows_values and one.recording is not None:
            check_covered(times, one.recording.times)
    if len(times) == 1:
        warn_user(
            f"the film has one frame, at {times[0]:g} ms, as its times give no other: render_image makes a picture"
        )
    encoding = _encoding(scene, ending, codec, quality, pixel_format, transparent=transparent, is_local=is_local)
    encoding = replace(encoding, gif_plays=_checked_loop(loop))
    encoding = replace(encoding, threads=None if threads is None else positive_count(threads, "threads"))
    encoding.check(size, rate, ending)  # what cannot be encoded fails before anything is drawn
    check_held(encoding, ending)
    scene = shown_in_film(scene, times, time_range, fps=rate)
    is_single = not is_local or has_frames_dir or not container(ending).joins_exactly
    return FilmRequest(
        scene,
        target,
        times_with_cards(scene, times),
        size=size,
        supersample=supersample,
        rate=rate,
        encoding=encoding,
        planes=None if has_frames_dir or isinstance(scene, Panels) else encoding.planes(size, ending),
        device=device,
        memory=memory,
        encoders=_checked_encoders(encoders, is_single=is_single),
    )


def _encoding(
    scene: Shown,
    ending: str,
    codec: str,
    quality: float | None,
    pixel_format: str | None,
    *,
    transparent: bool,
    is_local: bool,
) -> Encoding:
    """The film's encoding; the codec "auto" becomes one that works here."""
    from ..video.encoding import Encoding
    from ..video.fitting_codec import automatic_codec

    codec = checked_word(codec, "codec", "libx264")
    if pixel_format is not None:
        pixel_format = checked_word(pixel_format, "pixel_format", "yuv420p")
    if quality is not None:
        quality = finite_number(quality, name="quality", expected="a number")
    if codec == "auto":
        codec = automatic_codec(ending, is_local=is_local, transparent=transparent)
    background = "0x" + to_bytes(scene.background_rgba[:3]).tobytes().hex()
    return Encoding(codec, quality, pixel_format, background, transparent)


def _checked_encoders(encoders: Any, *, is_single: bool) -> int | None:
    """The number of encoders; None for "auto", unless the film has a single one."""
    if isinstance(encoders, str) and encoders == "auto":
        return 1 if is_single else None
    n_encoders = positive_count(encoders, "encoders", or_else="'auto' or ")
    if n_encoders > 1 and is_single:
        raise ValueError(
            f"encoders={encoders}: films with a client or frames_dir, GIF, AVI, MPEG and WMV have one encoder here; "
            "leave encoders out, or write .mp4 or .mkv"
        )
    return n_encoders


def _checked_loop(loop: Any) -> int:
    """How often a GIF is played; 0: for ever."""
    if isinstance(loop, bool):
        return 0 if loop else 1
    return positive_count(loop, "loop", or_else="True, False or ")
