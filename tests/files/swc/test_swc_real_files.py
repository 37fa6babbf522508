"""Real SWC files, valid and invalid."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from morphology_measures import total_length

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files.swc import read_swc


def test_every_valid_file_is_read(shared_data: Path) -> None:
    paths = sorted((shared_data / "nasty_own").glob("ok_*.swc"))
    if not paths:
        pytest.skip("no files nasty_own/ok_*.swc in the shared data")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*parent 0")
        for path in paths:
            assert read_swc(path).n_points >= 1, path.name


def test_the_error_for_every_invalid_file_names_the_line(shared_data: Path) -> None:
    paths = sorted((shared_data / "nasty_own").glob("bad_*.swc"))
    if not paths:
        pytest.skip("no files nasty_own/bad_*.swc in the shared data")
    for path in paths:
        if path.name == "bad_negative_radius.swc":  # read since the radius is a warning
            with pytest.warns(UserWarning, match=rf"^{path.name}, line 3: radius is -0.8"):
                assert read_swc(path).diameters.min() > 0
            continue
        with pytest.raises(MorphologyError, match=rf"^{path.name}, line \d+: "):
            read_swc(path)


@pytest.mark.parametrize(
    ("name", "n_cells", "length"),  # as navis 1.12.0 counts trees and length
    [
        ("isf_gpl3/86_C2_center.swc", 2, 15364.9),
        ("morphio_tests/complexe.swc", 1, 8.7),
        ("morphio_tests/nrn_ordering.swc", 1, 4772.5),
        ("morphio_tests/soma_cylinders.swc", 1, 4.0),
        ("neurom_tests/swc/Neuron.swc", 1, 841.0),
        ("neurom_tests/swc/Neuron_disconnected_components.swc", 5, 837.9),
        ("neurom_tests/swc/ordering/sample_disordered.swc", 1, 50.0),
        ("neurom_tests/swc/soma/bifurcating_soma.swc", 1, 15.0),
        ("neurom_tests/swc/test_morph.swc", 1, 1610.2),
        ("swc_large/172995.swc", 1, 39584.8),
        ("swc_large/173000.swc", 1, 55512.0),
        ("swc_large/173000_resampled_0.5um.derived.swc.gz", 1, 55512.0),
        ("swc_real/1734350788.swc", 1, 266476.9),
        ("swc_real/485184849_reconstruction.swc", 84, 12562.7),
        ("swc_real/722817260.swc", 1, 274703.4),
        ("swc_real/Nr5a1_471087815_m.swc", 1, 1918.8),
        ("swc_real/Pvalb-IRES-Cre_Ai14-176848.03.01.01_491119484_m.swc", 1, 8079.8),
        ("swc_real/Pvalb_470522102_m.swc", 1, 2440.6),
        ("swc_real/Scnn1a_473845048_m.swc", 1, 4772.5),
        ("swc_real/reconstruction.swc", 1, 5619.6),
    ],
)
def test_a_real_file_has_the_trees_and_length_of_navis(
    shared_data: Path, name: str, n_cells: int, length: float
) -> None:
    if not (shared_data / name).exists():
        pytest.skip(f"no file {name} in the shared data")
    morphology = read_swc(shared_data / name)
    assert morphology.n_cells == n_cells
    assert total_length(morphology) == pytest.approx(length, rel=1e-3, abs=0.051)


@pytest.mark.parametrize("name", ["morphio_tests/three_point_soma.swc", "neurom_tests/swc/Single_basal.swc"])
def test_a_real_three_point_soma_is_one_sphere(shared_data: Path, name: str) -> None:
    if not (shared_data / name).exists():
        pytest.skip(f"no file {name} in the shared data")
    morphology = read_swc(shared_data / name)
    assert morphology.section_labels.count("soma") == 1
    assert morphology.section_offsets[1] == 1
