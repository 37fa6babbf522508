"""Overlay: a second recording, which colours its sections on a colormap of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import FloatArray, IntArray
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..data.sampling import sample
from ..errors import SceneError
from ..system.arguments import check_type
from .annotations.base import ColorScale
from .checks import checked_clim
from .color_scale import full_range
from .coloring import Coloring
from .colormaps import ColorTable, color_table, parse_colormap

_BELOW_ONE = np.float32(1 - 2**-12)  # the last value of a colormap; the next one begins at 1


@dataclass(frozen=True, eq=False)
class Overlay:
    """A recording that colours the sections in which it has compartments, in place of the scene's colours.

    Parameters
    ----------
    recording : Recording
        Another variable. Between two of its times, and before and after them, the nearest one holds.
    cmap : str or colormap
        Of its values; values outside ``clim`` have the colours of the ends.
    clim : (float, float), optional
        Values at the ends of the colormap. None: the range of the recording.

    Raises
    ------
    SceneError
        A wrong argument.

    Examples
    --------
    >>> cell, v = gm.demo_cell()
    >>> rate = gm.Recording(v.times, np.sin(v.times)[:, None], section=[0], position=[0.5], name="rate", unit="Hz")
    >>> bars = [gm.ColorBar(), gm.ColorBar(variable="rate", place="left")]
    >>> scene = gm.Scene(cell, v, overlays=[gm.Overlay(rate, cmap="inferno", clim=(-1, 1))], annotations=bars)
    """

    recording: Recording
    cmap: Any = field(default="inferno", kw_only=True)
    clim: tuple[float, float] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        check_type(self.recording, Recording, "recording")
        parse_colormap(self.cmap)
        if self.clim is not None:
            object.__setattr__(self, "clim", checked_clim(self.clim))

    def resolved(self) -> Overlay:
        """With the range of the recording as ``clim``, if that is None."""
        return self if self.clim is not None else replace(self, clim=full_range(self.recording))

    def table(self, nan_color: Any) -> ColorTable:
        """The colours of its values."""
        return color_table(self.cmap, nan_color, self.clim or full_range(self.recording))

    def scale(self, nan_color: Any) -> ColorScale:
        """What a colour bar of it shows."""
        name, unit = self.recording.name, self.recording.unit
        return ColorScale(self.table(nan_color), name, unit, has_under=False, has_over=False, has_missing=False)


class JointRows:
    """Rows of several recordings side by side, as `SliceableRows`: values from k to k + 1 are those of colormap k.

    Parameters
    ----------
    recordings : sequence of Recording
        The first one's times are those of the rows; of the others the nearest times count.
    tables : sequence of ColorTable
        Of each recording.
    columns : (n,) int64
        The columns of the first recording that are shown.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, recordings: Sequence[Recording], tables: Sequence[ColorTable], columns: IntArray) -> None:
        self._recordings, self._tables, self._columns = recordings, tables, columns
        n_columns = len(columns) + sum(recording.n_compartments for recording in recordings[1:])
        self.shape = len(recordings[0].times), n_columns

    def __getitem__(self, rows: int | slice) -> npt.NDArray[np.float32]:
        if isinstance(rows, int | np.integer):
            return self._joined(np.asarray(self._recordings[0].row_source.read(int(rows))), int(rows))
        numbers = range(*rows.indices(self.shape[0]))
        first = np.asarray(self._recordings[0].row_source.read(rows))
        joined = [self._joined(row, number) for row, number in zip(first, numbers, strict=True)]
        return np.array(joined, dtype=np.float32).reshape(len(numbers), self.shape[1])

    def _joined(self, row: npt.NDArray[Any], number: int) -> npt.NDArray[np.float32]:
        first, *others = self._recordings
        parts, time = [row[self._columns]], float(first.times[number])
        for other in others:
            parts.append(nearest_row(other, time))
        fractions = [_fractions(part, table) for part, table in zip(parts, self._tables, strict=True)]
        return np.concatenate([fraction + np.float32(k) for k, fraction in enumerate(fractions)])


def nearest_row(recording: Recording, time: float) -> npt.NDArray[np.float32]:
    """(n_compartments,) float32: the row that is nearest to a time, ms."""
    return recording.row(sample(recording.times, time, sampling="nearest").first)


def overlaid(base: Coloring, overlays: Sequence[Overlay], morphology: Morphology, *, nan_color: Any) -> Coloring:
    """The coloring of a scene with overlays.

    Parameters
    ----------
    base : Coloring
        Without them.
    overlays : sequence of Overlay
        One or more, each with sections of its own.
    morphology : Morphology
        What is drawn.
    nan_color : colour
        Of missing values.
    """
    n_sections = morphology.n_sections
    first = base.recording or _constant(n_sections)
    covered = np.zeros(n_sections, dtype=bool)
    for overlay in overlays:
        if covered[overlay.recording.section].any():
            raise SceneError(
                f"overlays: {overlay.recording.name!r} has compartments in a section of another overlay; leave them out"
            )
        covered[overlay.recording.section] = True
    columns = np.flatnonzero(~covered[first.section])
    tables = [base.table, *(overlay.table(nan_color) for overlay in overlays)]
    recordings = [first, *(overlay.recording for overlay in overlays)]
    if base.is_static or base.recording is None:  # times are those of the first overlay
        recordings[0] = _held(first, recordings[1].times)
    placed = [(first.section[columns], first.position[columns])]
    placed += [(overlay.recording.section, overlay.recording.position) for overlay in overlays]
    joint = Recording(
        recordings[0].times,
        JointRows(recordings, tables, columns),
        section=np.concatenate([section for section, _ in placed]),
        position=np.concatenate([position for _, position in placed]),
        name=recordings[0].name,
        unit="",
    )
    return replace(base, recording=joint, is_static=False, table=_joined_table(tables), has_scale=base.has_scale)


def _fractions(values: npt.NDArray[Any], table: ColorTable) -> npt.NDArray[np.float32]:
    """How far along the colours of a table values stand, 0 to 1; NaN stays."""
    (low, high), given = table.clim, np.asarray(values, dtype=np.float64)
    if table.edges is None:
        along = (given - low) / (high - low)
    else:
        along = np.interp(given, table.edges, np.linspace(0, 1, len(table.edges)))
        along[np.isnan(given)] = np.nan
    return np.clip(along, 0, _BELOW_ONE).astype(np.float32)


def _joined_table(tables: Sequence[ColorTable]) -> ColorTable:
    """The colours of all tables, each for values from its number to the next one."""
    edges = [np.linspace(k, k + 1, len(table.entries) + 1)[:-1] for k, table in enumerate(tables)]
    return ColorTable(
        np.concatenate([table.entries for table in tables]),
        tables[0].entries[0],
        tables[-1].entries[-1],
        tables[0].missing,
        (0.0, float(len(tables))),
        np.append(np.concatenate(edges), float(len(tables))),
    )


def _constant(n_sections: int) -> Recording:
    """A compartment in each section, with the value 0."""
    sections = np.arange(n_sections, dtype=np.int32)
    return Recording(
        np.zeros(1),
        np.zeros((1, n_sections), dtype=np.float32),
        section=sections,
        position=np.full(n_sections, 0.5, dtype=np.float32),
        name="color",
        unit="",
    )


def _held(recording: Recording, times: FloatArray) -> Recording:
    """A recording's first row at other times."""
    values = np.broadcast_to(recording.row(0), (len(times), recording.n_compartments))
    return replace(recording, times=times, values=values)
