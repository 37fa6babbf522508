"""``gpu-morph snapshot``: one picture, of files or of a story."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..api.saved_image import PRINT_DPI, pixel_size, save_scene
from ..image.image_file import checked_dpi, image_path
from .arguments import add_drawing, add_files
from .scenes import check_files, scene_of_files
from .stories import is_story, save_still

if TYPE_CHECKING:
    from .arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "snapshot",
        help="write one picture, also of a film that a .toml file describes",
        description="Write one picture of a morphology, a recording or a SONATA circuit; or of the film that a .toml "
        "file describes (docs/films.md): gpu-morph snapshot story.toml --at 2.5 -o still.png",
    )
    add_files(parser)
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        help="file name of the picture: out.png, .jpg, .tif, ...; in .svg and .pdf text and annotations are vectors",
    )
    parser.add_argument("--time", type=float, metavar="MS", help="time to show; required with a recording")
    parser.add_argument(
        "--at",
        type=float,
        metavar="S",
        help="of a .toml file: the second of its film, after title cards (default: when it shows --time, else 0)",
    )
    parser.add_argument("--transparent", action="store_true", help="no background")
    parser.add_argument(
        "--color",
        help="a colour, 'label' or 'cell' (default: the values of the recording; without one grey, or 'cell' for a "
        "circuit without synapses)",
    )
    add_drawing(parser, size="1080x1080", is_for_print=True)
    parser.set_defaults(run=run, refuse=parser.error)


def run(options: argparse.Namespace) -> None:
    """Write the picture and print its size."""
    is_of_film = is_story(options)
    if not is_of_film:
        check_files(options, needs_values=False)
        if options.at is not None:
            options.refuse("--at is for a .toml file of a film: use --time")
    target = image_path(options.output, transparent=options.transparent)  # a wrong path fails before anything is drawn
    dpi = None if options.dpi is None else checked_dpi(options.dpi)
    *size, unit = options.size
    if unit != "px":
        dpi = dpi or PRINT_DPI
    options.size = pixel_size(size, unit, dpi)
    if is_of_film:
        width, height = save_still(options, target, dpi=dpi)
        print(f"{options.output}: {width}x{height}")
        return
    image = save_scene(
        target,
        scene_of_files(options),
        time=options.time,
        size=options.size,
        dpi=dpi,
        transparent=options.transparent,
        supersample=options.supersample,
        device=options.device,
    )
    print(f"{options.output}: {image.shape[1]}x{image.shape[0]}")
