"""One run of NEURON: vectors that record it, in the way that NEURON's settings allow.

Vectors are set up at the beginning of ``h.finitialize()``: only then it is known how many segments there are, and
whether CoreNEURON, threads or a variable time step are used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import RecordingError
from .neuron import hoc_interpreter, root_of

Method = Literal["samples", "steps", "local steps"]


class Site(NamedTuple):
    """A segment that is recorded.

    Parameters
    ----------
    neuron_section : h.Section
        Its section.
    section : int
        The section in the morphology.
    position : float
        0 to 1, from the end at the parent.
    reference : pointer
        NEURON's reference to the variable.
    """

    neuron_section: Any
    section: int
    position: float
    reference: Any


@dataclass(frozen=True)
class _Vectors:
    """What one run records into.

    Parameters
    ----------
    method : str
        "samples": NEURON records every dt; "steps": every time step; "local steps": every time step of each cell.
    sites : list of Site
        Without their references, which a change of the model would make invalid.
    n_segments : list of int
        nseg of the section of each site.
    values : list of h.Vector
        One per site.
    times : list of h.Vector
        One for all sites; none, where NEURON cannot record the time; for "local steps" one per site.
    """

    method: Method
    sites: list[Site]
    n_segments: list[int]
    values: list[Any]
    times: list[Any]


class NeuronRun:
    """Records the runs of a model; the last one is kept.

    Parameters
    ----------
    sites : callable
        Returns the sites as the model has them now. Raises RecordingError.
    dt : float, optional
        ms between values. None: every time step.
    """

    def __init__(self, sites: Callable[[], list[Site]], dt: float | None) -> None:
        self._sites, self._dt = sites, dt
        self._vectors: _Vectors | None = None
        self._problem: RecordingError | None = None

    def check(self) -> None:
        """Raise RecordingError if the model could not be recorded as it is now."""
        _method(self._dt)
        self._sites()

    def start(self) -> None:
        """Set up vectors for a run. An error is kept for `result`: NEURON, which calls this, cannot pass it on."""
        self._vectors = self._problem = None
        try:
            self._vectors = _vectors(self._sites(), self._dt)
        except RecordingError as problem:
            self._problem = problem

    def result(
        self, name: str
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32], npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Times (n_times,) ms, values (n_times, n_sites), section (n_sites,) and position (n_sites,) of the last run.

        Raises
        ------
        RecordingError
            There was no run, or its values are not complete.
        """
        if self._problem is not None:
            raise RecordingError(f"{name!r} was not recorded: {self._problem}") from self._problem
        vectors = self._vectors
        if vectors is None or not any(len(vector) for vector in vectors.values):
            raise RecordingError(f"{name!r} has no values yet; run h.finitialize(-65) and h.continuerun(tstop)")
        _check_segments(vectors)
        if vectors.method == "local steps":
            times, values = _interpolated(vectors)
        else:
            times, values = _rows(vectors, self._dt, name)
        section = np.array([site.section for site in vectors.sites], dtype=np.int32)
        return times, values, section, np.array([site.position for site in vectors.sites], dtype=np.float32)


def _method(dt: float | None) -> Method:
    """How NEURON can record with its present settings."""
    h = hoc_interpreter()
    cvode, n_threads = h.CVode(), int(h.ParallelContext().nthread())
    is_local = bool(cvode.active()) and bool(cvode.use_local_dt())
    if is_local and n_threads > 1:
        raise RecordingError(
            f"NEURON cannot record with the local variable time step and {n_threads} threads; call "
            "h.ParallelContext().nthread(1) or h.CVode().use_local_dt(0), then h.finitialize()"
        )
    # CoreNEURON leaves out vectors with a dt. With a fixed step, threads other than the first fill them too late.
    if dt is not None and not is_coreneuron_enabled() and (n_threads == 1 or cvode.active()):
        return "samples"
    return "local steps" if is_local else "steps"


def is_coreneuron_enabled() -> bool:
    """Whether the next ``pc.psolve`` is CoreNEURON's."""
    return bool(getattr(sys.modules.get("neuron.coreneuron"), "enable", False))


def _vectors(sites: list[Site], dt: float | None) -> _Vectors:
    h, method = hoc_interpreter(), _method(dt)
    step = (dt,) if method == "samples" else ()
    values, times = [], []
    time_of_cell: dict[Any, Any] = {}
    for site in sites:
        vector = h.Vector()
        root = root_of(site.neuron_section) if method == "local steps" else None
        if root is not None and root not in time_of_cell:  # one site of a cell records the time, too
            time_of_cell[root] = h.Vector()
            h.CVode().record(site.reference, vector, time_of_cell[root], sec=site.neuron_section)
        else:
            vector.record(site.reference, *step)
        values.append(vector)
        if root is not None:
            times.append(time_of_cell[root])
    is_time_known = method == "samples" and (h.ParallelContext().nthread() > 1 or h.CVode().use_local_dt())
    if method != "local steps" and not is_time_known:
        times.append(h.Vector().record(h._ref_t, *step))
    n_segments = [site.neuron_section.nseg for site in sites]
    return _Vectors(method, [site._replace(reference=None) for site in sites], n_segments, values, times)


def _check_segments(vectors: _Vectors) -> None:
    """Segments that came or went during the run leave values of other segments in the vectors."""
    for site, n_segments in zip(vectors.sites, vectors.n_segments, strict=True):
        try:
            now = site.neuron_section.nseg
        except ReferenceError:  # deleted after the run, whose values stay valid
            continue
        if now != n_segments:
            raise RecordingError(
                f"nseg of {site.neuron_section} was {n_segments} at h.finitialize() and is {now}; run the simulation "
                "again, and call recording() before nseg is changed"
            )


def _rows(vectors: _Vectors, dt: float | None, name: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
    """Times and values where all sites have the same times."""
    h = hoc_interpreter()
    lengths = {len(vector) for vector in [*vectors.values, *vectors.times]}
    n_times = max(lengths)
    times = np.arange(n_times, dtype=np.float64) * (dt or 0)
    if vectors.times:
        times = np.array(vectors.times[0], dtype=np.float64)
    late = h.t - times[-1] > 2 * max(dt or 0, h.dt) and (vectors.method == "samples" or len(times) == 1)
    if len(lengths) > 1 or late:
        raise RecordingError(
            f"NEURON recorded {min(lengths)} values of {name!r}, although the simulation ran to h.t = {h.t:g} ms. "
            "Enable CoreNEURON before h.finitialize(), and do not change the model during a run. CoreNEURON cannot "
            "record every variable"
        )
    # With a variable time step, an event gives two values at one time; the second is kept.
    rows = np.flatnonzero(np.append(np.diff(times) > 0, True))
    if vectors.method == "steps" and dt is not None:
        wanted = np.arange(int(times[-1] / dt + 1e-6) + 1, dtype=np.float64) * dt
        rows = rows[np.searchsorted((times[rows][1:] + times[rows][:-1]) / 2, wanted)]
        times = wanted
    else:
        times = times[rows]
    return times, np.stack([np.array(vector)[rows] for vector in vectors.values], axis=1, dtype=np.float32)


def _interpolated(vectors: _Vectors) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
    """The times of all cells, and values between which each site's own are interpolated."""
    times = np.unique(np.concatenate([np.array(vector) for vector in dict.fromkeys(vectors.times)]))
    columns = [
        np.interp(times, np.array(own), np.array(vector))
        for own, vector in zip(vectors.times, vectors.values, strict=True)
    ]
    return times, np.stack(columns, axis=1, dtype=np.float32)
