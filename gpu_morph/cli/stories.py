"""Films that a file describes, and the command-line options that go with one."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..api.film_arguments import film_of
from ..api.saved_image import save_scene
from ..image.image_file import image_path
from ..story import Story, read_story
from ..story.story import read_story_of_still
from .films import film_keywords

if TYPE_CHECKING:
    from ..image.image import Size
    from ..video.film_request import FilmRequest

_FILM = {
    "morphology",
    "output",
    "timeline",
    "dry_run",
    "scheduler",
    "workers",
    "overwrite_frames",
}  # besides those of a film
_PICTURE = {"morphology", "output", "time", "at", "size", "dpi", "transparent", "supersample", "device"}


def is_story(options: argparse.Namespace) -> bool:
    """True if the first file is a story."""
    return options.morphology is not None and options.morphology.lower().endswith(".toml")


def story_of_options(options: argparse.Namespace) -> Story:
    """The story, with the options that were given in place of what the file says.

    Raises
    ------
    StoryError
        The file is wrong.
    """
    keywords = film_keywords(options)
    _refuse_others(options, _FILM | keywords.keys())
    names = options.given | ({"times"} if "timeline" in options.given else set())
    given = {name: value for name, value in keywords.items() if name in names}
    for name in ("scratch", "resume"):
        given.pop(name, None)
    return read_story(options.morphology, film=given | ({"path": options.output} if options.output else {}))


def save_still(options: argparse.Namespace, target: Path, *, dpi: float | None) -> Size:
    """Write the picture of a story at a moment, as its film shows it, and return its size.

    Raises
    ------
    StoryError, ValueError
        The file is wrong; the film is over at that moment; it is transparent, and the picture's format is not.
    """
    _refuse_others(options, _PICTURE)
    story = read_story_of_still(options.morphology)
    request = film_of(story.scene, story.film, is_written=False)
    frame = _frame(request, options)
    size = options.size if "size" in options.given else request.size
    transparent = options.transparent or request.encoding.transparent
    save_scene(
        image_path(target, transparent=transparent),
        request.scene,
        time=float(request.times[frame]) if options.time is None else options.time,
        frame=frame,
        size=size,
        dpi=dpi,
        transparent=transparent,
        supersample=options.supersample if "supersample" in options.given else request.supersample,
        device=options.device if "device" in options.given else request.device,
    )
    return size


def _frame(request: FilmRequest, options: argparse.Namespace) -> int:
    """The number of the frame that is meant: by seconds, or the first whose time is nearest."""
    n_before, times = request.scene.film_clock.n_before, request.times
    if options.at is None:
        return n_before + (0 if options.time is None else int(np.abs(times[n_before:] - options.time).argmin()))
    first, last = (float((number - n_before) / request.rate) for number in (0, len(times) - 1))
    if not first <= options.at <= last:
        raise ValueError(f"--at must be {first:g} to {last:g}, the seconds of the film, got {options.at:g}")
    return n_before + round(float(options.at) * request.rate)


def _refuse_others(options: argparse.Namespace, allowed: Collection[str]) -> None:
    """Exit with a usage message for an option that a story has in its file."""
    for name in sorted(options.given - {*allowed}):
        option = f"recording {options.recording}" if name == "recording" else f"--{name.replace('_', '-')}"
        options.refuse(f"{option} goes with a morphology: write it into {options.morphology} instead")
