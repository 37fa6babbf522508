"""What a cluster did for a film."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from ..video.piece import Piece
from .piece_drawing import DrawnPiece
from .worker_handle import WorkerHandle


@dataclass
class WorkerReport:
    """What one worker did.

    Parameters
    ----------
    address, host : str
        Where it runs.
    renderer : str
        OpenGL's renderer.
    pieces : list of Piece
        The pieces that it drew.
    seconds : float
        Of its pieces, each from the first frame to the end of the encoder.
    stages : dict
        Seconds by stage, as in `VideoReport`.
    """

    address: str
    host: str
    renderer: str
    pieces: list[Piece] = field(default_factory=list)
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, worker: WorkerHandle) -> WorkerReport:
        """The report of a worker that has not drawn yet."""
        return cls(worker.address, worker.host, worker.renderer or "unknown")

    @property
    def n_frames(self) -> int:
        """Number of frames that it drew."""
        return sum(len(piece) for piece in self.pieces)

    def add(self, piece: Piece, drawn: DrawnPiece) -> None:
        """Count a piece that the worker has drawn."""
        self.pieces.append(piece)
        self.seconds += drawn.seconds
        for stage, seconds in drawn.stages.items():
            self.stages[stage] = self.stages.get(stage, 0.0) + seconds

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

    Parameters
    ----------
    workers : dict
        Reports of the workers that drew, by address.
    events : list of str
        What failed, and what was done about it.
    stages : dict
        Seconds of this process: "prepare" (inspect workers, resolve the picture), "draw" (workers draw), "join".
    n_resumed : int
        Number of frames from an earlier call.
    sent : int
        Bytes sent to the cluster; the payload counts once.
    received : int
        Bytes that workers returned.
    """

    workers: dict[str, WorkerReport] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    n_resumed: int = 0
    sent: int = 0
    received: int = 0
    _checksums: dict[Piece, array[int]] = field(default_factory=dict, repr=False)

    @property
    def checksums(self) -> dict[int, int]:
        """CRC-32 of the pixels of each drawn frame, by frame."""
        pieces = self._checksums.items()
        return {number: checksum for piece, one in pieces for number, checksum in enumerate(one, piece.start)}

    def rate(self) -> float | None:
        """Frames per second of one worker; None before the first piece."""
        seconds = sum(worker.seconds for worker in self.workers.values())
        return sum(worker.n_frames for worker in self.workers.values()) / seconds if seconds else None

    def add(self, piece: Piece, drawn: DrawnPiece, worker: WorkerHandle) -> None:
        """Count a piece that a worker has returned."""
        self._checksums[piece] = array("I", drawn.checksums)  # 4 bytes a frame; in a dict more than 100
        self.received += len(drawn.video or b"") + sum(len(png) for png in drawn.png_frames)
        self.workers.setdefault(worker.address, WorkerReport.of(worker)).add(piece, drawn)

    def __str__(self) -> str:
        stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in self.stages.items())
        workers = [f"  {worker}" for worker in self.workers.values()]
        return "\n".join([f"on {len(workers)} workers: {stages}", *workers, *(f"  {event}" for event in self.events)])
