"""What is drawn over the picture: colour bar, clock, scale bar, legends, traces, text, arrows.

Each kind is a class of its own; see `base.Annotation`.
"""

from .arrow import Arrow
from .axes import Axes
from .base import Annotation
from .clock import Clock
from .colorbar import ColorBar
from .film_fade import Fade
from .inset import Inset
from .layers import Layers
from .legend import LabelLegend, SynapseLegend
from .logo import Logo
from .scalebar import ScaleBar
from .stimulus import Stimulus
from .text import Text
from .title import Title
from .trace import TraceInset

__all__ = [
    "Annotation",
    "Arrow",
    "Axes",
    "Clock",
    "ColorBar",
    "Fade",
    "Inset",
    "LabelLegend",
    "Layers",
    "Logo",
    "ScaleBar",
    "Stimulus",
    "SynapseLegend",
    "Text",
    "Title",
    "TraceInset",
]
