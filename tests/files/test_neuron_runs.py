"""Recordings of the model in NEURON, with each of its ways to run."""

from __future__ import annotations

import numpy as np
import pytest
from neuron_process import SOMA, InNeuron, needs_neuron

pytestmark = needs_neuron

THREE_CELLS = """
import numpy as np
from neuron import coreneuron
cvode, pc, keep = h.CVode(), h.ParallelContext(), []
for k in range(3):
    soma = section(f"soma{k}", length=20)
    soma.insert("hh")
    dend = section(f"dend{k}", soma(1))
    dend.nseg = 3
    dend.insert("pas")
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur, clamp.amp = 1 + 2 * k, 1, 3
    keep += [soma, dend, clamp]
    pc.set_gid2node(k, 0)
    pc.cell(k, h.NetCon(soma(0.5)._ref_v, None, sec=soma))
cvode.cache_efficient(1)
def run(solve):
    pc.set_maxstep(10)
    h.finitialize(-65)
    solve(8)
def truth(times):
    coreneuron.enable = False
    pc.nthread(1)
    cvode.active(False)
    h.dt = 0.025
    vectors = [h.Vector().record(segment._ref_v) for s in h.allsec() for segment in s]
    t = h.Vector().record(h._ref_t)
    run(h.continuerun)
    return np.array([np.interp(times, t, v) for v in vectors]).T
"""


def test_a_run_becomes_a_recording(in_neuron: InNeuron) -> None:
    recording, truth, is_clean = in_neuron(
        SOMA
        + """
dend = section("dend", soma(1))
dend.nseg = 3
soma.insert("hh")
clamp = h.IClamp(soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 1, 1, 5
morphology = gm.from_neuron()
recorder = gm.record(morphology, "v", dt=0.5)
truth = h.Vector().record(dend(0.5)._ref_v, 0.5)
h.finitialize(-70)
h.continuerun(5.1)
recording = recorder.recording()
result = recording, list(truth), gm.audit(morphology, recording).is_clean
"""
    )
    assert (recording.name, recording.unit) == ("v", "mV")
    assert recording.times.tolist() == [0.5 * k for k in range(11)]
    assert recording.section.tolist() == [0, 1, 1, 1]
    assert recording.position == pytest.approx([1 / 2, 1 / 6, 1 / 2, 5 / 6])
    assert recording.values[0].tolist() == [-70] * 4
    assert recording.values[:, 2] == pytest.approx(truth)
    assert recording.values[:, 0].max() > 0
    assert is_clean


def test_values_of_a_section_connected_by_its_1_end_have_the_right_positions(in_neuron: InNeuron) -> None:
    morphology, recording = in_neuron(
        SOMA
        + """
cone = section("dend", soma(1), 1, points=[(20, 0, 0, 10), (120, 0, 0, 2)])
tip = section("dend", cone(0), points=[(120, 0, 0, 2), (220, 0, 0, 2)])
cone.nseg = 5
morphology = gm.from_neuron()
recorder = gm.record(morphology, "diam")
h.finitialize()
h.continuerun(1)
result = morphology, recorder.recording()
"""
    )
    widths = morphology.diameter_at(recording.section, recording.position)
    assert recording.values[-1] == pytest.approx(widths, rel=1e-5)
    assert recording.unit == "um"
    assert morphology.section_parent_x.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("variable", "name", "unit", "sections"),
    [
        ("Voltage", "v", "mV", [0, 1]),
        ("m_hh", "m_hh", "", [0]),
        ("gna_hh", "gna_hh", "S/cm2", [0]),
        ("ina", "ina", "mA/cm2", [0]),
        ("nai", "nai", "mM", [0]),
        ("ena", "ena", "mV", [0]),
        ("i_pas", "i_pas", "mA/cm2", [1]),
        ("i_cap", "i_cap", "mA/cm2", [0, 1]),
        ("i_membrane_", "i_membrane_", "nA", [0, 1]),
    ],
)
def test_any_range_variable_is_recorded_in_the_sections_that_have_it(
    in_neuron: InNeuron, variable: str, name: str, unit: str, sections: list[int]
) -> None:
    recording = in_neuron(
        SOMA
        + f"""
dend = section("dend", soma(1))
soma.insert("hh")
dend.insert("pas")
h.CVode().use_fast_imem(True)
recorder = gm.record(gm.from_neuron(), {variable!r})
h.finitialize(-65)
h.continuerun(1)
result = recorder.recording()
"""
    )
    assert (recording.name, recording.unit) == (name, unit)
    assert recording.section.tolist() == sections
    assert np.isfinite(recording.values).all()


