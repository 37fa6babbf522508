"""``gpu-morph html``: a web page that can be turned with the mouse."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..api.film_times import film_range
from ..data.frame_times import frame_times
from ..export.html import write_html
from .arguments import add_files, add_look, add_times
from .byte_size import byte_size
from .scenes import check_files, scene_of_files

if TYPE_CHECKING:
    from .arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser("html", help="write a web page that can be turned with the mouse: one file")
    add_files(parser)
    parser.add_argument("-o", "--output", required=True, help="file name of the page, e.g. cell.html")
    parser.add_argument(
        "--color",
        help="a colour, 'label' or 'cell' (default: the values of the recording; without one grey, or 'cell' for a "
        "circuit without synapses)",
    )
    add_look(parser)
    add_times(parser)
    parser.add_argument("--title", help="above the picture (default: the file's name)")
    parser.add_argument(
        "--bits", type=int, choices=(8, 16), help="of each value (default: 16, or 8 for recordings that would be large)"
    )
    parser.add_argument(
        "--max-bytes", default="20 MB", metavar="SIZE", help="largest page that is written (default: %(default)s)"
    )
    parser.set_defaults(run=run, refuse=parser.error, bare=True, azim_step=0.0, time=None)


def run(options: argparse.Namespace) -> None:
    """Write the page and print its size."""
    check_files(options, needs_values=False)
    scene = scene_of_files(options)
    given, times = (options.t_start, options.t_stop, options.t_step), None
    if any(time is not None for time in given):
        chosen = film_range(scene, *given)
        times = frame_times(chosen.start, chosen.stop, chosen.step)
    page = write_html(
        scene, options.output, times=times, title=options.title, bits=options.bits, max_bytes=options.max_bytes
    )
    content = f", {page.n_times} times of {page.bits} bits" if page.n_times else ""
    print(f"{page.path}: {byte_size(page.n_bytes)}{content}")
