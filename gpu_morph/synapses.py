"""SynapseEvents: where synapses sit and when they are active."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import FrozenArrays, frozen_array
from .errors import RecordingError


@dataclass(frozen=True, eq=False)
class SynapseEvents(FrozenArrays):
    """Synapses and their activations, as flat arrays.

    Parameters
    ----------
    positions : (n_synapses, 3) float32
        µm.
    population : (n_synapses,) int32
        Index into ``population_names``.
    population_names : tuple of str
        E.g. presynaptic cell types.
    event_synapse : (n_events,) int32
        Which synapse was activated.
    event_time : (n_events,) float64
        When, ms; in any order.

    Raises
    ------
    RecordingError
        Shapes that do not fit, or indices of what does not exist.
    """

    positions: npt.NDArray[np.float32]
    population: npt.NDArray[np.int32]
    population_names: tuple[str, ...]
    event_synapse: npt.NDArray[np.int32]
    event_time: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        dtypes = {
            "positions": np.float32,
            "population": np.int32,
            "event_synapse": np.int32,
            "event_time": np.float64,
        }
        for name, dtype in dtypes.items():
            array = frozen_array(getattr(self, name), dtype, name=name, error=RecordingError)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "population_names", tuple(str(s) for s in self.population_names))
        n_synapses, n_events = self.population.size, self.event_time.size
        expected = {
            "positions": (n_synapses, 3),
            "population": (n_synapses,),
            "event_synapse": (n_events,),
            "event_time": (n_events,),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise RecordingError(f"{name} must have shape {shape}, got {getattr(self, name).shape}")
        for name, count, what in (
            ("population", len(self.population_names), "population_names"),
            ("event_synapse", n_synapses, "positions"),
        ):
            index = getattr(self, name)
            if index.size and (index.min() < 0 or index.max() >= count):
                raise RecordingError(
                    f"{name} must index the {count} entries of {what}, got {index.min()} to {index.max()}"
                )
        if not (np.isfinite(self.positions).all() and np.isfinite(self.event_time).all()):
            raise RecordingError("positions (µm) and event_time (ms) must be finite")

    @property
    def n_synapses(self) -> int:
        """Number of synapses."""
        return len(self.population)

    def __repr__(self) -> str:
        return (
            f"SynapseEvents({self.n_synapses} synapses of {len(self.population_names)} populations, "
            f"{len(self.event_time)} events)"
        )
