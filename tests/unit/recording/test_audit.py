"""An audit lists what of a recording does not fit its morphology."""

from __future__ import annotations

import pytest
from small_recordings import lines, placed

from gpu_morph.data.audit import Audit, audit

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
