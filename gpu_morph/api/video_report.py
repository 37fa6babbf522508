"""VideoReport: what `render_video` did."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.summary_html import html_or_none
from ..image.image import Size
from ..video.film_html import film_html

if TYPE_CHECKING:
    from ..distributed import ClusterReport


@dataclass(frozen=True)
class VideoReport:
    """What `render_video` did.

    Parameters
    ----------
    path : Path
        The film.
    n_frames : int
        All its frames.
    fps : Fraction
        Frames per second of the film.
    size : (width, height)
        Pixels.
    seconds : float
        Duration of the whole call.
    stages : dict
        Seconds by stage of the rendering thread: "update" (values to the GPU), "draw", "read" (frames from the GPU),
        "encode_wait" (waiting for ffmpeg). On a cluster: `ClusterReport.stages`.
    n_resumed : int
        Frames that were not drawn but read from ``frames_dir``, or that an earlier call on a cluster has drawn.
    cluster : ClusterReport, optional
        What the workers did, for a film on a cluster.
    codec : str
        ffmpeg's encoder that was used.
    n_encoders : int
        How many of them worked side by side in this process.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording)
    >>> report = gm.render_video(scene, "cell.mp4", t_stop=2, t_step=0.5, size=(160, 120), progress=False)
    >>> report.n_frames, report.path.name, report.codec
    (5, 'cell.mp4', 'libx264')
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
    n_encoders: int = 1

    def _repr_html_(self) -> str | None:
        """What notebooks show: the film, which plays."""
        return html_or_none(lambda: film_html(self.path, self.size, self.codec, str(self)))

    def __str__(self) -> str:
        where = "their folder" if self.cluster is None else "an earlier try"
        resumed = f", {self.n_resumed} of them from {where}" if self.n_resumed else ""
        made = (
            f"{self.path}: {self.n_frames} frames of {self.size[0]}x{self.size[1]} at {float(self.fps):g}/s, made in "
            f"{self.seconds:.1f} s ({self.n_frames / self.seconds:.1f} frames/s){resumed}"
        )
        return made if self.cluster is None else f"{made}\n{self.cluster}"
