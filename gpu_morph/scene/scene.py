"""Scene: the whole description of a picture, frozen and picklable."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..data.frame_times import TimeRange, recorded_range
from ..data.morphology import Morphology
from ..data.recording import Recording, is_voltage
from ..data.sampling import Sampling
from ..data.synapse_events import SynapseEvents
from ..data.value_map import Interpolation
from ..errors import brief
from ..image.image import Size, check_size
from ..system.arguments import checked_flag, checked_items
from .annotations.base import Annotation, ColorScale, View
from .annotations.layout import Layout, arranged
from .annotations.title import n_frames_before
from .camera import Camera
from .camera_beside import fitted_beside, may_overlap
from .camera_path import CameraPath
from .cell_colors import cell_colors
from .checks import checked_annotations, checked_clim, checked_meshes
from .color_scale import color_scale, full_range
from .coloring import Coloring
from .colors import ColorLike, Rgba, is_light, parse_color
from .display_hook import bundle
from .film_clock import USUAL_FPS, FilmClock, checked_fps
from .font_size import text_height
from .highlight import Highlight
from .memo import Identity, shared_result
from .norm_parsing import ForeignNorm, parse_norm
from .norms import Norm
from .opacity import section_opacities
from .overlay import Overlay, overlaid
from .point_values import PointValues
from .scene_checks import check_contents, check_settings, check_types
from .styles import FLAT, STYLES, USUAL, Look, Style
from .surface import SceneObject, outermost, surface_scales
from .synapse_style import SynapseStyle

_DEPTH_CUE = 0.3  # of lit cells whose colours stand for no values
_DARK_INK, _LIGHT_INK = (0.1, 0.1, 0.1, 1.0), (0.94, 0.94, 0.94, 1.0)


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that a picture shows.

    A Scene is immutable and can be pickled; `dataclasses.replace` makes a variant.

    Parameters
    ----------
    morphology : Morphology
        What is drawn.
    recording : Recording, optional
        Gives the values when ``color`` is its name.
    synapses : SynapseEvents, optional
        Drawn as markers, each from its events on.
    synapse_style : SynapseStyle
        Sizes, colours and durations of the markers.
    color : optional
        The recording's name ("v"; "voltage" and "vm" mean "v") for its values; a fixed colour: a name, hex,
        RGB(A); `PointValues`; colours by section: a sequence of one for each, as `by_cell` returns it, or
        {section: colour}; colours by label: "label", {label: colour} or `LabelColors`; a colour for each
        cell: "cell". None: the recording's values, or grey without a recording.
    opacity : float, sequence or {label: opacity}
        0 to 1. One for all; one for each section, as `by_cell` returns it; or by label or kind of section, as in
        `LabelColors`, with 1 for the others. At most 8 different ones; sections of opacity 0 are not drawn. Sections of
        equal opacity are drawn as one picture, in which the nearest surface hides others; the pictures are laid over
        each other, the most opaque at the bottom.
    cmap : str or colormap
        Any name of matplotlib, cmocean or colorcet (library cmap).
    clim : (float, float), optional
        Values at the two ends of the colormap. None: the range of the recording over its **whole** time, for which
        all of it is read once; give ``clim`` if it is larger than memory.
    norm : optional
        How values between the ends are spread over the colormap. None: in equal steps. "log"; "symlog" or
        "symlog:0.1", linear up to 0.1; "asinh:1"; "power:0.5"; "centered:-65", with -65 in the middle of the colours;
        "twoslope:-65", the same with both ends as ``clim`` has them; boundaries between colours, as a sequence or
        "boundaries:-80,-60,0"; or an object of matplotlib such as ``LogNorm()``, which is kept as numbers. The colour
        bar has the colours in equal steps, and ticks where values belong. Values that a logarithm cannot have are
        below the range.
    nan_color : colour
        Of missing values.
    background : colour
        Behind the cell.
    style : {"flat", "matte", "glossy", "cover", "glow"}, optional
        "flat": exactly the colormap's colours. "matte": soft light; no colour is lighter than the colormap's.
        "glossy": harder light, which surfaces mirror. "cover", for title pages: also ambient occlusion, and dark lines
        where a neurite passes in front of another; surfaces may be darker than the colormap's colours by more than
        light makes them, so that values cannot be read off. "glow", for activity in circuits: cells are light that
        adds up on a dark background (black if ``background`` is light), the brighter, the higher the value; ``opacity``
        dims it. None: what ``lighting`` says.
    lighting : bool
        Without a style: True: shaded tubes; False: flat colours, exactly those of the colormap. A style decides by
        itself; False contradicts those with light.
    depth_cue : float, optional
        0 to 1: how much of the background's colour is mixed into the farthest parts; parts in front of ``center``
        keep their colours. None: 0.3 for lit cells whose colours stand for no values, else 0, so that colours
        can be compared with the colour bar.
    min_width : float
        No tube is drawn thinner; in pixels of a picture 1,080 high. It grows with the picture, as text does, so that
        pictures of any size look alike; in pictures less than 360 high 1 is up to a pixel, and on paper at least half a
        point (`save_image`). 0: thinner tubes are antialiased by their true coverage.
    highlight : Highlight, optional
        Sections to emphasize.
    camera : Camera or CameraPath
        The point of view; one that moves during a film.
    overlays : sequence of Overlay
        Recordings of other variables, each for its own sections and on its own colormap, such as spikes in somata over
        calcium in dendrites.
    meshes : sequence of Mesh
        What is around the cell: brain regions, membranes, somata.
    annotations : sequence of Annotation
        Colour bar, clock, scale bar, ...; drawn over the cell, in this order.
    font_size : float or str, optional
        Height of usual text, pixels; or points as in "8pt", of which `save_image` makes pixels by its ``dpi`` (else 96
        per inch). None: in proportion to the picture, and on paper at least 7 points. Reduced if annotations need more
        space.
    time_range : TimeRange, optional
        The times of a trace, the decimals of a clock, and the width of the windows of ``sampling="peak"``. None: the
        range of the film, or without a film that of the recording and no windows.
    interpolation : {"linear", "nearest"}
        Of values along a section, between neighbouring compartments.
    sampling : {"nearest", "linear", "peak"}
        Of values in time: those of the recorded time nearest to the frame's; interpolated between the two recorded
        times around it; or the peak from half a step of ``time_range`` before the frame to half a step after it, so
        that no spike between two frames is lost. The peak of the membrane potential is its greatest value, that of
        other variables the value farthest from zero.
    fps : float, optional
        Frames per second, by which the number of a frame becomes seconds of film, where something depends on them: a
        `CameraPath`, a text that comes and goes. A film has its own. None: 50.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(
    ...     morphology,
    ...     recording,
    ...     cmap="magma",
    ...     clim=(-80, 30),
    ...     background="black",
    ...     annotations=(gm.ColorBar(), gm.Clock(), gm.ScaleBar()),
    ... )
    >>> gm.render_image(scene, time=5.2, size=(320, 240)).shape
    (240, 320, 3)

    Another scene that differs in one thing:

    >>> from dataclasses import replace
    >>> flat = replace(scene, style="flat")
    """

    morphology: Morphology
    recording: Recording | None = None
    synapses: SynapseEvents | None = field(default=None, kw_only=True)
    synapse_style: SynapseStyle = field(default=SynapseStyle(), kw_only=True)
    color: Any = field(default=None, kw_only=True)
    opacity: Any = field(default=1.0, kw_only=True)
    cmap: Any = field(default="viridis", kw_only=True)
    clim: tuple[float, float] | None = field(default=None, kw_only=True)
    norm: Any = field(default=None, kw_only=True)
    nan_color: ColorLike = field(default="#9e9e9e", kw_only=True)
    background: ColorLike = field(default="white", kw_only=True)
    style: Style | None = field(default=None, kw_only=True)
    lighting: bool = field(default=True, kw_only=True)
    depth_cue: float | None = field(default=None, kw_only=True)
    min_width: float = field(default=1.0, kw_only=True)
    highlight: Highlight | None = field(default=None, kw_only=True)
    camera: Camera | CameraPath = field(default=Camera(), kw_only=True)
    overlays: tuple[Overlay, ...] = field(default=(), kw_only=True)
    meshes: tuple[SceneObject, ...] = field(default=(), kw_only=True)
    annotations: tuple[Annotation, ...] = field(default=(), kw_only=True)
    font_size: float | str | None = field(default=None, kw_only=True)
    time_range: TimeRange | None = field(default=None, kw_only=True)
    interpolation: Interpolation = field(default="linear", kw_only=True)
    sampling: Sampling = field(default="nearest", kw_only=True)
    fps: Fraction | float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        check_types(self)
        if self.fps is not None:
            object.__setattr__(self, "fps", checked_fps(self.fps))
        annotations = checked_annotations(self.annotations)
        object.__setattr__(self, "annotations", tuple(sorted(annotations, key=lambda annotation: annotation.rank)))
        object.__setattr__(self, "meshes", checked_meshes(self.meshes))
        check_settings(self)
        if self.clim is not None:
            object.__setattr__(self, "clim", checked_clim(self.clim))
        self._take_norm(parse_norm(self.norm))
        if self.color is None:
            object.__setattr__(self, "color", "grey" if self.recording is None else self.recording.name)
        object.__setattr__(self, "overlays", tuple(checked_items(self.overlays, "overlays", "overlays")))
        check_contents(self)
        if any(camera.up == "apical" for camera in self._cameras):
            _ = self._oriented_camera

    def _take_norm(self, norm: Norm | None) -> None:
        """Keep a norm as data, and its ends as ``clim``."""
        if norm is not None:
            norm, clim = norm.with_clim(self.clim)
            object.__setattr__(self, "clim", clim)
        object.__setattr__(self, "norm", None if norm == Norm() else norm)

    def __repr__(self) -> str:
        parts = [f"{self.morphology.n_cells:,} cells, " if self.morphology.n_cells > 1 else ""]
        parts[0] += f"{self.morphology.n_sections:,} sections, {self.morphology.n_points:,} points"
        if self.recording is not None:
            times = self.recording.times
            parts.append(f"{self.recording.name!r} at {len(times):,} times from {times[0]:g} to {times[-1]:g} ms")
        if self.synapses is not None:
            parts.append(f"{self.synapses.n_synapses:,} synapses")
        if not self.shows_values:
            parts.append(f"color={brief(self.color)}")
        parts += [f"meshes: {', '.join(type(item).__name__ for item in self.meshes)}"] if self.meshes else []
        names = [type(annotation).__name__ for annotation in self.annotations]
        parts += [f"annotations: {', '.join(names)}"] if names else []
        return f"Scene({'; '.join(parts)})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        """What notebooks show: a small picture, and text where none can be drawn."""
        return bundle(self)

    def __getstate__(self) -> dict[str, Any]:
        """The fields without cached results, which may be larger than they."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def shows_values(self) -> bool:
        """True when ``color`` names the recording, so that colours change with time."""
        if self.recording is None or not isinstance(self.color, str):
            return False
        asked, name = self.color.strip(), self.recording.name
        if asked.lower() == name.lower():
            return True
        return is_voltage(asked) and is_voltage(name)

    @property
    def _uses_colormap(self) -> bool:
        """True when colours stand for a quantity, so that ``cmap``, ``clim``, ``norm`` and ``nan_color`` apply."""
        return self.shows_values or isinstance(self.color, PointValues)

    @cached_property
    def coloring(self) -> Coloring:
        """How the cell's colours follow from values, overlays included."""
        base = self.base_coloring
        if not self.overlays:
            return base
        return overlaid(base, self.overlays, self.morphology, nan_color=self.nan_color)

    @cached_property
    def base_coloring(self) -> Coloring:
        """How the cell's colours follow from values without overlays, with ``clim`` resolved over the whole recording.

        Computed once, and shared by all scenes that are equal in what it depends on.
        """
        recording = self.recording if self.shows_values else None
        table = (self.cmap, self.clim, self.norm, self.nan_color) if self._uses_colormap else ()
        inputs = Identity(self.morphology), recording, self.color, self.opacity, self.background_rgba, *table
        return shared_result(inputs, self._new_coloring)

    def _new_coloring(self) -> Coloring:
        colors = cell_colors(
            self.color,
            self.morphology,
            self.recording,
            shows_values=self.shows_values,
            background=self.background_rgba,
            cmap=self.cmap,
            clim=self.clim,
            norm=self.norm,
            nan_color=self.nan_color,
        )
        return colors.with_opacities(section_opacities(self.opacity, self.morphology))

    def resolved(self) -> Scene:
        """This scene with the range of all its values as ``clim``, if that is None and needed."""
        is_needed = self.shows_values or (self._uses_colormap and isinstance(self.norm, ForeignNorm))
        scene = self._resolved if self.clim is None and is_needed else self
        if all(overlay.clim is not None for overlay in self.overlays):
            return scene
        return replace(scene, overlays=tuple(overlay.resolved() for overlay in self.overlays))

    @cached_property
    def _resolved(self) -> Scene:
        values = self.recording if self.shows_values else self.base_coloring.recording
        assert values is not None
        return replace(self, clim=full_range(values, self.norm))

    @cached_property
    def background_rgba(self) -> Rgba:
        """The background as RGBA, 0 to 1; alpha is 1. Where cells glow, a light one becomes black."""
        given = parse_color(self.background)
        return (0.0, 0.0, 0.0, 1.0) if self.look.is_glowing and is_light(given) else given

    @property
    def look(self) -> Look:
        """What ``style``, or without one ``lighting``, stands for."""
        if self.style is not None:
            return STYLES[self.style]
        return USUAL if self.lighting else FLAT

    @property
    def depth_cue_strength(self) -> float:
        """``depth_cue``, or its default for the scene's colours, 0 to 1."""
        if self.depth_cue is not None:
            return float(self.depth_cue)
        return 0.0 if self._uses_colormap or not self.look.is_lit else _DEPTH_CUE

    def fitted_camera(self, size: Size) -> Camera | CameraPath:
        """The camera with a center, height and shift for an image of ``size`` pixels; of a path, all its cameras."""
        return self.camera_beside(self.layout(size))

    def camera_beside(self, layout: Layout) -> Camera | CameraPath:
        """The camera with a center, height and shift that keep the cell clear of annotations; see `layout`."""
        return fitted_beside(
            layout,
            self._oriented_camera,
            self.morphology,
            annotations=self.annotations,
            points=lambda: self._fitted_points,
        )

    @cached_property
    def _fitted_points(self) -> list[Any]:
        """µm; of objects besides the cell that a fitted camera shows."""
        surfaces = [surface for item in self.meshes if item.fit for surface in item.surfaces()]
        return [point for surface in surfaces for point in outermost(surface.vertices)]

    @cached_property
    def _oriented_camera(self) -> Camera | CameraPath:
        return self.camera.oriented(self.morphology)

    @property
    def _cameras(self) -> tuple[Camera, ...]:
        return (self.camera,) if isinstance(self.camera, Camera) else self.camera.cameras

    @property
    def first_camera(self) -> Camera:
        """The camera, or the first one of a path."""
        return self._cameras[0]

    def _nearest_camera(self, size: Size) -> Camera:
        """The camera that annotations are measured for: that of a path that shows the least of the cell."""
        camera = self._oriented_camera
        if isinstance(camera, Camera):
            return camera
        return min(camera.cameras, key=lambda one: one.fitted(self.morphology, size).height or 0.0)

    @cached_property
    def film_clock(self) -> FilmClock:
        """From the numbers of frames to seconds of the film."""
        fps, n_before = self.fps or USUAL_FPS, 0
        if self.goes_by_seconds:
            n_before = n_frames_before(self.annotations, fps)
        return FilmClock(fps, n_before)

    @property
    def goes_by_seconds(self) -> bool:
        """True when pictures depend on seconds of the film."""
        has_path = isinstance(self.camera, CameraPath) and self.camera.clock == "film"
        return has_path or any(annotation.goes_by_seconds for annotation in self.annotations)

    def layout(self, size: Size, *, transparent: bool = False) -> Layout:
        """Where annotations are placed in an image of ``size`` pixels; computed once for each size.

        Raises
        ------
        SceneError
            There is not enough space for them, or the scene lacks what one shows.
        """
        key = size, transparent = check_size(size), checked_flag(transparent, "transparent")
        if key not in self._layouts:
            self._layouts[key] = arranged(self.annotations, self._view(size, transparent))
        return self._layouts[key]

    def _view(self, size: Size, transparent: bool) -> View:
        paper = self.background_rgba
        view = View(
            size=size,
            text=text_height(self.font_size, size),
            ink=_DARK_INK if is_light(paper) else _LIGHT_INK,
            paper=paper,
            is_transparent=transparent,
            # A fitted cell does not overlap the annotations; one that was moved or enlarged may.
            shield=not transparent and may_overlap(self.camera),
            morphology=self.morphology,
            camera=self._nearest_camera(size),
        )
        if not self.annotations:
            return view
        return replace(
            view,
            recording=self.recording,
            scale=color_scale(
                self.base_coloring, self.morphology, norm=self.norm, is_range_given=self.clim is not None
            ),
            overlay_scales=self._other_scales(),
            label_colors=self.base_coloring.legend,
            synapse_colors=self.synapse_style.population_colors(self.synapses) if self.synapses else {},
            fps=self.film_clock.fps,
            n_before=(n_before := self.film_clock.n_before),
            n_frames=None if self.fps is None or self.time_range is None else self.time_range.n_times - n_before,
            times=self.time_range or (None if self.recording is None else recorded_range(self.recording.times)),
        )

    def _other_scales(self) -> dict[str, ColorScale]:
        """What colours of overlays and of named objects with values stand for."""
        base = self.base_coloring
        scales = surface_scales(
            self.meshes, base.table if base.has_scale else None, cmap=self.cmap, nan_color=self.nan_color
        )
        return scales | {overlay.recording.name: overlay.scale(self.nan_color) for overlay in self.overlays}

    @cached_property
    def _layouts(self) -> dict[Any, Layout]:
        return {}
