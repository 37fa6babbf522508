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
from .joint_scale import JointScale


@dataclass(frozen=True, eq=False)
class Overlay:
    """A recording that colours the sections in which it has compartments, in place of the scene's colours.

    Parameters
    ----------
    recording : Recording
        Another variable. At each time of the scene's recording the nearest one of its times holds, and the scene's
        ``sampling`` applies to these values: the peak of another variable is the value farthest from zero.
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
    """Rows of several recordings side by side, as `SliceableRows`.

    Parameters
    ----------
    recordings : sequence of Recording
        The first one's times are those of the rows; of the others the nearest times count.
    columns : (n,) int64
        The columns of the first recording that are shown.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, recordings: Sequence[Recording], columns: IntArray) -> None:
        self._recordings, self._columns = recordings, columns
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
        time = float(first.times[number])
        parts = [row[self._columns], *(nearest_row(other, time) for other in others)]
        return np.concatenate(parts).astype(np.float32)


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
    recordings = [first, *(overlay.recording for overlay in overlays)]
    if base.is_static or base.recording is None:  # times are those of the first overlay
        recordings[0] = _held(first, recordings[1].times)
    placed = [(first.section[columns], first.position[columns])]
    placed += [(overlay.recording.section, overlay.recording.position) for overlay in overlays]
    joint = Recording(
        recordings[0].times,
        JointRows(recordings, columns),
        section=np.concatenate([section for section, _ in placed]),
        position=np.concatenate([position for _, position in placed]),
        name=recordings[0].name,
        unit="",
    )
    scale = JointScale(
        tuple(recording.name for recording in recordings),
        tuple(len(section) for section, _ in placed),
        (base.table, *(overlay.table(nan_color) for overlay in overlays)),
    )
    return replace(base, recording=joint, is_static=False, table=scale.table, joint=scale)


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
