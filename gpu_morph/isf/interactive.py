"""CellMorphologyInteractiveVisualizer: ISF's interactive views of a cell."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.arrays import finite_number
from ..data.derived_morphology import scaled_diameters
from ..data.frame_times import TimeRange, check_covered
from ..export.html import write_html
from ..export.web_page import WebPage
from ..viewer.viewing import view
from .cell_view import CellView
from .checks import checked_time_point, truth
from .notebook import displayed_page

if TYPE_CHECKING:
    from ..viewer.session import ViewSession

_POSITIVE = math.ulp(0.0)


class CellMorphologyInteractiveVisualizer(CellView):
    """Interactive views of an In Silico Framework cell: a web page, and a viewer with a slider for the time.

    Parameters
    ----------
    cell, align_trunk
        As of `CellMorphologyVisualizer`.
    dash_ip : str, optional
        Not used: there is no server.
    show : bool
        Show what is made; else it is returned only.
    renderer : str
        Plotly's, such as "notebook_connected"; not used.
    t_start, t_stop, t_step : float, optional
        As of `CellMorphologyVisualizer`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> soma = SimpleNamespace(label="Soma", pts=[[0, 0, -9], [0, 0, 9]], diamList=[18, 18], parent=None, parentx=0)
    >>> cell = SimpleNamespace(sections=[soma], soma=soma, synapses={}, tVec=None)
    >>> viz = gm.CellMorphologyInteractiveVisualizer(cell, align_trunk=False)
    >>> viz.morphology.n_sections
    1
    """

    def __init__(
        self,
        cell: Any,
        align_trunk: bool = True,
        dash_ip: str | None = None,
        show: bool = True,
        renderer: str = "notebook_connected",
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
    ) -> None:
        super().__init__(cell, align_trunk, t_start, t_stop, t_step)
        for name, text in (("dash_ip", dash_ip), ("renderer", renderer)):
            _check_text(text, name)
        self.dash_ip = dash_ip
        self.show = show
        self.renderer = renderer

    def interactive_plot(
        self,
        color: Any = "grey",
        renderer: str | None = None,
        diameter: float | None = None,
        time_point: float | None = None,
        show: bool = True,
    ) -> WebPage:
        """Show the cell as a web page in which it can be turned, moved and zoomed.

        Parameters
        ----------
        color
            As in `CellMorphologyVisualizer.plot`.
        renderer : str, optional
            Plotly's; not used.
        diameter : float, optional
            µm, of all sections. None: their own.
        time_point : float, optional
            ms; required when ``color`` is a recorded variable.
        show : bool
            Show it at once, in a notebook.

        Returns
        -------
        WebPage
            A notebook shows it as a cell's last line, unless it is shown already; elsewhere ``save`` writes it.

        Raises
        ------
        ValueError
            A wrong argument, or a time outside the simulation.
        """
        _check_text(renderer, "renderer")
        if diameter is not None:
            finite_number(diameter, name="diameter", expected="a positive number of µm, or None", least=_POSITIVE)
        scene = self.scene(color)
        if scene.shows_values and time_point is None:
            raise ValueError(f"color={color!r} changes over time: give time_point in ms")
        time_point = checked_time_point(time_point, scene.recording)
        if diameter is not None:
            same = scaled_diameters(scene.morphology, lambda diameters: np.full_like(diameters, diameter))
            scene = replace(scene, morphology=same)
        page = write_html(scene, None, times=[time_point] if scene.shows_values else None)
        return displayed_page(page) if truth(show, "show") and self.show else page

    def interactive_app(
        self,
        color: Any = "grey",
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
    ) -> ViewSession:
        """Show the cell in a viewer: turned with the mouse, with a slider for the time, and traces of what is clicked.

        Parameters
        ----------
        color
            As in `CellMorphologyVisualizer.plot`. The slider is there when it is a recorded variable.
        t_start, t_stop, t_step : float, optional
            ms: the ends of the slider, and the step of its keys. None: the object's own.

        Returns
        -------
        ViewSession
            As `gm.view` returns it; if the object's ``show`` is False, one that is not shown.

        Raises
        ------
        ValueError
            A wrong argument, or times outside the simulation.
        UnsupportedError, ContextError
            As `gm.view`.
        """
        times = self._times(t_start, t_stop, t_step)
        scene, frames = self.scene(color, show_legend=True), times.frames()
        if scene.recording is not None and frames is not None:
            check_covered(frames, scene.recording.times)
            assert times.step is not None
            scene = replace(scene, time_range=TimeRange(float(frames[0]), float(frames[-1]), float(times.step)))
        if self.show:
            return view(scene)
        from ..viewer.session import ViewSession

        return ViewSession(scene)


def _check_text(value: Any, name: str) -> None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be text, or None, got {value!r}")
