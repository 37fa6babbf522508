"""Films on a dask cluster: workers draw and encode pieces of a film, which this process joins."""

from .coordinator import film_on_cluster, remove_pieces
from .report import ClusterReport, WorkerReport

__all__ = ["ClusterReport", "WorkerReport", "film_on_cluster", "remove_pieces"]
