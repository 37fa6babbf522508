"""FileTexts: what a picture's file says about itself."""

from __future__ import annotations

from dataclasses import dataclass

from ..system.version import __version__

SOFTWARE = f"gpu_morph {__version__}"


@dataclass(frozen=True)
class FileTexts:
    """What a picture's file says about itself.

    Attributes
    ----------
    title : str
        A line: what is shown.
    description : str
        How the picture was made, as JSON.
    """

    title: str = ""
    description: str = ""
