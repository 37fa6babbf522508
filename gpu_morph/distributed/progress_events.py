"""Feed: what the workers tell while they draw."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from .worker import topic


class Feed:
    """Listens to the workers of a film. Use it in ``with``.

    ``n_frames`` says how far each task is that has begun.
    """

    def __init__(self, client: Any, film: str) -> None:
        self._client, self._topic = client, topic(film)
        self.n_frames: dict[str, int] = {}

    def __enter__(self) -> Feed:
        self._client.subscribe_topic(self._topic, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.unsubscribe_topic(self._topic)

    def _hear(self, event: tuple[float, dict[str, Any]]) -> None:
        """In the client's own thread."""
        _, told = event
        self.n_frames[told["task"]] = told["n_frames"]
