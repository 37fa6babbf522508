"""``gpu-morph view``: a window in which a cell or a circuit is turned with the mouse."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..data.sampling import SAMPLINGS
from .arguments import add_device, add_files, add_look, pixel_size
from .scenes import check_files, scene_of_files

if TYPE_CHECKING:
    from .arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "view", help="open a window in which the cell is turned with the mouse; '?' lists keys"
    )
    add_files(parser)
    parser.add_argument("--time", type=float, metavar="MS", help="time to begin with (default: the first one)")
    parser.add_argument(
        "--color",
        help="a colour, 'label' or 'cell' (default: the values of the recording; without one grey, or 'cell' for a "
        "circuit without synapses)",
    )
    parser.add_argument(
        "--size",
        type=pixel_size,
        default="1000x750",
        metavar="WxH",
        help="of the window (default: %(default)s)",
    )
    add_look(parser)
    parser.add_argument("--bare", action="store_true", help="no colour bar, clock or scale bar")
    parser.add_argument(
        "--sampling", choices=SAMPLINGS, default="nearest", help="value between recorded times (default: %(default)s)"
    )
    add_device(parser)
    parser.set_defaults(run=run, refuse=parser.error, azim_step=0.0)


def run(options: argparse.Namespace) -> None:
    """Show the window until it is closed."""
    from ..viewer.window import view_in_window

    check_files(options, needs_values=False)
    scene = scene_of_files(options)
    name = options.sonata or options.morphology
    view_in_window(scene, options.size, time=options.time, device=options.device, title=f"{name} - gpu_morph")
