"""``--dry-run``: what a film would be, how long it would take, and how large it would be."""

from __future__ import annotations

import time as clock
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..api.film_arguments import film_of
from ..errors import ContextError
from ..scene.annotations.title import n_frames_after
from ..scene.panels.shown import Shown, main_scene
from ..scene.scene import Scene
from ..video.film_request import FilmRequest
from .byte_size import byte_size
from .film_sample import film_cost

_HEADING_WIDTH = 10


def plan_lines(scene: Shown, path: str | Path, keywords: Mapping[str, Any], *, is_local: bool) -> Iterator[str]:
    """Lines about a film that `render_video` would make; some of its frames are drawn, nothing is written.

    Parameters
    ----------
    scene, path
        Of `render_video`.
    keywords
        Its other arguments, as far as they are given.
    is_local : bool
        No cluster makes the film.

    Raises
    ------
    TypeError, ValueError, OSError, EncoderError
        As `render_video`.
    """
    request = film_of(scene, {"path": path, **keywords}, is_local=is_local)
    where = "" if is_local else " here, without the cluster"
    for heading, text in _planned(request, scene, frames_dir=keywords.get("frames_dir"), where=where):
        yield f"{heading:<{_HEADING_WIDTH}}{text}"


def _planned(request: FilmRequest, scene: Shown, *, frames_dir: Any, where: str) -> Iterator[tuple[str, str]]:
    width, height = request.size
    duration = len(request.times) / float(request.rate)
    yield "film", str(request.target)
    if request.target.exists():
        yield "", "this file exists, and would be replaced"
    shape = f"{len(request.times)} of {width}x{height} at {float(request.rate):g}/s: {duration:.4g} s"
    n_before, n_after = _n_cards(request, scene)
    yield "frames", f"{shape}, {n_before + n_after} of them title cards" if n_before + n_after else shape
    yield "times", _times(request, n_before, n_after)
    start = clock.perf_counter()
    resolved = request.scene.resolved()
    seconds = clock.perf_counter() - start
    if (
        colors := _colors(main_scene(resolved), is_given=main_scene(scene).clim is not None, seconds=seconds)
    ) is not None:
        yield "colours", colors
    codec = "GIF" if request.target.suffix.lower() == ".gif" else request.encoding.codec
    yield "codec", f"{codec}, transparent" if request.encoding.transparent else codec
    if frames_dir is not None:
        yield "", f"each frame also as PNG in {frames_dir}, which the estimates leave out"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cost = film_cost(replace(request, scene=resolved))
    except ContextError as error:
        yield "time", f"unknown, nothing can be drawn here: {error}"
        return
    measured = f"{1e3 * cost.frame_seconds:.3g} ms per frame to draw and encode, measured on {cost.n_drawn} frames"
    yield "time", f"about {cost.seconds:.3g} s{where}: {measured}"
    yield "size", f"about {byte_size(cost.n_bytes)}"
    yield "", "nothing was written"


def _n_cards(request: FilmRequest, scene: Shown) -> tuple[int, int]:
    """How many frames of title cards are before and after the film's own."""
    return request.scene.film_clock.n_before, n_frames_after(scene.annotations, request.rate)


def _times(request: FilmRequest, n_before: int, n_after: int) -> str:
    """Which times of the simulation are shown."""
    main = main_scene(request.scene)
    recording = main.recording
    if recording is None and main.synapses is None:
        return "none of a simulation, as there is no recording"
    times = request.times[n_before : len(request.times) - n_after]
    steps = np.diff(times)
    is_even = bool(len(steps)) and steps.min() > 0 and np.ptp(steps) <= 1e-6 * steps.min()
    every = f", every {steps[0]:g} ms" if is_even else ", in uneven steps" if len(steps) else ""
    of = "" if recording is None else f" of {recording.times[0]:g} to {recording.times[-1]:g} ms that were recorded"
    return f"{times.min():g} to {times.max():g} ms{every},{of}".rstrip(",")


def _colors(scene: Scene, *, is_given: bool, seconds: float) -> str | None:
    """The range of the values that colours stand for; None without values."""
    if not scene.shows_values or scene.clim is None or scene.recording is None:
        return None
    low, high = scene.clim
    unit = f" {scene.recording.unit}" if scene.recording.unit else ""
    source = "" if is_given else f", the range of the whole recording, read in {seconds:.2g} s"
    return f"{low:g} to {high:g}{unit} on {scene.cmap}{source}"
