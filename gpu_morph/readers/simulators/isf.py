"""Cells of the In Silico Framework, or objects with the same attributes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array
from ...data.labelled_arrays import plain_times
from ...data.morphology import Morphology
from ...data.recording import Recording, is_voltage
from ...data.section_kinds import SOMA
from ...data.synapse_events import SynapseEvents
from ...errors import MorphologyError, RecordingError, brief
from ..aliases import FloatArray
from ..inscribed import inscribed
from ..sections import label_of


def from_isf(cell: Any, variable: str = "v") -> tuple[Morphology, Recording | None, SynapseEvents | None]:
    """Read a cell of the In Silico Framework.

    Parameters
    ----------
    cell
        An object with ``sections``, ``tVec`` (ms) and ``synapses`` ({population: [synapse]}).
        Each section has ``pts`` (n, 3) µm, ``diamList`` µm, ``label``, ``parent`` and ``parentx``; iterating it gives
        its segments; ``recVList`` and ``recordVars[name]`` hold one vector for each segment. Before a run ``tVec``
        is None or empty, or all vectors are empty.
    variable : str
        "v" (or "voltage", "vm") for the membrane potential, or a key of the sections' ``recordVars``.

    Returns
    -------
    morphology : Morphology
        Sections are in the order of ``cell.sections``, with their labels. A soma of many points is drawn as long as it
        is, see `readers.inscribed`.
    recording : Recording or None
        None when the cell was not simulated. Sections without vectors have no columns.
    synapses : SynapseEvents or None
        None when the cell has none. The events are the spikes that released: ``synapse.releaseSite.spikeTimes``, or
        without a release site ``synapse.preCell.spikeTimes``.

    Raises
    ------
    MorphologyError, RecordingError
        Attributes are missing or contradict each other, or the variable was not recorded; the message lists the
        recorded ones.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> soma = SimpleNamespace(label="Soma", pts=[[0, 0, -9], [0, 0, 9]], diamList=[18, 18], parent=None, parentx=0)
    >>> cell = SimpleNamespace(sections=[soma], soma=soma, synapses={}, tVec=None)
    >>> morphology, recording, synapses = gm.from_isf(cell)
    >>> morphology.section_labels, recording
    (('Soma',), None)
    """
    return isf_morphology(cell), isf_recording(cell, variable), isf_synapses(cell)


def recorded_variables(cell: Any) -> tuple[str, ...]:
    """The values of ``variable`` that `from_isf` accepts for this cell: "voltage" and the keys of ``recordVars``."""
    return () if simulation_times(cell) is None else variables_of(cell)


def variables_of(cell: Any) -> tuple[str, ...]:
    """The same, also of a cell whose vectors are still empty."""
    sections = list(_attribute(cell, "sections"))
    named = sorted({str(name) for section in sections for name in getattr(section, "recordVars", {})})
    has_voltage = any(len(_vectors(section, "v")) for section in sections)
    return (*(["voltage"] if has_voltage else []), *named)


def simulation_times(cell: Any) -> FloatArray | None:
    """(n_times,) ms of the cell's run; None before it, when there are no times or all vectors are empty."""
    times = getattr(cell, "tVec", None)
    if times is None or not len(times):
        return None
    sections = getattr(cell, "sections", ())
    vectors = (vector for section in sections for name in _names(section) for vector in _vectors(section, name))
    lengths = map(_length, vectors)
    first = next(lengths, None)
    return None if first == 0 and not any(lengths) else _numbers(times, "ms", name="cell.tVec")


def _length(vector: Any) -> int:
    try:
        return len(vector)
    except TypeError as cause:
        raise RecordingError(
            f"recVList and recordVars must hold a vector of numbers for each segment, got {brief(vector)}"
        ) from cause


def _numbers(vector: Any, unit: str, *, name: str, error: type[ValueError] = RecordingError) -> FloatArray:
    """float64; quantities and time differences are converted, and what is masked is NaN."""
    given = plain_times(vector) if unit == "ms" else vector
    return frozen_array(given, np.float64, name=name, error=error, unit=unit)


def _names(section: Any) -> tuple[str, ...]:
    return ("v", *getattr(section, "recordVars", {}))


