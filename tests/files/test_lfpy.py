"""Cells of LFPy, held against LFPy's own coordinates and values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_process import needs, result_of

import gpu_morph as gm
from gpu_morph.data.value_map import map_values
from gpu_morph.readers.simulators.lfpy import _transform

lfpy = [pytest.mark.simulators, needs("LFPy")]

SWC = """\
1 1 0 0 0 8 -1
2 1 0 8 0 8 1
3 1 0 -8 0 8 1
4 3 0 8 0 1 1
5 3 0 100 20 1 4
6 3 -60 160 40 0.6 5
7 3 70 150 -30 0.6 5
8 2 0 -8 0 0.5 1
9 2 0 -200 30 0.5 8
"""
TEMPLATE = """\
begintemplate Cell
public all, soma, dend
objref all
create soma, dend
proc init() {
  all = new SectionList()
  soma { pt3dclear() pt3dadd(0, 0, 0, 16) pt3dadd(16, 0, 0, 16) all.append() }
  dend { pt3dclear() pt3dadd(16, 0, 0, 2) pt3dadd(96, 30, 50, 2) all.append() }
  connect dend(0), soma(1)
}
endtemplate Cell
"""
HEAD = """
import LFPy, numpy as np, gpu_morph as gm

def made(**options):
    return LFPy.Cell(morphology="cell.swc", passive=True, nsegs_method="lambda_f", lambda_f=500, tstop=20, **options)

def spiking(cell, time=5.0):
    synapse = LFPy.Synapse(cell, idx=cell.totnsegs - 1, syntype="ExpSyn", weight=0.05, tau=2)
    synapse.set_spike_times(np.array([time]))
    return synapse

def centres(cell):
    return np.stack([cell.x.mean(axis=1), cell.y.mean(axis=1), cell.z.mean(axis=1)], axis=1)
