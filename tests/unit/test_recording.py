"""Values are mapped to sites by arc length and read lazily; invalid recordings are refused."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph.data import recording as module
from gpu_morph.data.audit import Audit, audit
from gpu_morph.data.morphology import Morphology
from gpu_morph.data.recording import Recording
from gpu_morph.data.value_map import map_values
from gpu_morph.errors import RecordingError


def recording(**changes: Any) -> Recording:
    """Three times, two compartments in section 0."""
    fields: dict[str, Any] = {
        "times": [0, 1, 2.5],
        "values": np.array([[-70, -60], [-65, 30], [-80, -75]], dtype=np.float32),
        "section": [0, 0],
        "position": [0.25, 0.75],
    }
    fields |= changes
    return Recording(fields.pop("times"), fields.pop("values"), **fields)


def placed(section: Any, position: Any) -> Recording:
    """One row of values 0, 10, 20, ... at the given sites."""
    return Recording([0], 10.0 * np.arange(len(section))[np.newaxis], section=section, position=position)


def row_values(source: Recording, section: Any, position: Any, **choice: Any) -> list[float]:
    return map_values(source, section, position, **choice)(source.row(0)).tolist()


def lines(*points: Any) -> Morphology:
    """Sections through the given points, unconnected."""
    counts = [len(p) for p in points]
    n = len(points)
    return Morphology(
        np.concatenate(points), np.ones(sum(counts)), np.cumsum([0, *counts]), [-1] * n, [0] * n, ["dend"] * n
    )


class CountedRows:
    """A source that records which rows were read."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.shape = values.shape
        self.asked: list[Any] = []

    def __getitem__(self, rows: Any) -> np.ndarray:
        self.asked.append(rows)
        return self.values[rows]

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise AssertionError("the whole recording was read")


# What it holds


def test_it_knows_what_was_recorded():
    source = recording(name="cai", unit="mM")
    assert source.n_compartments == 2
    assert repr(source) == "Recording('cai', 'mM', 3 times from 0 to 2.5 ms, 2 compartments)"


def test_it_is_a_voltage_in_millivolts_by_default():
    assert (recording().name, recording().unit) == ("v", "mV")


def test_values_may_be_a_list():
    assert recording(values=[[1, 2], [3, 4], [5, 6]]).row(1).tolist() == [3, 4]


def test_a_row_is_float32():
    row = recording(values=np.array([[1, 2], [3, 4], [5, 6]], dtype=np.int64)).row(2)
    assert row.dtype == np.float32
    assert row.tolist() == [5, 6]


@pytest.mark.parametrize("is_pickled", [False, True])
@pytest.mark.parametrize("name", ["times", "section", "position"])
def test_arrays_cannot_be_written_to(name, is_pickled):
    source = pickle.loads(pickle.dumps(recording())) if is_pickled else recording()
    with pytest.raises(ValueError, match="read-only"):
        getattr(source, name)[0] = 0


def test_a_pickle_holds_the_same_values():
    twin = pickle.loads(pickle.dumps(recording(name="cai", unit="mM")))
    assert (twin.name, twin.unit) == ("cai", "mM")
    assert [twin.row(k).tolist() for k in range(3)] == [recording().row(k).tolist() for k in range(3)]


