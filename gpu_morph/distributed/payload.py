"""What travels to the workers: the film, once; and of its recording what a piece shows."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.lazy_rows import DaskRows, RowSource
from ..data.row_stream import RowStream
from ..data.sampling import needed_rows
from ..errors import RecordingError
from ..image.image import Size
from ..scene.annotations.layout import Layout
from ..scene.scene import Scene
from ..video.encoding import Encoding

_MOST_BYTES = 2**20  # what pickles smaller than this is a reference to values, not the values themselves
_MOST_SENT = 2**27  # bytes of rows that travel with a piece

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Film:
    """What every piece is made of.

    ``name`` is unlike that of any other film. ``scene`` has its ``clim`` and camera resolved, ``layout`` its
    annotations; its recording is a reference, or `Rows` that come with each piece. ``times`` are in ms. ``planar`` is
    as in `open_video`, ``ending`` that of pieces' files. ``folder`` is where they go when all workers see it; None:
    they are returned.
    """

    name: str
    scene: Scene
    layout: Layout
    times: npt.NDArray[np.float64]
    size: Size
    rate: Fraction
    encoding: Encoding
    planar: bool
    ending: str
    device: int | str | None
    memory: int | str
    wants_images: bool
    folder: Path | None


class Rows:
    """Stands for the values of a recording where only some rows are: those that a piece shows."""

    dtype = np.dtype(np.float32)

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self._numbers: IntArray = np.zeros(0, dtype=np.int64)
        self._values = np.zeros((0, shape[1]), dtype=np.float32)

    def fill(self, numbers: IntArray, values: npt.NDArray[np.float32]) -> None:
        """Hold these rows, rising, instead of those before."""
        self._numbers, self._values = numbers, np.asarray(values)

    def __getitem__(self, asked: Any) -> npt.NDArray[np.float32]:
        wanted = np.array(range(self.shape[0])[asked])
        places = np.searchsorted(self._numbers, wanted)
        known = self._numbers[np.minimum(places, len(self._numbers) - 1)] if len(self._numbers) else wanted - 1
        if not np.array_equal(known, wanted):
            raise RecordingError(f"rows {asked} of the recording were not sent with this piece")
        values: npt.NDArray[np.float32] = self._values[places]
        return values


class Source:
    """Where workers get a recording's rows from.

    Those of a file that they can open they read themselves, those of a dask array the cluster computes, and any
    others this process reads and sends.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._rows = scene.recording.row_source if scene.recording is not None and scene.shows_values else None
        self.is_dask = isinstance(self._rows, DaskRows)
        self.reference = None if self._rows is None or self.is_dask else small_reference(self._rows)
        self._is_sent = self._rows is not None

    def refer(self) -> None:
        """Workers can open the reference: no rows are sent."""
        self._is_sent = False

    @property
    def counts_values(self) -> bool:
        """True if a fingerprint has to read the values: they are sent, and `description` does not identify them."""
        return self._is_sent and not self.description()

    def description(self) -> str:
        """Names values that need not be read for it: those of a file or a dask array; "" for others."""
        if isinstance(self._rows, DaskRows):
            return self._rows.name
        if self._rows is None or self.reference is None:
            return ""
        digest = hashlib.sha256(pickle.dumps(self.reference))
        if self._rows.path is not None:
            state = os.stat(self._rows.path)
            digest.update(f"{state.st_size} {state.st_mtime_ns}".encode())
        return digest.hexdigest()

    @property
    def outermost_rows(self) -> tuple[int, int]:
        """The first and the last."""
        assert self._scene.recording is not None
        return 0, len(self._scene.recording.times) - 1

    @property
    def stand_in(self) -> Any:
        """What the scene's recording has for values when it travels."""
        assert self._scene.recording is not None
        is_read_there = self.reference is not None and not self._is_sent
        return self.reference if is_read_there else Rows(tuple(self._scene.recording.values.shape))

    def rows(self, times: npt.NDArray[np.float64]) -> IntArray | None:
        """Numbers of the rows that frames at ``times`` (ms) need and that are to be sent; None for none."""
        scene = self._scene
        if not self._is_sent or scene.recording is None:
            return None
        step = None if scene.time_range is None else scene.time_range.step
        return needed_rows(scene.recording.times, times, sampling=scene.sampling, step=step)

    def most_frames(self, times: npt.NDArray[np.float64]) -> int | None:
        """How many frames a piece of a film at ``times`` (ms) may have, so that its rows are not too much to send."""
        rows = self.rows(times)
        if rows is None:
            return None
        assert self._scene.recording is not None
        n_bytes = 4 * max(1, self._scene.recording.n_compartments) * len(rows)
        return max(1, _MOST_SENT * len(times) // n_bytes)

    def values(self, rows: IntArray, memory: int | str) -> npt.NDArray[np.float32]:
        """(n_rows, n_compartments) float32, read here."""
        recording = self._scene.recording
        assert recording is not None
        values = np.empty((len(rows), recording.n_compartments), dtype=np.float32)
        with RowStream(recording, rows, memory=memory) as stream:
            for place, row in enumerate(rows.tolist()):
                values[place] = stream.row(row)
        return values

    def graph(self, rows: IntArray) -> Any:
        """The same as a dask array, for the cluster to compute."""
        assert self._scene.recording is not None
        values: Any = self._scene.recording.values
        first, last = int(rows[0]), int(rows[-1])
        return values[slice(first, last + 1) if last - first + 1 == len(rows) else rows].astype(np.float32)


def resolved_picture(scene: Scene, size: Size, *, transparent: bool) -> tuple[Scene, Layout]:
    """The scene with ``clim`` and camera found, and its layout; both without more of a recording than they need.

    If an annotation needs the whole recording on the workers, it stays in the layout.
    """
    scene = scene.resolved()
    layout = scene.layout(size, transparent=transparent)
    camera = scene.camera.fitted(scene.morphology, size, layout.areas)
    annotations = tuple(annotation.for_worker(layout.view) for annotation in scene.annotations)
    needs_recording = any(annotation.needs_recording for annotation in annotations)
    view = replace(layout.view, recording=layout.view.recording if needs_recording else None)
    return replace(scene, camera=camera, annotations=annotations), replace(layout, view=view)


def with_values(scene: Scene, values: Any) -> Scene:
    """The scene with other values in its recording."""
    recording = scene.recording
    return scene if recording is None else replace(scene, recording=replace(recording, values=values))


def small_reference(rows: RowSource) -> Any:
    """The reference to the values for other processes; None if they are in memory or do not pickle small."""
    if rows.is_in_memory:
        return None
    reference = rows.reference
    try:
        pickle.Pickler(_SmallFile(), protocol=5).dump(reference)
    except Exception:  # too large, or cannot be pickled
        return None
    return reference


class _SmallFile(io.RawIOBase):
    """Takes no more than a reference's bytes."""

    def __init__(self) -> None:
        self._n_bytes = 0

    def write(self, data: Any, /) -> int:
        n_bytes = memoryview(data).nbytes
        self._n_bytes += n_bytes
        if self._n_bytes > _MOST_BYTES:
            raise ValueError("too large for a reference")
        return n_bytes


def looked_at(reference: Any, rows: Iterable[int]) -> bytes:
    """A hash of some rows: what tells whether two processes see the same values."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(np.asarray(reference[row], dtype=np.float32).tobytes())
    return digest.digest()
