"""A film on a cluster: dask spreads its pieces over workers, which draw and encode them; here they are joined."""

from .coordinator import film_on_cluster
from .film_request import FilmRequest
from .report import ClusterReport, WorkerReport

__all__ = ["ClusterReport", "FilmRequest", "WorkerReport", "film_on_cluster"]
