"""A Morphology holds points, sections and cells, and cannot be changed."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest
from small_morphologies import POINTS, fork

from gpu_morph.data.derived_morphology import scaled_diameters
from gpu_morph.data.selection import select_sections
from gpu_morph.errors import MorphologyError

ARRAYS = ("points", "diameters", "section_offsets", "section_parent", "section_parent_x", "section_cell")
CACHES = ("point_section", "point_arc_length", "section_length", "point_position")

# What it holds


def test_it_counts_points_sections_and_cells():
    morphology = fork(section_cell=[0, 0, 7])
    assert (morphology.n_points, morphology.n_sections, morphology.n_cells) == (7, 3, 2)
    assert repr(morphology) == "Morphology(n_points=7, n_sections=3, n_cells=2)"


def test_all_sections_belong_to_one_cell_by_default():
    assert fork().section_cell.tolist() == [0, 0, 0]


def test_arrays_have_the_types_of_the_design():
    expected = dict(zip(ARRAYS, ("f4", "f4", "i8", "i4", "f4", "i4"), strict=True))
    assert {name: getattr(fork(), name).dtype.str[1:] for name in ARRAYS} == expected


def test_labels_become_a_tuple_of_str():
    labels = fork(section_labels=np.array(["dend", "dend", "apic"])).section_labels
    assert labels == ("dend", "dend", "apic")
    assert {type(label) for label in labels} == {str}


def test_sections_may_have_names():
    named = fork(section_names=["soma", "dend[0]", "dend[1]"])
    assert named.section_names == ("soma", "dend[0]", "dend[1]")
    assert fork().section_names is None
    assert pickle.loads(pickle.dumps(named)) == named != fork()
    assert scaled_diameters(named, 2).section_names == named.section_names
    assert select_sections(named, sections=[0, 2])[0].section_names == ("soma", "dend[1]")


@pytest.mark.parametrize("names", [["soma"], "soma", 5])
def test_every_section_has_a_name_or_none_has(names):
    with pytest.raises(MorphologyError, match="section_names must"):
        fork(section_names=names)


# It cannot be changed


@pytest.mark.parametrize("is_pickled", [False, True])
@pytest.mark.parametrize("name", ARRAYS + CACHES)
def test_no_array_can_be_written_to(name, is_pickled):
    morphology = pickle.loads(pickle.dumps(fork())) if is_pickled else fork()
    with pytest.raises(ValueError, match="read-only"):
        getattr(morphology, name)[0] = 0


def test_no_field_can_be_replaced():
    with pytest.raises(dataclasses.FrozenInstanceError):
        fork().points = np.zeros((7, 3))  # type: ignore[misc]


@pytest.mark.parametrize("name", ARRAYS)
def test_later_changes_of_the_callers_arrays_have_no_effect(name):
    mine = np.array(getattr(fork(), name))
    morphology = fork(**{name: mine})
    mine[...] = 9
    assert morphology == fork()


def test_a_pickle_is_equal_and_carries_no_caches():
    morphology = fork()
    assert morphology.point_position.size
    twin = pickle.loads(pickle.dumps(morphology))
    assert twin == morphology
    assert not set(CACHES) & set(vars(twin))


@pytest.mark.parametrize(
    "change",
    [
        {"points": np.add(POINTS, [0, 0, 1])},
        {"diameters": [4, 2, 2, 1, 1, 1, 1]},
        {"section_offsets": [0, 2, 5, 7]},
        {"section_parent": [-1, 0, 1]},
        {"section_parent_x": [0, 1, 0.5]},
        {"section_labels": ("dend", "dend", "axon")},
        {"section_cell": [0, 0, 1]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_two_are_equal_if_all_fields_are(change):
    assert fork() == fork()
    assert fork() != fork(**change)


def test_it_is_not_equal_to_another_type():
    assert fork() != "fork"


def test_it_cannot_be_hashed():
    with pytest.raises(TypeError, match="unhashable"):
        hash(fork())
