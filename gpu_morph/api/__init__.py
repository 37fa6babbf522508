"""The public calls that do one whole thing: read a morphology, draw or save a picture, write or show a film."""

from ..scene.display_hook import set_bundle
from .animation import animate
from .image import render_image
from .mesh_file import read_mesh
from .morphology_file import read_morphology
from .notebook import show
from .saved_image import save_image
from .scene_picture import picture_bundle
from .video import render_video
from .video_report import VideoReport

set_bundle(picture_bundle)

__all__ = [
    "VideoReport",
    "animate",
    "read_mesh",
    "read_morphology",
    "render_image",
    "render_video",
    "save_image",
    "show",
]
