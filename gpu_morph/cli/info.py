"""``gpu-morph info``: OpenGL and ffmpeg of this machine, or the content of files."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from ..data.frame_times import frame_times
from ..errors import ContextError, EncoderError
from ..system.version import __version__
from .arguments import add_device, add_reading, pixel_size
from .file_info import file_lines

if TYPE_CHECKING:
    from .arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "info", help="print OpenGL and ffmpeg of this machine, or the content of morphologies and recordings"
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="morphologies, recordings, SONATA configurations; for a morphology with a recording also how they fit "
        "and how long a film of them takes",
    )
    add_reading(parser)
    parser.add_argument(
        "--size", type=pixel_size, default="1920x1080", metavar="WxH", help="pixels of that film (default: %(default)s)"
    )
    parser.add_argument("--t-step", type=float, metavar="MS", help="time between its frames (default: the recording's)")
    add_device(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print what is known."""
    from ..render.gpu.device_choice import parse_device

    if not options.files:
        _print_machine(options.device)
        return
    if options.t_step is not None:
        frame_times(0.0, 0.0, options.t_step)  # wrong options fail before anything is read
    parse_device(options.device)
    film = {"size": options.size, "t_step": options.t_step, "device": options.device}
    for line in file_lines(options.files, scale=options.scale, name=options.name, **film):
        print(line, flush=True)


def _print_machine(device: int | str | None) -> None:
    from ..render.gpu.context import held_context
    from ..render.gpu.device_choice import device_list
    from ..video.ffmpeg import ffmpeg_path, ffmpeg_version, video_encoders

    print(f"gpu_morph   {__version__}, Python {sys.version.split()[0]}")
    with contextlib.suppress(ContextError):  # a hidden window may work without EGL; if not, the error comes below
        for line in device_list():
            print(f"EGL         {line}")
    ffmpeg_error = None
    try:
        print(f"ffmpeg      {ffmpeg_version()} ({ffmpeg_path()})")
        print(f"encoders    {' '.join(video_encoders())}")
    except EncoderError as error:
        print(f"ffmpeg      cannot be used: {error}")
        ffmpeg_error = error
    try:
        with held_context(device) as context:
            pass
    except ContextError as error:
        raise ContextError(f"no OpenGL: {error}" + (f"; no ffmpeg: {ffmpeg_error}" if ffmpeg_error else "")) from error
    print(f"GL vendor   {context.vendor}\nGL renderer {context.renderer}\nGL version  {context.version}")
    print(f"GL backend  {context.backend}, {context.device or 'hidden window'}")
    print(f"software    {'yes: the CPU draws' if context.is_software else 'no: a GPU draws'}")
    print(f"path        {context.path} (GPU_MORPH_PATH=gpu|cpu)")
    if ffmpeg_error is not None:
        raise EncoderError(f"no films can be made: {ffmpeg_error}")
