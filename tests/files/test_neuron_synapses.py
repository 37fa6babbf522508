"""Synapses of the model in NEURON, and their events."""

from __future__ import annotations

import numpy as np
import pytest
from neuron_process import InNeuron, needs_neuron

pytestmark = needs_neuron

MODEL = """
h('''begintemplate Pyramid
public soma
create soma
proc init() { soma { L = 20 diam = 20 insert hh } }
endtemplate Pyramid
''')
pc, cvode = h.ParallelContext(), h.CVode()
pyramid = h.Pyramid()
clamp = h.IClamp(pyramid.soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 1, 1, 3
soma = section("soma", length=20)
dend = section("dend", soma(1))
dend.nseg = 5
far, near, unused = h.ExpSyn(dend(0.9)), h.Exp2Syn(dend(0.1)), h.ExpSyn(soma(0.5))
stimulus = h.NetStim()
stimulus.start, stimulus.number, stimulus.interval = 2, 3, 2
first = h.NetCon(stimulus, far)
second = h.NetCon(stimulus, near)
third = h.NetCon(pyramid.soma(0.5)._ref_v, near, sec=pyramid.soma)
first.delay, second.delay, third.delay = 1, 1.5, 2
def run(tstop=7.2, solve=h.continuerun):
    pc.set_maxstep(10)
    h.finitialize(-65)
    solve(tstop)
spikes = h.Vector()
third.record(spikes)
run()
spike = spikes[0]
third.record()
del spikes
morphology = gm.from_neuron([soma, dend])
"""


def times_of(events: object, synapse: int) -> list[float]:
    return sorted(events.event_time[events.event_synapse == synapse].tolist())


def test_events_reach_the_synapses_of_the_model(in_neuron: InNeuron) -> None:
    before, after, again, spike = in_neuron(
        MODEL
        + """
recorder = gm.record_synapses(morphology)
result = [recorder.events()]
run()
result.append(recorder.events())
run(5.0)
result += [recorder.events(), spike]
"""
    )
    assert before.n_synapses == 3
    assert not len(before.event_time)
    assert after.population_names == ("ExpSyn", "Exp2Syn")
    order = np.argsort(after.positions[:, 0])  # soma, near, far
    assert after.positions[order].tolist() == [[10, 0, 100], [30, 0, 100], [110, 0, 100]]
    assert after.section[order].tolist() == [0, 1, 1]
    assert [after.population_names[after.population[k]] for k in order] == ["ExpSyn", "Exp2Syn", "ExpSyn"]
    assert times_of(after, order[0]) == []
    assert times_of(after, order[1]) == pytest.approx(sorted([3.5, 5.5, spike + 2]))
    assert times_of(after, order[2]) == pytest.approx([3, 5, 7])
    assert times_of(again, order[2]) == pytest.approx([3, 5])


def test_populations_are_types_of_presynaptic_cells(in_neuron: InNeuron) -> None:
    events, spike = in_neuron(
        MODEL
        + """
recorder = gm.record_synapses(morphology, group_by="cell")
run()
result = recorder.events(), spike
"""
    )
    assert sorted(events.population_names) == ["ExpSyn", "NetStim", "Pyramid"]  # "ExpSyn" has no NetCon
    pyramid = events.population_names.index("Pyramid")
    assert (events.population == pyramid).sum() == 1
    (synapse,) = np.flatnonzero(events.population == pyramid)
    assert events.positions[synapse].tolist() == [30, 0, 100]
    assert times_of(events, synapse) == pytest.approx([spike + 2])


@pytest.mark.parametrize("settings", ["pass", "pc.nthread(2)", "cvode.active(True)"])
def test_what_the_caller_records_stays(in_neuron: InNeuron, settings: str) -> None:
    """NEURON has one vector for each source."""
    events, own, both, ids, spike = in_neuron(
        MODEL
        + f"""
for gid, netcon in enumerate([h.NetCon(pyramid.soma(0.5)._ref_v, None, sec=pyramid.soma)]):
    pc.set_gid2node(gid, 0)
    pc.cell(gid, netcon)
times, ids, own = h.Vector(), h.Vector(), h.Vector()
pc.spike_record(-1, times, ids)
first.record(own)
recorder = gm.record_synapses(morphology)
{settings}
run()
result = recorder.events(), list(own), list(times), list(ids), spike
"""
    )
    assert own == pytest.approx([2, 4, 6])
    assert both == pytest.approx([spike], abs=0.05)
    assert ids == [0]
    far, near = (int(np.flatnonzero(events.positions[:, 0] == x)[0]) for x in (110, 30))
    assert times_of(events, far) == pytest.approx([3, 5, 7])
    assert times_of(events, near) == pytest.approx(sorted([3.5, 5.5, spike + 2]), abs=0.05)


