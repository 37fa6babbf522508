"""Jaxley: held against its own coordinates and values, and on stand-ins for its classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_process import needs, result_of

import gpu_morph as gm
from gpu_morph.data.value_map import map_values

with_jaxley = [pytest.mark.simulators, needs("jaxley")]

SWC = """\
1 1 0 0 0 6 -1
2 1 0 6 0 6 1
3 1 0 -6 0 6 1
4 3 6 0 0 1 1
5 3 50 0 0 1 4
6 3 100 50 0 .5 5
7 3 100 -50 30 .7 5
8 2 -6 0 0 .5 1
9 2 -200 40 0 .5 8
"""
ONE_POINT = SWC.replace("2 1 0 6 0 6 1\n3 1 0 -6 0 6 1\n", "")
HEAD = """
import jax, numpy as np, jaxley as jx, gpu_morph as gm
from jaxley.channels import HH
jax.config.update("jax_platforms", "cpu")

def run(module, stimulated):
    stimulated.stimulate(jx.step_current(i_delay=1, i_dur=2, i_amp=1, delta_t=0.025, t_max=6), verbose=False)
    return jx.integrate(module, delta_t=0.025)

def centres(module):
    return module.nodes[["x", "y", "z"]].to_numpy()
"""


@pytest.fixture
def in_jaxley(tmp_path: Path) -> Any:
    (tmp_path / "cell.swc").write_text(SWC)
    (tmp_path / "one_point.swc").write_text(ONE_POINT)
    return lambda code: result_of(HEAD + code, tmp_path)


class TestWithJaxley:
    pytestmark = with_jaxley

    @pytest.mark.parametrize(
        "made",
        [
            "jx.read_swc('cell.swc', ncomp=3)",
            "jx.read_swc('one_point.swc', ncomp=4)",
            "jx.Cell(jx.Branch(jx.Compartment(), ncomp=3), parents=[-1, 0, 0, 1, 1])",
        ],
    )
    def test_values_and_places_are_the_simulators(self, in_jaxley: Any, made: str) -> None:
        (morphology, recording, synapses), v, wanted = in_jaxley(
            f"cell = {made}\ncell.insert(HH())\ncell.record('HH_m', verbose=False)\n"
            "cell.branch('all').comp('all').record(verbose=False)\n"
            "v = run(cell, cell.branch(0).loc(0.5))\n"
            "result = gm.from_jaxley(cell, v, 0.025), np.asarray(v), centres(cell)"
        )
        assert synapses is None
        places = morphology.locate(recording.section, recording.position)
        n = len(wanted)
        assert np.linalg.norm(places - wanted, axis=1).max() < 1
        assert recording.n_compartments == n
        v = v[n:]  # after HH_m
        values_at = map_values(recording, recording.section, recording.position)
        half_a_step = np.ptp(v) / 256 / 2
        assert np.ptp(v) > 60
        is_sphere = np.diff(morphology.section_offsets)[recording.section] == 1
        rng = np.random.default_rng(1)
        rows = rng.integers(0, v.shape[1], 20)
        for row, column in zip(rows, rng.choice(np.flatnonzero(~is_sphere), 20), strict=True):
            assert recording.times[row] == pytest.approx(row * 0.025)
            assert abs(values_at(recording.row(row))[column] - v[column, row]) < half_a_step

    def test_a_cell_is_where_it_was_moved_and_turned(self, in_jaxley: Any) -> None:
        (morphology, recording, _), wanted = in_jaxley(
            "cell = jx.read_swc('cell.swc', ncomp=3)\ncell.record(verbose=False)\n"
            "cell.rotate(40, rotation_axis='yz')\ncell.move(30, -20, 10, update_nodes=True)\n"
            "result = gm.from_jaxley(cell, np.zeros((18, 2)), 1.0), centres(cell)"
        )
        places = morphology.locate(recording.section, recording.position)
        # The second half of the soma is a single node in Jaxley, which now places its three compartments at that node.
        is_half = recording.section == 1
        assert np.linalg.norm(places - wanted, axis=1)[~is_half].max() < 0.01
        assert np.linalg.norm(places[5] - wanted[5]) < 3

    def test_labels_are_those_of_groups_and_somata_are_drawn(self, in_jaxley: Any) -> None:
        morphology, one = in_jaxley(
            "result = [gm.from_jaxley(jx.read_swc(name, ncomp=2))[0] for name in ('cell.swc', 'one_point.swc')]"
        )
        assert morphology.section_labels == ("soma", "soma", "dend", "dend", "dend", "axon")
        assert morphology.section_length == pytest.approx([6, 6, 44, 70.71, 76.81, 198.09], abs=0.01)
        assert one.section_labels == ("soma", "dend", "dend", "dend", "axon")
        assert one.section_offsets[1] == 1
        assert one.diameters[0] == 12

    def test_compartments_changed_after_the_cell_was_made(self, in_jaxley: Any) -> None:
        (morphology, recording, _), before = in_jaxley(
            "cell = jx.read_swc('cell.swc', ncomp=2)\ncell.branch(2).set_ncomp(5)\n"
            "cell.branch(2).comp('all').record(verbose=False)\nn = len(cell.nodes)\n"
            "result = gm.from_jaxley(cell, np.zeros((5, 3)), 1.0), n"
        )
        assert before == 15
        places = morphology.locate(recording.section, recording.position)
        assert places[:, 0] == pytest.approx([10.4, 19.2, 28, 36.8, 45.6])

    def test_a_length_that_was_changed_is_drawn(self, in_jaxley: Any) -> None:
        morphology, xyz = in_jaxley(
            "cell = jx.Cell(jx.Branch(jx.Compartment(), ncomp=2), parents=[-1, 0, 0])\ncell.set('length', 50)\n"
            "cell.branch(1).set('radius', 3)\nbefore = [line.copy() for line in cell.xyzr]\n"
            "morphology = gm.from_jaxley(cell)[0]\n"
            "same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, cell.xyzr))\n"
            "result = morphology, same"
        )
        assert xyz, "the cell must not be changed"
        assert morphology.section_length == pytest.approx([100, 100, 100], rel=1e-5)
        assert morphology.diameter_at([1, 2], [0.5, 0.5]) == pytest.approx([6, 2])
        assert morphology.locate([1, 2], [0, 0]) == pytest.approx(morphology.locate([0, 0], [1, 1]))

    def test_a_network_has_its_cells_and_the_sites_of_synapses(self, in_jaxley: Any) -> None:
        (morphology, recording, synapses), v, place, message = in_jaxley(
            "from jaxley.synapses import IonotropicSynapse\nfrom jaxley.connect import connect\n"
            "cell = jx.read_swc('cell.swc', ncomp=2)\n"
            "other = jx.Cell(jx.Branch(jx.Compartment(), ncomp=3), parents=[-1, 0, 0])\n"
            "net = jx.Network([cell, other])\nnet.cell(1).move(500, 0, 0)\nnet.insert(HH())\n"
            "connect(net.cell(0).branch(2).loc(0.5), net.cell(1).branch(1).loc(0.2), IonotropicSynapse())\n"
            "net.IonotropicSynapse.record('IonotropicSynapse_s', verbose=False)\n"
            "net.cell(1).branch(2).record(verbose=False)\nv = run(net, net.cell(1).branch(0).loc(0.5))\n"
            "place = net.cell(1).branch(1).comp(0).nodes\n"
            "net.compute_compartment_centers()\n"
            "place = net.cell(1).branch(1).comp(0).nodes[['x', 'y', 'z']].to_numpy()[0]\n"
            "message = error(lambda: gm.from_jaxley(net, v, 0.025, variable='IonotropicSynapse_s'))\n"
            "result = gm.from_jaxley(net, v, 0.025), np.asarray(v), place, message"
        )
        assert morphology.section_cell.tolist() == [0] * 6 + [1] * 3
        assert recording.section.tolist() == [8, 8, 8]
        assert recording.row(-1) == pytest.approx(v[1:, -1])
        assert synapses.population_names == ("IonotropicSynapse",)
        assert synapses.positions[0] == pytest.approx(place, abs=0.01)
        assert "is a state of synapses" in message

    def test_what_does_not_fit_is_an_error(self, in_jaxley: Any) -> None:
        messages = in_jaxley(
            "cell = jx.read_swc('cell.swc', ncomp=2)\nv = np.zeros((2, 9))\n"
            "result = [error(lambda: gm.from_jaxley(cell, v, 1.0))]\n"
            "cell.branch(1).record(verbose=False)\n"
            "result += [error(lambda: gm.from_jaxley(cell, *given)) for given in"
            " [(v.T, 1.0), (v[None], 1.0), (v, None), (v, -1)]]\n"
            "result += [error(lambda: gm.from_jaxley(cell, v, 1.0, variable='m')),"
            " error(lambda: gm.from_jaxley(cell.branch(1), v, 1.0))]"
        )
        for message, words in zip(
            messages,
            [
                "RecordingError: Jaxley: the cell has no recordings; call cell.record",
                "with a row for each of 2 recordings of the cell, got (9, 2)",
                "give one run of a batch",
                "dt must be the delta_t of jaxley.integrate",
                "got -1",
                "there is no recording of 'm'; there are 'v'",
                "MorphologyError: Jaxley: got a part of a cell",
            ],
            strict=True,
        ):
            assert words in message


def test_other_objects_are_type_errors() -> None:
    with pytest.raises(TypeError, match="cell must be a Cell or a Network of Jaxley, got str"):
        gm.from_jaxley("cell.swc")
