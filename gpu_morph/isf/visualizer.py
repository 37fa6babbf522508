"""CellMorphologyVisualizer: the In Silico Framework's calls, drawn by gpu_morph."""

from __future__ import annotations

import math
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..api import VideoReport, render_image, render_video
from ..data.apical_trunk import aligned_trunk
from ..data.arrays import finite_number
from ..data.derived_morphology import scaled_diameters
from ..data.frame_times import TimeRange, frame_times
from ..data.morphology import Morphology
from ..data.recording import Recording, is_voltage
from ..data.synapse_events import SynapseEvents, regrouped
from ..errors import RecordingError, SceneError
from ..export.vtk import write_vtk, write_vtk_frames
from ..image.image_file import save_image
from ..readers.simulators.isf import isf_morphology, isf_recording, isf_synapses, recorded_variables
from ..scene.annotations import Arrow, Clock, ColorBar, LabelLegend, ScaleBar, SynapseLegend
from ..scene.annotations.base import Annotation
from ..scene.annotations.sites import checked_section
from ..scene.camera import Camera
from ..scene.coloring import LabelColors
from ..scene.colors import parse_colormap
from ..scene.scene import Scene
from ..scene.synapse_style import SynapseStyle
from ..video.animation import Animation

_FIGURE_INCHES = 15  # a side of ISF's square figure; dpi makes it pixels
_CAMERA = {"azim": 0.0, "dist": 10.0, "elev": 30.0, "roll": 0.0}  # degrees; dist is matplotlib's, 10 shows all
_BY_LABEL = ("dendrites", "dendritic group", "label", "labels")
_BY_SYNAPSE = ("synapses", "synapse")
_VOLTAGE_TOO = "membrane voltage"  # in ISF's VTK files, besides what is_voltage knows
_INACTIVE = "inactive"  # a group of synapses that legends leave out
_QSCALE = ("mpeg", "msmpeg")  # codecs that `quality` is for begin so, or are one of these:
_QSCALE_TOO = ("mjpeg", "libxvid", "flv")
# Names of matplotlib's arrow patches, and what Arrow calls them.
_ARROW_WORDS = {
    "facecolor": ("facecolor",),
    "fc": ("facecolor",),
    "edgecolor": ("edgecolor",),
    "ec": ("edgecolor",),
    "color": ("facecolor", "edgecolor"),
    "linewidth": ("linewidth",),
    "lw": ("linewidth",),
    "label": ("label",),
}
_SHARE = "0 to 1 (relative arc length)"
_POINTS_PER_INCH = 72
_POSITIVE = math.ulp(0.0)
_USUAL_HEAD = 20.0  # ISF's mutation_scale, points
_LEAST_MARKER = 6.0  # points that a synapse's marker is wide at least


