"""Arbor: held against its own placement and samples, and on stand-ins for its classes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from own_process import needs, result_of

import gpu_morph as gm
from gpu_morph.data.value_map import map_values

with_arbor = [pytest.mark.simulators, needs("arbor")]

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
RUN = """
import arbor as A, numpy as np, gpu_morph as gm
from arbor import units as U

class Recipe(A.recipe):
    def __init__(self, morphology, probes):
        A.recipe.__init__(self)
        self.morphology, self.wanted = morphology, probes
    def num_cells(self):
        return 1
    def cell_kind(self, gid):
        return A.cell_kind.cable
    def cell_description(self, gid):
        clamp = A.i_clamp(1 * U.ms, 2 * U.ms, 1 * U.nA)
        decor = A.decor().paint("(all)", A.density("hh")).place("(location 0 0.5)", clamp)
        return A.cable_cell(self.morphology, decor, A.label_dict(), A.cv_policy_max_extent(20 * U.um))
    def probes(self, gid):
        return self.wanted
    def global_properties(self, kind):
        return A.neuron_cable_properties()

def run(morphology, **probes):
    simulation = A.simulation(Recipe(morphology, list(probes.values())))
    handles = [simulation.sample((0, tag), A.regular_schedule(0.1 * U.ms)) for tag in probes]
    simulation.run(6 * U.ms)
    return [simulation.samples(handle) for handle in handles]

def middles(morphology, sites):
    place = A.place_pwlin(morphology)
    points = [place.at(A.location(one.branch, (one.prox + one.dist) / 2)) for one in sites]
    return np.array([(point.x, point.y, point.z) for point in points])

def built():
    tree = A.segment_tree()  # a soma and dendrites in one branch, a gap, and a jump of the radius
    soma = tree.append(A.mnpos, A.mpoint(-10, 0, 0, 10), A.mpoint(10, 0, 0, 10), tag=1)
    near = tree.append(soma, A.mpoint(10, 0, 0, 1), A.mpoint(60, 0, 0, 1), tag=3)
    far = tree.append(near, A.mpoint(70, 0, 0, 1), A.mpoint(130, 0, 0, 0.5), tag=3)
    tree.append(far, A.mpoint(150, 50, 0, 0.5), tag=3)
    tree.append(far, A.mpoint(150, -50, 0, 0.5), tag=7)
    return tree
