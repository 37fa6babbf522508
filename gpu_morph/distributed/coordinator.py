"""A film by the workers of a cluster: pieces go out, come back, and are joined."""

from __future__ import annotations

import hashlib
import pickle
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from ..errors import ClusterError, FramesError, SoftwareRenderingWarning
from ..scene.fingerprint import fingerprint
from ..scene.scene import Scene
from ..system.progress import ProgressBar
from ..video.encoding import Encoding
from ..video.join import join_pieces, piece_ending
from . import worker
from .film_request import FilmRequest
from .payload import Film, Source, looked_at, resolved_picture, with_values
from .piece_store import Store
from .progress_events import Feed
from .report import ClusterReport
from .scheduler import Work
from .workers import Crew


def film_on_cluster(client: Any, request: FilmRequest, *, version: str, progress: bool) -> ClusterReport:
    """Make a film with the workers of a `distributed.Client`.

    Raises
    ------
    ClusterError
        No worker can draw, or a piece failed several times; the message says what is kept.
    FramesError
        What is kept is of another film.
    EncoderError
        The pieces cannot be joined.
    """
    start, report = time.perf_counter(), ClusterReport()
    scene, layout = resolved_picture(request.scene, request.size, transparent=request.encoding.transparent)
    source = Source(scene)
    store = Store(request.target, request.scratch, _ending(request), _identity(request, scene, source, version))
    crew = Crew(client, request.device, version=version)
    if crew.is_software and request.device != "cpu":
        warnings.warn(
            f"the workers draw on the CPU ({crew.hands[0].renderer}): none has a GPU that can be used. It works, more "
            "slowly; 'gpu-morph info' on a worker's machine lists what is found, device='cpu' accepts it",
            SoftwareRenderingWarning,
            stacklevel=3,
        )
    store.open(resume=request.resume)
    with _kept(store), ExitStack() as held:
        for piece in tuple(store.done):
            if request.frame_folder is not None and not request.kept_frames.issuperset(range(piece.start, piece.stop)):
                store.forget(piece)
        report.n_resumed = sum(len(piece) for piece in store.done)
        if request.scratch is not None:
            _check_folder(client, crew, store)
        _check_reference(client, crew, source)
        film = Film(
            name=uuid.uuid4().hex[:12],
            scene=with_values(scene, source.stand_in) if scene.recording is not None else scene,
            layout=layout,
            times=request.times,
            size=request.size,
            rate=request.rate,
            encoding=_piece_encoding(request),
            planar=request.takes_planes,
            ending=_ending(request),
            device=request.device,
            memory=request.memory,
            wants_images=request.frame_folder is not None,
            folder=None if request.scratch is None else store.path,
        )
        report.stages["prepare"] = time.perf_counter() - start
        start = time.perf_counter()
        bar = held.enter_context(ProgressBar(len(request.times), show=progress))
        if report.n_resumed < len(request.times):
            feed = held.enter_context(Feed(client, film.name))
            Work(client, request, film, source, crew, feed, store, report, bar).do()
        report.stages["draw"] = time.perf_counter() - start
        start = time.perf_counter()
        done = sorted(store.done)
        join_pieces([(store.file(piece), len(piece)) for piece in done], request.target, rate=request.rate)
        report.stages["join"] = time.perf_counter() - start
        report.events[:0] = crew.events
    store.remove()
    return report


@contextmanager
def _kept(store: Store) -> Iterator[None]:
    """Say in an error what is kept for another try."""
    try:
        yield
    except ClusterError as error:
        raise ClusterError("; ".join(filter(None, [str(error), store.close()]))) from error.__cause__
    except KeyboardInterrupt:
        raise KeyboardInterrupt(store.close()) from None
    except BaseException as error:
        words = store.close()
        if words:
            error.add_note(words)
        raise


def _ending(request: FilmRequest) -> str:
    return piece_ending(request.target.suffix.lower())


def _piece_encoding(request: FilmRequest) -> Encoding:
    """The film's own; a GIF's frames travel without loss, its colours are found when all are there."""
    is_gif = request.target.suffix.lower() == ".gif"
    return replace(request.encoding, codec="qtrle", pixel_format="rgb24") if is_gif else request.encoding


def _identity(request: FilmRequest, scene: Scene, source: Source, version: str) -> dict[str, Any] | None:
    """What the film is, for telling its pieces from another's; None where that cannot be said.

    Raises
    ------
    FramesError
        It cannot be said, and pieces of an earlier call are asked for.
    """
    try:
        shown = fingerprint(scene, request.times, with_values=source.counts_values)
    except FramesError:
        if request.resume:
            raise
        return None
    return {
        "gpu_morph": version,
        "times": hashlib.sha256(request.times.tobytes()).hexdigest(),
        "size": list(request.size),
        "fps": str(request.rate),
        "encoding": repr((request.encoding, request.takes_planes)),
        "format": request.target.suffix.lower(),
        "values": source.description(),
        **shown,
    }


def _check_folder(client: Any, crew: Crew, store: Store) -> None:
    """See that all workers see the folder for pieces.

    Raises
    ------
    ClusterError
        One does not.
    """
    seen = client.run(worker.sees, str(store.manifest), workers=[hand.address for hand in crew.hands])
    blind = [address for address, sees in seen.items() if not sees]
    if blind:
        raise ClusterError(
            f"scratch must be a folder that all workers see, but {crew.hand(blind[0])} does not see {store.path}: "
            "name another, or leave scratch out"
        )


def _check_reference(client: Any, crew: Crew, source: Source) -> None:
    """Let workers read the recording themselves, if all of them can."""
    if source.reference is None:
        return
    rows = source.outermost_rows
    here = looked_at(source.reference, rows)
    workers = [hand.address for hand in crew.hands]
    try:
        pickled = pickle.dumps(source.reference)
    except Exception:
        return
    seen = client.run(worker.what_is_seen, pickled, rows, workers=workers, on_error="return")
    if all(there == here for there in seen.values()):
        source.refer()
