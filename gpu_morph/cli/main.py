"""gpu-morph: demo, render, snapshot, info."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..api import read_morphology, render_image, render_video
from ..data.audit import audit
from ..data.demo import demo_cell
from ..data.row_stream import MEMORY
from ..data.sampling import SAMPLINGS
from ..distributed.local_cluster import cluster_client
from ..errors import ContextError, GpuMorphError, SceneError
from ..image.image_file import image_path, save_image
from ..readers.recordings import EXPECTED, read_recording
from ..readers.sonata import read_sonata
from ..scene.annotations import Annotation, Clock, ColorBar, ScaleBar, Stimulus, SynapseLegend, TraceInset
from ..scene.camera import Camera
from ..scene.scene import Scene
from ..system.version import __version__
from .describe import describe

DEMO_SECTIONS = (0, 126)  # soma, and a tip of the tuft
DEMO_CLIM = (-90.0, 30.0)  # mV; its lower end is below all that is reached, where turbo is darkest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well."""
    options = _parser().parse_args(arguments)
    with contextlib.suppress(ValueError):  # not in the main thread: whoever runs it there handles signals
        signal.signal(signal.SIGTERM, _interrupt)  # what batch systems send: cleaned up after like Ctrl-C
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            options.run(options)
        sys.stdout.flush()  # here, where a failure has its words, and not when the interpreter ends
    except KeyboardInterrupt as interruption:
        print(f"gpu-morph: interrupted; {str(interruption) or 'nothing was left behind'}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has had enough; the interpreter must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (GpuMorphError, ValueError, TypeError, OSError, OverflowError, MemoryError) as error:
        told = [*str(error).splitlines(), *getattr(error, "__notes__", ())]
        words = " ".join(line.strip() for line in told)
        print(f"gpu-morph: {words or type(error).__name__}", file=sys.stderr)
        return 1
    return 0


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"gpu-morph: warning: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gpu-morph", description="Films and pictures of simulated neurons, headless, on the GPU."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="write a film of the built-in pyramidal cell")
    demo.add_argument("-o", "--output", default="gpu_morph_demo.mp4", help="the film (default: %(default)s)")
    _add_drawing(demo, cmap="turbo", background="#0b0d12", azim=-90.0, elev=5.0, azim_step=0.35, size="1280x1280")
    _add_film(demo)
    demo.set_defaults(run=_demo)

    render = commands.add_parser("render", help="write a film of a morphology and a recording")
    render.add_argument("morphology", nargs="?", help=_MORPHOLOGY_HELP)
    render.add_argument("recording", nargs="?", help=_RECORDING_HELP)
    _add_reading(render)
    _add_circuit(render)
    render.add_argument("-o", "--output", required=True, help="the film, e.g. out.mp4")
    _add_drawing(render)
    _add_film(render)
    render.set_defaults(run=_render, refuse=render.error)

    snapshot = commands.add_parser("snapshot", help="write one picture")
    snapshot.add_argument("morphology", nargs="?", help=_MORPHOLOGY_HELP)
    snapshot.add_argument("recording", nargs="?", help=_RECORDING_HELP)
    _add_reading(snapshot)
    _add_circuit(snapshot)
    snapshot.add_argument("-o", "--output", required=True, help="the picture: out.png, out.jpg, out.tif, ...")
    snapshot.add_argument("--time", type=float, help="ms; needed with a recording")
    snapshot.add_argument("--transparent", action="store_true", help="leave the background out")
    snapshot.add_argument(
        "--color",
        help="a fixed colour, 'label' or 'cell' (default: the recording's values, else grey; of a circuit without "
        "synapses 'cell')",
    )
    _add_drawing(snapshot, size="1080x1080")
    snapshot.set_defaults(run=_snapshot, refuse=snapshot.error)

    info = commands.add_parser("info", help="say what draws and encodes on this machine, or what files hold")
    info.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="morphologies and recordings; of one of each, also how they fit, and what a film of them takes",
    )
    _add_reading(info)
    info.add_argument("--size", type=_size, default="1920x1080", metavar="WxH", help="of the film: %(default)s")
    info.add_argument("--t-step", type=float, metavar="MS", help="between its frames (default: the recording's own)")
    info.add_argument("--device", help="index of a GPU, 'auto' or 'cpu'")
    info.set_defaults(run=_info)
    return parser


