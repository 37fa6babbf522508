"""``gpu-morph render``: a film of a morphology and a recording, of a SONATA circuit, or of a story."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .arguments import add_drawing, add_files, add_film
from .films import film_keywords, write_film
from .scenes import check_files, scene_of_files
from .stories import is_story, story_of_options

if TYPE_CHECKING:
    from .arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "render",
        help="write a film of a morphology and a recording, of a SONATA circuit, or as a .toml file describes it",
        description="Write a film of a morphology and a recording, of a SONATA circuit, or of all that a .toml file "
        "describes (docs/films.md): gpu-morph render story.toml. Options of the film go before what that file says.",
    )
    add_files(parser)
    parser.add_argument(
        "-o", "--output", help="file name of the film, e.g. out.mp4 (default for a .toml file: what it says)"
    )
    add_drawing(parser)
    add_film(parser)
    parser.add_argument(
        "--overwrite-frames",
        action="store_true",
        help="of a .toml file with frames_dir: remove another film's frames that are there",
    )
    parser.set_defaults(run=run, refuse=parser.error)


def run(options: argparse.Namespace) -> None:
    """Write the film."""
    if is_story(options):
        story = story_of_options(options)
        besides = {name: getattr(options, name) for name in ("scratch", "resume", "overwrite_frames")}
        film = dict(story.film)
        write_film(story.scene, film.pop("path"), film | besides, options)
        return
    if options.overwrite_frames:
        options.refuse("--overwrite-frames is for a .toml file of a film, whose frames_dir keeps frames")
    if options.output is None:
        options.refuse("the following arguments are required: -o/--output")
    check_files(options, needs_values=True)
    write_film(scene_of_files(options), options.output, film_keywords(options), options)
