"""Work: pieces go out to the workers, come back, and are tried again elsewhere where they failed."""

from __future__ import annotations

import queue
import time
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pickle import PickleBuffer
from typing import Any

from ..errors import ClusterError
from ..system import signals as interrupts
from ..system.atomic_files import write_bytes
from ..system.progress import ProgressBar
from . import worker
from .film_request import FilmRequest
from .payload import Film, Source
from .piece_store import Store
from .pieces import Cutter, Piece, missing_pieces
from .progress_events import Feed
from .report import ClusterReport, WorkerReport
from .workers import Crew

_TRIES = 3  # of a piece
_AHEAD = 2  # pieces per worker: one that it draws, one that waits for it
_LOOK_EVERY = 0.5  # s
_TAKEN_WITHIN = 5.0  # s: what is sent to workers that are there but may be paused
_MOST_WAIT = 5.0  # s that a piece waits for a worker that draws none of this film's: it may have other work
_PATIENCE = 120.0  # s without a worker that can draw


@dataclass(eq=False)
class _Job:
    """A piece on its way: to whom, as what, since when (s), and who could not draw it."""

    piece: Piece
    worker: str = ""
    future: Any = None
    values: Any = None
    since: float = 0.0
    has_moved: bool = False
    tries: int = 0
    avoid: set[str] = field(default_factory=set)


