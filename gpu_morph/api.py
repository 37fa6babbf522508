"""The public calls that do one whole thing: read a morphology, draw a picture, write a film."""

from __future__ import annotations

import os
import time as clock
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .colors import parse_color, to_bytes
from .errors import MorphologyError, UnsupportedError
from .morphology import Morphology
from .scene import Scene
from .timeline import check_covered, frame_times

if TYPE_CHECKING:
    from .camera import Size


def read_morphology(path: str | os.PathLike[str], *, scale: float = 1.0) -> Morphology:
    """Read a morphology file.

    Parameters
    ----------
    path : path
        ``.swc``, plain or gzipped.
    scale : float
        µm per unit of the file: 0.001 for one in nanometres.

    Raises
    ------
    MorphologyError
        What the file says is no morphology; names file, line and reason. Or a format that is not read.
    OSError
        The file cannot be opened.
    """
    from .readers.swc import read_swc

    name = Path(path).name.lower().removesuffix(".gz")
    if not name.endswith(".swc"):
        raise MorphologyError(f"{os.fspath(path)}: this version reads .swc and .swc.gz; convert the file to SWC")
    return read_swc(path, scale=scale)


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
    from .renderer import Renderer

    with Renderer(scene, size, device=device, transparent=transparent) as renderer:
        return renderer.render(time)


@dataclass(frozen=True)
class VideoReport:
    """What `render_video` did.

    ``stages`` are seconds of the rendering thread: "update" (values to the GPU), "draw", "read" (frames
    back), "encode_wait" (waiting for ffmpeg); ``seconds`` is everything.
    """

    path: Path
    n_frames: int
    fps: Fraction
    size: Size
    seconds: float
    stages: dict[str, float]

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.n_frames} frames of {self.size[0]}x{self.size[1]} at {float(self.fps):g}/s, made in "
            f"{self.seconds:.1f} s ({self.n_frames / self.seconds:.1f} frames/s)"
        )


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
    frames_dir: str | os.PathLike[str] | None = None,
    client: object | None = None,
    device: int | str | None = None,
    progress: bool = True,
) -> VideoReport:
    """Write a film.

    Parameters
    ----------
    scene : Scene
        What to draw. Without a recording to show, the times only count frames, e.g. of a turntable.
    path : path
        The film; its ending names the format. It appears only when it is whole.
    t_start, t_stop, t_step : float, optional
        ms: frames at ``t_start + k * t_step`` up to ``t_stop``. None: the recording's own beginning, end
        and (median) step; without one, a full turn by the camera's ``azim_step``.
    fps : float or Fraction
        Frames per second of the film.
    size : (width, height)
        Pixels; odd ones are padded by one where the codec needs even ones.
    codec, quality, pixel_format
        See `gpu_morph.encoding.Encoding`.
    frames_dir, client
        Of a later version; None.
    device : int, "auto", "cpu", optional
        Which GPU.
    progress : bool
        Show a progress bar when standard error is a terminal.

    Returns
    -------
    VideoReport

    Raises
    ------
    EncoderError
        ffmpeg failed; its own words are in the message. No half film is left.
    ValueError
        Times outside the recording, a wrong size, rate or quality.
    """
    for name, value in (("frames_dir", frames_dir), ("client", client)):
        if value is not None:
            raise UnsupportedError(f"{name} is not supported by this version yet, got {value!r}: leave it None")
    from .encoding import Encoding, exact_rate
    from .progress import ProgressBar
    from .renderer import Renderer, check_size
    from .video import check_target, open_video

    start = clock.perf_counter()
    target, rate, size = check_target(path), exact_rate(fps), check_size(size)
    times = _film_times(scene, t_start, t_stop, t_step)
    background = "0x" + to_bytes(parse_color(scene.background)[:3]).tobytes().hex()
    encoding = Encoding(codec, quality, pixel_format, background)
    encoding.arguments(size)  # a wrong quality fails before anything is drawn
    with (
        Renderer(scene, size, device=device) as renderer,
        open_video(target, size=size, fps=rate, encoding=encoding, n_frames=len(times)) as video,
        ProgressBar(len(times), show=progress) as bar,
    ):
        for frame in renderer.frames(times):
            video.write(frame)
            bar.advance()
    stages = {**vars(renderer.stages), "encode_wait": video.wait_seconds}
    return VideoReport(target, video.n_frames, rate, size, clock.perf_counter() - start, stages)


def _film_times(
    scene: Scene, t_start: float | None, t_stop: float | None, t_step: float | None
) -> npt.NDArray[np.float64]:
    """Times of all frames, ms; checked against the recording when one is shown."""
    recording = scene.recording
    if recording is None:
        if t_start is None and t_stop is None and t_step is None and scene.camera.azim_step:
            return np.arange(max(1, round(360 / abs(scene.camera.azim_step))), dtype=np.float64)
        if t_stop is None or t_step is None:
            raise ValueError(
                "without a recording t_stop and t_step (ms) say how many frames there are; or give the camera an "
                "azim_step for a full turn"
            )
        return frame_times(t_start or 0.0, t_stop, t_step)
    recorded = recording.times
    begin = float(recorded[0]) if t_start is None else t_start
    end = float(recorded[-1]) if t_stop is None else t_stop
    if t_step is None:
        t_step = float(np.median(np.diff(recorded))) if len(recorded) > 1 else 1.0
    times = frame_times(begin, end, t_step)
    if scene.shows_values:
        check_covered(times, recorded)
    return times
