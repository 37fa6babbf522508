"""The public calls that do one whole thing: read a morphology, draw or save a picture, write or show a film."""

from ..scene.notebook_picture import set_drawing
from .animation import animate
from .image import render_image
from .morphology_file import read_morphology
from .notebook import show
from .saved_image import save_image
from .video import render_video
from .video_report import VideoReport

set_drawing(lambda scene, time, size: render_image(scene, time=time, size=size))

__all__ = ["VideoReport", "animate", "read_morphology", "render_image", "render_video", "save_image", "show"]
