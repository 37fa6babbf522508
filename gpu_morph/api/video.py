"""Writing a film, in this process or on a cluster."""

from __future__ import annotations

import os
import time as clock
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from ..data.row_stream import MEMORY
from ..image.image import Size
from ..scene.panels.shown import Shown
from ..scene.timeline import Timeline
from ..system.arguments import checked_flag, checked_path
from ..system.file_lock import file_lock
from ..system.orderly_end import orderly_end
from ..system.version import __version__
from .film_plan import planned_film
from .video_report import VideoReport

if TYPE_CHECKING:
    from ..video.film_request import FilmRequest


def render_video(
    scene: Shown,
    path: str | os.PathLike[str],
    *,
    t_start: float | None = None,
    t_stop: float | None = None,
    t_step: float | None = None,
    times: Timeline | npt.ArrayLike | None = None,
    fps: float | Fraction = 50,
    size: Size = (1920, 1080),
    codec: str = "libx264",
    quality: float | None = None,
    pixel_format: str | None = None,
    transparent: bool = False,
    supersample: int = 1,
    frames_dir: str | os.PathLike[str] | None = None,
    overwrite_frames: bool = False,
    client: Any = None,
    scratch: str | os.PathLike[str] | None = None,
    resume: bool = False,
    device: int | str | None = None,
    memory: int | str = MEMORY,
    encoders: int | str = "auto",
    threads: int | None = None,
    loop: bool | int = True,
    progress: bool = True,
) -> VideoReport:
    """Write a film.

    Parameters
    ----------
    scene : Scene or Panels
        What to draw. Without a recording to show, the times only count frames, e.g. of a turntable.
    path : path
        The film; its ending names the format. The file appears when it is complete. ".gif" makes an animated
        GIF of 256 colours, of at most 50 frames per second, whatever the codec.
    t_start, t_stop, t_step : float, optional
        ms: frames at ``t_start + k * t_step`` up to ``t_stop``. None: the recording's first time, last time
        and median step; without a recording, all of the camera's path in seconds of film, or a full turn by its
        ``azim_step``.
    times : (n_frames,) float or Timeline, optional
        ms: the times of all frames instead, in any order; they may repeat, go backwards or jump. A `Timeline` has
        them by seconds of the film. With ``sampling="peak"``, a frame shows the peak from half way to the frame before
        it to half way to the next.
    fps : float or Fraction
        Frames per second of the film.
    size : (width, height)
        Pixels; odd ones are padded by one where the codec needs even ones.
    codec, quality, pixel_format
        See `gpu_morph.video.encoding.Encoding`. The codec "auto" is H.264 by the machine's hardware (NVENC, Quick Sync,
        AMF, VideoToolbox) if that works on this machine, else by x264; on a cluster always x264. In films that do not
        hold H.264 it is VP9 (.webm) or Theora (.ogv).
    transparent : bool
        Leave the background out. Needs a codec with alpha, such as "prores_ks" (.mov); the error for another codec
        lists them all.
    supersample : {1, 2, 4}
        As in `render_image`. Frames of a static camera are then drawn, not recoloured; see docs/performance.md.
    frames_dir : path, optional
        A folder for the single frames, ``00001.png`` and on, RGBA if transparent; created if it does not
        exist. Frames that an earlier call for the same film has left there are not drawn again, so that
        an interrupted film is continued. Frames of another film are an error. Each file says of which film it is.
    overwrite_frames : bool
        Remove all frames, and nothing else, from ``frames_dir`` first.
    client : distributed.Client, optional
        Its workers draw and encode pieces of the film, which this process joins; see docs/cluster.md. Frames in
        ``frames_dir`` stay as they are, but are drawn again unless all exist.
    scratch : path, optional
        A folder that all workers and this process can access, for the pieces. None: workers send them.
    resume : bool
        Draw only what an earlier call with a client, which failed or was interrupted, has not drawn yet.
    device : int, "auto", "cpu", optional
        Which GPU.
    memory : int or str
        Limit for a recording's rows in memory, if it is read from a file: bytes, or "500 MB", "2 GiB".
    encoders : int or "auto"
        How many ffmpeg processes encode the film side by side, each a piece of it, which are then joined without
        encoding again. "auto": several if a GPU draws, one encoder cannot use all processors and the codec is one of
        `gpu_morph.video.codecs` in software; else one. Films with a ``client`` or ``frames_dir``, GIF, AVI, MPEG and
        WMV have one. See docs/performance.md.
    threads : int, optional
        Of each encoder. None: as many as ffmpeg chooses, of several encoders their part of the processors, and of a
        cluster's workers as many as dask has given them.
    loop : bool or int
        How often a GIF is played: True, for ever; False, once; or a number. Other films have no such number.
    progress : bool
        Show a progress bar when standard error is a terminal.

    Returns
    -------
    VideoReport
        The film's path, its number of frames, and where the time went. A notebook plays the film.

    Raises
    ------
    EncoderError
        ffmpeg cannot be started or failed; the message has its last lines. No incomplete film is left.
    FramesError
        ``frames_dir``, or what an earlier call has kept, has frames of another film.
    OutputError
        The film or ``frames_dir`` is being written by another call, is read-only, or is a device, a pipe or a socket.
    ClusterError
        The client is closed, no worker can draw, or all workers failed to draw some frames.
    ValueError
        Times outside the recording, a wrong size, rate or quality, a codec without transparency.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, camera=gm.Camera(azim_step=0.5))
    >>> report = gm.render_video(scene, "cell.mp4", t_stop=2, t_step=0.5, size=(160, 120), progress=False)
    >>> report.n_frames
    5
    """
    start = clock.perf_counter()
    overwrite_frames, resume = checked_flag(overwrite_frames, "overwrite_frames"), checked_flag(resume, "resume")
    progress = checked_flag(progress, "progress")
    frames_dir = None if frames_dir is None else checked_path(frames_dir, "frames_dir")
    scratch = None if scratch is None else checked_path(scratch, "scratch")
    _check_client(client, scratch, resume)
    request = planned_film(
        scene,
        path,
        t_start=t_start,
        t_stop=t_stop,
        t_step=t_step,
        times=times,
        fps=fps,
        size=size,
        codec=codec,
        quality=quality,
        pixel_format=pixel_format,
        transparent=transparent,
        supersample=supersample,
        device=device,
        memory=memory,
        encoders=encoders,
        threads=threads,
        loop=loop,
        has_frames_dir=frames_dir is not None,
        is_local=client is None,
    )
    request = replace(request, scratch=scratch, resume=resume)
    with orderly_end(), ExitStack() as locks:
        locks.enter_context(file_lock(request.target, what=f"film {request.target}"))
        if frames_dir is not None:
            from ..video.frame_folder import open_frames

            folder = locks.enter_context(
                open_frames(
                    frames_dir,
                    request.scene,
                    request.times,
                    size=request.size,
                    supersample=request.supersample,
                    transparent=request.encoding.transparent,
                    overwrite=overwrite_frames,
                )
            )
            request = replace(request, frame_folder=folder, kept_frames=folder.complete_frames())
        return _film(request, client, start=start, progress=progress)


