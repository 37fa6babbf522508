"""The workers of a cluster that can draw."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

from ..errors import ClusterError
from . import worker_calls
from .worker_handle import WorkerHandle, with_assigned_gpus

_UPDATE_INTERVAL = 1.0  # s
_MAX_FAILURES = 3  # in a row; then a worker gets no more pieces while there are others


class WorkerPool:
    """The workers of a cluster that can draw: those with a GPU, or all if none has one.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster.
    device : int, "auto", "cpu" or None
        As in `Renderer`; "auto" and None assign a GPU to each worker of a machine.
    version : str
        Of gpu_morph in this process.

    Raises
    ------
    ClusterError
        There are no workers, they have other versions, or none can draw.
    """

    def __init__(self, client: Any, device: int | str | None, *, version: str) -> None:
        self._client, self._device = client, None if device == "auto" else device
        self._versions = worker_calls.versions(version)
        self._encoder: str | None = None
        self._handles: dict[str, WorkerHandle] = {}  # of the workers that are present
        self._known: dict[str, WorkerHandle] = {}  # of these and of those that have gone
        self._excluded: set[str] = set()
        self._paused: frozenset[str] = frozenset()
        self._failures: Counter[str] = Counter()
        self._scheduler_info: dict[str, Any] = {}  # by address
        self.events: list[str] = []
        self.update()
        if not self.present:
            raise ClusterError(
                "the cluster has no workers: start some, and wait for the first with client.wait_for_workers(1); "
                "cluster.adapt(minimum=1) keeps one"
            )
        if not self.available:
            raise ClusterError(f"no worker can draw: {'; '.join(self.events)}")

    @property
    def available(self) -> list[WorkerHandle]:
        """The workers that get pieces now."""
        return [worker for worker in self._selected if worker.address not in self._paused]

    @property
    def _selected(self) -> list[WorkerHandle]:
        able = [worker for worker in self._handles.values() if worker.renderer and worker.address not in self._excluded]
        workers = [worker for worker in able if not worker.is_software] or able
        return [worker for worker in workers if worker.has_resource] or workers

    @property
    def is_software(self) -> bool:
        """True if the CPU draws."""
        return all(worker.is_software for worker in self._selected)

    def refresh(self) -> None:
        """Update the pool if the last update is older than a second."""
        if time.monotonic() - self._updated_at > _UPDATE_INTERVAL:
            self.update()

    def update(self) -> None:
        """Add workers that have joined the cluster, and remove those that have gone."""
        # Not by scheduler_info(): the client's periodic update, which leaves workers out, may replace its answer.
        with ExitStack() as stack:
            if self._known:  # a scheduler that is lost later is reported by futures
                stack.enter_context(suppress(OSError))
            self._scheduler_info = self._client.sync(self._client.scheduler.identity, n_workers=-1)["workers"]
        self.present = frozenset(self._scheduler_info)
        self._updated_at = time.monotonic()
        for address in self._handles.keys() - self.present:
            self.events.append(f"{self._handles.pop(address)} went away")
        self._excluded &= self.present
        self._add(sorted(self.present - self._handles.keys() - self._excluded))
        unprepared = [worker for worker in self._handles.values() if worker.renderer == ""]
        self._prepare([worker for worker in unprepared if worker.gpus or self._device is not None])
        if not self._selected:
            self._prepare([worker for worker in unprepared if not worker.gpus and self._device is None])
        self._known |= self._handles
        paused = frozenset(address for address, info in self._scheduler_info.items() if info["status"] == "paused")
        for address in sorted((paused - self._paused) & self._handles.keys()):
            self.events.append(f"{self._handles[address]} was paused by dask: its memory is nearly full")
        self._paused = paused

    def handle(self, address: str) -> WorkerHandle:
        """The handle of a worker that is or was in the cluster."""
        return self._known.get(address) or WorkerHandle(address, "unknown host")

    def count_failure(self, address: str) -> None:
        """Note that a piece failed on a worker; after some in a row it gets no more pieces."""
        self._failures[address] += 1
        if self._failures[address] == _MAX_FAILURES and [worker.address for worker in self._selected] != [address]:
            self._excluded.add(address)
            self.events.append(f"{self.handle(address)} got no more pieces: it failed {_MAX_FAILURES} times in a row")

    def reset_failures(self, address: str) -> None:
        """Note that a worker has drawn a piece."""
        self._failures[address] = 0

    def _add(self, addresses: Sequence[str]) -> None:
        """Inspect new workers and add those that fit.

        Raises
        ------
        ClusterError
            They have other versions, and no worker was known before.
        """
        if not addresses:
            return
        answers = self._client.run(worker_calls.inspect_worker, workers=list(addresses), on_error="return")
        problems = {address: self._problem(answers.get(address)) for address in addresses}
        excluded = {address: problem for address, problem in problems.items() if problem}
        misfits = [address for address in excluded if not isinstance(answers.get(address), OSError | None)]
        if misfits and not self._known:
            listed = "; ".join(f"{address}: {excluded[address]}" for address in misfits[:3])
            raise ClusterError(f"{len(misfits)} of {len(addresses)} workers do not fit this process: {listed}")
        for address, problem in excluded.items():
            self._excluded.add(address)
            self.events.append(f"{address} was left out: {problem}")
        new = [
            WorkerHandle.from_inspection(address, answers[address]) for address in addresses if address not in excluded
        ]
        self._handles |= {worker.address: worker for worker in with_assigned_gpus(new, tuple(self._handles.values()))}

    def _problem(self, answer: Any) -> str:
        """Why a worker with this answer to `inspect_worker` cannot take part; "" if it can."""
        if answer is None or isinstance(answer, OSError):  # it may just have ended
            return f"it did not respond ({answer})"
        if isinstance(answer, BaseException):
            return (
                f"it cannot be inspected ({type(answer).__name__}: {answer}); "
                f"install gpu_morph {self._versions['gpu_morph']} there"
            )
        if answer["problem"]:
            return str(answer["problem"])
        theirs = answer["versions"]
        differences = [
            f"{name} {theirs.get(name)} instead of {ours}"
            for name, ours in self._versions.items()
            if theirs.get(name) != ours
        ]
        # All pieces of a film must come from the same encoder. The client's ffmpeg only copies and may be another.
        self._encoder = self._encoder or answer["encoder"]
        if answer["encoder"] != self._encoder:
            differences.append(f"ffmpeg {answer['encoder']} where others have {self._encoder}")
        return f"it has {', '.join(differences)}; install the same everywhere" if differences else ""

    def _prepare(self, workers: Sequence[WorkerHandle]) -> None:
        """Make workers create their OpenGL contexts."""
        if not workers:
            return
        devices = {worker.address: worker.device if self._device is None else self._device for worker in workers}
        answers = self._client.run(worker_calls.prepare_worker, devices, workers=list(devices), on_error="return")
        for worker in workers:
            answer = answers.get(worker.address)
            if isinstance(answer, tuple):
                self._handles[worker.address] = replace(worker, renderer=answer[0], is_software=answer[1])
            else:
                self._handles[worker.address] = replace(worker, renderer=None)
                self.events.append(f"{worker} cannot draw: {answer or 'it did not respond'}")
