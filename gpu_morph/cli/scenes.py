"""Scenes as the command-line options describe them."""

from __future__ import annotations

import argparse
import re
import warnings
from dataclasses import replace
from typing import Any

from ..api import read_morphology
from ..data.audit import audit
from ..errors import SceneError
from ..readers.recordings import read_recording
from ..readers.sonata import read_sonata
from ..scene.annotations import Annotation, Clock, ColorBar, ScaleBar, SynapseLegend
from ..scene.camera import Camera
from ..scene.scene import Scene

_FILE_OPTIONS: dict[str, Any] = {
    "scale": 1.0,
    "name": None,
    "runs_programs": False,
}  # with their defaults, as those of a circuit
_CIRCUIT_OPTIONS: dict[str, Any] = {
    **dict.fromkeys(("report", "node_set", "population", "mapping", "circuit", "edges")),
    "morphologies": [],
    "spikes": False,
}


def check_files(options: argparse.Namespace, *, needs_values: bool) -> None:
    """Exit with a usage message when files are missing, or are given together with a circuit or options of one."""
    is_circuit = options.sonata is not None
    for name, default in (_FILE_OPTIONS if is_circuit else _CIRCUIT_OPTIONS).items():
        if getattr(options, name) != default:
            option = "--run" if name == "runs_programs" else f"--{name.replace('_', '-')}"
            options.refuse(f"{option} is for {'morphology files, not for --sonata' if is_circuit else '--sonata only'}")
    if is_circuit:
        if options.morphology is not None:
            options.refuse(f"--sonata replaces the files, got {options.morphology} too")
        if needs_values and options.report is None:
            options.refuse("the following arguments are required: --report")
    elif options.morphology is None or (needs_values and options.recording is None):
        missing = "morphology, recording" if options.morphology is None and needs_values else "recording"
        missing = missing if needs_values else "morphology"
        options.refuse(f"the following arguments are required: {missing}")


def scene_of_files(options: argparse.Namespace) -> Scene:
    """The scene of a morphology, a morphology and a recording, or a SONATA circuit."""
    if options.sonata is not None:
        return _circuit_scene(options)
    morphology = read_morphology(options.morphology, scale=options.scale, name=options.name, run=options.runs_programs)
    color = getattr(options, "color", None)
    if options.recording is None:
        if options.time is not None:
            raise ValueError("--time needs a recording to show: give one after the morphology")
        return annotated(Scene(morphology, color=color, **scene_keywords(options)), options)
    recording = read_recording(options.recording, morphology)
    return _recorded_scene(Scene(morphology, recording, color=color, **scene_keywords(options)), options)


def scene_keywords(options: argparse.Namespace) -> dict[str, Any]:
    """Keyword arguments of Scene from the options of `add_drawing`."""
    return {
        "cmap": options.cmap,
        "clim": tuple(options.clim) if options.clim else None,
        "norm": options.norm,
        "font_size": options.font_size,
        "background": options.background,
        "lighting": not options.flat,
        "style": options.style,
        "min_width": options.min_width,
        "camera": _camera(options),
        "sampling": getattr(options, "sampling", "nearest"),
    }


def annotated(scene: Scene, options: argparse.Namespace, *more: Annotation) -> Scene:
    """The scene with colour bar, clock, legend and scale bar, unless --bare is given or they do not fit."""
    if options.bare:
        return scene
    about_values = (ColorBar(), Clock(), *more) if scene.shows_values else ()
    about_synapses = (SynapseLegend(),) if scene.synapses is not None and scene.synapses.n_synapses else ()
    with_annotations = replace(scene, annotations=(*about_values, *about_synapses, ScaleBar()))
    try:
        with_annotations.layout(options.size)
    except SceneError:  # a thumbnail
        return scene
    return with_annotations


def _camera(options: argparse.Namespace) -> Camera:
    return Camera(
        azim=options.azim,
        elev=options.elev,
        roll=options.roll,
        up=options.up,
        azim_step=options.azim_step,
        projection="perspective" if options.perspective else "orthographic",
        zoom=options.zoom,
        aperture=options.aperture,
    )


def _circuit_scene(options: argparse.Namespace) -> Scene:
    nodes = options.node_set
    if nodes is not None and re.fullmatch(r"\d+(,\d+)*", nodes):
        nodes = [int(node) for node in nodes.split(",")]
    circuit = read_sonata(
        options.sonata,
        report=options.report,
        node_set=nodes,
        population=options.population,
        mapping=options.mapping,
        circuit=options.circuit,
        morphologies=options.morphologies,
        edges="all" if options.edges == ["all"] else options.edges,
    )
    synapses = circuit.synapses if options.edges else circuit.spikes if options.spikes else None
    if options.spikes and synapses is None:
        raise ValueError("--spikes: the simulation has no spike file")
    if options.report is None and getattr(options, "time", None) is not None and synapses is None:
        raise ValueError("--time needs something that changes: give --report, --edges or --spikes")
    color = getattr(options, "color", None)
    if color is None and circuit.recording is None and synapses is None:
        color = "cell"  # with synapses, cells stay grey: colours of cells and of synapses could be confused
    scene = Scene(circuit.morphology, circuit.recording, synapses=synapses, color=color, **scene_keywords(options))
    return _recorded_scene(scene, options)


def _recorded_scene(scene: Scene, options: argparse.Namespace) -> Scene:
    """The annotated scene; warns of sections without a recording."""
    morphology, recording = scene.morphology, scene.recording
    if recording is None:
        return annotated(scene, options)
    n_unmapped = len(audit(morphology, recording).unmapped_sections)
    if n_unmapped:
        warnings.warn(
            f"{n_unmapped} of {morphology.n_sections} sections were not recorded; they are drawn in the colour of NaN",
            stacklevel=2,
        )
    return annotated(scene, options)
