"""Recording: values over time of the compartments of a morphology."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import RecordingError, brief
from ..system.arguments import checked_whole_number
from .arrays import FrozenArrays, frozen_array
from .labelled_arrays import plain_recording
from .lazy_rows import adapt_rows, sliceable
from .morphology import Morphology
from .nearest_sites import MAX_DISTANCE
from .row_source import RowSource, SliceableRows
from .section_numbers import note_certain
from .sites import placed
from .value_extent import extent_of, is_millivolts, look_like_volts, seconds_to_scan, warn_of_volts

_BLOCK_BYTES = 32 * 2**20  # read at once when a recording is scanned
_CHUNK_BYTES = 512 * 2**20  # the same if chunks are larger, so that none is read twice

_VOLTAGE = ("v", "vm", "voltage")


def is_voltage(variable: str) -> bool:
    """True for the names of the membrane potential, "v", "vm" and "voltage", in any case."""
    return variable.strip().lower() in _VOLTAGE


@dataclass(frozen=True, eq=False)
class Recording(FrozenArrays):
    """Values over time, per compartment.

    Section numbers of simulators and of files differ: `Recording.at` places compartments by their coordinates.

    Parameters
    ----------
    times : (n_times,) float64
        ms, strictly increasing, any spacing. Quantities are converted. None: those that ``values`` have.
    values : (n_times, n_compartments)
        Anything that slices by row: ndarray, memmap, h5py dataset, zarr or dask array. A row is read when a frame
        needs it; a recording is never loaded as a whole. NaN, or a mask, means "not recorded". Also a DataFrame, whose
        rows are times, an xarray.DataArray, a neo.AnalogSignal, and quantities, which are converted to ``unit``.
    section : (n_compartments,) int32
        Section of the morphology to which each column belongs.
    position : (n_compartments,) float32
        Position of each column along its section, 0 to 1 of the arc length.
    name, unit : str
        The variable ("v") and its unit ("mV").

    Raises
    ------
    RecordingError
        Shapes do not fit, times do not increase, values are not real numbers, or positions are outside 0 to 1.

    Notes
    -----
    `gpu_morph.data.row_source.SliceableRows` describes what a class needs to serve as ``values``.

    Examples
    --------
    Two compartments of a dendrite, section 1, over three times:

    >>> values = [[-70, -70], [-20, -60], [30, -30]]
    >>> recording = gm.Recording([0, 0.5, 1], values, section=[1, 1], position=[0.25, 0.75], name="v", unit="mV")
    >>> recording.n_compartments, recording.value_range()
    (2, (-70.0, 30.0))

    Larger than memory: the values stay in the file.

    >>> np.save("v.npy", np.zeros((1000, 2), dtype=np.float32))
    >>> rows = np.load("v.npy", mmap_mode="r")
    >>> recording = gm.Recording(np.arange(1000) * 0.025, rows, section=[1, 1], position=[0.25, 0.75])
    """

    times: npt.NDArray[np.float64]
    values: SliceableRows
    section: npt.NDArray[np.int32] = field(kw_only=True)
    position: npt.NDArray[np.float32] = field(kw_only=True)
    name: str = field(default="v", kw_only=True)
    unit: str = field(default="mV", kw_only=True)

    @classmethod
    def at(
        cls,
        morphology: Morphology,
        times: npt.ArrayLike,
        values: Any,
        *,
        coordinates: npt.ArrayLike | None = None,
        section: npt.ArrayLike | Sequence[str] | None = None,
        position: npt.ArrayLike | None = None,
        name: str = "v",
        unit: str = "mV",
        max_distance: float = MAX_DISTANCE,
    ) -> Recording:
        """The recording of a morphology, with compartments placed by their coordinates or by names of sections.

        Parameters
        ----------
        morphology : Morphology
            What was recorded, where it was recorded.
        times, values, name, unit
            As in `Recording`.
        coordinates : (n_compartments, 3) float, optional
            µm. Each compartment goes to the nearest site of the nearest neurite, see `gpu_morph.locate`. Given together
            with ``section`` and ``position``, they are held against these.
        section : (n_compartments,) int or str, optional
            Sections of the morphology, by their numbers or by their names in ``morphology.section_names``.
        position : (n_compartments,) float, optional
            0 to 1 of the section's arc length. May be left out if each name ends with it: "dend[3](0.5)".
        max_distance : float
            µm from the neurite's surface, beyond which coordinates are an error.

        Raises
        ------
        RecordingError
            A section does not exist, a name stands for several, or coordinates are farther than ``max_distance`` from
            their section and position; also as in `Recording`.
        MorphologyError
            Coordinates are farther than ``max_distance`` from every neurite. The message lists the worst.
        """
        section, position = placed(
            morphology, coordinates=coordinates, section=section, position=position, max_distance=max_distance
        )
        made = cls(times, values, section=section, position=position, name=name, unit=unit)  # type: ignore[arg-type]
        return note_certain(made)

    def __post_init__(self) -> None:
        for name in ("name", "unit"):
            if not isinstance(getattr(self, name), str):
                raise RecordingError(f"{name} must be a str, got {brief(getattr(self, name))}")
        times, values = plain_recording(self.times, self.values, unit=self.unit)
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", sliceable(values))
        for name, dtype in {"times": np.float64, "section": np.int32, "position": np.float32}.items():
            array = frozen_array(getattr(self, name), dtype, name=name, error=RecordingError)
            if array.ndim != 1:
                raise RecordingError(f"{name} must have one dimension, got shape {array.shape}")
            object.__setattr__(self, name, array)
        self._check()

    def _check(self) -> None:
        shape, expected = self.row_source.shape, (len(self.times), len(self.section))
        if len(self.section) != len(self.position):
            raise RecordingError(
                "section and position must have one entry per compartment each, got "
                f"{len(self.section)} and {len(self.position)}"
            )
        if shape != expected:
            hint = ": transpose it" if shape == expected[::-1] else ""
            raise RecordingError(f"values must have shape (n_times, n_compartments) = {expected}, got {shape}{hint}")
        if self.row_source.dtype.kind not in "fiub":
            raise RecordingError(f"values must be real numbers, got an array of {self.row_source.dtype}")
        if not len(self.times):
            raise RecordingError("times must hold at least one time, got none")
        if not np.isfinite(self.times).all():
            raise RecordingError("times must be finite, in ms")
        steps = np.diff(self.times)
        if np.any(steps <= 0):
            k = int((steps <= 0).argmax())
            raise RecordingError(
                f"times must increase strictly; times[{k}] = {self.times[k]} ms is followed by {self.times[k + 1]} ms"
            )
        if np.any(self.section < 0):
            raise RecordingError(f"section must not be negative, got {self.section.min()}")
        outside = ~((self.position >= 0) & (self.position <= 1))
        if outside.any():
            raise RecordingError(
                f"position must lie in 0..1 (relative arc length), got {self.position[outside][0]} "
                f"for compartment {int(outside.argmax())}"
            )
        self._check_volts()

    def _check_volts(self) -> None:
        """Find the range, which warns of volts, where a few rows of values in memory look like volts."""
        if is_millivolts(self.unit) and self.row_source.is_in_memory:
            last = len(self.times) - 1
            low, high, _ = extent_of(self.row(k) for k in {0, last // 2, last})
            if look_like_volts(low, high):
                _ = self.extent

    def __getstate__(self) -> dict[str, Any]:
        """A pickle has a reference to the file of a memmap or of an HDF5 dataset instead of the values."""
        return {**super().__getstate__(), "values": self.row_source.reference}

    def __repr__(self) -> str:
        return (
            f"Recording({self.name!r}, {self.unit!r}, {len(self.times)} times from {self.times[0]:g} to "
            f"{self.times[-1]:g} ms, {self.n_compartments} compartments)"
        )

    def _repr_html_(self) -> str | None:
        """What notebooks show."""
        from .summary_html import html_or_none, recording_html

        return html_or_none(lambda: recording_html(self))

    @property
    def n_compartments(self) -> int:
        """Number of columns."""
        return len(self.section)

    @property
    def n_bytes(self) -> int:
        """Bytes of all values as stored."""
        return len(self.times) * self.n_compartments * self.row_source.dtype.itemsize

    @cached_property
    def row_source(self) -> RowSource:
        """The interface through which ``values`` are read."""
        return adapt_rows(self.values)

    def row(self, index: int) -> npt.NDArray[np.float32]:
        """(n_compartments,) float32: the values at ``times[index]``."""
        index = checked_whole_number(index, "index")
        if not -len(self.times) <= index < len(self.times):
            raise IndexError(f"index must be less than the number of times, {len(self.times)}, got {index}")
        return np.asarray(self.row_source.read(index), dtype=np.float32).reshape(-1)

    def blocks(self) -> Iterator[npt.NDArray[np.float32]]:
        """Read all rows once, about 32 MiB at a time: (n_rows, n_compartments) float32 each."""
        n_rows = self._block_rows()
        for start in range(0, len(self.times), n_rows):
            yield np.asarray(self.row_source.read(slice(start, start + n_rows)), dtype=np.float32)

    def columns(self, columns: npt.ArrayLike, first: int, end: int) -> npt.NDArray[np.float32]:
        """(end - first, n) float32: a few columns of the rows from ``first`` up to ``end``.

        Columns are read one by one if the source can do that and its chunks do not make it slower than reading whole
        rows.
        """
        source, chosen = self.row_source, frozen_array(columns, np.int64, name="columns", error=RecordingError)
        first, end = checked_whole_number(first, "first"), checked_whole_number(end, "end")
        if chosen.ndim != 1 or (chosen.size and not 0 <= chosen.min() <= chosen.max() < self.n_compartments):
            raise IndexError(f"columns must be (n,), each of 0 to {self.n_compartments - 1}, got {brief(columns)}")
        if not 0 <= first <= end <= len(self.times):
            raise IndexError(f"first and end must be rows in order, of 0 to {len(self.times)}, got {first} and {end}")
        width = 1 if source.chunks is None else source.chunks.n_columns
        if source.has_columns and len(chosen) * width <= self.n_compartments:
            rows = slice(first, end)
            parts = [np.asarray(source.read(rows, column), dtype=np.float32) for column in chosen.tolist()]
            return np.stack(parts, axis=1) if parts else np.empty((end - first, 0), dtype=np.float32)
        n_rows, found = self._block_rows(), np.empty((end - first, len(chosen)), dtype=np.float32)
        for start in range(first, end, n_rows):
            stop = min(start + n_rows, end)
            found[start - first : stop - first] = source.read(slice(start, stop))[:, chosen]
        return found

    def _block_rows(self) -> int:
        """Rows of a block: about 32 MiB, and whole chunks unless these have more than 512 MiB."""
        row_bytes = max(1, 8 * self.n_compartments)
        n_rows, chunks = max(1, _BLOCK_BYTES // row_bytes), self.row_source.chunks
        if chunks is None or chunks.n_rows == 1:
            return n_rows
        return max(n_rows // chunks.n_rows * chunks.n_rows, min(chunks.n_rows, _CHUNK_BYTES // row_bytes), 1)

    def value_range(self) -> tuple[float, float]:
        """Least and greatest finite value over the **whole** time range.

        Raises
        ------
        RecordingError
            No value is finite.
        """
        low, high, _ = self.extent
        if low > high:
            raise RecordingError(f"{self.name!r} has no finite value: give clim=(low, high) to draw it anyway")
        return low, high

    @cached_property
    def extent(self) -> tuple[float, float, bool]:
        """Least and greatest finite value, and whether there is a NaN. All rows are read once, at the first call."""
        low, high, has_missing = extent_of(self.blocks())
        if is_millivolts(self.unit) and look_like_volts(low, high):
            warn_of_volts(self.name)
        return low, high, has_missing

    def scan_seconds(self) -> float:
        """Estimate of the time that `extent` takes at its first call, s; measured on a few blocks."""
        return seconds_to_scan(self.blocks(), len(self.times))