_MORPHOLOGY_HELP = "a morphology: SWC, Neurolucida ASC, HDF5, plain HOC or NeuroML; the text formats also gzipped"
_RECORDING_HELP = f"{EXPECTED}; or a SONATA report"


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scale", type=float, default=1.0, help="µm per unit of the morphology's file")
    parser.add_argument("--name", help="which morphology of a file that holds several")


def _add_circuit(parser: argparse.ArgumentParser) -> None:
    circuit = parser.add_argument_group("a SONATA circuit, in place of a morphology and a recording")
    circuit.add_argument("--sonata", metavar="CONFIG", help="the configuration of a simulation or a circuit")
    circuit.add_argument("--report", help="the name of one of the simulation's reports, or a file")
    circuit.add_argument("--node-set", metavar="NAME", help="which cells: a node set, or node ids such as 0,3,7")
    circuit.add_argument("--population", action="append", metavar="NAME", help="of which nodes; may be given again")
    circuit.add_argument("--mapping", metavar="RULE", help="how elements are numbered, where geometry does not tell")
    circuit.add_argument("--circuit", metavar="CONFIG", help="the circuit's, where the simulation's names none")
    circuit.add_argument("--morphologies", action="append", default=[], metavar="FOLDER", help="may be given again")
    shown = circuit.add_mutually_exclusive_group()
    shown.add_argument("--edges", action="append", metavar="NAME", help="show the synapses of these edges, or of 'all'")
    shown.add_argument("--spikes", action="store_true", help="show spikes, at the somata")


def _add_drawing(
    parser: argparse.ArgumentParser,
    *,
    cmap: str = "viridis",
    background: str = "white",
    azim: float = 0.0,
    elev: float = 30.0,
    azim_step: float = 0.0,
    size: str = "1920x1080",
) -> None:
    parser.add_argument("--size", type=_size, default=size, metavar="WxH", help="pixels (default: %(default)s)")
    parser.add_argument("--cmap", default=cmap, help="colormap (default: %(default)s)")
    parser.add_argument("--clim", type=float, nargs=2, metavar=("LOW", "HIGH"), help="values of its two ends")
    parser.add_argument("--background", default=background, help="colour (default: %(default)s)")
    parser.add_argument("--flat", action="store_true", help="no light: exactly the colormap's colours")
    parser.add_argument("--min-width", type=float, default=1.0, metavar="PIXELS", help="no tube is drawn thinner")
    parser.add_argument(
        "--azim",
        type=float,
        default=azim,
        help="degrees (default: %(default)s); cells drawn with y upwards stand upright with --azim -90 --elev 90",
    )
    parser.add_argument("--elev", type=float, default=elev, help="degrees (default: %(default)s)")
    parser.add_argument("--roll", type=float, default=0.0, help="degrees (default: %(default)s)")
    parser.add_argument("--azim-step", type=float, default=azim_step, help="degrees per frame (default: %(default)s)")
    parser.add_argument("--perspective", action="store_true", help="instead of an orthographic camera")
    parser.add_argument("--zoom", type=float, default=1.0, help="enlarges what fits (default: %(default)g)")
    parser.add_argument("--bare", action="store_true", help="no colour bar, clock and scale bar; thumbnails have none")
    parser.add_argument("--device", help="index of a GPU, 'auto' or 'cpu'")


