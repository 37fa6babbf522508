"""Values that cells of the In Silico Framework recorded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from isf_objects import N_TIMES, Section, cell, section, synapse

from gpu_morph.data.audit import audit
from gpu_morph.errors import RecordingError
from gpu_morph.readers.simulators.isf import from_isf, is_voltage, isf_recording, recorded_variables, simulation_times


@pytest.mark.parametrize("variable", ["v", "voltage", "Vm", "VOLTAGE", " vm "])
def test_voltage_has_several_names(variable):
    assert is_voltage(variable)
    source = isf_recording(cell(), variable)
    assert source is not None
    assert (source.name, source.unit) == ("v", "mV")
    assert source.row(0).tolist() == [-70, -60, -59]


def test_other_variables_have_the_names_of_their_keys():
    assert not is_voltage("Ca.cai")
    source = isf_recording(cell(), "Ca.cai")
    assert source is not None
    assert (source.name, source.unit) == ("Ca.cai", "")
    assert source.row(0).tolist() == [70, 60, 59]


def test_compartments_have_the_positions_of_their_segments():
    source = isf_recording(cell())
    assert source is not None
    assert source.section.tolist() == [0, 1, 1]
    assert source.position.tolist() == [0.5, 0.25, 0.75]
    assert source.times.tolist() == [0, 0.5, 1, 1.5]


def test_a_segment_with_x_has_that_position():
    stand_in = cell()
    stand_in.sections[1].segment_x = [0.1, 0.6]
    source = isf_recording(stand_in)
    assert source is not None
    assert source.position.tolist() == pytest.approx([0.5, 0.1, 0.6])


def test_segments_without_x_have_equal_lengths():
    class WithoutX(Section):
        def __iter__(self) -> Any:
            return iter([object(), object()])

    dendrite = WithoutX(**vars(section([[0, 0, 0], [1, 0, 0]], n_segments=2)))
    source = isf_recording(cell(sections=[dendrite]))
    assert source is not None
    assert source.position.tolist() == [0.25, 0.75]


def test_values_change_with_time():
    stand_in = cell(sections=[section([[0, 0, 0]], recVList=[[1.0, 2.0, 3.0, 4.0]])])
    source = isf_recording(stand_in)
    assert source is not None
    assert [source.row(k).tolist() for k in range(N_TIMES)] == [[1], [2], [3], [4]]


def test_the_second_of_two_values_at_one_time_is_kept():
    stand_in = cell(tVec=[0, 1, 1, 2.5])  # as the variable time step gives them at an event
    stand_in.sections[0].recVList = [[-70, -65, 10, -80]]
    recording = isf_recording(stand_in)
    assert recording.times.tolist() == [0, 1, 2.5]
    assert recording.values[:, 0].tolist() == [-70, 10, -80]


def test_decreasing_times_raise_an_error():
    with pytest.raises(RecordingError, match="times must increase strictly"):
        isf_recording(cell(tVec=[0, 1, 0.5, 2]))


def test_a_section_that_was_not_recorded_has_no_value():
    morphology, source, _ = from_isf(cell())
    assert source is not None
    assert audit(morphology, source).unmapped_sections == (2,)


def test_a_section_that_was_not_recorded_does_not_shift_the_others():
    stand_in = cell()
    stand_in.sections.insert(0, stand_in.sections.pop())
    source = isf_recording(stand_in)
    assert source is not None
    assert source.section.tolist() == [1, 2, 2]
    assert source.row(0).tolist() == [-70, -60, -59]


def test_a_cell_that_was_not_simulated_has_no_recording():
    assert isf_recording(cell(tVec=None)) is None
    assert recorded_variables(cell(tVec=None)) == ()


@pytest.mark.parametrize("times", [[], np.arange(N_TIMES) * 0.5])
def test_a_cell_of_empty_vectors_has_no_recording(times):
    empty = cell(tVec=np.asarray(times))
    for one in empty.sections:
        one.recVList, one.recordVars = [[] for _ in one.recVList], {}
    assert isf_recording(empty) is None
    assert simulation_times(empty) is None
    assert recorded_variables(empty) == ()
    assert from_isf(empty)[1] is None


def test_a_cell_of_times_without_any_vectors_was_simulated():
    bare = cell()
    for one in bare.sections:
        one.recVList, one.recordVars = [], {}
    assert simulation_times(bare).tolist() == [0, 0.5, 1, 1.5]


def test_recorded_variables_are_listed():
    assert recorded_variables(cell()) == ("voltage", "Ca.cai")


def test_a_cell_whose_voltage_was_not_recorded_does_not_list_it():
    assert recorded_variables(cell(sections=[section([[0, 0, 0]], recVList=[])])) == ("Ca.cai",)


def test_the_error_for_an_unknown_variable_lists_the_recorded_ones():
    expected = "(?m)'Na.m' was not recorded in any section; recorded: voltage, Ca.cai$"
    with pytest.raises(RecordingError, match=expected):
        from_isf(cell(), "Na.m")


def test_the_error_without_any_recording_says_so():
    unrecorded = section([[0, 0, 0]], recVList=[], recordVars={})
    with pytest.raises(RecordingError, match=r"(?m)'v' was not recorded in any section; recorded: nothing$"):
        isf_recording(cell(sections=[unrecorded]))


def test_a_segment_without_a_vector_raises_an_error():
    stand_in = cell()
    stand_in.sections[1].recVList.pop()
    with pytest.raises(RecordingError, match="section 1 has 2 segments but 1 recorded vectors of 'v'"):
        isf_recording(stand_in)


def test_a_vector_of_another_length_raises_an_error():
    stand_in = cell()
    stand_in.sections[1].recVList[1] = np.zeros(3)
    expected = r"a vector of 'v' in section 1 has 3 values, but cell\.tVec has 4"
    with pytest.raises(RecordingError, match=expected):
        isf_recording(stand_in)


class Milli(np.ndarray):
    """An array in thousandths of what is asked for: V or s where mV or ms are wanted."""

    units = "a thousand times the unit"

    def to(self, unit: str) -> np.ndarray:
        return np.asarray(self) * 1000


def test_quantities_are_converted_and_masked_values_are_missing() -> None:
    given = cell()
    given.tVec = (given.tVec / 1000).view(Milli)
    soma, dendrite, _ = given.sections
    soma.recVList = [(v / 1000).view(Milli) for v in soma.recVList]
    dendrite.recVList = [np.ma.masked_array(v, mask=True) for v in dendrite.recVList]
    recording = isf_recording(given)
    assert recording is not None
    assert recording.times.tolist() == [0, 0.5, 1, 1.5]
    np.testing.assert_allclose(recording.row(1), [-70, np.nan, np.nan])


def test_masked_times_are_refused() -> None:
    with pytest.raises(RecordingError, match="times must be finite"):
        isf_recording(cell(tVec=np.ma.masked_equal(np.arange(N_TIMES) * 0.5, 0.5)))


def test_a_soma_of_many_points_is_as_long_as_it_is() -> None:
    x = np.linspace(0, 20, 41)
    soma = SimpleNamespace(
        pts=np.column_stack([x, 0 * x, 0 * x]), diamList=12 + 4 * np.sin(x / 6), label="Soma", parent=None
    )
    morphology = from_isf(SimpleNamespace(sections=[soma], tVec=None, synapses={}))[0]
    assert morphology.n_points == len(x)
    np.testing.assert_allclose(morphology.bounds()[:, 0], [0, 20], atol=1e-5)
    assert morphology.diameters.max() == pytest.approx(16, abs=0.1)


@pytest.mark.parametrize("unit", ["us", "ms"])
def test_times_that_are_time_differences_are_in_ms(unit):
    times = (np.arange(N_TIMES) * (1000 if unit == "us" else 1)).astype(f"timedelta64[{unit}]")
    given = cell(tVec=times)
    given.synapses = {"a": [synapse([0, 0, 0])]}
    given.synapses["a"][0].preCell.spikeTimes = times[:2]
    _, recording, synapses = from_isf(given)
    assert recording.times.tolist() == [0, 1, 2, 3]
    assert synapses.event_time.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        ([np.zeros(N_TIMES, dtype=complex)], "must be numbers of type float64: got an array of complex128"),
        ([["-65"] * N_TIMES], "must be numbers of type float64: got an array of <U3"),
        ([None], "must hold a vector of numbers for each segment, got None"),
    ],
    ids=["complex", "words", "none"],
)
def test_vectors_that_are_no_real_numbers_are_an_error(vectors, message):
    given = cell()
    given.sections[0].recVList = vectors
    with pytest.raises(RecordingError, match=message):
        isf_recording(given)