"""


@pytest.fixture
def in_lfpy(tmp_path: Path) -> Any:
    (tmp_path / "cell.swc").write_text(SWC)
    (tmp_path / "template.hoc").write_text(TEMPLATE)
    (tmp_path / "empty.hoc").write_text("// the template makes its sections itself\n")
    return lambda code: result_of(HEAD + code, tmp_path)


def distances(morphology: gm.Morphology, recording: gm.Recording, centres: np.ndarray) -> np.ndarray:
    return np.linalg.norm(morphology.locate(recording.section, recording.position) - centres, axis=1)


class TestWithLFPy:
    pytestmark = lfpy

    @pytest.mark.parametrize(
        "move",
        [
            "cell.set_pos(300, -200, 400); cell.set_rotation(x=1, y=0.5, z=2)",
            "cell.set_rotation(y=3, rotation_order='zyx'); cell.set_pos(z=900)",
            "cell.chiral_morphology('y'); cell.set_pos(10, 20, 30)",
            "cell.set_pos(1, 2, 3); cell.distort_geometry(0.2, 'z', nu=0.3)",
        ],
    )
    @pytest.mark.parametrize("pt3d", [False, True])
    def test_a_cell_is_where_it_was_moved_and_turned(self, in_lfpy: Any, move: str, pt3d: bool) -> None:
        (morphology, recording, _), centres = in_lfpy(
            f"cell = made(pt3d={pt3d})\n{move}\ncell.simulate(rec_vmem=True)\n"
            "result = gm.from_lfpy(cell), centres(cell)"
        )
        assert len(centres) > 20
        assert distances(morphology, recording, centres).max() < 0.01

    def test_values_at_sites_and_times_are_the_simulators(self, in_lfpy: Any) -> None:
        (_, recording, _), vmem, times = in_lfpy(
            "cell = made()\nspiking(cell)\ncell.set_rotation(x=1)\ncell.simulate(rec_vmem=True)\n"
            "result = gm.from_lfpy(cell), cell.vmem, cell.tvec"
        )
        rng = np.random.default_rng(1)
        columns, rows = rng.integers(0, len(vmem), 20), rng.integers(0, len(times), 20)
        values_at = map_values(recording, recording.section[columns], recording.position[columns])
        half_a_step = np.ptp(vmem) / 256 / 2
        for k, row in enumerate(rows):
            drawn = values_at(recording.row(row))[k]
            assert abs(drawn - vmem[columns[k], row]) < half_a_step
            assert recording.times[row] == times[row]
        assert np.ptp(vmem) > 10
        assert (recording.name, recording.unit) == ("v", "mV")

    def test_sections_have_neurons_names_and_labels(self, in_lfpy: Any) -> None:
        morphology, names = in_lfpy(
            "cell = made()\nresult = gm.from_lfpy(cell, None)[0], [sec.name() for sec in cell.allseclist]"
        )
        assert morphology.section_names == tuple(names)
        assert morphology.section_labels == ("soma", "axon", "dend", "dend", "dend")

    def test_a_template_cell_has_the_sections_of_its_template(self, in_lfpy: Any) -> None:
        (morphology, recording, _), centres = in_lfpy(
            "cells = [LFPy.TemplateCell(morphology='empty.hoc', templatefile='template.hoc', templatename='Cell',"
            " passive=True, tstop=1, delete_sections=False) for _ in range(2)]\n"
            "cell = cells[1]\ncell.set_pos(500, 0, 0)\ncell.simulate(rec_vmem=True)\n"
            "result = gm.from_lfpy(cell), centres(cell)"
        )
        assert morphology.section_labels == ("soma", "dend")
        assert morphology.n_cells == 1
        assert distances(morphology, recording, centres).max() < 0.01

    def test_without_recorded_potentials_there_is_no_recording_but_advice(self, in_lfpy: Any) -> None:
        before, after = in_lfpy(
            "cell = made()\nbefore = with_warnings(lambda: gm.from_lfpy(cell)[1:])\ncell.simulate()\n"
            "result = before, with_warnings(lambda: gm.from_lfpy(cell)[1:])"
        )
        for parts, messages in (before, after):
            assert parts == (None, None)
            assert len(messages) == 1
            assert "cell.simulate(rec_vmem=True)" in messages[0]

    def test_a_variable_is_recorded_where_sections_have_it(self, in_lfpy: Any) -> None:
        recording, morphology, expected, imem, message = in_lfpy(
            "cell = made()\n"
            "for sec in cell.allseclist:\n    if 'soma' in sec.name() or 'axon' in sec.name(): sec.insert('hh')\n"
            "spiking(cell)\ncell.simulate(rec_imem=True, rec_variables=['ina'])\n"
            "morphology, recording, _ = gm.from_lfpy(cell, 'ina')\n"
            "result = (recording, morphology, cell.rec_variables['ina'], gm.from_lfpy(cell, 'imem')[1],"
            " error(lambda: gm.from_lfpy(cell, 'cai')))"
        )
        labels = {morphology.section_labels[k] for k in recording.section}
        assert labels == {"soma", "axon"}
        assert recording.values == pytest.approx(expected[: recording.n_compartments].T, rel=1e-6)
        assert np.ptp(recording.values) > 0
        assert (recording.name, recording.unit) == ("ina", "mA/cm2")
        assert imem.unit == "nA"
        assert imem.n_compartments == len(expected)
        assert message.startswith("RecordingError: variable: there is no recording of 'cai'; there are 'imem', 'ina'")

    def test_values_of_an_earlier_run_are_refused(self, in_lfpy: Any) -> None:
        message = in_lfpy(
            "cell = made()\ncell.simulate(rec_vmem=True)\ncell.tstop = 10\ncell.simulate()\n"
            "result = error(lambda: gm.from_lfpy(cell))"
        )
        assert "earlier run" in message

    def test_a_cell_of_a_network_needs_times(self, in_lfpy: Any) -> None:
        message, (_, recording, synapses), vmem = in_lfpy(
            "network = LFPy.Network(dt=0.1, tstop=5, v_init=-65, OUTPUTPATH='.')\n"
            "network.create_population(Cell=LFPy.NetworkCell, POP_SIZE=2, name='P', pop_args=dict(radius=9, loc=0,"
            " scale=5), cell_args=dict(morphology='empty.hoc', templatefile='template.hoc', templatename='Cell',"
            " passive=True, tstop=5, dt=0.1, delete_sections=False))\n"
            "cell = network.populations['P'].cells[1]\ncell.create_synapse(cell, list(cell.allseclist)[1], x=0.5)\n"
            "network.simulate(rec_vmem=True)\n"
            "times = np.arange(cell.vmem.shape[1]) * network.dt\n"
            "result = error(lambda: gm.from_lfpy(cell)), gm.from_lfpy(cell, times=times), cell.vmem"
        )
        assert "give times=np.arange(cell.vmem.shape[1]) * network.dt" in message
        assert recording.times[-1] == pytest.approx(5, abs=0.11)
        assert recording.values == pytest.approx(vmem.T)
        assert synapses.population_names == ("ExpSyn",)

    def test_a_variable_time_step_is_read(self, in_lfpy: Any) -> None:
        recording, last = in_lfpy(
            "cell = made()\nspiking(cell)\ncell.simulate(rec_vmem=True, variable_dt=True)\n"
            "result = gm.from_lfpy(cell)[1], cell.vmem[:, -1]"
        )
        assert np.all(np.diff(recording.times) > 0)
        assert np.asarray(recording.values)[-1] == pytest.approx(last, abs=1e-4)

    def test_synapses_have_their_places_types_and_times(self, in_lfpy: Any) -> None:
        synapses, places = in_lfpy(
            "cell = made()\none = spiking(cell, 7.0)\n"
            "other = LFPy.Synapse(cell, idx=3, syntype='Exp2Syn', weight=0.01)\n"
            "other.set_spike_times(np.array([3.0, 1.0]))\n"
            "cell.set_pos(100, 200, 300)\ncell.set_rotation(x=2)\ncell.simulate()\n"
            "result = gm.from_lfpy(cell, None)[2], [(s.x, s.y, s.z) for s in cell.synapses]"
        )
        assert synapses.positions == pytest.approx(np.array(places), abs=0.01)
        assert synapses.population_names == ("ExpSyn", "Exp2Syn")
        assert synapses.population.tolist() == [0, 1]
        assert synapses.event_synapse.tolist() == [0, 1, 1]
        assert synapses.event_time.tolist() == [7.0, 1.0, 3.0]

    def test_synapses_of_netstims_have_no_times_and_a_warning_says_so(self, in_lfpy: Any) -> None:
        synapses, messages = in_lfpy(
            "cell = made()\nspiking(cell).set_spike_times_w_netstim()\ncell.synapses[0].set_spike_times(np.empty(0))\n"
            "cell.simulate()\nresult = with_warnings(lambda: gm.from_lfpy(cell, None)[2])"
        )
        assert (synapses.n_synapses, len(synapses.event_time)) == (1, 0)
        assert "set_spike_times_w_netstim" in messages[0]

    def test_a_recorder_has_the_times_of_netstims(self, in_lfpy: Any) -> None:
        synapses, messages, alone, expected, places = in_lfpy(
            "cell = made()\ncell.set_pos(100, 0, 0)\nspiking(cell, 3.0)\n"
            "driven = [LFPy.Synapse(cell, idx=k, syntype='ExpSyn', weight=0.01) for k in (4, cell.totnsegs - 1)]\n"
            "driven[0].set_spike_times_w_netstim(noise=0, start=2, number=3, interval=5)\n"
            "driven[1].set_spike_times_w_netstim(noise=1, start=1, number=9, interval=2, seed=5)\n"
            "recorder = gm.record_synapses(gm.from_lfpy(cell, None)[0])\n"
            "source, times = cell._hoc_netstimlist[2], LFPy.cell.neuron.h.Vector()\n"
            "watched = LFPy.cell.neuron.h.NetCon(source, None)\nwatched.record(times)\n"
            "cell.simulate()\n"
            "found = with_warnings(lambda: gm.from_lfpy(cell, None, synapses=recorder)[2])\n"
            "result = (*found, recorder.events(), times.to_python(), [(s.x, s.y, s.z) for s in cell.synapses])"
        )
        assert messages == []
        of = [synapses.event_time[synapses.event_synapse == k].tolist() for k in range(3)]
        assert of[0] == [3.0]
        assert of[1] == pytest.approx([3.0, 8.0, 13.0])  # a NetCon delays by 1 ms
        assert len(expected) > 2
        assert of[2] == pytest.approx([time + 1 for time in expected if time + 1 <= 20])
        assert synapses.positions == pytest.approx(np.array(places), abs=0.01)
        assert len(alone.event_time) == len(of[1]) + len(of[2])

    def test_a_recorder_has_the_times_of_the_connections_of_a_network(self, in_lfpy: Any) -> None:
        before, after = in_lfpy(
            "from scipy.stats import norm\nnetwork = LFPy.Network(dt=0.1, tstop=20, v_init=-65, OUTPUTPATH='.')\n"
            "network.create_population(Cell=LFPy.NetworkCell, POP_SIZE=2, name='P', pop_args=dict(radius=9, loc=0,"
            " scale=5), cell_args=dict(morphology='empty.hoc', templatefile='template.hoc', templatename='Cell',"
            " passive=True, tstop=20, dt=0.1, delete_sections=False))\n"
            "cells = network.populations['P'].cells\n"
            "for cell in cells:\n"
            "    LFPy.Synapse(cell, idx=0, syntype='ExpSyn', weight=1.).set_spike_times(np.array([4.]))\n"
            "network.connect('P', 'P', np.ones((2, 2), dtype=bool), syntype=LFPy.cell.neuron.h.ExpSyn,"
            " synparams=dict(tau=2., e=0.), weightargs=dict(loc=0.001, scale=0), multapsefun=None,"
            " syn_pos_args=dict(section=['soma', 'dend'], fun=[norm] * 2, funargs=[dict(loc=0, scale=99)] * 2,"
            " funweights=[1, 1]))\n"
            "recorder = gm.record_synapses(gm.from_lfpy(cells[0], None)[0])\n"
            "network.simulate(rec_vmem=True)\n"
            "result = gm.from_lfpy(cells[0], None)[2], gm.from_lfpy(cells[0], None, synapses=recorder)[2]"
        )
        assert before.n_synapses == after.n_synapses > 1
        assert np.array_equal(before.positions, after.positions)
        assert before.event_time.tolist() == [4.0]
        assert len(after.event_time) > 1

    def test_a_recorder_of_another_cell_is_refused(self, in_lfpy: Any) -> None:
        message = in_lfpy(
            "one, other = [LFPy.TemplateCell(morphology='empty.hoc', templatefile='template.hoc', templatename='Cell',"
            " passive=True, tstop=1, delete_sections=False) for _ in range(2)]\nspiking(one)\n"
            "recorder = gm.record_synapses(gm.from_lfpy(one, None)[0])\n"
            "result = error(lambda: gm.from_lfpy(other, None, synapses=recorder))"
        )
        assert message.startswith("RecordingError: the recorder is of other sections")

    def test_compartments_moved_one_by_one_are_refused_with_advice(self, in_lfpy: Any) -> None:
        message, (morphology, _, _), x = in_lfpy(
            "cell = made()\ncell.x[3] += 50\n"
            "result = error(lambda: gm.from_lfpy(cell)), gm.from_compartments(cell), cell.x"
        )
        assert message.startswith("MorphologyError")
        assert "from_compartments" in message
        assert morphology.bounds()[1, 0] >= x.max()

    def test_the_cell_is_not_changed(self, in_lfpy: Any) -> None:
        before, after = in_lfpy(
            "cell = made()\ncell.set_pos(1, 2, 3)\n"
            "def state(): return [(s.name(), s.nseg, [(s.x3d(k), s.diam3d(k)) for k in range(s.n3d())])"
            " for s in cell.allseclist], cell.x.tolist()\n"
            "before = state()\ngm.from_lfpy(cell, None)\nresult = before, state()"
        )
        assert before == after


def test_something_else_is_refused() -> None:
    with pytest.raises(gm.errors.MorphologyError, match=r"expected a cell of LFPy .* got object without 'allseclist'"):
        gm.from_lfpy(object())


POINTS = np.random.default_rng(2).normal(size=(30, 3)) * [100, 40, 10]
TURN = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
TURN *= np.linalg.det(TURN)  # a rotation


@pytest.mark.parametrize("matrix", [np.eye(3), TURN, TURN @ np.diag([1, -1, 1]), TURN @ np.diag([1.1, 1, 0.8])])
def test_a_rotation_a_mirror_and_a_stretching_are_found(matrix: np.ndarray) -> None:
    found, shift, distance = _transform(POINTS, POINTS @ matrix.T + [5, -6, 7])
    assert found == pytest.approx(matrix)
    assert shift == pytest.approx(np.array([5, -6, 7]))
    assert distance < 1e-9


def test_a_straight_cell_is_turned_and_not_mirrored() -> None:
    line = np.outer(np.arange(5.0), [0, 0, 10])
    found, _, distance = _transform(line, line @ TURN.T)
    assert np.linalg.det(found) == pytest.approx(1)
    assert distance < 1e-9
