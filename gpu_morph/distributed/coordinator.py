"""Makes a film with the workers of a cluster: cut into pieces, draw, join."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from ..errors import ClusterError, FramesError, SoftwareRenderingWarning, explain_command
from ..image.yuv_format import YUV420
from ..scene.panels.shown import Shown, scenes_of
from ..system.progress import ProgressBar
from ..system.user_warning import warn_user
from ..video.film_identity import film_identity
from ..video.film_request import FilmRequest
from ..video.join import join_pieces, piece_ending
from . import worker_calls
from .client_errors import cluster_errors
from .cluster_film import ClusterFilm
from .payload import FilmPayload, film_payload, resolved_picture
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
    sources = tuple(map(RecordingSource, scenes_of(scene)))
    store = PieceStore(request.target, request.scratch, ending, _identity(request, scene, sources))
    with cluster_errors(client):
        pool = WorkerPool(client, request.device, version=version)
    film = ClusterFilm(client, request, sources, store, report)
    _warn_if_software(pool, request)
    with store.open(resume=request.resume), _kept_pieces_in_errors(store), cluster_errors(client):
        if request.frame_folder is not None:  # a piece is of use only if its frames are in the folder too
            for piece in tuple(store.done):
                if not request.kept_frames.issuperset(range(piece.start, piece.stop)):
                    store.discard(piece)
        report.n_resumed = sum(len(piece) for piece in store.done)
        if request.scratch is not None:
            _check_scratch(client, pool, store)
        for source in sources:
            _use_reference_if_possible(client, pool, source)
        folder = None if request.scratch is None else store.path
        values = [source.payload_values for source in sources]
        payload = film_payload(request, scene, layout, values=values, ending=ending, folder=folder)
        report.stages["prepare"] = time.perf_counter() - start
        start = time.perf_counter()
        _draw(film, payload, pool, progress=progress)
        report.stages["draw"] = time.perf_counter() - start
        start = time.perf_counter()
        pieces = [(store.file(piece), len(piece)) for piece in sorted(store.done)]
        join_pieces(pieces, request.target, rate=request.rate, gif_plays=request.encoding.gif_plays)
        report.stages["join"] = time.perf_counter() - start
        report.events[:0] = pool.events
    store.remove()
    return report


def remove_pieces(request: FilmRequest) -> None:
    """Remove what an earlier call has kept of a film that is whole: its frame folder had all frames."""
    store = PieceStore(request.target, request.scratch, piece_ending(request.target.suffix.lower()), None)
    if store.path.exists():
        with suppress(FramesError), store.open(resume=False):  # FramesError: it is not gpu_morph's
            store.remove()


def _warn_if_software(pool: WorkerPool, request: FilmRequest) -> None:
    """Warn if the workers draw on the CPU and that was not asked for."""
    if pool.is_software and request.device != "cpu":
        warn_user(
            f"the workers draw on the CPU ({pool.available[0].renderer}): none has a GPU that can be used. It works, "
            "more slowly; 'gpu-morph info' on a worker's machine lists what is found, device='cpu' accepts it, "
            f"'{explain_command(SoftwareRenderingWarning)}' says more",
            SoftwareRenderingWarning,
        )


def _draw(film: ClusterFilm, payload: FilmPayload, pool: WorkerPool, *, progress: bool) -> None:
    """Have the workers draw all pieces that are missing."""
    n_frames = len(film.request.times)
    with ProgressBar(n_frames, show=progress) as bar:
        if film.report.n_resumed == n_frames:
            return
        submitter = TaskSubmitter(film.client, payload, film.sources, film.report)
        with ProgressEvents(film.client, payload.name) as events:
            Scheduler(film, submitter, pool=pool, events=events, bar=bar).run()


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


def _identity(request: FilmRequest, scene: Shown, sources: Sequence[RecordingSource]) -> dict[str, Any] | None:
    """What identifies the film, to compare pieces of an earlier call with; None if there is no fingerprint.

    Raises
    ------
    FramesError
        There is no fingerprint, and pieces of an earlier call are to be used.
    """
    try:
        identity = film_identity(
            scene,
            request.times,
            size=request.size,
            supersample=request.supersample,
            with_values=any(source.needs_fingerprint for source in sources),
        )
    except FramesError:
        if request.resume:
            raise
        return None
    scene_hashes = identity.pop("scene")
    return {
        **identity,
        "fps": str(request.rate),
        "encoding": repr((replace(request.encoding, threads=None, gif_plays=0), request.planes == YUV420)),
        "format": request.target.suffix.lower(),
        "values": " ".join(source.values_id() for source in sources),
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