class CellMorphologyVisualizer:
    """Pictures and films of an In Silico Framework cell.

    Parameters
    ----------
    cell
        An ISF Cell, or anything shaped like one; see `gpu_morph.from_isf`.
    align_trunk : bool
        Turn the cell so that its apical trunk points to +z, with the soma's centre at the origin. A cell
        without one stays as it is, and a warning says so.
    t_start, t_stop, t_step : float, optional
        ms; what the methods take when they are given none. None: the simulation's beginning and end, and
        a tenth of what is shown.

    Attributes
    ----------
    cell
        As it was given; values and synapses are read from it when a picture is made.
    t_start, t_stop, t_step : float or None
        See above.
    morphology : Morphology
        What is drawn: the cell's sections, aligned and scaled.
    camera_position : dict
        "azim", "elev" and "roll" in degrees and "dist", all in matplotlib's convention: a dist of 5 shows
        everything twice as large as one of 10.
    neuron_rotation : float
        Degrees the camera turns per frame.
    dpi : float
        Pixels per inch of the figure of 15 x 15 inches.
    background_color : colour
        Behind the cell.
    cmap, vmin, vmax
        Colormap and its range; see `set_cmap`. The default, "jet", is ISF's; "viridis" reads better and
        to everyone.
    color_dict : dict
        Colours of the sections' labels for ``color="dendrites"``; empty: good defaults.
    time_offset : float
        ms; the clock shows the time less this, so that 0 may be the stimulus.
    time_show_syn_activ : float
        ms that a synapse is shown, from its spike on.
    fade_synapses : bool
        Let markers shrink while they are shown. (Not in ISF.)
    synapse_group_function : callable
        Gives the name of a population's group; groups have colours and stand in the legend.
    population_to_color_dict : dict
        Colours of the groups; those that are not in it get good defaults. A group "inactive" is left out
        of the legend.
    synapse_legend : bool
        Whether `plot` names the groups of synapses that it shows.
    highlight_arrow_kwargs : dict, optional
        "facecolor", "edgecolor", "linewidth" (or "fc", "ec", "lw"; points), "color" (of face and edge),
        "mutation_scale" (size of the head, points), "arrow_size" (length, µm), "orientation" (axes along
        which the arrow comes, such as "z" or "xz"), "rotation" (about the y axis, radians), "label".
    """

    def __init__(
        self,
        cell: Any,
        align_trunk: bool = True,
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
    ) -> None:
        self.cell = cell
        self.t_start, self.t_stop, self.t_step = t_start, t_stop, t_step
        recorded = self.simulation_times
        if recorded is not None and len(recorded):
            self.t_start = float(recorded[0]) if t_start is None else t_start
            self.t_stop = float(recorded[-1]) if t_stop is None else t_stop
        self.morphology: Morphology = isf_morphology(cell)
        self._rotation: npt.NDArray[np.float64] = np.eye(3)
        self._origin: npt.NDArray[np.float64] = np.zeros(3)
        if align_trunk:
            self._align_trunk()
        self.camera_position: dict[str, float] = dict(_CAMERA)
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

    # What there is to show

    @property
    def possible_scalars(self) -> set[str]:
        """Variables that were recorded besides the voltage: what ``color`` may name."""
        return set(recorded_variables(self.cell)) - {"voltage"}

    @property
    def simulation_times(self) -> npt.NDArray[np.float64] | None:
        """(n_times,) ms; None when the cell was not simulated."""
        times = getattr(self.cell, "tVec", None)
        return None if times is None else np.asarray(times, dtype=np.float64)

    @property
    def times_to_show(self) -> npt.NDArray[np.float64] | None:
        """(n_frames,) ms: the frames of a film that is given no times; None where they are not known."""
        start, stop, step = self._times(None, None, None)
        return None if start is None or stop is None or step is None else frame_times(start, stop, step)

    # How it is shown

    def set_cmap(self, cmap: Any = None, vmin: float | None = None, vmax: float | None = None) -> None:
        """Choose the colormap and the values at its two ends; None leaves each as it is.

        A range that was never chosen is that of everything recorded.

        Raises
        ------
        ValueError
            An unknown colormap; near names are proposed.
        """
        if cmap is not None:
            parse_colormap(cmap)
            self.cmap = cmap
        self.vmin = self.vmin if vmin is None else vmin
        self.vmax = self.vmax if vmax is None else vmax

    def scale_diameter(self, scale_func: float | Callable[[Any], Any]) -> None:
        """Draw other diameters: times a number, or what a function makes of them (µm).

        The function gets all of them in an array; if that is not to its liking, one after the other, as
        ``lambda d: max(d, 2)`` needs it. ``lambda d: 2`` makes all 2 µm wide. What was scaled before is scaled on.
        """

        def scaled(diameters: npt.NDArray[np.float32]) -> Any:
            assert callable(scale_func)
            try:
                return scale_func(diameters)
            except (TypeError, ValueError):  # math.sqrt's and that of a comparison: it is a function of one number
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
        """The cell as a Scene, to go on with by hand.

        Parameters
        ----------
        color
            "voltage" (or "vm"), a recorded variable, "dendrites" (by label), "synapses" (a light cell and its
            synapses), all in any case; or one colour, or one per section, or a value per point; see
            `Scene`.
        show_synapses, show_legend, highlight_section, highlight_x
            As in `write_video`.

        Raises
        ------
        ValueError
            Neither a recorded variable nor a colour.
        """
        word = color.strip().lower() if isinstance(color, str) else None
        if word in _BY_SYNAPSE:
            color, show_synapses = "lightgrey", True
        elif word in _BY_LABEL:
            color = LabelColors(self.color_dict or None)
        recording = self._recording(color)
        synapses = self._synapses() if show_synapses else None
        annotations = self._annotations(color, recording, synapses, show_legend)
        if highlight_section is not None:
            annotations = (*annotations, self._arrow(highlight_section, highlight_x))
        elif highlight_x is not None:
            raise ValueError(f"highlight_x={highlight_x!r} is a place on a section: give highlight_section too")
        return Scene(
            self.morphology,
            recording,
            synapses=synapses,
            synapse_style=SynapseStyle(
                min_diameter=_LEAST_MARKER * max(1.0, self._pixels_per_point),
                duration=_number(self.time_show_syn_activ, "time_show_syn_activ", "positive ms", _POSITIVE),
                fade=self.fade_synapses,
                colors=self.population_to_color_dict or None,
                show_all=self.simulation_times is None,
            ),
            color=color if recording is None else recording.name,
            cmap=self.cmap,
            clim=None if recording is None else self._clim(recording),
            background=self.background_color,
            camera=self._camera(),
            annotations=annotations,
        )

    # What comes out

    def plot(
        self,
        color: Any = "grey",
        show_legend: bool = True,
        show_synapses: bool = False,
        time_point: float | None = None,
        save: str | os.PathLike[str] = "",
        highlight_section: int | None = None,
        highlight_x: float | None = None,
    ) -> Any:
        """Draw one picture.

        Parameters
        ----------
        color, show_legend, show_synapses, highlight_section, highlight_x
            As in `write_video`.
        time_point : float, optional
            ms; needed when the colour is a recorded variable. Else None means ``t_start``.
        save : path
            Where the picture goes too, in a format that its ending names (.png, .jpg, .tif, ...); "" saves none.

        Returns
        -------
        matplotlib.figure.Figure
            Where matplotlib is installed; else the picture, (height, width, 3) uint8.
        """
        scene = self.scene(
            color,
            show_synapses=show_synapses,
            show_legend=show_legend,
            highlight_section=highlight_section,
            highlight_x=highlight_x,
        )
        if not self.synapse_legend:
            kept = tuple(one for one in scene.annotations if not isinstance(one, SynapseLegend))
            scene = replace(scene, annotations=kept)
        if time_point is None and scene.shows_values:
            raise ValueError(f"color={color!r} changes over time: give time_point in ms")
        time = self.t_start if time_point is None else time_point
        if time is not None:
            time = _number(time, "time_point", "finite ms")
            scene = replace(scene, time_range=TimeRange(time, time, 1.0))  # the clock needs room for no other
        image = render_image(scene, time=time, size=self._size())
        if os.fspath(save):
            save_image(save, image, dpi=self.dpi)
        return _figure(image, dpi=self.dpi)

    def write_video(
        self,
        images_path: str | os.PathLike[str] | None,
        out_name: str | os.PathLike[str],
        overwrite_frames: bool = False,
        color: Any = "grey",
        show_synapses: bool = False,
        show_legend: bool = False,
        client: Any = None,
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
        highlight_section: int | None = None,
        highlight_x: float | None = None,
        quality: float = 5,
        codec: str = "mpeg4",
        tpf: float = 20,
    ) -> VideoReport:
        """Write a film of the cell.

        Parameters
        ----------
        images_path : path or None
            A folder for the single frames, 00001.png and on; made if it is not there. Whole frames of the same film
            that are there already are not drawn again; those of another film are an error. None: no images.
        out_name : path
            The film, e.g. "cell.mp4".
        overwrite_frames : bool
            Remove frames that are in ``images_path`` first (and nothing else).
        color
            "voltage" (or "vm"), a recorded variable, "dendrites" (by label), "synapses" (a light cell and its
            synapses), in any case; a colour: a name, hex, RGB(A); or one colour per section.
        show_synapses : bool
            Mark each synapse from a spike of its presynaptic cell on, for ``time_show_syn_activ`` ms.
        show_legend : bool
            A colour bar, scale bar and, with synapses, their groups.
        client : distributed.Client, optional
            Its workers draw; None: this process does.
        t_start, t_stop, t_step : float, optional
            ms: frames at ``t_start + k * t_step`` that do not pass ``t_stop``. None: the object's own. A
            cell that was not simulated turns once about itself when they are None.
        highlight_section : int, optional
            Index into ``cell.sections``: an arrow points there; see ``highlight_arrow_kwargs``.
        highlight_x : float, optional
            Where on that section, 0 to 1; None: its middle.
        quality : float
            1 best to 31 worst for MPEG-4 Part 2 and older codecs; others take their own default.
        codec : str
            Any encoder of ffmpeg; "libx264" plays in a browser.
        tpf : float
            How long a frame is shown, ms: 20 gives 50 frames per second.

        Returns
        -------
        VideoReport
        """
        takes_quality = codec.startswith(_QSCALE) or codec in _QSCALE_TOO
        return self._film(
            out_name,
            self.scene(
                color,
                show_synapses=show_synapses,
                show_legend=show_legend,
                highlight_section=highlight_section,
                highlight_x=highlight_x,
            ),
            images_path=images_path,
            overwrite_frames=overwrite_frames,
            client=client,
            times=(t_start, t_stop, t_step),
            quality=quality if takes_quality else None,
            codec=codec,
            tpf=tpf,
        )

    def write_gif(
        self,
        images_path: str | os.PathLike[str] | None,
        out_name: str | os.PathLike[str],
        color: Any = "grey",
        show_synapses: bool = False,
        show_legend: bool = False,
        client: Any = None,
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
        highlight_section: int | None = None,
        highlight_x: float | None = None,
        overwrite_frames: bool = False,
        tpf: float = 20,
    ) -> VideoReport:
        """Write an animated GIF; ".gif" is added to ``out_name`` where it is missing.

        The parameters are those of `write_video`; a GIF counts in hundredths of a second, so ``tpf`` is best
        a multiple of 10 ms.
        """
        name = os.fspath(out_name)
        return self._film(
            name if name.lower().endswith(".gif") else name + ".gif",
            self.scene(
                color,
                show_synapses=show_synapses,
                show_legend=show_legend,
                highlight_section=highlight_section,
                highlight_x=highlight_x,
            ),
            images_path=images_path,
            overwrite_frames=overwrite_frames,
            client=client,
            times=(t_start, t_stop, t_step),
            tpf=tpf,
        )

    def animation(
        self,
        images_path: str | os.PathLike[str] | None,
        overwrite_frames: bool = False,
        color: Any = "grey",
        show_synapses: bool = False,
        show_legend: bool = False,
        client: Any = None,
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
        highlight_section: int | None = None,
        highlight_x: float | None = None,
        display: bool = True,
        tpf: float = 20,
    ) -> Animation:
        """A film that plays in a notebook, with everything in it: it needs no file beside the notebook.

        The parameters are those of `write_video`. ``display`` shows it at once where IPython is running, also when
        it is not a cell's last value.
        """
        scene = self.scene(
            color,
            show_synapses=show_synapses,
            show_legend=show_legend,
            highlight_section=highlight_section,
            highlight_x=highlight_x,
        )
        with tempfile.TemporaryDirectory() as folder:
            report = self._film(
                Path(folder) / "animation.mp4",
                scene,
                images_path=images_path,
                overwrite_frames=overwrite_frames,
                client=client,
                times=(t_start, t_stop, t_step),
                tpf=tpf,
            )
            film = Animation(report.path.read_bytes(), report.size, report.n_frames)
        return _displayed(film) if display else film

    def to_vtk(
        self,
        out_name: str = "cell",
        out_dir: str | os.PathLike[str] = ".",
        color: Any = None,
        time_point: float | None = None,
        n_decimals: int | None = 2,
    ) -> Path:
        """Write the cell as it is drawn, aligned and scaled, as one ``.vtk`` file; returns its path.

        With ``color``, a recorded variable, and ``time_point`` (ms) its values go along. The folder is made
        where it does not exist.
        """
        name = out_name if out_name.lower().endswith(".vtk") else f"{out_name}.vtk"
        target = Path(out_dir).expanduser() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if color is None:
            return write_vtk(self.morphology, target, n_decimals=n_decimals)
        recording = self._known_recording(color)
        if time_point is None:
            raise ValueError(f"color={color!r} changes over time: give time_point in ms")
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            (one,) = write_vtk_frames(self.morphology, recording, folder, times=[time_point], n_decimals=n_decimals)
            return one.replace(target)

    def write_vtk_frames(
        self,
        out_name: str = "frame",
        out_dir: str | os.PathLike[str] = ".",
        t_start: float | None = None,
        t_stop: float | None = None,
        t_step: float | None = None,
        color: Any = None,
        n_decimals: int | None = 2,
        client: Any = None,  # noqa: ARG002
    ) -> list[Path]:
        """Write a ``.vtk`` file per time for ParaView, and ``<out_name>.vtk.series``, which opens them all.

        Parameters
        ----------
        out_name : str
            How the files' names begin; a number follows.
        out_dir : path
            Where they go.
        t_start, t_stop, t_step : float, optional
            As in `write_video`.
        color : str, optional
            A recorded variable; None: the voltage.
        n_decimals : int, optional
            Digits behind the point; None: all.
        client
            Taken for ISF's sake; a file takes milliseconds, so none is needed.

        Returns
        -------
        list of Path
            In the order of times.
        """
        recording = self._known_recording("voltage" if color is None else color)
        start, stop, step = self._times(t_start, t_stop, t_step)
        if start is None or stop is None or step is None:
            raise ValueError("t_start and t_stop are None: give them in ms")
        times = frame_times(start, stop, step)
        return write_vtk_frames(self.morphology, recording, out_dir, out_name, times=times, n_decimals=n_decimals)

    # Their parts

    def _film(
        self,
        path: str | os.PathLike[str],
        scene: Scene,
        *,
        images_path: str | os.PathLike[str] | None,
        overwrite_frames: bool,
        client: Any,
        times: tuple[float | None, float | None, float | None],
        tpf: float,
        quality: float | None = None,
        codec: str = "libx264",
    ) -> VideoReport:
        shown = _number(tpf, "tpf", "a positive number of ms per frame", _POSITIVE)
        t_start, t_stop, t_step = self._times(*times)
        if scene.recording is None and t_stop is None and not self.neuron_rotation:
            raise ValueError(
                "a cell that was not simulated turns about itself, but neuron_rotation is 0: choose another, or give "
                "t_start, t_stop and t_step to say how many frames there are"
            )
        return render_video(
            scene,
            path,
            t_start=t_start,
            t_stop=t_stop,
            t_step=t_step,
            fps=1000 / Fraction(shown).limit_denominator(100_000),
            size=self._size(),
            codec=codec,
            quality=quality,
            frames_dir=images_path,
            overwrite_frames=overwrite_frames,
            client=client,
        )

    @property
    def _pixels_per_point(self) -> float:
        return _number(self.dpi, "dpi", "positive pixels per inch", 1 / _FIGURE_INCHES) / _POINTS_PER_INCH

    def _size(self) -> tuple[int, int]:
        side = round(_FIGURE_INCHES * _POINTS_PER_INCH * self._pixels_per_point)
        return side + side % 2, side + side % 2

    def _align_trunk(self) -> None:
        aligned = aligned_trunk(self.morphology)
        if aligned is None:
            warnings.warn(
                "the cell has no apical trunk to align, so it stays as it is: align_trunk=False avoids this warning",
                stacklevel=3,
            )
            return
        self.morphology, self._rotation, self._origin = aligned

    def _recording(self, color: Any) -> Recording | None:
        """The variable that ``color`` names, in any case; None when it names none."""
        variables = recorded_variables(self.cell)
        variable = _variable(color, variables)
        if variable is None:
            if isinstance(color, str):
                try:
                    Scene(self.morphology, color=color)
                except ValueError as cause:
                    listed = ", ".join(variables) or "there is none"
                    raise ValueError(
                        f"color must be a recorded variable ({listed}), 'dendrites', 'synapses' or a colour: {cause}"
                    ) from cause
            return None
        if not variables:
            raise RecordingError(f"color={color!r} was asked for, but the cell was not simulated (cell.tVec is None)")
        return isf_recording(self.cell, variable)

    def _known_recording(self, color: Any) -> Recording:
        recording = self._recording(color)
        if recording is None:
            listed = ", ".join(recorded_variables(self.cell)) or "there is none"
            raise ValueError(f"color must be a recorded variable ({listed}), got {color!r}")
        return recording

    def _synapses(self) -> SynapseEvents | None:
        synapses = isf_synapses(self.cell)
        if synapses is None:
            warnings.warn("synapses are to be shown, but the cell has none", stacklevel=4)
            return None
        places = ((synapses.positions - self._origin) @ self._rotation.T).astype(np.float32)
        return regrouped(replace(synapses, positions=places), self.synapse_group_function)

    def _annotations(
        self, color: Any, recording: Recording | None, synapses: SynapseEvents | None, show_legend: bool
    ) -> tuple[Annotation, ...]:
        def chosen() -> Iterator[Annotation]:
            if self.simulation_times is not None:
                yield Clock(offset=_number(self.time_offset or 0.0, "time_offset", "finite ms"))
            if not show_legend:
                return
            if recording is not None:
                yield ColorBar()
            if isinstance(color, LabelColors):
                yield LabelLegend()
            if synapses is not None and {name.strip().lower() for name in synapses.population_names} - {_INACTIVE}:
                yield SynapseLegend()
            yield ScaleBar()

        return tuple(chosen())

    def _arrow(self, section: Any, x: float | None) -> Arrow:
        """ISF's arrow: it comes from 50 µm above unless ``highlight_arrow_kwargs`` says otherwise."""
        words = dict(self.highlight_arrow_kwargs or {})

        def number(word: str, usual: float, expected: str, least: float = -math.inf) -> float:
            return _number(words.pop(word, usual), f"highlight_arrow_kwargs: {word}", expected, least)

        orientation, angle = str(words.pop("orientation", "z")), number("rotation", 0.0, "radians")
        if not orientation or set(orientation) - set("xyz"):
            raise SceneError(f"highlight_arrow_kwargs: orientation is made of 'x', 'y' and 'z', got {orientation!r}")
        x_share, y_share, z_share = (float(axis in orientation) for axis in "xyz")
        cos, sin = math.cos(angle), math.sin(angle)  # ISF turns the arrow in the plane of x and z
        turned = (cos * x_share - sin * z_share, y_share, sin * x_share + cos * z_share)
        length = number("arrow_size", 50.0, "positive µm", _POSITIVE) * math.hypot(*turned)
        head = number("mutation_scale", _USUAL_HEAD, "positive points", _POSITIVE) / _USUAL_HEAD
        style: dict[str, Any] = {}
        for word in ("linewidth", "lw"):
            if word in words:
                style["linewidth"] = number(word, 1.0, "positive points", _POSITIVE) * self._pixels_per_point
        for word, value in words.items():
            if word not in _ARROW_WORDS:
                known = ", ".join([*_ARROW_WORDS, "mutation_scale", "arrow_size", "orientation", "rotation"])
                raise SceneError(f"highlight_arrow_kwargs has no {word!r}; there are {known}")
            style |= dict.fromkeys(_ARROW_WORDS[word], value)
        last = self.morphology.n_sections - 1
        if not 0 <= checked_section(section, "highlight_section") <= last:
            raise SceneError(f"highlight_section must be an index into cell.sections, 0 to {last}, got {section}")
        if x is not None and not 0 <= _number(x, "highlight_x", _SHARE) <= 1:
            raise SceneError(f"highlight_x must be {_SHARE}, got {x!r}")
        return Arrow(section, x=x, direction=turned, length=length, head_size=head, **style)

    def _times(
        self, start: float | None, stop: float | None, step: float | None
    ) -> tuple[float | None, float | None, float | None]:
        """The method's own times, else the object's; None where there is none."""
        start = self.t_start if start is None else start
        stop = self.t_stop if stop is None else stop
        step = self.t_step if step is None else step
        if step is None and start is not None and stop is not None:
            step = (stop - start) / 10 if stop > start else 1.0  # of a single frame, any
        return start, stop, step

    def _camera(self) -> Camera:
        unknown = set(self.camera_position) - set(_CAMERA)
        if unknown:
            raise ValueError(f"camera_position has azim, elev, roll and dist, got {', '.join(sorted(unknown))} too")
        position = {**_CAMERA, **self.camera_position}
        dist = _number(position.pop("dist"), "camera_position: dist", "positive (10 shows all)", _POSITIVE)
        step = _number(self.neuron_rotation, "neuron_rotation", "degrees per frame")
        return Camera(**position, azim_step=step, zoom=_CAMERA["dist"] / dist)  # type: ignore[arg-type]

    def _clim(self, recording: Recording) -> tuple[float, float] | None:
        if self.vmin is None and self.vmax is None:
            return None
        least, greatest = recording.value_range()
        low, high = least if self.vmin is None else self.vmin, greatest if self.vmax is None else self.vmax
        if not low < high:
            given = f"{low!r} and {high!r}: one that is None is the end of what was recorded"
            raise ValueError(f"vmin must be below vmax, got {given}")
        return low, high


