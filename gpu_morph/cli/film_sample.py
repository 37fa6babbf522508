"""What a film takes: time and bytes, measured on some of its frames."""

from __future__ import annotations

import tempfile
import time as clock
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..render.panels_renderer import PanelsRenderer, open_renderer
from ..render.renderer import Renderer
from ..video.film_request import FilmRequest
from ..video.split_video import usual_encoders
from ..video.writer import open_video

_N_RANGES, _N_FRAMES = 4, 8  # ranges of frames in a row, spread over the film
_KEY_DISTANCE = 250  # frames from one that is encoded on its own to the next, by default in most encoders
_MAX_SECONDS = 20.0  # no further range is drawn after so long


class FilmCost(NamedTuple):
    """What a film takes.

    Parameters
    ----------
    seconds : float
        For all of it.
    frame_seconds : float
        For each frame, to draw and to encode it.
    n_bytes : float
        Of its file.
    n_drawn : int
        Frames that were drawn to measure this.
    """

    seconds: float
    frame_seconds: float
    n_bytes: float
    n_drawn: int


def film_cost(request: FilmRequest) -> FilmCost:
    """Draw and encode some frames of a film, in a temporary folder.

    Of each range of frames, a film of the first one is compared with one of all of them: encoders take long to start,
    and their first frames are large.

    Raises
    ------
    ContextError, EncoderError
        Nothing can be drawn or encoded here.
    """
    n_frames, start = len(request.times), clock.perf_counter()
    length = min(_N_FRAMES, n_frames)
    starts = np.unique(np.linspace(0, n_frames - length, _N_RANGES).astype(int)).tolist()
    firsts, further, n_further, n_drawn = [], [0.0, 0.0], 0, 0
    with open_renderer(
        request.scene,
        request.size,
        device=request.device,
        transparent=request.encoding.transparent,
        supersample=request.supersample,
    ) as renderer:
        _write(renderer, request, [0])  # prepares what all frames need
        preparation = clock.perf_counter() - start
        for first in starts:
            short = _write(renderer, request, [first])
            long = _write(renderer, request, range(first, first + length))
            firsts.append(short)
            n_further, n_drawn = n_further + length - 1, n_drawn + length
            further = [total + b - a for total, a, b in zip(further, short, long, strict=True)]
            if clock.perf_counter() - start > _MAX_SECONDS:
                break
        drawing = sum(vars(renderer.stages).values()) / (2 * n_drawn)
    first_seconds, first_bytes = np.mean(firsts, axis=0).tolist()
    frame_seconds, frame_bytes = (max(total / max(n_further, 1), 0.0) for total in further)
    n_encoders = usual_encoders(request.encoding, n_frames) if request.encoders is None else request.encoders
    if n_encoders > 1 and not _is_drawn_by_cpu(request):
        frame_seconds = max(drawing, frame_seconds / n_encoders)
    n_keys = -(-n_frames // _KEY_DISTANCE)
    return FilmCost(
        preparation + first_seconds + frame_seconds * (n_frames - 1),
        frame_seconds,
        first_bytes * n_keys + frame_bytes * (n_frames - n_keys),
        n_drawn,
    )


def _write(renderer: Renderer | PanelsRenderer, request: FilmRequest, numbers: Sequence[int]) -> tuple[float, float]:
    """Seconds and bytes of a film of some frames."""
    planes = request.planes if request.planes and request.planes.name in renderer.pixel_formats else None
    start = clock.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"film{request.target.suffix}"
        with open_video(
            path, size=request.size, fps=request.rate, encoding=request.encoding, n_frames=len(numbers), planes=planes
        ) as video:
            for frame in renderer.leased_frames(
                request.times[list(numbers)],
                numbers=numbers,
                memory=request.memory,
                pixel_format="rgb" if planes is None else planes.name,
            ):
                video.write(frame.image, frame.release)
        return clock.perf_counter() - start, float(path.stat().st_size)


def _is_drawn_by_cpu(request: FilmRequest) -> bool:
    from ..render.gpu.context import held_context

    with held_context(request.device) as context:
        return context.path == "cpu"
