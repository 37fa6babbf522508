"""Groups of command-line options that several commands share."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any, get_args

from ..data.row_stream import MEMORY
from ..data.sampling import SAMPLINGS
from ..readers.formats import FORMATS
from ..readers.npz import EXPECTED
from ..scene.styles import Style
from .listed_times import listed_times, timeline

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_DEVICE = "index of a GPU, 'auto' or 'cpu' (default: $GPU_MORPH_DEVICE, else auto)"


def add_files(parser: argparse.ArgumentParser) -> None:
    """Morphology and recording, or a SONATA circuit in their place."""
    formats = ", ".join(file_format.name for file_format in FORMATS)
    parser.add_argument("morphology", nargs="?", help=f"a morphology ({formats}); text formats also gzipped")
    parser.add_argument("recording", nargs="?", help=f"{EXPECTED}; or a SONATA report")
    add_reading(parser)
    parser.add_argument(
        "--run",
        action="store_true",
        dest="runs_programs",
        help="let NEURON run a .hoc or .nrn file that is not plain, as a program: only for files that you trust",
    )
    circuit = parser.add_argument_group("SONATA circuit, instead of a morphology and a recording")
    circuit.add_argument("--sonata", metavar="CONFIG", help="configuration file of a simulation or a circuit")
    circuit.add_argument("--report", help="name of one of the simulation's reports, or a report file")
    circuit.add_argument("--node-set", metavar="NAME", help="cells to show: a node set, or node ids such as 0,3,7")
    circuit.add_argument("--population", action="append", metavar="NAME", help="node population; can be repeated")
    circuit.add_argument("--mapping", metavar="RULE", help="how elements are numbered, if geometry does not decide it")
    circuit.add_argument("--circuit", metavar="CONFIG", help="circuit configuration, if the simulation's names none")
    circuit.add_argument(
        "--morphologies", action="append", default=[], metavar="FOLDER", help="folder of morphologies; can be repeated"
    )
    shown = circuit.add_mutually_exclusive_group()
    shown.add_argument(
        "--edges", action="append", metavar="NAME", help="show the synapses of this edge population, or of 'all'"
    )
    shown.add_argument("--spikes", action="store_true", help="show spikes at the somata")


def add_reading(parser: argparse.ArgumentParser) -> None:
    """How a morphology is read."""
    parser.add_argument("--scale", type=float, default=1.0, help="µm per unit of the morphology file (default: 1)")
    parser.add_argument("--name", help="name of one morphology in a file that has several")


def add_drawing(
    parser: argparse.ArgumentParser,
    *,
    cmap: str = "viridis",
    background: str = "white",
    azim: float | None = None,
    elev: float | None = None,
    azim_step: float = 0.0,
    size: str = "1920x1080",
    is_for_print: bool = False,
) -> None:
    """Size, colours, camera and device, with a command's defaults."""
    if is_for_print:
        parser.add_argument(
            "--size",
            type=paper_size,
            default=size,
            metavar="WxH[UNIT]",
            help="pixels, or with mm, cm, in or pt behind it a size on paper: 85x60mm (default: %(default)s)",
        )
        parser.add_argument("--dpi", type=float, help="pixels per inch of paper (default: 300 for a size on paper)")
    else:
        parser.add_argument(
            "--size", type=pixel_size, default=size, metavar="WxH", help="pixels (default: %(default)s)"
        )
    add_look(parser, cmap=cmap, background=background, azim=azim, elev=elev)
    parser.add_argument(
        "--azim-step",
        type=float,
        default=azim_step,
        help="rotation of the camera per frame, degrees (default: %(default)s)",
    )
    parser.add_argument(
        "--bare", action="store_true", help="no colour bar, clock or scale bar; very small pictures never have them"
    )
    parser.add_argument(
        "--supersample",
        type=int,
        choices=(1, 2, 4),
        default=1,
        help="draw the cell so many times larger and average the pixels: smoother, and slower (default: %(default)s)",
    )
    add_device(parser)


def add_look(
    parser: argparse.ArgumentParser,
    *,
    cmap: str = "viridis",
    background: str = "white",
    azim: float | None = None,
    elev: float | None = None,
) -> None:
    """Colours and camera."""
    parser.add_argument("--cmap", default=cmap, help="colormap (default: %(default)s)")
    parser.add_argument(
        "--clim",
        type=float,
        nargs=2,
        metavar=("LOW", "HIGH"),
        help="values at the ends of the colormap (default: the range of the recording)",
    )
    parser.add_argument(
        "--norm",
        help="how values are spread over the colours: log, symlog:0.1, asinh:1, power:0.5, centered:-65, twoslope:-65, "
        "boundaries:-80,-60,0 (default: in equal steps)",
    )
    parser.add_argument(
        "--font-size",
        type=_font_size,
        metavar="SIZE",
        help="height of text: pixels, or points as in 8pt (default: in proportion to the picture)",
    )
    parser.add_argument("--background", default=background, help="colour (default: %(default)s)")
    parser.add_argument("--flat", action="store_true", help="no lighting: exactly the colours of the colormap")
    parser.add_argument(
        "--style",
        choices=get_args(Style),
        help="how surfaces look; 'cover' has shadows and outlines, 'glow' is light on black (default: shaded tubes)",
    )
    parser.add_argument(
        "--min-width",
        type=float,
        default=1.0,
        metavar="PIXELS",
        help="smallest width of a neurite, in pixels of a picture 1,080 high, in proportion in others (default: 1)",
    )
    parser.add_argument(
        "--up",
        type=_up,
        metavar="DIRECTION",
        help="what points up: auto, apical, x, y, z or a direction such as 0,1,0.2 (default: auto, the apical dendrite "
        "if it is labelled, else the file's custom; z with --azim or --elev)",
    )
    view = "%(default)s" if azim is not None else "the side that shows the most; with the other one, {}"
    for name, default, meaning, other in (
        ("--azim", azim, "azimuth of the camera about what is up, degrees", 0),
        ("--elev", elev, "elevation of the camera, degrees", 30),
    ):
        parser.add_argument(name, type=float, default=default, help=f"{meaning} (default: {view.format(other)})")
    for name, default, meaning in (("--roll", 0.0, "roll of the camera, degrees"),):
        parser.add_argument(name, type=float, default=default, help=f"{meaning} (default: %(default)s)")
    parser.add_argument("--perspective", action="store_true", help="perspective camera (default: orthographic)")
    parser.add_argument(
        "--aperture",
        type=float,
        default=0.0,
        metavar="UM",
        help="with --perspective, depth of field: diameter of the lens, µm; the middle of the picture is in focus "
        "(default: 0, everything is sharp)",
    )
    parser.add_argument("--zoom", type=float, default=1.0, help="magnification; 1 shows all (default: %(default)g)")


