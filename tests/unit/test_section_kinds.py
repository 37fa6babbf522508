"""Labels that sources spell differently are one kind of section."""

from __future__ import annotations

import pytest

from gpu_morph.data.morphology import Morphology
from gpu_morph.data.section_kinds import is_label, names_by_label, section_kind
from gpu_morph.data.selection import select_sections
from gpu_morph.errors import SceneError

SPELLINGS = {
    "soma": ("soma", "Soma", " SOMA "),
    "dend": ("dend", "Dendrite", "basal", "basal_dendrite", "basal dendrite", "BasalDendrite"),
    "apic": ("apic", "apical", "apical_dendrite", "apical dendrite", "apicalDendrite", "ApicalDendrite"),
    "axon": ("axon", "Axon"),
    "ais": ("ais", "AIS", "axon initial segment", "axonal_initial_segment", "AxonInitialSegment"),
    "myelin": ("myelin", "Myelin"),
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_each_spelling_names_its_kind(kind):
    assert {section_kind(label) for label in SPELLINGS[kind]} == {kind}


def test_a_label_of_no_known_kind_is_one_of_its_own():
    assert section_kind("L5_tt-PC") == section_kind("l5 ttpc") == "l5ttpc"
    assert section_kind("custom5") != section_kind("custom6")


def find(names, labels):
    return names_by_label(names, labels, argument="color", error=SceneError)


def test_a_name_applies_to_the_label_that_equals_it_else_to_its_kind():
    assert find(["apic"], ["Soma", "ApicalDendrite"]) == {"Soma": None, "ApicalDendrite": "apic"}
    assert find(["apic"], ["apical", "APIC"]) == {"apical": None, "APIC": "apic"}
    assert find(["basal", "dend"], ["dend"]) == {"dend": "dend"}
    assert find(["basal", "dendrite"], ["dend"]) == {"dend": "basal"}
    assert find([], ["dend"]) == {"dend": None}


def test_a_name_of_nothing_is_an_error_that_lists_the_labels():
    with pytest.raises(SceneError, match=r"(?m)^color: there is no label 'axno'; there are 'soma', 'axon'$"):
        find(["axon", "axno"], ["soma", "axon", "axon"])
    with pytest.raises(SceneError, match=r"(?m)there are 'L0', .*'L11', \.\.\.$"):
        find(["axno"], [f"L{k}" for k in range(13)])


def test_whether_a_name_applies_can_be_asked():
    assert is_label("apic", ["Soma", "ApicalDendrite"])
    assert not is_label("axon", ["Soma", "AIS"])


def test_sections_are_selected_by_kind():
    cell = Morphology(
        [[0, 0, 0], [0, 0, 9], [0, 0, 9], [0, 0, 99]],
        [9, 9, 2, 2],
        [0, 2, 4],
        [-1, 0],
        [0, 1],
        ("Soma", "ApicalDendrite"),
    )
    assert select_sections(cell, labels="apic")[0].section_labels == ("ApicalDendrite",)
    assert select_sections(cell, labels=("apical", "soma"))[0].section_labels == ("Soma", "ApicalDendrite")