def test_a_variable_or_section_that_cannot_be_recorded_raises_an_error(in_neuron: InNeuron) -> None:
    unknown, imem, zero, plain, listed, text, gone = in_neuron(
        SOMA
        + """
soma.insert("pas")
morphology = gm.from_neuron()
result = [
    error(lambda: gm.record(morphology, "cai")),
    error(lambda: gm.record(morphology, "i_membrane_")),
    error(lambda: gm.record(morphology, dt=0)),
    error(lambda: gm.record(gm.join_morphologies([morphology]))),
    error(lambda: gm.record(morphology, ["v"])),
    error(lambda: gm.record(morphology, dt="0.1")),
]
h.delete_section(sec=soma)
result.append(error(lambda: gm.record(morphology)))
"""
    )
    assert unknown == "RecordingError: no section has the range variable 'cai'; there are e_pas, g_pas, i_pas, v"
    assert "call h.CVode().use_fast_imem(True) first" in imem
    assert zero.startswith("ValueError: dt must be a positive number of ms")
    assert plain.startswith("RecordingError: record needs a morphology from from_neuron")
    assert listed.startswith("TypeError: variable must be a str such as 'v', got ['v']")
    assert text.startswith("ValueError: dt must be a positive number of ms")
    assert gone.startswith("RecordingError: a section was deleted")


def test_a_recording_has_the_values_since_the_last_finitialize(in_neuron: InNeuron) -> None:
    before, first, longer, second = in_neuron(
        SOMA
        + """
recorder = gm.record(gm.from_neuron())
result = [error(recorder.recording)]
h.finitialize(-65); h.continuerun(1.05)
result.append(recorder.recording().times[-1])
h.continuerun(2.05)
result.append(recorder.recording().times[-1])
h.finitialize(-40); h.continuerun(0.55)
result.append(recorder.recording())
"""
    )
    assert before.startswith("RecordingError: 'v' has no values yet")
    assert (first, longer) == pytest.approx((1, 2))
    assert second.times[-1] == pytest.approx(0.5)
    assert second.values[0] == pytest.approx([-40])


def test_every_time_step_of_a_variable_step_is_recorded(in_neuron: InNeuron) -> None:
    recording, n_steps = in_neuron(
        SOMA
        + """
soma.insert("hh")
clamp = h.IClamp(soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 1, 1, 5
h.CVode().active(True)
recorder, steps = gm.record(gm.from_neuron(), dt=None), h.Vector().record(h._ref_t)
h.finitialize(-65)
h.continuerun(5)
result = recorder.recording(), len(steps)
"""
    )
    assert len(recording.times) > 20
    assert n_steps - 10 < len(recording.times) <= n_steps
    assert np.ptp(np.diff(recording.times)) > 0.01


@pytest.mark.parametrize("dt", [0.1, None])
@pytest.mark.parametrize(
    ("settings", "solve", "tolerance"),
    [
        ("pass", "h.continuerun", 0),
        ("pass", "pc.psolve", 0),
        ("pc.nthread(2)", "h.continuerun", 0),
        ("pc.nthread(2)", "pc.psolve", 0),
        ("coreneuron.enable, coreneuron.verbose = True, 0", "pc.psolve", 1e-3),
        ("cvode.active(True)", "h.continuerun", 6),
        ("cvode.active(True); pc.nthread(2)", "h.continuerun", 6),
        ("cvode.active(True); cvode.use_local_dt(True)", "h.continuerun", 6),
    ],
)
def test_each_way_to_run_is_recorded(
    in_neuron: InNeuron, settings: str, solve: str, tolerance: float, dt: float | None
) -> None:
    """With a variable step times differ: at the spike's flank, 400 mV/ms, by up to 0.015 ms."""
    recording, truth = in_neuron(
        THREE_CELLS
        + f"""
recorder = gm.record(gm.from_neuron(), dt={dt})  # before the settings: h.finitialize sets up what they need
{settings}
run({solve})
recording = recorder.recording()
result = recording, truth(recording.times)
"""
    )
    assert recording.times[-1] > 7.5
    assert (recording.values.max(axis=0)[[0, 4, 8]] > 20).all()
    assert np.abs(recording.values - truth).max() <= tolerance + 1e-3
    if dt is not None:
        assert recording.times == pytest.approx(np.arange(len(recording.times)) * dt)


