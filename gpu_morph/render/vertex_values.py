"""Values of vertices: rows of the recording, mapped to the vertices and sections that are highlighted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from ..data.frame_times import check_covered
from ..data.row_stream import RowStream
from ..data.sampling import Sample, frame_values, sample
from ..data.value_map import ValueMap, map_values
from ..scene.coloring import Coloring
from ..scene.colormaps import HIGHLIGHTED
from ..scene.scene import Scene
from .geometry.tube_geometry import TubeGeometry

# Where a vertex takes its value from: two columns of the recording, the weight of the second. As in fill_values.comp.
SOURCE = np.dtype([("before", np.int32), ("after", np.int32), ("weight", np.float32)])
_IS_HIGHLIGHTED = -2  # as the column before; -1: not recorded


class RecordingRows:
    """The rows of the recording that colours stand for, if there is one.

    Parameters
    ----------
    scene : Scene
        Its sampling and time range are used.
    coloring : Coloring
        Of the scene.
    """

    def __init__(self, scene: Scene, coloring: Coloring) -> None:
        self.recording = coloring.recording
        self.is_constant = coloring.is_static
        self._joint = coloring.joint
        self._sampling = scene.sampling
        self._step = None if scene.time_range is None else scene.time_range.windows  # ms; the width of a peak's window
        self._streams: list[RowStream] = []  # those of films that are under way

    def sample(self, time: float | None) -> Sample | None:
        """The rows that the frame at ``time`` (ms) shows; None without a recording.

        Raises
        ------
        ValueError
            ``time`` lies outside the recording, or is None although values change over time.
        """
        if self.recording is None:
            return None
        if self.is_constant:
            return Sample(0, 0, 0.0)
        if time is None:
            raise ValueError(f"this scene shows {self.recording.name!r} over time: give a time in ms")
        check_covered(np.asarray([time], dtype=np.float64), self.recording.times)
        return sample(self.recording.times, float(time), sampling=self._sampling, step=self._step)

    def values(self, shown: Sample) -> npt.NDArray[np.float32]:
        """(n_compartments,) float32: the mean or the peak of the sample's rows, as the colour table has them."""
        assert self.recording is not None
        if self._joint is None:
            return frame_values(shown, self._recorded, variable=self.recording.name)
        return self._joint.shown(frame_values(shown, self._recorded, variable=self._joint.is_potential))

    def row(self, number: int) -> npt.NDArray[np.float32]:
        """(n_compartments,) float32: a row, as the colour table has its values."""
        return self.values(Sample(number, number, 0.0))

    @property
    def can_be_mixed(self) -> bool:
        """True if the mean of two of `row` is that of what was recorded."""
        return self._joint is None

    def _recorded(self, number: int) -> npt.NDArray[np.float32]:
        """(n_compartments,) float32: a row of the recording."""
        assert self.recording is not None
        return self._streams[-1].row(number) if self._streams else self.recording.row(number)

    def share_streams(self, other: RecordingRows) -> None:
        """Use the rows that are read ahead for another view of the recording."""
        self._streams = other._streams

    @contextmanager
    def read_ahead(self, times: Iterable[float | None], memory: int | str) -> Iterator[None]:
        """Inside ``with``, a thread reads the rows for ``times`` (ms) ahead.

        It does so only for a sequence of times and values that change over time. It holds up to ``memory`` bytes.
        """
        if self.recording is None or self.is_constant or not isinstance(times, Sequence | np.ndarray):
            yield
            return
        with RowStream.of_frames(
            self.recording, times, sampling=self._sampling, step=self._step, memory=memory
        ) as stream:
            self._streams.append(stream)
            try:
                yield
            finally:
                self._streams.remove(stream)


class VertexValues:
    """The values of vertices over time. Highlighted vertices always have the value `HIGHLIGHTED`.

    Parameters
    ----------
    rows : RecordingRows
        The recording's rows.
    value_map : ValueMap, optional
        From the recording's compartments to the vertices. None: all values are 0.
    is_highlighted : (n_vertices,) bool
        Which vertices are highlighted.
    """

    def __init__(self, rows: RecordingRows, value_map: ValueMap | None, is_highlighted: npt.NDArray[np.bool_]) -> None:
        self._rows, self._map, self._is_highlighted = rows, value_map, is_highlighted

    @classmethod
    def of_scene(cls, scene: Scene, rows: RecordingRows, geometry: TubeGeometry) -> VertexValues:
        """The values of a geometry's vertices, followed by one more vertex, which is highlighted."""
        is_highlighted = np.zeros(geometry.n_vertices + 1, dtype=bool)
        is_highlighted[-1] = True
        if scene.highlight is not None and scene.highlight.style == "color":
            is_highlighted[:-1] = np.isin(geometry.section, scene.highlight.sections)
        if rows.recording is None:
            return cls(rows, None, is_highlighted)
        section, position = np.append(geometry.section, np.int32(0)), np.append(geometry.section_position, 0.0)
        value_map = map_values(rows.recording, section, position, interpolation=scene.interpolation)
        return cls(rows, value_map, is_highlighted)

    def at(self, shown: Sample | None) -> npt.NDArray[np.float32]:
        """(n_vertices,) float32: the values of a frame that shows these rows."""
        if shown is None or self._map is None:
            values = np.zeros(len(self._is_highlighted), dtype=np.float32)
        else:
            values = self._map(self._rows.values(shown))
        values[self._is_highlighted] = HIGHLIGHTED
        return values

    def sources(self) -> npt.NDArray[np.void]:
        """(n_vertices,) SOURCE: how values follow from a row. Without a recording, the row is one 0."""
        sources = np.zeros(len(self._is_highlighted), dtype=SOURCE)
        if self._map is not None:
            for name in SOURCE.names or ():
                sources[name] = getattr(self._map, name)
        sources["before"][self._is_highlighted] = _IS_HIGHLIGHTED
        return sources

    def row(self, shown: int | Sample | None) -> npt.NDArray[np.float32]:
        """(n_compartments,) float32: a row by its number, or the mean or the peak of a sample's rows."""
        if shown is None or self._map is None:
            return np.zeros(1, dtype=np.float32)
        return self._rows.row(shown) if isinstance(shown, int) else self._rows.values(shown)

    def parts(self, shown: Sample | None) -> tuple[int | Sample | None, int | Sample | None, float]:
        """What `row` takes for two rows whose mean a frame shows, and the weight of the second."""
        if shown is None or (shown.fraction > 0 and self._rows.can_be_mixed):
            return (None, None, 0.0) if shown is None else (shown.first, shown.last, shown.fraction)
        only = shown.first if shown.first == shown.last else shown
        return only, only, 0.0

    def subset(self, vertices: npt.NDArray[np.int32]) -> VertexValues:
        """The values of some of the vertices."""
        value_map = self._map
        if value_map is not None:
            value_map = ValueMap(value_map.before[vertices], value_map.after[vertices], value_map.weight[vertices])
        return VertexValues(self._rows, value_map, self._is_highlighted[vertices])