# Checks


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.zeros((2, 3))}, "(n_times, n_compartments) = (3, 2), got (2, 3): transpose it"),
        ({"values": np.zeros((3, 3))}, "(n_times, n_compartments) = (3, 2), got (3, 3)"),
        ({"values": np.zeros(6)}, "(n_times, n_compartments) = (3, 2), got (6,)"),
        ({"values": [[1, 2]]}, "(n_times, n_compartments) = (3, 2), got (1, 2)"),
        ({"position": [0.5]}, "section and position must have one entry per compartment each, got 2 and 1"),
        ({"times": [[0, 1, 2]]}, "times must have one dimension, got shape (1, 3)"),
        ({"section": 0}, "section must have one dimension, got shape ()"),
        ({"position": [[0.5, 0.6]]}, "position must have one dimension, got shape (1, 2)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(changes, message):
    with pytest.raises(RecordingError, match=re.escape(message) + "$"):
        recording(**changes)


def test_there_is_at_least_one_time():
    with pytest.raises(RecordingError, match="times must hold at least one time, got none"):
        recording(times=[], values=np.zeros((0, 2)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_times_must_be_finite(bad):
    with pytest.raises(RecordingError, match="times must be finite, in ms"):
        recording(times=[0, 1, bad])


@pytest.mark.parametrize(
    ("times", "got"), [([0, 1, 1], "1.0 ms is followed by 1.0"), ([0, 2, 1], "2.0 ms is followed by 1.0")]
)
def test_times_must_increase(times, got):
    with pytest.raises(RecordingError, match=rf"times must increase strictly; times\[1\] = {got} ms"):
        recording(times=times)


def test_times_may_be_uneven():
    assert recording(times=[-1, 0, 100]).times.tolist() == [-1, 0, 100]


def test_a_section_must_not_be_negative():
    with pytest.raises(RecordingError, match="section must not be negative, got -2"):
        recording(section=[0, -2])


def test_a_section_must_be_a_whole_number():
    with pytest.raises(RecordingError, match=r"section must hold whole numbers of type int32, got 0\.5"):
        recording(section=[0, 0.5])


@pytest.mark.parametrize(("bad", "shown"), [(-0.1, "-0.1"), (1.25, "1.25"), (np.nan, "nan"), (75, "75.0")])
def test_a_position_is_a_fraction(bad, shown):
    expected = rf"position must lie in 0\.\.1 \(relative arc length\), got {shown}\d* for compartment 1"
    with pytest.raises(RecordingError, match=expected):
        recording(position=[0.5, bad])


# Values at sites


@pytest.mark.parametrize(("position", "value"), [(0.25, 0), (0.5, 5), (0.35, 2), (0.75, 10)])
def test_between_two_compartments_values_change_linearly(position, value):
    assert row_values(placed([0, 0], [0.25, 0.75]), [0], [position]) == pytest.approx([value], abs=1e-5)


@pytest.mark.parametrize(("position", "value"), [(0, 0), (0.1, 0), (0.9, 10), (1, 10)])
@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
def test_beyond_the_outermost_compartment_its_value_holds(interpolation, position, value):
    source = placed([0, 0], [0.25, 0.75])
    assert row_values(source, [0], [position], interpolation=interpolation) == [value]


@pytest.mark.parametrize(("position", "value"), [(0, 0), (0.29, 0), (0.31, 10), (0.74, 10), (0.76, 20), (1, 20)])
def test_nearest_takes_the_closest_compartment(position, value):
    source = placed([0, 0, 0], [0.1, 0.5, 1.0])
    assert row_values(source, [0], [position], interpolation="nearest") == [value]


def test_values_reach_points_by_arc_length_and_not_by_index():
    # Points crowd at the start: by index the third of five would be in the middle.
    morphology = lines([[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [10, 0, 0]])
    source = placed([0, 0], [0.25, 0.75])
    section, position = morphology.point_section, morphology.point_position
    assert row_values(source, section, position, interpolation="nearest") == [0, 0, 0, 0, 10]
    assert row_values(source, section, position) == pytest.approx([0, 0, 0, 1, 10], abs=1e-5)


def test_a_compartment_gives_values_to_its_own_section_only():
    source = placed([0, 1], [1.0, 0.0])
    assert row_values(source, [0, 0, 1, 1], [0, 1, 0, 1]) == [0, 0, 10, 10]


def test_a_section_without_compartments_has_no_value():
    source = placed([0, 2], [0.5, 0.5])
    values = row_values(source, [0, 1, 2, 3], [0.5, 0.5, 0.5, 0.5])
    assert values == pytest.approx([0, np.nan, 10, np.nan], nan_ok=True)


def test_nothing_recorded_is_no_value_anywhere():
    source = Recording([0], np.zeros((1, 0)), section=[], position=[])
    assert map_values(source, [0, 1], [0, 1]).before.tolist() == [-1, -1]


@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
@pytest.mark.parametrize("seed", range(5))
def test_columns_may_come_in_any_order(seed, interpolation):
    random = np.random.default_rng(seed)
    section, position = random.integers(0, 4, 30), random.random(30)
    values = random.normal(size=(1, 30))
    sites = random.integers(0, 4, 100), random.random(100)
    shuffled = random.permutation(30)
    expected = Recording([0], values, section=section, position=position)
    mixed = Recording([0], values[:, shuffled], section=section[shuffled], position=position[shuffled])
    assert row_values(mixed, *sites, interpolation=interpolation) == row_values(
        expected, *sites, interpolation=interpolation
    )


@pytest.mark.parametrize("seed", range(3))
def test_linear_is_numpys_interpolation_in_each_section(seed):
    random = np.random.default_rng(seed)
    section, position = np.repeat([0, 1, 2], 5), np.sort(random.random((3, 5)), axis=1).ravel()
    values = random.normal(size=15)
    source = Recording([0], values[np.newaxis], section=section, position=position)
    asked = np.linspace(0, 1, 21)
    for s in range(3):
        expected = np.interp(asked, position[section == s], values[section == s])
        np.testing.assert_allclose(row_values(source, np.full(21, s), asked), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([np.nan, 10], [np.nan, np.nan, 10, 10]),
        ([0, np.nan], [0, 0, np.nan, np.nan]),
        ([np.nan, np.nan], [np.nan] * 4),
    ],
)
def test_beside_a_missing_value_the_closer_compartment_counts(values, expected):
    source = Recording([0], [values], section=[0, 0], position=[0, 1])
    assert row_values(source, [0] * 4, [0, 0.49, 0.51, 1]) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("sign", [1, -1])
def test_an_infinite_value_exceeds_all_others_and_leaves_its_neighbours_alone(sign):
    source = Recording([0], [[0, 1, sign * np.inf]], section=[0, 0, 0], position=[0, 0.5, 1])
    values = row_values(source, [0, 0, 0, 0], [0, 0.25, 0.5, 1])
    assert values[:3] == [0, 0.5, 1]
    assert sign * values[3] > 1e37


@pytest.mark.parametrize("huge", [1e9, np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("turn", [1, -1])
def test_nearest_gives_the_exact_value_of_a_compartment(huge, turn):
    source = Recording([0], [[huge, 0.1][::turn]], section=[0, 0], position=[0, 1], unit="nA")
    site = 0.75 if turn == 1 else 0.25
    assert row_values(source, [0], [site], interpolation="nearest") == [np.float32(0.1)]


@pytest.mark.parametrize("huge", [1e9, np.inf, -np.inf, np.nan])
def test_a_site_on_a_compartment_has_its_exact_value(huge):
    source = Recording([0], [[huge, 0.1, huge]], section=[0, 0, 0], position=[0, 0.5, 1], unit="nA")
    assert row_values(source, [0], [0.5]) == [np.float32(0.1)]


def test_the_map_serves_every_row():
    source = recording()
    at_middle = map_values(source, [0], [0.5])
    assert [at_middle(source.row(k)).tolist() for k in range(3)] == [[-65], [-17.5], [-77.5]]
    assert at_middle(source.row(0)).dtype == np.float32


def test_two_compartments_at_one_site_do_not_divide_by_zero():
    assert row_values(placed([0, 0], [0.5, 0.5]), [0, 0], [0.2, 0.8]) == [0, 10]


def test_only_linear_and_nearest_are_known():
    with pytest.raises(ValueError, match="interpolation must be 'linear' or 'nearest', got 'cubic'"):
        map_values(recording(), [0], [0.5], interpolation="cubic")  # type: ignore[arg-type]


def test_on_a_real_cell_nearest_is_the_segment_that_holds_the_point(shared_data: Path):
    path = shared_data / "isf_simulated" / "sim.npz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    with np.load(path) as sim:
        n_segments, offsets = sim["section_nseg"], sim["section_point_offset"]
        points, expected = sim["points"], sim["point_segment_arclength"]
    n_sections = len(n_segments)
    morphology = Morphology(
        points, np.ones(len(points)), offsets, np.full(n_sections, -1), np.zeros(n_sections), ["dend"] * n_sections
    )
    section = np.repeat(np.arange(n_sections), n_segments)
    local = np.concatenate([np.arange(n) for n in n_segments])
    source = placed(section, (local + 0.5) / n_segments[section])
    found = map_values(source, morphology.point_section, morphology.point_position, interpolation="nearest")
    column = found.before
    segment = morphology.point_position * n_segments[morphology.point_section]
    inside = np.abs(segment - np.round(segment)) > 1e-3  # on a border both segments are right
    assert inside.mean() > 0.9
    np.testing.assert_array_equal(local[column][inside], expected[inside])
    np.testing.assert_array_equal(section[column], morphology.point_section)


# Lazy reading


def test_making_one_reads_no_row():
    rows = CountedRows(np.zeros((3, 2)))
    recording(values=rows)
    assert rows.asked == []


def test_a_row_reads_one_row():
    rows = CountedRows(np.arange(6.0).reshape(3, 2))
    assert recording(values=rows).row(1).tolist() == [2, 3]
    assert rows.asked == [1]


def test_mapping_and_audit_read_no_row():
    rows = CountedRows(np.zeros((3, 2)))
    source = recording(values=rows)
    map_values(source, [0], [0.5])
    audit(lines([[0, 0, 0], [1, 0, 0]]), source)
    assert rows.asked == []


@pytest.fixture(params=["memmap", "h5py", "dask"])
def rows_from_elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Three rows of two compartments, in a file or not yet computed."""
    values = np.array([[-70, np.nan], [-65, 30], [-80, -75]])
    if request.param == "memmap":
        np.save(tmp_path / "values.npy", values)
        yield np.load(tmp_path / "values.npy", mmap_mode="r")
    elif request.param == "h5py":
        with pytest.importorskip("h5py").File(tmp_path / "values.h5", "w") as file:
            yield file.create_dataset("v", data=values)
    else:
        yield pytest.importorskip("dask.array").from_array(values, chunks=(2, 1))


def test_any_source_that_slices_by_row_is_accepted(rows_from_elsewhere):
    rows = rows_from_elsewhere
    source = recording(values=rows)
    assert source.values is rows
    assert source.row(1).tolist() == [-65, 30]
    assert type(source.row(1)) is np.ndarray
    assert source.value_range() == (-80, 30)


def test_columns_are_read_alone_if_the_source_can_slice_columns(rows_from_elsewhere):
    assert recording(values=rows_from_elsewhere).columns([1], 1, 3).tolist() == [[30], [-75]]


@pytest.mark.parametrize("block_bytes", [1, 10**6])
def test_columns_of_other_sources_are_taken_from_whole_rows(monkeypatch, block_bytes):
    monkeypatch.setattr(module, "_BLOCK_BYTES", block_bytes)
    rows = CountedRows(np.arange(6.0).reshape(3, 2))
    found = recording(values=rows).columns([1, 0, 1], 1, 3)
    assert found.tolist() == [[3, 2, 3], [5, 4, 5]]
    assert found.dtype == np.float32
    assert all(read.start >= 1 for read in rows.asked)
    assert recording(values=rows).columns([], 0, 3).shape == (3, 0)


# The range of values


def test_the_range_is_that_of_the_whole_time():
    assert recording().value_range() == (-80, 30)


def test_values_that_are_not_finite_are_left_out_of_the_range():
    values = [[np.nan, 3], [np.inf, 5], [-np.inf, np.nan]]
    assert recording(values=values).value_range() == (3, 5)


def test_a_row_without_a_finite_value_does_not_matter():
    assert recording(values=[[1, 2], [np.nan, np.nan], [0, 1]]).value_range() == (0, 2)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_without_a_finite_value_there_is_no_range(value):
    with pytest.raises(RecordingError, match=r"'cai' has no finite value: give clim=\(low, high\)"):
        recording(values=np.full((3, 2), value), name="cai").value_range()


@pytest.mark.parametrize(
    ("block_bytes", "reads"),
    [(1, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]), (32, [(0, 2), (2, 4), (4, 6)]), (10**6, [(0, 62500)])],
)
def test_the_range_is_read_once_and_in_blocks(monkeypatch, block_bytes, reads):
    monkeypatch.setattr(module, "_BLOCK_BYTES", block_bytes)
    rows = CountedRows(np.arange(10.0).reshape(5, 2))
    source = Recording(np.arange(5), rows, section=[0, 0], position=[0, 1])
    assert source.value_range() == (0, 9)
    assert [(r.start, r.stop) for r in rows.asked] == reads


@pytest.mark.parametrize("chunks", [(2, 1), ((2, 2, 1), (1, 1))])
def test_the_range_is_read_by_whole_chunks(monkeypatch, chunks):
    monkeypatch.setattr(module, "_BLOCK_BYTES", 1)
    rows = CountedRows(np.arange(10.0).reshape(5, 2))
    rows.chunks = chunks  # type: ignore[attr-defined]
    assert Recording(np.arange(5), rows, section=[0, 0], position=[0, 1]).value_range() == (0, 9)
    assert [(r.start, r.stop) for r in rows.asked] == [(0, 2), (2, 4), (4, 6)]


@pytest.mark.parametrize("index", [(0, 1), (2, 0), (4, 1)])
def test_an_extreme_in_any_block_is_found(monkeypatch, index):
    monkeypatch.setattr(module, "_BLOCK_BYTES", 32)
    values = np.zeros((5, 2))
    values[index] = 7
    assert Recording(np.arange(5), values, section=[0, 0], position=[0, 1]).value_range() == (0, 7)
    assert Recording(np.arange(5), -values, section=[0, 0], position=[0, 1]).value_range() == (-7, 0)


# Audit

SPOT = [[1, 1, 1], [1, 1, 1]]
PATH = [[0, 0, 0], [1, 0, 0]]


def test_a_recording_that_fits_is_clean():
    found = audit(lines(PATH, PATH), placed([0, 1, 1], [0.5, 0.25, 0.75]))
    assert found == Audit((), (), (), ())
    assert found.is_clean


@pytest.mark.parametrize(
    ("section", "position", "field", "indices"),
    [
        ([1, 1], [0.2, 0.8], "unmapped_sections", (0,)),
        ([0, 5, 1, 2], [0.5, 0.5, 0.5, 0.5], "out_of_range", (1, 3)),
        ([0, 1, 0, 0], [0.5, 0.5, 0.5, 0.6], "duplicate", (2,)),
        ([0, 0, 0, 1], [0.5, 0.5, 0.5, 0.5], "duplicate", (1, 2)),
    ],
)
def test_sections_and_compartments_that_do_not_fit_are_listed(section, position, field, indices):
    found = audit(lines(PATH, PATH), placed(section, position))
    assert not found.is_clean
    assert found == Audit(**{name: indices if name == field else () for name in Audit.__dataclass_fields__})


def test_recorded_sections_of_no_length_are_listed():
    found = audit(lines(PATH, SPOT, SPOT, [[0, 0, 0]]), placed([0, 1, 3], [0.5, 0.5, 0.5]))
    assert found.zero_length_sections == (1,)
    assert found.unmapped_sections == (2,)
    assert not found.is_clean


def test_several_faults_are_reported_together():
    found = audit(lines(PATH, SPOT), placed([1, 1, 9], [0.5, 0.5, 0.5]))
    assert found == Audit(unmapped_sections=(0,), out_of_range=(2,), duplicate=(1,), zero_length_sections=(1,))


@pytest.mark.parametrize("values", [np.array([["a"]]), np.array([[1j]]), np.array([[None]])])
def test_values_are_real_numbers(values: np.ndarray) -> None:
    with pytest.raises(RecordingError, match="values must be real numbers, got an array of"):
        Recording([0.0], values, section=[0], position=[0.5])
