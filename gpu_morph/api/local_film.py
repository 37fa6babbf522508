"""Making a film in this process: the renderer's frames go to ffmpeg and to the frame folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

import numpy as np
import numpy.typing as npt

from ..render.renderer import Renderer
from ..render.strategy import Stages
from ..system.progress import ProgressBar
from ..video.film_request import FilmRequest
from ..video.writer import open_video


def film_here(request: FilmRequest, *, progress: bool) -> dict[str, float]:
    """Make a film and return the seconds of each stage, as in `VideoReport`.

    Parameters
    ----------
    request : FilmRequest
        The film. Frames that its frame folder has are read, not drawn.
    progress : bool
        Show a progress bar.

    Raises
    ------
    EncoderError
        ffmpeg failed.
    """
    n_frames = len(request.times)
    with ExitStack() as stack:
        renderer = None
        if request.missing_frames:
            transparent = request.encoding.transparent
            renderer = stack.enter_context(
                Renderer(request.scene, request.size, device=request.device, transparent=transparent)
            )
        video = stack.enter_context(
            open_video(
                request.target,
                size=request.size,
                fps=request.rate,
                encoding=request.encoding,
                n_frames=n_frames,
                takes_planes=request.takes_planes,
            )
        )
        bar = stack.enter_context(ProgressBar(n_frames, show=progress))
        frames = _drawn_frames(renderer, request)
        if request.frame_folder is not None:
            frames = stack.enter_context(closing(request.frame_folder.all_frames(request.kept_frames, frames)))
        for frame in frames:
            video.write(frame)
            bar.advance()
    return {**vars(renderer.stages if renderer else Stages()), "encode_wait": video.wait_seconds}


def _drawn_frames(renderer: Renderer | None, request: FilmRequest) -> Iterator[npt.NDArray[np.uint8]]:
    """The frames that are missing in the frame folder."""
    if renderer is None:
        return iter(())
    missing = request.missing_frames
    return renderer.frames(
        request.times[missing],
        numbers=missing,
        memory=request.memory,
        pixel_format="yuv420p" if request.takes_planes else "rgb",
    )
