"""Story: a whole film as a file in TOML."""

from __future__ import annotations

import inspect
import os
import re
import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..api import render_video
from ..api.film_plan import planned_film
from ..data.demo import demo_cell
from ..errors import GpuMorphError, StoryError
from ..scene.scene import Scene
from ..system.arguments import check_type, checked_path
from ..system.regular_file import check_regular
from .entry import Entry, Source
from .files import CIRCUIT, MORPHOLOGY, SYNAPSES, array, recording
from .part import Part, Table
from .parts import CAMERA, SCENE, SHARED, TIMELINE

_LARGEST = 1 << 20  # bytes of a story
_SOURCES = ("morphology", "sonata", "demo")


@dataclass(frozen=True)
class Story:
    r"""A film as a file describes it: ``gm.render_video(story.scene, **story.film)`` makes it.

    Parameters
    ----------
    scene : Scene
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

    scene: Scene
    film: dict[str, Any]


def read_story(path: str | os.PathLike[str], *, film: Mapping[str, Any] | None = None) -> Story:
    """Read a whole film from a file: its scene, camera, times, annotations and output.

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
    story = _parsed(path)
    tables = story.table()
    for name, entry in tables.items():
        if name not in _TABLES:
            raise entry.unknown(_TABLES)
    if "scene" not in tables:
        raise story.error("there is no [scene]: add one with a morphology")
    scene = _scene(tables["scene"], {name: tables[name] for name in SHARED if name in tables})
    given = dict(film or {})
    entry = tables.get("film", Entry({}, ("film",), story.source))
    arguments = {"path": path.with_suffix(".mp4")} | _film(entry, scene, given)
    _check(scene, arguments, entry, tables | tables["scene"].table(), given)
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


def _scene(entry: Entry, shared: Table) -> Scene:
    """The scene of a table, and of tables beside it."""
    table = entry.table()
    for name in shared:
        if name in table:
            raise shared[name].error(f"{name} is given here and in [{entry.name}]: leave one of them out")
    table |= shared
    sources = [name for name in _SOURCES if name in table]
    if len(sources) != 1:
        got = " and ".join(sources) or "none of them"
        raise entry.error(f"{entry.name} needs one of {', '.join(_SOURCES)}, got {got}")
    given: dict[str, Any] = {"recording": None, "synapses": None}
    source = table.pop(sources[0])
    with source.located():
        if sources[0] == "sonata":
            given = _circuit(source)
        elif sources[0] == "morphology":
            given["morphology"] = MORPHOLOGY.read(source, None)
        elif source.value is True:
            given["morphology"], given["recording"] = demo_cell()
        else:
            raise source.error(f"{source.name} must be true, or left out, got {source.value!r}")
    for name, read in (("recording", recording), ("synapses", _synapses)):
        if name in table:
            item = table.pop(name)
            with item.located():
                given[name] = read(item, given["morphology"])
    return SCENE.made(entry, table, given["morphology"], given)  # type: ignore[no-any-return]


def _synapses(entry: Entry, morphology: Any) -> Any:
    """Synapses of files of the In Silico Framework."""
    return SYNAPSES.made(entry, entry.table(), morphology, {"morphology": morphology})


def _circuit(entry: Entry) -> dict[str, Any]:
    """What is shown of a SONATA circuit."""
    table = entry.table(CIRCUIT.first)
    show_spikes = table.pop("show_spikes", None)
    circuit = CIRCUIT.made(entry, table, None)
    synapses = circuit.synapses
    if show_spikes is not None and show_spikes.value:
        if "edges" in table or circuit.spikes is None:
            raise show_spikes.error(
                f"{show_spikes.name}: leave edges out, to show spikes" if "edges" in table else "there are no spikes"
            )
        synapses = circuit.spikes
    return {"morphology": circuit.morphology, "recording": circuit.recording, "synapses": synapses}


def _film(entry: Entry, scene: Scene, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `render_video`; those that are given replace the file's."""
    table = entry.table()
    known = [*inspect.signature(render_video).parameters]
    for name in given:
        if name not in known or name == "scene":
            raise ValueError(f"film: {name!r} is no argument of render_video; there are {', '.join(known[1:])}")
    if "times" in table and "timeline" in table:
        raise table["timeline"].error("film.timeline says when the film shows which time: leave it out, or film.times")
    arguments = _FILM.arguments(entry, _not_replaced(table, given), scene.morphology)
    for name, parameter in (("output", "path"), ("timeline", "times")):
        if name in arguments:
            arguments[parameter] = arguments.pop(name)
    return arguments | given


def _not_replaced(table: Table, given: Mapping[str, Any]) -> Table:
    """The keys of a film without those in whose place arguments are given."""
    replaced = {*given} | ({"output"} if "path" in given else set())
    if "times" in given:
        replaced |= {"timeline", "t_start", "t_stop", "t_step"}
    elif not replaced.isdisjoint(("t_start", "t_stop", "t_step")):
        replaced |= {"timeline", "times"}
    return {name: entry for name, entry in table.items() if name not in replaced}


def _check(
    scene: Scene, arguments: dict[str, Any], entry: Entry, scene_tables: Table, given: Mapping[str, Any]
) -> None:
    """Check what `render_video` would refuse."""
    table = entry.table()
    table |= {alias: table[name] for name, alias in (("output", "path"), ("timeline", "times")) if name in table}
    bound = inspect.signature(render_video).bind(scene, **arguments)
    bound.apply_defaults()
    names = inspect.signature(planned_film).parameters
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            request = planned_film(
                **{name: value for name, value in bound.arguments.items() if name in names},
                has_frames_dir=bound.arguments["frames_dir"] is not None,
                is_local=bound.arguments["client"] is None,
            )
        except (GpuMorphError, ValueError, TypeError, OSError) as error:
            if any(word in given for word in re.findall(r"\w+", str(error))):
                raise
            with entry.located(table):
                raise
        with entry.located(scene_tables):
            request.scene.layout(request.size, transparent=request.encoding.transparent)


def _output(entry: Entry, _: Any) -> Path:
    """The name of the film, in a folder that exists."""
    path = entry.path()
    if not path.parent.is_dir():
        raise entry.error(f"{entry.name}: there is no folder {path.parent}: make it first")
    return path


_FILM = Part(
    render_video,
    readers={
        "times": array,
        "timeline": TIMELINE.read,
        "frames_dir": lambda entry, _: entry.path(),
        "output": _output,
    },
    without=("scene", "path", "client", "scratch", "resume", "overwrite_frames", "progress"),
    besides=("output", "timeline"),
)
_TABLES = ("film", "scene", *SHARED)
_MAIN_KEYS = {"film": _FILM.keys, "scene": SCENE.keys, "camera": CAMERA.parts["camera"].keys}
