"""Networks of NetPyNE, held against NetPyNE itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from own_process import needs, result_of
from saved_network import ends

from gpu_morph.data.value_map import map_values

MODEL = """
import numpy as np, gpu_morph as gm
from netpyne import sim, specs

def secs(**geom):
    return {"soma": {"geom": {"L": 20, "diam": 20}, "mechs": {"hh": {}}},
            "dend": {"geom": geom, "topol": {"parentSec": "soma", "parentX": 1.0, "childX": 0}, "mechs": {"pas": {}}}}

net = specs.NetParams({"sizeX": 500, "sizeY": 800, "sizeZ": 300})
net.cellParams["L"] = {"secs": secs(L=150, diam=3, nseg=5)}
points = secs(nseg=3, pt3d=[(0, 20, 0, 3), (0, 120, 0, 3), (50, 170, 0, 1)])
points["soma"]["geom"]["pt3d"] = [(0, 0, 0, 20), (0, 20, 0, 20)]
net.cellParams["P"] = {"secs": points}
net.popParams["A"] = {"cellType": "L", "numCells": 3}
net.popParams["B"] = {"cellType": "P", "numCells": 2}
net.popParams["bkg"] = {"cellModel": "NetStim", "numCells": 1, "rate": 200, "noise": 0.5, "start": 1}
net.synMechParams["exc"] = {"mod": "Exp2Syn", "tau1": 0.1, "tau2": 5.0, "e": 0}
common = {"weight": 1, "delay": 2, "synMech": "exc", "sec": "dend"}
net.connParams["x"] = {"preConds": {"pop": "bkg"}, "postConds": {"pop": "A"}, "loc": 0.9, **common}
net.connParams["y"] = {"preConds": {"pop": "A"}, "postConds": {"pop": "B"}, "loc": 0.3, **common}
traces = {f"d{k}": {"sec": "dend", "loc": (k + 0.5) / 5, "var": "v"} for k in range(5)}
traces["s"] = {"sec": "soma", "loc": 0.5, "var": "v"}
cfg = specs.SimConfig({"duration": 50, "recordCells": ["all"], "recordTraces": traces, "saveJson": True,
                       "filename": "model", "verbose": False, "analysis": {}})
sim.createSimulateAnalyze(net, cfg)

def state():
    return [(s.name(), s.nseg, s.L, [(s.x3d(k), s.y3d(k), s.z3d(k)) for k in range(s.n3d())])
            for s in sim.h.allsec()]

before = state()
parts = gm.from_netpyne(sim)
is_unchanged = state() == before
live = {name: {cell: np.array(values) for cell, values in sim.simData[name].items()} for name in traces}
spikes = np.array(sim.simData["spkt"]), np.array(sim.simData["spkid"])
sim.net.defineCellShapes()
points = {f"{c.tags['pop']}.cell_{c.gid}.{name}": np.array([(s.x3d(k), s.y3d(k), s.z3d(k)) for k in (0, s.n3d() - 1)])
          for c in sim.net.cells if "secs" in vars(c) for name, sec in c.secs.items() for s in [sec["hObj"]]}
result = parts, gm.read_netpyne("model_data.json"), gm.from_netpyne(sim), live, spikes, points, is_unchanged
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return result_of(MODEL, tmp_path_factory.mktemp("netpyne"))


@pytest.mark.simulators
@needs("netpyne")
class TestWithNetPyNE:
    def test_sections_are_where_define_cell_shapes_puts_them(self, model: Any) -> None:
        before, file, after, _, _, points, is_unchanged = model
        assert len(points) == 10
        for morphology in (before[0], file[0], after[0]):
            for name, expected in points.items():
                assert ends(morphology, name) == pytest.approx(expected, abs=0.01)
        assert is_unchanged

    def test_values_at_sites_and_times_are_the_simulators(self, model: Any) -> None:
        rng = np.random.default_rng(5)
        for morphology, recording, _ in model[:3]:
            live, n_checked = model[3], 0
            span = np.ptp([values for of_key in live.values() for values in of_key.values()])
            assert span > 50
            for key, of_key in live.items():
                for cell_key, values in of_key.items():
                    x = 0.5 if key == "s" else (int(key[1:]) + 0.5) / 5
                    population = "A" if int(cell_key[5:]) < 3 else "B"
                    if population == "B" and key != "s":  # three segments: the trace is that of their centres
                        x = (np.floor(x * 3) + 0.5) / 3
                    name = f"{population}.{cell_key}.{'soma' if key == 's' else 'dend'}"
                    drawn = map_values(recording, [morphology.section_names.index(name)], [x])
                    row = int(rng.integers(len(values)))
                    assert abs(drawn(recording.row(row))[0] - values[row]) < span / 256 / 2
                    n_checked += 1
            assert n_checked == 30

    def test_synapses_are_active_when_spikes_reach_them(self, model: Any) -> None:
        times, gids = model[4]
        for morphology, _, synapses in model[:3]:
            assert synapses.n_synapses == 3 + 6
            assert synapses.population_names == ("bkg", "A")
            of_stimulus = synapses.event_time[synapses.population[synapses.event_synapse] == 0]
            assert np.sort(of_stimulus) == pytest.approx(np.repeat(np.sort(times[gids == 5]), 3) + 2)
            of_a = np.sort(synapses.event_time[synapses.population[synapses.event_synapse] == 1])
            assert of_a == pytest.approx(np.repeat(np.sort(times[gids < 3]), 2) + 2)
            assert len(of_a) > 0
            on_b = [morphology.section_names[k] for k in synapses.section[synapses.population == 1]]
            assert sorted(on_b) == ["B.cell_3.dend"] * 3 + ["B.cell_4.dend"] * 3
