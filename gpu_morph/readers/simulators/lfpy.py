"""Cells of LFPy: where they were moved and turned, with what they recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array
from ...data.morphology import Morphology
from ...data.recording import Recording, is_voltage
from ...data.synapse_events import SynapseEvents
from ...errors import MorphologyError, RecordingError, unknown_name
from ...system.arguments import check_type
from ...system.user_warning import warn_user
from ..aliases import FloatArray
from .lfpy_synapses import Compartments, cell_synapses
from .neuron import NeuronMorphology, from_neuron
from .neuron_synapses import SynapseRecorder

_FITS = 0.05  # µm: pt3d of NEURON are float32, and compartments of LFPy are interpolated between them
_ADVICE = "call cell.simulate(rec_vmem=True) before from_lfpy(cell)"
_CURRENTS = ("imem", "ipas", "icap")  # attributes of the cell, nA


def from_lfpy(
    cell: Any,
    variable: str | None = "v",
    *,
    times: npt.ArrayLike | None = None,
    synapses: SynapseRecorder | None = None,
) -> tuple[Morphology, Recording | None, SynapseEvents | None]:
    """Read a cell of LFPy, at its position and rotation.

    Parameters
    ----------
    cell : LFPy.Cell, LFPy.TemplateCell or LFPy.NetworkCell
        The cell, with its sections in NEURON.
    variable : str, optional
        "v" for ``cell.vmem``; "imem", "ipas" or "icap" for these currents; else a name from
        ``cell.simulate(rec_variables=[...])``. None: no recording.
    times : (n_times,) float, optional
        ms. None: ``cell.tvec``, which the cells of a Network do not have.
    synapses : SynapseRecorder, optional
        What ``record_synapses(from_lfpy(cell, None)[0])``, called before the run, has recorded: the events of
        ``set_spike_times_w_netstim`` and of the connections of a Network, of which LFPy keeps no times.

    Returns
    -------
    morphology : Morphology
        Sections are in the order of ``cell.allseclist``, moved as ``cell.set_pos`` and ``cell.set_rotation`` moved the
        cell's compartments.
    recording : Recording or None
        Its columns are LFPy's compartments; those without the variable are left out. None if ``variable`` is "v" and
        the potentials were not recorded.
    synapses : SynapseEvents or None
        ``cell.synapses``, and ``cell.netconsynapses`` of a NetworkCell, in the middle of their compartments by arc
        length; LFPy's own coordinates are that of the chord. Populations are the types of synapses. Events are the
        times given to ``set_spike_times``, and those that the recorder ``synapses`` has. None when the cell has no
        synapses.

    Raises
    ------
    MorphologyError
        This is no cell of LFPy, its sections were deleted, or its compartments are not a moved, turned or stretched
        copy of its sections.
    RecordingError
        The variable was not recorded; the message lists the recorded ones. The recording is of another run, or the
        recorder of another cell.

    Warns
    -----
    UserWarning
        The potentials were not recorded, or no synapse has times.

    Examples
    --------
    >>> import LFPy
    >>> cell = LFPy.Cell(morphology="cell.swc", passive=True, tstop=10)
    >>> cell.simulate(rec_vmem=True)
    >>> morphology, recording, synapses = gm.from_lfpy(cell)
    >>> recording.n_compartments == cell.totnsegs
    True
    """
    check_type(synapses, SynapseRecorder, "synapses", is_optional=True)
    missing = [name for name in ("allseclist", "totnsegs", "x", "y", "z") if getattr(cell, name, None) is None]
    if missing:
        raise MorphologyError(
            f"expected a cell of LFPy with its sections in NEURON, got {type(cell).__name__} without {missing[0]!r}"
        )
    sections = list(cell.allseclist)
    morphology = _moved(from_neuron(sections), cell)
    compartments = Compartments(morphology)
    recording = None if variable is None else _recording(cell, variable, times, compartments)
    return morphology, recording, cell_synapses(cell, morphology, compartments, synapses)


def _moved(morphology: NeuronMorphology, cell: Any) -> NeuronMorphology:
    """The morphology, moved from where it is in NEURON to where LFPy's compartments are."""
    there = np.stack([np.asarray(getattr(cell, axis), dtype=np.float64) for axis in "xyz"], axis=-1).reshape(-1, 3)
    here = np.concatenate([_ends(section) for section in morphology.neuron_sections])
    if here.shape != there.shape:
        raise MorphologyError(
            f"the cell has {len(there) // 2} compartments, its sections in NEURON have {len(here) // 2}: nseg was "
            "changed after the cell was made; make the cell again"
        )
    matrix, shift, distance = _transform(here, there)
    if distance > _FITS:
        raise MorphologyError(
            f"cell.x, cell.y and cell.z are up to {distance:.3g} µm from any moved, turned or stretched copy of the "
            "cell's sections; use from_compartments for compartments that were moved one by one"
        )
    points = morphology.points @ matrix.T + shift
    return replace(morphology, points=points.astype(np.float32))


