"""CellView: a cell of the In Silico Framework as a Scene or as VTK files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..data.synapse_events import SynapseEvents
from ..export.vtk import write_vtk_frames
from ..scene.annotations import Clock, ColorBar, LabelLegend, ScaleBar
from ..scene.annotations.base import Annotation, checked_number
from ..scene.label_colors import LabelColors
from ..scene.scene import Scene
from ..system.arguments import checked_path, checked_word
from .camera import positioned_camera
from .cell_settings import CellSettings
from .checks import checked_mapping, checked_time_point, or_default, truth
from .colors import CellColor, cell_color, color_range, named_recording
from .film_words import isf_words
from .highlight import highlight_arrow
from .synapse_groups import ActiveSynapseLegend, legend_entries
from .synapses import checked_duration, group_colors, marker_style, shown_synapses
from .times import Times
from .vtk_files import write_cell


class CellView(CellSettings):
    """What is shown of a cell; `CellMorphologyVisualizer` documents parameters and attributes."""

    def scene(
        self,
        color: Any = "grey",
        *,
        show_synapses: bool = False,
        show_legend: bool = False,
        highlight_section: int | None = None,
        highlight_x: float | None = None,
        t_start: float | None = None,
        t_stop: float | None = None,
    ) -> Scene:
        """The cell as a `Scene`, for what this class has no parameter for.

        Parameters
        ----------
        color
            As in `write_video`; also a value per point, see `Scene`.
        show_synapses, show_legend, highlight_section, highlight_x
            As in `write_video`.
        t_start, t_stop : float, optional
            ms: the legend lists the synapses that are active between them. None: the object's own.

        Raises
        ------
        ValueError
            ``color`` is neither a recorded variable nor a colour.
        """
        cell_colors = cell_color(color, self.cell, self._drawn, self.color_dict)
        recording = cell_colors.recording
        synapses = self._synapses() if truth(show_synapses, "show_synapses") or cell_colors.show_synapses else None
        annotations: tuple[Annotation, ...] = ()
        if self.simulation_times is not None:
            annotations = (Clock(offset=checked_number(or_default(self.time_offset, 0.0), "time_offset", "finite ms")),)
        if truth(show_legend, "show_legend"):
            annotations += tuple(self._legends(cell_colors, synapses, self._times(t_start, t_stop, None)))
        if highlight_section is not None:
            kwargs = self.highlight_arrow_kwargs
            arrow = highlight_arrow(self._drawn, highlight_section, highlight_x, kwargs)
            annotations = (*annotations, arrow)
        elif highlight_x is not None:
            raise ValueError(f"highlight_x={highlight_x!r} is a position on a section: give highlight_section too")
        options = {
            "cmap": self.cmap,
            "clim": None if recording is None else color_range(recording, self.vmin, self.vmax, self.norm),
            "norm": None if recording is None else self.norm,
            **cell_colors.options,
        }
        return Scene(
            self.morphology,
            recording,
            synapses=synapses,
            synapse_style=marker_style(
                duration=self.time_show_syn_activ,
                fade=self.fade_synapses,
                colors=group_colors(self._group_colors, synapses),
                show_all=self.simulation_times is None,
            ),
            color=cell_colors.color,
            background=self.background_color,
            style=self.style,
            camera=positioned_camera(self.camera_position, azim_step=self.neuron_rotation),
            annotations=annotations,
            **options,
        )

    def to_vtk(
        self,
        out_dir: str | os.PathLike[str] = ".",
        fn: str = "",
        color: Any = None,
        time_point: float | None = None,
        n_decimals: int | None = 2,
    ) -> Path:
        """Write the drawn cell, aligned and scaled, as one ``.vtk`` file; returns its path.

        ``fn`` is the file's name in ``out_dir``; "": "cell.vtk". With ``color``, a recorded variable, the file also
        has its values at ``time_point`` (ms). The folder is created if needed.
        """
        recording = None if color is None else named_recording(color, self.cell, self._drawn)
        if recording is not None and time_point is None:
            raise ValueError(f"color={color!r} changes over time: give time_point in ms")
        time = checked_time_point(time_point, recording)
        return write_cell(self.morphology, recording, out_dir, fn, time=time, n_decimals=n_decimals)

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
        checked_path(out_dir, "out_dir")
        checked_word(out_name, "out_name", "frame")
        recording = named_recording("voltage" if color is None else color, self.cell, self._drawn)
        times = self._times(t_start, t_stop, t_step).frames()
        if times is None:
            raise ValueError("t_start and t_stop are None: give them in ms")
        with isf_words():
            return write_vtk_frames(self.morphology, recording, out_dir, out_name, times=times, n_decimals=n_decimals)

    def _scene(self, shown: tuple[Any, ...], times: Times) -> Scene:
        """The scene of a film or picture; ``shown`` are the first five arguments of `scene`."""
        color, synapses, legend, section, x = shown
        return self.scene(
            color,
            show_synapses=synapses,
            show_legend=legend,
            highlight_section=section,
            highlight_x=x,
            t_start=times.start,
            t_stop=times.stop,
        )

    @property
    def _group_colors(self) -> Mapping[str, Any]:
        expected = "a dict of groups and colours"
        return checked_mapping(or_default(self.population_to_color_dict, {}), "population_to_color_dict", expected)

    def _synapses(self) -> SynapseEvents | None:
        return shown_synapses(
            self.cell,
            self._alignment,
            self.synapse_group_function,
            self._group_colors,
            all_spikes=truth(self.show_all_spikes, "show_all_spikes"),
        )

    def _legends(self, color: CellColor, synapses: SynapseEvents | None, times: Times) -> Iterator[Annotation]:
        if color.recording is not None:
            yield ColorBar()
        if isinstance(color.color, LabelColors):
            yield LabelLegend()
        if synapses is not None:
            duration = checked_duration(self.time_show_syn_activ)
            shown = Times(None, None, None) if self.simulation_times is None else times
            entries = legend_entries(
                synapses, self._group_colors, start=shown.start, stop=shown.stop, duration=duration
            )
            if entries:
                yield ActiveSynapseLegend(entries=entries)
        yield ScaleBar()