def _font_size(given: str) -> float | str:
    """Pixels as a number, points as they are; the Scene checks both."""
    try:
        return float(given)
    except ValueError:
        return given


def add_device(parser: argparse.ArgumentParser) -> None:
    """Which GPU draws."""
    parser.add_argument("--device", help=_DEVICE)


def add_film(parser: argparse.ArgumentParser) -> None:
    """Times, encoding and cluster of a film."""
    add_times(parser)
    parser.add_argument(
        "--times",
        type=listed_times,
        metavar="MS,MS,...",
        help="the times of all frames instead, in any order; or a text file of them",
    )
    parser.add_argument(
        "--timeline",
        type=timeline,
        metavar="S:MS,S:MS,...",
        help="which time each second of the film shows instead: 0:0,1:3,3:3.6,4:12 is slow from 3 to 3.6 ms; or a text "
        "file with two columns",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="write nothing: print what the film would be, how long it would take and how large it would be",
    )
    parser.add_argument(
        "--memory", default=MEMORY, help="how much of a recording to keep in memory (default: %(default)s)"
    )
    parser.add_argument("--fps", type=float, default=50.0, help="frames per second (default: %(default)g)")
    parser.add_argument(
        "--codec",
        default="libx264",
        help="an encoder of ffmpeg, or 'auto': a hardware encoder if one works (default: %(default)s)",
    )
    parser.add_argument("--quality", type=float, help="lower is better; the scale depends on the codec")
    parser.add_argument(
        "--encoders",
        type=_encoders,
        default="auto",
        metavar="N",
        help="number of encoders that work side by side (default: what suits the machine)",
    )
    parser.add_argument(
        "--threads", type=_count, metavar="N", help="threads of each encoder (default: ffmpeg's choice)"
    )
    cluster = parser.add_argument_group("cluster (see docs/cluster.md)")
    workers = cluster.add_mutually_exclusive_group()
    workers.add_argument("--scheduler", metavar="ADDRESS", help="address of a dask scheduler, e.g. tcp://node1:8786")
    workers.add_argument("--workers", type=_count, metavar="N", help="number of worker processes on this machine")
    cluster.add_argument(
        "--scratch", metavar="FOLDER", help="folder that all workers can access, for pieces of the film"
    )
    cluster.add_argument(
        "--resume", action="store_true", help="draw only the frames that an interrupted run on a cluster is missing"
    )


def add_times(parser: argparse.ArgumentParser) -> None:
    """Times of frames, and what they show."""
    for name, meaning in (
        ("--t-start", "time of the first frame"),
        ("--t-stop", "time of the last frame"),
        ("--t-step", "time between frames"),
    ):
        parser.add_argument(name, type=float, metavar="MS", help=f"{meaning} (default: the recording's)")
    parser.add_argument(
        "--sampling",
        choices=SAMPLINGS,
        default="nearest",
        help="value of a frame: the nearest recorded time, the interpolation between two, or the peak around the "
        "frame's time (default: %(default)s)",
    )


def pixel_size(text: str) -> tuple[int, int]:
    """(width, height) of "1920x1080".

    Raises
    ------
    ArgumentTypeError
        Another form, or a side of 0.
    """
    match = re.fullmatch(r"(\d+)[xX](\d+)", text)
    if not match or not int(match[1]) or not int(match[2]):
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT in pixels, such as 1920x1080, got {text!r}")
    return int(match[1]), int(match[2])


def paper_size(text: str) -> tuple[float, float, str]:
    """(width, height, unit) of "85x60mm"; the unit of "1920x1080" is "px".

    Raises
    ------
    ArgumentTypeError
        Another form.
    """
    match = re.fullmatch(r"(\d+|\d+\.\d+)[xX](\d+|\d+\.\d+) ?(mm|cm|in|pt)", text)
    if match:
        return float(match[1]), float(match[2]), match[3]
    try:
        return *pixel_size(text), "px"
    except argparse.ArgumentTypeError as cause:
        raise argparse.ArgumentTypeError(f"{cause}; or a size on paper, such as 85x60mm") from None


def _up(text: str) -> Any:
    words = text.split(",")
    return text if len(words) == 1 else tuple(map(float, words))


def _encoders(text: str) -> int | str:
    return text if text == "auto" else _count(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"expected a whole number of 1 or more, got {text!r}")
    return int(text)
