"""The plots of a story's panels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..scene.annotations.sites import soma_section
from ..scene.plots.base import PanelPlot
from ..scene.plots.image_sequence import ImageSequence
from ..scene.plots.raster import Raster
from ..scene.plots.traces import Traces
from ..scene.scene import Scene
from .arrays import array, events, images, times
from .entry import Entry
from .files import recording, synapses
from .part import Kinds, Part, Table

_IN_PYTHON = "a story cannot make a {}, which needs Python: give it to gm.Panels in a script, {}"


def plot(entry: Entry, scenes: Mapping[str, Scene]) -> PanelPlot:
    """The plot of a table; ``scene`` in it says which scene's recording or synapses it shows, if not the first's."""
    table = entry.table("kind")
    name = table.pop("scene", None)
    if name is not None and name.value not in [*scenes]:
        raise name.unknown(scenes, kind=str(name.value))
    source = [scenes[name.value]] if name is not None else list(scenes.values())
    made: PanelPlot = _PLOTS.made(entry, table, source)
    return made


def _traced(table: Table, source: list[Scene]) -> dict[str, Any]:
    """The recording of a file, or that of a scene, where there are no values; without a section at the soma."""
    if "recording" in table:
        given = table.pop("recording")
        if "values" in table:
            raise given.error(f"{given.name}: there are values, too: leave one of them out")
        cell = source[0].morphology if source else None
        values = recording(given, cell)
    else:
        recorded = [scene for scene in source if scene.recording is not None]
        if not recorded or "values" in table:
            return {}
        cell, values = recorded[0].morphology, recorded[0].recording
    soma = None if cell is None or "section" in table else soma_section(cell)
    return {"values": values} | ({"section": soma} if soma is not None and soma in values.section else {})


def _raster_events(table: Table, source: list[Scene]) -> dict[str, Any]:
    """Synapses of files, or those of a scene, where there are no events."""
    if "synapses" in table:
        given = table.pop("synapses")
        if "events" in table:
            raise given.error(f"{given.name}: there are events, too: leave one of them out")
        return {"events": synapses(given, source[0].morphology if source else None)}
    found = [scene.synapses for scene in source if scene.synapses is not None]
    return {"events": found[0]} if found and "events" not in table else {}


_PLOTS = Kinds(
    {
        "Traces": Part(Traces, readers={"values": array, "times": times}, besides=("recording",), prepared=_traced),
        "Raster": Part(Raster, readers={"events": events}, besides=("synapses",), prepared=_raster_events),
        "ImageSequence": Part(ImageSequence, readers={"frames": images, "times": times}),
    },
    elsewhere={
        "FigurePlot": _IN_PYTHON.format("FigurePlot", "or show a picture of the figure as an ImageSequence"),
        "FunctionPlot": _IN_PYTHON.format(
            "FunctionPlot", "or save what the function gives and show it as an ImageSequence"
        ),
    },
)