def _ends(section: Any) -> FloatArray:
    """(2 * nseg, 3) µm: both ends of each segment, as LFPy interpolates them between the section's 3-d points."""
    n = int(section.n3d())
    if not n:
        raise MorphologyError(f"{section.name()} has no 3-d points; call h.define_shape() before making the cell")
    arc_length = np.array([section.arc3d(k) for k in range(n)]) / section.L
    centres = np.array([segment.x for segment in section])
    at = np.stack([centres - 0.5 / section.nseg, centres + 0.5 / section.nseg], axis=1).reshape(-1)
    columns = [[getattr(section, axis)(k) for k in range(n)] for axis in ("x3d", "y3d", "z3d")]
    return np.stack([np.interp(at, arc_length, column) for column in columns], axis=1)


def _transform(here: FloatArray, there: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """The matrix (3, 3), translation (3,) µm, and greatest distance left, µm, from ``here`` to ``there``, (n, 3) each.

    The best rotation and translation (Kabsch 1976); else the best with a reflection; else the best affine map, for
    `distort_geometry`. The first that fits is taken: a flat cell fits all of them.
    """
    from_centre, to_centre = here.mean(axis=0), there.mean(axis=0)
    source, target = here - from_centre, there - to_centre
    u, _, v = np.linalg.svd(source.T @ target)
    sign = np.sign(np.linalg.det(u @ v))
    candidates = [(u @ np.diag([1, 1, s]) @ v).T for s in (sign, -sign)]
    candidates.append(np.linalg.lstsq(source, target, rcond=None)[0].T)
    distances = [float(np.abs(source @ matrix.T - target).max()) for matrix in candidates]
    fitting = next((k for k, distance in enumerate(distances) if distance <= _FITS), len(candidates) - 1)
    return candidates[fitting], to_centre - candidates[fitting] @ from_centre, distances[fitting]


def _recording(
    cell: Any, variable: str, given_times: npt.ArrayLike | None, compartments: Compartments
) -> Recording | None:
    """The recording of one variable; None if it is the potential and was not recorded."""
    is_v = is_voltage(variable) or variable == "vmem"
    run_times = getattr(cell, "tvec", None) if given_times is None else given_times
    variables = getattr(cell, "rec_variables", None) or {}
    known = {name: getattr(cell, name) for name in _CURRENTS if hasattr(cell, name)} | dict(variables)
    if hasattr(cell, "vmem"):
        known["v"] = cell.vmem
    name = "v" if is_v else variable
    if name not in known:
        if is_v:
            warn_user(f"the cell has no recording of its potentials; {_ADVICE}")
            return None
        advice = f"call cell.simulate(rec_variables=[{variable!r}]) before from_lfpy"
        raise RecordingError(f"{unknown_name('variable', 'recording of', variable, known)}; {advice}")
    if run_times is None:
        raise RecordingError(
            "a cell of a Network has no times: give times=np.arange(cell.vmem.shape[1]) * network.dt to from_lfpy"
        )
    # With a variable time step, an event gives two values at one time; the second is kept.
    times = frozen_array(run_times, np.float64, name="times", error=RecordingError).reshape(-1)
    kept = np.append(np.diff(times) > 0, True)[: len(times)]
    values = np.asarray(known[name])
    if values.shape != (compartments.n, len(times)):
        raise RecordingError(
            f"{variable!r} has shape {values.shape}, expected (compartments, times) = "
            f"{(compartments.n, len(times))} as there are times; is it of an earlier run? Record it in the last one"
        )
    # LFPy gives compartments that do not have a variable the value 0.
    has_variable = np.ones(compartments.n, dtype=bool)
    if name in variables:
        has_variable = np.array([hasattr(segment, f"_ref_{name}") for segment in compartments.segments])
    return Recording(
        times[kept],
        values[has_variable][:, kept].T.astype(np.float32),
        section=compartments.section[has_variable],
        position=compartments.position[has_variable],
        name=name,
        unit="mV" if is_v else "nA" if name in _CURRENTS else _unit(name),
    )


def _unit(variable: str) -> str:
    from neuron import h

    return str(h.units(variable))