def _number(value: Any, name: str, expected: str, least: float = -math.inf) -> float:
    """A finite number, under the name that its giver knows."""
    return finite_number(value, name=name, expected=expected, least=least, error=SceneError)


def _variable(color: Any, variables: tuple[str, ...]) -> str | None:
    """The recorded variable that ``color`` names, in any case; None when it names none."""
    if not isinstance(color, str):
        return None
    if color in variables or is_voltage(color):
        return color
    if color.strip().lower() == _VOLTAGE_TOO:
        return "voltage"
    return next((name for name in variables if name.lower() == color.strip().lower()), None)


def _figure(image: npt.NDArray[np.uint8], *, dpi: float) -> Any:
    """The picture in a matplotlib Figure, pixel for pixel; the picture itself where matplotlib is missing."""
    try:
        from matplotlib import pyplot
    except ImportError:
        return image
    height, width = image.shape[:2]
    figure = pyplot.figure(figsize=(width / dpi, height / dpi), dpi=dpi)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.imshow(image, interpolation="none", aspect="auto")
    return figure


class _Shown(Animation):
    """One that a notebook shows already: as its cell's value it is told in words, not shown again."""

    def _repr_html_(self) -> None:  # type: ignore[override]  # nothing is what notebooks take for none
        return None


def _displayed(film: Animation) -> Animation:
    """Show it where IPython is running."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return film
    if get_ipython() is None:
        return film
    display(film)
    return _Shown(film.data, film.size, film.n_frames)
