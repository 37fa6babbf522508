"""Making a film in this process: the renderer's frames go to ffmpeg and to the frame folder."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import numpy as np

from ..data.piece_rows import PieceRows
from ..data.row_stream import memory_bytes
from ..image.yuv_format import YuvFormat
from ..render.panels_renderer import PanelsRenderer, open_renderer
from ..render.renderer import Renderer
from ..render.strategy import LeasedImage, Stages
from ..scene.panels.panels import with_scenes
from ..scene.panels.shown import scenes_of
from ..scene.scene import Scene
from ..system.progress import ProgressBar
from ..video.film_request import FilmRequest
from ..video.frame_order import FrameOrder
from ..video.split_video import SplitWriter, open_split_video, usual_encoders
from ..video.writer import VideoWriter, open_video


def film_here(request: FilmRequest, *, progress: bool) -> tuple[dict[str, float], int]:
    """Make a film.

    Parameters
    ----------
    request : FilmRequest
        The film. Frames that its frame folder has are read, not drawn.
    progress : bool
        Show a progress bar.

    Returns
    -------
    (dict, int)
        Seconds of each stage, as in `VideoReport`, and how many encoders there were.

    Raises
    ------
    EncoderError
        ffmpeg failed.
    """
    n_frames = len(request.times)
    order = FrameOrder.of_film(n_frames, _n_encoders(request), request.frame_bytes)
    n_encoders = len(order.pieces)
    options: dict[str, Any] = {
        "size": request.size,
        "fps": request.rate,
        "encoding": request.encoding,
    }
    with ExitStack() as stack:
        renderer = None
        if request.missing_frames:
            renderer = _renderer(request, order, stack)
            if request.planes is not None and request.planes.name in renderer.pixel_formats:
                options["planes"] = request.planes
        video: VideoWriter | SplitWriter
        if n_encoders == 1:
            video = stack.enter_context(open_video(request.target, n_frames=n_frames, **options))
        else:
            video = stack.enter_context(open_split_video(request.target, order, **options))
        bar = stack.enter_context(ProgressBar(n_frames, show=progress))
        # Closed here: an error that is kept would keep the generator, which holds the OpenGL context.
        drawn = stack.enter_context(closing(_drawn_frames(renderer, request, order, options.get("planes"))))
        frames: Iterator[LeasedImage] = drawn
        if request.frame_folder is not None:
            own = (frame.own() for frame in drawn)
            images = stack.enter_context(closing(request.frame_folder.all_frames(request.kept_frames, own)))
            frames = map(LeasedImage, images)
        for frame in frames:
            video.write(frame.image, frame.release)
            bar.advance()
    return {**vars(renderer.stages if renderer else Stages()), "encode_wait": video.wait_seconds}, n_encoders


def _n_encoders(request: FilmRequest) -> int:
    """How many encoders the film gets; one if the CPU draws, which then is slower than an encoder."""
    if request.encoders is not None:
        return request.encoders
    from ..render.gpu.context import held_context

    with held_context(request.device) as context:
        if context.path == "cpu":
            return 1
    return usual_encoders(request.encoding, len(request.times))


def _renderer(request: FilmRequest, order: FrameOrder, stack: ExitStack) -> Renderer | PanelsRenderer:
    """The renderer of a film, which ``stack`` closes."""
    transparent = request.encoding.transparent
    shown, layout = request.scene, None
    is_rising = bool(np.all(np.diff(request.times) >= 0))  # else rows cannot be read ahead
    if len(order.pieces) > 1 and is_rising and any(_is_read(scene) for scene in scenes_of(shown)):
        shown = shown.resolved()
        layout = shown.layout(request.size, transparent=transparent)
        memory = memory_bytes(request.memory) // sum(_is_read(scene) for scene in scenes_of(shown))
        shown = with_scenes(shown, lambda scene: _read_in_pieces(scene, request, order, memory, stack))
    options: dict[str, Any] = {"device": request.device, "supersample": request.supersample}
    renderer = open_renderer(shown, request.size, transparent=transparent, layout=layout, **options)
    stack.enter_context(renderer)
    return renderer


def _is_read(scene: Scene) -> bool:
    """True for a scene whose recording is not in memory."""
    return scene.shows_values and scene.recording is not None and not scene.recording.row_source.is_in_memory


def _read_in_pieces(scene: Scene, request: FilmRequest, order: FrameOrder, memory: int, stack: ExitStack) -> Scene:
    """The scene with rows of its recording that are read for several pieces at once."""
    recording = scene.recording
    if not _is_read(scene) or recording is None:
        return scene
    rows = PieceRows(
        recording,
        [request.times[piece.start : piece.stop] for piece in order.pieces],
        sampling=scene.sampling,
        step=None if scene.time_range is None else scene.time_range.windows,
        memory=max(1, memory),
    )
    return replace(scene, recording=replace(recording, values=stack.enter_context(rows)))


def _drawn_frames(
    renderer: Renderer | PanelsRenderer | None, request: FilmRequest, order: FrameOrder, planes: YuvFormat | None
) -> Generator[LeasedImage, None, None]:
    """The frames that are missing in the frame folder.

    The OpenGL context is held for runs of frames, which end when another thread waits for it: to make it current for
    each frame takes a sixth of the time that a GPU needs to draw one.
    """
    if renderer is None:
        return
    from ..render.gpu.context import held_context, is_awaited

    numbers = [number for number in order.numbers.tolist() if number not in request.kept_frames]
    frames: Any = renderer.leased_frames(
        request.times[numbers],
        numbers=numbers,
        memory=request.memory,
        pixel_format="rgb" if planes is None else planes.name,
    )
    n_left = len(numbers)
    with closing(frames):
        while n_left:
            with held_context():
                for frame in frames:
                    yield frame
                    n_left -= 1
                    if is_awaited():
                        break
