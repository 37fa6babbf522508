"""The variable of a SONATA report and its unit: from the configuration, the file's attributes, or its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sonata_files import IDS, put_circuit, put_json, put_morphologies, put_nodes, put_report

from gpu_morph.errors import RecordingError
from gpu_morph.readers.files.swc import read_swc
from gpu_morph.readers.sonata import read_report, read_sonata
from gpu_morph.readers.sonata.report import read_reports
from gpu_morph.readers.sonata.variable import variable_and_unit

POTENTIALS = np.full((2, 17), -65.0)
CURRENTS = np.full((2, 17), 0.01)


def named(folder: Path, name: str, values: np.ndarray, attributes: dict[str, Any]) -> tuple[str, str]:
    """Variable and unit of a report that is read without a configuration."""
    path = put_report(folder / name, values=values, attributes=attributes)
    recording = read_report(path, read_swc(put_morphologies(folder) / "morphologies" / "tree.swc"))
    return recording.name, recording.unit


@pytest.mark.parametrize(
    ("name", "values", "attributes", "expected"),
    [
        ("v.h5", CURRENTS, {}, ("v", "mV")),
        ("membrane_potential.h5", CURRENTS, {}, ("v", "mV")),
        ("compartment_set_A_v.h5", CURRENTS, {"units": "mV"}, ("v", "mV")),
        ("compartment_i_membrane.h5", POTENTIALS, {"units": "mV"}, ("i_membrane", "nA")),
        ("compartment_pas.h5", CURRENTS, {"units": "mV"}, ("pas", "mA/cm²")),
        ("ina_report.h5", CURRENTS, {"units": "mV"}, ("ina", "mA/cm²")),
        ("soma_v.h5", CURRENTS, {}, ("v", "mV")),
        ("voltage_clamp_current.h5", CURRENTS, {"units": "mV"}, ("voltage_clamp_current", "")),
        ("compartment_v_i.h5", CURRENTS, {"units": "mV"}, ("v_i", "")),
        ("extracellular_potential.h5", CURRENTS, {}, ("extracellular_potential", "")),
        ("cai.h5", CURRENTS, {}, ("cai", "mM")),
        ("currents.h5", CURRENTS, {"units": "mV"}, ("currents", "")),
        ("soma_report.h5", CURRENTS, {"units": "mV"}, ("soma_report", "")),
        ("soma_report.h5", POTENTIALS, {"units": "mV"}, ("v", "mV")),
        ("run7.h5", POTENTIALS, {"units": "mV"}, ("v", "mV")),
        ("run7.h5", POTENTIALS, {}, ("run7", "")),
        ("run7.h5", CURRENTS, {"units": "unknown"}, ("run7", "")),
        ("run7.h5", CURRENTS, {"variable": "cai"}, ("cai", "mM")),
        ("run7.h5", CURRENTS, {"variable": "i_membrane"}, ("i_membrane", "")),
        ("run7.h5", CURRENTS, {"variable": "v"}, ("v", "mV")),
    ],
)
def test_a_report_without_a_configuration_tells_its_variable(tmp_path, name, values, attributes, expected):
    assert named(tmp_path, name, values, attributes) == expected


@pytest.mark.parametrize(
    ("entry", "units", "expected"),
    [
        ({"variable_name": "v"}, "mV", ("v", "mV")),
        ({"variable_name": "v", "unit": "mV"}, "mV", ("v", "mV")),
        ({"variable_name": "i_membrane"}, "mV", ("i_membrane", "nA")),
        ({"variable_name": "i_membrane"}, "unknown", ("i_membrane", "")),
        ({"variable_name": "i_membrane", "unit": "mA/cm2"}, "mV", ("i_membrane", "mA/cm2")),
        ({"variable_name": "ik", "unit": "mA/cm2"}, "mA/cm2", ("ik", "mA/cm2")),
        ({"variable_name": "ik"}, "unknown", ("ik", "mA/cm²")),
        ({"variable_name": "pas.i", "scaling": "area"}, "mV", ("pas.i", "mA/cm²")),
        ({"variable_name": "hh.ina"}, "mV", ("hh.ina", "mA/cm²")),
        ({"variable_name": "eca"}, "mV", ("eca", "mV")),
        ({"variable_name": "vext", "module": "membrane_report"}, "mV", ("vext", "mV")),
        ({"variable_name": "hh.m"}, "mV", ("hh.m", "")),
        ({"variable_name": "NaTg.i"}, "mV", ("NaTg.i", "")),
        ({"variable_name": "i_pas", "type": "summation"}, "mV", ("i_pas", "nA")),
        ({"variable_name": "i_pas", "type": "summation", "scaling": "none"}, "mV", ("i_pas", "mA/cm²")),
        ({"variable_name": "i_membrane", "type": "summation", "scaling": "none"}, "mV", ("i_membrane", "nA")),
        ({"variable_name": "i_membrane, IClamp", "type": "summation"}, "mV", ("i_membrane, IClamp", "nA")),
        ({"variable_name": "ina,hh.m", "type": "summation"}, "mV", ("ina,hh.m", "")),
        ({"variable_name": "ProbAMPANMDA_EMS", "type": "summation"}, "mV", ("ProbAMPANMDA_EMS", "nA")),
        ({"variable_name": "ProbAMPANMDA_EMS.g", "type": "synapse"}, "nS", ("ProbAMPANMDA_EMS.g", "nS")),
        ({"variable_name": "v", "type": "summation"}, "mV", ("sum of v", "")),
        ({"variable_name": "v", "type": "summation", "scaling": "none"}, "mV", ("sum of v", "mV")),
        ({"variable_name": "v", "type": "summation", "scaling": "none", "sections": "all"}, "mV", ("v", "mV")),
        ({"variable_name": ["v"], "module": "membrane_report"}, "mV", ("v", "mV")),
    ],
    ids=str,
)
def test_the_configuration_tells_the_variable(tmp_path, entry, units, expected):
    (report,) = read_reports(put_report(tmp_path / "out.h5", attributes={"units": units}), None)
    assert variable_and_unit(report, entry) == expected


NEURODAMUS = {  # file: variable and unit without a configuration that names it
    "compartment_i_membrane": ("i_membrane", "nA"),
    "compartment_pas": ("pas", "mA/cm²"),
    "soma_report": ("v", "mV"),
    "summation_ProbAMPANMDA_EMS": ("ProbAMPANMDA_EMS", "nA"),
    "summation_i_membrane": ("i_membrane", "nA"),
    "summation_i_membrane_IClamp": ("i_membrane_IClamp", "nA"),
    "summation_pas": ("pas", ""),
    "summation_v": ("sum of v", ""),
    "summation_v_area_scaling": ("sum of v", ""),
    "synapse_ProbAMPANMDA_EMS_tau_d_AMPA": ("ProbAMPANMDA_EMS_tau_d_AMPA", "nS"),
}
REAL_FILES = {
    **{f"sonata_neurodamus_v5/reference/reports/{name}.h5": expected for name, expected in NEURODAMUS.items()},
    "sonata_neurodamus_ringtest/reference/reports/compartment_i_membrane.h5": ("i_membrane", "nA"),
    "sonata_neurodamus_ringtest/reference/reports/compartment_pas.h5": ("pas", "mA/cm²"),
    "sonata_neurodamus_ringtest/reference/reports/compartment_v.h5": ("v", "mV"),
    "sonata_neurodamus_ringtest/reference/reports/compartment_set_A_v.h5": ("v", "mV"),
    "sonata_allen_5cells/output/membrane_potential.h5": ("v", "mV"),
    "sonata_bmtk_on_off/output/membrane_potential.h5": ("v", "mV"),
    "sim_generated/five_bbp_report.h5": ("v", "mV"),
    "sim_generated/five_bmtk_report.h5": ("v", "mV"),
    "sim_generated/scnn1a_bbp_report.h5": ("v", "mV"),
    "sim_generated/scnn1a_bbp_report_uncompressed.h5": ("v", "mV"),
    "sim_generated/scnn1a_bmtk_report.h5": ("v", "mV"),
}


@pytest.mark.parametrize("name", REAL_FILES)
def test_real_reports_have_their_variable_and_unit(shared_data, name):
    if not (shared_data / name).exists():
        pytest.skip(f"no {name}")
    assert {variable_and_unit(report, {}) for report in read_reports(shared_data / name, None)} == {REAL_FILES[name]}


@pytest.mark.parametrize("name", ["compartment_report", "soma_report"])
def test_the_configuration_of_the_extensions_example_names_voltages(shared_data, name):
    folder = shared_data / "sonata_ext_usecase3/usecase3"
    if not folder.exists():
        pytest.skip(f"no {folder}")
    given = {"circuit": folder / "circuit_sonata.json", "mapping": "neurites" if name == "compartment_report" else None}
    with pytest.warns(UserWarning, match=r"mapping='neurites'|one value per cell"):
        recording = read_sonata(folder / "simulation_sonata.json", report=name, **given).recording
    assert (recording.name, recording.unit) == ("v", "mV")


# Configurations


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A circuit of two trees, and a folder for the output of its simulation."""
    put_morphologies(tmp_path)
    put_nodes(tmp_path / "nodes.h5", morphology=["tree"] * 2)
    put_circuit(tmp_path)
    (tmp_path / "out").mkdir()
    return tmp_path