def _attribute(owner: Any, name: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError as cause:
        raise MorphologyError(
            f"expected a cell of the In Silico Framework; {type(owner).__name__} has no attribute {name!r}"
        ) from cause


def isf_morphology(cell: Any) -> Morphology:
    """The cell's sections; see `from_isf`."""
    sections = list(_attribute(cell, "sections"))
    if not sections:
        raise MorphologyError("cell.sections is empty; read the morphology before drawing the cell")
    index = {id(section): k for k, section in enumerate(sections)}
    points, diameters, parents, parent_x = [], [], [], []
    for k, section in enumerate(sections):
        xyz = _numbers(_attribute(section, "pts"), "µm", name="section.pts", error=MorphologyError).reshape(-1, 3)
        widths = _numbers(_attribute(section, "diamList"), "µm", name="section.diamList", error=MorphologyError)
        widths = widths.reshape(-1)
        if len(xyz) != len(widths) or not len(xyz):
            raise MorphologyError(
                f"section {k} must have as many diameters as points, at least one; got {len(xyz)} points and "
                f"{len(widths)} diameters"
            )
        parent = getattr(section, "parent", None)
        if parent is not None and id(parent) not in index:
            raise MorphologyError(f"the parent of section {k} is not in cell.sections")
        if label_of(str(_attribute(section, "label"))) == SOMA:
            body = inscribed(xyz, widths)
            if len(body[1]) == len(widths):  # ISF's arrays of diameters have one for each of its points
                xyz, widths = body
        points.append(xyz)
        diameters.append(widths)
        parents.append(-1 if parent is None else index[id(parent)])
        parent_x.append(0.0 if parent is None else float(_attribute(section, "parentx")))
    return Morphology(
        points=np.concatenate(points),
        diameters=np.concatenate(diameters),
        section_offsets=np.cumsum([0, *map(len, points)]),
        section_parent=np.array(parents),
        section_parent_x=np.array(parent_x),
        section_labels=tuple(str(_attribute(section, "label")) for section in sections),
    )


def isf_recording(cell: Any, variable: str = "v") -> Recording | None:
    """The recording of one variable; None when the cell was not simulated. See `from_isf`."""
    times = simulation_times(cell)
    if times is None:
        return None
    sections = list(_attribute(cell, "sections"))
    # With a variable time step, an event gives two values at one time; the second is kept.
    kept = np.append(np.diff(times) != 0, True)[: len(times)]
    columns: list[npt.NDArray[np.float32]] = []
    section_of_column: list[npt.NDArray[np.int32]] = []
    positions: list[FloatArray] = []
    unit = "mV" if is_voltage(variable) else ""
    for k, section in enumerate(sections):
        vectors = _vectors(section, variable)
        if not len(vectors):
            continue
        segments = list(section)
        if len(segments) != len(vectors):
            raise RecordingError(
                f"section {k} has {len(segments)} segments but {len(vectors)} recorded vectors of {variable!r}"
            )
        for vector in vectors:
            values = _numbers(vector, unit, name=f"recorded vectors of {variable!r}").astype(np.float32)
            if values.shape != times.shape:
                raise RecordingError(
                    f"a vector of {variable!r} in section {k} has {values.size} values, but cell.tVec has {times.size}"
                )
            columns.append(values[kept])
        section_of_column.append(np.full(len(vectors), k, dtype=np.int32))
        centres = (np.arange(len(vectors)) + 0.5) / len(vectors)  # of segments that have no x
        positions.append(
            np.array([getattr(segment, "x", x) for segment, x in zip(segments, centres, strict=True)], dtype=float)
        )
    if not columns:
        known = ", ".join(recorded_variables(cell)) or "nothing"
        raise RecordingError(f"{variable!r} was not recorded in any section; recorded: {known}")
    return Recording(
        times[kept],
        np.stack(columns, axis=1),
        section=np.concatenate(section_of_column),
        position=np.concatenate(positions),
        name="v" if is_voltage(variable) else variable,
        unit=unit,
    )


def _vectors(section: Any, variable: str) -> Any:
    variables = getattr(section, "recordVars", {})
    if variable in variables:
        return variables[variable]
    return getattr(section, "recVList", ()) if is_voltage(variable) else ()


def isf_synapses(cell: Any, *, all_spikes: bool = False) -> SynapseEvents | None:
    """Synapses and the spikes that released, or with ``all_spikes`` all of their presynaptic cells; see `from_isf`."""
    groups = getattr(cell, "synapses", None) or {}
    names = [str(name) for name, members in groups.items() if len(members)]
    if not names:
        return None
    positions: list[FloatArray] = []
    population: list[int] = []
    sections: list[int] = []
    owner: list[int] = []
    times: list[float] = []
    for k, members in enumerate(members for members in groups.values() if len(members)):
        for synapse in members:
            spikes = _spikes(synapse, all_spikes=all_spikes)
            owner += [len(positions)] * len(spikes)
            times += _numbers(spikes, "ms", name="spike times").tolist()
            positions.append(_numbers(_attribute(synapse, "coordinates"), "µm", name="synapse.coordinates"))
            population.append(k)
            sections.append(int(getattr(synapse, "secID", -1)))  # an index into cell.sections
    return SynapseEvents(
        positions=np.array(positions),
        population=np.array(population),
        population_names=tuple(names),
        event_synapse=np.array(owner, dtype=np.int32),
        event_time=np.array(times, dtype=np.float64),
        section=np.array(sections, dtype=np.int32) if max(sections) >= 0 else None,
    )


def _spikes(synapse: Any, *, all_spikes: bool) -> Any:
    """Times in ms at which a synapse is activated."""
    released = getattr(getattr(synapse, "releaseSite", None), "spikeTimes", None)
    return getattr(_attribute(synapse, "preCell"), "spikeTimes", ()) if all_spikes or released is None else released
