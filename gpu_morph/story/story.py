"""Story: a whole film as a file in TOML."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import StoryError
from ..scene.panels.shown import Shown
from ..system.arguments import check_type, checked_path
from ..system.regular_file import check_regular
from .entry import Entry, Source
from .film import FILM, check_film, film_arguments
from .parts import CAMERA, SCENE, SHARED
from .scenes import shown_of

_LARGEST = 1 << 20  # bytes of a story
_TABLES = ("film", "scene", "scenes", "plots", "panels", *SHARED)
_MAIN_KEYS = {"film": FILM.keys, "scene": SCENE.keys, "camera": CAMERA.parts["camera"].keys}


@dataclass(frozen=True)
class Story:
    r"""A film as a file describes it: ``gm.render_video(story.scene, **story.film)`` makes it.

    Parameters
    ----------
    scene : Scene or Panels
        What is shown.
    film : dict
        The other arguments of `render_video`, ``path`` among them.

    Examples
    --------
    >>> with open("story.toml", "w") as file:
    ...     _ = file.write("film = {t_stop = 2, t_step = 0.5, size = [160, 120]}\nscene = {demo = true}")
    ...
    >>> story = gm.read_story("story.toml")
    >>> gm.render_video(story.scene, **story.film).n_frames
    5
    """

    scene: Shown
    film: dict[str, Any]


def read_story(path: str | os.PathLike[str], *, film: Mapping[str, Any] | None = None) -> Story:
    """Read a whole film from a file: its scene or panels, camera, times, annotations and output.

    Paths in the file are relative to its folder. Nothing in it is run. docs/films.md describes the file; its keys are
    the parameters of `Scene`, `Camera`, `CameraPath`, `render_video` and so on.

    Parameters
    ----------
    path : path
        A text in TOML.
    film : mapping, optional
        Arguments of `render_video` in place of those of the file, ``path`` for the film's name. Without a name, the
        film is ``story.mp4`` beside ``story.toml``.

    Returns
    -------
    Story
        The scene and the arguments of `render_video`, which are checked; nothing has been drawn.

    Raises
    ------
    StoryError
        The file is no TOML, or a table, a key or a value is wrong; the message names the file, the line and the key.
    OSError
        The file cannot be opened.

    Examples
    --------
    >>> text = '''
    ... [film]
    ... timeline = [[0, 0], [1, 3], [3, 3.6]]
    ...
    ... [scene]
    ... demo = true
    ...
    ... [camera]
    ... kind = "orbit"
    ... seconds = 3
    ...
    ... [[annotations]]
    ... kind = "Clock"
    ... '''
    >>> with open("story.toml", "w") as file:
    ...     _ = file.write(text)
    ...
    >>> gm.read_story("story.toml").scene.camera.turn
    360.0
    """
    path = checked_path(path, "path")
    check_type(film, Mapping, "film", is_optional=True)
    return _described(path, film or {})


def read_story_of_still(path: str | os.PathLike[str]) -> Story:
    """As `read_story`, for a picture of the film, whose path need not be one that can be written."""
    return _described(checked_path(path, "path"), {}, is_written=False)


def _described(path: Path, film: Mapping[str, Any], *, is_written: bool = True) -> Story:
    story = _parsed(path)
    tables = story.table()
    for name, entry in tables.items():
        if name not in _TABLES:
            raise entry.unknown(_TABLES)
    scene = shown_of(story, tables)
    entry = tables.get("film", Entry({}, ("film",), story.source))
    arguments = {"path": path.with_suffix(".mp4")} | film_arguments(entry, film)
    inner = tables["scene"].table() if "scene" in tables else {}
    check_film(scene, arguments, entry, tables | inner, film, is_written=is_written)
    return Story(scene, arguments)


def _parsed(path: Path) -> Entry:
    """The whole file."""
    if check_regular(path, StoryError) > _LARGEST:
        raise StoryError(f"{path.name} is larger than 1 MiB, which no story is: keep numbers in files that it names")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        content = tomllib.loads(text)
    except UnicodeDecodeError as cause:
        raise StoryError(f"{path.name} is no text in UTF-8: save it as UTF-8") from cause
    except RecursionError as cause:
        raise StoryError(f"{path.name}: brackets are nested too deep") from cause
    except ValueError as cause:  # tomllib.TOMLDecodeError, and numbers of thousands of digits
        message = str(cause)
        line = re.search(r"\(at line (\d+), column \d+\)", message)
        last = "" if "at end of document" not in message else f", line {text.count(chr(10)) + 1}"
        where = f", line {line[1]}" if line else last
        raise StoryError(f"{path.name}{where}: no TOML: {re.sub(r' [(]at .*[)]$', '', message)}") from cause
    return Entry(content, (), Source(path.absolute(), text.replace("\r\n", "\n"), _MAIN_KEYS))
