"""SONATA: circuits, and the reports and spikes of their simulations."""

from .circuit import SonataCircuit, read_sonata
from .report_reader import read_report

__all__ = ["SonataCircuit", "read_report", "read_sonata"]
