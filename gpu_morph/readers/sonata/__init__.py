"""SONATA: circuits, their simulations' reports and spikes."""

from .circuit import SonataCircuit, read_sonata
from .recorded import read_report

__all__ = ["SonataCircuit", "read_report", "read_sonata"]
