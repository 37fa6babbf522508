"""Makes a film with the workers of a cluster: cut into pieces, draw, join."""

from __future__ import annotations

import hashlib
import pickle
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from ..errors import ClusterError, FramesError, SoftwareRenderingWarning
from ..scene.fingerprint import fingerprint
from ..scene.scene import Scene
from ..system.progress import ProgressBar
from ..system.user_warning import warn_user
from ..video.encoding import Encoding
from ..video.film_request import FilmRequest
from ..video.join import join_pieces, piece_ending
from . import worker_calls
from .payload import FilmPayload, resolved_picture, with_values
from .piece_store import PieceStore
from .piece_task import TaskSubmitter
from .progress_events import ProgressEvents
from .recording_source import RecordingSource, hash_of_rows
from .report import ClusterReport
from .scheduler import Scheduler
from .worker_pool import WorkerPool


def film_on_cluster(client: Any, request: FilmRequest, *, version: str, progress: bool) -> ClusterReport:
    """Make a film with the workers of a cluster.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster.
    request : FilmRequest
        The film.
    version : str
        Of gpu_morph in this process.
    progress : bool
        Show a progress bar.

    Raises
    ------
    ClusterError
        No worker can draw, or a piece failed several times. The message names the folder of the pieces that are kept.
    FramesError
        The pieces that an earlier call has kept are of another film.
    EncoderError
        The pieces cannot be joined.
    """
    start, report = time.perf_counter(), ClusterReport()
    ending = piece_ending(request.target.suffix.lower())
    scene, layout = resolved_picture(request.scene, request.size, transparent=request.encoding.transparent)
    source = RecordingSource(scene)
    store = PieceStore(request.target, request.scratch, ending, _identity(request, scene, source, version))
    pool = WorkerPool(client, request.device, version=version)
    if pool.is_software and request.device != "cpu":
        warn_user(
            f"the workers draw on the CPU ({pool.available[0].renderer}): none has a GPU that can be used. It works, "
            "more slowly; 'gpu-morph info' on a worker's machine lists what is found, device='cpu' accepts it",
            SoftwareRenderingWarning,
        )
    store.open(resume=request.resume)
    with _kept_pieces_in_errors(store), ExitStack() as stack:
        if request.frame_folder is not None:  # a piece is of use only if its frames are in the folder too
            for piece in tuple(store.done):
                if not request.kept_frames.issuperset(range(piece.start, piece.stop)):
                    store.discard(piece)
        report.n_resumed = sum(len(piece) for piece in store.done)
        if request.scratch is not None:
            _check_scratch(client, pool, store)
        _use_reference_if_possible(client, pool, source)
        payload = FilmPayload(
            name=uuid.uuid4().hex[:12],
            scene=with_values(scene, source.payload_values) if scene.recording is not None else scene,
            layout=layout,
            times=request.times,
            size=request.size,
            rate=request.rate,
            encoding=_piece_encoding(request),
            takes_planes=request.takes_planes,
            ending=ending,
            device=request.device,
            memory=request.memory,
            returns_png=request.frame_folder is not None,
            folder=None if request.scratch is None else store.path,
        )
        report.stages["prepare"] = time.perf_counter() - start
        start = time.perf_counter()
        bar = stack.enter_context(ProgressBar(len(request.times), show=progress))
        if report.n_resumed < len(request.times):
            scheduler = Scheduler(
                client,
                request,
                TaskSubmitter(client, payload, source, report),
                max_piece_length=source.max_piece_length(request.times),
                pool=pool,
                events=stack.enter_context(ProgressEvents(client, payload.name)),
                store=store,
                report=report,
                bar=bar,
            )
            scheduler.run()
        report.stages["draw"] = time.perf_counter() - start
        start = time.perf_counter()
        pieces = [(store.file(piece), len(piece)) for piece in sorted(store.done)]
        join_pieces(pieces, request.target, rate=request.rate)
        report.stages["join"] = time.perf_counter() - start
        report.events[:0] = pool.events
    store.remove()
    return report


@contextmanager
def _kept_pieces_in_errors(store: PieceStore) -> Iterator[None]:
    """Add to errors which pieces are kept for a later call."""
    try:
        yield
    except ClusterError as error:
        raise ClusterError("; ".join(filter(None, [str(error), store.close()]))) from error.__cause__
    except KeyboardInterrupt:
        raise KeyboardInterrupt(store.close()) from None
    except BaseException as error:
        note = store.close()
        if note:
            error.add_note(note)
        raise


def _piece_encoding(request: FilmRequest) -> Encoding:
    """The film's encoding; lossless for a GIF, whose palette is computed from all frames when they are joined."""
    is_gif = request.target.suffix.lower() == ".gif"
    return replace(request.encoding, codec="qtrle", pixel_format="rgb24") if is_gif else request.encoding


def _identity(request: FilmRequest, scene: Scene, source: RecordingSource, version: str) -> dict[str, Any] | None:
    """What identifies the film, to compare pieces of an earlier call with; None if there is no fingerprint.

    Raises
    ------
    FramesError
        There is no fingerprint, and pieces of an earlier call are to be used.
    """
    try:
        scene_hashes = fingerprint(scene, request.times, with_values=source.needs_fingerprint)
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
        "values": source.values_id(),
        **scene_hashes,
    }


def _check_scratch(client: Any, pool: WorkerPool, store: PieceStore) -> None:
    """Check that all workers can access the folder of the pieces.

    Raises
    ------
    ClusterError
        One cannot.
    """
    addresses = [worker.address for worker in pool.available]
    answers = client.run(worker_calls.can_access, str(store.manifest), workers=addresses)
    without_access = [address for address, has_access in answers.items() if not has_access]
    if without_access:
        raise ClusterError(
            f"scratch must be a folder that all workers can access, but {pool.handle(without_access[0])} cannot access "
            f"{store.path}: name another, or leave scratch out"
        )


def _use_reference_if_possible(client: Any, pool: WorkerPool, source: RecordingSource) -> None:
    """Let workers read the recording themselves if all of them read the same values as this process."""
    if source.reference is None:
        return
    rows = source.outermost_rows
    expected = hash_of_rows(source.reference, rows)
    addresses = [worker.address for worker in pool.available]
    try:
        pickled = pickle.dumps(source.reference)
    except Exception:
        return
    hashes = client.run(worker_calls.hash_of_reference, pickled, rows, workers=addresses, on_error="return")
    if all(found == expected for found in hashes.values()):
        source.use_reference()
