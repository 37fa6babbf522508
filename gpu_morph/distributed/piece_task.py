"""Pieces as dask tasks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pickle import PickleBuffer
from typing import Any

from ..data.arrays import IntArray
from ..video.piece import Piece
from .payload import FilmPayload
from .piece_drawing import draw_piece
from .recording_source import RecordingSource
from .report import ClusterReport
from .worker_handle import WorkerHandle

_SCATTER_TIMEOUT = 5.0  # s; a worker that dask has paused takes no data


@dataclass(eq=False)
class PieceTask:
    """A piece and the dask task that draws it.

    Parameters
    ----------
    piece : Piece
        The frames.
    worker : str
        Address of the worker that the piece is assigned to.
    future : distributed.Future
        Of the task; None if it is not submitted.
    inputs : tuple
        Payload, numbers of rows and rows of each scene's recording on the cluster, which exist as long as this is
        referred to; None if they are not sent.
    submitted_at : float
        `time.monotonic` of the submission.
    has_moved : bool
        It has already been taken from a worker on which it waited long.
    n_failures : int
        How often it failed.
    n_losses : int
        How often its worker was lost, for no known cause.
    failed_on : set of str
        Addresses of the workers on which it failed.
    """

    piece: Piece
    worker: str = ""
    future: Any = None
    inputs: Any = None
    submitted_at: float = 0.0
    has_moved: bool = False
    n_failures: int = 0
    n_losses: int = 0
    failed_on: set[str] = field(default_factory=set)


class TaskSubmitter:
    """Submits pieces to a cluster, with the payload and the rows of the recording that they need.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster.
    payload : FilmPayload
        Sent once; dask copies it from worker to worker.
    sources : tuple of RecordingSource
        Where the rows of each scene's recording come from.
    report : ClusterReport
        Counts the bytes that are sent.
    """

    def __init__(
        self, client: Any, payload: FilmPayload, sources: tuple[RecordingSource, ...], report: ClusterReport
    ) -> None:
        self._client, self._payload, self._sources, self._report = client, payload, sources, report
        self._scattered_payload: Any = None
        self._n_submitted = 0

    def send(self, task: PieceTask, worker: WorkerHandle) -> bool:
        """Send what a piece needs to a worker; False if the worker has just gone or been paused.

        Raises
        ------
        OSError, RecordingError
            The rows cannot be read.
        """
        payload = self._payload_on_cluster()
        times = self._payload.times[task.piece.start : task.piece.stop]
        rows = [source.rows_to_send(times) for source in self._sources]
        sent: dict[Any, Any] = {}  # scenes of one recording share its rows
        values = []
        for source, one in zip(self._sources, rows, strict=True):
            key = None if one is None else (source.recording_id, one.tobytes())
            if key not in sent:
                sent[key] = self._values(source, one, worker)
            values.append(sent[key])
        if payload is None or any(a is not None and b is None for a, b in zip(rows, values, strict=True)):
            return False
        task.inputs = (payload, rows, values)
        return True

    def submit(self, task: PieceTask, worker: WorkerHandle) -> None:
        """Have a worker draw a piece whose inputs were sent to it. Does not wait for the cluster."""
        payload, rows, values = task.inputs
        self._n_submitted += 1
        task.worker = worker.address
        task.submitted_at = time.monotonic()
        task.future = self._client.submit(
            draw_piece,
            payload,
            task.piece,
            rows,
            values,
            key=f"gpu_morph-{self._payload.name}-{task.piece.start}-{self._n_submitted}",
            workers=[worker.address],
            allow_other_workers=False,
            resources={"GPU": 1} if worker.has_resource else None,
            priority=-task.piece.start,
            pure=False,
        )

    def _values(self, source: RecordingSource, rows: IntArray | None, worker: WorkerHandle) -> Any:
        """A future of rows on the cluster; None if none are sent, or the worker takes none."""
        if rows is None:
            return None
        if source.is_dask:
            return self._client.compute(source.dask_rows(rows))
        values = source.read(rows, self._payload.memory)
        self._report.sent += values.nbytes
        return self._scatter(values, workers=[worker.address])

    def _payload_on_cluster(self) -> Any:
        """A future of the payload, which is sent again if it was lost with a worker; None if no worker takes it."""
        if self._scattered_payload is None or self._scattered_payload.status != "finished":
            self._report.sent += _pickled_bytes(self._payload)
            self._scattered_payload = self._scatter(self._payload)
        return self._scattered_payload

    def _scatter(self, data: Any, **options: Any) -> Any:
        """A future of data on the cluster; None if the workers are gone or paused."""
        try:
            return self._client.scatter(data, hash=False, timeout=_SCATTER_TIMEOUT, **options)
        except (OSError, KeyError):
            return None


def _pickled_bytes(payload: FilmPayload) -> int:
    """The size of the pickled payload, found without a copy of its arrays."""
    from distributed.protocol import pickle

    arrays: list[PickleBuffer] = []
    pickled: bytes = pickle.dumps(payload, buffer_callback=arrays.append)  # type: ignore[no-untyped-call]
    return len(pickled) + sum(array.raw().nbytes for array in arrays)
