"""SynapseEvents: positions of synapses and times of their activations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from ..errors import RecordingError
from .arrays import FrozenArrays, frozen_array, texts

_TOLERANCE = 1e-9  # relative to a time, or ms near 0; smaller differences are rounding errors


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
        Names of the populations, such as presynaptic cell types.
    event_synapse : (n_events,) int32
        Index of the synapse that was activated.
    event_time : (n_events,) float64
        Time of the activation, ms; in any order.
    section : (n_synapses,) int32, optional
        Section of the morphology on which each synapse is, -1 if unknown. Only `gpu_morph.select_sections` needs it.

    Raises
    ------
    RecordingError
        Shapes do not fit, an index does not exist, or a number is not finite.

    Examples
    --------
    Two synapses of one population; the first is active twice:

    >>> synapses = gm.SynapseEvents(
    ...     positions=[(0, 0, 50), (0, 0, 90)],
    ...     population=[0, 0],
    ...     population_names=("thalamus",),
    ...     event_synapse=[0, 0, 1],
    ...     event_time=[5.0, 12.0, 7.5],
    ... )
    >>> synapses.n_synapses
    2
    """

    positions: npt.NDArray[np.float32]
    population: npt.NDArray[np.int32]
    population_names: tuple[str, ...]
    event_synapse: npt.NDArray[np.int32]
    event_time: npt.NDArray[np.float64]
    section: npt.NDArray[np.int32] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        dtypes = {
            "positions": np.float32,
            "population": np.int32,
            "event_synapse": np.int32,
            "event_time": np.float64,
        } | ({} if self.section is None else {"section": np.int32})
        for name, dtype in dtypes.items():
            unit = {"positions": "µm", "event_time": "ms"}.get(name)
            array = frozen_array(getattr(self, name), dtype, name=name, error=RecordingError, unit=unit)
            object.__setattr__(self, name, array)
        names = texts(self.population_names, name="population_names", error=RecordingError)
        object.__setattr__(self, "population_names", names)
        n_synapses, n_events = self.population.size, self.event_time.size
        expected = {
            "positions": (n_synapses, 3),
            "population": (n_synapses,),
            "event_synapse": (n_events,),
            "event_time": (n_events,),
        } | ({} if self.section is None else {"section": (n_synapses,)})
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
        if self.section is not None and self.section.min(initial=0) < -1:
            raise RecordingError(f"section must be a section's index, or -1, got {self.section.min()}")
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

    def _repr_html_(self) -> str | None:
        """What notebooks show."""
        from .summary_html import html_or_none, synapses_html

        return html_or_none(lambda: synapses_html(self))


class SynapseActivity:
    """The synapses that are active at a time.

    Parameters
    ----------
    events : SynapseEvents
        Events in any order.
    duration : float
        ms. A synapse is active at time t if ``spike <= t < spike + duration``, up to rounding errors.
    """

    def __init__(self, events: SynapseEvents, *, duration: float) -> None:
        order = np.argsort(events.event_time, kind="stable")
        self._spikes, self._synapses = events.event_time[order], events.event_synapse[order]
        self._duration = duration

    def at(self, time: float) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """The synapses that are active at ``time`` (ms), each once.

        Returns
        -------
        synapses : (n_active,) int32
            Indices, rising.
        ages : (n_active,) float32
            Fraction of ``duration`` that has passed since the latest spike, 0 to 1.
        """
        slack = _TOLERANCE * max(1.0, abs(time))
        first, end = np.searchsorted(self._spikes, (time - self._duration + slack, time + slack), side="right")
        # np.unique keeps the first of equal elements: in reversed order the latest spike of a synapse.
        synapses, from_end = np.unique(self._synapses[first:end][::-1], return_index=True)
        ages = (time - self._spikes[end - 1 - from_end]) / self._duration
        return synapses, ages.clip(0, 1).astype(np.float32)


def most_active(events: SynapseEvents, *, duration: float) -> int:
    """The greatest number of synapses that are active at one time; an event makes one active for ``duration`` ms."""
    times = np.sort(events.event_time)
    n_active = np.arange(1, len(times) + 1) - np.searchsorted(times, times - duration, side="right")
    return min(int(n_active.max(initial=0)), events.n_synapses)


def regrouped(events: SynapseEvents, group_of: Callable[[str], str]) -> SynapseEvents:
    """The same events with populations merged into groups.

    Parameters
    ----------
    events : SynapseEvents
        Events of populations.
    group_of : callable
        Takes the name of a population and returns the name of its group. Groups have the order of their first
        populations.

    Raises
    ------
    RecordingError
        ``group_of`` fails, or returns something other than a str.
    """
    groups = [_group(name, group_of) for name in events.population_names]
    names = tuple(dict.fromkeys(groups))
    number = np.array([names.index(group) for group in groups], dtype=np.int32)
    return replace(events, population=number[events.population], population_names=names)


def _group(population: str, group_of: Callable[[str], str]) -> str:
    try:
        group = group_of(population)
    except Exception as cause:
        raise RecordingError(
            f"the function that groups synapses must take the name of a population and return the name of its group; "
            f"for {population!r} it failed: {type(cause).__name__}: {cause}"
        ) from cause
    if not isinstance(group, str):
        raise RecordingError(
            f"the function that groups synapses must return the name of a group, got {group!r} for {population!r}"
        )
    return str(group)
