"""Cells of the In Silico Framework, and objects with the same attributes, are read as arrays."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gpu_morph.data.audit import audit
from gpu_morph.data.value_map import map_values
from gpu_morph.errors import MorphologyError, RecordingError
from gpu_morph.readers.simulators.isf import (
    from_isf,
    is_voltage,
    isf_morphology,
    isf_recording,
    isf_synapses,
    recorded_variables,
    simulation_times,
)

N_TIMES = 4


class Section(SimpleNamespace):
    """A section with the attributes that are read; iterating gives its segments."""

    def __iter__(self) -> Any:
        return iter(SimpleNamespace(x=x) for x in self.segment_x)


def section(points: Any, *, label: str = "Dendrite", n_segments: int = 1, level: float = 0, **changes: Any) -> Section:
    """A section whose segments have the constant potential ``level`` plus their number, mV."""
    vectors = [np.full(N_TIMES, level + k) for k in range(n_segments)]
    fields: dict[str, Any] = {
        "pts": points,
        "diamList": [2.0] * len(points),
        "label": label,
        "parent": None,
        "parentx": 1.0,
        "segment_x": (np.arange(n_segments) + 0.5) / n_segments,
        "recVList": vectors,
        "recordVars": {"Ca.cai": [-v for v in vectors]},
    }
    return Section(**fields | changes)


def cell(**changes: Any) -> SimpleNamespace:
    """A soma, a dendrite of two segments, and myelin without a recording."""
    soma = section([[0, 0, 0], [10, 0, 0]], label="Soma", level=-70)
    dendrite = section([[5, 0, 0], [5, 9, 0], [5, 20, 0]], n_segments=2, level=-60, parent=soma, parentx=0.5)
    myelin = section([[5, 0, 0], [5, -9, 0]], label="Myelin", parent=soma, parentx=0.5, recVList=[], recordVars={})
    fields = {"sections": [soma, dendrite, myelin], "tVec": np.arange(N_TIMES) * 0.5, "synapses": {}}
    return SimpleNamespace(**fields | changes)


def synapse(position: Any, *spikes: float) -> SimpleNamespace:
    return SimpleNamespace(coordinates=np.array(position), preCell=SimpleNamespace(spikeTimes=list(spikes)))


# Morphology


def test_sections_keep_their_order_points_and_labels():
    morphology = isf_morphology(cell())
    assert morphology.section_labels == ("Soma", "Dendrite", "Myelin")
    assert morphology.section_offsets.tolist() == [0, 2, 5, 7]
    assert morphology.points[2:5].tolist() == [[5, 0, 0], [5, 9, 0], [5, 20, 0]]
    assert morphology.diameters.tolist() == [2.0] * 7


def test_sections_know_their_parents():
    morphology = isf_morphology(cell())
    assert morphology.section_parent.tolist() == [-1, 0, 0]
    assert morphology.section_parent_x[1:].tolist() == [0.5, 0.5]


def test_a_parent_may_come_later():
    stand_in = cell()
    stand_in.sections.reverse()
    assert isf_morphology(stand_in).section_parent.tolist() == [2, 2, -1]


def test_parents_are_compared_by_identity():
    first, second = section([[0, 0, 0]]), section([[0, 0, 0]])
    child = section([[1, 1, 1]], parent=second)
    assert isf_morphology(cell(sections=[first, second, child])).section_parent.tolist() == [-1, -1, 1]


def test_a_cell_without_sections_raises_an_error():
    with pytest.raises(MorphologyError, match=r"cell\.sections is empty; read the morphology before drawing the cell"):
        isf_morphology(cell(sections=[]))


def test_another_object_raises_an_error():
    with pytest.raises(
        MorphologyError, match="expected a cell of the In Silico Framework; str has no attribute 'sections'"
    ):
        from_isf("cell.hoc")


@pytest.mark.parametrize("name", ["pts", "diamList", "label"])
def test_a_section_must_have_its_attributes(name):
    stand_in = cell()
    delattr(stand_in.sections[0], name)
    with pytest.raises(MorphologyError, match=f"Section has no attribute '{name}'"):
        isf_morphology(stand_in)


def test_a_child_must_say_where_it_is_attached():
    stand_in = cell()
    del stand_in.sections[1].parentx
    with pytest.raises(MorphologyError, match="Section has no attribute 'parentx'"):
        isf_morphology(stand_in)


@pytest.mark.parametrize(("points", "widths"), [([[0, 0, 0], [1, 0, 0]], [1.0]), ([], [])])
def test_each_point_has_a_diameter(points, widths):
    stand_in = cell()
    stand_in.sections[1].pts, stand_in.sections[1].diamList = points, widths
    expected = (
        "section 1 must have as many diameters as points, at least one; "
        f"got {len(points)} points and {len(widths)} diameters"
    )
    with pytest.raises(MorphologyError, match=expected):
        isf_morphology(stand_in)


def test_a_parent_must_be_of_the_cell():
    stand_in = cell()
    stand_in.sections[2].parent = section([[0, 0, 0]])
    with pytest.raises(MorphologyError, match=r"the parent of section 2 is not in cell\.sections"):
        isf_morphology(stand_in)


# Recording


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
    expected = "'Na.m' was not recorded in any section; recorded: voltage, Ca.cai$"
    with pytest.raises(RecordingError, match=expected):
        from_isf(cell(), "Na.m")


def test_the_error_without_any_recording_says_so():
    unrecorded = section([[0, 0, 0]], recVList=[], recordVars={})
    with pytest.raises(RecordingError, match=r"'v' was not recorded in any section; recorded: nothing$"):
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


# Synapses


def test_spikes_of_the_presynaptic_cells_are_the_events():
    groups = {"L4": [synapse([1, 2, 3], 5.0, 7.0), synapse([4, 5, 6])], "VPM": [synapse([7, 8, 9], 1.0)]}
    found = isf_synapses(cell(synapses=groups))
    assert found is not None
    assert found.population_names == ("L4", "VPM")
    assert found.population.tolist() == [0, 0, 1]
    assert found.positions.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert found.event_synapse.tolist() == [0, 0, 2]
    assert found.event_time.tolist() == [5, 7, 1]


def test_where_there_is_a_release_site_the_events_are_what_it_released():
    one, two, three = (synapse([k, 0, 0], 1.0, 2.0) for k in range(3))
    one.releaseSite, two.releaseSite = SimpleNamespace(spikeTimes=[2.0]), SimpleNamespace(spikeTimes=[])
    three.releaseSite = None
    given = cell(synapses={"VPM": [one, two, three]})
    events = from_isf(given)[2]
    assert list(zip(events.event_synapse.tolist(), events.event_time.tolist(), strict=True)) == [(0, 2), (2, 1), (2, 2)]
    assert len(isf_synapses(given, all_spikes=True).event_time) == 6


def test_synapses_have_the_sections_of_their_secid():
    known, unknown = synapse([1, 2, 3]), synapse([4, 5, 6])
    known.secID = 1
    found = isf_synapses(cell(synapses={"L4": [known, unknown]}))
    assert found is not None
    assert found.section is not None
    assert found.section.tolist() == [1, -1]
    nowhere = isf_synapses(cell(synapses={"L4": [unknown]}))
    assert nowhere is not None
    assert nowhere.section is None


def test_a_population_without_synapses_is_left_out():
    found = isf_synapses(cell(synapses={"L4": [], "VPM": [synapse([7, 8, 9], 1.0)]}))
    assert found is not None
    assert found.population_names == ("VPM",)
    assert found.population.tolist() == [0]


def test_a_synapse_without_a_presynaptic_cell_is_never_active():
    lonely = SimpleNamespace(coordinates=[1, 2, 3], preCell=None)
    found = isf_synapses(cell(synapses={"L4": [lonely]}))
    assert found is not None
    assert found.n_synapses == 1
    assert found.event_time.size == 0


@pytest.mark.parametrize("changes", [{"synapses": {}}, {"synapses": None}, {"synapses": {"L4": []}}])
def test_a_cell_can_have_no_synapses(changes):
    assert isf_synapses(cell(**changes)) is None


def test_the_attribute_synapses_can_be_missing():
    stand_in = cell()
    del stand_in.synapses
    assert from_isf(stand_in)[2] is None


@pytest.mark.parametrize("name", ["preCell", "coordinates"])
def test_a_synapse_must_have_its_attributes(name):
    broken = synapse([1, 2, 3], 1.0)
    delattr(broken, name)
    with pytest.raises(MorphologyError, match=f"has no attribute '{name}'"):
        isf_synapses(cell(synapses={"L4": [broken]}))


# A real cell


@pytest.fixture(scope="module")
def real_cell(isf_cell_module: ModuleType) -> Any:
    if not isf_cell_module.DATA.is_dir():
        pytest.skip(f"no {isf_cell_module.DATA}")
    return isf_cell_module.load_cell()


def test_a_real_cell_is_read_whole(real_cell):
    morphology, source, synapses = from_isf(real_cell)
    assert (morphology.n_points, morphology.n_sections) == (13_962, 167)
    assert source is not None and synapses is not None
    assert (len(source.times), source.n_compartments) == (501, 1109)
    assert synapses.n_synapses == len(synapses.event_time) == 2000
    assert set(synapses.population_names) == set(real_cell.synapses)
    assert audit(morphology, source).is_clean


def test_a_real_cells_lengths_are_those_of_neuron(real_cell):
    expected = [section.L for section in real_cell.sections]
    np.testing.assert_allclose(isf_morphology(real_cell).section_length, expected, rtol=1e-3)


def test_a_real_cells_points_have_the_positions_of_neuron(real_cell):
    expected = np.concatenate([section.relPts for section in real_cell.sections])
    several = np.array([len(section.pts) > 1 for section in real_cell.sections])
    morphology = isf_morphology(real_cell)
    checked = several[morphology.point_section]
    np.testing.assert_allclose(morphology.point_position[checked], expected[checked], atol=1e-3)


def test_a_real_cells_points_have_the_voltage_of_the_segment_that_holds_them(real_cell, isf_cell_module):
    morphology, source, _ = from_isf(real_cell)
    assert source is not None
    with np.load(isf_cell_module.DATA / "sim.npz") as sim:
        first = sim["section_segment_offset"][morphology.point_section]
        expected = sim["voltage"][:, first + sim["point_segment_arclength"]]
        n_segments = sim["section_nseg"][morphology.point_section]
    index = morphology.point_position * n_segments
    inside = np.abs(index - np.round(index)) > 1e-3  # on a border both segments are right
    nearest = map_values(source, morphology.point_section, morphology.point_position, interpolation="nearest")
    assert inside.mean() > 0.9
    for row in (0, 250, 500):
        np.testing.assert_array_equal(nearest(source.row(row))[inside], expected[row][inside])


def test_a_real_cells_other_variable_is_read(real_cell):
    assert recorded_variables(real_cell) == ("voltage", "hh.m")
    voltage, gate = isf_recording(real_cell), isf_recording(real_cell, "hh.m")
    assert voltage is not None and gate is not None
    np.testing.assert_allclose(gate.row(300), (voltage.row(300) + 75) / 100, atol=1e-5)


def test_a_real_cell_can_be_read_without_a_simulation(real_cell, isf_cell_module):
    unsimulated = isf_cell_module.load_cell(simulated=False, synapses=False)
    morphology, source, synapses = from_isf(unsimulated)
    assert source is None and synapses is None
    assert morphology == isf_morphology(real_cell)


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
