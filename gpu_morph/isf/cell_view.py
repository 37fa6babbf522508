"""CellView: a cell of the In Silico Framework and how it is shown, as a Scene or as VTK files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.derived_morphology import scaled_diameters
from ..data.morphology import Morphology
from ..export.vtk import write_vtk_frames
from ..readers.simulators.isf import isf_morphology, recorded_variables
from ..scene.annotations import Clock, ColorBar, LabelLegend, ScaleBar, SynapseLegend
from ..scene.annotations.base import Annotation, checked_number
from ..scene.colormaps import parse_colormap
from ..scene.label_colors import LabelColors
from ..scene.scene import Scene
from .alignment import Alignment, upright
from .camera import CAMERA_POSITION, positioned_camera
from .colors import CellColor, cell_color, color_range, named_recording
from .figure import pixels_per_point
from .highlight import highlight_arrow
from .synapses import group_colors, has_active_groups, marker_style, shown_synapses
from .times import Times, recorded_range, recorded_times
from .vtk_files import write_cell


class CellView:
    """What is shown of a cell; `CellMorphologyVisualizer` documents parameters and attributes."""

    def __init__(
        self,
        cell: Any,
        align_trunk: bool = True,
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
    ) -> None:
        self.cell = cell
        first, last = recorded_range(cell)
        self.t_start = first if t_start is None else t_start
        self.t_stop = last if t_stop is None else t_stop
        self.t_step = t_step
        self.morphology: Morphology = isf_morphology(cell)
        self._alignment = Alignment()
        if align_trunk:
            self.morphology, self._alignment = upright(self.morphology)
        self.camera_position: dict[str, float] = dict(CAMERA_POSITION)
        self.neuron_rotation = 0.5
        self.dpi = 72
        self.background_color: Any = "white"
        self.cmap: Any = "jet"
        self.vmin: float | None = None
        self.vmax: float | None = None
        self.color_dict: Mapping[str, Any] = {}
        self.time_offset: float | None = 0.0
        self.time_show_syn_activ = 2.0
        self.fade_synapses = False
        self.synapse_group_function: Callable[[str], str] = str
        self.population_to_color_dict: Mapping[str, Any] = {}
        self.synapse_legend = True
        self.highlight_arrow_kwargs: Mapping[str, Any] | None = None

    @property
    def possible_scalars(self) -> set[str]:
        """Names of the recorded variables besides the voltage; ``color`` may be one of them."""
        return set(recorded_variables(self.cell)) - {"voltage"}

    @property
    def simulation_times(self) -> npt.NDArray[np.float64] | None:
        """(n_times,) ms; None when the cell was not simulated."""
        return recorded_times(self.cell)

    @property
    def times_to_show(self) -> npt.NDArray[np.float64] | None:
        """(n_frames,) ms: the frames of a film that is given no times; None if they are unknown."""
        return self._times(None, None, None).frames()

    def set_cmap(self, cmap: Any = None, vmin: float | None = None, vmax: float | None = None) -> None:
        """Set the colormap and the values at its two ends; None leaves each as it is.

        The default range is that of the whole recording.

        Raises
        ------
        ValueError
            An unknown colormap; similar names are proposed.
        """
        if cmap is not None:
            parse_colormap(cmap)
            self.cmap = cmap
        self.vmin = self.vmin if vmin is None else vmin
        self.vmax = self.vmax if vmax is None else vmax

    def scale_diameter(self, scale_func: float | Callable[[Any], Any]) -> None:
        """Multiply the drawn diameters by a factor, or replace them by a function of them (µm).

        The function gets an array of all diameters. If it raises TypeError or ValueError, as
        ``lambda d: max(d, 2)`` does, it gets one diameter at a time. It may return one value for all. Scaling twice
        scales what was scaled before.
        """

        def scaled(diameters: npt.NDArray[np.float32]) -> Any:
            assert callable(scale_func)
            try:
                return scale_func(diameters)
            except (TypeError, ValueError):  # of math.sqrt or a comparison: a function of one number
                return [scale_func(diameter) for diameter in diameters.tolist()]

        self.morphology = scaled_diameters(self.morphology, scaled if callable(scale_func) else scale_func)

    def scene(
        self,
        color: Any = "grey",
        *,
        show_synapses: bool = False,
        show_legend: bool = False,
        highlight_section: int | None = None,
        highlight_x: float | None = None,
    ) -> Scene:
        """The cell as a `Scene`, for what this class has no parameter for.

        Parameters
        ----------
        color
            As in `write_video`; also a value per point, see `Scene`.
        show_synapses, show_legend, highlight_section, highlight_x
            As in `write_video`.

        Raises
        ------
        ValueError
            ``color`` is neither a recorded variable nor a colour.
        """
        cell_colors = cell_color(color, self.cell, self.morphology, self.color_dict)
        recording, points = cell_colors.recording, pixels_per_point(self.dpi)
        synapses = None
        if show_synapses or cell_colors.show_synapses:
            synapses = shown_synapses(self.cell, self._alignment, self.synapse_group_function)
        has_synapses = synapses is not None and has_active_groups(synapses)
        annotations = tuple(self._annotations(cell_colors, show_legend=show_legend, has_synapses=has_synapses))
        if highlight_section is not None:
            arrow = highlight_arrow(
                self.morphology, highlight_section, highlight_x, self.highlight_arrow_kwargs, pixels_per_point=points
            )
            annotations = (*annotations, arrow)
        elif highlight_x is not None:
            raise ValueError(f"highlight_x={highlight_x!r} is a position on a section: give highlight_section too")
        return Scene(
            self.morphology,
            recording,
            synapses=synapses,
            synapse_style=marker_style(
                duration=self.time_show_syn_activ,
                fade=self.fade_synapses,
                colors=group_colors(self.population_to_color_dict, synapses),
                show_all=self.simulation_times is None,
                pixels_per_point=points,
            ),
            color=cell_colors.color,
            cmap=self.cmap,
            clim=None if recording is None else color_range(recording, self.vmin, self.vmax),
            background=self.background_color,
            camera=positioned_camera(self.camera_position, azim_step=self.neuron_rotation),
            annotations=annotations,
        )

    def to_vtk(
        self,
        out_name: str = "cell",
        out_dir: str | os.PathLike[str] = ".",
        color: Any = None,
        time_point: float | None = None,
        n_decimals: int | None = 2,
    ) -> Path:
        """Write the drawn cell, aligned and scaled, as one ``.vtk`` file; returns its path.

        With ``color``, a recorded variable, the file also has its values at ``time_point`` (ms). The folder is
        created if needed.
        """
        recording = None if color is None else named_recording(color, self.cell, self.morphology)
        if recording is not None and time_point is None:
            raise ValueError(f"color={color!r} changes over time: give time_point in ms")
        return write_cell(self.morphology, recording, out_dir, out_name, time=time_point, n_decimals=n_decimals)

    def write_vtk_frames(
        self,
        out_name: str = "frame",
        out_dir: str | os.PathLike[str] = ".",
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
        color: Any = None,
        n_decimals: int | None = 2,
        client: Any = None,  # noqa: ARG002  # ISF's; a file takes milliseconds
    ) -> list[Path]:
        """Write a ``.vtk`` file per time, and ``<out_name>.vtk.series``, which opens them all in ParaView.

        Parameters
        ----------
        out_name : str
            Start of the file names; a number follows.
        out_dir : path
            The folder.
        t_start, t_stop, t_step : float, optional
            As in `write_video`.
        color : str, optional
            A recorded variable. None: the voltage.
        n_decimals : int, optional
            Number of decimals. None: all.
        client
            Not used; it is a parameter of ISF's method.

        Returns
        -------
        list of Path
            In the order of the times.
        """
        recording = named_recording("voltage" if color is None else color, self.cell, self.morphology)
        times = self._times(t_start, t_stop, t_step).frames()
        if times is None:
            raise ValueError("t_start and t_stop are None: give them in ms")
        return write_vtk_frames(self.morphology, recording, out_dir, out_name, times=times, n_decimals=n_decimals)

    def _times(self, start: float | None, stop: float | None, step: float | None) -> Times:
        """A method's times; the object's where one is None."""
        return Times(start, stop, step).completed(Times(self.t_start, self.t_stop, self.t_step))

    def _annotations(self, color: CellColor, *, show_legend: bool, has_synapses: bool) -> Iterator[Annotation]:
        if self.simulation_times is not None:
            yield Clock(offset=checked_number(self.time_offset or 0.0, "time_offset", "finite ms"))
        if not show_legend:
            return
        if color.recording is not None:
            yield ColorBar()
        if isinstance(color.color, LabelColors):
            yield LabelLegend()
        if has_synapses:
            yield SynapseLegend()
        yield ScaleBar()
