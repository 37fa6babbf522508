"""Brian2: held against its own coordinates and values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_process import needs, result_of

import gpu_morph as gm
from gpu_morph.data.value_map import map_values

with_brian2 = [
    pytest.mark.simulators,
    needs("brian2"),
    pytest.mark.skipif(not hasattr(np.ndarray, "ptp"), reason="Brian2 2.9 needs NumPy below 2.4"),
]

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
HEAD = """
from brian2 import *
import gpu_morph as gm
prefs.codegen.target = "numpy"
EQUATIONS = '''
Im = gl * (-70*mV - v) : amp/meter**2
gl : siemens/meter**2
ca : mmolar
I : amp (point current)
'''

def neuron_of(morphology):
    neuron = SpatialNeuron(morphology, EQUATIONS, method="exponential_euler", Cm=1*uF/cm**2, Ri=100*ohm*cm)
    neuron.v, neuron.gl = -70*mV, 1*siemens/meter**2
    neuron.I[0] = 1*nA
    return neuron

def stick():
    soma = Soma(diameter=30*um)
    soma.axon = Cylinder(length=100*um, diameter=1*um, n=5)
    soma.axon.L = Section(n=3, length=[10, 20, 30]*um, diameter=[1, 2, 3, 1]*um)
    soma.dendrite = Cylinder(length=50*um, diameter=2*um, n=2)
    return soma
"""


@pytest.fixture
def in_brian2(tmp_path: Path) -> Any:
    (tmp_path / "cell.swc").write_text(SWC)
    return lambda code: result_of(HEAD + code, tmp_path)


class TestWithBrian2:
    pytestmark = with_brian2

    def test_values_and_places_are_the_simulators(self, in_brian2: Any) -> None:
        (morphology, recording, synapses), volts, seconds, metres = in_brian2(
            "neuron = neuron_of(Morphology.from_file('cell.swc'))\n"
            "monitor = StateMonitor(neuron, ['v', 'Im'], record=True)\nrun(5*ms)\n"
            "metres = np.stack([np.asarray(getattr(neuron, axis)) for axis in 'xyz'], axis=1)\n"
            "result = gm.from_brian2(neuron, monitor), monitor.v_[:], monitor.t_[:], metres"
        )
        assert synapses is None
        assert (recording.name, recording.unit) == ("v", "mV")
        places = morphology.locate(recording.section, recording.position)
        assert places == pytest.approx(metres * 1e6, abs=1e-3)
        assert recording.times == pytest.approx(seconds * 1e3)
        values_at = map_values(recording, recording.section, recording.position)
        half_a_step = np.ptp(volts) * 1e3 / 256 / 2
        assert np.ptp(volts) > 1e-3
        rng = np.random.default_rng(1)
        for row, column in zip(rng.integers(0, len(seconds), 20), rng.integers(0, len(volts), 20), strict=True):
            assert abs(values_at(recording.row(row))[column] - volts[column, row] * 1e3) < half_a_step

    def test_sections_without_coordinates_get_some(self, in_brian2: Any) -> None:
        morphology, recording, has_coordinates = in_brian2(
            "neuron = neuron_of(stick())\nmonitor = StateMonitor(neuron, 'v', record=True)\nrun(0.2*ms)\n"
            "result = *gm.from_brian2(neuron, monitor)[:2], neuron.morphology.axon.x is not None"
        )
        assert not has_coordinates, "the neuron must not be changed"
        assert morphology.section_names == ("main", "axon", "axon.L", "dendrite")
        assert morphology.section_labels == ("soma", "axon", "axon", "dend")
        assert morphology.section_parent.tolist() == [-1, 0, 1, 0]
        assert morphology.section_length == pytest.approx([0, 100, 60, 50])
        assert morphology.diameters[0] == 30
        assert morphology.diameter_at([2, 2, 2], [0, 0.5, 1]) == pytest.approx([1, 3, 1])
        assert recording.position == pytest.approx([0.5, 0.1, 0.3, 0.5, 0.7, 0.9, 5 / 60, 20 / 60, 45 / 60, 0.25, 0.75])

    def test_monitors_of_parts_and_of_some_compartments(self, in_brian2: Any) -> None:
        part, some, cut = in_brian2(
            "neuron = neuron_of(stick())\n"
            "monitors = [StateMonitor(neuron.axon, 'v', record=[0, 5]),"
            " StateMonitor(neuron, 'v', record=[7, 0]),"
            " StateMonitor(neuron, 'v', record=neuron.morphology.axon[:50*um])]\n"
            "neuron.v = np.arange(11)*mV\nNetwork(neuron, *monitors).run(0.1*ms)\n"
            "result = [gm.from_brian2(neuron, monitor)[1] for monitor in monitors]"
        )
        assert (part.section.tolist(), part.row(0).tolist()) == ([1, 2], pytest.approx([1, 6]))
        assert (some.section.tolist(), some.row(0).tolist()) == ([2, 0], pytest.approx([7, 0]))
        assert cut.position == pytest.approx([0.1, 0.3, 0.5])

    def test_other_variables_have_brian2s_units(self, in_brian2: Any) -> None:
        recordings = in_brian2(
            "neuron = neuron_of(stick())\nneuron.ca = 2*mmolar\n"
            "monitor = StateMonitor(neuron, ['gl', 'ca', 'I'], record=True)\nrun(0.1*ms)\n"
            "result = [gm.from_brian2(neuron, monitor, variable=name)[1] for name in monitor.record_variables]"
        )
        assert [(one.name, one.unit) for one in recordings] == [("gl", "S/(m^2)"), ("ca", "mM"), ("I", "A")]
        assert [float(one.row(0)[0]) for one in recordings] == pytest.approx([1, 2, 1e-9])

    def test_what_does_not_fit_is_an_error(self, in_brian2: Any) -> None:
        messages = in_brian2(
            "neuron, other = neuron_of(stick()), neuron_of(stick())\n"
            "monitor, foreign = StateMonitor(neuron, ['ca', 'I'], record=True), StateMonitor(other, 'v', record=True)\n"
            "spikes = SpikeMonitor(NeuronGroup(1, 'v : 1', threshold='v > 1'))\n"
            "result = [error(lambda: gm.from_brian2(neuron, monitor, variable='ca'))]\nrun(0.1*ms)\n"
            "result += [error(lambda: gm.from_brian2(*given)) for given in"
            " [(neuron, monitor), (neuron, foreign), (neuron, spikes), (neuron.axon, monitor)]]"
        )
        for message, words in zip(
            messages,
            [
                "RecordingError: Brian2: the monitor has no values yet; call run(duration) first",
                "there is no recording of 'v'; there are 'ca', 'I'",
                "RecordingError: Brian2: the monitor is of",
                "TypeError: monitor must be a StateMonitor of Brian2, got SpikeMonitor",
                "MorphologyError: Brian2: got a part of a SpatialNeuron",
            ],
            strict=True,
        ):
            assert words in message


def test_other_objects_are_type_errors() -> None:
    with pytest.raises(TypeError, match="neuron must be a SpatialNeuron of Brian2, got str"):
        gm.from_brian2("cell.swc")
