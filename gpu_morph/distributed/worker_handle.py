"""A worker as the client knows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class WorkerHandle:
    """A worker: one process with one OpenGL context.

    Parameters
    ----------
    address, host : str
        Where it runs.
    gpus : tuple of str
        The GPUs that it sees.
    gpu : str, optional
        The one that it draws with.
    device : int, "cpu" or None
        The same as the number by which the worker is asked for it; see `Renderer`.
    has_resource : bool
        It declares dask's resource "GPU".
    renderer : str, optional
        OpenGL's renderer; "" before the worker is prepared, None if it cannot draw.
    is_software : bool
        The renderer is the CPU.
    """

    address: str
    host: str
    gpus: tuple[str, ...] = ()
    gpu: str | None = None
    device: int | str | None = None
    has_resource: bool = False
    renderer: str | None = ""
    is_software: bool = False

    @classmethod
    def from_inspection(cls, address: str, inspection: dict[str, Any]) -> WorkerHandle:
        """A handle of what `inspect_worker` has returned.

        A worker keeps the device that it has a context for or was started for.
        """
        gpus, fixed = tuple(inspection["gpus"]), inspection["drawing_on"]
        fixed = inspection["device"] if fixed is None else str(fixed)
        number = int(fixed) if fixed.isdecimal() else None
        if number is not None and number < len(gpus):
            gpu = gpus[number]
        else:
            gpu = None if fixed == "auto" else fixed
        has_resource = bool(inspection["resources"].get("GPU"))
        return cls(address, inspection["host"], gpus, gpu, has_resource=has_resource)

    def __str__(self) -> str:
        return f"{self.address} ({self.host})"


def with_assigned_gpus(new: Sequence[WorkerHandle], known: Sequence[WorkerHandle] = ()) -> list[WorkerHandle]:
    """Assign a GPU to each new worker that has none.

    It is the first of those that the worker sees and that the fewest workers of its host use.
    Where CUDA_VISIBLE_DEVICES lists another GPU first for each worker, as with dask-cuda, that is the first. Where all
    workers see the same list, each worker gets the next one.
    """
    n_users = Counter((worker.host, worker.gpu) for worker in (*known, *new) if worker.gpu is not None)
    assigned = []
    for worker in new:
        if worker.gpu is None and worker.gpus:
            gpu = min(worker.gpus, key=lambda name: n_users[worker.host, name])
            n_users[worker.host, gpu] += 1
            worker = replace(worker, gpu=gpu, device=worker.gpus.index(gpu) if len(worker.gpus) > 1 else None)
        assigned.append(worker)
    return assigned
