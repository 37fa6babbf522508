"""CellMorphologyVisualizer: pictures, films and animations of a cell of the In Silico Framework."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from ..api import VideoReport, render_image
from ..api.saved_image import save_scene
from ..data.frame_times import TimeRange
from ..scene.annotations import SynapseLegend
from ..system.arguments import checked_path
from ..video.animation import Animation
from .cell_view import CellView
from .checks import checked_time_point, optional_number, picture_path, truth
from .figure import figure_size, matplotlib_figure
from .film import Film, gif_duration
from .notebook import displayed


class CellMorphologyVisualizer(CellView):
    """Pictures and films of an In Silico Framework cell.

    Parameters
    ----------
    cell
        An ISF Cell, or any object with the same attributes; see `gpu_morph.from_isf`.
    align_trunk : bool
        Rotate the cell so that its apical trunk points to +z, with the soma's centre at the origin. A cell
        without an apical trunk is not rotated, and a warning says so.
    t_start, t_stop, t_step : float, optional
        ms; used by methods that are given none. None: first and last time of the simulation, and a tenth of the
        range that is shown; ``t_step`` then reads a tenth of the range from ``t_start`` to ``t_stop``.

    Attributes
    ----------
    cell
        As it was given. Values and synapses are read from it when a picture is made.
    t_start, t_stop, t_step : float or None
        See above.
    morphology : Morphology
        What is drawn: the cell's sections, aligned and scaled.
    show_axon : bool
        Draw "AIS" and "Myelin" too, a straight line of 1000 µm that ISF leaves out. Colours have the range of what is
        drawn; numbers of sections count all of ``cell.sections``. (Not in ISF.)
    camera_position : dict
        "azim", "elev" and "roll" in degrees and "dist", all in matplotlib's convention: with dist 5 the cell is
        twice as large as with 10.
    neuron_rotation : float
        Rotation of the camera per frame, degrees.
    dpi : float
        Pixels per inch of the figure of 15 x 15 inches.
    supersample : {1, 2, 4}
        How many times larger the cell is drawn before its pixels are averaged; see
        `gpu_morph.render_image`. (Not in ISF.)
    style : {"flat", "matte", "glossy", "cover", "glow"}, optional
        How surfaces look, see `Scene`. (Not in ISF.)
    background_color : colour
        Behind the cell.
    cmap, vmin, vmax
        Colormap and its range; see `set_cmap`. "jet" is ISF's default; "viridis" is easier to read, also for the
        colour-blind.
    norm
        How values are spread over the colours, see `Scene`: "log", "power:0.5", boundaries, one of matplotlib's. None:
        in equal steps.
    color_dict : dict
        Colours of the sections' labels for ``color="dendrites"``. Empty: default colours.
    time_offset : float
        ms; subtracted from the time that the clock shows, for example the time of the stimulus.
    time_show_syn_activ : float
        ms that a synapse is shown after each spike.
    show_all_spikes : bool
        True: synapses are shown after all spikes of their presynaptic cells, as in ISF. False: after those that
        released, ``synapse.releaseSite.spikeTimes``, where there is a release site.
    fade_synapses : bool
        Let markers shrink while they are shown. (Not in ISF.)
    synapse_group_function : callable
        Name of a population to name of its group. Groups have colours and are listed in the legend. ``str``, the
        default: each population is a group; if there are more than 12, those that begin alike ("VPM_C2", "VPM_E1")
        are one, except those with a colour of their own. ``lambda name: name`` keeps all apart.
    population_to_color_dict : dict
        Colours of the groups; the others get default colours. The legend lists the groups with synapses that are
        active in the film's time, and how many: first these, in this order. A group "inactive" is not listed.
    synapse_legend : bool
        Whether `plot` has a legend of the groups of synapses.
    highlight_arrow_kwargs : dict, optional
        "facecolor", "edgecolor", "linewidth" (or "fc", "ec", "lw"; points), "color" (face and edge),
        "mutation_scale" (size of the head, points), "arrow_size" (length, µm; without it 50 µm, or more where these
        are hard to see), "orientation" (the axes along which the arrow points, such as "z" or "xz"), "rotation" (about
        the y axis, radians), "label".

    Examples
    --------
    ``cell`` is a cell of the framework, or anything with its attributes:

    >>> from types import SimpleNamespace
    >>> soma = SimpleNamespace(label="Soma", pts=[[0, 0, -9], [0, 0, 9]], diamList=[18, 18], parent=None, parentx=0)
    >>> cell = SimpleNamespace(sections=[soma], soma=soma, synapses={}, tVec=None)
    >>> viz = gm.CellMorphologyVisualizer(cell, align_trunk=False)
    >>> viz.neuron_rotation, viz.dpi = 0.5, 20
    >>> viz.write_video(None, "cell.mp4", t_stop=3, t_step=1).n_frames
    4
    """

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
            ms; required when ``color`` is a recorded variable. None otherwise means ``t_start``.
        save : path
            Also write the picture to this file; the ending is its format (.png, .jpg, .tif, .svg, .pdf, ...).
            "": no file.

        Returns
        -------
        matplotlib.figure.Figure
            If matplotlib is installed, else the picture, (height, width, 3) uint8. Outside of notebooks pyplot does
            not keep it, so that there is nothing to close.
        """
        file = picture_path(save, "save") if truth(save, "save") else None
        time = optional_number(self.t_start if time_point is None else time_point, "time_point", "finite ms")
        shown = color, show_synapses, show_legend, highlight_section, highlight_x
        scene = self._scene(shown, self._times(time, time, None))
        if not truth(self.synapse_legend, "synapse_legend"):
            kept = tuple(one for one in scene.annotations if not isinstance(one, SynapseLegend))
            scene = replace(scene, annotations=kept)
        if time_point is None and scene.shows_values:
            raise ValueError(f"color={color!r} changes over time: give time_point in ms")
        checked_time_point(time_point, scene.recording)
        if time is not None:
            scene = replace(scene, time_range=TimeRange(time, time, 1.0))  # the clock leaves room for this time only
        size = figure_size(self.dpi)
        if file is None:
            image = render_image(scene, time=time, size=size, supersample=self.supersample)
        else:
            image = save_scene(file, scene, time=time, size=size, supersample=self.supersample, dpi=float(self.dpi))
        return matplotlib_figure(image, dpi=self.dpi)

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
            A folder for the single frames, 00001.png and on; created if needed. Complete frames of the same film
            are not drawn again; frames of another film are an error. None: no images.
        out_name : path
            The film, e.g. "cell.mp4"; it may lie in ``images_path``.
        overwrite_frames : bool
            Remove the frames in ``images_path`` first, and no other files.
        color
            "voltage" (or "vm"), a recorded variable, "dendrites" (by label), "synapses" (a light grey cell with its
            synapses), in any case; a colour: a name, hex, RGB(A); or a list with a colour, or a list of one for each
            point, for each of ``cell.sections`` or for each that is drawn.
        show_synapses : bool
            Mark each synapse for ``time_show_syn_activ`` ms after each spike that released; see ``show_all_spikes``.
        show_legend : bool
            Show colour bar and scale bar, and the groups of synapses that are shown.
        client : distributed.Client, optional
            Draw on its workers. None: in this process.
        t_start, t_stop, t_step : float, optional
            ms: frames at ``t_start + k * t_step`` up to ``t_stop``. None: the object's own. The film of a cell
            that was not simulated is one rotation when they are None.
        highlight_section : int, optional
            Index into ``cell.sections``: an arrow points at it; see ``highlight_arrow_kwargs``.
        highlight_x : float, optional
            Position on that section, 0 to 1. None: its middle.
        quality : float
            1 (best) to 31, for MPEG-4 Part 2 and older codecs; others use their own default.
        codec : str
            Any encoder of ffmpeg; "libx264" plays in a browser.
        tpf : float
            Duration of a frame, ms: 20 gives 50 frames per second.
        """
        shown = color, show_synapses, show_legend, highlight_section, highlight_x
        film = self._film(shown, (t_start, t_stop, t_step), images_path, overwrite_frames, client, tpf)
        return film.write(out_name, codec=codec, quality=quality)

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
        """Write an animated GIF; the parameters are those of `write_video`.

        ".gif" is added to ``out_name`` if it is missing. Use a multiple of 10 ms for ``tpf``, the unit of GIF, of 20
        or more: players slow down what is faster, so that frames of less than 20 ms are given 20 ms, with a warning.
        """
        shown = color, show_synapses, show_legend, highlight_section, highlight_x
        film = self._film(shown, (t_start, t_stop, t_step), images_path, overwrite_frames, client, gif_duration(tpf))
        name = os.fspath(checked_path(out_name, "out_name"))
        return film.write(name if name.lower().endswith(".gif") else name + ".gif")

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
        """A film that plays in a notebook and is stored in it; the parameters are those of `write_video`.

        ``display``: show it at once in a notebook, also when it is not a cell's last value.
        """
        shown = color, show_synapses, show_legend, highlight_section, highlight_x
        film = self._film(shown, (t_start, t_stop, t_step), images_path, overwrite_frames, client, tpf)
        is_shown, animation = truth(display, "display"), film.animation()
        return displayed(animation) if is_shown else animation

    def _film(self, shown: tuple[Any, ...], times: Any, images: Any, overwrite: bool, client: Any, tpf: Any) -> Film:
        span = self._times(*times)
        return Film(
            scene=self._scene(shown, span),
            times=span,
            tpf=tpf,
            size=figure_size(self.dpi),
            supersample=self.supersample,
            images_path=images,
            overwrite_frames=overwrite,
            client=client,
        )
