"""The public calls that do one whole thing: read a morphology, draw a picture, write a film."""

from __future__ import annotations

import os
import time as clock
from collections.abc import Iterator
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .data.frame_times import TimeRange, check_covered, frame_times
from .data.morphology import Morphology
from .data.row_stream import MEMORY, memory_bytes
from .scene.colors import to_bytes
from .scene.scene import Scene
from .system.version import __version__

if TYPE_CHECKING:
    from .distributed import ClusterReport
    from .image.image import Size


def read_morphology(path: str | os.PathLike[str], *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read a morphology file; its content says of which format it is, else its name.

    Parameters
    ----------
    path : path
        SWC, Neurolucida ASC, HOC or NeuroML 2, plain or gzipped, or a morphology in HDF5 (needs h5py). A HOC
        file of more than create, connect and pt3dadd, such as a template, needs NEURON, which runs it as a
        program, in a process of its own: read only what you trust.
    scale : float
        µm per unit of the file: 0.001 for one in nanometres.
    name : str, optional
        Which of several: a morphology of an HDF5 container, a template of a HOC file, a cell of a NeuroML file.

    Raises
    ------
    MorphologyError
        What the file says is no morphology; names file, line and reason. Or a format that is not read, a name
        that is missing (the message lists them), or a package that is not installed.
    OSError
        The file cannot be opened.
    """
    from .readers.formats import read_any

    return read_any(path, scale=scale, name=name)


def render_image(
    scene: Scene,
    *,
    time: float | None = None,
    size: Size = (1080, 1080),
    transparent: bool = False,
    device: int | str | None = None,
) -> npt.NDArray[np.uint8]:
    """Draw one picture.

    Parameters
    ----------
    scene : Scene
        What to draw.
    time : float, optional
        ms; needed when the scene shows a recording.
    size : (width, height)
        Pixels.
    transparent : bool
        Leave the background out and give RGBA (straight alpha, as PNG has it).
    device : int, "auto", "cpu", optional
        Which GPU; see the README on headless use.

    Returns
    -------
    (height, width, 3) uint8, or 4 channels when transparent; the origin is the upper left corner.
    """
    from .render.renderer import Renderer

    with Renderer(scene, size, device=device, transparent=transparent) as renderer:
        return renderer.render(time)


@dataclass(frozen=True)
class VideoReport:
    """What `render_video` did.

    ``stages`` are seconds of the rendering thread: "update" (values to the GPU), "draw", "read" (frames
    back), "encode_wait" (waiting for ffmpeg); ``seconds`` is everything. ``n_resumed`` frames were not drawn
    but read from ``frames_dir``. ``codec`` is the encoder that was used.
    """

    path: Path
    n_frames: int
    fps: Fraction
    size: Size
    seconds: float
    stages: dict[str, float]
    n_resumed: int = 0
    cluster: ClusterReport | None = None
    codec: str = ""

    def __str__(self) -> str:
        where = "their folder" if self.cluster is None else "an earlier try"
        resumed = f", {self.n_resumed} of them from {where}" if self.n_resumed else ""
        made = (
            f"{self.path}: {self.n_frames} frames of {self.size[0]}x{self.size[1]} at {float(self.fps):g}/s, made in "
            f"{self.seconds:.1f} s ({self.n_frames / self.seconds:.1f} frames/s){resumed}"
        )
        return made if self.cluster is None else f"{made}\n{self.cluster}"


def render_video(
    scene: Scene,
    path: str | os.PathLike[str],
    *,
    t_start: float | None = None,
    t_stop: float | None = None,
    t_step: float | None = None,
    fps: float | Fraction = 50,
    size: Size = (1920, 1080),
    codec: str = "libx264",
    quality: float | None = None,
    pixel_format: str | None = None,
    transparent: bool = False,
    frames_dir: str | os.PathLike[str] | None = None,
    overwrite_frames: bool = False,
    client: Any = None,
    scratch: str | os.PathLike[str] | None = None,
    resume: bool = False,
    device: int | str | None = None,
    memory: int | str = MEMORY,
    progress: bool = True,
) -> VideoReport:
    """Write a film.

    Parameters
    ----------
    scene : Scene
        What to draw. Without a recording to show, the times only count frames, e.g. of a turntable.
    path : path
        The film; its ending names the format. It appears only when it is whole. ".gif" makes an animated
        GIF of 256 colours that loops, at most 50 frames per second, whatever the codec.
    t_start, t_stop, t_step : float, optional
        ms: frames at ``t_start + k * t_step`` up to ``t_stop``. None: the recording's own beginning, end
        and (median) step; without one, a full turn by the camera's ``azim_step``.
    fps : float or Fraction
        Frames per second of the film.
    size : (width, height)
        Pixels; odd ones are padded by one where the codec needs even ones.
    codec, quality, pixel_format
        See `gpu_morph.video.encoding.Encoding`. The codec "auto" is H.264 by the machine's hardware (NVENC, Quick Sync,
        AMF, VideoToolbox) where that works, found by trying, else by x264; on a cluster always x264.
    transparent : bool
        Leave the background out. Needs a codec that carries alpha: "prores_ks" (.mov), "libvpx-vp9"
        (.webm), "qtrle" (.mov), "png" (.mov) or "ffv1" (.mkv).
    frames_dir : path, optional
        A folder for the single frames, ``00001.png`` and on, RGBA when transparent; made where it does not
        exist. Whole frames that a call for the same film has left there are not drawn again, so that
        an interrupted film is taken up where it was. Frames of another film are an error.
    overwrite_frames : bool
        Remove all frames, and nothing else, from ``frames_dir`` before.
    client : distributed.Client, optional
        Its workers draw and encode pieces of the film, which are joined here; see docs/cluster.md. Frames in
        ``frames_dir`` stay as they are, but are drawn again unless all are there.
    scratch : path, optional
        A folder that all workers and this process see: pieces go there. None: they are sent.
    resume : bool
        Draw only what an earlier call with a client, which failed or was interrupted, has not drawn.
    device : int, "auto", "cpu", optional
        Which GPU.
    memory : int or str
        How much of a recording in a file may be held at once: bytes, or "500 MB", "2 GiB".
    progress : bool
        Show a progress bar when standard error is a terminal.

    Returns
    -------
    VideoReport

    Raises
    ------
    EncoderError
        ffmpeg failed; its own words are in the message. No half film is left.
    FramesError
        ``frames_dir``, or what is kept of an earlier call, holds frames of another film.
    ClusterError
        No worker can draw, or some frames could not be drawn anywhere.
    ValueError
        Times outside the recording, a wrong size, rate or quality, a codec without transparency.
    """
    _check_client(client, scratch, resume)
    from .image.image import check_size
    from .render.renderer import Renderer
    from .render.strategy import PixelFormat, Stages
    from .system.progress import ProgressBar
    from .video.encoding import Encoding, exact_rate
    from .video.frame_folder import open_frames
    from .video.hardware_encoders import fastest_codec
    from .video.writer import check_target, open_video

    start = clock.perf_counter()
    target, rate, size = check_target(path), exact_rate(fps), check_size(size)
    memory = memory_bytes(memory)
    time_range = _film_range(scene, t_start, t_stop, t_step)
    times = frame_times(time_range.start, time_range.stop, time_range.step)
    if scene.shows_values and scene.recording is not None:
        check_covered(times, scene.recording.times)
    if codec == "auto":
        codec = "libx264" if client is not None or transparent else fastest_codec()
    background = "0x" + to_bytes(scene.background_rgba[:3]).tobytes().hex()
    encoding = Encoding(codec, quality, pixel_format, background, transparent)
    encoding.check(size, rate, target.suffix.lower())  # what cannot be encoded fails before anything is drawn
    scene = replace(scene, time_range=scene.time_range or time_range)
    folder, kept = None, frozenset[int]()
    if frames_dir is not None:
        folder = open_frames(frames_dir, scene, times, size=size, transparent=transparent, overwrite=overwrite_frames)
        kept = folder.whole()
    missing = [number for number in range(len(times)) if number not in kept]
    takes_planes = folder is None and encoding.takes_planes(size, target.suffix.lower())
    if client is not None and missing:
        from .distributed import FilmRequest, film_on_cluster
        from .video.writer import warn_if_padded

        warn_if_padded(encoding, size, target.suffix.lower())
        request = FilmRequest(
            scene,
            target,
            times,
            size=size,
            rate=rate,
            encoding=encoding,
            takes_planes=takes_planes,
            device=device,
            memory=memory,
            frame_folder=folder,
            kept_frames=kept,
            scratch=scratch,
            resume=resume,
        )
        cluster = film_on_cluster(client, request, version=__version__, progress=progress)
        seconds = clock.perf_counter() - start
        return VideoReport(target, len(times), rate, size, seconds, cluster.stages, cluster.n_resumed, cluster, codec)
    with (
        Renderer(scene, size, device=device, transparent=transparent) if missing else nullcontext() as renderer,
        open_video(
            target, size=size, fps=rate, encoding=encoding, n_frames=len(times), takes_planes=takes_planes
        ) as video,
        ProgressBar(len(times), show=progress) as bar,
        ExitStack() as stack,
    ):
        frames: Iterator[npt.NDArray[np.uint8]] = iter(())
        if renderer:
            made_as: PixelFormat = "yuv420p" if takes_planes else "rgb"
            frames = renderer.frames(times[missing], numbers=missing, memory=memory, pixel_format=made_as)
        if folder is not None:
            frames = stack.enter_context(closing(folder.completed(kept, frames)))
        for frame in frames:
            video.write(frame)
            bar.advance()
    stages = {**vars(renderer.stages if renderer else Stages()), "encode_wait": video.wait_seconds}
    seconds = clock.perf_counter() - start
    return VideoReport(target, video.n_frames, rate, size, seconds, stages, len(kept), codec=codec)


def _check_client(client: Any, scratch: Any, resume: bool) -> None:
    if client is None:
        if scratch is not None or resume:
            raise ValueError("scratch and resume are for films on a cluster: give a client (or, alone, frames_dir)")
        return
    from distributed import Client

    if not isinstance(client, Client):
        raise TypeError(f"client must be a distributed.Client, such as Client('tcp://scheduler:8786'), got {client!r}")
    if client.asynchronous:
        raise TypeError("client must not be asynchronous: make it with Client(..., asynchronous=False)")


def _film_range(scene: Scene, t_start: float | None, t_stop: float | None, t_step: float | None) -> TimeRange:
    """The film's times, ms: what is not given is the recording's own, or a full turn of the camera."""
    recording = scene.recording
    if recording is None:
        if t_start is None and t_stop is None and t_step is None and scene.camera.azim_step:
            return TimeRange(0.0, max(1, round(360 / abs(scene.camera.azim_step))) - 1.0, 1.0)
        if t_stop is None or t_step is None:
            raise ValueError(
                "without a recording t_stop and t_step (ms) say how many frames there are; or give the camera an "
                "azim_step for a full turn"
            )
        return TimeRange(t_start or 0.0, t_stop, t_step)
    recorded = recording.times
    if t_step is None:
        t_step = float(np.median(np.diff(recorded))) if len(recorded) > 1 else 1.0
    begin = float(recorded[0]) if t_start is None else t_start
    end = float(recorded[-1]) if t_stop is None else t_stop
    return TimeRange(begin, end, t_step)