"""


@pytest.fixture
def in_arbor(tmp_path: Path) -> Any:
    (tmp_path / "cell.swc").write_text(SWC)
    return lambda code: result_of(RUN + code, tmp_path)


class TestWithArbor:
    pytestmark = with_arbor

    @pytest.mark.parametrize(
        "made",
        [
            "A.load_swc_neuron('cell.swc').morphology",
            "A.load_swc_arbor('cell.swc').morphology",
            "A.morphology(built())",
        ],
    )
    def test_values_and_places_are_the_simulators(self, in_arbor: Any, made: str) -> None:
        (morphology, recording, synapses), data, places, is_whole = in_arbor(
            f"morphology = {made}\n"
            "(data, meta), = run(morphology, v=A.cable_probe_membrane_voltage_cell('v'))[0]\n"
            "result = (gm.from_arbor(morphology, data, meta), data, middles(morphology, meta),"
            " np.array([one.dist > one.prox for one in meta]))"
        )
        assert synapses is None
        found = gm.locate(morphology, places)
        # The gap has no length in Arbor, so a cable across it has its middle on either of its sides.
        assert np.median(found.distance) == 0
        assert found.distance.max() < 1
        values_at = map_values(recording, found.section, found.position)
        half_a_step = np.ptp(data[:, 1:]) / 256 / 2
        assert np.ptp(data[:, 1:]) > 60
        rng = np.random.default_rng(1)
        columns = rng.choice(np.flatnonzero(is_whole), 20)
        for row, column in zip(rng.integers(0, len(data), 20), columns, strict=True):
            assert recording.times[row] == data[row, 0]
            assert abs(values_at(recording.row(row))[column] - data[row, 1 + column]) < half_a_step

    def test_sections_end_where_the_tag_changes(self, in_arbor: Any) -> None:
        morphology, recording = in_arbor(
            "morphology = A.morphology(built())\n"
            "(data, meta), = run(morphology, v=A.cable_probe_membrane_voltage_cell('v'))[0]\n"
            "result = gm.from_arbor(built(), data, meta)[:2]"
        )
        assert morphology.section_labels == ("soma", "dend", "dend", "custom7")
        assert morphology.section_parent.tolist() == [-1, 0, 1, 1]
        assert morphology.section_length == pytest.approx([20, 120, np.hypot(20, 50), np.hypot(20, 50)])
        assert set(recording.section.tolist()) == {0, 1, 2, 3}

    def test_locations_and_samples_of_several_probes(self, in_arbor: Any) -> None:
        (morphology, recording, _), ends = in_arbor(
            "loaded = A.load_swc_neuron('cell.swc')\n"
            "one, two = run(loaded.morphology, t=A.cable_probe_membrane_voltage('(terminal)', 't'),"
            " m=A.cable_probe_membrane_voltage('(location 5 0.5)', 'm'))\n"
            "result = gm.from_arbor(loaded, one + two), [data[-1, 1] for data, _ in one + two]"
        )
        places = morphology.locate(recording.section, recording.position)
        wanted = [[-200, 40, 0], [100, -50, 30], [100, 50, 0], [-103, 20, 0], [0, 6, 0], [0, -6, 0]]
        assert np.array(sorted(places.round(3).tolist())) == pytest.approx(np.array(sorted(wanted)))
        assert recording.row(-1) == pytest.approx(ends)

    def test_other_objects_are_type_errors(self, in_arbor: Any) -> None:
        message = in_arbor(
            "cell = A.cable_cell(A.morphology(built()), A.decor())\nresult = error(lambda: gm.from_arbor(cell))"
        )
        assert message.startswith("TypeError: morphology must be an arbor.morphology")
        assert "cable_cell" in message


def point(x: float, radius: float) -> SimpleNamespace:
    return SimpleNamespace(x=x, y=0.0, z=0.0, radius=radius)


def segment(start: float, end: float, tag: int, radius: float = 1.0) -> SimpleNamespace:
    return SimpleNamespace(prox=point(start, radius), dist=point(end, radius), tag=tag)


class Branches:
    """A stand-in for arbor.morphology: one branch, of a soma, a dendrite and a gap of 10 µm in the dendrite."""

    num_branches = 1

    def branch_parent(self, branch: int) -> int:
        return 2**32 - 1

    def branch_segments(self, branch: int) -> list[SimpleNamespace]:
        return [segment(0, 20, 1, 10), segment(20, 40, 3), segment(50, 110, 3)]


def cable(prox: float, dist: float, branch: int = 0) -> SimpleNamespace:
    return SimpleNamespace(branch=branch, prox=prox, dist=dist)


DATA = np.array([[0.0, 1, 2, 3], [0.1, 4, 5, 6]])
CABLES = [cable(0, 0.1), cable(0.1, 0.3), cable(0.3, 1)]


def test_a_cable_over_two_sections_has_a_column_in_each() -> None:
    _, recording, _ = gm.from_arbor(Branches(), DATA, CABLES)
    assert recording is not None
    assert recording.section.tolist() == [0, 0, 1, 1]
    assert recording.row(0).tolist() == [1, 2, 2, 3]
    # Of 90 µm of dendrite, 80 are segments: 5 and 45 of them are 5 and 55 along it.
    assert recording.position == pytest.approx([0.25, 0.75, 5 / 90, 55 / 90])


def test_cables_of_no_length_do_not_repeat_a_site() -> None:
    _, recording, _ = gm.from_arbor(Branches(), DATA, [cable(1, 1), cable(0, 0), cable(1, 1)])
    assert recording is not None
    assert (recording.section.tolist(), recording.position.tolist()) == ([1, 0], [1, 0])
    assert recording.row(1).tolist() == [4, 5]


def test_a_list_of_samples_has_a_list_of_sites() -> None:
    locations = [SimpleNamespace(branch=0, pos=0.0), SimpleNamespace(branch=0, pos=0.5)]
    _, recording, _ = gm.from_arbor(Branches(), [DATA[:, :2], DATA[:, [0, 2]]], locations, name="m", unit="")
    assert recording is not None
    assert (recording.name, recording.unit, recording.row(1).tolist()) == ("m", "", [4, 5])
    assert gm.from_arbor(Branches())[1:] == (None, None)


@pytest.mark.parametrize(
    ("samples", "meta", "message"),
    [
        (DATA, CABLES[:2], r"2 sites must have shape \(n_times, 3\), times first, got \(2, 4\)"),
        (DATA.T, CABLES, "must have shape"),
        (DATA, [cable(0, 1, branch=7)] * 3, "on branch 7, the morphology has 1 branches"),
        (DATA, ["soma"] * 3, "meta must be cables or a location"),
        ([DATA], [CABLES, CABLES], "a list of meta of the same length"),
        (DATA, None, "what simulation.samples"),
        ([], None, "there are no samples"),
        ([(DATA, CABLES), (DATA + 0.05, CABLES)], None, "at different times"),
    ],
)
def test_samples_that_do_not_fit_are_errors(samples: Any, meta: Any, message: str) -> None:
    with pytest.raises(gm.errors.RecordingError, match=message):
        gm.from_arbor(Branches(), samples, meta)
