"""gpu_morph: films and pictures of simulated neurons, headless, on the GPU.

Importing this loads numpy and nothing heavier; vispy, ffmpeg and the rest come with the first picture.
"""

from . import errors
from .animation import Animation
from .annotations import (
    Annotation,
    Arrow,
    Clock,
    ColorBar,
    LabelLegend,
    ScaleBar,
    Stimulus,
    SynapseLegend,
    Text,
    TraceInset,
)
from .api import VideoReport, read_morphology, render_image, render_video
from .camera import Camera
from .cells import by_cell
from .demo import demo_cell
from .highlight import Highlight
from .isf import CellMorphologyVisualizer
from .morphology import Morphology, join_morphologies
from .paint import LabelColors, PointValues
from .readers.isf import from_isf
from .readers.isf_synapses import read_isf_synapses
from .readers.neuron import from_neuron, record
from .readers.sonata import SonataCircuit, read_report, read_sonata
from .recording import Audit, Recording, audit
from .renderer import Renderer
from .scene import Scene
from .selection import select_sections
from .synapse_style import SynapseStyle
from .synapses import SynapseEvents
from .timeline import TimeRange

__version__ = "0.1.0"

__all__ = [
    "Animation",
    "Annotation",
    "Arrow",
    "Audit",
    "Camera",
    "CellMorphologyVisualizer",
    "Clock",
    "ColorBar",
    "Highlight",
    "LabelColors",
    "LabelLegend",
    "Morphology",
    "PointValues",
    "Recording",
    "Renderer",
    "ScaleBar",
    "Scene",
    "SonataCircuit",
    "Stimulus",
    "SynapseEvents",
    "SynapseLegend",
    "SynapseStyle",
    "Text",
    "TimeRange",
    "TraceInset",
    "VideoReport",
    "audit",
    "by_cell",
    "demo_cell",
    "errors",
    "from_isf",
    "from_neuron",
    "join_morphologies",
    "read_isf_synapses",
    "read_morphology",
    "read_report",
    "read_sonata",
    "record",
    "render_image",
    "render_video",
    "select_sections",
]
