"""Messages of films in the words of ISF's parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

# Parts of a Scene, and what they are called where a film of ISF is made.
_PARTS = {
    "annotations": "show_legend or highlight_section",
    "background": "background_color",
    "camera": "camera_position or neuron_rotation",
    "clim": "vmin or vmax",
    "recording": "color or values",
    "synapses": "show_synapses",
    "synapse_style": "time_show_syn_activ or population_to_color_dict",
}
_ANOTHER = re.compile(r"another ((?:\w+, )*\w+)(?=\))")  # the list of a FramesError


@contextmanager
def isf_words() -> Iterator[None]:
    """Let errors speak of images_path and the other parameters of `CellMorphologyVisualizer`."""
    try:
        yield
    except (ValueError, OSError) as error:
        said = _in_isf_words(str(error))
        if said == str(error):
            raise
        raise type(error)(said) from error


def _in_isf_words(message: str) -> str:
    said = re.sub("^(path|name)(?=:| must)", "out_name", message)
    said = said.replace("frames_dir", "images_path").replace(
        "choose another folder, or overwrite_frames=True to remove them",
        "give another images_path, or overwrite_frames=True to remove them and draw them anew",
    )
    return _ANOTHER.sub(lambda found: f"another {_named(found[1])}", said)


def _named(parts: str) -> str:
    return ", ".join(_PARTS.get(part, part) for part in parts.split(", "))
