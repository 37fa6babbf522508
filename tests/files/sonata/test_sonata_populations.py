"""Several populations are joined or selected."""

from __future__ import annotations

import pytest
from sonata_files import EXPECTED, h5py

from gpu_morph.errors import MorphologyError, RecordingError
from gpu_morph.readers.sonata import read_sonata


def test_populations_are_joined(folder, two_populations):
    found = read_sonata(two_populations, report=folder / "v.h5")
    assert (found.populations, found.node_ids.tolist()) == (("A", "A", "B"), [0, 1, 0])
    assert found.recording.row(1).tolist() == [*range(34, 68), *[99] * 17]
    assert found.recording.section.tolist()[-17:] == [14 + section for section, _ in EXPECTED]


@pytest.mark.parametrize(("population", "n_cells"), [("A", 2), (["B"], 1), (("A", "B"), 3)])
def test_populations_can_be_selected(folder, two_populations, population, n_cells):
    assert len(read_sonata(two_populations, population=population, report=folder / "v.h5").node_ids) == n_cells
    assert len(read_sonata(two_populations, population=population).node_ids) == n_cells


def test_an_unknown_population_raises_an_error(two_populations):
    with pytest.raises(MorphologyError, match=r"circuit_config\.json: no population 'C'; it has A, B"):
        read_sonata(two_populations, population="C")


def test_populations_with_different_times_raise_an_error(folder, two_populations):
    with h5py.File(folder / "v.h5", "a") as file:
        file["report/B/mapping/time"][:] = [0, 2, 0.5]
    with pytest.raises(
        RecordingError, match=r"v\.h5, /report/B: its times differ from those of A; choose one with population="
    ):
        read_sonata(two_populations, report=folder / "v.h5")
