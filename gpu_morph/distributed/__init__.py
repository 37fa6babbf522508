"""A film on a cluster: dask spreads its pieces over workers, which draw and encode them; here they are joined."""

from .film import film_on_cluster
from .report import ClusterReport, WorkerReport
from .work import Order

__all__ = ["ClusterReport", "Order", "WorkerReport", "film_on_cluster"]
