"""CellMorphologyInteractiveVisualizer: ISF's interactive views of a cell."""

from __future__ import annotations

import math
from typing import Any, NoReturn

import numpy as np

from ..data.arrays import finite_number
from ..data.frame_times import check_covered
from ..errors import UnsupportedError
from .cell_view import CellView

_POSITIVE = math.ulp(0.0)


class CellMorphologyInteractiveVisualizer(CellView):
    """Interactive views of an In Silico Framework cell. This version checks its arguments, and shows nothing yet.

    Parameters
    ----------
    cell, align_trunk, t_start, t_stop, t_step
        As of `CellMorphologyVisualizer`.
    dash_ip : str, optional
        Address of the server of `interactive_app`.
    show : bool
        Show what is made.
    renderer : str
        Plotly's renderer, such as "notebook_connected".
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
        show: bool = True,  # noqa: ARG002  # ISF's; there is nothing to show yet
    ) -> NoReturn:
        """Show the cell so that it can be rotated. Not in this version.

        Parameters
        ----------
        color
            As in `CellMorphologyVisualizer.plot`.
        renderer : str, optional
            None: the object's.
        diameter : float, optional
            µm, of all sections. None: their own.
        time_point : float, optional
            ms; required when ``color`` is a recorded variable.
        show : bool
            Show it at once.

        Raises
        ------
        UnsupportedError
            Always, after the arguments are checked: it says what to use instead.
        """
        _check_text(renderer, "renderer")
        if diameter is not None:
            finite_number(diameter, name="diameter", expected="a positive number of µm, or None", least=_POSITIVE)
        scene = self.scene(color)
        if scene.shows_values and time_point is None:
            raise ValueError(f"color={color!r} changes over time: give time_point in ms")
        if time_point is not None:
            time = finite_number(time_point, name="time_point", expected="finite ms")
            if scene.recording is not None:
                check_covered(np.array([time]), scene.recording.times)
        instead = f"plot(color={color!r}" + (")" if time_point is None else f", time_point={time_point!r})")
        raise UnsupportedError(
            f"interactive_plot: this version has no interactive pictures; use CellMorphologyVisualizer(cell).{instead} "
            f"for a picture, or .animation(None, color={color!r}) for a film that plays in a notebook"
        )

    def interactive_app(
        self,
        color: Any = "grey",
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
    ) -> NoReturn:
        """Show the cell over time, with a slider. Not in this version.

        Parameters
        ----------
        color
            As in `CellMorphologyVisualizer.plot`.
        t_start, t_stop, t_step : float, optional
            ms. None: the object's own.

        Raises
        ------
        UnsupportedError
            Always, after the arguments are checked: it says what to use instead.
        """
        recording, frames = self.scene(color).recording, self._times(t_start, t_stop, t_step).frames()
        if recording is not None and frames is not None:
            check_covered(frames, recording.times)
        raise UnsupportedError(
            "interactive_app: this version has no interactive app; use CellMorphologyVisualizer(cell).animation(None, "
            f"color={color!r}) for a film with play, pause and a slider in a notebook"
        )


def _check_text(value: Any, name: str) -> None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be text, or None, got {value!r}")
