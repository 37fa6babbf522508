"""The table of a story that describes the film: size, times, encoding."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Mapping
from typing import Any

from ..api import render_video
from ..api.film_arguments import film_of
from ..errors import GpuMorphError
from ..scene.panels.shown import Shown
from .arrays import times
from .entry import Entry
from .part import Part, Table
from .parts import TIMELINE


def film_arguments(entry: Entry, given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of `render_video`; those that are given replace the file's."""
    table = entry.table()
    known = [name for name in inspect.signature(render_video).parameters if name != "scene"]
    for name in given:
        if name not in known:
            raise ValueError(f"film: {name!r} is no argument of render_video; there are {', '.join(known)}")
    if "times" in table and "timeline" in table:
        raise table["timeline"].error("film.timeline says when the film shows which time: leave it out, or film.times")
    arguments = FILM.arguments(entry, _not_replaced(table, given), None)
    for name, parameter in _ALIASES.items():
        if name in arguments:
            arguments[parameter] = arguments.pop(name)
    return arguments | dict(given)


def check_film(
    scene: Shown,
    arguments: Mapping[str, Any],
    entry: Entry,
    scene_tables: Table,
    given: Mapping[str, Any],
    *,
    is_written: bool,
) -> None:
    """Raise a StoryError for what `render_video` would refuse before it draws; another for what was given.

    Where only pictures of the film are made (``is_written`` is False) its path need not be one that can be written.
    """
    table = entry.table()
    output = _not_replaced(table, given).get("output")
    if is_written and output is not None and not (folder := output.path().parent).is_dir():
        raise output.error(f"{output.name}: there is no folder {folder}: make it first")
    table |= {parameter: table[name] for name, parameter in _ALIASES.items() if name in table}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            request = film_of(scene, arguments, is_local=arguments.get("client") is None, is_written=is_written)
        except (GpuMorphError, ValueError, TypeError, OSError) as error:
            if any(word in given for word in re.findall(r"\w+", str(error))):
                raise
            with entry.located(table):
                raise
        with entry.located(scene_tables):
            request.scene.layout(request.size, transparent=request.encoding.transparent)


def _not_replaced(table: Table, given: Mapping[str, Any]) -> Table:
    """The keys of a film without those in whose place arguments are given."""
    replaced = {*given} | ({"output"} if "path" in given else set())
    if "times" in given:
        replaced |= {"timeline", "t_start", "t_stop", "t_step"}
    elif not replaced.isdisjoint(("t_start", "t_stop", "t_step")):
        replaced |= {"timeline", "times"}
    return {name: entry for name, entry in table.items() if name not in replaced}


_ALIASES = {"output": "path", "timeline": "times"}
FILM = Part(
    render_video,
    readers={
        "times": times,
        "timeline": TIMELINE.read,
        "frames_dir": lambda entry, _: entry.path(),
        "output": lambda entry, _: entry.path(),
    },
    without=("scene", "path", "client", "scratch", "resume", "overwrite_frames", "progress"),
    besides=tuple(_ALIASES),
)
