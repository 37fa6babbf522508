"""gpu_morph: films and pictures of simulated neurons, headless, on the GPU.

Importing this loads numpy and nothing heavier; vispy, ffmpeg and the rest come with the first picture.
"""

from . import errors
from .api import VideoReport, read_morphology, render_image, render_video
from .camera import Camera
from .demo import demo_cell
from .isf import CellMorphologyVisualizer
from .morphology import Morphology, join_morphologies
from .readers.isf import from_isf
from .recording import Audit, Recording, audit
from .renderer import Renderer
from .scene import Scene
from .synapses import SynapseEvents

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Camera",
    "CellMorphologyVisualizer",
    "Morphology",
    "Recording",
    "Renderer",
    "Scene",
    "SynapseEvents",
    "VideoReport",
    "audit",
    "demo_cell",
    "errors",
    "from_isf",
    "join_morphologies",
    "read_morphology",
    "render_image",
    "render_video",
]