def test_coreneuron_records_sources_with_a_gid(in_neuron: InNeuron) -> None:
    events, without = in_neuron("""
from neuron import coreneuron
pc = h.ParallelContext()
soma, target = section("soma", length=20), section("soma", length=20)
for gid, one in enumerate((soma, target)):
    one.insert("hh")
    pc.set_gid2node(gid, 0)
    pc.cell(gid, h.NetCon(one(0.5)._ref_v, None, sec=one))
stimulus, synapse = h.NetStim(), h.ExpSyn(target(0.5))
stimulus.start, stimulus.number, stimulus.interval = 2, 3, 2
pc.set_gid2node(2, 0)
pc.cell(2, h.NetCon(stimulus, None))
netcon = pc.gid_connect(2, synapse)
netcon.delay = 1
recorder = gm.record_synapses(gm.from_neuron(), group_by="cell")
h.CVode().cache_efficient(1)
coreneuron.enable, coreneuron.verbose = True, 0
pc.set_maxstep(10)
h.finitialize(-65)
pc.psolve(6.2)
result = [recorder.events()]
other = h.NetStim()
netcon = h.NetCon(other, synapse)
h.finitialize(-65)
result.append(error(recorder.events))
""")
    assert events.event_time.tolist() == pytest.approx([3, 5])
    assert events.population_names == ("NetStim",)
    assert without.startswith("RecordingError: synapses were not recorded: CoreNEURON cannot record the source of")


def test_an_alpha_synapse_has_one_event(in_neuron: InNeuron) -> None:
    events = in_neuron("""
soma = section("soma", length=20)
alpha = h.AlphaSynapse(soma(0.5))
alpha.onset = 0.5
recorder = gm.record_synapses(gm.from_neuron())
h.finitialize(-65); h.continuerun(1)
result = recorder.events()
""")
    assert events.population_names == ("AlphaSynapse",)
    assert events.event_time.tolist() == [0.5]


def test_a_synapse_of_a_reversed_section_is_where_neuron_has_it(in_neuron: InNeuron) -> None:
    events = in_neuron("""
soma = section("soma", length=20)
dend = section("dend", soma(1), 1)
dend.nseg = 5
synapse = h.ExpSyn(dend(0.9))
result = gm.record_synapses(gm.from_neuron()).events()
""")
    assert events.positions[0].tolist() == pytest.approx([30, 0, 0])


def test_what_is_deleted_is_not_kept(in_neuron: InNeuron) -> None:
    counts, events = in_neuron(
        MODEL
        + """
recorder = gm.record_synapses(morphology)
run()
before = len(h.List("NetCon")), len(h.List("ExpSyn"))
del first, unused
counts = before, (len(h.List("NetCon")), len(h.List("ExpSyn")))
run()
result = counts, recorder.events()
"""
    )
    assert counts == ((3, 2), (2, 1))
    assert events.n_synapses == 2


def test_what_cannot_be_recorded_is_said(in_neuron: InNeuron) -> None:
    no_synapse, plain, wrong, warned = in_neuron("""
import warnings
soma = section("soma", length=20)
clamp = h.IClamp(soma(0.5))
morphology = gm.from_neuron()
result = [
    error(lambda: gm.record_synapses(morphology)),
    error(lambda: gm.record_synapses(gm.join_morphologies([morphology]))),
    error(lambda: gm.record_synapses(morphology, group_by="type")),
]
synapse = h.ExpSyn(soma(0.5))
netcon = h.NetCon(None, synapse)
result.append(error(lambda: gm.record_synapses(morphology)))
""")
    assert no_synapse.startswith("RecordingError: no section of the morphology has a synapse")
    assert plain.startswith("RecordingError: record_synapses needs a morphology from from_neuron")
    assert wrong.startswith('ValueError: group_by must be "mechanism" or "cell", got')
    assert warned.startswith("UserWarning: 1 NetCon without a source; use h.VecStim")
