"""``gpu-morph render``: a film of a morphology and a recording, or of a SONATA circuit."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .arguments import add_drawing, add_files, add_film
from .films import write_film
from .scenes import check_files, scene_of_files

if TYPE_CHECKING:
    from .arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser("render", help="write a film of a morphology and a recording, or of a SONATA circuit")
    add_files(parser)
    parser.add_argument("-o", "--output", required=True, help="file name of the film, e.g. out.mp4")
    add_drawing(parser)
    add_film(parser)
    parser.set_defaults(run=run, refuse=parser.error)


def run(options: argparse.Namespace) -> None:
    """Write the film."""
    check_files(options, needs_values=True)
    write_film(scene_of_files(options), options)
