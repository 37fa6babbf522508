"""SONATA: circuits, and the reports and spikes of their simulations."""

from .circuit import SonataCircuit, read_sonata
from .report_recording import read_report

__all__ = ["SonataCircuit", "read_report", "read_sonata"]