def test_what_neuron_cannot_record_is_said(in_neuron: InNeuron) -> None:
    before, late, unsupported = in_neuron(
        THREE_CELLS
        + """
morphology = gm.from_neuron()
pc.nthread(2)
cvode.active(True)
cvode.use_local_dt(True)
result = [error(lambda: gm.record(morphology))]
pc.nthread(1)
cvode.active(False)
recorder, diameters = gm.record(morphology), gm.record(morphology, "diam")
h.finitialize(-65)
coreneuron.enable, coreneuron.verbose = True, 0  # too late
pc.set_maxstep(10)
pc.psolve(3)
result.append(error(recorder.recording))
run(pc.psolve)
result.append(error(diameters.recording))
"""
    )
    assert before.startswith("RecordingError: NEURON cannot record with the local variable time step and 2 threads")
    assert late.startswith("RecordingError: NEURON recorded 1 values of 'v', although the simulation ran to h.t = 3 ms")
    assert "CoreNEURON cannot record every variable" in unsupported


@pytest.mark.parametrize(("before", "after"), [(9, 3), (3, 9)])
def test_segments_are_those_of_the_run(in_neuron: InNeuron, before: int, after: int) -> None:
    recording = in_neuron(
        SOMA
        + f"""
soma.nseg = {before}
recorder = gm.record(gm.from_neuron())
h.finitialize(-65); h.continuerun(1)
soma.nseg = {after}
h.finitialize(-20); h.continuerun(1)
result = recorder.recording()
"""
    )
    assert recording.position == pytest.approx((np.arange(after) + 0.5) / after)
    assert (recording.values[0] == -20).all()


def test_segments_that_change_after_the_beginning_of_a_run_are_an_error(in_neuron: InNeuron) -> None:
    during, repaired = in_neuron(
        SOMA
        + """
soma.nseg = 3
recorder = gm.record(gm.from_neuron())
h.finitialize(-65); h.continuerun(1)
soma.nseg = 9
h.continuerun(2)
result = [error(recorder.recording)]
h.finitialize(-20); h.continuerun(1)
result.append(recorder.recording().n_compartments)
"""
    )
    assert during.startswith("RecordingError: nseg of soma was 3 at h.finitialize() and is 9; run the simulation again")
    assert repaired == 9


def test_elements_of_arrays_are_recorded(in_neuron: InNeuron) -> None:
    recording, *errors = in_neuron(
        SOMA
        + """
dend = section("dend", soma(1))
dend.insert("extracellular")
dend.xraxial[1] = 7
morphology = gm.from_neuron()
recorder = gm.record(morphology, "xraxial[1]")
names = ["vext", "vext[2]", "v[0]", "nothing[0]"]
errors = [error(lambda: gm.record(morphology, name)) for name in names]
h.finitialize(-65); h.continuerun(1)
result = recorder.recording(), *errors
"""
    )
    assert recording.section.tolist() == [1]
    assert np.unique(recording.values).tolist() == [7]
    assert (recording.name, recording.unit) == ("xraxial[1]", "MOhm/cm")
    for error in errors[:2]:
        assert error.startswith(
            "RecordingError: the range variable 'vext' is an array; give one of its elements: vext[0]"
        )
    assert errors[2].startswith("RecordingError: the range variable 'v' is one number, not an array")
    assert errors[3].startswith("RecordingError: no section has the range variable 'nothing[0]'")


def test_the_model_is_not_changed(in_neuron: InNeuron) -> None:
    before, after, is_gone = in_neuron(
        THREE_CELLS
        + """
import gc, weakref
synapse = h.ExpSyn(keep[0](0.5))
stimulus = h.NetStim()
netcon = h.NetCon(stimulus, synapse)
def state():
    sections = [(s.name(), s.nseg, s.L, s.n3d(), sorted(s.psection()["density_mechs"])) for s in h.allsec()]
    counts = [int(h.List(name).count()) for name in ("NetCon", "ExpSyn", "IClamp", "NetStim", "IntFire1", "Vector")]
    flags = [h.dt, cvode.active(), cvode.use_local_dt(), cvode.use_fast_imem(), cvode.cache_efficient(), pc.nthread()]
    return sections, counts, flags, netcon.get_recordvec() is None, synapse.get_segment().x
before = state()
morphology = gm.from_neuron()
recorder, synapses = gm.record(morphology), gm.record_synapses(morphology)
run(h.continuerun)
recorder.recording(), synapses.events()
watched = weakref.ref(recorder)
del recorder, synapses
gc.collect()
result = before, state(), watched() is None
"""
    )
    assert before == after
    assert is_gone