def config_of(folder: Path, **entry: Any) -> Path:
    content = {
        "manifest": {"$OUTPUT_DIR": "./out"},
        "network": "circuit_config.json",
        "run": {},
        "output": {"output_dir": "$OUTPUT_DIR"},
        "reports": {"one": {"type": "compartment", "variable_name": "cai", "cells": "all", **entry}},
    }
    return put_json(folder / "simulation_config.json", content)


@pytest.mark.parametrize("file_name", [None, "calcium", "calcium.h5", "$OUTPUT_DIR/calcium", "out/calcium.h5"])
def test_a_report_has_the_path_that_the_configuration_says(folder, file_name):
    put_report(folder / "out" / ("one.h5" if file_name is None else "calcium.h5"), ids=[IDS] * 2)
    entry = {} if file_name is None else {"file_name": file_name}
    recording = read_sonata(config_of(folder, **entry), report="one").recording
    assert (recording.name, recording.unit) == ("cai", "mM")


def test_a_report_that_is_given_by_its_path_has_its_entry(folder):
    path = put_report(folder / "out" / "calcium.h5", ids=[IDS] * 2)
    assert read_sonata(config_of(folder, file_name="calcium"), report=path).recording.name == "cai"


def test_a_report_that_is_not_enabled_raises_an_error_that_says_so(folder):
    config = config_of(folder, enabled=False)
    with pytest.raises(RecordingError, match=r"one\.h5: the report is not enabled in the configuration"):
        read_sonata(config, report="one")
    put_report(folder / "out" / "one.h5", ids=[IDS] * 2)  # of an earlier run
    assert read_sonata(config, report="one").recording.name == "cai"
