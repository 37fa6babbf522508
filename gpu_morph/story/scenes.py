"""The scenes of a story, and the panels that show several."""

from __future__ import annotations

from typing import Any

from ..data.demo import demo_cell
from ..scene.panels.panels import Panels
from ..scene.panels.shown import Shown
from ..scene.plots.base import PanelPlot
from ..scene.scene import Scene
from .entry import Entry
from .files import CIRCUIT, cells, recording, synapses
from .key_lines import Keys
from .part import Part, Table
from .parts import ANNOTATIONS, SCENE, SHARED
from .plots import plot

_SOURCES = ("morphology", "sonata", "demo")
_Given = dict[str, Any]  # arguments of Scene: morphology, recording, synapses


def shown_of(story: Entry, tables: Table) -> Shown:
    """What a story shows: its scene, or its panels."""
    beside = {name: tables[name] for name in SHARED if name in tables}
    if "panels" not in tables:
        for name in ("scenes", "plots"):
            if name in tables:
                raise tables[name].error(f"{name} need [panels], whose rows say where each stands; or name one [scene]")
        if "scene" not in tables:
            raise story.error("there is no [scene]: add one with a morphology")
        return _scene(tables["scene"], _joined(tables["scene"], beside), {})
    common = _joined(tables["scene"], beside) if "scene" in tables else beside
    scenes, read = {}, dict[Any, _Given]()
    for name, entry in (tables["scenes"].table() if "scenes" in tables else {}).items():
        scenes[name] = _scene(entry, common | entry.table(), read)
    if "scene" in tables and not scenes:
        scenes["scene"] = _scene(tables["scene"], common, read)
    plots = {name: plot(entry, scenes) for name, entry in _named_plots(tables, scenes).items()}
    return _panels(tables["panels"], scenes, plots)


def _named_plots(tables: Table, scenes: dict[str, Scene]) -> Table:
    """The tables of plots."""
    plots = tables["plots"].table() if "plots" in tables else {}
    for name, entry in plots.items():
        if name in scenes:
            raise entry.error(f"{entry.name}: a scene is named {name}, too: give one of them another name")
    return plots


def _joined(entry: Entry, beside: Table) -> Table:
    """A scene's table with the tables beside it."""
    table = entry.table()
    for name, other in beside.items():
        if name in table:
            raise other.error(f"{name} is given here and in [{entry.name}]: leave one of them out")
    return table | beside


def _panels(entry: Entry, scenes: dict[str, Scene], plots: dict[str, PanelPlot]) -> Panels:
    """Panels whose rows name scenes and plots."""
    named: dict[Any, Any] = scenes | plots

    def item(panel: Entry) -> Any:
        if isinstance(panel.value, dict):
            return plot(panel, scenes) if "kind" in panel.value else _panels(panel, scenes, plots)
        if panel.value == "":
            return None
        if not isinstance(panel.value, str) or panel.value not in named:
            raise panel.unknown([*named, "an empty text for nothing"], kind=str(panel.value))
        return named[panel.value]

    def rows(given: Entry, _: Any) -> list[Any]:
        if not isinstance(given.value, list) or not all(isinstance(row, list) for row in given.value):
            raise given.error(
                f'{given.name} must be rows of names of scenes and plots, [["a", "b"], ["c"]], got {given.value!r}'
            )
        return [[item(panel) for panel in row.items()] for row in given.items()]

    part = Part(
        Panels,
        readers={"rows": rows, "annotations": ANNOTATIONS.read_all},
        without=("time_range", "fps", "main"),
        first="rows",
    )
    morphology = next((scene.morphology for scene in scenes.values()), None)
    made: Panels = part.read(entry, morphology)
    return made


def _scene(entry: Entry, table: Table, read: dict[Any, _Given]) -> Scene:
    """The scene of a table; ``read`` keeps what scenes have in common, so that it is read once."""
    sources = [name for name in _SOURCES if name in table]
    if len(sources) != 1:
        got = " and ".join(sources) or "none of them"
        raise entry.error(f"{entry.name} needs one of {', '.join(_SOURCES)}, got {got}")
    files = {name: table[name] for name in (sources[0], "recording", "synapses") if name in table}
    keys: tuple[Keys, ...] = tuple(item.keys for item in files.values())
    if keys not in read:
        read[keys] = _read(sources[0], files)
    rest = {name: item for name, item in table.items() if name not in files}
    made: Scene = SCENE.made(entry, rest, read[keys]["morphology"], read[keys])
    return made


def _read(kind: str, files: Table) -> _Given:
    """Morphology, recording and synapses."""
    given: _Given = {"recording": None, "synapses": None}
    source = files[kind]
    with source.located():
        if kind == "sonata":
            given = _circuit(source)
        elif kind == "morphology":
            given["morphology"] = cells(source, None)
        elif source.value is True:
            given["morphology"], given["recording"] = demo_cell()
        else:
            raise source.error(f"{source.name} must be true, or left out, got {source.value!r}")
    for name, reader in (("recording", recording), ("synapses", synapses)):
        if name in files:
            with files[name].located():
                given[name] = reader(files[name], given["morphology"])
    return given


def _circuit(entry: Entry) -> _Given:
    """What is shown of a SONATA circuit."""
    table = entry.table(CIRCUIT.first)
    show_spikes = table.pop("show_spikes", None)
    circuit = CIRCUIT.made(entry, table, None)
    synapses = circuit.synapses
    if show_spikes is not None and show_spikes.value:
        if "edges" in table or circuit.spikes is None:
            raise show_spikes.error(
                f"{show_spikes.name}: leave edges out, to show spikes" if "edges" in table else "there are no spikes"
            )
        synapses = circuit.spikes
    return {"morphology": circuit.morphology, "recording": circuit.recording, "synapses": synapses}
