"""A film on a cluster: dask spreads its pieces over workers, which draw and encode them; here they are joined."""

from .coordinator import film_on_cluster
from .report import ClusterReport, WorkerReport
from .scheduler import Order

__all__ = ["ClusterReport", "Order", "WorkerReport", "film_on_cluster"]