def _add_film(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--t-start", type=float, metavar="MS")
    parser.add_argument("--t-stop", type=float, metavar="MS")
    parser.add_argument("--t-step", type=float, metavar="MS")
    parser.add_argument(
        "--sampling",
        choices=SAMPLINGS,
        default="nearest",
        help="what a frame shows: the closest recorded time, the mean of two, or the peak of all around it "
        "(default: %(default)s)",
    )
    parser.add_argument("--memory", default=MEMORY, help="how much of a recording to hold (default: %(default)s)")
    parser.add_argument("--fps", type=float, default=50.0, help="frames per second (default: %(default)g)")
    parser.add_argument(
        "--codec",
        default="libx264",
        help="an encoder of ffmpeg, or auto: in hardware where possible (default: %(default)s)",
    )
    parser.add_argument("--quality", type=float, help="lower is better; its scale depends on the codec")
    _add_cluster(parser)


def _add_cluster(parser: argparse.ArgumentParser) -> None:
    cluster = parser.add_argument_group("on a cluster (docs/cluster.md)")
    one = cluster.add_mutually_exclusive_group()
    one.add_argument("--scheduler", metavar="ADDRESS", help="of a dask cluster, e.g. tcp://node1:8786")
    one.add_argument("--workers", type=_count, metavar="N", help="processes on this machine")
    cluster.add_argument("--scratch", metavar="FOLDER", help="one that all workers see, for what is on its way")
    cluster.add_argument(
        "--resume", action="store_true", help="draw only what an interrupted call on a cluster has left"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, got {text!r}")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)[xX](\d+)", text)
    if not match or not int(match[1]) or not int(match[2]):
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT in pixels, such as 1920x1080, got {text!r}")
    return int(match[1]), int(match[2])


def _camera(options: argparse.Namespace) -> Camera:
    return Camera(
        azim=options.azim,
        elev=options.elev,
        roll=options.roll,
        azim_step=options.azim_step,
        projection="perspective" if options.perspective else "orthographic",
        zoom=options.zoom,
    )


def _drawing(options: argparse.Namespace) -> dict[str, Any]:
    """The keywords of Scene that the options of every drawing command give."""
    return {
        "cmap": options.cmap,
        "clim": tuple(options.clim) if options.clim else None,
        "background": options.background,
        "lighting": not options.flat,
        "min_width": options.min_width,
        "camera": _camera(options),
        "sampling": getattr(options, "sampling", "nearest"),
    }


def _annotated(scene: Scene, options: argparse.Namespace, *more: Annotation) -> Scene:
    """The scene with what a figure needs to be read, unless none is wanted or the picture has no room."""
    if options.bare:
        return scene
    about_values = (ColorBar(), Clock(), *more) if scene.shows_values else ()
    about_synapses = (SynapseLegend(),) if scene.synapses is not None and scene.synapses.n_synapses else ()
    annotated = replace(scene, annotations=(*about_values, *about_synapses, ScaleBar()))
    try:
        annotated.layout(options.size)
    except SceneError:  # a thumbnail
        return scene
    return annotated


def _film(options: argparse.Namespace) -> dict[str, Any]:
    names = ("t_start", "t_stop", "t_step", "fps", "codec", "quality", "size", "device", "memory")
    return {name: getattr(options, name) for name in names}


def _scene(options: argparse.Namespace) -> Scene:
    if options.sonata is not None:
        return _circuit_scene(options)
    morphology = read_morphology(options.morphology, scale=options.scale, name=options.name)
    color = getattr(options, "color", None)
    if options.recording is None:
        if options.time is not None:
            raise ValueError("--time needs a recording to show: give one after the morphology")
        return _annotated(Scene(morphology, color=color, **_drawing(options)), options)
    recording = read_recording(options.recording, morphology)
    return _recorded_scene(Scene(morphology, recording, color=color, **_drawing(options)), options)


def _circuit_scene(options: argparse.Namespace) -> Scene:
    nodes = options.node_set
    if nodes is not None and re.fullmatch(r"\d+(,\d+)*", nodes):
        nodes = [int(node) for node in nodes.split(",")]
    found = read_sonata(
        options.sonata,
        report=options.report,
        node_set=nodes,
        population=options.population,
        mapping=options.mapping,
        circuit=options.circuit,
        morphologies=options.morphologies,
        edges="all" if options.edges == ["all"] else options.edges,
    )
    synapses = found.synapses if options.edges else found.spikes if options.spikes else None
    if options.spikes and synapses is None:
        raise ValueError("--spikes: the simulation left no file of spikes")
    if options.report is None and getattr(options, "time", None) is not None and synapses is None:
        raise ValueError("--time needs something that changes: give --report, --edges or --spikes")
    color = getattr(options, "color", None)
    if color is None and found.recording is None and synapses is None:  # whose colours would be taken for cells' own
        color = "cell"
    scene = Scene(found.morphology, found.recording, synapses=synapses, color=color, **_drawing(options))
    return _recorded_scene(scene, options)


def _recorded_scene(scene: Scene, options: argparse.Namespace) -> Scene:
    """The scene with its annotations, and a warning where sections were not recorded."""
    morphology, recording = scene.morphology, scene.recording
    if recording is None:
        return _annotated(scene, options)
    unmapped = len(audit(morphology, recording).unmapped_sections)
    if unmapped:
        warnings.warn(
            f"{unmapped} of {morphology.n_sections} sections were not recorded; they are drawn in the colour of NaN",
            stacklevel=2,
        )
    return _annotated(scene, options)


def _demo(options: argparse.Namespace) -> None:
    morphology, recording = demo_cell()
    options.clim = options.clim or DEMO_CLIM
    scene = Scene(morphology, recording, color=recording.name, **_drawing(options))
    scene = _annotated(
        scene,
        options,
        Stimulus(times=((2.0, 3.0),), label="4 nA into the soma"),
        Stimulus(times=((17.0, 19.0),), label="synapses on the tuft"),
        TraceInset(section=DEMO_SECTIONS, label=("soma", "tuft")),
    )
    _write(scene, options)


def _check_files(options: argparse.Namespace, *, needs_values: bool) -> None:
    """Refuse a command line with too few files, or with files beside a circuit."""
    if options.sonata is not None:
        if options.morphology is not None:
            options.refuse(f"--sonata stands in place of files, got {options.morphology} too")
        if needs_values and options.report is None:
            options.refuse("the following arguments are required: --report")
    elif options.morphology is None or (needs_values and options.recording is None):
        missing = "morphology, recording" if options.morphology is None and needs_values else "recording"
        missing = missing if needs_values else "morphology"
        options.refuse(f"the following arguments are required: {missing}")


def _render(options: argparse.Namespace) -> None:
    _check_files(options, needs_values=True)
    _write(_scene(options), options)


def _write(scene: Scene, options: argparse.Namespace) -> None:
    """Make the film, here or on a cluster."""
    with cluster_client(options.scheduler, options.workers) as client:
        cluster = {"client": client, "scratch": options.scratch, "resume": options.resume}
        print(render_video(scene, options.output, **_film(options), **cluster))


def _snapshot(options: argparse.Namespace) -> None:
    _check_files(options, needs_values=False)
    image_path(options.output, transparent=options.transparent)  # a wrong path fails before anything is drawn
    image = render_image(
        _scene(options),
        time=options.time,
        size=options.size,
        transparent=options.transparent,
        device=options.device,
    )
    save_image(options.output, image)
    print(f"{options.output}: {image.shape[1]}x{image.shape[0]}")


def _info(options: argparse.Namespace) -> None:
    if options.files:
        film = {"size": options.size, "t_step": options.t_step, "device": options.device}
        for line in describe(options.files, scale=options.scale, name=options.name, **film):
            print(line, flush=True)
        return
    from ..render.gpu.context import current_context, device_list
    from ..video.ffmpeg import ffmpeg_path, ffmpeg_version, video_encoders

    print(f"gpu_morph   {__version__}, Python {sys.version.split()[0]}")
    with contextlib.suppress(ContextError):  # without EGL there may be a window; without both the last lines say why
        for line in device_list():
            print(f"EGL         {line}")
    print(f"ffmpeg      {ffmpeg_version()} ({ffmpeg_path()})")
    print(f"encoders    {' '.join(video_encoders())}")
    try:
        context = current_context(options.device)
    except ContextError as error:
        raise ContextError(f"no OpenGL: {error}") from error
    print(f"GL vendor   {context.vendor}\nGL renderer {context.renderer}\nGL version  {context.version}")
    print(f"GL backend  {context.backend}, {context.device or 'hidden window'}")
    print(f"software    {'yes: the CPU draws' if context.is_software else 'no: a GPU draws'}")
