"""ClusterFilm: a film that a cluster makes, and where its parts come from and go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..video.film_request import FilmRequest
from .piece_store import PieceStore
from .recording_source import RecordingSource
from .report import ClusterReport


@dataclass(frozen=True, eq=False)
class ClusterFilm:
    """A film that a cluster makes.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster.
    request : FilmRequest
        The film.
    sources : tuple of RecordingSource
        Where the rows of each scene's recording come from.
    store : PieceStore
        Where its pieces are kept.
    report : ClusterReport
        Gets what the workers did.
    """

    client: Any
    request: FilmRequest
    sources: tuple[RecordingSource, ...]
    store: PieceStore
    report: ClusterReport

    @property
    def max_piece_length(self) -> int | None:
        """The largest number of frames in a piece; None if any number is possible."""
        lengths = [source.max_piece_length(self.request.times) for source in self.sources]
        return min((length for length in lengths if length is not None), default=None)