def _film(request: FilmRequest, client: Any, *, start: float, progress: bool) -> VideoReport:
    """Make the film, on a cluster if there is a client and something to draw."""
    cluster, n_encoders = None, 1
    if client is not None and request.missing_frames:
        from ..distributed import film_on_cluster
        from ..video.writer import warn_if_padded

        warn_if_padded(request.encoding, request.size, request.target.suffix.lower())
        cluster = film_on_cluster(client, request, version=__version__, progress=progress)
        stages, n_resumed = cluster.stages, cluster.n_resumed
    else:
        from .local_film import film_here

        stages, n_encoders = film_here(request, progress=progress)
        n_resumed = len(request.kept_frames)
        if client is not None:
            from ..distributed import remove_pieces

            remove_pieces(request)
    return VideoReport(
        path=request.target,
        n_frames=len(request.times),
        fps=request.rate,
        size=request.size,
        seconds=clock.perf_counter() - start,
        stages=stages,
        n_resumed=n_resumed,
        cluster=cluster,
        codec=request.encoding.codec,
        n_encoders=n_encoders,
    )


def _check_client(client: Any, scratch: Any, resume: bool) -> None:
    if client is None:
        if scratch is not None or resume:
            raise ValueError("scratch and resume are for films on a cluster: give a client (or, alone, frames_dir)")
        return
    from ..distributed.client_errors import check_client

    check_client(client)
