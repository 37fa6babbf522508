"""Fingerprints: hashes of what a film shows, equal in all processes and Python versions."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.frame_times import PeakWindows
from ..data.recording import Recording
from ..data.row_stream import RowStream
from ..data.sampling import Sampling, needed_rows
from ..errors import FramesError
from .colormaps import lookup_table, parse_colormap
from .colors import parse_color
from .panels.panels import Panels
from .panels.shown import Shown
from .plots.base import PanelPlot
from .scene import Scene

_BYTES = 16


@dataclasses.dataclass(frozen=True)
class _Frames:
    """The times at which a film shows a recording, ms, and how it samples it."""

    times: npt.NDArray[np.float64]
    sampling: Sampling
    step: float | PeakWindows | None


def fingerprint(shown: Shown, times: npt.ArrayLike, *, with_values: bool = True) -> dict[str, str]:
    """Hash what the frames at ``times`` (ms) show of a scene: one hash for each field of the scene.

    Of panels, one for each field of what each panel shows, and one for all else.

    Of the recording only the rows that these frames need are read, and what annotations read by their
    `fingerprint_parts`. Only numbers count, not how they are stored: an array and a memmap of the same values give
    the same hash.

    Parameters
    ----------
    shown : Scene or Panels
        What is drawn.
    times : (n_frames,) float
        ms.
    with_values : bool
        False leaves out the values of the scene's recording, for a caller that identifies them in another way.

    Raises
    ------
    FramesError
        Something in the scene is neither a number, text, dataclass nor colormap.
    """
    if isinstance(shown, Panels):
        return _panels_fingerprint(shown.resolved(), times, with_values=with_values)
    resolved = shown.resolved()
    step = None if resolved.time_range is None else resolved.time_range.windows
    frames = _Frames(np.asarray(times, dtype=np.float64), resolved.sampling, step)
    hashes = {}
    for field in dataclasses.fields(resolved):
        part = getattr(resolved, field.name)
        if isinstance(part, Recording) and not with_values:
            encoded = _described(part, field.name, frames)
        else:
            encoded = _encoded(part, field.name, frames)
        parts = _encoded_annotations(resolved, frames) if field.name == "annotations" else ()
        hashes[field.name] = _digest(chain(encoded, parts))
    return hashes


def _panels_fingerprint(panels: Panels, times: npt.ArrayLike, *, with_values: bool) -> dict[str, str]:
    hashes: dict[str, str] = {}
    frames = _Frames(np.asarray(times, dtype=np.float64), "nearest", None)
    for number, item in enumerate(panels.items, start=1):
        if isinstance(item, Scene | Panels):
            parts = fingerprint(item, times, with_values=with_values)
            hashes |= {f"panel {number}: {name}": part for name, part in parts.items()}
        elif isinstance(item, PanelPlot):
            fields = item.fingerprint_fields()
            encoded = chain(_encoded(fields, f"panel {number}", frames), _encoded_parts(item, frames))
            hashes[f"panel {number}"] = _digest(encoded)
    rest: Any = {field.name: getattr(panels, field.name) for field in dataclasses.fields(panels)}
    rest["rows"] = [[type(item).__name__ for item in row] for row in panels.rows]
    del rest["_main"]  # from the panels around these, which are hashed
    encoded = chain(_encoded(rest, "panels", frames), _encoded_annotations(panels.carrier, frames))
    return hashes | {"panels": _digest(encoded)}


def _encoded_parts(plot: PanelPlot, frames: _Frames) -> Iterator[bytes]:
    for part in plot.fingerprint_parts(frames.times):
        yield from _encoded(part, f"{type(plot).__name__}.fingerprint_parts", frames)


def _digest(strings: Iterable[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=_BYTES)
    for string in strings:
        digest.update(len(string).to_bytes(8, "little"))  # separates one string from the next
        digest.update(string)
    return digest.hexdigest()


def _encoded(part: Any, name: str, frames: _Frames) -> Iterator[bytes]:
    """Everything in ``part`` as byte strings, each value after its kind."""
    if isinstance(part, np.generic):
        part = part.item()
    if part is None:
        yield b"none"
    elif isinstance(part, str):
        yield from (b"text", part.encode())
    elif isinstance(part, Real):  # bool, int and float: equal numbers are encoded equally
        is_float = float(part) == part or part != part
        yield from (b"number", (float(part) + 0.0).hex().encode() if is_float else str(part).encode())
    elif isinstance(part, np.ndarray) and part.dtype.kind in "fiub":
        yield from _encoded_array(part)
    elif isinstance(part, np.ndarray):
        yield from _encoded(part.tolist(), name, frames)
    elif isinstance(part, Recording):
        yield from _described(part, name, frames)
        rows = needed_rows(part.times, frames.times, sampling=frames.sampling, step=frames.step)
        with RowStream(part, rows) as stream:
            for row in rows.tolist():
                yield from _encoded_array(stream.row(row))
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        shown = {field.name: getattr(part, field.name) for field in dataclasses.fields(part) if field.init}
        yield type(part).__name__.encode()
        yield from _encoded(shown, name, frames)
    elif isinstance(part, Mapping):
        yield from (b"mapping", str(len(part)).encode())
        for key, value in part.items():
            yield from _encoded(key, name, frames)
            yield from _encoded(value, f"{name}.{key}", frames)
    elif isinstance(part, Sequence):
        yield from (b"sequence", str(len(part)).encode())
        for k, value in enumerate(part):
            yield from _encoded(value, f"{name}[{k}]", frames)
    elif isinstance(part, Set):
        yield from _encoded(sorted(part), name, frames)
    elif name == "cmap" or any(kind.__name__ == "Colormap" for kind in type(part).__mro__):
        yield from _encoded_colormap(part)
    else:
        raise FramesError(
            f"the scene's {name} is a {type(part).__name__}, which cannot be compared with that of earlier frames: "
            "leave frames_dir None, or give numbers, text or a frozen dataclass of them instead"
        )


def _encoded_array(array: npt.NDArray[Any]) -> Iterator[bytes]:
    array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    yield from (b"array", array.dtype.str.encode(), str(array.shape).encode(), array.tobytes())


def _described(recording: Recording, name: str, frames: _Frames) -> Iterator[bytes]:
    """A recording without its values."""
    fields = [field.name for field in dataclasses.fields(recording) if field.name != "values"]
    yield from _encoded({field: getattr(recording, field) for field in fields}, name, frames)


def _encoded_annotations(scene: Scene, frames: _Frames) -> Iterator[bytes]:
    """What annotations show besides their fields and the frames' rows."""
    for annotation in scene.annotations:
        parts = annotation.fingerprint_parts(
            morphology=scene.morphology, recording=scene.recording, time_range=scene.time_range
        )
        for part in parts:
            yield from _encoded(part, f"{type(annotation).__name__}.fingerprint_parts", frames)


def _encoded_colormap(cmap: Any) -> Iterator[bytes]:
    colormap = parse_colormap(cmap)
    yield b"colormap"
    yield lookup_table(colormap).tobytes()
    for extreme in (colormap.under_color, colormap.over_color):
        yield b"none" if extreme is None else str(parse_color(tuple(extreme))).encode()