class Work:
    """Keeps workers busy until all pieces are there."""

    def __init__(
        self,
        client: Any,
        request: FilmRequest,
        film: Film,
        source: Source,
        crew: Crew,
        feed: Feed,
        store: Store,
        report: ClusterReport,
        bar: ProgressBar,
    ) -> None:
        self._client, self._request, self._film, self._source = client, request, film, source
        self._crew, self._feed, self._store, self._report, self._bar = crew, feed, store, report, bar
        gaps = missing_pieces(store.done, len(request.times))
        self._cutter = Cutter(gaps, n_frames=request.piece_length, most=source.most_frames(request.times))
        self._flying: dict[str, _Job] = {}
        self._again: deque[_Job] = deque()
        self._landed: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._travelling: Any = None  # the film, on the cluster
        self._n_sent = 0
        self._last_hands = time.monotonic()

    def do(self) -> None:
        """Return when all is drawn.

        Raises
        ------
        ClusterError
            It cannot be.
        """
        self._bar.begin_at(self._report.n_resumed)
        try:
            with interrupts.after_destructors() as check:  # futures have one, and come and go all the time
                while self._flying or self._again or self._cutter.n_left:
                    self._crew.refresh()
                    self._call_back()
                    self._send_out()
                    with suppress(queue.Empty):
                        self._land(self._landed.get(timeout=_LOOK_EVERY))
                    drawing = sum(self._feed.n_frames.get(task, 0) for task in self._flying)
                    self._bar.move_to(sum(len(piece) for piece in self._store.done) + drawing)
                    check()
        except BaseException as error:
            self._cancel()
            if isinstance(error, Exception):  # after Ctrl-C there may be no workers left to wait for
                self._clean()
            raise
        self._clean()

    def _send_out(self) -> None:
        """Give work to each worker that has less than it should.

        They are chosen here, not by dask, which would give more to those with many threads: each draws one at a time.
        """
        hands = [hand.address for hand in self._crew.hands]
        if hands or self._flying:  # what a paused worker has begun it ends
            self._last_hands = time.monotonic()
        elif time.monotonic() - self._last_hands > _PATIENCE:
            lately = f": {self._crew.events[-1]}" if self._crew.events else ""
            raise ClusterError(
                f"no worker that can draw was there for {_PATIENCE:g} s, and {self._left()} to draw{lately}"
            )
        given = Counter(job.worker for job in self._flying.values())
        for n_given in range(_AHEAD):
            for address in hands:
                if given[address] == n_given and (job := self._next_job(address, hands, given)) is not None:
                    given[address] += 1
                    job.worker = address
                    if not self._submit(job):
                        self._again.append(job)
                        return

    def _next_job(self, address: str, hands: Sequence[str], given: Counter[str]) -> _Job | None:
        """What a worker should do next: at the end, one that has nothing takes over what waits at another."""
        for job in self._again:
            if address not in job.avoid or job.avoid.issuperset(hands):
                self._again.remove(job)
                return job
        if self._cutter.n_left:
            return _Job(self._cutter.cut(n_workers=len(hands), rate=self._report.rate()))
        for key, job in self._flying.items():
            if key in self._feed.n_frames or given[address] or address in job.avoid:
                continue
            waits_long = time.monotonic() - job.since > _MOST_WAIT and not job.has_moved
            if given[job.worker] > 1 or waits_long:
                del self._flying[key]
                self._client.cancel(job.future)
                given[job.worker] -= 1
                job.has_moved |= waits_long
                return job
        return None

    def _submit(self, job: _Job) -> bool:
        """Send a piece with what it needs; False when its worker has just gone or been paused."""
        if self._travelling is None or self._travelling.status != "finished":  # also when it died with a worker
            self._report.sent += _pickled_bytes(self._film)
            self._travelling = self._scattered(self._film)
        rows = self._source.rows(self._film.times[job.piece.start : job.piece.stop])
        if rows is not None and self._source.is_dask:
            job.values = self._client.compute(self._source.graph(rows))
        elif rows is not None:
            values = self._source.values(rows, self._request.memory)
            self._report.sent += values.nbytes
            job.values = self._scattered(values, workers=[job.worker])
        if self._travelling is None or (rows is not None and job.values is None):
            return False
        self._n_sent += 1
        key = f"gpu_morph-{self._film.name}-{job.piece.start}-{self._n_sent}"
        job.future = self._client.submit(
            worker.draw_piece,
            self._travelling,
            job.piece,
            rows,
            job.values,
            key=key,
            workers=[job.worker],
            allow_other_workers=False,
            resources={"GPU": 1} if self._crew.hand(job.worker).has_resource else None,
            priority=-job.piece.start,
            pure=False,
        )
        job.since = time.monotonic()
        self._flying[key] = job
        job.future.add_done_callback(self._landed.put)
        return True

    def _scattered(self, data: Any, **options: Any) -> Any:
        """Something on the cluster; None when those who should have it are gone or paused."""
        try:
            return self._client.scatter(data, hash=False, timeout=_TAKEN_WITHIN, **options)
        except (OSError, KeyError):
            return None

    def _land(self, future: Any) -> None:
        """A task has ended, one way or another."""
        job = self._flying.pop(future.key, None)
        if job is None:
            return
        job.future = job.values = None
        if future.status == "finished":
            result = future.result()
            if isinstance(result, worker.Drawn):
                self._keep(job.piece, result)
            else:
                self._try_again(job, result.words)
        elif future.status == "error":
            error = future.exception()
            self._try_again(job, f"{type(error).__name__}: {error}")
        elif self._client.status != "running":
            raise ClusterError(f"the connection to the scheduler was lost, and {self._left(job)} to draw")
        else:
            self._lose(job, future.key)

    def _lose(self, job: _Job, key: str) -> None:
        """A task has gone with its worker, or with another one that had what it needs."""
        self._crew.look()
        if key in self._feed.n_frames and job.worker not in self._crew.present:
            self._try_again(job, self._why_lost(job.worker))
        else:  # it had not begun
            self._again.append(job)

    def _why_lost(self, address: str) -> str:
        """What its nanny said, if it has ended the worker."""
        time.sleep(0.1)  # that may still be on its way
        for _, told in self._client.get_events("worker-restart-memory"):
            if told["worker"] == address:
                return f"it was out of memory, with {told['rss'] / 1e9:.1f} GB in use, and ended by its nanny"
        return "the worker was lost"

    def _keep(self, piece: Piece, drawn: worker.Drawn) -> None:
        self._store.add(piece, drawn.film)
        for number, image in zip(range(piece.start, piece.stop), drawn.images, strict=bool(drawn.images)):
            if self._request.frame_folder is not None and number not in self._request.kept_frames:
                write_bytes(self._request.frame_folder.file(number), image)
        self._report.checksums |= dict(zip(range(piece.start, piece.stop), drawn.checksums, strict=True))
        self._report.received += len(drawn.film or b"") + sum(len(image) for image in drawn.images)
        share = self._report.workers.setdefault(drawn.worker, WorkerReport.of(self._crew.hand(drawn.worker)))
        share.pieces.append(piece)
        share.seconds += drawn.seconds
        for stage, seconds in drawn.stages.items():
            share.stages[stage] = share.stages.get(stage, 0.0) + seconds
        self._crew.praise(drawn.worker)

    def _try_again(self, job: _Job, words: str) -> None:
        hand = self._crew.hand(job.worker)
        job.tries += 1
        if job.tries == _TRIES:
            raise ClusterError(f"{job.piece} failed {_TRIES} times, the last time on worker {hand}: {words}")
        self._report.events.append(f"{job.piece} failed on worker {hand}, and were tried again: {words}")
        self._crew.blame(job.worker)
        job.avoid.add(job.worker)
        self._again.append(job)

    def _call_back(self) -> None:
        """Take back what was given to workers that are gone, or take no work now and have not begun it."""
        able = {hand.address for hand in self._crew.hands}
        for key, job in list(self._flying.items()):
            waits = job.worker not in able and key not in self._feed.n_frames
            if waits or job.worker not in self._crew.present:
                del self._flying[key]
                self._client.cancel(job.future)
                self._lose(job, key)

    def _left(self, *more: _Job) -> str:
        jobs = [*self._flying.values(), *self._again, *more]
        return f"{self._cutter.n_left + sum(len(job.piece) for job in jobs)} frames are left"

    def _cancel(self) -> None:
        """Stop what is still drawn: dask starts no more of it, and workers notice when they have begun."""
        futures = [job.future for job in self._flying.values()]
        self._flying.clear()
        with suppress(Exception):  # a cluster that is gone has nothing to stop
            self._client.cancel(futures)

    def _clean(self) -> None:
        """Free what was drawn with."""
        with suppress(Exception):
            workers = [hand.address for hand in self._crew.hands if hand.address in self._client.nthreads()]
            if workers:
                self._client.run(worker.close_studio, workers=workers, on_error="ignore")


def _pickled_bytes(film: Film) -> int:
    """What travels of a film, without a copy of its arrays."""
    from distributed.protocol import pickle

    arrays: list[PickleBuffer] = []
    described: bytes = pickle.dumps(film, buffer_callback=arrays.append)  # type: ignore[no-untyped-call]
    return len(described) + sum(array.raw().nbytes for array in arrays)
