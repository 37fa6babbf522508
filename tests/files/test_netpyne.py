"""Networks of NetPyNE as its files describe them."""

from __future__ import annotations

import gzip
import json
import os
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from saved_network import SECS, ends, network

import gpu_morph as gm
from gpu_morph.errors import GpuMorphError, MorphologyError, RecordingError


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Write a network and read it."""

    def of(content: Any, variable: str | None = "v") -> Any:
        path = tmp_path / "model.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return gm.read_netpyne(path, variable)

    return of


class TestGeometry:
    def test_sections_are_named_by_population_cell_and_section(self, read: Any) -> None:
        morphology = read(network())[0]
        assert morphology.section_names == ("A.cell_0.dend", "A.cell_0.soma", "B.cell_4.dend", "B.cell_4.soma")
        assert morphology.section_labels == ("dend", "soma", "dend", "soma")
        assert morphology.section_cell.tolist() == [0, 0, 4, 4]
        assert morphology.section_parent.tolist() == [1, -1, 3, -1]

    def test_points_are_relative_to_the_cell_and_its_y_is_a_depth(self, read: Any) -> None:
        morphology = read(network())[0]
        assert ends(morphology, "B.cell_4.dend") == pytest.approx(np.array([[-30, -80, 0], [20, 20, 0]]))

    def test_a_cell_without_points_stands_along_y_at_its_place(self, read: Any) -> None:
        morphology = read(network())[0]
        assert ends(morphology, "A.cell_0.dend") == pytest.approx(np.array([[10, -180, 5], [10, -80, 5]]))

    def test_the_configuration_says_what_points_are_relative_to(self, read: Any) -> None:
        content = network()
        content["simConfig"]["invertedYCoord"] = False
        assert ends(read(content)[0], "B.cell_4.dend")[0] == pytest.approx([-30, 120, 0])
        content["simConfig"]["pt3dRelativeToCellLocation"] = False
        morphology = read(content)[0]
        assert ends(morphology, "B.cell_4.dend")[0] == pytest.approx([0, 20, 0])
        assert ends(morphology, "A.cell_0.dend")[0] == pytest.approx([10, -180, 5])  # as NetPyNE's own updateShape

    def test_a_section_connected_by_its_other_end_is_counted_from_there(self, read: Any) -> None:
        content = network()
        content["net"]["cells"][1]["secs"]["dend"]["topol"]["childX"] = 1.0
        morphology, recording, _ = read(content)
        dend = morphology.section_names.index("B.cell_4.dend")
        assert recording.position[recording.section == dend].tolist() == [0.25]

    def test_sections_that_were_not_saved_are_those_of_the_type(self, read: Any) -> None:
        content, whole = network(), read(network())[0]
        for one in content["net"]["cells"]:
            one.pop("secs", None)
        content["net"]["params"]["cellParams"] = {"PYR": {"secs": SECS}}
        assert ends(read(content)[0], "A.cell_0.dend") == pytest.approx(ends(whole, "A.cell_0.dend"))

    def test_point_neurons_are_left_out_with_a_warning_and_stimuli_without(self, read: Any) -> None:
        content = network()
        read(content)
        content["net"]["cells"][2]["tags"]["cellModel"] = "IntFire4"
        with pytest.warns(UserWarning, match="left out: 1 of 'bkg'"):
            assert read(content)[0].n_cells == 2

    def test_a_network_without_sections_is_refused(self, read: Any) -> None:
        content = network()
        del content["net"]["cells"][:2]
        with pytest.raises(MorphologyError, match=r"none of 1 cells has sections.*saveCellSecs"):
            read(content)

    def test_a_length_to_evaluate_is_refused_with_advice(self, read: Any) -> None:
        content = network()
        content["net"]["cells"][0]["secs"]["dend"]["geom"]["L"] = "100 * uniform(1, 2)"
        with pytest.raises(MorphologyError, match=r"L of A.cell_0.dend is '100 .*from_netpyne\(sim\)"):
            read(content)


class TestResults:
    def test_a_trace_is_at_the_centre_of_its_segment(self, read: Any) -> None:
        morphology, recording, _ = read(network())
        names = [morphology.section_names[k] for k in recording.section]
        assert names == ["A.cell_0.soma", "B.cell_4.soma", "B.cell_4.dend"]
        assert recording.position.tolist() == [0.5, 0.5, 0.75]
        assert recording.times.tolist() == [0.0, 0.1, 0.2]
        assert recording.row(2).tolist() == [0, -68, -30]
        assert (recording.name, recording.unit) == ("v", "mV")
        content = network()
        content["simConfig"]["recordTraces"]["V_dend"]["loc"] = 0.9
        assert read(content)[1].position.tolist() == [0.5, 0.5, 0.75]

    @pytest.mark.parametrize(("variable", "name"), [("gna_hh", "gna_hh"), ("gna", "gna_hh"), ("V_dend", "v")])
    def test_a_variable_or_the_key_of_a_trace_is_chosen(self, read: Any, variable: str, name: str) -> None:
        recording = read(network(), variable)[1]
        assert (recording.name, recording.n_compartments) == (name, 1)

    def test_a_variable_that_was_not_recorded_is_refused_with_those_that_were(self, read: Any) -> None:
        with pytest.raises(RecordingError, match=r"no recording of 'cai'; there are 'v', 'V_soma'.*'var': 'cai'"):
            read(network(), "cai")

    def test_without_traces_there_is_no_recording_but_advice(self, read: Any) -> None:
        content = network()
        content["simConfig"]["recordTraces"] = {}
        with pytest.warns(UserWarning, match=r"no recording of membrane potentials; set cfg.recordCells = \['all'\]"):
            assert read(content)[1] is None

    def test_times_that_were_not_recorded_follow_from_the_step(self, read: Any) -> None:
        content = network()
        del content["simData"]["t"]
        content["simConfig"]["recordStep"] = 0.5
        assert read(content)[1].times.tolist() == [0.0, 0.5, 1.0]

    def test_traces_of_different_lengths_are_refused(self, read: Any) -> None:
        content = network()
        content["simData"]["V_dend"]["cell_4"].pop()
        with pytest.raises(RecordingError, match=r"have \[2, 3\] values, there are 3 times"):
            read(content)

    def test_adaptive_times_are_refused_with_advice(self, read: Any) -> None:
        content = network()
        content["simData"]["V_soma"]["cell_time_0"] = [0, 0.05, 0.2]
        with pytest.raises(RecordingError, match=r"cfg.recordStep instead of 'adaptive'"):
            read(content)

    def test_connections_are_synapses_that_spikes_reach_after_the_delay(self, read: Any) -> None:
        morphology, _, synapses = read(network())
        assert synapses.population_names == ("A", "bkg", "noise")
        assert synapses.population.tolist() == [0, 1, 2]
        assert [morphology.section_names[k] for k in synapses.section] == [
            f"B.cell_4.{s}" for s in ("dend", "soma", "dend")
        ]
        assert synapses.positions[0] == pytest.approx([-30, -5, 0])
        events = sorted(zip(synapses.event_synapse.tolist(), synapses.event_time.tolist(), strict=True))
        assert events == [(0, 5.0), (0, 11.0), (1, 2.0), (2, 6.5)]

    def test_compact_connections_are_the_same(self, read: Any) -> None:
        content, keys = network(), ["preGid", "preLabel", "sec", "loc", "delay"]
        content["simConfig"]["compactConnFormat"] = keys
        of_two = content["net"]["cells"][1]
        of_two["conns"] = [[one.get(key) for key in keys] for one in of_two["conns"]]
        compact, plain = read(content)[2], read(network())[2]
        assert np.array_equal(compact.positions, plain.positions)
        assert np.array_equal(compact.event_time, plain.event_time)

    @pytest.mark.parametrize("how", [{"gapJunction": True}, {"pointer": {"id": 3}}, {"synMech": "electric"}])
    def test_gap_junctions_have_no_events(self, read: Any, how: dict[str, Any]) -> None:
        content = network()
        content["net"]["params"]["synMechParams"] = {"electric": {"mod": "Gap", "pointerParams": {"target_var": "v2"}}}
        content["net"]["cells"][1]["conns"][0].update(how)
        synapses, chemical = read(content)[2], read(network())[2]
        assert synapses.population_names == ("gap junction", "bkg", "noise")
        assert np.array_equal(synapses.positions, chemical.positions)
        assert sorted(synapses.event_synapse.tolist()) == [1, 2]

    @pytest.mark.parametrize("name", ["LFP", "lfp", "LFPPops", "dipoleSum"])
    def test_a_signal_outside_of_the_cells_is_named(self, read: Any, name: str) -> None:
        content = network()
        content["simConfig"]["recordLFP"] = [[0, 0, 0], [50, 0, 0]]
        content["simData"]["LFP"] = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]
        with pytest.raises(RecordingError, match=rf"'{name}' is a signal outside of the cells.*simData"):
            read(content, name)
        assert read(content)[1].n_compartments == 3


class TestFiles:
    def test_a_gzipped_file_is_read(self, read: Any, tmp_path: Path) -> None:
        path = tmp_path / "model.json.gz"
        path.write_bytes(gzip.compress(json.dumps(network()).encode()))
        assert gm.read_netpyne(path)[0] == read(network())[0]

    @pytest.mark.parametrize("name", ["model.pkl", "model.json"])
    def test_a_pickle_runs_only_when_allowed(self, tmp_path: Path, name: str) -> None:
        class Program:
            def __reduce__(self) -> Any:
                return os.mkdir, (str(tmp_path / "it_ran"),)

        path = tmp_path / name
        path.write_bytes(pickle.dumps({"net": Program()}))
        with pytest.raises(MorphologyError, match=r"is a pickle.*cfg.saveJson = True.*run=True"):
            gm.read_netpyne(path)
        assert not (tmp_path / "it_ran").exists()
        with pytest.raises(MorphologyError, match="no cells"):
            gm.read_netpyne(path, run=True)
        assert (tmp_path / "it_ran").exists()

    def test_a_pickle_that_may_run_is_the_same_network(self, read: Any, tmp_path: Path) -> None:
        path = tmp_path / "model.pkl"
        path.write_bytes(pickle.dumps(network()))
        assert gm.read_netpyne(path, run=True)[0] == read(network())[0]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "is not a JSON file of NetPyNE"),
            (b"%PDF", "is not a JSON file of NetPyNE"),
            (b"[" * 100_000, "nested too deeply"),
            (b"[1, 2]", "has no cells of NetPyNE.*saveDataInclude"),
            (b'{"simData": {}, "simConfig": {}}', "has no cells of NetPyNE.*saveDataInclude"),
            (b'{"net": {"cells": [1]}}', "not as NetPyNE 1 makes it"),
            (b'{"net": {"cells": []}}', "none of 0 cells has sections"),
        ],
    )
    def test_another_or_damaged_file_is_refused(self, tmp_path: Path, content: bytes, message: str) -> None:
        path = tmp_path / "model.json"
        path.write_bytes(content)
        with pytest.raises(MorphologyError, match=message):
            gm.read_netpyne(path)

    @pytest.mark.filterwarnings("ignore::UserWarning")
    def test_any_value_of_another_type_is_an_error_of_the_library(self, read: Any) -> None:
        def places(value: Any) -> Any:
            items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for key, inner in items:
                yield value, key
                yield from places(inner)

        n = len(list(places(network())))
        for k in range(n):
            for other in (None, [], {}, "x", -1, 1e300, [[1]]):
                content = network()
                holder, key = list(places(content))[k]
                holder[key] = other
                try:
                    read(content)
                except GpuMorphError:
                    continue


class TestFromSim:
    def sim(self, content: dict[str, Any]) -> SimpleNamespace:
        cells = [SimpleNamespace(**one) for one in content["net"]["cells"]]
        return SimpleNamespace(
            net=SimpleNamespace(cells=cells, params=SimpleNamespace(cellParams={}, synMechParams={})),
            cfg=SimpleNamespace(**content["simConfig"]),
            simData=content["simData"],
        )

    def test_objects_are_read_as_files_are(self, read: Any) -> None:
        (morphology, recording, synapses), expected = gm.from_netpyne(self.sim(network())), read(network())
        assert morphology == expected[0]
        assert recording is not None
        assert np.array_equal(recording.values, expected[1].values)
        assert np.array_equal(synapses.event_time, expected[2].event_time)

    def test_gathered_cells_are_taken_where_this_process_has_a_part(self) -> None:
        sim = self.sim(network())
        sim.net.allCells = network()["net"]["cells"]
        del sim.net.cells[0]
        assert gm.from_netpyne(sim)[0].n_cells == 2

    def test_without_a_network_it_says_what_to_call(self) -> None:
        with pytest.raises(MorphologyError, match=r"call sim.create\(netParams, simConfig\) before"):
            gm.from_netpyne(SimpleNamespace(cfg=None))
