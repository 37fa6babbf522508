"""Errors of the library. Messages say what was given, what was expected, and what to do.

A note of each error, which tracebacks show below the message, says where the causes and cures of its class stand.
"""

import difflib
import reprlib
from collections.abc import Iterable

CURES = "docs/howto/troubleshooting.md"  # a heading for each class; `gpu-morph explain` prints it
_MOST_LISTED = 12  # names in a message
_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = 120


def brief(given: object) -> str:
    """A short repr for messages: long sequences and texts are abbreviated."""
    return _BRIEF.repr(given)


def unknown_name(argument: str, noun: str, name: object, known: Iterable[object]) -> str:
    """The message for a name that does not exist: what names it, and which names there are."""
    names = list(dict.fromkeys(known))
    if len(names) > _MOST_LISTED:  # then near ones first
        names = list(dict.fromkeys([*_near(name, names), *names]))
    listed = [repr(item) for item in names]
    if not listed:
        return f"{argument}: there is no {noun} {brief(name)}; there is none of any name"
    more = ", ..." if len(listed) > _MOST_LISTED else ""
    return f"{argument}: there is no {noun} {brief(name)}; there are {', '.join(listed[:_MOST_LISTED])}{more}"


def near_names(name: object, known: Iterable[object], *, likeness: float = 0.6) -> str:
    """The end of a message about an unknown name: the known ones that look like it, "" where there are none.

    ``likeness`` is 0 to 1, as difflib measures it.
    """
    near = ", ".join(_near(name, known, likeness))
    return f"; near ones are {near}" if near else ""


def _near(name: object, known: Iterable[object], likeness: float = 0.6) -> list[str]:
    """Up to five of the known names that are texts, the nearest first."""
    spelled = {item.lower(): item for item in known if isinstance(item, str)}
    if not isinstance(name, str):
        return []
    return [spelled[item] for item in difflib.get_close_matches(name.strip().lower(), sorted(spelled), 5, likeness)]


def explain_command(kind: type[Exception]) -> str:
    """The command that prints the causes and cures of a class; of children from elsewhere, those of the parent here."""
    return f"gpu-morph explain {next(each.__name__ for each in kind.__mro__ if each.__module__ == __name__)}"


def own_notes(error: BaseException) -> list[str]:
    """The notes of an error, but that of the causes and cures of its class."""
    link = error.link if isinstance(error, GpuMorphError) else None
    return [note for note in getattr(error, "__notes__", ()) if note != link]


class GpuMorphError(Exception):
    """Base of the errors of gpu_morph."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.add_note(self.link)

    @property
    def link(self) -> str:
        """Where the causes and cures of this class stand."""
        command = explain_command(type(self))
        return f"Causes and cures: {command}, or {CURES}#{command.split()[-1].lower()}"


class MorphologyError(GpuMorphError, ValueError):
    """A morphology, as arrays or in a file, is invalid."""


class RecordingError(GpuMorphError, ValueError):
    """A recording or synapses are invalid, or do not fit their morphology."""


class SceneError(GpuMorphError, ValueError):
    """An argument of a scene is invalid, or parts of a scene do not fit each other."""


class MeshError(GpuMorphError, ValueError):
    """A file of triangles is invalid, or cannot be read here."""


class StoryError(GpuMorphError, ValueError):
    """A file of a film is invalid. The message names the file, the line and the key."""


class ContextError(GpuMorphError, RuntimeError):
    """No OpenGL context can be made, or it cannot be used here."""


class ShaderError(GpuMorphError, RuntimeError):
    """A shader does not exist, does not compile, or has no such variable."""


class EncoderError(GpuMorphError, RuntimeError):
    """ffmpeg failed. The message contains ffmpeg's output."""


class OutputError(GpuMorphError, OSError):
    """A file cannot be written: another process writes it, the system refuses, or its name is not of a regular file."""


class FramesError(GpuMorphError, ValueError):
    """A folder has frames of another film, or frames cannot be compared with the scene."""


class ClusterError(GpuMorphError, RuntimeError):
    """A cluster could not make the film. The message names the frames, the worker and the cause."""


class UnsupportedError(GpuMorphError, ValueError):
    """An argument is valid, but this version does not support it."""


class SoftwareRenderingWarning(UserWarning):
    """The CPU draws, although no device was chosen."""
