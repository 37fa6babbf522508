"""Assigns the pieces of a film to workers until all are drawn."""

from __future__ import annotations

import queue
import time
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..errors import ClusterError
from ..system.orderly_end import signals_deferred
from ..system.progress import ProgressBar
from ..video.piece import Piece
from . import worker_calls
from .cluster_film import ClusterFilm
from .piece_drawing import DrawnPiece
from .piece_result import fetch_result
from .piece_task import PieceTask, TaskSubmitter
from .pieces import PieceCutter, missing_pieces
from .progress_events import ProgressEvents
from .worker_pool import WorkerPool

_MAX_FAILURES = 3  # of a piece
_MAX_LOSSES = 10  # of workers that drew a piece
_PIECES_PER_WORKER = 2  # one that it draws, and one that waits for it
_POLL_INTERVAL = 0.5  # s
_MAX_WAIT = 5.0  # s that a piece waits for a worker that does not draw this film: it may have other tasks
_NO_WORKER_TIMEOUT = 120.0  # s without a worker that can draw
_NANNY_TIMEOUT = 0.5  # s by which a nanny's report may come later than the loss of its worker


class Scheduler:
    """Keeps the workers of a pool busy until all pieces of a film are drawn.

    Parameters
    ----------
    film : ClusterFilm
        The film; its store is open.
    submitter : TaskSubmitter
        Submits its pieces.
    pool : WorkerPool
        The workers.
    events : ProgressEvents
        Of the film; entered.
    bar : ProgressBar
        Shows the drawn frames.
    """

    def __init__(
        self,
        film: ClusterFilm,
        submitter: TaskSubmitter,
        *,
        pool: WorkerPool,
        events: ProgressEvents,
        bar: ProgressBar,
    ) -> None:
        self._client, self._request, self._store, self._report = film.client, film.request, film.store, film.report
        self._submitter, self._pool, self._events, self._bar = submitter, pool, events, bar
        gaps, max_length = missing_pieces(film.store.done, len(film.request.times)), film.max_piece_length
        self._cutter = PieceCutter(gaps, length=film.request.piece_length, max_length=max_length)
        self._submitted: dict[str, PieceTask] = {}  # by the key of the dask task
        self._waiting: deque[PieceTask] = deque()  # to be submitted again
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()  # futures
        self._worker_seen_at = time.monotonic()

    def run(self) -> None:
        """Return when all pieces are drawn.

        Raises
        ------
        ClusterError
            A piece has failed several times, or there are no workers.
        """
        self._bar.begin_at(self._report.n_resumed)
        try:
            while self._submitted or self._waiting or self._cutter.n_left:
                self._pool.refresh()
                self._recall()
                self._assign()
                with suppress(queue.Empty):
                    self._handle_end(self._ended.get(timeout=_POLL_INTERVAL))
                n_drawing = sum(self._events.n_frames.get(key, 0) for key in self._submitted)
                self._bar.move_to(sum(len(piece) for piece in self._store.done) + n_drawing)
        except BaseException as error:
            self._cancel()
            if isinstance(error, Exception):  # after Ctrl-C the workers may be gone
                self._close_render_threads()
            raise
        self._close_render_threads()

    def _assign(self) -> None:
        """Submit pieces to each worker that has fewer than it should.

        The worker is chosen here and not by dask, which gives more tasks to workers with more threads, although each
        draws one piece at a time.
        """
        workers = {worker.address: worker for worker in self._pool.available}
        if workers or self._submitted:  # a paused worker finishes the piece that it draws
            self._worker_seen_at = time.monotonic()
        elif time.monotonic() - self._worker_seen_at > _NO_WORKER_TIMEOUT:
            last_event = f": {self._pool.events[-1]}" if self._pool.events else ""
            raise ClusterError(
                f"no worker that can draw was there for {_NO_WORKER_TIMEOUT:g} s, "
                f"and {self._left()} to draw{last_event}"
            )
        n_assigned = Counter(task.worker for task in self._submitted.values())
        for n_pieces in range(_PIECES_PER_WORKER):
            for address, worker in workers.items():
                if n_assigned[address] != n_pieces:
                    continue
                task = self._next_task(address, list(workers), n_assigned)
                if task is None:
                    continue
                n_assigned[address] += 1
                if not self._submitter.send(task, worker):
                    self._waiting.append(task)
                    return
                with signals_deferred():  # a task that is submitted is known, so that it can be cancelled
                    self._submitter.submit(task, worker)
                    self._submitted[task.future.key] = task
                task.future.add_done_callback(self._ended.put)

    def _next_task(self, address: str, workers: Sequence[str], n_assigned: Counter[str]) -> PieceTask | None:
        """The next piece for a worker.

        When no piece is left, a worker without one takes over a piece that waits for another worker.
        """
        for task in self._waiting:
            if address not in task.failed_on or task.failed_on.issuperset(workers):
                self._waiting.remove(task)
                return task
        if self._cutter.n_left:
            return PieceTask(self._cutter.cut(n_workers=len(workers), rate=self._report.rate()))
        for key, task in self._submitted.items():
            if key in self._events.n_frames or n_assigned[address] or address in task.failed_on:
                continue
            waits_long = time.monotonic() - task.submitted_at > _MAX_WAIT and not task.has_moved
            if n_assigned[task.worker] > 1 or waits_long:
                self._client.cancel(task.future)
                del self._submitted[key]
                n_assigned[task.worker] -= 1
                task.has_moved |= waits_long
                return task
        return None

    def _handle_end(self, future: Any) -> None:
        """Keep the result of a task that has ended, or have its piece drawn again."""
        task = self._submitted.pop(future.key, None)
        if task is None:
            return
        task.future = task.inputs = None
        if future.status == "finished":
            result = fetch_result(self._client, future, is_present=lambda: self._is_present(task.worker))
            if isinstance(result, DrawnPiece):
                self._keep(task.piece, result)
            elif result is None:
                self._report.events.append(f"{task.piece} were lost with worker {self._pool.handle(task.worker)}")
                self._waiting.append(task)
            else:
                self._retry(task, result.message)
        elif future.status == "error":
            error = future.exception()
            self._retry(task, f"{type(error).__name__}: {error}")
        elif self._client.status != "running":
            raise ClusterError(
                f"the connection to the scheduler was lost, and {self._left(task)} to draw: make a new client with "
                "Client(...)"
            )
        else:
            self._handle_loss(task, future.key)

    def _is_present(self, address: str) -> bool:
        self._pool.refresh()
        return address in self._pool.present

    def _handle_loss(self, task: PieceTask, key: str) -> None:
        """Have a piece drawn again whose task was lost with its worker, or with one that had the task's data."""
        self._pool.update()
        has_started = key in self._events.n_frames
        if has_started and task.worker not in self._pool.present:
            self._retry(task, self._cause_of_loss(task.worker))
        else:
            self._waiting.append(task)

    def _cause_of_loss(self, address: str) -> str:
        """What the worker's nanny has reported, if it has ended the worker; else ""."""
        deadline = time.monotonic() + _NANNY_TIMEOUT
        while time.monotonic() < deadline:
            for _, event in self._client.get_events("worker-restart-memory"):
                if event["worker"] == address:
                    return f"it was out of memory, with {event['rss'] / 1e9:.1f} GB in use, and ended by its nanny"
            time.sleep(0.05)
        return ""

    def _keep(self, piece: Piece, drawn: DrawnPiece) -> None:
        folder = self._request.frame_folder
        for number, png in zip(range(piece.start, piece.stop), drawn.png_frames, strict=bool(drawn.png_frames)):
            if folder is not None and number not in self._request.kept_frames:
                folder.save_png(number, png)
        self._store.add(piece, drawn.video)  # last: a piece without its frames in the folder is of no use
        self._report.add(piece, drawn, self._pool.handle(drawn.worker))
        self._pool.reset_failures(drawn.worker)

    def _retry(self, task: PieceTask, cause: str) -> None:
        """Have a piece drawn again; "" is the cause if its worker was lost, which may have had other causes."""
        worker = self._pool.handle(task.worker)
        task.n_failures, task.n_losses = task.n_failures + bool(cause), task.n_losses + (not cause)
        cause = cause or "the worker was lost"
        if task.n_failures == _MAX_FAILURES or task.n_losses == _MAX_LOSSES:
            n_times = task.n_failures + task.n_losses
            raise ClusterError(f"{task.piece} failed {n_times} times, the last time on worker {worker}: {cause}")
        self._report.events.append(f"{task.piece} failed on worker {worker}, and were tried again: {cause}")
        self._pool.count_failure(task.worker)
        task.failed_on.add(task.worker)
        self._waiting.append(task)

    def _recall(self) -> None:
        """Take back pieces from workers that are gone, and those that an unavailable worker has not started."""
        available = {worker.address for worker in self._pool.available}
        for key, task in list(self._submitted.items()):
            has_started = key in self._events.n_frames
            is_idle = task.worker not in available and not has_started
            if is_idle or task.worker not in self._pool.present:
                self._client.cancel(task.future)
                del self._submitted[key]
                self._handle_loss(task, key)

    def _left(self, *more: PieceTask) -> str:
        tasks = [*self._submitted.values(), *self._waiting, *more]
        return f"{self._cutter.n_left + sum(len(task.piece) for task in tasks)} frames are left"

    def _cancel(self) -> None:
        """Cancel all tasks. Dask starts none of them; workers stop those that have started."""
        futures = [task.future for task in self._submitted.values()]
        self._submitted.clear()
        with suppress(Exception):  # there is nothing to cancel if the cluster is gone
            self._client.cancel(futures)

    def _close_render_threads(self) -> None:
        """Free what was drawn with."""
        with suppress(Exception):
            workers = [worker.address for worker in self._pool.available if worker.address in self._client.nthreads()]
            if workers:
                self._client.run(worker_calls.close_render_thread, workers=workers, on_error="ignore")
