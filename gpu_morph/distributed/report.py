"""What a cluster did for a film."""

from __future__ import annotations

from dataclasses import dataclass, field

from .pieces import Piece
from .workers import Hand


@dataclass
class WorkerReport:
    """What one worker did.

    ``renderer`` is what drew there. ``seconds`` are of its pieces, from their first frame to their encoder's end;
    ``stages`` are seconds as in `VideoReport`.
    """

    address: str
    host: str
    renderer: str
    pieces: list[Piece] = field(default_factory=list)
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, hand: Hand) -> WorkerReport:
        """Of a worker that has done nothing yet."""
        return cls(hand.address, hand.host, hand.renderer or "unknown")

    @property
    def n_frames(self) -> int:
        """How many it drew."""
        return sum(len(piece) for piece in self.pieces)

    def __str__(self) -> str:
        rate = self.n_frames / self.seconds if self.seconds else 0.0
        stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in self.stages.items())
        return (
            f"{self.address} ({self.host}, {self.renderer}): {self.n_frames} frames in {len(self.pieces)} pieces, "
            f"{self.seconds:.1f} s ({rate:.1f} frames/s; {stages})"
        )


@dataclass
class ClusterReport:
    """What a cluster did for a film.

    ``events`` say what went wrong on the way and what was done about it. ``stages`` are this process's seconds:
    "prepare" (find out who can draw, and resolve the picture), "draw" (workers draw), "join". ``sent`` bytes went to
    the cluster (the film itself to each worker, counted once), ``received`` came back. ``checksums`` are the CRC-32 of
    each drawn frame's pixels, by its number.
    """

    workers: dict[str, WorkerReport] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    n_resumed: int = 0
    sent: int = 0
    received: int = 0
    checksums: dict[int, int] = field(default_factory=dict)

    def rate(self) -> float | None:
        """Frames per second of one worker; None before the first piece."""
        seconds = sum(worker.seconds for worker in self.workers.values())
        return sum(worker.n_frames for worker in self.workers.values()) / seconds if seconds else None

    def __str__(self) -> str:
        stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in self.stages.items())
        workers = [f"  {worker}" for worker in self.workers.values()]
        return "\n".join([f"on {len(workers)} workers: {stages}", *workers, *(f"  {event}" for event in self.events)])
