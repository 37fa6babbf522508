"""gpu_morph: films and pictures of simulated neurons, headless, on the GPU.

Importing it loads numpy and nothing heavier. vispy, ffmpeg and the rest are loaded with the first picture.
"""

from types import ModuleType as _ModuleType

from . import errors
from .api import VideoReport, animate, read_mesh, read_morphology, render_image, render_video, save_image, show
from .data.audit import Audit, audit
from .data.cell_values import by_cell
from .data.demo import demo_cell
from .data.derived_morphology import join_morphologies
from .data.frame_times import TimeRange
from .data.morphology import Morphology
from .data.nearest_sites import Sites, locate
from .data.recording import Recording
from .data.selection import select_sections
from .data.spike_rows import from_spikes
from .data.synapse_events import SynapseEvents
from .export.html import write_html
from .export.vtk import write_vtk, write_vtk_frames
from .export.web_page import WebPage
from .isf.interactive import CellMorphologyInteractiveVisualizer
from .isf.visualizer import CellMorphologyVisualizer
from .readers.simulators.arbor import from_arbor
from .readers.simulators.brian2 import from_brian2
from .readers.simulators.compartments import from_compartments
from .readers.simulators.isf import from_isf
from .readers.simulators.isf_synapses import read_isf_synapses
from .readers.simulators.jaxley import from_jaxley
from .readers.simulators.lfpy import from_lfpy
from .readers.simulators.netpyne import from_netpyne, read_netpyne
from .readers.simulators.neuron import from_neuron
from .readers.simulators.neuron_recorder import record
from .readers.simulators.neuron_synapses import record_synapses
from .readers.sonata import SonataCircuit, read_report, read_sonata
from .render.renderer import Renderer
from .scene.annotations import (
    Annotation,
    Arrow,
    Axes,
    Clock,
    ColorBar,
    Fade,
    Inset,
    LabelLegend,
    Layers,
    Logo,
    ScaleBar,
    Stimulus,
    SynapseLegend,
    Text,
    Title,
    TraceInset,
)
from .scene.annotations.base import Moment, Sprite, View
from .scene.annotations.canvas import Canvas
from .scene.camera import Box, Camera
from .scene.camera_moves import fly_to, follow, orbit
from .scene.camera_path import CameraPath
from .scene.electrode import Electrode
from .scene.highlight import Highlight
from .scene.label_colors import LabelColors
from .scene.mesh import Mesh
from .scene.overlay import Overlay
from .scene.panels.panels import Panels
from .scene.plane import Plane
from .scene.plots.figure_plot import FigurePlot
from .scene.plots.function_plot import FunctionPlot
from .scene.plots.image_sequence import ImageSequence
from .scene.plots.raster import Raster
from .scene.plots.traces import Traces
from .scene.point_values import PointValues
from .scene.points import Points
from .scene.scene import Scene
from .scene.synapse_style import SynapseStyle
from .scene.timeline import Timeline
from .scene.tree_values import branch_order, distance_to_soma, strahler_order
from .story import Story, read_story
from .system.version import __version__
from .video.animation import Animation
from .viewer.viewing import view

__all__ = [
    "Animation",
    "Annotation",
    "Arrow",
    "Audit",
    "Axes",
    "Box",
    "Camera",
    "CameraPath",
    "Canvas",
    "CellMorphologyInteractiveVisualizer",
    "CellMorphologyVisualizer",
    "Clock",
    "ColorBar",
    "Electrode",
    "Fade",
    "FigurePlot",
    "FunctionPlot",
    "Highlight",
    "ImageSequence",
    "Inset",
    "LabelColors",
    "LabelLegend",
    "Layers",
    "Logo",
    "Mesh",
    "Moment",
    "Morphology",
    "Overlay",
    "Panels",
    "Plane",
    "PointValues",
    "Points",
    "Raster",
    "Recording",
    "Renderer",
    "ScaleBar",
    "Scene",
    "Sites",
    "SonataCircuit",
    "Sprite",
    "Stimulus",
    "Story",
    "SynapseEvents",
    "SynapseLegend",
    "SynapseStyle",
    "Text",
    "TimeRange",
    "Timeline",
    "Title",
    "TraceInset",
    "Traces",
    "VideoReport",
    "View",
    "WebPage",
    "__version__",
    "animate",
    "audit",
    "branch_order",
    "by_cell",
    "demo_cell",
    "distance_to_soma",
    "errors",
    "fly_to",
    "follow",
    "from_arbor",
    "from_brian2",
    "from_compartments",
    "from_isf",
    "from_jaxley",
    "from_lfpy",
    "from_netpyne",
    "from_neuron",
    "from_spikes",
    "join_morphologies",
    "locate",
    "orbit",
    "read_isf_synapses",
    "read_mesh",
    "read_morphology",
    "read_netpyne",
    "read_report",
    "read_sonata",
    "read_story",
    "record",
    "record_synapses",
    "render_image",
    "render_video",
    "save_image",
    "select_sections",
    "show",
    "strahler_order",
    "view",
    "write_html",
    "write_vtk",
    "write_vtk_frames",
]


for _name in __all__:
    if not isinstance(globals()[_name], str | _ModuleType):
        globals()[_name].__module__ = __name__  # tracebacks, pickles and documentation name what users import


def __dir__() -> list[str]:
    """Public names, without the packages in which they are defined."""
    return [*__all__]
