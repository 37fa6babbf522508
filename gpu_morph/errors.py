"""The library's own errors: each says what was given, what was expected, and what to do."""

import reprlib

_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = 120


def brief(given: object) -> str:
    """What was given, for a message: of long sequences the first few."""
    return _BRIEF.repr(given)


class GpuMorphError(Exception):
    """Base of every error that gpu_morph raises by itself."""


class MorphologyError(GpuMorphError, ValueError):
    """A morphology (array or file) that does not describe a neuron."""


class RecordingError(GpuMorphError, ValueError):
    """A recording that does not fit itself or its morphology."""


class SceneError(GpuMorphError, ValueError):
    """A scene whose parts contradict each other."""


class ContextError(GpuMorphError, RuntimeError):
    """No OpenGL context can be had, or it is used from the wrong thread."""


class ShaderError(GpuMorphError, RuntimeError):
    """A shader that is missing, does not compile, or has no such variable."""


class EncoderError(GpuMorphError, RuntimeError):
    """ffmpeg failed; the message carries ffmpeg's own words."""


class FramesError(GpuMorphError, ValueError):
    """A folder whose frames are not those of this film, or a scene that frames cannot be compared with."""


class ClusterError(GpuMorphError, RuntimeError):
    """A cluster that could not make the film; the message names the frames, the worker and the cause."""


class UnsupportedError(GpuMorphError, ValueError):
    """An argument this version understands but cannot honour yet."""


class SoftwareRenderingWarning(UserWarning):
    """The CPU draws although nobody asked for it."""
