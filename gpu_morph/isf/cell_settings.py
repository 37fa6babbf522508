"""CellSettings: a cell of the In Silico Framework, which of it is drawn, and the attributes that say how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.derived_morphology import scaled_diameters
from ..data.morphology import Morphology
from ..readers.simulators.isf import isf_morphology, recorded_variables, simulation_times
from ..readers.simulators.isf_cell_file import opened_cell
from ..scene.colormaps import parse_colormap
from ..scene.styles import Style
from .alignment import Alignment, upright
from .camera import CAMERA_POSITION
from .checks import truth
from .colors import checked_limits
from .drawn_sections import DrawnSections
from .times import Times, recorded_range


class CellSettings:
    """A cell and its attributes; `CellMorphologyVisualizer` documents them."""

    def __init__(
        self,
        cell: Any,
        align_trunk: bool = True,
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
    ) -> None:
        Times(t_start, t_stop, t_step).check()
        self.cell = cell = opened_cell(cell)
        first, last = recorded_range(cell)
        self.t_start = first if t_start is None else t_start
        self.t_stop = last if t_stop is None else t_stop
        self._t_step = t_step
        self.show_axon = False
        self._alignment, morphology = Alignment(), isf_morphology(cell)
        if truth(align_trunk, "align_trunk"):
            morphology, self._alignment = upright(morphology)
        self._set_morphology(morphology)
        self.camera_position: dict[str, float] = dict(CAMERA_POSITION)
        self.neuron_rotation = 0.5
        self.dpi = 72
        self.supersample = 1
        self.style: Style | None = None
        self.background_color: Any = "white"
        self.cmap: Any = "jet"
        self.vmin: float | None = None
        self.vmax: float | None = None
        self.norm: Any = None
        self.color_dict: Mapping[str, Any] = {}
        self.time_offset: float | None = 0.0
        self.time_show_syn_activ = 2.0
        self.show_all_spikes = False
        self.fade_synapses = False
        self.synapse_group_function: Callable[[str], str] = str
        self.population_to_color_dict: Mapping[str, Any] = {}
        self.synapse_legend = True
        self.highlight_arrow_kwargs: Mapping[str, Any] | None = None

    @property
    def morphology(self) -> Morphology:
        """What is drawn: the cell's sections, aligned and scaled; "AIS" and "Myelin" only if ``show_axon``."""
        return self._drawn.morphology

    @property
    def possible_scalars(self) -> set[str]:
        """Names of the recorded variables besides the voltage; ``color`` may be one of them."""
        return set(recorded_variables(self.cell)) - {"voltage"}

    @property
    def simulation_times(self) -> npt.NDArray[np.float64] | None:
        """(n_times,) ms; None when the cell was not simulated."""
        return simulation_times(self.cell)

    @property
    def times_to_show(self) -> npt.NDArray[np.float64] | None:
        """(n_frames,) ms: the frames of a film that is given no times; None if they are unknown."""
        return self._times(None, None, None).frames()

    @property
    def t_step(self) -> float | None:
        """ms: the step that was set, else a tenth of the range from ``t_start`` to ``t_stop``."""
        return self._times(None, None, None).step

    @t_step.setter
    def t_step(self, step: float | None) -> None:
        self._t_step = step

    def set_cmap(self, cmap: Any = None, vmin: float | None = None, vmax: float | None = None) -> None:
        """Set the colormap and the values at its two ends; None leaves each as it is.

        The default range is that of the whole recording.

        Raises
        ------
        ValueError
            An unknown colormap; similar names are proposed.
        TypeError
            ``vmin`` or ``vmax`` is no number.
        """
        checked_limits(vmin, vmax)
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

        cell = self._sections[True].morphology
        self._set_morphology(scaled_diameters(cell, scaled if callable(scale_func) else scale_func))

    @property
    def _drawn(self) -> DrawnSections:
        return self._sections[truth(self.show_axon, "show_axon")]

    def _set_morphology(self, morphology: Morphology) -> None:
        """Keep all sections of the cell, aligned and scaled."""
        self._sections = {show: DrawnSections(morphology, show) for show in (False, True)}

    def _times(self, start: float | None, stop: float | None, step: float | None) -> Times:
        """A method's times; the object's where one is None."""
        return Times(start, stop, step).completed(Times(self.t_start, self.t_stop, self._t_step))
