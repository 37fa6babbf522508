"""``gpu-morph demo``: a film of the built-in cell."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..data.demo import demo_cell
from ..scene.annotations import Stimulus, TraceInset
from ..scene.scene import Scene
from .arguments import add_drawing, add_film
from .films import film_keywords, write_film
from .scenes import annotated, scene_keywords

if TYPE_CHECKING:
    from .arguments import Commands

_SECTIONS = (0, 160)  # soma, and a tip of the tuft
_CLIM = (-90.0, 30.0)  # mV; starts below the resting potential, because the first colours of turbo are nearly black


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser("demo", help="write a film of the built-in pyramidal cell")
    parser.add_argument(
        "-o", "--output", default="gpu_morph_demo.mp4", help="file name of the film (default: %(default)s)"
    )
    add_drawing(parser, cmap="turbo", background="#0b0d12", azim=-90.0, elev=5.0, azim_step=0.35, size="1280x1280")
    add_film(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the film."""
    morphology, recording = demo_cell()
    if options.norm is None:
        options.clim = options.clim or _CLIM
    scene = annotated(
        Scene(morphology, recording, color=recording.name, **scene_keywords(options)),
        options,
        Stimulus(times=((2.0, 3.0),), label="4 nA into the soma"),
        Stimulus(times=((17.0, 19.0),), label="synapses on the tuft"),
        TraceInset(section=_SECTIONS, label=("soma", "tuft")),
    )
    write_film(scene, options.output, film_keywords(options), options)
