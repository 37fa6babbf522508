"""Progress events: how far workers are with their pieces."""

from __future__ import annotations

from types import TracebackType
from typing import Any


def progress_topic(film_name: str) -> str:
    """The dask topic of a film's progress events."""
    return f"gpu_morph-{film_name}"


def send_progress(dask_worker: Any, film_name: str, task: str, n_frames: int) -> None:
    """Report from a worker that ``n_frames`` of a task are drawn."""
    dask_worker.log_event(progress_topic(film_name), {"task": task, "n_frames": n_frames})


class ProgressEvents:
    """Receives the progress events of a film. Use it in ``with``.

    ``n_frames`` is the number of drawn frames by task, for tasks that have started.
    """

    def __init__(self, client: Any, film_name: str) -> None:
        self._client, self._topic = client, progress_topic(film_name)
        self.n_frames: dict[str, int] = {}

    def __enter__(self) -> ProgressEvents:
        self._client.subscribe_topic(self._topic, self._receive)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.unsubscribe_topic(self._topic)

    def _receive(self, event: tuple[float, dict[str, Any]]) -> None:
        """Called in the client's thread."""
        _, progress = event
        self.n_frames[progress["task"]] = progress["n_frames"]
