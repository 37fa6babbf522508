"""Whatever a reader is given, its error is the library's own or names an argument."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sonata_files import put_circuit, put_json, put_morphologies, put_nodes, put_report

import gpu_morph as gm
from gpu_morph.errors import GpuMorphError
from hypothesis_settings import STEADY

Call = tuple[Callable[..., Any], dict[str, Any]]
NAMES = ("read_morphology", "read_sonata", "read_report", "read_netpyne", "from_compartments")
FROM_OBJECTS = (
    "from_netpyne",
    "from_lfpy",
    "from_arbor",
    "from_brian2",
    "from_jaxley",
    "from_isf",
    "read_isf_synapses",
)
START, END = np.array([[0.0, 0, 0], [10, 0, 0]]), np.array([[10.0, 0, 0], [20, 0, 0]])
ODD: list[Any] = [
    *(None, "5", float("nan"), 10**400, b"x", -1, True, 3.5, 1j, {}, (), int, "x\0", "\ud800", Path("x"), slice(1)),
    *([1], ["a"], [None], [[1, 2], [3]], [[0, 0.5]], [float("nan")], {"a": 1}, {1: 2}, {"$gt": 1}, {"x": {"$gt": "a"}}),
    *(np.array([1.0, 2.0]), np.array(["a", "b"]), np.array("x"), np.array(None, dtype=object), lambda *_: None),
]
SECS = {"soma": {"geom": {"L": 20, "diam": 12}, "topol": {}}}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Call]:
    """Calls that work, with their arguments; of objects of simulators, with none."""
    folder = put_morphologies(tmp_path_factory.mktemp("arguments"))
    put_nodes(folder / "nodes.h5", morphology=["tree", "twins"], x=[0.0, 100])
    put_circuit(folder)
    config = {"run": {}, "network": "circuit_config.json", "reports": {"v": {"variable_name": "v"}}}
    put_json(folder / "run.json", config)
    (folder / "output").mkdir()
    put_report(folder / "output/v.h5")
    cell = {"gid": 0, "tags": {"pop": "A"}, "secs": SECS, "conns": []}
    (folder / "net.json").write_text(json.dumps({"net": {"cells": [cell]}}))
    tree = gm.read_morphology(folder / "morphologies/tree.swc")
    of_compartments = {"start": START, "end": END, "diameters": [1, 1.0]}
    arguments = (
        {"path": folder / "morphologies/tree.swc"},
        {"config": folder / "run.json", "report": "v", "node_set": [0]},
        {"path": folder / "output/v.h5", "morphology": tree},
        {"path": folder / "net.json"},
        {**of_compartments, "times": [0, 1.0], "values": np.zeros((2, 2))},
    )
    found = {name: (getattr(gm, name), given) for name, given in zip(NAMES, arguments, strict=True)}
    for name in FROM_OBJECTS:
        call = getattr(gm, name)
        needed = [p.name for p in inspect.signature(call).parameters.values() if p.default is p.empty]
        found[name] = call, dict.fromkeys(needed)
    return found


def check_error(call: Callable[..., Any], arguments: dict[str, Any], odd: object) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(**arguments)
    except (GpuMorphError, OSError):
        return
    except (TypeError, ValueError) as error:
        if not any(name in str(error) for name in inspect.signature(call).parameters):
            raise AssertionError(f"{call.__name__}: {odd!r}") from error


@pytest.mark.parametrize("name", NAMES)
def test_the_calls_work(calls: dict[str, Call], name: str) -> None:
    call, arguments = calls[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call(**arguments)


@pytest.mark.parametrize("name", [*NAMES, *FROM_OBJECTS])
def test_odd_arguments_are_named(calls: dict[str, Call], name: str) -> None:
    call, arguments = calls[name]
    for parameter in inspect.signature(call).parameters:
        for odd in ODD:
            check_error(call, {**arguments, parameter: odd}, odd)


@pytest.mark.parametrize("name", NAMES)
@settings(STEADY, max_examples=60)
@given(
    which=st.integers(0, 20),
    odd=st.one_of(st.integers(), st.floats(), st.text(max_size=3), st.binary(max_size=3), st.booleans()).flatmap(
        lambda one: st.sampled_from([one, [one], [[one, one]], {one: one}, np.array(one)])
    ),
)
def test_any_value_is_named(calls: dict[str, Call], name: str, which: int, odd: Any) -> None:
    call, arguments = calls[name]
    parameters = list(inspect.signature(call).parameters)
    check_error(call, {**arguments, parameters[which % len(parameters)]: odd}, odd)


@pytest.mark.parametrize("name", ["read_morphology", "read_netpyne"])
def test_a_text_does_not_allow_a_program_to_run(calls: dict[str, Call], name: str) -> None:
    call, arguments = calls[name]
    with pytest.raises(TypeError, match="run must be True or False, got 'no'"):
        call(**arguments, run="no")
