"""Fingerprints: short names for what a film shows, the same in every process and with every Python."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import chain
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.recording import Recording
from ..data.row_stream import RowStream
from ..data.sampling import Sampling, needed_rows
from ..errors import FramesError
from .annotations import TraceInset
from .annotations.trace_data import read_curves
from .colors import lookup_table, parse_color, parse_colormap
from .scene import Scene

_BYTES = 16


@dataclasses.dataclass(frozen=True)
class _Frames:
    """At which times (ms) a film shows a recording, and how."""

    times: npt.NDArray[np.float64]
    sampling: Sampling
    step: float | None


def fingerprint(scene: Scene, times: npt.ArrayLike) -> dict[str, str]:
    """What the frames at ``times`` (ms) show of a scene: a hash for each of its fields.

    Of a recording only the rows that these frames need are read, and those that a trace shows. Numbers
    count, not where they are kept: an array and a memmap of the same values are the same.

    Raises
    ------
    FramesError
        Something in the scene is neither numbers, text, dataclass nor colormap.
    """
    resolved = scene.resolved()
    step = None if resolved.time_range is None else resolved.time_range.step
    frames = _Frames(np.asarray(times, dtype=np.float64), resolved.sampling, step)
    hashes = {}
    for field in dataclasses.fields(resolved):
        digest = hashlib.blake2b(digest_size=_BYTES)
        pieces = _words(getattr(resolved, field.name), field.name, frames)
        for words in chain(pieces, _trace_words(resolved) if field.name == "annotations" else ()):
            digest.update(len(words).to_bytes(8, "little"))  # where one ends and the next begins
            digest.update(words)
        hashes[field.name] = digest.hexdigest()
    return hashes


def _words(part: Any, name: str, frames: _Frames) -> Iterator[bytes]:
    """All that ``part`` holds, piece by piece, each with its kind."""
    if isinstance(part, np.generic):
        part = part.item()
    if part is None:
        yield b"none"
    elif isinstance(part, str):
        yield from (b"text", part.encode())
    elif isinstance(part, Real):  # bool, int, float: what is equal is the same
        is_float = float(part) == part or part != part
        yield from (b"number", (float(part) + 0.0).hex().encode() if is_float else str(part).encode())
    elif isinstance(part, np.ndarray) and part.dtype.kind in "fiub":
        yield from _array_words(part)
    elif isinstance(part, np.ndarray):
        yield from _words(part.tolist(), name, frames)
    elif isinstance(part, Recording):
        shown = {field.name: getattr(part, field.name) for field in dataclasses.fields(part) if field.name != "values"}
        yield from _words(shown, name, frames)
        rows = needed_rows(part.times, frames.times, sampling=frames.sampling, step=frames.step)
        with RowStream(part, rows) as stream:
            for row in rows.tolist():
                yield from _array_words(stream.row(row))
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        shown = {field.name: getattr(part, field.name) for field in dataclasses.fields(part) if field.init}
        yield type(part).__name__.encode()
        yield from _words(shown, name, frames)
    elif isinstance(part, Mapping):
        yield from (b"mapping", str(len(part)).encode())
        for key, value in part.items():
            yield from _words(key, name, frames)
            yield from _words(value, f"{name}.{key}", frames)
    elif isinstance(part, Sequence):
        yield from (b"sequence", str(len(part)).encode())
        for k, value in enumerate(part):
            yield from _words(value, f"{name}[{k}]", frames)
    elif isinstance(part, Set):
        yield from _words(sorted(part), name, frames)
    elif name == "cmap" or any(kind.__name__ == "Colormap" for kind in type(part).__mro__):
        yield from _colormap_words(part)
    else:
        raise FramesError(
            f"the scene's {name} is a {type(part).__name__}, by which the frames in a folder cannot be told from those "
            "of another scene: leave frames_dir None, or give numbers, text or a frozen dataclass of them instead"
        )


def _array_words(array: npt.NDArray[Any]) -> Iterator[bytes]:
    array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    yield from (b"array", array.dtype.str.encode(), str(array.shape).encode(), array.tobytes())


def _trace_words(scene: Scene) -> Iterator[bytes]:
    """What traces show: between the frames' rows too."""
    for trace in scene.annotations:
        if isinstance(trace, TraceInset) and (recording := trace.recording or scene.recording) is not None:
            first, last = float(recording.times[0]), float(recording.times[-1])
            span = scene.time_range
            start, stop = (first, last) if span is None or span.stop <= span.start else (span.start, span.stop)
            for curve in read_curves(recording, trace.sites(scene.morphology), start, stop):
                yield from _array_words(curve.times)
                yield from _array_words(curve.values)


def _colormap_words(cmap: Any) -> Iterator[bytes]:
    colormap = parse_colormap(cmap)
    yield b"colormap"
    yield lookup_table(colormap).tobytes()
    for extreme in (colormap.under_color, colormap.over_color):
        yield b"none" if extreme is None else str(parse_color(tuple(extreme))).encode()
